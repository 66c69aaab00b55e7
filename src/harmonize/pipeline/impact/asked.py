"""What a change of the crosswalks would do: two states of a project's knowledge, held against a release."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from harmonize.crosswalk.changes import (
    Change,
    entailment_changes,
    language_changes,
    mapping_changes,
    scale_changes,
    source_changes,
    unit_changes,
)
from harmonize.crosswalk.lint import Complaint
from harmonize.database import quoted
from harmonize.errors import InboxError, PublicationError
from harmonize.pipeline.continuation import continued_form
from harmonize.pipeline.crosswalks import Crosswalks, load_crosswalks
from harmonize.pipeline.impact.figures import Figures, figures, write_list
from harmonize.pipeline.impact.judged import compare
from harmonize.pipeline.revisions import JUDGED_FOLDERS, Revision, between, errors_named
from harmonize.pipeline.understanding import meaning_hash
from harmonize.project import Project
from harmonize.sources.profile import load_profiles

__all__ = ["Impact", "Released", "Weighed", "ask", "opened"]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A change with the answers, and the rows of findings, that the release has or would have by it.

    (Both are known of mappings only; for the rest of the language they are None.)
    """

    change: Change
    answers: int | None
    findings: int | None

    @property
    def weight(self) -> int:
        """How much it touches."""
        return (self.answers or 0) + (self.findings or 0)


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change would do.

    Attributes:
        before, after: the two states, as people call them.
        complaints: of the lint about the later state; `new_complaints` are those that the earlier one has not.
        changes: what is said otherwise, that which touches most first.
        unread: files that also changed and decide what is read of an export: only a run shows what they do.
        figures: what would change in the release; None where nothing changed that means anything.
    """

    before: str
    after: str
    release_id: str
    complaints: Sequence[Complaint]
    new_complaints: Sequence[Complaint]
    changes: Sequence[Weighed]
    unread: Sequence[str]
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Released:
    """A release: its id, its day of judgement, and what continues it."""

    release_id: str
    as_of: date
    form: str


def ask(project: Project, span: str, database: Path, limit: int, listing: Path | None = None) -> Impact:
    """Hold two states of a project's knowledge against a release.

    Args:
        span: the revisions, `LEFT..RIGHT`.
        database: the DuckDB file of a release, whose stage is where a run of the project leaves it.
        limit: how many of the most affected factories are listed.
        listing: a CSV file to write every kind of changed answer into.

    Raises:
        ConfigurationError: no such revision, or one whose files are impossible.
        InboxError: no such release, or what was read for it is no longer there.
        PublicationError: the list cannot be written.
    """
    if listing is not None and not listing.absolute().parent.is_dir():
        raise PublicationError(
            f"{listing}: there is no folder {listing.absolute().parent}. Make it, or choose another."
        )
    with tempfile.TemporaryDirectory(prefix="harmonize-impact-") as folder:
        scratch = Path(folder)
        older, newer = between(project, span, scratch)
        with opened(database, scratch) as (connection, release):
            before, after = (_loaded(side, release.as_of, scratch) for side in (older, newer))
            changes = _changes(before, after)
            found = None
            if changes:
                stage = project.stage_folder(database.resolve().parents[2])
                is_continued = release.form == continued_form(meaning_hash(older.project))
                compare(connection, stage, before, after, scratch, words_are_staged=is_continued)
                found = figures(connection, limit)
                if listing is not None:
                    _list(connection, listing)
        unread = _unread(older.project, newer.project)
    known, complaints = before.complaints(), after.complaints()
    return Impact(
        older.name,
        newer.name,
        release.release_id,
        complaints,
        [one for one in complaints if one not in known],
        sorted((_weighed(change, found) for change in changes), key=lambda one: -one.weight),
        unread,
        found,
    )


@contextmanager
def opened(database: Path, scratch: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Released]]:
    """A connection to which the release is attached as `released`, and what it is."""
    if not database.is_file():
        raise InboxError(f"{database}: there is no such file. Run `harmonize run` first, or give one with --database.")
    with duckdb.connect(config={"temp_directory": str(scratch / "spill")}) as connection:
        # (It would draw over what is told.)
        connection.execute("SET enable_progress_bar = false")
        try:
            connection.execute(f"ATTACH {quoted(database)} AS released (READ_ONLY)")
            (row,) = connection.execute(
                "SELECT release_id, as_of, form FROM released.release, released.compact.form"
            ).fetchall()
        except (duckdb.Error, ValueError) as problem:
            raise InboxError(
                f"{database}: not the DuckDB file of a release: {problem}. Give one with --database."
            ) from problem
        yield connection, Released(*row)


def _loaded(side: Revision, as_of: date, scratch: Path) -> Crosswalks:
    """What a state of the knowledge says on the day of judgement."""
    with errors_named(side):
        profiles = load_profiles(side.project.files("mappings", "*/source.yml"))
        return load_crosswalks(side.project, profiles, as_of, scratch / "units.json")


def _changes(before: Crosswalks, after: Crosswalks) -> list[Change]:
    return [
        *mapping_changes(list(before.index.entries()), list(after.index.entries())),
        *source_changes(*((side.index, side.default_scales) for side in (before, after))),
        *scale_changes(before.scales, after.scales),
        *unit_changes(before.units, after.units),
        *entailment_changes(before.entailment, after.entailment),
        *language_changes(before.language, after.language),
    ]


def _weighed(change: Change, found: Figures | None) -> Weighed:
    if change.mapping_id is None or found is None:
        return Weighed(change, None, None)
    return Weighed(change, *found.by_mapping.get(change.mapping_id, (0, 0)))


_JUDGED = re.compile(
    r"mappings/[^/]+/([^/]+\.(sssom|rules)|fingerprints|compliance_points)\.tsv"
    r"|schemas/((scales|units|entailment)\.yml|language/.+)|.+\.md"
)
"""Files whose every word is judged here, or decides nothing."""


def _unread(before: Project, after: Project) -> list[str]:
    """Files that are not the same and say more than what is judged here."""
    olds, news = _contents(before), _contents(after)
    return sorted(name for name in olds.keys() | news.keys() if olds.get(name) != news.get(name))


def _contents(project: Project) -> dict[str, bytes]:
    named = (
        (path.relative_to(next(root for root in project.roots if path.is_relative_to(root))).as_posix(), path)
        for folder in JUDGED_FOLDERS
        for path in project.files(folder, "**/*.*")
    )
    return {name: path.read_bytes() for name, path in named if path.is_file() and not _JUDGED.fullmatch(name)}


def _list(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        write_list(connection, path)
    except duckdb.IOException as problem:
        raise PublicationError(f"{path}: cannot be written: {problem}. Choose another file with -o.") from problem
