"""What differs between two states of the crosswalks and of the language, as a steward reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from harmonize.crosswalk.language import IndicatorEntry, Language, TopicEntry
from harmonize.crosswalk.mapping import RULE_COLUMNS, Aside, MappingEntry
from harmonize.crosswalk.resolve import CrosswalkIndex
from harmonize.crosswalk.scales import Scale
from harmonize.values.units import UnitTable

__all__ = [
    "Change",
    "entailment_changes",
    "language_changes",
    "mapping_changes",
    "scale_changes",
    "source_changes",
    "unit_changes",
]

_RULES = tuple(name for name in RULE_COLUMNS if name not in ("question", "example_answer", "example_state"))
"""Rules whose change is told: not those that only try the others."""
_NOTHING = "(empty)"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is said otherwise.

    Attributes:
        kind: `mapping`, `source`, `scale`, `unit`, `entailment`, `indicator` or `topic`.
        name: the question, or the part of the language.
        told: from what to what, in words.
        mapping_id: of a mapping.
    """

    kind: str
    instrument: str
    edition: str
    name: str
    told: str
    mapping_id: str | None = None


def mapping_changes(before: Sequence[MappingEntry], after: Sequence[MappingEntry]) -> list[Change]:
    """Mappings that were added, removed or changed, by their id; who says so and examples do not count."""
    olds, news = ({entry.mapping_id: _said(entry) for entry in entries} for entries in (before, after))
    named = {entry.mapping_id: entry for entry in (*before, *after)}
    return [
        Change("mapping", entry.instrument, entry.edition, entry.question, told, name)
        for name, told in _differences(olds, news)
        for entry in [named[name]]
    ]


def _said(entry: MappingEntry) -> dict[str, object]:
    meaning: dict[str, object] = {
        "indicator": entry.indicator_id or "ignored",
        "predicate": entry.predicate,
        "confidence": entry.confidence,
        "beside": ", ".join(sorted(map(_aside, entry.asides))) or None,
    }
    return meaning | {name: entry.rule(name) for name in _RULES}


def _aside(aside: Aside) -> str:
    return f"{'not ' if aside.is_denied else ''}{aside.predicate} {aside.object}"


def source_changes(
    before: tuple[CrosswalkIndex, Mapping[str, str | None]], after: tuple[CrosswalkIndex, Mapping[str, str | None]]
) -> list[Change]:
    """Instruments whose questions are found otherwise: editions, families, national lists, labels, and the scale of all
    others, which stands by instrument beside each index.
    """
    return [
        Change("source", name, "", "source.yml", told)
        for name, told in _differences(_sources(*before), _sources(*after))
    ]


def _sources(index: CrosswalkIndex, default_scales: Mapping[str, str | None]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {
        name: {
            **{f"edition {pattern}": target for pattern, target in rules.editions.items()},
            **{f"family {pattern}": question for pattern, question in rules.question_families},
            **{f"list of {country}": edition for country, edition in rules.national_editions.items()},
            "scale of unmapped questions": default_scales.get(name),
        }
        for name, rules in index.rules.items()
    }
    for (instrument, country, label), question in index.fingerprints.items():
        found.setdefault(instrument, {})[f"label {country} {label[:12]}"] = " ".join(question)
    return found


def scale_changes(before: Mapping[str, Scale], after: Mapping[str, Scale]) -> list[Change]:
    """Scales whose words or other words mean something else."""
    return [Change("scale", "", "", name, told) for name, told in _differences(_words(before), _words(after))]


def _words(scales: Mapping[str, Scale]) -> dict[str, dict[str, object]]:
    return {
        name: {**{f"'{word}'": state for word, state in scale.words.items()}, "any other word": scale.otherwise}
        for name, scale in scales.items()
    }


def unit_changes(before: UnitTable, after: UnitTable) -> list[Change]:
    """Spellings of units that stand for something else."""
    olds, news = (
        {spelling: {"is": f"{unit.factor:g} {unit.unit}"} for spelling, unit in table.spellings.items()}
        for table in (before, after)
    )
    return [Change("unit", "", "", name, told) for name, told in _differences(olds, news)]


def entailment_changes(before: Iterable[tuple[str, str, str]], after: Iterable[tuple[str, str, str]]) -> list[Change]:
    """Predicates by which an answer implies something else."""
    olds, news = _implied(before), _implied(after)
    return [Change("entailment", "", "", name, told) for name, told in _differences(olds, news)]


def _implied(rows: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for comparability, state, implied in rows:
        found.setdefault(comparability, {})[state] = implied
    return found


def language_changes(before: Language, after: Language) -> list[Change]:
    """Indicators and topics that were added, removed or changed, labels included."""
    parts = (("topic", before.topics, after.topics), ("indicator", before.indicators, after.indicators))
    return [
        Change(kind, "", "", name, told)
        for kind, olds, news in parts
        for name, told in _differences(_stated(olds), _stated(news))
    ]


def _stated(entries: Mapping[str, TopicEntry] | Mapping[str, IndicatorEntry]) -> dict[str, dict[str, object]]:
    """What entries say, labels by language, without their own id."""
    found: dict[str, dict[str, object]] = {}
    for name, entry in entries.items():
        said = {part.name: getattr(entry, part.name) for part in fields(entry) if part.name != "labels"}
        labels = {f"label {lang}": label for lang, label in entry.labels.items()}
        found[name] = {part: value for part, value in said.items() if value != name} | labels
    return found


def _differences(
    olds: Mapping[str, Mapping[str, object]], news: Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[str, str]]:
    """Names of what is not the same, in the order of both, with what became of it."""
    for name in dict.fromkeys((*olds, *news)):
        if name not in news:
            yield name, "removed"
        elif name not in olds:
            yield name, "added: " + _list(news[name])
        elif olds[name] != news[name]:
            yield name, "; ".join(_moves(olds[name], news[name]))


def _moves(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for part in dict.fromkeys((*old, *new)):
        if old.get(part) != new.get(part):
            yield f"{part} {_text(old.get(part))} -> {_text(new.get(part))}"


def _list(said: Mapping[str, object]) -> str:
    return ", ".join(f"{part} {_text(value)}" for part, value in said.items() if value not in (None, "", []))


def _text(value: object) -> str:
    return _NOTHING if value in (None, "", [], ()) else str(value)
