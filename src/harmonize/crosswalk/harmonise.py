"""Give every staged answer and finding its meaning, set-based in DuckDB.

The few thousand distinct questions are resolved to mappings here, once per class of assessments (instrument, edition,
country) and once as long as the crosswalks stay; the answers themselves meet their meaning only in the view
`judged_answer`, over the files that a step needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

import duckdb
import pyarrow as pa

from harmonize.crosswalk.broader import closure
from harmonize.crosswalk.language import Language
from harmonize.crosswalk.laws import law_references
from harmonize.crosswalk.mapping import MappingEntry
from harmonize.crosswalk.resolve import CrosswalkIndex, Question
from harmonize.crosswalk.scales import Scale
from harmonize.database import create_table, joins_as_written, quoted
from harmonize.values.text import numbered_words
from harmonize.values.units import UnitTable

__all__ = [
    "classify",
    "crosswalk_table",
    "give_meaning",
    "harmonise",
    "indicator_law_table",
    "indicator_table",
    "judge",
    "keep_questions",
    "law_table",
    "register_knowledge",
    "topic_table",
]

_S = pa.string()
_WORDS = 1000
"""Scales are numbered in thousands, so that scale and word make one number."""


def _rows(schema: pa.Schema, rows: list[tuple[object, ...]]) -> pa.Table:
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, type=kind.type) for column, kind in zip(columns, schema, strict=True)],
        schema=schema,
    )


def register_knowledge(
    connection: duckdb.DuckDBPyConnection,
    index: CrosswalkIndex,
    language: Language,
    scales: Mapping[str, Scale],
    units: UnitTable,
    entailment: Sequence[tuple[str, str, str]],
    defaults_by_instrument: Mapping[str, tuple[str | None, str, bool]],
) -> None:
    """Put mappings, topics, indicators, scales and units into the workspace as tables.

    Args:
        defaults_by_instrument: scale of unmapped questions, verification where no delivery states one, and
            whether any of its exports lists answers, and not findings alone.
    """
    schema = pa.schema(
        {
            "mapping_id": _S,
            "indicator_id": _S,
            "predicate": _S,
            "polarity": _S,
            "scale": _S,
            "unit": _S,
            "basis": _S,
            "threshold": _S,
            "level": _S,
            "is_ignored": pa.bool_(),
        }
    )
    create_table(
        connection,
        "crosswalk_entry",
        _rows(
            schema,
            [
                (
                    entry.mapping_id,
                    entry.indicator_id,
                    entry.predicate,
                    entry.rule("polarity"),
                    entry.rule("scale"),
                    entry.rule("unit"),
                    entry.rule("basis"),
                    entry.rule("threshold"),
                    entry.rule("level"),
                    entry.indicator_id is None,
                )
                for entry in index.entries()
            ],
        ),
    )
    topics = [(topic.topic_id, topic.parent_id, topic.pillar) for topic in language.topics.values()]
    create_table(
        connection, "topic_entry", _rows(pa.schema({"topic_id": _S, "parent_id": _S, "pillar": _S}), [*topics])
    )
    entries = [(i.indicator_id, i.topic_id, i.kind, i.unit) for i in language.indicators.values()]
    create_table(
        connection,
        "indicator_entry",
        _rows(pa.schema({"indicator_id": _S, "topic_id": _S, "kind": _S, "unit": _S}), [*entries]),
    )
    wider = [(name, implied.indicator_id) for name, implied in closure(language.broader)]
    create_table(connection, "broader_entry", _rows(pa.schema({"indicator_id": _S, "broader_id": _S}), [*wider]))
    numbers = numbered_words(word for scale in scales.values() for word in scale.words)
    words = [
        (number * _WORDS, scale.name, number * _WORDS + numbers[word], state)
        for number, scale in enumerate(scales.values())
        for word, state in scale.words.items()
    ]
    create_table(
        connection,
        "scale_word",
        _rows(pa.schema({"scale_no": pa.int32(), "scale": _S, "scale_word_no": pa.int32(), "state": _S}), [*words]),
        "* REPLACE (state::answer_state AS state)",
    )
    defaults = [(scale.name, scale.otherwise) for scale in scales.values()]
    create_table(connection, "scale_default", _rows(pa.schema({"scale": _S, "otherwise": _S}), [*defaults]))
    spellings = [(spelling, unit.unit, unit.factor) for spelling, unit in units.spellings.items()]
    create_table(
        connection,
        "unit_spelling",
        _rows(pa.schema({"spelling": _S, "unit": _S, "factor": pa.float64()}), [*spellings]),
    )
    create_table(
        connection,
        "entailment",
        _rows(pa.schema({"comparability": _S, "state": _S, "implied_state": _S}), [*entailment]),
    )
    instruments = [(name, *defaults) for name, defaults in defaults_by_instrument.items()]
    create_table(
        connection,
        "instrument_default",
        _rows(
            pa.schema({"instrument": _S, "scale": _S, "verification": _S, "lists_answers": pa.bool_()}), [*instruments]
        ),
    )


def _forget_other_knowledge(connection: duckdb.DuckDBPyConnection, knowledge: str) -> None:
    """What the last release read by the same crosswalks is taken over, and no other."""
    connection.execute(f"SET VARIABLE knowledge = {quoted(knowledge)}")
    for table in ("meaning", "asked_set", "read_clause"):
        connection.execute(f"DELETE FROM release.compact.{table} WHERE knowledge <> getvariable('knowledge')")


_RESOLVED = pa.schema(
    {
        "class_no": pa.int32(),
        "question_id": _S,
        "context": _S,
        "label_hash": _S,
        "mapping_id": _S,
        "scale": _S,
        "polarity": _S,
        "is_elsewhere": pa.bool_(),
    }
)


def _resolve(connection: duckdb.DuckDBPyConnection, index: CrosswalkIndex, asked: str) -> pa.Table:
    """Questions of classes with the mappings that read them, and whether they are for factories of other countries.

    (Unmapped ones with scale and polarity, where these are known.)
    """
    rows: list[tuple[object, ...]] = []
    for class_no, *question in connection.execute(f"FROM {asked} ORDER BY ALL").fetchall():
        asked_question = Question(*question)
        entry = index.find(asked_question)
        about = (asked_question.question_id, asked_question.context, asked_question.label_hash)
        alike = None if entry is not None else index.read_as(asked_question)
        reading = (None, None) if alike is None else (alike.rule("scale"), alike.rule("polarity"))
        is_elsewhere = entry is not None and not entry.asks_in(asked_question.country)
        rows.append((class_no, *about, None if entry is None else entry.mapping_id, *reading, is_elsewhere))
    return _rows(_RESOLVED, rows)


def _resolve_questions(connection: duckdb.DuckDBPyConnection, index: CrosswalkIndex) -> None:
    """Make `question_mapping` of the questions of new columns, and write down which mappings read new clauses."""
    create_table(connection, "question_mapping", _resolve(connection, index, "asked_question"))
    create_table(connection, "clause_mapping", _resolve(connection, index, "asked_clause"))
    connection.execute(
        "INSERT INTO release.compact.read_clause "
        "SELECT class_no, question_id, CASE WHEN NOT is_elsewhere THEN mapping_id END, getvariable('knowledge') "
        "FROM clause_mapping"
    )


def _readable_editions(connection: duckdb.DuckDBPyConnection, index: CrosswalkIndex) -> None:
    """Which editions some crosswalk reads, and whether the instrument dates its editions (so that nearness matters)."""
    rows: list[tuple[object, ...]] = []
    for instrument, edition in connection.execute(
        "SELECT DISTINCT instrument, edition FROM staged_assessment WHERE edition IS NOT NULL"
    ).fetchall():
        target = index.crosswalk_edition(instrument, edition)
        if target is not None:
            rows.append((instrument, edition, target, len(index.rules[instrument].editions) > 1))
    schema = pa.schema({"instrument": _S, "edition": _S, "crosswalk_edition": _S, "is_dated": pa.bool_()})
    create_table(connection, "readable_edition", _rows(schema, rows))


def _run(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(files("harmonize.crosswalk").joinpath(name).read_text(encoding="utf-8"))


def harmonise(connection: duckdb.DuckDBPyConnection, index: CrosswalkIndex, knowledge: str) -> None:
    """Make `harmonised_finding`, the view `judged_answer` and `release.compact.meaning` from the staged tables.

    Args:
        knowledge: names all that decides what a column means and may change inside one form of releases: the
            knowledge folders, and between which days the day of judgement lies.
    """
    classify(connection, knowledge)
    give_meaning(connection, index)


def classify(connection: duckdb.DuckDBPyConnection, knowledge: str) -> None:
    """Find which questions are asked of whom, and which of their columns have no meaning yet (`new_column`).

    Args:
        knowledge: as for `harmonise`.
    """
    _forget_other_knowledge(connection, knowledge)
    _run(connection, "classes.sql")


def give_meaning(connection: duckdb.DuckDBPyConnection, index: CrosswalkIndex) -> None:
    """Give their meaning to the columns in `new_column` and to the clauses in `asked_clause`."""
    _resolve_questions(connection, index)
    _readable_editions(connection, index)
    for name in ("meaning.sql", "findings.sql", "issues.sql", "judged.sql"):
        _run(connection, name)


def keep_questions(connection: duckdb.DuckDBPyConnection, matters: Callable[[Question], bool]) -> None:
    """Of the columns in `new_column` keep those of questions that matter anywhere where their instrument asks them."""
    kept = {
        (question.instrument, question.question_id)
        for _, *asked in connection.execute("FROM asked_question ORDER BY ALL").fetchall()
        for question in [Question(*asked)]
        if matters(question)
    }
    create_table(connection, "kept_question", _rows(pa.schema({"instrument": _S, "question_id": _S}), sorted(kept)))
    _run(connection, "kept.sql")


def judge(connection: duckdb.DuckDBPyConnection, point: Callable[[Sequence[str]], None]) -> None:
    """Make `judgement` and `answer_issue` for the files in `to_judge`.

    (Which has `file_id`, `content_key`, `signature`, `answers` and `shares_cells`.)

    Args:
        point: lets `judged_answer` show the answers of the given files.
    """
    for name, query in (
        ("judgement.sql", "SELECT file_id FROM to_judge"),
        ("withheld.sql", "SELECT file_id FROM judged_count WHERE quarantined > 0"),
    ):
        point(sorted(file_id for (file_id,) in connection.execute(query).fetchall()))
        with joins_as_written(connection):
            _run(connection, name)


def crosswalk_table(index: CrosswalkIndex) -> list[dict[str, object]]:
    """Rows of the contract table `crosswalk`."""
    return [_crosswalk_row(entry) for entry in index.entries()]


def _crosswalk_row(entry: MappingEntry) -> dict[str, object]:
    return {
        "mapping_id": entry.mapping_id,
        "instrument": entry.instrument,
        "edition": entry.edition,
        "question_id": entry.question,
        "predicate": entry.predicate,
        "indicator_id": entry.indicator_id,
        "confidence": entry.confidence,
        "status": entry.rule("status") or "draft",
        "polarity": entry.rule("polarity"),
        "scale": entry.rule("scale"),
        "basis": entry.rule("basis"),
        "level": entry.rule("level"),
        "threshold": entry.rule("threshold"),
        "condition": entry.rule("condition"),
        "reason": entry.rule("reason"),
    }


def indicator_table(language: Language) -> list[dict[str, object]]:
    """Rows of the contract table `indicator`."""
    return [
        {
            "indicator_id": entry.indicator_id,
            "topic_id": entry.topic_id,
            "kind": entry.kind,
            "unit": entry.unit,
            "level": entry.level,
            "labels": language.words_json(entry.labels),
            "labels_reviewed": language.reviewed_labels("indicator", entry.indicator_id, entry.labels),
            "definitions": language.words_json(entry.definitions),
            "facets": list(entry.facets),
            "ilo": list(entry.ilo),
            "sdg": list(entry.sdg),
        }
        for entry in language.indicators.values()
    ]


def law_table(language: Language) -> list[dict[str, object]]:
    """Rows of the contract table `law`."""
    return [
        {
            "law_id": law.law_id,
            "country": law.country,
            "number": law.number,
            "title": law.title,
            "authority": law.authority,
            "year": law.year,
            "valid_from": law.valid_from,
            "valid_to": law.valid_to,
            "replaced_by": law.replaced_by,
        }
        for law in language.laws.values()
    ]


def indicator_law_table(language: Language) -> list[dict[str, object]]:
    """Rows of the contract table `indicator_law`."""
    return [
        {"indicator_id": found.indicator_id, "law_id": found.law.law_id, "article": found.article}
        for found in law_references(language.laws)
    ]


def topic_table(language: Language) -> list[dict[str, object]]:
    """Rows of the contract table `topic`."""
    return [
        {
            "topic_id": entry.topic_id,
            "parent_id": entry.parent_id,
            "pillar": entry.pillar,
            "labels": language.words_json(entry.labels),
            "labels_reviewed": language.reviewed_labels("topic", entry.topic_id, entry.labels),
            "definitions": language.words_json(entry.definitions),
        }
        for entry in language.topics.values()
    ]
