"""`harmonize grants`: what every grant is worth and why, who sees what of a factory, and rows of the consent register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out
from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.run import AsOf, today
from harmonize.cli.table_file import replacing
from harmonize.cli.table_set import check_ending, write_tables
from harmonize.errors import ConfigurationError, InboxError, RefusedFile
from harmonize.project import Project

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from harmonize.model.staged import StagedFile

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup, help="Who may see what of whom: the consent register.", rich_markup_mode=None, no_args_is_help=True
)

Inbox = Annotated[Path | None, typer.Option(help="The inbox with the registrar's folder; default the pipeline's.")]
Day = Annotated[
    date | None,
    typer.Option(parser=lambda text: _day(text), metavar="DATE", help="The day of revocation; default today."),
]
_LATER = "takes effect at the next run and publish"
_REFUSED = ("refused_grant", "unreadable_grant", "blank_key", "ragged_row")
_LIVING = ("in_force", "not_yet", "ended", "revoked")
"""Standings that need nobody's care."""
_VIEWED = ("facility_mention", "assessment", "assessment_copy", "file", "instrument_rights", "consent_grant")
_KEPT = ("sure_record", "stated_identifier", "copy_evidence")
_LANGUAGES = ("en", "vi", "km", "th")


class _Refused(NamedTuple):
    """A row of a register that the reader refuses, with its place and the cure."""

    place: str
    message: str
    hint: str


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write yyyy-mm-dd.") from None


@app.command("check")
def check_command(
    file: Annotated[Path | None, typer.Argument(help="A register; default what the release was made of.")] = None,
    inbox: Annotated[Path | None, typer.Option(help="Check the registers of this inbox.")] = None,
    as_of: AsOf = None,
    out: Out = Path("data"),
) -> None:
    """Check every row of the consent register: its standing on the day, and why.

    Exit code 0: every grant holds, held or will hold. 1: some is refused, or opens nothing. 2: no register.
    """
    paths = [file] if file is not None else _registers(inbox) if inbox is not None else None
    with _judged(out, as_of or today(), paths) as (connection, refused):
        rows = _standings(connection)
        show_table("grants", ["grant", "audience", "factory", "opens", "standing", "why"], rows)
        if refused:
            show_table("refused rows", ["place", "why", "cure"], refused)
        counted = connection.execute("SELECT standing, count(*) FROM judged_grant GROUP BY 1 ORDER BY 1").fetchall()
    say(", ".join([*(f"{count} {name}" for name, count in counted), f"{len(refused)} refused"]))
    if refused or any(name not in _LIVING for name, _ in counted):
        raise typer.Exit(1)


@app.command("show")
def show_command(
    audience: Annotated[str | None, typer.Option(help="Only the grants to this audience.")] = None,
    as_of: AsOf = None,
    out: Out = Path("data"),
) -> None:
    """Show the grants of the release with their standing on a day."""
    with _judged(out, as_of or today(), None) as (connection, _):
        rows = _standings(connection, audience)
        if audience is not None and not rows:
            known = connection.execute("SELECT DISTINCT trim(audience) FROM judged_grant ORDER BY 1").fetchall()
            named = ", ".join(name for (name,) in known) or "nobody"
            raise InboxError(f"No grant names the audience {audience!r}; grants name {named}.")
        show_table("grants", ["grant", "audience", "factory", "opens", "standing", "why"], rows)


@app.command("who")
def who_command(
    facility: Annotated[str, typer.Option(help="One factory: its id, an identifier or its name.")],
    as_of: AsOf = None,
    out: Out = Path("data"),
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The answer, .xlsx, .csv or .parquet.")] = None,
    language: Annotated[str, typer.Option("--lang", help="en, vi, km, th.")] = "en",
) -> None:
    """Say who sees what of a factory, until when and by which grant.

    Exit code 0: somebody sees something. 1: nobody does.
    """
    if output is not None:
        check_ending(output)
    if language not in _LANGUAGES:
        raise ConfigurationError(f"There are no words in {language!r}; there are {', '.join(_LANGUAGES)}.")
    words, day = _words(language), as_of or today()
    with _judged(out, day, None) as (connection, _):
        connection.execute("USE steward")
        facility_id = named_facility(connection, facility)
        connection.execute("USE memory")
        table = _who(connection, facility_id, words)
    rows = [[row[name] for name in table.schema.names] for row in table.to_pylist()]
    show_table(f"{facility_id}, {day}", table.schema.names, rows)
    if output is not None:
        for path in write_tables(output, {"who sees what": table}):
            say(f"written      {path}")
    if not rows:
        say(f"Nobody sees anything of {facility_id} on {day}.")
        raise typer.Exit(1)


