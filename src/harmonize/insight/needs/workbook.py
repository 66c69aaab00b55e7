"""What a factory needs, as a workbook and as one long table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from harmonize.insight.needs.before import Before
from harmonize.insight.needs.benchmark import Compared
from harmonize.insight.needs.disclosure import Quantiles, Share
from harmonize.insight.needs.needs import Needs
from harmonize.insight.needs.rules import BenchmarkRules
from harmonize.workbooks import ALARMS, Book, Column, Notes, Sheet, neutral

__all__ = ["needs_table", "needs_workbook"]

Row = Mapping[str, Any]
_TOO_FEW = "too few owner groups"
_COLUMNS = {
    "place": ("No.", 5), "matter": ("Matter", 40), "matter_local": ("Matter, local language", 40),
    "why": ("Why it presses", 44), "status": ("Status", 12), "due_on": ("Due", 12),
    "severities": ("Severity as printed", 28), "tools": ("Found by", 28), "section": ("Section", 18),
    "level": ("Level", 8), "reached": ("Level reached", 10), "points": ("Score of the section", 10),
    "stated": ("Levels as the export states them", 40), "question": ("Question", 24), "state": ("State here", 16),
    "circle": ("Peers: same", 34), "share": ("Share of peers that meet it", 14), "factories": ("Factories", 10),
    "groups": ("Owner groups", 10), "own": ("Here", 14), "unit": ("Unit", 12), "year": ("Year", 8),
    "quantiles": ("Quantiles of peers", 28), "what": ("Done in the months before", 46), "sort": ("As", 18),
    "otherwise": ("Share of those where it did not turn", 16), "turned": ("Factories where it turned", 12),
}  # fmt: skip
_SHEETS = {
    "Needs": ("place", "matter", "matter_local", "why", "status", "due_on", "severities", "tools"),
    "FEM levels": ("section", "reached", "points", "stated", "level", "matter", "matter_local", "question", "state"),
    "Peers": ("matter", "matter_local", "state", "share", "circle", "factories", "groups"),
    "Intensities": ("matter", "own", "unit", "year", "quantiles", "circle", "factories", "groups"),
    "Before it turned": ("matter", "circle", "turned", "what", "sort", "factories", "groups", "otherwise"),
}


def needs_workbook(needs: Needs, language: str | None, rules: BenchmarkRules) -> Book:
    """The workbook; matters stand in English and in the language of the factory, where there is one."""
    rows = {
        "Needs": _pressing(needs, language),
        "FEM levels": _levels(needs, language),
        "Peers": (_state(needs, one, language) for one in needs.states),
        "Intensities": (_intensity(needs, one) for one in needs.intensities),
        "Before it turned": (row for one in needs.before for row in _before(needs, one)),
    }
    sheets = [
        Sheet(name, [Column(column, *_COLUMNS[column]) for column in columns if column != "matter_local" or language],
              rows[name])
        for name, columns in _SHEETS.items()
    ]  # fmt: skip
    title = f"{needs.facility['name'] or ''}, {needs.facility['facility_id']}, {needs.as_of}"
    return Book(sheets, _about(needs, rules), title, needs.release_id)


def _pressing(needs: Needs, language: str | None) -> Iterable[Row]:
    for place, matter in enumerate(needs.pressing, start=1):
        yield {
            "place": place,
            "matter": matter.labels["en"],
            "matter_local": matter.labels.get(language or "", ""),
            "why": "; ".join(matter.reasons),
            "status": matter.status,
            "due_on": matter.due_on,
            "severities": "; ".join(matter.severities),
            "tools": "; ".join(matter.instruments),
            ALARMS: ("why", "status") if matter.zero_tolerance or matter.status == "overdue" else (),
        }


def _levels(needs: Needs, language: str | None) -> Iterable[Row]:
    for level in needs.levels:
        head = {
            "section": level.labels["en"],
            "reached": "not stated" if level.reached is None else level.reached,
            "points": level.score,
            "stated": level.stated,
        }
        if not level.asked:
            yield {**head, "matter": "nothing left on this level or the next"}
        for asked in level.asked:
            yield {
                **head,
                "level": f"{asked.level} (next)" if asked.level == level.next_level else asked.level,
                "matter": asked.labels["en"],
                "matter_local": asked.labels.get(language or "", ""),
                "question": asked.question_id,
                "state": asked.state,
            }


def _state(needs: Needs, compared: Compared, language: str | None) -> Row:
    told = compared.peers if isinstance(compared.peers, Share) else None
    return {
        "matter": needs.label(compared.indicator_id),
        "matter_local": needs.labels.get(compared.indicator_id, {}).get(language or "", ""),
        "state": compared.own,
        "share": told.share if told else _TOO_FEW,
        "circle": compared.circle,
        "factories": told.factories if told else None,
        "groups": told.groups if told else None,
    }


def _intensity(needs: Needs, compared: Compared) -> Row:
    told = compared.peers if isinstance(compared.peers, Quantiles) else None
    return {
        "matter": needs.label(compared.indicator_id),
        "own": compared.own,
        "unit": compared.unit,
        "year": compared.year,
        "quantiles": " | ".join(f"{value:g}" for value in told.values) if told else _TOO_FEW,
        "circle": compared.circle,
        "factories": told.factories if told else None,
        "groups": told.groups if told else None,
    }


def _before(needs: Needs, before: Before) -> Iterable[Row]:
    head = {"matter": needs.label(before.matter), "circle": before.circle or _TOO_FEW, "turned": before.turned or None}
    if not before.adopted:
        yield head
    for done in before.adopted:
        yield {
            **head,
            "what": done.what if done.is_action else needs.label(done.what),
            "sort": "corrective action" if done.is_action else "practice",
            "factories": done.factories,
            "groups": done.groups,
            "otherwise": _TOO_FEW if done.otherwise is None else done.otherwise,
        }


def _about(needs: Needs, rules: BenchmarkRules) -> Notes:
    sector = needs.facility["sector"] or "not known"
    lines = [
        ("Factory", f"{needs.facility['name']} ({needs.facility['facility_id']}, {needs.facility['country']})"),
        ("Process", sector),
        ("Release", needs.release_id),
        ("As of", str(needs.as_of)),
        (
            "What presses",
            "Open matters of the corrective action plan: zero tolerance first, then overdue, then by the distinct "
            "visits, tools and verification that stand behind. Severities are each tool's own words and rank nothing.",
        ),
        (
            "FEM levels",
            "The level with points, or stated as achieved, in the latest Higg FEM; what it and the next one ask "
            "and the assessment does not answer with yes. Missing maturity is no breach.",
        ),
        (
            "Peers",
            f"Nothing is told of fewer than {rules.least_groups} owner groups, nor where one of them holds more than "
            f"{rules.most_of_one_group:.0%}. Factories of the same owner are left out; an owner that no export names "
            "is not known. Figures are rounded.",
        ),
        *(
            ("", f"{name}: {factories} factories of {groups} owner groups")
            for name, factories, groups in needs.circle_sizes
        ),
        (
            "Intensities",
            "Verified, of one edition and one unit: figures of FEM 3 and FEM 4 are not compared. Volumes, production, "
            "capacity, prices and wage grades are never told.",
        ),
        (
            "Before it turned",
            f"What was done in the {rules.before.months} months before, counted by factory and owner group. This is "
            "what came before, not what caused it. Texts on sensitive matters are withheld.",
        ),
    ]
    return Notes("About", "What this factory needs", lines)


_TABLE = pa.schema(
    {
        "part": pa.string(), "place": pa.int64(), "indicator_id": pa.string(), "matter": pa.string(),
        "state": pa.string(), "reasons": pa.string(), "due_on": pa.date32(), "level": pa.int64(),
        "own_value": pa.float64(), "unit": pa.string(), "circle": pa.string(), "share_met": pa.float64(),
        "quantiles": pa.list_(pa.float64()), "done_before": pa.string(), "factories": pa.int64(), "groups": pa.int64(),
        "otherwise": pa.float64(), "facility_id": pa.string(), "as_of": pa.date32(), "release_id": pa.string(),
    }
)  # fmt: skip


def needs_table(needs: Needs, *, is_text: bool) -> pa.Table:
    """One row per fact, by `part`: need, level, peers, intensity, before.

    Args:
        is_text: lists are joined, and nothing is left that a spreadsheet would take for a formula.
    """
    rows = [*_need_facts(needs), *_peer_facts(needs), *_before_facts(needs)]
    common = {"facility_id": needs.facility["facility_id"], "as_of": needs.as_of, "release_id": needs.release_id}
    schema = _TABLE
    if is_text:
        schema = pa.schema([pa.field(one.name, pa.string() if one.name == "quantiles" else one.type) for one in _TABLE])
        rows = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return pa.Table.from_pylist([{**row, **common} for row in rows], schema=schema)


def _plain(value: object) -> object:
    if isinstance(value, list):
        return "; ".join(f"{one:g}" for one in value)
    return neutral(value) if isinstance(value, str) else value


def _need_facts(needs: Needs) -> list[Row]:
    pressing: Sequence[Row] = [
        {
            "part": "need",
            "place": place,
            "indicator_id": one.indicator_id,
            "matter": one.labels["en"],
            "state": one.status,
            "reasons": "; ".join(one.reasons),
            "due_on": one.due_on,
        }
        for place, one in enumerate(needs.pressing, start=1)
    ]
    levels: Sequence[Row] = [
        {
            "part": "level",
            "indicator_id": asked.indicator_id,
            "matter": asked.labels["en"],
            "state": asked.state,
            "level": asked.level,
        }
        for level in needs.levels
        for asked in level.asked
    ]
    return [*pressing, *levels]


def _peer_facts(needs: Needs) -> list[Row]:
    rows: list[Row] = []
    for part, compared in (("peers", needs.states), ("intensity", needs.intensities)):
        for one in compared:
            told = one.peers
            rows.append(
                {
                    "part": part,
                    "indicator_id": one.indicator_id,
                    "matter": needs.label(one.indicator_id),
                    "state": one.own if isinstance(one.own, str) else None,
                    "own_value": one.own if isinstance(one.own, float) else None,
                    "unit": one.unit,
                    "circle": one.circle,
                    "share_met": told.share if isinstance(told, Share) else None,
                    "quantiles": list(told.values) if isinstance(told, Quantiles) else None,
                    "factories": told.factories if told else None,
                    "groups": told.groups if told else None,
                }
            )
    return rows


def _before_facts(needs: Needs) -> list[Row]:
    return [
        {
            "part": "before",
            "indicator_id": one.matter if one.matter in needs.labels else None,
            "matter": needs.label(one.matter),
            "circle": one.circle,
            "done_before": done.what,
            "factories": done.factories,
            "groups": done.groups,
            "otherwise": done.otherwise,
        }
        for one in needs.before
        for done in one.adopted
    ]
