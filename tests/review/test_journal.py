"""Several ledgers at once: all or none, whatever happens in between, and finishing twice adds nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize import ledgers
from harmonize.errors import LedgerError
from harmonize.review import journal
from harmonize.review.journal import PLAN, append_all, finish

LINES = {name: [{"act": f"{name}{at}"} for at in range(3)] for name in ("a.jsonl", "b.jsonl", "c.jsonl")}


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


def _fails_at(number: int, how: type[BaseException]) -> Callable[..., None]:
    calls = iter(range(100))
    whole = ledgers.append_lines

    def append(path: Path, lines: list[dict[str, str]]) -> None:
        if next(calls) == number:
            # Some of it has reached the disk.
            whole(path, lines[:1])
            raise how("no space left")
        whole(path, lines)

    return append


@pytest.mark.parametrize("problem", [LedgerError, OSError, KeyboardInterrupt])
@pytest.mark.parametrize("number", range(3))
def test_a_failed_append_leaves_every_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, problem: type[BaseException]
) -> None:
    (tmp_path / "b.jsonl").write_text('{"act": "before"}')
    before = _bytes(tmp_path)
    monkeypatch.setattr(journal, "append_lines", _fails_at(number, problem))
    with pytest.raises(problem):
        append_all(tmp_path, LINES)
    assert _bytes(tmp_path) == before
    assert not (tmp_path / PLAN).exists()


@pytest.mark.parametrize("number", range(3))
def test_what_a_kill_left_is_finished_by_whoever_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (tmp_path / "b.jsonl").write_text('{"act": "before"}\n')
    with monkeypatch.context() as patch:
        patch.setattr(journal, "append_lines", _fails_at(number, KeyboardInterrupt))
        # (A process that is killed cuts nothing back.)
        patch.setattr(journal, "_cut_back", lambda *_: False)
        with pytest.raises(KeyboardInterrupt):
            append_all(tmp_path, LINES)
    assert (tmp_path / PLAN).exists()
    assert finish(tmp_path)
    assert not finish(tmp_path)
    for name, lines in LINES.items():
        found = [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]
        assert [line for line in found if line["act"] != "before"] == lines


def test_lines_of_somebody_else_are_never_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def append(path: Path, lines: list[dict[str, str]]) -> None:
        if path.name == "b.jsonl":
            ledgers.append_lines(tmp_path / "a.jsonl", [{"act": "another"}])
            raise LedgerError("no space left")
        ledgers.append_lines(path, lines)

    with monkeypatch.context() as patch:
        patch.setattr(journal, "append_lines", append)
        with pytest.raises(LedgerError):
            append_all(tmp_path, LINES)
    assert finish(tmp_path), "so it goes forward instead"
    found = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert {"act": "another"} in found
    assert all(line in found for line in LINES["a.jsonl"])


def test_a_second_one_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with journal._locked(tmp_path), pytest.raises(LedgerError, match="somebody else"):
        append_all(tmp_path, LINES)


def test_a_plan_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / PLAN).write_text("{")
    with pytest.raises(LedgerError, match="Restore the ledgers"):
        finish(tmp_path)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(["a.jsonl", "b.jsonl"]), st.lists(st.text(max_size=5), max_size=4)))
def test_everything_is_appended_once(tmp_path_factory: pytest.TempPathFactory, wanted: dict[str, list[str]]) -> None:
    folder = tmp_path_factory.mktemp("ledgers")
    append_all(folder, {name: [{"why": text} for text in texts] for name, texts in wanted.items()})
    for name, texts in wanted.items():
        assert [line["why"] for line in ledgers.read_lines(folder / name)] == texts
