"""No workbook makes the reader allocate more than the limits state, however its XML is written."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Sequence
from unittest.mock import patch

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineError, CalamineWorkbook

from harmonize.errors import RefusedFile
from harmonize.reading.limits import Limits
from harmonize.reading.shared_strings import referred_characters, string_lengths
from harmonize.reading.sheets import CellError
from harmonize.reading.workbook import read_workbook
from harmonize.reading.worksheet_cost import part_cost
from harmonize.reading.worksheet_extent import exact_extent

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _workbook(sheet: str, strings: Sequence[str] = (), names: Sequence[str] = ("S",), more: bytes = b"") -> bytes:
    """A workbook with one worksheet part, under as many names as wanted."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{at}" r:id="rId1"/>' for at, name in enumerate(names, start=1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
        + "".join(f"<si><t>{text}</t></si>" for text in strings)
        + "</sst>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        if more:
            archive.writestr("xl/worksheets/other.xml", more)
    return stream.getvalue()


def _refused(data: bytes, limits: Limits) -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        read_workbook(data, limits)
    assert refused.value.hint
    return refused.value


_FAR_AWAY = {
    "row number": '<row r="99999999"><c><v>1</v></c></row>',
    "cell": '<row r="1"><c r="XFD1048576"><v>1</v></c></row>',
    "then back": '<row r="1"><c r="XFD1048576"><v>1</v></c><c r="A1"><v>1</v></c></row>',
    "other attributes first": '<row r="1"><c s="1" t="n" r="XFD1048576"><v>1</v></c></row>',
    "single quotes": "<row r='1'><c r='XFD1048576'><v>1</v></c></row>",
    "spaces": '<row><c r  =  "XFD1048576"><v>1</v></c></row>',
    "small letters": '<row><c r="xfd1048576"><v>1</v></c></row>',
    "line breaks": '<row><c\n\tr="XFD1048576"\n><v>1</v></c></row>',
    "prefix": f'<x:row xmlns:x="{MAIN}" r="2"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    "endless digits": '<row><c r="A00000000000000000000099999999"><v>1</v></c></row>',
    "closing tags": "</row>" * 2000 + "<c><v>1</v></c>" * 2000,
    "empty rows": "<row/>" * 2000 + "<row>" + "<c><v>1</v></c>" * 2000 + "</row>",
    "row number, cells without": '<row r="99999999">' + "<c><v>1</v></c>" * 3 + "</row>",
    "inline text": '<row><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>',
}


@pytest.mark.parametrize("sheet", _FAR_AWAY.values(), ids=_FAR_AWAY.keys())
def test_a_cell_far_away_refuses_the_file(sheet: str) -> None:
    assert _refused(_workbook(sheet), Limits(sheet_cells=1_000_000)).code in {"too_large", "broken_workbook"}


def test_blank_cells_and_empty_rows_far_away_do_no_harm() -> None:
    """Whole formatted columns are common: they hold no value, so nothing is allocated for them."""
    sheet = '<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    ((_, rows, _),) = read_workbook(_workbook(sheet), Limits(sheet_cells=1_000))
    assert rows == [[7.0]]


def test_a_reference_in_a_text_does_no_harm() -> None:
    sheet = '<row r="1"><c r="A1" t="inlineStr"><is><t>see r="XFD1048576" or r = 5</t></is></c></row>'
    ((_, rows, _),) = read_workbook(_workbook(sheet), Limits(sheet_cells=1_000))
    assert rows == [['see r="XFD1048576" or r = 5']]


_ROW = st.builds(
    lambda place, cells: f"<row{place}>{''.join(cells)}</row>",
    st.sampled_from(["", ' r="1"', ' r="7"', " r='3'", ' spans="1:3" r="12"']),
    st.lists(
        st.builds(
            lambda place, content: f"<c{place}>{content}</c>",
            st.sampled_from(["", ' r="A1"', ' r="C2"', ' s="1" r="AB5"', " r='B9'", ' r = "D4"', '\nr="AAA2"']),
            st.sampled_from(["<v>1</v>", "", "<f>A1=2</f><v>3</v>"]),
        ),
        max_size=4,
    ),
)
_SHEET = st.lists(st.one_of(_ROW, st.sampled_from(["</row>", "<row/>", '<!-- r="Z9" -->', "<x/>"])), max_size=8)


