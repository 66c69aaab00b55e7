"""The data on what is withheld: all of it matches something, and what sounds like antitrust is classified."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

from harmonize.errors import ConfigurationError
from harmonize.sharing.withholding_rules import Indicator, SensitiveTexts, WithheldClass, load_withholding_rules
from tests.pipeline.worlds import alone
from tests.sharing.worlds import INDICATORS, LANGUAGE, RULES

IDS = {one.indicator_id for one in INDICATORS}
CLASSES: dict[str, set[str]] = {one.name: set() for one in RULES.classes}
for _indicator_id, _name in RULES.classes_of(INDICATORS):
    CLASSES[_name].add(_indicator_id)
ANTITRUST = CLASSES["antitrust"] | CLASSES["antitrust_intensity"]
EVERYBODY = {"buyer", "manufacturer", "government", "civil_society", "financier"}
SAYS_AMOUNTS = ("quantity", "category", "text")


def _patterns() -> Iterator[tuple[str, str]]:
    for one in RULES.classes:
        yield from ((one.name, pattern) for pattern in (*one.indicators, *one.besides))
    yield from (("considered", pattern) for one in RULES.antitrust_considered for pattern in one.indicators)
    counts, texts = RULES.small_counts, RULES.sensitive_texts
    yield from (("small_counts", pattern) for pattern in (*counts.indicators, *counts.besides, *counts.always))
    yield from (("sensitive_texts", pattern) for pattern in (*texts.indicators, *texts.besides))
    yield from (("personal", pattern) for pattern in RULES.personal.besides)
    yield from (("derived_pairs", side) for pair in RULES.derived_pairs for side in (pair.total, pair.per_unit))


@pytest.mark.parametrize(("place", "pattern"), list(_patterns()))
def test_every_pattern_matches_an_indicator(place: str, pattern: str) -> None:
    assert any(fnmatchcase(name, pattern) for name in IDS), place


def test_topics_facets_and_counts_are_known() -> None:
    matching: list[WithheldClass | SensitiveTexts] = [*RULES.classes, RULES.sensitive_texts]
    assert {topic for one in matching for topic in one.topics} <= set(LANGUAGE.topics)
    assert {facet for one in matching for facet in one.facets} <= set(LANGUAGE.facets)
    counts = RULES.small_counts
    named = {name for one in counts.sums for name in (one.total, *one.parts)}
    assert named | {name for one in counts.shares for name in (one.share, one.of)} <= IDS
    assert {severity for one in matching for severity in one.severities} <= set(LANGUAGE.severities)
    assert {state for one in RULES.classes for state in one.states} <= set(LANGUAGE.states)


def _questions(instrument: str) -> set[str]:
    found = set()
    for path in alone().files(f"mappings/{instrument}", "*.sssom.tsv"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        found |= {unquote(row["subject_id"].split(":", 1)[1]).lower() for row in csv.DictReader(lines, delimiter="\t")}
    return found


@pytest.mark.parametrize(
    ("instrument", "pattern"),
    [(name, pattern) for one in RULES.classes for name, patterns in one.questions.items() for pattern in patterns],
)
def test_every_question_pattern_matches_a_question(instrument: str, pattern: str) -> None:
    assert any(fnmatchcase(question, pattern) for question in _questions(instrument))


def test_what_sounds_like_antitrust_is_classified() -> None:
    """An indicator of production, volume, price, capacity or customers is withheld, or named with the reason."""
    considered = [pattern for one in RULES.antitrust_considered for pattern in one.indicators]
    unclassified = [
        one.indicator_id
        for one in INDICATORS
        if one.kind in SAYS_AMOUNTS
        and one.indicator_id not in ANTITRUST
        and any(
            word in f"{one.indicator_id} {LANGUAGE.indicators[one.indicator_id].labels['en']}".lower()
            for word in RULES.antitrust_words
        )
        and not any(fnmatchcase(one.indicator_id, pattern) for pattern in considered)
    ]
    assert unclassified == [], "classify them in schemas/sharing.yml, or name them under antitrust_considered"


def test_a_new_indicator_of_volumes_would_be_noticed() -> None:
    sounding = [f"environment.site.metrics.{word.strip().replace(' ', '_')}_x" for word in RULES.antitrust_words]
    assert len(sounding) > 15
    new = Indicator("environment.site.metrics.production_volume_new", "environment.site.metrics", "quantity", "kg")
    assert [name for _, name in RULES.classes_of([new])] == ["antitrust"]


def test_nothing_considered_is_withheld_as_well() -> None:
    assert not {
        name
        for name in ANTITRUST
        for one in RULES.antitrust_considered
        for pattern in one.indicators
        if fnmatchcase(name, pattern)
    }


@pytest.mark.parametrize(
    "name", ["antitrust", "antitrust_intensity", "special_category", "unmapped", "native_id", "worker_text"]
)
def test_law_knows_no_kind_of_audience(name: str) -> None:
    (one,) = [one for one in RULES.classes if one.name == name]
    assert set(one.denied_to) >= EVERYBODY
    assert not one.unless_right


def test_no_volume_follows_from_what_remains() -> None:
    """Of every two quantities of the language, total and per unit made, one is withheld from everybody.

    A quotient of two quantities is an amount of product only if a unit made stands below the line of one of them.
    Nothing that remains has such a unit.
    """
    made = set(RULES.product_units)
    told = [one for one in INDICATORS if one.kind == "quantity" and one.unit and one.indicator_id not in ANTITRUST]
    pairs = [
        (total.indicator_id, per_unit.indicator_id)
        for total, per_unit in product(told, told)
        for unit in (per_unit.unit or "").split("|")
        if "/" in unit and unit.split("/", 1)[1] in made and unit.split("/", 1)[0] in (total.unit or "").split("|")
    ]
    assert pairs == []
    # The units of the volumes themselves are known, and all volumes are withheld.
    volumes = [one for one in INDICATORS if one.unit and set(one.unit.split("|")) >= {"kg", "piece"}]
    assert volumes
    assert {one.indicator_id for one in volumes} <= ANTITRUST
    assert {unit for one in volumes for unit in (one.unit or "").split("|")} <= made


def test_both_sides_of_every_pair_are_stated() -> None:
    """Every quantity per unit made that the language knows stands in a pair with its total."""
    made = set(RULES.product_units)
    per_unit = [
        one.indicator_id for one in INDICATORS if one.unit and "/" in one.unit and one.unit.split("/")[1] in made
    ]
    assert len(per_unit) >= 14
    stated = [pair.per_unit for pair in RULES.derived_pairs]
    assert [name for name in per_unit if not any(fnmatchcase(name, pattern) for pattern in stated)] == []
    for pair in RULES.derived_pairs:
        sides = [{name for name in IDS if fnmatchcase(name, side)} for side in (pair.total, pair.per_unit)]
        assert sides[1] <= ANTITRUST
        assert sides[0] - sides[1], "the total stays, so it is there"
        assert not (sides[0] - sides[1]) & ANTITRUST


def test_every_count_of_workers_is_a_small_count_or_withheld_or_named() -> None:
    persons = [one for one in INDICATORS if one.unit == "person"]
    loose = [
        one.indicator_id
        for one in persons
        if not RULES.small_counts.counts(one) and one.indicator_id not in RULES.small_counts.besides
    ]
    assert loose == []


def test_men_of_a_group_are_tied_to_the_group() -> None:
    """By subtraction the women would follow: every count of men has its sum."""
    tied = {part for one in RULES.small_counts.sums for part in one.parts}
    special = CLASSES["special_category"]
    men = [one.indicator_id for one in INDICATORS if one.unit == "person" and one.indicator_id.endswith("_men")]
    assert [name for name in men if name not in tied | special] == []


def _spoilt(tmp_path: Path, change: dict[str, Any]) -> Path:
    content = yaml.safe_load(alone().find("schemas/sharing.yml").read_text(encoding="utf-8"))
    for name, value in change.items():
        content[name] = {**content[name], **value} if isinstance(value, dict) else value
    path = tmp_path / "sharing.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"small_counts": {"least": 1}}, "least"),
        ({"small_counts": {"sums": [{"total": "a", "parts": ["b"], "whole": True}]}}, "name the others"),
        ({"small_counts": {"sums": [{"total": "a", "parts": ["a"]}]}}, "no part of itself"),
        ({"small_counts": {"sums": [
            {"total": "a", "parts": ["b", "c"], "whole": True}, {"total": "d", "parts": ["b", "e"], "whole": True},
        ]}}, "one whole only"),
        ({"personal": {"stays": ["("]}}, "is no pattern"),
        ({"classes": [{"name": "x", "rule": 27, "why": "y", "denied_to": ["everyone"]}]}, "denied_to"),
        ({"classes": [{"name": "small_count", "rule": 27, "why": "y", "denied_to": ["buyer"]}]}, "a name of its own"),
    ],
)  # fmt: skip
def test_impossible_rules_are_refused(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        load_withholding_rules(_spoilt(tmp_path, change))
