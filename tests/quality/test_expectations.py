from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.quality.release import ROWS, another, empty_release, insert, small_release
from tests.quality.touching import touched_rows

from harmonize.errors import ConfigurationError
from harmonize.quality import expectations
from harmonize.quality.expectations import check_release
from harmonize.quality.remembered import FILE_NAME
from harmonize.quality.result import QualityResult

SHIPPED = sorted(Path("pipelines/expectations").glob("*.yml"))
LAWS_ONLY = [path for path in SHIPPED if path.stem == "violations"]
SMALL = [path for path in SHIPPED if path.stem in ("consent_grant", "file", "topic")]
TABLES = tuple(ROWS)
UNIQUE = "type: expect_column_values_to_be_unique, kwargs: {column: id}, severity: critical, meaning: One id each."
NAMED = "type: expect_column_values_to_not_be_null, kwargs: {column: name}, severity: warning, meaning: All named."
FRAME = pd.DataFrame({"id": ["a", "a", "b"], "name": ["x", None, "y"]})


def _suite(folder: Path, *stated: str) -> list[Path]:
    path = folder / "suite.yml"
    path.write_text("table: facility\nexpectations:\n" + "".join(f"  - {{{e}}}\n" for e in stated))
    return [path]


def _database(frame: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.register("frame", frame)
    connection.execute("CREATE TABLE facility AS FROM frame")
    return connection


def _check(frame: pd.DataFrame, suites: list[Path], reports: Path, **more: Any) -> QualityResult:
    return check_release(_database(frame), ["facility"], suites, reports, **more)


def _pages(reports: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (reports / "data_docs").iterdir()}


def test_a_sound_release_passes_every_shipped_suite(tmp_path: Path) -> None:
    result = check_release(small_release(), TABLES, SHIPPED, tmp_path, docs=False)
    assert [found.message for found in result.results if not found.success] == []
    assert len(result.results) > 100


def test_an_empty_release_passes_every_shipped_suite(tmp_path: Path) -> None:
    result = check_release(empty_release(), TABLES, SHIPPED, tmp_path, docs=False)
    assert [found.message for found in result.results if not found.success] == []


def test_a_broken_release_fails_where_it_is_broken(tmp_path: Path) -> None:
    release = small_release()
    release.execute("UPDATE file SET cells_loaded = 0")
    release.execute("UPDATE facility SET country = 'Vietnam', mention_count = 4")
    result = check_release(release, TABLES, SHIPPED, tmp_path)
    assert {(found.table, found.column) for found in result.failed_critical} == {
        ("facility", "country"),
        ("violations", "accounting_law"),
    }
    assert result.failed_critical[-1].observed.startswith("1 rows, first path gap/visits.csv, cells_total 3")
    assert [(found.table, found.column) for found in result.failed_warnings] == [("violations", "mention_count")]
    assert "first path gap/visits.csv" in _pages(tmp_path)["index.html"]


def test_severities_are_kept_apart_and_what_was_found_is_said(tmp_path: Path) -> None:
    result = _check(FRAME, _suite(tmp_path, UNIQUE, NAMED), tmp_path)
    (critical,) = result.failed_critical
    (warning,) = result.failed_warnings
    assert (critical.expectation, critical.column) == ("expect_column_values_to_be_unique", "id")
    assert critical.observed == "2 of 3 unexpected (a, a)"
    assert critical.message == "One id each. Found: 2 of 3 unexpected (a, a)."
    assert (warning.column, warning.observed) == ("name", "1 of 3 unexpected")


def test_passing_checks_are_reported_too(tmp_path: Path) -> None:
    result = _check(FRAME.drop_duplicates("id"), _suite(tmp_path, UNIQUE, NAMED), tmp_path)
    assert [found.success for found in result.results] == [True, True]
    assert result.failed_critical == result.failed_warnings == ()


def test_checks_stand_in_the_order_of_the_suite(tmp_path: Path) -> None:
    # Great Expectations puts those that cannot be evaluated first.
    low = "type: expect_column_values_to_be_between, kwargs: {column: id, max_value: 3}, severity: warning, meaning: L."
    result = _check(FRAME, _suite(tmp_path, NAMED, low, UNIQUE), tmp_path)
    assert [found.column for found in result.results] == ["name", "id", "id"]
    assert "could not be evaluated" in result.results[1].observed


def test_enums_are_compared_as_texts(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kind": pd.Categorical(["audit", "self"])})
    suite = _suite(
        tmp_path,
        "type: expect_column_values_to_be_in_set, kwargs: {column: kind, value_set: [audit]}, "
        "severity: critical, meaning: Closed.",
    )
    assert _check(frame, suite, tmp_path).failed_critical[0].observed == "1 of 2 unexpected (self)"


def test_dates_are_compared(tmp_path: Path) -> None:
    frame = duckdb.execute(
        "SELECT DATE '1930-01-01' AS id UNION ALL SELECT DATE '2026-01-05' UNION ALL SELECT NULL"
    ).df()
    early = "type: expect_column_values_to_be_between, kwargs: {column: id, min_value: 2000-01-01}"
    suite = _suite(tmp_path, f"{early}, severity: warning, meaning: Not that early.")
    assert _check(frame, suite, tmp_path).failed_warnings[0].observed.startswith("1 of 3 unexpected (1930")


def test_a_condition_on_another_column_is_heard(tmp_path: Path) -> None:
    stated = UNIQUE.replace("column: id", "column: id, row_condition: 'name==\"y\"', condition_parser: pandas")
    assert _check(FRAME, _suite(tmp_path, stated), tmp_path).failed_critical == ()


@pytest.mark.parametrize(
    ("expectation", "said"),
    [
        (UNIQUE.replace("column: id", "column: idd"), "no column 'idd'"),
        (UNIQUE.replace("to_be_unique", "to_be_lovely"), "expect_column_values_to_be_lovely"),
        (UNIQUE.replace("column: id", "column: id, mostly: 7"), "mostly"),
    ],
    ids=["column", "type", "argument"],
)
def test_a_suite_that_cannot_be_run_is_refused(tmp_path: Path, expectation: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        _check(FRAME, _suite(tmp_path, expectation), tmp_path)


def test_a_suite_of_a_table_that_is_not_checked_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no table 'facility'"):
        check_release(_database(FRAME), ["file"], _suite(tmp_path, UNIQUE), tmp_path)


def test_a_suite_of_an_unknown_law_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "laws.yml"
    path.write_text(f"table: violations\nexpectations:\n  - {{{UNIQUE}}}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="violations has no column 'id'"):
        check_release(small_release(), TABLES, [path], tmp_path)


def test_data_docs_open_offline_and_are_the_same_again(tmp_path: Path) -> None:
    suite = _suite(tmp_path, UNIQUE, NAMED)
    _check(FRAME, suite, tmp_path / "first")
    _check(FRAME.iloc[::-1], suite, tmp_path / "second")
    pages = _pages(tmp_path / "first")
    assert set(pages) == {"index.html", "facility.html", "style.css"}
    for page in pages.values():
        assert not re.search(r"(src|href)=.?(https?:)?//|url\(|<script|@import", page)
    for target in re.findall(r'href="([^"#]+)"', "".join(pages.values())):
        assert target in pages
    assert "One id each. Found: 2 of 3 unexpected" in pages["index.html"]
    assert "2 unexpected values found" in pages["facility.html"]
    assert "2000-01-01" not in pages["facility.html"]
    assert pages == _pages(tmp_path / "second")


def test_values_in_data_docs_cannot_smuggle_markup(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["<script>alert(1)</script>"] * 2, "name": ["x", "y"]})
    _check(frame, _suite(tmp_path, UNIQUE), tmp_path)
    assert not [name for name, page in _pages(tmp_path).items() if "<script" in page]


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _check(FRAME, _suite(tmp_path, UNIQUE, NAMED), tmp_path)
    assert capfd.readouterr() == ("", "")


TAKE_OVER = """
import sys
from pathlib import Path
from tests.quality.release import small_release
from tests.quality.test_expectations import SHIPPED, TABLES
from harmonize.quality.expectations import check_release
first, second = map(Path, sys.argv[1:])
result = check_release(small_release(), TABLES, SHIPPED, second, previous=first)
sys.exit(("great_expectations" in sys.modules) + 2 * (len(result.results) < 100))
"""


def test_when_nothing_changed_all_is_taken_over_and_the_library_is_not_imported(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    check_release(small_release(), TABLES, SHIPPED, first)
    assert subprocess.run([sys.executable, "-c", TAKE_OVER, str(first), str(second)], check=False).returncode == 0
    assert _pages(first) == _pages(second)
    assert (first / FILE_NAME).read_text() == (second / FILE_NAME).read_text()


CHANGES: Mapping[str, str] = {
    "a word": "UPDATE file SET content_id = 'short'",
    "a null": "UPDATE consent_grant SET valid_to = NULL",
    "a number": "UPDATE file SET bytes = -1",
    "an enum": "UPDATE file SET status = 'refused'",
    "a date": "UPDATE consent_grant SET valid_to = DATE '1999-01-01'",
    "a law": "UPDATE file SET cells_loaded = 0",
    "a word of no suite's concern": "UPDATE file SET contributor = 'pvh'",
    "a place": "UPDATE file SET path = 'gap/others.csv', cells_loaded = 0",
    "a row": "DELETE FROM consent_grant",
}


FEW_LAWS = (
    "table: violations\nexpectations:\n"
    "  - {type: expect_column_max_to_be_between, kwargs: {column: accounting_law, max_value: 0}, severity: critical,"
    " meaning: Cells add up.}\n"
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.sets(st.sampled_from(sorted(CHANGES))), after=st.sets(st.sampled_from(sorted(CHANGES))))
@pytest.mark.slow
def test_what_is_taken_over_is_what_would_be_computed(
    tmp_path_factory: pytest.TempPathFactory, before: set[str], after: set[str]
) -> None:
    """Law: whatever the release before was, checks, pages and memory are those of a run without one."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "laws.yml").write_text(FEW_LAWS, encoding="utf-8")
    suites = [*SMALL, folder / "laws.yml"]
    for name, changes in (("before", before), ("alone", after), ("after", after)):
        release = small_release()
        for change in sorted(changes):
            release.execute(CHANGES[change])
        known = folder / "before" if name == "after" else None
        result = check_release(release, TABLES, suites, folder / name, previous=known)
        if name == "alone":
            alone = result
    assert result == alone
    assert _pages(folder / "after") == _pages(folder / "alone")
    assert json.loads((folder / "after" / FILE_NAME).read_text()) == json.loads(
        (folder / "alone" / FILE_NAME).read_text()
    )


def test_only_changed_suites_are_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    judge = expectations._judge

    def spy(judging: Any, tasks: Any, *more: Any) -> Any:
        judged.extend(task.suite.table for task in tasks)
        return judge(judging, tasks, *more)

    monkeypatch.setattr(expectations, "_judge", spy)
    release = small_release()
    check_release(release, TABLES, SMALL, tmp_path / "first")
    assert len(judged) == len(SMALL)
    judged.clear()
    insert(release, "topic", another("topic", topic_id="labour.other"))
    check_release(release, TABLES, SMALL, tmp_path / "second", previous=tmp_path / "first")
    assert judged == ["topic"]
    judged.clear()
    (tmp_path / "second/data_docs/file.html").unlink()
    check_release(release, TABLES, SMALL, tmp_path / "third", previous=tmp_path / "second")
    assert judged == ["file"]


@pytest.mark.parametrize("damage", ["", "{", '{"suites": 3}', '{"other": {}}', '{"suites": {"file": {"checks": []}}}'])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, damage: str) -> None:
    first, suite = tmp_path / "first", _suite(tmp_path, UNIQUE, NAMED)
    computed = _check(FRAME, suite, first)
    (first / FILE_NAME).write_text(damage, encoding="utf-8")
    assert _check(FRAME, suite, tmp_path / "second", previous=first) == computed


def test_a_warning_of_an_untouched_assessment_is_not_forgotten(tmp_path: Path) -> None:
    release = small_release()
    release.execute("DELETE FROM finding")
    release.execute("CREATE TABLE touched AS SELECT 'a9' AS assessment_id")
    first = check_release(release, TABLES, LAWS_ONLY, tmp_path / "first")
    assert [found.column for found in first.failed_warnings] == ["not_met_without_finding"]
    touched = touched_rows(release, "touched")
    again = check_release(release, TABLES, LAWS_ONLY, tmp_path / "next", previous=tmp_path / "first", touched=touched)
    assert again == first


def test_without_a_release_before_everything_is_judged_whatever_was_touched(tmp_path: Path) -> None:
    release = small_release()
    release.execute("UPDATE answer SET value_number = 'inf'")
    release.execute("CREATE TABLE touched AS SELECT 'a9' AS assessment_id")
    result = check_release(release, TABLES, LAWS_ONLY, tmp_path, touched=touched_rows(release, "touched"))
    assert [found.column for found in result.failed_critical] == ["unreal_number"]


def test_importing_quality_does_not_import_great_expectations() -> None:
    program = (
        "import sys, harmonize.quality, harmonize.quality.result, harmonize.quality.suites, "
        "harmonize.quality.violations, harmonize.quality.expectations; sys.exit('great_expectations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
