"""Hold a finished release against its expectation suites, and write what was found: checks, Data Docs, memory.

Great Expectations takes seconds to import and milliseconds per expectation. It is imported only if a suite, or what it
reads, is not that of the release before; everything else is taken over from there, checks and pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import duckdb
import pandas as pd

from harmonize.quality.data_docs import offline_page, page_path, write_pages
from harmonize.quality.frames import check_columns, content_fingerprint, read_frame, wanted_columns
from harmonize.quality.judging import Judging, judge_here
from harmonize.quality.remembered import Remembered, read_remembered, write_remembered
from harmonize.quality.result import Check, Judged, QualityResult, Verdict
from harmonize.quality.suites import Expectation, LoadedSuite, load_suites
from harmonize.quality.violations import Violations, count_violations, laws

__all__ = ["LAWS", "BegunCheck", "begin_check", "check_release"]

LAWS = "violations"
"""The table of one row in which each law has a column: how many rows break it."""

_DOCS = "data_docs"
_JUDGED_BY = ("great_expectations", "pandas")
_JUDGING_CODE = ("judge.py", "judging.py", "result.py", "expectations.py", "frames.py", "data_docs.py")


_Known: TypeAlias = tuple[tuple[Check, ...], str] | None
"""Checks and page of a suite."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One suite, what it reads, and the fingerprint of both."""

    suite: LoadedSuite
    columns: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class BegunCheck:
    """A release whose tables are being judged while the caller goes on; its laws come last.

    Attributes:
        suites: all of them, that of the laws too.
        tasks: what is judged, by table.
        known: what is taken over, by table.
        judged: what waits for the judgement of each table that is not.
    """

    suites: Sequence[LoadedSuite]
    tasks: Mapping[str, _Task]
    known: Mapping[str, _Known]
    judged: Mapping[str, Callable[[], Judged]]
    remembered: Remembered
    previous: Path | None
    docs: bool
    judging: Judging

    def finish(
        self,
        connection: duckdb.DuckDBPyConnection,
        reports: Path,
        touched: Mapping[str, str] | None = None,
        screened: Mapping[str, str] | None = None,
    ) -> QualityResult:
        """Hold the laws against their suite, and write what was found of them and of the tables.

        Args:
            connection: the release whose tables are being judged.
            reports: its folder of reports; what is remembered goes there, and `data_docs/` if pages are wanted.
            touched: where the rows of touched assessments stand (see `count_violations`); counts only with a previous
                release.
            screened: what screens read instead of the answers (see `count_violations`).

        Raises:
            ConfigurationError: a suite that cannot be run: unknown law or expectation.
        """
        tasks, known, judged = dict(self.tasks), dict(self.known), dict(self.judged)
        found: dict[str, Violations] = {}
        for suite in (suite for suite in self.suites if suite.table == LAWS):
            found = _laws(connection, self.remembered, touched, screened)
            tasks[LAWS] = task = _law_task(suite, found)
            known[LAWS] = _known(self.remembered, task, self.previous, self.docs)
            if known[LAWS] is None:
                judged |= _judge(self.judging, [task], {LAWS: _law_frame(found)}, self.docs)
        checks: dict[str, tuple[Check, ...]] = {}
        pages: dict[str, str] = {}
        for suite in self.suites:
            table = suite.table
            checks[table], pages[table] = known[table] or _made(suite, judged[table](), found, self.docs)
        result = QualityResult(tuple(one for suite in self.suites for one in checks[suite.table]))
        reports.mkdir(parents=True, exist_ok=True)
        fingerprints = {suite.table: tasks[suite.table].fingerprint for suite in self.suites}
        write_remembered(reports, fingerprints, checks, found)
        if self.docs:
            write_pages(reports / _DOCS, pages, result.results)
        return result


def begin_check(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    suites: Sequence[Path],
    *,
    docs: bool = True,
    previous: Path | None = None,
    judging: Judging = judge_here,
) -> BegunCheck:
    """Read the tables of a release, and have them held against their suites.

    Args:
        connection: a database that holds all tables of the contract, or views of their names.
        tables: those that suites may read; none that grows with the answers.
        suites: files of expectation suites.
        docs: whether pages are wanted.
        previous: the folder of reports of the release before; what has not changed is taken over from it.
        judging: who judges.

    Raises:
        ConfigurationError: a suite that cannot be run: unknown table, column or expectation.
    """
    loaded = load_suites(suites)
    remembered = read_remembered(previous)
    tasks = {suite.table: _table_task(connection, suite, tables) for suite in loaded if suite.table != LAWS}
    known = {table: _known(remembered, task, previous, docs) for table, task in tasks.items()}
    fresh = [task for table, task in tasks.items() if known[table] is None]
    frames = {task.suite.table: read_frame(connection, task.suite.table, task.columns) for task in fresh}
    return BegunCheck(loaded, tasks, known, _judge(judging, fresh, frames, docs), remembered, previous, docs, judging)


