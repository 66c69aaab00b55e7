"""Cleaning of many texts at once; most need none."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from harmonize.values.text import answer_word, clean

__all__ = ["answer_words", "cleaned_texts"]

_CLEAN = r"^[!-~]+(?: [!-~]+)*$"
"""Printable ASCII with single spaces inside is as `clean` leaves it."""
_BEYOND_ASCII = r"[^\x00-\x7f]"


def cleaned_texts(texts: pl.Series) -> pl.Series:
    """The cleaned text where cleaning changes it, else null; '' where nothing is left."""
    suspects = texts.filter(~texts.str.contains(_CLEAN))
    changed = {text: found for text in suspects.unique() if (found := clean(text) or "") != text}
    if not changed:
        return pl.Series(values=[None], dtype=pl.String).new_from_index(0, len(texts))
    return texts.replace_strict(list(changed), list(changed.values()), default=None, return_dtype=pl.String)


def answer_words(texts: pl.Series, cleaned: pl.Series, words: Mapping[str, int]) -> pl.Series:
    """The number of the answer word of every text, as `answer_word` finds it; null where it is none.

    Args:
        cleaned: what `cleaned_texts` made of them.
    """
    known, numbers = list(words), list(words.values())
    plain = texts.str.to_lowercase().replace_strict(known, numbers, default=None, return_dtype=pl.Int16)
    # What was cleaned, or holds letters and digits of other scripts, is looked at closely, each text once.
    odd = cleaned.is_not_null() | texts.str.contains(_BEYOND_ASCII)
    if not odd.any():
        return plain
    body = pl.select(pl.coalesce(cleaned, texts)).to_series()
    found = {text: word for text in body.filter(odd).unique() if (word := answer_word(text, words)) is not None}
    if not found:
        return plain
    close = body.replace_strict(list(found), list(found.values()), default=None, return_dtype=pl.Int16)
    return pl.select(pl.when(odd).then(close).otherwise(plain)).to_series()
