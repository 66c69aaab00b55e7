"""Archives give their members, and refuse to nest, to escape or to expand without end."""

from __future__ import annotations

import gzip
import hashlib
import stat
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest

from harmonize.errors import RefusedFile
from harmonize.reading.archives import Member, list_members, members, read_member
from harmonize.reading.limits import Limits


def _zip(path: Path, entries: Sequence[tuple[str, bytes]]) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries:
                archive.writestr(name, data)
    return path


def _refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(RefusedFile) as refused:
        list(members(path, limits or Limits()))
    assert path.name in str(refused.value) or refused.value.code == "archive_bomb"
    return refused.value.code


def test_every_member_comes_with_its_bytes(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", [("sub/b.csv", b"2"), ("a.csv", b"1"), ("empty.csv", b""), ("folder/", b"")])
    assert list(members(path, Limits())) == [("a.csv", b"1"), ("empty.csv", b""), ("sub/b.csv", b"2")]


def test_gz_gives_its_one_member(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n"))
    assert list(members(path, Limits())) == [("visits.csv", b"a,b\n")]


@pytest.mark.parametrize("name", ["inner.zip", "sub/inner.ZIP", "inner.csv.gz"])
def test_an_archive_in_an_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert _refused(_zip(tmp_path / "a.zip", [("ok.csv", b"1"), (name, b"x")])) == "nested_archive"


def test_a_zip_in_a_gz_is_refused(tmp_path: Path) -> None:
    inner = _zip(tmp_path / "a.zip", [("a.csv", b"1")])
    outer = tmp_path / "b.zip.gz"
    outer.write_bytes(gzip.compress(inner.read_bytes()))
    assert _refused(outer) == "nested_archive"


@pytest.mark.parametrize(
    "name",
    ["../x.csv", "a/../../x.csv", "/etc/x.csv", "..\\x.csv", "a\\..\\..\\x.csv", "C:/x.csv", "C:\\x.csv"],
)
def test_a_member_that_leaves_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert _refused(_zip(tmp_path / "a.zip", [("ok.csv", b"1"), (name, b"x")])) == "archive_path"


@pytest.mark.parametrize("name", ["a..b.csv", "..x.csv", "sub/...csv"])
def test_dots_in_a_name_are_no_escape(tmp_path: Path, name: str) -> None:
    assert [member for member, _ in members(_zip(tmp_path / "a.zip", [(name, b"x")]), Limits())] == [name]


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    assert _refused(_zip(tmp_path / "a.zip", [("a.csv", b"0" * 3_000_000)])) == "archive_bomb"


def test_a_gz_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 3_000_000))
    assert _refused(path) == "archive_bomb"


def test_many_members_share_one_allowance(tmp_path: Path) -> None:
    entries = [(f"{number}.csv", bytes(range(256)) * 4) for number in range(10)]
    path = _zip(tmp_path / "a.zip", entries)
    assert len(list(members(path, Limits(archive_bytes=10_240)))) == 10
    assert _refused(path, Limits(archive_bytes=10_239)) == "archive_bomb"


def test_a_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", [("a.csv", bytes(range(256)) * 40)])
    data = path.read_bytes()
    size = (256 * 40).to_bytes(4, "little")
    path.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    assert _refused(path) == "broken_archive"


@pytest.mark.parametrize("ending", [".zip", ".gz"])
@pytest.mark.parametrize("data", [b"", b"nothing packed", b"PK\x03\x04 and then nothing", b"\x1f\x8b\x08 cut"])
def test_a_broken_archive_is_refused(tmp_path: Path, ending: str, data: bytes) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(data)
    if ending == ".gz" and not data:
        assert list(members(path, Limits())) == [("a", b"")]
    else:
        assert _refused(path) == "broken_archive"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_archive_is_refused(tmp_path: Path, share: float) -> None:
    path = _zip(tmp_path / "a.zip", [(f"{number}.csv", bytes(range(256))) for number in range(5)])
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert _refused(path) == "broken_archive"


def test_damaged_content_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", [("a.csv", b"factory,visit\n" * 10)])
    data = bytearray(path.read_bytes())
    data[40] ^= 0xFF
    path.write_bytes(data)
    assert _refused(path) == "broken_archive"


def test_a_protected_member_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", [("a.csv", b"secret")])
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert _refused(path) == "archive_encrypted"


def _places(path: Path) -> dict[str, Member]:
    return {member.name: member for member in list_members(path, Limits())}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_member_is_read_from_its_place(tmp_path: Path, method: int) -> None:
    path = tmp_path / "a.zip"
    contents = {f"{number}.csv": bytes(range(256)) * number for number in range(20)}
    path.write_bytes(b"something before the archive")
    with zipfile.ZipFile(path, "a", method) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    for name, member in _places(path).items():
        assert read_member(path, name, member.place, Limits()) == contents[name]
        assert (member.size, member.content_id) == (len(contents[name]), hashlib.sha256(contents[name]).hexdigest())


def test_a_member_is_read_again_without_walking_through_the_others(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", [("a.csv", b"one"), ("b.csv", b"two")])
    place = _places(path)["b.csv"].place
    data = bytearray(path.read_bytes())
    data[:40] = bytes(40)  # the first member is gone
    data[data.index(b"PK\x01\x02") :] = b""  # and so is the directory
    path.write_bytes(data)
    assert read_member(path, "b.csv", place, Limits()) == b"two"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", [(f"{number}.csv", b"1") for number in range(11)])
    assert len(list_members(path, Limits(archive_members=11))) == 11
    assert _refused(path, Limits(archive_members=10)) == "archive_bomb"


def test_a_directory_beyond_all_measure_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", [(f"{'x' * 200}{number}.csv", b"1") for number in range(6000)])
    with patch("zipfile.ZipInfo", side_effect=AssertionError("the directory was parsed")):
        assert _refused(path, Limits(archive_members=10)) == "archive_bomb"


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """The trick that unpacks gigabytes without nesting: many entries, one kernel."""
    path = _zip(tmp_path / "a.zip", [("a.csv", b"1" * 50), ("b.csv", b"2" * 50)])
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = bytes(4)
    path.write_bytes(data)
    assert _refused(path) == "archive_bomb"


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert _refused(path) == "archive_path"


def test_an_unusual_method_is_refused(tmp_path: Path) -> None:
    """A dictionary of gigabytes may be asked for by the first bytes of such a member."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", "a,b\n")
    assert _refused(path) == "broken_archive"


def test_an_archive_beyond_four_gigabytes_may_say_so(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, archive.open("a.csv", "w", force_zip64=True) as member:
        member.write(b"a,b\n")
    (member_found,) = list_members(path, Limits())
    assert read_member(path, "a.csv", member_found.place, Limits()) == b"a,b\n"
