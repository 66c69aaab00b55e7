"""Grants against an oracle in plain Python: who sees which copies, and what becomes of every row of the register."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from harmonize.model.contract import table_ddl
from harmonize.sharing.grants import judge_grants, load_signatory_rules
from tests.pipeline.worlds import ROOT

TODAY = date(2026, 6, 30)
OPEN = date(9999, 12, 31)
BOUNDED = ("higg_fem",)
RIGHTS = {"higg_fem": "facility", "gap": "brand", "smeta": "account", "list": "nobody"}
AUDIENCES = ("gap", "Civil-Society", "manufacturer:os_id=VN1")
TIMES = 60 if os.environ.get("HARMONIZE_FUZZ") == "long" else 1
FACTORY_OF = {"A": "F1", "B": "F1", "C": "F2", "D": "F3"}
"""Groups that are surely one factory, by the factory; A and B are one by likeness alone."""
IDENTIFIERS = (("os_id", "VN1"), ("tax_code", "T1"), ("gap_facility", "G1"))
SCOPES = ("summary", "findings", "answers", "full")
SURE = {"native_id", "factory_day_type", "decision"}
RULES = load_signatory_rules(ROOT / "schemas" / "sharing_rights.yml")
MAY_SIGN = {
    None: {"facility", "brand", "account"},
    "Factory Manager": {"facility"},
    "brand_lead": {"brand"},
    "Director": {"facility"},
    "brand factory": set[str](),
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy with the record at its place."""

    group: str = "A"
    states: Mapping[tuple[str, str], bool] | None = None
    country: str | None = "VN"
    instrument: str = "smeta"
    report: str = "r1"
    native_id: str | None = "N1"
    evidence: str = "native_id"
    is_published: bool = True
    is_duplicate: bool = False

    @property
    def assessment(self) -> str:
        """One report of one factory and tool."""
        return f"{FACTORY_OF[self.group]}-{self.instrument}-{self.report}"


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of the register."""

    names: tuple[str, str] = ("os_id", "VN1")
    instrument: str = "smeta"
    assessment: str = "*"
    audience: str = "gap"
    scope: str = "full"
    valid_from: date | None = None
    valid_to: date | None = None
    revoked_on: date | None = None
    retention_until: date | None = None
    signatory_role: str | None = None
    number: str | None = None
    """Its id, where it is not its place."""
    delivery: int = 0


_TOLD = ("consent_grant", "file", "facility_mention", "assessment", "assessment_copy")
Seen = dict[tuple[str, int], tuple[int, date]]


@pytest.fixture(scope="module")
def release() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty release, attached as `source`, and three audiences."""
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS source; USE source; CREATE SCHEMA compact")
        for table in (
            "consent_grant",
            "file",
            "facility_mention",
            "assessment",
            "assessment_copy",
            "instrument_rights",
        ):
            connection.execute(table_ddl(table).replace(" NOT NULL", ""))
        connection.execute(
            """
            CREATE TABLE compact.sure_record (mention_id VARCHAR, sure_group VARCHAR);
            CREATE TABLE compact.stated_identifier (mention_id VARCHAR, scheme VARCHAR, value VARCHAR, valid BOOLEAN);
            CREATE TABLE compact.copy_evidence (copy_id VARCHAR, evidence VARCHAR);
            CREATE TABLE compact.stated_header (copy_id VARCHAR, published BOOLEAN, delivery_rank BIGINT);
            USE memory;
            CREATE TEMP TABLE audience (audience_no INTEGER, audience VARCHAR);
            """
        )
        connection.executemany("INSERT INTO audience VALUES (?, ?)", list(enumerate(AUDIENCES)))
        for instrument, who in RIGHTS.items():
            _insert(connection, "instrument_rights", instrument=instrument, who_may_grant=who)
        yield connection


