"""An export is recognised by its content; what is none is refused with the nearest known source named."""

from __future__ import annotations

import codecs
from typing import Any

import pytest

from harmonize.errors import RefusedFile
from harmonize.reading.limits import Limits
from tests.sources.delivering import Reader, better_work, envelope, gap, page, table, wide
from tests.sources.workbooks import build


def _refused(read: Reader, data: str | bytes, path: str = "contributor/export.csv") -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        read(data, path)
    return refused.value


@pytest.mark.parametrize("path", ["c/higg.csv", "c/x.txt", "c/x.tsv", "c/a.zip!/nike.CSV"])
def test_the_file_name_says_nothing(read: Reader, path: str) -> None:
    assert read(gap({}), path).instrument == "gap"


def test_headers_are_free_in_case_blanks_and_order(read: Reader) -> None:
    lines = [line.split(";") for line in gap({}).splitlines()]
    header = [f"  {title.upper()} " for title in lines[0]]
    text = "\n".join(";".join(reversed(cells)) for cells in (header, lines[1]))
    staged = read(text)
    assert staged.instrument == "gap"
    assert staged.issues() == []
    assert staged.column("finding", "clause") == ["III.B.08"]


@pytest.mark.parametrize("titles", [0, 1, 3, 9])
def test_title_rows_are_skipped_and_not_counted(read: Reader, titles: int) -> None:
    staged = read("Visits of the first quarter\n" * titles + gap({}, {"ProvisionCode": "I.A"}))
    assert staged.column("finding", "locator") == ["row=1", "row=2"]


@pytest.mark.parametrize("titles", [1, 5, 9])
def test_titles_with_commas_do_not_hide_the_export(read: Reader, titles: int) -> None:
    staged = read("Visits, first quarter\n" * titles + gap({}))
    assert staged.column("finding", "locator") == ["row=1"]


def test_the_header_must_stand_in_the_first_ten_rows(read: Reader) -> None:
    assert _refused(read, "Visits\n" * 10 + gap({})).code == "unknown_format"


def test_a_header_is_searched_as_far_as_the_pipeline_says(read: Reader) -> None:
    data = "Visits\n" * 3 + gap({})
    assert read(data).instrument == "gap"
    with pytest.raises(RefusedFile, match="first 2 rows"):
        read.within(Limits(header_search_rows=2))(data)


def test_blank_lines_count_neither_as_title_nor_as_row(read: Reader) -> None:
    staged = read("\n\n" + gap({}).replace("\n", "\n\n") + ";" * 17 + "\n")
    assert staged.column("finding", "locator") == ["row=1"]
    assert staged.counts.total == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_marked_encodings_are_read(read: Reader, encoding: str) -> None:
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    staged = read(mark + gap({"FacilityName": "May Nghĩa Hưng"}).encode(encoding))
    assert staged.column("mention", "name") == ["May Nghĩa Hưng"]
    assert staged.issues() == []


def test_cp1252_is_read_without_a_word_where_the_profile_expects_it(read: Reader) -> None:
    staged = read(gap({"FacilityName": "Fábrica Açaí"}).encode("cp1252"))
    assert staged.column("mention", "name") == ["Fábrica Açaí"]
    assert staged.issues() == []


def test_broken_utf8_is_said_where_the_profile_expects_utf8(read: Reader) -> None:
    staged = read(wide(["emsmgmt"], {"groupname": "Caf\u00e9 Garment", "emsmgmt": "Yes"}).encode("cp1252"))
    assert ("file", "encoding") in staged.issues()


@pytest.mark.parametrize("column", ["VisitID", "FacilityName", "ProvisionCode", "FacilityID"])
def test_a_missing_required_column_is_named(read: Reader, column: str) -> None:
    refused = _refused(read, gap({}).replace(column, "Something", 1))
    assert refused.code == "missing_columns"
    assert column in str(refused)
    assert "gap" in str(refused)


def test_a_missing_optional_column_is_no_fault(read: Reader) -> None:
    staged = read(gap({}).replace("CAPAction", "Something", 1))
    assert [row["severity"] for row in staged["issue"] if row["code"] == "missing_optional_column"] == ["info"]


def test_an_extra_column_is_drift_and_kept_raw(read: Reader) -> None:
    lines = gap({}, {"ProvisionCode": "I.A"}).splitlines()
    text = "\n".join(f"{line};{extra}" for line, extra in zip(lines, ["Mood", "good", " bad "], strict=True))
    staged = read(text)
    assert staged.issues() == [("header", "drift")]
    assert staged.column("finding", "extra") == ['{"Mood": "good"}', '{"Mood": " bad "}']


@pytest.mark.parametrize("data", ["a,b\n1,2\n", "\x89PNG\r\n\x1a\n", "{}", '{"a": {"b": 1}}', "just a sentence"])
def test_what_nothing_resembles_is_refused(read: Reader, data: str) -> None:
    assert _refused(read, data).code == "unknown_format"


@pytest.mark.parametrize("data", ["[]", page(), '{"from": 30, "size": 10, "total": 27, "assessments": []}'])
def test_a_page_after_the_last_one_is_empty_and_no_unknown_format(read: Reader, data: str) -> None:
    assert _refused(read, data).code == "empty_file"


def test_a_social_module_envelope_is_not_taken_for_the_environmental_one(read: Reader) -> None:
    assert _read_or_code(read, page(envelope(version="fslm"))) != "higg_fem"


