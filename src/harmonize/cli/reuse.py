"""`harmonize reuse`: what a buyer need not ask again, what is left to ask, what expires, what ended, what it saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.cli.run import AsOf, today
from harmonize.cli.table_file import put_workbook, writing
from harmonize.errors import ConfigurationError, InboxError
from harmonize.project import Project
from harmonize.workbooks import Book, neutral

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harmonize.assessments.reuse.assumptions import Assumptions
    from harmonize.assessments.reuse.requirements import Requirements
    from harmonize.assessments.reuse.rules import ReuseRules

__all__ = ["reuse_command"]

_ENDINGS = (".xlsx", ".csv", ".parquet")
_LANGUAGES = ("en", "vi", "km", "th")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Given:
    """What a plan is made by."""

    project: Project
    path: Path
    profile: Requirements
    rules: ReuseRules
    assumptions: Assumptions


def reuse_command(
    buyer: Annotated[str, typer.Option(help="A profile under pipelines/requirements/, or a YAML file.")],
    facility: Annotated[str | None, typer.Option(help="One factory: its id, an identifier or its name.")] = None,
    as_of: AsOf = None,
    out: Out = Path("data"),
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The plan, .xlsx, .csv or .parquet.")] = None,
    questionnaire: Annotated[
        Path | None,
        typer.Option(help="What is left to ask of a factory, .xlsx; of several a folder, with a workbook for each."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--lang", help="Labels beside English: vi, km, th; default the factory's.")
    ] = None,
    if_all_granted: Annotated[
        bool, typer.Option("--if-all-granted", help="As if every grant that is missing were given.")
    ] = False,
    for_steward: Annotated[
        bool,
        typer.Option("--for-steward", help="Tell all reasons, of what is not granted too; not to be handed on."),
    ] = False,
) -> None:
    """Plan what need not be audited again: already assessed, still to ask, expiring, ended and why, grants to ask for.

    Exit code 0: planned. 1: planned, and no factory of the buyer has anything assessed that counts. 2: refused.
    """
    import duckdb

    from harmonize.assessments.reuse.plan import show_lines
    from harmonize.assessments.reuse.portfolio import estimate
    from harmonize.spoken_words import known_language

    if output is not None and output.suffix.lower() not in _ENDINGS:
        raise InboxError(f"{output}: name a file that ends in {', '.join(_ENDINGS)}.")
    if language is not None:
        known_language(language, _LANGUAGES)
    given, day = _given(buyer), as_of or today()
    try:
        with open_release(out) as release:
            connection = release.connection
            factories = _factories(connection, given, facility)
            if questionnaire is not None and len(factories) > 1 and questionnaire.suffix:
                raise InboxError(
                    f"{questionnaire}: a questionnaire is for one factory, and the plan has {len(factories)}. "
                    "Name one with --facility, or a folder."
                )
            _judge(connection, given, factories, day, out)
            show_lines(connection, language or "en", if_granted=if_all_granted, for_steward=for_steward)
            estimate(connection, given.assumptions)
            if for_steward:
                name = given.profile.buyer
                say(f"warning      for the steward alone: it tells what is not granted. Do not hand it on to {name}.")
            release.say_what_is_later(day)
            _tell(connection, given, day, factories, if_all_granted=if_all_granted)
            if facility is not None:
                _tell_lines(connection)
            if output is not None:
                scenario = _scenario(if_all_granted=if_all_granted, for_steward=for_steward)
                _write(connection, output, given, day, out, scenario, language)
            if questionnaire is not None:
                _ask(connection, questionnaire, given, factories, day, language)
            ((assessed,),) = connection.execute("SELECT count(*) FROM reuse_line WHERE status = 'assessed'").fetchall()
    except (duckdb.IOException, duckdb.CatalogException) as problem:
        said = str(problem).splitlines()[0]
        raise InboxError(
            f"{out}: the release cannot be read, or another version made it: {said}. Run `harmonize run` again."
        ) from problem
    if not assessed:
        raise typer.Exit(1)


def _scenario(*, if_all_granted: bool, for_steward: bool) -> str:
    said = "hypothetical: as if all were granted" if if_all_granted else "as granted"
    return f"{said}; for the steward alone, not to be handed on" if for_steward else said


def _given(buyer: str) -> _Given:
    """The profile of a buyer, the common rules and the assumptions.

    Raises:
        ConfigurationError: there is no such profile, or one of the files is not of its form.
    """
    from harmonize.assessments.reuse.assumptions import load_assumptions
    from harmonize.assessments.reuse.requirements import load_requirements
    from harmonize.assessments.reuse.rules import load_rules

    project = Project.locate(Path.cwd())
    if buyer.endswith((".yml", ".yaml")):
        path = Path(buyer)
    else:
        known = {one.stem: one for one in project.files("pipelines/requirements", "*.yml")}
        if buyer not in known:
            raise ConfigurationError(
                f"There are no requirements of {buyer!r}; there are those of {', '.join(known) or 'nobody'}. "
                f"Copy pipelines/requirements/example-buyer.yml to pipelines/requirements/{buyer}.yml and change it."
            )
        path = known[buyer]
    return _Given(
        project,
        path,
        load_requirements(path),
        load_rules(project.find("schemas/reuse.yml")),
        load_assumptions(project.find("pipelines/assumptions/audits.yml")),
    )


def _factories(connection: DuckDBPyConnection, given: _Given, facility: str | None) -> list[str]:
    """The factories that the plan is for.

    Raises:
        InboxError: there are none, or one is not in the release.
    """
    if facility is not None:
        return [named_facility(connection, facility)]
    if given.profile.factories is not None:
        return sorted({named_facility(connection, one) for one in given.profile.factories})
    name = given.profile.sees_as
    rows = connection.execute(
        "SELECT DISTINCT facility_id FROM facility_mention WHERE contributor = ? ORDER BY 1", [name]
    ).fetchall()
    if not rows:
        known = connection.execute("SELECT DISTINCT contributor FROM facility_mention ORDER BY 1").fetchall()
        raise InboxError(
            f"{given.path}: {name!r} has handed in no record of any factory; those who have are "
            f"{', '.join(row[0] for row in known) or 'nobody'}. Name --facility, or `factories` or `contributor` "
            "in the profile."
        )
    return [str(row[0]) for row in rows]


def _judge(connection: DuckDBPyConnection, given: _Given, factories: Sequence[str], day: date, out: Path) -> None:
    from harmonize.assessments.reuse.facility_events import LEDGER, placed, read_events
    from harmonize.assessments.reuse.plan import Question, judge, language_of
    from harmonize.assessments.reuse.requirements import expand
    from harmonize.assessments.reuse.rules import check_rules
    from harmonize.cli.judged_grants import register_table, unopened
    from harmonize.sources.profile import load_profiles
    from harmonize.values.identifiers import IdentifierRules

    project, language = given.project, language_of(connection)
    check_rules(project.find("schemas/reuse.yml"), given.rules, language)
    instruments = [row[0] for row in connection.execute("SELECT instrument FROM instrument ORDER BY 1").fetchall()]
    required = expand(given.path, given.profile, given.rules, language, instruments)
    events = read_events(project.decisions_folder(out) / LEDGER, given.rules.events)
    consent = load_profiles([project.find("mappings/consent/source.yml")])
    bounded = [one for profile in consent.values() for layout in profile.layouts for one in layout.bounded_instruments]
    question = Question(
        given.profile.sees_as,
        factories,
        day,
        max(day, today()),
        required,
        given.profile.grants == "required",
        bounded,
        placed(connection, events),
        IdentifierRules.from_folder(project.find("schemas/identifiers.yml").parent).clean,
        unopened(out, day, given.profile.sees_as),
        register_table(connection, out),
    )
    judge(connection, question, given.rules, language)


def _rows(connection: DuckDBPyConnection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, list(values)).fetchall()


def _tell(
    connection: DuckDBPyConnection, given: _Given, day: date, factories: Sequence[str], *, if_all_granted: bool
) -> None:
    """The plan in some lines: by factory, what ended, which grants to ask for, what it saves."""
    from harmonize.assessments.reuse.portfolio import totals

    warned = given.rules.expiring_within_days
    said = _scenario(if_all_granted=if_all_granted, for_steward=False)
    ((release_id,),) = _rows(connection, "SELECT release_id FROM release")
    say(f"plan         {given.profile.buyer}, {len(factories)} factories, as of {day}, {said}; release {release_id}")
    expiring = ", ".join(f"count(*) FILTER (days_left <= {days})" for days in warned)
    rows = _rows(
        connection,
        f"""
        SELECT facility_id, facility, country, count(*) FILTER (status = 'assessed'),
            count(*) FILTER (status = 'ask'), count(*) FILTER (status = 'grant_missing'),
            count(*) FILTER (status = 'always_ask'), {expiring}, count(ended_by)
        FROM reuse_line GROUP BY ALL ORDER BY 4 DESC, 1
        """,
    )
    head = ["factory", "name", "country", "already assessed", "to ask", "grant missing", "always asked"]
    show_table("by factory", [*head, *(f"expiring in {days}" for days in warned), "ended"], rows[:_SHOWN])
    if len(rows) > _SHOWN:
        say(f"             and {len(rows) - _SHOWN} more: -o writes all")
    ended = _rows(
        connection,
        """
        SELECT facility, ended_by, ended_on, ended_why, count(*) FROM reuse_line WHERE ended_by IS NOT NULL
        GROUP BY ALL ORDER BY 5 DESC, 1, 2, 3 LIMIT 20
        """,
    )
    if ended:
        show_table("what ended reuse", ["factory", "ended by", "on", "why", "indicators"], ended)
    grants = _rows(
        connection,
        """
        SELECT facility, instrument, coalesce(last_day::VARCHAR, ''), who_may_grant, reason,
            coalesce(would_settle::VARCHAR, 'not told')
        FROM reuse_grant_to_ask LIMIT 20
        """,
    )
    if grants:
        head = ["factory", "instrument", "last day", "who may grant", "why missing", "settles"]
        show_table("grants to ask for", head, grants)
    currency = given.assumptions.currency.value
    for total in totals(connection):
        say(
            f"{total.scenario:<20} audits dropped {total.dropped}, shortened {total.shortened}, kept {total.kept}; "
            f"saved {total.days_saved:g} days, {total.money_saved:,.0f} {currency} [A]"
        )
    say("             [A]: by the assumptions of pipelines/assumptions/audits.yml; the plan's sheets hold every row")


def _tell_lines(connection: DuckDBPyConnection) -> None:
    """Every line of one factory."""
    rows = _rows(
        connection,
        """
        SELECT indicator_id, status, coalesce(said, ended_why, reason, '') AS said, state, expires_on,
            coalesce(not_standing, '') AS others
        FROM reuse_line ORDER BY pillar, topic_id, indicator_id
        """,
    )
    show_table("by indicator", ["indicator", "status", "by what, or what ended it", "state", "until", "others"], rows)


def _write(
    connection: DuckDBPyConnection,
    output: Path,
    given: _Given,
    day: date,
    out: Path,
    scenario: str,
    language: str | None,
) -> None:
    """Write the plan."""
    ((lines,),) = _rows(connection, "SELECT count(*) FROM reuse_line")
    if output.suffix.lower() == ".xlsx":
        from harmonize.assessments.reuse.questionnaire import load_words
        from harmonize.assessments.reuse.sheets import plan_sheets
        from harmonize.assessments.reuse.summary import About

        ((release_id,),) = _rows(connection, "SELECT release_id FROM release")
        words = load_words(given.project.find("schemas/reuse_words.yml"))
        buyer = ", ".join(filter(None, (given.profile.buyer, given.profile.title)))
        about = About(buyer, day, scenario, release_id, given.rules.expiring_within_days)
        others = [
            ("buyer", given.profile.buyer, given.profile.title),
            ("as of", day.isoformat(), "ages, grants and laws are those of this day"),
            ("grants", scenario, "what the buyer handed in itself is its own"),
            ("release", release_id, str(out)),
            ("laws", "as in schemas/laws", "a law that changed since the evidence ends its reuse"),
            *(
                (f"class {name}", f"{one.maximum_age_days} days", one.meaning)
                for name, one in given.rules.classes.items()
            ),
        ]
        sheets = plan_sheets(connection, given.assumptions, about, others, words, language or "en")
        header = f"{given.profile.buyer}, {day}, {scenario}"
        put_workbook(output, Book(sheets, header=header, footer=release_id))
    elif output.suffix.lower() == ".csv":
        import pyarrow as pa

        cursor = connection.execute("FROM reuse_line")
        names = [column[0] for column in cursor.description or ()]
        with writing(output, pa.schema([(name, pa.string()) for name in names])) as target:
            while rows := cursor.fetchmany(10_000):
                cells = [["" if value is None else _text(value) for value in row] for row in rows]
                target.write(pa.table([pa.array(column, pa.string()) for column in zip(*cells, strict=True)], names))
    else:
        reader = connection.execute("FROM reuse_line").to_arrow_reader(10_000)
        with writing(output, reader.schema) as target:
            for batch in reader:
                target.write(batch)
    say(f"written      {output}: {lines} lines")


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return neutral(value) if isinstance(value, str) else str(value)


def _ask(
    connection: DuckDBPyConnection,
    target: Path,
    given: _Given,
    factories: Sequence[str],
    day: date,
    language: str | None,
) -> None:
    """Write the questionnaires."""
    from harmonize.assessments.reuse.questionnaire import About, asked_of, load_states, load_words, questionnaire_sheet

    words = load_words(given.project.find("schemas/reuse_words.yml"))
    states = load_states(given.project.find("schemas/language/states.yml"))
    ((release_id,),) = _rows(connection, "SELECT release_id FROM release")
    names: Mapping[str, tuple[str, str]] = {
        id_: (name or id_, words.language_of.get(country or "", "en"))
        for id_, name, country in _rows(connection, "SELECT facility_id, name, country FROM reuse_factory")
    }
    for facility_id in factories:
        path = target if len(factories) == 1 and target.suffix else target / f"{facility_id}.xlsx"
        if path.suffix.lower() != ".xlsx":
            raise InboxError(f"{path}: a questionnaire is an .xlsx file. Name one, or a folder.")
        name, spoken = names[facility_id]
        factory, always = f"{name} ({facility_id})", given.rules.always_asked
        asked = asked_of(connection, facility_id, always)
        buyer = ", ".join(filter(None, (given.profile.buyer, given.profile.title)))
        about = About(buyer, factory, day, release_id)
        sheet = questionnaire_sheet(about, asked, always, words, states, language or spoken)
        put_workbook(path, Book([sheet], header=factory))
        say(f"written      {path}: {len(asked)} matters to ask, and {len(always)} at every visit")
