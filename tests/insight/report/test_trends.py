"""Trends: only like is compared with like, and an index begins anew where nothing can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from harmonize.insight.report.drawing import courses
from harmonize.insight.report.queries import QUERIES
from harmonize.insight.report.trends import course_of
from tests.insight.report.pages import read_page

ENERGY = "environment.energy.metrics.energy_intensity_final_assembly"
COLUMNS = (
    "facility_id, indicator_id, year, value_number, unit, crosswalk_edition, instrument, verification, assessment_id"
)


@pytest.fixture
def told() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE v_metric_trend AS SELECT ''::VARCHAR AS facility_id, '' AS indicator_id, 0 AS year, "
            "0.0::DOUBLE AS value_number, '' AS unit, '' AS crosswalk_edition, '' AS instrument, '' AS verification, "
            "'' AS assessment_id LIMIT 0"
        )
        connection.execute("CREATE TABLE owner_group (facility_id VARCHAR, owner_group VARCHAR)")
        yield connection


def _state(connection: duckdb.DuckDBPyConnection, facility: str, year: int, value: float, **changes: str) -> None:
    said = {"unit": "MJ/item", "edition": "fem4", "instrument": "higg_fem", "verification": "onsite", **changes}
    connection.execute(
        f"INSERT INTO v_metric_trend ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [facility, ENERGY, year, value, said["unit"], said["edition"], said["instrument"], said["verification"],
         f"{facility}-{year}"],
    )  # fmt: skip
    connection.execute(
        "INSERT INTO owner_group SELECT $1, $1 WHERE $1 NOT IN (SELECT facility_id FROM owner_group)", [facility]
    )


def _rows(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    cursor = connection.execute(QUERIES["trends"].replace("{indicators}", f"'{ENERGY}'").replace("{fall}", "0.05"))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_the_same_factories_are_compared_year_by_year(told: duckdb.DuckDBPyConnection) -> None:
    for place in range(6):
        _state(told, f"f{place}", 2023, 10)
        _state(told, f"f{place}", 2024, 9)
    # It has no year before: whoever joins changes no trend.
    _state(told, "new", 2024, 1000)
    (row,) = _rows(told)
    assert (row["year"], row["compared"], row["groups"], row["fell"], row["rose"]) == (2024, 6, 6, 6, 0)
    assert row["median_ratio"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({"unit": "MJ/kg"}, "other_unit"),
        ({"edition": "fem3"}, "other_method"),
        ({"instrument": "other"}, "other_method"),
        ({"verification": "none"}, "other_verification"),
        ({"verification": "auto_accepted"}, "other_verification"),
    ],
)
def test_nothing_is_compared_across_a_break(
    told: duckdb.DuckDBPyConnection, change: dict[str, str], counted: str
) -> None:
    _state(told, "f", 2023, 10, **change)
    _state(told, "f", 2024, 9)
    (row,) = _rows(told)
    assert (row["compared"], row[counted], row["median_ratio"]) == (0, 1, None)


def test_a_year_that_is_lacking_is_not_bridged(told: duckdb.DuckDBPyConnection) -> None:
    _state(told, "f", 2022, 10)
    _state(told, "f", 2024, 9)
    assert _rows(told) == []


def _year(year: int, ratio: float | None = 0.9, compared: int = 6, unit: str = "MJ/item") -> dict[str, Any]:
    return {"year": year, "median_ratio": ratio, "compared": compared, "unit": unit}


def test_the_index_follows_the_medians() -> None:
    course = course_of("energy", [_year(2023), _year(2024, 1.1)], [True, True])
    assert course is not None
    assert course.breaks == []
    ((*points,),) = course.runs
    assert points == [(2022, 100), (2023, pytest.approx(90)), (2024, pytest.approx(99))]


def test_a_break_is_marked_and_a_new_index_begins() -> None:
    rows = [_year(2022), _year(2023, None, 0), _year(2024), _year(2025, unit="MJ/kg")]
    course = course_of("energy", rows, [True] * 4)
    assert course is not None
    assert course.breaks == [2023, 2025]
    assert [run[0] for run in course.runs] == [(2021, 100), (2023, 100), (2024, 100)]
    drawn = courses("energy", [course])
    assert drawn.count("stroke-dasharray") == 2
    assert drawn == courses("energy", [course])
    assert read_page(drawn).one("title").text == "energy"


def test_what_may_not_be_told_is_not_drawn() -> None:
    assert course_of("energy", [_year(2023)], [False]) is None
    course = course_of("energy", [_year(2022), _year(2023, 0.1), _year(2024)], [True, False, True])
    assert course is not None
    assert all(value > 50 for run in course.runs for _, value in run)
    assert course.breaks == [2023]
