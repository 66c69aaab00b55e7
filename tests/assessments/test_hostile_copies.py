"""Copies in a hostile inbox: every one found, none invented, and what only a person can say shown to one."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import pytest

from tests.assessments.hostile import Corpus, hostile_corpus
from tests.pipeline.worlds import Release, deliver, run_inbox

SEEDS = range(1, 9) if os.environ.get("HARMONIZE_FUZZ") == "long" else (5,)
SITES = 4
Pairs = set[frozenset[str]]


@dataclass(frozen=True)
class Told:
    """A hostile inbox, its release, and by path the assessment that every file became."""

    corpus: Corpus
    release: Release
    assessment: Mapping[str, str]

    def linked(self, column: str) -> dict[str, str]:
        """By truth keys what an assessment is linked to."""
        key = {assessment: self.corpus.report[path] for path, assessment in self.assessment.items()}
        rows = self.release.query(f"SELECT assessment_id, {column} FROM assessment WHERE {column} IS NOT NULL")
        return {key[one]: key[other] for one, other in rows}


@pytest.fixture(scope="module", params=SEEDS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    corpus = hostile_corpus(SITES, request.param)
    folder = tmp_path_factory.mktemp("hostile")
    release = run_inbox(deliver(folder / "inbox", corpus.files), folder / "out")
    rows = release.query("SELECT f.path, c.assessment_id FROM assessment_copy c JOIN file f USING (file_id)")
    return Told(corpus, release, dict(rows))


def _pairs(keys: Mapping[str, str]) -> Pairs:
    groups: dict[str, list[str]] = defaultdict(list)
    for path, key in keys.items():
        groups[key].append(path)
    return {frozenset(pair) for paths in groups.values() for pair in combinations(paths, 2)}


def test_every_file_became_an_assessment(told: Told) -> None:
    assert told.assessment.keys() == told.corpus.report.keys()


def test_nothing_is_merged_that_is_not_one_report(told: Told) -> None:
    assert _pairs(told.assessment) - _pairs(told.corpus.report) == set()


def test_every_copy_is_found_that_can_be_known(told: Told) -> None:
    missed = _pairs(told.corpus.report) - _pairs(told.assessment)
    assert {pair for pair in missed if not pair & told.corpus.unsayable} == set()


def test_what_is_missed_is_shown_to_a_person(told: Told) -> None:
    missed = _pairs(told.corpus.report) - _pairs(told.assessment)
    shown = {frozenset(row) for row in told.release.query("SELECT assessment_a, assessment_b FROM doubtful_copy")}
    assert {frozenset(told.assessment[path] for path in pair) for pair in missed} <= shown


def test_a_verified_assessment_is_linked_to_the_one_that_it_verifies(told: Told) -> None:
    assert told.linked("verified_of") == told.corpus.verified


def test_a_follow_up_is_linked_to_what_it_follows(told: Told) -> None:
    assert told.linked("follow_up_of") == told.corpus.followed


def test_every_copy_says_how_sure_it_is(told: Told) -> None:
    rows = told.release.query(
        "SELECT evidence, confidence, count(*) OVER (PARTITION BY assessment_id) FROM assessment_copy"
    )
    assert all(0.5 < confidence <= 1 for _, confidence, _ in rows)
    assert {confidence for _, confidence, copies in rows if copies == 1} == {1.0}
    assert all(confidence < 1 for _, confidence, copies in rows if copies > 1)
