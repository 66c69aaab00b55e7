"""The record of what personal fields left: to whom, on which basis, how many, under which laws (domain rule 30).

It counts and names no person. Written of the rows as they leave, after `withhold`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import duckdb

from harmonize.sharing.withholding_rules import WithholdingRules

__all__ = ["PersonalRecord", "personal_records"]

_EVERYWHERE = "EU"
"""A law that follows the receiver, not the factory."""


@dataclass(frozen=True, slots=True)
class PersonalField:
    """A column that may name persons.

    Attributes:
        field: table and column.
        basis: `own contribution`, or `grant` (with the rights of the instrument).
        rows: values that left.
        masked: of these with a person masked, or a part of the values withheld.
    """

    field: str
    basis: str
    rows: int
    masked: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """How much of a class was withheld."""

    withheld_class: str
    rule: int
    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class PersonalRecord:
    """What left for one audience.

    Attributes:
        countries: of the factories that it is told of.
        laws: of personal data that bind it, by country.
    """

    audience: str
    kind: str
    is_named: bool
    published_on: date
    countries: Sequence[str]
    laws: Mapping[str, str]
    fields: Sequence[PersonalField]
    withheld: Sequence[Withheld]

    def as_json(self) -> dict[str, object]:
        """As a manifest writes it."""
        return {**asdict(self), "published_on": self.published_on.isoformat()}


_FIELDS = """
    WITH told AS (
        SELECT a.audience_no, a.is_own, 'answer.value_text' AS field, coalesce(m.value_text, a.value_text) AS text,
            m.answer_no IS NOT NULL AND m.value_text IS DISTINCT FROM a.value_text AS is_masked,
            m.answer_no IS NOT NULL AND m.value_text IS NULL AS is_gone
        FROM shared_answer a
        JOIN text_indicator n ON n.indicator_id = a.indicator_id AND n.is_text
        LEFT JOIN masked_answer m USING (audience_no, answer_no)
        ANTI JOIN (SELECT * FROM withheld_answer WHERE effect <> 'text') w USING (audience_no, answer_no)
        UNION ALL
        SELECT a.audience_no, a.is_own, 'answer.reason', coalesce(m.remark_reason, a.remark_reason),
            m.answer_no IS NOT NULL AND m.remark_reason IS DISTINCT FROM a.remark_reason,
            m.answer_no IS NOT NULL AND m.remark_reason IS NULL
        FROM shared_answer a
        LEFT JOIN masked_answer m USING (audience_no, answer_no)
        ANTI JOIN (SELECT * FROM withheld_answer WHERE effect <> 'text') w USING (audience_no, answer_no)
        WHERE a.remark_reason IS NOT NULL
        UNION ALL
        SELECT f.audience_no, f.is_own, 'finding.' || f.part, f.text, j.part IS NOT NULL, false
        FROM (
            UNPIVOT (
                SELECT audience_no, row_no, is_own, description, root_cause, action, responsible FROM shared_finding
            )
            ON description, root_cause, action, responsible INTO NAME part VALUE text
        ) f
        LEFT JOIN judged_finding j USING (audience_no, row_no, part)
        UNION ALL
        SELECT audience_no, is_own, 'assessment.assessor', assessor, false, false FROM shared_header
    )
    SELECT audience_no, field, CASE WHEN is_own THEN 'own contribution' ELSE 'grant' END AS basis, count(*) AS rows,
        count(*) FILTER (is_masked) AS masked
    FROM told
    WHERE text IS NOT NULL AND NOT is_gone
    GROUP BY ALL
    ORDER BY ALL
"""


def personal_records(
    connection: duckdb.DuckDBPyConnection, rules: WithholdingRules, published_on: date
) -> list[PersonalRecord]:
    """A record for every audience, in their order; to be called after `withhold`."""
    fields, withheld, countries = (
        connection.execute(query).fetchall()
        for query in (
            _FIELDS,
            "SELECT audience_no, class, rule, table_name, rows FROM withheld_count ORDER BY ALL",
            "SELECT DISTINCT audience_no, country FROM shared_mention WHERE country IS NOT NULL ORDER BY ALL",
        )
    )
    records = []
    for number, audience, kind, is_named in connection.execute(
        "SELECT audience_no, audience, kind::VARCHAR, is_named FROM audience ORDER BY audience_no"
    ).fetchall():
        named = [country for no, country in countries if no == number]
        binding = {name: law for name, law in rules.personal_laws.items() if name in named or name == _EVERYWHERE}
        records.append(
            PersonalRecord(
                audience,
                kind,
                is_named,
                published_on,
                named,
                binding,
                [PersonalField(*row[1:]) for row in fields if row[0] == number],
                [Withheld(*row[1:]) for row in withheld if row[0] == number],
            )
        )
    return records
