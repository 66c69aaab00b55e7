"""Lists of findings: the header repeats, a clean visit is a visit, and a row is one cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.assessments.copy_rules import load_copy_rules
from harmonize.sources.visits import NUMBER_USED_AGAIN_DAYS
from tests.sources.delivering import Reader, Staged, gap
from tests.sources.workbooks import build

ROOT = Path(__file__).parents[2]

CLEAN = {
    "ProvisionCode": "",
    "Provision": "",
    "Severity": "",
    "FindingText": "",
    "CAPAction": "",
    "CAPStatus": "",
}
LEVIS = [
    "Audit Ref", "Supplier", "Factory", "Factory Address", "Country", "Audit Date", "Auditor", "TOE Section",
    "TOE Requirement", "Class", "Finding", "Remediation", "Deadline", "Closed On",
]  # fmt: skip


def _levis(read: Reader, **changes: Any) -> Staged:
    row = {
        "Audit Ref": "L-1", "Factory": "Sao Mai Garment", "Country": "Vietnam",
        "Audit Date": {"date": "2026-02-10"}, "TOE Requirement": "5.1", "Class": "IA",
        "Finding": "Exit blocked",
        **{name.replace("_", " "): value for name, value in changes.items()},
    }  # fmt: skip
    return read(build({"S": [["Title"], [], [], LEVIS, [row.get(name) for name in LEVIS]]}), "c/x.xlsx")


def test_a_clean_visit_is_an_assessment_without_finding_and_without_cell(read: Reader) -> None:
    staged = read(gap(CLEAN))
    assert len(staged["assessment"]) == len(staged["mention"]) == 1
    assert staged["finding"] == []
    assert staged.counts.total == 0
    assert staged.issues() == []


def test_rows_of_one_visit_make_one_mention_at_the_first_row(read: Reader) -> None:
    staged = read(gap({}, {"ProvisionCode": "I.A"}, {"VisitID": "G-501"}))
    assert staged.column("mention", "locator") == staged.column("assessment", "locator") == ["row=1", "row=3"]
    assert staged.column("finding", "assessment_no") == [0, 0, 1]


def test_a_visit_stands_at_its_first_row_that_is_not_withheld(read: Reader) -> None:
    staged = read(gap({"VisitID": ""}, {}))
    assert staged.issues() == [("row=1", "blank_key")]
    assert staged.column("assessment", "locator") == ["row=2"]
    assert staged.unaccounted() == 0


def test_a_repeated_row_is_ignored(read: Reader) -> None:
    staged = read(gap({}, {}, {"FindingText": "Another"}))
    assert staged.issues() == [("row=2", "repeated_row")]
    assert (staged.counts.total, staged.counts.ignored, len(staged["finding"])) == (3, 1, 2)


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("Color", "mauve", "unknown_rating"),
        ("Severity", "dreadful", "unknown_severity"),
        ("CAPStatus", "Lost", "unknown_status"),
        ("VisitDate", "20/03/2026", "unreadable_date"),
        ("TargetDate", "2026-20-03", "unreadable_date"),
        ("Country", "Atlantis", "unknown_country"),
    ],
)
def test_a_bad_cell_is_quarantined_and_its_row_stays(read: Reader, column: str, text: str, code: str) -> None:
    staged = read(gap({column: text}))
    assert staged.issues() == [(f"row=1;col={column}", code)]
    assert staged.column("issue", "value") == [text]
    assert staged.column("issue", "withheld") == [True]
    assert len(staged["finding"]) == 1
    assert staged.unaccounted() == 0


@pytest.mark.parametrize(
    ("word", "severity"), [("Critical", "critical"), ("SEVERE", "major"), (" key ", "major"), ("", None)]
)
def test_severity_is_read_by_table_and_kept_raw(read: Reader, word: str, severity: str | None) -> None:
    staged = read(gap({"Severity": word}))
    assert staged.column("finding", "severity") == [severity]
    assert staged.column("finding", "severity_raw") == [word.strip() or None]


def test_an_unknown_clause_is_kept(read: Reader) -> None:
    assert read(gap({"ProvisionCode": "IX.Z"})).column("finding", "clause") == ["IX.Z"]


def test_a_later_row_that_contradicts_the_header_is_said(read: Reader) -> None:
    staged = read(gap({}, {"ProvisionCode": "I.A", "Color": "red", "VisitDate": "03/21/2026"}))
    assert sorted(staged.issues()) == [
        ("row=2;col=Color", "inconsistent_header"),
        ("row=2;col=VisitDate", "inconsistent_header"),
    ]
    assert staged.column("assessment", "rating_raw") == ["yellow"]


@pytest.mark.parametrize(
    ("later", "days"),
    [
        ({"VisitDate": "03/22/2026"}, ["2026-03-20"]),
        ({"VisitDate": "04/30/2026", "VisitType": "Follow-up"}, ["2026-03-20", "2026-04-30"]),
        ({"VisitDate": "03/20/2025"}, ["2026-03-20", "2025-03-20"]),
        ({"VisitDate": "someday", "VisitType": "Follow-up"}, ["2026-03-20"]),
    ],
)
def test_a_number_that_is_used_again_is_another_visit(read: Reader, later: dict[str, str], days: list[str]) -> None:
    first = {"VisitDate": "03/20/2026", "VisitType": "Full"}
    staged = read(gap(first, {**first, "ProvisionCode": "I.A", **later}, {**first, "ProvisionCode": "I.F"}))
    assert [str(day) for day in staged.column("assessment", "assessed_on")] == days
    assert staged.column("finding", "assessment_no").count(0) == (1 if len(days) > 1 else 2) + 1
    assert staged.unaccounted() == 0


def test_numbers_are_used_again_within_a_file_as_between_files() -> None:
    assert load_copy_rules(ROOT / "schemas/copies.yml").reused_number_days == NUMBER_USED_AGAIN_DAYS


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1 Garment", "-Minus", "@home", "../../etc/passwd", "C:\\x"])
def test_names_that_look_like_formulas_or_paths_are_text(read: Reader, name: str) -> None:
    assert read(gap({"FacilityName": name})).column("mention", "name") == [name]


def test_a_text_of_several_megabytes_is_kept_whole(read: Reader) -> None:
    text = "x" * 3_000_000
    assert read(gap({"FindingText": text})).column("finding", "description") == [text]


def test_a_shifted_row_is_not_loaded_in_silence(read: Reader) -> None:
    header, row = gap({"FindingText": "Too long", "TargetDate": "", "CAPStatus": ""}).splitlines()
    staged = read(f"{header}\n{row.replace('Too long', 'Too long; and dark')}\n")
    assert "row=1" in [locator.split(";")[0] for locator, _ in staged.issues()]


@pytest.mark.parametrize(
    ("closed", "status", "day"),
    [(None, "open", None), ({"date": "2026-03-01"}, "closed", date(2026, 3, 1)), ("soon", None, None)],
)
def test_a_closing_date_says_the_status(read: Reader, closed: Any, status: str | None, day: date | None) -> None:
    staged = _levis(read, Closed_On=closed)
    assert staged.column("finding", "status") == [status]
    assert staged.column("finding", "closed_on") == [day]


def test_a_typed_date_of_a_buddhist_year_is_read(read: Reader) -> None:
    staged = _levis(read, Audit_Date={"date": "2569-02-10"})
    assert staged.column("assessment", "assessed_on") == [date(2026, 2, 10)]


def test_a_typed_date_outside_all_years_is_quarantined(read: Reader) -> None:
    staged = _levis(read, Deadline={"date": "1905-01-01"})
    assert staged.column("finding", "due_on") == [None]
    assert [code for _, code in staged.issues()] == ["unreadable_date"]


def _smeta(read: Reader, day: str, timescale: Any, pillars: str = "4 pillar") -> Staged:
    details = [
        ["Site name", "Sao Mai Garment"], ["Site address", "12 Road 3"], ["Country", "Vietnam"],
        ["Date of Audit", day], ["Pillars", pillars],
    ]  # fmt: skip
    header = ["Non-Compliance Number", "Details of Non-Compliance", "Timescale", "Status", "Clause"]
    return read(
        build(
            {
                "Audit Details": details,
                "CAPR": [["Report"], header, ["1", "Exit blocked", timescale, "Open", "3"]],
            }
        ),
        "c/x.xlsx",
    )


@pytest.mark.parametrize(
    ("timescale", "due"),
    [
        ("Immediate", date(2020, 12, 28)),
        ("immediate ", date(2020, 12, 28)),
        (30, date(2021, 1, 27)),
        ("60", date(2021, 2, 26)),
        ("90 days", date(2021, 3, 28)),
        ("365", date(2021, 12, 28)),
        ("someday", None),
        (None, None),
    ],
)
def test_due_date_is_audit_date_plus_timescale(read: Reader, timescale: Any, due: date | None) -> None:
    assert _smeta(read, "28 December 2020", timescale).column("finding", "due_on") == [due]


def test_without_an_audit_date_there_is_no_due_date(read: Reader) -> None:
    staged = _smeta(read, "28 Decembre 2020", 30)
    assert staged.column("finding", "due_on") == [None]
    assert [code for _, code in staged.issues()] == ["unreadable_date"]


def _pvh(read: Reader, headers: list[list[Any]], findings: list[list[Any]]) -> Staged:
    sheets = {
        "Assessments": [["Assessment ID", "Factory Name", "Country", "Assessment Date", "Rating"], *headers],
        "Findings": [
            ["Assessment ID", "Finding No", "Code Element", "Finding Class", "Description"],
            *findings,
        ],
    }
    return read(build(sheets), "c/x.xlsx")


def test_two_sheets_are_joined_on_the_number(read: Reader) -> None:
    staged = _pvh(
        read,
        [
            ["P-1", "Sao Mai", "Vietnam", "07-Mar-2026", "Gold"],
            ["P-2", "Binh An", "Vietnam", "08-Mar-2026", "Red"],
        ],
        [
            ["P-2", "1", "Wages", "Major", "a"],
            ["P-1", "1", "Wages", "Major", "b"],
            ["P-3", "1", "Wages", "Major", "c"],
        ],
    )
    assert staged.column("finding", "assessment_no") == [1, 0]
    assert staged.issues() == [("sheet=Findings;row=4", "finding_without_header")]
    assert staged.unaccounted() == 0


@pytest.mark.parametrize(
    ("workers", "expected"), [("1,250", 1250), (1250.0, 1250), ("1.2", None), (-5, None), ("many", None)]
)
def test_workers_are_whole_and_counted(read: Reader, workers: Any, expected: int | None) -> None:
    sheets = {
        "Assessments": [
            ["Assessment ID", "Factory Name", "Country", "Assessment Date", "Rating", "Workers"],
            ["P-1", "Sao Mai", "Vietnam", "07-Mar-2026", "Gold", workers],
        ],
        "Findings": [["Assessment ID", "Finding No", "Code Element", "Finding Class", "Description"]],
    }
    staged = read(build(sheets), "c/x.xlsx")
    assert staged.column("mention", "workers") == [expected]
    assert [code for _, code in staged.issues()] == ([] if expected else ["bad_workers"])


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "VisitID": st.sampled_from(["G-1", "G-2", ""]),
                "ProvisionCode": st.sampled_from(["I.A", "II.B", "", " "]),
                "Severity": st.sampled_from(["key", "odd", ""]),
                "FindingText": st.sampled_from(["a", "b", ""]),
            }
        ),
        max_size=8,
    )
)
def test_no_finding_is_ever_lost(read: Reader, rows: list[dict[str, str]]) -> None:
    staged = read(gap(*rows))
    assert staged.counts.total == sum(bool(row["ProvisionCode"].strip()) for row in rows)
    assert staged.counts.blank == 0
    assert staged.unaccounted() == 0


def test_an_audit_that_names_nobody_is_withheld_with_its_rows(read: Reader) -> None:
    details = [["Sedex Site Reference", None], ["Site name", None], ["Country", None], ["Date of Audit", None]]
    columns = ["Non-Compliance Number", "Details of Non-Compliance", "Timescale", "Clause", "Status"]
    book = build({"Audit Details": details, "CAPR": [columns, ["NC1", "Own words", "30", "3", "Open"]]})
    staged = read(book, "contributor/capr.xlsx")
    assert staged["assessment"] == []
    assert [row["code"] for row in staged["issue"] if row["severity"] != "info"] == ["blank_key"]
    assert staged.unaccounted() == 0


@pytest.mark.parametrize(("first", "later"), [("green", "Green "), ("Green", " green")])
def test_blanks_and_case_contradict_no_header(read: Reader, first: str, later: str) -> None:
    staged = read(gap({"Color": first}, {"Color": later, "ProvisionCode": "II.A"}))
    assert "inconsistent_header" not in [code for _, code in staged.issues()]


@pytest.mark.parametrize("printed", ["Non-Compliance", "Non Compliance", "non \u2013 compliance"])
def test_a_severity_is_read_whatever_dash_stands_in_it(read: Reader, printed: str) -> None:
    staged = read(gap({"Severity": printed}))
    assert staged.issues() == []
    assert staged["finding"][0]["severity"] == "minor"
    assert staged["finding"][0]["severity_raw"] == printed


@pytest.mark.parametrize(
    ("printed", "clause"),
    [
        ("iii.b.08", "iii.b.08"),
        ("I.A.", "I.A"),
        ("II.A.2 - Overtime premium", "II.A.2"),
        ("I.A and I.B", "I.A and I.B"),
        ("I.A, I.B", "I.A, I.B"),
    ],
)
def test_the_code_of_a_clause_is_told_from_what_stands_beside_it(read: Reader, printed: str, clause: str) -> None:
    assert read(gap({"ProvisionCode": printed})).column("finding", "clause") == [clause]


@pytest.mark.parametrize("printed", ["TOE 12.10", "12.10.", "12.10: Guards"])
def test_a_requirement_is_one_however_it_is_printed(read: Reader, printed: str) -> None:
    assert _levis(read, TOE_Requirement=printed).column("finding", "clause") == ["12.10"]


ADIDAS = [
    "Factory ID", "Factory Name", "Address", "Country", "Assessment No.", "Date", "KPI Rating", "Topic",
    "Zero Tolerance (Y/N)", "Threshold (Y/N)", "Description", "Action", "Due", "Status",
]  # fmt: skip


def _adidas(read: Reader, *changes: dict[str, Any]) -> Staged:
    row: dict[str, Any] = {
        "Factory ID": "A-1", "Factory Name": "Sao Mai Garment", "Country": "Vietnam", "Assessment No.": "AS-1",
        "Date": "10.02.2026", "KPI Rating": "3S", "Topic": "Wages", "Zero Tolerance (Y/N)": "N",
        "Description": "Paid late",
    }  # fmt: skip
    return read(
        build({"S": [ADIDAS, *([{**row, **change}.get(name) for name in ADIDAS] for change in changes)]}), "c/x.xlsx"
    )


def test_the_same_day_in_another_spelling_is_no_contradiction(read: Reader) -> None:
    other = {"Topic": "Benefits"}
    assert _adidas(read, {}, {**other, "Date": {"date": "2026-02-10"}}).issues() == []
    places = _adidas(read, {}, {**other, "Date": {"date": "2026-02-11"}}).issues()
    assert places == [("sheet=S;cell=F3", "inconsistent_header")]


@pytest.mark.parametrize(("flag", "severity"), [(True, "zero_tolerance"), (False, None)])
def test_a_yes_may_be_a_logical_value_of_the_workbook(read: Reader, flag: bool, severity: str | None) -> None:
    staged = _adidas(read, {"Zero Tolerance (Y/N)": flag})
    assert (staged.issues(), staged.column("finding", "severity")) == ([], [severity])


CAPR = ["Non-Compliance Number", "Details of Non-Compliance", "Timescale", "Status", "Clause"]


def _capr(read: Reader, *rows: list[Any], day: str = "8 March 2023", header: list[str] = CAPR) -> Staged:
    labels = [["Site name", "Sao Mai Garment"], ["Country", "Vietnam"], ["Date of Audit", day]]
    return read(build({"Audit Details": labels, "CAPR": [header, *rows]}), "c/x.xlsx")


def test_a_finding_without_clause_is_told_wherever_the_header_stands(read: Reader) -> None:
    staged = _capr(read, [1, "Exit blocked", "30", "Open", None], [2, "No drill", "30", "Open", "3"])
    assert staged.issues() == [("sheet=CAPR;cell=E2", "finding_without_clause")]
    assert staged.column("finding", "clause") == [None, "3"]
    assert _capr(read, [1, "Exit blocked", "30", "Open"], header=CAPR[:-1]).issues() == []


@pytest.mark.parametrize(
    ("printed", "clause"),
    [("3.", "3"), ("8A - Homework", "8A"), ("10.B4", "10.B4"), ("3: Safety", "3"), ("3.1", "3.1"), ("3 & 5", "3 & 5")],
)
def test_a_clause_of_smeta_is_told_from_its_title(read: Reader, printed: str, clause: str) -> None:
    assert _capr(read, [1, "Exit blocked", "30", "Open", printed]).column("finding", "clause") == [clause]


def test_an_audit_of_several_days_is_dated_by_the_first(read: Reader) -> None:
    staged = _capr(read, [1, "Exit blocked", "30", "Open", "3"], day="8th - 9th March 2023")
    assert staged.column("assessment", "assessed_on") == [date(2023, 3, 8)]
    assert staged.column("finding", "due_on") == [date(2023, 4, 7)]