def _insert(connection: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO source.{table} ({names}) VALUES ({marks})", list(values.values()))


def _tell(connection: duckdb.DuckDBPyConnection, copies: Sequence[Copy], grants: Sequence[Grant]) -> None:
    for table in _TOLD:
        connection.execute(f"DELETE FROM source.{table}")
    for table in ("sure_record", "stated_identifier", "copy_evidence", "stated_header"):
        connection.execute(f"DELETE FROM source.compact.{table}")
    for delivery in range(3):
        received = TODAY - timedelta(days=100 - delivery) if delivery else None
        _insert(connection, "file", file_id=f"register{delivery}", contributor="consent", received_at=received)
    for assessment, copy in {copy.assessment: copy for copy in copies}.items():
        _insert(
            connection, "assessment", assessment_id=assessment, instrument=copy.instrument,
            facility_id=FACTORY_OF[copy.group],
        )  # fmt: skip
    for number, copy in enumerate(copies):
        mention, loaded, handed_in = f"M{number}", f"f{number}", f"f{number}"
        _insert(connection, "file", file_id=loaded, contributor="x")
        if copy.is_duplicate:
            handed_in = f"d{number}"
            _insert(connection, "file", file_id=handed_in, contributor="y", duplicate_of=loaded)
        _insert(
            connection, "facility_mention", mention_id=mention, facility_id=FACTORY_OF[copy.group], file_id=loaded,
            locator="row=1", country=copy.country,
        )  # fmt: skip
        _insert(
            connection, "assessment_copy", copy_id=f"c{number}", assessment_id=copy.assessment, file_id=handed_in,
            locator="row=1", native_id=copy.native_id,
        )  # fmt: skip
        _insert(connection, "compact.copy_evidence", copy_id=f"c{number}", evidence=copy.evidence)
        _insert(
            connection, "compact.stated_header", copy_id=f"c{number}", published=copy.is_published,
            delivery_rank=number,
        )  # fmt: skip
        _insert(connection, "compact.sure_record", mention_id=mention, sure_group=copy.group)
        for (scheme, value), valid in (copy.states or {}).items():
            _insert(
                connection, "compact.stated_identifier", mention_id=mention, scheme=scheme, value=value, valid=valid
            )
    for number, grant in enumerate(grants):
        _insert(
            connection, "consent_grant", grant_id=grant.number or f"g{number}", facility_scheme=grant.names[0],
            facility_value=grant.names[1].lower(), identifier=grant.names[1], instrument=grant.instrument,
            assessment=grant.assessment, audience=grant.audience, scope=grant.scope, valid_from=grant.valid_from,
            valid_to=grant.valid_to, revoked_on=grant.revoked_on, retention_until=grant.retention_until,
            signatory_role=grant.signatory_role, file_id=f"register{grant.delivery}", locator=f"row={number:03d}",
        )  # fmt: skip


def _judge(connection: duckdb.DuckDBPyConnection, copies: Sequence[Copy], grants: Sequence[Grant]) -> Seen:
    _tell(connection, copies, grants)
    judge_grants(connection, TODAY, BOUNDED, RULES)
    rows = connection.execute(
        "SELECT audience, copy_id, assessment_id, scope_rank, until FROM covered_copy JOIN audience USING (audience_no)"
    ).fetchall()
    found = {(audience, int(copy[1:])): (rank, until) for audience, copy, _, rank, until in rows}
    assert len(found) == len(rows)
    assert all(copies[int(copy[1:])].assessment == assessment for _, copy, assessment, _, _ in rows)
    return found


def _standings(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT standing FROM judged_grant ORDER BY grant_no").fetchall()]


# The oracle: grant by grant, copy by copy.


def _stating(copies: Sequence[Copy], names: tuple[str, str]) -> list[Copy]:
    return [copy for copy in copies if (copy.states or {}).get(names)]


def _names_one(copies: Sequence[Copy], names: tuple[str, str]) -> bool:
    stating = _stating(copies, names)
    countries = {copy.country for copy in stating} - {None}
    if len({FACTORY_OF[copy.group] for copy in stating}) != 1 or len(countries) > 1:
        return False
    return names[0] != "os_id" or countries <= {names[1][:2]}


def _ends(grant: Grant) -> date:
    eve = grant.revoked_on - timedelta(days=1) if grant.revoked_on else OPEN
    return min(grant.valid_to or OPEN, grant.retention_until or OPEN, eve)


def _holds(grant: Grant) -> bool:
    return (grant.valid_from or date.min) <= TODAY <= _ends(grant)


def _opens(grant: Grant, copy: Copy, copies: Sequence[Copy]) -> bool:
    if grant.instrument.lower() not in ("*", copy.instrument):
        return False
    if RIGHTS[copy.instrument] not in MAY_SIGN[grant.signatory_role]:
        return False
    if grant.assessment == "*":
        if grant.valid_to is None and copy.instrument in BOUNDED:
            return False
    elif copy.native_id != grant.assessment:
        groups = {one.group for one in _stating(copies, grant.names)}
        printed = [one for one in copies if one.assessment == copy.assessment and one.native_id == grant.assessment]
        if copy.evidence not in SURE or not any(one.group in groups for one in printed):
            return False
    return any(one.group == copy.group for one in _stating(copies, grant.names))


def _oracle(copies: Sequence[Copy], grants: Sequence[Grant]) -> Seen:
    seen: Seen = {}
    for grant in grants:
        named = [name for name in AUDIENCES if name.casefold() == grant.audience.strip().casefold()]
        if not named or not _holds(grant) or not _names_one(copies, grant.names):
            continue
        for number, copy in enumerate(copies):
            if _opens(grant, copy, copies):
                found = (SCOPES.index(grant.scope) + 1, _ends(grant))
                seen[named[0], number] = max(found, seen.get((named[0], number), found))
    # The first copy of a report that is reached says whether it is published.
    firsts: dict[tuple[str, str], bool] = {}
    for name, number in sorted(seen):
        firsts.setdefault((name, copies[number].assessment), copies[number].is_published)
    return {place: found for place, found in seen.items() if firsts[place[0], copies[place[1]].assessment]}


_DAYS = st.none() | st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days))
_COPIES = st.builds(
    Copy,
    group=st.sampled_from(sorted(FACTORY_OF)),
    states=st.dictionaries(st.sampled_from(IDENTIFIERS), st.sampled_from([True, True, True, False]), max_size=2),
    country=st.sampled_from(["VN", "VN", "VN", "VN", "VN", None, "KH"]),
    instrument=st.sampled_from(sorted(RIGHTS)),
    report=st.sampled_from(["r1", "r2"]),
    native_id=st.sampled_from([None, "N1", "N2"]),
    evidence=st.sampled_from([*sorted(SURE), "answers"]),
    is_published=st.sampled_from([True, True, True, False]),
    is_duplicate=st.booleans(),
)
_GRANTS = st.builds(
    Grant,
    names=st.sampled_from(IDENTIFIERS),
    instrument=st.sampled_from([*sorted(RIGHTS), "*", "*", "SMETA", "unknown"]),
    assessment=st.sampled_from(["*", "*", "N1", "N2"]),
    audience=st.sampled_from(["gap", " GAP ", "civil-society", "Manufacturer:OS_ID=vn1", "levis"]),
    scope=st.sampled_from(SCOPES),
    valid_from=_DAYS,
    valid_to=_DAYS,
    revoked_on=st.none() | _DAYS,
    retention_until=st.none() | _DAYS,
    signatory_role=st.sampled_from([None, None, *MAY_SIGN]),
)


