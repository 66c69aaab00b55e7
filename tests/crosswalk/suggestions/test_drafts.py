"""Drafts load as a crosswalk, hold every question, approve nothing, and say what a person has yet to say."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sssom.constants import SchemaValidationType
from sssom.parsers import parse_sssom_table
from sssom.validators import validate

from harmonize.crosswalk.coverage import question_coverage
from harmonize.crosswalk.language import load_language
from harmonize.crosswalk.lint import Complaint, lint
from harmonize.crosswalk.mapping import Edition, load_edition
from harmonize.crosswalk.scales import load_scales
from harmonize.crosswalk.suggestions.drafts import (
    AUTHOR,
    JUSTIFICATION,
    DraftedEdition,
    draft,
    draft_paths,
    write_drafts,
)
from harmonize.crosswalk.suggestions.evidence import Evidence
from harmonize.crosswalk.suggestions.model import SuggestionModel
from harmonize.crosswalk.suggestions.questions import AskedQuestion
from harmonize.crosswalk.suggestions.rank import rank
from harmonize.errors import ConfigurationError
from harmonize.pipeline.understanding import load_knowledge
from harmonize.project import Project
from tests.pipeline.worlds import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:sssom")

DAY = date(2026, 6, 30)
QUESTIONS = [
    AskedQuestion("1.1", "Wages are paid on time.", "Pay"),
    AskedQuestion("1/2 & 3", "How many women work here?"),
    AskedQuestion("9", "Lorem ipsum dolor"),
    AskedQuestion("10", ""),
]


def _texts(questions: list[AskedQuestion], evidence: Evidence, model: SuggestionModel) -> Mapping[str, str]:
    rankings = rank(questions, evidence, model)
    return draft(DraftedEdition("lantern", "one", DAY), rankings, evidence.known, model, lambda *_: "because")


def _written(folder: Path, texts: Mapping[str, str]) -> Edition:
    paths = draft_paths(folder, "lantern", "one")
    write_drafts(texts, paths)
    return load_edition(paths[".sssom.tsv"], paths[".rules.tsv"])


@pytest.fixture
def edition(tmp_path: Path, evidence: Evidence, model: SuggestionModel) -> Edition:
    return _written(tmp_path, _texts(QUESTIONS, evidence, model))


def _lint(edition: Edition) -> list[Complaint]:
    project = Project((ROOT,), ROOT)
    return lint([edition], load_language(project), load_scales(ROOT / "schemas/scales.yml"), frozenset())


def test_every_question_is_drafted_and_none_approved(edition: Edition) -> None:
    assert list(edition.entries) == ["1.1", "1/2 & 3", "9", "10"]
    assert {entry.rule("status") for entry in edition.entries.values()} == {"draft"}
    assert not any(entry.is_approved for entry in edition.entries.values())


def test_a_draft_says_that_a_program_made_it_and_how_sure_it_is(edition: Edition) -> None:
    mapped = [entry for entry in edition.entries.values() if entry.indicator_id is not None]
    assert [entry.question for entry in mapped] == ["1.1", "1/2 & 3"]
    for entry in mapped:
        assert entry.provenance["author_id"] == AUTHOR
        assert entry.provenance["mapping_justification"] == JUSTIFICATION
        assert entry.provenance["reviewer_id"] == ""
        assert entry.provenance["mapping_date"] == DAY.isoformat()
        assert entry.predicate in ("close", "related")
        assert entry.confidence is not None
        assert (entry.predicate == "close") == (entry.confidence >= 0.5)


def test_nothing_is_guessed_that_only_a_reader_knows(edition: Edition) -> None:
    filled = {name for entry in edition.entries.values() for name, value in entry.rules.items() if value}
    assert filled == {"question", "status"}


def test_what_an_export_shows_of_its_answers_is_written_down(
    tmp_path: Path, evidence: Evidence, model: SuggestionModel
) -> None:
    rankings = rank(QUESTIONS, evidence, model)
    shown = {"9": {"scale": "finding", "example_answer": "finding", "status": "approved"}}
    drafted = DraftedEdition("lantern", "one", DAY)
    edition = _written(tmp_path, draft(drafted, rankings, evidence.known, model, lambda *_: "", shown))
    filled = {name: value for name, value in edition.entries["9"].rules.items() if value}
    assert filled == {"question": "9", "scale": "finding", "example_answer": "finding", "status": "draft"}
    assert [name for name, value in edition.entries["10"].rules.items() if value] == ["question", "status"]


def test_a_question_without_a_candidate_is_not_said_to_have_no_term(edition: Edition) -> None:
    text = edition.sssom_path.read_text(encoding="utf-8")
    assert "NoTermFound" not in text
    assert "lantern:9" not in text


def test_the_lint_says_once_for_each_draft_what_a_person_has_to_say(edition: Edition) -> None:
    complaints = _lint(edition)
    assert [complaint.place.rsplit(": ", 1)[1] for complaint in complaints] == list(edition.entries)
    assert not any(complaint.stops_a_run for complaint in complaints)
    assert "scale, polarity, basis, example_answer, example_state" in complaints[0].message
    assert "basis" not in complaints[1].message, "a number has no basis"
    assert "no indicator yet" in complaints[2].message


def _fill(edition: Edition, **cells: str) -> Edition:
    """The edition with cells of its first rule filled in."""
    header, first, *rest = edition.rules_path.read_text(encoding="utf-8").splitlines()
    row = dict(zip(header.split("\t"), first.split("\t"), strict=True)) | cells
    edition.rules_path.write_text("\n".join([header, "\t".join(row.values()), *rest, ""]), encoding="utf-8")
    return load_edition(edition.sssom_path, edition.rules_path)


FILLED = {
    "scale": "finding", "polarity": "positive", "basis": "buyer_code", "example_answer": "finding",
    "example_state": "not_met",
}  # fmt: skip


def test_a_draft_that_is_filled_in_is_clean(edition: Edition) -> None:
    assert _lint(_fill(edition, **FILLED))[0].place.endswith("1/2 & 3")


def test_what_is_filled_in_wrongly_is_complained_about_and_stops_a_run(edition: Edition) -> None:
    wrong = [one for one in _lint(_fill(edition, **{**FILLED, "polarity": "upwards"})) if one.stops_a_run]
    assert ["upwards" in one.message for one in wrong] == [True]


def test_a_draft_that_is_approved_unfilled_stops_a_run(edition: Edition) -> None:
    assert any(one.stops_a_run for one in _lint(_fill(edition, status="approved")))


def test_a_draft_counts_as_not_approved(edition: Edition) -> None:
    (row,) = question_coverage([edition])
    assert (row.questions, row.mapped, row.ignored, row.not_approved) == (4, 0, 0, 4)


def test_drafts_in_a_project_stop_no_run(tmp_path: Path, evidence: Evidence, model: SuggestionModel) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "mappings", project / "mappings")
    write_drafts(_texts(QUESTIONS, evidence, model), draft_paths(project / "mappings", "lantern", "one"))
    understanding = load_knowledge(Project.locate(project), DAY, tmp_path / "scratch")
    assert ("lantern", "one") in understanding.crosswalks.index.editions


def test_the_reference_implementation_accepts_the_drafts(edition: Edition, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        mappings = parse_sssom_table(edition.sssom_path)
        report = validate(
            mappings, [SchemaValidationType.JsonSchema, SchemaValidationType.PrefixMapCompleteness], fail_on_error=False
        )
    assert {kind: found.results for kind, found in report.items() if found.results} == {}
    assert len(mappings.df) == 2
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_no_text_of_a_question_is_written(edition: Edition) -> None:
    for path in edition.sssom_path.parent.iterdir():
        assert "on time." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("end", [".sssom.tsv", ".rules.tsv", ".candidates.tsv"])
def test_nothing_is_overwritten(end: str, tmp_path: Path) -> None:
    standing = tmp_path / "lantern" / f"one{end}"
    standing.parent.mkdir()
    standing.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="stands here already"):
        draft_paths(tmp_path, "lantern", "one")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_drafts({end: "theirs"}, {end: standing})
    assert standing.read_text(encoding="utf-8") == "mine"


def test_a_folder_of_the_instruments_name_is_taken_as_its_own(tmp_path: Path) -> None:
    assert draft_paths(tmp_path / "lantern", "lantern", "one")[".rules.tsv"] == tmp_path / "lantern/one.rules.tsv"


@pytest.mark.parametrize(
    ("instrument", "edition"), [("Lantern", "1"), ("../x", "1"), ("a", "1"), ("lantern", "../1"), ("lantern", "")]
)
def test_names_that_no_crosswalk_may_have_are_refused(instrument: str, edition: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot name"):
        draft_paths(tmp_path, instrument, edition)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    rows=st.lists(
        st.tuples(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12), st.text(max_size=40)),
        min_size=1,
        max_size=5,
        unique_by=lambda row: row[0],
    )
)
def test_whatever_is_asked_is_drafted_loads_and_is_not_approved(
    rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory, evidence: Evidence, model: SuggestionModel
) -> None:
    questions = [AskedQuestion(code, text) for code, text in rows]
    edition = _written(tmp_path_factory.mktemp("drafts"), _texts(questions, evidence, model))
    assert list(edition.entries) == [code for code, _ in rows]
    assert not any(entry.is_approved for entry in edition.entries.values())
