"""The full-scale inbox is reproducible, a row is its factory's alone, and an export is as wide as asked."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harmonize.cli.app import app
from harmonize.demo.full_scale import WideScale, WideSummary, write_full_scale
from harmonize.errors import InboxError
from harmonize.project import Project

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 1_000


def write(folder: Path, scale: WideScale) -> WideSummary:
    return write_full_scale(folder, scale, Project.locate(ROOT))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> WideSummary:
    return write(tmp_path_factory.mktemp("wide"), WideScale(rows=60, columns=COLUMNS, files=20))


def rows_of(inbox: Path, pattern: str = "*.csv") -> dict[tuple[str, str], dict[str, str]]:
    """Row by file name and assessment."""
    found = {}
    for path in sorted(inbox.rglob(pattern)):
        with path.open(encoding="utf-8", newline="") as lines:
            found.update({(path.name, row["surveyid"]): row for row in csv.DictReader(lines)})
    return found


def test_the_summary_counts_what_stands_in_the_files(made: WideSummary) -> None:
    rows = rows_of(made.inbox)
    assert len(rows) == made.rows == 60
    assert len({native_id for _, native_id in rows}) == made.assessments
    assert len({row["groupid"] for row in rows.values()}) == len({row["groupname"] for row in rows.values()})
    assert len({row["groupid"] for row in rows.values()}) == made.factories
    filled = sum(bool(row[title]) for row in rows.values() for title in answer_titles(row))
    assert (filled, sum(len(answer_titles(row)) for row in rows.values())) == (made.answers, made.cells)


def answer_titles(row: dict[str, str]) -> list[str]:
    titles = list(row)
    return titles[titles.index("chemicals.score") + 1 :]


def test_the_same_seed_gives_the_same_bytes(made: WideSummary, tmp_path: Path) -> None:
    write(tmp_path, WideScale(rows=60, columns=COLUMNS, files=20))
    for path in made.inbox.rglob("*.csv"):
        assert (tmp_path / "inbox" / path.relative_to(made.inbox)).read_bytes() == path.read_bytes()


def test_a_row_depends_on_its_factory_alone(made: WideSummary, tmp_path: Path) -> None:
    alone = WideScale(rows=1, columns=COLUMNS, files=1, first_factory=5, editions=("fem2024",))
    (row,) = rows_of(write(tmp_path, alone).inbox).values()
    twins = [
        other
        for (name, native_id), other in rows_of(made.inbox / "higg").items()
        if native_id == row["surveyid"] and name.startswith("fem2024")
    ]
    assert twins == [row]


def test_a_year_later_most_answers_are_the_same(made: WideSummary) -> None:
    rows = rows_of(made.inbox / "higg")
    first = next(row for (name, _), row in rows.items() if name.startswith("fem2023"))
    later = next(
        row for (name, _), row in rows.items() if name.startswith("fem2024") and row["groupid"] == first["groupid"]
    )
    answered = [title for title in answer_titles(first) if first[title]]
    same = sum(first[title] == later[title] for title in answered)
    assert 0.7 < same / len(answered) < 0.98


def test_more_files_than_rows_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match="3 rows of 2 editions do not fit 4 files"):
        write(tmp_path, WideScale(rows=3, files=4))


def test_an_edition_without_a_day_of_posting_is_named(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match=r"no day of posting for 'fem1999'.*fem2023"):
        write(tmp_path, WideScale(rows=1, files=1, editions=("fem1999",)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("columns", [1, 2, 7, 1_500])
def test_an_export_is_exactly_as_wide_as_asked(columns: int, tmp_path: Path) -> None:
    inbox = write(tmp_path, WideScale(rows=1, columns=columns, files=1, editions=("fem2023",))).inbox
    (row,) = rows_of(inbox).values()
    answers = answer_titles(row)
    assert len(answers) == columns == len(set(answers))
    assert all(f"{title.removesuffix('quant')}unit" in answers for title in answers if title.endswith("quant"))


def test_a_quantity_and_its_unit_are_filled_together(made: WideSummary) -> None:
    for row in rows_of(made.inbox).values():
        pairs = [title for title in answer_titles(row) if title.endswith("quant")]
        assert pairs
        assert [title for title in pairs if bool(row[title]) != bool(row[f"{title.removesuffix('quant')}unit"])] == []


def test_the_command_writes_it(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["demo", "--scale", "full", "--facilities", "1", "--out", str(tmp_path / "demo")])
    assert said.exit_code == 0, said.output
    assert "2 deliveries of 2 assessments of 1 invented factories" in said.output
    first, second = sorted((tmp_path / "demo/inbox").rglob("*.csv"))
    assert (first.name[:7], second.name[:7]) == ("fem2023", "fem2024")
    assert all(len(answer_titles(row)) == 4_000 for row in rows_of(tmp_path / "demo/inbox").values())
