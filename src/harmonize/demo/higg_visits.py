"""Decide which Higg FEM assessments were made and what they truly say.

A verified assessment either has an id of its own (`row` in the CSV export, `envelope` in JSON) or is the same id raised
to status VRF (`upgrade`). Amended assessments were exported twice, the second time with a corrected answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from harmonize.demo.identifiers import digest
from harmonize.demo.material import HiggFem, Material, Quantity
from harmonize.demo.streams import stream
from harmonize.demo.world import Factory

__all__ = ["FemVisit", "fem_visits"]

Verified = Literal["none", "row", "upgrade", "envelope"]

EDITION_SHARES = {"fem2023": 0.62, "fem2024": 0.68}
POSTING_STARTS = {"fem2023": date(2024, 2, 1), "fem2024": date(2025, 2, 1)}


@dataclass(frozen=True, slots=True)
class FemVisit:
    """One self-assessment with its verification, if any.

    Attributes:
        answers: word by question, as the facility answered.
        quantities: amount and unit by stem of the quantity's columns.
        corrections: words that the verifier put in place of the facility's.
        amended: words that a later export of the self-assessment corrects.
    """

    key: str
    factory: Factory
    edition: str
    native_id: str
    posted_on: date
    answers: Mapping[str, str]
    quantities: Mapping[str, tuple[float, str]]
    verified: Verified
    verified_id: str
    verified_on: date
    corrections: Mapping[str, str]
    amended: Mapping[str, str]

    @property
    def verified_key(self) -> str:
        """Key of the verified assessment: its own where it has an id of its own."""
        return self.key if self.verified == "upgrade" else f"{self.key}-verified"


def fem_visits(factories: tuple[Factory, ...], material: Material, seed: int) -> tuple[FemVisit, ...]:
    """All Higg FEM assessments of the world, by edition and factory."""
    visits = []
    for edition, share in EDITION_SHARES.items():
        for factory in factories:
            rng = stream(seed, "fem", edition, factory.key)
            if rng.random() < share:
                visits.append(_visit(factory, edition, material.higg_fem, seed, rng))
    return tuple(visits)


def _visit(factory: Factory, edition: str, fem: HiggFem, seed: int, rng: Random) -> FemVisit:
    answers = _answers(fem, rng)
    verified = _verification(factory, edition, rng)
    posted_on = POSTING_STARTS[edition] + timedelta(days=rng.randrange(85))
    corrections = _changed(answers, fem, rng, rng.randint(1, 4)) if verified != "none" else {}
    amended = {}
    if edition == "fem2024" and verified in ("none", "row") and "pvh" not in factory.buyers and rng.random() < 0.3:
        amended = {
            question: word for question, word in _changed(answers, fem, rng, 2).items() if question not in corrections
        }
    return FemVisit(
        key=f"{edition}-{factory.key}",
        factory=factory,
        edition=edition,
        native_id=f"femsurvey:{_uuid('fem', seed, edition, factory.key)}",
        posted_on=posted_on,
        answers=answers,
        quantities=_quantities(fem, rng),
        verified=verified,
        verified_id=f"vfemsurvey:{_uuid('vfem', seed, edition, factory.key)}",
        verified_on=posted_on + timedelta(days=rng.randint(30, 75)),
        corrections=corrections,
        amended=amended,
    )


def _verification(factory: Factory, edition: str, rng: Random) -> Verified:
    draw = rng.random()
    if edition == "fem2023" or "pvh" not in factory.buyers:
        return "row" if draw < 0.45 else "none"
    if draw < 0.3:
        return "upgrade"
    return "envelope" if draw < 0.5 else "none"


def _answers(fem: HiggFem, rng: Random) -> dict[str, str]:
    maturity = rng.uniform(0.35, 0.95)
    answers = {}
    for question in fem.good + fem.partial + fem.bad + fem.neutral:
        draw = rng.random()
        if draw < 0.06:
            continue
        if draw < 0.09:
            word = "Not Applicable"
        elif draw < 0.11:
            word = "Unknown"
        elif question in fem.bad:
            word = "Yes" if rng.random() < 0.08 else "No"
        elif question in fem.partial and rng.random() < 0.2:
            word = "Partial Yes"
        else:
            word = "Yes" if rng.random() < maturity else "No"
        answers[question] = word.lower() if rng.random() < 0.03 else word
    for question, words in fem.facts.items():
        answers[question] = rng.choice(words)
    return answers


def _changed(answers: Mapping[str, str], fem: HiggFem, rng: Random, count: int) -> dict[str, str]:
    stated = [question for question in fem.good if question in answers]
    chosen = rng.sample(stated, count)
    return {question: "No" if answers[question].casefold() == "yes" else "Yes" for question in chosen}


def _quantities(fem: HiggFem, rng: Random) -> dict[str, tuple[float, str]]:
    return {quantity.stem: _amount(quantity, fem, rng) for quantity in fem.quantities if rng.random() < quantity.share}


def _amount(quantity: Quantity, fem: HiggFem, rng: Random) -> tuple[float, str]:
    unit = rng.choice(quantity.units)
    in_base = rng.uniform(quantity.low, quantity.high)
    amount = in_base * fem.units[quantity.base].factor / fem.units[unit].factor
    whole_and_half = round(amount) + rng.choice((0.0, 0.0, 0.5))
    return (whole_and_half or 1.0), unit


def _uuid(*parts: object) -> str:
    text = digest(*parts)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))
