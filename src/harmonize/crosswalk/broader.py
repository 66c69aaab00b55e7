"""Which indicator is broader than which, and what follows for one from the other.

What a narrower indicator is not, the broader one is not; what a broader one is, the narrower ones are; the reverses say
nothing. `schemas/language/broader.tsv` states single pairs, and one rule states the rest: the `overall` of a topic is
broader than every other compliance indicator of the topic, and than what stands so at the top of each topic below.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harmonize.crosswalk.tabular import read_rows
from harmonize.errors import ConfigurationError

__all__ = ["Broader", "Implied", "broader_table", "closure", "implied", "overall_pairs", "stated_pairs"]

_COLUMNS = ("indicator_id", "broader_id")
_OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Broader:
    """`broader_id` is broader than `indicator_id`, as `place` states."""

    indicator_id: str
    broader_id: str
    place: str


@dataclass(frozen=True, slots=True)
class Implied:
    """An indicator of which something follows, and the statements that lead to it."""

    indicator_id: str
    path: tuple[Broader, ...]


def stated_pairs(path: Path, indicators: Collection[str]) -> list[Broader]:
    """The pairs that `broader.tsv` states.

    Raises:
        ConfigurationError: an indicator that does not exist, or a pair that stands twice.
    """
    pairs: dict[tuple[str, str], Broader] = {}
    for row in read_rows(path, _COLUMNS):
        pair = (row["indicator_id"], row["broader_id"])
        unknown = [name for name in pair if name not in indicators]
        if unknown:
            raise ConfigurationError(f"{path}: the indicator {unknown[0]!r} does not exist; correct it, or add it.")
        if pair in pairs:
            raise ConfigurationError(f"{path}: the pair {' '.join(pair)} stands twice; remove one.")
        pairs[pair] = Broader(*pair, f"{path.parent.name}/{path.name}: {pair[0]}")
    return list(pairs.values())


def overall_pairs(compliance: Iterable[tuple[str, str]], parents: Mapping[str, str | None]) -> list[Broader]:
    """The pairs that follow from the `overall` indicators of topics.

    Args:
        compliance: compliance indicators, each with its topic.
        parents: the topic above every topic.
    """
    pairs = []
    topics = dict(compliance)
    for name, topic in topics.items():
        above = parents.get(topic) if name == f"{topic}.{_OVERALL}" else topic
        overall = _overall_of(above, topics, parents)
        if overall is not None:
            place = f"language, by rule: {overall} stands for its topic"
            pairs.append(Broader(name, overall, place))
    return pairs


def _overall_of(topic: str | None, known: Collection[str], parents: Mapping[str, str | None]) -> str | None:
    """The nearest `overall` at a topic or above it."""
    seen: set[str] = set()
    while topic is not None and topic not in seen:
        if f"{topic}.{_OVERALL}" in known:
            return f"{topic}.{_OVERALL}"
        seen.add(topic)
        topic = parents.get(topic)
    return None


def implied(pairs: Iterable[Broader], indicator_id: str, state: str) -> list[Implied]:
    """The indicators of which the same state follows from that of one, the nearest first, each with a shortest path.

    `not_met` goes to the broader ones, `met` to the narrower ones, and no other state anywhere.
    """
    if state not in ("met", "not_met"):
        return []
    steps: dict[str, list[Broader]] = defaultdict(list)
    for pair in pairs:
        steps[pair.indicator_id if state == "not_met" else pair.broader_id].append(pair)
    return _reached(steps, indicator_id)


def closure(pairs: Sequence[Broader]) -> list[tuple[str, Implied]]:
    """Every indicator with each that is broader, directly or by others in between."""
    steps: dict[str, list[Broader]] = defaultdict(list)
    for pair in pairs:
        steps[pair.indicator_id].append(pair)
    return [(name, broader) for name in sorted(steps) for broader in _reached(steps, name)]


def broader_table(pairs: Sequence[Broader]) -> list[dict[str, object]]:
    """Rows of the contract table `indicator_broader`."""
    return [
        {
            "indicator_id": name,
            "broader_id": broader.indicator_id,
            "steps": len(broader.path),
            "path": [name, *(pair.broader_id for pair in broader.path)],
        }
        for name, broader in closure(pairs)
    ]


def _reached(steps: Mapping[str, Sequence[Broader]], start: str) -> list[Implied]:
    """Everything that steps lead to, breadth first; what was reached is not entered again."""
    paths: dict[str, tuple[Broader, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for pair in steps.get(at, ()):
            other = pair.broader_id if pair.indicator_id == at else pair.indicator_id
            if other not in paths:
                paths[other] = (*paths[at], pair)
                waiting.append(other)
    return [Implied(name, path) for name, path in paths.items() if name != start]
