"""Words for people in several languages, out of a file: each is said in all, and what is not spoken is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from harmonize.errors import ConfigurationError
from harmonize.yaml_forms import StrictForm

__all__ = ["LANGUAGES", "SpokenWords", "Texts", "filled", "known_language", "refuse_unspoken"]

LANGUAGES = ("en", "vi")
"""The languages that pages, workbooks and messages speak; the first is the one they speak by themselves."""
Texts = Mapping[str, str]
"""One word or sentence by language."""


class SpokenWords(StrictForm):
    """A file of words.

    Attributes:
        status: whether a person has read what is not English.
    """

    status: Literal["machine", "reviewed"]


def refuse_unspoken(named: Iterable[tuple[str, Texts]], languages: Collection[str] = LANGUAGES) -> None:
    """Hold each word against the languages.

    Raises:
        ValueError: a word is not said in each of them.
    """
    for name, texts in named:
        if missing := set(languages) - set(texts):
            raise ValueError(f"{name!r} has no word in {', '.join(sorted(missing))}; add it")


def known_language(language: str, languages: Sequence[str] = LANGUAGES) -> str:
    """The language, if there are words in it.

    Raises:
        ConfigurationError: there are none.
    """
    if language not in languages:
        raise ConfigurationError(f"There are no words in {language!r}; there are {', '.join(languages)}.")
    return language


def filled(text: str, blanks: Mapping[str, object]) -> str:
    """A text with its blanks filled; as it stands where nothing is to fill in."""
    return text.format_map(blanks) if blanks else text
