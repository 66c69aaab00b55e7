"""Turn the features of pairs into probabilities, verdicts and the reasons for them.

The probability says how alike two records are; the verdict also knows what no likeness outweighs: another unit or plot
at the same street, another province, places far apart, a missing address. Those are at most for a person to review.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmonize.identity.compare import Comparison, distance_km
from harmonize.identity.model import FEATURES, MatchModel
from harmonize.identity.prepare import Profile
from harmonize.identity.profiles import Profiles
from harmonize.identity.reasons import Measured, Reasons

__all__ = ["VERDICTS", "Judgements", "Verdict", "judge"]

Verdict = Literal["match", "review", "distinct"]
Positions = NDArray[np.int64]
Values = NDArray[np.float64]

VERDICTS: tuple[Verdict, ...] = ("distinct", "review", "match")
"""The verdicts; a verdict's number is its place here."""

_PAIRS_AT_ONCE = 50_000
_THREADS = 2
_DIGIT = 1e-6
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


def judge(profiles: Sequence[Profile] | Profiles, ones: Positions, others: Positions, model: MatchModel) -> Judgements:
    """Compare pairs of positions in `profiles`; the profiles of a pair are of one country.

    A judgement depends on nothing but its two profiles and the model.
    """
    columns = profiles if isinstance(profiles, Profiles) else Profiles.of(profiles)
    comparison, reasons = Comparison(columns, model), Reasons(columns, model)
    stretches = [slice(start, start + _PAIRS_AT_ONCE) for start in range(0, len(ones), _PAIRS_AT_ONCE)]

    def judged(stretch: slice) -> Judgements:
        return _judge(columns, ones[stretch], others[stretch], comparison, reasons, model)

    if len(stretches) < _THREADS:
        return Judgements.joined(list(map(judged, stretches)))
    with ThreadPoolExecutor(_THREADS) as pool:
        return Judgements.joined(list(pool.map(judged, stretches)))


def _judge(
    profiles: Profiles,
    ones: Positions,
    others: Positions,
    comparison: Comparison,
    reasons: Reasons,
    model: MatchModel,
) -> Judgements:
    pairs = comparison.features(ones, others)
    away = distance_km(profiles.places[ones], profiles.places[others])
    shared_company = _shared_company(profiles, ones, others)
    logit = np.zeros(len(pairs))
    for weight, value in zip(model.weights(), pairs.T, strict=True):
        logit += weight * value
    logit = model.intercept + logit
    agreement = np.minimum(pairs[:, _COLUMN["name_containment"]], pairs[:, _COLUMN["address_containment"]])
    logit = logit + model.outside.company_id_shared * (shared_company & (agreement >= model.thresholds.agreement))
    logit = logit + model.outside.near * (away <= model.outside.near_km)
    least = min(model.thresholds.floor, model.thresholds.match)
    probability = _probability(logit, least)
    verdict = np.where(probability >= model.thresholds.review, np.int8(1), np.int8(0))
    told = np.flatnonzero(probability >= least)
    measured = Measured(ones[told], others[told], pairs[told], away[told], shared_company[told])
    texts, is_doubted = reasons.of(measured)
    verdict[told[(probability[told] >= model.thresholds.match) & ~is_doubted]] = VERDICTS.index("match")
    apart = (pairs[:, _COLUMN["units_differ"]] > 0) | (away > model.outside.far_km)
    is_asked = _is_known_by_name_alone(profiles, ones, others, pairs) & ~apart & (probability >= least)
    verdict[is_asked & (verdict == VERDICTS.index("distinct"))] = VERDICTS.index("review")
    places = np.full(len(pairs), -1)
    places[told] = np.arange(len(told))
    return Judgements(probability, verdict, apart, texts.take(pa.array(places, mask=places < 0)))


def _is_known_by_name_alone(profiles: Profiles, ones: Positions, others: Positions, pairs: Values) -> NDArray[np.bool_]:
    """Equal names of which one has no full address, and nothing that is stated speaks against one factory.

    The model learned from records with addresses, and takes a missing one for one that differs. No likeness can tell
    what these are: a person is asked.
    """
    is_unplaced = ~(profiles.is_placed[ones] & profiles.is_placed[others])
    stated: NDArray[np.bool_] = is_unplaced & (pairs[:, _COLUMN["name_equal"]] > 0)
    for against in ("trade_differs", "unit_on_one_side", "branch_on_one_side", "provinces_differ"):
        stated &= pairs[:, _COLUMN[against]] == 0
    return stated


def _probability(logit: Values, least: float) -> Values:
    """Probabilities to six digits; those of pairs that nobody is told of are good enough as numpy reckons them."""
    with np.errstate(over="ignore"):
        probability: Values = np.round(1 / (1 + np.exp(-logit)), 6)
    # (numpy's exponentials hang, in their last digit, on the place in an array.)
    told = np.flatnonzero(probability >= least - _DIGIT)
    probability[told] = [round(1 / (1 + math.exp(-value)), 6) for value in logit[told].tolist()]
    return probability


def _shared_company(profiles: Profiles, ones: Positions, others: Positions) -> NDArray[np.bool_]:
    """Whether both sides of each pair state one identifier of a company."""
    shared, companies = np.zeros(len(ones), bool), profiles.companies
    if not companies:
        return shared
    stated = np.zeros(len(profiles), bool)
    stated[list(companies)] = True
    for at in np.flatnonzero(stated[ones] & stated[others]).tolist():
        shared[at] = not companies[int(ones[at])].isdisjoint(companies[int(others[at])])
    return shared
