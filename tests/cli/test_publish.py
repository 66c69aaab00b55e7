"""`harmonize publish`: what a steward meets, from the first publication to the receipt of a withdrawal."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from harmonize.pipeline.publishing import publish
from harmonize.sharing.secret import VARIABLE
from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import AS_OF, ROOT, alone, run_inbox, settings

LISTED = ("pvh", "gap", "civil-society")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented world of two factories, run and not published."""
    from harmonize.demo.generate import generate

    folder = tmp_path_factory.mktemp("shares")
    inbox = generate(folder / "world", facilities=2, seed=3, schemas=ROOT / "schemas").inbox
    run_inbox(inbox, folder / "out")
    shutil.move(inbox, folder / "inbox")
    return folder


@pytest.fixture(scope="module")
def published(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same world, published to all."""
    out = tmp_path_factory.mktemp("published") / "out"
    shutil.copytree(made / "out", out, symlinks=True)
    publish(alone(), settings(), out, AS_OF, environment={})
    return out


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    """A copy of what is not published, to do with as a test likes."""
    shutil.copytree(made / "out", tmp_path / "out", symlinks=True)
    return tmp_path / "out"


@pytest.fixture
def published_out(published: Path, tmp_path: Path) -> Path:
    """A copy of what is published, to do with as a test likes."""
    shutil.copytree(published, tmp_path / "out", symlinks=True)
    return tmp_path / "out"


def _publish(harmonize: Command, out: Path, *more: str) -> tuple[int, str]:
    said = harmonize("publish", "--out", out, "--as-of", AS_OF.isoformat(), *more)
    assert said.err == "", said
    return said.code, said.out


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _extracts(out: Path) -> dict[str, bytes]:
    """(Where in a database's file a block comes to lie is no matter.)"""
    return {name: content for name, content in _files(out / "audiences") if name.endswith(".parquet")}


def test_every_audience_receives_a_folder_that_tells_what_it_holds(harmonize: Command, out: Path) -> None:
    code, said = _publish(harmonize, out)
    assert code == 0
    for name in LISTED:
        folder = out / "audiences" / name
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["audience"] == name
        assert (folder / "parquet" / "datapackage.json").is_file()
        assert (folder / "README.md").read_text(encoding="utf-8").startswith("# ")
        with duckdb.connect(str(folder / f"{name}.duckdb"), read_only=True) as connection:
            for table, told in manifest["tables"].items():
                ((rows,),) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()
                assert rows == told["rows"], table
        assert f"{name} " in said
    assert stat.S_IMODE((out / "secrets" / "sharing.key").stat().st_mode) == 0o600


@pytest.mark.slow
def test_the_same_content_is_published_once(harmonize: Command, published_out: Path) -> None:
    before = dict(_files(published_out / "audiences"))
    code, said = _publish(harmonize, published_out)
    assert (code, "same content as before" in said) == (0, True)
    assert dict(_files(published_out / "audiences")) == before


@pytest.mark.slow
def test_one_audience_alone_leaves_the_files_of_the_others(harmonize: Command, published_out: Path) -> None:
    before = dict(_files(published_out / "audiences" / "pvh"))
    code, said = _publish(harmonize, published_out, "--audience", "GAP")
    assert code == 0
    assert "pvh" not in said.splitlines()[0]
    assert dict(_files(published_out / "audiences" / "pvh")) == before


@pytest.mark.slow
def test_what_ends_is_withdrawn_everywhere_and_a_receipt_says_so(harmonize: Command, published_out: Path) -> None:
    first = (published_out / "audiences").resolve()
    said = harmonize("publish", "--out", published_out, "--as-of", "2040-01-01")
    assert said.code == 1, said
    assert "withdrawn" in said.out
    assert not first.exists()
    (path,) = (published_out / "steward" / "receipts").iterdir()
    receipt = json.loads(path.read_text(encoding="utf-8"))
    assert receipt["removed_here"] == [first.name]
    assert {row["scope_now"] for row in receipt["withdrawn"]} == {0}
    assert {row["basis"] for row in receipt["withdrawn"]} == {"grant"}
    assert receipt["cannot_be_recalled"]
    again = harmonize("publish", "--out", published_out, "--as-of", "2040-01-01")
    assert (again.code, "withdrawn    " in again.out) == (0, False)


@pytest.mark.slow
def test_what_is_granted_again_has_its_old_ids(harmonize: Command, published_out: Path) -> None:
    before = _extracts(published_out)
    harmonize("publish", "--out", published_out, "--as-of", "2040-01-01")
    _publish(harmonize, published_out)
    assert _extracts(published_out) == before


@pytest.mark.slow
def test_another_secret_gives_other_ids(out: Path, tmp_path: Path) -> None:
    ids = []
    for number in range(2):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(out, copy, symlinks=True)
        publish(alone(), settings(), copy, AS_OF, ["pvh"], {VARIABLE: f"a secret of number {number}"})
        assert not (copy / "secrets").exists()
        with duckdb.connect(str(copy / "audiences" / "pvh" / "pvh.duckdb"), read_only=True) as connection:
            ids.append({row[0] for row in connection.execute("SELECT facility_id FROM facility").fetchall()})
    assert ids[0]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("prepare", "arguments", "words"),
    [
        (lambda out: shutil.rmtree(out / "releases"), (), "no release to publish"),
        (lambda out: (out / "current" / "harmonized.duckdb").write_bytes(b"x"), (), "damaged"),
        (lambda out: None, ("--audience", "nobody"), "no audience 'nobody'"),
        (lambda out: (out / "audiences").mkdir(), (), "is no link"),
    ],
)
def test_what_cannot_be_published_is_told_with_the_cure(
    harmonize: Command, out: Path, prepare: object, arguments: tuple[str, ...], words: str
) -> None:
    assert callable(prepare)
    prepare(out)
    assert words in sentence(harmonize("publish", "--out", out, *arguments))
    assert not (out / "steward" / "shown.json").exists()


def test_a_record_that_cannot_be_read_stops_a_publication(harmonize: Command, published_out: Path) -> None:
    (published_out / "steward" / "shown.json").write_text("[{}]", encoding="utf-8")
    assert "nobody could say what is withdrawn" in sentence(harmonize("publish", "--out", published_out))


def test_a_short_secret_is_refused(harmonize: Command, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "short")
    assert "needs 16 or more" in sentence(harmonize("publish", "--out", out))


def test_an_id_of_an_audience_leads_back_to_the_stewards(harmonize: Command, published_out: Path) -> None:
    with duckdb.connect(str(published_out / "audiences" / "pvh" / "pvh.duckdb"), read_only=True) as connection:
        (shared,) = connection.execute("SELECT assessment_id FROM assessment ORDER BY 1").fetchall()[0]
    told = harmonize("trace", shared, "--out", published_out, "-o", "json")
    assert told.code == 0, told
    (meant,) = json.loads(told.out)["stands_for"]
    assert (meant["audience"], meant["kind"]) == ("pvh", "assessment")


def test_the_stewards_record_says_what_personal_fields_left(harmonize: Command, published_out: Path) -> None:
    (path,) = (published_out / "steward" / "personal").iterdir()
    records = {row["audience"]: row for row in json.loads(path.read_text(encoding="utf-8"))}
    assert {field["basis"] for field in records["pvh"]["fields"]} <= {"own contribution", "grant"}
    assert not records["civil-society"]["is_named"]
