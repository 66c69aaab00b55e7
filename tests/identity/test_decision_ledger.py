"""The file of decisions: acts, taking them back, and that the order in which git merges its lines is no matter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.errors import InboxError, LedgerError
from harmonize.identity.corrections import Keys, Word, decided, merged, overruled, split
from harmonize.identity.decision_ledger import (
    append_decisions,
    last_act,
    read_acts,
    read_decisions,
)
from harmonize.identity.decisions import Decision
from harmonize.ledgers import append_undo

FIRST, SECOND = Word("steward-1", "2026-06-30T10:00:00.000001Z", "one gate"), Word("steward-2", "2026-07-01", "")


def test_a_missing_file_decides_nothing(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "none.jsonl") == []
    assert last_act(read_acts(tmp_path / "none.jsonl")) is None


def test_an_act_is_read_back_and_taken_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    one, two = decided(["a"], ["b"], "same", FIRST), split([["c"], ["d"]], [["e"]], SECOND)
    kept, gone = append_decisions(path, one), append_decisions(path, two)
    assert read_decisions(path) == [*one, *two]
    last = last_act(read_acts(path))
    assert last is not None
    assert (last.act_id, last.decisions, last.lines) == (gone, tuple(two), (2, 3))
    before = path.read_bytes()
    append_undo(path, gone, "steward-1", "2026-07-02", "mistaken")
    assert path.read_bytes().startswith(before)
    assert read_decisions(path) == one
    last = last_act(read_acts(path))
    assert last is not None
    assert last.act_id == kept


def test_a_line_without_an_act_is_one_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_text(json.dumps({"key_a": "a", "key_b": "b", "verdict": "same", "by": "s", "at": "2026-01-01"}) + "\n")
    (act,) = read_acts(path)
    append_undo(path, act.act_id, "s", "2026-01-02", "")
    assert read_decisions(path) == []


@pytest.mark.parametrize("line", ['{"key_a": "a"}', '{"key_a": "a", "key_b": "b", "verdict": "perhaps"}'])
def test_a_line_that_says_nothing_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_text('{"undoes": "D1"}\n' + line + "\n")
    with pytest.raises(LedgerError, match=r"decisions\.jsonl:2: "):
        read_decisions(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_order_of_the_lines_is_no_matter(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "decisions.jsonl"
    path.unlink(missing_ok=True)
    for number in range(data.draw(st.integers(1, 6))):
        word = Word("s", f"2026-01-0{number + 1}", "")
        act_id = append_decisions(path, split(data.draw(st.sets(st.sampled_from("abc"), min_size=1)), "xy", word))
        if data.draw(st.booleans()):
            append_undo(path, act_id, "s", "2026-02-01", "")
    read = read_decisions(path)
    lines = data.draw(st.permutations(path.read_text().splitlines()))
    path.write_text("\n".join(lines) + "\n")
    assert sorted(read_decisions(path), key=repr) == sorted(read, key=repr)


def test_a_split_parts_every_key_from_every_other() -> None:
    assert split([["b", "n"], ["a"]], [["x"], ["y"]], SECOND) == [
        Decision(one, other, "different", "steward-2", "2026-07-01", "") for one in "ab" for other in "xy"
    ]


@pytest.mark.parametrize(("chosen", "rest"), [(["a"], []), (["a", "b"], ["b"]), ([("id", "name")], ["x", ("name",)])])
def test_a_split_that_parts_nothing_is_refused(chosen: list[Keys], rest: list[Keys]) -> None:
    with pytest.raises(InboxError):
        split(chosen, rest, FIRST)


def test_a_merge_takes_keys_of_one_factory_alone_the_commonest_first() -> None:
    (decision,) = merged({"a": 1, "b": 3, "shared": 9}, {"shared": 2, "x": 1}, [], FIRST)
    assert (decision.key_a, decision.key_b, decision.verdict) == ("b", "x", "same")
    with pytest.raises(InboxError, match="shared"):
        merged({"shared": 1}, {"shared": 1}, [], FIRST)


def test_a_merge_overrules_what_parted_the_two(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    append_decisions(path, split("a", "xy", FIRST))
    append_decisions(path, split("a", "z", FIRST))
    acts = read_acts(path)
    (parted,) = overruled(acts, ["a"], ["x", "y"], "same")
    assert parted.lines == (1, 2)
    pairs = {(found.key_a, found.key_b) for found in merged({"a": 1}, {"x": 1, "y": 2}, acts, SECOND)}
    assert pairs == {("a", "y"), ("a", "x")}