@app.command("add")
def add_command(
    facility: Annotated[str, typer.Option(help="The factory as SCHEME=VALUE, such as os_id=VN2020090123450.")],
    audience: Annotated[str, typer.Option(help="Who may see it.")],
    scope: Annotated[str, typer.Option(help="summary, findings, answers or full.")],
    instrument: Annotated[str, typer.Option(help="One tool, or *.")] = "*",
    assessment: Annotated[str, typer.Option(help="One assessment by its native number, or *.")] = "*",
    valid_from: Annotated[str, typer.Option(help="First day, yyyy-mm-dd.")] = "",
    valid_to: Annotated[str, typer.Option(help="Last day, yyyy-mm-dd.")] = "",
    purpose: Annotated[str, typer.Option(help="What for.")] = "",
    evidence: Annotated[str, typer.Option(help="Where the consent is written.")] = "",
    granted_by: Annotated[str, typer.Option(help="Who granted it.")] = "",
    signatory_role: Annotated[str, typer.Option(help="In which role: facility, brand, programme …")] = "",
    granted_on: Annotated[str, typer.Option(help="The day of signature.")] = "",
    text_version: Annotated[str, typer.Option(help="Version of the text that was signed.")] = "",
    onward_use: Annotated[str, typer.Option(help="What the audience may do with it beyond reading.")] = "",
    retention_until: Annotated[str, typer.Option(help="Last day on which it may be kept.")] = "",
    grant_id: Annotated[str | None, typer.Option(help="Its id; default the next one.")] = None,
    inbox: Inbox = None,
) -> None:
    """Add a grant to the register of the inbox; other rows stay as they are, byte by byte."""
    from harmonize.sharing.register import Register

    scheme, is_split, value = facility.partition("=")
    if not is_split:
        raise InboxError(f"{facility!r} names no factory. Write SCHEME=VALUE, such as os_id=VN2020090123450.")
    path = _register(inbox)
    before = Register.read(_bytes(path), str(path))
    row = {
        "grant_id": grant_id or before.next_id(),
        "facility_scheme": scheme.strip(),
        "facility_value": value.strip(),
        "instrument": instrument,
        "assessment": assessment,
        "audience": audience,
        "scope": scope,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "purpose": purpose,
        "evidence": evidence,
        "granted_by": granted_by,
        "signatory_role": signatory_role,
        "granted_on": granted_on,
        "text_version": text_version,
        "onward_use": onward_use,
        "retention_until": retention_until,
    }
    after = before.with_row(row)
    # The reader itself says whether the grant would be taken: alone, and among the others.
    alone = Register.read(None, str(path)).with_row(row)
    for text in (alone.text, after.text):
        staged = _staged(text.encode(), str(path))
        found = [one["grant_id"] for one in _rows(staged, "grant")]
        told = _refusals(staged, "")
        if row["grant_id"] not in found or (text is alone.text and (told or _bad_dates(staged))):
            said = (told or _bad_dates(staged) or [_Refused("", "it cannot be read", "Correct it.")])[-1]
            raise InboxError(f"The grant is refused: {said.message} {said.hint}")
        if text is after.text and len(found) != len(_rows(_staged(before.text.encode(), str(path)), "grant")) + 1:
            raise InboxError(
                f"{path}: the grant {row['grant_id']!r} stands there already. Give it an id of its own with --grant-id."
            )
    _write(path, after.text)
    say(f"added        {row['grant_id']} to {path}; {_LATER}")


@app.command("revoke")
def revoke_command(
    grant_id: Annotated[str, typer.Argument(help="The grant.")],
    on: Day = None,
    why: Annotated[str | None, typer.Option(help="Why, kept beside the evidence.")] = None,
    inbox: Inbox = None,
) -> None:
    """Revoke a grant in the register of the inbox; other rows stay as they are, byte by byte."""
    from harmonize.sharing.register import Register

    path, day = _register(inbox), on or today()
    content = _bytes(path)
    if content is None:
        raise InboxError(f"{path}: there is no register yet. Add a grant with `harmonize grants add`.")
    _write(path, Register.read(content, str(path)).revoked(grant_id, day, why).text)
    say(f"revoked      {grant_id} on {day} in {path}; {_LATER}")


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise InboxError(f"{path}: cannot be read: {problem.strerror}. Check path and permissions.") from problem


def _write(path: Path, text: str) -> None:
    with replacing(path) as building:
        building.write_bytes(text.encode())


def _folders(inbox: Path | None) -> list[Path]:
    """The registrars' folders of the inbox."""
    from harmonize.settings import load_settings

    project = Project.locate(Path.cwd())
    settings = load_settings(project, "default")
    folder = inbox or (settings.inbox and (project.folder or Path.cwd()) / settings.inbox)
    if folder is None:
        raise InboxError("The pipeline 'default' names no inbox. Give one with --inbox DIR.")
    if not folder.is_dir():
        raise InboxError(f"{folder}: there is no such inbox. Give one with --inbox DIR.")
    return [folder / name for name in settings.registrars]


