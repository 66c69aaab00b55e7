"""The decision on every cell once more, in plain Python over the world itself: what the SQL must say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from harmonize.assessments.reuse.requirements import Required
from harmonize.assessments.reuse.rules import ReuseRules
from tests.assessments.reuse.worlds import (
    BOUNDED,
    ENTAILED,
    INDICATORS,
    LAW_DAY,
    LISTING,
    ME,
    NARROW,
    OTHER,
    QUESTIONS,
    ROOT_TOPIC,
    SILENT,
    TOPIC,
    WIDE,
    Found,
    Granted,
    Visit,
    World,
)

_ORDER = (
    *("not_met", "partly_met", "found_and_closed", "met", "not_applicable", "informational", "no_finding"),
    *("unknown_to_facility", "unable_to_assess"),
)
_RANK = {"none": 0, "desk": 1, "virtual": 2, "onsite": 3}
_PREDICATES = ("exact", "close", "narrow", "broad")
_ABOVE = {TOPIC: {TOPIC, ROOT_TOPIC}, ROOT_TOPIC: {ROOT_TOPIC}}


@dataclass(frozen=True)
class Evidence:
    visit: Visit
    state: str
    verification: str
    basis: str | None
    relation: int
    predicate: int
    right: int
    """0 its own, 1 granted, 2 neither."""
    is_answer: bool = False
    was_open: bool = False
    """Closed later than its own day."""

    @property
    def day(self) -> date | None:
        """What the buyer's own copy says is as old as that copy says."""
        visit = self.visit
        own = visit.own_day if self.right == 0 and ME in visit.contributors[1:] and not visit.period_end else None
        return own or _day(visit)


@dataclass(frozen=True)
class _Known:
    """What is known of a factory: what is said, the visits whose events are seen, and those whose head count is."""

    said: Sequence[Evidence]
    visits: Sequence[Visit]
    counted: Sequence[Visit]


def decide(
    world: World, needed: Sequence[Required], rules: ReuseRules, as_of: date, judged_on: date
) -> dict[tuple[str, str], tuple[str, str, tuple[str, str] | None]]:
    """Of every cell: its status, its status if all were granted, and which assessment and state stand."""
    visits = [v for v in _restated(world) if v.published and all(d is None or d <= as_of for d in (v.day, _day(v)))]
    return {
        (facility, one.indicator.indicator_id): _cell(
            world, [v for v in visits if v.facility == facility], one, rules, as_of, judged_on
        )
        for facility in world.facilities
        for one in needed
    }


def _restated(world: World) -> list[Visit]:
    """Every visit; of one that restates another, with the day of that one."""
    named = {v.name: v for v in world.visits}
    return [replace(v, period_end=_day(named[v.restates])) if v.restates else v for v in world.visits]


def _row_verification(visit: Visit, world: World, rules: ReuseRules) -> str:
    """Of finding rows; of what restates another, as strongly as that one was verified at most."""
    shown = next((v for v in world.visits if v.name == visit.restates), visit)
    if shown is not visit and shown.instrument != SILENT and shown.answers:
        return max((a.verification for a in shown.answers), key=lambda word: _RANK.get(word, 0)).replace(
            "auto_accepted", "none"
        )
    return rules.verification_of_finding_rows[shown.kind]  # type: ignore[index]


def _day(visit: Visit) -> date | None:
    return visit.period_end or visit.day


def _cell(
    world: World, visits: Sequence[Visit], one: Required, rules: ReuseRules, as_of: date, judged_on: date
) -> tuple[str, str, tuple[str, str] | None]:
    evidence = [
        e
        for visit in visits
        for e in _spoken(visit, one, world, rules, as_of, judged_on)
        if e.day is None or e.day <= as_of
    ]
    everything = _Known(evidence, visits, visits)
    # What the buyer may not see decides nothing for it, and only of hidden answers it is told that there are any.
    scopes = {v.name: {g.scope for g in world.grants if _covers(g, v, as_of, judged_on)} for v in visits}
    mine = {v.name for v in visits if ME in v.contributors}
    known = _Known(
        [e for e in evidence if e.right < 2],
        [v for v in visits if v.name in mine or scopes[v.name] - {"summary"}],
        [v for v in visits if v.name in mine or scopes[v.name] & {"answers", "full"}],
    )
    good = [e for e in evidence if not _fails(e, everything, one, world, rules, as_of)]
    left = [e for e in evidence if not _fails(e, known, one, world, rules, as_of)]
    seen = [e for e in left if e.right < 2]
    hidden = [e for e in left if e.right == 2 and e.is_answer]
    best = min(seen or hidden, key=lambda e: _standing(e, evidence), default=None)
    stands = None if best is None else (best.visit.name, best.state)
    if one.always is not None:
        return "always_ask", "always_ask", stands
    status = "assessed" if seen else "grant_missing" if hidden else "ask"
    return status, "assessed" if good else "ask", stands


