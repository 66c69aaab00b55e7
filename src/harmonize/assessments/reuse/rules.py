"""How long evidence stands and what ends that (`schemas/reuse.yml`, domain rules 4, 16 to 21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt, model_validator

from harmonize.assessments.reuse.checked import Known, check_names
from harmonize.model.tables import AnswerState, AssessmentKind, Verification
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["AlwaysAsked", "Event", "ReuseRules", "Signal", "Volatility", "check_rules", "load_rules"]


class Volatility(StrictForm):
    """A class of matters that change about as fast."""

    maximum_age_days: PositiveInt
    meaning: str


class AlwaysAsked(StrictForm):
    """What every visit asks, whatever is known; evidence on these facets and topics is never reused."""

    facets: Sequence[str] = ()
    topics: Sequence[str] = ()
    labels: Mapping[str, str]

    @model_validator(mode="after")
    def _has_english(self) -> AlwaysAsked:
        if "en" not in self.labels:
            raise ValueError("it needs a label in English (en)")
        return self


class Event(StrictForm):
    """What ends the reuse of older evidence; without topics, of all."""

    why: str
    same_day: bool = False
    topics: Sequence[str] = ()


class EndedStatus(StrictForm):
    """A native state in which an assessment is not reused; a void one is no bad news either."""

    why: str
    void: bool = False


class Signal(StrictForm):
    """Answers and findings that are an event: of one indicator, or of all of a facet."""

    states: Sequence[AnswerState]
    facet: str | None = None
    indicator: str | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Signal:
        if (self.facet is None) == (self.indicator is None):
            raise ValueError("name either a facet or an indicator")
        return self


class NoFinding(StrictForm):
    """Of which audits the silence on a topic in scope is weak evidence."""

    kinds: Sequence[AssessmentKind]
    not_of_types: Sequence[str] = ()


class FullVisit(StrictForm):
    """Which types of assessment are no full visit."""

    not_of_types: Sequence[str] = ()


class DeskClosable(StrictForm):
    """What closes from documents alone."""

    topics: Sequence[str] = ()
    indicators: Sequence[str] = ()


class ReuseRules(StrictForm):
    """All of `schemas/reuse.yml`."""

    classes: Mapping[str, Volatility] = Field(min_length=1)
    pillars: Mapping[str, str]
    topics: Mapping[str, str] = Field(default_factory=dict)
    indicators: Mapping[str, str] = Field(default_factory=dict)
    always_asked: Mapping[str, AlwaysAsked]
    expiring_within_days: Sequence[PositiveInt] = Field(min_length=1)
    answered_states: Sequence[AnswerState]
    stated_values_carry: Sequence[str]
    verification_of_finding_rows: Mapping[AssessmentKind, Verification]
    no_finding: NoFinding
    full_visit: FullVisit
    last_day_on_site: str
    binding_expiry: Sequence[Literal["scheme", "certificate", "buyer_policy"]]
    partial_layouts: Mapping[str, Sequence[str]] = Field(default_factory=dict)
    ended_by_status: Mapping[str, EndedStatus] = Field(default_factory=dict)
    events: Mapping[str, Event]
    workforce_change: float = Field(gt=0)
    signals: Mapping[str, Sequence[Signal]] = Field(default_factory=dict)
    facts: Mapping[str, Sequence[str]]
    desk_closable: DeskClosable

    @model_validator(mode="after")
    def _holds_together(self) -> ReuseRules:
        for part in ("pillars", "topics", "indicators"):
            for name, volatility in getattr(self, part).items():
                if volatility not in self.classes:
                    raise ValueError(
                        f"{part}.{name} has the class {volatility!r}, which is none of {', '.join(self.classes)}"
                    )
        for kind in self.signals:
            if kind not in self.events:
                raise ValueError(f"signals.{kind} is none of the events {', '.join(self.events)}")
        for needed in ("zero_tolerance", "workforce"):
            if needed not in self.events:
                raise ValueError(f"the event {needed} is missing")
        if list(self.expiring_within_days) != sorted(set(self.expiring_within_days)):
            raise ValueError("expiring_within_days must rise")
        return self


def load_rules(path: Path) -> ReuseRules:
    """The rules.

    Raises:
        ConfigurationError: they cannot be read, or do not hold together.
    """
    return read_form(path, ReuseRules)


def check_rules(path: Path, rules: ReuseRules, known: Known) -> None:
    """Hold the names in the rules against the language of a release.

    Raises:
        ConfigurationError: a topic, indicator, facet or pillar is unknown, or a pillar has no class.
    """
    check_names(path, "pillars", "pillar", rules.pillars, known.pillars)
    check_names(path, "pillars", "class for the pillar", known.pillars, rules.pillars)
    topics = {
        "topics": rules.topics,
        "desk_closable.topics": rules.desk_closable.topics,
        **{f"always_asked.{name}.topics": one.topics for name, one in rules.always_asked.items()},
        **{f"events.{name}.topics": one.topics for name, one in rules.events.items()},
    }
    for place, names in topics.items():
        check_names(path, place, "topic", names, known.topics)
    indicators = {
        "indicators": rules.indicators,
        "desk_closable.indicators": rules.desk_closable.indicators,
        "last_day_on_site": [rules.last_day_on_site],
        **{f"facts.{name}": one for name, one in rules.facts.items()},
        **{f"signals.{name}": [s.indicator for s in one if s.indicator] for name, one in rules.signals.items()},
    }
    for place, names in indicators.items():
        check_names(path, place, "indicator", names, known.indicators)
    facets = {
        **{f"always_asked.{name}.facets": one.facets for name, one in rules.always_asked.items()},
        **{f"signals.{name}": [s.facet for s in one if s.facet] for name, one in rules.signals.items()},
    }
    for place, names in facets.items():
        check_names(path, place, "facet", names, known.facets)