def _register(inbox: Path | None) -> Path:
    return _folders(inbox)[0] / "grants.csv"


def _registers(inbox: Path) -> list[Path]:
    """The files of the registrars."""
    found = [path for folder in _folders(inbox) for path in sorted(folder.rglob("*")) if path.is_file()]
    found = [path for path in found if not path.name.startswith((".", "README"))]
    if not found:
        raise InboxError(f"{inbox}: no registrar has handed in anything. Add a grant with `harmonize grants add`.")
    return found


def _staged(content: bytes, name: str) -> StagedFile:
    """A register as the reader takes it."""
    from harmonize.reading.limits import Limits
    from harmonize.sources.ingest import read_file
    from harmonize.sources.profile import load_profiles
    from harmonize.sources.vocabulary import Vocabulary

    project = Project.locate(Path.cwd())
    profiles = load_profiles([project.find("mappings/consent/source.yml")])
    with TemporaryDirectory() as scratch:
        vocabulary = Vocabulary.from_folder(project.whole("schemas", Path(scratch)))
        try:
            return read_file(content, name, list(profiles.values()), vocabulary, Limits())
        except RefusedFile as problem:
            raise InboxError(f"{name}: {problem}") from problem


def _rows(staged: StagedFile, table: str) -> list[dict[str, Any]]:
    return [row for row in staged.tables[table].table().to_pylist()]


def _refusals(staged: StagedFile, name: str) -> list[_Refused]:
    return [
        _Refused(f"{name} {row['locator']}".strip(), row["message"], row["hint"] or "")
        for row in _rows(staged, "issue")
        if row["withheld"] and row["code"] not in ("unreadable_date", "excel_error")
    ]


def _bad_dates(staged: StagedFile) -> list[_Refused]:
    return [
        _Refused(row["locator"], row["message"], "Write yyyy-mm-dd.")
        for row in _rows(staged, "issue")
        if row["code"] == "unreadable_date"
    ]


@contextmanager
def _judged(out: Path, day: date, paths: Sequence[Path] | None) -> Iterator[tuple[DuckDBPyConnection, list[_Refused]]]:
    """The release with its grants judged, or those of other registers in their place, and the rows that are refused."""
    import duckdb

    from harmonize.database import quoted
    from harmonize.sharing.grants import judge_grants, load_signatory_rules
    from harmonize.sources.profile import load_profiles

    database, project = out / "current" / "harmonized.duckdb", Project.locate(Path.cwd())
    if not database.exists():
        raise InboxError(f"{database}: there is no release yet. Run `harmonize run` first.")
    consent = load_profiles([project.find("mappings/consent/source.yml")])
    bounded = [one for profile in consent.values() for layout in profile.layouts for one in layout.bounded_instruments]
    try:
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH {quoted(database)} AS steward (READ_ONLY)")
            connection.execute("ATTACH ':memory:' AS source; CREATE SCHEMA source.compact")
            for table in (*_VIEWED, *(f"compact.{name}" for name in _KEPT)):
                connection.execute(f"CREATE VIEW source.{table} AS FROM steward.{table}")
            refused = _refused_rows(connection) if paths is None else _replace(connection, paths)
            _make_audiences(connection, project)
            judge_grants(connection, day, bounded, load_signatory_rules(project.find("schemas/sharing_rights.yml")))
            yield connection, refused
    except (duckdb.IOException, duckdb.CatalogException, duckdb.BinderException) as problem:
        said = str(problem).splitlines()[0]
        raise InboxError(
            f"{out}: the release cannot be read, or another version made it: {said}. Run `harmonize run` again."
        ) from problem


def _refused_rows(connection: DuckDBPyConnection) -> list[_Refused]:
    rows = connection.execute(
        """
        SELECT f.path || ' ' || q.locator, q.message, coalesce(q.hint, '')
        FROM steward.quarantine q
        JOIN steward.file f USING (file_id)
        WHERE f.instrument = 'consent' AND q.code NOT IN ('unreadable_date', 'excel_error')
        ORDER BY ALL
        """
    ).fetchall()
    return [_Refused(*row) for row in rows]