@given(st.lists(_COPIES, min_size=1, max_size=7), st.lists(_GRANTS, min_size=1, max_size=5))
@hypothesis_settings(max_examples=50 * TIMES, deadline=None)
def test_who_sees_what_is_what_the_oracle_says(
    release: duckdb.DuckDBPyConnection, copies: list[Copy], grants: list[Grant]
) -> None:
    assert _judge(release, copies, grants) == _oracle(copies, grants)


@given(st.lists(_COPIES, min_size=1, max_size=6), _GRANTS)
@hypothesis_settings(max_examples=25 * TIMES, deadline=None)
def test_only_a_grant_in_force_opens_anything(
    release: duckdb.DuckDBPyConnection, copies: list[Copy], grant: Grant
) -> None:
    seen = _judge(release, copies, [grant])
    (standing,) = _standings(release)
    assert standing == "in_force" or not seen
    ((reason,),) = release.execute("SELECT reason FROM judged_grant").fetchall()
    assert reason.endswith(".")


_FACTORY = {("os_id", "VN1"): True}


def test_likeness_between_two_groups_never_carries_a_grant(release: duckdb.DuckDBPyConnection) -> None:
    """Both groups hang together by identifiers inside, and are one factory by likeness; one states what is named."""
    copies = [Copy("A", _FACTORY), Copy("A"), Copy("B", {("tax_code", "T1"): True}), Copy("B")]
    assert _judge(release, copies, [Grant()]).keys() == {("gap", 0), ("gap", 1)}
    assert _judge(release, copies, [Grant(names=("tax_code", "T1"))]).keys() == {("gap", 2), ("gap", 3)}
    assert _judge(release, copies, [Grant(assessment="N1")]).keys() == {("gap", 0), ("gap", 1)}


