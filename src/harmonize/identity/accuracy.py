"""How often the machine is right, estimated from pairs that were drawn at random and decided by stewards.

The pairs of a run are divided into strata by the machine's own verdict and by bands of the probability. In every
stratum the decided pairs stand for all: shares are weighed by the number of pairs. Intervals are Wilson's per stratum,
put together as Zou and Donner (2008) do; that of the recall, a ratio of two sums, is on the safe side. A stratum all of
whose pairs are decided is known and adds no doubt, one of which none is decided is taken to be as the others of its
verdict, with all the doubt there is. Pairs about which a steward was unsure tell nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

from harmonize.identity.decide import Verdict
from harmonize.identity.sampling_rules import SamplingRules

__all__ = ["Accuracy", "Estimate", "Stratum", "estimated", "wilson"]


@dataclass(frozen=True, slots=True)
class Stratum:
    """Pairs of one verdict and one band of the probability.

    Attributes:
        low, high: edges of the band.
        pairs: how many there are.
        same, different, unsure: how many of them were drawn and decided, by what was decided.
    """

    verdict: Verdict
    low: float
    high: float
    pairs: int
    same: int
    different: int
    unsure: int

    @property
    def decided(self) -> int:
        """Pairs of which is known what they are."""
        return self.same + self.different


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its interval; without numbers where there is too little to go by.

    Attributes:
        pairs, decided: how many it is about, and how many of them are decided.
        note: why there is no estimate; empty where there is one.
    """

    value: float | None
    low: float | None
    high: float | None
    pairs: int
    decided: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What the decisions on drawn pairs say of the machine.

    Attributes:
        precision: the share of one factory among the machine's matches.
        recall: the share of matches among the compared pairs of one factory that reach the model's floor. Pairs that
            were never compared, or are less likely than the floor, are not in it.
        same_in_review, same_in_distinct: the share of one factory among pairs of the other two verdicts.
        strata: what it was reckoned from.
        elsewhere: drawn and decided pairs that are no longer among those of the run.
    """

    precision: Estimate
    recall: Estimate
    same_in_review: Estimate
    same_in_distinct: Estimate
    strata: tuple[Stratum, ...]
    elsewhere: int

    @property
    def counted(self) -> str:
        """All counts of decided pairs as one text; empty where there are none."""
        decided = [one for one in self.strata if one.decided or one.unsure]
        return repr((decided, self.elsewhere)) if decided or self.elsewhere else ""

    def as_dict(self) -> dict[str, Any]:
        """For a manifest: numbers to four digits."""
        found: dict[str, Any] = _rounded(asdict(self))
        return found


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(value, 4) if isinstance(value, float) else value


def wilson(same: int, decided: int, confidence: float) -> tuple[float, float]:
    """Wilson's interval of a share; all there is where nothing is decided."""
    if not decided:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = same / decided
    middle = share + z * z / (2 * decided)
    half = z * math.sqrt(share * (1 - share) / decided + z * z / (4 * decided * decided))
    low, high = ((middle + sign * half) / (1 + z * z / decided) for sign in (-1, 1))
    # (Of none and of all the interval ends there; reckoned, it would miss that by a hair.)
    return (0.0 if same == 0 else low), (1.0 if same == decided else high)


def estimated(strata: Sequence[Stratum], rules: SamplingRules, elsewhere: int = 0) -> Accuracy:
    """What the decided pairs of all strata say."""
    shares = {verdict: _share(strata, verdict, rules) for verdict in ("match", "review", "distinct")}
    return Accuracy(
        precision=shares["match"],
        recall=_recall(shares["match"], [shares["review"], shares["distinct"]]),
        same_in_review=shares["review"],
        same_in_distinct=shares["distinct"],
        strata=tuple(strata),
        elsewhere=elsewhere,
    )


def _share(strata: Iterable[Stratum], verdict: str, rules: SamplingRules) -> Estimate:
    """The share of one factory among the pairs of a verdict."""
    chosen = [stratum for stratum in strata if stratum.verdict == verdict and stratum.pairs]
    pairs, decided = sum(one.pairs for one in chosen), sum(one.decided for one in chosen)
    if not pairs:
        return Estimate(None, None, None, 0, 0, "no estimate: there is no such pair")
    needed = min(rules.least_decided, pairs)
    if decided < needed:
        return Estimate(None, None, None, pairs, decided, f"no estimate: {_of(decided)}, {needed} needed")
    known = [one for one in chosen if one.decided]
    others = sum(one.pairs * one.same / one.decided for one in known) / sum(one.pairs for one in known)
    value, below, above = 0.0, 0.0, 0.0
    for one in chosen:
        share = one.same / one.decided if one.decided else others
        low, high = wilson(one.same, one.decided, rules.confidence) if one.decided < one.pairs else (share, share)
        weight = one.pairs / pairs
        value += weight * share
        below += (weight * (share - low)) ** 2
        above += (weight * (high - share)) ** 2
    return Estimate(value, max(0.0, value - math.sqrt(below)), min(1.0, value + math.sqrt(above)), pairs, decided)


def _of(decided: int) -> str:
    return "1 decided pair" if decided == 1 else f"{decided} decided pairs"


def _recall(matches: Estimate, others: Sequence[Estimate]) -> Estimate:
    """The share of the matches among all pairs of one factory."""
    parts = [matches, *others]
    pairs, decided = sum(part.pairs for part in parts), sum(part.decided for part in parts)
    lacking = [part for part in parts if part.pairs and part.value is None]
    if lacking:
        names = dict(zip(map(id, parts), ("matches", "pairs for review", "distinct pairs"), strict=True))
        said = "; ".join(f"{part.note.removeprefix('no estimate: ')} among {names[id(part)]}" for part in lacking)
        return Estimate(None, None, None, pairs, decided, f"no estimate: {said}")
    found, found_low, found_high = _count([matches])
    missed, missed_low, missed_high = _count(others)
    if found + missed == 0:
        return Estimate(None, None, None, pairs, decided, "no estimate: no decided pair is one factory")
    low = found_low / (found_low + missed_high) if found_low else 0.0
    high = found_high / (found_high + missed_low) if found_high else 0.0
    return Estimate(found / (found + missed), low, high, pairs, decided)


def _count(parts: Iterable[Estimate]) -> tuple[float, float, float]:
    """How many pairs are one factory, and the interval of that."""
    count, below, above = 0.0, 0.0, 0.0
    for part in parts:
        if part.value is not None and part.low is not None and part.high is not None:
            count += part.pairs * part.value
            below += (part.pairs * (part.value - part.low)) ** 2
            above += (part.pairs * (part.high - part.value)) ** 2
    return count, max(0.0, count - math.sqrt(below)), count + math.sqrt(above)
