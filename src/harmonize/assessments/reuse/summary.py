"""The first sheet of a plan: how many matters stand how, what it would save by which assumptions, how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from harmonize.assessments.reuse.assumptions import Assumptions
from harmonize.assessments.reuse.portfolio import totals
from harmonize.assessments.reuse.questionnaire import Words, in_both
from harmonize.workbooks import Column, Sheet

__all__ = ["About", "summary_sheet"]

_STANDINGS = ("assessed", "ask", "grant_missing", "always_ask")
_COUNTED = """
    SELECT
        count(DISTINCT facility_id), count(*), count(*) FILTER (status = 'assessed'), count(*) FILTER (status = 'ask'),
        count(*) FILTER (status = 'grant_missing'), count(*) FILTER (status = 'always_ask'), count(ended_by)
    FROM reuse_line
"""
_WIDTHS = {"what": 48, "figure": 16, "how_to_read": 90}


@dataclass(frozen=True, slots=True)
class About:
    """Of what a plan is: for which buyer, as of which day, by which grants and release.

    Attributes:
        warned: days before an expiry that are counted.
    """

    buyer: str
    as_of: date
    grants: str
    release: str
    warned: Sequence[int]


def summary_sheet(
    connection: duckdb.DuckDBPyConnection, assumptions: Assumptions, about: About, words: Words, language: str
) -> Sheet:
    """The figures of `reuse_line` and `reuse_portfolio`; under what is saved all assumptions (domain rule 21)."""
    spoken = _Spoken(words, language)
    told = {"buyer": about.buyer, "as_of": about.as_of.isoformat(), "grants": about.grants, "release": about.release}
    preface = [spoken("title", " / "), *(f"{spoken(name, ' / ')}: {said}" for name, said in told.items())]
    rows = [*_standings(connection, about, spoken), *_savings(connection, assumptions, spoken)]
    return Sheet(
        "Summary",
        [Column(name, spoken(name), width) for name, width in _WIDTHS.items()],
        [dict(zip(_WIDTHS, row, strict=True)) for row in rows],
        frozen=0,
        preface=preface,
    )


@dataclass(frozen=True, slots=True)
class _Spoken:
    words: Words
    language: str

    def __call__(self, name: str, joint: str = "\n", **blanks: object) -> str:
        return in_both(self.words.summary[name], self.language).format_map(blanks).replace("\n", joint)


def _standings(
    connection: duckdb.DuckDBPyConnection, about: About, spoken: _Spoken
) -> Iterator[tuple[str, object, str]]:
    (counted,) = connection.execute(_COUNTED).fetchall()
    *shown, ended = zip(("factories", "required", *_STANDINGS, "ended"), counted, strict=True)
    for name, count in shown:
        yield spoken(name), count, spoken(f"{name}_note")
    for days in about.warned:
        ((count,),) = connection.execute("SELECT count(*) FROM reuse_line WHERE days_left <= ?", [days]).fetchall()
        yield spoken("expiring", days=days), count, spoken("expiring_note")
    yield spoken(ended[0]), ended[1], spoken("ended_note")


def _savings(
    connection: duckdb.DuckDBPyConnection, assumptions: Assumptions, spoken: _Spoken
) -> Iterator[tuple[str, object, str]]:
    currency = assumptions.currency.value
    for total in totals(connection):
        for name in ("dropped", "shortened", "kept"):
            yield spoken(name, scenario=total.scenario), getattr(total, name), spoken("audits_note")
        for name in ("days_saved", "money_saved"):
            said = spoken(name, scenario=total.scenario, currency=currency)
            yield said, getattr(total, name), spoken("saving_note")
    for name, value, reason in assumptions.rows():
        yield spoken("assumption", assumed=name.replace("_", " ")), value, reason
