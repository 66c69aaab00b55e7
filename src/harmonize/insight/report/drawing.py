"""Static charts as SVG, drawn by hand: bars, a matrix and lines, the same bytes from the same numbers.

Altair draws the other pictures; here its import and its engine would cost a run more than the report's every query.
Numbers stand beside their marks, and hatching tells parts apart, so that a chart reads in grey too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from harmonize.insight.report.markup import Markup, element
from harmonize.pictures import DARK, FAINT, INK, LIGHT, number
from harmonize.pictures import width as plain_width

__all__ = ["Course", "bars", "courses", "matrix"]

_WIDE = 680
"""Units across; the page scales it."""
_ROW, _THICK, _LETTER = 17, 12, 11
_HATCHED = "#8fb4d9"
_COLOURS = (DARK, LIGHT, FAINT, _HATCHED, "#7a7a7a")
_LIGHTEST, _DARKEST = (255, 255, 255), (143, 180, 217)


def _width(text: str) -> int:
    """How wide a label may be, also in a wide font."""
    return round(plain_width(text) * 1.12)


def _text(
    x: float, y: float, said: str, anchor: str = "start", size: int = _LETTER, weight: str | None = None
) -> Markup:
    return element("text", said, x=x, y=y, text_anchor=anchor, font_size=size, font_weight=weight, fill=INK)


def _picture(high: float, title: str, parts: Sequence[str], wide: float = _WIDE) -> Markup:
    return element(
        "svg",
        element("title", title),
        parts,
        viewBox=f"0 0 {wide:g} {high:g}",
        width=round(wide),
        height=round(high),
        role="img",
        xmlns="http://www.w3.org/2000/svg",
    )


def _short(label: str, most: int = 44) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def bars(title: str, rows: Sequence[tuple[str, Sequence[float]]], parts: Sequence[str]) -> Markup:
    """Bars of parts, one row each, the sum at its end.

    Args:
        parts: what the parts are called, for the key; one part needs none.
    """
    names = [_short(label) for label, _ in rows]
    left = min(max(map(_width, names), default=0) + 8, 300)
    ends = [number(round(sum(values))) for _, values in rows]
    room = _WIDE - left - max(map(_width, ends), default=0) - 12
    most = max((sum(values) for _, values in rows), default=0) or 1
    drawn: list[str] = []
    top = 0
    if len(parts) > 1:
        x = float(left)
        for name, colour in zip(parts, _COLOURS, strict=False):
            if x > left and x + 20 + _width(name) > _WIDE:
                x, top = float(left), top + 17
            drawn.append(element("rect", x=x, y=top + 2, width=11, height=11, fill=colour))
            drawn.append(_text(x + 15, top + 12, name))
            x += 26 + _width(name)
        top += 22
    for place, ((_, values), name, end) in enumerate(zip(rows, names, ends, strict=True)):
        y = top + place * _ROW
        drawn.append(_text(left - 8, y + 10, name, "end"))
        x = float(left)
        for value, colour in zip(values, _COLOURS, strict=False):
            if value:
                long = max(value / most * room, 0.5)
                drawn.append(element("rect", x=round(x, 1), y=y, width=round(long, 1), height=_THICK, fill=colour))
                x += long
        drawn.append(_text(round(x + 5, 1), y + 10, end))
    return _picture(top + len(rows) * _ROW + 2, title, drawn)


def matrix(title: str, names: Sequence[str], cells: Sequence[tuple[str, str, float]], axes: tuple[str, str]) -> Markup:
    """Shares of columns that rows had, 0 to 1.

    Args:
        cells: row, column, share.
        axes: what rows and columns are called.
    """
    lines = [textwrap.wrap(_short(name, 40), 13)[:4] or [""] for name in names]
    left = min(max((_width(f"15. {_short(name, 36)}") for name in names), default=0) + 10, 290)
    wide = max(min((_WIDE - left) / max(len(names), 1), 70), 24)
    high = 22
    is_narrow = wide < 62
    head = 34 if is_narrow else 22 + 11 * max((len(one) for one in lines), default=1)
    shares = {(row, column): share for row, column, share in cells}
    drawn: list[str] = [
        _text(left - 8, head - 6, f"{axes[0]} ↓", "end", weight="bold"),
        _text(left, 10, f"{axes[1]} →", weight="bold"),
    ]
    for place, name in enumerate(names):
        x = left + place * wide
        y = head + place * high
        if is_narrow:
            drawn.append(_text(x + wide / 2, head - 6, str(place + 1), "middle"))
            label = f"{place + 1}. {_short(name, 36)}"
        else:
            drawn.extend(
                _text(x + wide / 2, 22 + 11 * line, said, "middle", 9) for line, said in enumerate(lines[place])
            )
            label = _short(name, 38)
        drawn.append(_text(left - 8, y + 15, label, "end"))
        for other, column in enumerate(names):
            share = shares.get((name, column))
            fill = "#ffffff" if share is None else _shade(share)
            at = left + other * wide
            drawn.append(element("rect", x=at, y=y, width=wide, height=high, fill=fill, stroke=FAINT, stroke_width=0.5))
            if share is not None:
                drawn.append(_text(at + wide / 2, y + 15, f"{share * 100:.0f}", "middle"))
    return _picture(head + high * len(names) + 2, title, drawn, max(_WIDE, left + wide * len(names) + 2))


def _shade(share: float) -> str:
    mixed = [round(low + (high - low) * share) for low, high in zip(_LIGHTEST, _DARKEST, strict=True)]
    return f"#{mixed[0]:02x}{mixed[1]:02x}{mixed[2]:02x}"


@dataclass(frozen=True, slots=True)
class Course:
    """A quantity over years: what one line shows.

    Attributes:
        runs: unbroken pieces, each of (year, value); between two of them the series breaks.
        breaks: years at which it breaks.
    """

    title: str
    runs: Sequence[Sequence[tuple[int, float]]]
    breaks: Sequence[int]


def courses(title: str, shown: Sequence[Course]) -> Markup:
    """Small charts side by side, three to a row; a broken line marks where a series breaks."""
    wide, high = _WIDE / 3, 112.0
    drawn: list[str] = []
    for place, course in enumerate(shown):
        x, y = (place % 3) * wide, (place // 3) * (high + 14)
        drawn.append(element("g", _course(course, wide - 20, high), transform=f"translate({x:g},{y:g})"))
    rows = -(-len(shown) // 3)
    return _picture(rows * (high + 14), title, drawn)


def _course(course: Course, wide: float, high: float) -> list[Markup]:
    points = [point for run in course.runs for point in run]
    years = sorted({year for year, _ in points} | set(course.breaks))
    low, most = min(value for _, value in points), max(value for _, value in points)
    low, most = min(low, 100) - 5, max(most, 100) + 5
    top, bottom, left, right = 34, high - 18, 30, wide - 34

    def at(year: int, value: float) -> tuple[float, float]:
        step = (year - years[0]) / max(years[-1] - years[0], 1)
        return round(left + step * (right - left), 1), round(bottom - (value - low) / (most - low) * (bottom - top), 1)

    drawn = [_text(0, 10 + 11 * line, said, size=10, weight="bold") for line, said in
             enumerate(textwrap.wrap(course.title, 36)[:2])]  # fmt: skip
    drawn.append(element("path", d=f"M{left} {at(years[0], 100)[1]}H{right:g}", stroke=FAINT, fill="none"))
    drawn.append(_text(left - 8, at(years[0], 100)[1] + 4, "100", "end", 9))
    drawn.extend(_text(at(year, 100)[0], high - 4, str(year), "middle", 9) for year in years)
    for year in course.breaks:
        x = at(year, 100)[0] - (right - left) / max(2 * (years[-1] - years[0]), 2)
        drawn.append(element("path", d=f"M{x:g} {top}V{bottom:g}", stroke=INK, stroke_dasharray="3 3", fill="none"))
    for run in course.runs:
        places = [at(*point) for point in run]
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
        drawn.append(element("path", d=path, stroke=DARK, stroke_width=2, fill="none"))
        drawn.extend(element("circle", cx=x, cy=y, r=3, fill=DARK) for x, y in places)
        drawn.append(_text(places[-1][0] + 6, places[-1][1] + 4, f"{run[-1][1]:.0f}", size=10))
    return drawn
