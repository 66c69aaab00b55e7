"""`harmonize review` as a steward calls it: what is open, the workbook and back, two people, wrong input."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from harmonize.crosswalk.mapping import load_editions
from harmonize.project import Project
from harmonize.review.kinds import KINDS
from tests.cli.conftest import Command, sentence
from tests.review.filling import FilledRow, fill, rows_of
from tests.review.worlds import world_in

OUT = ("--out", "out")
BY = ("--by", "steward-1")


@pytest.fixture
def desk(harmonize: Command, tmp_path: Path) -> Command:
    """The commands in a folder with a small world."""
    world_in(tmp_path)
    return harmonize


def _ledgers(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "out/decisions").glob("*.jsonl")}


def _open(command: Command, *more: str) -> list[dict[str, str]]:
    assert command("review", "next", "-o", "items.csv", *OUT, *more).code == 0
    with Path("items.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _simple(row: FilledRow) -> Mapping[str, str]:
    """The first thing that may be said of a row."""
    payload = json.loads(row.cells["payload"])
    kind = KINDS[row.cells["kind"]]
    plain = [verdict for verdict in payload["verdicts"] if verdict != kind.chosen]
    return {"Decision": "1" if payload["choices"] else plain[0], "Why (optional)": "as seen"}


def test_what_is_open_is_counted_by_kind_and_shown_with_the_command_that_decides_it(desk: Command) -> None:
    status = desk("review", "status", *OUT)
    assert status.code == 0
    rows = {line.split("\t")[0]: line.split("\t") for line in status.out.splitlines()}
    items = _open(desk)
    for kind in KINDS:
        assert rows[kind][2] == str(sum(item["kind"] == kind for item in items))
    shown = desk("review", "next", "-n", "50", *OUT)
    assert shown.code == 0
    ids = re.findall(r"^([A-Z][0-9a-f]{10})  ", shown.out, re.MULTILINE)
    assert ids == [item["item"] for item in items][: len(ids)]
    for item in items[:5]:
        assert f"harmonize review decide {item['item']} " in shown.out
    first = _open(desk, "--kind", "text")
    assert {item["kind"] for item in first} == {"text"}


def test_the_command_that_is_shown_decides_the_item(desk: Command) -> None:
    items = _open(desk)
    chosen = [next(item for item in items if item["kind"] == kind) for kind in KINDS]
    for item in chosen:
        command = item["command"].split("; ")[0].replace("PSEUDONYM", "steward-1").split()
        assert desk(*command[1:]).code == 0
    assert {item["item"] for item in items} - {item["item"] for item in _open(desk)} == {
        item["item"] for item in chosen
    }


def test_a_whole_workbook_goes_out_and_comes_back_and_is_undone_as_one(desk: Command, tmp_path: Path) -> None:
    before = _ledgers(tmp_path)
    said = desk("review", "export", "-o", "review.xlsx", *OUT)
    assert said.code == 0, said
    rows = list(rows_of(tmp_path / "review.xlsx"))
    assert {row.cells["kind"] for row in rows} == set(KINDS)
    assert _ledgers(tmp_path) == before, "to export is to read"
    assert fill(tmp_path / "review.xlsx", _simple) == len(rows)
    trial = desk("review", "apply", "review.xlsx", *BY, *OUT, "--dry-run")
    assert trial.code == 0
    assert f"would be     {len(rows)} decisions" in trial.out
    assert _ledgers(tmp_path) == before
    done = desk("review", "apply", "review.xlsx", *BY, *OUT)
    assert f"recorded     {len(rows)} decisions" in done.out
    assert {kind.ledger for kind in KINDS.values()} <= set(_ledgers(tmp_path))
    assert _open(desk) == []
    assert "Nothing is open" in desk("review", "next", *OUT).out
    assert "Nothing is open" in desk("review", "export", "-o", "none.xlsx", *OUT).out
    after = _ledgers(tmp_path)
    assert f"already      {len(rows)}" in desk("review", "apply", "review.xlsx", *BY, *OUT).out
    assert _ledgers(tmp_path) == after
    (act,) = set(re.findall(r"W[0-9a-f]{12}", done.out))
    assert desk("review", "undo", act, *BY, *OUT).code == 0
    assert len(_open(desk)) == len(rows)
    assert "nothing to take back" in sentence(desk("review", "undo", act, *BY, *OUT))


def test_what_speaks_for_an_item_is_said_in_the_language_that_was_chosen(desk: Command, tmp_path: Path) -> None:
    """Whatever stage said it; and nothing of it is lost."""
    assert desk("--lang", "vi", "review", "next", "-n", "999", "-o", "vi.csv", *OUT).code == 0
    with (tmp_path / "vi.csv").open(encoding="utf-8", newline="") as stream:
        spoken = {row["item"]: row for row in csv.DictReader(stream)}
    english = re.compile(r"\b(?:the|is|are|of|alike|apart|days|cells|answers?|differences|side)\b")
    for item in _open(desk):
        told = spoken[item["item"]]
        assert set(re.findall(r"\d+(?:\.\d+)?", told["because"])) <= set(re.findall(r"\d+(?:\.\d+)?", item["because"]))
        assert not english.search(told["because"]), told
        assert told["asked"] != item["asked"]
    assert "cặp nhà máy" in desk("--lang", "vi", "review", "status", *OUT).out


def test_nobody_takes_back_the_act_of_another_by_mistake(desk: Command) -> None:
    first, second = (item["item"] for item in _open(desk, "--kind", "text")[:2])
    assert desk("review", "decide", first, "approved", *BY, *OUT).code == 0
    assert desk("review", "decide", second, "approved", "--by", "steward-2", *OUT).code == 0
    assert "by steward-1" in desk("review", "undo", *BY, *OUT).out
    assert "no act of steward-1 holds" in sentence(desk("review", "undo", *BY, *OUT))
    assert {item["item"] for item in _open(desk, "--kind", "text")} >= {first}


def test_a_wrong_row_keeps_the_whole_workbook_out(desk: Command, tmp_path: Path) -> None:
    assert desk("review", "export", "-o", "review.xlsx", "--lang", "vi", *OUT).code == 0
    before = _ledgers(tmp_path)
    rows = list(rows_of(tmp_path / "review.xlsx"))
    put = {rows[0].cells["item"]: "perhaps", rows[-1].cells["item"]: "đã xem"}
    fill(
        tmp_path / "review.xlsx", lambda row: {"Quyết định": put[row.cells["item"]]} if row.cells["item"] in put else {}
    )
    said = desk("review", "apply", "review.xlsx", *BY, *OUT)
    assert said.code == 2
    told, last = said.err.splitlines()
    assert f"review.xlsx: sheet {rows[0].sheet!r}, row {rows[0].number}: 'perhaps' is no decision here" in told
    assert "cùng một, khác, phân vân" in told, "in the words of the workbook"
    assert "1 row is wrong, so nothing was recorded" in last
    assert _ledgers(tmp_path) == before


def test_what_was_decided_meanwhile_is_shown_and_given_way_to(desk: Command, tmp_path: Path) -> None:
    assert desk("review", "export", "-o", "review.xlsx", "--kind", "facility_pair", *OUT).code == 0
    first = next(rows_of(tmp_path / "review.xlsx"))
    fill(tmp_path / "review.xlsx", lambda row: {"Decision": "same"} if row == first else {})
    assert desk("review", "decide", first.cells["item"], "different", "--by", "steward-2", *OUT).code == 0
    before = _ledgers(tmp_path)
    said = desk("review", "apply", "review.xlsx", *BY, *OUT)
    assert said.code == 2
    assert "'same' stands against 'different', which steward-2 decided at" in said.err
    assert _ledgers(tmp_path) == before
    assert desk("review", "apply", "review.xlsx", *BY, *OUT, "--override").code == 0


def test_two_people_where_that_is_asked(desk: Command) -> None:
    item = _open(desk, "--kind", "text")[0]["item"]
    assert "1 for a second person" in desk("review", "decide", item, "approved", *BY, "--second", *OUT).out
    assert item in {one["item"] for one in _open(desk, "--kind", "text")}
    status = desk("review", "status", *OUT).out
    assert "waiting      1 for a second person" in status
    done = desk("review", "decide", item, "approved", "--by", "steward-2", "--second", *OUT)
    assert "recorded     1 decisions" in done.out
    assert item not in {one["item"] for one in _open(desk, "--kind", "text")}
    assert "recorded     0 decisions" in desk("review", "settle", *OUT).out


def test_a_project_may_ask_for_two_people_and_says_so_of_a_kind_that_is_none(desk: Command, tmp_path: Path) -> None:
    assert desk("init", ".").code == 0
    assert (tmp_path / "data/decisions/.gitattributes").read_text(encoding="utf-8") == "*.jsonl merge=union\n"
    rules = tmp_path / "pipelines/review.yml"
    shipped = rules.read_text(encoding="utf-8")
    assert "second_person: []" in shipped
    rules.write_text(shipped.replace("second_person: []", "second_person: [text]"), encoding="utf-8")
    items = _open(desk, "--kind", "text", "--kind", "grant")
    text, grant = (next(item["item"] for item in items if item["kind"] == kind) for kind in ("text", "grant"))
    assert "1 for a second person" in desk("review", "decide", text, "approved", *BY, *OUT).out
    assert "recorded     1 decisions" in desk("review", "decide", grant, "seen", *BY, *OUT).out
    rules.write_text(shipped.replace("second_person: []", "second_person: [texts]"), encoding="utf-8")
    assert "'texts' is no kind; there are facility_pair" in sentence(desk("review", "status", *OUT))


def test_what_was_decided_about_questions_becomes_drafts_of_the_crosswalk(desk: Command, tmp_path: Path) -> None:
    indicator = "labour.osh.welfare_facilities.overall"
    item = _open(desk, "--kind", "question")[0]["item"]
    assert "Nothing decided is missing" in desk("review", "mappings", *OUT).out
    assert desk("review", "decide", item, indicator, *BY, "--closeness", "broad", *OUT).code == 0
    assert "1 decided and not in the crosswalk yet" in desk("review", "status", *OUT).out
    assert "is no project folder" in desk("review", "mappings", *OUT).err
    assert desk("init", ".").code == 0
    assert desk("review", "mappings", *OUT).code == 0
    (edition,) = (
        one for one in load_editions(Project.locate(tmp_path)) if (one.instrument, one.edition) == ("gap", "covc")
    )
    entry = edition.entries["IV.Z.9"]
    assert (entry.indicator_id, entry.predicate, entry.rule("status")) == (indicator, "broad", "draft")
    assert entry.provenance["author_id"] == "hzp:steward-1"
    assert "Nothing decided is missing" in desk("review", "mappings", *OUT).out
    lint = desk("crosswalk", "lint")
    assert "IV.Z.9: The draft has no" in lint.out + lint.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["decide", "nothing", "same", *BY], "is no id of an item"),
        (["decide", "F0000000000", "same", *BY], "is not open in this release"),
        (["next", "--kind", "pairs"], "There is no kind 'pairs'; there are"),
        (["next", "--lang", "fr"], "There are no words in 'fr'"),
        (["next", "-o", "items.txt"], "name a file that ends in"),
        (["export", "-o", "review.csv"], "ends in .xlsx"),
        (["apply", "none.xlsx", *BY], "cannot be read"),
        (["undo", *BY], "no act of steward-1 holds"),
        (["status", "--out", "nowhere"], "There is no release yet"),
    ],
)
def test_what_is_wrong_is_answered_with_the_cure(desk: Command, arguments: list[str], told: str) -> None:
    said = desk("review", *arguments, *(() if "--out" in arguments else OUT))
    assert told.casefold() in sentence(said).casefold()


def test_nobody_decides_without_a_pseudonym(desk: Command) -> None:
    assert desk("review", "apply", "review.xlsx", "--by", "Anna Smith", *OUT).code == 2
    assert desk("review", "decide", "F0000000000", "same", "--by", " ", *OUT).code == 2


def test_status_is_written_as_tables(desk: Command, tmp_path: Path) -> None:
    assert desk("review", "status", "-o", "status.csv", *OUT).code == 0
    with (tmp_path / "status.csv").open(encoding="utf-8", newline="") as lines:
        assert [row["kind"] for row in csv.DictReader(lines)] == list(KINDS)
    assert (tmp_path / "status.items.csv").is_file()
