"""The benchmark measures what it says: its inbox is read whole, its questions have answers, its verdicts are right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harmonize.demo.full_scale import WideScale, WideSummary
from tests.benchmarks.buyer_queries import Query, opened, queries, subject_of
from tests.benchmarks.copies import grouped
from tests.benchmarks.floor import with_pandas, with_polars
from tests.benchmarks.part import Found, Part, Table, write_inbox
from tests.benchmarks.processes import spend
from tests.benchmarks.report import keep, read_goals, write_report
from tests.pipeline.worlds import Release, demo_world, run_inbox

COLUMNS = 1_000
NEVER_DUE = "09_expiring_in_90_days"
"""Only audits of brands run out; the wide exports hold none."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> WideSummary:
    return write_inbox(tmp_path_factory.mktemp("wide"), WideScale(rows=60, columns=COLUMNS, files=20))


@pytest.fixture(scope="module")
def release(made: WideSummary, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return run_inbox(made.inbox, tmp_path_factory.mktemp("out"))


def test_the_wide_inbox_is_loaded_without_a_loss(made: WideSummary, release: Release) -> None:
    total, blank, loaded, withheld = release.query(
        "SELECT sum(cells_total), sum(cells_blank), sum(cells_loaded), sum(cells_quarantined) FROM file"
    )[0]
    assert (total, loaded, withheld) == (made.cells, made.answers, 0)
    assert blank / total == pytest.approx(0.35, abs=0.02)


def test_every_invented_factory_is_one_and_every_assessment_too(made: WideSummary, release: Release) -> None:
    assert release.one("SELECT count(*) FROM facility") == made.factories
    assert release.one("SELECT count(*) FROM assessment") == made.assessments
    assert made.rows > made.assessments, "the second contributor repeats rows of the first"


def test_the_second_contributor_disagrees_in_a_few_cells(release: Release) -> None:
    assert 0 < release.one("SELECT count(*) FROM conflict") < release.one("SELECT count(*) FROM answer") / 100


def test_both_floors_insert_every_filled_cell(tmp_path: Path) -> None:
    made = write_inbox(tmp_path, WideScale(rows=8, columns=300, files=2))
    assert with_polars(made.inbox, tmp_path / "polars.duckdb") == made.answers
    assert with_pandas(made.inbox, tmp_path / "pandas.duckdb") == made.answers


@pytest.mark.parametrize("query", queries(), ids=lambda query: query.name)
def test_a_buyers_question_has_an_answer_in_the_demo(query: Query) -> None:
    assert query.question.endswith("?")
    assert ask(demo_world().release.database, query)


@pytest.mark.parametrize("query", queries(), ids=lambda query: query.name)
def test_a_buyers_question_has_an_answer_in_the_wide_release(query: Query, release: Release) -> None:
    assert bool(ask(release.database, query)) == (query.name != NEVER_DUE)


def ask(database: Path, query: Query) -> list[tuple[object, ...]]:
    subject = subject_of(database)
    with opened(database, subject) as connection:
        return connection.execute(query.sql, query.values(subject)).fetchall()


def test_the_copies_that_are_measured_are_grouped_as_they_were_made() -> None:
    connection, _ = grouped(1_500)
    numbered, unlike = connection.execute(
        "SELECT count(DISTINCT report) FILTER (native_id IS NOT NULL), "
        "count(DISTINCT report || group_key) FILTER (native_id IS NOT NULL) FROM delivery_group"
    ).fetchall()[0]
    assert numbered == unlike > 1_000
    joined = "SELECT count(*) FROM delivery_group WHERE starts_with(evidence, 'answers')"
    assert connection.execute(joined).fetchall()[0][0] > 100


def test_there_are_ten_questions() -> None:
    assert len(queries()) == 10


def part_of(found: Found) -> Part:
    return Part("startup", "Start-up", lambda bench: found)


def found_with(seconds: float, answers: int = 0) -> Found:
    table = Table("Seconds", ("command", "seconds"), [["help", str(seconds)]])
    return Found("whole processes", answers, {"help_seconds": seconds}, ["How."], [table])


@pytest.mark.parametrize(("seconds", "verdict"), [(0.3, "| yes |"), (0.5, "| **no** |")])
def test_the_report_says_whether_a_goal_is_met(seconds: float, verdict: str, tmp_path: Path) -> None:
    tried = tmp_path / "TRIED.md"
    tried.write_text("- Nothing yet.\n", encoding="utf-8")
    results, report = tmp_path / "results.json", tmp_path / "REPORT.md"
    keep(results, "startup", found_with(seconds), "the command", 0.1)
    write_report(report, results, [part_of(found_with(seconds))], tried)
    lines = report.read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if "--help" in line and line.startswith("|")]
    assert line.endswith(verdict)
    assert sum("not measured" in line for line in lines) == len(read_goals()) - 1
    assert "- Nothing yet." in lines


def test_every_goal_belongs_to_a_part() -> None:
    from tests.benchmarks.__main__ import PARTS

    assert {goal["part"] for goal in read_goals()} <= {part.name for part in PARTS}
    assert all(("at_most" in goal) != ("at_least" in goal) for goal in read_goals())


HUNGRY = """
import json, subprocess, sys, time
held = bytearray(60 * 2**20)
held[::4096] = b"x" * len(held[::4096])
if len(sys.argv) > 1:
    subprocess.run([sys.executable, __file__], check=True)
    print(json.dumps({"done": True}))
else:
    time.sleep(0.5)
"""


def test_the_memory_of_children_counts(tmp_path: Path) -> None:
    """Parent and child hold 60 MiB each at the same time."""
    script = tmp_path / "hungry.py"
    script.write_text(HUNGRY, encoding="utf-8")
    spent = spend([sys.executable, str(script), "with a child"], tmp_path)
    assert spent.peak_mb > 120
    assert spent.lines == [{"done": True}]


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"ended with 3: .*out of luck"):
        spend([sys.executable, "-c", "import sys; print('out of luck'); sys.exit(3)"], tmp_path)
