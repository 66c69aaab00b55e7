"""`harmonize grants`: what every grant is worth and why, who sees what of a factory, rows of the consent register."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out
from harmonize.cli.judged_grants import (
    Refused,
    accepted_grants,
    judged_grants,
    register_bytes,
    register_refusals,
    staged_register,
    standings,
    unreadable_days,
    who_sees_what,
)
from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.run import AsOf, today
from harmonize.cli.speech import chosen_language
from harmonize.cli.table_file import replacing
from harmonize.cli.table_set import check_ending, write_tables
from harmonize.errors import ConfigurationError, InboxError
from harmonize.project import Project

__all__ = ["app", "grant_words"]

app = typer.Typer(
    cls=PromptGroup, help="Who may see what of whom: the consent register.", rich_markup_mode=None, no_args_is_help=True
)

Inbox = Annotated[Path | None, typer.Option(help="The inbox with the registrar's folder; default the pipeline's.")]
Day = Annotated[
    date | None,
    typer.Option(parser=lambda text: _day(text), metavar="DATE", help="The day of revocation; default today."),
]
_LATER = "takes effect at the next run and publish"
_LIVING = ("in_force", "not_yet", "ended", "revoked")
"""Standings that need nobody's care."""
_LANGUAGES = ("en", "vi", "km", "th")


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
    with judged_grants(out, as_of or today(), paths) as (connection, refused):
        rows = standings(connection)
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
    with judged_grants(out, as_of or today(), None) as (connection, _):
        rows = standings(connection, audience)
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
    language: Annotated[str, typer.Option("--lang", help="en, vi, km, th.", show_default="as harmonize speaks")] = "",
) -> None:
    """Say who sees what of a factory, until when and by which grant.

    Exit code 0: somebody sees something. 1: nobody does.
    """
    if output is not None:
        check_ending(output)
    from harmonize.spoken_words import known_language

    language = known_language(language or chosen_language(), _LANGUAGES)
    words, day = grant_words(language), as_of or today()
    with judged_grants(out, day, None) as (connection, _):
        connection.execute("USE steward")
        facility_id = named_facility(connection, facility)
        connection.execute("USE memory")
        table = who_sees_what(connection, facility_id, words)
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
    before = Register.read(register_bytes(path), str(path))
    if grant_id is not None and before.has(grant_id):
        raise InboxError(
            f"{path}: the grant {grant_id!r} stands there already. Give it an id of its own with --grant-id."
        )
    _check_instrument(instrument)
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
        staged = staged_register(text.encode(), str(path))
        found = [one["grant_id"] for one in accepted_grants(staged)]
        told = register_refusals(staged, "")
        if row["grant_id"] not in found or (text is alone.text and (told or unreadable_days(staged))):
            said = (told or unreadable_days(staged) or [Refused("", "it cannot be read", "Correct it.")])[-1]
            raise InboxError(f"The grant is refused: {said.message} {said.hint}")
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
    content = register_bytes(path)
    if content is None:
        raise InboxError(f"{path}: there is no register yet. Add a grant with `harmonize grants add`.")
    _write(path, Register.read(content, str(path)).revoked(grant_id, day, why).text)
    say(f"revoked      {grant_id} on {day} in {path}; {_LATER}")


def _check_instrument(name: str) -> None:
    """Refuse a grant that could open nothing.

    Raises:
        InboxError: no instrument is called so.
    """
    from harmonize.sources.profile import load_profiles

    known = sorted(load_profiles(Project.locate(Path.cwd()).files("mappings", "*/source.yml")))
    if name.strip().casefold() not in ("*", *(one.casefold() for one in known)):
        raise InboxError(f"No instrument is called {name!r}; there are {', '.join(known)}, and * for all.")


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


def grant_words(language: str) -> dict[str, str]:
    """Words for who sees what; English stands beside another language.

    Raises:
        ConfigurationError: the file of words is not whole.
    """
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
