"""`harmonize sources`: the catalogue, and what a file is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.new_source import new_command
from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.errors import ConfigurationError, InboxError, RefusedFile
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.sources.profile import Profile
    from harmonize.sources.recognise import Recognition

__all__ = ["app"]

app = typer.Typer(cls=PromptGroup, help="Which sources are read, and what a file is.", rich_markup_mode=None)


def _profiles() -> list[Profile]:
    from harmonize.sources.profile import load_profiles

    profiles = load_profiles(Project.locate(Path.cwd()).files("mappings", "*/source.yml"))
    return [profiles[name] for name in sorted(profiles)]


@app.callback(invoke_without_command=True)
def list_sources(context: typer.Context) -> None:
    """List every source with its layouts."""
    if context.invoked_subcommand is not None:
        return
    show_table(
        "Sources",
        ["source", "kind", "layouts", "title"],
        [
            (
                profile.instrument,
                profile.kind,
                ", ".join(layout.name for layout in profile.layouts),
                profile.title,
            )
            for profile in _profiles()
        ],
    )


app.command("new")(new_command)


@app.command("inspect")
def inspect_file(
    file: Annotated[Path, typer.Argument(help="An export.")],
    source: Annotated[str | None, typer.Option(help="Take it for this source.")] = None,
) -> None:
    """Say what a file is: source, layout, and its known, unknown and missing columns."""
    from harmonize.reading.archives import ARCHIVE_SUFFIXES, members
    from harmonize.reading.limits import Limits
    from harmonize.sources.ingest import inspect
    from harmonize.values.vietnamese import LegacyVietnamese

    profiles = [profile for profile in _profiles() if source is None or profile.instrument == source]
    if not profiles:
        known = ", ".join(profile.instrument for profile in _profiles())
        raise ConfigurationError(f"There is no source {source!r}; known are {known}.")
    legacy = LegacyVietnamese.from_file(Project.locate(Path.cwd()).find("schemas/encodings/vietnamese.yml"))
    refused = False
    try:
        contents = (
            [(f"{file}!/{name}", data) for name, data in members(file, Limits())]
            if file.suffix.lower() in ARCHIVE_SUFFIXES
            else [(str(file), file.read_bytes())]
        )
    except OSError as problem:
        raise InboxError(f"{file}: cannot be read: {problem.strerror}. Check path and permissions.") from problem
    except RefusedFile as problem:
        say(f"{file}: refused ({problem.code}). {problem} {problem.hint}")
        raise typer.Exit(2) from problem
    for name, data in contents:
        try:
            recognition = inspect(data, name, profiles, Limits(), legacy)
        except RefusedFile as problem:
            say(f"{name}: refused ({problem.code}). {problem} {problem.hint}")
            refused = True
            continue
        say(f"{name}: {recognition.profile.instrument} ({recognition.layout.name})")
        _show_columns(recognition)
    if refused:
        raise typer.Exit(2)


def _show_columns(recognition: Recognition) -> None:
    for view in (recognition.header_table, recognition.table):
        if view is None:
            continue
        names = {column: name for name, columns in view.columns.items() for column in columns}
        names |= {column: scheme for scheme, columns in view.identifiers.items() for column in columns}
        wide = recognition.layout.family == "wide"
        known = [f"{view.header[column]} = {name}" for column, name in sorted(names.items())]
        unknown = [view.header[column] for column in view.extra]
        where = f"sheet {view.sheet.name}, " if view.sheet.name else ""
        say(f"  {where}header in row {view.header_row + 1}, {len(view.sheet.rows) - view.header_row - 1} data rows")
        say(f"  known: {'; '.join(known)}")
        if unknown and wide:
            say(f"  answers: {len(unknown)} columns")
        elif unknown:
            say(f"  unknown: {'; '.join(unknown)}")
    shown = () if recognition.table is None else recognition.table.header
    block = recognition.header_block.unnamed if recognition.header_block is not None else ()
    labels = dict.fromkeys(one.name for one in block if not one.is_no_object and one.name not in shown)
    if labels:
        say(f"  unknown: {'; '.join(labels)}")
    if recognition.envelopes:
        say(f"  envelopes: {len(recognition.envelopes)}")
    if recognition.missing:
        say(f"  missing (optional): {'; '.join(dict.fromkeys(recognition.missing))}")
