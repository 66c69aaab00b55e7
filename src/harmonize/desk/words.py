"""Words of the page: `schemas/desk_words.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["LANGUAGES", "DeskWords", "load_desk_words"]

LANGUAGES = ("en", "vi")


class DeskWords(StrictForm):
    """All of the file.

    Attributes:
        status: whether a person has read what is not English.
    """

    status: Literal["machine", "reviewed"]
    words: Mapping[str, Mapping[str, str]]

    @model_validator(mode="after")
    def _are_whole(self) -> DeskWords:
        for name, texts in self.words.items():
            if set(texts) != set(LANGUAGES):
                raise ValueError(f"words: {name!r} needs a text in each of {', '.join(LANGUAGES)}")
        return self

    def say(self, name: str, language: str, **blanks: object) -> str:
        """A word or sentence, its blanks filled in."""
        text = self.words[name][language]
        return text.format_map(blanks) if blanks else text


def load_desk_words(path: Path) -> DeskWords:
    """Load the words.

    Raises:
        ConfigurationError: they are not whole; the message names file, place and cure.
    """
    return read_form(path, DeskWords)
