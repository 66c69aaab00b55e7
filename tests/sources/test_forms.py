"""Forms of governments: a block of labels above a table, old encodings, other digits and years, no visit number."""

from __future__ import annotations

from datetime import date

import pytest

from tests.sources.delivering import Reader, table
from tests.sources.old_encodings import TCVN3
from tests.sources.workbooks import build

BLOCK = [
    ["Phiếu tự kiểm tra"],
    ["Tên doanh nghiệp", "Công ty may Sao Mai"],
    ["Mã số thuế", "0301234567"],
    ["Địa chỉ", "Số 12, đường số 3"],
    ["Tỉnh/Thành phố", "Đồng Nai"],
    ["Tổng số lao động", "1.240"],
    ["Ngày tự kiểm tra", "20/11/2025"],
    [""],
]
LINES = [
    ["STT", "Nội dung", "Câu hỏi", "Kết quả", "Ghi chú", "Biện pháp khắc phục", "Thời hạn"],
    ["1", "Tuyển dụng", "Câu của dự án", "Có", "", "", ""],
    ["30", "Thời giờ", "Câu của dự án", "Không", "Cao điểm", "Sắp xếp lại ca", "31/12/2025"],
]


def _form() -> str:
    return table([*BLOCK, *LINES])


def test_a_form_is_read_from_text_and_workbook_alike(read: Reader) -> None:
    text = read(_form())
    book = read(build({"Form": [*BLOCK, *LINES]}), "contributor/form.xlsx")
    for staged in (text, book):
        assert staged.instrument == "vn_labour_inspection"
        assert staged.column("mention", "workers") == [1240]
        assert staged.column("mention", "country") == ["VN"]
        assert staged.column("assessment", "assessed_on") == [date(2025, 11, 20)]
        assert [(row["question_id"], row["raw_value"]) for row in staged["answer"]] == [("1", "Có"), ("30", "Không")]
        assert [(row["clause"], row["role"], row["due_on"]) for row in staged["finding"]] == [
            ("30", "detail", date(2025, 12, 31))
        ]
        assert staged.unaccounted() == 0


def test_a_form_in_an_old_encoding_is_read_as_the_same(read: Reader) -> None:
    old = b"".join(bytes([TCVN3[sign]]) if sign in TCVN3 else sign.encode("ascii") for sign in _form().lower())
    staged = read(old)
    assert staged.instrument == "vn_labour_inspection"
    assert [row["raw_value"] for row in staged["answer"]] == ["có", "không"]
    assert staged.column("mention", "admin1") == ["đồng nai"]


def _declaration(*changes: dict[str, str]) -> str:
    row = {
        "Enterprise Name": "Angkor Thmey Apparel", "Enterprise Name (Khmer)": "", "Registration No": "00012345",
        "Province": "Phnom Penh", "Declaration Date": "30/06/2026", "Condition No": "1", "Condition": "",
        "Compliant": "Yes", "Remark": "",
    }  # fmt: skip
    return table([list(row), *(list({**row, **change}.values()) for change in changes)])


@pytest.mark.parametrize(
    ("second", "visits"),
    [
        ({"Condition No": "2"}, 1),
        ({"Condition No": "2", "Declaration Date": "31/12/2025"}, 2),
        ({"Condition No": "2", "Registration No": "00054321"}, 2),
        pytest.param({"Enterprise Name": "Angkor Thmey Apparel - Factory 2"}, 2, id="two sites of one company"),
        pytest.param({"Registration No": "N/A", "Enterprise Name": "Angkor Thmey Knit"}, 2, id="no registration"),
    ],
)
def test_without_a_number_factory_and_day_tell_visits_apart(read: Reader, second: dict[str, str], visits: int) -> None:
    staged = read(_declaration({}, second))
    assert len(staged["assessment"]) == visits
    assert staged.column("assessment", "native_id") == [None] * visits
    assert set(staged.column("assessment", "verified")) == {False}


def test_conditions_and_years_are_read_in_other_digits(read: Reader) -> None:
    assert read(_declaration({"Condition No": "១១"}))["answer"][0]["question_id"] == "11"
    titles = ["ชื่อสถานประกอบการ", "ที่อยู่", "จังหวัด", "วันที่ตรวจ", "ข้อกำหนด", "ผล", "หมายเหตุ"]
    row = ["สยามถัก", "๙ ถนนสุขุมวิท", "ชลบุรี", "๒๐ กุมภาพันธ์ พ.ศ. ๒๕๖๙", "๘.๑", "สอดคล้อง", None]
    staged = read(build({"ผล": [titles, row]}), "contributor/form.xlsx")
    assert staged.column("assessment", "assessed_on") == [date(2026, 2, 20)]
    assert staged["answer"][0]["question_id"] == "8.1"


