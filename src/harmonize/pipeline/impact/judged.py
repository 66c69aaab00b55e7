"""Both sides judge the answers to what means something else, and these are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from harmonize.assessments.deduplicate import (
    breaching_answers,
    compare_contents,
    count_answers,
    make_answers,
    make_findings,
    plan,
    state_topics,
)
from harmonize.crosswalk.harmonise import classify, give_meaning, keep_questions
from harmonize.crosswalk.resolve import Question
from harmonize.crosswalk.scales import Scale
from harmonize.database import create_table, joins_as_written
from harmonize.pipeline.crosswalks import Crosswalks
from harmonize.pipeline.impact.workspace import SIDES, at_work, open_sides, reopen, run_statements
from harmonize.pipeline.workspace import point_at
from harmonize.store.named_answers import classified_answers
from harmonize.values.text import numbered_words
from harmonize.values.text_columns import answer_words, cleaned_texts

__all__ = ["compare"]

_PRESENT = "present"
_STATED = """
    CREATE OR REPLACE TABLE stated AS
    SELECT a.* EXCLUDE (extra)
    FROM stated_answer a
    JOIN before.stated_header h USING (assessment_key)
    SEMI JOIN evaluated_column e ON e.class_no = h.class_no AND e.column_key = a.column_key
    WHERE a.column_key IN ({columns})
"""
_HOLDERS = ("release", "released")
_BREACHING = """
    SELECT w.* FROM ({release}) w SEMI JOIN made_assessment USING (assessment_id)
    UNION ALL
    SELECT w.*
    FROM ({released}) w
    JOIN made_assessment m USING (assessment_id)
    ANTI JOIN changed_question q ON q.instrument = m.instrument AND q.question_id = w.question_id
"""
"""Breaches of the touched factories: of the questions that are judged, and of all others as the release has them."""


def compare(
    connection: duckdb.DuckDBPyConnection,
    stage: Path,
    before: Crosswalks,
    after: Crosswalks,
    scratch: Path,
    *,
    words_are_staged: bool,
) -> None:
    """Make `changed_answer`, and for the touched factories `made_finding` and `topic_state` of both sides.

    Args:
        connection: `released` is attached to it.
        scratch: a folder for what is made meanwhile.
        words_are_staged: answer words have the numbers by which the stage knows them on the side `before`.
    """
    intake = reopen(connection, stage, scratch)
    open_sides(connection, (*SIDES, _PRESENT), scratch)
    sides = dict(zip(SIDES, (before, after), strict=True))
    matters = _otherwise(before, after)
    for name, crosswalks in sides.items():
        with at_work(connection, name, scratch):
            _give_meaning(connection, crosswalks, matters)
    run_statements(connection, "evaluated.sql")
    files = connection.execute("SELECT file_id FROM evaluated_file ORDER BY file_id").fetchall()
    point_at(connection, intake, [file_id for (file_id,) in files])
    columns = connection.execute("SELECT DISTINCT column_key FROM evaluated_column ORDER BY ALL").fetchall()
    with joins_as_written(connection):
        # (The columns are said again as numbers: so they are asked for while the files are read.)
        connection.execute(_STATED.format(columns=", ".join(str(key) for (key,) in columns) or "NULL"))
    staged_words = _words(before.scales) if words_are_staged else None
    for name, crosswalks in sides.items():
        with at_work(connection, name, scratch):
            words = _words(crosswalks.scales)
            _number_words(connection, None if words == staged_words else words)
            _judge(connection)
    run_statements(connection, "compared.sql")
    _stand(connection, scratch)


def _words(scales: Mapping[str, Scale]) -> dict[str, int]:
    return numbered_words(word for scale in scales.values() for word in scale.words)


def _otherwise(before: Crosswalks, after: Crosswalks) -> Callable[[Question], bool]:
    """Whether a question may be read otherwise, the answer kept: both sides ask it."""
    if before.rest != after.rest:
        return lambda question: True
    return cache(lambda question: before.reads(question) != after.reads(question))


def _give_meaning(
    connection: duckdb.DuckDBPyConnection, crosswalks: Crosswalks, matters: Callable[[Question], bool]
) -> None:
    """What columns of the questions that matter, and all clauses, mean by the crosswalks of the side at work."""
    crosswalks.register(connection)
    scales = crosswalks.scales.values()
    said = [repr((sorted(scale.words.items()), scale.otherwise)) for scale in scales]
    create_table(connection, "scale_said", pa.table({"scale": [scale.name for scale in scales], "said": said}))
    classify(connection, "")
    keep_questions(connection, matters)
    give_meaning(connection, crosswalks.index)
    run_statements(connection, "meant.sql")


def _number_words(connection: duckdb.DuckDBPyConnection, words: Mapping[str, int] | None) -> None:
    """Let `stated_answer` show the answers that are judged, where words are given with these numbers."""
    if words is None:
        connection.execute("CREATE OR REPLACE VIEW stated_answer AS FROM workspace.stated")
        return
    texts = connection.execute("SELECT DISTINCT raw_value::VARCHAR AS raw_value FROM stated").pl()["raw_value"]
    numbers = answer_words(texts, cleaned_texts(texts), words)
    create_table(connection, "numbered_word", pl.DataFrame({"raw_value": texts, "word_no": numbers}).to_arrow())
    connection.execute(
        "CREATE OR REPLACE VIEW stated_answer AS "
        "SELECT s.* REPLACE (w.word_no AS word_no) FROM workspace.stated s LEFT JOIN numbered_word w USING (raw_value)"
    )


def _judge(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `said`: the winning answers of the side at work."""
    plan(connection)
    compare_contents(connection)
    make_answers(connection)
    classified = classified_answers("release.compact", "release.compact.stored_answer")
    connection.execute(f"CREATE OR REPLACE VIEW classified_answer AS {classified}")
    run_statements(connection, "said.sql")


def _stand(connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """The findings and topics of the touched factories on both sides."""
    with at_work(connection, _PRESENT, scratch):
        with joins_as_written(connection):
            run_statements(connection, "current.sql")
        count_answers(connection)
        run_statements(connection, "counted.sql")
    for name in SIDES:
        with at_work(connection, name, scratch):
            run_statements(connection, "counted.sql")
            run_statements(connection, "standing.sql")
            make_findings(connection, _BREACHING.format(**{name: breaching_answers(name) for name in _HOLDERS}))
            state_topics(connection)
            connection.execute("CREATE OR REPLACE TABLE topic_state AS FROM release.compact.topic_state")
