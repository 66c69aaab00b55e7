"""The reuse plan: all that is given put beside a release, and the statements that judge it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import duckdb
import pyarrow as pa

from harmonize.assessments.reuse.reasons import ENDS, REASONS, UNGRANTED
from harmonize.assessments.reuse.requirements import ASKABLE, Indicator, Language, Required
from harmonize.assessments.reuse.rules import ReuseRules
from harmonize.database import blocks_as_joined, quoted

__all__ = ["Question", "ReportedEvent", "judge", "language_of", "show_lines"]

_S, _B, _I, _D = pa.string(), pa.bool_(), pa.int32(), pa.date32()
_STATES = (
    *("not_met", "partly_met", "met", "not_applicable", "informational", "no_finding"),
    *("unknown_to_facility", "unable_to_assess"),
)
"""In the order in which they speak for an indicator inside one assessment; the last two leave it unanswered."""
_UNANSWERED = 7
_CLOSED = ("found_and_closed", 15)
"""What a finding row says that is closed; it is no state of an answer."""
_VERIFICATION = ("none", "desk", "virtual", "onsite", "auto_accepted")
_PREDICATES = ("exact", "close", "narrow", "broad")
_BASES = ("national_law", "international_standard", "buyer_code", "good_practice")

_OTHERS_OF_ONE, _OTHERS_OF_MANY = 1000, 5
"""Of how much that does not stand it is told why, for one factory and for each of several."""


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """What a steward recorded of a factory."""

    facility_id: str
    kind: str
    on: date
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a plan is asked for.

    Attributes:
        contributor: the buyer's name among contributors and audiences.
        factories: ids.
        as_of: the day of judgement of evidence and grants.
        judged_on: a revocation until this day counts, also in a plan for an earlier one (domain rule 26).
        needs_grants: only what is the buyer's own or granted is reused.
        bounded: instruments that no wildcard grant without an end opens.
        clean: writes an identifier of a scheme as the release has it.
        register: the table of grants: of another release than the one asked where that was gone back to.
        unopened: what grants do not open by the one judgement of them all: file and place of the grant, the
            instrument (None: nothing at all), and why.
    """

    contributor: str
    factories: Sequence[str]
    as_of: date
    judged_on: date
    required: Sequence[Required]
    needs_grants: bool
    bounded: Sequence[str]
    events: Sequence[ReportedEvent]
    clean: Callable[[str, str], str]
    unopened: Sequence[tuple[str, str, str | None, str]] = ()
    register: str = "consent_grant"


def language_of(connection: duckdb.DuckDBPyConnection) -> Language:
    """The language that a release speaks."""
    topics = connection.execute("SELECT topic_id, parent_id, pillar FROM topic").fetchall()
    entries = connection.execute("SELECT indicator_id, topic_id, kind::VARCHAR, facets FROM indicator").fetchall()
    return Language(
        {topic: parent for topic, parent, _ in topics},
        {topic: pillar for topic, _, pillar in topics},
        {row[0]: Indicator(row[0], row[1], row[2], tuple(row[3] or ())) for row in entries},
    )


def judge(connection: duckdb.DuckDBPyConnection, question: Question, rules: ReuseRules, language: Language) -> None:
    """Make `reuse_cell`: for every factory and required indicator whether it is assessed, and by what.

    Args:
        connection: to a release, which may be read only; all tables that are made are temporary.
    """
    for name, table in _given(question, rules, language).items():
        _create(connection, name, table)
    _create(connection, "reuse_grant", _grants(connection, question))
    _create(
        connection,
        "reuse_unopened",
        _table(
            [
                {"file_id": file_id, "locator": locator, "instrument": instrument, "why": why}
                for file_id, locator, instrument, why in question.unopened
            ],
            file_id=_S,
            locator=_S,
            instrument=_S,
            why=_S,
        ),
    )
    states = "SELECT unnest(enum_range(NULL::{})) AS {}"
    for column in ("state", "verification"):
        ((kind,),) = connection.execute(
            "SELECT data_type FROM duckdb_columns() WHERE schema_name = 'compact' AND table_name = 'stored_answer' "
            "AND column_name = ? AND database_name = current_database()",
            [column],
        ).fetchall()
        name = "reuse_answer_state" if column == "state" else "reuse_verification"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {states.format(kind, column)}")
    numbers = ", ".join(f"({quoted(word)}, {number})" for number, word in enumerate(_VERIFICATION))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE reuse_verification AS SELECT v.*, n.number::UTINYINT AS verification_no "
        f"FROM reuse_verification v JOIN (VALUES {numbers}) n(word, number) ON n.word = v.verification::VARCHAR"
    )
    variables = {
        "as_of": f"DATE {quoted(question.as_of)}",
        "judged_on": f"DATE {quoted(question.judged_on)}",
        "contributor": quoted(question.contributor),
        "needs_grants": str(question.needs_grants).lower(),
        "last_day": quoted(rules.last_day_on_site),
        "binding": f"[{', '.join(map(quoted, rules.binding_expiry))}]::VARCHAR[]",
        "workforce_change": f"{rules.workforce_change}::DOUBLE",
        "ends": f"{ENDS}::INTEGER",
        "ungranted": f"{UNGRANTED}::INTEGER",
    }
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE reuse_{name} = {value}")
    with blocks_as_joined(connection):
        for name in ("world.sql", "candidates.sql", "events.sql", "judged.sql"):
            _run(connection, name)


