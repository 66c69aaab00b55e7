"""Cleaning of many texts at once; most need none."""

from __future__ import annotations

import polars as pl

from harmonize.values.text import clean

__all__ = ["cleaned_texts"]

_CLEAN = r"^[!-~]+(?: [!-~]+)*$"
"""Printable ASCII with single spaces inside is as `clean` leaves it."""


def cleaned_texts(texts: pl.Series) -> pl.Series:
    """The cleaned text where cleaning changes it, else null; '' where nothing is left."""
    suspect = ~texts.str.contains(_CLEAN)
    changed = {text: found for text in texts.filter(suspect).unique() if (found := clean(text) or "") != text}
    if not changed:
        return pl.Series(values=[None], dtype=pl.String).new_from_index(0, len(texts))
    return texts.replace_strict(list(changed), list(changed.values()), default=None, return_dtype=pl.String)
