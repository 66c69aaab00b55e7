"""Everything that the knowledge folders say, loaded, linted and fingerprinted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from harmonize.collection import without_collector
from harmonize.crosswalk.broader import broader_table
from harmonize.crosswalk.harmonise import (
    crosswalk_table,
    indicator_law_table,
    indicator_table,
    law_table,
    topic_table,
)
from harmonize.errors import ConfigurationError
from harmonize.pipeline.crosswalks import Crosswalks, load_crosswalks
from harmonize.project import Project
from harmonize.sources.profile import TICK_BOXES, Profile, load_profiles
from harmonize.sources.vocabulary import Vocabulary
from harmonize.staging import fingerprint

__all__ = ["Understanding", "knowledge_rows", "load_knowledge", "meaning_hash"]


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything the knowledge folders say."""

    profiles: Mapping[str, Profile]
    vocabulary: Vocabulary
    crosswalks: Crosswalks
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
    vocabulary = Vocabulary.from_folder(schemas)
    crosswalks = load_crosswalks(project, profiles, as_of, memory and memory / "units.json")
    complaints = [one for one in crosswalks.complaints() if one.stops_a_run]
    if complaints:
        first = complaints[0]
        raise ConfigurationError(
            f"{first.place}: {first.message} {first.cure} ({len(complaints)} in all: `harmonize crosswalk lint`.)"
        )
    reading_paths = [
        *profile_paths,
        *project.files("mappings", f"*/{TICK_BOXES}"),
        *(
            project.find(f"schemas/{name}")
            for name in (
                "scales.yml",
                "countries.yml",
                "identifiers.yml",
                "encodings/vietnamese.yml",
            )
        ),
    ]
    reading_paths += project.files("schemas/countries", "*.*")
    knowledge_paths = [path for folder in ("mappings", "schemas") for path in project.files(folder, "**/*.*")]
    return Understanding(
        profiles,
        vocabulary,
        crosswalks,
        schemas,
        fingerprint(reading_paths),
        meaning_hash(project),
        fingerprint([path for path in knowledge_paths if path.is_file()]),
    )


def meaning_hash(project: Project) -> str:
    """A hash of what every answer's meaning, and what was asked again, hangs on besides the mapping of its question."""
    language = [
        path
        for part in ("topics/*.yml", "indicators/*.tsv", "*.yml", "broader.tsv")
        for path in project.files("schemas/language", part)
    ]
    names = ("scales.yml", "units.yml", "entailment.yml", "burden.yml")
    return fingerprint([*(project.find(f"schemas/{name}") for name in names), *language])


def knowledge_rows(understanding: Understanding) -> dict[str, list[dict[str, object]]]:
    """Rows of the contract tables that come from the knowledge folders."""
    profiles = [understanding.profiles[name] for name in sorted(understanding.profiles)]
    return {
        "topic": topic_table(understanding.crosswalks.language),
        "indicator": indicator_table(understanding.crosswalks.language),
        "indicator_broader": broader_table(understanding.crosswalks.language.broader),
        "law": law_table(understanding.crosswalks.language),
        "indicator_law": indicator_law_table(understanding.crosswalks.language),
        "crosswalk": crosswalk_table(understanding.crosswalks.index),
        "entailment": [
            {"comparability": comparability, "state": state, "implied_state": implied}
            for comparability, state, implied in understanding.crosswalks.entailment
        ],
        "instrument": [
            {"instrument": p.instrument, "title": p.title, "owner": p.owner, "kind": p.kind} for p in profiles
        ],
        "instrument_rights": [{"instrument": p.instrument, **p.rights.model_dump()} for p in profiles],
    }
