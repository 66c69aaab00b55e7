"""Labels and definitions, one file per language under `schemas/language/labels/` and `definitions/`.

The file's name is the language. A status says of every line whether a person who speaks the language has read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from harmonize.crosswalk.tabular import read_rows
from harmonize.errors import ConfigurationError

__all__ = ["KINDS_WITH_WORDS", "STATUSES", "Reviewed", "Words", "add_words", "read_words"]

KINDS_WITH_WORDS = ("topic", "indicator", "facet", "state", "severity")
"""Parts of the language that have labels and definitions."""
STATUSES = ("machine", "reviewed")

Words = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Texts by kind of part, id and language."""
Reviewed = frozenset[tuple[str, str, str]]
"""Kind, id and language of texts that a person who speaks the language has read."""


def read_words(paths: Iterable[Path], column: str) -> tuple[Words, Reviewed]:
    """The texts of some files, and which of them a person has read.

    Args:
        column: which of them, `label` or `definition`.

    Raises:
        ConfigurationError: a row is of an unknown kind or status, is empty, or stands twice.
    """
    words: dict[str, dict[str, dict[str, str]]] = {kind: {} for kind in KINDS_WITH_WORDS}
    reviewed = set()
    for path in paths:
        for row in read_rows(path, ("kind", "id", column, "status")):
            kind, name, text = row["kind"], row["id"], row[column]
            if kind not in words or row["status"] not in STATUSES or not text:
                raise ConfigurationError(
                    f"{path}: {kind} {name!r}: kinds are {', '.join(KINDS_WITH_WORDS)}, "
                    f"statuses {', '.join(STATUSES)}, and a {column} is not empty."
                )
            if words[kind].setdefault(name, {}).setdefault(path.stem, text) != text:
                raise ConfigurationError(f"{path}: {kind} {name!r} stands twice; remove one.")
            if row["status"] == "reviewed":
                reviewed.add((kind, name, path.stem))
    return words, frozenset(reviewed)


def add_words(
    stated: Mapping[str, Mapping[str, str]], further: Mapping[str, Mapping[str, str]], folder: str
) -> dict[str, Mapping[str, str]]:
    """Texts by id and language, with further ones.

    Raises:
        ConfigurationError: the further texts name what is no part of the language.
    """
    unknown = further.keys() - stated.keys()
    if unknown:
        name = min(unknown)
        files = ", ".join(f"{folder}/{code}.tsv" for code in further[name])
        raise ConfigurationError(f"schemas/language/{files}: {name!r} is no part of the language; remove the row.")
    return {name: {**said, **further.get(name, {})} for name, said in stated.items()}
