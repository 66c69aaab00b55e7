from __future__ import annotations

from pathlib import Path

import pytest

from harmonize.errors import ConfigurationError
from harmonize.model.tables import TABLES
from harmonize.quality.suites import load_suites
from harmonize.quality.violations import laws

SHIPPED = sorted(Path("pipelines/expectations").glob("*.yml"))

ROW_COUNT = "table: file\nexpectations:\n  - {type: expect_table_row_count_to_equal, severity: critical, meaning: m}\n"


def test_the_shipped_suites_cover_every_law_and_name_tables_that_exist() -> None:
    suites = {suite.table: suite for suite in load_suites(SHIPPED)}
    assert sorted(suites.pop("violations").columns) == sorted(laws())
    assert set(suites) <= set(TABLES)


def test_a_suite_reads_the_columns_that_it_names_unless_it_speaks_of_more(tmp_path: Path) -> None:
    path = tmp_path / "suite.yml"
    path.write_text(
        "table: file\nexpectations:\n"
        "  - {type: expect_column_pair_values_to_be_equal, kwargs: {column_A: a, column_B: b}, severity: warning,"
        " meaning: m}\n"
        "  - {type: expect_column_values_to_be_unique, kwargs: {column: a, row_condition: c == 1}, severity: warning,"
        " meaning: m}\n"
        "  - {type: expect_table_row_count_to_equal, kwargs: {value: 1}, severity: warning, meaning: m}\n",
        encoding="utf-8",
    )
    (suite,) = load_suites([path])
    assert suite.columns == ("a", "b")
    assert [stated.stays_in_its_columns for stated in suite.expectations] == [True, False, False]


def test_several_documents_in_one_file_are_several_suites(tmp_path: Path) -> None:
    path = tmp_path / "both.yml"
    path.write_text(f"{ROW_COUNT}---\n{ROW_COUNT.replace('file', 'topic', 1)}", encoding="utf-8")
    assert [suite.table for suite in load_suites([path])] == ["file", "topic"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table: [", "not valid YAML"),
        ("table: file\nexpectations: []\n", "expectations"),
        (ROW_COUNT.replace("critical", "grave"), "severity"),
        (ROW_COUNT.replace("expect_table", "demand_table"), "type"),
        (ROW_COUNT.replace("meaning: m", "meaning: m, because: x"), "because"),
    ],
    ids=["no yaml", "no expectation", "unknown severity", "no expectation type", "unknown key"],
)
def test_a_suite_that_says_something_impossible_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "broken.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as refusal:
        load_suites([path])
    assert str(path) in str(refusal.value)


def test_two_suites_of_one_table_are_refused(tmp_path: Path) -> None:
    paths = [tmp_path / "a.yml", tmp_path / "b.yml"]
    for path in paths:
        path.write_text(ROW_COUNT, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="already"):
        load_suites(paths)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_suites([tmp_path / "none.yml"])
