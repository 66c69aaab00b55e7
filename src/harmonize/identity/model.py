"""The matching model: coefficients of a logistic regression, thresholds, and what evidence outside of it is worth.

Everything stands in `schemas/identity/model.yml`, the words of addresses beside it in `common_words.yml`. Coefficients
come from `harmonize facilities train`; the weights under `outside` are set by hand, since the labelled pairs carry
neither identifiers nor coordinates.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from harmonize.yaml_text import parse_yaml

__all__ = [
    "AGAINST",
    "DOUBTS",
    "EITHER_WAY",
    "FEATURES",
    "Blocking",
    "CommonWords",
    "MatchModel",
    "Outside",
    "Thresholds",
    "WordWeights",
]

FEATURES = (
    "name_overlap",
    "name_containment",
    "name_spelling",
    "core_spelling",
    "name_equal",
    "core_contained",
    "place_in_one_name",
    "trade_differs",
    "units_agree",
    "units_differ",
    "unit_on_one_side",
    "unit_numbers_agree",
    "unit_numbers_differ",
    "branches_agree",
    "branch_on_one_side",
    "address_overlap",
    "address_containment",
    "address_spelling",
    "numbers_agree",
    "numbers_differ",
    "numbers_on_one_side",
    "house_agrees",
    "designators_differ",
    "designators_apart",
    "address_is_thin",
    "zones_agree",
    "zones_differ",
    "rare_words_shared",
    "rare_words_apart",
    "provinces_differ",
    "name_and_address",
    "core_and_address",
    "core_near",
    "core_and_numbers",
)
"""Names of the features, in the order in which `compare` computes them."""

AGAINST = frozenset(
    {
        "trade_differs",
        "units_differ",
        "unit_on_one_side",
        "unit_numbers_differ",
        "branch_on_one_side",
        "numbers_differ",
        "designators_differ",
        "designators_apart",
        "zones_differ",
        "rare_words_apart",
        "provinces_differ",
    }
)
"""Features that can only speak against one factory."""
EITHER_WAY = frozenset({"place_in_one_name", "numbers_on_one_side", "address_is_thin"})
"""Features that say how much is stated, and may count either way. All others can only speak for one factory."""

DOUBTS = (
    "units_differ",
    "trade_differs",
    "unit_on_one_side",
    "numbers_differ",
    "designators_differ",
    "provinces_differ",
)
"""Features that leave a pair to a person however likely it is one factory."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordWeights(_Part):
    """What one word counts when words are laid over one another."""

    distinctive: float
    place: float
    trade: float


class CommonWords(_Part):
    """How often words stand in addresses: sharing `bazar` says less than sharing a name that nobody else has.

    Attributes:
        records: how many different addresses were counted.
        addresses: words that stand in several of them -> in how many.
        least: what the commonest word is worth, of one that was never seen.
    """

    counted_in: str
    records: int = Field(gt=1)
    least: float = Field(gt=0, le=1)
    addresses: dict[str, int]

    def rarity(self, word: str) -> float:
        """From `least` to 1, by the logarithm of how often the word was counted."""
        times = self.addresses.get(word, 1)
        return max(self.least, 1 - math.log(times) / math.log(self.records))


class Thresholds(_Part):
    """Bands of the probability.

    Attributes:
        match: from here on two records are one factory, unless something speaks against it.
        review: from here on a person should look.
        floor: pairs below are not reported.
        ambiguity: a match is left to a person if a second one, to a factory that contradicts the first, is this near.
        agreement: names and addresses must each overlap this much before a company's identifier counts.
    """

    match: float = Field(gt=0.5, le=1)
    review: float = Field(gt=0, lt=1)
    floor: float = Field(gt=0, lt=1)
    ambiguity: float = Field(ge=0, lt=1)
    agreement: float = Field(ge=0, le=1)


class Outside(_Part):
    """Evidence that the training pairs do not hold, in logits; distances in kilometres.

    Attributes:
        company_id_shared: both state the same identifier of a company and name and address agree.
        near: both have coordinates, at most `near_km` apart.
        far_km: further apart than this, a pair is at most for review.
    """

    company_id_shared: float
    near: float
    near_km: float
    far_km: float


class Blocking(_Part):
    """Which pairs are looked at: keys shared by more than `largest_block` records are passed over, and every record
    is compared with the `candidates` that share the rarest keys with it; among them, of those that share a single key
    with it, only if they are the `by_one_key` nearest."""

    largest_block: int = Field(gt=1)
    candidates: int = Field(gt=0)
    by_one_key: int = Field(gt=0)


class MatchModel(_Part):
    """The content of `model.yml`."""

    version: Literal[1]
    trained_on: str
    word_weights: WordWeights
    thresholds: Thresholds
    outside: Outside
    blocking: Blocking
    intercept: float
    coefficients: dict[str, float]
    common_words: CommonWords = Field(exclude=True)

    @classmethod
    def from_folder(cls, schemas: Path) -> MatchModel:
        """Load `identity/model.yml` and `identity/common_words.yml` from the schemas folder."""
        return _load((schemas / "identity").resolve())

    def weights(self) -> list[float]:
        """The coefficients in the order of `FEATURES`; a feature that the file leaves out counts nothing."""
        return [self.coefficients.get(name, 0.0) for name in FEATURES]


@cache
def _load(folder: Path) -> MatchModel:
    model, common_words = (
        parse_yaml((folder / name).read_text(encoding="utf-8")) for name in ("model.yml", "common_words.yml")
    )
    return MatchModel.model_validate({**model, "common_words": common_words})
