"""Small numbers: what tells of too few owners, or of one above all, is not told (domain rule 29)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harmonize.insight.group_rules import GroupRules

__all__ = ["is_told_alone", "told_rows"]

Row = Mapping[str, Any]


def told_rows(rows: Sequence[Row], rules: GroupRules, size: Callable[[Row], float]) -> list[bool]:
    """Which of the rows are told.

    Rows add up to totals that are told elsewhere. So what is withheld together must not be told by a subtraction
    either: the smallest other rows are withheld too until two of them are, with enough owners between them.

    Args:
        rows: with `groups` and `largest`, as the queries count them.
        size: of a row, the smallest of which follow first.
    """
    told = [is_told_alone(row, rules) for row in rows]
    # A row of nothing tells of nobody.
    told = [is_told or not row["groups"] for is_told, row in zip(told, rows, strict=True)]
    order = sorted(
        (place for place, row in enumerate(rows) if row["groups"]), key=lambda place: (size(rows[place]), place)
    )
    while True:
        hidden = [place for place, is_told in enumerate(told) if not is_told]
        if not hidden or (len(hidden) > 1 and sum(rows[place]["groups"] for place in hidden) >= rules.least_groups):
            return told
        following = next((place for place in order if told[place]), None)
        if following is None:
            return told
        told[following] = False


def is_told_alone(row: Row, rules: GroupRules) -> bool:
    """Whether a row tells of enough owners, and of none above all; for rows that add up to nothing else."""
    return row["groups"] >= rules.least_groups and (row["largest"] or 0) <= rules.most_of_one_group
