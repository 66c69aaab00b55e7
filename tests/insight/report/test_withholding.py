"""Small numbers: what is not told, and what cannot be reckoned from the rest either."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harmonize.insight.group_rules import GroupRules
from harmonize.insight.report.withholding import told_rows

RULES = GroupRules(least_groups=5, most_of_one_group=0.4, digits=2)


def _row(groups: int, size: int = 10, largest: float = 0.1) -> dict[str, Any]:
    return {"groups": groups, "largest": largest if groups else None, "size": size}


def _told(*rows: dict[str, Any]) -> list[bool]:
    return told_rows(rows, RULES, lambda row: row["size"])


def test_rows_of_enough_owners_are_told() -> None:
    assert _told(_row(5), _row(60)) == [True, True]


def test_one_withheld_row_takes_the_smallest_other_with_it() -> None:
    assert _told(_row(9, 90), _row(4, 10), _row(7, 20)) == [True, False, False]


def test_one_owner_above_all_is_withheld_however_many_there_are() -> None:
    assert _told(_row(50, 90, largest=0.41), _row(50, 80), _row(50, 99))[0] is False


def test_several_small_rows_with_enough_owners_between_them_hide_one_another() -> None:
    assert _told(_row(3), _row(3), _row(30)) == [False, False, True]


def test_a_row_of_nothing_tells_of_nobody() -> None:
    assert _told(_row(0, 0), _row(30)) == [True, True]


@given(
    st.lists(
        st.builds(_row, st.integers(0, 12), st.integers(0, 100), st.floats(0, 1, allow_nan=False)),
        min_size=1,
        max_size=12,
    )
)
def test_what_is_withheld_cannot_be_reckoned_from_a_total(rows: list[dict[str, Any]]) -> None:
    told = _told(*rows)
    for row, is_told in zip(rows, told, strict=True):
        if is_told and row["groups"]:
            assert row["groups"] >= 5
            assert row["largest"] <= 0.4
    hidden = [row for row, is_told in zip(rows, told, strict=True) if not is_told]
    if hidden and any(is_told and row["groups"] for row, is_told in zip(rows, told, strict=True)):
        assert len(hidden) > 1
        assert sum(row["groups"] for row in hidden) >= 5
