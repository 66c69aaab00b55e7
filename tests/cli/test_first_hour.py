"""A new steward follows `data/first_hour.md` to the letter, and everything is as the page says.

A block `fill FILE` is what a person puts into a workbook: a sheet, how many of its rows, the word of the yellow column.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from harmonize.review.kinds import KINDS
from tests.cli.conftest import Command
from tests.cli.walked_page import blocks, is_printed, steps
from tests.pipeline.worlds import ROOT
from tests.review.filling import FilledRow, fill, rows_of

PAGE = (ROOT / "data" / "first_hour.md").read_text(encoding="utf-8")


def _fill(path: Path, sheet: str, count: int, word: str) -> None:
    chosen = {row.number for row in [row for row in rows_of(path) if row.sheet == sheet][:count]}
    assert word in {verdict for kind in KINDS.values() for verdict in kind.verdicts}

    def put(row: FilledRow) -> dict[str, str]:
        return {"Decision": word} if row.sheet == sheet and row.number in chosen else {}

    assert fill(path, put) == count


@pytest.mark.slow
def test_every_step_of_the_first_hour_does_what_the_page_says(harmonize: Command) -> None:
    taken = 0
    for kind, name, text in blocks(PAGE):
        if kind == "fill":
            for sheet, count, word in map(str.split, text.splitlines()):
                _fill(Path(name), sheet, int(count), word)
            continue
        for step in steps(text):
            program, *arguments = shlex.split(step.command)
            assert program == "harmonize"
            said = harmonize(*arguments)
            assert said.err == "", step
            assert said.code in (0, 1), said
            assert is_printed(step, said.out), (step, said.out)
            taken += 1
    assert taken > 12
