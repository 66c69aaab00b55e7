"""The staged tables: what one file says, in one shape whatever the instrument, before anything is interpreted.

They are written as parquet under the stage folder by content hash and are the only thing that the later stages read of
an export. `assessment_no` counts the assessments of one file from 0.

Answers are by far the most rows, so what a file's answers have in common stands once, in `column`, under a key that is
a hash of its content and hence the same in every file. The locator of an answer is `prefix || row_no || suffix`, and
that of its unit `unit_prefix || row_no || unit_suffix`; without a `row_no` the prefix is all of it. A raw value that
many answers share has a `text_key`, a hash of its content too, and stands in `text` once. What few answers have besides
their value stands in `remark`: `value_text` is the cleaned text where cleaning changes the raw one. `word_no` is the
number of the answer among the words of all answer scales, where it is one (`harmonize.values.text.numbered_words`).

A row of `finding` has a `role` where it is no finding of its own: `detail` is what stands beside an answer (how grave
it is, what is done), whose question is its clause; `remark` is an entry that the programme counts as no finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa

from harmonize.model.issues import VALUE_LIMIT, Issue
from harmonize.model.staged_rows import Rows

__all__ = [
    "STAGED_SCHEMAS",
    "AnswerColumn",
    "CellCounts",
    "Remark",
    "StagedFile",
    "column_batch",
    "staged_form",
    "stored_schema",
]

_S, _I, _F, _B, _D = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32()

STAGED_SCHEMAS: Mapping[str, pa.Schema] = {
    "assessment": pa.schema(
        {
            "assessment_no": pa.int32(),
            "locator": _S,
            "instrument": _S,
            "edition": _S,
            "native_id": _S,
            "kind": _S,
            "assessment_type": _S,
            "status": _S,
            "status_rank": _I,
            "updated_at": _S,
            "assessed_on": _D,
            "ended_on": _D,
            "period_start": _D,
            "period_end": _D,
            "valid_until": _D,
            "valid_until_basis": _S,
            "verified": _B,
            "rating_raw": _S,
            "score": _F,
            "related_native_id": _S,
            "account_key": _S,
            "announcement": _S,
            "assessor": _S,
            "cycle": _S,
            "published": _B,
            "extra": _S,
        }
    ),
    "mention": pa.schema(
        {
            "assessment_no": pa.int32(),
            "locator": _S,
            "name": _S,
            "name_local": _S,
            "address": _S,
            "city": _S,
            "admin1": _S,
            "country": _S,
            "latitude": _F,
            "longitude": _F,
            "sector": _S,
            "workers": _I,
            "extra": _S,
        }
    ),
    "identifier": pa.schema({"locator": _S, "scheme": _S, "value": _S, "valid": _B}),
    "answer": pa.schema(
        {
            "assessment_no": pa.int32(),
            "cell_no": pa.int32(),
            "column_key": _I,
            "row_no": pa.int32(),
            "raw_value": pa.dictionary(pa.int32(), _S),
            "text_key": _I,
            "word_no": pa.int16(),
            "raw_unit": pa.dictionary(pa.int32(), _S),
            "number": _F,
            "number_problem": _S,
            "remark_key": _I,
            "extra": _S,
        }
    ),
    "column": pa.schema(
        {
            "column_key": _I,
            "question_id": _S,
            "context": _S,
            "label_hash": _S,
            "measured": _B,
            "scale": _S,
            "answered_by": _S,
            "verification": _S,
            "prefix": _S,
            "suffix": _S,
            "unit_prefix": _S,
            "unit_suffix": _S,
        }
    ),
    "text": pa.schema({"text_key": _I, "raw_value": _S}),
    "remark": pa.schema({"remark_key": _I, "reason": _S, "legal_flag": _B, "description": _S, "value_text": _S}),
    "unit": pa.schema({"raw_unit": _S}),
    "finding": pa.schema(
        {
            "assessment_no": pa.int32(),
            "native_id": _S,
            "clause": _S,
            "severity": _S,
            "severity_raw": _S,
            "description": _S,
            "root_cause": _S,
            "legal_reference": _S,
            "status": _S,
            "status_raw": _S,
            "due_on": _D,
            "closed_on": _D,
            "action": _S,
            "responsible": _S,
            "locator": _S,
            "clause_place": _S,
            "extra": _S,
            "role": _S,
        }
    ),
    "score": pa.schema(
        {
            "assessment_no": pa.int32(),
            "section": _S,
            "level": _S,
            "score": _F,
            "maximum": _F,
            "answered_by": _S,
            "value_text": _S,
        }
    ),
    "scope": pa.schema({"assessment_no": pa.int32(), "topic_id": _S, "scope": _S}),
    "plan": pa.schema(
        {
            "scheme": _S,
            "value": _S,
            "cycle": _S,
            "context": _S,
            "label_hash": _S,
            "issue_raw": _S,
            "action": _S,
            "due_on": _D,
            "status": _S,
            "status_raw": _S,
            "locator": _S,
            "extra": _S,
        }
    ),
    "grant": pa.schema(
        {
            "grant_id": _S,
            "facility_scheme": _S,
            "facility_value": _S,
            "instrument": _S,
            "assessment": _S,
            "audience": _S,
            "scope": _S,
            "valid_from": _D,
            "valid_to": _D,
            "purpose": _S,
            "evidence": _S,
            "revoked_on": _D,
            "granted_by": _S,
            "signatory_role": _S,
            "granted_on": _D,
            "text_version": _S,
            "onward_use": _S,
            "retention_until": _D,
            "identifier": _S,
            "locator": _S,
        }
    ),
    "issue": pa.schema(
        {
            "locator": _S,
            "code": _S,
            "severity": _S,
            "value": _S,
            "message": _S,
            "hint": _S,
            "withheld": _B,
            "cells": _I,
        }
    ),
}
"""Arrow schema of every staged table by name."""


def stored_schema(table: str) -> pa.Schema:
    """A staged table as it is written: with the key of its assessment, and answers with nothing but that key of it."""
    schema = STAGED_SCHEMAS[table]
    if table not in ("assessment", "answer"):
        return schema
    keyed = schema.append(pa.field("assessment_key", pa.int64()))
    return keyed if table == "assessment" else keyed.remove(keyed.get_field_index("assessment_no"))


def staged_form() -> str:
    """What the staged tables look like, as a hash: files staged in another form are staged anew."""
    return hashlib.sha256("".join(f"{name}{stored_schema(name)}" for name in STAGED_SCHEMAS).encode()).hexdigest()


class AnswerColumn(NamedTuple):
    """What all answers of one question, side and place in a file have in common.

    Attributes:
        context: a group the question belongs to, such as a compliance point.
        measured: the answers are quantities, which need a unit.
        scale: the scale that the file itself states, if any.
        prefix: the locator of an answer up to its row number; all of it where it has none.
        unit_prefix: the same of the cell with the unit; None without one.
    """

    question_id: str
    context: str | None
    label_hash: str | None
    measured: bool
    scale: str | None
    answered_by: str
    verification: str | None
    prefix: str
    suffix: str
    unit_prefix: str | None = None
    unit_suffix: str | None = None


class Remark(NamedTuple):
    """What an answer says besides its value.

    Attributes:
        legal_flag: the source calls it a breach of law.
        value_text: the value as cleaned, where that is not as printed.
    """

    reason: str | None = None
    legal_flag: bool = False
    description: str | None = None
    value_text: str | None = None


_NO_REMARK = Remark()


@lru_cache(maxsize=1 << 17)
def column_key(column: AnswerColumn) -> int:
    """A hash of a column's content, the same in every file and run."""
    return _key_of(column)


