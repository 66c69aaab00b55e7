"""Decide which questionnaires were answered, by whom and how: amfori BSCI, ERSA, and the forms of three ministries.

Every question of these has a known good answer, so that a state is drawn and each writer prints its own word for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from harmonize.demo.material import Material
from harmonize.demo.questionnaires import Questionnaire, State
from harmonize.demo.streams import stream
from harmonize.demo.world import Factory

__all__ = ["Detail", "QuestionVisit", "question_visits"]

DAYS = {
    "amfori_bsci": (date(2025, 4, 1), date(2026, 2, 20)),
    "ersa": (date(2025, 4, 1), date(2026, 2, 20)),
    "vn_labour_inspection": (date(2025, 10, 1), date(2025, 12, 20)),
    "kh_self_declaration": (date(2025, 12, 10), date(2026, 1, 20)),
    "th_tls8001": (date(2025, 6, 1), date(2026, 1, 20)),
}
"""Between which days the visits lie."""
DELIVERERS = {
    "amfori_bsci": ("northline", "harbour"),
    "ersa": ("northline",),
    "vn_labour_inspection": ("moha",),
    "kh_self_declaration": ("mlvt",),
    "th_tls8001": ("dlpw",),
}
MINISTRIES = frozenset({"moha", "mlvt", "dlpw"})
NOT_APPLICABLE_SHARE = 0.06
PARTLY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Detail:
    """What stands beside a bad answer."""

    severity: str
    text: str
    action: str
    days_allowed: int | None


@dataclass(frozen=True, slots=True)
class QuestionVisit:
    """One questionnaire of one factory; `states` leaves out what was not answered."""

    key: str
    instrument: str
    factory: Factory
    native_id: str
    day: date
    states: Mapping[str, State]
    words: Mapping[str, str]
    details: Mapping[str, Detail]
    deliverers: tuple[str, ...]

    def due_on(self, question: str) -> date | None:
        """Until when a bad answer is to be put right, where that is said."""
        allowed = self.details[question].days_allowed
        return None if allowed is None else self.day + timedelta(days=allowed)


def question_visits(factories: tuple[Factory, ...], material: Material, seed: int) -> tuple[QuestionVisit, ...]:
    """All questionnaires of the world, by instrument and factory."""
    visits = []
    for instrument, questionnaire in material.questionnaires.items():
        for number, factory in enumerate(factories, start=1):
            rng = stream(seed, "questionnaire", instrument, factory.key)
            deliverers = tuple(each for each in DELIVERERS[instrument] if each in MINISTRIES or each in factory.buyers)
            is_held = not questionnaire.countries or factory.country in questionnaire.countries
            if is_held and deliverers and rng.random() < questionnaire.share:
                visits.append(_visit(instrument, factory, number, deliverers, material, rng))
    return tuple(visits)


def _visit(
    instrument: str, factory: Factory, number: int, deliverers: tuple[str, ...], material: Material, rng: Random
) -> QuestionVisit:
    questionnaire = material.questionnaires[instrument]
    first, last = DAYS[instrument]
    day = first + timedelta(days=rng.randrange((last - first).days))
    states = _states(questionnaire, rng)
    return QuestionVisit(
        key=f"{instrument}-{factory.key}",
        instrument=instrument,
        factory=factory,
        native_id=_native_id(instrument, number, day),
        day=day,
        states=states,
        words={question: rng.choice(questionnaire.words[state]) for question, state in states.items()},
        details={
            question: _detail(questionnaire, material, rng) for question, state in states.items() if state == "not_met"
        },
        deliverers=deliverers,
    )


def _native_id(instrument: str, number: int, day: date) -> str:
    formats = {"amfori_bsci": f"{day:%y}-{300_000 + number * 31:07d}-1", "ersa": f"ER-{day:%y}{number:04d}"}
    return formats.get(instrument, "")


def _states(questionnaire: Questionnaire, rng: Random) -> dict[str, State]:
    maturity = rng.uniform(0.55, 0.99)
    states: dict[str, State] = {}
    for _, _, question in questionnaire.items():
        draw = rng.random()
        if draw < questionnaire.not_asked:
            continue
        if draw < questionnaire.not_asked + NOT_APPLICABLE_SHARE:
            states[question] = "not_applicable"
        elif rng.random() < maturity:
            states[question] = "met"
        elif "partly_met" in questionnaire.words and rng.random() < PARTLY_SHARE:
            states[question] = "partly_met"
        else:
            states[question] = "not_met"
    return states


def _detail(questionnaire: Questionnaire, material: Material, rng: Random) -> Detail:
    return Detail(
        severity=rng.choice(questionnaire.severities),
        text=rng.choice(material.matters.matters).text,
        action=rng.choice(questionnaire.actions or material.matters.actions),
        days_allowed=rng.choice(questionnaire.days_allowed) if questionnaire.days_allowed else None,
    )
