"""The log of a run for machines: one object a line, few steps a second, and the end told in every case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.cli.failures import is_fault, sentence
from harmonize.cli.json_log import JsonLog
from harmonize.cli.stopping import Stopped
from harmonize.errors import InboxError


def _log() -> tuple[JsonLog, list[str]]:
    """A log, and the lines that it will write."""
    lines: list[str] = []
    return JsonLog(lines.append), lines


def _told(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


@given(st.lists(st.tuples(st.floats(0, 0.3), st.text()), min_size=1, max_size=60))
def test_steps_are_few_and_the_last_is_never_lost(steps: list[tuple[float, str]]) -> None:
    lines: list[str] = []
    moments: list[float] = []
    now = 0.0

    def write(line: str) -> None:
        lines.append(line)
        moments.append(now)

    log = JsonLog(write, lambda: now)
    log.stage_begun("read")
    for number, (pause, what) in enumerate(steps, start=1):
        now += pause
        log.step(number, len(steps), what)
    log.stage_done("read", 1.5, 120)

    told = _told(lines)
    at = [moment for moment, line in zip(moments, told, strict=True) if line["event"] == "step"]
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(at))
    assert told[1]["event"] == "step", "the first step is told at once"
    assert told[-1]["event"] == "stage_done"
    assert (told[-1]["done"], told[-1]["total"]) == (len(steps), len(steps))
    assert (told[-1]["stage"], told[-1]["seconds"], told[-1]["peak_memory_mb"]) == ("read", 1.5, 120)


@given(st.text(st.characters(), max_size=50))
def test_a_line_is_one_printable_line_whatever_a_file_is_named(name: str) -> None:
    lines: list[str] = []
    log = JsonLog(lines.append)
    log.stage_begun("read")
    log.step(1, 1, name)
    assert lines[1].isascii()
    assert len(lines[1].splitlines()) == 1
    assert json.loads(lines[1])["what"] == name


def test_the_time_is_utc_and_iso() -> None:
    lines: list[str] = []
    JsonLog(lines.append).stage_begun("read")
    assert datetime.fromisoformat(_told(lines)[0]["time"]).utcoffset() == timedelta(0)


def _causes(first: BaseException, then: BaseException) -> BaseException:
    """`then`, raised while `first` was handled, as DuckDB does with a signal."""
    try:
        try:
            raise first
        except BaseException:
            raise then  # noqa: B904  # the implicit context is meant
    except BaseException as problem:
        return problem


def _problems() -> Iterator[tuple[BaseException, str, bool]]:
    yield InboxError("inbox: there is\nno such folder."), "inbox: there is no such folder.", False
    yield Stopped("SIGTERM"), "Stopped by SIGTERM.", False
    yield KeyboardInterrupt(), "Stopped.", False
    yield _causes(Stopped("Ctrl-C"), RuntimeError("Query interrupted")), "Stopped by Ctrl-C.", False
    yield ValueError("odd"), "unexpected ValueError: odd", True


@pytest.mark.parametrize(("problem", "said", "fault"), list(_problems()))
def test_a_failure_is_the_last_line_with_its_stage(problem: BaseException, said: str, fault: bool) -> None:
    log, lines = _log()
    log.stage_begun("read")
    with pytest.raises(type(problem)), log:
        raise problem
    last = _told(lines)[-1]
    assert (last["event"], last["stage"], last["exit_code"]) == ("failed", "read", 2)
    assert last["message"].startswith(said)
    assert "\n" not in last["message"]
    assert is_fault(problem) is fault
    assert sentence(problem)


def test_a_failure_between_stages_names_none() -> None:
    log, lines = _log()
    log.stage_begun("read")
    log.stage_done("read", 0.1, 1)
    with pytest.raises(InboxError), log:
        raise InboxError("no")
    assert "stage" not in _told(lines)[-1]


def test_a_good_end_is_no_failure() -> None:
    lines: list[str] = []
    with JsonLog(lines.append) as log:
        log.stage_begun("read")
    assert [line["event"] for line in _told(lines)] == ["stage_begun"]
