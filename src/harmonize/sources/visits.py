"""Visits: the assessments of exports that repeat their header in every row, print it once, or in a sheet of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from math import inf
from typing import Any

from harmonize.model.issues import Issue
from harmonize.reading.sheets import CellError, cell_text
from harmonize.sources.context import Context
from harmonize.sources.headers import add_identifier, add_mention, edition_of
from harmonize.sources.overall_grade import overall_grade
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.values.dates import parse_date
from harmonize.values.numbers import NumberStyle
from harmonize.values.text import clean, word_key

__all__ = ["NUMBER_USED_AGAIN_DAYS", "Visit", "Visits", "close_visits", "names_nobody", "open_visit"]

_HEADER_COLUMNS = {"assessed_on": "assessed_on", "rating": "rating_raw"}
_REPEATED_FIELDS = ("assessed_on", "rating", "workers")
NUMBER_USED_AGAIN_DAYS = 90
"""One number on days further apart is another visit's too; between files `schemas/copies.yml` says so."""


@dataclass(slots=True)
class Visit:
    """One assessment while its rows are read; its header is staged when all rows were seen.

    Attributes:
        verification: how its answers are verified, where the export says so.
        rows: the rows read so far, as printed.
        answers: what was answered so far, by question.
    """

    number: int
    header: dict[str, Any]
    header_texts: dict[str, str]
    identifiers: dict[str, str]
    verification: str | None
    rows: set[tuple[str, ...]] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def assessed_on(self) -> date | None:
        """The day of the visit, where a row states it."""
        day: date | None = self.header["assessed_on"]
        return day


class Visits:
    """The visits of a table that repeats their headers in every row."""

    def __init__(self, context: Context, table: TableView, style: NumberStyle) -> None:
        """None is open yet."""
        self._context = context
        self._table = table
        self._style = style
        self._open: dict[str, list[Visit]] = {}

    def of(self, record: Record, cells: int) -> Visit | None:
        """The visit that a row belongs to; None where it belongs to none, which is reported.

        Args:
            cells: answer-bearing cells that are withheld with the row.
        """
        key = self._key(record, cells)
        if key is None:
            return None
        uses = self._open.setdefault(key, [])
        visit = next((visit for visit in uses if not self._is_of_another_visit(record, visit)), None)
        if visit is None:
            native_id = key if record.has("native_id") else None
            extra = self._table.extras(record)
            visit = open_visit(self._context, record, native_id, self._style, extra)
            uses.append(visit)
        elif self._context.is_of_another_factory(record, visit.identifiers, cells):
            return None
        else:
            _compare_header(self._context, record, visit)
        return visit

    def _key(self, record: Record, cells: int) -> str | None:
        """The number of the visit; where exports print none, its factory and day."""
        if record.has("native_id"):
            cell = record.cell("native_id")
            if isinstance(cell, CellError):
                report_excel_error(self._context.staged, record.at("native_id"), cell, cells)
                return None
            key = clean(cell_text(cell))
            if key is None:
                self._context.report_blank_key(record, self._title("native_id"), cells)
            return key
        factory = self._factory(record)
        if not factory:
            self._context.report_blank_key(record, self._title("name"), cells)
            return None
        return "\0".join([*factory, record.raw("country"), record.raw("cycle"), self._day(record)])

    def _is_of_another_visit(self, record: Record, visit: Visit) -> bool:
        """Numbers are given again: on days far apart, or to an audit of another type on another day, as its follow-up.

        Without a day on both sides, or on days close by of one type, a row says otherwise what the first one says.
        """
        day = parse_date(clean(record.raw("assessed_on")) or "", self._context.layout.dates)
        if day is None or visit.assessed_on is None or day == visit.assessed_on:
            return False
        type_of, stated = word_key(record.raw("assessment_type")), word_key(visit.header["assessment_type"] or "")
        return abs((day - visit.assessed_on).days) > NUMBER_USED_AGAIN_DAYS or bool(
            type_of and stated and type_of != stated
        )

    def _factory(self, record: Record) -> list[str]:
        """What names the factory of a row: the identifiers of its site, else those of its company, name and address."""
        rules, country = self._context.vocabulary.identifiers, self._context.profile.country
        stated = [
            (scheme, text)
            for scheme, text, _ in record.identifier_texts(self._context.staged)
            if text.casefold() not in rules.placeholders
        ]
        of_site = [text for scheme, text in stated if rules.level(scheme, text, country) != "company"]
        names = [] if record.is_blank("name") else [clean(record.raw(name)) for name in ("name", "address")]
        return of_site or [*(text for _, text in stated), *filter(None, names)]

    def _day(self, record: Record) -> str:
        """The day of a visit however it is printed; where it is none, as it is printed."""
        text = clean(record.raw("assessed_on")) or ""
        day = parse_date(text, self._context.layout.dates)
        return text if day is None else day.isoformat()

    def _title(self, name: str) -> str:
        columns = self._table.columns.get(name)
        return repr(self._table.header[columns[0]]) if columns else name

    def close(self) -> None:
        """Stage all headers."""
        close_visits(self._context, chain.from_iterable(self._open.values()))


def names_nobody(context: Context, block: Record) -> bool:
    """A block that says neither which factory nor which visit nor when, or lacks the key that its profile names."""
    part = context.layout.header_block
    if part is not None and part.key is not None and block.is_blank(part.key):
        return True
    stated = any(not block.is_blank(name) for name in ("name", "name_local", "native_id", "assessed_on"))
    return not stated and not any(True for _ in block.identifier_texts(context.staged))


