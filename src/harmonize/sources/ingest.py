"""Read one delivered file into staged tables: open, recognise, stage, and count the cells independently."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harmonize.model.issues import Issue
from harmonize.model.staged import StagedFile
from harmonize.reading.documents import Document, open_document
from harmonize.reading.limits import Limits
from harmonize.sources import envelopes, findings, grants, long, plan, register, wide
from harmonize.sources.context import Context
from harmonize.sources.profile import Family, Profile
from harmonize.sources.recognise import Recognition, recognise
from harmonize.sources.vocabulary import Vocabulary

__all__ = ["inspect", "read_file"]

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
    "wide": wide.count_cells,
    "envelopes": envelopes.count_cells,
    "long": long.count_cells,
    "findings": findings.count_cells,
    "plan": plan.count_cells,
}


def _open(data: bytes, path: str, profiles: Sequence[Profile], limits: Limits) -> tuple[Document, Recognition]:
    document = open_document(data, path, limits)
    recognition = recognise(document, profiles)
    encodings = {sheet.decoded.encoding for sheet in document.sheets if sheet.decoded and not sheet.decoded.certain}
    if encodings and recognition.layout.encoding not in encodings:
        document = open_document(data, path, limits, recognition.layout.encoding)
        recognition = recognise(document, profiles)
    return document, recognition


def inspect(data: bytes, path: str, profiles: Sequence[Profile], limits: Limits) -> Recognition:
    """What a file is, without reading its content.

    Raises:
        RefusedFile: it cannot be opened or is not known.
    """
    return _open(data, path, profiles, limits)[1]


def read_file(
    data: bytes, path: str, profiles: Sequence[Profile], vocabulary: Vocabulary, limits: Limits
) -> StagedFile:
    """Stage one file.

    Raises:
        RefusedFile: it cannot be opened, is not known, or lacks required columns.
    """
    document, recognition = _open(data, path, profiles, limits)
    staged = StagedFile(recognition.profile.instrument, recognition.layout.name)
    context = Context(recognition, vocabulary, staged)
    context.report_drift()
    _report_encoding(document, recognition, staged)
    for broken in document.broken_lines:
        staged.report(
            Issue(
                broken.locator,
                "broken_line",
                broken.text,
                f"The line is not valid JSON: {broken.problem}.",
                "Export it again.",
                withheld=True,
            )
        )
    _STAGE[recognition.layout.family](context)
    count = _COUNT.get(recognition.layout.family)
    if count is not None:
        staged.counts.total, staged.counts.blank = count(context)
    return staged


def _report_encoding(document: Document, recognition: Recognition, staged: StagedFile) -> None:
    for sheet in document.sheets:
        decoded = sheet.decoded
        if decoded is None or (decoded.certain and not decoded.replaced):
            continue
        if decoded.replaced or recognition.layout.encoding == "utf-8":
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