def _key_of(parts: Iterable[object]) -> int:
    return _key(repr(tuple(parts)))


def _key(content: str) -> int:
    return int.from_bytes(hashlib.blake2b(content.encode(), digest_size=8).digest(), "big", signed=True)


_short_key = lru_cache(maxsize=1 << 17)(_key)
_SHORT = 64
"""Characters of a text whose key is remembered."""


def column_batch(columns: Sequence[AnswerColumn]) -> pa.RecordBatch:
    """Columns with their keys as rows of the table `column`."""
    schema = STAGED_SCHEMAS["column"]
    rows = [(column_key(column), *column) for column in columns]
    values = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.record_batch(
        [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)], schema=schema
    )


@dataclass(slots=True)
class CellCounts:
    """Answer-bearing cells of one file as the reader counts them, and those that a source ignored with a reason."""

    total: int = 0
    blank: int = 0
    ignored: int = 0


@dataclass(slots=True)
class StagedFile:
    """Everything that one file says."""

    instrument: str
    layout: str
    counts: CellCounts = field(default_factory=CellCounts)
    tables: dict[str, Rows] = field(
        default_factory=lambda: {name: Rows(schema) for name, schema in STAGED_SCHEMAS.items()}
    )
    assessments: int = 0
    cells: int = 0
    _columns: set[int] = field(default_factory=set)
    _texts: dict[str, int] = field(default_factory=dict)
    _remarks: set[int] = field(default_factory=set)
    _units: set[str] = field(default_factory=set)

    def add_column(self, column: AnswerColumn) -> int:
        """Stage what many answers have in common, once; returns its key."""
        key = column_key(column)
        if key not in self._columns:
            self._columns.add(key)
            self.tables["column"].add(key, *column)
        return key

    def add_columns(self, columns: pa.RecordBatch) -> None:
        """The same for many columns, which stand in a batch of the table `column`."""
        fresh = [key not in self._columns for key in columns.column(0).to_pylist()]
        batch = columns.filter(pa.array(fresh, pa.bool_()))
        self._columns.update(batch.column(0).to_pylist())
        self.tables["column"].add_batch(batch)

    def add_texts(self, raw_values: Sequence[str]) -> list[int]:
        """Stage what many answers state, once; returns the keys."""
        for text in raw_values:
            if text not in self._texts:
                key = self._texts[text] = _short_key(text) if len(text) <= _SHORT else _key(text)
                self.tables["text"].add(key, text)
        return [self._texts[text] for text in raw_values]

    def add_remark(self, remark: Remark) -> int | None:
        """Stage what an answer says besides its value, once; returns its key, none where it says nothing."""
        if remark == _NO_REMARK:
            return None
        key = _key_of(remark)
        if key not in self._remarks:
            self._remarks.add(key)
            self.tables["remark"].add(key, *remark)
        return key

    def add_units(self, raw_units: Iterable[str]) -> None:
        """Stage the units that answers state, each once."""
        for raw_unit in raw_units:
            if raw_unit not in self._units:
                self._units.add(raw_unit)
                self.tables["unit"].add(raw_unit)

    def report(self, issue: Issue) -> None:
        """Record an issue."""
        self.tables["issue"].add(
            issue.locator,
            issue.code,
            issue.severity,
            issue.value[:VALUE_LIMIT],
            issue.message,
            issue.hint,
            issue.withheld,
            issue.cells,
        )

    def undo(self) -> Callable[[], None]:
        """A function that forgets all that is staged from here on."""
        marks = {name: rows.mark() for name, rows in self.tables.items()}
        counts, assessments, cells = replace(self.counts), self.assessments, self.cells
        columns, units, remarks, texts = set(self._columns), set(self._units), set(self._remarks), dict(self._texts)

        def forget() -> None:
            for name, mark in marks.items():
                self.tables[name].roll_back(mark)
            self.counts, self.assessments, self.cells = replace(counts), assessments, cells
            self._columns, self._units, self._remarks = set(columns), set(units), set(remarks)
            self._texts = dict(texts)

        return forget

    def next_cell(self) -> int:
        """A new number of a cell; the answers of both sides in one cell share it."""
        self.cells += 1
        return self.cells - 1

    def next_assessment(self) -> int:
        """A new assessment number."""
        self.assessments += 1
        return self.assessments - 1