@given(_SHEET)
def test_the_judgement_never_finds_less_than_the_reader_allocates(parts: list[str]) -> None:
    data = _workbook("".join(parts))
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("S")
    except CalamineError:
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    cost = part_cost(xml)
    rows, columns = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    assert (cost.rows >= rows and cost.columns >= columns) or not rows * columns
    exact = exact_extent(xml, 10**12)
    assert exact is None or exact == (rows, columns) or not rows * columns


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 300))
def test_a_plain_sheet_is_judged_exactly(rows: int, columns: int, blank: int) -> None:
    """Padding moves the places across the chunks that are looked at together."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet("S")
        for row in range(rows):
            sheet.write_row(row, 0, [row] * columns)
    with zipfile.ZipFile(stream) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    cost = part_cost(xml.replace(b"<sheetData>", b" " * ((1 << 18) - blank) + b"<sheetData>"))
    assert (cost.rows, cost.columns, cost.cells) == (rows, columns, rows * columns)


def test_a_text_that_every_cell_repeats_refuses_the_file() -> None:
    """A hundred kilobytes, referred to from a thousand cells, are a hundred megabytes: the reader never copies them."""
    cells = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(1, 1001))
    with patch("harmonize.reading.workbook._sheet", side_effect=AssertionError("the texts were copied")):
        refused = _refused(_workbook(cells, ["x" * 100_000]), Limits(workbook_characters=10_000_000))
    assert refused.code == "too_large"
    assert "workbook_characters" in refused.hint


def test_a_long_text_that_few_cells_state_does_no_harm() -> None:
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' + "".join(
        f'<row r="{at}"><c r="A{at}" t="s"><v>1</v></c></row>' for at in range(2, 1001)
    )
    ((_, rows, _),) = read_workbook(_workbook(cells, ["x" * 100_000, "y"]), Limits(workbook_characters=1_000_000))
    assert [len(row[0]) for row in rows] == [100_000, *[1] * 999]


@given(st.lists(st.text("ab", max_size=9), min_size=1, max_size=5), st.lists(st.integers(0, 6), max_size=9))
def test_references_to_texts_are_never_counted_short(strings: list[str], indexes: list[int]) -> None:
    spelled = ["<v>{}</v>", "<v>0{}</v>", '<v xml:space="preserve">{}</v>', "<v> {}</v>"]
    xml = "".join(f'<c t="s">{spelled[at % 4].format(index)}</c>' for at, index in enumerate(indexes)).encode()
    sst = ("<sst>" + "".join(f"<si><t>{text}</t></si>" for text in strings) + "</sst>").encode()
    lengths = string_lengths(sst)
    assert lengths is not None
    assert referred_characters(xml, lengths) >= sum(len(strings[at]) for at in indexes if at < len(strings))


def test_one_part_under_many_names_is_counted_every_time() -> None:
    sheet = "".join(f'<row r="{at}"><c r="J{at}"><v>1</v></c></row>' for at in range(1, 101))
    data = _workbook(sheet, names=[f"S{at}" for at in range(50)])
    assert len(read_workbook(data, Limits(sheet_cells=50_000))) == 50
    assert _refused(data, Limits(sheet_cells=49_999)).code == "too_large"


def test_a_text_beyond_the_limit_of_a_cell_refuses_the_file() -> None:
    data = _workbook('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', ["x" * 5000])
    assert _refused(data, Limits(cell_characters=1000)).code == "too_large"
    assert read_workbook(data, Limits(cell_characters=5000))


def test_a_document_type_is_refused() -> None:
    data = _workbook('<row r="1"/>', more=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    assert _refused(data, Limits()).code == "broken_workbook"


_SHEET_PART = "xl/worksheets/sheet1.xml"
_CHECKSUM_OF_HEADER, _SIZE_OF_HEADER = 16, 24
"""Where a member's entry in the directory states them."""


def _restated(data: bytes, at: int, value: int) -> bytes:
    """The workbook with another number in the directory's entry of its sheet."""
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(_SHEET_PART.encode()))
    return data[: entry + at] + struct.pack("<I", value) + data[entry + at + 4 :]


