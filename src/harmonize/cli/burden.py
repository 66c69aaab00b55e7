"""`harmonize burden`: the ledger of visits, questions and findings, per factory and year and for the sector."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.cli.table_set import check_ending, write_tables
from harmonize.errors import InboxError
from harmonize.workbooks import Notes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["burden_command"]

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_SHOWN = 10
_NOTES = Notes(
    "about",
    "The burden of audits",
    [
        (
            "Visits",
            "A visit counts once, whatever its instruments and whoever holds its report, in the year of its last day "
            "on site.",
        ),
        ("Empty", "Unknown, not 0. A row without contributors says that nothing was delivered of that year."),
        ("Changes", "They compare whole years of which something was delivered."),
        ("Columns", "What each counts, and the query that derives it from the other tables: schemas/burden.md."),
    ],
)


def burden_command(
    country: Annotated[str | None, typer.Option(help="One country, by its ISO code, such as VN.")] = None,
    years: Annotated[str | None, typer.Option(help="A year, or the first and the last: 2023-2026.")] = None,
    facility: Annotated[str | None, typer.Option(help="One factory, by id, identifier or name.")] = None,
    out: Out = Path("data"),
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Factories and sector: .xlsx, or .csv and .parquet with a file beside."),
    ] = None,
) -> None:
    """Print the burden of audits by country and year: visits, questions asked again, reuse, findings; before and after.

    Exit code 1: there is nothing of that country and those years.
    """
    import duckdb

    if output is not None:
        check_ending(output)
    first, last = _span(years)
    with open_release(out) as release:
        try:
            chosen = None if facility is None else named_facility(release.connection, facility)
            if country is not None:
                country = _known_country(release.connection, country)
            condition, values = _condition(country, first, last, chosen)
            rows = _rows(
                release.connection, f"SELECT * FROM v_burden WHERE {condition} ORDER BY facility, year", values
            )
            if not rows:
                say("No factory has a row of that country and those years; `SELECT * FROM burden` has all.")
                raise typer.Exit(1)
            if chosen is None:
                condition, values = _condition(country, first, last, None)
                sector = f"SELECT * FROM v_burden_sector WHERE {condition} ORDER BY country, year"
                _say_sector(_rows(release.connection, sector, values))
                _say_most(rows)
            else:
                sector = None
                _say_facility(rows)
            if output is not None:
                named = {
                    "burden": f"SELECT * FROM v_burden WHERE {condition} ORDER BY country, facility, facility_id, year"
                }
                named |= {"sector": sector} if sector else {}
                tables = {
                    name: release.connection.execute(query, values).to_arrow_table() for name, query in named.items()
                }
                for path in write_tables(output, tables, _NOTES):
                    say(f"{path}: written")
        except duckdb.CatalogException as problem:
            raise InboxError(
                f"{out / 'current'}: this release keeps no ledger of burden. Make it again with `harmonize run`."
            ) from problem


def _span(years: str | None) -> tuple[int | None, int | None]:
    """The first and the last year."""
    if years is None:
        return None, None
    found = _YEARS.fullmatch(years.strip())
    if found is None:
        raise InboxError(f"--years {years!r}: give a year such as 2025, or two such as 2023-2026.")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise InboxError(f"--years {years!r}: the first year is after the last. Write {last}-{first}.")
    return first, last


def _known_country(connection: DuckDBPyConnection, country: str) -> str:
    rows = connection.execute("SELECT DISTINCT country FROM facility WHERE country IS NOT NULL ORDER BY 1").fetchall()
    known = [str(row[0]) for row in rows]
    if country.upper() not in known:
        raise InboxError(f"No factory of this release is in {country!r}. There are factories in {', '.join(known)}.")
    return country.upper()


def _condition(
    country: str | None, first: int | None, last: int | None, facility_id: str | None
) -> tuple[str, list[object]]:
    """The rows asked for, as a condition and its values."""
    parts: list[tuple[str, object]] = []
    if country is not None:
        parts.append(("country = ?", country))
    if first is not None:
        parts.append(("year >= ?", first))
    if last is not None:
        parts.append(("year <= ?", last))
    if facility_id is not None:
        parts.append(("facility_id = ?", facility_id))
    return " AND ".join(["true", *(text for text, _ in parts)]), [value for _, value in parts]


def _rows(connection: DuckDBPyConnection, query: str, values: list[object]) -> list[dict[str, Any]]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _signed(change: int | None) -> str:
    return "" if change is None else f"{change:+d}"


def _year(row: Mapping[str, Any]) -> str:
    return "no day" if row["year"] is None else f"{row['year']}{' so far' if row['is_running'] else ''}"


def _reuse(row: Mapping[str, Any]) -> int | None:
    known = [row[name] for name in ("reuse_joint", "reuse_restated", "reuse_taken_over") if row[name] is not None]
    return sum(known) if known else None


def _what(row: Mapping[str, Any]) -> tuple[object, ...]:
    """What every line says after whose it is."""
    return (
        row["visits"], _signed(row["visits_change"]), row["self_assessments"], row["deliveries"],
        row["copies_recognised"], row["questions_asked"], row["questions_again"],
        _share(row["answered_before_share"]), _reuse(row), row["findings_opened"], row["findings_closed"],
        row["findings_open_at_end"], row["findings_overdue_at_end"],
    )  # fmt: skip


_WHAT = [
    "visits", "change", "self-assessments", "deliveries", "copies", "questions", "again", "answered before", "reused",
    "opened", "closed", "open at end", "overdue",
]  # fmt: skip


def _say_sector(rows: Sequence[Mapping[str, Any]]) -> None:
    show_table(
        "Burden by country and year",
        ["country", "year", "factories", *_WHAT],
        [(row["country"] or "unknown", _year(row), row["facilities"], *_what(row)) for row in rows],
    )
    say("Empty is unknown, not 0. Changes: factories of which both whole years were delivered.")


def _say_most(rows: Sequence[Mapping[str, Any]]) -> None:
    most = sorted(rows, key=lambda row: (-row["visits"], -row["questions_again"], row["facility_id"], row["year"] or 0))
    show_table(
        "Most visits in a year",
        ["factory", "facility_id", "country", "year", *_WHAT],
        [
            (row["facility"], row["facility_id"], row["country"], _year(row), *_what(row))
            for row in most[:_SHOWN]
            if row["visits"]
        ],
    )


def _say_facility(rows: Sequence[Mapping[str, Any]]) -> None:
    say(f"{rows[0]['facility']} ({rows[0]['facility_id']}), {rows[0]['country']}")
    show_table("Burden by year", ["year", *_WHAT], [(_year(row), *_what(row)) for row in rows])
    for row in rows:
        if row["contributors"]:
            say(f"{_year(row)}: delivered by {', '.join(row['contributors'])}; visits {row['visits_by_instrument']}")
