"""Small worlds of visits, put straight where the ledger reads them; and the ledger once more, in plain Python.

The oracle knows the rules as sentences (`schemas/burden.md`), not the statements: it compares all with all.
"""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.assessments.burden_rules import BurdenRules, load_burden_rules, register_burden_rules
from harmonize.assessments.deduplicate import judge_on, keep_ledger
from harmonize.assessments.visit_rules import load_visit_rules, register_visit_rules
from harmonize.database import create_table
from harmonize.pipeline.workspace import open_workspace
from harmonize.store.build import attach_release
from tests.pipeline.worlds import ROOT

__all__ = ["INDICATORS", "QUESTIONS", "Finding", "Seen", "World", "kept", "ledger", "overlaps", "pairs", "stated"]

RULES: BurdenRules = load_burden_rules(ROOT / "schemas/burden.yml")
INDICATORS: Mapping[str, tuple[str, str]] = {
    "l.osh.overall": ("l.osh", "compliance"),
    "l.osh.exits": ("l.osh", "compliance"),
    "l.osh.drills": ("l.osh", "compliance"),
    "e.policy": ("e.ems", "practice"),
    "e.energy": ("e.energy", "quantity"),
    "general.facility.name": ("general.facility", "text"),
}
BROADER = [("l.osh.exits", "l.osh.overall"), ("l.osh.drills", "l.osh.overall")]
PREDICATES = ("exact", "close", "broad", "narrow", "related")
QUESTIONS: Mapping[str, tuple[str, str]] = {
    f"{indicator}/{predicate}": (indicator, predicate) for indicator in INDICATORS for predicate in PREDICATES
}
ENTAILMENT: Mapping[str, Mapping[str, str]] = {
    **{
        predicate: {
            state: state
            for state in ("met", "partly_met", "not_met", "not_applicable", "unknown_to_facility", "unable_to_assess")
        }
        for predicate in ("exact", "close")
    },
    "broad": {"not_met": "not_met"},
    "narrow": {"met": "met"},
}
_NO_DAY = date(1900, 1, 1)
_S, _D, _B = pa.string(), pa.date32(), pa.bool_()


@dataclass(frozen=True)
class Finding:
    """A finding row: the question it is about, and what became of it."""

    question: str | None
    status: str | None = None
    closed_on: date | None = None
    due_on: date | None = None
    clause: str | None = None
    native_id: str | None = None


@dataclass(frozen=True)
class Seen:
    """An assessment.

    Attributes:
        told_by: the assessment whose visit it restates (`rating_derived_from`) or reports, and how many days later.
        contributors: a delivery each; the first is the original.
    """

    name: str
    kind: str = "audit"
    instrument: str = "gap"
    assessed_on: date | None = date(2025, 3, 1)
    ended_on: date | None = None
    evidence_to: date | None = None
    visit: str | None = None
    verified_of: str | None = None
    follow_up_of: str | None = None
    told_by: tuple[str, str, int] | None = None
    published: bool = True
    announcement: str | None = None
    assessment_type: str | None = None
    contributors: Sequence[str] = ("gap",)
    answers: Sequence[tuple[str, str]] = ()
    findings: Sequence[Finding] = ()

    @property
    def visit_id(self) -> str:
        return self.visit or f"visit of {self.name}"

    @property
    def day(self) -> date | None:
        return self.ended_on or self.assessed_on

    @property
    def is_self(self) -> bool:
        return self.kind in ("self", "self_inspection")


@dataclass(frozen=True)
class World:
    """The assessments of one factory, on a day of judgement."""

    seen: Sequence[Seen]
    as_of: date = date(2026, 6, 30)
    facility_id: str = field(default="HF1")


