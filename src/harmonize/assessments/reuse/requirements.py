"""What a buyer requires to have been assessed (`pipelines/requirements/<buyer>.yml`), down to indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt, model_validator

from harmonize.assessments.reuse.checked import check_names
from harmonize.assessments.reuse.rules import ReuseRules
from harmonize.errors import ConfigurationError
from harmonize.yaml_forms import StrictForm, read_form

__all__ = [
    "ASKABLE",
    "Basis",
    "Indicator",
    "Language",
    "Required",
    "Requirements",
    "expand",
    "load_requirements",
    "volatility_of",
]

ASKABLE = frozenset({"compliance", "practice"})
"""Kinds of indicators that a required topic stands for; others are required one by one."""
Basis = Literal["national_law", "international_standard", "buyer_code", "good_practice"]
_Level = Literal["none", "desk", "virtual", "onsite"]


class _Terms(StrictForm):
    """On which terms evidence is accepted; what is None is as the profile says, or as the common rules."""

    verification: _Level | None = None
    auto_accepted: _Level | None = None
    no_finding: bool | None = None
    instruments: Sequence[str] | None = Field(default=None, min_length=1)
    basis: Sequence[Basis] | None = Field(default=None, min_length=1)
    changed_on: date | None = None


class _Entry(_Terms):
    """A requirement: an indicator, or the compliance and practice indicators of a topic or pillar and all below it."""

    indicator: str | None = None
    topic: str | None = None
    pillar: str | None = None
    maximum_age_days: PositiveInt | None = None

    @model_validator(mode="after")
    def _names_one(self) -> _Entry:
        if sum(name is not None for name in (self.indicator, self.topic, self.pillar)) != 1:
            raise ValueError("a requirement names one of indicator, topic and pillar")
        return self


class Requirements(_Terms):
    """A profile.

    Attributes:
        buyer: its name, that of the file.
        contributor: the name under which the buyer hands in files and under which grants name it.
        grants: whether only what was handed in or granted is reused, or the rest too, shown as such.
        factories: those that the plan is made for; default all of which the buyer handed in a record.
    """

    buyer: str
    title: str = ""
    contributor: str = ""
    grants: Literal["required", "shown"] = "required"
    maximum_age_days: Mapping[str, PositiveInt] = Field(default_factory=dict)
    factories: Sequence[str] | None = Field(default=None, min_length=1)
    requirements: Sequence[_Entry] = Field(min_length=1)

    @property
    def sees_as(self) -> str:
        """The buyer's name among contributors and audiences."""
        return self.contributor or self.buyer


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of a release."""

    indicator_id: str
    topic_id: str
    kind: str
    facets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """What a release can say.

    Attributes:
        parents: the topic above every topic; None where there is none.
        pillar_of: the pillar of every topic.
    """

    parents: Mapping[str, str | None]
    pillar_of: Mapping[str, str]
    entries: Mapping[str, Indicator]

    @property
    def topics(self) -> frozenset[str]:
        """Ids of topics."""
        return frozenset(self.parents)

    @property
    def pillars(self) -> frozenset[str]:
        """Pillars."""
        return frozenset(self.pillar_of.values())

    @property
    def indicators(self) -> frozenset[str]:
        """Ids of indicators."""
        return frozenset(self.entries)

    @property
    def facets(self) -> frozenset[str]:
        """Facets of indicators."""
        return frozenset(facet for one in self.entries.values() for facet in one.facets)

    def upwards(self, topic_id: str) -> Iterator[str]:
        """A topic and those above it, the nearest first."""
        current: str | None = topic_id
        seen: set[str] = set()
        while current is not None and current not in seen:
            yield current
            seen.add(current)
            current = self.parents.get(current)


@dataclass(frozen=True, slots=True)
class Required:
    """An indicator that a buyer requires, on its terms.

    Attributes:
        volatility: its class.
        always: which of the matters it is that are always asked; None for others.
        is_desk: what is left of it closes at a desk.
        changed_on: days on which the requirement became what it is.
        stated_by: the entry of the profile that requires it.
    """

    indicator: Indicator
    volatility: str
    maximum_age_days: int
    verification: str
    auto_accepted: str
    no_finding: bool
    instruments: Sequence[str] | None
    basis: Sequence[str] | None
    changed_on: Sequence[date]
    always: str | None
    is_desk: bool
    stated_by: str


def load_requirements(path: Path) -> Requirements:
    """A profile; its buyer is the name of the file.

    Raises:
        ConfigurationError: it cannot be read, or is not of its form.
    """
    return read_form(path, Requirements, buyer=path.stem)


def expand(
    path: Path, profile: Requirements, rules: ReuseRules, language: Language, instruments: Sequence[str]
) -> list[Required]:
    """What a profile requires, indicator by indicator: the nearest entry holds for each.

    Args:
        instruments: those that the release knows.

    Raises:
        ConfigurationError: it names what the release does not know, or one thing twice, or requires nothing.
    """
    check_names(path, "maximum_age_days", "volatility class", profile.maximum_age_days, rules.classes)
    check_names(path, "instruments", "instrument", profile.instruments or (), instruments)
    stated: dict[tuple[str, str], tuple[int, _Entry]] = {}
    for number, entry in enumerate(profile.requirements):
        place = f"requirements.{number}"
        kind, name = next((k, n) for k in ("indicator", "topic", "pillar") if (n := getattr(entry, k)) is not None)
        check_names(path, f"{place}.{kind}", kind, [name], getattr(language, f"{kind}s"))
        check_names(path, f"{place}.instruments", "instrument", entry.instruments or (), instruments)
        if (kind, name) in stated:
            raise ConfigurationError(
                f"{path}: {place}: the {kind} {name!r} stands in requirements.{stated[kind, name][0]} already; "
                "leave one of the two."
            )
        stated[kind, name] = number, entry
    found = [
        _required(indicator, nearest, profile, rules, language)
        for indicator in sorted(language.entries.values(), key=lambda one: one.indicator_id)
        if (nearest := _entry_of(indicator, stated, language)) is not None
    ]
    if not found:
        raise ConfigurationError(f"{path}: requirements: no indicator is required; name a topic with indicators.")
    return found


def _entry_of(
    indicator: Indicator, stated: Mapping[tuple[str, str], tuple[int, _Entry]], language: Language
) -> _Entry | None:
    """The nearest entry: the indicator's own, else its topic's or of one above it, else its pillar's."""
    names = [("indicator", indicator.indicator_id)]
    if indicator.kind in ASKABLE:
        names += [("topic", topic) for topic in language.upwards(indicator.topic_id)]
        names.append(("pillar", language.pillar_of[indicator.topic_id]))
    return next((stated[name][1] for name in names if name in stated), None)


