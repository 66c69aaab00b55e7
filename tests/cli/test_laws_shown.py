"""`harmonize language show` says which laws an indicator refers to, and which of them held on a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, sentence

OVERTIME = "labour.working_time.overtime.within_limits"


@pytest.mark.parametrize(
    ("day", "line"),
    [
        ("2020-06-01", "VN\t10/2012/QH13\t\tLabour Code of 2012\t2013-05-01\t2020-12-31\tin force"),
        ("2026-06-01", "VN\t10/2012/QH13\t\tLabour Code of 2012\t2013-05-01\t2020-12-31\tno longer in force"),
        ("2020-06-01", "VN\t45/2019/QH14\t107\tLabour Code of 2019\t2021-01-01\t\tnot yet in force"),
    ],
)
def test_the_laws_of_an_indicator_are_shown_as_of_a_day(harmonize: Command, day: str, line: str) -> None:
    said = harmonize("language", "show", OVERTIME, "--as-of", day)
    assert said.code == 0
    assert line in said.out.splitlines()


def test_a_day_that_is_none_is_refused(harmonize: Command) -> None:
    assert harmonize("language", "show", OVERTIME, "--as-of", "yesterday").code == 2


def test_a_broken_law_stops_a_run_with_its_place(harmonize: Command, tmp_path: Path) -> None:
    (tmp_path / "schemas/laws").mkdir(parents=True)
    (tmp_path / "schemas/laws/LA.yml").write_text("1/2013: {title: x}\n", encoding="utf-8")
    assert "LA.yml: 1/2013.authority" in sentence(harmonize("language", "show", OVERTIME))
