"""Turn the features of a pair into a probability, a verdict and the reasons for it.

The probability says how alike two records are; the verdict also knows what no likeness outweighs: another unit or plot
at the same street, another province, places far apart, a missing address. Those are at most for a person to review.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harmonize.identity.compare import distance_km, features
from harmonize.identity.model import FEATURES, MatchModel
from harmonize.identity.prepare import Profile

__all__ = ["Judgement", "Verdict", "judge"]

Verdict = Literal["match", "review", "distinct"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is thought of a pair, and why, in words for a steward.

    Attributes:
        apart: the records name different units or lie far apart: no chain of other matches may join them.
    """

    probability: float
    verdict: Verdict
    reasons: str
    apart: bool


def judge(one: Profile, other: Profile, model: MatchModel) -> Judgement:
    """Compare two profiles of one country."""
    pair = features(one, other, model.word_weights)
    measured = dict(zip(FEATURES, pair, strict=True))
    logit = model.intercept + sum(weight * value for weight, value in zip(model.weights(), pair, strict=True))
    away = None if one.place is None or other.place is None else distance_km(one.place, other.place)
    agrees = min(measured["name_containment"], measured["address_containment"]) >= model.thresholds.agreement
    shared_company = bool(one.company_ids & other.company_ids)
    if shared_company and agrees:
        logit += model.outside.company_id_shared
    if away is not None and away <= model.outside.near_km:
        logit += model.outside.near
    probability = round(1 / (1 + math.exp(-logit)), 6)
    doubts = list(_doubts(one, other, measured, away, model))
    reasons = [
        f"names {measured['name_spelling']:.2f} alike",
        f"addresses {measured['address_spelling']:.2f} alike",
        *(["same company identifier"] if shared_company else []),
        *([f"{away:.1f} km apart"] if away is not None else []),
        *doubts,
    ]
    apart = bool(measured["units_differ"]) or (away is not None and away > model.outside.far_km)
    return Judgement(probability, _verdict(probability, bool(doubts), model), "; ".join(reasons), apart)


def _verdict(probability: float, doubted: bool, model: MatchModel) -> Verdict:
    if probability >= model.thresholds.match and not doubted:
        return "match"
    return "review" if probability >= model.thresholds.review else "distinct"


def _doubts(
    one: Profile, other: Profile, measured: dict[str, float], away: float | None, model: MatchModel
) -> Iterator[str]:
    """What speaks against one factory however alike the words are."""
    if measured["units_differ"]:
        ours, theirs = (sorted({unit for name in side.names for unit in name.units}) for side in (one, other))
        yield f"unit {', '.join(ours)} against {', '.join(theirs)}"
    if measured["trade_differs"]:
        ours, theirs = (sorted({word.written for name in side.names for word in name.trade}) for side in (one, other))
        yield f"{', '.join(ours)} against {', '.join(theirs)}"
    if measured["unit_on_one_side"]:
        yield "unit stated on one side only"
    if measured["numbers_differ"]:
        ours, theirs = (sorted(side.address.numbers) for side in (one, other))
        yield f"numbers {', '.join(ours)} against {', '.join(theirs)}"
    elif measured["designators_differ"]:
        ours, theirs = (sorted(f"{kind} {value}" for kind, value in side.address.designators) for side in (one, other))
        yield f"{', '.join(ours)} against {', '.join(theirs)}"
    if measured["provinces_differ"]:
        yield f"{one.province} against {other.province}"
    if not one.is_placed or not other.is_placed:
        yield "no full address on one side"
    if away is not None and away > model.outside.far_km:
        yield f"further than {model.outside.far_km:g} km apart"