def _required(
    indicator: Indicator, entry: _Entry, profile: Requirements, rules: ReuseRules, language: Language
) -> Required:
    topics = list(language.upwards(indicator.topic_id))
    volatility = volatility_of(indicator, rules, language)
    age = (
        entry.maximum_age_days or profile.maximum_age_days.get(volatility) or rules.classes[volatility].maximum_age_days
    )
    changes = [day for day in (entry.changed_on, profile.changed_on) if day is not None]
    always = next(
        (
            name
            for name, one in rules.always_asked.items()
            if set(one.facets) & set(indicator.facets) or set(one.topics) & set(topics)
        ),
        None,
    )
    desk = rules.desk_closable
    return Required(
        indicator=indicator,
        volatility=volatility,
        maximum_age_days=age,
        verification=entry.verification or profile.verification or "none",
        auto_accepted=entry.auto_accepted or profile.auto_accepted or "none",
        no_finding=bool(profile.no_finding if entry.no_finding is None else entry.no_finding),
        instruments=entry.instruments or profile.instruments,
        basis=entry.basis or profile.basis,
        changed_on=changes,
        always=always,
        is_desk=indicator.indicator_id in desk.indicators or bool(set(desk.topics) & set(topics)),
        stated_by=entry.indicator or entry.topic or entry.pillar or "",
    )


def volatility_of(indicator: Indicator, rules: ReuseRules, language: Language) -> str:
    """The volatility class of an indicator: its own, else of the nearest topic that has one, else of its pillar."""
    if indicator.indicator_id in rules.indicators:
        return rules.indicators[indicator.indicator_id]
    topic = next((topic for topic in language.upwards(indicator.topic_id) if topic in rules.topics), None)
    return rules.topics[topic] if topic is not None else rules.pillars[language.pillar_of[indicator.topic_id]]
