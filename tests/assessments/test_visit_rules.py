"""What is known of visits beside factory and day: loaded whole, or refused with place and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from harmonize.assessments.visit_rules import load_visit_rules
from harmonize.errors import ConfigurationError
from harmonize.sources.profile import load_profiles
from tests.pipeline.worlds import alone


def test_the_shipped_rules_name_instruments_and_ratings_that_exist() -> None:
    rules = load_visit_rules(alone().find("schemas/visits.yml"))
    profiles = load_profiles(alone().files("mappings", "*/source.yml"))
    named = {
        *rules.dated_on_site,
        *(name for rule in rules.same_visit for name in (rule.instrument, rule.seen_by)),
        *(name for rule in rules.rating_derived_from for name in (rule.instrument, rule.derived_from)),
        *(name for rule in rules.auto_accepted for name in (rule.instrument, rule.programme)),
    }
    assert named <= profiles.keys()
    for rule in rules.rating_derived_from:
        assert set(rule.ratings) <= set(profiles[rule.instrument].ratings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("same_visit: [{instrument: a, seen_by: b}]", "within_days"),
        ("same_visit: [{instrument: a, seen_by: b, within_days: 0}]", "within_days"),
        ("same_vist: []", "same_vist"),
        (
            "same_visit: [{instrument: a, seen_by: b, within_days: 3}, {instrument: b, seen_by: c, within_days: 3}]",
            "b is told by another instrument",
        ),
    ],
)
def test_a_rule_that_is_not_whole_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "visits.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as refused:
        load_visit_rules(path)
    assert str(path) in str(refused.value)


def test_no_rules_are_rules(tmp_path: Path) -> None:
    path = tmp_path / "visits.yml"
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert load_visit_rules(path).same_visit == ()
