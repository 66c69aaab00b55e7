"""What comparable factories did before a matter turned: counted by owner group, and an association, no cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import duckdb

from harmonize.insight.needs.benchmark import Metric
from harmonize.insight.needs.disclosure import Share, may_be_told, share_told
from harmonize.insight.needs.peers import Peers
from harmonize.insight.needs.rules import BenchmarkRules

__all__ = ["Adopted", "Before", "before_falls", "before_turns", "falls_of", "read_course"]


@dataclass(frozen=True, slots=True)
class Adopted:
    """Something done before, by how many of those that turned; `otherwise` is the share among those that did not turn.

    Attributes:
        what: a practice indicator, or the text of a corrective action.
    """

    what: str
    is_action: bool
    factories: int
    groups: int
    otherwise: float | None


@dataclass(frozen=True, slots=True)
class Before:
    """What was done before a matter turned; `circle` is None where too few turned for anything to be told."""

    matter: str
    circle: str | None
    turned: int
    groups: int
    adopted: Sequence[Adopted]


@dataclass(frozen=True, slots=True)
class Course:
    """What happened at factories.

    Attributes:
        turns: by indicator and factory the last day on which it turned to met.
        practices: by factory its adopted practices with their days.
        actions: by indicator and factory the texts of actions with their days.
        stayed: by indicator the factories that do not meet it, with the last day on which that was said.
    """

    turns: Mapping[str, Mapping[str, date]]
    practices: Mapping[str, Sequence[tuple[str, date]]]
    actions: Mapping[str, Mapping[str, Sequence[tuple[str, date]]]]
    stayed: Mapping[str, Mapping[str, date]]


_PRACTICES = """
    SELECT t.facility_id, t.indicator_id, t.turned_on
    FROM turned t JOIN indicator i USING (indicator_id) WHERE i.kind = 'practice' ORDER BY ALL
"""
_TURNS = "SELECT indicator_id, facility_id, max(turned_on) FROM turned GROUP BY ALL ORDER BY ALL"
_STAYED = """
    SELECT indicator_id, facility_id, max(evidence_day)
    FROM said GROUP BY ALL HAVING arg_max(state, evidence_day) <> 'met' ORDER BY ALL
"""
_ACTIONS = """
    SELECT DISTINCT s.indicator_id, s.facility_id, trim(a.action), coalesce(s.evidence_day, s.due_on)
    FROM corrective_action_source_on($day::DATE, NULL) s
    CROSS JOIN LATERAL (SELECT unnest(s.actions) AS action) a
    JOIN indicator i USING (indicator_id)
    WHERE s.facility_id IN (SELECT unnest($facilities)) AND coalesce(s.evidence_day, s.due_on) IS NOT NULL
        AND s.severity IS DISTINCT FROM 'zero_tolerance'
        AND NOT list_has_any(i.facets, $facets)
        AND NOT EXISTS (
            SELECT 1 FROM (SELECT unnest($topics) AS topic_id) w
            WHERE i.topic_id = w.topic_id OR starts_with(i.topic_id, w.topic_id || '.')
        )
    ORDER BY ALL
