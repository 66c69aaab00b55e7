"""The files of reuse: every topic has a class, and whatever is wrong in a file is told with its place and cure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harmonize.assessments.reuse.assumptions import load_assumptions
from harmonize.assessments.reuse.questionnaire import load_states, load_words
from harmonize.assessments.reuse.requirements import (
    ASKABLE,
    Indicator,
    Language,
    Requirements,
    expand,
    load_requirements,
    volatility_of,
)
from harmonize.assessments.reuse.rules import check_rules, load_rules
from harmonize.crosswalk.language import load_language
from harmonize.errors import ConfigurationError
from harmonize.project import Project
from harmonize.sources.profile import load_profiles

ROOT = Path(__file__).parents[3]
RULES = ROOT / "schemas" / "reuse.yml"
EXAMPLE = ROOT / "pipelines" / "requirements" / "example-buyer.yml"
AUDITS = ROOT / "pipelines" / "assumptions" / "audits.yml"


@pytest.fixture(scope="module")
def language() -> Language:
    """The language that the project speaks."""
    spoken = load_language(Project.locate(ROOT))
    return Language(
        {name: one.parent_id for name, one in spoken.topics.items()},
        {name: one.pillar for name, one in spoken.topics.items()},
        {name: Indicator(name, one.topic_id, one.kind, tuple(one.facets)) for name, one in spoken.indicators.items()},
    )


@pytest.fixture(scope="module")
def instruments() -> list[str]:
    return sorted(load_profiles(Project.locate(ROOT).files("mappings", "*/source.yml")))


def test_every_topic_and_indicator_has_a_class(language: Language) -> None:
    rules = load_rules(RULES)
    check_rules(RULES, rules, language)
    assert {volatility_of(Indicator("x", topic, "compliance", ()), rules, language) for topic in language.topics} == {
        "short",
        "medium",
        "long",
    }
    assert all(volatility_of(one, rules, language) in rules.classes for one in language.entries.values())


@pytest.mark.parametrize(
    ("indicator", "volatility"),
    [
        ("labour.osh.emergency_preparedness.exits_unobstructed", "short"),
        ("labour.osh.worker_protection.ppe_provided_and_used", "short"),
        ("labour.working_time.overtime.within_limits", "short"),
        ("labour.compensation.minimum_wage.paid", "short"),
        ("environment.site.level1.permits_valid", "long"),
        ("labour.osh.worker_protection.elevators", "long"),
    ],
)
def test_rule_18_matters_have_the_class_that_the_rule_names(
    language: Language, indicator: str, volatility: str
) -> None:
    assert volatility_of(language.entries[indicator], load_rules(RULES), language) == volatility


def test_rule_21_the_three_that_are_always_asked_have_labels() -> None:
    always = load_rules(RULES).always_asked
    assert list(always) == ["records_integrity", "walk_through", "interviews"]
    assert all({"en", "vi"} <= one.labels.keys() for one in always.values())


def test_the_example_requires_askable_indicators_and_the_nearest_entry_holds(
    language: Language, instruments: list[str]
) -> None:
    profile = load_requirements(EXAMPLE)
    found = {
        one.indicator.indicator_id: one for one in expand(EXAMPLE, profile, load_rules(RULES), language, instruments)
    }
    assert all(one.indicator.kind in ASKABLE for one in found.values())
    assert found["labour.osh.emergency_preparedness.exits_unobstructed"].verification == "onsite"
    assert found["labour.child_labour.child_labourers.minimum_age"].verification == "desk"
    assert found["labour.child_labour.child_labourers.minimum_age"].maximum_age_days == 400
    assert found["labour.compensation.minimum_wage.overall"].changed_on == [date(2025, 1, 1)]
    assert found["ethics.records_integrity.retention"].always == "records_integrity"
    assert found["environment.site.level1.permits_valid"].is_desk


def test_every_assumption_has_a_reason_and_is_marked() -> None:
    rows = load_assumptions(AUDITS).rows()
    assert len(rows) > 10
    assert all(reason.startswith("[A]") for _, _, reason in rows)


def test_words_are_there_in_every_language(language: Language) -> None:
    words = load_words(ROOT / "schemas" / "reuse_words.yml")
    states = load_states(ROOT / "schemas" / "language" / "states.yml")
    assert all(said.keys() == {"en", "vi", "km", "th"} for said in (*words.questionnaire.values(), *words.why.values()))
    assert all({"en", "vi"} <= said.keys() for said in (*words.summary.values(), *words.headings.values()))
    assert all(state in states for found in words.answers.values() for state in found)
    assert words.answers.keys() == ASKABLE
    assert language.topics


def _changed(folder: Path, path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    target = folder / path.name
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    return target


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "labour.working_time: short",
            "labour.working_time: quick",
            "topics.labour.working_time has the class 'quick'",
        ),
        ("workforce_change: 0.25", "workforce_change: -1", "workforce_change"),
        ("expiring_within_days: [60, 90]", "expiring_within_days: [90, 60]", "must rise"),
        ("  zero_tolerance: {why: a zero-tolerance finding, same_day: true}\n", "", "zero_tolerance is missing"),
        ("workforce_change", "workforce_chance", "workforce_ch"),
        ("{facet: records_integrity,", "{facet: records_integrity, indicator: x,", "either a facet or an indicator"),
    ],
)
def test_what_is_wrong_in_the_rules_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = _changed(tmp_path, RULES, old, new)
    with pytest.raises(ConfigurationError) as refused:
        load_rules(path)
    assert str(path) in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("labour.working_time: short", "labour.working_tme: short", "near are labour.working_time"),
        ("labour.osh.worker_protection.elevators: long", "labour.osh.elevators: long", "no indicator"),
        ("facets: [records_integrity]", "facets: [records]", "no facet 'records'"),
        (" community: long,", "", "no class for the pillar 'community'"),
    ],
)
def test_names_that_the_release_does_not_know_are_told_with_what_is_near(
    tmp_path: Path, language: Language, old: str, new: str, told: str
) -> None:
    path = _changed(tmp_path, RULES, old, new)
    with pytest.raises(ConfigurationError) as refused:
        check_rules(path, load_rules(path), language)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{pillar: labour}", "{pillar: labor}", "requirements.0.pillar: there is no pillar 'labor'"),
        ("{pillar: labour}", "{pillar: labour, topic: labour.osh}", "one of indicator, topic and pillar"),
        ("{topic: ethics.records_integrity}", "{topic: environment.site}", "stands in requirements.3 already"),
        ("verification: desk ", "verification: paper ", "verification"),
        ("maximum_age_days: {medium: 400}", "maximum_age_days: {middle: 400}", "no volatility class 'middle'"),
        ("instruments: [higg_fem,", "instruments: [higg,", "near are higg_fem"),
        ("changed_on: 2025-01-01", "changed_on: soon", "changed_on"),
    ],
)
def test_what_is_wrong_in_a_profile_is_told_with_its_place(
    tmp_path: Path, language: Language, instruments: list[str], old: str, new: str, told: str
) -> None:
    path = _changed(tmp_path, EXAMPLE, old, new)
    with pytest.raises(ConfigurationError) as refused:
        expand(path, load_requirements(path), load_rules(RULES), language, instruments)
    assert str(path) in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "requirements: [", "requirements: []\n"])
def test_a_profile_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"b\.yml"):
        load_requirements(path)


def test_an_assumption_without_a_reason_is_refused(tmp_path: Path) -> None:
    path = _changed(tmp_path, AUDITS, 'reason: "[A] the most common size"', 'reason: ""')
    with pytest.raises(ConfigurationError, match="days_where_workers_are_unknown"):
        load_assumptions(path)


def test_a_change_of_the_whole_profile_and_of_an_entry_both_count(language: Language) -> None:
    profile = Requirements.model_validate(
        {
            "buyer": "b",
            "changed_on": "2025-03-01",
            "requirements": [{"indicator": "general.facility.workers", "changed_on": "2027-01-01"}],
        }
    )
    (found,) = expand(EXAMPLE, profile, load_rules(RULES), language, [])
    assert sorted(found.changed_on) == [date(2025, 3, 1), date(2027, 1, 1)]
