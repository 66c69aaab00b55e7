"""The sheets of a week say what the buyer's own file says, and nothing else."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from harmonize.errors import ConfigurationError
from harmonize.insight.weekly.buyer import Week, read_week, week_book
from harmonize.insight.weekly.words import Spoken, load_weekly_words
from tests.pipeline.worlds import ROOT
from tests.queries import BUYER, audience_folder

WORDS = ROOT / "schemas" / "weekly_words.yml"


@pytest.fixture(scope="module")
def share() -> Path:
    return audience_folder() / f"{BUYER}.duckdb"


@pytest.fixture(scope="module", params=["en", "vi"])
def spoken(request: pytest.FixtureRequest) -> Spoken:
    return load_weekly_words(WORDS).spoken(request.param)


def _week(share: Path, spoken: Spoken, days: int | None = None) -> Week:
    with duckdb.connect(str(share), read_only=True) as connection:
        ((as_of,),) = connection.execute("SELECT as_of FROM release").fetchall()
        return read_week(connection, spoken, None if days is None else as_of - timedelta(days=days))


def _ids(share: Path, query: str) -> set[tuple[object, ...]]:
    with duckdb.connect(str(share), read_only=True) as connection:
        return set(connection.execute(query).fetchall())


@pytest.mark.parametrize("days", [30, 400, 5_000])
def test_new_are_grave_findings_of_late_visits(share: Path, spoken: Spoken, days: int) -> None:
    told = _week(share, spoken, days).rows["new"]
    assert {(row["finding_id"],) for row in told} == _ids(
        share,
        "SELECT finding_id FROM finding JOIN assessment USING (assessment_id) JOIN release ON true "
        "WHERE severity IN ('zero_tolerance', 'critical', 'major') AND finding.status IS DISTINCT FROM 'closed' "
        f"AND assessed_on >= as_of - {days} AND finding_id IN (SELECT finding_id FROM v_open_findings)",
    )
    assert days < 5_000 or told


def test_what_is_overdue_and_ends_is_what_the_file_says(share: Path, spoken: Spoken) -> None:
    rows = _week(share, spoken).rows
    assert {(row["facility_id"], row["due_on"]) for row in rows["overdue"]} == _ids(
        share,
        "SELECT facility_id, due_on FROM v_corrective_action_plan, release WHERE status <> 'closed' AND due_on < as_of",
    )
    assert rows["overdue"]
    assert all(row["days_late"] > 0 for row in rows["overdue"])
    assert {row["ends_on"] for row in rows["expiring"] if row["what"] == "grant"} == {
        day
        for (day,) in _ids(
            share,
            "SELECT least(valid_to, retention_until) FROM consent_grant, release "
            "WHERE revoked_on IS NULL AND least(valid_to, retention_until) BETWEEN as_of AND as_of + 90",
        )
    }


def test_evidence_stands_for_the_factories_of_the_week_alone(share: Path, spoken: Spoken) -> None:
    rows = _week(share, spoken).rows
    named = {row["facility_id"] for part in ("new", "overdue", "expiring") for row in rows[part]}
    told = {row["facility_id"] for row in rows["evidence"]}
    assert told
    assert told <= named


def test_new_is_what_an_earlier_file_did_not_hold(share: Path, spoken: Spoken, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.duckdb"
    shutil.copyfile(share, earlier)
    graves = _week(share, spoken, 5_000).rows["new"]
    gone = graves[0]["finding_id"]
    with duckdb.connect(str(earlier)) as connection:
        connection.execute("DELETE FROM finding WHERE finding_id = ?", [gone])
    with duckdb.connect(str(share), read_only=True) as now, duckdb.connect(str(earlier), read_only=True) as before:
        week = read_week(now, spoken, before=before)
    assert [row["finding_id"] for row in week.rows["new"]] == [gone]
    assert week.before


def test_every_column_has_a_title_and_every_row_its_cells(share: Path, spoken: Spoken) -> None:
    week = _week(share, spoken, 5_000)
    book = week_book(week, "A & <B>", spoken)
    assert [sheet.count for sheet in book.sheets] == [len(rows) for rows in week.rows.values()]
    for sheet in book.sheets:
        assert all({column.name for column in sheet.columns} <= set(row) for row in sheet.rows)


def test_words_that_lack_a_language_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weekly_words.yml"
    path.write_text(WORDS.read_text(encoding="utf-8").replace(", vi: Quá hạn", ""), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="'overdue' has no word in vi"):
        load_weekly_words(path)
    with pytest.raises(ConfigurationError, match="no words in 'fr'"):
        load_weekly_words(WORDS).spoken("fr")
