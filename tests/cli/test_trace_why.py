"""`harmonize trace` and `harmonize why` on a little inbox: from a cell back to its file, and why a cell is empty."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from harmonize.cli import why as why_cli
from harmonize.insight.provenance.tokens import TOKENS
from harmonize.insight.provenance.why import Reason
from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import ROOT, Release, deliver, run_inbox
from tests.sources.delivering import better_work, envelope, gap, page, wide

STORAGE = "environment.waste.level1.non_hazardous_waste_storage"
COMPETENCE = "environment.ems.level2.staff_competence"
PLAN = "environment.energy.level2.improvement_plan"
TRAINING_PERIOD = "labour.contracts.contracting_procedures.training_period_limits"
MIXING = "labour.osh.chemicals.mixing_rooms"
EXTINGUISHERS = "labour.osh.emergency_preparedness.fire_fighting_equipment"
HAZARDOUS = "environment.waste.level1.hazardous_waste_controlled"
PERMITS = "environment.site.level1.permits_valid"
BRIBES = "ethics.business_integrity.overall"
_FEM = (
    {"groupname": "Anh Sao Mill", "wstnhstorage": "Yes", "enimproveplan": "Mostly"},
    {"surveyid": "S-2", "groupname": "Binh An Textile", "status": "ASI", "emsmgmtcompetence": "Yes"},
    {"surveyid": "S-3", "groupname": "Cat Linh Weaving", "version": "fem2026", "wstnhstorage": "Yes"},
    {"surveyid": "S-4", "groupname": "Dai Loc Dyeing", "wstnhstorage": "Not Applicable", "emsmgmtcompetence": "Yes"},
)
_SURVEY = envelope(
    id="fslmsurvey:1", version="fslm", cafVersion="1.7", accountId="acc-1", accountName="Em Dep Knitting",
    country="Vietnam", questions={"ep-5--1": "Yes"},
)  # fmt: skip


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("why")
    files: dict[str, str | bytes] = {
        "higg/fem.csv": wide(["wstnhstorage", "emsmgmtcompetence", "enimproveplan"], *_FEM),
        "nike/page.json": page(_SURVEY),
        "gap/visits.csv": gap({"FacilityName": "Gia Phat Garment"}),
        "bw/cat.csv": better_work({"Factory.Assessed.Name": "Hoa Binh Sewing", "Finding": "odd"}),
        "lists/list.csv": (ROOT / "tests/fixtures/facility_list/vietnamese.csv").read_bytes(),
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


@pytest.fixture
def out(release: Release) -> Path:
    return release.result.folder.parents[1]


def _why(harmonize: Command, out: Path, facility: str, indicator: str, *more: str) -> dict[str, Any]:
    said = harmonize("why", facility, indicator, "-o", "json", "--out", out, *more)
    assert said.err == "", said
    found: dict[str, Any] = json.loads(said.out)
    assert said.code == (0 if found["has_value"] else 1)
    return found


EMPTY = {
    "not asked": ("Anh Sao Mill", BRIBES, "not_asked", "Instruments that do"),
    "blank": ("Anh Sao Mill", COMPETENCE, "left_blank", "question emsmgmtcompetence is blank"),
    "withheld": ("Anh Sao Mill", PLAN, "quarantined", "'Mostly' is no answer"),
    "skipped": ("Dai Loc Dyeing", STORAGE, "skipped", "question wstnhstorage: not_applicable"),
    "not published": ("Binh An Textile", COMPETENCE, "not_published", "status ASI"),
    "no crosswalk": ("Cat Linh Weaving", STORAGE, "unmapped", "edition fem2026"),
    "nothing follows": ("Em Dep Knitting", TRAINING_PERIOD, "implies_nothing", "a broad mapping"),
    "elsewhere": ("Em Dep Knitting", MIXING, "other_country", "asked in KH only; the factory is in VN"),
    "not in the export": ("Em Dep Knitting", "labour.working_time.overtime.authorised", "not_in_export", "wh-6--1"),
    "silent list": ("Gia Phat Garment", EXTINGUISHERS, "no_finding", "nothing was found"),
    "beside the scope": ("Gia Phat Garment", PERMITS, "out_of_scope", "is: unknown"),
    "never assessed": ("Công ty CP Mai Vàng", STORAGE, "never_assessed", "No assessment"),
    "ignored": ("Em Dep Knitting", "fp-acc-1", "ignored", "calculated by the platform"),
}


@pytest.mark.parametrize("name", EMPTY)
def test_every_reason_is_told_with_its_cure(name: str, harmonize: Command, out: Path) -> None:
    facility, indicator, code, words = EMPTY[name]
    found = _why(harmonize, out, facility, indicator)
    assert not found["has_value"]
    reason = found["reasons"][0]
    assert (reason["code"], words in reason["said"]) == (code, True), found["reasons"]
    assert reason["cure"]
    told = harmonize("why", facility, indicator, "--out", out).out
    assert "empty" in told
    assert f"cure: {reason['cure']}" in told


def test_what_is_withheld_is_told_with_its_place(harmonize: Command, out: Path) -> None:
    (reason,) = _why(harmonize, out, "Anh Sao Mill", PLAN)["reasons"]
    assert reason["place"] == "higg/fem.csv, row=1;col=enimproveplan"
    assert [one["code"] for one in _why(harmonize, out, "Dai Loc Dyeing", PLAN)["reasons"]] == ["left_blank"]


def test_a_withheld_cell_of_a_list_of_questions_is_perhaps_the_one(
    harmonize: Command, out: Path, release: Release
) -> None:
    """A row of such a list says its question in a cell, not in its place."""
    ((indicator,),) = release.query(
        "SELECT DISTINCT indicator_id FROM compact.meaning JOIN compact.asked_class USING (class_no) "
        "WHERE instrument = 'better_work_cat'"
    )
    codes = {one["code"] for one in _why(harmonize, out, "Hoa Binh Sewing", indicator)["reasons"]}
    assert codes <= {"quarantined", "perhaps_quarantined"}
    assert codes


def test_a_value_that_is_there_is_no_riddle(harmonize: Command, out: Path) -> None:
    found = _why(harmonize, out, "Anh Sao Mill", STORAGE)
    assert found["has_value"]
    assert found["reasons"][0]["place"] == "higg/fem.csv, row=1;col=wstnhstorage"
    by_question = _why(harmonize, out, "Anh Sao Mill", "higg_fem:wstnhstorage")
    assert by_question == found
    assert _why(harmonize, out, "Gia Phat Garment", HAZARDOUS)["has_value"], "a finding is a value"


def test_what_a_wider_or_narrower_answer_implies_is_told(harmonize: Command, out: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(out, changed, symlinks=True)
    with duckdb.connect(str(changed / "current" / "harmonized.duckdb")) as connection:
        connection.execute("INSERT INTO indicator_broader VALUES (?, ?, 1, [])", [BRIBES, STORAGE])
        connection.execute("INSERT INTO indicator_broader VALUES (?, ?, 1, [])", [STORAGE, HAZARDOUS])
    found = _why(harmonize, changed, "Anh Sao Mill", BRIBES)
    assert found["has_value"]
    assert f"the wider {STORAGE} was answered met: met follows" in found["reasons"][0]["said"]
    (reason,) = _why(harmonize, changed, "Anh Sao Mill", HAZARDOUS)["reasons"]
    assert (reason["code"], "narrower" in reason["said"]) == ("implies_nothing", True)


def test_a_mapping_that_is_not_approved_is_told(harmonize: Command, out: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(out, changed, symlinks=True)
    with duckdb.connect(str(changed / "current" / "harmonized.duckdb")) as connection:
        connection.execute("UPDATE crosswalk SET status = 'proposed' WHERE indicator_id = ?", [COMPETENCE])
    (reason,) = _why(harmonize, changed, "Anh Sao Mill", COMPETENCE)["reasons"]
    assert (reason["code"], reason["said"]) == (
        "not_approved",
        "question emsmgmtcompetence: the mapping is proposed, not approved",
    )


@pytest.mark.parametrize("code", ["not_granted", "expired", "revoked", "withheld_by_class"])
def test_why_an_audience_does_not_see_it_comes_first(
    code: str, harmonize: Command, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, Sequence[str]]] = []

    def judge(
        connection: duckdb.DuckDBPyConnection, audience: str, indicator: str, assessments: Sequence[str]
    ) -> list[Reason]:
        asked.append((audience, indicator, assessments))
        assert connection.execute("SELECT count(*) FROM assessment").fetchone()
        return [Reason(code, f"{audience}: {code}", "Ask the factory.")]

    monkeypatch.setattr(why_cli, "audience_judge", lambda *of: judge)
    found = _why(harmonize, out, "Anh Sao Mill", STORAGE, "--audience", "buyer-a")
    assert found["reasons"][0]["code"] == code
    assert not found["has_value"]
    ((audience, indicator, assessments),) = asked
    assert (audience, indicator, len(assessments)) == ("buyer-a", STORAGE, 1)
    _why(harmonize, out, "Anh Sao Mill", COMPETENCE, "--audience", "buyer-a")
    assert len(asked) == 1, "what is empty for the steward needs no judgement"


def test_what_an_audience_sees_is_no_riddle(harmonize: Command, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(why_cli, "audience_judge", lambda *of: lambda *asked: [])
    assert _why(harmonize, out, "Anh Sao Mill", STORAGE, "--audience", "buyer-a")["has_value"]


def test_an_audience_that_is_none_is_refused(harmonize: Command, out: Path) -> None:
    said = sentence(harmonize("why", "Anh Sao Mill", STORAGE, "--audience", "buyer-a", "--out", out))
    assert "no audience 'buyer-a'" in said
    assert "audiences.yml" in said


def test_without_a_grant_an_audience_does_not_see_it(harmonize: Command, out: Path) -> None:
    found = _why(harmonize, out, "Anh Sao Mill", STORAGE, "--audience", "lender")
    assert found["reasons"][0]["code"] == "not_granted"
    assert not found["has_value"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("why", "Nobody", STORAGE), "There is no factory 'Nobody'"),
        (("why", "Anh Sao Mill", "waste.storag"), "There is no indicator or question"),
        (("trace", "zz"), "is no id of this release"),
        (("trace", "--answer", "zz"), "names no answer"),
        (("trace", "--finding", "zz"), "'zz' is no finding"),
        (("trace", "--facility", "Anh Sao Mill", "--indicator", PLAN), "harmonize why"),
        (("trace", "--facility", "Anh Sao Mill", "-o", "x.pdf"), "name a file that ends in .json"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(
    harmonize: Command, out: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in sentence(harmonize(*arguments, "--out", out))


def test_one_thing_is_traced_at_a_time(harmonize: Command, out: Path) -> None:
    assert harmonize("trace", "--out", out).code == 2
    assert harmonize("trace", "a", "--finding", "b", "--out", out).code == 2
    assert "needs --facility" in harmonize("trace", "--indicator", PLAN, "--out", out).err


def _trace(harmonize: Command, out: Path, *arguments: str) -> dict[str, Any]:
    said = harmonize("trace", *arguments, "-o", "json", "--out", out)
    assert said.code == 0, said
    return dict(json.loads(said.out))


def test_an_answer_leads_back_to_its_cell_its_mapping_and_its_run(
    harmonize: Command, out: Path, release: Release
) -> None:
    found = _trace(harmonize, out, "--facility", "Anh Sao Mill", "--indicator", STORAGE)
    (chain,) = found["chains"]
    place, mapping = chain["place"], chain["mapping"]
    assert (place["contributor"], place["path"], place["row"], place["column"]) == (
        "higg", "higg/fem.csv", 1, "wstnhstorage",
    )  # fmt: skip
    assert (chain["cell"]["state"], chain["cell"]["raw_value"]) == ("met", "Yes")
    assert mapping["predicate"] == "exact"
    for name in ("sssom", "rules"):
        path, line = mapping[name].rsplit(":", 1)
        assert "wstnhstorage" in (ROOT / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].split("\t", 1)[0]
    assert found["made_by"]["release_id"] == release.result.release_id
    assert found["made_by"]["run_id"].startswith("run-")
    key = f"{chain['cell']['assessment_id']}/wstnhstorage"
    assert _trace(harmonize, out, "--answer", key)["chains"] == found["chains"]
    assert _trace(harmonize, out, f"{key}/facility")["chains"] == found["chains"]
    told = harmonize("trace", key, "--out", out).out
    for words in ("written in mappings/higg_fem/", "place      higg/fem.csv, row=1;col=wstnhstorage", "by higg"):
        assert words in told


@pytest.mark.parametrize(
    ("kind", "table", "column"),
    [
        ("finding", "finding", "finding_id"), ("facility", "facility", "facility_id"),
        ("mention", "facility_mention", "mention_id"), ("assessment", "assessment", "assessment_id"),
        ("copy", "assessment_copy", "copy_id"), ("action", "corrective_action", "action_id"),
        ("file", "file", "file_id"), ("issue", "issue", "issue_id"),
    ],
)  # fmt: skip
def test_every_id_leads_back_to_a_place_and_so_does_an_audiences_id_of_it(
    kind: str, table: str, column: str, harmonize: Command, out: Path, release: Release, tmp_path: Path
) -> None:
    own = release.query(f"SELECT {column} FROM {table} ORDER BY ALL LIMIT 1")[0][0]
    found = _trace(harmonize, out, own)
    assert found["chains"]
    assert all(chain["place"]["path"] and chain["place"]["contributor"] for chain in found["chains"])
    shared = tmp_path / "shared"
    shutil.copytree(out, shared, symlinks=True)
    _keep_tokens(shared, [("buyer-a", "T0KEN", kind, own), ("buyer-b", "T0KEN", kind, own)])
    by_token = _trace(harmonize, shared, "T0KEN")
    assert by_token["chains"] == found["chains"]
    assert by_token["stands_for"] == [{"audience": "buyer-a, buyer-b", "kind": kind, "id": own}]


def _keep_tokens(out: Path, rows: Sequence[tuple[str, str, str, str]]) -> None:
    (out / TOKENS).parent.mkdir(parents=True)
    with duckdb.connect(str(out / TOKENS)) as connection:
        connection.execute("CREATE TABLE token (audience VARCHAR, token VARCHAR, kind VARCHAR, master_id VARCHAR)")
        connection.executemany("INSERT INTO token VALUES (?, ?, ?, ?)", rows)


def test_ids_of_an_audience_stand_for_those_of_the_release_in_every_option(
    harmonize: Command, out: Path, release: Release, tmp_path: Path
) -> None:
    (file_id,) = release.column("SELECT file_id FROM file WHERE path = 'gap/visits.csv'")
    (finding_id,) = release.column("SELECT finding_id FROM finding WHERE made_from = 'row'")
    (facility_id,) = release.column("SELECT facility_id FROM facility WHERE name = 'Anh Sao Mill'")
    shared = tmp_path / "shared"
    shutil.copytree(out, shared, symlinks=True)
    _keep_tokens(
        shared,
        [("a", "F1", "file", file_id), ("a", "N1", "finding", finding_id), ("a", "FAC", "facility", facility_id),
         ("a", "X", "file", file_id), ("b", "X", "finding", finding_id)],
    )  # fmt: skip
    assert _trace(harmonize, shared, "--file-token", "F1")["chains"][0]["place"]["path"] == "gap/visits.csv"
    assert _trace(harmonize, shared, "--finding", "N1")["chains"][0]["cell"]["finding_id"] == finding_id
    assert _trace(harmonize, shared, "--facility", "FAC", "--indicator", STORAGE)["chains"]
    assert _why(harmonize, shared, "FAC", STORAGE)["has_value"]
    assert "is the id of a file, not of a finding" in sentence(harmonize("trace", "--finding", "F1", "--out", shared))
    assert "means several things" in sentence(harmonize("trace", "X", "--out", shared))


def test_a_file_of_ids_that_is_none_is_named(harmonize: Command, out: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shutil.copytree(out, shared, symlinks=True)
    (shared / TOKENS).parent.mkdir(parents=True)
    (shared / TOKENS).write_text("no database " * 500, encoding="utf-8")
    assert "tokens.duckdb: cannot be read" in sentence(harmonize("trace", "F1", "--out", shared))