def test_of_equal_scopes_the_latest_end_holds(release: duckdb.DuckDBPyConnection) -> None:
    late = Grant(scope="findings", valid_to=TODAY + timedelta(days=9))
    grants = [late, replace(late, valid_to=TODAY), Grant(scope="summary")]
    assert _judge(release, [Copy("A", _FACTORY)], grants) == {("gap", 0): (2, TODAY + timedelta(days=9))}


def _day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("grant", "standing"),
    [
        (Grant(), "in_force"),
        (Grant(valid_from=TODAY, valid_to=TODAY), "in_force"),
        (Grant(valid_from=_day(1)), "not_yet"),
        (Grant(valid_to=_day(-1)), "ended"),
        (Grant(retention_until=_day(-1)), "ended"),
        (Grant(revoked_on=TODAY), "revoked"),
        (Grant(revoked_on=_day(1)), "in_force"),
        (Grant(valid_to=_day(-9), revoked_on=_day(-2)), "revoked"),
        (Grant(audience="levis"), "unknown_audience"),
        (Grant(names=("tax_code", "T1")), "names_several_factories"),
        (Grant(names=("gap_facility", "G1")), "names_no_factory"),
        (Grant(instrument="higg_fem"), "needs_an_end"),
        (Grant(instrument="higg_fem", valid_to=TODAY), "in_force"),
        (Grant(instrument="higg_fem", assessment="N1"), "in_force"),
        (Grant(instrument="list"), "no_right"),
        (Grant(instrument="unknown"), "no_right"),
        (Grant(instrument="gap", signatory_role="Factory Manager"), "no_right"),
        (Grant(instrument="gap", signatory_role="brand_lead"), "in_force"),
        (Grant(instrument="*", signatory_role="Factory Manager"), "needs_an_end"),
        (Grant(instrument="*", signatory_role="Factory Manager", valid_to=TODAY), "in_force"),
    ],
)
def test_every_grant_says_how_it_stands(release: duckdb.DuckDBPyConnection, grant: Grant, standing: str) -> None:
    copies = [Copy("A", {**_FACTORY, ("tax_code", "T1"): True}), Copy("C", {("tax_code", "T1"): True})]
    _judge(release, copies, [grant])
    assert _standings(release) == [standing]


def test_a_wildcard_without_an_end_opens_only_what_needs_none(release: duckdb.DuckDBPyConnection) -> None:
    copies = [Copy("A", _FACTORY, instrument="smeta"), Copy("A", instrument="higg_fem")]
    assert _judge(release, copies, [Grant(instrument="*")]).keys() == {("gap", 0)}
    assert _judge(release, copies, [Grant(instrument="*", valid_to=_day(1))]).keys() == {("gap", 0), ("gap", 1)}


def test_a_doubtful_identifier_names_no_factory(release: duckdb.DuckDBPyConnection) -> None:
    _judge(release, [Copy("A", _FACTORY, country="KH")], [Grant()])
    assert _standings(release) == ["names_no_factory"]


def test_a_register_that_is_delivered_again_stands_as_it_came_last(release: duckdb.DuckDBPyConnection) -> None:
    first, copies = Grant(number="g"), [Copy("A", _FACTORY)]
    again = replace(first, delivery=1, scope="summary")
    assert _judge(release, copies, [first, again]) == {("gap", 0): (1, OPEN)}
    assert sorted(_standings(release)) == ["ended", "in_force"]
    # A revocation holds wherever it stands.
    assert _judge(release, copies, [replace(first, revoked_on=TODAY), again]) == {}
    assert _judge(release, copies, [first, replace(again, revoked_on=TODAY)]) == {}