def _standing(e: Evidence, all_said: Sequence[Evidence]) -> tuple[object, ...]:
    day = max(d for other in all_said if _stay(other.visit) == _stay(e.visit) and (d := other.day) is not None)
    rank = _RANK.get(e.verification, 0)
    return (
        e.state == "no_finding", -day.toordinal(), -rank, _ORDER.index(e.state), e.relation, e.predicate, e.right,
        e.visit.name,
    )  # fmt: skip


def _spoken(
    visit: Visit, one: Required, world: World, rules: ReuseRules, as_of: date, judged_on: date
) -> Iterator[Evidence]:
    """What a visit says of an indicator: of all that it says, the worst."""
    said = list(_said(visit, one, world, rules, as_of, judged_on))
    worst = min((_ORDER.index(e.state) for e in said), default=0)
    yield from (e for e in said if _ORDER.index(e.state) == worst)


def _said(
    visit: Visit, one: Required, world: World, rules: ReuseRules, as_of: date, judged_on: date
) -> Iterator[Evidence]:
    indicator = one.indicator.indicator_id
    mine = ME in visit.contributors
    scopes = {g.scope for g in world.grants if _covers(g, visit, as_of, judged_on)}
    corrected = {a.question for a in visit.answers if a.by == "verifier"}
    for answer in visit.answers if visit.instrument != SILENT else ():
        if answer.by == "facility" and answer.question in corrected:
            continue
        predicate, source, basis = QUESTIONS[answer.question]
        state = ENTAILED.get((predicate, answer.state))
        if INDICATORS[source][1] == "quantity" and answer.state == "informational" and predicate in ("exact", "close"):
            state = "informational"
        implied, relation = _implied(source, state, indicator)
        if implied is None:
            continue
        is_own = mine and not (answer.question in visit.disowned and visit.contributors[0] != ME)
        may = scopes & ({"answers", "full", "findings"} if implied == "not_met" else {"answers", "full"})
        right = 0 if is_own else 1 if may else 2
        yield Evidence(visit, implied, answer.verification, basis, relation, _PREDICATES.index(predicate), right, True)
    row_verification = _row_verification(visit, world, rules)
    right = 0 if mine else 1 if scopes - {"summary"} else 2
    for finding in visit.findings:
        predicate, source, basis = QUESTIONS[finding.question]
        implied, relation = _implied(source, ENTAILED.get((predicate, "not_met")), indicator)
        if implied == "not_met":
            state = "found_and_closed" if _is_closed(finding, as_of) else "not_met"
            day = _day(visit)
            was_open = bool(state != "not_met" and finding.closed_on and day and finding.closed_on > day)
            rank = _PREDICATES.index(predicate)
            yield Evidence(visit, state, row_verification, basis, relation, rank, right, was_open=was_open)
    if _is_silent(visit, one, world):
        yield Evidence(visit, "no_finding", row_verification, None, 0, 0, right)


def _implied(source: str, state: str | None, indicator: str) -> tuple[str | None, int]:
    if source == indicator:
        return state, 0
    if (source, indicator) == (NARROW, WIDE) and state == "not_met":
        return state, 1
    if (source, indicator) == (WIDE, NARROW) and state == "met":
        return state, 2
    return None, 0


def _is_closed(finding: Found, as_of: date) -> bool:
    return finding.status == "closed" and (finding.closed_on is None or finding.closed_on <= as_of)


