"""A text says the same whether it is read for the first time, from memory, or when there is no more room."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from harmonize.values import text_readings
from harmonize.values.number_columns import read_numbers
from harmonize.values.numbers import NumberStyle
from harmonize.values.text_columns import answer_words, cleaned_texts
from harmonize.values.text_readings import TextReadings

WORDS = {"yes": 1, "no": 2, "không": 3}
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["Yes", " no ", "KHÔNG", "1,234.5", "1.234,5", "12", "١٢", "1.234", "n/a", "", "-7.50"]),
        st.text(),
    ),
    unique=True,
    max_size=8,
)


def _directly(texts: pl.Series, style: NumberStyle) -> pl.DataFrame:
    number, problem = read_numbers(texts, style)
    cleaned = cleaned_texts(texts)
    words = answer_words(texts, cleaned, WORDS)
    return pl.DataFrame({"number": number, "problem": problem, "cleaned": cleaned, "word_no": words})


@given(pieces=st.lists(TEXTS, max_size=5), style=st.sampled_from(NumberStyle), room=st.sampled_from([0, 20, 1 << 20]))
def test_what_is_remembered_is_what_was_read(pieces: list[list[str]], style: NumberStyle, room: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_readings, "_ROOM", room)
        readings = TextReadings(style, WORDS)
        for piece in pieces:
            texts = pl.Series(values=piece, dtype=pl.String)
            assert_frame_equal(readings.of(texts), _directly(texts, style))


def test_two_threads_may_ask_at_once() -> None:
    readings = TextReadings(NumberStyle.POINT, WORDS)
    pieces = [pl.Series(values=[str(number) for number in range(first, first + 3000)]) for first in range(0, 9000, 500)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(readings.of, pieces))
    for texts, said in zip(pieces, found, strict=True):
        assert said["number"].to_list() == [float(text) for text in texts]
