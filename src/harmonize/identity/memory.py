"""Keep what was worked out from one run to the next: Arrow files by kind under a folder of its own.

What is kept is a pure function of inputs that the stamp and the rows name, so forgetting it costs time and nothing
else: the folder may be deleted at any time. A file's name ends in the hash of its bytes; one that was cut off or
damaged, or that other knowledge or another version of the program wrote, counts as forgotten. A file holds no
more than twice what the last run used, and so never outgrows the inputs.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import cast

import pyarrow as pa
from pydantic import BaseModel

from harmonize import __version__

__all__ = ["Memory", "content_hash", "stamp_of"]

_STAMP = b"harmonize.stamp"
_DECIDING_LIBRARIES = ("rapidfuzz", "anyascii", "numpy")
_DECIDING_MODULES = (
    *("names", "designators", "phrases", "wordlists", "scripts", "thai", "khmer"),
    *("geography", "countries", "identifiers"),
)
_HASH_BYTES = 16
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")
_ROWS_AT_ONCE = 100_000
_PARTS = 20
"""Files of a kind after which all is written anew: each has to be opened and judged by its bytes."""


class Memory:
    """What was kept under `folder` for one `stamp`; without a folder nothing is kept.

    Args:
        stamp: the hash of everything that decides besides the rows themselves, see `stamp_of`.
    """

    def __init__(self, folder: Path | None, stamp: str) -> None:
        self._folder = folder
        self._stamp = stamp

    @property
    def is_kept(self) -> bool:
        """Whether anything is kept at all."""
        return self._folder is not None

    def recall(self, kind: str) -> pa.Table | None:
        """The table that was kept, with all that was added to it; what was added last comes first. Or None."""
        tables: list[pa.Table] = []
        with suppress(OSError):
            for path in sorted(self._parts(kind), reverse=True):
                table = _read(path)
                if table is None or (table.schema.metadata or {}).get(_STAMP) != self._stamp.encode():
                    continue
                if not tables or table.schema.equals(tables[0].schema):
                    tables.append(table)
        return pa.concat_tables(tables) if tables else None

    def keep(self, kind: str, table: pa.Table) -> None:
        """Keep `table` in place of what was kept before; where that is not possible the run goes on without."""
        written = self._write(kind, 0, table)
        if written is not None:
            with suppress(OSError):
                for path in self._parts(kind) - {written}:
                    path.unlink(missing_ok=True)

    def add(self, kind: str, table: pa.Table) -> bool:
        """Keep the rows of `table` beside what was kept before, which is not written again.

        Returns:
            Whether there is room: after so many parts all has to be kept anew.
        """
        number = len(self._parts(kind))
        if not 0 < number < _PARTS:
            return False
        self._write(kind, number, table)
        return True

    def _parts(self, kind: str) -> set[Path]:
        if self._folder is None:
            return set()
        with suppress(OSError):
            return set(self._folder.glob(f"{kind}-*.arrow"))
        return set()

    def _write(self, kind: str, number: int, table: pa.Table) -> Path | None:
        if self._folder is None:
            return None
        stamped = table.replace_schema_metadata({_STAMP: self._stamp})
        building = self._folder / f"{kind}.{os.getpid()}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Block by block straight to the disk: whole, a million records would be held twice.
            with pa.OSFile(str(building), "wb") as file, pa.ipc.new_file(file, stamped.schema, options=_PACKED) as out:
                out.write_table(stamped, _ROWS_AT_ONCE)
            return building.replace(self._folder / f"{kind}-{number:02}-{_digest(building)}.arrow")
        except OSError:
            # A full disk or a read-only folder costs the next run time, and this one nothing.
            with suppress(OSError):
                building.unlink(missing_ok=True)
            return None


def stamp_of(*decides: object) -> str:
    """The hash of values, of this program's text and of the libraries that it measures with."""
    return content_hash(__version__, _program(), *decides)


def content_hash(*values: object) -> str:
    """The hash of plain values, dataclasses, models, tables and collections of them.

    The order of a set or of a mapping is no matter; where it is, give its keys as a list besides.
    """
    digest = hashlib.blake2b(digest_size=_HASH_BYTES)
    for value in values:
        digest.update(_text(value).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()


def _text(value: object) -> str:
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, pa.Table):
        stream = pa.BufferOutputStream()
        with pa.ipc.new_stream(stream, value.schema) as writer:
            writer.write_table(value.combine_chunks())
        return hashlib.blake2b(stream.getvalue(), digest_size=_HASH_BYTES).hexdigest()
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({','.join(_text(getattr(value, part.name)) for part in fields(value))})"
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{_text(key)}:{_text(found)}" for key, found in value.items())) + "}"
    if isinstance(value, Set):
        return "<" + ",".join(sorted(map(_text, cast("Set[object]", value)))) + ">"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    return repr(value)


@cache
def _program() -> str:
    """The hash of the source that decides, so that a change of code without a new version forgets as well."""
    package = files("harmonize")
    sources = [path for path in (package / "identity").iterdir() if path.name.endswith((".py", ".sql"))]
    sources += [package / "values" / f"{name}.py" for name in _DECIDING_MODULES]
    texts = [path.read_bytes() for path in sorted(sources, key=lambda path: path.name)]
    return content_hash([version(name) for name in _DECIDING_LIBRARIES], texts)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_HASH_BYTES)).hexdigest()


def _read(path: Path) -> pa.Table | None:
    try:
        if path.stem.rpartition("-")[2] != _digest(path):
            return None
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_file(file).read_all()
    except (OSError, pa.ArrowException):
        return None
