"""The queue of a release: every kind is found, what is decided is gone at once, ids last through a re-export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harmonize.cli.review_desk import open_desk
from harmonize.review.acts import read_words
from harmonize.review.applying import make_plan, record
from harmonize.review.items import Item
from harmonize.review.kinds import KINDS
from harmonize.review.saying import Said, read_standing
from tests.pipeline.worlds import deliver, run_inbox
from tests.review.worlds import factories, world_in


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small world; what is called is called outside of any project."""
    monkeypatch.chdir(tmp_path)
    return world_in(tmp_path)


def _items(world: Path, kinds: Sequence[str] = tuple(KINDS)) -> list[Item]:
    with open_desk(world / "out") as desk:
        return desk.items(kinds)


def _say(world: Path, item: Item, verdict: str, to: str = "", at: str = "2026-07-01T00:00:00Z") -> None:
    closeness = "close" if item.kind == "question" and to else ""
    said = Said(item.kind, item.keys, verdict, to, closeness, "steward-1", at, "seen")
    folder = world / "out/decisions"
    record(folder, make_plan([said], read_standing(folder), read_words(folder), ()))


def _some_word(item: Item) -> tuple[str, str]:
    """A verdict that an item takes, with a choice where one is needed."""
    kind = KINDS[item.kind]
    verdict = item.verdicts[0]
    return (verdict, "labour.osh.welfare_facilities.overall") if verdict == kind.chosen else (verdict, "")


def test_every_kind_of_the_registry_is_found_and_stands_in_order(world: Path) -> None:
    items = _items(world)
    assert {item.kind for item in items} == set(KINDS)
    assert [item.rank for item in items] == sorted(item.rank for item in items)
    assert len({item.item_id for item in items}) == len(items)
    for item in items:
        assert item.asked
        assert item.said
        assert item.worth > 0
        assert item.verdicts


def test_two_factories_are_one_question_however_many_records_ask_it(world: Path) -> None:
    pairs = _items(world, ["facility_pair"])
    sides = [tuple(side for side in item.said if side.name == "factory") for item in pairs]
    assert len({(one.a, one.b) for (one,) in sides}) == len(pairs)


def test_what_is_decided_is_no_item_any_more_and_stays_so_after_a_re_export(world: Path) -> None:
    decided = [next(item for item in _items(world) if item.kind == kind) for kind in KINDS]
    for item in decided:
        _say(world, item, *_some_word(item))
    gone = {item.item_id for item in decided}
    assert not gone & {one.item_id for one in _items(world)}, "even before the next run"
    # The same content comes again under other names.
    inbox = world / "inbox"
    (inbox / "gap/a.csv").rename(inbox / "gap/again.csv")
    (inbox / "northline/audit.xlsx").rename(inbox / "northline/renamed.xlsx")
    run_inbox(inbox, world / "out")
    assert not gone & {one.item_id for one in _items(world)}


def test_ids_of_items_are_those_of_what_they_are_about(world: Path) -> None:
    before = {item.item_id for item in _items(world) if item.kind in ("facility_pair", "question", "value")}
    (world / "inbox/gap/a.csv").unlink()
    deliver(world / "inbox", {"gap/other-name.csv": factories(" on two floors")})
    run_inbox(world / "inbox", world / "out")
    assert before <= {item.item_id for item in _items(world)}


def test_the_run_does_what_the_queue_was_told(world: Path) -> None:
    item = next(one for one in _items(world, ["facility_pair"]))
    factory = next(side for side in item.said if side.name == "factory")
    _say(world, item, "same")
    release = run_inbox(world / "inbox", world / "out")
    known = set(release.column("SELECT facility_id FROM facility"))
    assert len({factory.a, factory.b} & known) == 1
    assert release.one("SELECT count(*) FROM facility_alias WHERE old_id IN (?, ?)", factory.a, factory.b) == 1


def test_more_hangs_on_what_more_depends_on(world: Path) -> None:
    with open_desk(world / "out") as desk:
        rules = desk.material.rules
    for kind in KINDS:
        assert rules.worth(kind, 2, 20, 2) > rules.worth(kind, 2, 20, 1) >= rules.kinds[kind].least
