from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from tests.quality.release import ROWS, empty_release, small_release

from harmonize.errors import ConfigurationError
from harmonize.quality.expectations import check
from harmonize.quality.violations import violations

SHIPPED = sorted(Path("pipelines/expectations").glob("*.yml"))


def _frames(release: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    tables = {table: release.execute(f'SELECT * FROM "{table}"').df() for table in ROWS}
    return {**tables, **violations(release)}


def _suite(folder: Path, *expectations: str) -> list[Path]:
    path = folder / "suite.yml"
    path.write_text("table: facility\nexpectations:\n" + "".join(f"  - {{{e}}}\n" for e in expectations))
    return [path]


UNIQUE = "type: expect_column_values_to_be_unique, kwargs: {column: id}, severity: critical, meaning: One id each."
NAMED = "type: expect_column_values_to_not_be_null, kwargs: {column: name}, severity: warning, meaning: All named."
FRAME = pd.DataFrame({"id": ["a", "a", "b"], "name": ["x", None, "y"]})


def test_a_sound_release_passes_every_shipped_suite() -> None:
    result = check(_frames(small_release()), SHIPPED, None)
    assert [found.message for found in result.results if not found.success] == []
    assert len(result.results) > 100


def test_an_empty_release_passes_every_shipped_suite() -> None:
    result = check(_frames(empty_release()), SHIPPED, None)
    assert [found.message for found in result.results if not found.success] == []


def test_a_broken_release_fails_where_it_is_broken() -> None:
    release = small_release()
    release.execute("UPDATE file SET cells_loaded = 0")
    release.execute("UPDATE facility SET country = 'Vietnam', mention_count = 4")
    result = check(_frames(release), SHIPPED, None)
    assert {(found.table, found.column) for found in result.failed_critical} == {
        ("facility", "country"),
        ("violation_accounting_law", ""),
    }
    assert result.failed_critical[-1].observed.startswith("1 rows, first path gap/visits.csv, cells_total 3")
    assert [found.table for found in result.failed_warnings] == ["violation_mention_count"]


def test_severities_are_kept_apart_and_what_was_found_is_said(tmp_path: Path) -> None:
    result = check({"facility": FRAME}, _suite(tmp_path, UNIQUE, NAMED), None)
    (critical,) = result.failed_critical
    (warning,) = result.failed_warnings
    assert (critical.expectation, critical.column) == ("expect_column_values_to_be_unique", "id")
    assert critical.observed == "2 of 3 unexpected (a, a)"
    assert critical.message == "One id each. Found: 2 of 3 unexpected (a, a)."
    assert (warning.column, warning.observed) == ("name", "1 of 3 unexpected")


def test_passing_checks_are_reported_too(tmp_path: Path) -> None:
    result = check({"facility": FRAME.drop_duplicates("id")}, _suite(tmp_path, UNIQUE, NAMED), None)
    assert [found.success for found in result.results] == [True, True]
    assert result.failed_critical == result.failed_warnings == ()


def test_enums_are_compared_as_texts(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kind": pd.Categorical(["audit", "self"])})
    suite = _suite(
        tmp_path,
        "type: expect_column_values_to_be_in_set, kwargs: {column: kind, value_set: [audit]}, "
        "severity: critical, meaning: Closed.",
    )
    assert check({"facility": frame}, suite, None).failed_critical[0].observed == "1 of 2 unexpected (self)"


def test_dates_are_compared(tmp_path: Path) -> None:
    frame = duckdb.execute(
        "SELECT DATE '1930-01-01' AS id UNION ALL SELECT DATE '2026-01-05' UNION ALL SELECT NULL"
    ).df()
    early = "type: expect_column_values_to_be_between, kwargs: {column: id, min_value: 2000-01-01}"
    suite = _suite(tmp_path, f"{early}, severity: warning, meaning: Not that early.")
    assert (
        check({"facility": frame}, suite, tmp_path / "docs")
        .failed_warnings[0]
        .observed.startswith("1 of 3 unexpected (1930")
    )


def test_an_expectation_that_cannot_be_evaluated_fails(tmp_path: Path) -> None:
    suite = _suite(
        tmp_path,
        "type: expect_column_values_to_be_between, kwargs: {column: id, max_value: 3}, "
        "severity: warning, meaning: Low.",
    )
    (failed,) = check({"facility": FRAME}, suite, None).failed_warnings
    assert "could not be evaluated" in failed.observed


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
        check({"facility": FRAME}, _suite(tmp_path, expectation), None)


def test_a_suite_of_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no table 'facility'"):
        check({"factory": FRAME}, _suite(tmp_path, UNIQUE), None)


def test_data_docs_open_offline_and_are_the_same_again(tmp_path: Path) -> None:
    suite = _suite(tmp_path, UNIQUE, NAMED)
    for name in ("first", "second"):
        check({"facility": FRAME}, suite, tmp_path / name)
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "first").iterdir()}
    assert set(pages) == {"index.html", "facility.html", "style.css"}
    for page in pages.values():
        assert not re.search(r"(src|href)=.?(https?:)?//|url\(|<script|@import", page)
    for target in re.findall(r'href="([^"#]+)"', "".join(pages.values())):
        assert target in pages
    assert "One id each. Found: 2 of 3 unexpected" in pages["index.html"]
    assert "2 unexpected values found" in pages["facility.html"]
    assert "2000-01-01" not in pages["facility.html"]
    assert pages == {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "second").iterdir()}


def test_values_in_data_docs_cannot_smuggle_markup(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["<script>alert(1)</script>"] * 2, "name": ["x", "y"]})
    check({"facility": frame}, _suite(tmp_path, UNIQUE), tmp_path / "docs")
    for path in (tmp_path / "docs").glob("*.html"):
        assert "<script" not in path.read_text(encoding="utf-8")


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    check({"facility": FRAME}, _suite(tmp_path, UNIQUE, NAMED), tmp_path / "docs")
    assert capfd.readouterr() == ("", "")


def test_importing_quality_does_not_import_great_expectations() -> None:
    program = (
        "import sys, harmonize.quality, harmonize.quality.result, harmonize.quality.suites, "
        "harmonize.quality.violations, harmonize.quality.accounting; sys.exit('great_expectations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
