"""The plan as a table for notebooks and other programs, and a table of many plans."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from harmonize.assessments.corrective_actions.cells import found_by, line_cells, receiver_differences
from harmonize.assessments.corrective_actions.plan import Plan
from harmonize.assessments.corrective_actions.words import Spoken
from harmonize.workbooks import neutral

__all__ = ["index_table", "plan_table"]

_S, _LIST, _COUNT = pa.string(), pa.list_(pa.string()), pa.int64()
_COLUMNS = pa.schema(
    {
        "number": _COUNT, "line_id": _S, "facility_id": _S, "facility": _S, "country": _S, "indicator_id": _S,
        "matter": _S, "matter_local": _S, "topic_id": _S, "status": _S, "due_on": pa.date32(), "is_overdue": pa.bool_(),
        "zero_tolerance": pa.bool_(), "severities": _LIST, "instruments": _LIST, "contributors": _LIST, "found_by": _S,
        "repetition": _S, "is_same_matter": pa.bool_(), "visits": _COUNT, "first_found_on": pa.date32(),
        "last_found_on": pa.date32(), "sources": _COUNT, "open_sources": _COUNT, "actions": _LIST, "laws": _LIST,
        "receiver_differences": _LIST, "self_statements": _COUNT, "met_between_on": pa.date32(),
        "proposed_closings": _COUNT, "responsible": _S, "done_on": pa.date32(), "evidence": _S, "as_of": pa.date32(),
        "release_id": _S,
    }
)  # fmt: skip
"""`receiver_differences` is what one report says otherwise of a finding to another receiver.
`responsible`, `done_on` and `evidence` are left to the factory."""
_INDEX = pa.schema(
    {
        "facility_id": _S, "facility": _S, "country": _S, "matters": _COUNT, "open": _COUNT, "overdue": _COUNT,
        "zero_tolerance": _COUNT, "proposed_closings": _COUNT, "file": _S,
    }
)  # fmt: skip


def plan_table(plan: Plan, spoken: Spoken, *, is_text: bool) -> pa.Table:
    """One row per line.

    Args:
        is_text: lists are joined, and nothing is left that a spreadsheet would take for a formula.
    """
    rows = []
    for line in plan.lines:
        beneath = [row for row in plan.sources if row["line_id"] == line["line_id"]]
        row = {
            **line,
            **line_cells(line, spoken),
            "found_by": found_by(beneath, plan.titles),
            "laws": plan.laws_of(line["line_id"]),
            "receiver_differences": receiver_differences(beneath, plan.titles, spoken),
            "as_of": plan.as_of,
            "release_id": plan.release_id,
        }
        rows.append({name: _plain(row.get(name)) if is_text else row.get(name) for name in _COLUMNS.names})
    fields = [pa.field(one.name, _S if is_text and one.type == _LIST else one.type) for one in _COLUMNS]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _plain(value: object) -> object:
    said = "; ".join(map(str, value)) if isinstance(value, list) else value
    return neutral(said) if isinstance(said, str) else said


def index_table(plans: Sequence[Plan]) -> pa.Table:
    """One row per factory."""
    rows = [
        {
            "facility_id": plan.facility["facility_id"],
            "facility": neutral(plan.facility["name"] or ""),
            "country": plan.facility["country"],
            "matters": len(plan.lines),
            "open": len(plan.open_lines),
            "overdue": sum(line["is_overdue"] for line in plan.open_lines),
            "zero_tolerance": sum(line["zero_tolerance"] for line in plan.open_lines),
            "proposed_closings": len(plan.proposals),
            "file": f"{plan.facility['facility_id']}.xlsx",
        }
        for plan in plans
    ]
    return pa.Table.from_pylist(rows, schema=_INDEX)
