"""Closed lists that sources check words against: severities, ratings, finding statuses, countries, identifiers."""

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
    """What words mean per instrument; keys are case-folded.

    Attributes:
        answer_words: every word of any answer scale, with its number.
    """

    severities: Mapping[str, Mapping[str, str | None]]
    ratings: Mapping[str, Mapping[str, str]]
    finding_statuses: Mapping[str, Mapping[str, str]]
    geography: Geography
    identifiers: IdentifierRules
    legacy: LegacyVietnamese
    answer_words: Mapping[str, int]

    @classmethod
    def load(cls, severities: Path, geography: Geography, identifiers: IdentifierRules) -> Vocabulary:
        """Load `severities.yml`, and scales and old encodings from its folder, beside places and identifier schemes."""
        content: dict[str, Any] = read_yaml(severities)
        scales: dict[str, Any] = read_yaml(severities.with_name("scales.yml"))["scales"]
        return cls(
            {name: {word_key(str(k)): v for k, v in words.items()} for name, words in content["instruments"].items()},
            {name: {word_key(str(w)): str(w) for w in words} for name, words in content["ratings"].items()},
            {
                name: {word_key(str(k)): str(v) for k, v in words.items()}
                for name, words in content["finding_status"].items()
            },
            geography,
            identifiers,
            LegacyVietnamese.from_file(severities.parent / "encodings" / "vietnamese.yml"),
            numbered_words(word_key(str(word)) for scale in scales.values() for word in scale["words"]),
        )
