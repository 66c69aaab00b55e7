"""Exports that list what is wrong: brand audits, SMETA CAPR, WRAP.

One row is one finding. The assessment's header stands in the same rows, in a sheet of its own, or in a label/value
block. A missing finding says nothing about compliance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from harmonize.model.issues import Issue
from harmonize.reading.sheets import CellError, cell_text, is_blank
from harmonize.sources.context import Context
from harmonize.sources.headers import add_identifier, add_mention, edition_of
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.values.numbers import NumberStyle
from harmonize.values.text import clean, word_key

__all__ = ["count_cells", "stage"]

_HEADER_COLUMNS = {"assessed_on": "assessed_on", "rating": "rating_raw"}
_REPEATED_HEADER_FIELDS = ("assessed_on", "rating", "workers")


@dataclass(slots=True)
class _Open:
    """One assessment while its rows are read; its header is staged when all rows were seen."""

    number: int
    header: dict[str, Any]
    header_texts: dict[str, str]
    identifiers: dict[str, str]
    rows: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def assessed_on(self) -> date | None:
        """The day of the audit, where a row states it."""
        day: date | None = self.header["assessed_on"]
        return day


def stage(context: Context) -> None:
    """Stage every assessment and finding of the file."""
    table = context.recognition.table
    if table is None:
        raise TypeError("a findings layout has a table")
    style = context.number_style(
        text for record in table.records() for text in (record.raw("workers"), record.raw("score")) if text
    )
    if context.recognition.header_block is not None:
        _stage_block(context, context.recognition.header_block, table, style)
    elif context.recognition.header_table is not None:
        _stage_joined(context, context.recognition.header_table, table, style)
    else:
        _stage_inline(context, table, style)


def count_cells(context: Context) -> tuple[int, int]:
    """Answer-bearing cells and blank ones: each finding row is one cell, the row of a clean visit is none."""
    table = context.recognition.table
    if table is None:
        return (0, 0)
    clean_field = context.layout.clean_visit_field
    columns = table.columns.get(clean_field, ()) if clean_field else ()
    total = 0
    for cells in table.sheet.rows[table.header_row + 1 :]:
        if all(is_blank(cell) for cell in cells):
            continue
        if columns and all(column >= len(cells) or is_blank(cells[column]) for column in columns):
            continue
        total += 1
    return (total, 0)


def _is_clean_visit(context: Context, record: Record) -> bool:
    name = context.layout.clean_visit_field
    return name is not None and record.is_blank(name)


def _cells(context: Context, record: Record) -> int:
    return 0 if _is_clean_visit(context, record) else 1


def _stage_inline(context: Context, table: TableView, style: NumberStyle) -> None:
    visits: dict[str, _Open] = {}
    for record in context.records(table, lambda row: _cells(context, row)):
        cell = record.cell("native_id")
        if isinstance(cell, CellError):
            report_excel_error(context.staged, record.at("native_id"), cell, _cells(context, record))
            continue
        key = clean(cell_text(cell))
        if key is None:
            context.report_blank_key(record, "visit or audit number", _cells(context, record))
            continue
        visit = visits.get(key)
        if visit is None:
            visit = visits[key] = _open(context, record, key, style, table.extras(record))
        elif context.is_of_another_factory(record, visit.identifiers, _cells(context, record)):
            continue
        else:
            _compare_header(context, record, visit)
        _stage_row(context, table, record, visit)
    _close(context, visits.values())


def _close(context: Context, visits: Iterable[_Open]) -> None:
    for visit in visits:
        context.staged.tables["assessment"].add_named(**visit.header)


def _compare_header(context: Context, record: Record, visit: _Open) -> None:
    """A later row of a visit repeats the header; what it says otherwise is reported, what is unreadable quarantined."""
    for name in _REPEATED_HEADER_FIELDS:
        text = record.raw(name)
        if not text or text == visit.header_texts.get(name):
            continue
        value: object = text
        if name == "assessed_on":
            value = record.day(name, context.layout.dates, context.staged)
        elif name == "rating":
            value = record.word(name, context.ratings, "unknown_rating", context.staged)
        column = _HEADER_COLUMNS.get(name)
        if value is not None and column is not None and visit.header[column] is None:
            # The first row left it blank or unreadable: what a later row says stands.
            visit.header[column] = value
            visit.header_texts[name] = text
        elif value is not None and visit.header_texts.get(name):
            context.staged.report(
                Issue(
                    record.at(name),
                    "inconsistent_header",
                    text,
                    f"The first row of this visit says {visit.header_texts[name]!r} instead; that one counts.",
                    "Ask the contributor which one is right.",
                )
            )


def _open(
    context: Context, record: Record, native_id: str | None, style: NumberStyle, extra: str | None = None
) -> _Open:
    """Stage the header of one assessment."""
    staged, profile = context.staged, context.profile
    number = staged.next_assessment()
    assessed_on = record.day("assessed_on", context.layout.dates, staged)
    valid_until = record.day("valid_until", context.layout.dates, staged)
    country = add_mention(context, record, number, style, extra)
    if native_id is not None:
        scheme = f"assessment:{profile.instrument}"
        add_identifier(context, scheme, native_id, country, record.locator, record.at("native_id"))
    header = {
        "assessment_no": number,
        "locator": record.locator,
        "instrument": profile.instrument,
        "edition": edition_of(context, record.text("edition", staged)),
        "native_id": native_id,
        "kind": profile.assessment_kind,
        "assessment_type": record.text("assessment_type", staged),
        "status_rank": 0,
        "assessed_on": assessed_on,
        "valid_until": valid_until,
        "valid_until_basis": profile.valid_until_basis if valid_until else None,
        "verified": True,
        "rating_raw": record.word("rating", context.ratings, "unknown_rating", staged),
        "announcement": record.text("announcement", staged),
        "assessor": record.text("assessor", staged),
        "published": True,
        "extra": extra,
    }
    _stage_scope(context, record, number)
    texts = {name: record.raw(name) for name in _REPEATED_HEADER_FIELDS}
    return _Open(number, header, texts, {scheme: text for scheme, text, _ in record.identifier_texts(staged)})


def _stage_scope(context: Context, record: Record, number: int) -> None:
    """What the audit covers: the profile's scope, narrowed where the export prints its pillars."""
    pillars = word_key(record.raw("pillars"))
    for topic, scope in context.profile.scope.items():
        narrowed = scope
        if pillars and scope == "unknown":
            narrowed = "in" if "4" in pillars else "out" if "2" in pillars else "unknown"
        context.staged.tables["scope"].add(number, topic, narrowed)


