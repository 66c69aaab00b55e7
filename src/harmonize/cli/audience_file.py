"""Open what was published for an audience, as the audience would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harmonize.errors import InboxError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["open_audience_file", "open_share"]


@contextmanager
def open_audience_file(out: Path, name: str, key_file: Path | None = None) -> Iterator[DuckDBPyConnection]:
    """The published file of an audience by its name.

    Args:
        key_file: holds the key of an encrypted file.

    Raises:
        InboxError: nothing is published, or nothing for that audience.
    """
    folders = {}
    for manifest in sorted((out / "audiences").glob("*/manifest.json")):
        said = json.loads(manifest.read_text(encoding="utf-8"))
        folders[str(said["audience"])] = manifest.parent
    if not folders:
        raise InboxError(f"{out / 'audiences'}: nothing is published yet. Run `harmonize publish --out {out}` first.")
    named = {audience.lower(): folder for audience, folder in folders.items()}
    folder = named.get(name.lower())
    if folder is None:
        raise InboxError(f"Nothing is published for {name!r}; there is {', '.join(sorted(folders))}.")
    with open_share(folder / f"{folder.name}.duckdb", key_file) as connection:
        yield connection


@contextmanager
def open_share(path: Path, key_file: Path | None = None) -> Iterator[DuckDBPyConnection]:
    """The file of one audience, which is the default database of the connection.

    Args:
        key_file: holds the key of an encrypted file.

    Raises:
        InboxError: it is not there, no such file, or under another key.
    """
    import duckdb

    from harmonize.database import quoted

    if not path.is_file():
        raise InboxError(f"{path}: there is no such file. Name the .duckdb file of an audience.")
    with duckdb.connect() as connection:
        try:
            key = "" if key_file is None else f", ENCRYPTION_KEY {quoted(_key(key_file))}"
            connection.execute(f"ATTACH {quoted(path)} AS shared (READ_ONLY{key})")
            connection.execute("USE shared")
            connection.execute("SELECT release_id, as_of FROM release")
        except duckdb.Error as problem:
            raise InboxError(
                f"{path}: it cannot be read as the file of an audience: {str(problem).splitlines()[0]} Name a .duckdb "
                "file that `harmonize publish` wrote, and with --key-file the file of its key where it is encrypted."
            ) from problem
        yield connection


def _key(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise InboxError(f"{path}: the key cannot be read: {problem}. Check path and permissions.") from problem
