"""One plan per factory: one line per matter, nothing lost, nothing closed, and what a later assessment proposes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from harmonize.assessments.corrective_actions.cells import repetition
from harmonize.assessments.corrective_actions.extract import plan_table
from harmonize.assessments.corrective_actions.plan import Plan, read_plans
from harmonize.assessments.corrective_actions.words import load_plan_words
from harmonize.assessments.corrective_actions.workbook import plan_workbook
from harmonize.workbooks import write_workbook
from harmonize.yaml_text import read_yaml
from tests.pipeline.worlds import AS_OF, Release, alone, deliver, demo_world, run_inbox
from tests.sources.delivering import better_work, envelope, gap, page, table
from tests.sources.workbooks import build

_SITE = {"name": "Sao Mai Garment", "address": "12 Road 3, An Phu", "city": "Bien Hoa", "country": "Vietnam"}
_GAP = {"FacilityName": _SITE["name"], "StreetAddress": _SITE["address"], "City": _SITE["city"]}
_PVH = ["Assessment ID", "PVH Factory ID", "Factory Name", "Address", "City", "Country", "Assessment Type",
        "Assessment Date", "Rating"]  # fmt: skip
_PVH_FINDINGS = ["Assessment ID", "Finding No", "Code Element", "Finding Class", "Description", "Due Date", "Status"]
_ENTERPRISES = ["ID", "Original Factory ID", "Name", "Address", "City", "Country"]
_PLAN = ["Factory ID", "Cycle", "Compliance.point", "Issue", "Action", "Due Date (dd/mm/yyyy)", "Status"]
TOILETS = "labour.osh.welfare_facilities.toilets"
PPE = "labour.osh.worker_protection.ppe_provided_and_used"
GUARDS = "labour.osh.worker_protection.machine_guards"
WAGES = "labour.compensation.method_of_payment.on_time"


def _gap(**changes: str) -> dict[str, str]:
    return {**_GAP, **changes}


def _pvh(assessments: Sequence[Sequence[Any]], findings: Sequence[Sequence[Any]]) -> bytes:
    site = ["PF-1", _SITE["name"], _SITE["address"], _SITE["city"], _SITE["country"]]
    rows = [[number, *site, kind, day, "Yellow"] for number, kind, day in assessments]
    return build({"Assessments": [_PVH, *rows], "Findings": [_PVH_FINDINGS, *findings]})


def _enterprises() -> bytes:
    row = ["BW-12", None, _SITE["name"], _SITE["address"], _SITE["city"], _SITE["country"]]
    return build({"Enterprises": [["Enterprise report"], _ENTERPRISES, row]})


def _better_work(number: str, day: str, cycle: str, answers: Mapping[str, str]) -> list[dict[str, str]]:
    common = {"Quest.ID": number, "Assesment.Start.Date": day, "Cycle": cycle}
    return [
        {
            **common,
            "CP": "Welfare Facilities",
            "Question.ID": question,
            "Q.Label": f"Label {question}",
            "Finding": found,
        }
        for question, found in answers.items()
    ]


def _caf(answers: Mapping[str, str], day: str, status: str = "VRF", number: str = "fslm-1") -> str:
    facts = {
        "fp-bi-1": _SITE["name"], "fp-bas-1": _SITE["address"], "fp-bas-2": _SITE["city"],
        "fp-bi-7": _SITE["country"], "vd-e4": day,
    }  # fmt: skip
    nodes = {
        key: {"value": value, "corrected": None, "selection": "Accurate", "flag": False, "data": "", "legal": ""}
        for key, value in {**facts, **answers}.items()
    }
    return page(
        envelope(id=number, version="fslm", cafVersion="1.7", status=status, statusHistory={status: "2026/03/10"},
                 questions=nodes)
    )  # fmt: skip


def _plan(release: Release, as_of: date | None = None) -> Plan:
    """The plan of the one factory of a release."""
    with duckdb.connect(str(release.database), read_only=True) as connection:
        ((facility_id,),) = connection.execute("SELECT facility_id FROM facility").fetchall()
        (plan,) = read_plans(connection, facility_id, as_of)
    return plan


def _line(plan: Plan, indicator_id: str) -> Mapping[str, Any]:
    (line,) = [line for line in plan.lines if line["indicator_id"] == indicator_id]
    return line


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A factory whom Gap, PVH, Better Work and SLCP assess; every rule of the plan has its matter."""
    folder = tmp_path_factory.mktemp("plan")
    rows = [
        # Toilets: also found by Better Work; a unmapped provision; a matter that is closed for good.
        _gap(VisitID="G-1", VisitDate="03/20/2025", ProvisionCode="II.G.3", FindingText="Toilets dirty",
             Severity="severe", TargetDate="04/20/2025", CAPStatus="Open", CAPAction="Clean twice a day"),
        _gap(VisitID="G-1", VisitDate="03/20/2025", ProvisionCode="Z.9.9", FindingText="=1+1", Severity="key",
             TargetDate="12/31/2026", CAPStatus="Open"),
        _gap(VisitID="G-1", VisitDate="03/20/2025", ProvisionCode="II.A.3", FindingText="Paid late",
             Severity="key", TargetDate="04/20/2025", CAPStatus="Closed"),
        # Guards: closed, then found again a year later.
        _gap(VisitID="G-1", VisitDate="03/20/2025", ProvisionCode="II.E.4", FindingText="Guards off",
             Severity="key", TargetDate="05/20/2025", CAPStatus="Closed"),
        _gap(VisitID="G-2", VisitDate="03/25/2026", ProvisionCode="II.E.4", FindingText="Guards off again",
             Severity="critical", TargetDate="08/20/2026", CAPStatus="Open"),
        # Protective equipment: open on two visits of one instrument.
        _gap(VisitID="G-1", VisitDate="03/20/2025", ProvisionCode="II.E.3", FindingText="No gloves",
             Severity="key", TargetDate="09/30/2026", CAPStatus="Open"),
        _gap(VisitID="G-2", VisitDate="03/25/2026", ProvisionCode="II.E.3", FindingText="No masks",
             Severity="key", TargetDate="10/31/2026", CAPStatus="Open"),
    ]  # fmt: skip
    files: dict[str, str | bytes] = {
        "gap/received-2026-04-01/visits.csv": gap(*rows),
        "pvh/received-2025-12-01/p.xlsx": _pvh(
            [("P-1", "Full", "07-Jun-2025"), ("P-2", "Follow-up", "07-Nov-2025")],
            [
                ["P-1", 1, "Wages", "Zero Tolerance", "No pay", "07-Jul-2025", "Open"],
                ["P-1", 2, "Hours of Work", "Minor", "Long weeks", "07-Sep-2025", "Open"],
                ["P-2", 1, "Wages", "Zero Tolerance", "No pay", "07-Jul-2025", "Closed"],
            ],
        ),
        "bwv/received-2026-04-01/enterprises.xlsx": _enterprises(),
        "bwv/received-2026-04-01/answers.csv": better_work(
            *_better_work("900101", "20/11/2025", "3", {"welfare_facilities.1": "1", "welfare_facilities.4": "1"}),
        ),
        "bwv/received-2026-04-02/plan.csv": table(
            [_PLAN, ["BW-12", "9", "Paid Leave", "Leave is denied", "Train supervisors", "15/05/2026", "Pending"]]
        ),
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


def test_findings_of_several_tools_on_one_indicator_are_one_line(release: Release) -> None:
    line = _line(_plan(release), TOILETS)
    assert line["instruments"] == ["better_work_cat", "gap"]
    assert (line["sources"], line["visits"], line["repetition"]) == (2, 2, "carried_over")
    assert line["is_same_matter"], "both ask just this"
    assert (line["first_found_on"], line["last_found_on"]) == (date(2025, 3, 20), date(2025, 11, 20))
    assert line["severities"] == ["gap: severe"]
    assert line["actions"] == ["Clean twice a day"]
    assert set(line["contributors"]) == {"bwv", "gap"}


def test_a_matter_that_no_indicator_names_is_kept_by_tool_edition_and_clause(release: Release) -> None:
    plan = _plan(release)
    (line,) = [line for line in plan.lines if line["matter"].startswith("clause|gap|")]
    assert line["indicator"] == "Z.9.9"
    assert line["status"] == "open"


def test_a_line_is_due_on_the_earliest_day_of_its_open_sources(release: Release) -> None:
    plan = _plan(release)
    assert _line(plan, TOILETS)["due_on"] == date(2025, 4, 20)
    assert _line(plan, PPE)["due_on"] == date(2026, 9, 30)
    assert _line(plan, GUARDS)["due_on"] == date(2026, 8, 20), "the closed one is due no more"
    assert _line(plan, WAGES)["due_on"] is None


def test_the_status_of_a_line(release: Release) -> None:
    plan = _plan(release)
    assert _line(plan, TOILETS)["status"] == "overdue"
    assert _line(plan, PPE)["status"] == "open"
    assert _line(plan, WAGES)["status"] == "closed"
    assert [line["status"] for line in plan.lines][-1] == "closed", "closed lines come last"
    due = [line["due_on"] for line in plan.open_lines if line["due_on"]]
    assert due == sorted(due)


def test_zero_tolerance_is_shown_and_the_native_word_stays(release: Release) -> None:
    lines = [line for line in _plan(release).lines if line["zero_tolerance"]]
    assert [line["severities"] for line in lines] == [["pvh: Zero Tolerance"]]


def test_what_is_found_again_after_closing_recurs(release: Release) -> None:
    plan = _plan(release)
    assert _line(plan, GUARDS)["repetition"] == "recurred"
    assert _line(plan, PPE)["repetition"] == "carried_over"
    assert _line(plan, WAGES)["repetition"] == "once"
    events = [
        (row["event"], row["happened_on"])
        for row in plan.history
        if row["line_id"] == _line(plan, GUARDS)["line_id"] and row["event"] != "in_scope_no_finding"
    ]
    assert events == [
        ("found", date(2025, 3, 20)),
        ("found_again", date(2026, 3, 25)),
        ("stated", date(2026, 4, 1)),
        ("stated_closed", date(2026, 4, 1)),
    ]


def test_an_action_whose_finding_nobody_knows_has_a_line_of_its_own(release: Release) -> None:
    plan = _plan(release)
    (line,) = [line for line in plan.lines if line["matter"].startswith("plan|")]
    assert line["actions"] == ["Train supervisors"]
    assert (line["status"], line["due_on"]) == ("overdue", date(2026, 5, 15))


def test_a_follow_up_that_prints_a_finding_as_closed_proposes_and_does_not_close(release: Release) -> None:
    plan = _plan(release)
    proposed = {(row["clause_raw"], row["kind"]): row for row in plan.closings}
    row = proposed["Wages", "closed_in_follow_up"]
    assert row["is_proposed"]
    assert row["accepted_by"] == "brand"
    assert row["raised_by"] == ["pvh"]
    line = _line(plan, "labour.compensation.overall")
    assert (line["status"], line["open_sources"], line["proposed_closings"]) == ("overdue", 1, 1)
    weak = proposed["Hours of Work", "not_listed_in_follow_up"]
    assert not weak["is_proposed"]


def test_no_finding_is_a_remark_and_never_a_proposal(release: Release) -> None:
    remarks = [row for row in _plan(release).closings if row["kind"] == "in_scope_no_finding"]
    assert remarks
    assert not any(row["is_proposed"] for row in remarks)


def test_a_day_in_the_past_knows_nothing_later(release: Release) -> None:
    plan = _plan(release, date(2025, 10, 1))
    assert {row["assessed_on"] for row in plan.sources} == {date(2025, 3, 20), date(2025, 6, 7)}
    assert _line(plan, TOILETS)["visits"] == 1
    assert not [row for row in plan.closings if row["said_on"] > date(2025, 10, 1)]
    assert _plan(release, date(2019, 1, 1)).lines == []
    assert _line(_plan(release, date(2026, 9, 1)), GUARDS)["status"] == "overdue"


def test_the_view_is_the_plan_of_the_day_of_the_release(release: Release) -> None:
    shown = release.query("SELECT line_id, status, due_on FROM v_corrective_action_plan ORDER BY line_id")
    plan = _plan(release)
    assert shown == sorted((line["line_id"], line["status"], line["due_on"]) for line in plan.lines)
    assert _plan(release, AS_OF).lines == plan.lines


_MET = {"met_later", "met_on_other_basis"}


def _closings(folder: Path, files: Mapping[str, str | bytes]) -> list[Mapping[str, Any]]:
    found = run_inbox(deliver(folder / "inbox", files), folder / "out")
    return [row for row in _plan(found).closings if row["kind"] != "in_scope_no_finding"]


def _found_by_better_work(day: str = "20/03/2025", **answers: str) -> dict[str, str | bytes]:
    return {
        "bwv/enterprises.xlsx": _enterprises(),
        "bwv/answers.csv": better_work(*_better_work("900101", day, "3", answers or {"welfare_facilities.1": "1"})),
    }


def test_a_later_answer_that_implies_met_proposes_closing(tmp_path: Path) -> None:
    files = {**_found_by_better_work(), "gateway/caf.json": _caf({"hs-gen-8": "Yes"}, "2026-01-20")}
    (row,) = _closings(tmp_path, files)
    assert (row["kind"], row["is_proposed"]) == ("met_later", True)
    assert (row["said_by"], row["said_on"], row["question_id"]) == ("slcp_caf", date(2026, 1, 20), "hs-gen-8")
    assert (row["verification"], row["finding_verification"]) == ("onsite", "onsite")
    assert row["accepted_by"] == "programme"
    assert row["path"] == "gateway/caf.json"
    assert "hs-gen-8" in row["locator"]


def test_an_answer_that_is_less_verified_is_a_remark(tmp_path: Path) -> None:
    files = {**_found_by_better_work(), "gateway/caf.json": _caf({"hs-gen-8": "Yes"}, "2026-01-20", "ASC")}
    assert [(row["kind"], row["is_proposed"]) for row in _closings(tmp_path, files)] == [("met_less_verified", False)]


def test_another_basis_is_said_and_left_to_people(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "gap/visits.csv": gap(_gap(VisitDate="03/20/2025", ProvisionCode="II.G.3")),
        "gateway/caf.json": _caf({"hs-gen-8": "Yes"}, "2026-01-20"),
    }
    (row,) = _closings(tmp_path, files)
    assert (row["kind"], row["is_proposed"]) == ("met_on_other_basis", True)
    assert (row["basis"], row["finding_basis"]) == ("national_law", "buyer_code")


@pytest.mark.parametrize(
    ("answers", "day"),
    [
        ({"hs-5-1x": "Yes"}, "2026-01-20"),  # A part that is met proves nothing of the whole.
        ({"hs-gen-8": "No"}, "2026-01-20"),
        ({"hs-gen-8": "Yes", "hs-5-1x": "No"}, "2026-01-20"),  # A part that is not met makes the whole not met.
        ({"hs-gen-8": "Yes"}, "2025-01-20"),  # Before it was found.
    ],
)
def test_what_proves_nothing_proposes_nothing(tmp_path: Path, answers: Mapping[str, str], day: str) -> None:
    files = {**_found_by_better_work(), "gateway/caf.json": _caf(answers, day)}
    assert not [row for row in _closings(tmp_path, files) if row["is_proposed"]]


def test_what_was_found_again_since_is_not_proposed(tmp_path: Path) -> None:
    files = {
        **_found_by_better_work(),
        "gateway/caf.json": _caf({"hs-gen-8": "Yes"}, "2025-09-20"),
        "gap/visits.csv": gap(_gap(VisitDate="01/20/2026", ProvisionCode="II.G.3")),
    }
    assert not [row for row in _closings(tmp_path, files) if row["is_proposed"]]


def test_a_difference_to_explain_says_so(tmp_path: Path) -> None:
    files = {**_found_by_better_work("20/12/2025"), "gateway/caf.json": _caf({"hs-gen-8": "Yes"}, "2026-01-20")}
    (row,) = _closings(tmp_path, files)
    assert row["is_contradiction"]
    assert row["days_later"] == 31


def test_the_same_question_met_when_asked_again_proposes_closing(tmp_path: Path) -> None:
    narrow = {"worker_protection.3": "1"}
    again = _better_work("900102", "20/03/2026", "4", {"worker_protection.3": "0"})
    first = _better_work("900101", "20/03/2025", "3", narrow)
    files: dict[str, str | bytes] = {
        "bwv/enterprises.xlsx": _enterprises(),
        "bwv/answers.csv": better_work(*first, *again),
    }
    (row,) = _closings(tmp_path, files)
    assert (row["kind"], row["is_proposed"], row["comparability"]) == ("same_question_met", True, "broad")


def test_self_assessment_and_its_verification_are_one_round(tmp_path: Path) -> None:
    ours = _caf({"hs-gen-8": "No"}, "2026-01-10", "ASC", "fslm-1")
    theirs = _caf({"hs-gen-8": "No"}, "2026-02-10", "VRF", "fslm-2")
    files = {"gateway/self.json": ours, "gateway/verified.json": theirs}
    found = run_inbox(deliver(tmp_path / "inbox", files), tmp_path / "out")
    assert found.column("SELECT count(verified_of) FROM assessment") == [1]
    line = _line(_plan(found), TOILETS)
    assert (line["sources"], line["visits"], line["repetition"]) == (2, 1, "once")


def test_what_a_verifier_finds_met_after_all_is_proposed(tmp_path: Path) -> None:
    ours = _caf({"hs-gen-8": "No"}, "2026-01-10", "ASC", "fslm-1")
    theirs = _caf({"hs-gen-8": "Yes"}, "2026-01-10", "VRF", "fslm-2")
    (row,) = _closings(tmp_path, {"gateway/self.json": ours, "gateway/verified.json": theirs})
    assert (row["kind"], row["is_proposed"], row["said_by"]) == ("met_later", True, "slcp_caf")


def test_two_parts_of_a_wide_matter_need_not_be_the_same(tmp_path: Path) -> None:
    first = _better_work("900101", "20/03/2025", "3", {"worker_protection.3": "1"})
    files: dict[str, str | bytes] = {
        "bwv/enterprises.xlsx": _enterprises(),
        "bwv/answers.csv": better_work(*first),
        "gateway/caf.json": _caf({"hs-31": "No"}, "2026-01-20"),
    }
    found = run_inbox(deliver(tmp_path / "inbox", files), tmp_path / "out")
    line = _line(_plan(found), PPE)
    assert (line["visits"], line["repetition"], line["is_same_matter"]) == (2, "carried_over", False)


def _made(folder: Path, files: Mapping[str, str | bytes]) -> Plan:
    return _plan(run_inbox(deliver(folder / "inbox", files), folder / "out"))


def test_a_finding_that_a_follow_up_prints_as_closed_is_its_check_and_no_new_one(tmp_path: Path) -> None:
    exit_locked = {"ProvisionCode": "II.G.3", "FindingText": "Toilets dirty"}
    plan = _made(
        tmp_path,
        {
            "gap/visits.csv": gap(
                _gap(VisitID="G-1", VisitDate="03/20/2025", CAPStatus="Open", **exit_locked),
                _gap(VisitID="G-2", VisitDate="05/20/2025", VisitType="Follow-up", CAPStatus="Closed", **exit_locked),
            ),
            **_found_by_better_work("20/11/2025"),
        },
    )
    line = _line(plan, TOILETS)
    assert (line["sources"], line["visits"], line["repetition"]) == (3, 2, "recurred")
    assert (line["first_found_on"], line["last_found_on"]) == (date(2025, 3, 20), date(2025, 11, 20))
    (found,) = [row for row in plan.history if row["event"] == "found"]
    (closed,) = [row for row in plan.history if row["event"] == "closed"]
    assert (closed["source_id"], closed["happened_on"]) == (found["source_id"], date(2025, 5, 20))
    assert [row["happened_on"] for row in plan.history if row["event"] == "found_again"] == [date(2025, 11, 20)]


@pytest.mark.parametrize(
    ("changes", "visits"),
    [
        pytest.param({"CAPStatus": "Open"}, 2, id="what is still open was found once more"),
        pytest.param({"CAPStatus": "Closed", "VisitType": "Full"}, 2, id="a full audit finds by itself"),
        pytest.param({"CAPStatus": "Closed"}, 1, id="a follow-up checks"),
    ],
)
def test_only_a_follow_up_that_prints_a_finding_as_closed_checks_it(
    tmp_path: Path, changes: Mapping[str, str], visits: int
) -> None:
    first = _gap(VisitID="G-1", VisitDate="03/20/2025", ProvisionCode="II.G.3", CAPStatus="Open")
    again = {**first, "VisitID": "G-2", "VisitDate": "05/20/2025", "VisitType": "Follow-up", **changes}
    assert _line(_made(tmp_path, {"gap/visits.csv": gap(first, again)}), TOILETS)["visits"] == visits


@pytest.mark.parametrize(
    ("kind", "rating", "is_said"),
    [("Full", "Yellow", True), ("Follow-up", "Yellow", False), ("Better Work", "Blue", False)],
)
def test_what_checks_or_restates_says_nothing_by_its_silence(
    tmp_path: Path, kind: str, rating: str, is_said: bool
) -> None:
    site = ["PF-1", _SITE["name"], _SITE["address"], _SITE["city"], _SITE["country"]]
    sheet = [_PVH, ["P-1", *site, kind, "20-Dec-2025", rating]]
    rated = build({"Assessments": sheet, "Findings": [_PVH_FINDINGS]})
    found = run_inbox(
        deliver(tmp_path / "inbox", {**_found_by_better_work("20/11/2025"), "pvh/p.xlsx": rated}), tmp_path / "out"
    )
    remarks = [row for row in _plan(found).closings if row["kind"] == "in_scope_no_finding"]
    assert bool(remarks) == is_said


@pytest.mark.parametrize(("text", "is_same"), [("Long weeks", True), ("No day of rest", False)])
def test_a_wide_matter_is_found_again_in_the_same_words_alone(tmp_path: Path, text: str, is_same: bool) -> None:
    rows = [
        ["P-1", 1, "Hours of Work", "Minor", "Long weeks", "07-Jul-2025", "Closed"],
        ["P-2", 1, "Hours of Work", "Minor", text, "07-Jul-2026", "Open"],
    ]
    audits = [("P-1", "Full", "07-Jun-2025"), ("P-2", "Full", "07-Jun-2026")]
    plan = _made(tmp_path, {"pvh/p.xlsx": _pvh(audits, rows)})
    (line,) = plan.lines
    assert {row["comparability"] for row in plan.sources} & {"exact", "close"} == set()
    assert (line["visits"], line["is_same_matter"]) == (2, is_same)
    assert line["repetition"] == ("recurred" if is_same else "carried_over")
    assert any(row["event"] == "found_again" for row in plan.history) == is_same
    words = load_plan_words(alone().find("schemas/corrective_actions.yml")).spoken(None)
    assert ("(perhaps other parts of it)" in repetition(line, words)) != is_same


def test_a_source_says_that_another_receiver_was_told_otherwise(tmp_path: Path) -> None:
    row = _gap(VisitID="G-1", FacilityID="F-1", VisitDate="03/20/2025", ProvisionCode="II.G.3", FindingText="Dirty",
               TargetDate="04/20/2025", Severity="key")  # fmt: skip
    other = {**row, "Severity": "critical", "TargetDate": "06/20/2025"}
    plan = _made(tmp_path, {"gap/visits.csv": gap(row), "levis/visits.csv": gap(other)})
    (source,) = plan.sources
    told = {source["severity_raw"], *source["severity_elsewhere"]}
    assert told == {"key", "critical"}
    assert len(source["due_elsewhere"]) == 1
    assert source["status_elsewhere"] is None
    words = load_plan_words(alone().find("schemas/corrective_actions.yml")).spoken(None)
    stream = BytesIO()
    write_workbook(stream, plan_workbook(plan, words))
    stream.seek(0)
    book = CalamineWorkbook.from_filelike(stream)
    lines = [line for name in book.sheet_names for line in book.get_sheet_by_name(name).to_python()]
    cells = [str(cell) for line in lines for cell in line]
    assert f"{source['severity_raw']}; printed as {source['severity_elsewhere'][0]} for another receiver" in cells
    assert any("hold the same report with different words" in cell for cell in cells)
    (told_in_csv,) = plan_table(plan, words, is_text=True).column("receiver_differences").to_pylist()
    of = f"{plan.titles['gap']} 2025-03-20 II.G.3"
    severity = f"{source['severity_raw']}; printed as {source['severity_elsewhere'][0]} for another receiver"
    due = f"{source['due_on']}; printed as {source['due_elsewhere'][0]} for another receiver"
    assert told_in_csv == f"{of}, Severity as printed: {severity}; {of}, Due: {due}"


# Laws, on the invented world.


def test_every_finding_of_compliance_stands_in_exactly_one_line() -> None:
    release = demo_world().release
    wanted = release.column("""
        SELECT finding_id FROM finding LEFT JOIN indicator i USING (indicator_id) JOIN assessment USING (assessment_id)
        WHERE (i.kind IS NULL OR i.kind = 'compliance') AND published
    """)
    placed = release.column("SELECT finding_id FROM v_corrective_action_source WHERE finding_id IS NOT NULL")
    assert Counter(placed) == Counter(wanted)
    assert len(wanted) > 100
    unplaced = release.one("""
        SELECT count(*) FROM v_corrective_action_source s
        WHERE (SELECT count(*) FROM v_corrective_action_plan l WHERE l.line_id = s.line_id) <> 1
    """)
    assert unplaced == 0
    assert release.one("SELECT count(*) - sum(sources) FROM v_corrective_action_plan") <= 0
    assert release.one("SELECT sum(sources) FROM v_corrective_action_plan") == release.one(
        "SELECT count(*) FROM v_corrective_action_source"
    )


def test_open_lines_are_those_of_open_findings_and_nothing_else() -> None:
    release = demo_world().release
    lines = release.query("SELECT line_id, status, due_on, visits FROM v_corrective_action_plan")
    sources: dict[str, list[tuple[Any, ...]]] = {}
    query = (
        "SELECT line_id, status, due_on, CASE WHEN is_visit THEN round_id END, closes_id "
        "FROM v_corrective_action_source"
    )
    for line_id, *rest in release.query(query):
        sources.setdefault(line_id, []).append(tuple(rest))
    assert len(lines) == len(sources)
    for line_id, status, due_on, visits in lines:
        opened = [row for row in sources[line_id] if row[0] != "closed"]
        assert (status == "closed") == (not opened)
        assert due_on == min((due for _, due, *_ in opened if due), default=None)
        assert visits == len({round_id for *_, round_id, closes in sources[line_id] if round_id and not closes})
        overdue = any(said == "overdue" or (due and due < AS_OF) for said, due, *_ in opened)
        assert (status == "overdue") == overdue


def test_every_proposal_follows_from_the_entailment_table() -> None:
    release = demo_world().release
    entailment = read_yaml(alone().find("schemas/entailment.yml"))
    rows = release.query(
        "SELECT kind, comparability, state, evidence_day, found_on FROM v_proposed_closing WHERE is_proposed"
    )
    met = [row for row in rows if row[0] in _MET]
    assert met
    for _, comparability, state, _, _ in met:
        assert entailment[comparability][state] == "met"
    assert (
        release.one("""
        SELECT count(*) FROM v_proposed_closing p JOIN finding n USING (finding_id)
        WHERE p.is_proposed AND n.status = 'closed'
    """)
        == 0
    ), "what is closed needs no proposal"


def test_the_plan_of_one_factory_is_its_part_of_all() -> None:
    release = demo_world().release
    with duckdb.connect(str(release.database), read_only=True) as connection:
        plans = read_plans(connection, None, None)
        assert len(plans) > 5
        for plan in plans[:3]:
            (alone_plan,) = read_plans(connection, plan.facility["facility_id"], None)
            assert alone_plan == plan


def test_the_demo_plans_hold_the_true_findings() -> None:
    """Planted findings stand in the plan of their factory, open or closed as they were planted."""
    world = demo_world()
    with (world.truth / "findings.csv").open(encoding="utf-8", newline="") as lines:
        truth = list(csv.DictReader(lines))
    with (world.truth / "assessments.csv").open(encoding="utf-8", newline="") as lines:
        native = {row["assessment"]: row for row in csv.DictReader(lines)}
    printed = set(world.release.column("SELECT native_id FROM assessment WHERE native_id IS NOT NULL"))
    wanted: Counter[tuple[str, str, str, str, bool]] = Counter()
    for row in truth:
        told = native[row["assessment"]]
        # (A workbook of CAF prints no id.)
        if told["native_id"] in printed:
            wanted[row["instrument"], told["native_id"], row["clause"], row["due_on"], row["closed"] == "True"] += 1
    found: Counter[tuple[str, str, str, str, bool]] = Counter()
    for instrument, number, clause, due_on, is_open in world.release.query("""
        SELECT s.instrument, a.native_id, s.clause_raw, n.due_on, s.is_open
        FROM v_corrective_action_source s
        JOIN assessment a USING (assessment_id)
        JOIN finding n USING (finding_id)
    """):
        found[instrument, number, clause, str(due_on or ""), not is_open] += 1
    assert len(wanted) > 30
    assert not wanted - found


def test_a_finding_that_a_later_copy_denies_stays_and_one_found_after_met_says_so(tmp_path: Path) -> None:
    first, second = "welfare_facilities.1", "welfare_facilities.4"
    rows = _better_work("900101", "20/11/2024", "2", {first: "0", second: "1"})
    told, denied = (_better_work("900102", "20/11/2025", "3", {first: said, second: "0"}) for said in ("1", "0"))
    last = _better_work("900103", "20/03/2026", "4", {first: "0", second: "1"})
    files: dict[str, str | bytes] = {
        "bwv/received-2026-04-01/enterprises.xlsx": _enterprises(),
        "bwv/received-2026-04-01/answers.csv": better_work(*rows, *told, *last),
        "levis/received-2026-05-01/forwarded.csv": better_work(*denied),
    }
    release = run_inbox(deliver(tmp_path / "inbox", files), tmp_path / "out")
    assert release.query(
        "SELECT DISTINCT severity::VARCHAR FROM issue WHERE code = 'report_differs_between_receivers'"
    ) == [("warning",)]
    plan = _plan(release)
    (line,) = plan.differing_lines
    assert (line["open_sources"], line["visits"], line in plan.open_lines) == (0, 0, False)
    (source,) = (row for row in plan.sources if row["line_id"] == line["line_id"])
    assert (source["status_raw"], source["said_elsewhere"], source["contributors"]) == ("1", ["0"], ["bwv"])
    (again,) = plan.open_lines
    assert (again["repetition"], again["met_between_on"], again["visits"]) == ("found_after_met", date(2025, 11, 20), 2)
    events = [(row["event"], row["happened_on"]) for row in plan.history if row["line_id"] == again["line_id"]]
    assert ("met_later", date(2025, 11, 20)) in events
    assert again["proposed_closings"] == 0


def test_a_status_that_an_improvement_plan_states_leads_to_the_row_of_the_plan(tmp_path: Path) -> None:
    asked = [
        {**row, "Q.Label": "Enough toilets"}
        for row in _better_work("900101", "20/11/2025", "9", {"welfare_facilities.1": "1"})
    ]
    files: dict[str, str | bytes] = {
        "alpha/answers.csv": better_work(*asked),
        "bwv/plan.csv": table(
            [_PLAN, ["BW-12", "9", asked[0]["CP"], "Enough toilets", "Build two", "15/05/2026", "In Progress"]]
        ),
        "bwv/enterprises.xlsx": _enterprises(),
    }
    plan = _plan(run_inbox(deliver(tmp_path / "inbox", files), tmp_path / "out"))
    (stated,) = [row for row in plan.history if row["event"] == "stated"]
    assert (stated["told"], stated["path"], stated["contributors"]) == ("In Progress", "bwv/plan.csv", ["bwv"])
    (found,) = [row for row in plan.history if row["event"] == "found"]
    assert (found["path"], found["contributors"]) == ("alpha/answers.csv", ["alpha"])
