"""Cells as numbers of their distinct texts: what many cells say stands once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

__all__ = ["CodedTexts", "Codes", "distinct", "encode"]

Codes = npt.NDArray[np.uint32]
"""Places of texts among the distinct ones."""


@dataclass(frozen=True, slots=True)
class CodedTexts:
    """The cells of some rows, all of one width.

    Attributes:
        kinds: the distinct texts, and behind them a null for cells that are not there.
        codes: by row and column, the place of the cell's text in `kinds`.
    """

    kinds: pl.Series
    codes: Codes

    def row(self, row: int) -> list[str | None]:
        """The cells of a row."""
        cells: list[str | None] = self.kinds.gather(self.codes[row]).to_list()
        return cells


def encode(texts: pa.Array) -> tuple[pl.Series, Codes]:
    """The distinct texts with a null behind them, and the place of every text among them."""
    encoded = texts.dictionary_encode()
    kinds = pl.Series(values=encoded.dictionary, dtype=pl.String).append(pl.Series(values=[None], dtype=pl.String))
    codes = encoded.indices.fill_null(len(encoded.dictionary)) if encoded.null_count else encoded.indices
    return kinds, codes.to_numpy().astype(np.uint32)


def distinct(kinds: pl.Series, codes: Codes) -> tuple[pl.Series, Codes]:
    """The texts that stand behind some codes, each once, and the place of every code's text among them."""
    used = np.zeros(len(kinds), np.bool_)
    used[codes] = True
    places = np.cumsum(used, dtype=np.uint32) - np.uint32(1)
    return kinds.gather(np.flatnonzero(used)), places[codes]
