"""One audience's DuckDB file: the contract's tables and views over the rows that were made for it."""

from __future__ import annotations

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
from harmonize.store.encryption import DOWNLOADS_NOTHING, encrypted, load_cipher

__all__ = ["Key", "Share", "empty_share", "write_share"]


class Key(Protocol):
    """By which a file is encrypted."""

    @property
    def text(self) -> str:
        """What DuckDB is given."""

    @property
    def key_id(self) -> str:
        """Tells keys apart, and nothing of the key."""


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
        key_id: by which key it is encrypted; None where it is not.
    """

    audience: str
    kind: str
    folder: str
    database: Path
    hashes: Mapping[str, tuple[int, str]]
    logical_hash: str
    key_id: str | None = None

    @property
    def is_encrypted(self) -> bool:
        """Whether its rows may lie nowhere but in its file."""
        return self.key_id is not None


def empty_share(path: Path, knowledge: Mapping[str, Sequence[Mapping[str, object]]], key: str | None = None) -> Path:
    """A file with all tables and views, and no rows but those of the language and the crosswalks.

    Args:
        key: by which it is encrypted.

    Raises:
        ConfigurationError: nothing is there to encrypt with.
    """
    with duckdb.connect(config=dict(DOWNLOADS_NOTHING)) as connection:
        if key is not None:
            load_cipher(connection)
        connection.execute("ATTACH ':memory:' AS workspace")
        attach_release(connection, path, None, "share", key=key)
        connection.execute("BEGIN")
        write_knowledge(connection, "share", lambda: knowledge)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT release")
    return path


def write_share(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    audience: _Receiver,
    begin: Callable[[Path], object],
    folder: Path,
    contract: str,
    as_of: date,
    judged_on: date,
    also: Callable[[duckdb.DuckDBPyConnection, Share], None] | None = None,
    key: Key | None = None,
) -> Share:
    """Write the file of one audience, and what else is made of it.

    Args:
        connection: has the rows of all audiences attached as `release`, and what is whose as `workspace`.
        number: the audience's, in these.
        begin: makes the file that it begins with, as `empty_share` does.
        folder: its folder, which is made.
        also: called with the connection, whose default database is the file.
        key: by which what it begins with is encrypted.

    Raises:
        PublicationError: the file cannot be written.
    """
    target = folder / f"{audience.folder}.duckdb"
    try:
        folder.mkdir(parents=True)
        begin(target)
        options = "" if key is None else f", {encrypted(key.text)}"
        connection.execute(f"ATTACH {quoted(target)} AS shared (RECOVERY_MODE NO_WAL_WRITES{options})")
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
            key_id = None if key is None else key.key_id
            share = Share(audience.name, audience.kind, audience.folder, target, hashes, logical_hash, key_id)
            if also is not None:
                also(connection, share)
                connection.execute("CHECKPOINT shared")
        finally:
            connection.execute("USE workspace")
            connection.execute("DETACH shared")
    except (duckdb.IOException, OSError) as problem:
        raise PublicationError(
            f"{target}: cannot be written: {problem}. Free space or choose another --out."
        ) from problem
    return share
