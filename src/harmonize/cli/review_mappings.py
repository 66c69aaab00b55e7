"""`harmonize review mappings`: what was decided about questions and words goes into the crosswalk, as drafts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.cli.table_file import replacing
from harmonize.errors import ConfigurationError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.crosswalk.mapping import Edition
    from harmonize.review.adoption import Decided

__all__ = ["mappings_command", "pending"]


def mappings_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List them, and write nothing.")] = False,
    out: Out = Path("data"),
) -> None:
    """Write what was decided about unmapped questions into the crosswalk files as drafts, and list words to add.

    Exit code 0: everything is in the files. 1: some is for a person to write.
    """
    found = pending(out)
    if not found:
        say("Nothing decided is missing in the crosswalk.")
        return
    editions = _editions()
    rows = [(one.instrument, one.edition, one.matter, one.to or "ignore", one.by, place) for one, place in found]
    show_table("Decided, and not in the crosswalk", ("instrument", "edition", "what", "decision", "by", "where"), rows)
    by_edition: dict[str, list[Decided]] = {}
    for one, place in found:
        if place in editions:
            by_edition.setdefault(place, []).append(one)
    folder = Path() if dry_run or not by_edition else _project_folder()
    by_hand = len(found) - sum(map(len, by_edition.values()))
    if not dry_run:
        for place, decided in by_edition.items():
            _write(folder, editions[place], decided)
        if by_edition:
            say("next       fill in polarity, scale and basis: `harmonize crosswalk lint` says what is missing,")
            say("           `harmonize crosswalk impact HEAD..` what changes; then somebody else approves:")
            say("           `harmonize crosswalk status EDITION QUESTION --to approved --by prefix:name`")
    if by_hand:
        say(f"{by_hand} for a person to write, where the table says; then they leave this list with the next run.")
        raise typer.Exit(1)


def _project_folder() -> Path:
    """The project folder.

    Raises:
        ConfigurationError: this is none.
    """
    folder = Project.locate(Path.cwd()).folder
    if folder is None:
        raise ConfigurationError(
            f"{Path.cwd()} is no project folder, so there are no mappings to write to. Run `harmonize init` first, or "
            "call this in the project folder."
        )
    return folder


def _write(folder: Path, edition: Edition, decided: Sequence[Decided]) -> None:
    """Put the rows into the files of the project; of a shipped edition the project gets a copy with them."""
    from harmonize.review.adoption import adopted

    texts = adopted(edition, decided)
    for path, text in zip((edition.sssom_path, edition.rules_path), texts, strict=True):
        target = folder / "mappings" / edition.instrument / path.name
        with replacing(target) as building:
            building.write_text(text, encoding="utf-8", newline="\n")
        say(f"written    {target}: {len(decided)} rows more")


def _editions() -> Mapping[str, Edition]:
    from harmonize.crosswalk.mapping import load_editions

    return {
        f"mappings/{one.instrument}/{one.edition}.sssom.tsv": one for one in load_editions(Project.locate(Path.cwd()))
    }


def pending(out: Path) -> list[tuple[Decided, str]]:
    """What was decided about questions and words and is not in the crosswalk yet, with the file where it belongs."""
    from harmonize.cli.review_desk import decisions_folder
    from harmonize.review.adoption import decided_questions, decided_values
    from harmonize.review.kinds import MAPPINGS
    from harmonize.review.saying import read_keyed

    lines = read_keyed(decisions_folder(out) / MAPPINGS)
    if not lines:
        return []
    editions, read_by = _editions(), _read_by()
    found: list[tuple[Decided, str]] = []
    for one in decided_questions(lines):
        name = next(
            (to for pattern, to in read_by.get(one.instrument, {}).items() if re.fullmatch(pattern, one.edition)), None
        )
        place = f"mappings/{one.instrument}/{name}.sssom.tsv"
        if place not in editions:
            found.append((one, f"no crosswalk reads {one.instrument} {one.edition}: `harmonize sources new`"))
        elif one.matter not in editions[place].entries:
            found.append((one, place))
    withheld = _withheld(out)
    words = [one for one in decided_values(lines) if (one.instrument, one.edition, one.matter) in withheld]
    return [*found, *((one, _home(one)) for one in words)]


def _home(one: Decided) -> str:
    if one.edition == "unknown_answer":
        return "schemas/scales.yml, words of the question's scale"
    return f"mappings/{one.instrument}/source.yml, {one.edition.removeprefix('unknown_')}"


def _read_by() -> Mapping[str, Mapping[str, str]]:
    """By instrument, which crosswalk reads which editions."""
    from harmonize.sources.profile import load_profiles

    profiles = load_profiles(Project.locate(Path.cwd()).files("mappings", "*/source.yml"))
    return {name: profile.editions for name, profile in profiles.items()}


def _withheld(out: Path) -> set[tuple[str, str, str]]:
    with open_release(out) as release:
        rows = release.connection.execute(
            "SELECT DISTINCT f.instrument, q.code, q.value FROM quarantine q JOIN file f USING (file_id) "
            "WHERE f.instrument IS NOT NULL AND q.value IS NOT NULL"
        ).fetchall()
    return {(str(one), str(code), str(value)) for one, code, value in rows}