"""


def read_course(
    connection: duckdb.DuckDBPyConnection, as_of: date | None, facilities: Sequence[str], rules: BenchmarkRules
) -> Course:
    """What happened at some factories (`said` and `turned` must be there); withheld matters have no texts."""
    practices: dict[str, list[tuple[str, date]]] = {}
    for facility, indicator_id, turned_on in connection.execute(_PRACTICES).fetchall():
        practices.setdefault(facility, []).append((indicator_id, turned_on))
    actions: dict[str, dict[str, list[tuple[str, date]]]] = {}
    given = {
        "day": as_of,
        "facilities": list(facilities),
        "topics": list(rules.before.withheld_topics),
        "facets": list(rules.before.withheld_facets),
    }
    for indicator_id, facility, action, when in connection.execute(_ACTIONS, given).fetchall():
        actions.setdefault(indicator_id, {}).setdefault(facility, []).append((action, when))
    return Course(_days(connection, _TURNS), practices, actions, _days(connection, _STAYED))


def _days(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, dict[str, date]]:
    found: dict[str, dict[str, date]] = {}
    for indicator_id, facility, day in connection.execute(query).fetchall():
        found.setdefault(indicator_id, {})[facility] = day
    return found


def before_turns(indicator_id: str, course: Course, peers: Peers, rules: BenchmarkRules) -> Before:
    """What peers did before an indicator turned to met at them."""
    turned = course.turns.get(indicator_id, {})
    stayed = {facility: day for facility, day in course.stayed.get(indicator_id, {}).items() if facility not in turned}
    texts = course.actions.get(indicator_id, {})
    return _before(indicator_id, turned, stayed, course.practices, texts, peers, rules)


def falls_of(metrics: Iterable[Metric], rules: BenchmarkRules, section: str) -> tuple[dict[str, date], dict[str, date]]:
    """Factories whose intensity of a section fell, and those that have a series without a fall; with the last day.

    Only years that follow each other in one series are compared: an edition that changes breaks it.
    """
    series: dict[tuple[str, str, tuple[str | None, str | None]], list[Metric]] = {}
    for metric in metrics:
        if metric.indicator_id.split(".")[1] == section:
            series.setdefault((metric.facility_id, metric.indicator_id, metric.series), []).append(metric)
    fell: dict[str, date] = {}
    seen: dict[str, date] = {}
    for (facility, _, _), found in series.items():
        for earlier, later in pairwise(sorted(found, key=lambda metric: metric.year)):
            if later.year != earlier.year + 1:
                continue
            days = fell if later.value <= earlier.value * (1 - rules.intensities.fall_share) else seen
            days[facility] = max(days.get(facility, later.evidence_day), later.evidence_day)
    return fell, {facility: day for facility, day in seen.items() if facility not in fell}


def before_falls(
    section: str, metrics: Sequence[Metric], course: Course, peers: Peers, rules: BenchmarkRules
) -> Before:
    """What peers adopted of a section's practices before its intensity fell at them."""
    fell, stayed = falls_of(metrics, rules, section)
    practices = {
        facility: [(what, day) for what, day in adopted if what.split(".")[1] == section]
        for facility, adopted in course.practices.items()
    }
    return _before(f"{section} intensity", fell, stayed, practices, {}, peers, rules)


def _before(
    matter: str,
    turned: Mapping[str, date],
    stayed: Mapping[str, date],
    practices: Mapping[str, Sequence[tuple[str, date]]],
    texts: Mapping[str, Sequence[tuple[str, date]]],
    peers: Peers,
    rules: BenchmarkRules,
) -> Before:
    for circle, members in peers.circles:
        at = {facility: day for facility, day in turned.items() if facility in members}
        if not may_be_told((peers.group_of[facility] for facility in at), rules):
            continue
        others = {facility: day for facility, day in stayed.items() if facility in members}
        told = [
            *_adopted(matter, at, others, practices, peers, rules, is_action=False),
            *_adopted(matter, at, others, texts, peers, rules, is_action=True),
        ]
        told.sort(key=lambda one: (-one.groups, -one.factories, one.what))
        groups = len({peers.group_of[facility] for facility in at})
        return Before(matter, circle, len(at), groups, told[: rules.before.told])
    return Before(matter, None, 0, 0, ())


def _adopted(
    matter: str,
    turned: Mapping[str, date],
    stayed: Mapping[str, date],
    done: Mapping[str, Sequence[tuple[str, date]]],
    peers: Peers,
    rules: BenchmarkRules,
    *,
    is_action: bool,
) -> list[Adopted]:
    """What may be told of what was done in the months before; a text is the same whatever its case."""
    by_what: dict[str, dict[str, str]] = {}
    for facility, day in turned.items():
        for what, when in done.get(facility, ()):
            if _is_before(when, day, rules.before.months):
                by_what.setdefault(what.casefold(), {})[facility] = what
    told = []
    for key, facilities in by_what.items():
        groups = [peers.group_of[facility] for facility in facilities]
        what = Counter(facilities.values()).most_common(1)[0][0]
        if what == matter or not may_be_told(groups, rules) or not (is_action or rules.may_tell(what)):
            continue
        otherwise = _otherwise(key, stayed, done, peers, rules)
        told.append(Adopted(what, is_action, len(facilities), len(set(groups)), otherwise.share if otherwise else None))
    return told


def _otherwise(
    key: str,
    stayed: Mapping[str, date],
    done: Mapping[str, Sequence[tuple[str, date]]],
    peers: Peers,
    rules: BenchmarkRules,
) -> Share | None:
    """The share of those that did not turn and did the same in the months before their last day."""
    holds = {
        facility: any(
            what.casefold() == key and _is_before(when, day, rules.before.months)
            for what, when in done.get(facility, ())
        )
        for facility, day in stayed.items()
    }
    return share_told(holds, peers.group_of, rules)


def _is_before(when: date, day: date, months: int) -> bool:
    """Whether something lies in the months up to a day, that day included."""
    return when <= day and (day.year - when.year) * 12 + day.month - when.month <= months