def test_a_second_form_below_the_first_is_withheld(read: Reader) -> None:
    other = [["Tên doanh nghiệp", "Công ty may Hai"], ["Mã số thuế", "0309999999"], *LINES]
    staged = read(table([*BLOCK, *LINES, *other]))
    assert [row["question_id"] for row in staged["answer"]] == ["1", "30"]
    assert "second_form" in {code for _, code in staged.issues()}
    assert staged.unaccounted() == 0


@pytest.mark.parametrize("printed", ["๑๕/๐๑/๒๕๖๙", "15/01/2569", "15/01/2026", "2026-01-15"])
def test_a_day_is_one_however_it_is_printed(read: Reader, printed: str) -> None:
    titles = ["ชื่อสถานประกอบการ", "ที่อยู่", "จังหวัด", "วันที่ตรวจ", "ข้อกำหนด", "ผล", "หมายเหตุ"]
    rows = [["สยามถัก", "๙ ถนนสุขุมวิท", "ชลบุรี", day, clause, "สอดคล้อง", None] for day, clause in
            (("15/01/2026", "8.1"), (printed, "8.2"))]  # fmt: skip
    assert len(read(build({"ผล": [titles, *rows]}), "contributor/form.xlsx")["assessment"]) == 1


def test_a_placeholder_is_no_number_of_a_factory(read: Reader) -> None:
    staged = read(_declaration({"Registration No": "N/A"}, {"Registration No": "N/A", "Enterprise Name": "Another"}))
    assert staged.column("mention", "name") == ["Angkor Thmey Apparel", "Another"]


@pytest.mark.parametrize(
    "text",
    [
        "Factory ID,Factory Name,Address,Country,Date\n1,Sao Mai Garment,12 Road 3,Vietnam,2026-01-01\n",
        "Country,Vietnam\nDate,2026-01-01\nFacility,All\n"
        "Factory Name,Address,Country\nSao Mai Garment,12 Road 3,Vietnam\n",
    ],
)
def test_a_supplier_list_stays_one(read: Reader, text: str) -> None:
    assert read(text).instrument == "facility_list"


def test_every_sheet_may_be_a_form_with_its_own_factory(read: Reader) -> None:
    other = [[label, *("Công ty may Hai" if label == "Tên doanh nghiệp" else cell for cell in rest)]
             for label, *rest in BLOCK]  # fmt: skip
    book = {"A": [*BLOCK, *LINES], "B": [*other[:6], ["Ngành nghề", "May mặc"], *other[6:], *LINES[:2]]}
    staged = read(build(book), "contributor/forms.xlsx")
    assert staged.column("mention", "name") == ["Công ty may Sao Mai", "Công ty may Hai"]
    assert [(row["assessment_no"], row["question_id"]) for row in staged["answer"]] == [(0, "1"), (0, "30"), (1, "1")]
    assert staged.unaccounted() == 0


def test_a_form_that_names_nobody_is_withheld(read: Reader) -> None:
    labels = [[label, ""] if len(rest) else [label] for label, *rest in BLOCK]
    staged = read(table([*labels, *LINES]))
    assert (staged["assessment"], staged["answer"], staged.unaccounted()) == ([], [], 0)
    assert ("header", "blank_key") in staged.issues()


def test_what_stands_beside_no_answer_is_reported(read: Reader) -> None:
    staged = read(table([*BLOCK, LINES[0], ["13", "", "", "", "", "Sắp xếp lại", "31/12/2025"]]))
    assert ("row=1;col=Kết quả", "detail_without_answer") in staged.issues()
    assert staged.unaccounted() == 0


def test_a_form_in_the_thai_encoding_is_read(read: Reader) -> None:
    titles = ["ชื่อสถานประกอบการ", "ที่อยู่", "จังหวัด", "วันที่ตรวจ", "ข้อกำหนด", "ผล", "หมายเหตุ"]
    row = ["สยามถัก", "9 ถนนสุขุมวิท", "ชลบุรี", "15/01/2569", "8.1", "สอดคล้อง", ""]
    staged = read(table([titles, row]).encode("cp874"))
    assert (staged.instrument, staged["answer"][0]["raw_value"]) == ("th_tls8001", "สอดคล้อง")


