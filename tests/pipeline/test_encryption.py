"""An audience's file under a key: nobody reads it without, and nothing with rows lies beside it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from harmonize.errors import ConfigurationError
from harmonize.pipeline.publication import share_release
from harmonize.pipeline.publishing import Published, publish
from harmonize.sharing.audiences import Audience
from harmonize.sharing.file_keys import FileKey
from harmonize.store import encryption
from tests.pipeline.publications import SECRET, Desk
from tests.pipeline.worlds import AS_OF, deliver, settings
from tests.sharing.interference import SECRET as IDS
from tests.sharing.interference import contents, rules, understanding

KEYS = [base64.b64encode(bytes(range(number, number + 32))).decode() for number in range(1, 200, 40)]
PLAIN = """
audiences:
  - {name: pvh, kind: buyer, contributor: pvh}
  - {name: newcomer, kind: buyer}
  - {name: ministry, kind: government}
  - {name: "manufacturer:higg_account=acc-7", kind: manufacturer}
"""
HIDDEN = """
audiences:
  - {name: pvh, kind: buyer, contributor: pvh}
  - {name: newcomer, kind: buyer, key_variable: KEY_OF_NEWCOMER}
  - {name: ministry, kind: government, key_file: ministry.key}
  - {name: "manufacturer:higg_account=acc-7", kind: manufacturer, key_variable: KEY_OF_FACTORY}
"""
FACTORY = "manufacturer-higg-account-acc-7"
GRANTS = [
    {},
    {"grant_id": "G-2", "audience": "ministry"},
    {"grant_id": "G-3", "audience": "manufacturer:higg_account=acc-7"},
]
needs_cipher = pytest.mark.skipif(
    find_spec("duckdb_extension_httpfs") is None, reason="duckdb-extension-httpfs is not installed"
)


def _desk(folder: Path, audiences: str = HIDDEN) -> Desk:
    return Desk(folder, audiences=audiences).grant(*GRANTS)


def _hide(desk: Desk, keys: Mapping[str, str] | None = None) -> Published:
    """Publish with keys; those of the ministry lie in a file."""
    given = {"KEY_OF_NEWCOMER": KEYS[0], "KEY_OF_FACTORY": KEYS[1], **(keys or {})}
    path = desk.out / "secrets" / "ministry.key"
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{given.pop('ministry', KEYS[2])}\n", encoding="utf-8")
    return publish(desk.project, settings(), desk.out, AS_OF, (), {**SECRET, **given})


def _opened(database: Path, key: str | None = None) -> duckdb.DuckDBPyConnection:
    """The file, by DuckDB alone."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    option = "" if key is None else f", ENCRYPTION_KEY '{key}'"
    connection.execute(f"ATTACH '{database}' AS shared (READ_ONLY{option})")
    connection.execute("USE shared")
    return connection


