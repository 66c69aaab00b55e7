"""The figures of the extracts against an oracle that counts by hand, and what is off, empty or not theirs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import pytest

from harmonize.errors import ConfigurationError
from harmonize.insight.policy.extracts import Extracts, make_extracts
from harmonize.insight.policy.laws import LegalRegimes
from harmonize.insight.policy.rules import PolicyRules, load_policy_rules
from tests.pipeline.worlds import alone

RULES = load_policy_rules(alone().find("schemas/policy.yml"))
TOILETS, CANTEEN = "labour.osh.welfare_facilities.toilets", "labour.osh.welfare_facilities.canteen"
OVERTIME, PRACTICE = "labour.working_time.overtime.within_limits", "environment.energy.level2.targets"
NAMES = ("non_compliance", "fem_practices", "working_time", "best_in_class")
TABLES = """
    CREATE TABLE facility (
        facility_id VARCHAR, name VARCHAR, country VARCHAR, admin1 VARCHAR, workers BIGINT, sector VARCHAR
    );
    CREATE TABLE assessment (
        assessment_id VARCHAR, facility_id VARCHAR, instrument VARCHAR, assessed_on DATE,
        evidence_to DATE, published BOOLEAN
    );
    CREATE TABLE topic (topic_id VARCHAR, labels JSON);
    CREATE TABLE indicator (indicator_id VARCHAR, topic_id VARCHAR, labels JSON);
    CREATE TABLE crosswalk (mapping_id VARCHAR, edition VARCHAR);
    CREATE TABLE instrument_rights (instrument VARCHAR, public_use BOOLEAN, cleared BOOLEAN);
    CREATE TABLE law (law_id VARCHAR, country VARCHAR, number VARCHAR, valid_from DATE);
    CREATE TABLE indicator_law (indicator_id VARCHAR, law_id VARCHAR);
    CREATE TABLE finding (assessment_id VARCHAR, status VARCHAR, severity VARCHAR);
    CREATE TABLE answer (facility_id VARCHAR, indicator_id VARCHAR, value_text VARCHAR);
    CREATE TABLE v_metric_trend (
        facility_id VARCHAR, indicator_id VARCHAR, unit VARCHAR, year BIGINT, value_number DOUBLE
    );
    CREATE SCHEMA compact;
    CREATE TABLE compact.classified_answer (
        assessment_id VARCHAR, facility_id VARCHAR, question_id VARCHAR, indicator_id VARCHAR, kind VARCHAR,
        comparability VARCHAR,
        not_counted VARCHAR, state VARCHAR, answered_by VARCHAR, verification VARCHAR, mapping_id VARCHAR
    );
    INSERT INTO topic VALUES
        ('labour.osh.welfare_facilities', '{"en": "Welfare facilities"}'),
        ('labour.working_time.overtime', '{"en": "Overtime"}'),
        ('environment.energy.level2', '{"en": "Energy, level 2"}');
    INSERT INTO indicator VALUES
        ('labour.osh.welfare_facilities.toilets', 'labour.osh.welfare_facilities', '{"en": "Toilets"}'),
        ('labour.osh.welfare_facilities.canteen', 'labour.osh.welfare_facilities', '{"en": "Canteen"}'),
        ('labour.working_time.overtime.within_limits', 'labour.working_time.overtime',
            '{"en": "Overtime within the limit"}'),
        ('labour.working_time.overtime.weeks', 'labour.working_time.overtime', '{"en": "Weeks"}'),
        ('environment.energy.level2.targets', 'environment.energy.level2', '{"en": "Targets"}');
    INSERT INTO crosswalk VALUES ('m3', 'fem2022'), ('m4', 'fem2023'), ('m', 'caf');
    INSERT INTO instrument_rights VALUES ('slcp_caf', true, true), ('higg_fem', false, false);
    INSERT INTO law VALUES ('VN:17', 'VN', '17/2022', '2022-04-01');
    INSERT INTO indicator_law VALUES ('labour.working_time.overtime.within_limits', 'VN:17');
