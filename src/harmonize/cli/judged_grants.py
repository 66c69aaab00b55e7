"""Registers as the reader takes them, and the grants of a release judged, for the commands that speak of grants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from harmonize.errors import InboxError, RefusedFile
from harmonize.project import Project

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from harmonize.model.staged import StagedFile

__all__ = [
    "Refused",
    "accepted_grants",
    "judged_grants",
    "register_bytes",
    "register_refusals",
    "register_table",
    "staged_register",
    "standings",
    "unopened",
    "unreadable_days",
    "who_sees_what",
]

_VIEWED = ("facility_mention", "assessment", "assessment_copy", "file", "instrument_rights", "consent_grant")
_KEPT = ("sure_record", "stated_identifier", "copy_evidence", "stated_header")


class Refused(NamedTuple):
    """A row of a register that the reader refuses, with its place and the cure."""

    place: str
    message: str
    hint: str


def register_bytes(path: Path) -> bytes | None:
    """A register, or None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise InboxError(f"{path}: cannot be read: {problem.strerror}. Check path and permissions.") from problem


def staged_register(content: bytes, name: str) -> StagedFile:
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


def accepted_grants(staged: StagedFile) -> list[dict[str, Any]]:
    """The rows that are taken."""
    return _rows(staged, "grant")


def _rows(staged: StagedFile, table: str) -> list[dict[str, Any]]:
    return list(staged.tables[table].table().to_pylist())


def register_refusals(staged: StagedFile, name: str) -> list[Refused]:
    """Rows that are not taken."""
    return [
        Refused(f"{name} {row['locator']}".strip(), row["message"], row["hint"] or "")
        for row in _rows(staged, "issue")
        if row["withheld"] and row["code"] not in ("unreadable_date", "excel_error")
    ]


def unreadable_days(staged: StagedFile) -> list[Refused]:
    """Dates that cannot be read."""
    return [
        Refused(row["locator"], row["message"], "Write yyyy-mm-dd.")
        for row in _rows(staged, "issue")
        if row["code"] == "unreadable_date"
    ]


@contextmanager
def judged_grants(
    out: Path, day: date, paths: Sequence[Path] | None, also: str | None = None
) -> Iterator[tuple[DuckDBPyConnection, list[Refused]]]:
    """The release with its grants judged, or those of other registers in their place, and the rows that are refused.

    After a way back the grants are those of the release that the last run made.

    Args:
        also: an audience that need not be listed.
    """
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
            register = "source"
            if paths is not None:
                refused = _replace(connection, paths)
            else:
                register = _attach_register(connection, out) or register
                refused = _refused_rows(connection, "steward" if register == "source" else register)
            _make_audiences(connection, project, register, also)
            signatories = load_signatory_rules(project.find("schemas/sharing_rights.yml"))
            judge_grants(connection, day, bounded, signatories, register=register)
            yield connection, refused
    except (duckdb.IOException, duckdb.CatalogException, duckdb.BinderException) as problem:
        said = str(problem).splitlines()[0]
        raise InboxError(
            f"{out}: the release cannot be read, or another version made it: {said}. Run `harmonize run` again."
        ) from problem


def register_table(connection: DuckDBPyConnection, out: Path) -> str:
    """The table of grants that holds, for a connection to the current release: its own, or that of the last run."""
    name = _attach_register(connection, out)
    return f"{name}.consent_grant" if name else "consent_grant"


def _attach_register(connection: DuckDBPyConnection, out: Path) -> str | None:
    """Attach the release whose register holds, where it is not the current one; its name then."""
    from harmonize.database import quoted
    from harmonize.store.history import DATABASE, release_of_register

    holding = release_of_register(out)
    if holding == (out / "current").resolve():
        return None
    connection.execute(f"ATTACH {quoted(holding / DATABASE)} AS registering (READ_ONLY)")
    return "registering"