def check_release(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    suites: Sequence[Path],
    reports: Path,
    *,
    docs: bool = True,
    previous: Path | None = None,
    touched: Mapping[str, str] | None = None,
    screened: Mapping[str, str] | None = None,
    judging: Judging = judge_here,
) -> QualityResult:
    """Hold the tables and laws of a release against the suites; see `begin_check` and `BegunCheck.finish`."""
    begun = begin_check(connection, tables, suites, docs=docs, previous=previous, judging=judging)
    return begun.finish(connection, reports, touched, screened)


def _laws(
    connection: duckdb.DuckDBPyConnection,
    remembered: Remembered,
    touched: Mapping[str, str] | None,
    screened: Mapping[str, str] | None,
) -> dict[str, Violations]:
    in_doubt = remembered.laws_in_doubt()
    if touched is not None and len(in_doubt) == len(laws()):
        # All are judged on all answers, of which the screens of the touched ones show a part.
        touched = screened = None
    return count_violations(connection, touched, in_doubt, screened)


def _table_task(connection: duckdb.DuckDBPyConnection, suite: LoadedSuite, tables: Sequence[str]) -> _Task:
    columns = tuple(wanted_columns(connection, suite, [*tables, LAWS]))
    return _Task(suite, columns, _fingerprint(suite, content_fingerprint(connection, suite.table, columns)))


def _law_task(suite: LoadedSuite, found: Mapping[str, Violations]) -> _Task:
    check_columns(suite, found)
    content = "|".join(f"{name}={entry.count} {entry.first}" for name, entry in found.items())
    return _Task(suite, tuple(found), _fingerprint(suite, content))


def _fingerprint(suite: LoadedSuite, content: str) -> str:
    """Hash of all that checks and page follow from: suite, content, library, and the code that judges."""
    return hashlib.sha256("\n".join([_judging(), suite.table, suite.text, content]).encode()).hexdigest()[:32]


@cache
def _judging() -> str:
    code = hashlib.sha256(b"".join(Path(__file__).with_name(name).read_bytes() for name in _JUDGING_CODE))
    return "|".join([*(f"{name} {version(name)}" for name in _JUDGED_BY), code.hexdigest()])


def _known(remembered: Remembered, task: _Task, previous: Path | None, docs: bool) -> _Known:
    """Checks and page of an unchanged suite; nothing if one of the two is missing."""
    checks = remembered.checks(task.suite.table, task.fingerprint)
    if checks is None or previous is None:
        return None
    if not docs:
        return checks, ""
    try:
        return checks, page_path(previous / _DOCS, task.suite.table).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _judge(
    judging: Judging, tasks: Sequence[_Task], frames: Mapping[str, pd.DataFrame], docs: bool
) -> dict[str, Callable[[], Judged]]:
    """Have suites judged; what is returned waits for the result of each."""
    if not tasks:
        return {}
    future = judging([task.suite for task in tasks], frames, docs)

    def result_of(table: str) -> Callable[[], Judged]:
        return lambda: future.result()[table]

    return {task.suite.table: result_of(task.suite.table) for task in tasks}


def _made(
    suite: LoadedSuite, judged: Judged, found: Mapping[str, Violations], docs: bool
) -> tuple[tuple[Check, ...], str]:
    """Checks and page of a suite."""
    checks = tuple(
        _as_check(suite.table, stated, verdict, found)
        for stated, verdict in zip(suite.expectations, judged.verdicts, strict=True)
    )
    return checks, offline_page(judged.page) if docs else ""


def _law_frame(found: Mapping[str, Violations]) -> pd.DataFrame:
    return pd.DataFrame({name: [entry.count] for name, entry in found.items()})


def _as_check(table: str, stated: Expectation, verdict: Verdict, found: Mapping[str, Violations]) -> Check:
    column = ", ".join(stated.columns())
    observed = verdict.observed
    broken = found.get(column) if table == LAWS else None
    if broken is not None and broken.count:
        observed = f"{broken.count} rows, first {broken.first}"
    return Check(
        table=table,
        expectation=stated.type,
        column=column,
        severity=stated.severity,
        success=verdict.success,
        observed=observed,
        message=stated.meaning if verdict.success else f"{stated.meaning} Found: {observed}.",
    )
