"""Write the forms of three ministries, each in the language and the digits of its country.

Viet Nam: one form a factory, as a workbook, as UTF-8 text, and as text in the old encoding TCVN3. Cambodia: one list of
declarations. Thailand: one list of inspections, with Thai digits and years of the Buddhist era.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from harmonize.demo.material import Material
from harmonize.demo.question_visits import QuestionVisit
from harmonize.demo.sheets import Block, Grid, Row, SheetDocument, Value
from harmonize.demo.spelling import Written, write_factory

__all__ = ["government_documents"]

FORM_FOLDER = "moha/received-2026-01-20"
FORM_COLUMNS = ("STT", "Nội dung", "Câu hỏi", "Kết quả", "Ghi chú", "Biện pháp khắc phục", "Thời hạn")
DECLARATIONS = "mlvt/received-2026-02-02/declarations.csv"
DECLARATION_COLUMNS = (
    "Enterprise Name", "Enterprise Name (Khmer)", "Registration No", "Province", "Declaration Date", "Condition No",
    "Condition", "Compliant", "Remark",
)  # fmt: skip
INSPECTIONS = "dlpw/received-2026-02-04/inspections.xlsx"
INSPECTION_COLUMNS = ("ชื่อสถานประกอบการ", "ที่อยู่", "จังหวัด", "วันที่ตรวจ", "ข้อกำหนด", "ผล", "หมายเหตุ")
BUDDHIST_ERA = 543
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
THAI_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def government_documents(visits: Sequence[QuestionVisit], material: Material, seed: int) -> list[SheetDocument]:
    """All forms of all three."""
    documents = [
        *_forms([visit for visit in visits if visit.instrument == "vn_labour_inspection"], material, seed),
        _declarations([visit for visit in visits if visit.instrument == "kh_self_declaration"], material, seed),
        _inspections([visit for visit in visits if visit.instrument == "th_tls8001"], material, seed),
    ]
    return [each for each in documents if each.grids[0].rows]


def _forms(visits: Sequence[QuestionVisit], material: Material, seed: int) -> Iterator[SheetDocument]:
    """A workbook, then UTF-8, then TCVN3, and so on."""
    edition = material.questionnaires["vn_labour_inspection"].edition
    for number, visit in enumerate(visits):
        kind = ("vn_form_workbook", "vn_form_text", "vn_form_tcvn3")[number % 3]
        ending = "xlsx" if kind == "vn_form_workbook" else "csv"
        path = f"{FORM_FOLDER}/phieu_{visit.factory.key.lower()}.{ending}"
        grid = _form(visit, material, seed)
        document = SheetDocument(kind, path, "moha", "vn_labour_inspection", (grid,), edition=edition)
        if kind == "vn_form_workbook":
            yield replace(document, container="xlsx")
        elif kind == "vn_form_tcvn3":
            # TCVN3 is written as the signs that its bytes stand for in Latin-1.
            yield replace(document, grids=(_in_tcvn3(grid, material),), encoding="latin-1")
        else:
            yield document


def _form(visit: QuestionVisit, material: Material, seed: int) -> Grid:
    factory, day = visit.factory, visit.day
    written = write_factory(factory, "moha", material, seed, day)
    printed_day = f"ngày {day.day} tháng {day.month} năm {day.year}" if day.day % 2 else f"{day:%d/%m/%Y}"
    titles: tuple[tuple[Value, ...], ...] = (
        ("Phiếu tự kiểm tra",),
        ("Tên doanh nghiệp", written.name),
        ("Mã số thuế", factory.identifiers.tax_code),
        ("Địa chỉ", f"{written.address}, {written.city}"),
        ("Tỉnh/Thành phố", written.province),
        ("Ngành nghề", "May mặc"),
        ("Tổng số lao động", f"{factory.workers:,}".replace(",", ".")),
        ("Lao động nữ", f"{factory.workers * 4 // 5:,}".replace(",", ".")),
        ("Ngày tự kiểm tra", printed_day),
        (),
    )
    rows = []
    for part, item, question in material.questionnaires[visit.instrument].items():
        detail = visit.details.get(question)
        due_on = visit.due_on(question) if detail else None
        beside = ("", detail.action, f"{due_on:%d/%m/%Y}") if detail and due_on else ("", "", "")
        values = (question, part, f"Câu {item}", visit.words.get(question, ""), *beside)
        rows.append(Row(values, assessment=visit.key, question=question, cells=1))
    return Grid("Phieu", FORM_COLUMNS, tuple(rows), titles=titles, block=Block(1, factory.key, visit.key))


def _in_tcvn3(grid: Grid, material: Material) -> Grid:
    signs = str.maketrans({letter: sign for letter, sign in material.tcvn3.items() if len(letter) == 1})

    def converted(values: Sequence[Value]) -> tuple[Value, ...]:
        return tuple(value.translate(signs) if isinstance(value, str) else value for value in values)

    return replace(
        grid,
        header=tuple(title.translate(signs) for title in grid.header),
        titles=tuple(map(converted, grid.titles)),
        rows=tuple(replace(row, values=converted(row.values)) for row in grid.rows),
    )


def _declarations(visits: Sequence[QuestionVisit], material: Material, seed: int) -> SheetDocument:
    rows: list[Row] = []
    for visit in visits:
        written = write_factory(visit.factory, "mlvt", material, seed, visit.day)
        head = (
            written.name, written.name_local, visit.factory.identifiers.kh_registration, written.province,
            f"{visit.day:%d/%m/%Y}",
        )  # fmt: skip
        for at, (part, item, question) in enumerate(material.questionnaires[visit.instrument].items()):
            remark = "Being corrected" if question in visit.details else ""
            tail = (question, f"{part} {item}", visit.words.get(question, ""), remark)
            rows.append(_row(visit, (*head, *tail), at, question))
    grid = Grid("Declarations", DECLARATION_COLUMNS, tuple(rows))
    edition = material.questionnaires["kh_self_declaration"].edition
    return SheetDocument("kh_declarations", DECLARATIONS, "mlvt", "kh_self_declaration", (grid,), edition=edition)


def _inspections(visits: Sequence[QuestionVisit], material: Material, seed: int) -> SheetDocument:
    rows: list[Row] = []
    for visit in visits:
        written = write_factory(visit.factory, "dlpw", material, seed, visit.day)
        head = (
            written.name, _thai_address(written), visit.factory.address.province.name, _thai_day(visit.day),
        )  # fmt: skip
        for at, (_, _, question) in enumerate(material.questionnaires[visit.instrument].items()):
            remark = "อยู่ระหว่างแก้ไข" if question in visit.details else ""
            tail = (question.translate(THAI_DIGITS), visit.words.get(question, ""), remark)
            rows.append(_row(visit, (*head, *tail), at, question))
    titles: tuple[tuple[Value, ...], ...] = (("รายงานการตรวจ",),)
    grid = Grid("ผลการตรวจ", INSPECTION_COLUMNS, tuple(rows), titles=titles)
    edition = material.questionnaires["th_tls8001"].edition
    return SheetDocument(
        "th_inspections", INSPECTIONS, "dlpw", "th_tls8001", (grid,), container="xlsx", edition=edition
    )


def _row(visit: QuestionVisit, values: tuple[Value, ...], at: int, question: str) -> Row:
    owner = "" if at else visit.factory.key
    return Row(values, owner, visit.key, opens=not at, question=question, cells=1)


def _thai_address(written: Written) -> str:
    return f"{written.address}, {written.city}".translate(THAI_DIGITS)


def _thai_day(day: date) -> str:
    """In one way or the other: `๒๐/๐๒/๒๕๖๙` or `๒๐ ก.พ. ๒๕๖๙`."""
    year = day.year + BUDDHIST_ERA
    printed = (
        f"{day.day:02d}/{day.month:02d}/{year}" if day.day % 2 else f"{day.day} {THAI_MONTHS[day.month - 1]} {year}"
    )
    return printed.translate(THAI_DIGITS)
