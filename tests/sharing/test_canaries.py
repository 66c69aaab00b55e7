"""Every cell that others handed in is marked, and the marks are searched for in the raw bytes of every share."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from harmonize.pipeline.publication import share_release
from harmonize.sharing.audiences import Audience
from harmonize.store.shares import Share
from tests.pipeline.publications import Desk, fem
from tests.pipeline.worlds import AS_OF
from tests.sharing.interference import SECRET, rules, understanding
from tests.sources.delivering import gap

AUDIENCES = (
    Audience(name="pvh", kind="buyer", contributor="pvh"),
    Audience(name="gap", kind="buyer", contributor="gap"),
    Audience(name="newcomer", kind="buyer"),
    Audience(name="nameless", kind="government", named=False),
    Audience(name="outsider", kind="financier"),
)


def _visit(hand: str, **changes: str) -> str:
    """A visit of which every word of a person carries the mark of who handed it in."""
    marked = {
        "FacilityName": f"Sao Mai Garment {hand}name", "StreetAddress": f"12 {hand}street", "City": f"{hand}city",
        "VendorCode": f"{hand}vendor", "FindingText": f"Too long {hand}text", "CAPAction": f"Plan {hand}action",
        "Provision": f"Hours {hand}provision",
    }  # fmt: skip
    return gap({**marked, **changes})


HANDS = ("pvhq", "gapq", "levisq", "northq", "higgq")
FILES = {
    # One visit by two hands, and one that nobody else has.
    "gap/received-2026-04-01/gapqfile.csv": _visit("gapq"),
    "levis/received-2026-04-02/levisqfile.csv": _visit("levisq", FindingText="Longer levisqtext", Severity="non-key"),
    "northline/received-2026-04-03/northqfile.csv": _visit(
        "northq", FacilityID="GF-9", VisitID="northqvisit", VisitDate="03/21/2025", TargetDate="07/13/2031"
    ),
    "higg/received-2024-06-01/higgqfile.csv": fem("Yes", "7351931", groupname="Sao Mai higgqname"),
    "pvh/received-2024-07-01/pvhqfile.csv": fem("No", "7351932", groupname="Sao Mai pvhqname"),
}
GRANTS = (
    {"grant_id": "grantone", "audience": "pvh", "instrument": "gap", "facility_scheme": "gap_facility",
     "facility_value": "GF-1", "assessment": "G-500", "scope": "full"},
    {"grant_id": "granttwo", "audience": "newcomer", "scope": "summary"},
    {"grant_id": "grantthree", "audience": "nameless", "scope": "full"},
)  # fmt: skip
MAY = {
    "pvh": {"pvhq", "gapq", "levisq"},
    "gap": {"gapq"},
    "newcomer": {"higgqname", "pvhqname"},
    "nameless": set[str](),
    "outsider": set[str](),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Path]:
    """All files of all audiences, nothing in them compressed."""
    desk = Desk(tmp_path_factory.mktemp("canaries"), FILES).grant(*GRANTS)
    folder = desk.out / "shared"
    folder.mkdir()

    def write(connection: duckdb.DuckDBPyConnection, share: Share) -> None:
        for (name,) in connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database()"
            " AND table_schema = 'main'"
        ).fetchall():
            target = share.database.parent / f"{name}.parquet"
            connection.execute(f"COPY (FROM \"{name}\") TO '{target}' (COMPRESSION uncompressed)")

    share_release(
        desk.out / "current" / "harmonized.duckdb", understanding(), AUDIENCES, rules(), SECRET, AS_OF, folder,
        {"force_compression": "uncompressed"}, write,
    )  # fmt: skip
    return desk, folder


def _bytes(folder: Path, audience: str) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((folder / audience).rglob("*")) if path.is_file())


@pytest.mark.parametrize("audience", [one.name for one in AUDIENCES])
def test_no_mark_of_others_stands_in_any_file(audience: str, files: tuple[Desk, Path]) -> None:
    raw = _bytes(files[1], audience)
    words = {found.decode() for found in re.findall(rb"(?:%s)[a-z]*" % "|".join(HANDS).encode(), raw)}
    assert {word for word in words if not word.startswith(tuple(MAY[audience]) or ("-",))} == set()
    assert all(any(word.startswith(may) for word in words) for may in MAY[audience]), words


@pytest.mark.parametrize("audience", [one.name for one in AUDIENCES])
def test_no_number_id_or_name_of_others_stands_in_any_file(audience: str, files: tuple[Desk, Path]) -> None:
    desk, folder = files
    raw = _bytes(folder, audience)
    with duckdb.connect(str(desk.out / "current/harmonized.duckdb"), read_only=True) as connection:
        masters = connection.execute(
            "SELECT facility_id FROM facility UNION SELECT assessment_id FROM assessment UNION SELECT file_id FROM file"
            " UNION SELECT content_id FROM file UNION SELECT finding_id FROM finding "
            "UNION SELECT copy_id FROM assessment_copy UNION SELECT mention_id FROM facility_mention "
            "UNION SELECT logical_hash FROM release"
        ).fetchall()
    told = [word for (word,) in masters if word.encode() in raw]
    assert told == []
    own = {"pvh": {"pvh"}, "gap": {"gap"}}.get(audience, set())
    foreign = {"levis", "northline", "pvh", "gap", "higg"} - own
    assert [name for name in foreign if f"{name}/received".encode() in raw] == []
    # (GF-9, the visit and the days of a factory that nobody was granted.)
    unseen = ["GF-9", "northqvisit", "grantone", "granttwo", "grantthree"]
    assert [word for word in unseen if word.encode() in raw] == []


def test_numbers_and_days_of_others_stand_in_no_file(files: tuple[Desk, Path]) -> None:
    for one in AUDIENCES:
        with duckdb.connect(str(files[1] / one.folder / f"{one.folder}.duckdb"), read_only=True) as connection:
            found = {row[0] for row in connection.execute("SELECT raw_value FROM answer").fetchall()}
            days = connection.execute("SELECT due_on FROM corrective_action").fetchall()
        assert ("7351931" in found, "7351932" in found) == (False, one.name == "pvh")
        assert all(day.year < 2031 for (day,) in days)
        assert (b"7351931" in _bytes(files[1], one.folder)) is False


MANUFACTURER = "manufacturer:gap_facility=GF-1"
LISTED = """
audiences:
  - {name: pvh, kind: buyer, contributor: pvh}
  - {name: gap, kind: buyer, contributor: gap}
  - {name: newcomer, kind: buyer}
  - {name: nameless, kind: government, named: false}
  - {name: outsider, kind: financier}
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """All that `publish` writes, for the factory itself too."""
    desk = Desk(tmp_path_factory.mktemp("published"), FILES, LISTED)
    desk.grant(
        *GRANTS,
        {"grant_id": "grantfour", "audience": MANUFACTURER, "instrument": "gap", "facility_scheme": "gap_facility",
         "facility_value": "GF-1", "scope": "full"},
    )  # fmt: skip
    desk.publish()
    return desk


