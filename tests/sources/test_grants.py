"""A grant that cannot be read whole is no grant: nothing that is unreadable may widen it."""

from __future__ import annotations

import pytest

from tests.sources.delivering import Reader, Staged, table
from tests.sources.workbooks import build

GRANT = {
    "grant_id": "g-1", "facility_scheme": "os_id", "facility_value": "VN2020090123450", "instrument": "gap",
    "assessment": "G-500", "audience": "pvh", "scope": "findings", "valid_from": "2025-01-01",
    "valid_to": "2026-12-31", "purpose": "sourcing", "evidence": "scan 1", "revoked_on": "",
    "granted_by": "Sao Mai", "signatory_role": "director", "granted_on": "2024-12-20", "text_version": "v2",
    "onward_use": "none", "retention_until": "2027-06-30",
}  # fmt: skip


def _read(read: Reader, *changes: dict[str, str]) -> Staged:
    return read(table([list(GRANT), *(list({**GRANT, **change}.values()) for change in changes)]))


def test_a_whole_grant_is_staged(read: Reader) -> None:
    staged = _read(read, {}, {"grant_id": "g-2", "valid_to": "", "instrument": "*", "assessment": "*"})
    assert staged.column("grant", "grant_id") == ["g-1", "g-2"]
    assert [str(day) for day in staged.column("grant", "valid_to")] == ["2026-12-31", "None"]
    assert staged.issues() == []


@pytest.mark.parametrize(
    "column",
    ["grant_id", "facility_scheme", "facility_value", "instrument", "assessment", "audience", "scope"],
)
def test_a_grant_with_a_blank_is_withheld(read: Reader, column: str) -> None:
    staged = _read(read, {column: " "}, {"grant_id": "g-2"})
    assert staged.column("grant", "grant_id") == ["g-2"]
    assert staged.column("issue", "withheld") == [True]


@pytest.mark.parametrize("column", ["valid_from", "valid_to", "revoked_on", "retention_until"])
@pytest.mark.parametrize("text", ["31.12.2025", "yesterday", "2025-02-30"])
def test_a_grant_with_an_unreadable_date_is_withheld(read: Reader, column: str, text: str) -> None:
    staged = _read(read, {column: text}, {"grant_id": "g-2"})
    assert staged.column("grant", "grant_id") == ["g-2"]
    assert True in staged.column("issue", "withheld")


@pytest.mark.parametrize("column", sorted(GRANT))
def test_a_grant_with_an_excel_error_is_withheld(read: Reader, column: str) -> None:
    row = [{"error": "#N/A"} if name == column else value for name, value in GRANT.items()]
    staged = read(build({"S": [list(GRANT), row]}), "c/x.xlsx")
    if column in {"purpose", "evidence", "granted_by", "granted_on", "text_version"}:
        assert len(staged["grant"]) == 1
    else:
        assert staged["grant"] == []
    assert True in staged.column("issue", "withheld")


def test_a_grant_that_stands_twice_is_said(read: Reader) -> None:
    staged = _read(read, {}, {})
    assert len(staged["grant"]) == 1
    assert staged.issues() == [("row=2", "repeated_row")]


def test_what_a_grant_says_of_itself_is_kept(read: Reader) -> None:
    staged = _read(read, {})
    said = {name: staged.column("grant", name) for name in list(GRANT)[-6:]}
    assert {name: str(values[0]) for name, values in said.items()} == {name: GRANT[name] for name in said}


def test_the_factory_is_named_as_records_write_it(read: Reader) -> None:
    staged = _read(read, {"facility_value": "vn 2020090-123450"}, {"grant_id": "g-2", "facility_scheme": "pvh_factory"})
    assert staged.column("grant", "identifier") == ["VN2020090123450", "VN2020090123450"]
    assert staged.column("grant", "facility_value")[0] == "vn 2020090-123450"


@pytest.mark.parametrize(
    ("changes", "place", "cure"),
    [
        ({"valid_from": "2027-01-01"}, "row=1;col=valid_to", "Correct valid_from or valid_to."),
        ({"scope": "everything"}, "row=1;col=scope", "Correct the scope."),
        ({"facility_scheme": "osid"}, "row=1;col=facility_scheme", "Correct the scheme."),
        ({"facility_scheme": "*_factory"}, "row=1;col=facility_scheme", "Correct the scheme."),
        ({"instrument": "slcp_caf", "assessment": "*", "valid_to": ""}, "row=1;col=assessment", "Fill in valid_to."),
    ],
)
def test_a_grant_that_is_refused_says_where_and_what_to_do(
    read: Reader, changes: dict[str, str], place: str, cure: str
) -> None:
    staged = _read(read, changes)
    assert len(staged["grant"]) == 0
    found = [row for row in staged["issue"] if row["code"] == "refused_grant"]
    assert [(row["locator"], row["hint"]) for row in found] == [(place, cure)]


def test_a_grant_that_ends_on_its_first_day_is_one(read: Reader) -> None:
    assert len(_read(read, {"valid_from": "2026-12-31"})["grant"]) == 1
