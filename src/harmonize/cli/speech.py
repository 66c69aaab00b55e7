"""In which language the program speaks to people: English, or what a phrasebook makes of it.

The language is chosen once a call, by `--lang` or else the environment; nothing is loaded while it is English.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonize.cli.phrasebook import Phrasebook

__all__ = ["ENGLISH", "LANGUAGES", "VARIABLE", "choose", "choose_of_environment", "chosen_language", "speak"]

ENGLISH = "en"
LANGUAGES = (ENGLISH, "vi")
VARIABLE = "HARMONIZE_LANG"

_chosen = ENGLISH
_books: dict[str, Phrasebook] = {}


def choose(wanted: str) -> None:
    """Speak a language from now on; one that is not spoken here is English."""
    global _chosen
    _chosen = wanted if wanted in LANGUAGES else ENGLISH
    _books.clear()


def choose_of_environment() -> None:
    """Speak the language of the environment until an option says otherwise."""
    choose(os.environ.get(VARIABLE, ENGLISH))


def chosen_language() -> str:
    """The language that is spoken."""
    return _chosen


def speak(text: str, kind: str = "message") -> str:
    """An English text in the chosen language, as far as its phrasebook knows it."""
    return text if _chosen == ENGLISH else _book().speak(text, kind)


def _book() -> Phrasebook:
    """The phrasebook of the project before the shipped one; without any, everything stays English."""
    from pathlib import Path

    from harmonize.cli.phrasebook import Phrasebook, read_phrasebook
    from harmonize.errors import HarmonizeError
    from harmonize.project import Project

    if _chosen not in _books:
        try:
            roots = Project.locate(Path.cwd()).roots
            book = read_phrasebook(*(root / "schemas" / "messages" / f"{_chosen}.tsv" for root in roots))
        except (HarmonizeError, OSError):
            book = Phrasebook([])
        _books[_chosen] = book
    return _books[_chosen]
