"""What differs between two states of the crosswalks is told from what to what; what does not matter is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from harmonize.crosswalk.changes import (
    entailment_changes,
    language_changes,
    mapping_changes,
    scale_changes,
    source_changes,
    unit_changes,
)
from harmonize.crosswalk.language import IndicatorEntry, Language, TopicEntry
from harmonize.crosswalk.mapping import MappingEntry
from harmonize.crosswalk.resolve import CrosswalkIndex, InstrumentRules
from harmonize.crosswalk.scales import Scale
from harmonize.values.units import CommonUnit, UnitTable

RULES = {
    "scale": "yes_no",
    "polarity": "positive",
    "status": "approved",
    "basis": "buyer_code",
    "example_answer": "Yes",
}
ENTRY = MappingEntry("lantern", "one", "7", "exact", "labour.pay", 0.9, RULES, (), {"author_id": "hzp:founders"})


def _rules(**changes: str) -> Mapping[str, str]:
    return {**RULES, **changes}


def test_what_changed_of_a_mapping_is_told_from_what_to_what() -> None:
    after = replace(ENTRY, predicate="close", indicator_id="labour.hours", rules=_rules(polarity="negative", basis=""))
    (change,) = mapping_changes([ENTRY], [after])
    assert (change.kind, change.instrument, change.edition, change.name) == ("mapping", "lantern", "one", "7")
    assert change.mapping_id == "lantern:one:7"
    assert change.told == (
        "indicator labour.pay -> labour.hours; predicate exact -> close; polarity positive -> negative; "
        "basis buyer_code -> (empty)"
    )


def test_who_says_so_and_the_example_are_no_change_of_meaning() -> None:
    after = replace(ENTRY, rules=_rules(example_answer="No"), provenance={"author_id": "hzp:others"})
    assert mapping_changes([ENTRY], [after]) == []


def test_a_mapping_that_comes_goes_or_is_ignored_is_told() -> None:
    ignored = replace(ENTRY, predicate=None, indicator_id=None, rules=_rules(reason="twice"))
    (came,), (went,), (is_ignored,) = (
        mapping_changes([], [ENTRY]),
        mapping_changes([ENTRY], []),
        mapping_changes([ENTRY], [ignored]),
    )
    assert came.told.startswith("added: indicator labour.pay, predicate exact")
    assert went.told == "removed"
    assert is_ignored.told.startswith("indicator labour.pay -> ignored; predicate exact -> (empty)")
    assert is_ignored.told.endswith("reason (empty) -> twice")


def test_a_scale_is_told_by_its_words() -> None:
    before = {"yes_no": Scale("yes_no", {"yes": "met", "no": "not_met"}, "unknown_answer")}
    after = {"yes_no": Scale("yes_no", {"yes": "met", "nope": "not_met"}, "informational")}
    (change,) = scale_changes(before, after)
    assert (change.kind, change.name) == ("scale", "yes_no")
    assert change.told == (
        "'no' not_met -> (empty); any other word unknown_answer -> informational; 'nope' (empty) -> not_met"
    )
    assert scale_changes(before, before) == []


def test_units_and_entailment_are_told() -> None:
    before, after = (UnitTable({"gal": CommonUnit("litre", factor)}) for factor in (3.785, 4.546))
    assert [change.told for change in unit_changes(before, after)] == ["is 3.785 litre -> 4.546 litre"]
    (change,) = entailment_changes([("broad", "not_met", "not_met")], [("broad", "met", "met")])
    assert (change.name, change.told) == ("broad", "not_met not_met -> (empty); met (empty) -> met")


def _language(kind: str, label: str) -> Language:
    topic = TopicEntry("pay", None, "labour", {"en": "Pay"}, (), "topics.yml")
    entry = IndicatorEntry("labour.pay", "pay", kind, None, (), (), (), {"en": label})
    return Language({"pay": topic}, {"labour.pay": entry}, {}, {}, {}, {}, frozenset(), (), {})


def test_an_indicator_is_told_with_its_labels() -> None:
    (change,) = language_changes(_language("compliance", "Paid"), _language("practice", "Paid in full"))
    assert (change.kind, change.name) == ("indicator", "labour.pay")
    assert change.told == "kind compliance -> practice; label en Paid -> Paid in full"


def _index(editions: str, fingerprints: Mapping[tuple[str, str, str], tuple[str, str]]) -> CrosswalkIndex:
    rules = {"lantern": InstrumentRules({"1": editions}, [("q.*", "q")], {})}
    return CrosswalkIndex({}, rules, fingerprints, {}, date(2026, 6, 30))


def test_how_questions_are_found_is_told() -> None:
    before = (_index("one", {}), {"lantern": "yes_no"})
    after = (_index("two", {("lantern", "KH", "abcdef"): ("one", "7")}), {"lantern": None})
    (change,) = source_changes(before, after)
    assert (change.kind, change.instrument) == ("source", "lantern")
    assert change.told == (
        "edition 1 one -> two; scale of unmapped questions yes_no -> (empty); label KH abcdef (empty) -> one 7"
    )
    assert source_changes(before, before) == []
