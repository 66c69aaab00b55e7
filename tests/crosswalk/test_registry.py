"""Every crosswalk of the registry: valid SSSOM, every question mapped or ignored with a reason, every example true."""

from __future__ import annotations

import csv
import logging
from pathlib import Path

import pytest
import yaml
from sssom.constants import SchemaValidationType
from sssom.parsers import parse_sssom_table
from sssom.validators import validate

from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.mapping import RULE_COLUMNS, SSSOM_COLUMNS, Edition, load_editions, split_header
from harmonize.crosswalk.scales import Scale, load_scales, state_of
from harmonize.project import Project
from harmonize.sources.profile import load_profiles
from tests.pipeline.worlds import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:sssom")

PROJECT = Project((ROOT,), ROOT)
EDITIONS = load_editions(PROJECT)
EACH = pytest.mark.parametrize("edition", [pytest.param(e, id=f"{e.instrument}/{e.edition}") for e in EDITIONS])


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(PROJECT)


@pytest.fixture(scope="module")
def scales() -> dict[str, Scale]:
    return dict(load_scales(ROOT / "schemas/scales.yml"))


def _rows(path: Path) -> list[dict[str, str]]:
    _, body = split_header(path.read_text(encoding="utf-8"))
    return list(csv.DictReader(body.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_instrument_that_assesses_has_a_crosswalk_for_every_edition_it_names() -> None:
    profiles = load_profiles(PROJECT.files("mappings", "*/source.yml"))
    named = {
        (name, target)
        for name, profile in profiles.items()
        for target in (*profile.editions.values(), *profile.national_editions.values())
    }
    assert named == {(edition.instrument, edition.edition) for edition in EDITIONS}
    assert {name for name, profile in profiles.items() if profile.kind == "assessment"} == {name for name, _ in named}


@EACH
def test_sssom_files_validate_with_the_reference_implementation(
    edition: Edition, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        mappings = parse_sssom_table(edition.sssom_path)
        report = validate(
            mappings, [SchemaValidationType.JsonSchema, SchemaValidationType.PrefixMapCompleteness], fail_on_error=False
        )
    assert {kind: found.results for kind, found in report.items() if found.results} == {}
    assert len(mappings.df) == len(_rows(edition.sssom_path))
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@EACH
def test_sssom_headers_say_set_version_and_licence(edition: Edition) -> None:
    header, body = split_header(edition.sssom_path.read_text(encoding="utf-8"))
    metadata = yaml.safe_load(header)
    assert metadata["mapping_set_id"].startswith("https://w3id.org/harmonize/")
    assert str(metadata["mapping_set_version"])
    assert metadata["license"].startswith("https://")
    assert tuple(body.split("\n", 1)[0].split("\t")) == SSSOM_COLUMNS


@EACH
def test_every_question_is_mapped_or_ignored_with_a_reason(edition: Edition, language: Language) -> None:
    open_questions = [
        entry.question
        for entry in edition.entries.values()
        if entry.indicator_id not in language.indicators and not (entry.indicator_id is None and entry.rule("reason"))
    ]
    assert open_questions == []


@EACH
def test_both_files_have_the_same_questions_in_the_same_order(edition: Edition) -> None:
    from urllib.parse import quote, unquote

    subjects = [row["subject_id"] for row in _rows(edition.sssom_path) if row["predicate_modifier"] != "Not"]
    questions = [unquote(subject.partition(":")[2]) for subject in subjects]
    assert sorted(questions) == sorted(edition.entries)
    assert subjects == [f"{edition.instrument}:{quote(question, safe='')}" for question in questions]
    assert tuple(edition.rules_path.read_text(encoding="utf-8").split("\n", 1)[0].split("\t")) == RULE_COLUMNS


@EACH
def test_an_ignored_question_is_written_as_one(edition: Edition) -> None:
    ignored = [row for row in _rows(edition.sssom_path) if row["object_id"] == "sssom:NoTermFound"]
    assert {row["predicate_id"] for row in ignored} <= {"skos:exactMatch"}
    assert all(
        edition.entries[question].rule("reason")
        for question, entry in edition.entries.items()
        if entry.indicator_id is None
    )


@EACH
def test_reasons_stand_at_ignored_questions_only(edition: Edition) -> None:
    assert [q for q, entry in edition.entries.items() if entry.indicator_id is not None and entry.rule("reason")] == []


@EACH
def test_every_example_is_true(edition: Edition, scales: dict[str, Scale]) -> None:
    wrong = [
        (question, entry.rule("example_answer"))
        for question, entry in edition.entries.items()
        if entry.indicator_id is not None
        and state_of(scales[entry.rule("scale") or ""], entry.rule("example_answer") or "", entry.rule("polarity"))
        != entry.rule("example_state")
    ]
    assert wrong == []


@EACH
def test_compliance_questions_name_their_basis(edition: Edition, language: Language) -> None:
    silent = [
        question
        for question, entry in edition.entries.items()
        if entry.indicator_id is not None
        and (language.indicators[entry.indicator_id].kind == "compliance") != (entry.rule("basis") is not None)
    ]
    assert silent == []


@EACH
def test_quantities_accept_units_and_nothing_else_does(edition: Edition, language: Language) -> None:
    wrong = [
        question
        for question, entry in edition.entries.items()
        if entry.indicator_id is not None
        and entry.rule("unit")
        and language.indicators[entry.indicator_id].kind != "quantity"
    ]
    assert wrong == []


@EACH
def test_people_are_pseudonyms(edition: Edition) -> None:
    people = {row[column] for row in _rows(edition.sssom_path) for column in ("author_id", "reviewer_id")} - {""}
    assert all(person.startswith(("hzp:", "orcid:")) for person in people)


@pytest.mark.parametrize(
    "path", PROJECT.files("mappings", "*/compliance_points.tsv"), ids=lambda path: path.parent.name
)
def test_compliance_points_lead_to_indicators(path: Path, language: Language) -> None:
    rows = _rows(path)
    assert {row["indicator_id"] for row in rows} <= set(language.indicators)
    assert {row["topic_id"] for row in rows} <= set(language.topics)
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", PROJECT.files("mappings", "*/fingerprints.tsv"), ids=lambda path: path.parent.name)
def test_fingerprints_lead_to_questions(path: Path) -> None:
    known = {(e.instrument, e.edition, question) for e in EDITIONS for question in e.entries}
    rows = _rows(path)
    assert rows
    lost = [row["question"] for row in rows if (path.parent.name, row["edition"], row["question"]) not in known]
    assert lost == []
    keys = [(row["country"], row["label_sha256"]) for row in rows]
    assert len(keys) == len(set(keys))
