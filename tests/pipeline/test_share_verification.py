"""What a programme accepted unseen, in shares: who may not see the programme's visit is not told of it by a mark."""

from __future__ import annotations

import duckdb
import pytest

from tests.pipeline.publications import Desk
from tests.sources.delivering import better_work
from tests.test_domain_rules import _caf, _enterprises

AUDIENCES = """
audiences:
  - {name: gateway, kind: buyer, contributor: gateway}
  - {name: better-work, kind: civil_society, contributor: better-work}
  - {name: report-alone, kind: buyer}
  - {name: both, kind: buyer}
"""
FILES: dict[str, str | bytes] = {
    "gateway/received-2026-02-01/caf.json": _caf({"wh-3": "Yes", "ms-1--1-1x": "X"}),
    "better-work/received-2026-02-02/answers.csv": better_work({}),
    "better-work/received-2026-02-02/enterprises.xlsx": _enterprises(),
}
NAMED = {"facility_scheme": "bw_factory", "facility_value": "BW-12"}
QUERY = """
    SELECT question_id, verification::VARCHAR FROM answer
    WHERE question_id IN ('wh-3', 'ms-1--1-1x') ORDER BY question_id
"""
AS_MARKED = [("ms-1--1-1x", "onsite"), ("wh-3", "onsite")]
UNSEEN = [("ms-1--1-1x", "auto_accepted"), ("wh-3", "onsite")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("accepted"), FILES, AUDIENCES)
    desk.grant(
        {**NAMED, "audience": "report-alone", "instrument": "slcp_caf"},
        {**NAMED, "grant_id": "G-2", "audience": "both", "instrument": "slcp_caf"},
        {**NAMED, "grant_id": "G-3", "audience": "both", "instrument": "better_work_cat"},
    )
    desk.publish()
    return desk


def test_the_release_knows_both(desk: Desk) -> None:
    with duckdb.connect(str(desk.out / "current/harmonized.duckdb"), read_only=True) as connection:
        assert connection.execute(QUERY).fetchall() == UNSEEN


@pytest.mark.parametrize("audience", ["gateway", "report-alone"])
def test_without_the_visit_an_answer_is_verified_as_its_own_export_says(audience: str, desk: Desk) -> None:
    assert desk.ask(audience, QUERY) == AS_MARKED
    assert desk.ask(audience, "SELECT count(*) FROM assessment WHERE instrument = 'better_work_cat'") == [(0,)]


def test_who_was_granted_both_sees_that_nobody_verified_it(desk: Desk) -> None:
    assert desk.ask("both", QUERY) == UNSEEN


def test_the_programme_sees_its_visit_and_no_answer_of_the_report(desk: Desk) -> None:
    assert desk.ask("better-work", QUERY) == []
    assert desk.ask("better-work", "SELECT count(*) FROM answer") != [(0,)]