"""


class _World:
    """A share by hand."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(TABLES)
        self.number = 0
        self.sectors: dict[str, str] = {}

    def factory(
        self, name: str, province: str = "Bac Ninh", workers: int | None = 500, sector: str = "Fabric mill"
    ) -> str:
        self.connection.execute(
            "INSERT INTO facility VALUES (?, ?, 'VN', ?, ?, ?)", [name, f"Name {name}", province, workers, sector]
        )
        return name

    def says(
        self,
        facility: str,
        day: date,
        answers: Mapping[str, str],
        instrument: str = "slcp_caf",
        kind: str = "compliance",
        comparability: str = "exact",
        mapping: str = "m",
        answered_by: str = "verifier",
    ) -> str:
        self.number += 1
        name = f"A{self.number}"
        self.connection.execute(
            "INSERT INTO assessment VALUES (?, ?, ?, ?, NULL, true)", [name, facility, instrument, day]
        )
        for indicator, state in answers.items():
            self.connection.execute(
                "INSERT INTO compact.classified_answer VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, 'onsite', ?)",
                [name, facility, f"q-{indicator}", indicator, kind, comparability, state, answered_by, mapping],
            )
        return name

    def extracts(
        self,
        names: tuple[str, ...] = NAMES,
        rules: PolicyRules = RULES,
        group_of: Mapping[str, str] | None = None,
        is_named: bool = True,
    ) -> Extracts:
        own = {row[0]: row[0] for row in self.connection.execute("SELECT facility_id FROM facility").fetchall()}
        return make_extracts(
            self.connection, names, rules, group_of or own, {}, date(2026, 6, 30), date(2026, 6, 30), self.sectors,
            is_named=is_named,
        )  # fmt: skip


