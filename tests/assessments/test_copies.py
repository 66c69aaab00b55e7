"""Deliveries of one assessment: what groups them, how each relates to the first, and what must stay apart."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import better_work, gap
from tests.sources.workbooks import build

# Deliveries of one Gap visit by path, each with the relation that it must have.
RELATIONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "copy": {
        "alpha/received-2026-01-01/{}.csv": ("original", "a"),
        "beta/received-2026-02-01/{}.csv": ("copy", "a"),
    },
    "twin": {
        "beta/received-2026-01-01/{}.csv": ("original", "identical"),
        "alpha/received-2026-02-01/{}.csv": ("copy", "identical"),
        "beta/received-2026-03-01/{}.csv": ("reupload", "identical"),
    },
    "again": {
        "alpha/received-2026-01-01/{}.csv": ("original", "a"),
        "alpha/received-2026-02-01/{}.csv": ("reupload", "a"),
    },
    "update": {
        "alpha/received-2026-01-01/{}.csv": ("original", "a"),
        "alpha/received-2026-02-01/{}.csv": ("amended", "b"),
    },
    "undated": {
        "zeta/{}.csv": ("original", "a"),
        "alpha/received-2020-02-01/{}.csv": ("copy", "a"),
    },
    "alphabet": {
        "alpha/x/{}.csv": ("original", "a"),
        "beta/a/{}.csv": ("copy", "a"),
    },
}


def _visit(case: str, content: str, place: int) -> str:
    header = {
        "VisitID": f"G-{case}",
        "FacilityID": f"GF-{case}",
        "FacilityName": f"{case.title()} Garment",
        "StreetAddress": f"{len(case)} {case.title()} Road",
    }
    rows = [
        {**header, "ProvisionCode": "III.B.08", "FindingText": "Hours too long"},
        {**header, "ProvisionCode": "I.A", "FindingText": "Age not checked"},
    ]
    if content == "b":
        rows[0]["CAPStatus"] = "Closed"
    # The same visit in another order of rows is another file that says the same.
    return gap(*(rows if content == "identical" or not place else rows[::-1]))


def _smeta(day: str, text: str) -> bytes:
    return _smeta_of("Chao Fah Sewing", day, text)


CUT = ("Guard of press 4 missing", "Exit of hall 2 shut", "No drill since March", "Slips without hours")
CUT_OF = {"Vam Co": ("Full", "Full"), "Sa Dec": (None, None), "Go Cong": ("Full", "Follow-up")}
"""Factories, with the types of the two."""


def _smeta_of(factory: str, day: str, *texts: str, kind: str | None = None) -> bytes:
    details = [
        *([["Audit type", kind]] if kind else []),
        ["Site name", factory],
        ["Site address", "99 Moo 5"],
        ["Country", "Thailand"],
        ["Date of Audit", day],
    ]
    header = ["Non-Compliance Number", "Details of Non-Compliance", "Timescale", "Status", "Clause"]
    return build(
        {
            "Audit Details": details,
            "CAPR": [header, *([str(no), text, "60", "Open", "3.1"] for no, text in enumerate(texts, start=1))],
        }
    )


def _ersa(factory: str, day: str, announcement: str | None) -> bytes:
    """A report without a number; all say the same but for day and announcement."""
    overview = [
        ["Facility Name", factory],
        ["Facility Address", f"{len(factory)} {factory.split()[0]} Road"],
        ["Country", "Vietnam"],
    ]
    overview += [["Assessment Date", day], *([["Announcement", announcement]] if announcement else [])]
    header = ["Provision", "Question No", "Question", "Answer"]
    asked = [["H&S", number, f"Q {number}", "No" if number == 3 else "Yes"] for number in range(1, 9)]
    return build({"Overview": overview, "Results": [header, *asked]})


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("copies")
    files: dict[str, str | bytes] = {
        path.format(case): _visit(case, content, place)
        for case, deliveries in RELATIONS.items()
        for place, (path, (_, content)) in enumerate(deliveries.items())
    }
    files |= {
        # No audit number, and a date that nobody can read: two reports, never one.
        "northline/undated.xlsx": _smeta("31 June 2025", "Guard missing"),
        "harbour/undated.xlsx": _smeta("31 June 2025", "Guard missing!"),
        # No audit number, but a day: factory, day and type tell that it is one.
        "northline/dated.xlsx": _smeta("28 May 2025", "Guard missing"),
        "harbour/dated.xlsx": _smeta("28 May 2025", "Guard missing!"),
        # Alike in every answer, on days close by.
        "northline/announced.xlsx": _ersa("Minh Anh Garment", "2026-06-15", "Announced"),
        "harbour/unannounced.xlsx": _ersa("Minh Anh Garment", "2026-06-16", "Unannounced"),
        "northline/first.xlsx": _ersa("Hoang Long Footwear", "2026-06-15", "Announced"),
        "harbour/second.xlsx": _ersa("Hoang Long Footwear", "2026-06-16", "Fully announced"),
        "alpha/silent.xlsx": _ersa("Phu Tai Knitting", "2026-06-15", "Announced"),
        "beta/silent.xlsx": _ersa("Phu Tai Knitting", "2026-06-16", None),
        # Typed anew two days later, one of two texts otherwise.
        "northline/typed.xlsx": _smeta_of("Bien Xanh Garment", "4 May 2025", "Guard missing", "Exit shut", "No drill"),
        "harbour/typed.xlsx": _smeta_of("Bien Xanh Garment", "6 May 2025", "Guard missing", "Exit shut", "No drills"),
        # Cut from a list, and dated a day later: of two full audits, of one whose type is not told, of a follow-up.
        **{
            f"{place}/cut_{number}.xlsx": _smeta_of(
                f"{factory} Garment", f"{day} June 2025", *CUT[: 4 if day == 3 else 3], kind=kind
            )
            for number, (factory, kinds) in enumerate(CUT_OF.items())
            for place, day, kind in zip(("northline", "harbour"), (3, 4), kinds, strict=True)
        },
        # On one day; and one that states neither.
        "northline/one_day.xlsx": _ersa("Rach Gia Uniforms", "2026-06-15", "Announced"),
        "harbour/one_day.xlsx": _ersa("Rach Gia Uniforms", "2026-06-15", "Unannounced"),
        "alpha/one_day.xlsx": _ersa("Rach Gia Uniforms", "2026-06-15", "Fully announced"),
        "northline/neither.xlsx": _ersa("Ca Mau Workwear Two", "2026-06-15", "Announced"),
        "harbour/neither.xlsx": _ersa("Ca Mau Workwear Two", "2026-06-15", "Unannounced"),
        "alpha/neither.xlsx": _ersa("Ca Mau Workwear Two", "2026-06-15", None),
        "gap/cycles.csv": better_work(
            {"Quest.ID": "7001", "Cycle": "3", "Assesment.Start.Date": "20/11/2024"},
            {"Quest.ID": "7002", "Cycle": "4", "Assesment.Start.Date": "21/11/2025"},
        ),
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


@pytest.mark.parametrize("case", RELATIONS)
def test_every_delivery_has_its_relation_to_the_first(case: str, release: Release) -> None:
    found = dict(
        release.query(
            "SELECT f.path, c.relation FROM assessment_copy c JOIN file f USING (file_id) WHERE c.native_id = ?",
            f"G-{case}",
        )
    )
    assert found == {path.format(case): relation for path, (relation, _) in RELATIONS[case].items()}


@pytest.mark.parametrize("case", RELATIONS)
def test_deliveries_of_one_visit_are_one_assessment_with_two_findings(case: str, release: Release) -> None:
    assert release.query(
        "SELECT count(DISTINCT assessment_id), count(*) FROM finding JOIN assessment s USING (assessment_id) "
        "WHERE s.native_id = ?",
        f"G-{case}",
    ) == [(1, 2)]


def test_only_one_of_identical_files_is_loaded(release: Release) -> None:
    found = release.query(
        "SELECT status::VARCHAR, count(*) FROM file WHERE path LIKE '%/twin.csv' GROUP BY 1 ORDER BY 1"
    )
    assert found == [("duplicate", 2), ("loaded", 1)]
    assert release.one("SELECT copy_count FROM assessment WHERE native_id = 'G-twin'") == 3


def test_exactly_one_copy_wins(release: Release) -> None:
    assert (
        release.query(
            "SELECT assessment_id FROM assessment_copy GROUP BY 1 HAVING count(*) FILTER (wins) <> 1 "
            "OR count(*) FILTER (relation = 'original') <> 1"
        )
        == []
    )


def test_undated_reports_without_a_number_stay_apart(release: Release) -> None:
    assert release.one("SELECT count(*) FROM assessment WHERE instrument = 'smeta' AND assessed_on IS NULL") == 2


def test_dated_reports_without_a_number_are_one_by_factory_and_day(release: Release) -> None:
    assert release.query(
        "SELECT copy_count FROM assessment WHERE instrument = 'smeta' AND assessed_on = DATE '2025-05-28'"
    ) == [(2,)]


def test_a_new_cycle_is_a_new_assessment_that_supersedes_the_last(release: Release) -> None:
    cycles = release.query(
        "SELECT s.native_id, p.native_id FROM assessment s LEFT JOIN assessment p ON p.assessment_id = s.supersedes "
        "WHERE s.instrument = 'better_work_cat' ORDER BY 1"
    )
    assert cycles == [("7001", None), ("7002", "7001")]


@pytest.mark.parametrize(
    ("factory", "reports"), [("Minh Anh Garment", 2), ("Hoang Long Footwear", 1), ("Phu Tai Knitting", 1)]
)
def test_an_announced_visit_and_an_unannounced_one_are_two_however_alike(
    factory: str, reports: int, release: Release
) -> None:
    found = release.query(
        "SELECT s.assessment_id, s.visit_id FROM assessment s JOIN facility USING (facility_id) WHERE name = ?", factory
    )
    assert (len(found), len({visit for _, visit in found})) == (reports, reports)


@pytest.mark.parametrize(
    ("factory", "reports"),
    [
        ("Rach Gia Uniforms", [["alpha", "northline"], ["harbour"]]),
        ("Ca Mau Workwear Two", [["alpha"], ["harbour"], ["northline"]]),
    ],
)
def test_on_one_day_they_are_two_and_what_states_neither_is_of_none(
    factory: str, reports: list[list[str]], release: Release
) -> None:
    found = release.query(
        "SELECT list(contributor ORDER BY contributor) FROM assessment_copy JOIN assessment USING (assessment_id) "
        "JOIN facility USING (facility_id) WHERE name = ? GROUP BY assessment_id ORDER BY 1",
        factory,
    )
    shown = release.query("SELECT stands FROM doubtful_copy JOIN facility USING (facility_id) WHERE name = ?", factory)
    assert ([one for (one,) in found], len(shown)) == (reports, len(reports) * (len(reports) - 1) // 2)


@pytest.mark.parametrize(("factory", "reports"), [("Vam Co", 1), ("Sa Dec", 2), ("Go Cong", 2)])
def test_a_list_is_cut_from_another_of_a_day_earlier_where_both_are_full(
    factory: str, reports: int, release: Release
) -> None:
    query = "SELECT count(*) FROM assessment JOIN facility USING (facility_id) WHERE name = ?"
    assert release.one(query, f"{factory} Garment") == reports


def test_a_steward_is_shown_what_may_be_typed_anew_days_later(release: Release) -> None:
    shown = release.query(
        "SELECT stands, days_apart, compared, agreement FROM doubtful_copy JOIN facility USING (facility_id) "
        "WHERE name = 'Bien Xanh Garment'"
    )
    assert shown == [("apart", 2, 4, 0.5)]


def test_a_steward_is_shown_two_visits_that_are_all_alike(release: Release) -> None:
    shown = release.query(
        "SELECT stands, days_apart FROM doubtful_copy JOIN facility USING (facility_id) WHERE name = ?",
        "Minh Anh Garment",
    )
    assert shown == [("apart", 1)]