def _unpacked(folder: Path) -> dict[str, bytes]:
    """Every file beside the DuckDB file as bytes that can be searched: workbooks part by part, parquet as its rows."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {f"{name}/{part}": book.read(part) for part in book.namelist()}
        elif path.suffix == ".parquet":
            found[name] = repr(pq.read_table(path, partitioning=None).to_pylist()).encode()
        elif path.is_file() and path.suffix != ".duckdb":
            found[name] = path.read_bytes()
    return found


def test_no_mark_of_others_stands_in_workbook_dictionary_manifest_or_parquet(published: Desk) -> None:
    words = re.compile(rb"(?:%s)[a-z]*" % "|".join(HANDS).encode())
    folders = {path.name: _unpacked(path) for path in (published.out / "audiences").iterdir()}
    manufacturer = "manufacturer-gap-facility-gf-1"
    may = {**MAY, manufacturer: {"gapq", "levisq"}}
    assert folders.keys() == may.keys()
    for audience, found in folders.items():
        marks = {(name, word.decode()) for name, raw in found.items() for word in words.findall(raw)}
        assert {mark for mark in marks if not mark[1].startswith(tuple(may[audience]) or ("-",))} == set(), audience
        # The dictionary and the manifest hold no word of anybody.
        assert {name for name, _ in marks if name.endswith((".md", ".json"))} == set(), audience
        for unseen in (b"northqvisit", b"grantone", b"grantfour", b"GF-9"):
            assert [name for name, raw in found.items() if unseen in raw] == [], (audience, unseen)
    book = {name for name in folders[manufacturer] if f"{manufacturer}.xlsx/" in name}
    told = {word.decode() for name in book for word in words.findall(folders[manufacturer][name])}
    assert any(word.startswith(("gapq", "levisq")) for word in told), (
        "the workbook holds nothing that could be searched"
    )
    # Who else was granted it is told to the factory; who hands in what, and who was not granted it, is not.
    sheets = b"".join(folders[manufacturer][name] for name in book)
    assert b"pvh" in sheets
    assert [name for name in (b"northline", b"higg/", b"outsider", b"nameless") if name in sheets] == []