def _replace(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[_Refused]:
    """Put the rows of these files in place of the release's register."""
    from harmonize.database import quoted

    refused: list[_Refused] = []
    connection.execute(
        "DROP VIEW source.consent_grant; CREATE TABLE source.consent_grant AS FROM steward.consent_grant LIMIT 0"
    )
    for path in paths:
        content = _bytes(path)
        if content is None:
            raise InboxError(f"{path}: there is no such file. Name a register, or an inbox with --inbox.")
        staged = _staged(content, str(path))
        refused += _refusals(staged, path.name)
        connection.register("arriving", staged.tables["grant"].table())
        connection.execute(
            f"INSERT INTO source.consent_grant BY NAME SELECT *, {quoted(path)} AS file_id FROM arriving"
        )
        connection.unregister("arriving")
    return refused


def _make_audiences(connection: DuckDBPyConnection, project: Project) -> None:
    """Make `audience`: those of pipelines/audiences.yml and factories that grants name, or else whoever grants name."""
    from harmonize.yaml_text import read_yaml

    try:
        path = project.find("pipelines/audiences.yml")
    except ConfigurationError:
        listed: Sequence[Mapping[str, Any]] | None = None
    else:
        content = read_yaml(path)
        listed = content.get("audiences") if isinstance(content, dict) else content
        if not isinstance(listed, list) or not all(isinstance(one, dict) and "name" in one for one in listed):
            raise ConfigurationError(f"{path}: it is no list of audiences, each with a name. Correct it there.")
    condition = "true" if listed is None else "lower(trim(audience)) LIKE 'manufacturer:%'"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE audience AS
        SELECT row_number() OVER (ORDER BY audience)::INTEGER AS audience_no, audience
        FROM (
            SELECT min(trim(audience)) AS audience FROM source.consent_grant WHERE {condition} GROUP BY lower(trim(audience))
            UNION ALL SELECT unnest(?::VARCHAR[])
        )
        """,
        [[str(one["name"]) for one in listed or ()]],
    )


def _standings(connection: DuckDBPyConnection, audience: str | None = None) -> list[tuple[Any, ...]]:
    return connection.execute(
        """
        SELECT
            j.grant_id, trim(j.audience), g.facility_scheme || '=' || g.facility_value,
            concat_ws(' ', j.instrument, j.assessment, j.scope), j.standing, j.reason
        FROM judged_grant j
        JOIN registered_grant g USING (grant_no)
        WHERE $1::VARCHAR IS NULL OR lower(trim(j.audience)) = lower(trim($1))
        ORDER BY j.grant_no
        """,
        [audience],
    ).fetchall()


def _who(connection: DuckDBPyConnection, facility_id: str, words: Mapping[str, str]) -> pa.Table:
    """Per audience and assessment of a factory: scope, until, on which grant; and who handed it in itself."""

    def identifier(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    titles = ("audience", "instrument", "assessed_on", "native_id", "sees", "until", "right", "assessment_id")
    named = ", ".join(f'"{name}" AS {identifier(words[name])}' for name in titles)
    return connection.execute(
        f"""
        WITH seen AS (
            SELECT
                a.audience, c.assessment_id, max(c.scope_rank) AS scope_rank,
                max({{'rank': c.scope_rank, 'until': c.until}}).until AS until,
                arg_max(c.grant_id, (c.scope_rank, c.until)) AS grant_id
            FROM covered_copy c
            JOIN audience a USING (audience_no)
            GROUP BY ALL
            UNION ALL
            SELECT DISTINCT contributor, assessment_id, 0, NULL, NULL FROM source.assessment_copy
        )
        SELECT {named}
        FROM (
            SELECT
                s.audience, a.instrument, a.assessed_on, a.native_id, s.scope_rank, a.assessment_id,
                [$words['own'], $words['summary'], $words['findings'], $words['answers'], $words['full']]
                    [s.scope_rank + 1] AS sees,
                CASE
                    WHEN s.until = DATE '9999-12-31' THEN $words['open']
                    ELSE s.until::VARCHAR
                END AS until,
                CASE WHEN s.grant_id IS NULL THEN $words['delivery'] ELSE $words['grant'] || ' ' || s.grant_id END AS "right"
            FROM seen s
            JOIN source.assessment a USING (assessment_id)
            WHERE a.facility_id = $facility AND a.published
        )
        ORDER BY lower(audience), instrument, assessed_on, assessment_id, scope_rank
        """,
        {"facility": facility_id, "words": dict(words)},
    ).to_arrow_table()


def _words(language: str) -> dict[str, str]:
    """Words of the answer; English stands beside another language."""
    from harmonize.yaml_text import read_yaml

    path = Project.locate(Path.cwd()).find("schemas/grant_words.yml")
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get("words"), dict):
        raise ConfigurationError(f"{path}: it has no words. Correct it there.")
    words: dict[str, str] = {}
    for key, said in content["words"].items():
        english = str(said["en"])
        words[key] = english if language == "en" else f"{said.get(language, english)} ({english})"
    return words
