"""The common language: topics, indicators, facets and answer states from `schemas/language/`.

English labels, and so far Vietnamese ones, stand beside what they name; further languages are one file each under
`labels/`, with a status that says whether a person has read the translation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, get_args

from harmonize.crosswalk.broader import Broader, overall_pairs, stated_pairs
from harmonize.crosswalk.tabular import read_rows
from harmonize.errors import ConfigurationError
from harmonize.model.tables import AnswerState, IndicatorKind
from harmonize.project import Project
from harmonize.yaml_text import read_yaml

__all__ = ["IndicatorEntry", "Language", "TopicEntry", "load_language"]

KINDS = frozenset(get_args(IndicatorKind))
STATES = frozenset(get_args(AnswerState))
_LABEL_COLUMNS = ("kind", "id", "label", "status")
_LABELLED = ("topic", "indicator", "facet", "state", "severity")
_LABEL_STATUSES = ("machine", "reviewed")
_INDICATOR_COLUMNS = ("indicator_id", "topic_id", "kind", "unit", "facets", "ilo", "sdg", "label_en", "label_vi")


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A topic; `aliases` are names as exports print them, `place` is the file that says so."""

    topic_id: str
    parent_id: str | None
    pillar: str
    labels: Mapping[str, str]
    aliases: Sequence[str]
    place: str


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """An indicator; `unit` may name several common units joined by `|` (fuels)."""

    indicator_id: str
    topic_id: str
    kind: str
    unit: str | None
    facets: Sequence[str]
    ilo: Sequence[str]
    sdg: Sequence[str]
    labels: Mapping[str, str]

    @property
    def level(self) -> str | None:
        """Maturity level, where the topic is one of Higg FEM's levels."""
        last = self.topic_id.rsplit(".", 1)[-1]
        return last.removeprefix("level") if last.startswith("level") else None


@dataclass(frozen=True, slots=True)
class Language:
    """Everything the common language can say.

    Attributes:
        facets, states, severities: labels by language.
        broader: which indicator is broader than which, as stated and by rule.
    """

    topics: Mapping[str, TopicEntry]
    indicators: Mapping[str, IndicatorEntry]
    facets: Mapping[str, Mapping[str, str]]
    states: Mapping[str, Mapping[str, str]]
    severities: Mapping[str, Mapping[str, str]]
    broader: Sequence[Broader]

    def labels_json(self, labels: Mapping[str, str]) -> str:
        """Labels as the tables store them."""
        return json.dumps(dict(labels), ensure_ascii=False, sort_keys=True)


def _topics(paths: Sequence[Path]) -> dict[str, TopicEntry]:
    topics: dict[str, TopicEntry] = {}
    for path in paths:
        for entry in read_yaml(path):
            topic = TopicEntry(
                entry["id"],
                entry.get("parent"),
                entry["pillar"],
                entry["labels"],
                entry.get("aliases") or [],
                f"{path.parent.name}/{path.name}",
            )
            if topic.topic_id in topics:
                raise ConfigurationError(f"{path}: the topic {topic.topic_id!r} stands twice; remove one.")
            topics[topic.topic_id] = topic
    for topic in topics.values():
        if topic.parent_id is not None and topic.parent_id not in topics:
            raise ConfigurationError(f"topic {topic.topic_id}: the parent {topic.parent_id!r} does not exist; add it.")
    return topics


