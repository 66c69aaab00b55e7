"""What is read of many texts at once is what is read of each."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from harmonize.values.number_columns import proving_texts, read_numbers
from harmonize.values.numbers import NumberProblem, NumberStyle, decide_style, looks_numeric, parse_number
from harmonize.values.text import clean
from harmonize.values.text_columns import cleaned_texts

_SCRAPS = st.sampled_from(
    ["0", "1", "12", "123", "1234567", "999999999999999", "9" * 400, ".", ",", " ", "'", "-", "+", "e3", "E-2", "e999",
     "\u00a0", "\u202f", "\u2212", "๑", "១២៣", "１", "．", "，", "abc", "%", "kg", "(1)", "~", "\n", "½", "inf",
     "nan", "_"]
)  # fmt: skip
_NUMBERLIKE = st.lists(_SCRAPS, min_size=1, max_size=6).map("".join)
_ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NUMBERS = st.floats(allow_nan=False).map(repr) | st.integers().map(str) | st.integers(0, 10**7).map("{:,}".format)
_TEXTS = st.lists(_NUMBERLIKE | _ANY | _NUMBERS, max_size=12)
_STYLES = st.sampled_from(list(NumberStyle))


def _one_by_one(text: str, style: NumberStyle) -> tuple[float | None, str | None]:
    """The number of one text, and why it is undecidable."""
    number = parse_number(text, style) if looks_numeric(text) else NumberProblem.UNREADABLE
    if isinstance(number, float):
        return number, None
    return None, number.value if number is NumberProblem.UNDECIDABLE else None


@given(_TEXTS, _STYLES)
def test_numbers_of_a_column_are_those_of_its_texts(texts: Sequence[str], style: NumberStyle) -> None:
    numbers, problems = read_numbers(pl.Series(texts, dtype=pl.String), style)
    assert list(zip(numbers, problems, strict=True)) == [_one_by_one(text, style) for text in texts]
    assert numbers.dtype == pl.Float64
    assert problems.dtype == pl.String


@given(_TEXTS, _STYLES)
def test_the_style_of_a_column_is_that_of_its_texts(texts: Sequence[str], default: NumberStyle) -> None:
    assert decide_style(proving_texts(pl.Series(texts, dtype=pl.String)), default) == decide_style(texts, default)


@given(st.lists(_ANY | st.text(" a~\t\u200b\u00a0é", max_size=6), max_size=12))
def test_a_column_is_cleaned_as_its_texts_are(texts: Sequence[str]) -> None:
    cleaned = cleaned_texts(pl.Series(texts, dtype=pl.String))
    expected = [clean(text) or "" for text in texts]
    assert list(cleaned) == [None if found == text else found for found, text in zip(expected, texts, strict=True)]
