"""What a factory needs, on the invented world: order, levels, peers, and that nothing of few owners leaves."""

from __future__ import annotations

import io
from datetime import date

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from harmonize.insight.needs.disclosure import Share
from harmonize.insight.needs.needs import Needs, read_needs
from harmonize.insight.needs.owners import owner_groups
from harmonize.insight.needs.rules import load_benchmark_rules
from harmonize.insight.needs.workbook import needs_table, needs_workbook
from harmonize.workbooks import write_workbook
from tests.pipeline.worlds import Release, alone, deliver, demo_world, run_inbox
from tests.sources.delivering import better_work, table
from tests.sources.workbooks import build

TOILETS = "labour.osh.welfare_facilities.toilets"
RULES = load_benchmark_rules(alone().find("schemas/benchmarks.yml"))


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(demo_world().release.database), read_only=True)


@pytest.fixture(scope="module")
def all_needs(connection: duckdb.DuckDBPyConnection) -> list[Needs]:
    names = [name for (name,) in connection.execute("SELECT facility_id FROM facility ORDER BY 1").fetchall()]
    return [read_needs(connection, name, None, RULES) for name in names]


def test_zero_tolerance_and_overdue_come_first(all_needs: list[Needs]) -> None:
    assert any(needs.pressing for needs in all_needs)
    for needs in all_needs:
        order = [(not one.zero_tolerance, one.status != "overdue") for one in needs.pressing]
        assert order == sorted(order)
        assert all(one.status != "closed" for one in needs.pressing)


def test_perhaps_other_parts_of_a_matter_are_not_ranked_as_repeated(all_needs: list[Needs]) -> None:
    parts = set(
        demo_world().release.column(
            "SELECT line_id FROM v_corrective_action_plan WHERE visits > 1 AND NOT is_same_matter"
        )
    )
    shown = [one for needs in all_needs for one in needs.pressing if one.line_id in parts]
    assert shown
    assert {one.visits for one in shown} == {1}
    assert not [reason for one in shown for reason in one.reasons if reason.startswith("found on")]


def test_more_visits_weigh_more_among_equals(all_needs: list[Needs]) -> None:
    for needs in all_needs:
        equal = [one.visits for one in needs.pressing if one.status == "overdue" and not one.zero_tolerance]
        assert equal == sorted(equal, reverse=True)


def test_levels_are_of_the_latest_fem_and_ask_only_what_is_not_met(
    connection: duckdb.DuckDBPyConnection, all_needs: list[Needs]
) -> None:
    sections = {level.section for needs in all_needs for level in needs.levels}
    assert sections == {"ems", "energy", "water", "wastewater", "air", "waste", "chemicals"}
    for needs in all_needs:
        for level in needs.levels:
            assert level.next_level == min((level.reached or 0) + 1, 3)
            for asked in level.asked:
                assert asked.state not in {"met", "not_applicable"}
                assert 1 <= asked.level <= level.next_level
                assert asked.indicator_id.startswith(f"environment.{level.section}.")
    levels = dict(
        connection.execute("""
            SELECT question_id, level FROM crosswalk WHERE instrument = 'higg_fem' AND edition = 'fem2023'
        """).fetchall()
    )
    wanted = [one for needs in all_needs for level in needs.levels for one in level.asked]
    assert wanted
    assert all(levels[one.question_id] == str(one.level) for one in wanted)


def test_peers_are_told_of_five_owners_or_not_at_all(
    connection: duckdb.DuckDBPyConnection, all_needs: list[Needs]
) -> None:
    """Counted again by hand, from answers and findings as the views give them."""
    groups = owner_groups(connection, RULES.owners)
    stated: dict[str, set[str]] = {}
    for indicator_id, facility in connection.execute("""
        SELECT DISTINCT a.indicator_id, a.facility_id FROM v_answer a
        JOIN entailment e ON e.comparability = a.comparability AND e.state = a.state::VARCHAR
        WHERE e.implied_state IN ('met', 'partly_met', 'not_met')
    """).fetchall():
        stated.setdefault(indicator_id, set()).add(facility)
    for needs in all_needs:
        own = str(needs.facility["facility_id"])
        for compared in needs.states:
            assert RULES.may_tell(compared.indicator_id)
            peers = {name for name in stated.get(compared.indicator_id, ()) if groups[name] != groups[own]}
            if isinstance(compared.peers, Share):
                assert 5 <= compared.peers.groups <= len({groups[name] for name in peers})
                assert compared.peers.factories <= len(peers)
            elif compared.circle is not None:
                pytest.fail("a circle without figures")


FACTORIES = ["Sao Mai Garment", "Hoa Sen Textile", "Bach Dang Footwear", "Que Lam Knitting", "Tan Thuan Denim",
             "Vinh Phat Embroidery", "Lotus Outerwear"]  # fmt: skip


