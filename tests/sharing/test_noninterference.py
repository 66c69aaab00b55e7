"""Law 6: what an audience may not see changes nothing in its file, not a byte of a row, a number or an id.

`make test` takes one register; `HARMONIZE_FUZZ=long` (`make fuzz`) takes many, of twenty audiences each.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import pytest

from harmonize.sharing.audiences import Audience
from tests.assessments.hostile import hostile_corpus
from tests.pipeline.worlds import deliver, run_inbox
from tests.sharing.hostile_world import EXTRA
from tests.sharing.interference import Grant, blank, differences, register, share

IS_LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
REGISTERS = 60 if IS_LONG else 1
ALONE = (
    Audience(name="pvh", kind="buyer", contributor="pvh"),
    Audience(name="gap", kind="buyer", contributor="gap"),
    Audience(name="north", kind="manufacturer", contributor="northline"),
    Audience(name="lender", kind="financier"),
    Audience(name="government", kind="government", named=False),
    Audience(name="higg", kind="civil_society", contributor="higg", named=False),
    Audience(name="programme", kind="buyer", contributor="better-work"),
)
KINDS = ("buyer", "manufacturer", "financier", "government", "civil_society")
TOGETHER = tuple(
    Audience(name=f"receiver {number}", kind=KINDS[number % 5], named=number % 4 > 0)
    for number in range(20 if IS_LONG else 4)
)
OVER, FUTURE, ON = date(2026, 6, 29), date(2026, 7, 1), date(2026, 6, 30)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    inbox = deliver(folder / "inbox", {**hostile_corpus(2, 3).files, **EXTRA})
    return run_inbox(inbox, folder / "out").database


def _grants(rng: Random, database: Path, audiences: tuple[Audience, ...], is_half: bool) -> list[Grant]:
    """A register; of half the tools and factories where `is_half`, so that much is nobody's."""
    with duckdb.connect(str(database), read_only=True) as connection:
        named = connection.execute(
            "SELECT DISTINCT scheme, value FROM compact.stated_identifier WHERE valid ORDER BY ALL"
        ).fetchall()
        reports = connection.execute(
            "SELECT DISTINCT instrument, native_id FROM compact.stated_header WHERE native_id IS NOT NULL ORDER BY ALL"
        ).fetchall()
    tools = sorted({tool for tool, _ in reports})
    if is_half:
        tools = rng.sample(tools, len(tools) // 2)
        named = rng.sample(named, len(named) // 2)
    found = []
    for number in range(rng.randint(3, 6) * len(audiences)):
        scheme, value = rng.choice(named)
        tool, report = rng.choice(tools if is_half else ["*", *tools]), "*"
        if rng.random() < 0.3:
            tool, report = rng.choice([one for one in reports if one[0] in tools])
        found.append(
            Grant(
                f"G{number}",
                scheme,
                value,
                rng.choice(audiences).name,
                tool,
                report,
                rng.choice(["summary", "findings", "answers", "full", "full"]),
                valid_from=rng.choice([None, None, None, ON, FUTURE]),
                valid_to=rng.choice([date(2027, 1, 1), date(2027, 1, 1), ON, OVER]),
                revoked_on=rng.choice([None, None, None, None, ON, FUTURE]),
            )
        )
    return found


@pytest.mark.parametrize("seed", range(REGISTERS))
def test_what_one_audience_may_not_see_changes_nothing_for_it(seed: int, release: Path, tmp_path: Path) -> None:
    rng = Random(seed)
    register(release, _grants(rng, release, ALONE, is_half=False))
    made = share(release, ALONE, tmp_path / "made")
    assert any("main.answer" in found for found in made.values())
    for one in ALONE if IS_LONG else rng.sample(ALONE, 3):
        for is_deleted in (True, False) if IS_LONG else (rng.random() < 0.5,):
            other = blank(release, [one], tmp_path / "other.duckdb", is_deleted)
            again = share(other, [one], tmp_path / "again")
            assert not differences(made[one.name], again[one.name]), (one.name, is_deleted)


@pytest.mark.parametrize("seed", range(REGISTERS))
def test_what_nobody_may_see_changes_nothing_for_anybody(seed: int, release: Path, tmp_path: Path) -> None:
    rng = Random(1000 + seed)
    register(release, _grants(rng, release, TOGETHER, is_half=True))
    made = share(release, TOGETHER, tmp_path / "made")
    for is_deleted in (True, False):
        other = blank(release, TOGETHER, tmp_path / "other.duckdb", is_deleted)
        again = share(other, TOGETHER, tmp_path / "again")
        for name, found in made.items():
            assert not differences(found, again[name]), (name, is_deleted)
