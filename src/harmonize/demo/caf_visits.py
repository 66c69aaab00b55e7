"""Decide which SLCP CAF assessments were made and what they truly say.

A factory answers and posts; a verifier stays there some weeks later, looks at every answer and corrects some. Where
Better Work assesses the factory it verifies Step 1 on the same stay, a few days before or after its own assessment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from harmonize.demo.better_work_visits import BetterWorkVisit
from harmonize.demo.identifiers import digest
from harmonize.demo.questionnaires import CafList, SlcpCaf
from harmonize.demo.streams import stream
from harmonize.demo.world import Factory

__all__ = ["CafVisit", "caf_visits"]

CAF_SHARE = 0.8
VERIFIED_SHARE = 0.75
SECOND_STEP_SHARE = 0.5
RECEIVERS = ("nike", "adidas", "gap")
"""Brands with which factories share their assessments."""
FIRST_DAY = date(2025, 5, 5)
SPAN_DAYS = 250
DAYS_APART = 9
UNSURE_WORDS = ("Not Applicable", "Unable to assess", "Do not know")


@dataclass(frozen=True, slots=True)
class CafVisit:
    """One assessment.

    Attributes:
        step: the highest Step that was asked.
        answers: word by Yes/No question, as the facility answered.
        ticks: box by tick box of all lists asked: ticked, or not.
        corrections: words that the verifier put in place of the facility's.
        verified_on: first day of the verifier's stay, where there was one.
        seen_with: the Better Work assessment of the same stay.
        deliverers: who hands it in.
    """

    key: str
    factory: Factory
    native_id: str
    version: str
    step: str
    posted_on: date
    answers: Mapping[str, str]
    ticks: Mapping[str, bool]
    corrections: Mapping[str, str]
    verified_on: date | None
    seen_with: BetterWorkVisit | None
    deliverers: tuple[str, ...]

    @property
    def completed_on(self) -> date | None:
        """The day on which the verified assessment was posted."""
        return None if self.verified_on is None else self.verified_on + timedelta(days=21)

    def status_on(self, day: date) -> str | None:
        """The status in an export of that day; None where the assessment is not posted yet."""
        if self.completed_on is not None and self.completed_on <= day:
            return "VRF"
        return "ASC" if self.posted_on <= day else None


def caf_visits(
    factories: tuple[Factory, ...], cycles: tuple[BetterWorkVisit, ...], caf: SlcpCaf, seed: int
) -> tuple[CafVisit, ...]:
    """All CAF assessments of the world; `cycles` are the Better Work assessments, the latest of a factory last."""
    latest = {cycle.factory.key: cycle for cycle in cycles}
    visits = []
    for factory in factories:
        rng = stream(seed, "caf", factory.key)
        deliverers = tuple(brand for brand in RECEIVERS if brand in factory.buyers)
        if deliverers and rng.random() < CAF_SHARE:
            visits.append(_visit(factory, latest.get(factory.key), deliverers, caf, seed, rng))
    return tuple(visits)


def _visit(
    factory: Factory,
    cycle: BetterWorkVisit | None,
    deliverers: tuple[str, ...],
    caf: SlcpCaf,
    seed: int,
    rng: Random,
) -> CafVisit:
    answers: dict[str, str] = {}
    step = "2" if rng.random() < SECOND_STEP_SHARE else "1"
    maturity = rng.uniform(0.6, 0.98)
    for asked, questions in caf.steps.items():
        if asked <= step:
            answers |= {question: _word(rng, maturity, "Yes", "No") for question in questions.good}
            answers |= {question: _word(rng, maturity, "No", "Yes") for question in questions.bad}
    is_verified = rng.random() < VERIFIED_SHARE
    around = rng.choice([*range(-DAYS_APART, 0), *range(1, DAYS_APART + 1)])
    own_day = FIRST_DAY + timedelta(days=rng.randrange(SPAN_DAYS))
    stay = own_day if cycle is None else cycle.started_on + timedelta(days=around)
    return CafVisit(
        key=f"caf-{factory.key}",
        factory=factory,
        native_id=f"fslmsurvey:{digest('caf', seed, factory.key)[:24]}",
        version=rng.choice(caf.versions),
        step=step,
        posted_on=stay - timedelta(days=rng.randint(25, 60)),
        answers=answers,
        ticks=_ticks(caf.lists, step, rng),
        corrections=_corrections(answers, rng) if is_verified else {},
        verified_on=stay if is_verified else None,
        seen_with=cycle if is_verified else None,
        deliverers=deliverers,
    )


def _word(rng: Random, maturity: float, good: str, bad: str) -> str:
    if rng.random() < 0.05:
        return rng.choice(UNSURE_WORDS)
    return good if rng.random() < maturity else bad


def _ticks(lists: tuple[CafList, ...], step: str, rng: Random) -> dict[str, bool]:
    """Some boxes of a list, or the box for none of them; a list that nobody touched has no box here."""
    ticks: dict[str, bool] = {}
    for listed in lists:
        draw = rng.random()
        if listed.step > step or draw < 0.1:
            continue
        chosen = rng.sample(listed.boxes, rng.randint(1, len(listed.boxes))) if draw > 0.5 else []
        ticks |= {box: box in chosen for box in listed.boxes} | {listed.none: not chosen}
    return ticks


def _corrections(answers: Mapping[str, str], rng: Random) -> dict[str, str]:
    stated = [question for question, word in answers.items() if word in ("Yes", "No")]
    chosen = rng.sample(stated, rng.randint(1, 4))
    return {question: "No" if answers[question] == "Yes" else "Yes" for question in chosen}
