"""What people decide about copies: it beats numbers and answers, lasts through re-exports, and is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harmonize.assessments.joining import DECIDED, Joined, Link, Report, join_reports
from tests.cli.conftest import Command, harmonize, sentence  # noqa: F401  (`harmonize` is a fixture)
from tests.pipeline.worlds import deliver
from tests.sources.delivering import envelope, gap, page
from tests.sources.workbooks import build

RUN = ("run", "quick.yml", "--inbox", "inbox", "--out", "out", "--as-of", "2026-06-30")
OUT = ("--out", "out")
BY = ("--by", "steward-1")
FINDINGS = (
    "Exit blocked by cartons in the store",
    "Overtime beyond sixty hours",
    "No drill was held this year",
    "Guards missing",
)


def _capr(day: str, reference: str = "") -> bytes:
    details = [
        ["Site name", "Chao Fah Sewing"],
        ["Site address", "99 Moo 5"],
        ["Country", "Thailand"],
        ["Date of Audit", day],
        ["Audit type", "Periodic"],
        ["Audit reference", reference],
    ]
    header = ["Non-Compliance Number", "Details of Non-Compliance", "Timescale", "Status", "Clause"]
    return build(
        {
            "Audit Details": details,
            "CAPR": [header, *([str(no), text, "60", "Open", f"3.{no}"] for no, text in enumerate(FINDINGS, 1))],
        }
    )


def _visit(text: str = "Hours too long", **changes: str) -> str:
    return gap({"VisitID": "G-1", "FindingText": text, **changes})


FILES: Mapping[str, str | bytes] = {
    # One report, one of them without a day: only a person can say.
    "northline/audit.xlsx": _capr("28 May 2025", "ZAA400000001"),
    "harbour/audit.xlsx": _capr("31 June 2025"),
    # One number, and a person knows better.
    "gap/visit.csv": _visit(),
    "levis/visit.csv": _visit("Something else", FacilityName="Sao Mai Garment "),
}


def _run(command: Command) -> dict[str, str]:
    import duckdb

    assert command(*RUN, "--json").code in (0, 1)
    with duckdb.connect("out/current/harmonized.duckdb", read_only=True) as connection:
        rows = connection.execute("SELECT f.path, c.assessment_id FROM assessment_copy c JOIN file f USING (file_id)")
        return dict(rows.fetchall())


def _copies() -> dict[str, str]:
    import duckdb

    with duckdb.connect("out/current/harmonized.duckdb", read_only=True) as connection:
        rows = connection.execute("SELECT f.path, c.copy_id FROM assessment_copy c JOIN file f USING (file_id)")
        return dict(rows.fetchall())


def _doubts(command: Command) -> list[str]:
    return [
        line
        for line in command("assessments", "doubtful", *OUT).out.splitlines()
        if line.startswith(("apart", "merged"))
    ]


@pytest.fixture
def released(harmonize: Command, tmp_path: Path) -> Command:  # noqa: F811
    deliver(tmp_path / "inbox", FILES)
    return harmonize


@pytest.mark.slow
def test_what_a_person_holds_for_one_is_one_until_it_is_undone(released: Command, tmp_path: Path) -> None:
    before = _run(released)
    one, other = before["northline/audit.xlsx"], before["harbour/audit.xlsx"]
    assert one != other
    assert len(_doubts(released)) == 1
    assert released("assessments", "decide", one, other, "--same", *BY, *OUT).code == 0
    joined = _run(released)
    assert joined["northline/audit.xlsx"] == joined["harbour/audit.xlsx"] == one
    assert _doubts(released) == []
    # The report without a day is known by its content, wherever it lies.
    (tmp_path / "inbox/harbour/audit.xlsx").rename(tmp_path / "inbox/harbour/again.xlsx")
    moved = _run(released)
    assert moved["northline/audit.xlsx"] == moved["harbour/again.xlsx"]
    assert released("assessments", "undo", *BY, *OUT).code == 0
    after = _run(released)
    assert after["northline/audit.xlsx"] != after["harbour/again.xlsx"]


@pytest.mark.slow
def test_what_a_person_holds_apart_stands_apart_also_in_a_re_export(released: Command, tmp_path: Path) -> None:
    before = _run(released)
    assert before["gap/visit.csv"] == before["levis/visit.csv"]
    copies = _copies()
    said = released(
        "assessments", "decide", copies["gap/visit.csv"], copies["levis/visit.csv"], "--different", *BY, *OUT
    )
    assert said.code == 0, said
    parted = _run(released)
    assert parted["gap/visit.csv"] != parted["levis/visit.csv"]
    deliver(tmp_path / "inbox", {"levis/visit.csv": _visit("Something else again", CAPStatus="Closed")})
    again = _run(released)
    assert again["levis/visit.csv"] == parted["levis/visit.csv"] != again["gap/visit.csv"]
    # And what was parted is joined again by the opposite word.
    assert (
        released("assessments", "decide", again["gap/visit.csv"], again["levis/visit.csv"], "--same", *BY, *OUT).code
        == 0
    )
    joined = _run(released)
    assert joined["gap/visit.csv"] == joined["levis/visit.csv"] == before["gap/visit.csv"]


def test_doubts_are_written_to_a_file(released: Command, tmp_path: Path) -> None:
    _run(released)
    assert released("assessments", "doubtful", "-o", "doubts.csv", *OUT).code == 0
    header, row = (tmp_path / "doubts.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("stands,a,b,instrument,facility,evidence")
    assert "northline/audit.xlsx" in row


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("HA0", "northline/audit.xlsx", "neither an assessment nor a copy"),
        ("northline/audit.xlsx", "northline/audit.xlsx", "one is part of the other"),
        ("northline/audit.xlsx", "gap/visit.csv", "is of factory"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_its_cure(a: str, b: str, said: str, released: Command) -> None:
    known = _run(released)
    refused = released("assessments", "decide", known.get(a, a), known.get(b, b), "--same", *BY, *OUT)
    assert said in sentence(refused)


def test_a_self_assessment_and_its_verification_are_never_made_one(
    harmonize: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    def caf(name: str, status: str) -> str:
        questions = {"fp-bi-1": {"value": "Sao Mai Garment"}, "wh-6": {"value": "No"}}
        return page(
            envelope(id=name, version="fslm", cafVersion="1.7", status=status, statusHistory={status: "2026/01/10"},
                     questions=questions)
        )  # fmt: skip

    deliver(tmp_path / "inbox", {"gateway/self.json": caf("s-1", "ASC"), "gateway/verified.json": caf("v-1", "VRF")})
    known = _run(harmonize)
    one, other = known["gateway/self.json"], known["gateway/verified.json"]
    for a, b in ((one, other), (other, one)):
        refused = harmonize("assessments", "decide", a, b, "--same", *BY, *OUT)
        assert refused.code == 2
        assert "a self-assessment and what verified it are never one report" in sentence(refused)
    assert not (tmp_path / "out" / "decisions" / "assessment_decisions.jsonl").exists()
    assert harmonize("assessments", "decide", one, other, "--different", *BY, *OUT).code == 0


def test_without_a_release_or_a_word_nothing_is_decided(harmonize: Command) -> None:  # noqa: F811
    assert "Run `harmonize run` first" in sentence(harmonize("assessments", "doubtful", *OUT))
    assert harmonize("assessments", "decide", "A", "B", *BY, *OUT).code == 2
    assert "nothing to take back" in sentence(harmonize("assessments", "undo", *BY, *OUT))


def _report(key: str, number: str | None = None) -> Report:
    return Report(key, number, None, None)


def test_the_machine_never_joins_two_numbers_and_a_person_may() -> None:
    reports = [_report("native|a", "1"), _report("native|b", "2"), _report("visit|c")]
    links = [Link("native|a", "visit|c", "answers", None), Link("native|b", "visit|c", "answers", None)]
    assert join_reports(reports, links, []) == {
        "native|a": Joined("native|a", None),
        "visit|c": Joined("native|a", "answers"),
    }
    decided = [Link("native|a", "native|b", DECIDED, None)]
    assert join_reports(reports, [*decided, *links], [])["native|b"] == Joined("native|a", DECIDED)


def test_what_people_hold_apart_is_not_joined_by_way_of_a_third() -> None:
    reports = [_report("visit|a"), _report("visit|b"), _report("visit|c")]
    links = [Link("visit|a", "visit|b", "answers", None), Link("visit|b", "visit|c", "answers", None)]
    assert set(join_reports(reports, links, [("visit|a", "visit|c")])) == {"visit|a", "visit|b"}
