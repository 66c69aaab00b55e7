"""`harmonize overlap`: what factories were asked again, and what an earlier visit had answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.cli.speech import chosen_language
from harmonize.cli.table_set import check_ending, write_tables
from harmonize.errors import ConfigurationError, InboxError, PublicationError
from harmonize.project import Project
from harmonize.workbooks import Notes, neutral

if TYPE_CHECKING:
    from harmonize.assessments.overlap import Overlap

__all__ = ["overlap_command"]

_DRAWN = (".svg", ".html")
_SHOWN = 20


def overlap_command(
    facility: Annotated[str | None, typer.Option(help="One factory, by id, identifier or name; default all.")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="First day of the visits.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="Last day of the visits.")
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(min=1, max=1200, help="Months before a visit that count.", show_default="schemas/burden.yml"),
    ] = None,
    out: Out = Path("data"),
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="All tables: .xlsx, or .csv and .parquet with files beside.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="The shares as a matrix (.svg, .html), with its table beside it.")
    ] = None,
    lang: Annotated[
        str,
        typer.Option(
            help="Language of labels and of the picture: en, vi, km or th.", show_default="as harmonize speaks"
        ),
    ] = "",
) -> None:
    """Show which questions were asked again, by whom, and what an earlier visit had already answered.

    Exit code 1: nothing was asked in that window.
    """
    import duckdb

    from harmonize.assessments.burden_rules import load_burden_rules
    from harmonize.assessments.overlap import Window, overlap_of

    project = Project.locate(Path.cwd())
    lang = lang or chosen_language()
    _check_language(project, lang)
    if output is not None:
        check_ending(output)
    if picture is not None and picture.suffix.lower() not in _DRAWN:
        raise ConfigurationError(f"{picture}: no such kind of picture is made; use {' or '.join(_DRAWN)}.")
    begin, end = first and first.date(), last and last.date()
    if begin and end and end < begin:
        raise InboxError(f"The window ends on {end}, before it begins on {begin}. Exchange --from and --to.")
    rules = load_burden_rules(project.find("schemas/burden.yml"))
    window = Window(begin, end, within or rules.answered_within_months)
    with open_release(out) as release:
        chosen = None if facility is None else named_facility(release.connection, facility)
        try:
            ((release_id,),) = release.connection.execute("SELECT release_id FROM release").fetchall()
        except (duckdb.Error, ValueError) as problem:
            raise _unreadable(out, problem) from problem
    try:
        with overlap_of(out / "current" / "harmonized.duckdb", rules, window, chosen) as overlap:
            visits = overlap.rows("visits")
            if not any(row["day"] and row["asked"] for row in visits):
                say(f"Nothing was asked {_when(begin, end)}; `SELECT * FROM v_visit` lists the visits that there are.")
                raise typer.Exit(1)
            _say(overlap, visits, window.within_months, chosen, lang)
            if output is not None:
                _write(overlap, output, lang, window.within_months)
            if picture is not None:
                facts = {"months": window.within_months, "release": release_id}
                _draw(overlap, visits, picture, lang, project, chosen, facts)
    except duckdb.Error as problem:
        raise _unreadable(out, problem) from problem


def _check_language(project: Project, lang: str) -> None:
    """Refuse a language without words before the work begins."""
    from harmonize.pictures import load_words

    nothing = dict.fromkeys(("months", "release", "facility"), "")
    load_words(project.find("schemas/pictures.yml"), "overlap_visits", lang, **nothing)


def _unreadable(out: Path, problem: Exception) -> InboxError:
    return InboxError(
        f"{out / 'current' / 'harmonized.duckdb'}: cannot be compared: {problem}. "
        "Make the release again with `harmonize run`."
    )


def _when(begin: date | None, end: date | None) -> str:
    if begin is None and end is None:
        return "on any known day"
    return " ".join(filter(None, [f"from {begin}" if begin else "", f"until {end}" if end else ""]))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _say(
    overlap: Overlap, visits: Sequence[Mapping[str, Any]], months: int, facility_id: str | None, lang: str
) -> None:
    asked = [row for row in visits if row["day"] and row["asked"]]
    indicators = overlap.rows("indicators", lang)
    total, again = sum(row["times_asked"] for row in indicators), sum(row["asked_again"] for row in indicators)
    factories = len({row["facility_id"] for row in asked})
    who = f"{asked[0]['facility']} ({facility_id})" if facility_id else f"{factories} factories"
    say(
        f"{who}: {len(asked)} rounds of questions (a visit with the self-assessments that it verified, or one of these "
        f"alone) asked {total} questions from {min(row['day'] for row in asked)} to "
        f"{max(row['day'] for row in asked)}, {again} of them again."
    )
    if facility_id is not None:
        _say_pairs(overlap, months)
    else:
        _say_instruments(overlap.rows("instruments"), months)
    show_table(
        "Asked most often again",
        ["indicator", "label", "asked", "again", "by instruments", "delivered by"],
        [
            (row["indicator_id"], row["indicator"], row["times_asked"], row["asked_again"],
             ", ".join(row["instruments"]), ", ".join(row["contributors"]))
            for row in indicators[:_SHOWN]
            if row["asked_again"]
        ],
    )  # fmt: skip
    follow_ups = sum(row["is_follow_up"] for row in visits)
    if follow_ups:
        said = "1 follow-up checks" if follow_ups == 1 else f"{follow_ups} follow-ups check"
        say(f"Apart: {said} what earlier assessments found; that is no question asked again, and in no count above.")
    scope = overlap.rows("scope")
    if scope:
        audits, topics = len({row["assessment_id"] for row in scope}), len(scope)
        say(
            f"In scope, not listed: {audits} assessments list findings alone; of {topics} topics in their scope they "
            "list nothing. That is weak evidence, no answer, and in no count above."
        )


def _say_pairs(overlap: Overlap, months: int) -> None:
    count = overlap.count("pairs")
    pairs = overlap.rows("pairs") if count <= _SHOWN else overlap.closest(_SHOWN)
    show_table(
        f"What an earlier visit had answered within {months} months",
        ["earlier", "with", "later", "with", "questions", "directly", "by implication", "share"],
        [
            (row["earlier_day"], ", ".join(row["earlier_instruments"]), row["later_day"],
             ", ".join(row["later_instruments"]), row["judged"], row["directly"], row["by_implication"],
             _percent(row["share"]))
            for row in pairs
        ],
    )  # fmt: skip
    if len(pairs) < count:
        say(
            f"Of each of the latest {len(pairs)} visits the earlier one that had answered most of it; "
            f"{count} pairs in all: write them with -o FILE."
        )


def _say_instruments(pairs: Sequence[Mapping[str, Any]], months: int) -> None:
    show_table(
        f"What another instrument's earlier visit had answered within {months} months",
        ["earlier", "later", "factories", "visits", "questions", "directly", "by implication", "share"],
        [
            (row["earlier"], row["later"], row["facilities"], row["visits"], row["judged"], row["directly"],
             row["by_implication"], _percent(row["share"]))
            for row in pairs[:_SHOWN]
        ],
    )  # fmt: skip
    if len(pairs) > _SHOWN:
        say(f"and {len(pairs) - _SHOWN} more pairs of instruments: write them with -o FILE.")


def _write(overlap: Overlap, output: Path, lang: str, months: int) -> None:
    from harmonize.assessments.overlap import TABLES

    lines = [
        (
            "pairs",
            "Of the questions of a later visit (judged: those that can be met or not met), what an earlier visit of "
            f"the factory had answered, its evidence not older than {months} months: the same indicator (directly), or "
            "by implication of what is met of a wider one and not met of a narrower one.",
        ),
        ("instruments", "The same, of visits of one instrument after any visit with another one at the same factory."),
        ("indicators", "Which questions were asked how often, once per visit with the self-assessment it verified."),
        ("visits", "Every round; what a follow-up (is_follow_up) asks is a check of open findings, in no count."),
        (
            "scope",
            "Topics in the scope of assessments that list findings alone, of which they list nothing: weak evidence, "
            "in no count.",
        ),
        ("Already answered", "By that visit, on that day. It does not say that the factory is compliant."),
    ]
    tables = {name: overlap.table(name, lang) for name in TABLES}
    for path in write_tables(output, tables, Notes("about", "What was asked again", lines)):
        say(f"{path}: written")


def _draw(
    overlap: Overlap,
    visits: Sequence[Mapping[str, Any]],
    path: Path,
    lang: str,
    project: Project,
    facility_id: str | None,
    facts: Mapping[str, object],
) -> None:
    from harmonize.assessments.overlap_picture import MOST, instrument_matrix, matrix_svg, visit_matrix
    from harmonize.pictures import as_csv, as_page, load_words

    asked = [row for row in visits if row["day"] and row["asked"]]
    days = sorted(row["day"] for row in asked)
    told = {
        **facts,
        "facility": asked[0]["facility"] or facility_id,
        "facilities": len({row["facility_id"] for row in asked}),
        "first": days[0],
        "last": days[-1],
    }
    pairs = overlap.rows("pairs" if facility_id else "instruments")
    if not pairs:
        say(
            f"No visit came after another one within {facts['months']} months; nothing was drawn. "
            "Look further with --within."
        )
        raise typer.Exit(1)
    matrix = visit_matrix(visits, pairs) if facility_id else instrument_matrix(pairs)
    words = load_words(
        project.find("schemas/pictures.yml"), "overlap_visits" if facility_id else "overlap_instruments", lang, **told
    )
    table = [[name.replace("_", " ") for name in pairs[0]], *([_cell(cell) for cell in row.values()] for row in pairs)]
    svg = matrix_svg(matrix, words)
    files = {path: as_page(svg, words["title"], lang, table) if path.suffix.lower() == ".html" else svg}
    files[path.with_suffix(".csv")] = as_csv(table)
    for target, text in files.items():
        try:
            target.write_text(text, encoding="utf-8", newline="")
        except OSError as problem:
            raise PublicationError(
                f"{target}: cannot be written: {problem.strerror}. Choose another place with --picture."
            ) from problem
        say(f"{target}: {len(pairs)} pairs of {'visits' if facility_id else 'instruments'}")
    if facility_id and len(matrix.rows) == MOST:
        say(f"The picture shows the latest {MOST} visits; the table has all.")


def _cell(cell: object) -> str:
    if isinstance(cell, list):
        return neutral(", ".join(map(str, cell)))
    return "" if cell is None else neutral(cell) if isinstance(cell, str) else str(cell)
