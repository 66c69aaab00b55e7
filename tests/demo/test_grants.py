"""The invented consent register has grants of every kind, and its truth follows from what they state."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

from harmonize.demo import generate

TruthTable = Callable[[str], list[dict[str, str]]]
DAY = date(2026, 6, 30)
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


def _register(demo: Path) -> list[dict[str, str]]:
    with (demo / "inbox/consent/grants.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_there_are_grants_of_every_kind(demo: Path) -> None:
    rows = _register(demo)
    assert {row["scope"] for row in rows} >= {"summary", "findings", "answers", "full"}
    assert {row["assessment"] == "*" for row in rows} == {True, False}
    assert {row["instrument"] == "*" for row in rows} == {True, False}
    assert any(row["valid_from"] > DAY.isoformat() for row in rows)
    assert any("" < row["valid_to"] < DAY.isoformat() for row in rows)
    assert any("" < row["revoked_on"] <= DAY.isoformat() for row in rows)
    audiences = {row["audience"].partition(":")[0] for row in rows}
    assert audiences >= {"pvh", "gap", "levis", "nike", "adidas", "lender"}
    assert audiences >= {"government-vn", "civil-society", "manufacturer"}


def test_grants_that_do_not_hold_open_nothing(demo: Path, truth: TruthTable) -> None:
    """Whoever has no other grant than such sees nothing."""
    shares = {row["audience"] for row in truth("shares")}
    assert "somebody-else" not in shares
    rows = _register(demo)
    dead = [row for row in rows if row["revoked_on"] or row["valid_from"] > DAY.isoformat()]
    living = {(row["audience"], row["instrument"]) for row in rows if row not in dead}
    of = {row["assessment"]: row["instrument"] for row in truth("assessments")}
    seen = {(row["audience"], of[row["assessment"]]) for row in truth("shares") if row["scope"] != "own"}
    assert {(row["audience"], row["instrument"]) for row in dead}.isdisjoint(seen - living)


def test_what_was_never_posted_is_granted_to_nobody(truth: TruthTable) -> None:
    own = {row["assessment"] for row in truth("shares") if row["scope"] == "own"}
    unposted = {row["assessment"] for row in truth("faults") if row["code"] in ("deleted_assessment", "never_posted")}
    granted = {row["assessment"] for row in truth("shares")} - own
    assert granted.isdisjoint(unposted)


def test_the_same_seed_gives_the_same_register_and_secret(demo: Path, tmp_path: Path) -> None:
    generate(tmp_path, facilities=24, seed=7, schemas=SCHEMAS)
    for path in ("inbox/consent/grants.csv", "truth/shares.csv", "secrets/sharing.key"):
        assert (tmp_path / path).read_bytes() == (demo / path).read_bytes()


def test_a_secret_that_stands_there_stays(tmp_path: Path) -> None:
    key = tmp_path / "secrets" / "sharing.key"
    key.parent.mkdir()
    key.write_text("a secret of somebody's own", encoding="utf-8")
    generate(tmp_path, facilities=2, seed=7, schemas=SCHEMAS)
    assert key.read_text(encoding="utf-8") == "a secret of somebody's own"
