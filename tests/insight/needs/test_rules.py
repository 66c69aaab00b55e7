"""What may be told of peers is a file: strict, and never laxer than five groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from harmonize.crosswalk.language import load_language
from harmonize.errors import ConfigurationError
from harmonize.insight.needs.rules import load_benchmark_rules
from harmonize.values.identifiers import IdentifierRules
from tests.pipeline.worlds import alone

PATH = alone().find("schemas/benchmarks.yml")
RULES = load_benchmark_rules(PATH)
LANGUAGE = load_language(alone())


def test_volumes_production_capacity_and_wage_grades_are_never_told() -> None:
    for name in LANGUAGE.indicators:
        if any(word in name for word in ("production_volume", "capacity", "wage_grade", "lowest_grade", "price")):
            assert not RULES.may_tell(name)
            assert not RULES.is_intensity(name)
    totals = ("energy.metrics.energy_total", "water.metrics.water_total", "energy.metrics.energy_final_assembly")
    told = [name for name in totals if RULES.is_intensity(f"environment.{name}")]
    assert told == [], "a total over an intensity is a volume"


def test_intensities_are_quantities_per_unit() -> None:
    listed = [entry for name, entry in LANGUAGE.indicators.items() if RULES.is_intensity(name)]
    assert len(listed) > 10
    assert all(entry.kind == "quantity" and entry.unit and "/" in entry.unit for entry in listed)


def test_compliance_and_practice_may_be_told() -> None:
    kinds = {"compliance", "practice"}
    assert all(RULES.may_tell(name) for name, entry in LANGUAGE.indicators.items() if entry.kind in kinds)


def test_owners_and_withheld_matters_exist() -> None:
    identifiers = IdentifierRules.from_folder(PATH.parent)
    assert all(identifiers.level(scheme, "x1", "VN") == "company" for scheme in RULES.owners.schemes)
    assert set(RULES.before.withheld_topics) <= set(LANGUAGE.topics)
    assert set(RULES.before.withheld_facets) <= set(LANGUAGE.facets)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda c: c.update(least_groups=4), "least_groups"),
        (lambda c: c.update(most_of_one_group=1.5), "most_of_one_group"),
        (lambda c: c.update(circles=[["colour"]]), "circles.0.0"),
        (lambda c: c["before"].update(years=2), "before.years"),
        (lambda c: c.pop("never"), "never"),
    ],
)
def test_rules_that_are_impossible_are_refused(tmp_path: Path, change: Any, place: str) -> None:
    content = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / "benchmarks.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_benchmark_rules(path)
    assert place in str(refused.value)
    assert str(path) in str(refused.value)
