"""What is kept of files that have not changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harmonize.reading import looked_at
from harmonize.reading.inbox import Delivered, Refusal, discover
from harmonize.reading.limits import Limits
from harmonize.reading.looked_at import LookedAt


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once: no test waits for seconds."""
    monkeypatch.setattr(looked_at, "_SETTLED", -(10**12))


class Looking:
    """Counts how often a file was really looked at."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return self.source.read_text(encoding="utf-8")


def _look(memory: Path, work: Looking, stamp: str = "") -> str:
    seen = LookedAt(memory, stamp)
    found: str = seen.look(work.source.name, work.source, work)
    seen.keep()
    return found


def test_a_file_that_stays_is_looked_at_once(tmp_path: Path) -> None:
    work = Looking(tmp_path / "a.csv")
    work.source.write_text("one", encoding="utf-8")
    assert [_look(tmp_path / "stage/kept.json", work) for _ in range(3)] == ["one"] * 3
    assert work.times == 1
    assert _look(tmp_path / "stage/kept.json", work, "other limits") == "one"
    assert work.times == 2


def test_a_change_of_equal_length_and_time_is_seen(tmp_path: Path) -> None:
    work, memory = Looking(tmp_path / "a.csv"), tmp_path / "kept.json"
    work.source.write_text("one", encoding="utf-8")
    before = work.source.stat()
    assert _look(memory, work) == "one"
    work.source.write_text("two", encoding="utf-8")
    os.utime(work.source, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert _look(memory, work) == "two"
    other = tmp_path / "b.csv"
    other.write_text("six", encoding="utf-8")
    other.replace(work.source)
    assert _look(memory, work) == "six"


def test_a_file_that_has_just_changed_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looked_at, "_SETTLED", 10**12)
    work = Looking(tmp_path / "a.csv")
    work.source.write_text("one", encoding="utf-8")
    assert [_look(tmp_path / "kept.json", work) for _ in range(2)] == ["one"] * 2
    assert work.times == 2


@pytest.mark.parametrize("damage", ["", "[]", '{"stamp": ""}', '{"stamp": "", "found": 3}', "[" * 100_000])
def test_damage_is_forgotten(tmp_path: Path, damage: str) -> None:
    work, memory = Looking(tmp_path / "a.csv"), tmp_path / "kept.json"
    work.source.write_text("one", encoding="utf-8")
    memory.write_text(damage, encoding="utf-8")
    assert [_look(memory, work) for _ in range(2)] == ["one"] * 2
    assert work.times == 1


def test_what_is_found_is_the_same_with_and_without(tmp_path: Path) -> None:
    import gzip
    import zipfile

    folder = tmp_path / "inbox" / "buyer"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "empty.zip").write_bytes(b"PK")
    with zipfile.ZipFile(folder / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c.csv", "a\n1\n")
        archive.writestr("d.csv", "a\n2\n")
    (folder / "e.csv.gz").write_bytes(gzip.compress(b"a\n3\n"))

    def found(memory: Path | None) -> list[tuple[object, ...]]:
        entries = discover(tmp_path / "inbox", Limits(), memory)
        return [
            (entry.delivered, entry.problem.code, str(entry.problem)) if isinstance(entry, Refusal) else (entry,)
            for entry in entries
        ]

    plain = found(None)
    memory = tmp_path / "stage" / "inbox.json"
    assert found(memory) == plain
    assert found(memory) == plain
    assert memory.exists()
    entries = [entry for entry in discover(tmp_path / "inbox", Limits(), memory) if isinstance(entry, Delivered)]
    assert [entry.read(Limits()) for entry in entries if entry.member == "d.csv"] == [b"a\n2\n"]


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    work = Looking(tmp_path / "a.csv")
    work.source.write_text("one", encoding="utf-8")
    (tmp_path / "stage").write_text("a file", encoding="utf-8")
    assert _look(tmp_path / "stage" / "kept.json", work) == "one"
