"""The workbook that a manufacturer receives with its share: profile, one plan by due date, who sees what until when.

Who sees what is told of the manufacturer's own factory alone, and of reports that the manufacturer sees itself. What
others handed in themselves is not told: that they hold a report is theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb

from harmonize.assessments.corrective_actions.plan import read_plans
from harmonize.assessments.corrective_actions.words import PlanWords, load_plan_words
from harmonize.assessments.corrective_actions.workbook import plan_workbook
from harmonize.project import Project
from harmonize.sharing.audiences import MANUFACTURER
from harmonize.sharing.grants import SCOPES
from harmonize.workbooks import Book, Column, Sheet, write_workbook
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["BookWords", "keep_who_sees_what", "load_book_words", "write_share_book"]

_PROFILE = (
    "name", "name_local", "address", "country", "admin1", "sector", "workers", "os_id", "tax_code", "assessments",
    "visits", "instruments", "last_assessed_on", "findings_not_closed",
)  # fmt: skip
_WHO = {"audience": 26, "instrument": 26, "assessed_on": 12, "sees": 34, "until": 16, "assessment_id": 26}
_FOREVER = date(9999, 12, 31)


class _Words(StrictForm):
    """All of `schemas/share_book.yml`."""

    status: Literal["machine", "reviewed"]
    languages: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class BookWords:
    """The words of the workbook: its own, and those of the plan in it."""

    own: _Words
    plan: PlanWords

    def said(self, name: str, language: str | None) -> str:
        """A word in English and the language beside it."""
        texts = self.own.words[name]
        return " / ".join(dict.fromkeys([texts["en"], texts.get(language or "en", texts["en"])]))


def load_book_words(project: Project) -> BookWords:
    """Load them.

    Raises:
        ConfigurationError: a file is not whole; the message names the place.
    """
    return BookWords(
        read_form(project.find("schemas/share_book.yml"), _Words),
        load_plan_words(project.find("schemas/corrective_actions.yml")),
    )


def write_share_book(
    connection: duckdb.DuckDBPyConnection, audience: str, folder: Path, name: str, words: BookWords, judged_on: date
) -> str | None:
    """Write `<folder>/<name>.xlsx`, where the share holds the factory that the audience is.

    Args:
        connection: the share is its default database; the grants are judged, and the audiences' ids given.
        audience: `manufacturer:<scheme>=<value>`.

    Returns:
        A hash of who sees what, which is no part of the share's own; None where no workbook is written.
    """
    facility_id = _factory(connection, audience)
    if facility_id is None:
        return None
    (plan,) = read_plans(connection, facility_id, None)
    language = words.plan.language_of(plan.facility["country"], None)
    seen = _seen(connection, facility_id)
    planned = plan_workbook(plan, words.plan.spoken(language))
    book = Book(
        [_profile(connection, facility_id, judged_on, words, language), *planned.sheets, _who(seen, words, language)],
        planned.notes,
        header=planned.header,
        footer=planned.footer,
    )
    write_workbook(folder / f"{name}.xlsx", book)
    return hashlib.sha256(repr((judged_on, seen)).encode()).hexdigest()


def keep_who_sees_what(connection: duckdb.DuckDBPyConnection, audience: str) -> None:
    """Keep who sees what as `extract.who_sees_what` in the share itself, where no workbook may lie beside it.

    Args:
        connection, audience: as for `write_share_book`.
    """
    facility_id = _factory(connection, audience)
    if facility_id is None:
        return
    connection.execute(
        "CREATE SCHEMA IF NOT EXISTS extract; CREATE TABLE extract.who_sees_what (audience VARCHAR, "
        "instrument VARCHAR, assessed_on DATE, assessment_id VARCHAR, sees VARCHAR, until DATE)"
    )
    for seer, title, assessed_on, assessment_id, rank, until in _seen(connection, facility_id):
        row = [seer, title, assessed_on, assessment_id, SCOPES[rank - 1], None if until == _FOREVER else until]
        connection.execute("INSERT INTO extract.who_sees_what VALUES (?, ?, ?, ?, ?, ?)", row)


def _factory(connection: duckdb.DuckDBPyConnection, audience: str) -> str | None:
    """The share's id of the only factory that states the identifier by which the audience is named."""
    scheme, _, value = audience.removeprefix(MANUFACTURER).partition("=")
    found = connection.execute(
        """
        WITH named AS (
            SELECT min(m.facility_id) AS facility_id
            FROM source.compact.stated_identifier i
            JOIN source.facility_mention m USING (mention_id)
            WHERE i.valid AND i.scheme = $scheme AND lower(i.value) = lower($value)
            HAVING count(DISTINCT m.facility_id) = 1
        )
        SELECT f.shared_id
        FROM named
        JOIN workspace.shared_facility f USING (facility_id)
        JOIN facility k ON k.facility_id = f.shared_id
        WHERE f.audience_no = getvariable('audience_no')
        """,
        {"scheme": scheme.strip(), "value": value.strip()},
    ).fetchall()
    return str(found[0][0]) if found else None