def close_visits(context: Context, visits: Iterable[Visit]) -> None:
    """Stage the headers of visits whose rows were all seen."""
    for visit in visits:
        context.staged.tables["assessment"].add_named(**visit.header)


def open_visit(
    context: Context, record: Record, native_id: str | None, style: NumberStyle, extra: str | None = None
) -> Visit:
    """Begin an assessment with the record that states its header."""
    staged, profile = context.staged, context.profile
    number = staged.next_assessment()
    assessed_on = record.day("assessed_on", context.layout.dates, staged)
    valid_until = record.day("valid_until", context.layout.dates, staged)
    ended_on = _last_day(context, record, assessed_on)
    whole, of_header = context.kept_of(record.unnamed)
    country = add_mention(context, record, number, style, extra or of_header)
    if native_id is not None:
        scheme = f"assessment:{profile.instrument}"
        add_identifier(context, scheme, native_id, country, record.locator, record.at("native_id"))
    kind = context.layout.assessment_kind or profile.assessment_kind
    rating = record.word("rating", context.ratings, "unknown_rating", staged)
    header = {
        "assessment_no": number,
        "locator": record.locator,
        "instrument": profile.instrument,
        "edition": edition_of(context, record.text("edition", staged)),
        "native_id": native_id,
        "kind": kind,
        "assessment_type": record.text("assessment_type" if record.has("assessment_type") else "method", staged),
        # What is published of an assessment fills gaps of its own export, and never wins over it.
        "status_rank": -1 if kind == "transparency" else 0,
        "assessed_on": assessed_on,
        "ended_on": ended_on,
        "valid_until": valid_until,
        "valid_until_basis": profile.valid_until_basis if valid_until else None,
        "verified": profile.answered_by == "verifier",
        "rating_raw": rating,
        "announcement": record.text("announcement", staged),
        "assessor": record.text("assessor", staged),
        "cycle": record.text("cycle", staged),
        "published": True,
        "extra": extra or whole,
    }
    _stage_scope(context, record, number)
    _check_rating(context, record, rating, _stage_scores(context, number, style))
    return Visit(
        number,
        header,
        {name: record.raw(name) for name in _REPEATED_FIELDS},
        {scheme: text for scheme, text, _ in record.identifier_texts(staged)},
        _verification(context, record),
    )


def _last_day(context: Context, record: Record, begun: date | None) -> date | None:
    """The last day on site; none, and noticed, where the visit is said to end before it begins."""
    ended = record.day("ends_on", context.layout.dates, context.staged)
    if begun is not None and ended is not None and ended < begun:
        context.staged.report(
            Issue(
                record.at("ends_on"),
                "end_before_start",
                record.raw("ends_on"),
                f"The visit ends on {ended.isoformat()}, before it begins on {begun.isoformat()}; the latter is kept.",
                "Ask the contributor for the days of the visit.",
            )
        )
        return None
    return ended


def _stage_scope(context: Context, record: Record, number: int) -> None:
    """What the audit covers: the profile's scope, narrowed where the export prints its pillars."""
    pillars = word_key(record.raw("pillars"))
    for topic, scope in context.profile.scope.items():
        narrowed = scope
        if pillars and scope == "unknown":
            narrowed = "in" if "4" in pillars else "out" if "2" in pillars else "unknown"
        context.staged.tables["scope"].add(number, topic, narrowed)


def _stage_scores(context: Context, number: int, style: NumberStyle) -> list[float]:
    """The points of its sections, as printed."""
    table, part = context.recognition.score_table, context.layout.document
    if table is None or part is None or part.scores is None:
        return []
    stated = []
    bounds = (0.0, inf if part.scores.maximum is None else part.scores.maximum)
    for record in table.records():
        section = record.text("section", context.staged)
        score = record.number("score", style, context.staged, "bad_score", bounds)
        if section is not None and score is not None:
            stated.append(score)
            context.staged.tables["score"].add(
                number, section, None, score, part.scores.maximum, context.profile.answered_by, None
            )
    return stated


def _check_rating(context: Context, record: Record, rating: str | None, points: list[float]) -> None:
    """Notice an overall grade that does not follow from the areas; the printed one stands."""
    scheme = context.profile.overall_grade
    if scheme is None or rating not in scheme.bands:
        return
    grade = overall_grade(points, scheme)
    if grade is not None and grade != rating:
        context.staged.report(
            Issue(
                record.at("rating"),
                "rating_against_areas",
                rating,
                f"The points of the areas make the overall grade {grade}; the printed one is kept.",
                "Ask the contributor for the report.",
                severity="info",
            )
        )


def _verification(context: Context, record: Record) -> str | None:
    """How an assessment made this way verifies; None where the export does not say, `none` for an unknown word."""
    profile, method = context.profile, word_key(record.raw("method"))
    if not method or method in profile.verification_by_method:
        return profile.verification_by_method.get(method)
    context.staged.report(
        Issue(
            record.at("method"),
            "unknown_method",
            record.raw("method"),
            f"{record.raw('method')!r} is none of {', '.join(profile.verification_by_method)}; "
            "the answers count as not verified.",
            "Correct it, or add it to verification_by_method in the profile.",
        )
    )
    return "none"


def _compare_header(context: Context, record: Record, visit: Visit) -> None:
    """A later row of a visit repeats the header; what it says otherwise is reported, what is unreadable quarantined."""
    for name in _REPEATED_FIELDS:
        text = record.raw(name)
        if word_key(text) in ("", word_key(visit.header_texts.get(name) or "")):
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
        elif isinstance(value, date) and value == visit.assessed_on:
            continue  # The same day, written otherwise.
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