def _read_or_code(read: Reader, data: str) -> str:
    try:
        return read(data, "c/x.json").instrument
    except RefusedFile as refused:
        return refused.code


@pytest.mark.parametrize(
    "header",
    [
        "Name,Address,Country",
        "ID,Name,Address,Country,Workers",
        "Factory Name,Address,City,State,Country",
        "Supplier,Factory,Factory Address,Country,Workers",
        "OS ID,Facility Name,Country",
    ],
)
def test_any_supplier_list_is_read(read: Reader, header: str) -> None:
    titles = header.split(",")
    cells = ["Vietnam" if title == "Country" else "100" if title == "Workers" else "Sao Mai" for title in titles]
    staged = read(table([titles, cells]))
    assert staged.instrument == "facility_list"
    assert staged.column("mention", "name") == ["Sao Mai"]


def test_of_two_synonyms_the_first_that_is_filled_counts(read: Reader) -> None:
    staged = read(table([["Name", "Country", "OS ID", "OAR ID"], ["Sao Mai", "Vietnam", "VN2020090123450", ""]]))
    assert staged.column("identifier", "value") == ["VN2020090123450"]


def test_a_transparency_list_is_no_supplier_list(read: Reader) -> None:
    header = "Factory Name,Factory Type,Country,Assessment Date,Assessment Method,Cycle,Issue,In Compliance"
    text = f"{header}\nSao Mai,Garment,Cambodia,20/11/2025,On-site,5,Wages,Yes\n"
    try:
        staged = read(text)
    except RefusedFile:
        return
    assert staged.counts.total == 1


@pytest.mark.parametrize("version", ["fem2026", "fem2031", "FEM2023"])
def test_an_unknown_edition_is_read_in_json_as_in_csv(read: Reader, version: str) -> None:
    from_json = read(page(envelope(version=version, questions={"emsmgmt": {"value": "Yes"}})), "c/x.json")
    from_csv = read(wide(["emsmgmt"], {"version": version, "emsmgmt": "Yes"}))
    assert from_json.column("answer", "raw_value") == from_csv.column("answer", "raw_value") == ["Yes"]
    assert from_json.column("assessment", "edition") == from_csv.column("assessment", "edition") == [version.lower()]
    unknown = version != "FEM2023"
    assert [code for _, code in from_json.issues()] == ["unknown_edition"] * unknown
    assert [code for _, code in from_csv.issues()] == ["unknown_edition"] * unknown


def test_a_text_does_not_hide_the_export(read: Reader) -> None:
    staged = read(gap({"FindingText": ", ".join(f"item {number}" for number in range(40))}, {"ProvisionCode": "I.A"}))
    assert staged.column("finding", "clause") == ["III.B.08", "I.A"]


def test_a_header_alone_is_an_export_without_rows(read: Reader) -> None:
    staged = read(better_work())
    assert (staged.instrument, staged.counts.total) == ("better_work_cat", 0)


def test_a_sheet_is_found_wherever_it_stands(read: Reader) -> None:
    rows = [line.split(",") for line in better_work({}).splitlines()]
    sheets: dict[str, Any] = {
        "Cover": [["Compliance export"]],
        "Data": [[None], *([None, *row] for row in rows)],
        "Notes": [["end"]],
    }
    staged = read(build(sheets), "c/x.xlsx")
    assert staged.column("answer", "locator") == ["sheet=Data;cell=M3"]


def test_observations_are_no_findings(read: Reader) -> None:
    details = [["Site name", "Sao Mai"], ["Country", "Vietnam"], ["Date of Audit", "28 December 2020"]]
    header = ["Non-Compliance Number", "Details of Non-Compliance", "Timescale", "Status", "Clause"]
    row = ["1", "Posters faded", "30", "Open", "3"]
    with_findings = build({"Audit Details": details, "CAPR": [header, row], "Observations": [header, row]})
    assert len(read(with_findings, "c/x.xlsx")["finding"]) == 1
    without = build({"Audit Details": details, "Observations": [header, row]})
    assert _finding_count(read, without) == 0


def _finding_count(read: Reader, data: bytes) -> int:
    try:
        return len(read(data, "c/x.xlsx")["finding"])
    except RefusedFile:
        return 0


def test_a_second_sheet_is_not_lost_in_silence(read: Reader) -> None:
    header, row = (line.split(";") for line in gap({}).splitlines())
    other = ["G-501" if cell == "G-500" else cell for cell in row]
    staged = read(build({"2025": [header, row], "2026": [header, other]}), "c/x.xlsx")
    assert staged.column("assessment", "native_id") == ["G-500", "G-501"] or staged.issues()


def test_a_header_among_the_rows_is_no_visit(read: Reader) -> None:
    staged = read(gap({}) + gap({"VisitID": "G-501"}))
    assert staged.column("assessment", "native_id") == ["G-500", "G-501"]
    assert staged.unaccounted() == 0


def test_a_blank_in_a_header_may_be_an_underscore_and_the_reverse(read: Reader) -> None:
    header = "factory code,factory_name,country,audit id,audit_date,clc category,level,finding"
    staged = read(f"{header}\nN1,Sao Mai,Vietnam,A1,2026-01-01,HSE,minor,x\n")
    assert (staged.instrument, staged.column("identifier", "value")[0]) == ("nike", "N1")
    assert "drift" not in staged.column("issue", "code")