def _refused_rows(connection: DuckDBPyConnection, register: str) -> list[Refused]:
    rows = connection.execute(
        f"""
        SELECT f.path || ' ' || q.locator, q.message, coalesce(q.hint, '')
        FROM {register}.quarantine q
        JOIN {register}.file f USING (file_id)
        WHERE f.instrument = 'consent' AND q.code NOT IN ('unreadable_date', 'excel_error')
        ORDER BY ALL
        """
    ).fetchall()
    return [Refused(*row) for row in rows]


def _replace(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[Refused]:
    """Put the rows of these files in place of the release's register."""
    from harmonize.database import quoted

    refused: list[Refused] = []
    connection.execute(
        "DROP VIEW source.consent_grant; CREATE TABLE source.consent_grant AS FROM steward.consent_grant LIMIT 0"
    )
    for path in paths:
        content = register_bytes(path)
        if content is None:
            raise InboxError(f"{path}: there is no such file. Name a register, or an inbox with --inbox.")
        staged = staged_register(content, str(path))
        refused += register_refusals(staged, path.name)
        connection.register("arriving", staged.tables["grant"].table())
        connection.execute(
            f"INSERT INTO source.consent_grant BY NAME SELECT *, {quoted(path)} AS file_id FROM arriving"
        )
        connection.unregister("arriving")
    return refused


def _make_audiences(connection: DuckDBPyConnection, project: Project, register: str, also: str | None) -> None:
    """Make `audience`: those of pipelines/audiences.yml, factories that grants name, and one that may stand nowhere."""
    from harmonize.sharing.audiences import Audience, load_audiences, with_manufacturers
    from harmonize.sharing.shares import name_audiences

    granted = connection.execute(f"SELECT DISTINCT audience FROM {register}.consent_grant").fetchall()
    listed = load_audiences(project.find("pipelines/audiences.yml"))
    audiences = with_manufacturers(listed, (name for (name,) in granted))
    if also is not None and also.lower() not in {one.name.lower() for one in audiences}:
        audiences = [*audiences, Audience(name=also, kind="buyer")]
    # (Nothing is given an id here, so that no secret is needed.)
    name_audiences(connection, audiences, b"")


def standings(connection: DuckDBPyConnection, audience: str | None = None) -> list[tuple[Any, ...]]:
    """Every grant, or those to an audience: id, audience, factory, what it opens, how it stands and why."""
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


def unopened(out: Path, day: date, audience: str) -> list[tuple[str, str, str | None, str]]:
    """What grants to an audience do not open on a day, as `harmonize publish` judges them.

    Returns:
        File and place of the grant, the instrument (None: it opens nothing at all), and why.
    """
    with judged_grants(out, day, None, audience) as (connection, _):
        return connection.execute(
            """
            SELECT
                g.file_id, g.locator, NULL::VARCHAR AS instrument,
                -- (Whose records state the same is not told.)
                CASE WHEN starts_with(j.standing, 'names_') THEN 'It names no one factory.' ELSE j.reason END
            FROM judged_grant j
            JOIN registered_grant g USING (grant_no)
            WHERE lower(trim(j.audience)) = lower(trim($1)) AND j.standing <> 'in_force'
            UNION ALL
            SELECT
                g.file_id, g.locator, i.instrument, 'It was signed as ' || g.signatory_role || ', who may not grant it.'
            FROM judged_grant j
            JOIN registered_grant g USING (grant_no)
            JOIN granted_instrument i USING (grant_no)
            WHERE lower(trim(j.audience)) = lower(trim($1)) AND j.standing = 'in_force' AND NOT i.may
                AND i.who_may_grant <> 'nobody'
            ORDER BY ALL
            """,
            [audience],
        ).fetchall()


def who_sees_what(connection: DuckDBPyConnection, facility_id: str, words: Mapping[str, str]) -> pa.Table:
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
                coalesce($words['grant'] || ' ' || s.grant_id, $words['delivery']) AS "right"
            FROM seen s
            JOIN source.assessment a USING (assessment_id)
            WHERE a.facility_id = $facility AND (a.published OR s.grant_id IS NOT NULL)
        )
        ORDER BY lower(audience), instrument, assessed_on, assessment_id, scope_rank
        """,
        {"facility": facility_id, "words": dict(words)},
    ).to_arrow_table()
