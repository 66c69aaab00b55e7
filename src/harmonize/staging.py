"""The stage: what each file says, as parquet under a folder named by its content, so that nothing is read twice.

A staged folder is complete when it has its final name; an interrupted one is made again. The key holds everything that
reading depends on: the bytes, the kind of file, the profiles, vocabularies, the form of the tables and the program's
version.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from harmonize import __version__
from harmonize.model.staged import CellCounts, StagedFile, staged_form, stored_schema

__all__ = ["AnswerTraits", "StagedFolder", "fingerprint", "load_staged", "staged_key", "sweep", "write_staged"]

_MANIFEST = "staged.json"
_PART = ".part"
_KEY = "assessment_key"
_KEYED = frozenset({"assessment", "answer"})


@dataclass(frozen=True, slots=True)
class AnswerTraits:
    """What is known of a file's answers without reading them, so that most files skip the rarer work.

    Attributes:
        rows: how many there are.
        shares_cells: several answers may come from one cell (a verifier's correction).
        repeats_questions: one question may be answered twice by one side.
    """

    rows: int = 0
    shares_cells: bool = False
    repeats_questions: bool = False


@dataclass(frozen=True, slots=True)
class StagedFolder:
    """One staged file on disk."""

    folder: Path
    instrument: str
    layout: str
    counts: CellCounts
    traits: AnswerTraits

    @property
    def key(self) -> str:
        """What the folder is named after: a hash of the content and of all that reading depends on."""
        return self.folder.name

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
    return hashlib.sha256(f"{content_id}\0{suffix}\0{knowledge}\0{staged_form()}".encode()).hexdigest()[:40]


def load_staged(stage: Path, key: str) -> StagedFolder | None:
    """A file that was staged before; None when it was not, or when something of it was lost or cut off."""
    folder = stage / key[:2] / key
    try:
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if any((folder / name).stat().st_size != size for name, size in content["sizes"].items()):
            return None
        counts, traits = CellCounts(**content["counts"]), AnswerTraits(**content["traits"])
        return StagedFolder(folder, content["instrument"], content["layout"], counts, traits)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_staged(stage: Path, key: str, staged: StagedFile) -> StagedFolder:
    """Write a staged file; the folder appears whole or not at all."""
    folder = stage / key[:2] / key
    building = folder.with_name(f"{key}.{os.getpid()}{_PART}")
    shutil.rmtree(building, ignore_errors=True)
    try:
        return _write(building, folder, key, staged)
    except OSError:
        shutil.rmtree(building, ignore_errors=True)
        raise


def sweep(stage: Path) -> None:
    """Remove what interrupted runs left half written. (The caller holds the lock.)"""
    for left in stage.glob(f"*/*{_PART}"):
        shutil.rmtree(left, ignore_errors=True)


def _write(building: Path, folder: Path, key: str, staged: StagedFile) -> StagedFolder:
    building.mkdir(parents=True)
    look = _Look()
    for name, rows in staged.tables.items():
        tables = (_with_key(table, key) for table in rows.tables()) if name in _KEYED else rows.tables()
        if name == "answer":
            tables = look.along(table.select(stored_schema(name).names) for table in tables)
        _write_parquet(tables, building / f"{name}.parquet")
    traits = look.traits(staged.tables["column"].table())
    counts = {"total": staged.counts.total, "blank": staged.counts.blank, "ignored": staged.counts.ignored}
    sizes = {path.name: path.stat().st_size for path in sorted(building.glob("*.parquet"))}
    manifest = {
        "instrument": staged.instrument,
        "layout": staged.layout,
        "counts": counts,
        "traits": asdict(traits),
        "sizes": sizes,
    }
    (building / _MANIFEST).write_text(json.dumps(manifest, sort_keys=True), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    return StagedFolder(folder, staged.instrument, staged.layout, staged.counts, traits)


def _write_parquet(tables: Iterator[pa.Table], path: Path) -> None:
    """Write tables of one schema; the only filters that ever skip a part of them are those on the key of assessments.

    Where there is no table, there is no file.
    """
    first = next(tables, None)
    if first is None:
        return
    names = first.column_names
    counting = {"cell_no": "DELTA_BINARY_PACKED"} if "cell_no" in names else {}
    with pq.ParquetWriter(
        path,
        first.schema,
        compression="lz4",
        use_dictionary=[name for name in names if name not in counting],
        column_encoding=counting,
        write_statistics=[_KEY] if _KEY in names else False,
    ) as writer:
        for table in chain([first], tables):
            writer.write_table(table)


def _with_key(table: pa.Table, key: str) -> pa.Table:
    """The table with `assessment_key`: the number of an assessment in its file, made unique over all files."""
    numbers = table.column("assessment_no").combine_chunks()
    found = pc.unique(numbers).drop_null()
    keys = pa.array([assessment_key(key, number) for number in found.to_pylist()], pa.int64())
    return table.append_column(_KEY, keys.take(pc.index_in(numbers, found)))


def assessment_key(key: str, assessment_no: int) -> int:
    """The key of an assessment in a staged file: the same wherever that file is staged."""
    digest = hashlib.blake2b(f"{key}\0{assessment_no}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(slots=True)
class _Look:
    """What is noticed of the answers while they are written."""

    rows: int = 0
    shares_cells: bool = False
    last_cell: int = -1

    def along(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Hand on tables of answers and look at them."""
        for answers in tables:
            self.rows += answers.num_rows
            cells = answers.column("cell_no").to_numpy()
            self.shares_cells |= int(cells[0]) <= self.last_cell or bool((cells[1:] <= cells[:-1]).any())
            self.last_cell = int(cells[-1])
            yield answers

    def traits(self, columns: pa.Table) -> AnswerTraits:
        """What is known of the answers, whose columns these are."""
        asked = columns.group_by(["question_id", "answered_by"]).aggregate([]).num_rows
        repeats_questions = self.rows > 0 and asked < columns.num_rows
        return AnswerTraits(self.rows, self.shares_cells, repeats_questions)
