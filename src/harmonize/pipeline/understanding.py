"""Everything that the knowledge folders say, loaded, linted and fingerprinted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from harmonize.assessments.visit_rules import VisitRules, load_visit_rules
from harmonize.collection import without_collector
from harmonize.crosswalk.broader import broader_table
from harmonize.crosswalk.entailment import load_entailment
from harmonize.crosswalk.harmonise import crosswalk_table, indicator_table, topic_table
from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.lint import lint
from harmonize.crosswalk.mapping import load_editions
from harmonize.crosswalk.resolve import CrosswalkIndex, InstrumentRules, load_index
from harmonize.crosswalk.scales import Scale, load_scales
from harmonize.errors import ConfigurationError
from harmonize.project import Project
from harmonize.sources.profile import TICK_BOXES, Profile, load_profiles
from harmonize.sources.vocabulary import Vocabulary
from harmonize.staging import fingerprint
from harmonize.values.geography import Geography
from harmonize.values.identifiers import IdentifierRules
from harmonize.values.units import UnitTable

__all__ = ["Understanding", "knowledge_rows", "load_knowledge"]


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything the knowledge folders say."""

    profiles: Mapping[str, Profile]
    vocabulary: Vocabulary
    language: Language
    scales: Mapping[str, Scale]
    units: UnitTable
    entailment: Sequence[tuple[str, str, str]]
    visit_rules: VisitRules
    index: CrosswalkIndex
    schemas: Path
    reading_hash: str
    meaning_hash: str
    knowledge_hash: str


def load_knowledge(project: Project, as_of: date, scratch: Path, memory: Path | None = None) -> Understanding:
    """Load and lint everything under mappings/ and schemas/.

    Args:
        scratch: where a merged schemas folder is made when a project overrides only part of it.
        memory: a folder that keeps what is slow to work out, by the content it was worked out from; it may be deleted.

    Raises:
        ConfigurationError: something in there is impossible; the message names file, place, value and cure.
    """
    with without_collector():
        return _load(project, as_of, project.whole("schemas", scratch), memory)


def _load(project: Project, as_of: date, schemas: Path, memory: Path | None) -> Understanding:
    profile_paths = project.files("mappings", "*/source.yml")
    profiles = load_profiles(profile_paths)
    vocabulary = Vocabulary.load(
        schemas / "severities.yml",
        Geography.from_folder(schemas),
        IdentifierRules.from_folder(schemas),
    )
    language = load_language(project)
    scales = load_scales(project.find("schemas/scales.yml"))
    units = UnitTable.from_file(project.find("schemas/units.yml"), memory and memory / "units.json")
    editions = load_editions(project)
    known_units = frozenset(unit.unit for unit in units.spellings.values())
    complaints = [one for one in lint(editions, language, scales, known_units) if one.stops_a_run]
    if complaints:
        first = complaints[0]
        raise ConfigurationError(
            f"{first.place}: {first.message} {first.cure} ({len(complaints)} in all: `harmonize crosswalk lint`.)"
        )
    rules = {
        name: InstrumentRules(
            profile.editions,
            [(family.pattern, family.question) for family in profile.question_families],
            profile.national_editions,
            profile.keeps_scales,
        )
        for name, profile in profiles.items()
    }
    reading_paths = [
        *profile_paths,
        *project.files("mappings", f"*/{TICK_BOXES}"),
        *(
            project.find(f"schemas/{name}")
            for name in (
                "severities.yml",
                "scales.yml",
                "countries.yml",
                "identifiers.yml",
                "admin_units.csv",
                "encodings/vietnamese.yml",
            )
        ),
    ]
    # What every answer's meaning hangs on, besides the mapping of its question.
    meaning_paths = [project.find(f"schemas/{name}") for name in ("scales.yml", "units.yml", "entailment.yml")]
    meaning_paths += [
        path
        for part in ("topics/*.yml", "indicators/*.tsv", "*.yml")
        for path in project.files("schemas/language", part)
    ]
    knowledge_paths = [path for folder in ("mappings", "schemas") for path in project.files(folder, "**/*.*")]
    return Understanding(
        profiles,
        vocabulary,
        language,
        scales,
        units,
        load_entailment(project.find("schemas/entailment.yml")),
        load_visit_rules(project.find("schemas/visits.yml")),
        load_index(project, editions, rules, as_of),
        schemas,
        fingerprint(reading_paths),
        fingerprint(meaning_paths),
        fingerprint([path for path in knowledge_paths if path.is_file()]),
    )


def knowledge_rows(understanding: Understanding) -> dict[str, list[dict[str, object]]]:
    """Rows of the contract tables that come from the knowledge folders."""
    profiles = [understanding.profiles[name] for name in sorted(understanding.profiles)]
    return {
        "topic": topic_table(understanding.language),
        "indicator": indicator_table(understanding.language),
        "indicator_broader": broader_table(understanding.language.broader),
        "crosswalk": crosswalk_table(understanding.index),
        "entailment": [
            {"comparability": comparability, "state": state, "implied_state": implied}
            for comparability, state, implied in understanding.entailment
        ],
        "instrument": [
            {"instrument": p.instrument, "title": p.title, "owner": p.owner, "kind": p.kind} for p in profiles
        ],
        "instrument_rights": [{"instrument": p.instrument, **p.rights.model_dump()} for p in profiles],
    }
