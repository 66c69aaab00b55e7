"""What is staged comes out as it went in, and is found again only by a program that writes the same form."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize import staging
from harmonize.model import staged, staged_rows
from harmonize.model.staged_rows import Rows
from harmonize.staging import staged_key


def test_a_stage_of_another_form_is_not_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = staged_key("content", ".csv", "knowledge")
    assert now == staged_key("content", ".csv", "knowledge")
    older = {**staged.STAGED_SCHEMAS, "answer": staged.STAGED_SCHEMAS["answer"].remove(1)}
    monkeypatch.setattr(staged, "STAGED_SCHEMAS", older)
    assert staging.staged_key("content", ".csv", "knowledge") != now


_SCHEMA = pa.schema({"number": pa.int32(), "text": pa.dictionary(pa.int32(), pa.string())})
_ROW = st.tuples(st.integers(0, 99), st.sampled_from(["a", "b", None]))
_STEP = st.one_of(
    st.tuples(st.just("row"), _ROW),
    st.tuples(st.just("batch"), st.lists(_ROW, max_size=5)),
    st.tuples(st.just("mark"), st.none()),
    st.tuples(st.just("roll back"), st.none()),
)


def _batch(rows: list[tuple[int, str | None]]) -> pa.RecordBatch:
    columns = [[row[place] for row in rows] for place in range(len(_SCHEMA))]
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, _SCHEMA, strict=True)]
    return pa.record_batch(arrays, schema=_SCHEMA)


@settings(deadline=None)
@given(steps=st.lists(_STEP, max_size=20), kept_open=st.integers(0, 8), packed_from=st.integers(0, 3))
def test_rows_come_out_as_they_went_in(steps: list[tuple[str, Any]], kept_open: int, packed_from: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_OPEN", kept_open), ("_WORTH_PACKING", packed_from), ("_TOGETHER", 4), ("_CHUNK", 3)):
            patch.setattr(staged_rows, name, value)
        rows, expected = Rows(_SCHEMA), list[tuple[int, str | None]]()
        mark, marked = rows.mark(), 0
        for kind, what in steps:
            if kind == "row":
                rows.add(*what)
                expected.append(what)
            elif kind == "batch":
                rows.add_batch(_batch(what))
                expected += what
            elif kind == "mark":
                mark, marked = rows.mark(), len(expected)
            else:
                rows.roll_back(mark)
                del expected[marked:]
        assert [tuple(row.values()) for row in rows.table().to_pylist()] == expected
        tables = list(rows.tables())
        assert all(table.num_rows for table in tables)
        assert [tuple(row.values()) for table in tables for row in table.to_pylist()] == expected