def _split(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _indicators(paths: Sequence[Path], topics: Mapping[str, TopicEntry]) -> dict[str, IndicatorEntry]:
    indicators: dict[str, IndicatorEntry] = {}
    for path in paths:
        for row in read_rows(path, _INDICATOR_COLUMNS):
            entry = IndicatorEntry(
                row["indicator_id"],
                row["topic_id"],
                row["kind"],
                row["unit"] or None,
                _split(row["facets"]),
                _split(row["ilo"]),
                _split(row["sdg"]),
                {"en": row["label_en"], "vi": row["label_vi"]},
            )
            place = f"{path}: the indicator {entry.indicator_id!r}"
            if entry.indicator_id in indicators:
                raise ConfigurationError(f"{place} stands twice; remove one.")
            if entry.topic_id not in topics:
                raise ConfigurationError(f"{place}: the topic {entry.topic_id!r} does not exist; add it to topics/.")
            if entry.kind not in KINDS:
                raise ConfigurationError(f"{place}: the kind {entry.kind!r} is none of {', '.join(sorted(KINDS))}.")
            indicators[entry.indicator_id] = entry
    return indicators


def load_language(project: Project) -> Language:
    """Load and check the language.

    Raises:
        ConfigurationError: a topic or indicator that is not whole, with file, line, value and cure.
    """
    topics = _topics(project.files("schemas/language/topics", "*.yml"))
    indicators = _indicators(project.files("schemas/language/indicators", "*.tsv"), topics)
    lists = {
        "facet": _listed(project.find("schemas/language/facets.yml")),
        "state": _listed(project.find("schemas/language/states.yml")),
        "severity": dict(read_yaml(project.find("schemas/severities.yml"))["labels"]),
    }
    for path in project.files("schemas/language/labels", "*.tsv"):
        for kind, found in _labels(path).items():
            if kind == "topic":
                topics = _labelled(topics, found, path)
            elif kind == "indicator":
                indicators = _labelled(indicators, found, path)
            else:
                lists[kind] = _also(lists[kind], found, path)
    broader = _broader(project.find("schemas/language/broader.tsv"), indicators, topics)
    return Language(topics, indicators, lists["facet"], lists["state"], lists["severity"], broader)


def _broader(path: Path, indicators: Mapping[str, IndicatorEntry], topics: Mapping[str, TopicEntry]) -> list[Broader]:
    """The stated pairs, and those of the rule that are not stated."""
    stated = stated_pairs(path, indicators)
    compliance = [(entry.indicator_id, entry.topic_id) for entry in indicators.values() if entry.kind == "compliance"]
    by_rule = overall_pairs(compliance, {topic.topic_id: topic.parent_id for topic in topics.values()})
    known = {(pair.indicator_id, pair.broader_id) for pair in stated}
    return [*stated, *(pair for pair in by_rule if (pair.indicator_id, pair.broader_id) not in known)]


def _listed(path: Path) -> dict[str, Mapping[str, str]]:
    return {entry["id"]: entry["labels"] for entry in read_yaml(path)}


def _labels(path: Path) -> dict[str, dict[str, str]]:
    """The labels of one language, by kind and id."""
    found: dict[str, dict[str, str]] = {}
    for row in read_rows(path, _LABEL_COLUMNS):
        kind, name = row["kind"], row["id"]
        if kind not in _LABELLED or row["status"] not in _LABEL_STATUSES or not row["label"]:
            kinds, statuses = ", ".join(_LABELLED), ", ".join(_LABEL_STATUSES)
            raise ConfigurationError(
                f"{path}: {kind} {name!r}: kinds are {kinds}, statuses {statuses}, and a label is not empty."
            )
        if found.setdefault(kind, {}).setdefault(name, row["label"]) != row["label"]:
            raise ConfigurationError(f"{path}: {kind} {name!r} stands twice; remove one.")
    return found


_Entry = TypeVar("_Entry", TopicEntry, IndicatorEntry)


def _labelled(entries: Mapping[str, _Entry], labels: Mapping[str, str], path: Path) -> dict[str, _Entry]:
    said = _also({name: entry.labels for name, entry in entries.items()}, labels, path)
    return {name: replace(entry, labels=said[name]) for name, entry in entries.items()}


def _also(
    stated: Mapping[str, Mapping[str, str]], labels: Mapping[str, str], path: Path
) -> dict[str, Mapping[str, str]]:
    """Labels with those of a further language, whose name is that of the file."""
    unknown = [name for name in labels if name not in stated]
    if unknown:
        raise ConfigurationError(f"{path}: {unknown[0]!r} is no part of the language; remove the row.")
    return {name: {**said, **({path.stem: labels[name]} if name in labels else {})} for name, said in stated.items()}
