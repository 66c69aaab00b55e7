"""`harmonize facilities` as a person calls it: score, resolve, explain, merge, split, undo."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from harmonize.identity.prepare import Cell
from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import deliver
from tests.sources.delivering import gap

PLACE = "Lot A2, Road 3, Hoa Sen Industrial Park, Long Thanh District, Dong Nai"
HEADER = ["pair_id", "country", "name_a", "address_a", "name_b", "address_b"]
SAME = ["P1", "VN", "Sao Mai Garment Co., Ltd", PLACE, "Công ty TNHH May Sao Mai", PLACE]
UNLIKE = ["P2", "VN", "Sao Mai Garment", PLACE, "Lotus Footwear", "9 Hill Lane"]
LIST_HEADER = ["record_id", "name", "address", "country"]
LIST = [
    ["1", "Sao Mai Garment Co., Ltd", PLACE, "VN"],
    ["2", "Lotus Footwear", "9 Hill Lane, Takeo", "KH"],
    ["3", "Công ty TNHH May Sao Mai", PLACE, "Viet Nam"],
]
RUN = ("run", "quick.yml", "--inbox", "inbox", "--out", "out", "--as-of", "2026-06-30", "--json")


def _write(path: Path, rows: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_score_writes_every_pair_in_its_order(harmonize: Command, tmp_path: Path) -> None:
    _write(tmp_path / "pairs.csv", [HEADER, UNLIKE, SAME])
    said = harmonize("facilities", "score", "pairs.csv", "-o", "new/scored.csv")
    assert said.code == 0, said
    assert "1 match, 0 review, 1 distinct" in said.out
    rows = _read(tmp_path / "new/scored.csv")
    assert [list(row) for row in rows] == [["pair_id", "probability", "decision", "reasons"]] * 2
    assert [(row["pair_id"], row["decision"]) for row in rows] == [("P2", "distinct"), ("P1", "match")]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["scored.csv"]


def test_score_reads_other_delimiters_workbooks_and_parquet_alike(harmonize: Command, tmp_path: Path) -> None:
    _write(tmp_path / "pairs.csv", [HEADER, SAME, UNLIKE])
    _write(tmp_path / "pairs.tsv", [HEADER, SAME, UNLIKE], "\t")
    with xlsxwriter.Workbook(tmp_path / "pairs.xlsx") as book:
        book.add_worksheet("about").write_row(0, 0, ["Pairs", "of", "factories"])
        sheet = book.add_worksheet("pairs")
        sheet.write_row(1, 0, ["Pairs of the year"])
        for number, row in enumerate([HEADER, SAME, UNLIKE]):
            sheet.write_row(number + 3, 0, row)
    columns: list[tuple[Cell, ...]] = list(zip(SAME, UNLIKE, strict=True))
    table = pa.table(dict(zip(HEADER, columns, strict=True))).append_column("workers_a", pa.array([5.0, None]))
    pq.write_table(table, tmp_path / "pairs.parquet")
    scored = []
    for name in ("pairs.csv", "pairs.tsv", "pairs.xlsx", "pairs.parquet"):
        assert harmonize("facilities", "score", name, "-o", "scored.csv").code == 0
        scored.append((tmp_path / "scored.csv").read_bytes())
    assert len(set(scored)) == 1
    assert harmonize("facilities", "score", "pairs.csv", "-o", "scored.parquet").code == 0
    assert [row["pair_id"] for row in pq.read_table(tmp_path / "scored.parquet").to_pylist()] == ["P1", "P2"]


def test_score_tells_what_is_wrong_and_loses_no_row(harmonize: Command, tmp_path: Path) -> None:
    rows = [SAME, ["P3", "VN", "Sao Mai"], ["", *SAME[1:]], ["P4", "Atlantis", *SAME[2:]], UNLIKE]
    _write(tmp_path / "pairs.csv", [HEADER, *rows])
    said = harmonize("facilities", "score", "pairs.csv", "-o", "scored.csv")
    assert said.code == 1
    assert [(row["pair_id"], row["decision"]) for row in _read(tmp_path / "scored.csv")] == [
        ("P1", "match"), ("P3", "review"), ("", "review"), ("P4", "review"), ("P2", "distinct"),
    ]  # fmt: skip
    issues = _read(tmp_path / "scored.issues.csv")
    assert [(row["locator"], row["code"]) for row in issues] == [
        ("row=2", "shifted_row"), ("row=3", "blank_record_id"), ("row=4;col=country", "unknown_country"),
    ]  # fmt: skip
    _write(tmp_path / "pairs.csv", [HEADER, SAME])
    assert harmonize("facilities", "score", "pairs.csv", "-o", "scored.csv").code == 0
    assert not (tmp_path / "scored.issues.csv").exists()


@pytest.mark.parametrize(
    ("content", "out", "named"),
    [
        pytest.param([HEADER[:-1], SAME[:-1]], "o.csv", "address_b", id="missing column"),
        pytest.param([HEADER, SAME], "o.txt", ".parquet", id="unknown ending"),
        pytest.param([HEADER, SAME], "pairs.csv", "input", id="over the input"),
        pytest.param([], "o.csv", "empty", id="empty file"),
        pytest.param([HEADER, SAME], "quick.yml/o.csv", "quick.yml", id="folder that is a file"),
    ],
)
def test_score_refuses_with_a_sentence(
    harmonize: Command, tmp_path: Path, content: list[list[str]], out: str, named: str
) -> None:
    before = _write(tmp_path / "pairs.csv", content).read_bytes()
    assert named in sentence(harmonize("facilities", "score", "pairs.csv", "-o", out))
    assert (tmp_path / "pairs.csv").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pairs.csv", "quick.yml"]


def test_score_of_no_file_is_a_sentence(harmonize: Command) -> None:
    assert "none.csv" in sentence(harmonize("facilities", "score", "none.csv", "-o", "o.csv"))


def test_explain_of_a_file_is_a_waterfall(harmonize: Command, tmp_path: Path) -> None:
    _write(tmp_path / "pairs.csv", [HEADER, SAME, UNLIKE])
    said = harmonize("facilities", "explain", "--pairs", "pairs.csv", "P2")
    assert said.code == 0, said
    lines = [line.split("\t") for line in said.out.splitlines() if "\t" in line]
    assert lines[0] == ["evidence", "value", "adds", "speaks", "so far"]
    assert {"for", "against"} >= {line[3] for line in lines[2:]}
    assert "match from 0." in said.out
    assert "decision   distinct" in said.out
    assert "P9" in sentence(harmonize("facilities", "explain", "--pairs", "pairs.csv", "P9"))
    assert harmonize("facilities", "explain", "P9").code == 2


def test_resolve_keeps_its_ids_by_the_ledger(harmonize: Command, tmp_path: Path) -> None:
    _write(tmp_path / "list.csv", [LIST_HEADER, *LIST])
    said = harmonize("facilities", "resolve", "list.csv", "-o", "first.parquet", "--ledger", "ids.jsonl")
    assert said.code == 0, said
    assert "2 factories" in said.out
    first = {row["record_id"]: row for row in pq.read_table(tmp_path / "first.parquet").to_pylist()}
    assert first["1"]["facility_id"] == first["3"]["facility_id"] != first["2"]["facility_id"]
    assert list(first["1"]) == ["record_id", "facility_id", "probability", "link_method"]
    written = (tmp_path / "ids.jsonl").read_bytes()
    _write(tmp_path / "list.csv", [LIST_HEADER, LIST[2], ["9", "Evergreen Stitch", "4 Mill Street, Hanoi", "VN"]])
    assert harmonize("facilities", "resolve", "list.csv", "-o", "second.csv", "--ledger", "ids.jsonl").code == 0
    second = {row["record_id"]: row["facility_id"] for row in _read(tmp_path / "second.csv")}
    assert second["3"] == first["3"]["facility_id"]
    after = (tmp_path / "ids.jsonl").read_bytes()
    assert after.startswith(written)
    assert len(after) > len(written)


def test_resolve_obeys_decisions_and_tells_its_pairs(harmonize: Command, tmp_path: Path) -> None:
    _write(tmp_path / "list.csv", [LIST_HEADER, *LIST])
    said = harmonize("facilities", "resolve", "list.csv", "-o", "o.csv", "--pairs", "queue.csv")
    assert said.code == 0, said
    assert set(_read(tmp_path / "queue.csv")[0]) == {"mention_a", "mention_b", "probability", "verdict", "reasons"}
    ledger = tmp_path / "decided.jsonl"
    keys = [json.loads(line)["key"] for line in _ledger_lines(harmonize, tmp_path)]
    mine, theirs = (next(key for key in keys if word in key) for word in ("sao mai garment", "may sao mai"))
    line = {"key_a": mine, "key_b": theirs, "verdict": "different", "by": "s", "at": "2026-01-01", "why": ""}
    ledger.write_text(json.dumps(line) + "\n", encoding="utf-8")
    said = harmonize("facilities", "resolve", "list.csv", "-o", "o.csv", "--decisions", ledger)
    assert "3 factories" in said.out
    assert "none.jsonl" in sentence(
        harmonize("facilities", "resolve", "list.csv", "-o", "o.csv", "--decisions", "none.jsonl")
    )


def _ledger_lines(harmonize: Command, folder: Path) -> list[str]:
    assert harmonize("facilities", "resolve", "list.csv", "-o", "o.csv", "--ledger", "keys.jsonl").code == 0
    return (folder / "keys.jsonl").read_text(encoding="utf-8").splitlines()


def _deliver_two(folder: Path) -> None:
    first = {"FacilityName": "Blue Heron Apparel", "StreetAddress": "1 Canal Road"}
    other = {"FacilityName": "Evergreen Stitch", "StreetAddress": "9 Hill Lane"}
    rows = gap({"VisitID": "G-1", "FacilityID": "GF-1", **first}, {"VisitID": "G-2", "FacilityID": "GF-2", **other})
    deliver(folder / "inbox", {"gap/a.csv": rows})


def _asked(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "out/current/harmonized.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _ids(folder: Path) -> dict[str, str]:
    return dict(_asked(folder, "SELECT mention_id, facility_id FROM facility_mention"))


def _aliases(folder: Path) -> dict[str, str]:
    return dict(_asked(folder, "SELECT old_id, facility_id FROM facility_alias"))


def test_a_merge_and_its_undo_lead_back_to_the_ids_of_before(harmonize: Command, tmp_path: Path) -> None:
    _deliver_two(tmp_path)
    harmonize(*RUN)
    before = _ids(tmp_path)
    one, other = sorted(set(before.values()))
    said = harmonize("facilities", "merge", one, other, "--by", "steward-1", "--why", "one gate", "--out", "out")
    assert said.code == 0, said
    harmonize(*RUN)
    merged = _ids(tmp_path)
    assert len(set(merged.values())) == 1
    (kept,) = set(merged.values())
    assert kept in (one, other)
    assert _aliases(tmp_path) == {({one, other} - {kept}).pop(): kept}
    assert "one factory already" in sentence(harmonize("facilities", "merge", one, other, "--by", "s", "--out", "out"))
    assert "one factory" in harmonize("facilities", "explain", *before, "--out", "out").out
    ledger = tmp_path / "out/decisions/facility_decisions.jsonl"
    written = ledger.read_bytes()
    said = harmonize("facilities", "undo", "--by", "steward-1", "--why", "two gates", "--out", "out")
    assert said.code == 0, said
    assert ledger.read_bytes().startswith(written)
    harmonize(*RUN)
    assert _ids(tmp_path) == before
    assert _aliases(tmp_path) == {}
    assert "no decision holds" in sentence(harmonize("facilities", "undo", "--by", "s", "--out", "out"))


@pytest.mark.slow
def test_a_split_and_its_undo_lead_back_to_the_id_of_before(harmonize: Command, tmp_path: Path) -> None:
    _deliver_two(tmp_path)
    harmonize(*RUN)
    one, other = sorted(set(_ids(tmp_path).values()))
    harmonize("facilities", "merge", one, other, "--by", "s", "--out", "out")
    harmonize(*RUN)
    merged = _ids(tmp_path)
    (kept,) = set(merged.values())
    chosen = min(merged)
    said = harmonize("facilities", "split", kept, chosen, "--by", "steward-2", "--out", "out")
    assert said.code == 0, said
    assert "overrules" in said.out
    harmonize(*RUN)
    assert set(_ids(tmp_path).values()) == {one, other}
    ledger = (tmp_path / "out/decisions/facility_decisions.jsonl").read_text(encoding="utf-8").splitlines()
    act = json.loads(ledger[-1])["act"]
    assert harmonize("facilities", "undo", "--by", "s", "--decision", act, "--out", "out").code == 0
    assert "taken back already" in sentence(
        harmonize("facilities", "undo", "--by", "s", "--decision", str(len(ledger)), "--out", "out")
    )
    harmonize(*RUN)
    assert _ids(tmp_path) == merged


def test_what_is_not_there_is_named(harmonize: Command, tmp_path: Path) -> None:
    _deliver_two(tmp_path)
    harmonize(*RUN)
    (mention, facility), (stranger, _) = _ids(tmp_path).items()
    out = ("--by", "s", "--out", "out")
    assert "HF0" in sentence(harmonize("facilities", "merge", facility, "HF0", *out))
    assert stranger in sentence(harmonize("facilities", "split", facility, stranger, *out))
    assert "one side" in sentence(harmonize("facilities", "split", facility, mention, *out))
    assert "D123" in harmonize("facilities", "undo", "--decision", "D123", *out).err
    assert "HM0" in sentence(harmonize("facilities", "explain", "HM0", mention, "--out", "out"))


def test_explain_tells_features_identifiers_and_decisions(harmonize: Command, tmp_path: Path) -> None:
    _deliver_two(tmp_path)
    harmonize(*RUN)
    one, other = _ids(tmp_path)
    said = harmonize("facilities", "explain", one, other, "--out", "out")
    assert said.code == 0, said
    assert "contradicting identifiers" in said.out
    assert "two factories" in said.out
    assert "note" not in said.out
    harmonize("facilities", "decide", one, other, "unsure", "--by", "steward-7", "--why", "fog", "--out", "out")
    said = harmonize("facilities", "explain", *sorted(_ids(tmp_path).values()), "--out", "out")
    assert "unsure by steward-7" in said.out
    assert "fog" in said.out
