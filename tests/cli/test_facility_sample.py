"""`harmonize facilities sample`, the verdicts that come back, and what the run says of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import deliver
from tests.sources.delivering import gap

RUN = ("run", "quick.yml", "--inbox", "inbox", "--out", "out", "--as-of", "2026-06-30")
DRAW = ("facilities", "sample", "-o", "sample.csv", "--out", "out")
DECIDE = ("facilities", "decide", "--from", "sample.csv", "--by", "steward-1", "--out", "out")
NAMES = ("Blue Heron Apparel", "Blue Heron Apparel Unit 2", "Blue Heron Garment", "Blue Heron Footwear", "Blue Heron")
Rows = list[dict[str, str]]


@pytest.fixture
def released(harmonize: Command, tmp_path: Path) -> Command:
    """Five factories of like names at one street, and a run."""
    rows = [
        {"VisitID": f"G-{at}", "FacilityID": f"GF-{at}", "FacilityName": name, "StreetAddress": "1 Canal Road, Long An"}
        for at, name in enumerate(NAMES)
    ]
    deliver(tmp_path / "inbox", {"gap/a.csv": gap(*rows)})
    assert harmonize(*RUN, "--json").code in (0, 1)
    return harmonize


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _fill(path: Path, change: Callable[[Rows], object]) -> None:
    rows = _read(path)
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _decide_all(rows: Rows) -> None:
    for row in rows:
        row["verdict"] = "Same" if "Unit" not in row["name_a"] + row["name_b"] else "different"


def _ledger(folder: Path) -> list[dict[str, str]]:
    path = folder / "out/decisions/facility_decisions.jsonl"
    return list(map(json.loads, path.read_text(encoding="utf-8").splitlines())) if path.exists() else []


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out/current/manifest.json").read_text(encoding="utf-8"))
    return found


def test_a_sample_is_drawn_decided_and_told_by_the_next_run(released: Command, tmp_path: Path) -> None:
    before = _manifest(tmp_path)
    assert before["linkage"]["recall"]["note"].startswith("no estimate: 0 decided pairs")
    said = released(*DRAW)
    assert said.code == 0, said
    rows = _read(tmp_path / "sample.csv")
    pairs = sum(stratum["pairs"] for stratum in before["linkage"]["strata"])
    assert len(rows) == pairs > 3
    assert f"{pairs} pairs, all that are left" in said.out
    assert {row["verdict"] for row in rows} == {""}
    assert all(row["name_a"].startswith("Blue Heron") and "1 Canal Road" in row["address_b"] for row in rows)
    assert all(0.1 <= float(row["probability"]) <= 1 and row["reasons"] for row in rows)
    first = (tmp_path / "sample.csv").read_bytes()
    assert released(*DRAW).code == 0
    assert (tmp_path / "sample.csv").read_bytes() == first

    _fill(tmp_path / "sample.csv", _decide_all)
    said = released(*DECIDE)
    assert said.code == 0, said
    written = _ledger(tmp_path)
    assert [line["why"] for line in written] == ["sample"] * pairs
    assert len({line["act"] for line in written}) == 1
    released(*RUN, "--json")
    after = _manifest(tmp_path)
    assert after["linkage"]["elsewhere"] == 0
    assert after["linkage"]["recall"]["value"] is not None
    assert sum(stratum["same"] + stratum["different"] for stratum in after["linkage"]["strata"]) == pairs
    assert "Nothing is left to draw" in sentence(released(*DRAW))


def test_a_run_tells_its_accuracy(released: Command, tmp_path: Path) -> None:
    told = next(line for line in released(*RUN).out.splitlines() if line.startswith("linkage"))
    assert "no estimate" in told
    assert "harmonize facilities sample" in told
    assert released(*DRAW).code == 0
    _fill(tmp_path / "sample.csv", _decide_all)
    assert released(*DECIDE).code == 0
    told = next(line for line in released(*RUN).out.splitlines() if line.startswith("linkage"))
    recall = _manifest(tmp_path)["linkage"]["recall"]
    assert f"recall {recall['value']:.3f} ({recall['low']:.3f} to {recall['high']:.3f})" in told


def test_a_decision_that_changes_no_link_is_told_too(released: Command, tmp_path: Path) -> None:
    """What the manifest says is part of the release: a run after new verdicts must not find the old one kept."""
    assert released(*DRAW, "-n", "1").code == 0
    _fill(tmp_path / "sample.csv", lambda rows: rows[0].update(verdict="unsure"))
    assert released(*DECIDE).code == 0
    before = _manifest(tmp_path)["release_id"]
    released(*RUN, "--json")
    after = _manifest(tmp_path)
    assert after["release_id"] != before
    assert sum(stratum["unsure"] for stratum in after["linkage"]["strata"]) == 1


def test_samples_follow_one_another(released: Command, tmp_path: Path) -> None:
    seen: set[tuple[str, str]] = set()
    for _ in range(2):
        assert released(*DRAW, "-n", "2").code == 0
        drawn = {(row["mention_a"], row["mention_b"]) for row in _read(tmp_path / "sample.csv")}
        assert len(drawn) == 2
        assert seen.isdisjoint(drawn)
        seen |= drawn
        _fill(tmp_path / "sample.csv", lambda rows: [row.update(verdict="different") for row in rows])
        assert released(*DECIDE).code == 0


def test_verdicts_are_taken_all_or_none(released: Command, tmp_path: Path) -> None:
    assert released(*DRAW).code == 0

    def spoil(rows: Rows) -> None:
        _decide_all(rows)
        rows[0]["verdict"] = "smae"
        rows[1]["mention_a"] = rows[1]["mention_b"]
        rows[2].update(rows[3])

    _fill(tmp_path / "sample.csv", spoil)
    said = released(*DECIDE)
    assert said.code == 2
    lines = said.err.splitlines()
    assert lines[0].startswith("harmonize: sample.csv: row=1;col=verdict: 'smae' is no verdict. Write same, different")
    assert "row=2: " in lines[1]
    assert "stands on both sides" in lines[1]
    assert "row=4: this pair stands in row=3 already" in lines[2]
    assert "3 rows are wrong, so nothing was recorded" in lines[-1]
    assert _ledger(tmp_path) == []

    def estrange(rows: Rows) -> None:
        for row in rows:
            row["verdict"] = ""
        rows[0].update(mention_a="HM0", verdict="same")

    _fill(tmp_path / "sample.csv", estrange)
    said = released(*DECIDE)
    assert "sample.csv: row=1: there is no mention 'HM0' in this release" in said.err
    assert _ledger(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "sample.csv"),
        ("a,b\n1,2\n", "no table with the columns mention_a, mention_b, verdict"),
        ("mention_a,mention_b,verdict\nHM1,HM2,\n", "no row has a verdict"),
        ("mention_a,mention_b,verdict\n", "no row has a verdict"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_sample_is_named(harmonize: Command, tmp_path: Path, content: str | None, told: str) -> None:
    if content is not None:
        (tmp_path / "sample.csv").write_text(content, encoding="utf-8")
    assert told in sentence(harmonize(*DECIDE))


def test_what_cannot_be_drawn_is_said(harmonize: Command, tmp_path: Path) -> None:
    assert "no release yet" in sentence(harmonize(*DRAW))
    deliver(tmp_path / "inbox", {"gap/a.csv": gap({"VisitID": "G-1", "FacilityID": "GF-1"})})
    harmonize(*RUN, "--json")
    assert "nothing to draw from" in sentence(harmonize(*DRAW))


@pytest.mark.parametrize(
    "arguments",
    [
        ("HM1", "HM2", "same", "--from", "sample.csv"),
        ("--from", "sample.csv", "--why", "all alike"),
        ("HM1", "HM2"),
        (),
        ("HM1", "HM2", "same", "--why", "sample: I looked"),
    ],
)
def test_decide_takes_a_pair_or_a_file(released: Command, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "sample.csv").write_text("mention_a,mention_b,verdict\nHM1,HM2,same\n", encoding="utf-8")
    said = released("facilities", "decide", *arguments, "--by", "s", "--out", "out")
    assert said.code == 2, said
    assert _ledger(tmp_path) == []


def test_a_folder_with_its_own_ledger_keeps_it_also_inside_a_project(released: Command, tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()  # The folder becomes a project only now, as a demo lies within one.
    assert released(*DRAW).code == 0
    _fill(tmp_path / "sample.csv", _decide_all)
    assert released(*DECIDE).code == 0
    first, *_ = _read(tmp_path / "sample.csv")
    told = released("facilities", "explain", first["mention_a"], first["mention_b"], "--out", "out")
    assert "steward-1" in told.out
    assert released(*RUN).code in (0, 1)
    assert len(_ledger(tmp_path)) == len(_read(tmp_path / "sample.csv"))
    assert not (tmp_path / "data").exists()
