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
def open_audience_file(out: Path, name: str) -> Iterator[DuckDBPyConnection]:
    """The published file of an audience by its name.

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
    with open_share(folder / f"{folder.name}.duckdb") as connection:
        yield connection


@contextmanager
def open_share(path: Path) -> Iterator[DuckDBPyConnection]:
    """The file of one audience.

    Raises:
        InboxError: it is not there, or no such file.
    """
    import duckdb

    if not path.is_file():
        raise InboxError(f"{path}: there is no such file. Name the .duckdb file of an audience.")
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("SELECT release_id, as_of FROM release")
            yield connection
    except duckdb.Error as problem:
        raise InboxError(
            f"{path}: it cannot be read as the file of an audience: {str(problem).splitlines()[0]} "
            "Name a .duckdb file that `harmonize publish` wrote; one under a key is read by who has the key."
        ) from problem