def _visits(year: int, found: str) -> list[dict[str, str]]:
    """Better Work at every factory: the last one is always found wanting."""
    return [
        {
            "Quest.ID": f"{year}{at}", "Assesment.Start.Date": f"20/11/{year}", "Cycle": str(year),
            "Factory.Assessed.ID": f"BW-{at}", "Factory.Assessed.Name": name, "CP": "Welfare Facilities",
            "Question.ID": "welfare_facilities.1", "Q.Label": "Our label",
            "Finding": found if name != FACTORIES[-1] else "1",
        }
        for at, name in enumerate(FACTORIES)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Seven factories of one country: six mended their toilets within a year, all in the same way."""
    folder = tmp_path_factory.mktemp("programme")
    titles = ["ID", "Original Factory ID", "Name", "Address", "City", "Country"]
    rows = [[f"BW-{at}", None, name, f"{at} Road {at}", f"City {at}", "Vietnam"] for at, name in enumerate(FACTORIES)]
    head = ["Factory ID", "Cycle", "Compliance.point", "Issue", "Action", "Due Date (dd/mm/yyyy)", "Status"]
    done = [
        [f"BW-{at}", "2024", "Welfare Facilities", "Our label", "Clean twice a day", "15/02/2025", "Completed"]
        for at, _ in enumerate(FACTORIES[:-1])
    ]
    return run_inbox(
        deliver(
            folder / "inbox",
            {
                "bwv/answers.csv": better_work(*_visits(2024, "1"), *_visits(2025, "0")),
                "bwv/enterprises.xlsx": build({"Enterprises": [["Enterprise report"], titles, *rows]}),
                "bwv/plan.csv": table([head, *done]),
            },
        ),
        folder / "out",
    )


def _of(release: Release, name: str) -> Needs:
    with duckdb.connect(str(release.database), read_only=True) as connection:
        ((facility_id,),) = connection.execute("SELECT facility_id FROM facility WHERE name = ?", [name]).fetchall()
        return read_needs(connection, facility_id, None, RULES)


def test_what_six_owners_did_before_they_mended_the_same_is_told(programme: Release) -> None:
    needs = _of(programme, FACTORIES[-1])
    (pressing,) = needs.pressing
    assert (pressing.indicator_id, pressing.visits) == (TOILETS, 2)
    (compared,) = needs.states
    assert (compared.own, compared.peers, compared.circle) == ("not_met", Share(1.0, 6, 6), "country VN")
    (before,) = [one for one in needs.before if one.matter == TOILETS]
    assert (before.turned, before.groups) == (6, 6)
    assert [(one.what, one.is_action, one.groups) for one in before.adopted] == [("Clean twice a day", True, 6)]


def test_a_group_that_dominates_silences_all(programme: Release) -> None:
    strict = RULES.model_copy(update={"most_of_one_group": 0.1})
    few = RULES.model_copy(update={"least_groups": 7})
    for rules in (strict, few):
        with duckdb.connect(str(programme.database), read_only=True) as connection:
            query = "SELECT facility_id FROM facility WHERE name = ?"
            ((facility_id,),) = connection.execute(query, [FACTORIES[-1]]).fetchall()
            needs = read_needs(connection, facility_id, None, rules)
        assert [one.peers for one in needs.states] == [None]
        assert not any(one.adopted for one in needs.before)


def test_no_other_factory_is_named(all_needs: list[Needs], connection: duckdb.DuckDBPyConnection) -> None:
    names = dict(connection.execute("SELECT facility_id, name FROM facility").fetchall())
    for needs in all_needs:
        own = str(needs.facility["facility_id"])
        printed = str(needs_table(needs, is_text=True).to_pylist())
        others = [name for name in names if name != own]
        assert not [name for name in others if name in printed]


def test_a_day_before_everything_needs_nothing(connection: duckdb.DuckDBPyConnection, all_needs: list[Needs]) -> None:
    needs = read_needs(connection, str(all_needs[0].facility["facility_id"]), date(2019, 1, 1), RULES)
    assert (needs.pressing, needs.levels, needs.states, needs.intensities) == ([], [], [], [])


def test_the_workbook_holds_every_part(all_needs: list[Needs]) -> None:
    needs = max(all_needs, key=lambda one: len(one.pressing))
    stream = io.BytesIO()
    write_workbook(stream, needs_workbook(needs, "vi", RULES))
    book = CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue()))
    assert book.sheet_names == ["Needs", "FEM levels", "Peers", "Intensities", "Before it turned", "About"]
    assert len(book.get_sheet_by_name("Needs").to_python()) == len(needs.pressing) + 1
    about = str(book.get_sheet_by_name("About").to_python())
    assert "not what caused it" in about
    table = needs_table(needs, is_text=False)
    assert table.num_rows >= len(needs.pressing) + len(needs.states)
