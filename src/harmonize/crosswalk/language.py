"""The common language: topics, indicators, facets and answer states from `schemas/language/`.

English and Vietnamese labels stand beside what they name; further languages, and definitions in every language, are one
file each under `labels/` and `definitions/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from harmonize.crosswalk.broader import Broader, overall_pairs, stated_pairs
from harmonize.crosswalk.laws import Law, load_laws
from harmonize.crosswalk.tabular import read_rows
from harmonize.crosswalk.wording import STATUSES, Reviewed, Words, add_words, read_words
from harmonize.errors import ConfigurationError
from harmonize.model.tables import AnswerState, IndicatorKind
from harmonize.project import Project
from harmonize.yaml_text import read_yaml

__all__ = ["IndicatorEntry", "Language", "TopicEntry", "load_language"]

KINDS = frozenset(get_args(IndicatorKind))
STATES = frozenset(get_args(AnswerState))
_INDICATOR_COLUMNS = (
    "indicator_id", "topic_id", "kind", "unit", "facets", "ilo", "sdg", "label_en", "label_vi", "label_vi_status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A topic; `aliases` are names as exports print them, `place` is the file that says so.

    `definitions` say by language what belongs to it.
    """

    topic_id: str
    parent_id: str | None
    pillar: str
    labels: Mapping[str, str]
    aliases: Sequence[str]
    place: str
    definitions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """An indicator; `unit` may name several common units joined by `|` (fuels), `definitions` are by language."""

    indicator_id: str
    topic_id: str
    kind: str
    unit: str | None
    facets: Sequence[str]
    ilo: Sequence[str]
    sdg: Sequence[str]
    labels: Mapping[str, str]
    definitions: Mapping[str, str] = field(default_factory=dict)

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
        defined: definitions of these three by kind, id and language.
        reviewed: labels that a person has read.
        broader: which indicator is broader than which, as stated and by rule.
        laws: those that indicators refer to, by id.
    """

    topics: Mapping[str, TopicEntry]
    indicators: Mapping[str, IndicatorEntry]
    facets: Mapping[str, Mapping[str, str]]
    states: Mapping[str, Mapping[str, str]]
    severities: Mapping[str, Mapping[str, str]]
    defined: Words
    reviewed: Reviewed
    broader: Sequence[Broader]
    laws: Mapping[str, Law]

    def status_of(self, kind: str, name: str, code: str) -> str:
        """Whether a person has read a label, `reviewed`, or not, `machine`; English is the original."""
        return "reviewed" if code == "en" or (kind, name, code) in self.reviewed else "machine"

    def reviewed_labels(self, kind: str, name: str, labels: Mapping[str, str]) -> list[str]:
        """The languages whose label a person has read."""
        return sorted(code for code in labels if self.status_of(kind, name, code) == "reviewed")

    def words_json(self, words: Mapping[str, str]) -> str:
        """Labels or definitions as the tables store them."""
        return json.dumps(dict(words), ensure_ascii=False, sort_keys=True)


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


def _indicators(paths: Sequence[Path], topics: Mapping[str, TopicEntry]) -> tuple[dict[str, IndicatorEntry], Reviewed]:
    indicators: dict[str, IndicatorEntry] = {}
    reviewed = set()
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
            if row["label_vi_status"] not in STATUSES:
                raise ConfigurationError(f"{place}: label_vi_status is none of {', '.join(STATUSES)}; choose one.")
            if row["label_vi_status"] == "reviewed":
                reviewed.add(("indicator", entry.indicator_id, "vi"))
            indicators[entry.indicator_id] = entry
    return indicators, frozenset(reviewed)


def load_language(project: Project) -> Language:
    """Load and check the language.

    Raises:
        ConfigurationError: a topic or indicator that is not whole, with file, line, value and cure.
    """
    topics = _topics(project.files("schemas/language/topics", "*.yml"))
    indicators, read_beside = _indicators(project.files("schemas/language/indicators", "*.tsv"), topics)
    states = read_yaml(project.find("schemas/language/states.yml"))
    lists = {
        "facet": _listed(read_yaml(project.find("schemas/language/facets.yml"))),
        "state": _listed(states),
        "severity": dict(read_yaml(project.find("schemas/severities.yml"))["labels"]),
    }
    own: dict[str, dict[str, Mapping[str, str]]] = {
        kind: {name: {} for name in stated} for kind, stated in lists.items()
    }
    own["state"] = {state["id"]: {"en": state["definition"]} for state in states}
    named, reviewed = read_words(project.files("schemas/language/labels", "*.tsv"), "label")
    defined, _ = read_words(project.files("schemas/language/definitions", "*.tsv"), "definition")
    lists = {kind: add_words(stated, named[kind], "labels") for kind, stated in lists.items()}
    return Language(
        _with_words(topics, named["topic"], defined["topic"]),
        _with_words(indicators, named["indicator"], defined["indicator"]),
        lists["facet"],
        lists["state"],
        lists["severity"],
        {kind: add_words(stated, defined[kind], "definitions") for kind, stated in own.items()},
        reviewed | read_beside,
        _broader(project.find("schemas/language/broader.tsv"), indicators, topics),
        load_laws(project.files("schemas/laws", "*.yml"), indicators),
    )


def _broader(path: Path, indicators: Mapping[str, IndicatorEntry], topics: Mapping[str, TopicEntry]) -> list[Broader]:
    """The stated pairs, and those of the rule that are not stated."""
    stated = stated_pairs(path, indicators)
    compliance = [(entry.indicator_id, entry.topic_id) for entry in indicators.values() if entry.kind == "compliance"]
    by_rule = overall_pairs(compliance, {topic.topic_id: topic.parent_id for topic in topics.values()})
    known = {(pair.indicator_id, pair.broader_id) for pair in stated}
    return [*stated, *(pair for pair in by_rule if (pair.indicator_id, pair.broader_id) not in known)]


def _listed(entries: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, str]]:
    return {entry["id"]: entry["labels"] for entry in entries}


_Entry = TypeVar("_Entry", TopicEntry, IndicatorEntry)


def _with_words(
    entries: Mapping[str, _Entry], labels: Mapping[str, Mapping[str, str]], definitions: Mapping[str, Mapping[str, str]]
) -> dict[str, _Entry]:
    named = add_words({name: entry.labels for name, entry in entries.items()}, labels, "labels")
    defined = add_words({name: {} for name in entries}, definitions, "definitions")
    return {name: replace(entry, labels=named[name], definitions=defined[name]) for name, entry in entries.items()}
