"""Small releases of nothing but what a plan reads: random ones for the oracle, one thing at a time for rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from harmonize.assessments.reuse.plan import Question, ReportedEvent, judge, language_of, show_lines
from harmonize.assessments.reuse.requirements import Indicator, Required
from harmonize.assessments.reuse.rules import ReuseRules, load_rules
from harmonize.model.tables import TABLES
from harmonize.store.build import attach_release, insert_rows

ROOT = Path(__file__).parents[3]
AS_OF = date(2026, 6, 30)
ME = "me"
WIDE, NARROW, PRACTICE, AMOUNT = "labour.t.wide", "labour.t.narrow", "labour.t.practice", "labour.t.amount"
RECORDS, ACCESS = "labour.t.records", "ethics.transparency.access_granted"
TOPIC, ROOT_TOPIC, ETHICS = "labour.t.a", "labour.t", "ethics.transparency"
INDICATORS: Mapping[str, tuple[str, str, list[str]]] = {
    WIDE: (TOPIC, "compliance", []),
    NARROW: (TOPIC, "compliance", []),
    PRACTICE: (ROOT_TOPIC, "practice", []),
    AMOUNT: (ROOT_TOPIC, "quantity", []),
    RECORDS: (TOPIC, "compliance", ["records_integrity"]),
    ACCESS: (ETHICS, "compliance", ["records_integrity"]),
}
# Their questions: predicate, indicator, basis.
QUESTIONS: Mapping[str, tuple[str, str, str | None]] = {
    "q-wide": ("exact", WIDE, "national_law"),
    "q-part": ("broad", WIDE, "buyer_code"),
    "q-whole": ("narrow", WIDE, "national_law"),
    "q-narrow": ("close", NARROW, "international_standard"),
    "q-related": ("related", NARROW, "national_law"),
    "q-practice": ("exact", PRACTICE, None),
    "q-amount": ("exact", AMOUNT, None),
    "q-records": ("exact", RECORDS, "national_law"),
    "q-access": ("exact", ACCESS, "buyer_code"),
}
ENTAILED = {
    (predicate, state): state
    for predicate in ("exact", "close")
    for state in ("met", "partly_met", "not_met", "not_applicable", "unknown_to_facility", "unable_to_assess")
} | {("broad", "not_met"): "not_met", ("narrow", "met"): "met"}
LISTING, SILENT, OTHER = "answering", "findings_only", "higg_fem"
INSTRUMENTS = (LISTING, SILENT, OTHER)
BOUNDED = (OTHER,)
LAW_DAY = date(2025, 9, 1)


@dataclass(frozen=True)
class Said:
    """An answer."""

    question: str
    state: str
    verification: str = "onsite"
    by: str = "verifier"


@dataclass(frozen=True)
class Found:
    """A finding row."""

    question: str
    severity: str | None = None
    status: str = "open"
    closed_on: date | None = None


@dataclass(frozen=True)
class Visit:
    """An assessment, with who handed it in."""

    name: str
    day: date | None
    facility: str = "F1"
    instrument: str = LISTING
    kind: str = "audit"
    answers: tuple[Said, ...] = ()
    findings: tuple[Found, ...] = ()
    contributors: tuple[str, ...] = (ME,)
    period_end: date | None = None
    status: str | None = None
    valid_until: date | None = None
    valid_until_basis: str | None = None
    verified_of: str | None = None
    follow_up_of: str | None = None
    assessment_type: str | None = None
    workers: int | None = None
    link: str = "id"
    apart: tuple[str, ...] = ()
    """Contributors whose records likeness alone links."""
    states: str | None = None
    scope: tuple[tuple[str, str], ...] = ()
    layout: str = "envelopes"
    disowned: tuple[str, ...] = ()
    """Questions that the buyer's copy, where another won, answers otherwise or leaves out."""
    published: bool = True
    visit: str | None = None
    """The stay that it shares with others; without, one of its own."""
    restates: str | None = None
    ended: date | None = None
    """The last day on site."""
    own_day: date | None = None
    """The day that the buyer's copy prints, where another won; none where it is the day of all."""
    own_words: tuple[Said, ...] = ()
    """What the buyer's copy answers to what it disowns."""
    left_out: tuple[str, ...] = ()
    """Of which findings are left out of the buyer's copy, where another won."""


