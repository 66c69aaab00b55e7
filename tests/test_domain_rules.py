"""The rules that a compliance team would check first, one by one, each on an inbox of its own.

They are numbered as in the domain rules of the project. What a rule says in full is tested where it is made; here it is
seen from outside: an export goes in, the tables answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harmonize.crosswalk.language import load_language
from harmonize.crosswalk.mapping import load_editions
from harmonize.sources.overall_grade import overall_grade
from harmonize.sources.profile import load_profiles
from harmonize.yaml_text import read_yaml
from tests.pipeline.worlds import Release, alone, deliver, run_inbox
from tests.sources.delivering import better_work, envelope, gap, page, table, wide
from tests.sources.workbooks import build

_SITE = {"name": "Sao Mai Garment", "address": "12 Road 3, An Phu", "city": "Bien Hoa", "country": "Vietnam"}


def _run(folder: Path, files: Mapping[str, str | bytes]) -> Release:
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


def _enterprises() -> bytes:
    titles = ["ID", "Original Factory ID", "Name", "Address", "City", "Country"]
    row = ["BW-12", None, _SITE["name"], _SITE["address"], _SITE["city"], _SITE["country"]]
    return build({"Enterprises": [["Enterprise report"], titles, row]})


def _caf(answers: Mapping[str, Any], *, day: str = "2025-11-24", status: str = "VRF", **changes: Any) -> str:
    """A CAF envelope whose answers a verifier marked as accurate."""
    facts = {
        "fp-bi-1": _SITE["name"], "fp-bas-1": _SITE["address"], "fp-bas-2": _SITE["city"],
        "fp-bi-7": _SITE["country"], "vd-e4": day,
    }  # fmt: skip
    nodes = {
        key: {"value": value, "corrected": None, "selection": "Accurate", "flag": False, "data": "", "legal": ""}
        for key, value in {**facts, **answers}.items()
    }
    return page(
        envelope(
            id="fslm-1", version="fslm", cafVersion="1.7", status=status, statusHistory={status: "2026/01/10"},
            questions=nodes, **changes,
        )
    )  # fmt: skip


def _pvh(*rows: Sequence[Any]) -> bytes:
    titles = ["Assessment ID", "PVH Factory ID", "Factory Name", "Address", "City", "Country", "Assessment Type",
              "Assessment Date", "Rating"]  # fmt: skip
    site = [_SITE["name"], _SITE["address"], _SITE["city"], _SITE["country"]]
    return build(
        {
            "Assessments": [titles, *([number, "PF-1", *site, "Full", day, rating] for number, day, rating in rows)],
            "Findings": [["Assessment ID", "Finding No", "Code Element", "Finding Class", "Description", "Status"]],
        }
    )


def _visits(release: Release) -> dict[str, str]:
    return dict(release.query("SELECT coalesce(native_id, instrument), visit_id FROM assessment"))


def test_rule_1_one_visit_is_seen_once_across_instruments(tmp_path: Path) -> None:
    release = _run(
        tmp_path,
        {
            "bwv/answers.csv": better_work({}),
            "bwv/enterprises.xlsx": _enterprises(),
            "gateway/caf.json": _caf({"wh-3": "Yes"}),
            "pvh/ratings.xlsx": _pvh(("P-1", "15-Jan-2026", "Blue"), ("P-2", "16-Jan-2026", "Green")),
        },
    )
    assert release.query("SELECT count(*) FROM facility") == [(1,)]
    visits = _visits(release)
    assert visits["900101"] == visits["fslm-1"] == visits["P-1"] != visits["P-2"]
    relations = """
        SELECT a.native_id, b.native_id, r.kind, r.days_apart
        FROM assessment_relation r
        JOIN assessment a USING (assessment_id)
        JOIN assessment b ON b.assessment_id = r.related_id
        ORDER BY r.kind::VARCHAR
    """
    assert release.query(relations) == [
        ("P-1", "900101", "rating_derived_from", 56),
        ("fslm-1", "900101", "same_visit_other_instrument", 4),
    ]
    assert release.query("SELECT visits FROM v_facility_card") == [(2,)]


def test_rule_1_a_self_assessment_and_a_far_day_are_visits_of_their_own(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"bwv/answers.csv": better_work({}), "bwv/enterprises.xlsx": _enterprises()}
    near = _run(tmp_path / "self", {**files, "gateway/caf.json": _caf({"wh-3": "Yes"}, status="ASC")})
    far = _run(tmp_path / "far", {**files, "gateway/caf.json": _caf({"wh-3": "Yes"}, day="2026-01-20")})
    for release in (near, far):
        assert len(set(_visits(release).values())) == 2
        assert release.query("SELECT * FROM assessment_relation") == []


def test_rule_2_what_a_programme_accepts_unseen_is_not_verified(tmp_path: Path) -> None:
    answers = {"wh-3": "Yes", "ms-1--1-1x": "X"}
    inbox = deliver(tmp_path / "inbox", {"gateway/caf.json": _caf(answers)})
    query = """
        SELECT question_id, verification FROM answer
        WHERE question_id IN ('wh-3', 'ms-1--1-1x') ORDER BY question_id
    """
    alone_release = run_inbox(inbox, tmp_path / "out")
    assert alone_release.query(query) == [("ms-1--1-1x", "onsite"), ("wh-3", "onsite")]
    # Better Work assessed the factory: Step 1 was seen by its assessors, the other steps by nobody.
    deliver(inbox, {"bwv/answers.csv": better_work({}), "bwv/enterprises.xlsx": _enterprises()})
    known_later = run_inbox(inbox, tmp_path / "out")
    assert known_later.query(query) == [("ms-1--1-1x", "auto_accepted"), ("wh-3", "onsite")]
    assert run_inbox(inbox, tmp_path / "afresh").query(query) == known_later.query(query)


def test_rule_2_a_core_verification_covers_its_questions_alone(tmp_path: Path) -> None:
    profile = load_profiles(alone().files("mappings", "*/source.yml"))["higg_fem"]
    covered = profile.verified_only["fem2023"]
    assert covered
    release = _run(
        tmp_path,
        {
            "hub/fem.csv": wide(
                ["watsources", "wstsourcenh"], {"status": "VRF", "watsources": "Yes", "wstsourcenh": "Yes"}
            )
        },
    )
    stated = dict(release.query("SELECT question_id, verification FROM answer"))
    assert set(stated.values()) <= {"none", "onsite", "virtual", "desk"}


def test_rule_3_one_table_says_what_follows(tmp_path: Path) -> None:
    table_of = read_yaml(alone().find("schemas/entailment.yml"))
    assert table_of["broad"] == {"not_met": "not_met"}, "a narrower question: its breach is ours, its success is not"
    assert table_of["narrow"] == {"met": "met"}
    assert not table_of["related"]
    release = _run(tmp_path, {"bwv/answers.csv": better_work({})})
    stored: dict[str, dict[str, str]] = {}
    for predicate, state, implied in release.query("SELECT * FROM entailment"):
        stored.setdefault(predicate, {})[state] = implied
    assert stored == {predicate: states for predicate, states in table_of.items() if states}


def test_rule_4_lists_of_findings_never_say_met(tmp_path: Path) -> None:
    release = _run(
        tmp_path, {"gap/visits.csv": gap({}, {"VisitID": "G-501", "VisitDate": "04/20/2025", "ProvisionCode": ""})}
    )
    assert release.query("SELECT count(*) FROM answer") == [(0,)]
    states = release.column("SELECT DISTINCT state FROM v_topic_matrix ORDER BY state")
    assert "met" not in states
    assert "no_finding" in states
    assert release.query("SELECT DISTINCT scope FROM assessment_scope WHERE topic_id = 'labour'") == [("in",)]


def test_rule_5_an_unticked_box_is_never_a_no(tmp_path: Path) -> None:
    release = _run(
        tmp_path,
        {"gateway/caf.json": _caf({"ms-1--1-1x": "X", "ms-1--1-2x": False, "ms-1--10-1x": False}, status="ASC")},
    )
    states = "SELECT question_id, state FROM answer WHERE question_id LIKE 'ms-1-%' ORDER BY question_id"
    assert release.query(states) == [
        ("ms-1--1-1x", "met"),
        ("ms-1--1-2x", "not_selected"),
        ("ms-1--10-1x", "unanswered"),
    ]


def test_rule_6_what_was_skipped_is_not_an_answer(tmp_path: Path) -> None:
    release = _run(
        tmp_path,
        {
            "hub/fem.csv": wide(["watsources", "wstsourcenh"], {"watsources": "Not Applicable"}),
            "api/fem.json": page(envelope(questions={"watsources": None, "wstsourcenh": {"value": "Not Applicable"}})),
        },
    )
    assert release.query("SELECT question_id, state FROM answer ORDER BY ALL") == [
        ("watsources", "not_applicable"),
        ("wstsourcenh", "not_applicable"),
    ]
    assert release.query("SELECT DISTINCT cells_total, cells_blank FROM file") == [(2, 1)]


def test_rule_7_not_knowing_and_not_being_let_in_are_two_things(tmp_path: Path) -> None:
    release = _run(
        tmp_path,
        {
            "hub/fem.csv": wide(["watsources"], {"watsources": "Unknown"}),
            "gateway/caf.json": _caf({"wh-3": "Unable to assess"}),
        },
    )
    states = "SELECT state FROM answer WHERE question_id IN ('watsources', 'wh-3') ORDER BY question_id"
    assert release.column(states) == ["unknown_to_facility", "unable_to_assess"]


def test_rule_8_missing_maturity_is_no_breach(tmp_path: Path) -> None:
    questions = {
        entry.question: entry
        for edition in load_editions(alone())
        if (edition.instrument, edition.edition) == ("higg_fem", "fem2023")
        for entry in edition.entries.values()
        if entry.rule("scale") == "yes_partial_no" and entry.rule("polarity") == "positive" and entry.indicator_id
    }
    language = load_language(alone())
    practice = next(q for q, e in questions.items() if language.indicators[str(e.indicator_id)].kind == "practice")
    breach = next(
        q
        for q, e in questions.items()
        if language.indicators[str(e.indicator_id)].kind == "compliance" and e.predicate in ("exact", "close")
    )
    release = _run(tmp_path, {"hub/fem.csv": wide([practice, breach], {practice: "No", breach: "No"})})
    assert release.query("SELECT count(*) FROM answer WHERE state = 'not_met'") == [(2,)]
    assert release.column("SELECT clause_raw FROM finding") == [breach]


def test_rule_8_trends_break_between_editions(tmp_path: Path) -> None:
    columns = ["ensourceelectricpurchquant", "ensourceelectricpurchunit"]

    def year(version: str, survey: str, amount: str, day: str) -> dict[str, str]:
        return {
            "surveyid": survey, "version": version, "finishdate": day, columns[0]: amount, columns[1]: "kWh"
        }  # fmt: skip

    rows = [
        year("fem2022", "S-1", "1000", "2023-05-01"),
        year("fem2023", "S-2", "1100", "2024-05-01"),
        year("fem2024", "S-3", "1200", "2025-05-01"),
    ]
    release = _run(tmp_path, {"hub/fem.csv": wide(columns, *rows)})
    trend = "SELECT year, series_breaks FROM v_metric_trend WHERE value_number IS NOT NULL ORDER BY year"
    assert release.query(trend) == [(2022, False), (2023, True), (2024, False)]


@pytest.mark.parametrize("edition", load_editions(alone()), ids=lambda e: f"{e.instrument}-{e.edition}")
def test_rule_9_every_compliance_question_names_its_basis(edition: Any) -> None:
    indicators = load_language(alone()).indicators
    bases = {"national_law", "international_standard", "buyer_code", "good_practice"}
    for entry in edition.entries.values():
        if entry.indicator_id is not None and indicators[entry.indicator_id].kind == "compliance":
            assert entry.rule("basis") in bases, entry.question


def test_rule_10_topics_are_compliance_points_and_facets_cut_across() -> None:
    language = load_language(alone())
    labour = [topic for topic in language.topics.values() if topic.pillar == "labour" and topic.parent_id]
    points = [topic for topic in labour if language.topics[str(topic.parent_id)].parent_id is None]
    clusters = {topic.parent_id for topic in points if not topic.topic_id.startswith("labour.information")}
    assert len(clusters) == 8
    named = {"harassment", "records_integrity", "subcontracting", "living_wage", "structural_and_electrical_safety",
             "security", "migrant_workers", "dormitories"}  # fmt: skip
    homes = {facet: {i.topic_id for i in language.indicators.values() if facet in i.facets} for facet in named}
    assert all(homes.values()), "a facet without an indicator is no way in"
    assert any(len(topics) > 1 for topics in homes.values()), "a facet cuts across topics"
    ethical = {
        (edition.instrument, entry.predicate)
        for edition in load_editions(alone())
        for entry in edition.entries.values()
        if (entry.indicator_id or "").startswith("ethics.business_integrity")
    }
    assert {"smeta", "amfori_bsci"} <= {instrument for instrument, _ in ethical}
    assert ("slcp_caf", "exact") not in ethical, "CAF has no section on ethics"


def test_rule_11_a_point_shows_how_much_was_asked(tmp_path: Path) -> None:
    rows = [
        {"Question.ID": str(4001 + n), "Finding": "1" if n == 0 else "0", "Q.Label": f"Label {n}"} for n in range(3)
    ]
    release = _run(tmp_path, {"bwv/answers.csv": better_work(*rows)})
    assert release.query("SELECT state, asked, not_met FROM v_topic_matrix WHERE asked > 0") == [("not_met", 3, 1)]


def test_rule_12_the_native_word_stands_beside_the_severity(tmp_path: Path) -> None:
    release = _run(tmp_path, {"gap/visits.csv": gap({"Severity": "severe"}), "bwv/answers.csv": better_work({})})
    query = """
        SELECT s.instrument, f.severity, f.severity_raw
        FROM finding f JOIN assessment s USING (assessment_id) ORDER BY ALL
    """
    assert release.query(query) == [("better_work_cat", None, None), ("gap", "major", "severe")]


def test_rule_13_another_basis_is_no_contradiction(tmp_path: Path) -> None:
    release = _run(tmp_path, {"bwv/answers.csv": better_work({})})
    query = """
        SELECT count(*) FROM contradiction c
        JOIN assessment a ON a.assessment_id = c.assessment_a
        JOIN assessment b ON b.assessment_id = c.assessment_b
        WHERE a.visit_id = b.visit_id
    """
    assert release.one(query) == 0


_SCHEME = load_profiles(alone().files("mappings", "*/source.yml"))["amfori_bsci"].overall_grade


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ([90] * 7 + [75] * 6, "A"),
        ([90] * 6 + [75] * 7, "B"),
        ([90] * 10 + [60] * 3, "B"),
        ([90] * 9 + [60] * 4, "C"),
        ([90] * 11 + [40] * 2, "C"),
        ([90] * 10 + [40] * 3, "D"),
        ([90] * 7 + [10] * 6, "D"),
        ([90] * 6 + [10] * 7, "E"),
        ([90] * 12, None),
    ],
)
def test_rule_14_the_overall_grade_comes_from_the_areas(points: list[float], grade: str | None) -> None:
    assert _SCHEME is not None
    assert overall_grade(points, _SCHEME) == grade


def _monitoring(rating: str, points: Sequence[float]) -> str:
    areas = [
        {"number": number, "score": score, "questions": [{"number": f"{number}.1", "answer": "YES"}]}
        for number, score in enumerate(points, start=1)
    ]
    return json.dumps(
        {
            "monitoringId": "24-1", "monitoringType": {"key": "FULL_MONITORING"}, "startDate": 1770681600000,
            "site": {"name": {"en_GB": _SITE["name"]}, "country": "Vietnam"}, "overallRating": rating,
            "performanceAreas": areas,
        }
    )  # fmt: skip


@pytest.mark.parametrize(("rating", "noticed"), [("B", []), ("A", ["A"])])
def test_rule_14_a_grade_that_does_not_follow_is_noticed_and_kept(
    rating: str, noticed: list[str], tmp_path: Path
) -> None:
    release = _run(tmp_path, {"member/monitoring.json": _monitoring(rating, [90] * 6 + [75] * 7)})
    assert release.query("SELECT rating_raw, score FROM assessment") == [(rating, None)]
    assert release.column("SELECT value FROM issue WHERE code = 'rating_against_areas'") == noticed
    assert release.query("SELECT status FROM file") == [("loaded",)]


def test_rule_14_an_unknown_edition_loads_raw(tmp_path: Path) -> None:
    release = _run(tmp_path, {"hub/fem.csv": wide(["watsources"], {"version": "fem2026", "watsources": "Yes"})})
    assert release.query(
        "SELECT edition, indicator_id, raw_value FROM answer JOIN assessment USING (assessment_id)"
    ) == [("fem2026", None, "Yes")]


def test_rule_14_a_clause_is_keyed_by_its_version(tmp_path: Path) -> None:
    capr = build(
        {
            "Audit Details": [
                ["Sedex Site Reference", "ZS1"], ["Site name", _SITE["name"]], ["Country", "Vietnam"],
                ["Date of Audit", "28 December 2025"],
            ],
            "CAPR": [
                ["Non-Compliance Number", "Details of Non-Compliance", "Timescale", "Clause", "Status"],
                ["NC1", "Own words", "30", "10.A", "Open"],
            ],
        }
    )  # fmt: skip
    platform = {
        "audit": {"reference": "ZAA1", "startDate": "2026-02-10"},
        "site": {"reference": "ZS1", "name": _SITE["name"], "country": "Vietnam"},
        "findings": [{"id": "ZAF1", "codeArea": "10.A", "requirement": "10.A", "type": "NC", "status": "Open"}],
    }
    release = _run(tmp_path, {"sedex/capr.xlsx": capr, "sedex/audit.json": json.dumps(platform)})
    assert release.query(
        "SELECT s.edition, f.topic_id FROM finding f JOIN assessment s USING (assessment_id) ORDER BY 1"
    ) == [
        ("smeta6", "labour.contracts.contracting_procedures"),
        ("smeta7", None),
    ]


def test_rule_15_the_forms_of_ministries_are_self_inspections(tmp_path: Path) -> None:
    profiles = load_profiles(alone().files("mappings", "*/source.yml"))
    for name in ("vn_labour_inspection", "kh_self_declaration"):
        assert profiles[name].assessment_kind == "self_inspection"
        assert profiles[name].verification == "none"
    titles = [
        "Enterprise Name",
        "Registration No",
        "Province",
        "Declaration Date",
        "Condition No",
        "Condition",
        "Compliant",
    ]
    declared = table([titles, ["Angkor Thmey Apparel", "1", "Kandal", "03/02/2026", "1", "Own words", "Yes"]])
    release = _run(tmp_path, {"molvt/form.csv": declared})
    assert release.query("SELECT kind, verified, assessed_on FROM assessment") == [
        ("self_inspection", False, date(2026, 2, 3))
    ]
