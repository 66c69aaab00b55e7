"""Which matters several instruments ask in other words, and how often one factory answered them again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

__all__ = ["AskedAgain", "asked_again", "release_of"]


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """An indicator that several instruments ask.

    Attributes:
        labels: of the indicator, by language.
        questions: as `instrument edition question`, in order.
        by_instrument: answers to them, and findings about them, by the instrument's title.
        factories: that several instruments asked.
        repeated: answers that a factory gave after another instrument had asked it, one per instrument.
    """

    indicator_id: str
    labels: Mapping[str, str]
    questions: Sequence[str]
    by_instrument: Mapping[str, int]
    factories: int
    repeated: int

    @property
    def instruments(self) -> int:
        """How many instruments ask it."""
        return len(self.by_instrument)

    @property
    def answers(self) -> int:
        """Answers and findings in all."""
        return sum(self.by_instrument.values())


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
            coalesce(sum(instruments - 1), 0)::BIGINT AS repeated
        FROM by_factory
        GROUP BY indicator_id
    ),
    by_instrument AS (
        SELECT
            indicator_id, instrument, sum(answers)::BIGINT AS answers,
            list(DISTINCT concat_ws(' ', instrument, edition, question)) AS questions
        FROM asked
        GROUP BY indicator_id, instrument
    )
    SELECT
        indicator_id,
        any_value(i.labels),
        list_sort(flatten(list(b.questions))),
        map(list(coalesce(t.title, instrument) ORDER BY instrument), list(b.answers ORDER BY instrument)),
        any_value(g.factories),
        any_value(g.repeated) AS repeated
    FROM by_instrument b
    JOIN again g USING (indicator_id)
    JOIN indicator i USING (indicator_id)
    LEFT JOIN instrument t USING (instrument)
    GROUP BY indicator_id
    HAVING count(*) >= ?
    ORDER BY repeated DESC, sum(b.answers) DESC, indicator_id
    LIMIT ?
"""


def asked_again(connection: duckdb.DuckDBPyConnection, instruments: int, limit: int) -> list[AskedAgain]:
    """Indicators that at least so many instruments ask, those that factories answered again most often first.

    Args:
        connection: a released DuckDB file.
    """
    found = connection.execute(_ASKED_AGAIN, [instruments, limit]).fetchall()
    return [AskedAgain(name, json.loads(labels), *rest) for name, labels, *rest in found]


def release_of(connection: duckdb.DuckDBPyConnection) -> str:
    """The id of the release that a DuckDB file is."""
    return str(connection.execute("SELECT any_value(release_id) FROM release").fetchall()[0][0])
