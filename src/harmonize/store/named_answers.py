"""The answers of a release with every repeated text as an enum: the same rows as `answer`, at less cost.

Joined from tables of enums, a name stays a small number: until the dictionary of an extract, or through a grouping.
That saves a quarter of an extract. Checks gain more from leaving out what they do not read: texts and places.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

import duckdb

__all__ = ["classified_answers", "name_answers", "numbered_answers"]

_ALL = "compact.stored_answer"
_NAMES = {
    "question": {
        "question_id": "question_id",
        "indicator_id": "indicator_id",
        "comparability": "comparability",
        "mapping_id": "mapping_id",
        "plain_unit": "unit",
    },
    "raw_unit": {"raw_unit": "raw_unit", "unit": "unit"},
    "delivery": {"file_id": "file_id"},
    "stored_assessment": {"assessment_id": "assessment_id", "facility_id": "facility_id"},
}
"""The texts that numbers of answers stand for, by table, and the set that each is taken from."""


def _statement(name: str) -> str:
    return files("harmonize.store").joinpath(name).read_text(encoding="utf-8")


def classified_answers(names: str, answers: str = _ALL) -> str:
    """A query for what answers mean, without their texts and places.

    Args:
        names: the schema of the tables that say what the numbers mean (`compact`, or `temp` after `name_answers`).
        answers: where the answers stand: all of them, or a view of some.
    """
    return _statement("classified_answer.sql").format(names=names, answers=answers)


def numbered_answers(names: str, answers: str = _ALL) -> str:
    """A query for the rows of `answer` with their assessment's number and instrument.

    Args:
        names, answers: as for `classified_answers`.
    """
    return _statement("numbered_answer.sql").format(classified=classified_answers(names, answers))


def name_answers(connection: duckdb.DuckDBPyConnection, condition: str = "true") -> None:
    """Make temporary tables of the names that some answers use, for queries on the schema `temp`.

    Args:
        condition: which answers, by the columns of `compact.stored_answer`.
    """
    for table in _NAMES:
        key = "assessment_no" if table == "stored_assessment" else f"{table}_no"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE used_{table} AS FROM compact.{table} "
            f"WHERE {key} IN (SELECT DISTINCT {key} FROM compact.stored_answer WHERE {condition})"
        )
    for kind in _kinds():
        texts = " UNION ".join(
            f"SELECT {column} FROM used_{table} WHERE {column} IS NOT NULL"
            for table, kinds in _NAMES.items()
            for column in kinds
            if kinds[column] == kind
        )
        connection.execute(f"CREATE OR REPLACE TEMP TYPE named_{kind} AS ENUM ({texts} ORDER BY ALL)")
    for table, kinds in _NAMES.items():
        typed = ", ".join(f"{column}::named_{kind} AS {column}" for column, kind in kinds.items())
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE ({typed}) FROM used_{table}")


def _kinds() -> Iterable[str]:
    return dict.fromkeys(kind for kinds in _NAMES.values() for kind in kinds.values())
