"""A new steward follows `data/first_hour.md` to the letter, and everything is as the page says.

A block `fill FILE` is what a person puts into a workbook: a sheet, how many of its rows, the word of the yellow column.
A block `desk` is the page: the command that serves it, and the keys that are pressed, a line each.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from harmonize.review.kinds import KINDS
from tests.browsing import CHROMIUM, DRIVER, browsing, served
from tests.cli.conftest import Command
from tests.cli.walked_page import blocks, is_printed, steps
from tests.pipeline.worlds import ROOT
from tests.review.filling import FilledRow, fill, rows_of

PAGE = (ROOT / "data" / "first_hour.md").read_text(encoding="utf-8")


_STANDS = "return !window.before && document.readyState === 'complete'"


def _fill(path: Path, sheet: str, count: int, word: str) -> None:
    chosen = {row.number for row in [row for row in rows_of(path) if row.sheet == sheet][:count]}
    assert word in {verdict for kind in KINDS.values() for verdict in kind.verdicts}

    def put(row: FilledRow) -> dict[str, str]:
        return {"Decision": word} if row.sheet == sheet and row.number in chosen else {}

    assert fill(path, put) == count


def _sit_at_desk(text: str, profile: Path) -> None:
    """Serve the page, and press the keys in a browser: every one of them leads to another page."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.wait import WebDriverWait

    (step,) = steps(text)
    keys = [line.split()[0] for line in step.expected.splitlines()[1:]]
    seen: list[str] = []
    with (
        served([sys.executable, "-m", *shlex.split(step.command)], Path.cwd()) as address,
        browsing(profile) as driver,
    ):
        driver.get(address)
        for key in keys:
            driver.execute_script("window.before = true; document.querySelector('a[data-item]')?.focus()")
            ActionChains(driver).send_keys({"Enter": Keys.ENTER}.get(key, key)).perform()
            WebDriverWait(driver, 90).until(lambda one: one.execute_script(_STANDS))
            seen.append(f"{driver.current_url} {driver.find_element('css selector', 'main').text}")
    assert keys == ["Enter", "d", "z", "g"]
    assert "/item/" in seen[0]
    assert "Recorded" in seen[1]
    assert "Taken back" in seen[2]
    assert "/queue" in seen[3]


@pytest.mark.slow
def test_every_step_of_the_first_hour_does_what_the_page_says(harmonize: Command, tmp_path: Path) -> None:
    taken = 0
    for kind, name, text in blocks(PAGE):
        if kind == "fill":
            for sheet, count, word in map(str.split, text.splitlines()):
                _fill(Path(name), sheet, int(count), word)
            continue
        if kind == "desk":
            if CHROMIUM and DRIVER:
                _sit_at_desk(text, tmp_path / "profile")
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
