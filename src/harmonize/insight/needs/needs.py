"""What one factory needs, put together: what presses, levels, peers, and what others did before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import duckdb

from harmonize.errors import InboxError
from harmonize.insight.needs.before import Before, before_falls, before_turns, read_course
from harmonize.insight.needs.benchmark import Compared, compare_intensities, compare_states, read_metrics
from harmonize.insight.needs.disclosure import Share
from harmonize.insight.needs.peers import Peers, find_peers
from harmonize.insight.needs.rules import BenchmarkRules
from harmonize.insight.needs.standing import Level, Pressing, fem_levels, pressing_matters

__all__ = ["Needs", "read_needs"]

_SECTIONS = ("energy", "water")


@dataclass(frozen=True, slots=True)
class Needs:
    """All of it.

    Attributes:
        states: every indicator that the factory has a state of, the widest gap to the peers first.
        before: of each matter that presses, or that the next level asks; those of which nothing can be told come last.
        labels: of indicators, by language.
        circle_sizes: factories and owner groups of every circle.
    """

    facility: Mapping[str, str | None]
    release_id: str
    as_of: date
    pressing: Sequence[Pressing]
    levels: Sequence[Level]
    states: Sequence[Compared]
    intensities: Sequence[Compared]
    before: Sequence[Before]
    labels: Mapping[str, Mapping[str, str]]
    circle_sizes: Sequence[tuple[str, int, int]]

    def label(self, indicator_id: str, language: str = "en") -> str:
        """The label of an indicator; what is none is named by itself."""
        labels = self.labels.get(indicator_id, {})
        return labels.get(language) or labels.get("en") or indicator_id


def read_needs(
    connection: duckdb.DuckDBPyConnection, facility_id: str, as_of: date | None, rules: BenchmarkRules
) -> Needs:
    """What a factory needs, as a release tells it.

    Args:
        as_of: the day of judgement; None is the release's own.

    Raises:
        InboxError: an older version made the release.
    """
    ((release_id, released),) = connection.execute("SELECT release_id, as_of FROM release").fetchall()
    day = as_of or released
    try:
        pressing = pressing_matters(connection, facility_id, as_of, day)
    except duckdb.CatalogException as problem:
        raise InboxError(
            f"The release {release_id} knows no plans: an older version made it. Remove its folder and run "
            "`harmonize run` again."
        ) from problem
    levels = fem_levels(connection, facility_id, as_of)
    peers = find_peers(connection, facility_id, rules)
    _make_timeline(connection, as_of, [*peers.all, facility_id])
    metrics = read_metrics(connection, as_of, rules)
    states = compare_states(connection, facility_id, peers, rules)
    course = read_course(connection, as_of, peers.all, rules)
    wanted = dict.fromkeys(
        [
            *(matter.indicator_id for matter in pressing if matter.indicator_id),
            *(asked.indicator_id for level in levels for asked in level.asked),
        ]
    )
    before = [
        *(before_falls(section, metrics, course, peers, rules) for section in _SECTIONS),
        *(before_turns(name, course, peers, rules) for name in wanted if rules.may_tell(name)),
    ]
    facility = connection.execute(
        "SELECT facility_id, name, name_local, country, sector FROM facility WHERE facility_id = ?", [facility_id]
    ).fetchone()
    names = ("facility_id", "name", "name_local", "country", "sector")
    return Needs(
        dict(zip(names, facility or (), strict=True)),
        str(release_id),
        day,
        pressing,
        levels,
        sorted(states, key=_gap),
        compare_intensities(metrics, facility_id, day, peers, rules),
        sorted(before, key=lambda one: (one.circle is None, not one.adopted)),
        _labels(connection),
        _sizes(peers),
    )


def _make_timeline(connection: duckdb.DuckDBPyConnection, as_of: date | None, facilities: Sequence[str]) -> None:
    """The temporary tables `said` and `turned`."""
    text = files("harmonize.insight.needs").joinpath("timeline.sql").read_text(encoding="utf-8")
    for statement in connection.extract_statements(text):
        given = {"day": as_of, "facilities": list(facilities)}
        needed = {name: given[name] for name in statement.named_parameters}
        connection.execute(statement, needed)


def _gap(compared: Compared) -> tuple[object, ...]:
    """Not met here and met by most peers first; what cannot be compared last."""
    share = compared.peers.share if isinstance(compared.peers, Share) else None
    return share is None, compared.own == "met", -(share or 0.0), compared.indicator_id


def _labels(connection: duckdb.DuckDBPyConnection) -> dict[str, Mapping[str, str]]:
    rows = connection.execute("SELECT indicator_id, labels FROM indicator").fetchall()
    return {indicator_id: json.loads(labels) for indicator_id, labels in rows}


def _sizes(peers: Peers) -> list[tuple[str, int, int]]:
    return [
        (name, len(members), len({peers.group_of[facility] for facility in members})) for name, members in peers.circles
    ]
