"""Quantities over the years: an index of the same factories, which begins anew where nothing can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from harmonize.insight.report.drawing import Course, courses
from harmonize.insight.report.markup import Markup
from harmonize.insight.report.material import Material
from harmonize.insight.report.tables import Cell, Table
from harmonize.insight.report.withholding import told_rows
from harmonize.insight.report.words import Spoken

__all__ = ["course_of", "trend_parts"]

Row = Mapping[str, Any]


def trend_parts(material: Material, spoken: Spoken) -> tuple[Markup | None, Table, bool]:
    """The chart, the table, and whether any intensity could be followed."""
    shown: list[Course] = []
    lines: list[list[Cell]] = []
    has_intensities = False
    for indicator_id, found in groupby(material.rows["trends"], key=lambda row: str(row["indicator_id"])):
        rows = list(found)
        told = told_rows(rows, material.benchmarks, lambda row: row["compared"])
        is_intensity = indicator_id in material.intensities
        kind = spoken("intensity" if is_intensity else "total")
        label = f"{material.label(indicator_id, spoken.language)} ({kind})"
        course = course_of(label, rows, told)
        if course is not None:
            shown.append(course)
            has_intensities |= is_intensity
        lines.extend(_line(label, row, is_told, spoken) for row, is_told in zip(rows, told, strict=True))
    head = [spoken(name) for name in ("quantity", "years", "compared", "median_change", "fell", "rose", "breaks")]
    chart = courses(spoken("trends_drawn"), shown[: material.rules.courses]) if shown else None
    return chart, Table(spoken("trends_drawn"), head, lines, "v_metric_trend"), has_intensities


def course_of(label: str, rows: Sequence[Row], told: Sequence[bool]) -> Course | None:
    """The index of one quantity; None where no year can be told.

    Args:
        rows: its years in order, each compared with the year before.
        told: which of them may be told.
    """
    runs: list[list[tuple[int, float]]] = []
    breaks: list[int] = []
    unit: str | None = None
    for row, is_told in zip(rows, told, strict=True):
        year = row["year"]
        if not is_told or not row["compared"]:
            # Nothing is carried over a year that cannot be compared or may not be told.
            if runs:
                breaks.append(year)
            unit = None
            continue
        if unit != row["unit"] or not runs or runs[-1][-1][0] != year - 1:
            if runs and unit is not None:
                breaks.append(year)
            runs.append([(year - 1, 100.0)])
            unit = row["unit"]
        runs[-1].append((year, runs[-1][-1][1] * row["median_ratio"]))
    return Course(label, runs, breaks) if runs else None


def _line(label: str, row: Row, is_told: bool, spoken: Spoken) -> list[Cell]:
    years = f"{row['year'] - 1}\u2060–\u2060{row['year']}"
    broken = f"{row['other_unit']} / {row['other_method']} / {row['other_verification']}"
    if not is_told:
        return [label, years]
    ratio = row["median_ratio"]
    change = "" if ratio is None else f"{'+' if ratio > 1 else ''}{spoken.percent(ratio - 1)}".replace("-", "−")
    return [label, years, row["compared"], change, row["fell"], row["rose"], broken]
