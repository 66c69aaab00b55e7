"""What suggestions work with, loaded once."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from harmonize.crosswalk.language import load_language
from harmonize.crosswalk.suggestions.columns import Headers, load_headers
from harmonize.crosswalk.suggestions.evidence import Evidence
from harmonize.crosswalk.suggestions.indicators import IndicatorTexts
from harmonize.crosswalk.suggestions.model import SuggestionModel, load_model
from harmonize.crosswalk.suggestions.wording import Wording, load_wording
from harmonize.project import Project
from tests.pipeline.worlds import ROOT

SUGGESTIONS = ROOT / "schemas/suggestions"


@pytest.fixture(scope="session")
def wording() -> Wording:
    return load_wording(SUGGESTIONS / "synonyms.yml")


@pytest.fixture(scope="session")
def model() -> SuggestionModel:
    return load_model(SUGGESTIONS / "model.yml")


@pytest.fixture(scope="session")
def headers() -> Headers:
    return load_headers(SUGGESTIONS / "columns.yml")


@pytest.fixture(scope="session")
def known(wording: Wording) -> IndicatorTexts:
    return IndicatorTexts.of(load_language(Project((ROOT,), ROOT)), wording)


@pytest.fixture(scope="session")
def evidence(known: IndicatorTexts, wording: Wording) -> Evidence:
    return Evidence(known, wording)


@pytest.fixture(scope="session")
def invented() -> list[dict[str, str]]:
    """A questionnaire of our own in four languages, with the right indicator of each line."""
    with Path(__file__).with_name("invented.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))
