"""Write the tables of a workbook as one page that opens from disk: no script, no request, good to print and to hear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby
from typing import Any

from harmonize.workbooks import ALARMS, Book, Column, Marked, Sheet

__all__ = ["page_text"]

Row = Mapping[str, Any]

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 80rem; padding: 0 1rem; color: #1b2733; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; padding: .3rem 0; color: #44525f; }
th, td { border: 1px solid #b0b8c0; padding: .3rem .45rem; text-align: left; vertical-align: top; }
thead th { background: #d9e2ec; } td.number { text-align: right; } td.alarm { font-weight: bold; color: #9c1c1c; }
td.day { white-space: nowrap; } summary { padding: .3rem 0; cursor: pointer; }
footer { margin-top: 2rem; color: #44525f; font-size: .85rem; }
@media print {
  body { margin: 0; max-width: none; font-size: 9pt; } .wide { overflow: visible; } table { font-size: 8pt; }
  thead { display: table-header-group; } tr { break-inside: avoid; } @page { size: A4 landscape; margin: 12mm; }
}
"""


def page_text(book: Book, language: str) -> str:
    """The page as HTML; what a sheet hides stays away.

    Args:
        book: read once.
        language: of its words, as HTML names it.
    """
    return "\n".join(_lines(book, language)) + "\n"


def _lines(book: Book, language: str) -> Iterator[str]:
    title = escape(book.notes.title if book.notes else book.header)
    yield f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>"
    if book.header and escape(book.header) != title:
        yield f"<p>{escape(book.header)}</p>"
    for sheet in book.sheets:
        if not sheet.is_hidden:
            yield from _section(sheet)
    if book.notes:
        yield f"<section>\n<h2>{escape(book.notes.name)}</h2>"
        for heading, said in book.notes.lines:
            lead = f"<strong>{escape(heading)}</strong> " if heading else ""
            yield f"<p>{lead}{escape(said)}</p>"
        yield "</section>"
    yield f"</main>\n<footer>{escape(book.footer)}</footer>\n</body>\n</html>"


def _section(sheet: Sheet) -> Iterator[str]:
    columns = [column for column in sheet.columns if not column.is_hidden]
    yield f"<section>\n<h2>{escape(sheet.name)}</h2>"
    rows = list(sheet.rows)
    if not sheet.folded:
        yield from _table(sheet.name, " ".join([*sheet.preface, f"({len(rows)})"]), columns, rows)
        yield "</section>"
        return
    # (Two of one name are two cards.)
    for (said, _), of_card in groupby(rows, key=lambda row: (row.get(sheet.folded), row.get(f"{sheet.folded}_id"))):
        own, card = list(of_card), str(said or "")
        yield f"<details>\n<summary>{escape(card)} ({len(own)})</summary>"
        yield from _table(f"{sheet.name}: {card}", card, [one for one in columns if one.name != sheet.folded], own)
        yield "</details>"
    yield "</section>"


def _table(name: str, caption: str, columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[str]:
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{escape(name)}">\n<table>'
    yield f"<caption>{escape(caption)}</caption>"
    yield (
        "<thead><tr>" + "".join(f'<th scope="col">{escape(column.title)}</th>' for column in columns) + "</tr></thead>"
    )
    yield "<tbody>"
    for row in rows:
        yield "<tr>" + "".join(_cell(row, column) for column in columns) + "</tr>"
    yield "</tbody>\n</table>\n</div>"


def _cell(row: Mapping[str, Any], column: Column) -> str:
    value = row.get(column.name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    holding = {"number": is_number, "day": isinstance(value, date), "alarm": column.name in row.get(ALARMS, ())}
    kinds = [name for name, holds in holding.items() if holds]
    return (
        f'<td class="{" ".join(kinds)}">{_shown(value, column)}</td>' if kinds else f"<td>{_shown(value, column)}</td>"
    )


def _shown(value: object, column: Column) -> str:
    match value:
        case None:
            return ""
        case Marked():
            return "".join(
                f"<mark>{escape(text)}</mark>" if is_marked else escape(text) for text, is_marked in value.parts
            )
        case date():
            return value.isoformat()
        case float() if column.is_share:
            return f"{value:.1%}"
        case float():
            return f"{value:g}"
        case list() | tuple():
            return escape(", ".join(map(str, value)))
        case _:
            return escape(str(value)).replace("\n", "<br>")
