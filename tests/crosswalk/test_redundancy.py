"""What several instruments ask in other words: the figures are those that a count by hand gives."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from harmonize.cli.app import app
from harmonize.crosswalk.redundancy import asked_again
from harmonize.errors import InboxError
from tests.pipeline.worlds import demo_world


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
    answers: dict[str, int] = defaultdict(int)
    for indicator, facility, instrument in stated:
        instruments[indicator].add(instrument)
        factories[indicator][facility].add(instrument)
        answers[indicator] += 1
    with duckdb.connect(str(release.database), read_only=True) as connection:
        found = asked_again(connection, 2, 10_000)
    assert {row.indicator_id for row in found} == {name for name, asked in instruments.items() if len(asked) > 1}
    assert found
    for row in found:
        by_factory = factories[row.indicator_id].values()
        assert (row.instruments, row.answers) == (len(instruments[row.indicator_id]), answers[row.indicator_id])
        assert row.factories == sum(len(asked) > 1 for asked in by_factory)
        assert row.repeated == sum(len(asked) - 1 for asked in by_factory)
        assert {question.split(" ")[0] for question in row.questions} == instruments[row.indicator_id]
    assert [row.repeated for row in found] == sorted((row.repeated for row in found), reverse=True)


def test_redundancy_is_told_on_the_command_line(tmp_path: Path) -> None:
    release = demo_world().release
    ended = CliRunner().invoke(app, ["crosswalk", "redundancy", "--database", str(release.database), "--limit", "3"])
    assert (ended.exit_code, len(ended.output.splitlines())) == (0, 4)


@pytest.mark.parametrize("content", [None, b"no database"])
def test_what_is_no_release_is_refused(tmp_path: Path, content: bytes | None) -> None:
    database = tmp_path / "harmonized.duckdb"
    if content is not None:
        database.write_bytes(content)
    ended = CliRunner().invoke(app, ["crosswalk", "redundancy", "--database", str(database)])
    assert isinstance(ended.exception, InboxError)