@contextmanager
def kept(folder: Path, *worlds: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """A workspace in which the ledger of these factories has been kept: `made_burden`, `release.overlap`."""
    target = folder / "release.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        open_workspace(connection)
        attach_release(connection, target, None, "test")
        _fill(connection, worlds)
        judge_on(connection, worlds[0].as_of)
        keep_ledger(connection)
        yield connection


def _fill(connection: duckdb.DuckDBPyConnection, worlds: Sequence[World]) -> None:
    seen = [(world.facility_id, one) for world in worlds for one in world.seen]
    numbers = {one.name: number for number, (_, one) in enumerate(seen, start=1)}

    def table(name: str, rows: Sequence[Mapping[str, Any]], **types: pa.DataType) -> None:
        create_table(connection, name, pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema(types)))

    table(
        "made_assessment",
        [
            {
                "assessment_id": one.name, "facility_id": facility, "instrument": one.instrument, "kind": one.kind,
                "assessment_type": one.assessment_type, "announcement": one.announcement, "visit_id": one.visit_id,
                "verified_of": one.verified_of, "assessed_on": one.assessed_on, "ended_on": one.ended_on,
                "evidence_to": one.evidence_to, "published": one.published, "follow_up_of": one.follow_up_of,
            }
            for facility, one in seen
        ],
        assessment_id=_S, facility_id=_S, instrument=_S, kind=_S, assessment_type=_S, announcement=_S, visit_id=_S,
        verified_of=_S, assessed_on=_D, ended_on=_D, evidence_to=_D, published=_B, follow_up_of=_S,
    )  # fmt: skip
    table(
        "visit_relation",
        [
            dict(zip(("related_id", "kind", "days_apart"), one.told_by, strict=True), assessment_id=one.name)
            for _, one in seen
            if one.told_by
        ],
        assessment_id=_S, related_id=_S, kind=_S, days_apart=pa.int64(),
    )  # fmt: skip
    table(
        "made_copy",
        [
            {"assessment_id": one.name, "contributor": who, "relation": "copy" if place else "original"}
            for _, one in seen
            for place, who in enumerate(one.contributors)
        ],
        assessment_id=_S, contributor=_S, relation=_S,
    )  # fmt: skip
    table(
        "made_finding",
        [
            {
                "finding_id": f"{one.name}/{place}", "clause_raw": found.clause, "native_id": found.native_id,
                "description": None, "assessment_id": one.name, "indicator_id": _indicator(found),
                "mapping_id": found.question, "made_from": "row", "status": found.status,
                "closed_on": found.closed_on, "due_on": found.due_on,
            }
            for _, one in seen
            if one.published
            for place, found in enumerate(one.findings)
        ],
        finding_id=_S, clause_raw=_S, native_id=_S, description=_S,
        assessment_id=_S, indicator_id=_S, mapping_id=_S, made_from=_S, status=_S, closed_on=_D, due_on=_D,
    )  # fmt: skip
    table(
        "crosswalk_entry", [{"mapping_id": q, "predicate": p} for q, (_, p) in QUESTIONS.items()],
        mapping_id=_S, predicate=_S,
    )  # fmt: skip
    table(
        "entailment",
        [
            {"comparability": predicate, "state": state, "implied_state": implied}
            for predicate, states in ENTAILMENT.items()
            for state, implied in states.items()
        ],
        comparability=_S, state=_S, implied_state=_S,
    )  # fmt: skip
    table(
        "indicator_entry", [{"indicator_id": i, "topic_id": t, "kind": k} for i, (t, k) in INDICATORS.items()],
        indicator_id=_S, topic_id=_S, kind=_S,
    )  # fmt: skip
    table("broader_entry", [{"indicator_id": i, "broader_id": b} for i, b in BROADER], indicator_id=_S, broader_id=_S)
    table("corrected_answer", [], assessment_no=pa.int32(), question_no=pa.int32(), answered_by=_S)
    facilities = [
        {"facility_id": world.facility_id, "facility_no": number} for number, world in enumerate(worlds, start=1)
    ]
    table("touched_facility", facilities, facility_id=_S, facility_no=pa.int32())
    table("stale_facility", [], facility_id=_S, facility_no=pa.int32())
    register_burden_rules(connection, RULES)
    register_visit_rules(connection, load_visit_rules(ROOT / "schemas/visits.yml"))
    table("derived_rating", [{"instrument": "pvh"}], instrument=_S)
    connection.execute(
        "INSERT INTO release.compact.stored_facility SELECT facility_no, facility_id, 0 FROM touched_facility"
    )
    for facility, one in seen:
        connection.execute(
            "INSERT INTO release.compact.stored_assessment VALUES (?, ?, ?, ?, NULL, 0, ?, '', false)",
            [numbers[one.name], one.name, facility, one.instrument, len(one.answers)],
        )
    places = {question: number for number, question in enumerate(QUESTIONS, start=1)}
    for question, number in places.items():
        indicator, predicate = QUESTIONS[question]
        connection.execute(
            "INSERT INTO release.compact.question VALUES (?, ?, ?, ?, ?, ?, false, false, NULL, NULL, 0)",
            [number, question, question, indicator, predicate, INDICATORS[indicator][1]],
        )
    for _, one in seen:
        for question, state in one.answers if one.published else ():
            connection.execute(
                "INSERT INTO release.compact.stored_answer "
                "VALUES (?, ?, 'facility', ?, 'none', 0, NULL, NULL, 0, 0, 0, 1, 0)",
                [numbers[one.name], places[question], state],
            )


