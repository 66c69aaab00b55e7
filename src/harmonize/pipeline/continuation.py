"""What a run may continue: the last release, where it is whole; and how damage to what is kept between runs is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from harmonize import __version__
from harmonize.database import source_hash
from harmonize.store.build import release_form
from harmonize.store.parquet import Previous
from harmonize.store.releases import checksum, is_whole, read_manifest

__all__ = ["LastRelease", "continued_form", "last_release", "tells_of_damage"]

_MAKING = ("harmonize.crosswalk", "harmonize.assessments", "harmonize.pipeline", "harmonize.values")
"""Packages whose text decides what the release holds: a change of it without a new version makes all anew as well."""

_DAMAGED_FILE = (
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.InternalException,
    duckdb.FatalException,
)
"""What DuckDB raises over a file whose content is not what it should be (and, as `IOException`, over other things)."""
_DAMAGE = re.compile(r"checksum|corrupt|magic bytes|not a valid|parquet|snappy|zstd|thrift", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_OF_THE_DISK = re.compile(r"no space left|permission denied|read-only|could not write|cannot open", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LastRelease:
    """What stands published, which a run continues where it can.

    Attributes:
        folder: where it stands.
        database: its DuckDB file; None where there is none, or where it is not what its manifest says.
        extracts: its parquet files, under the same condition.
        is_damaged: something is there, and it is not whole.
    """

    folder: Path
    database: Path | None = None
    extracts: Previous | None = None
    is_damaged: bool = False


def continued_form(meaning_hash: str) -> str:
    """The form of the releases that this program continues by scales, units and a language of this hash."""
    return release_form([__version__, meaning_hash, *map(source_hash, _MAKING)])


def last_release(out: Path, *, is_trusted: bool = True) -> LastRelease:
    """The release that `current` names.

    Args:
        is_trusted: it may be continued; otherwise it counts as damaged.
    """
    folder = out / "current"
    manifest = read_manifest(folder)
    if manifest is None or not is_trusted:
        return LastRelease(folder, is_damaged=folder.is_symlink())
    database = folder / "harmonized.duckdb"
    if not is_whole(folder, manifest) or checksum(database) != manifest.get("checksum"):
        return LastRelease(folder, is_damaged=True)
    return LastRelease(folder, database, Previous(folder / "parquet", manifest["parts"]))


def tells_of_damage(problem: duckdb.Error) -> bool:
    """Whether DuckDB stumbled over the content of a file, and not over the disk, its rights or the memory."""
    text = _QUOTED.sub("", str(problem))
    is_of_content = _DAMAGE.search(text) is not None and _OF_THE_DISK.search(text) is None
    return isinstance(problem, _DAMAGED_FILE) and is_of_content
