"""The inbox tells who handed in what and when, and a bad file never hides a good one."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
import warnings
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from harmonize.errors import InboxError, RefusedFile
from harmonize.reading.inbox import Delivered, Refusal, discover, received_on
from harmonize.reading.limits import Limits

Put = Callable[[str, bytes], Path]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def put(inbox: Path) -> Put:
    def write(path: str, data: bytes) -> Path:
        target = inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return target

    return write


def _zip(path: Path, *entries: tuple[str, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in entries:
                archive.writestr(name, data)


def _delivered(inbox: Path) -> list[Delivered]:
    found = discover(inbox, Limits())
    assert not [entry for entry in found if isinstance(entry, Refusal)]
    return [entry for entry in found if isinstance(entry, Delivered)]


def _refusals(inbox: Path, limits: Limits | None = None) -> dict[str, str]:
    found = discover(inbox, limits or Limits())
    return {entry.delivered.path: entry.problem.code for entry in found if isinstance(entry, Refusal)}


def test_first_folder_is_the_contributor_and_paths_are_relative(inbox: Path, put: Put) -> None:
    put("gap/2026/q1/visits.csv", b"a")
    put("better-work-vietnam/x.csv", b"b")
    assert [(entry.path, entry.contributor) for entry in _delivered(inbox)] == [
        ("better-work-vietnam/x.csv", "better-work-vietnam"),
        ("gap/2026/q1/visits.csv", "gap"),
    ]


def test_size_content_and_bytes_agree(inbox: Path, put: Put) -> None:
    put("gap/x.csv", b"a,b\n")
    (entry,) = _delivered(inbox)
    assert entry.size == 4
    assert entry.content_id == hashlib.sha256(b"a,b\n").hexdigest()
    assert entry.read(Limits()) == b"a,b\n"
    assert entry.received_at is None


def test_same_bytes_at_two_places_share_the_content_and_not_the_file(inbox: Path, put: Put) -> None:
    put("gap/x.csv", b"a")
    put("pvh/x.csv", b"a")
    one, other = _delivered(inbox)
    assert one.content_id == other.content_id
    assert one.file_id != other.file_id


def test_file_id_depends_on_path_and_content_alone(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "other"):
        (tmp_path / name / "gap").mkdir(parents=True)
        (tmp_path / name / "gap" / "x.csv").write_bytes(b"a")
        ids.append(_delivered(tmp_path / name)[0].file_id)
    os.utime(tmp_path / "one" / "gap" / "x.csv", (0, 0))
    assert ids[0] == ids[1] == _delivered(tmp_path / "one")[0].file_id


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("gap/received-2026-03-01/x.csv", date(2026, 3, 1)),
        ("gap/Received-2026-03-01/sub/x.csv", date(2026, 3, 1)),
        ("gap/received-2026-03-01/received-2026-04-02/x.csv", date(2026, 4, 2)),
        ("gap/received-2026-03-01/a.zip!/b.csv", date(2026, 3, 1)),
        ("gap/a.zip!/received-2026-03-01/b.csv", date(2026, 3, 1)),
        ("received-2026-03-01/x.csv", date(2026, 3, 1)),
        ("gap/received-2026-02-30/x.csv", None),
        ("gap/received-2026-3-1/x.csv", None),
        ("gap/received-2026-03-01-late/x.csv", None),
        ("gap/x-received-2026-03-01/x.csv", None),
        ("gap/received-2026-03-01.csv", None),
        ("gap/x.csv", None),
    ],
)
def test_a_received_folder_dates_the_delivery(path: str, expected: date | None) -> None:
    assert received_on(path) == expected


def test_the_time_stamp_of_a_file_never_counts(inbox: Path, put: Put) -> None:
    os.utime(put("gap/x.csv", b"a"), (1_700_000_000, 1_700_000_000))
    assert _delivered(inbox)[0].received_at is None


@pytest.mark.parametrize("name", ["README.md", "readme.txt", "README", ".DS_Store", ".hidden/x.csv"])
def test_readme_and_hidden_files_are_passed_over(inbox: Path, put: Put, name: str) -> None:
    put("gap/x.csv", b"a")
    put(f"gap/{name}", b"b")
    _zip(inbox / "gap" / "z.zip", ("y.csv", b"c"), (name, b"d"), ("__MACOSX/._y.csv", b"e"))
    assert [entry.path for entry in _delivered(inbox)] == ["gap/x.csv", "gap/z.zip!/y.csv"]


def test_members_stand_for_the_archive(inbox: Path) -> None:
    _zip(inbox / "gap" / "received-2026-03-01" / "z.zip", ("a.csv", b"1"), ("sub/b.csv", b"22"))
    found = _delivered(inbox)
    assert [(entry.path, entry.member, entry.size, entry.received_at) for entry in found] == [
        ("gap/received-2026-03-01/z.zip!/a.csv", "a.csv", 1, date(2026, 3, 1)),
        ("gap/received-2026-03-01/z.zip!/sub/b.csv", "sub/b.csv", 2, date(2026, 3, 1)),
    ]
    assert [entry.read(Limits()) for entry in found] == [b"1", b"22"]


def test_a_gz_is_one_member(inbox: Path, put: Put) -> None:
    put("gap/x.csv.gz", gzip.compress(b"a,b\n"))
    (entry,) = _delivered(inbox)
    assert (entry.path, entry.read(Limits())) == ("gap/x.csv.gz!/x.csv", b"a,b\n")


def test_two_members_of_one_name_are_never_mixed_up(inbox: Path) -> None:
    _zip(inbox / "gap" / "z.zip", ("a.csv", b"one"), ("a.csv", b"two"))
    for entry in discover(inbox, Limits()):
        if isinstance(entry, Delivered):
            assert hashlib.sha256(entry.read(Limits())).hexdigest() == entry.content_id


def test_a_bad_archive_is_refused_and_the_rest_is_found(inbox: Path, put: Put) -> None:
    put("gap/broken.zip", b"no archive")
    put("gap/good.csv", b"a")
    _zip(inbox / "gap" / "escape.zip", ("../x.csv", b"a"), ("fine.csv", b"b"))
    found = discover(inbox, Limits())
    assert [entry.path for entry in found if isinstance(entry, Delivered)] == ["gap/good.csv"]
    assert _refusals(inbox) == {"gap/broken.zip": "broken_archive", "gap/escape.zip": "archive_path"}


def test_a_file_beyond_the_limit_is_refused(inbox: Path, put: Put) -> None:
    put("gap/x.csv", b"12345")
    assert _refusals(inbox, Limits(file_bytes=4)) == {"gap/x.csv": "too_large"}


def test_a_link_to_nowhere_is_refused(inbox: Path, put: Put) -> None:
    put("gap/x.csv", b"a")
    (inbox / "gap" / "gone.csv").symlink_to(inbox / "nowhere.csv")
    assert _refusals(inbox) == {"gap/gone.csv": "unreadable_file"}


def test_an_archive_that_holds_nothing_leaves_a_trace(inbox: Path) -> None:
    _zip(inbox / "gap" / "empty.zip")
    assert list(_refusals(inbox)) == ["gap/empty.zip"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_refused(inbox: Path, put: Put) -> None:
    put("gap/x.csv", b"a").chmod(0)
    assert _refusals(inbox) == {"gap/x.csv": "unreadable_file"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_folder_stops_the_run(inbox: Path, put: Put) -> None:
    put("gap/x.csv", b"a").parent.chmod(0)
    try:
        with pytest.raises(InboxError, match="gap"):
            discover(inbox, Limits())
    finally:
        (inbox / "gap").chmod(0o755)


def test_a_file_that_vanished_is_refused_when_it_is_read(inbox: Path, put: Put) -> None:
    path = put("gap/x.csv", b"a")
    (entry,) = _delivered(inbox)
    path.unlink()
    with pytest.raises(RefusedFile) as refused:
        entry.read(Limits())
    assert refused.value.code == "unreadable_file"


def test_a_missing_inbox_says_so(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match="nowhere"):
        discover(tmp_path / "nowhere", Limits())


def test_an_inbox_that_is_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("x", encoding="utf-8")
    with pytest.raises(InboxError, match="inbox"):
        discover(tmp_path / "inbox", Limits())


def test_an_empty_inbox_says_so(inbox: Path, put: Put) -> None:
    (inbox / "gap").mkdir()
    put("README.md", b"what to put here")
    with pytest.raises(InboxError, match="empty"):
        discover(inbox, Limits())


def test_order_is_that_of_the_paths(inbox: Path, put: Put) -> None:
    for name in ("b/x.csv", "a/z.csv", "a/b/y.csv", "B/x.csv"):
        put(name, name.encode())
    paths = [entry.path for entry in _delivered(inbox)]
    assert paths == sorted(paths)


def test_a_pipe_by_the_name_of_a_file_is_refused_without_waiting(inbox: Path, put: Put) -> None:
    put("gap/x.csv", b"a")
    os.mkfifo(inbox / "gap" / "pipe.csv")
    os.mkfifo(inbox / "gap" / "pipe.zip")
    assert _refusals(inbox) == {"gap/pipe.csv": "unreadable_file", "gap/pipe.zip": "unreadable_file"}


def test_a_socket_by_the_name_of_a_file_is_refused(inbox: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    put("gap/x.csv", b"a")
    monkeypatch.chdir(inbox / "gap")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.csv")
        assert _refusals(inbox) == {"gap/socket.csv": "unreadable_file"}


def test_a_folder_by_the_name_of_a_file_is_a_folder(inbox: Path, put: Put) -> None:
    put("gap/x.csv/y.csv", b"a")
    assert [entry.path for entry in _delivered(inbox)] == ["gap/x.csv/y.csv"]


@pytest.mark.parametrize("content", [b"b", b"ab", b""])
def test_a_file_that_changed_is_refused_when_it_is_read(inbox: Path, put: Put, content: bytes) -> None:
    path = put("gap/x.csv", b"a")
    (entry,) = _delivered(inbox)
    path.write_bytes(content)
    with pytest.raises(RefusedFile) as refused:
        entry.read(Limits())
    assert refused.value.code == "unreadable_file"


@pytest.mark.parametrize("change", ["vanished", "rewritten", "cut", "pipe"])
def test_an_archive_that_changed_is_refused_when_it_is_read(inbox: Path, change: str) -> None:
    path = inbox / "gap" / "z.zip"
    _zip(path, ("a.csv", b"one"), ("b.csv", b"two"))
    one, other = _delivered(inbox)
    data = path.read_bytes()
    path.unlink()
    if change == "rewritten":
        _zip(path, ("a.csv", b"six"), ("b.csv", b"ten"))
    elif change == "cut":
        path.write_bytes(data[:20])
    elif change == "pipe":
        os.mkfifo(path)
    for entry in (one, other):
        with pytest.raises(RefusedFile) as refused:
            entry.read(Limits())
        assert refused.value.code in {"unreadable_file", "broken_archive"}
