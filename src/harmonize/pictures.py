"""What all pictures of harmonize share: words by language, colours that read in grey, an SVG that needs nothing.

One dark colour and one lighter one, apart in brightness too, and every number printed: so a picture reads in grey and
to people who see colours otherwise.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from harmonize.spoken_words import known_language
from harmonize.yaml_text import read_yaml

if TYPE_CHECKING:
    import altair

__all__ = [
    "DARK",
    "FAINT",
    "INK",
    "LETTER",
    "LIGHT",
    "Words",
    "as_csv",
    "as_page",
    "as_svg",
    "load_words",
    "number",
    "styled",
    "width",
]

Words = Mapping[str, str]
"""What stands in a picture besides names and numbers."""
INK, DARK, LIGHT, FAINT = "#1a1a1a", "#1f4e79", "#e0a458", "#d9d9d9"
LETTER = 12
"""The size of letters."""
_FONT = "'Noto Sans', 'Noto Sans Khmer', 'Noto Sans Thai', 'DejaVu Sans', Arial, sans-serif"
_Chart = TypeVar("_Chart", bound="altair.TopLevelMixin")


def load_words(path: Path, picture: str, language: str, **facts: object) -> Words:
    """The words of a picture in one language, with facts such as the release filled in.

    Raises:
        ConfigurationError: the language is not among those of the words.
    """
    words: Mapping[str, Mapping[str, str]] = read_yaml(path)[picture]
    for said in words.values():
        known_language(language, [*said])
    return {name: said[language].format_map(facts) for name, said in words.items()}


def number(count: int) -> str:
    """A number as every language reads it: groups of three, parted by a thin blank."""
    return f"{count:,}".replace(",", "\u202f")


def width(text: str) -> int:
    """About how wide a label is, also where the fonts that draw its script are elsewhere than here."""
    return round(LETTER * sum(_share(sign) for sign in text))


def _share(sign: str) -> float:
    """The width of a sign as a share of its size: of Latin letters, Thai ones, and wider ones such as Khmer."""
    if unicodedata.category(sign) == "Mn":
        return 0
    return 0.5 if sign < "\u0e00" else 0.62 if sign < "\u0f00" else 0.85


def styled(chart: _Chart, title: str, subtitle: Sequence[str]) -> _Chart:
    """A chart with its title, in the fonts and colours of the house."""
    import altair as alt

    styled: _Chart = (
        chart.properties(
            title=alt.TitleParams(title, subtitle=[*subtitle], anchor="start", frame="bounds", offset=18), padding=20
        )
        .configure(font=_FONT, background="white")
        .configure_view(stroke=None)
        .configure_axis(
            domain=False,
            ticks=False,
            grid=False,
            labelColor=INK,
            titleColor=INK,
            labelFontSize=LETTER,
            titleFontSize=LETTER + 1,
        )
        .configure_text(fontSize=LETTER - 1)
        .configure_title(fontSize=20, subtitleFontSize=13, subtitleColor=INK, color=INK, subtitlePadding=8)
    )
    return styled


def as_svg(chart: altair.TopLevelMixin) -> str:
    """The picture as an SVG that needs nothing else."""
    drawn = io.StringIO()
    chart.save(drawn, format="svg")
    return drawn.getvalue()


def as_page(picture: str, title: str, language: str, table: Sequence[Sequence[str]]) -> str:
    """A page with a picture and its numbers as a table, without script and without anything from elsewhere.

    Args:
        table: its first row is the header.
    """
    header, *rows = table
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return _PAGE.format(
        language=escape(language),
        title=escape(title),
        font=_FONT,
        picture=picture,
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


def as_csv(table: Iterable[Sequence[str]]) -> str:
    """A table for any spreadsheet."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(table)
    return "\ufeff" + text.getvalue()
