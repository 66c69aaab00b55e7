"""Words of the page: `schemas/desk_words.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import model_validator

from harmonize.spoken_words import SpokenWords, Texts, filled, refuse_unspoken
from harmonize.yaml_forms import read_form

__all__ = ["DeskWords", "load_desk_words"]


class DeskWords(SpokenWords):
    """All of the file."""

    words: Mapping[str, Texts]

    @model_validator(mode="after")
    def _are_whole(self) -> DeskWords:
        refuse_unspoken(self.words.items())
        return self

    def say(self, name: str, language: str, **blanks: object) -> str:
        """A word or sentence, its blanks filled in."""
        return filled(self.words[name][language], blanks)


def load_desk_words(path: Path) -> DeskWords:
    """Load the words.

    Raises:
        ConfigurationError: they are not whole; the message names file, place and cure.
    """
    return read_form(path, DeskWords)