def show_lines(
    connection: duckdb.DuckDBPyConnection, language: str = "en", *, if_granted: bool, for_steward: bool = False
) -> None:
    """Make `reuse_line` of what was judged: one line a factory and required indicator, with every fact beside it.

    Args:
        language: of the labels; English where there is none in it.
        if_granted: as if whatever is not granted were.
        for_steward: tell all of what the buyer may not see too, instead of instrument and day.
    """
    connection.execute(f"SET VARIABLE reuse_language = {quoted(language)}")
    connection.execute(f"SET VARIABLE reuse_if_granted = {str(if_granted).lower()}")
    connection.execute(f"SET VARIABLE reuse_tells_all = {str(for_steward).lower()}")
    ((factories,),) = connection.execute("SELECT count(*) FROM reuse_factory").fetchall()
    connection.execute(f"SET VARIABLE reuse_others = {_OTHERS_OF_ONE if factories == 1 else _OTHERS_OF_MANY}")
    with blocks_as_joined(connection):
        _run(connection, "lines.sql")


def _run(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(files("harmonize.assessments.reuse").joinpath(name).read_text(encoding="utf-8"))


def _create(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    connection.register("arriving", table)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arriving")
    connection.unregister("arriving")


def _table(rows: Sequence[Mapping[str, object]], **columns: pa.DataType) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema(columns))


def _names(column: str, names: Sequence[str]) -> pa.Table:
    return pa.table({column: pa.array(list(names), _S)})


def _given(question: Question, rules: ReuseRules, language: Language) -> dict[str, pa.Table]:
    """What the statements read besides the release."""
    facets: dict[str, list[str]] = {}
    for entry in language.entries.values():
        for facet in entry.facets:
            facets.setdefault(facet, []).append(entry.indicator_id)
    signals = [
        {"kind": kind, "indicator_id": indicator, "state": state}
        for kind, found in rules.signals.items()
        for signal in found
        for indicator in ([signal.indicator] if signal.indicator else facets.get(signal.facet or "", []))
        for state in signal.states
    ]
    return {
        "reuse_chosen": _names("facility_id", question.factories),
        "reuse_required": _required(question, language),
        "reuse_state": _table(
            [
                {"state": state, "state_no": _state_no(state, number, rules)}
                for number, state in enumerate(_STATES, start=1)
            ]
            + [{"state": _CLOSED[0], "state_no": _CLOSED[1]}],
            state=_S, state_no=pa.uint8(),
        ),
        "reuse_predicate": _table(
            [{"predicate": name, "predicate_no": number} for number, name in enumerate(_PREDICATES)],
            predicate=_S, predicate_no=_I,
        ),
        "reuse_basis": _table(
            [{"basis": name, "basis_no": number} for number, name in enumerate(_BASES, start=1)],
            basis=_S, basis_no=pa.uint8(),
        ),
        "reuse_carry": _names("comparability", rules.stated_values_carry),
        "reuse_row_verification": _table(
            [
                {"kind": kind, "verification_no": _VERIFICATION.index(word)}
                for kind, word in rules.verification_of_finding_rows.items()
            ],
            kind=_S, verification_no=pa.uint8(),
        ),
        "reuse_silent_kind": _names("kind", rules.no_finding.kinds),
        "reuse_silent_type": _names("type", rules.no_finding.not_of_types),
        "reuse_no_full_visit": _names("type", rules.full_visit.not_of_types),
        "reuse_partial": _table(
            [
                {"instrument": instrument, "layout": layout}
                for instrument, layouts in rules.partial_layouts.items()
                for layout in layouts
            ],
            instrument=_S, layout=_S,
        ),
        "reuse_status": _table(
            [{"status": name, "why": one.why, "is_void": one.void} for name, one in rules.ended_by_status.items()],
            status=_S, why=_S, is_void=_B,
        ),
        "reuse_bounded": _names("instrument", question.bounded),
        "reuse_kind": _table(
            [{"kind": name, "why": one.why, "same_day": one.same_day} for name, one in rules.events.items()],
            kind=_S, why=_S, same_day=_B,
        ),
        "reuse_kind_topic": _table(
            [{"kind": name, "topic_id": topic} for name, one in rules.events.items() for topic in one.topics],
            kind=_S, topic_id=_S,
        ),
        "reuse_signal": _table(signals, kind=_S, indicator_id=_S, state=_S),
        "reuse_reported": _table(
            [
                {"facility_id": one.facility_id, "kind": one.kind, "on_day": one.on, "why": one.why, "by_whom": one.by}
                for one in question.events
            ],
            facility_id=_S, kind=_S, on_day=_D, why=_S, by_whom=_S,
        ),
        "reuse_fact": _table(
            [{"fact": name, "indicator_id": one} for name, found in rules.facts.items() for one in found],
            fact=_S, indicator_id=_S,
        ),
        "reuse_warning": pa.table({"days": pa.array(list(rules.expiring_within_days), _I)}),
        "reuse_reason": _table(
            [
                {"bit": one.bit, "words": one.words, "is_end": one.ends}
                for one in REASONS
            ],
            bit=_I, words=_S, is_end=_B,
        ),
    }  # fmt: skip


def _state_no(state: str, number: int, rules: ReuseRules) -> int:
    """Its place among the states; what does not count as assessed leaves the question unanswered."""
    is_judgement = state not in ("informational", "no_finding")
    return number if number >= _UNANSWERED or not is_judgement or state in rules.answered_states else number + 8


def _required(question: Question, language: Language) -> pa.Table:
    rows = [
        {
            "required_no": number,
            "indicator_id": one.indicator.indicator_id,
            "topic_id": one.indicator.topic_id,
            "pillar": language.pillar_of[one.indicator.topic_id],
            "kind": one.indicator.kind,
            "is_judged": one.indicator.kind in ASKABLE,
            "stated_by": one.stated_by,
            "volatility": one.volatility,
            "maximum_age_days": one.maximum_age_days,
            "minimum_verification": one.verification,
            "verification_rank": _VERIFICATION.index(one.verification),
            "auto_rank": _VERIFICATION.index(one.auto_accepted),
            "no_finding": one.no_finding,
            "instruments": None if one.instruments is None else list(one.instruments),
            "bases": None if one.basis is None else [_BASES.index(basis) + 1 for basis in one.basis],
            "changed_on": max((day for day in one.changed_on if day <= question.as_of), default=None),
            "changes_on": min((day for day in one.changed_on if day > question.as_of), default=None),
            "always": one.always,
            "is_desk": one.is_desk,
        }
        for number, one in enumerate(question.required, start=1)
    ]
    return _table(
        rows,
        required_no=_I, indicator_id=_S, topic_id=_S, pillar=_S, kind=_S, is_judged=_B, stated_by=_S, volatility=_S,
        maximum_age_days=_I, minimum_verification=_S, verification_rank=_I, auto_rank=_I, no_finding=_B,
        instruments=pa.list_(_S), bases=pa.list_(pa.uint8()), changed_on=_D, changes_on=_D, always=_S, is_desk=_B,
    )  # fmt: skip


def _grants(connection: duckdb.DuckDBPyConnection, question: Question) -> pa.Table:
    """Grants to the buyer, identifiers as the release writes them; `refused` says why one does not hold on the day."""
    rows = connection.execute(
        f"""
        SELECT
            grant_id, facility_scheme, facility_value, instrument, assessment, scope, valid_to, revoked_on,
            CASE
                WHEN revoked_on <= $judged_on THEN 'granted, and revoked on ' || revoked_on
                WHEN valid_to < $as_of THEN 'granted until ' || valid_to || ', which is over'
                WHEN valid_from > $as_of THEN 'granted from ' || valid_from || ' on'
            END,
            file_id, locator
        FROM {question.register}
        WHERE lower(audience) = lower($contributor)
        ORDER BY grant_id, file_id, locator
        """,
        {"contributor": question.contributor, "as_of": question.as_of, "judged_on": question.judged_on},
    ).fetchall()
    return _table(
        [
            {
                "grant_no": number,
                "grant_id": row[0],
                "facility_scheme": row[1],
                "facility_value": question.clean(row[1], row[2]),
                "instrument": row[3],
                "assessment": row[4],
                "scope": row[5],
                "valid_to": row[6],
                "revoked_on": row[7],
                "refused": row[8],
                "file_id": row[9],
                "locator": row[10],
            }
            for number, row in enumerate(rows)
        ],
        grant_no=_I, grant_id=_S, facility_scheme=_S, facility_value=_S, instrument=_S, assessment=_S, scope=_S,
        valid_to=_D, revoked_on=_D, refused=_S, file_id=_S, locator=_S,
    )  # fmt: skip
