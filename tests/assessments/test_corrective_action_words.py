"""The words of a plan: whole in every language, and English beside that of the factory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from harmonize.assessments.corrective_actions.words import PlanWords, load_plan_words
from harmonize.errors import ConfigurationError
from harmonize.sources.profile import load_profiles
from tests.pipeline.worlds import alone

PATH = alone().find("schemas/corrective_actions.yml")


@pytest.fixture(scope="module")
def words() -> PlanWords:
    return load_plan_words(PATH)


def test_the_language_is_that_of_the_country(words: PlanWords) -> None:
    assert [words.language_of(country, None) for country in ("VN", "KH", "TH", "BD", None)] == [
        "vi", "km", "th", None, None,
    ]  # fmt: skip
    assert words.language_of("VN", "en") is None
    assert words.language_of("VN", "km") == "km"
    with pytest.raises(ConfigurationError, match="fr"):
        words.language_of("VN", "fr")


def test_words_stand_in_both_languages(words: PlanWords) -> None:
    assert words.spoken("vi")("due_on") == "Due / Hạn"
    assert words.spoken(None)("due_on") == "Due"
    assert words.spoken("vi")("missing_due", count=3).startswith("3 open matters")


def test_every_instrument_has_somebody_who_accepts(words: PlanWords) -> None:
    profiles = load_profiles(alone().files("mappings", "*/source.yml"))
    assessing = [one for one in profiles.values() if one.kind == "assessment"]
    assert {one.rights.who_may_grant for one in assessing} <= {*words.accepted_by, "nobody"}


def _broken(folder: Path, change: Any) -> Path:
    content = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    change(content)
    path = folder / "words.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda c: c["words"]["plan"].pop("km"), "'plan' has no word in km"),
        (lambda c: c["words"]["missing_due"].update(vi="không"), "'missing_due' leaves other blanks"),
        (lambda c: c.update(state="machine"), "state"),
        (lambda c: c["words"]["plan"].update(en=True), "words.plan.en"),
    ],
)
def test_words_that_are_not_whole_are_refused_with_file_and_place(tmp_path: Path, change: Any, told: str) -> None:
    path = _broken(tmp_path, change)
    with pytest.raises(ConfigurationError, match="Correct it there") as refused:
        load_plan_words(path)
    assert told in str(refused.value)
    assert str(path) in str(refused.value)