@pytest.mark.parametrize("printed", ["๙.๑", "9.1", "ข้อ ๙.๑", "ข้อ 9.1", "๙.๑."])
def test_a_clause_is_one_however_it_is_printed(read: Reader, printed: str) -> None:
    titles = ["ชื่อสถานประกอบการ", "ที่อยู่", "จังหวัด", "วันที่ตรวจ", "ข้อกำหนด", "ผล", "หมายเหตุ"]
    row = ["โรงงานตัวอย่าง", "99 หมู่ 5", "ระยอง", "วันที่ ๑๕ มกราคม พ.ศ. ๒๕๖๙", printed, "สอดคล้อง", ""]
    staged = read(build({"TLS": [titles, row]}), "contributor/form.xlsx")
    assert [answer["question_id"] for answer in staged["answer"]] == ["9.1"]
    assert staged.column("assessment", "assessed_on") == [date(2026, 1, 15)]


def test_a_row_without_a_name_belongs_to_nothing(read: Reader) -> None:
    titles = ["ชื่อสถานประกอบการ", "ที่อยู่", "จังหวัด", "วันที่ตรวจ", "ข้อกำหนด", "ผล", "หมายเหตุ"]
    row = ["", "99 หมู่ 5", "ระยอง", "15/01/2569", "9.1", "สอดคล้อง", ""]
    staged = read(build({"TLS": [titles, row]}), "contributor/form.xlsx")
    assert staged["assessment"] == []
    assert [code for _, code in staged.issues()] == ["blank_key"]
    assert staged.unaccounted() == 0


def test_a_workbook_typed_in_an_old_font_is_read_as_the_same(read: Reader) -> None:
    def old(cell: str) -> str:
        return "".join(chr(TCVN3.get(sign, ord(sign))) for sign in cell.lower())

    book = build({"Form": [[old(cell) for cell in row] for row in [*BLOCK, *LINES]]})
    staged = read(book, "contributor/form.xlsx")
    assert staged.instrument == "vn_labour_inspection"
    assert [row["raw_value"] for row in staged["answer"]] == ["có", "không"]
    assert [row["code"] for row in staged["issue"] if row["locator"] == "file"] == ["converted_encoding"]


def test_a_workbook_in_unicode_keeps_its_signs(read: Reader) -> None:
    lines = [*LINES, ["31", "Thời giờ", "«Có»®", "Có", "A®B, C©D, E«F, G®H", "", ""]]
    staged = read(build({"Form": [*BLOCK, *lines]}), "contributor/form.xlsx")
    assert "converted_encoding" not in staged.column("issue", "code")
    assert [row["question_id"] for row in staged["answer"]] == ["1", "30", "31"]


@pytest.mark.parametrize("printed", ["30", "30.", "30.0"])
def test_a_line_is_one_however_it_is_numbered(read: Reader, printed: str) -> None:
    staged = read(table([*BLOCK, *LINES[:2], [printed, *LINES[2][1:]]]))
    assert [row["question_id"] for row in staged["answer"]] == ["1", "30"]


@pytest.mark.parametrize("printed", ["11", "11.", "No. 11", "No 11", "no.១១"])
def test_a_condition_is_one_however_it_is_numbered(read: Reader, printed: str) -> None:
    assert read(_declaration({"Condition No": printed}))["answer"][0]["question_id"] == "11"


def test_a_title_between_the_lines_is_no_line(read: Reader) -> None:
    title = ["", "Thời giờ làm việc", "", "", "", "", ""]
    staged = read(table([*BLOCK, *LINES[:2], title, LINES[2]]))
    assert "blank_key" not in {code for _, code in staged.issues()}
    assert staged.unaccounted() == 0
    staged = read(table([*BLOCK, *LINES[:2], ["", "Thời giờ", "", "Không", "", "", ""]]))
    assert ("row=2", "blank_key") in staged.issues()
    assert staged.unaccounted() == 0


@pytest.mark.parametrize("printed", ["20/11/2025", "20-11-2025", "20.11.2025"])
def test_the_day_of_a_form_comes_first_whatever_sign_follows(read: Reader, printed: str) -> None:
    block = [[label, printed] if label == "Ngày tự kiểm tra" else [label, *rest] for label, *rest in BLOCK]
    assert read(table([*block, *LINES])).column("assessment", "assessed_on") == [date(2025, 11, 20)]


def _block_in(shape: str) -> list[list[str]]:
    pairs = [row for row in BLOCK if len(row) > 1]
    if shape == "one cell":
        return [[f"{label}: {value}"] for label, value in pairs]
    return [[label, "", "", value] for label, value in pairs]


