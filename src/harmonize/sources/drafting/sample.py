"""Open a sample that no source recognises, in the encoding and split at the delimiter that give the best header."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harmonize.errors import ConfigurationError
from harmonize.reading.delimited import WIDE_COLUMNS, DelimitedRows
from harmonize.reading.documents import Document
from harmonize.reading.limits import Limits
from harmonize.sources.drafting.shapes import Shape, shape_of
from harmonize.sources.drafting.words import HeaderWords
from harmonize.sources.ingest import open_export
from harmonize.values.vietnamese import LegacyVietnamese

__all__ = ["Sample", "open_sample"]

_USUAL_ENCODING = "cp1252"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample with its shape.

    Attributes:
        encoding: that of a text that is neither UTF-8 nor in the usual encoding; None for all others.
    """

    document: Document
    shape: Shape
    encoding: str | None


def open_sample(
    data: bytes, path: str, limits: Limits, legacy: LegacyVietnamese, words: HeaderWords, encodings: Iterable[str]
) -> Sample:
    """The sample as the most of its headers are known.

    Args:
        encodings: those of the sources that are there.

    Raises:
        RefusedFile: it cannot be opened.
        ConfigurationError: its layout is one that no profile of this kind describes.
    """
    first = open_export(data, path, limits, legacy)
    if first.values:
        raise ConfigurationError(
            "it is JSON, whose nesting needs a person: begin with a copy of mappings/smeta (findings) or "
            "mappings/amfori_bsci (answers)."
        )
    if any(isinstance(sheet.rows, DelimitedRows) for sheet in first.sheets):
        raise ConfigurationError(
            f"it has more than {WIDE_COLUMNS} columns, one per question: begin with a copy of mappings/higg_fem."
        )
    is_certain = all(sheet.decoded is None or sheet.decoded.certain for sheet in first.sheets)
    others = [] if is_certain else sorted({*encodings} - {"utf-8", _USUAL_ENCODING})
    documents: dict[str | None, Document] = {None: first}
    documents |= {encoding: open_export(data, path, limits, legacy, encoding) for encoding in others}
    samples = [
        Sample(split, shape_of(split, limits.header_search_rows, words.is_known), encoding)
        for encoding, document in documents.items()
        for split in _splits(document, data, path, limits, legacy, encoding)
    ]
    return max(samples, key=lambda sample: _clearness(sample.shape, words))


def _splits(
    document: Document, data: bytes, path: str, limits: Limits, legacy: LegacyVietnamese, encoding: str | None
) -> Iterable[Document]:
    yield document
    for sheet in document.sheets:
        for delimiter in sheet.other_delimiters:
            yield open_export(data, path, limits, legacy, encoding or _USUAL_ENCODING, delimiter)


def _clearness(shape: Shape, words: HeaderWords) -> tuple[int, int]:
    """How many titles are known, then how many there are."""
    return sum(map(words.is_known, shape.titles)), len(shape.titles)
