"""The stage: what each file says, as parquet under a folder named by its content, so that nothing is read twice.

A staged folder is complete when it has its final name; an interrupted one is made again. The key holds everything that
reading depends on: the bytes, the kind of file, the profiles, vocabularies and the program's version.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from harmonize import __version__
from harmonize.model.staged import CellCounts, StagedFile

__all__ = ["StagedFolder", "fingerprint", "load_staged", "write_staged"]

_MANIFEST = "staged.json"


@dataclass(frozen=True, slots=True)
class StagedFolder:
    """One staged file on disk."""

    folder: Path
    instrument: str
    layout: str
    counts: CellCounts

    def parquet(self, table: str) -> Path | None:
        """The parquet file of a staged table; None when it has no rows."""
        path = self.folder / f"{table}.parquet"
        return path if path.exists() else None


def fingerprint(paths: Iterable[Path], texts: Sequence[str] = ()) -> str:
    """Hash over files (name and bytes) and texts, and the program's version."""
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(paths):
        digest.update(f"{path.name}\0{path.parent.name}\0".encode())
        digest.update(path.read_bytes())
    for text in texts:
        digest.update(b"\0" + text.encode())
    return digest.hexdigest()


def staged_key(content_id: str, suffix: str, knowledge: str) -> str:
    """The folder name of one file's stage."""
    return hashlib.sha256(f"{content_id}\0{suffix}\0{knowledge}".encode()).hexdigest()[:40]


def load_staged(stage: Path, key: str) -> StagedFolder | None:
    """A file that was staged before; None when it was not, or when something of it was lost or cut off."""
    folder = stage / key[:2] / key
    try:
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if any((folder / name).stat().st_size != size for name, size in content["sizes"].items()):
            return None
        return StagedFolder(folder, content["instrument"], content["layout"], CellCounts(**content["counts"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_staged(stage: Path, key: str, staged: StagedFile) -> StagedFolder:
    """Write a staged file; the folder appears whole or not at all."""
    folder = stage / key[:2] / key
    building = folder.with_name(f"{key}.{os.getpid()}.part")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name, rows in staged.tables.items():
        table = rows.table()
        if table.num_rows:
            pq.write_table(table, building / f"{name}.parquet", compression="zstd")
    counts = {"total": staged.counts.total, "blank": staged.counts.blank, "ignored": staged.counts.ignored}
    sizes = {path.name: path.stat().st_size for path in sorted(building.glob("*.parquet"))}
    manifest = {"instrument": staged.instrument, "layout": staged.layout, "counts": counts, "sizes": sizes}
    (building / _MANIFEST).write_text(json.dumps(manifest, sort_keys=True), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    return StagedFolder(folder, staged.instrument, staged.layout, staged.counts)