@pytest.mark.parametrize("shape", ["one cell", "merged cells"])
def test_a_value_stands_behind_its_label_or_beyond_merged_cells(read: Reader, shape: str) -> None:
    staged = read(build({"Form": [*_block_in(shape), *LINES]}), "contributor/form.xlsx")
    assert staged.column("mention", "name") == ["Công ty may Sao Mai"]
    assert staged.column("mention", "workers") == [1240]
    assert staged.column("assessment", "assessed_on") == [date(2025, 11, 20)]
    assert [row["question_id"] for row in staged["answer"]] == ["1", "30"]


@pytest.mark.parametrize(
    ("shape", "beside"), [("", ["", "(street and number)"]), ("merged cells", ["", "", "Ngành nghề", "May mặc"])]
)
def test_neither_a_remark_nor_the_next_label_is_a_value(read: Reader, shape: str, beside: list[str]) -> None:
    rows = _block_in(shape) if shape else BLOCK
    block = [["Địa chỉ", *beside] if row[0] == "Địa chỉ" else row for row in rows]
    assert read(build({"Form": [*block, *LINES]}), "contributor/form.xlsx").column("mention", "address") == [None]


def test_a_second_form_with_values_behind_its_labels_is_withheld(read: Reader) -> None:
    staged = read(
        build({"Form": [*_block_in("one cell"), *LINES, *_block_in("one cell"), *LINES]}), "contributor/f.xlsx"
    )
    assert [row["question_id"] for row in staged["answer"]] == ["1", "30"]
    assert "second_form" in {code for _, code in staged.issues()}
    assert staged.unaccounted() == 0


def test_a_tax_code_may_be_a_number_of_the_workbook(read: Reader) -> None:
    block = [["Mã số thuế", 100109106] if row[0] == "Mã số thuế" else row for row in BLOCK]
    staged = read(build({"Form": [*block, *LINES]}), "contributor/form.xlsx")
    codes = [(row["scheme"], row["value"], row["valid"]) for row in staged["identifier"]]
    assert codes == [("tax_code", "0100109106", True)]


@pytest.mark.parametrize("mark", ["{}. ", "{}) ", "- ", "• "])
def test_labels_may_be_numbered(read: Reader, mark: str) -> None:
    block = [[f"{mark.format(number)}{row[0]}", *row[1:]] if len(row) > 1 else row for number, row in enumerate(BLOCK)]
    staged = read(build({"Form": [*block, *LINES]}), "contributor/form.xlsx")
    assert staged.column("mention", "name") == ["Công ty may Sao Mai"]
    assert staged.column("assessment", "assessed_on") == [date(2025, 11, 20)]
    assert staged.issues() == read(build({"Form": [*BLOCK, *LINES]}), "contributor/form.xlsx").issues()


def test_lines_of_a_sheet_without_labels_are_withheld_and_counted(read: Reader) -> None:
    staged = read(
        build({"A": [*BLOCK, *LINES], "B": [["Phiếu"], *LINES], "C": [["Có"], ["Không"]]}), "contributor/f.xlsx"
    )
    assert len(staged["answer"]) == 2
    assert ("sheet=B;row=2", "blank_key") in staged.issues()
    assert (staged.counts.total, staged.unaccounted()) == (4, 0)


def test_several_labels_may_stand_in_one_row(read: Reader) -> None:
    pairs = [row for row in BLOCK if len(row) > 1]
    block = [[*one, "", *other] for one, other in zip(pairs[::2], pairs[1::2], strict=True)]
    staged = read(build({"Form": [BLOCK[0], *block, [], *LINES]}), "contributor/form.xlsx")
    usual = read(build({"Form": [*BLOCK, *LINES]}), "contributor/form.xlsx")
    for table_, names in (("mention", ("name", "address", "admin1", "workers")), ("assessment", ("assessed_on",))):
        for name in names:
            assert staged.column(table_, name) == usual.column(table_, name) != [None]
    assert [row["value"] for row in staged["identifier"]] == ["0301234567"]
    assert [code for _, code in staged.issues()] == [code for _, code in usual.issues()]


def test_what_is_no_known_label_beside_one_is_told(read: Reader) -> None:
    block = [[*row, "Phường", "Tân Phong"] if row[0] == "Địa chỉ" else row for row in BLOCK]
    staged = read(build({"Form": [*block, *LINES]}), "contributor/form.xlsx")
    assert [row["value"] for row in staged["issue"] if row["code"] == "drift"] == ["Địa chỉ (C, D)"]
