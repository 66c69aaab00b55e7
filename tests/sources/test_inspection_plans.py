"""Corrective action plans of building inspections: forms that print no clause, and mix their dates."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.sources.delivering import Reader, Staged
from tests.sources.workbooks import build

OF_2018 = [
    "Visit Type", "Sub Visit Type", "Item No", "Accord Inspection Observation", "Accord Action Plan",
    "Final Action Plan", "Final Timeline", "Comments from Accord", "Accord Timeline", "Progress Status",
]  # fmt: skip
OF_2024 = [
    "Inspection Visit Type", "Inspection Visit Sub Type", "Item No", "Inspection Observation",
    "Inspection Action Plan", "Factory Action Plan", "Final Timeline", "Inspection Comments", "Inspection Timeline",
    "Progress Status",
]  # fmt: skip
LINE = ["Initial", "Fire", "1", "Exit door locked", "Unlock it", "", "11-Jul-2018", "", "", "Corrected"]


def _form(*lines: list[Any], title: str = "Plan", name: str = "Meghna Stitch Ltd.", headers: Any = None) -> list[Any]:
    block = [[title], ["Factory Name & Address", name], ["Date of Inspection", {"date": "2014-09-03"}], []]
    return [*block, headers or OF_2018, *(lines or [LINE])]


def _read(read: Reader, *lines: list[Any], **changes: Any) -> Staged:
    return read(build({"Sheet1": _form(*lines, **changes)}), "c/plan.xlsx")


@pytest.mark.parametrize("headers", [OF_2018, OF_2024])
def test_a_plan_of_either_year_is_one(read: Reader, headers: list[str]) -> None:
    staged = _read(read, headers=headers)
    assert staged.instrument == "accord_rsc"
    (finding,) = staged["finding"]
    assert (finding["native_id"], finding["clause"], finding["description"]) == ("1", "fire", "Exit door locked")
    assert (finding["action"], finding["status_raw"], finding["status"]) == ("Unlock it", "Corrected", "closed")
    assert staged.unaccounted() == 0


@pytest.mark.parametrize(
    ("printed", "due"),
    [
        ("11-Jul-2018", date(2018, 7, 11)),
        ("31/12/2017", date(2017, 12, 31)),
        ("05/06/2018", date(2018, 6, 5)),
        ("9/30/2014 12:00:00 AM", date(2014, 9, 30)),
        ("5/6/2018 12:00:00 AM", date(2018, 5, 6)),
        ("Jun 23 2019", date(2019, 6, 23)),
        ("within 6-weeks", date(2014, 10, 15)),
        ("Within 6 weeks", date(2014, 10, 15)),
        ("immediate", date(2014, 9, 3)),
        ("12/31/2017", None),
        ("when money is there", None),
    ],
)
def test_dates_of_one_file_are_read_each_in_its_form(read: Reader, printed: str, due: date | None) -> None:
    staged = _read(read, [*LINE[:6], printed, *LINE[7:]])
    assert staged.column("finding", "due_on") == [due]
    assert (staged.issues() == []) is (due is not None)


@pytest.mark.parametrize(
    ("kind", "sub", "number", "title", "code"),
    [
        ("Initial", "Electrical", "1", "Plan", "electrical"),
        ("Structural Inspection", "Follow-up", "1", "Plan", "structural"),
        ("Initial", "", "F-12", "Plan", "fire"),
        ("Initial", "", "3", "STRUCTURAL & BUILDING SAFETY", "structural"),
        ("Initial", "Fire", "3", "ELECTRICAL SAFETY", "fire"),
        ("Initial", "Fire and electrical", "3", "Accord on Fire and Building Safety", "Fire and electrical"),
    ],
)
def test_the_inspection_tells_what_a_line_is_about(
    read: Reader, kind: str, sub: str, number: str, title: str, code: str
) -> None:
    assert _read(read, [kind, sub, number, *LINE[3:]], title=title).column("finding", "clause") == [code]


def test_an_observation_does_not_tell_what_a_line_is_about(read: Reader) -> None:
    line = ["Initial", "Electrical", "1", "Fire door blocked, structural column cracked", *LINE[4:]]
    assert _read(read, line).column("finding", "clause") == ["electrical"]


def test_forms_of_one_day_are_visits_of_their_own(read: Reader) -> None:
    electrical = ["Initial", "Electrical", *LINE[2:]]
    staged = read(build({"A": _form(), "B": _form(electrical)}), "c/plan.xlsx")
    assert staged.column("assessment", "assessment_type") == ["fire", "electrical"]
    both = _read(read, LINE, electrical)
    assert both.column("assessment", "assessment_type") == [None]


@pytest.mark.parametrize(
    ("printed", "name", "address", "country"),
    [
        ("Meghna Ltd., Plot 1, Dhaka, Bangladesh", "Meghna Ltd.", "Plot 1, Dhaka, Bangladesh", "BD"),
        ("Meghna Co., Ltd., Plot 1, Dhaka", "Meghna Co., Ltd.", "Plot 1, Dhaka", None),
        ("Meghna Stitch\nPlot 1, Lahore, Pakistan", "Meghna Stitch", "Plot 1, Lahore, Pakistan", "PK"),
        ("Meghna Stitch\nPlot 1, Gazipur\nBangladesh", "Meghna Stitch", "Plot 1, Gazipur, Bangladesh", "BD"),
        ("Meghna Stitch", "Meghna Stitch", None, None),
    ],
)
def test_name_address_and_country_may_stand_in_one_cell(
    read: Reader, printed: str, name: str, address: str | None, country: str | None
) -> None:
    (mention,) = _read(read, name=printed)["mention"]
    assert (mention["name"], mention["address"], mention["country"]) == (name, address, country)


def test_a_word_of_progress_that_nobody_knows_is_withheld_alone(read: Reader) -> None:
    staged = _read(read, [*LINE[:9], "Half done"])
    assert staged.issues() == [("sheet=Sheet1;cell=J6", "unknown_status")]
    assert len(staged["finding"]) == 1
