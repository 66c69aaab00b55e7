"""`harmonize weekly`: a buyer's week and a factory's, as workbook and as page."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from harmonize.store.encryption import encrypted, load_cipher
from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import AS_OF, demo_world
from tests.queries import BUYER, audience_folder


@pytest.fixture(scope="module")
def out() -> Path:
    audience_folder()
    return demo_world().out


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_buyers_week_is_written_as_workbook_and_page(
    language: str, out: Path, harmonize: Command, tmp_path: Path
) -> None:
    book, page = tmp_path / "week.xlsx", tmp_path / "week.html"
    for path in (book, page):
        said = harmonize(
            "weekly", "--buyer", BUYER.upper(), "--since", "2020-01-01", "--lang", language, "--out", out, "-o", path
        )
        assert said.code == 0, said
        assert f"written    {path}" in said.out
    sheets = CalamineWorkbook.from_path(str(book))
    assert len(sheets.sheet_names) == 5
    overdue = sheets.get_sheet_by_index(1).to_python()
    with duckdb.connect(str(out / "audiences" / BUYER / f"{BUYER}.duckdb"), read_only=True) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM v_corrective_action_plan WHERE is_overdue").fetchall()
    assert len(overdue) == count + 1
    assert f'<html lang="{language}">' in page.read_text(encoding="utf-8")


def test_a_factorys_week_has_plan_needs_and_who_sees_it(out: Path, harmonize: Command, tmp_path: Path) -> None:
    with duckdb.connect(str(out / "current" / "harmonized.duckdb"), read_only=True) as connection:
        query = (
            "SELECT facility_id FROM v_corrective_action_plan GROUP BY ALL ORDER BY count(*) DESC, facility_id LIMIT 1"
        )
        ((facility,),) = connection.execute(query).fetchall()
    path = tmp_path / "f.xlsx"
    said = harmonize("weekly", "--facility", facility, "--as-of", AS_OF.isoformat(), "--out", out, "-o", path)
    assert said.code == 0, said
    sheets = CalamineWorkbook.from_path(str(path))
    assert sheets.sheet_names[:3] == ["Plan", "Needs", "Who sees what"]
    who = harmonize("grants", "who", "--facility", facility, "--as-of", AS_OF.isoformat(), "--out", out)
    assert len(sheets.get_sheet_by_name("Who sees what").to_python()) == len(who.out.strip().splitlines())


def test_an_encrypted_file_is_read_with_its_key_alone(out: Path, harmonize: Command, tmp_path: Path) -> None:
    audiences, key = tmp_path / "out" / "audiences" / "gap", tmp_path / "gap.key"
    audiences.mkdir(parents=True)
    key.write_text(base64.b64encode(bytes(range(32))).decode() + "\n", encoding="utf-8")
    plain = out / "audiences" / BUYER
    shutil.copy(plain / "manifest.json", audiences / "manifest.json")
    with duckdb.connect() as connection:
        load_cipher(connection)
        connection.execute(f"ATTACH '{plain / f'{BUYER}.duckdb'}' AS plain (READ_ONLY)")
        connection.execute(f"ATTACH '{audiences / 'gap.duckdb'}' AS secret ({encrypted(key.read_text().strip())})")
        connection.execute("COPY FROM DATABASE plain TO secret")
    asked = ("weekly", "--buyer", BUYER, "--out", tmp_path / "out")
    assert "cannot be read" in sentence(harmonize(*asked))
    assert "the key cannot be read" in sentence(harmonize(*asked, "--key-file", tmp_path / "none"))
    said = harmonize(*asked, "--key-file", key)
    assert said.code == 0, said
    assert said.out == harmonize("weekly", "--buyer", BUYER, "--out", out).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--buyer", "nobody"), "Nothing is published for 'nobody'"),
        (("--buyer", BUYER, "--since", "last week"), "'last week' is no day"),
        (("--buyer", BUYER, "-o", "week.pdf"), "name a file that ends in .xlsx or .html"),
        (("--buyer", BUYER, "--lang", "fr"), "no words in 'fr'"),
        (("--buyer", BUYER, "--before", "nowhere.duckdb"), "there is no such file"),
        (("--facility", "no such"), "no such"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_cure(
    arguments: tuple[str, ...], told: str, out: Path, harmonize: Command
) -> None:
    said = harmonize("weekly", *arguments, "--out", out)
    assert said.code == 2
    assert told in sentence(said)


def test_a_file_that_is_none_and_a_folder_without_publication_are_told(
    out: Path, harmonize: Command, tmp_path: Path
) -> None:
    other = tmp_path / "other.duckdb"
    other.write_bytes(b"no database")
    said = harmonize("weekly", "--buyer", BUYER, "--before", other, "--out", out)
    assert said.code == 2
    assert "cannot be read as the file of an audience" in sentence(said)
    assert "nothing is published yet" in sentence(harmonize("weekly", "--buyer", BUYER, "--out", tmp_path))
