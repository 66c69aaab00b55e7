"""State what every unambiguous Higg FEM answer means.

Questions whose polarity is not certain are left out, and so are words of a verified assessment that only one reading of
the export contract would attribute to the verifier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from harmonize.demo.higg_visits import FemVisit
from harmonize.demo.material import HiggFem
from harmonize.demo.truth import AnswerTruth, AssessmentTruth

__all__ = ["fem_answers", "fem_assessments", "is_in_common_unit"]

STATES = {
    "yes": "met",
    "partial yes": "partly_met",
    "no": "not_met",
    "not applicable": "not_applicable",
    "unknown": "unknown_to_facility",
}
SWAPPED = {"met": "not_met", "not_met": "met"}
INSTRUMENT = "higg_fem"


def fem_assessments(visit: FemVisit) -> Iterator[AssessmentTruth]:
    """The self-assessment and, where it has an id of its own, the verified one."""
    dated = visit.verified_on if visit.verified == "upgrade" else visit.posted_on
    yield _assessment(visit, visit.key, visit.native_id, dated)
    if visit.verified in ("row", "envelope"):
        yield _assessment(visit, visit.verified_key, visit.verified_id, visit.verified_on, verified_of=visit.key)


def _assessment(visit: FemVisit, key: str, native_id: str, day: date, verified_of: str = "") -> AssessmentTruth:
    return AssessmentTruth(
        key, visit.factory.key, INSTRUMENT, visit.edition, native_id, day.isoformat(), key, verified_of
    )


def fem_answers(visit: FemVisit, fem: HiggFem, in_json: bool) -> Iterator[AnswerTruth]:
    """Answers of a visit after all deliveries; `in_json`: an API delivery adds performance values."""
    stated = {**visit.answers, **visit.amended}
    yield from _words(visit, fem, stated, "facility", verified=False)
    yield from _amounts(visit, fem, "facility", verified=False)
    if in_json:
        yield from _performance(visit, fem)
    if visit.verified == "row":
        yield from _words(visit, fem, {**visit.answers, **visit.corrections}, "verifier", verified=True)
        yield from _amounts(visit, fem, "verifier", verified=True)
    elif visit.verified in ("upgrade", "envelope"):
        yield from _words(visit, fem, visit.corrections, "verifier", verified=True)


def _words(
    visit: FemVisit, fem: HiggFem, words: Mapping[str, str], answered_by: str, *, verified: bool
) -> Iterator[AnswerTruth]:
    for question, word in words.items():
        if question in fem.neutral:
            continue
        state = "informational" if question in fem.facts else STATES[word.casefold()]
        if question in fem.bad:
            state = SWAPPED.get(state, state)
        yield _answer(visit, verified, question, (answered_by, state, None, ""))


def _amounts(visit: FemVisit, fem: HiggFem, answered_by: str, *, verified: bool) -> Iterator[AnswerTruth]:
    for stem, (amount, unit) in visit.quantities.items():
        common = fem.units[unit]
        meaning = (answered_by, "informational", amount * common.factor, common.unit)
        yield _answer(visit, verified, f"{stem}quant", meaning)


def _performance(visit: FemVisit, fem: HiggFem) -> Iterator[AnswerTruth]:
    if visit.verified != "none":
        return
    for stem, (amount, unit) in visit.quantities.items():
        common = fem.units[unit]
        if not is_in_common_unit(stem, common.unit):
            continue
        yield _answer(visit, False, f"{stem}total", ("facility", "informational", amount * common.factor, common.unit))


def is_in_common_unit(stem: str, unit: str) -> bool:
    """Whether the platform's performance block can state this amount: it prints every energy source in MJ."""
    return unit == "MJ" or not stem.startswith("ensource")


def _answer(visit: FemVisit, verified: bool, question: str, meaning: tuple[str, str, float | None, str]) -> AnswerTruth:
    key = visit.verified_key if verified else visit.key
    native = visit.verified_id if verified and visit.verified != "upgrade" else visit.native_id
    return AnswerTruth(key, INSTRUMENT, native, question.lower(), *meaning)
