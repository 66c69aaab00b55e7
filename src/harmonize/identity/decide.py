"""Turn the features of pairs into probabilities, verdicts and the reasons for them.

The probability says how alike two records are; the verdict also knows what no likeness outweighs: another unit or plot
at the same street, another province, places far apart, a missing address. Those are at most for a person to review.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmonize.identity.compare import Comparison, distance_km
from harmonize.identity.forms import read_address, read_name
from harmonize.identity.model import FEATURES, MatchModel
from harmonize.identity.prepare import Profile
from harmonize.values.names import ComparableAddress, ComparableName

__all__ = ["VERDICTS", "Judgements", "Verdict", "judge"]

Verdict = Literal["match", "review", "distinct"]
Positions = NDArray[np.int64]
Values = NDArray[np.float64]

VERDICTS: tuple[Verdict, ...] = ("distinct", "review", "match")
"""The verdicts; a verdict's number is its place here."""

_PAIRS_AT_ONCE = 20_000
_COLUMN = {name: number for number, name in enumerate(FEATURES)}


@dataclass(frozen=True, slots=True)
class Judgements:
    """What is thought of many pairs, and why.

    Attributes:
        probability: how likely each pair is one factory, to six digits.
        verdict: numbers of `VERDICTS`.
        apart: the records name different units or lie far apart: no chain of other matches may join them.
        reasons: in words for a steward; null for pairs that are too unlike to be reported.
    """

    probability: Values
    verdict: NDArray[np.int8]
    apart: NDArray[np.bool_]
    reasons: pa.Array

    @classmethod
    def joined(cls, parts: Sequence[Judgements]) -> Judgements:
        """Judgements one after the other."""
        return cls(
            np.concatenate([np.zeros(0), *(part.probability for part in parts)]),
            np.concatenate([np.zeros(0, np.int8), *(part.verdict for part in parts)]),
            np.concatenate([np.zeros(0, bool), *(part.apart for part in parts)]),
            pa.concat_arrays([pa.array([], pa.large_string()), *(part.reasons for part in parts)]),
        )

    def take(self, places: Positions) -> Judgements:
        """The judgements at `places`."""
        return Judgements(
            self.probability[places], self.verdict[places], self.apart[places], self.reasons.take(pa.array(places))
        )


def judge(profiles: Sequence[Profile], ones: Positions, others: Positions, model: MatchModel) -> Judgements:
    """Compare pairs of positions in `profiles`; the profiles of a pair are of one country.

    A judgement depends on nothing but its two profiles and the model.
    """
    used, at = np.unique(np.concatenate([ones, others]), return_inverse=True)
    chosen = [profiles[position] for position in used.tolist()]
    comparison = Comparison(chosen, model.word_weights)
    ones, others = at[: len(ones)], at[len(ones) :]
    stretches = range(0, len(ones), _PAIRS_AT_ONCE)
    return Judgements.joined(
        [
            _judge(
                chosen, ones[start : start + _PAIRS_AT_ONCE], others[start : start + _PAIRS_AT_ONCE], comparison, model
            )
            for start in stretches
        ]
    )


def _judge(
    profiles: Sequence[Profile], ones: Positions, others: Positions, comparison: Comparison, model: MatchModel
) -> Judgements:
    pairs = comparison.features(ones, others)
    away = _away(profiles, ones, others)
    shared_company = _shared_company(profiles, ones, others)
    logit = np.zeros(len(pairs))
    for weight, value in zip(model.weights(), pairs.T, strict=True):
        logit += weight * value
    logit = model.intercept + logit
    agreement = np.minimum(pairs[:, _COLUMN["name_containment"]], pairs[:, _COLUMN["address_containment"]])
    logit = logit + model.outside.company_id_shared * (shared_company & (agreement >= model.thresholds.agreement))
    logit = logit + model.outside.near * (away <= model.outside.near_km)
    probability = np.array([round(1 / (1 + math.exp(-value)), 6) for value in logit.tolist()], np.float64)
    verdict = np.where(probability >= model.thresholds.review, np.int8(1), np.int8(0))
    reasons: list[str | None] = [None] * len(pairs)
    for at in np.flatnonzero(probability >= min(model.thresholds.floor, model.thresholds.match)).tolist():
        measured = dict(zip(FEATURES, pairs[at].tolist(), strict=True))
        one, other, km = profiles[ones[at]], profiles[others[at]], float(away[at])
        doubts = list(_doubts(one, other, measured, km, model))
        if probability[at] >= model.thresholds.match and not doubts:
            verdict[at] = VERDICTS.index("match")
        reasons[at] = "; ".join(
            [
                f"names {measured['name_spelling']:.2f} alike",
                f"addresses {measured['address_spelling']:.2f} alike",
                *(["same company identifier"] if shared_company[at] else []),
                *([] if math.isnan(km) else [f"{km:.1f} km apart"]),
                *doubts,
            ]
        )
    apart = (pairs[:, _COLUMN["units_differ"]] > 0) | (away > model.outside.far_km)
    return Judgements(probability, verdict, apart, pa.array(reasons, pa.large_string()))


def _away(profiles: Sequence[Profile], ones: Positions, others: Positions) -> Values:
    """Kilometres between the places of each pair; not a number where a side has none."""
    nowhere = (math.nan, math.nan)
    places = np.array([profile.place or nowhere for profile in profiles], np.float64).reshape(-1, 2)
    return distance_km(places[ones], places[others])


def _shared_company(profiles: Sequence[Profile], ones: Positions, others: Positions) -> NDArray[np.bool_]:
    """Whether both sides of each pair state one identifier of a company."""
    shared = np.zeros(len(ones), bool)
    stated = np.array([bool(profile.company_ids) for profile in profiles], bool)
    for at in np.flatnonzero(stated[ones] & stated[others]).tolist():
        shared[at] = not profiles[ones[at]].company_ids.isdisjoint(profiles[others[at]].company_ids)
    return shared


def _doubts(one: Profile, other: Profile, measured: dict[str, float], away: float, model: MatchModel) -> Iterator[str]:
    """What speaks against one factory however alike the words are."""
    if measured["units_differ"]:
        ours, theirs = (sorted({unit for name in _names(side) for unit in name.units}) for side in (one, other))
        yield f"unit {', '.join(ours)} against {', '.join(theirs)}"
    if measured["trade_differs"]:
        ours, theirs = (sorted({word.written for name in _names(side) for word in name.trade}) for side in (one, other))
        yield f"{', '.join(ours)} against {', '.join(theirs)}"
    if measured["unit_on_one_side"]:
        yield "unit stated on one side only"
    if measured["numbers_differ"]:
        ours, theirs = (sorted(_address(side).numbers) for side in (one, other))
        yield f"numbers {', '.join(ours)} against {', '.join(theirs)}"
    elif measured["designators_differ"]:
        ours, theirs = (
            sorted(f"{kind} {value}" for kind, value in _address(side).designators) for side in (one, other)
        )
        yield f"{', '.join(ours)} against {', '.join(theirs)}"
    if measured["provinces_differ"]:
        yield f"{one.province} against {other.province}"
    if not one.is_placed or not other.is_placed:
        yield "no full address on one side"
    if away > model.outside.far_km:
        yield f"further than {model.outside.far_km:g} km apart"


def _names(profile: Profile) -> list[ComparableName]:
    return [read_name(form) for form in profile.names]


def _address(profile: Profile) -> ComparableAddress:
    return read_address(profile.address)
