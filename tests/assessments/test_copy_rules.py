"""Which deliveries are one report, as figures in a file: loaded whole, or refused with place and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from harmonize.assessments.copy_rules import CONFIDENCES, DOUBTS, load_copy_rules
from harmonize.errors import ConfigurationError
from harmonize.sources.profile import load_profiles
from tests.pipeline.worlds import ROOT, alone

SHIPPED = ROOT / "schemas" / "copies.yml"


def test_the_shipped_rules_name_instruments_that_exist_and_every_kind_of_evidence() -> None:
    rules = load_copy_rules(SHIPPED)
    profiles = load_profiles(alone().files("mappings", "*/source.yml"))
    assert {*rules.days.by_instrument, *rules.edition_not_printed} <= profiles.keys()
    assert (set(rules.confidence), set(rules.doubt)) == (set(CONFIDENCES), set(DOUBTS))


def test_what_is_merged_is_surer_than_what_is_shown_to_a_person() -> None:
    rules = load_copy_rules(SHIPPED)
    assert min(one.is_ for one in rules.confidence.values()) > max(one.is_ for one in rules.doubt.values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reused_number_days: 90", "reused_number_days: 0", "reused_number_days"),
        ("reused_number_days: 90", "reused_numbers: 90", "reused_number"),
        ("is: 0.999", "is: 1.999", "native_id"),
        ("  alone: {words: alone, is: 1.0}", "", "confidence.alone: is missing"),
        ("  alone: {words: alone", "  lone: {words: alone", "alone: is"),
    ],
)
def test_a_rule_that_is_not_whole_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "copies.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as refused:
        load_copy_rules(path)
    assert str(path) in str(refused.value)