def _manifest(desk: Desk, folder: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((desk.out / "audiences" / folder / "manifest.json").read_text(encoding="utf-8"))
    return told


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = _desk(tmp_path_factory.mktemp("plain"), PLAIN)
    publish(desk.project, settings(), desk.out, AS_OF, (), SECRET)
    return desk


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = _desk(tmp_path_factory.mktemp("hidden"))
    _hide(desk)
    return desk


@needs_cipher
@pytest.mark.parametrize(("folder", "number"), [("newcomer", 0), (FACTORY, 1), ("ministry", 2)])
def test_plain_duckdb_opens_it_with_the_key_and_reads_what_others_would(
    folder: str, number: int, plain: Desk, hidden: Desk
) -> None:
    with _opened(hidden.out / f"audiences/{folder}/{folder}.duckdb", KEYS[number]) as connection:
        found = contents(connection)
    with _opened(plain.out / f"audiences/{folder}/{folder}.duckdb") as connection:
        expected = contents(connection)
    assert len(expected["main.assessment"]) >= 1
    assert {part: found[part] for part in expected if part != "columns"} == {
        part: rows for part, rows in expected.items() if part != "columns"
    }
    told, wanted = _manifest(hidden, folder), _manifest(plain, folder)
    assert (told["logical_hash"], told["tables"]) == (wanted["logical_hash"], wanted["tables"])
    assert told["encryption"]["cipher"] == "AES-256-GCM"
    assert "encryption" not in wanted


@needs_cipher
@pytest.mark.parametrize("key", [KEYS[3], KEYS[1], None])
def test_no_other_key_and_no_key_opens_it(key: str | None, hidden: Desk) -> None:
    with pytest.raises(duckdb.Error, match=r"(?i)key"):
        _opened(hidden.out / "audiences/newcomer/newcomer.duckdb", key)


@needs_cipher
def test_nothing_with_rows_lies_beside_it(hidden: Desk) -> None:
    for folder in ("newcomer", FACTORY):
        assert _files(hidden.out / "audiences" / folder).keys() == {f"{folder}.duckdb", "README.md", "manifest.json"}
    ministry = _files(hidden.out / "audiences" / "ministry").keys()
    assert ministry == {"ministry.duckdb", "README.md", "manifest.json", "extracts/README.md"}
    assert _manifest(hidden, FACTORY)["encryption"]["left_out"].keys() == {"parquet", "workbook"}
    opening = (hidden.out / "audiences" / "newcomer" / "README.md").read_text(encoding="utf-8")
    assert "ENCRYPTION_KEY '{os.environ['SHARE_KEY']}'" in opening
    told = _manifest(hidden, "ministry")["extracts"]
    with _opened(hidden.out / "audiences/ministry/ministry.duckdb", KEYS[2]) as connection:
        for name, extract in told.items():
            if "rows" in extract:
                assert connection.execute(f'SELECT count(*) FROM extract."{name}"').fetchall() == [(extract["rows"],)]
    with _opened(hidden.out / f"audiences/{FACTORY}/{FACTORY}.duckdb", KEYS[1]) as connection:
        seen = connection.execute("SELECT DISTINCT audience FROM extract.who_sees_what ORDER BY 1").fetchall()
    assert seen == [("ministry",), ("newcomer",)]


@needs_cipher
def test_no_key_stands_in_any_file(hidden: Desk) -> None:
    raw = {name: content for name, content in _files(hidden.out).items() if not name.endswith("ministry.key")}
    keys = [form for key in KEYS[:3] for form in (key.encode(), base64.b64decode(key))]
    assert [name for name, content in raw.items() for key in keys if key in content] == []


@needs_cipher
def test_the_files_of_the_others_are_as_without_keys(plain: Desk, hidden: Desk) -> None:
    one, other = (_files(desk.out / "audiences" / "pvh") for desk in (plain, hidden))
    # (Where in a database's file a block comes to lie is no matter, nor how many there are.)
    assert {name for name in one if one[name] != other[name]} <= {"pvh.duckdb", "manifest.json"}
    with (
        _opened(plain.out / "audiences/pvh/pvh.duckdb") as first,
        _opened(hidden.out / "audiences/pvh/pvh.duckdb") as second,
    ):
        assert contents(first) == contents(second)


@needs_cipher
@pytest.mark.slow
def test_no_mark_of_what_it_holds_can_be_found_in_it(tmp_path: Path) -> None:
    """The same file, uncompressed, with a key and without."""
    desk = Desk(tmp_path).grant({})
    buyer = Audience(name="newcomer", kind="buyer")
    found = {}
    for keys in ({}, {"newcomer": FileKey(KEYS[0], "k")}):
        folder = tmp_path / f"made{len(keys)}"
        folder.mkdir()
        share_release(
            desk.out / "current" / "harmonized.duckdb", understanding(), [buyer], rules(), IDS, AS_OF, folder,
            {"force_compression": "uncompressed"}, None, keys,
        )  # fmt: skip
        assert [path.name for path in folder.iterdir()] == ["newcomer"]
        found[len(keys)] = (folder / "newcomer" / "newcomer.duckdb").read_bytes()
    marks = (b"Sao Mai Garment", b"emsenvpolicy", b"higg_fem", b"facility_mention", b"Labour")
    assert [mark for mark in marks if mark not in found[0]] == []
    assert [mark for mark in marks if mark in found[1]] == []


@pytest.mark.slow
@needs_cipher
def test_another_key_takes_the_place_of_the_first_and_no_older_file_stays(tmp_path: Path) -> None:
    desk = _desk(tmp_path, PLAIN)
    first = publish(desk.project, settings(), desk.out, AS_OF, (), SECRET)
    deliver(tmp_path / "project", {"pipelines/audiences.yml": HIDDEN})
    second = _hide(desk)
    # What lay open is gone with the first publication under a key.
    assert [path.name for path in (desk.out / "publications").iterdir()] == [second.publication_id]
    assert not _hide(desk).is_new
    third = _hide(desk, {"KEY_OF_NEWCOMER": KEYS[4]})
    assert third.is_new
    assert len({first.publication_id, second.publication_id, third.publication_id}) == 3
    assert [path.name for path in (desk.out / "publications").iterdir()] == [third.publication_id]
    path = desk.out / "audiences/newcomer/newcomer.duckdb"
    with _opened(path, KEYS[4]) as connection:
        assert connection.execute("SELECT count(*) FROM assessment").fetchall() == [(1,)]
    with pytest.raises(duckdb.Error, match=r"(?i)wrong encryption key"):
        _opened(path, KEYS[0])
    assert not third.withdrawn


@pytest.mark.slow
@needs_cipher
def test_what_is_withdrawn_from_a_file_under_a_key_has_its_receipt(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    _hide(desk)
    desk.grant(*({**one, "revoked_on": "2026-06-01"} for one in GRANTS), day="2026-06-01")
    ended = _hide(desk)
    assert {one.audience for one in ended.withdrawn} == {"newcomer", "ministry", "manufacturer:higg_account=acc-7"}
    assert ended.receipt is not None
    with _opened(desk.out / "audiences/newcomer/newcomer.duckdb", KEYS[0]) as connection:
        assert connection.execute("SELECT count(*) FROM assessment").fetchall() == [(0,)]


@pytest.mark.slow
@needs_cipher
def test_one_audience_alone_needs_no_key_of_the_others(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    _hide(desk)
    published = publish(desk.project, settings(), desk.out, AS_OF, ["newcomer"], {**SECRET, "KEY_OF_NEWCOMER": KEYS[4]})
    assert published.manifests.keys() == {"newcomer"}
    with (
        _opened(desk.out / "audiences/newcomer/newcomer.duckdb", KEYS[4]),
        _opened(desk.out / f"audiences/{FACTORY}/{FACTORY}.duckdb", KEYS[1]),
    ):
        pass


# Where there is nothing to encrypt with: the package is not there, or for another DuckDB.


def _package(folder: Path, *versions: str) -> Any:
    for version in versions:
        deliver(folder, {f"extensions/v{version}/httpfs.duckdb_extension": b"none"})

    class Spec:
        submodule_search_locations = (str(folder),)

    return Spec()


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        (None, "is not installed"),
        ((), "is not installed"),
        (("1.4.0", "1.9.9"), f"for DuckDB 1.4.0, 1.9.9, while this is {duckdb.__version__}"),
    ],
)
def test_without_what_fits_a_sentence_tells_the_cure_and_nothing_is_published(
    versions: tuple[str, ...] | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk(tmp_path)
    spec = None if versions is None else _package(tmp_path / "package", *versions)
    monkeypatch.setattr(encryption, "find_spec", lambda name: spec)
    with pytest.raises(ConfigurationError) as refused:
        _hide(desk)
    assert words in str(refused.value)
    assert "pip install 'duckdb-extension-httpfs<1.6'" in str(refused.value)
    assert not (desk.out / "audiences").exists()


def test_what_does_not_load_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "find_spec", lambda name: _package(tmp_path, duckdb.__version__))
    with duckdb.connect() as connection, pytest.raises(ConfigurationError, match="does not load"):
        encryption.load_cipher(connection)
