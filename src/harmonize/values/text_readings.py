"""What texts say, each read once: exports repeat theirs from row to row and from file to file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from threading import Lock

import numpy as np
import numpy.typing as npt
import polars as pl

from harmonize.values.number_columns import are_plain_words, plain_numbers, read_numbers
from harmonize.values.numbers import NumberStyle
from harmonize.values.text_columns import answer_words, cleaned_texts

__all__ = ["TextReadings", "text_readings"]

_ROOM = 1 << 24
"""Characters that are remembered, at most."""


class TextReadings:
    """Reads texts in one number style; what was read is remembered as long as there is room."""

    def __init__(self, style: NumberStyle, words: Mapping[str, int]) -> None:
        self._style = style
        self._words = words
        self._room = _ROOM
        self._places: dict[str, int] = {}
        self._known = self._read(pl.Series(values=[], dtype=pl.String))
        self._lock = Lock()

    def of(self, texts: pl.Series) -> pl.DataFrame:
        """What texts say, in their order; most are plain, and only the others are worth remembering.

        Args:
            texts: no nulls, none twice.

        Returns:
            `number` and `problem` as `read_numbers` finds them, `cleaned` as `cleaned_texts` does, `word_no` as
            `answer_words` does.
        """
        plain, odd = self._read_plain(texts)
        if not len(odd):
            return plain
        places = np.arange(len(texts))
        places[odd] = len(texts) + np.arange(len(odd))
        return pl.concat([plain, self._recall(texts.gather(odd))])[places]

    def _read_plain(self, texts: pl.Series) -> tuple[pl.DataFrame, npt.NDArray[np.int64]]:
        """The same for plain numbers and plain words, and the places of the other texts."""
        number = plain_numbers(texts, self._style)
        is_plain = number.is_not_null() | are_plain_words(texts)
        nothing = pl.Series(values=[None], dtype=pl.String).new_from_index(0, len(texts))
        read = {
            "number": number,
            "problem": nothing,
            "cleaned": nothing,
            "word_no": answer_words(texts.set(~is_plain, None), nothing, self._words),
        }
        return pl.DataFrame(read), np.flatnonzero(~is_plain.to_numpy())

    def _recall(self, texts: pl.Series) -> pl.DataFrame:
        listed = texts.to_list()
        with self._lock:
            known, places = self._known, [self._places.get(text, -1) for text in listed]
        missing = np.flatnonzero(np.array(places, np.int64) < 0)
        if not len(missing):
            return known[places]
        found = self._read(texts.gather(missing))
        for number, place in enumerate(missing.tolist(), start=known.height):
            places[place] = number
        self._remember([listed[place] for place in missing.tolist()], found)
        return pl.concat([known, found])[places]

    def _read(self, texts: pl.Series) -> pl.DataFrame:
        number, problem = read_numbers(texts, self._style)
        cleaned = cleaned_texts(texts)
        word = answer_words(texts, cleaned, self._words)
        return pl.DataFrame({"number": number, "problem": problem, "cleaned": cleaned, "word_no": word})

    def _remember(self, texts: list[str], found: pl.DataFrame) -> None:
        with self._lock:
            needed = sum(map(len, texts)) + len(texts)
            if needed > self._room:
                return
            self._room -= needed
            # (Of two threads that read the same text, the second one's reading counts, and says the same.)
            self._places.update(zip(texts, range(self._known.height, self._known.height + len(texts)), strict=True))
            self._known = pl.concat([self._known, found])


@lru_cache(maxsize=len(NumberStyle))
def _shared(style: NumberStyle, words: tuple[tuple[str, int], ...]) -> TextReadings:
    return TextReadings(style, dict(words))


def text_readings(style: NumberStyle, words: Mapping[str, int]) -> TextReadings:
    """What this process has read so far in a number style.

    Args:
        words: the number of every answer word.
    """
    return _shared(style, tuple(words.items()))
