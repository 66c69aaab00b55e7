"""Decide whether a reported place is a planted one, and which file a path names.

A report inside a planted row or JSON node counts for it; a report about a whole row does not count for a planted cell.
"""

from __future__ import annotations

import re

__all__ = ["canonical_locator", "canonical_path", "is_within"]

CELL = re.compile(r"^(?P<sheet>sheet=.*);cell=[A-Z]+(?P<row>\d+)$", re.IGNORECASE)


def canonical_path(path: str) -> str:
    """A gzipped file is one file, however its content is named: `a.csv.gz!/a.csv` -> `a.csv.gz`."""
    outer, inside, _ = path.partition(".gz!/")
    return f"{outer}.gz" if inside else path


def canonical_locator(locator: str) -> str:
    """One written form per place: no case, no blanks around parts, no `$` behind a line number."""
    parts = [part.strip() for part in locator.casefold().split(";")]
    return ";".join(part for part in parts if part != "$" or len(parts) == 1)


def is_within(reported: str, planted: str) -> bool:
    """The reported place is the planted one or lies inside of it."""
    inner, outer = canonical_locator(reported), canonical_locator(planted)
    if inner == outer:
        return True
    if "$" in outer or outer.startswith("line="):
        return inner.startswith((f"{outer}.", f"{outer}[", f"{outer};$"))
    if ";col=" in outer or ";cell=" in outer:
        return False
    cell = CELL.match(inner)
    if cell is not None:
        return outer == f"{cell['sheet']};row={cell['row']}"
    return inner.startswith(f"{outer};")
