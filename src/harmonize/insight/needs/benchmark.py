"""Where a factory stands among its peers: shares that meet an indicator, quantiles of verified intensities."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import duckdb

from harmonize.insight.needs.disclosure import Quantiles, Share, quantiles_told, share_told
from harmonize.insight.needs.peers import Peers
from harmonize.insight.needs.rules import BenchmarkRules

__all__ = ["Compared", "compare_intensities", "compare_states", "verification_rank"]

_RANKS = {"desk": 1, "virtual": 2, "onsite": 3}
_LATEST = """
    SELECT indicator_id, facility_id, arg_max(state, evidence_day) AS state
    FROM said
    GROUP BY indicator_id, facility_id
    HAVING bool_or(is_answer) OR facility_id = $factory
    ORDER BY ALL
"""
_METRICS = """
    SELECT t.indicator_id, t.facility_id, t.year, t.value_number, t.unit, t.verification::VARCHAR AS verification,
        t.crosswalk_edition, coalesce(s.evidence_to, s.assessed_on) AS evidence_day
    FROM v_metric_trend t
    JOIN assessment s USING (assessment_id)
    WHERE ($day::DATE IS NULL OR coalesce(s.assessed_on, $day::DATE) <= $day::DATE)
        AND (t.indicator_id LIKE '%intensity%' OR t.indicator_id LIKE 'environment.water.metrics.water_per%')
    ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a factory says of an indicator, and what may be told of its peers; None is too few.

    Attributes:
        own: its state, or its value.
        circle: what the peers have in common.
    """

    indicator_id: str
    own: str | float | None
    circle: str | None
    peers: Share | Quantiles | None
    unit: str | None = None
    year: int | None = None


_Told = TypeVar("_Told", Share, Quantiles)


def _first_told(
    peers: Peers, found: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], _Told | None]
) -> tuple[str | None, _Told | None]:
    """What is told of the closest circle that has enough."""
    for name, facilities in peers.circles:
        told = tell({facility: value for facility, value in found.items() if facility in facilities})
        if told is not None:
            return name, told
    return None, None


def compare_states(
    connection: duckdb.DuckDBPyConnection, facility_id: str, peers: Peers, rules: BenchmarkRules
) -> list[Compared]:
    """Every indicator that the factory has a state of, with the share of peers that meet it (`said` must be there)."""
    states: dict[str, dict[str, str]] = {}
    for indicator_id, facility, state in connection.execute(_LATEST, {"factory": facility_id}).fetchall():
        states.setdefault(indicator_id, {})[facility] = state
    compared = []
    for indicator_id, found in states.items():
        if facility_id not in found or not rules.may_tell(indicator_id):
            continue
        met = {facility: state == "met" for facility, state in found.items()}
        circle, told = _first_told(peers, met, lambda holds: share_told(holds, peers.group_of, rules))
        compared.append(Compared(indicator_id, found[facility_id], circle, told))
    return compared


def verification_rank(verification: str | None) -> int:
    """How strongly something was verified; what was accepted unseen counts as not verified."""
    return _RANKS.get(verification or "", 0)


@dataclass(frozen=True, slots=True)
class Metric:
    """A verified intensity of one factory and year."""

    facility_id: str
    indicator_id: str
    year: int
    value: float
    series: tuple[str | None, str | None]
    evidence_day: date


def read_metrics(connection: duckdb.DuckDBPyConnection, as_of: date | None, rules: BenchmarkRules) -> list[Metric]:
    """The intensities that may be compared, by indicator, factory and year."""
    least = verification_rank(rules.intensities.least_verification)
    return [
        Metric(facility, indicator_id, year, value, (edition, unit), evidence_day)
        for indicator_id, facility, year, value, unit, verification, edition, evidence_day in connection.execute(
            _METRICS, {"day": as_of}
        ).fetchall()
        if rules.is_intensity(indicator_id) and verification_rank(verification) >= least and value > 0
    ]


def compare_intensities(
    metrics: Sequence[Metric], facility_id: str, day: date, peers: Peers, rules: BenchmarkRules
) -> list[Compared]:
    """The factory's latest intensities, each among those of peers in one series (edition and unit)."""
    latest: dict[tuple[str, tuple[str | None, str | None]], dict[str, Metric]] = {}
    for metric in metrics:
        if day.year - metric.year <= rules.intensities.oldest_years:
            latest.setdefault((metric.indicator_id, metric.series), {})[metric.facility_id] = metric
    compared = []
    for (indicator_id, (_, unit)), found in latest.items():
        own = found.get(facility_id)
        if own is None:
            continue
        values = {facility: metric.value for facility, metric in found.items()}
        circle, told = _first_told(peers, values, lambda known: quantiles_told(known, peers.group_of, rules))
        compared.append(Compared(indicator_id, own.value, circle, told, unit, own.year))
    return compared
