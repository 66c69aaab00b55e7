"""In which language the program speaks to people: English, or what a phrasebook makes of it.

The language is chosen once a call, by `--lang` or else the environment; nothing is loaded while it is English.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonize.phrasebook import Phrasebook

__all__ = ["ENGLISH", "LANGUAGES", "VARIABLE", "choose", "choose_of_environment", "chosen_language", "speak"]

ENGLISH = "en"
LANGUAGES = (ENGLISH, "vi")
VARIABLE = "HARMONIZE_LANG"

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)
_book: ContextVar[Phrasebook | None] = ContextVar("book", default=None)


def choose(wanted: str) -> None:
    """Speak a language from now on; one that is not spoken here is English."""
    _language.set(wanted if wanted in LANGUAGES else ENGLISH)
    _book.set(None)


def choose_of_environment() -> None:
    """Speak the language of the environment until an option says otherwise."""
    choose(os.environ.get(VARIABLE, ENGLISH))


def chosen_language() -> str:
    """The language that is spoken."""
    return _language.get()


def speak(text: str, kind: str = "message") -> str:
    """An English text in the chosen language, as far as its phrasebook knows it."""
    if _language.get() == ENGLISH:
        return text
    book = _book.get()
    if book is None:
        book = _loaded(_language.get())
        _book.set(book)
    return book.speak(text, kind)


def _loaded(language: str) -> Phrasebook:
    """The phrasebook of the project before the shipped one; without any, everything stays English."""
    from pathlib import Path

    from harmonize.errors import HarmonizeError
    from harmonize.phrasebook import Phrasebook, read_phrasebook
    from harmonize.project import Project

    try:
        roots = Project.locate(Path.cwd()).roots
    except (HarmonizeError, OSError):
        return Phrasebook([])
    return read_phrasebook(*(root / "schemas" / "messages" / f"{language}.tsv" for root in roots))
