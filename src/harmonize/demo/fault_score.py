"""Judge what a run said about planted faults: which it reported in their place, and what it withheld elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harmonize.demo.found_places import paths_of
from harmonize.demo.measures import Tally
from harmonize.demo.places_reported import is_within

__all__ = ["accused_places", "caught_faults"]

TruthRow = Mapping[str, str]


def caught_faults(
    faults: Sequence[TruthRow], noticed: Sequence[tuple[str, str, str]], files: Sequence[TruthRow]
) -> Tally:
    """Planted faults that some issue or quarantined place (path, locator, code) names."""
    by_path = _by_path(noticed)
    missed = [
        f"{fault['code']} at {fault['path']} {fault['locator']}"
        for fault in faults
        if not any(
            is_within(locator, place)
            for path in paths_of(fault["path"], files)
            for locator in by_path.get(path, ())
            for place in _planted(fault)
        )
    ]
    return Tally(len(faults), len(faults) - len(missed), tuple(missed))


def _by_path(rows: Iterable[tuple[str, str, str]]) -> dict[str, list[str]]:
    by_path: dict[str, list[str]] = {}
    for path, locator, _ in rows:
        by_path.setdefault(path, []).append(locator)
    return by_path


def _planted(fault: TruthRow) -> list[str]:
    return [fault["locator"], *filter(None, fault["also"].split("|"))]


def accused_places(
    faults: Sequence[TruthRow], quarantined: Sequence[tuple[str, str, str]], files: Sequence[TruthRow]
) -> tuple[str, ...]:
    """Quarantined places at which nothing was planted."""
    planted: dict[str, list[str]] = {}
    for fault in faults:
        for path in paths_of(fault["path"], files):
            planted.setdefault(path, []).extend(_planted(fault))
    return tuple(
        f"{code} at {path} {locator}"
        for path, locator, code in quarantined
        if not any(is_within(locator, place) for place in planted.get(path, ()))
    )
