"""What is asked again as a picture: matters as rows, instruments as columns, dots for answers, bars for repeats."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from harmonize import pictures
from harmonize.crosswalk.redundancy import AskedAgain
from harmonize.pictures import DARK, FAINT, INK, LIGHT, Words, number, width
from harmonize.workbooks import neutral

if TYPE_CHECKING:
    import altair

__all__ = ["as_csv", "as_html", "as_svg"]

_ROW, _COLUMN, _BAR = 30, 110, 170
_WRAPPED, _LINE = 16, 14
"""Letters to a line of a column's title, and how far lines are apart."""


def _columns(matters: Iterable[AskedAgain]) -> list[str]:
    """The instruments, that which asks most of the matters first."""
    asked: dict[str, list[int]] = {}
    for matter in matters:
        for title, answers in matter.by_instrument.items():
            asked.setdefault(title, []).append(answers)
    return sorted(asked, key=lambda title: (-len(asked[title]), -sum(asked[title]), title))


def _label(matter: AskedAgain, language: str) -> str:
    return matter.labels.get(language) or matter.labels["en"]


def _chart(matters: Sequence[AskedAgain], words: Words, language: str) -> altair.HConcatChart:
    import altair as alt

    labels = [f"{place}. {_label(matter, language)}" for place, matter in enumerate(matters, start=1)]
    height = _ROW * len(labels)
    chart = alt.hconcat(
        _answers(matters, labels, words["answers"]).properties(height=height),
        _repeats(matters, labels, words["repeated"]).properties(height=height, width=_BAR),
        spacing=24,
    )
    return pictures.styled(chart, words["title"], [words["order"], words["note"]])


def _answers(matters: Sequence[AskedAgain], labels: Sequence[str], title: str) -> altair.LayerChart | altair.FacetChart:
    """The dots: who asked a matter, how often, and a line from the first instrument to the last."""
    import altair as alt

    titles = _columns(matters)
    broken = {name: "\n".join(textwrap.wrap(name, _WRAPPED)) for name in titles}
    lines = max((text.count("\n") for text in broken.values()), default=0)
    dots = [
        {"matter": label, "instrument": broken[name], "answers": answers, "said": number(answers)}
        for label, matter in zip(labels, matters, strict=True)
        for name, answers in matter.by_instrument.items()
    ]
    across = alt.X(
        "instrument:N",
        sort=[broken[name] for name in titles],
        title=title,
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            labelExpr="split(datum.label, '\\n')",
            # Lines run downwards from the place of the first.
            labelPadding=10 + lines * _LINE,
            titlePadding=14,
        ),
    )
    widest = max(map(width, labels), default=0)
    rows = alt.Y("matter:N", sort=[*labels], title=None, axis=alt.Axis(labelLimit=0, labelPadding=10, minExtent=widest))
    asked = alt.Chart(alt.InlineData(values=dots)).encode(across, rows).properties(width=_COLUMN * len(titles))
    size = alt.Size("answers:Q", legend=None, scale=alt.Scale(range=[24, 560], type="sqrt", zero=True))
    numbers = asked.encode(text="said:N")
    return alt.layer(
        asked.mark_line(color=FAINT, strokeWidth=2).encode(detail="matter:N"),
        asked.mark_circle(color=DARK, opacity=1).encode(size=size),
        numbers.mark_text(dx=17, align="left", stroke="white", strokeWidth=5, aria=False),
        numbers.mark_text(dx=17, align="left", color=INK),
    )


def _repeats(matters: Sequence[AskedAgain], labels: Sequence[str], title: str) -> altair.LayerChart | altair.FacetChart:
    """The bars: how many answers were given again."""
    import altair as alt

    bars = [
        {"matter": label, "repeated": matter.repeated, "said": number(matter.repeated)}
        for label, matter in zip(labels, matters, strict=True)
    ]
    again = alt.Chart(alt.InlineData(values=bars)).encode(
        alt.X("repeated:Q", title=title, axis=alt.Axis(orient="top", labels=False, titleAnchor="start")),
        alt.Y("matter:N", sort=[*labels], axis=None),
    )
    return alt.layer(
        again.mark_bar(color=LIGHT, height=16), again.mark_text(dx=5, align="left", color=INK).encode(text="said:N")
    )


def as_svg(matters: Sequence[AskedAgain], words: Words, language: str) -> str:
    """The picture as an SVG that needs nothing else."""
    return pictures.as_svg(_chart(matters, words, language))


def as_html(matters: Sequence[AskedAgain], words: Words, language: str) -> str:
    """A page with the picture and its numbers as a table, without script and without anything from elsewhere."""
    return pictures.as_page(as_svg(matters, words, language), words["title"], language, _table(matters, language))


def as_csv(matters: Sequence[AskedAgain], language: str) -> str:
    """The numbers of the picture, a row per matter, a column per instrument, for any spreadsheet."""
    return pictures.as_csv([[neutral(cell) for cell in row] for row in _table(matters, language)])


def _table(matters: Sequence[AskedAgain], language: str) -> list[list[str]]:
    titles = _columns(matters)
    rows = [
        [
            str(place),
            matter.indicator_id,
            _label(matter, language),
            str(matter.repeated),
            str(matter.factories),
            str(matter.answers),
            *(str(matter.by_instrument.get(title, "")) for title in titles),
        ]
        for place, matter in enumerate(matters, start=1)
    ]
    return [["rank", "indicator", "matter", "answered again", "factories asked again", "answers", *titles], *rows]
