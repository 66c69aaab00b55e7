"""Draft crosswalks load, are valid SSSOM, and are asked for by the lint until a person has decided every row."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sssom.constants import SchemaValidationType
from sssom.parsers import parse_sssom_table
from sssom.validators import validate

from harmonize.crosswalk.coverage import question_coverage
from harmonize.crosswalk.drafts import Candidate, DraftRow, draft_edition, edition_paths
from harmonize.crosswalk.harmonise import crosswalk_table
from harmonize.crosswalk.language import load_language
from harmonize.crosswalk.lint import Complaint, lint
from harmonize.crosswalk.mapping import Edition, load_edition
from harmonize.crosswalk.resolve import CrosswalkIndex, InstrumentRules, Question
from harmonize.crosswalk.scales import load_scales
from harmonize.project import Project
from harmonize.values.text import clean
from tests.pipeline.worlds import ROOT

DAY = date(2026, 7, 1)
FINDING = DraftRow("4.2", "finding", "positive", "buyer_code", example_answer="finding", example_state="not_met")


def _drafted(folder: Path, rows: Sequence[DraftRow]) -> Edition:
    folder = folder / "lantern"
    folder.mkdir(exist_ok=True)
    paths = edition_paths(folder, "v1")
    for path, text in zip(paths, draft_edition("lantern", "v1", rows, DAY), strict=True):
        path.write_text(text, encoding="utf-8")
    return load_edition(*paths)


def _complaints(edition: Edition) -> list[Complaint]:
    language = load_language(Project((ROOT,), ROOT))
    return lint([edition], language, load_scales(ROOT / "schemas/scales.yml"), frozenset())


def _compliance() -> str:
    language = load_language(Project((ROOT,), ROOT))
    return next(name for name, entry in sorted(language.indicators.items()) if entry.kind == "compliance")


def test_every_undecided_row_is_one_complaint(tmp_path: Path) -> None:
    edition = _drafted(tmp_path, [FINDING, DraftRow("Fire safety")])
    complaints = _complaints(edition)
    assert [(one.place, one.is_undecided) for one in complaints] == [
        ("lantern/v1.rules.tsv: 4.2", True),
        ("lantern/v1.rules.tsv: Fire safety", True),
    ]


def test_an_undecided_row_counts_as_nothing_else(tmp_path: Path) -> None:
    edition = _drafted(tmp_path, [FINDING])
    (row,) = question_coverage([edition])
    assert (row.questions, row.mapped, row.ignored, row.not_approved, row.undecided) == (1, 0, 0, 0, 1)
    rules = {"lantern": InstrumentRules({"v1": "v1"}, [], {})}
    index = CrosswalkIndex({("lantern", "v1"): edition}, rules, {}, {}, DAY)
    assert index.find(Question("lantern", "v1", None, "4.2", None, None)) is None
    assert crosswalk_table(index) == []


def test_a_candidate_is_a_mapping_that_is_not_approved(tmp_path: Path) -> None:
    candidate = Candidate(_compliance(), "skos:closeMatch", 0.625, "semapv:LexicalMatching")
    edition = _drafted(tmp_path, [replace(FINDING, candidate=candidate)])
    assert _complaints(edition) == []
    (row,) = question_coverage([edition])
    assert (row.mapped, row.not_approved, row.undecided) == (0, 1, 0)
    assert edition.entries["4.2"].confidence == pytest.approx(0.62)


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("\tdraft\t\t\t\t", "\tapproved\t\t\tNo matter of the language\t", []),
        ("\tdraft\t\t\t\t", "\tdraft\t\t\tNo matter of the language\t", []),
        ("\tdraft\t\t\t\t", "\tproposed\t\t\t\t", [True]),
        ("\tdraft\t\t\t\t", "\tapproved\t\t\t\t", [False]),
    ],
    ids=["ignored with a reason", "a reason", "proposed without one", "approved without one"],
)
def test_a_reason_decides_and_a_status_alone_does_not(tmp_path: Path, old: str, new: str, left: list[bool]) -> None:
    edition = _drafted(tmp_path, [FINDING])
    text = edition.rules_path.read_text(encoding="utf-8")
    assert old in text
    edition.rules_path.write_text(text.replace(old, new), encoding="utf-8")
    edition = load_edition(edition.sssom_path, edition.rules_path)
    assert [complaint.is_undecided for complaint in _complaints(edition)] == left


@pytest.mark.filterwarnings("ignore::DeprecationWarning:sssom")
def test_a_draft_validates_with_the_reference_implementation(tmp_path: Path) -> None:
    candidate = Candidate(_compliance(), "skos:closeMatch", 0.5, "semapv:LexicalMatching")
    edition = _drafted(tmp_path, [DraftRow("4.2 (a)"), DraftRow("Fire & exits", candidate=candidate)])
    mappings = parse_sssom_table(edition.sssom_path)
    report = validate(
        mappings, [SchemaValidationType.JsonSchema, SchemaValidationType.PrefixMapCompleteness], fail_on_error=False
    )
    assert {kind: found.results for kind, found in report.items() if found.results} == {}
    assert len(mappings.df) == 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), unique=True))
def test_any_code_comes_back_as_it_was(texts: list[str]) -> None:
    questions = list(dict.fromkeys(filter(None, map(clean, texts))))
    with tempfile.TemporaryDirectory() as folder:
        edition = _drafted(Path(folder), [DraftRow(question) for question in questions])
    assert list(edition.entries) == questions
    assert all(entry.is_undecided for entry in edition.entries.values())
