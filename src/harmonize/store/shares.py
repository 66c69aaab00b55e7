"""One audience's DuckDB file: the contract's tables and views over the rows that were made for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import duckdb

from harmonize import __version__
from harmonize.database import quoted
from harmonize.errors import PublicationError
from harmonize.store.build import attach_release, combined_hash, logical_hashes, write_knowledge

__all__ = ["Share", "empty_share", "write_share"]


class _Receiver(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def folder(self) -> str: ...

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Share:
    """A file that was made for one audience.

    Attributes:
        hashes: rows and hash of every table.
        logical_hash: of all of it, with the contract and the day of judgement.
    """

    audience: str
    kind: str
    folder: str
    database: Path
    hashes: Mapping[str, tuple[int, str]]
    logical_hash: str


def empty_share(path: Path, knowledge: Mapping[str, Sequence[Mapping[str, object]]]) -> Path:
    """A file with all tables and views, and no rows but those of the language and the crosswalks."""
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS workspace")
        attach_release(connection, path, None, "share")
        connection.execute("BEGIN")
        write_knowledge(connection, "share", lambda: knowledge)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT release")
    return path


def write_share(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    audience: _Receiver,
    empty: Path,
    folder: Path,
    contract: str,
    as_of: date,
    judged_on: date,
    also: Callable[[duckdb.DuckDBPyConnection, Share], None] | None = None,
) -> Share:
    """Write the file of one audience, and what else is made of it.

    Args:
        connection: has the rows of all audiences attached as `release`, and what is whose as `workspace`.
        number: the audience's, in these.
        empty: the file that it begins with.
        folder: its folder, which is made.
        also: called with the connection, whose default database is the file.

    Raises:
        PublicationError: the file cannot be written.
    """
    target = folder / f"{audience.folder}.duckdb"
    try:
        folder.mkdir(parents=True)
        shutil.copyfile(empty, target)
        connection.execute(f"ATTACH {quoted(target)} AS shared (RECOVERY_MODE NO_WAL_WRITES)")
        try:
            connection.execute("SET VARIABLE audience_no = ?", [number])
            connection.execute("BEGIN")
            connection.execute(files("harmonize.store").joinpath("share.sql").read_text(encoding="utf-8"))
            connection.execute("USE shared")
            hashes = logical_hashes(connection)
            stated = {
                "contract": contract,
                "as_of": as_of.isoformat(),
                "version": __version__,
                "audience": audience.name,
            }
            logical_hash = combined_hash(hashes, stated)
            run = (f"share-{logical_hash[:12]}", "publish", as_of, __version__, logical_hash)
            connection.execute("INSERT INTO shared.run VALUES (?, ?, ?, ?, ?)", list(run))
            release = (f"{as_of.isoformat()}-{logical_hash[:12]}", contract, logical_hash, as_of)
            connection.execute("INSERT INTO shared.release VALUES (?, ?, ?, ?)", list(release))
            connection.execute("COMMIT")
            connection.execute("CHECKPOINT shared")
            share = Share(audience.name, audience.kind, audience.folder, target, hashes, logical_hash)
            if also is not None:
                also(connection, share)
        finally:
            connection.execute("USE workspace")
            connection.execute("DETACH shared")
    except (duckdb.IOException, OSError) as problem:
        raise PublicationError(
            f"{target}: cannot be written: {problem}. Free space or choose another --out."
        ) from problem
    return share