def test_a_sheet_that_holds_more_than_its_header_states_is_not_unpacked() -> None:
    data = _workbook('<row><c t="inlineStr"><is><t>x</t></is></c></row>' + " " * 5_000_000)
    tracemalloc.start()
    try:
        problem = _refused(_restated(data, _SIZE_OF_HEADER, 100), Limits())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert problem.code == "broken_workbook"
    assert "holds more than its header states" in str(problem)
    assert peak < 2_000_000


def test_headers_that_agree_on_a_lie_about_the_size_unpack_within_the_limit() -> None:
    data = _workbook("<row/>" * 100_000)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        claimed = archive.getinfo(_SHEET_PART).file_size
    lying = data.replace(struct.pack("<I", claimed), struct.pack("<I", 100))
    assert lying != data
    assert _refused(lying, Limits(workbook_bytes=200_000)).code in {"archive_bomb", "broken_workbook"}


@pytest.mark.parametrize("stated", [0x0FFFFFFF, 0xFFFFFFFE])
def test_a_header_that_states_too_much_does_no_harm(stated: int) -> None:
    data = _workbook('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>')
    assert read_workbook(_restated(data, _SIZE_OF_HEADER, stated), Limits()) == [("S", [["x"]], ())]


def test_a_sheet_whose_checksum_is_wrong_is_refused() -> None:
    data = _workbook('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>')
    problem = _refused(_restated(data, _CHECKSUM_OF_HEADER, 7), Limits())
    assert (problem.code, "CRC-32" in str(problem)) == ("broken_workbook", True)


def test_a_binary_workbook_says_what_it_is() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.bin", b"\0")
    refused = _refused(stream.getvalue(), Limits())
    assert refused.code == "unknown_format"
    assert "xlsb" in str(refused)


@pytest.mark.parametrize("spelling", ['t="e"', "t='e'", 't = "e"'])
@pytest.mark.parametrize("place", [' r="B2"', ""], ids=["placed", "unplaced"])
def test_error_cells_keep_their_name_behind_a_formula(spelling: str, place: str) -> None:
    cell = f"<c{place} {spelling}><f>1/0</f><v>#DIV/0!</v></c>"
    sheet = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c>{cell}</row>'
    ((_, rows, _),) = read_workbook(_workbook(sheet), Limits())
    assert rows[1][1] == CellError("#DIV/0!")


def _legacy(cells: Sequence[tuple[int, int]]) -> bytes:
    """The records of an old workbook of one sheet, in the smallest container that calamine opens."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    numbers = b"".join(record(0x203, struct.pack("<HHHd", row, column, 0, 1.5)) for row, column in cells)
    start = record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 0, 0, 0))
    name = record(0x85, struct.pack("<IHBB", 0, 0, 1, 0) + b"S")
    head = len(start) + len(name) + 4
    name = record(0x85, struct.pack("<IHBB", head, 0, 1, 0) + b"S")
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + numbers + record(0x0A, b"")
    stream = (start + name + record(0x0A, b"") + sheet).ljust(4096, b"\0")
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    sectors = -(-len(stream) // 512)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    chain = [fat, end, *range(3, sectors + 2), end]
    table = b"".join(struct.pack("<I", value) for value in chain).ljust(512, b"\xff")

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        raw = title.encode("utf-16-le")
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw) + 2, kind, 1, free, free, child)
            + bytes(36)
            + struct.pack("<IQ", first, size)
        )

    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream)) + bytes(256)
    return header + table + folder + stream.ljust(sectors * 512, b"\0")


def test_an_old_workbook_is_read() -> None:
    ((name, rows, _),) = read_workbook(_legacy([(0, 0), (2, 1)]), Limits())
    assert name == "S"
    assert rows[2][1] == 1.5


def test_an_old_workbook_that_claims_too_much_is_refused() -> None:
    """Its last cell would need a hundred gigabytes: the process must live to say so."""
    refused = _refused(_legacy([(0, 0), (65_535, 65_535)]), Limits(sheet_cells=1_000_000))
    assert refused.code in {"too_large", "broken_workbook"}
    assert re.search(r"\w", str(refused))
