"""The tables of aggregates as they are written: one row per block that was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from harmonize.insight.needs.disclosure import rounded
from harmonize.insight.policy.laws import LegalRegimes
from harmonize.insight.policy.telling import Told

__all__ = ["fem_practices", "non_compliance", "working_time"]

Row = dict[str, Any]
_BY_PLACE = {"year": pa.int64(), "province": pa.string(), "size_class": pa.string()}
_COUNTED = {
    "n": pa.int64(), "owner_groups": pa.int64(), "asked": pa.int64(), "not_met": pa.int64(), "partly_met": pa.int64(),
    "share_not_met": pa.float64(), "method": pa.string(), "legal_break": pa.string(), "told_on": pa.date32(),
}  # fmt: skip
_POINT = pa.schema(
    {"compliance_point": pa.string(), "label": pa.string(), "country": pa.string(), **_BY_PLACE, **_COUNTED}
)
_TIME = pa.schema(
    {
        "indicator_id": pa.string(), "label": pa.string(), "country": pa.string(), **_BY_PLACE, **_COUNTED,
        "mean": pa.float64(), "unit": pa.string(),
    }
)  # fmt: skip
_PRACTICE = pa.schema(
    {
        "indicator_id": pa.string(), "label": pa.string(), "edition": pa.string(), "year": pa.int64(),
        "process": pa.string(),
        "country": pa.string(), "n": pa.int64(), "owner_groups": pa.int64(), "adopted": pa.int64(),
        "partly_adopted": pa.int64(), "share_adopted": pa.float64(), "series_break": pa.bool_(), "method": pa.string(),
        "told_on": pa.date32(),
    }
)  # fmt: skip
_ANSWERS = "answers: not met / asked, by indicator"
_SUMMED = "sum of the indicators told in working_time; n and owner_groups: of the one with most"


def _head(block: Told, group_of: Mapping[str, str]) -> Row:
    return {
        "n": len(block.members),
        "owner_groups": len({group_of[facility] for facility, _, _ in block.members}),
        "told_on": block.told_on,
    }


def _sort(rows: list[Row], schema: pa.Schema) -> pa.Table:
    rows.sort(key=lambda row: [(row[name] is None, str(row[name])) for name in schema.names])
    return pa.Table.from_pylist(rows, schema=schema)


def _place(block: Told) -> Row:
    return dict(zip(_BY_PLACE, block.key, strict=True))


def _counted(block: Told) -> Row:
    asked, not_met = int(block.total("asked")), int(block.total("not_met"))
    return {
        "asked": asked,
        "not_met": not_met,
        "partly_met": int(block.total("partly_met")),
        "share_not_met": not_met / asked,
    }


def non_compliance(
    told: Iterable[Told],
    by_indicator: Iterable[Told],
    point_of_indicator: Mapping[str, str],
    group_of: Mapping[str, str],
    regimes: LegalRegimes,
    labels: Mapping[str, str],
) -> pa.Table:
    """Non-compliance by compliance point, country, year, province and size; null: several together.

    Args:
        by_indicator: what is told of working time; its points are the sums of that, which tells nothing more.
        point_of_indicator: the compliance point of each of its indicators.
    """
    rows = []
    for block in told:
        point, country = block.partition
        head = {"compliance_point": point, "label": labels[point], "country": country, **_place(block)}
        rows.append(
            {
                **head, **_head(block, group_of), **_counted(block), "method": _ANSWERS,
                "legal_break": regimes.breaks(country, point, block.key[0]),
            }
        )  # fmt: skip
    sums: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for block in by_indicator:
        indicator_id, country = block.partition
        point = point_of_indicator[indicator_id]
        sums[point, country, *block.key].append({**_head(block, group_of), **_counted(block)})
    for (point, country, *key), parts in sums.items():
        asked, not_met = sum(part["asked"] for part in parts), sum(part["not_met"] for part in parts)
        rows.append(
            {
                "compliance_point": point, "label": labels[point], "country": country,
                **dict(zip(_BY_PLACE, key, strict=True)),
                "n": max(part["n"] for part in parts), "owner_groups": max(part["owner_groups"] for part in parts),
                "asked": asked, "not_met": not_met, "partly_met": sum(part["partly_met"] for part in parts),
                "share_not_met": not_met / asked, "method": _SUMMED,
                "legal_break": regimes.breaks(country, point, key[0]),
                "told_on": max(part["told_on"] for part in parts),
            }
        )  # fmt: skip
    return _sort(rows, _POINT)


def working_time(
    told: Iterable[Told],
    hours: Iterable[Told],
    group_of: Mapping[str, str],
    regimes: LegalRegimes,
    labels: Mapping[str, str],
    digits: int,
) -> pa.Table:
    """Overtime and working time by indicator: what is not met, and means of hours as stated."""
    rows = []
    for block in told:
        indicator_id, country = block.partition
        rows.append({"indicator_id": indicator_id, "country": country, **_counted(block), "method": _ANSWERS})
        rows[-1] |= _head(block, group_of)
        rows[-1] |= _place(block)
    for block in hours:
        indicator_id, unit, country = block.partition
        mean = rounded(block.total("sum") / len(block.members), digits)
        rows.append(
            {
                "indicator_id": indicator_id,
                "country": country,
                "mean": mean,
                "unit": unit,
                "method": "mean of values as stated, rounded",
            }
        )
        rows[-1] |= _head(block, group_of)
        rows[-1] |= _place(block)
    for row in rows:
        row["label"] = labels[row["indicator_id"]]
        row["legal_break"] = regimes.breaks(row["country"], row["indicator_id"], row["year"])
    return _sort([{name: row.get(name) for name in _TIME.names} for row in rows], _TIME)


def fem_practices(told: Sequence[Told], group_of: Mapping[str, str], labels: Mapping[str, str]) -> pa.Table:
    """Adoption of practices by process, country and year; an edition that changes breaks the series."""
    first: dict[tuple[str, ...], int] = {}
    for block in told:
        if block.key[0] is not None:
            first[block.partition] = min(first.get(block.partition, block.key[0]), block.key[0])
    indicators: defaultdict[str, list[int]] = defaultdict(list)
    for (indicator_id, _), year in first.items():
        indicators[indicator_id].append(year)
    rows = []
    for block in told:
        indicator_id, edition = block.partition
        year, process, country = block.key
        adopted = int(block.total("adopted"))
        rows.append(
            {
                "indicator_id": indicator_id, "label": labels[indicator_id], "edition": edition, "year": year,
                "process": process, "country": country, "adopted": adopted,
                "partly_adopted": int(block.total("partly_adopted")), "share_adopted": adopted / len(block.members),
                "series_break": year is not None
                and year == first[indicator_id, edition]
                and year > min(indicators[indicator_id]),
                "method": "answers: met / asked, of one edition",
                **_head(block, group_of),
            }
        )  # fmt: skip
    return _sort(rows, _PRACTICE)
