"""Delimited text that people open in a spreadsheet runs nothing there, and its numbers are numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.cli.table_file import writing
from harmonize.workbooks import neutral

SIGNS = st.text(alphabet="=+-@\t\r\n'\"a5,;", max_size=8)


def _table(texts: list[str]) -> pa.Table:
    return pa.table({"=name": pa.array(texts, pa.string()), "change": pa.array([-5] * len(texts), pa.int64())})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(SIGNS, min_size=1, max_size=5))
def test_no_text_of_a_file_is_a_formula(tmp_path: Path, texts: list[str]) -> None:
    table = _table(texts)
    for name in ("out.csv", "out.parquet"):
        with writing(tmp_path / name, table.schema) as batches:
            batches.write(table)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    assert head == ["'=name", "change"]
    assert rows == [[neutral(text), "-5"] for text in texts]
    # What programs read is as it was.
    assert pq.read_table(tmp_path / "out.parquet") == table
