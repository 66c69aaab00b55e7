"""Tables as a header and rows of text: the same from every kind of file, and read again as often as asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from harmonize.errors import InboxError
from harmonize.reading.limits import Limits
from harmonize.reading.row_tables import row_tables

LIMITS = Limits()


def test_a_text_is_offered_at_every_delimiter_and_header(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Factories; of the year\nid;name\n1;Sao Mai\n\n2;Lotus, old\n3\n")
    found = {table.header: table for table in row_tables(path, LIMITS)}
    table = found["id", "name"]
    assert table.count == 3
    for _ in range(2):
        assert list(table.rows()) == [("row=1", ["1", "Sao Mai"]), ("row=2", ["2", "Lotus, old"]), ("row=3", ["3"])]


def test_a_workbook_gives_typed_cells_as_text_and_no_blank_rows(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        sheet = book.add_worksheet("factories")
        sheet.write_row(0, 0, ["id", "workers", "since"])
        sheet.write_row(3, 0, [7, 12.5])
        sheet.write_datetime(3, 2, date(2026, 6, 30), book.add_format({"num_format": "yyyy-mm-dd"}))
    table = next(row_tables(tmp_path / "list.xlsx", LIMITS))
    assert (table.header, list(table.rows())) == (
        ("id", "workers", "since"),
        [("sheet=factories;row=4", ["7", "12.5", "2026-06-30"])],
    )


def test_parquet_gives_what_is_missing_as_blanks(tmp_path: Path) -> None:
    columns = {"id": [1, 2], "share": [float("nan"), 0.5], "name": [None, "Sao Mai"]}
    pq.write_table(pa.table(columns), tmp_path / "list.parquet")
    (table,) = row_tables(tmp_path / "list.parquet", LIMITS)
    assert (table.header, table.count) == (("id", "share", "name"), 2)
    assert list(table.rows()) == [("row=1", ["1", "", ""]), ("row=2", ["2", "0.5", "Sao Mai"])]


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b'{"a": 1}', b"PAR1", b"PK\x03\x04"])
def test_what_is_no_table_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    with pytest.raises(InboxError, match=r"odd\.csv"):
        list(row_tables(path, LIMITS))
