"""How much of what was asked is mapped: by question and by answer, the unmapped ranked by answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from harmonize.crosswalk.mapping import Edition

__all__ = [
    "AnswerCoverage",
    "QuestionCoverage",
    "Unmapped",
    "answer_coverage",
    "question_coverage",
    "unmapped",
]


@dataclass(frozen=True, slots=True)
class QuestionCoverage:
    """Questions of one edition by what becomes of them."""

    instrument: str
    edition: str
    questions: int
    mapped: int
    ignored: int
    not_approved: int


@dataclass(frozen=True, slots=True)
class AnswerCoverage:
    """Stated answers and findings of one instrument and edition by whether an indicator reads them."""

    instrument: str
    edition: str | None
    stated: int
    mapped: int

    @property
    def share(self) -> float:
        """Mapped share, 0 to 1; 1 where nothing was stated."""
        return self.mapped / self.stated if self.stated else 1.0


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A question or clause that no approved mapping reads."""

    instrument: str
    edition: str | None
    question: str
    answers: int


def question_coverage(editions: Sequence[Edition]) -> list[QuestionCoverage]:
    """Coverage by question for every crosswalk."""
    return [
        QuestionCoverage(
            edition.instrument,
            edition.edition,
            len(edition.entries),
            sum(1 for e in edition.entries.values() if e.indicator_id is not None and e.is_approved),
            sum(1 for e in edition.entries.values() if e.indicator_id is None and e.is_approved),
            sum(1 for e in edition.entries.values() if not e.is_approved),
        )
        for edition in editions
    ]


_STATED = """
    SELECT s.instrument, s.edition, a.question_id AS question, a.indicator_id IS NOT NULL AS is_mapped
    FROM answer a JOIN assessment s USING (assessment_id)
    UNION ALL
    SELECT s.instrument, s.edition, n.clause_raw, n.indicator_id IS NOT NULL
    FROM finding n JOIN assessment s USING (assessment_id)
    WHERE n.made_from = 'row'
"""


def answer_coverage(connection: duckdb.DuckDBPyConnection) -> list[AnswerCoverage]:
    """Coverage by answer of a finished DuckDB file."""
    rows = connection.execute(
        f"SELECT instrument, edition, count(*), count(*) FILTER (is_mapped) FROM ({_STATED}) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [AnswerCoverage(*row) for row in rows]


def unmapped(connection: duckdb.DuckDBPyConnection, limit: int = 50) -> list[Unmapped]:
    """What is unmapped, the most answered first."""
    rows = connection.execute(
        f"SELECT instrument, edition, coalesce(question, ''), count(*) AS answers FROM ({_STATED}) WHERE NOT is_mapped "
        "GROUP BY ALL ORDER BY answers DESC, instrument, edition, 3 LIMIT ?",
        [limit],
    ).fetchall()
    return [Unmapped(*row) for row in rows]
