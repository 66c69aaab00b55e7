"""Read one delivered file into staged tables: open, recognise, stage, and count the cells independently."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from harmonize.errors import RefusedFile
from harmonize.model.issues import Issue
from harmonize.model.staged import StagedFile
from harmonize.reading.documents import Document, open_document
from harmonize.reading.encoding import Decoded
from harmonize.reading.limits import Limits
from harmonize.reading.sheets import Sheet
from harmonize.sources import envelopes, findings, grants, long, plan, register, wide
from harmonize.sources.context import Context
from harmonize.sources.profile import Family, Profile
from harmonize.sources.recognise import Recognition, recognise
from harmonize.sources.records import Record, TableView
from harmonize.sources.unnamed import Unnamed, kept
from harmonize.sources.vocabulary import Vocabulary
from harmonize.values.vietnamese import LegacyVietnamese

__all__ = ["inspect", "open_export", "read_file"]

_LEGACY = frozenset({"tcvn3", "vni"})
_VIETNAMESE = re.compile("[ăđơưẠ-ỹ]", re.IGNORECASE)
"""Letters that only Unicode has."""
_STAGE: Mapping[Family, Callable[[Context], None]] = {
    "wide": wide.stage,
    "envelopes": envelopes.stage,
    "long": long.stage,
    "findings": findings.stage,
    "register": register.stage,
    "plan": plan.stage,
    "grants": grants.stage,
}
_COUNT: Mapping[Family, Callable[[Context], tuple[int, int]]] = {
    "envelopes": envelopes.count_cells,
    "long": long.count_cells,
    "findings": findings.count_cells,
    "plan": plan.count_cells,
}


def open_export(
    data: bytes,
    path: str,
    limits: Limits,
    legacy: LegacyVietnamese,
    encoding: str = "cp1252",
    delimiter: str | None = None,
) -> Document:
    """Open a file; text in an old Vietnamese encoding is converted.

    Args:
        encoding: that of a text that is no UTF-8 and has no mark.

    Raises:
        RefusedFile: it cannot be opened.
    """
    document = open_document(data, path, limits, encoding, delimiter)
    return replace(document, sheets=tuple(_converted(sheet, legacy) for sheet in document.sheets))


def _converted(sheet: Sheet, legacy: LegacyVietnamese) -> Sheet:
    decoded = sheet.decoded or Decoded("", "utf-8", certain=False)
    found = None if decoded.certain else legacy.convert(decoded.text if sheet.decoded else _odd_text(sheet))
    if found is None:
        return sheet
    rows = [
        [legacy.apply(found.encoding, cell) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows
    ]
    return replace(sheet, rows=rows, decoded=replace(decoded, encoding=found.encoding))


def _odd_text(sheet: Sheet) -> str:
    """The texts of a worksheet that tell an old Vietnamese font: there the cells hold its signs as Western letters."""
    odd = {cell for row in sheet.rows for cell in row if isinstance(cell, str) and not cell.isascii()}
    return "" if any(_VIETNAMESE.search(text) for text in odd) else "\n".join(sorted(odd))


def _open(
    data: bytes, path: str, profiles: Sequence[Profile], limits: Limits, legacy: LegacyVietnamese
) -> tuple[Document, Recognition]:
    document = open_export(data, path, limits, legacy)
    delimiter: str | None = None
    try:
        recognition = recognise(document, profiles, limits.header_search_rows)
    except RefusedFile:
        others = [other for sheet in document.sheets for other in sheet.other_delimiters]
        otherwise: tuple[Document, Recognition, str | None] | None
        otherwise = _split_otherwise(data, path, profiles, limits, legacy, others)
        otherwise = otherwise or _decoded_otherwise(document, data, path, profiles, limits, legacy)
        if otherwise is None:
            raise
        document, recognition, delimiter = otherwise
    encodings = {sheet.decoded.encoding for sheet in document.sheets if sheet.decoded and not sheet.decoded.certain}
    if encodings - _LEGACY and recognition.layout.encoding not in encodings:
        document = open_export(data, path, limits, legacy, recognition.layout.encoding, delimiter)
        recognition = recognise(document, profiles, limits.header_search_rows)
    return document, recognition


def _split_otherwise(
    data: bytes,
    path: str,
    profiles: Sequence[Profile],
    limits: Limits,
    legacy: LegacyVietnamese,
    delimiters: Sequence[str],
) -> tuple[Document, Recognition, str] | None:
    """Title rows and long texts may hide the delimiter: the header that is recognised tells it."""
    for delimiter in delimiters:
        document = open_export(data, path, limits, legacy, delimiter=delimiter)
        try:
            return document, recognise(document, profiles, limits.header_search_rows), delimiter
        except RefusedFile:
            continue
    return None


def _decoded_otherwise(
    document: Document, data: bytes, path: str, profiles: Sequence[Profile], limits: Limits, legacy: LegacyVietnamese
) -> tuple[Document, Recognition, None] | None:
    """A text that is not Unicode may be in an encoding of a source that prints its headers in it."""
    if all(sheet.decoded is None or sheet.decoded.certain for sheet in document.sheets):
        return None
    for encoding in sorted(
        {layout.encoding for profile in profiles for layout in profile.layouts} - {"utf-8", "cp1252"}
    ):
        found = open_export(data, path, limits, legacy, encoding)
        try:
            return found, recognise(found, profiles, limits.header_search_rows), None
        except RefusedFile:
            continue
    return None


def inspect(
    data: bytes, path: str, profiles: Sequence[Profile], limits: Limits, legacy: LegacyVietnamese
) -> Recognition:
    """What a file is, without reading its content.

    Raises:
        RefusedFile: it cannot be opened or is not known.
    """
    return _open(data, path, profiles, limits, legacy)[1]


def read_file(
    data: bytes, path: str, profiles: Sequence[Profile], vocabulary: Vocabulary, limits: Limits
) -> StagedFile:
    """Stage one file.

    Raises:
        RefusedFile: it cannot be opened, is not known, or lacks required columns.
    """
    document, recognition = _open(data, path, profiles, limits, vocabulary.legacy)
    staged = StagedFile(recognition.profile.instrument, recognition.layout.name)
    _report_encoding(document, recognition, staged)
    _report_unreadable(document, recognition, staged)
    count = _COUNT.get(recognition.layout.family, _no_cells)
    seen: set[str] = set()
    told: set[tuple[str, str]] = set()
    around: list[Unnamed] = []
    # (One after another: a large delivery does not stand in memory as a whole.)
    for found in chain([recognition], recognition.alike()):
        one = Context(found, vocabulary, staged, told, around)
        one.report_drift()
        total, blank = count(one)
        staged.counts.total += total
        staged.counts.blank += blank
        if found.header_block is None or _is_new(found.header_block, found.table, seen):
            _STAGE[found.layout.family](one)
        else:
            staged.counts.ignored += total - blank
            one.report_repeated_row(found.header_block, "")
    for table in recognition.headless:
        _report_headless(Context(replace(recognition, table=table), vocabulary, staged, told, around), table, count)
    return staged


def _report_headless(context: Context, table: TableView, count: Callable[[Context], tuple[int, int]]) -> None:
    """Withhold the lines of a sheet that says neither whose they are nor of when."""
    total, blank = count(context)
    if total == blank:
        return  # An empty form is none.
    context.staged.counts.total += total
    context.staged.counts.blank += blank
    context.staged.report(
        Issue(
            table.sheet.row_locator(table.header_row, -1),
            "blank_key",
            table.sheet.name or "",
            "The sheet has lines but no labels above them that name factory and day, so they belong to nothing.",
            "Repeat the labels above the table of every sheet.",
            withheld=True,
            cells=total - blank,
        )
    )


def _report_unreadable(document: Document, recognition: Recognition, staged: StagedFile) -> None:
    """Say which lines are no JSON, and which entries are not what the layout is made of."""
    for broken in document.broken_lines:
        message = f"The line is not valid JSON: {broken.problem}."
        staged.report(Issue(broken.locator, "broken_line", broken.text, message, "Export it again.", withheld=True))
    keys = recognition.layout.document.keys if recognition.layout.document else recognition.layout.envelope_keys
    for place in recognition.no_objects:
        message = f"The entry is no JSON object with {', '.join(map(repr, keys))}."
        staged.report(Issue(place, "not_an_object", "", message, "Export it again.", withheld=True))


def _no_cells(_: Context) -> tuple[int, int]:
    return (0, 0)


def _is_new(block: Record, table: TableView | None, seen: set[str]) -> bool:
    """Whether an assessment says something else than all above it; it is remembered by its content."""
    rows = [] if table is None else [record.printed() for record in table.records()]
    said = (block.printed(), kept(block.unnamed), rows)
    content = hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()
    is_new = content not in seen
    seen.add(content)
    return is_new


def _report_encoding(document: Document, recognition: Recognition, staged: StagedFile) -> None:
    for decoded in dict.fromkeys(sheet.decoded for sheet in document.sheets):
        if decoded is None or (decoded.certain and not decoded.replaced):
            continue
        if decoded.encoding in _LEGACY:
            staged.report(
                Issue(
                    "file",
                    "converted_encoding",
                    decoded.encoding,
                    f"The file is written in {decoded.encoding.upper()}; its text was converted to Unicode.",
                    "Export it as UTF-8, or type workbooks in a Unicode font.",
                    severity="info",
                )
            )
        elif decoded.replaced or recognition.layout.encoding == "utf-8":
            staged.report(
                Issue(
                    "file",
                    "encoding",
                    decoded.encoding,
                    f"The file is not valid {recognition.layout.encoding}; it was read as {decoded.encoding} and "
                    f"{decoded.replaced} characters could not be read.",
                    "Export it as UTF-8.",
                )
            )