# The oracle.


@dataclass(frozen=True)
class _Round:
    name: str
    day: date | None
    members: Sequence[Seen]


def _months_before(day: date) -> date:
    """The same day so many months ago, or the last one of that month."""
    months = day.year * 12 + day.month - 1 - RULES.answered_within_months
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _year(day: date | None) -> int | None:
    return None if day is None else day.year


def _latest(days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if known else None


def _is_later(one: Seen) -> bool:
    return one.told_by is not None and one.told_by[2] > 0


def _visit_day(members: Sequence[Seen]) -> date | None:
    on_site = _latest([one.day for one in members if not _is_later(one)])
    return on_site or _latest([one.day for one in members])


def _standing(world: World) -> list[Seen]:
    return [one for one in world.seen if one.published and (one.day is None or one.day <= world.as_of)]


def _visits(world: World) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    for one in _standing(world):
        if not one.is_self:
            found[one.visit_id].append(one)
    return found


def _round_of(one: Seen, world: World) -> str:
    verifying = [v for v in _standing(world) if v.verified_of == one.name]
    verifying.sort(key=lambda v: (v.day is None, v.day or _NO_DAY, v.name))
    return verifying[0].visit_id if verifying else one.visit_id


def _rounds(world: World) -> list[_Round]:
    members: dict[str, list[Seen]] = defaultdict(list)
    for one in _standing(world):
        members[_round_of(one, world)].append(one)
    found = []
    for name, seen in members.items():
        day = _latest([one.day for one in seen if not _is_later(one) and not one.is_self])
        day = day or _latest([one.day for one in seen if not _is_later(one)]) or _latest([one.day for one in seen])
        found.append(_Round(name, day, seen))
    return found


def _is_judged(indicator: str) -> bool:
    return INDICATORS[indicator][1] in ("compliance", "practice")


def _said(one: Seen) -> dict[str, set[str]]:
    """The states that an assessment implies, by every indicator that it asked."""
    said: dict[str, set[str]] = {}
    if one.assessment_type in ("Follow-up", "CAP Verification"):
        return said
    stated = [(q, s) for q, s in one.answers if s != "not_asked"]
    stated += [(found.question, "not_met") for found in one.findings if found.question]
    for question, state in stated:
        indicator, predicate = QUESTIONS[question]
        if not indicator.startswith("general."):
            implied = ENTAILMENT.get(predicate, {}).get(state)
            said.setdefault(indicator, set()).update({implied} if implied else ())
    return said


def _asked(one: _Round) -> set[str]:
    return {indicator for member in one.members for indicator in _said(member)}


def _told(one: _Round) -> list[tuple[str, date, bool]]:
    """What a round tells: indicator, how far its evidence reaches, and whether it was asked itself."""
    found = []
    for member in one.members:
        reach = member.evidence_to or one.day
        if reach is None:
            continue
        for indicator, states in _said(member).items():
            if not _is_judged(indicator):
                continue
            if states & set(RULES.answering_states):
                found.append((indicator, reach, True))
            if "not_met" in states:
                found += [(wider, reach, False) for narrower, wider in BROADER if narrower == indicator]
            elif "met" in states:
                found += [(narrower, reach, False) for narrower, wider in BROADER if wider == indicator]
    return found


def _before(later: _Round, earlier: Sequence[_Round]) -> tuple[set[str], set[str]]:
    """The indicators that a round asked of which earlier ones had answered: directly, and by implication alone."""
    if later.day is None:
        return set(), set()
    since = _months_before(later.day)
    asked = {indicator for indicator in _asked(later) if _is_judged(indicator)}
    told = [
        told
        for one in earlier
        if one.day is not None and one.day < later.day
        for told in _told(one)
        if told[1] >= since
    ]
    directly = {indicator for indicator, _, is_direct in told if is_direct} & asked
    return directly, ({indicator for indicator, _, _ in told} & asked) - directly


def pairs(world: World) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Directly, by implication, asked by both: of every ordered pair of rounds within the months of the rule."""
    found = {}
    rounds = [one for one in _rounds(world) if one.day is not None and _asked(one)]
    for later in rounds:
        for earlier in rounds:
            assert later.day is not None
            assert earlier.day is not None
            since = _months_before(later.day)
            reach = max([earlier.day, *(day for indicator, day, _ in _told(earlier) if _is_told_of(indicator, world))])
            if earlier.day < later.day and reach >= since:
                directly, implied = _before(later, [earlier])
                both = _asked(earlier) & _asked(later)
                found[earlier.name, later.name] = (len(directly), len(implied), len(both))
    return found


def _is_told_of(indicator: str, world: World) -> bool:
    """Somebody asks it of this factory."""
    return any(indicator in _asked(one) for one in _rounds(world))


def overlaps(world: World) -> dict[tuple[str, int], tuple[int, list[str]]]:
    """How often, and by which assessments, every indicator was asked that a year asked more than once."""
    found = {}
    by_year: dict[tuple[str, int], list[_Round]] = defaultdict(list)
    for one in _rounds(world):
        if one.day is not None:
            for indicator in _asked(one):
                by_year[indicator, one.day.year].append(one)
    for key, rounds in by_year.items():
        if len(rounds) > 1:
            asking = [m.name for one in rounds for m in one.members if key[0] in _said(m)]
            found[key] = (len(rounds), sorted(asking))
    return found


def _indicator(found: Finding) -> str | None:
    return QUESTIONS[found.question][0] if found.question else None


def _is_checked(old: Finding, new: Finding) -> bool:
    same_clause = old.clause is not None and old.clause == new.clause
    same_indicator = _indicator(old) is not None and _indicator(old) == _indicator(new)
    other_number = None not in (old.native_id, new.native_id) and old.native_id != new.native_id
    return (same_clause or same_indicator) and not other_number


def _after_checks(world: World) -> dict[str, list[Finding]]:
    """The findings of every assessment, without closing checks, the checked ones closed."""
    standing = {one.name: one for one in _standing(world)}
    found = {name: list(enumerate(one.findings)) for name, one in standing.items()}
    days: dict[tuple[str, int], list[date]] = defaultdict(list)
    for name, one in standing.items():
        earlier = standing.get(one.follow_up_of or "")
        for place, new in enumerate(one.findings) if earlier else ():
            assert earlier is not None
            likest = min(
                (
                    (
                        old.native_id != new.native_id or not old.native_id,
                        old.clause != new.clause or not old.clause,
                        at,
                    )
                    for at, old in enumerate(earlier.findings)
                    if new.status == "closed" and _is_checked(old, new)
                ),
                default=None,
            )
            if likest is not None:
                found[name].remove((place, new))
                days[earlier.name, likest[-1]] += [one.day] if one.day else []
    return {
        name: [
            replace(f, closed_on=f.closed_on or min(days.get((name, at), []), default=None)) for at, f in kept_findings
        ]
        for name, kept_findings in found.items()
    }


def _announced(visit: Sequence[Seen]) -> str | None:
    words = {word: said for said, spelled in RULES.announcements.items() for word in spelled}
    said = {words.get((one.announcement or "").lower().replace("_", " ").replace("-", " ")) for one in visit}
    return next((least for least in ("unannounced", "semi_announced", "announced") if least in said), None)


def _takes_over(one: Seen) -> bool:
    return any(one.instrument == rule.instrument and one.assessment_type in rule.types for rule in RULES.takes_over)


def _restates(one: Seen) -> bool:
    return one.told_by is not None and one.told_by[1] == "rating_derived_from"


def ledger(world: World) -> dict[int | None, dict[str, Any]]:
    """The rows of `burden` of a factory, by year."""
    visits, rounds = _visits(world), _rounds(world)
    own_findings = _after_checks(world)
    findings = [
        (_visit_day([m for m in _standing(world) if m.visit_id == one.visit_id]), found)
        for one in _standing(world)
        if _round_of(one, world) == one.visit_id
        for found in own_findings[one.name]
    ]
    known = [(day, f) for day, f in findings if f.closed_on or f.status not in (None, "closed")]
    last = world.as_of.year
    years: set[int | None] = {_year(_visit_day(visit)) for visit in visits.values()}
    years |= {_year(one.day) for one in _standing(world)}
    years |= {_year(one.day) for one in rounds if _asked(one)}
    years |= {f.closed_on.year for _, f in findings if f.closed_on and f.closed_on <= world.as_of}
    ends = {year: min(date(year, 12, 31), world.as_of) for year in range(2000, last + 1)}

    def open_at(year: int) -> list[Finding]:
        return [
            f for day, f in known
            if day is not None and day.year <= year and day <= world.as_of
            and (f.closed_on is None or f.closed_on > ends[year])
        ]  # fmt: skip

    years |= {year for year in ends if open_at(year)}
    rows = {}
    for year in years:
        of_year = {name: visit for name, visit in visits.items() if _year(_visit_day(visit)) == year}
        own = [one for one in _standing(world) if _year(one.day) == year]
        asked = [one for one in rounds if _year(one.day) == year and _asked(one)]
        said = [_announced(visit) for visit in of_year.values()]
        days = [
            max((o.ended_on - o.assessed_on).days + 1 for o in visit if o.ended_on and o.assessed_on)
            for visit in of_year.values()
            if any(o.ended_on and o.assessed_on for o in visit)
        ]
        before = [_before(one, rounds) for one in asked]
        judged = sum(_is_judged(indicator) for one in asked for indicator in _asked(one))
        directly, implied = sum(len(d) for d, _ in before), sum(len(i) for _, i in before)
        holders = [len({who for one in visit for who in one.contributors}) for visit in of_year.values()]
        serving = [len({o.instrument for o in v if not _restates(o) and not _takes_over(o)}) for v in of_year.values()]
        opened = [f for day, f in findings if _year(day) == year]
        done = [(day, f.closed_on) for day, f in findings if f.closed_on and f.closed_on <= world.as_of]
        closed = [(day, closed_on) for day, closed_on in done if closed_on.year == year]
        until = [(day, f) for day, f in findings if day is not None and year is not None and day.year <= year]
        untold = [f for day, f in until if (day, f) not in known]
        is_end_known = year is not None and year <= last and (not until or len(untold) < len(until))
        is_dated = year is not None and bool(asked)
        spans = [max((end - day).days, 0) for day, end in closed if day is not None]
        still = open_at(year) if year is not None and year <= last else []
        overdue = sum(f.due_on is not None and f.due_on < ends[year] for f in still) if year is not None else 0
        rows[year] = {
            "visits": len(of_year),
            **{
                f"visits_{name}": sum(any(o.kind == kind for o in visit) for visit in of_year.values())
                for name, kind in (("audit", "audit"), ("inspection", "inspection"), ("verification", "verified"))
            },
            "visits_by_instrument": {
                instrument: sum(any(o.instrument == instrument for o in visit) for visit in of_year.values())
                for instrument in sorted({o.instrument for visit in of_year.values() for o in visit})
            },
            **{
                f"visits_{word}": said.count(word) if any(said) else None
                for word in ("announced", "semi_announced", "unannounced")
            },
            "visits_announcement_stated": sum(map(bool, said)) or None,
            "assessment_days": sum(days) if days else None,
            "visits_days_stated": len(days) if of_year else None,
            "self_assessments": sum(one.is_self for one in own),
            "assessments": len(own),
            "contributors": sorted({who for one in own for who in one.contributors}),
            "deliveries": sum(len(one.contributors) for one in own),
            "copies_recognised": sum(len(one.contributors) - 1 for one in own),
            "questions_asked": sum(len(_asked(one)) for one in asked),
            "questions_distinct": len({indicator for one in asked for indicator in _asked(one)}),
            "questions_again": sum(len(_asked(one)) for one in asked)
            - len({indicator for one in asked for indicator in _asked(one)}),
            "questions_judged": judged,
            "answered_before_directly": directly if is_dated else None,
            "answered_before_by_implication": implied if is_dated else None,
            "answered_before_share": (directly + implied) / judged if is_dated and judged else None,
            "visits_shared": sum(n > 1 for n in holders) if of_year else None,
            "further_holders": sum(n - 1 for n in holders) if of_year else None,
            "reuse_joint": sum(max(n - 1, 0) for n in serving) if of_year else None,
            "reuse_restated": sum(map(_restates, own)) if any(o.instrument == "pvh" for o in own) else None,
            "reuse_taken_over": sum(_takes_over(o) and not _restates(o) for o in own)
            if any(o.instrument == "nike" for o in own)
            else None,
            "findings_opened": len(opened),
            "findings_closed": len(closed) if closed or (year is not None and not untold) else None,
            "findings_closed_undated": sum(f.status == "closed" and not f.closed_on for f in opened),
            "findings_without_status": sum(f.status is None and not f.closed_on for f in opened),
            "findings_open_at_end": len(still) if is_end_known else None,
            "findings_overdue_at_end": None
            if not is_end_known or (still and not any(f.due_on for f in still))
            else overdue,
            "median_days_to_close": statistics.median(spans) if spans else None,
        }
    return rows


def stated(connection: duckdb.DuckDBPyConnection, facility_id: str = "HF1") -> dict[int | None, dict[str, Any]]:
    """The rows of the ledger that was kept, by year."""
    cursor = connection.execute("SELECT * FROM made_burden WHERE facility_id = ?", [facility_id])
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row.pop("facility_id")
        row["visits_by_instrument"] = json.loads(row["visits_by_instrument"])
    return {row.pop("year"): row for row in rows}