def _stage_joined(context: Context, headers: TableView, table: TableView, style: NumberStyle) -> None:
    """Headers and findings in two sheets, joined on the assessment number."""
    visits: dict[str, _Open] = {}
    seen: dict[str, tuple[str, ...]] = {}
    for record in context.records(headers):
        key = clean(record.raw("native_id"))
        row = record.printed()
        if key is None or isinstance(record.cell("native_id"), CellError):
            context.report_blank_key(record, "assessment number")
        elif key in visits and seen[key] == row:
            context.report_repeated_row(record, key)
        elif key in visits:
            context.staged.report(
                Issue(
                    record.locator,
                    "repeated_key",
                    key,
                    f"The assessment {key!r} stands here a second time; the first row counts.",
                    "Remove the repetition in the export.",
                    withheld=True,
                )
            )
        else:
            visits[key] = _open(context, record, key, style, headers.extras(record))
            seen[key] = row
    for record in context.records(table, lambda row: _cells(context, row)):
        cell = record.cell("native_id")
        key = clean(cell_text(cell))
        if isinstance(cell, CellError):
            report_excel_error(context.staged, record.at("native_id"), cell, cells=1)
        elif key is None:
            context.report_blank_key(record, "assessment number", cells=1)
        elif key not in visits:
            context.staged.report(
                Issue(
                    record.locator,
                    "finding_without_header",
                    key,
                    f"No assessment {key!r} stands in the header sheet.",
                    "Deliver the assessment's header row too.",
                    withheld=True,
                    cells=1,
                )
            )
        else:
            _stage_row(context, table, record, visits[key])
    _close(context, visits.values())


def _stage_block(context: Context, block: Record, table: TableView, style: NumberStyle) -> None:
    """One audit per file: a label/value block, then the table of findings."""
    native_id = block.text("native_id", context.staged)
    visit = _open(context, block, native_id, style)
    for record in context.records(table, lambda row: _cells(context, row)):
        _stage_row(context, table, record, visit)
    _close(context, [visit])


def _stage_row(context: Context, table: TableView, record: Record, visit: _Open) -> None:
    row = record.printed()
    if row in visit.rows:
        if not _is_clean_visit(context, record):
            context.staged.counts.ignored += 1
        context.report_repeated_row(record, record.raw("clause"))
        return
    visit.rows.add(row)
    if _is_clean_visit(context, record):
        _report_text_without_clause(context, record)
        return
    _stage_finding(context, record, visit, table.extras(record))


def _report_text_without_clause(context: Context, record: Record) -> None:
    text = clean(record.raw("description"))
    if text is not None:
        context.staged.report(
            Issue(
                record.at("description"),
                "finding_without_clause",
                text,
                "The row has a finding text but no clause; rows without clause mean a clean visit.",
                "Fill in the clause in the export.",
                withheld=True,
            )
        )


def _stage_finding(context: Context, record: Record, visit: _Open, extra: str | None) -> None:
    staged, layout, instrument = context.staged, context.layout, context.profile.instrument
    severities = context.vocabulary.severities.get(instrument, {})
    severity_raw = record.word("severity", {word: word for word in severities}, "unknown_severity", staged)
    statuses = context.vocabulary.finding_statuses.get(instrument, {})
    status_raw = record.word("status", {word: word for word in statuses}, "unknown_status", staged)
    closed_on = record.day("closed_on", layout.dates, staged)
    status = statuses.get(word_key(status_raw)) if status_raw else None
    if status is None and record.has("closed_on") and not record.has("status"):
        status = "closed" if closed_on else "open" if record.is_blank("closed_on") else None
    due_on = record.day("due_on", layout.dates, staged) or _due_from_timescale(context, record, visit)
    staged.tables["finding"].add(
        visit.number,
        record.text("finding_no", staged),
        record.text("clause", staged),
        severities.get(word_key(severity_raw)) if severity_raw else None,
        severity_raw,
        record.text("description", staged),
        record.text("root_cause", staged),
        record.text("legal_reference", staged),
        status,
        status_raw,
        due_on,
        closed_on,
        record.text("action", staged),
        record.text("responsible", staged),
        record.locator,
        record.at("clause"),
        extra,
    )


def _due_from_timescale(context: Context, record: Record, visit: _Open) -> date | None:
    """Audit date plus timescale, as SMETA prints it (Immediate = 0 days)."""
    timescales = context.layout.due_from_timescale
    text = record.text("timescale", context.staged) if timescales else None
    if text is None:
        return None
    days = timescales.get(word_key(text).removesuffix("days").strip())
    if days is None:
        context.staged.report(
            Issue(
                record.at("timescale"),
                "unknown_timescale",
                text,
                f"{text!r} is none of {', '.join(timescales)}.",
                "Correct the timescale; the finding was loaded without a due date.",
                withheld=True,
            )
        )
        return None
    return visit.assessed_on + timedelta(days=days) if visit.assessed_on else None
