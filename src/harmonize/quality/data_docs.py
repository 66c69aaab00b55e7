"""Data Docs that open from a folder: Great Expectations' result pages without foreign scripts, styles or pictures.

The library's pages load styles and scripts from the internet and carry random ids and the time of the run; here they
are cut down to what stands in them, so that a release reads the same offline and is the same for the same input.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from harmonize.quality.result import Check

__all__ = ["offline_page", "page_path", "write_pages"]

_STYLE = Path(__file__).with_name("data_docs.css")
_SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)
_STYLES = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
_LINKS = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_PICTURES = re.compile(r"<img\b[^>]*>", re.DOTALL | re.IGNORECASE)
_FOOTERS = re.compile(r"<footer\b.*?</footer>", re.DOTALL | re.IGNORECASE)
_PAGES = re.compile(r'href="[./]*(?:index|expectations/[^"]*)\.html"')
_HANDLERS = re.compile(r'\son[a-z]+="[^"]*"')
_RANDOM_IDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_TIMES = re.compile(r"\d{8}T\d{6}\.\d{6}Z|2000-01-01T00:00:00(?:\.0+)?Z")


def write_pages(docs: Path, pages: Mapping[str, str], checks: Sequence[Check]) -> None:
    """Write the page of every table and an index of all checks below `docs`.

    Args:
        docs: the folder to write to; created where missing.
        pages: finished pages by table, as `offline_page` makes them.
        checks: the checks of the run, for the index.
    """
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "style.css").write_text(_STYLE.read_text(encoding="utf-8"), encoding="utf-8")
    for table, page in pages.items():
        page_path(docs, table).write_text(page, encoding="utf-8")
    (docs / "index.html").write_text(_index(checks), encoding="utf-8")


def page_path(docs: Path, table: str) -> Path:
    """Where the page of a table stands."""
    return docs / f"{table}.html"


def offline_page(page: str) -> str:
    """The library's page without anything that a browser would fetch or run, and without anything random."""
    for pattern in (_SCRIPTS, _STYLES, _LINKS, _PICTURES, _FOOTERS, _HANDLERS):
        page = pattern.sub("", page)
    page = _PAGES.sub('href="index.html"', page)
    page = page.replace("</head>", '<link rel="stylesheet" href="style.css"></head>', 1)
    numbers: dict[str, str] = {}
    page = _RANDOM_IDS.sub(lambda found: numbers.setdefault(found[0], f"id-{len(numbers)}"), page)
    page = _TIMES.sub("", page)
    return "\n".join(line.rstrip() for line in page.splitlines() if line.strip()) + "\n"


def _index(checks: Sequence[Check]) -> str:
    failed = [check for check in checks if not check.success]
    critical = sum(check.severity == "critical" for check in failed)
    rows = "\n".join(map(_row, [*failed, *(check for check in checks if check.success)]))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Quality of this release</title>\n'
        '<link rel="stylesheet" href="style.css"></head><body>\n<h1>Quality of this release</h1>\n'
        f"<p>{len(checks)} checks: {critical} critical and {len(failed) - critical} warnings failed.</p>\n"
        "<table><thead><tr><th>Result</th><th>Severity</th><th>Table</th><th>Column</th><th>Expectation</th>"
        f"<th>Meaning</th></tr></thead><tbody>\n{rows}\n</tbody></table>\n</body></html>\n"
    )


def _row(check: Check) -> str:
    word = "passed" if check.success else "failed"
    table = html.escape(check.table)
    cells = (check.column, check.expectation.removeprefix("expect_").replace("_", " "), check.message)
    return (
        f'<tr><td class="{word}">{word}</td><td>{check.severity}</td><td><a href="{table}.html">{table}</a></td>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        + "</tr>"
    )
