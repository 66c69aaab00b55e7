"""`harmonize releases` as a person calls it: what stands, what differs, the way back, and the contract."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from harmonize.store import releases as places
from harmonize.store.build import logical_hashes
from harmonize.store.history import audiences_are_stale, mark_audiences_published
from harmonize.store.release_diff import compare_releases
from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import gap

GRANTS = (
    "grant_id,facility_scheme,facility_value,instrument,assessment,audience,scope,valid_from,valid_to,purpose,evidence,"
    "revoked_on\n"
    "g1,os_id,VN2020090123450,gap,*,gap,answers,2026-01-01,2026-07-15,sourcing,letter,\n"
)
OTHER = {"VisitID": "G-501", "FacilityID": "GF-2", "FacilityName": "Xưởng may Đông Hưng"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Release, Release]:
    """An output folder with two releases, the second with one more factory, a month later."""
    folder = tmp_path_factory.mktemp("releases")
    inbox = deliver(folder / "inbox", {"gap/a.csv": gap({}), "consent/grants.csv": GRANTS})
    first = run_inbox(inbox, folder / "out")
    deliver(folder / "inbox", {"gap/b.csv": gap(OTHER)})
    return folder / "out", first, run_inbox(inbox, folder / "out", as_of=date(2026, 7, 31))


@pytest.fixture
def out(made: tuple[Path, Release, Release], tmp_path: Path) -> Path:
    """A copy of it that a test may spoil; when its releases were made stays."""
    shutil.copytree(made[0], tmp_path / "out", symlinks=True)
    return tmp_path / "out"


def _state(out: Path) -> Iterator[tuple[str, str]]:
    """Every file below the releases, byte by byte."""
    for path in sorted((out / "releases").rglob("*")):
        if path.is_file():
            yield str(path.relative_to(out)), hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_list_says_what_stands_and_what_is_current(harmonize: Command, made: tuple[Path, Release, Release]) -> None:
    out, first, second = made
    said = harmonize("releases", "list", "--json", "--out", out)
    assert said.code == 0
    found = json.loads(said.out)
    assert [one["release_id"] for one in found] == [second.result.release_id, first.result.release_id]
    assert [one["is_current"] for one in found] == [True, False]
    assert {one["damage"] for one in found} == {None}
    assert found[0]["rows"] == sum(table["rows"] for table in second.result.manifest["tables"].values())
    assert "whole" in harmonize("releases", "list", "--quick", "--out", out).out


def test_damage_is_told_and_nothing_goes_back_to_it(
    harmonize: Command, out: Path, made: tuple[Path, Release, Release]
) -> None:
    database = out / "releases" / made[1].result.release_id / "harmonized.duckdb"
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)
    said = harmonize("releases", "list", "--out", out)
    assert said.code == 1
    assert "damaged: harmonized.duckdb is not what was written" in said.out
    assert harmonize("releases", "list", "--quick", "--out", out).code == 0
    told = sentence(harmonize("releases", "rollback", made[1].result.release_id, "--by", "s1", "--out", out))
    assert "is damaged" in told
    assert "backup" in told
    assert places.current_release(out) == made[2].result.release_id
    (database.parent / "parquet" / "facility.parquet").unlink()
    assert "missing" in harmonize("releases", "list", "--quick", "--out", out).out


def test_the_difference_is_told_first_in_a_stewards_words(
    harmonize: Command, made: tuple[Path, Release, Release]
) -> None:
    out, first, second = made
    said = harmonize("releases", "diff", "--out", out)
    assert said.code == 0, said
    happened = next(line for line in said.out.splitlines() if line.startswith("happened"))
    for words in ("1 factory new", "1 assessment new", "1 file new", "1 grant ended"):
        assert words in happened
    told = json.loads(harmonize("releases", "diff", first.result.release_id, "--json", "--out", out).out)
    tables = {one["table"]: one for one in told["tables"]}
    for table in ("facility", "assessment", "finding", "file"):
        grown = [release.one(f"SELECT count(*) FROM {table}") for release in (first, second)]
        assert tables[table]["added"] - tables[table]["removed"] == grown[1] - grown[0] > 0
    assert "consent_grant" not in tables
    assert "crosswalk" not in tables


def test_the_difference_backwards_is_the_other_way_round(
    harmonize: Command, made: tuple[Path, Release, Release]
) -> None:
    out, first, second = made
    said = harmonize("releases", "diff", second.result.release_id, first.result.release_id, "--out", out)
    assert "1 factory gone" in said.out
    assert "1 grant begun" in said.out
    same = harmonize("releases", "diff", second.result.release_id, second.result.release_id, "--out", out)
    assert "nothing differs" in same.out


@pytest.mark.slow
def test_rows_are_shown_and_written(harmonize: Command, made: tuple[Path, Release, Release], tmp_path: Path) -> None:
    out, first, second = made
    said = harmonize("releases", "diff", "--table", "facility", "-o", "f.csv", "--out", out)
    assert said.code == 0, said
    assert "Xưởng may Đông Hưng" in said.out or "Xuong may Dong Hung" in said.out
    with (tmp_path / "f.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    new = set(second.column("SELECT facility_id FROM facility")) - set(first.column("SELECT facility_id FROM facility"))
    assert {row["facility_id"] for row in rows if row["change"] == "added"} == new
    assert harmonize("releases", "diff", "-o", "all.xlsx", "--out", out).code == 0
    assert (tmp_path / "all.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("diff", "--table", "nope"), "There is no table 'nope'"),
        (("diff", "-o", "x.txt"), "name a file that ends in"),
        (("diff", "zz"), "There is no release 'zz'"),
        (("rollback", "zz", "--by", "s1"), "There is no release 'zz'"),
        (("rollback", "2026", "--by", "s1"), "Several releases are called '2026'"),
        (("contract", "--against", "zz"), "There is no release 'zz'"),
        (("contract", "--against", "zz.json"), "cannot be read"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(
    harmonize: Command, made: tuple[Path, Release, Release], arguments: tuple[str, ...], words: str
) -> None:
    assert words in sentence(harmonize("releases", *arguments, "--out", made[0]))


def test_without_releases_everything_says_what_to_do(harmonize: Command) -> None:
    for command in (("list",), ("diff",), ("rollback", "x", "--by", "s1")):
        assert "Run `harmonize run` first" in sentence(harmonize("releases", *command, "--out", "nowhere"))


def test_the_way_back_is_one_step_and_recorded_and_audiences_are_stale(
    harmonize: Command, out: Path, made: tuple[Path, Release, Release]
) -> None:
    _, first, second = made
    (out / "audiences" / "buyer-a").mkdir(parents=True)
    words = (first.result.release_id, "--by", "s1", "--why", "wrong file", "--no-publish", "--out", out)
    said = harmonize("releases", "rollback", *words)
    assert said.code == 0, said
    assert "harmonize publish" in said.out
    assert (out / "current").resolve().name == first.result.release_id
    (line,) = (out / "releases.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["from"], told["to"]) == (second.result.release_id, first.result.release_id)
    assert (told["by"], told["why"]) == ("s1", "wrong file")
    assert told["at"].endswith("Z")
    assert audiences_are_stale(out)
    assert "caution" in harmonize("releases", "list", "--out", out).out
    mark_audiences_published(out)
    assert not audiences_are_stale(out)
    again = harmonize("releases", "rollback", first.result.release_id, "--by", "s1", "--out", out)
    assert "nothing was done" in again.out
    assert not audiences_are_stale(out)
    assert len((out / "releases.jsonl").read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.slow
def test_the_way_back_publishes_what_was_published(
    harmonize: Command, out: Path, made: tuple[Path, Release, Release]
) -> None:
    _, first, second = made
    assert harmonize("publish", "--out", out).code == 0
    shown = "SELECT (SELECT count(*) FROM assessment), (SELECT count(*) FROM consent_grant)"
    counts = []
    for release, ends_well in ((first, 1), (second, 0)):
        said = harmonize("releases", "rollback", release.result.release_id, "--by", "s1", "--out", out)
        # (What the earlier release has not was shown by the later one.)
        assert said.code == ends_well, said
        assert "published" in said.out
        assert not audiences_are_stale(out)
        with duckdb.connect(str(out / "audiences" / "gap" / "gap.duckdb"), read_only=True) as connection:
            counts += connection.execute(shown).fetchall()
    assert counts == [(1, 0), (2, 0)]


def test_without_audiences_nothing_is_marked(
    harmonize: Command, out: Path, made: tuple[Path, Release, Release]
) -> None:
    assert harmonize("releases", "rollback", made[1].result.release_id, "--by", "s1", "--out", out).code == 0
    assert not (out / "audiences").exists()
    assert "--by is empty" in harmonize("releases", "rollback", "current", "--by", " ", "--out", out).err


def test_looking_and_going_back_change_no_release(
    harmonize: Command, out: Path, made: tuple[Path, Release, Release]
) -> None:
    before = list(_state(out))
    for command in (("list",), ("diff",), ("diff", "--table", "answer"), ("contract", "--against", "current")):
        assert harmonize("releases", *command, "--out", out).code == 0
    for release in made[1:]:
        harmonize("releases", "rollback", release.result.release_id, "--by", "s1", "--out", out)
    assert list(_state(out)) == before
    with duckdb.connect(str(out / "current" / "harmonized.duckdb"), read_only=True) as connection:
        stated = made[2].result.manifest["tables"]
        assert logical_hashes(connection) == {name: (said["rows"], said["hash"]) for name, said in stated.items()}


def test_a_run_after_a_way_back_publishes_the_same_release_again(
    harmonize: Command, out: Path, made: tuple[Path, Release, Release]
) -> None:
    harmonize("releases", "rollback", made[1].result.release_id, "--by", "s1", "--out", out)
    again = run_inbox(made[0].parent / "inbox", out, as_of=date(2026, 7, 31))
    assert again.result.release_id == made[2].result.release_id == places.current_release(out)
    assert again.hash == made[2].hash


def test_a_factory_that_was_merged_away_is_no_other_factory(
    out: Path, made: tuple[Path, Release, Release], tmp_path: Path
) -> None:
    """Its rows have not changed: only the factory itself is gone, and its alias is there."""
    folder = out / "releases" / made[1].result.release_id
    merged = tmp_path / "merged"
    shutil.copytree(folder, merged)
    ((old,),) = made[1].query("SELECT facility_id FROM facility LIMIT 1")
    with duckdb.connect(str(merged / "harmonized.duckdb")) as connection:
        for table in ("facility", "facility_mention", "facility_identifier", "assessment"):
            connection.execute(f"UPDATE {table} SET facility_id = 'HFNEW' WHERE facility_id = ?", [old])
        connection.execute("INSERT INTO facility_alias VALUES (?, 'HFNEW')", [old])
    manifest = json.loads((merged / "manifest.json").read_text(encoding="utf-8"))
    for table in ("facility", "facility_mention", "facility_identifier", "assessment", "facility_alias"):
        manifest["tables"][table]["hash"] = "another"
    (merged / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for before, after in ((folder, merged), (merged, folder)):
        with compare_releases(before, after) as diff:
            assert {one.table for one in diff.tables()} == {"facility", "facility_alias"}
    with compare_releases(folder, merged) as diff:
        assert diff.headlines() == {"factories merged into others": 1}
    with compare_releases(merged, folder) as diff:
        assert diff.headlines() == {"factories parted again": 1}


def test_the_contract_is_compared_with_the_last_published_and_with_a_release(harmonize: Command, out: Path) -> None:
    said = harmonize("releases", "contract")
    assert said.code == 0
    assert "0 breaking" in said.out
    assert "0 additions" in harmonize("releases", "contract", "--against", "current", "--out", out).out
    path = out / "current" / "contract.json"
    promised = json.loads(path.read_text(encoding="utf-8"))
    promised["tables"]["facility"]["columns"]["mayor"] = {"type": "VARCHAR", "nullable": True}
    path.write_text(json.dumps(promised), encoding="utf-8")
    broken = harmonize("releases", "contract", "--against", path)
    assert broken.code == 2
    assert "Set CONTRACT_VERSION to 2.0.0" in broken.err
    inbox = deliver(out.parent / "inbox", {"gap/a.csv": gap({})})
    refused = sentence(harmonize("run", "quick.yml", "--inbox", inbox, "--out", out))
    assert "facility.mayor is gone" in refused
    assert "the last release stays" in refused
    promised["contract_version"] = "0.9.0"
    path.write_text(json.dumps(promised), encoding="utf-8")
    assert harmonize("run", "quick.yml", "--inbox", inbox, "--out", out).code in (0, 1)
