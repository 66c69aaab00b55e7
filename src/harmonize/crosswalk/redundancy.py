"""Which matters several instruments ask in other words, and how often one factory answered them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

__all__ = ["AskedAgain", "asked_again"]


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """An indicator that several instruments ask.

    Attributes:
        questions: as `instrument edition question`, in order.
        answers: answers to them, and findings about them, in all.
        factories: that several instruments asked.
        repeated: answers that a factory gave after another instrument had asked it, one per instrument.
    """

    indicator_id: str
    instruments: int
    questions: Sequence[str]
    answers: int
    factories: int
    repeated: int


_ASKED_AGAIN = """
    WITH asked AS (
        SELECT s.facility_id, s.instrument, s.edition, a.question_id AS question, a.indicator_id, count(*) AS answers
        FROM answer a JOIN assessment s USING (assessment_id)
        WHERE a.indicator_id IS NOT NULL
        GROUP BY ALL
        UNION ALL
        SELECT s.facility_id, s.instrument, s.edition, n.clause_raw, n.indicator_id, count(*)
        FROM finding n JOIN assessment s USING (assessment_id)
        WHERE n.indicator_id IS NOT NULL AND n.made_from = 'row'
        GROUP BY ALL
    ),
    by_factory AS (
        SELECT indicator_id, facility_id, count(DISTINCT instrument) AS instruments FROM asked GROUP BY ALL
    ),
    again AS (
        SELECT
            indicator_id,
            count(*) FILTER (instruments > 1) AS factories,
            coalesce(sum(instruments - 1), 0) AS repeated
        FROM by_factory
        GROUP BY indicator_id
    )
    SELECT
        indicator_id,
        count(DISTINCT instrument) AS instruments,
        list_sort(list(DISTINCT concat_ws(' ', instrument, edition, question))) AS questions,
        sum(answers)::BIGINT AS answers,
        any_value(g.factories) AS factories,
        any_value(g.repeated)::BIGINT AS repeated
    FROM asked
    JOIN again g USING (indicator_id)
    GROUP BY indicator_id
    HAVING count(DISTINCT instrument) >= ?
    ORDER BY repeated DESC, answers DESC, indicator_id
    LIMIT ?
"""


def asked_again(connection: duckdb.DuckDBPyConnection, instruments: int, limit: int) -> list[AskedAgain]:
    """Indicators that at least so many instruments ask, those that factories answered again most often first.

    Args:
        connection: a released DuckDB file.
    """
    return [AskedAgain(*row) for row in connection.execute(_ASKED_AGAIN, [instruments, limit]).fetchall()]