def _is_silent(visit: Visit, one: Required, world: World) -> bool:
    lists_answers = any(v.instrument == visit.instrument and v.answers for v in world.visits if v.instrument != SILENT)
    topic = one.indicator.topic_id
    if (
        visit.restates
        or one.indicator.kind != "compliance"
        or visit.kind != "audit"
        or lists_answers
        or topic not in _ABOVE
    ):
        return False
    if "follow" in (visit.assessment_type or "").lower():
        return False
    scope = {said for name, said in visit.scope if name in {*_ABOVE[topic], "labour"}}
    spoken = {INDICATORS[QUESTIONS[f.question][1]][0] for f in visit.findings}
    touched = any(other in _ABOVE[topic] or topic in _ABOVE.get(other, ()) for other in spoken)
    return "in" in scope and "out" not in scope and not touched


def _covers(grant: Granted, visit: Visit, as_of: date, judged_on: date) -> bool:
    return (
        grant.audience == ME
        and grant.scheme_value == f"OS-{visit.facility}"
        and grant.instrument in ("*", visit.instrument)
        and grant.assessment in ("*", f"N-{visit.name}")
        and (grant.valid_from is None or grant.valid_from <= as_of)
        and (grant.valid_to is None or grant.valid_to >= as_of)
        and (grant.revoked_on is None or grant.revoked_on > judged_on)
        and not (grant.assessment == "*" and grant.valid_to is None and visit.instrument in BOUNDED)
        and visit.link != "model"
    )


def _fails(
    e: Evidence, known: _Known, one: Required, world: World, rules: ReuseRules, as_of: date
) -> bool:  # fmt: skip
    """Whether anything but a missing grant keeps evidence from standing."""
    day = e.day
    if day is None or e.state in ("unknown_to_facility", "unable_to_assess", "found_and_closed"):
        return True
    rank = _RANK[one.auto_accepted if e.verification == "auto_accepted" else e.verification]
    ends = e.visit.valid_until if e.visit.valid_until_basis in ("scheme", "certificate") else None
    terms = (
        e.state == "no_finding" and not one.no_finding,
        one.instruments is not None and e.visit.instrument not in one.instruments,
        one.basis is not None and one.indicator.kind == "compliance" and e.basis not in one.basis,
        rank < _RANK[one.verification],
        day + timedelta(days=one.maximum_age_days) < as_of,
        ends is not None and ends < as_of,
        e.visit.status in rules.ended_by_status,
        one.indicator.indicator_id == NARROW and world.country == "VN" and day < LAW_DAY <= as_of,
        any(day < changed <= as_of for changed in one.changed_on),
        any(
            other.visit.verified_of == e.visit.name
            and _ORDER.index(other.state) < 6
            and other.state != "found_and_closed"
            for other in known.said
        ),
    )
    return any(terms) or _has_bad_news(e, day, known.said) or _is_ended(e.visit, day, known, world, rules, as_of)


def _stay(visit: Visit) -> str:
    return visit.visit or visit.name


def _has_bad_news(e: Evidence, day: date, all_said: Sequence[Evidence]) -> bool:
    return e.state != "not_met" and any(
        (other.state == "not_met" or other.was_open)
        and other.visit.status != "VRI"
        and ((other.day or date.min) > day or (other.state == "not_met" and _stay(other.visit) == _stay(e.visit)))
        for other in all_said
    )


def _is_ended(visit: Visit, day: date, known: _Known, world: World, rules: ReuseRules, as_of: date) -> bool:
    for event in world.events:
        after = day <= event.on if rules.events[event.kind].same_day else day < event.on
        if event.facility_id == visit.facility and after and event.on <= as_of:
            return True
    for other in known.visits:
        alarm = _day(other)
        if alarm is not None and alarm >= day and _is_alarming(other):
            return True
    counts = [(d, w) for f, d, w in world.head_counts if f == visit.facility and d <= as_of]
    counts += [(d, v.workers) for v in known.counted if v.workers and (d := _day(v)) is not None]
    before = [(d, w) for d, w in counts if d <= day]
    own = (visit.workers if visit in known.counted else None) or None
    if not before and own is None:
        return False
    then = own or max(before)[1]
    return any(d > day and abs(w - then) >= rules.workforce_change * then for d, w in counts)


def _is_alarming(visit: Visit) -> bool:
    if any(f.severity == "zero_tolerance" for f in visit.findings):
        return True
    if any(f.question == "q-access" for f in visit.findings):
        return True
    said = visit.answers if visit.instrument in (LISTING, OTHER) else ()
    return any(
        (a.question == "q-access" and a.state in ("not_met", "unable_to_assess"))
        or (a.question == "q-records" and a.state == "unable_to_assess")
        for a in said
    )