@dataclass(frozen=True)
class Granted:
    """A line of the consent register; the audience is the buyer."""

    scheme_value: str = "OS-F1"
    instrument: str = "*"
    assessment: str = "*"
    scope: str = "answers"
    valid_from: date | None = None
    valid_to: date | None = date(2027, 1, 1)
    revoked_on: date | None = None
    audience: str = ME


@dataclass(frozen=True)
class World:
    """All that a plan depends on."""

    visits: tuple[Visit, ...] = ()
    grants: tuple[Granted, ...] = ()
    events: tuple[ReportedEvent, ...] = ()
    head_counts: tuple[tuple[str, date, int], ...] = ()
    country: str = "VN"
    facilities: tuple[str, ...] = ("F1",)

    def with_visit(self, visit: Visit) -> World:
        return replace(self, visits=(*self.visits, visit))


@dataclass
class Plan:
    """What came out."""

    connection: duckdb.DuckDBPyConnection
    cells: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def status(self, indicator: str, facility: str = "F1") -> str:
        return str(self.cells[facility, indicator]["status"])

    def line(
        self, indicator: str, facility: str = "F1", *, if_granted: bool = False, for_steward: bool = False
    ) -> dict[str, Any]:
        show_lines(self.connection, if_granted=if_granted, for_steward=for_steward)
        (row,) = rows(
            self.connection,
            "FROM reuse_line WHERE facility_id = ? AND indicator_id = ?",
            [facility, indicator],
        )
        return row


