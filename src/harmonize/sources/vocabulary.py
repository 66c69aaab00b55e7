"""What sources check words against, whatever the instrument: countries, identifiers, answer words, old encodings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harmonize.values.geography import Geography
from harmonize.values.identifiers import IdentifierRules
from harmonize.values.text import numbered_words, word_key
from harmonize.values.vietnamese import LegacyVietnamese
from harmonize.yaml_text import read_yaml

__all__ = ["Vocabulary"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known beside the profiles, which hold each instrument's own words.

    Attributes:
        answer_words: every word of any answer scale, case-folded, with its number.
    """

    geography: Geography
    identifiers: IdentifierRules
    legacy: LegacyVietnamese
    answer_words: Mapping[str, int]

    @classmethod
    def from_folder(cls, schemas: Path) -> Vocabulary:
        """Load everything from the schemas folder."""
        scales: dict[str, Any] = read_yaml(schemas / "scales.yml")["scales"]
        return cls(
            Geography.from_folder(schemas),
            IdentifierRules.from_folder(schemas),
            LegacyVietnamese.from_file(schemas / "encodings" / "vietnamese.yml"),
            numbered_words(word_key(str(word)) for scale in scales.values() for word in scale["words"]),
        )
