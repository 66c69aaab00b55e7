"""What had been answered before, as a picture: earlier rounds as rows, later ones as columns, a share in every cell."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harmonize import pictures
from harmonize.pictures import FAINT, INK, LETTER, Words, number, width

if TYPE_CHECKING:
    import altair

__all__ = ["MOST", "Cell", "instrument_matrix", "matrix_svg", "visit_matrix"]

MOST = 30
"""The most visits that one picture shows: the latest."""
_CELL, _WRAPPED = 92, 13
_HEIGHT = 48
_FOUND = "\u2020"
"""Marks what lists findings alone."""
_LIGHTEST, _DARKEST = "#ffffff", "#8fb4d9"
"""From white to a blue on which black letters still read, also in grey."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What an earlier row had answered of a later column.

    Attributes:
        share: of the column's questions, 0 to 1.
        said: what stands below the share.
    """

    earlier: str
    later: str
    share: float
    said: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells with the names of rows and columns in order; lines of a column's name are parted by a line end."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Cell]


def visit_matrix(visits: Sequence[Mapping[str, Any]], pairs: Sequence[Mapping[str, Any]]) -> Matrix:
    """Visits by visits of one factory: the latest ones that asked something, numbered by day.

    Args:
        visits, pairs: rows of these tables of `Overlap`.
    """
    ends = {
        pair[side]: (pair[f"{side}_day"], pair[f"{side}_instruments"], pair[f"{side}_lists_findings_alone"])
        for pair in pairs
        for side in ("later", "earlier")
    }
    ends |= {
        row["round_id"]: (row["day"], row["titles"], row["lists_findings_alone"])
        for row in visits
        if row["day"] and row["asked"]
    }
    kept = sorted(ends, key=lambda name: (ends[name][0], name))[-MOST:]
    rows, columns = {}, {}
    for place, name in enumerate(kept, start=1):
        day, titles, found = ends[name]
        mark = f" {_FOUND}" if found else ""
        rows[name] = f"{place}. {day:%Y-%m-%d}  {', '.join(titles)}{mark}"
        columns[name] = f"{place}.{mark}\n{day:%Y-%m-%d}"
    cells = [
        Cell(
            rows[pair["earlier"]],
            columns[pair["later"]],
            pair["share"],
            f"{number(pair['directly'])} + {number(pair['by_implication'])} / {number(pair['judged'])}",
        )
        for pair in pairs
        if pair["share"] is not None and pair["earlier"] in rows and pair["later"] in columns
    ]
    return Matrix([*rows.values()], [*columns.values()], cells)


def instrument_matrix(pairs: Sequence[Mapping[str, Any]]) -> Matrix:
    """Instruments by instruments over all factories, those of which most had been answered first."""
    asked: dict[str, int] = {}
    for pair in pairs:
        for side in ("earlier", "later"):
            name = _marked(pair, side)
            asked[name] = asked.get(name, 0) + pair["directly"] + pair["by_implication"]
    names = sorted(asked, key=lambda name: (-asked[name], name))
    columns = {name: "\n".join(textwrap.wrap(name, _WRAPPED)) for name in names}
    cells = [
        Cell(
            _marked(pair, "earlier"),
            columns[_marked(pair, "later")],
            pair["share"],
            f"{number(pair['visits'])}: {number(pair['judged'])}",
        )
        for pair in pairs
        if pair["share"] is not None
    ]
    return Matrix(names, [*columns.values()], cells)


def _marked(pair: Mapping[str, Any], side: str) -> str:
    """The instrument of a side, marked where it lists findings alone."""
    name: str = pair[f"{side}_instrument"]
    return f"{name} {_FOUND}" if pair[f"{side}_lists_findings_alone"] else name


def matrix_svg(matrix: Matrix, words: Words) -> str:
    """The picture as an SVG that needs nothing else."""
    return pictures.as_svg(_chart(matrix, words))


def _chart(matrix: Matrix, words: Words) -> altair.LayerChart | altair.FacetChart:
    import altair as alt

    cells = [
        {
            "row": cell.earlier,
            "column": cell.later,
            "share": cell.share,
            "percent": f"{cell.share:.0%}",
            "said": cell.said,
        }
        for cell in matrix.cells
    ]
    ground = [{"row": row, "column": column} for row in matrix.rows for column in matrix.columns]
    lines = max((name.count("\n") for name in matrix.columns), default=0)
    across = alt.X(
        "column:N",
        sort=[*matrix.columns],
        title=words["later"],
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            labelExpr="split(datum.label, '\\n')",
            # Lines run downwards from the place of the first.
            labelPadding=10 + lines * (LETTER + 2),
            titlePadding=14,
        ),
    )
    widest = max(map(width, matrix.rows), default=0)
    down = alt.Y(
        "row:N",
        sort=[*matrix.rows],
        title=words["earlier"],
        axis=alt.Axis(
            labelLimit=0,
            labelPadding=10,
            minExtent=widest,
            titleAngle=0,
            titleAlign="right",
            titleAnchor="start",
            titleX=-10,
            titleY=-10,
        ),
    )
    told = alt.Chart(alt.InlineData(values=cells)).encode(across, down)
    shade = alt.Color(
        "share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[_LIGHTEST, _DARKEST], interpolate="rgb")
    )
    chart = alt.layer(
        alt.Chart(alt.InlineData(values=ground))
        .encode(across, down)
        .mark_rect(color="white", stroke=FAINT, strokeWidth=0.5),
        told.mark_rect(stroke=INK, strokeWidth=0.5).encode(shade),
        told.mark_text(dy=-8, color=INK, fontSize=LETTER + 3, fontWeight="bold").encode(text="percent:N"),
        told.mark_text(dy=12, color=INK, fontSize=LETTER - 2).encode(text="said:N"),
    ).properties(width=_CELL * len(matrix.columns), height=_HEIGHT * len(matrix.rows))
    return pictures.styled(chart, words["title"], [words["order"], words["note"], f"{_FOUND} {words['found']}"])