def _seen(connection: duckdb.DuckDBPyConnection, facility_id: str) -> list[tuple[Any, ...]]:
    """Per audience and report of the factory: its tool, day and id here, the widest scope, and until when."""
    return connection.execute(
        """
        SELECT
            a.audience, i.title, s.assessed_on, s.assessment_id, max(c.scope_rank) AS scope_rank,
            max(c.until) FILTER (c.scope_rank = w.widest) AS until
        FROM workspace.shared_assessment m
        JOIN workspace.covered_copy c USING (assessment_id)
        JOIN (SELECT audience_no, assessment_id, max(scope_rank) AS widest FROM workspace.covered_copy GROUP BY ALL) w
            ON w.audience_no = c.audience_no AND w.assessment_id = c.assessment_id
        JOIN workspace.audience a ON a.audience_no = c.audience_no
        JOIN assessment s ON s.assessment_id = m.shared_id
        LEFT JOIN instrument i ON i.instrument = s.instrument
        WHERE m.audience_no = getvariable('audience_no') AND c.audience_no <> m.audience_no AND s.facility_id = ?
        GROUP BY a.audience, i.title, s.assessed_on, s.assessment_id
        ORDER BY a.audience, i.title, s.assessed_on, s.assessment_id
        """,
        [facility_id],
    ).fetchall()


def _profile(
    connection: duckdb.DuckDBPyConnection, facility_id: str, judged_on: date, words: BookWords, language: str | None
) -> Sheet:
    found = connection.execute(
        f"SELECT {', '.join(_PROFILE)} FROM v_facility_card WHERE facility_id = ?", [facility_id]
    ).fetchall()
    told: list[tuple[str, Any]] = [*zip(_PROFILE, found[0], strict=True), ("judged_on", judged_on)]
    rows: Iterable[Mapping[str, Any]] = [
        {"fact": words.said(name, language), "value": value} for name, value in told if value is not None
    ]
    columns = [Column("fact", words.said("fact", language), 34), Column("value", words.said("value", language), 80)]
    return Sheet(words.own.words["profile"]["en"], columns, rows)


def _who(seen: Sequence[tuple[Any, ...]], words: BookWords, language: str | None) -> Sheet:
    rows = [
        {
            "audience": audience,
            "instrument": title,
            "assessed_on": assessed_on,
            "sees": words.said(SCOPES[rank - 1], language),
            "until": words.said("open", language) if until == _FOREVER else until,
            "assessment_id": assessment_id,
        }
        for audience, title, assessed_on, assessment_id, rank, until in seen
    ]
    columns = [Column(name, words.said(name, language), width) for name, width in _WHO.items()]
    return Sheet(words.own.words["who"]["en"], columns, rows)
