"""Columns of comparable names and addresses, out of the texts in which `forms` writes them; no object per form.

Which field of a text says what is settled by `forms`; what it adds behind these fields does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.forms import FIELD, ITEM, LETTERS
from harmonize.identity.lexicon import KINDS, Numbers

__all__ = ["Items", "SpokenWords", "Texts", "fields_of", "items_of", "numbered", "texts_of", "words_of"]

Texts = NDArray[np.object_]
_LETTERS = pa.array([LETTERS[kind] for kind in KINDS], pa.large_string())


@dataclass(frozen=True, slots=True)
class Items:
    """Lists of texts one after the other; `starts` says where each begins, and where the last one ends."""

    starts: Numbers
    flat: pa.Array


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """Lists of words in their order, with the numbers of their kinds."""

    starts: Numbers
    words: pa.Array
    kinds: Numbers


def fields_of(forms: pa.Array, count: int, between: str = FIELD) -> list[pa.Array]:
    """The first `count` fields of every form, a column each."""
    lists = pc.split_pattern(forms, between)
    first = lists.offsets.to_numpy()[:-1]
    return [lists.values.take(pa.array(first + number)) for number in range(count)]


def items_of(column: pa.Array) -> Items:
    """The items of a field."""
    lists = pc.split_pattern(column, ITEM)
    is_empty = pc.equal(column, "").to_numpy(zero_copy_only=False)
    sizes = np.where(is_empty, 0, np.diff(lists.offsets.to_numpy()))
    flat = lists.values
    return Items(_starts(sizes), flat.filter(pc.not_equal(flat, "")))


def words_of(column: pa.Array) -> SpokenWords:
    """The words of a field with what they count as."""
    items = items_of(column)
    letters = pc.utf8_slice_codeunits(items.flat, 0, 1)
    kinds = pc.index_in(letters, _LETTERS).to_numpy().astype(np.int64)
    return SpokenWords(items.starts, pc.utf8_slice_codeunits(items.flat, 1), kinds)


def numbered(column: pa.Array) -> tuple[Numbers, list[str]]:
    """Texts as numbers, equal ones with the same, and the text of every number."""
    encoded = column.dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def texts_of(column: pa.Array) -> Texts:
    """A column as texts to choose from."""
    texts: Texts = column.to_numpy(zero_copy_only=False)
    return texts


def _starts(sizes: Numbers) -> Numbers:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