def _rows(extracts: Extracts, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = extracts.tables[name].to_pylist()
    return rows


def test_an_empty_share_makes_empty_tables() -> None:
    made = _World().extracts((*NAMES, "lender")[:4])
    assert {name: table.num_rows for name, table in made.tables.items()} == dict.fromkeys(NAMES[:3], 0)
    assert "cleared" in made.off["best_in_class"]


def test_figures_are_those_that_are_counted_by_hand() -> None:
    chance, world = random.Random(3), _World()
    expected: dict[tuple[str, int], Counter[str]] = {}
    for number in range(40):
        facility = world.factory(f"F{number:02}", chance.choice(["Bac Ninh", "Hue"]), chance.choice([150, 500, 6000]))
        for year in (2023, 2024):
            states = {one: chance.choice(["met", "partly_met", "not_met"]) for one in (TOILETS, CANTEEN, OVERTIME)}
            # What was said earlier in the year, what stands for a part, what a factory says and its verifier does not.
            world.says(facility, date(year, 2, 1), dict.fromkeys(states, chance.choice(["met", "not_met"])))
            last = world.says(facility, date(year, 8, 1), states)
            world.says(facility, date(year, 9, 1), {TOILETS: "not_met"}, comparability="narrow")
            world.connection.execute(
                "INSERT INTO compact.classified_answer "
                "SELECT * REPLACE ('facility' AS answered_by, 'not_met' AS state) "
                "FROM compact.classified_answer WHERE assessment_id = ?",
                [last],
            )
            for indicator, state in states.items():
                expected.setdefault((indicator.rsplit(".", 1)[0], year), Counter()).update(["asked", state])
    made = world.extracts()
    found: dict[tuple[str, int], Counter[str]] = {}
    for row in _rows(made, "non_compliance"):
        assert row["n"] >= 5
        assert row["owner_groups"] >= 5
        assert row["share_not_met"] == row["not_met"] / row["asked"]
        assert row["country"] == "VN"
        one = found.setdefault((row["compliance_point"], row["year"]), Counter())
        one.update({"asked": row["asked"], "not_met": row["not_met"], "partly_met": row["partly_met"]})
    assert {
        key: {name: count[name] for name in ("asked", "not_met", "partly_met")} for key, count in expected.items()
    } == {key: dict(count) for key, count in found.items()}
    assert {row["size_class"] for row in _rows(made, "non_compliance")} >= {"1-199", "200-999", "5000+"}
    by_indicator = [row for row in _rows(made, "working_time") if row["indicator_id"] == OVERTIME]
    assert sum(row["asked"] for row in by_indicator) == 80


def test_a_change_of_law_marks_the_break() -> None:
    world = _World()
    for number in range(6):
        facility = world.factory(f"F{number}")
        for year in (2021, 2022, 2023, 2024):
            world.says(facility, date(year, 5, 1), {OVERTIME: "met", TOILETS: "met"})
    rows = _rows(world.extracts(), "non_compliance")
    overtime = {row["year"]: row["legal_break"] for row in rows if row["compliance_point"].endswith("overtime")}
    said = "17/2022 in force since 2022-04-01"
    assert overtime == {2021: None, 2022: said, 2023: said, 2024: None}
    assert {row["legal_break"] for row in rows if row["compliance_point"].endswith("welfare_facilities")} == {None}


def test_a_law_of_new_years_day_breaks_once() -> None:
    regimes = LegalRegimes({("VN", "x"): [(date(2021, 1, 1), "45/2019")]})
    assert [year for year in range(2018, 2025) if regimes.breaks("VN", "x", year)] == [2021]
    assert regimes.breaks(None, "x", 2021) is None
    assert regimes.breaks("KH", "x", 2021) is None


def test_practices_are_counted_by_process_and_editions_are_not_one_series() -> None:
    world = _World()
    for number in range(12):
        facility = world.factory(f"F{number:02}", sector="Fabric mill" if number < 6 else "Apparel")
        for year, mapping in ((2022, "m3"), (2023, "m4"), (2024, "m4")):
            state = "met" if number % 2 else "not_met"
            world.says(facility, date(year, 12, 31), {PRACTICE: state}, "higg_fem", "practice", mapping=mapping)
    rows = _rows(world.extracts(), "fem_practices")
    assert {(row["process"], row["year"], row["n"], row["adopted"]) for row in rows} == {
        (process, year, 6, 3) for process in ("fabric mill", "garment assembly") for year in (2022, 2023, 2024)
    }
    assert {row["year"] for row in rows if row["series_break"]} == {2023}


def test_one_owner_of_many_factories_silences_everything() -> None:
    world = _World()
    for number in range(20):
        world.says(world.factory(f"F{number:02}"), date(2024, 5, 1), {TOILETS: "not_met", OVERTIME: "met"})
    group_of = {f"F{number:02}": "one" if number < 12 else f"G{number}" for number in range(20)}
    assert not _rows(world.extracts(group_of=group_of), "non_compliance")
    assert _rows(world.extracts(), "non_compliance")


def test_a_year_is_told_once_it_is_over() -> None:
    world = _World()
    for number in range(6):
        facility = world.factory(f"F{number}")
        for year in (2025, 2026):
            world.says(facility, date(year, 3, 1), {TOILETS: "met"})
    assert {row["year"] for row in _rows(world.extracts(), "non_compliance")} == {2025}
    assert RULES.last_closed_year(date(2026, 3, 31)) == 2024
    assert RULES.last_closed_year(date(2026, 4, 1)) == 2025


def _cleared(**given: Any) -> PolicyRules:
    rule = {
        "cleared": True,
        "published_at": "https://example.org/rule",
        "contest_at": "desk",
        "least_indicators": 2,
        **given,
    }
    return RULES.model_copy(update={"best_in_class": RULES.best_in_class.model_copy(update=rule)})


def test_the_best_in_class_stand_by_the_rule_and_can_be_contested() -> None:
    world = _World()
    for number in range(6):
        states = {TOILETS: "met", CANTEEN: "met" if number < 3 else "not_met"}
        name = world.says(world.factory(f"F{number}"), date(2025, 5, 1), states)
        if number == 0:
            world.connection.execute("INSERT INTO finding VALUES (?, 'open', 'critical')", [name])
    rows = _rows(world.extracts(rules=_cleared()), "best_in_class")
    assert [row["facility_id"] for row in rows] == ["F1", "F2"]
    assert {(row["contest_at"], row["contest_until"], row["compared_with"]) for row in rows} == {
        ("desk", date(2026, 8, 29), 6)
    }
    assert "told no names" in world.extracts(rules=_cleared(), is_named=False).off["best_in_class"]
    world.connection.execute("UPDATE instrument_rights SET cleared = false")
    assert not _rows(world.extracts(rules=_cleared()), "best_in_class"), "the instrument's rights are the second key"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("least_groups: 5", "least_groups: 4", "least_groups"),
        ("cleared: false", "cleared: true", "contest_at"),
        ("government: [non_compliance,", "government: [lender, non_compliance,", "financier"),
        ("up_to: 199}", "up_to: 1999}", "size_classes"),
    ],
)
def test_impossible_rules_are_refused(old: str, new: str, said: str, tmp_path: Any) -> None:
    path = tmp_path / "policy.yml"
    text = alone().find("schemas/policy.yml").read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load_policy_rules(path)
