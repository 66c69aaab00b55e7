"""What several instruments ask in other words: the figures are those that a count by hand gives."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from harmonize.cli.app import app
from harmonize.crosswalk.language import load_language
from harmonize.crosswalk.redundancy import asked_again
from harmonize.errors import ConfigurationError, InboxError, PublicationError
from harmonize.project import Project
from tests.pipeline.worlds import ROOT, demo_world


def test_what_is_asked_again_is_counted_as_by_hand() -> None:
    release = demo_world().release
    stated = release.query(
        "SELECT indicator_id, facility_id, instrument FROM answer JOIN assessment USING (assessment_id, facility_id) "
        "WHERE indicator_id IS NOT NULL UNION ALL "
        "SELECT n.indicator_id, s.facility_id, s.instrument FROM finding n JOIN assessment s USING (assessment_id) "
        "WHERE n.indicator_id IS NOT NULL AND n.made_from = 'row'"
    )
    instruments: dict[str, set[str]] = defaultdict(set)
    factories: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    titles = dict(release.query("SELECT instrument, title FROM instrument"))
    for indicator, facility, instrument in stated:
        instruments[indicator].add(instrument)
        factories[indicator][facility].add(instrument)
        answers[indicator][titles[instrument]] += 1
    with duckdb.connect(str(release.database), read_only=True) as connection:
        found = asked_again(connection, 2, 10_000)
    assert {row.indicator_id for row in found} == {name for name, asked in instruments.items() if len(asked) > 1}
    assert found
    for row in found:
        by_factory = factories[row.indicator_id].values()
        assert row.by_instrument == answers[row.indicator_id]
        assert (row.instruments, row.answers) == (len(row.by_instrument), answers[row.indicator_id].total())
        assert set(row.labels) == {"en", "vi", "km", "th"}
        assert row.factories == sum(len(asked) > 1 for asked in by_factory)
        assert row.repeated == sum(len(asked) - 1 for asked in by_factory)
        assert {question.split(" ")[0] for question in row.questions} == instruments[row.indicator_id]
    assert [row.repeated for row in found] == sorted((row.repeated for row in found), reverse=True)


def test_redundancy_is_told_on_the_command_line(tmp_path: Path) -> None:
    release = demo_world().release
    ended = CliRunner().invoke(app, ["crosswalk", "redundancy", "--database", str(release.database), "--limit", "3"])
    assert (ended.exit_code, len(ended.output.splitlines())) == (0, 4)


@pytest.mark.parametrize("name", ["asked.svg", "asked.html", "asked.csv"])
def test_a_file_is_made_with_its_table_beside_it(name: str, tmp_path: Path) -> None:
    ended = _draw(tmp_path / name, "--limit", "3")
    assert ended.exit_code == 0, ended
    assert {path.name for path in tmp_path.iterdir()} == {name, "asked.csv"}
    with (tmp_path / "asked.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["rank"] for row in csv.DictReader(file)] == ["1", "2", "3"]
    assert all(str(path) in ended.output for path in tmp_path.iterdir())


def test_the_labels_of_a_file_are_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    assert _draw(tmp_path / "asked.csv", "--lang", "vi").exit_code == 0
    with (tmp_path / "asked.csv").open(encoding="utf-8-sig", newline="") as file:
        said = {row["indicator"]: row["matter"] for row in csv.DictReader(file)}
    assert said
    indicators = load_language(Project((ROOT,), ROOT)).indicators
    assert said == {name: indicators[name].labels["vi"] for name in said}


@pytest.mark.parametrize(
    ("name", "options", "kind", "said"),
    [
        pytest.param("asked.pdf", [], ConfigurationError, ".svg, .html, .csv", id="kind of file"),
        pytest.param("asked", [], ConfigurationError, ".svg, .html, .csv", id="no kind of file"),
        pytest.param("asked.svg", ["--lang", "fr"], ConfigurationError, "en, vi, km, th", id="language"),
        pytest.param("nowhere/asked.svg", [], PublicationError, "asked.svg", id="no folder"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    name: str, options: list[str], kind: type[Exception], said: str, tmp_path: Path
) -> None:
    ended = _draw(tmp_path / name, *options)
    assert isinstance(ended.exception, kind)
    assert said in str(ended.exception)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_drawn_of_nothing(tmp_path: Path) -> None:
    ended = _draw(tmp_path / "asked.svg", "--at-least", "99")
    assert (ended.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "99 instruments" in ended.output


def _draw(output: Path, *options: str) -> Result:
    database = str(demo_world().release.database)
    return CliRunner().invoke(app, ["crosswalk", "redundancy", "--database", database, "-o", str(output), *options])


@pytest.mark.parametrize("content", [None, b"no database"])
def test_what_is_no_release_is_refused(tmp_path: Path, content: bytes | None) -> None:
    database = tmp_path / "harmonized.duckdb"
    if content is not None:
        database.write_bytes(content)
    ended = CliRunner().invoke(app, ["crosswalk", "redundancy", "--database", str(database)])
    assert isinstance(ended.exception, InboxError)
