"""Everything that decides what an answer means: mappings, scales, units, entailment and the common language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from harmonize.assessments.burden_rules import BurdenRules, load_burden_rules, register_burden_rules
from harmonize.assessments.copy_rules import CopyRules, load_copy_rules, register_copy_rules
from harmonize.assessments.visit_rules import VisitRules, load_visit_rules, register_visit_rules
from harmonize.crosswalk.entailment import load_entailment
from harmonize.crosswalk.harmonise import register_knowledge
from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.lint import Complaint, lint
from harmonize.crosswalk.mapping import Edition, load_editions
from harmonize.crosswalk.resolve import CrosswalkIndex, InstrumentRules, Question, load_index
from harmonize.crosswalk.scales import Scale, load_scales
from harmonize.project import Project
from harmonize.sources.profile import Profile
from harmonize.values.units import UnitTable

__all__ = ["Crosswalks", "load_crosswalks"]

_ANSWERING = frozenset({"wide", "envelopes", "long"})
"""Families of exports that list answers; the others list findings alone, or name factories."""


@dataclass(frozen=True, slots=True)
class Crosswalks:
    """What decides the meaning of answers, on one day of judgement.

    Attributes:
        defaults: scale of unmapped questions, verification where no delivery states one, and whether any export lists
            answers (and not findings alone), by instrument.
    """

    language: Language
    scales: Mapping[str, Scale]
    units: UnitTable
    entailment: Sequence[tuple[str, str, str]]
    editions: Sequence[Edition]
    index: CrosswalkIndex
    defaults: Mapping[str, tuple[str | None, str, bool]]
    visit_rules: VisitRules
    burden_rules: BurdenRules
    copy_rules: CopyRules

    def complaints(self) -> list[Complaint]:
        """What the lint has to say."""
        units = frozenset(unit.unit for unit in self.units.spellings.values())
        return lint(self.editions, self.language, self.scales, units)

    def register(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Put all of it into the workspace as tables."""
        register_knowledge(
            connection, self.index, self.language, self.scales, self.units, self.entailment, self.defaults
        )
        register_visit_rules(connection, self.visit_rules)
        register_burden_rules(connection, self.burden_rules)
        register_copy_rules(connection, self.copy_rules)

    @property
    def default_scales(self) -> Mapping[str, str | None]:
        """The scale of unmapped questions, by instrument."""
        return {name: scale for name, (scale, *_) in self.defaults.items()}

    def reads(self, question: Question) -> object:
        """What of the mappings and of the language decides how a question is read, besides `rest`."""
        entry = self.index.find(question)
        alike = None if entry is not None else self.index.read_as(question)
        indicator = None if entry is None else self.language.indicators.get(entry.indicator_id or "")
        return entry, alike, None if indicator is None else (indicator.topic_id, indicator.kind, indicator.unit)

    @property
    def rest(self) -> object:
        """What may decide how any question is read."""
        return (
            self.scales,
            self.units.spellings,
            list(self.entailment),
            self.defaults,
            self.visit_rules,
            self.copy_rules,
        )


def load_crosswalks(
    project: Project, profiles: Mapping[str, Profile], as_of: date, units_memory: Path | None = None
) -> Crosswalks:
    """Load what decides the meaning of answers; nothing is linted yet.

    Args:
        units_memory: a file that keeps the worked-out units; it may be deleted.

    Raises:
        ConfigurationError: something in there is impossible; the message names file, place, value and cure.
    """
    editions = load_editions(project)
    rules = {
        name: InstrumentRules(
            profile.editions,
            [(family.pattern, family.question) for family in profile.question_families],
            profile.national_editions,
            profile.keeps_scales,
        )
        for name, profile in profiles.items()
    }
    defaults = {
        name: (
            next((layout.default_scale for layout in profile.layouts if layout.default_scale), None),
            profile.verification,
            any(layout.family in _ANSWERING for layout in profile.layouts),
        )
        for name, profile in profiles.items()
    }
    return Crosswalks(
        load_language(project),
        load_scales(project.find("schemas/scales.yml")),
        UnitTable.from_file(project.find("schemas/units.yml"), units_memory),
        load_entailment(project.find("schemas/entailment.yml")),
        editions,
        load_index(project, editions, rules, as_of),
        defaults,
        load_visit_rules(project.find("schemas/visits.yml")),
        load_burden_rules(project.find("schemas/burden.yml")),
        load_copy_rules(project.find("schemas/copies.yml")),
    )