def rows(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    cursor = connection.execute(query, list(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@cache
def rules() -> ReuseRules:
    """The shipped rules."""
    return load_rules(ROOT / "schemas" / "reuse.yml")


def required(indicator: str, **terms: Any) -> Required:
    """A requirement on easy terms, but for those given."""
    topic, kind, facets = INDICATORS[indicator]
    easy: dict[str, Any] = {
        "volatility": "medium", "maximum_age_days": 365, "verification": "none", "auto_accepted": "none",
        "no_finding": False, "instruments": None, "basis": None, "changed_on": (),
        "always": "records_integrity" if facets else None, "is_desk": False, "stated_by": indicator,
    }  # fmt: skip
    return Required(Indicator(indicator, topic, kind, tuple(facets)), **{**easy, **terms})


def empty_release(folder: Path) -> duckdb.DuckDBPyConnection:
    """A release that speaks the small language and holds no factory."""
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS workspace")
    attach_release(connection, folder / "release.duckdb", None, "form")
    pillar = {TOPIC: "labour", ROOT_TOPIC: "labour", ETHICS: "ethics"}
    label = '{"en": "x"}'
    told = {"labels": label, "labels_reviewed": ["en"], "definitions": "{}"}
    knowledge: dict[str, list[dict[str, object]]] = {
        "topic": [
            {"topic_id": topic, "parent_id": ROOT_TOPIC if topic == TOPIC else None, "pillar": pillar[topic], **told}
            for topic in pillar
        ],
        "indicator": [
            {"indicator_id": name, "topic_id": topic, "kind": kind, "facets": facets, "ilo": [], "sdg": [], **told}
            for name, (topic, kind, facets) in INDICATORS.items()
        ],
        "indicator_broader": [
            {"indicator_id": NARROW, "broader_id": WIDE, "steps": 1, "path": [NARROW, WIDE]},
        ],
        "law": [
            {"law_id": "VN:old", "country": "VN", "number": "old", "title": "t", "authority": "a", "year": 2000,
             "valid_from": date(2000, 1, 1), "valid_to": LAW_DAY - timedelta(days=1), "replaced_by": "VN:new"},
            {"law_id": "VN:new", "country": "VN", "number": "new", "title": "t", "authority": "a", "year": 2025,
             "valid_from": LAW_DAY},
        ],
        "indicator_law": [
            {"indicator_id": NARROW, "law_id": "VN:old"},
            {"indicator_id": NARROW, "law_id": "VN:new", "article": "7"},
        ],
        "instrument": [{"instrument": name, "title": name.upper(), "kind": "assessment"} for name in INSTRUMENTS],
        "instrument_rights": [
            {"instrument": name, "who_may_grant": "facility", "onward_sharing": False, "derived_scores": False,
             "public_use": False, "cleared": False}
            for name in INSTRUMENTS
        ],
        "crosswalk": [
            {"mapping_id": f"m:{name}", "instrument": "x", "edition": "e", "question_id": name, "predicate": predicate,
             "indicator_id": indicator, "status": "approved", "basis": basis}
            for name, (predicate, indicator, basis) in QUESTIONS.items()
        ],
        "entailment": [
            {"comparability": predicate, "state": state, "implied_state": implied}
            for (predicate, state), implied in ENTAILED.items()
        ],
        "release": [{"release_id": "r", "contract_version": "1", "logical_hash": "h", "as_of": AS_OF}],
    }  # fmt: skip
    for table, found in knowledge.items():
        insert_rows(connection, table, found)
    connection.execute("USE release")
    connection.execute(
        "CREATE TABLE compact.stated_header "
        "(copy_id VARCHAR, assessment_key BIGINT, delivery_rank BIGINT, content_file_id VARCHAR, "
        "assessment_no INTEGER, assessed_on DATE, ended_on DATE)"
    )
    connection.execute(
        "CREATE TABLE compact.stated_finding "
        "(file_id VARCHAR, assessment_no INTEGER, native_id VARCHAR, clause VARCHAR, description VARCHAR)"
    )
    connection.execute(
        "INSERT INTO compact.place (place_no, column_key, prefix, suffix, digest) VALUES (0, 0, 'row=', '', 0)"
    )
    for number, (name, (predicate, indicator, _)) in enumerate(QUESTIONS.items(), start=1):
        connection.execute(
            "INSERT INTO compact.question VALUES (?, ?, ?, ?, ?, ?, false, false, NULL, NULL, ?)",
            [number, name, f"m:{name}", indicator, predicate, INDICATORS[indicator][1], number],
        )
    return connection


_TOLD = (
    *("facility", "facility_identifier", "facility_mention", "assessment", "assessment_copy", "assessment_scope"),
    *("assessment_relation", "finding", "file", "conflict", "consent_grant", "contradiction"),
)
_COMPACT = (
    *(
        "stored_assessment",
        "stored_answer",
        "delivery",
        "sure_record",
        "stated_identifier",
        "stated_header",
        "otherwise",
    ),
    *("otherwise_answer", "stated_finding"),
)


def tell(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    """Put a world into the release in place of the one before."""
    for table in (*_TOLD, *(f"compact.{name}" for name in _COMPACT)):
        connection.execute(f"DELETE FROM {table}")
    for facility in world.facilities:
        _insert(connection, "facility", facility_id=facility, name=facility, country=world.country, mention_count=1)
        _insert(
            connection, "facility_identifier",
            facility_id=facility, scheme="os_id", value=f"OS-{facility}", valid=True, source="x",
        )  # fmt: skip
        _sure(connection, f"F-{facility}", facility, f"OS-{facility}")
    for number, (facility, day, workers) in enumerate(world.head_counts):
        _file(connection, f"list{number}", "list", "lister", received_at=day)
        _mention(connection, f"list{number}", facility, "lister", "id", workers)
    for number, visit in enumerate(world.visits, start=1):
        _tell_visit(connection, number, visit)
    for number, grant in enumerate(world.grants):
        _insert(
            connection, "consent_grant", grant_id=f"G{number}", facility_scheme="os_id",
            facility_value=grant.scheme_value, instrument=grant.instrument, assessment=grant.assessment,
            audience=grant.audience, scope=grant.scope, valid_from=grant.valid_from, valid_to=grant.valid_to,
            revoked_on=grant.revoked_on, file_id="g", locator=f"row={number}",
        )  # fmt: skip


def _tell_otherwise(
    connection: duckdb.DuckDBPyConnection, number: int, key: int, question: str, own_words: tuple[Said, ...]
) -> None:
    """The buyer's copy answers the question in words of its own, or leaves it out."""
    said = [one for one in own_words if one.question == question]
    connection.execute("INSERT INTO compact.otherwise VALUES (?, ?, ?, ?)", [number, key, question, not said])
    place = list(QUESTIONS).index(question) + 1
    for one in said:
        connection.execute(
            "INSERT INTO compact.otherwise_answer VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'own', NULL, 0, 0, 7, 0)",
            [number, key, question, place, one.by, one.state, one.verification],
        )


def _tell_visit(connection: duckdb.DuckDBPyConnection, number: int, visit: Visit) -> None:
    _insert(
        connection, "assessment", assessment_id=visit.name, facility_id=visit.facility, instrument=visit.instrument,
        kind=visit.kind, assessed_on=visit.day, ended_on=visit.ended,
        period_end=visit.period_end, evidence_to=visit.period_end,
        valid_until=visit.valid_until, valid_until_basis=visit.valid_until_basis, verified=visit.kind == "audit",
        status=visit.status, visit_id=visit.visit or visit.name, verified_of=visit.verified_of,
        copy_count=len(visit.contributors),
        follow_up_of=visit.follow_up_of, native_id=f"N-{visit.name}", assessment_type=visit.assessment_type,
        published=visit.published,
    )  # fmt: skip
    is_listing = visit.instrument != SILENT
    connection.execute(
        "INSERT INTO compact.stored_assessment VALUES (?, ?, ?, ?, NULL, 0, ?, 'd', true)",
        [number, visit.name, visit.facility, visit.instrument, len(visit.answers) if is_listing else 0],
    )
    for place, contributor in enumerate(visit.contributors):
        # The first delivery wins; the others say the same in files of their own.
        file_id = f"{visit.name}-{contributor}"
        _file(connection, file_id, visit.layout, contributor)
        decision_key = f"{contributor}|os_id:{visit.states}" if visit.states else None
        link = "model" if contributor in visit.apart else visit.link
        _mention(connection, file_id, visit.facility, contributor, link, visit.workers, decision_key)
        _insert(
            connection, "assessment_copy", copy_id=file_id, assessment_id=visit.name, file_id=file_id, locator="row=1",
            contributor=contributor, native_id=f"N-{visit.name}", relation="original", wins=place == 0, confidence=1.0,
        )  # fmt: skip
        key = number * 100 + place
        days = (visit.own_day, None) if visit.own_day and contributor == ME and place > 0 else (visit.day, visit.ended)
        connection.execute(
            "INSERT INTO compact.stated_header VALUES (?, ?, ?, ?, 1, ?, ?)", [file_id, key, place, file_id, *days]
        )
        for finding in visit.findings:
            if contributor != ME or place == 0 or finding.question not in visit.left_out:
                connection.execute(
                    "INSERT INTO compact.stated_finding VALUES (?, 1, NULL, ?, NULL)", [file_id, finding.question]
                )
        for question in visit.disowned if contributor == ME and place > 0 else ():
            _tell_otherwise(connection, number, key, question, visit.own_words)
    winner = f"{visit.name}-{visit.contributors[0]}"
    connection.execute("INSERT INTO compact.delivery VALUES (?, ?)", [number, winner])
    questions = list(QUESTIONS)
    for answer in visit.answers if is_listing else ():
        connection.execute(
            "INSERT INTO compact.stored_answer VALUES (?, ?, ?, ?, ?, 0, 'v', NULL, 0, 0, ?, 1, 0)",
            [number, questions.index(answer.question) + 1, answer.by, answer.state, answer.verification, number],
        )
    for place, finding in enumerate(visit.findings):
        indicator = QUESTIONS[finding.question][1]
        _insert(
            connection, "finding", finding_id=f"{visit.name}-{place}", assessment_id=visit.name, indicator_id=indicator,
            topic_id=INDICATORS[indicator][0], clause_raw=finding.question, severity=finding.severity, made_from="row",
            file_id=winner, locator=f"row={place}", mapping_id=f"m:{finding.question}", status=finding.status,
            closed_on=finding.closed_on,
        )  # fmt: skip
    if visit.restates is not None:
        _insert(
            connection, "assessment_relation", assessment_id=visit.name, related_id=visit.restates,
            kind="rating_derived_from", evidence="x", days_apart=0,
        )  # fmt: skip
    for topic, scope in visit.scope:
        _insert(connection, "assessment_scope", assessment_id=visit.name, topic_id=topic, scope=scope)


def _file(connection: duckdb.DuckDBPyConnection, file_id: str, layout: str, contributor: str, **more: object) -> None:
    counts = dict.fromkeys(("cells_total", "cells_blank", "cells_loaded", "cells_ignored", "cells_quarantined"), 0)
    _insert(
        connection, "file", file_id=file_id, content_id=f"c-{file_id}", path=f"{file_id}.csv", contributor=contributor,
        status="loaded", bytes=1, layout=layout, **counts, **more,
    )  # fmt: skip


def _mention(
    connection: duckdb.DuckDBPyConnection,
    file_id: str,
    facility: str,
    contributor: str,
    link: str,
    workers: int | None,
    key: str | None = None,
) -> None:
    _insert(
        connection, "facility_mention", mention_id=f"M-{file_id}", facility_id=facility, file_id=file_id,
        locator="row=1", contributor=contributor, instrument="x", link_method=link, decision_key=key or f"k-{file_id}",
        workers=workers,
    )  # fmt: skip
    states = (key or "").partition("|os_id:")[2] or None
    _sure(connection, f"M-{file_id}", f"M-{file_id}" if link == "model" else facility, states)


def _sure(connection: duckdb.DuckDBPyConnection, mention_id: str, group: str, states: str | None) -> None:
    connection.execute("INSERT INTO compact.sure_record VALUES (?, ?)", [mention_id, group])
    if states is not None:
        connection.execute("INSERT INTO compact.stated_identifier VALUES (?, 'os_id', ?, true)", [mention_id, states])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    assert values.keys() <= TABLES[table].model_fields.keys()
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(values.values()))


def plan(
    connection: duckdb.DuckDBPyConnection,
    world: World,
    needed: Sequence[Required],
    as_of: date = AS_OF,
    judged_on: date | None = None,
    changed_rules: ReuseRules | None = None,
    *,
    needs_grants: bool = True,
    unopened: Sequence[tuple[str, str, str | None, str]] = (),
) -> Plan:
    """The plan of a world."""
    tell(connection, world)
    question = Question(
        ME,
        world.facilities,
        as_of,
        judged_on or as_of,
        needed,
        needs_grants,
        BOUNDED,
        world.events,
        lambda _, v: v,
        unopened,
    )
    judge(connection, question, changed_rules or rules(), language_of(connection))
    found = rows(
        connection,
        """
        SELECT f.facility_id, r.indicator_id, c.status, c.status_if_granted, a.assessment_id, j.state_no, t.state,
            j.evidence_day
        FROM reuse_cell c
        JOIN reuse_factory f USING (facility_no)
        JOIN reuse_required r USING (required_no)
        LEFT JOIN reuse_judged j ON j.facility_no = c.facility_no AND j.required_no = c.required_no
            AND j.standing = coalesce(c.standing_granted, c.standing_hidden)
        LEFT JOIN reuse_assessment a USING (assessment_no)
        LEFT JOIN reuse_state t USING (state_no)
        """,
    )
    return Plan(connection, {(row["facility_id"], row["indicator_id"]): row for row in found})
