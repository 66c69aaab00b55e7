"""What is asked again as a picture: matters as rows, instruments as columns, dots for answers, bars for repeats.

One dark colour for dots and one lighter one for bars, apart in brightness too, and every number printed: so it reads in
grey and to people who see colours otherwise.
"""

from __future__ import annotations

import csv
import io
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from harmonize.crosswalk.redundancy import AskedAgain
from harmonize.errors import ConfigurationError
from harmonize.yaml_text import read_yaml

if TYPE_CHECKING:
    import altair

__all__ = ["Words", "as_csv", "as_html", "as_svg", "load_words"]

Words = Mapping[str, str]
"""What stands in the picture besides names and numbers."""
_FONT = "'Noto Sans', 'Noto Sans Khmer', 'Noto Sans Thai', 'DejaVu Sans', Arial, sans-serif"
_INK, _DOTS, _BARS, _FAINT = "#1a1a1a", "#1f4e79", "#e0a458", "#d9d9d9"
_ROW, _COLUMN, _BAR = 30, 110, 170
_WRAPPED, _LINE, _LETTER = 16, 14, 12
"""Letters to a line of a column's title, how far lines are apart, and the size of letters."""


def load_words(path: Path, language: str, **facts: object) -> Words:
    """The words of the picture in one language, with facts such as the release filled in.

    Raises:
        ConfigurationError: the language is not among those of the words.
    """
    words: Mapping[str, Mapping[str, str]] = read_yaml(path)["redundancy"]
    for said in words.values():
        if language not in said:
            raise ConfigurationError(f"There are no words in {language!r}; there are {', '.join(said)}.")
    return {name: said[language].format_map(facts) for name, said in words.items()}


def _columns(matters: Iterable[AskedAgain]) -> list[str]:
    """The instruments, that which asks most of the matters first."""
    asked: dict[str, list[int]] = {}
    for matter in matters:
        for title, answers in matter.by_instrument.items():
            asked.setdefault(title, []).append(answers)
    return sorted(asked, key=lambda title: (-len(asked[title]), -sum(asked[title]), title))


def _number(count: int) -> str:
    """A number as every language reads it: groups of three, parted by a thin blank."""
    return f"{count:,}".replace(",", "\u202f")


def _width(text: str) -> int:
    """About how wide a label is, also where the fonts that draw its script are elsewhere than here."""
    return round(_LETTER * sum(_share(sign) for sign in text))


def _share(sign: str) -> float:
    """The width of a sign as a share of its size: of Latin letters, Thai ones, and wider ones such as Khmer."""
    if unicodedata.category(sign) == "Mn":
        return 0
    return 0.5 if sign < "\u0e00" else 0.62 if sign < "\u0f00" else 0.85


def _label(matter: AskedAgain, language: str) -> str:
    return matter.labels.get(language) or matter.labels["en"]


def _chart(matters: Sequence[AskedAgain], words: Words, language: str) -> altair.HConcatChart:
    import altair as alt

    labels = [f"{place}. {_label(matter, language)}" for place, matter in enumerate(matters, start=1)]
    height = _ROW * len(labels)
    chart: altair.HConcatChart = (
        alt.hconcat(
            _answers(matters, labels, words["answers"]).properties(height=height),
            _repeats(matters, labels, words["repeated"]).properties(height=height, width=_BAR),
            spacing=24,
        )
        .properties(
            title=alt.TitleParams(
                words["title"], subtitle=[words["order"], words["note"]], anchor="start", frame="bounds", offset=18
            ),
            padding=20,
        )
        .configure(font=_FONT, background="white")
        .configure_view(stroke=None)
        .configure_axis(
            domain=False,
            ticks=False,
            grid=False,
            labelColor=_INK,
            titleColor=_INK,
            labelFontSize=_LETTER,
            titleFontSize=_LETTER + 1,
        )
        .configure_text(fontSize=_LETTER - 1)
        .configure_title(fontSize=20, subtitleFontSize=13, subtitleColor=_INK, color=_INK, subtitlePadding=8)
    )
    return chart


def _answers(matters: Sequence[AskedAgain], labels: Sequence[str], title: str) -> altair.LayerChart | altair.FacetChart:
    """The dots: who asked a matter, how often, and a line from the first instrument to the last."""
    import altair as alt

    titles = _columns(matters)
    broken = {name: "\n".join(textwrap.wrap(name, _WRAPPED)) for name in titles}
    lines = max((text.count("\n") for text in broken.values()), default=0)
    dots = [
        {"matter": label, "instrument": broken[name], "answers": answers, "said": _number(answers)}
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
    widest = max(map(_width, labels), default=0)
    rows = alt.Y("matter:N", sort=[*labels], title=None, axis=alt.Axis(labelLimit=0, labelPadding=10, minExtent=widest))
    asked = alt.Chart(alt.InlineData(values=dots)).encode(across, rows).properties(width=_COLUMN * len(titles))
    size = alt.Size("answers:Q", legend=None, scale=alt.Scale(range=[24, 560], type="sqrt", zero=True))
    numbers = asked.encode(text="said:N")
    return alt.layer(
        asked.mark_line(color=_FAINT, strokeWidth=2).encode(detail="matter:N"),
        asked.mark_circle(color=_DOTS, opacity=1).encode(size=size),
        numbers.mark_text(dx=17, align="left", stroke="white", strokeWidth=5, aria=False),
        numbers.mark_text(dx=17, align="left", color=_INK),
    )


def _repeats(matters: Sequence[AskedAgain], labels: Sequence[str], title: str) -> altair.LayerChart | altair.FacetChart:
    """The bars: how many answers were given again."""
    import altair as alt

    bars = [
        {"matter": label, "repeated": matter.repeated, "said": _number(matter.repeated)}
        for label, matter in zip(labels, matters, strict=True)
    ]
    again = alt.Chart(alt.InlineData(values=bars)).encode(
        alt.X("repeated:Q", title=title, axis=alt.Axis(orient="top", labels=False, titleAnchor="start")),
        alt.Y("matter:N", sort=[*labels], axis=None),
    )
    return alt.layer(
        again.mark_bar(color=_BARS, height=16), again.mark_text(dx=5, align="left", color=_INK).encode(text="said:N")
    )


def as_svg(matters: Sequence[AskedAgain], words: Words, language: str) -> str:
    """The picture as an SVG that needs nothing else."""
    drawn = io.StringIO()
    _chart(matters, words, language).save(drawn, format="svg")
    return drawn.getvalue()


def as_html(matters: Sequence[AskedAgain], words: Words, language: str) -> str:
    """A page with the picture and its numbers as a table, without script and without anything from elsewhere."""
    header, *rows = _table(matters, language)
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return _PAGE.format(
        language=escape(language),
        title=escape(words["title"]),
        font=_FONT,
        picture=as_svg(matters, words, language),
        table=f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>",
    )


_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
@page {{ size: A3 landscape; margin: 12mm; }}
body {{ font-family: {font}; margin: 1rem; color: #1a1a1a; }}
svg {{ max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; font-size: 12px; margin-top: 1rem; }}
th, td {{ border: 1px solid #999; padding: 3px 6px; text-align: left; vertical-align: top; }}
thead {{ display: table-header-group; }}
tr {{ break-inside: avoid; }}
</style>
</head>
<body>
{picture}
{table}
</body>
</html>
"""


def as_csv(matters: Sequence[AskedAgain], language: str) -> str:
    """The numbers of the picture, a row per matter, a column per instrument, for any spreadsheet."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(_table(matters, language))
    return "\ufeff" + text.getvalue()


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
