"""Withholding over the rows of the joint core: what leaves for whom, and that own rows are not touched."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sharing.worlds import INDICATORS, KINDS, RULES, answers, withheld, world

VOLUME = "environment.site.metrics.production_volume"
INTENSITY = "environment.water.metrics.water_per_mass"
WATER = "environment.water.metrics.water_total"
AUDIENCES = [{"audience_no": number, "kind": kind} for number, kind in enumerate(KINDS, start=1)]


def _everybody(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**row, "audience_no": one["audience_no"], "answer_no": 1} for one in AUDIENCES]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"indicator_id": VOLUME, "value_number": 12000}, {"antitrust"}),
        ({"indicator_id": INTENSITY, "value_number": 3}, {"antitrust_intensity"}),
        ({"indicator_id": "labour.compensation.lowest_grade_basic_wage"}, {"antitrust"}),
        ({"indicator_id": "general.production.planning"}, {"antitrust"}),
        ({"indicator_id": "environment.energy.metrics.details", "instrument": "higg_fem",
          "question_id": "enghgtargetBaselineQuant"}, {"antitrust_intensity"}),
        ({"indicator_id": "general.workforce.pregnant_or_nursing", "value_number": 80}, {"special_category"}),
        ({"indicator_id": "labour.information.freedom_of_association.union_members"}, {"special_category"}),
        ({"indicator_id": None, "mapping_id": None, "value_text": "anything"}, {"unmapped"}),
        ({"indicator_id": "environment.site.metrics.details", "instrument": "higg_fem",
          "question_id": "rfi_pid"}, {"native_id"}),
        ({"indicator_id": "environment.water.metrics.score", "instrument": "higg_fem"}, {"score"}),
    ],
)  # fmt: skip
def test_a_class_is_denied_to_every_kind_at_scope_full(row: dict[str, Any], told: set[str]) -> None:
    done = answers(withheld(world(AUDIENCES, shared_answer=_everybody(row))))
    assert {one[0] for one in done.values()} == told
    assert len(done) == len(AUDIENCES)
    assert {one[1] for one in done.values()} == {"row"}


@pytest.mark.parametrize(
    "indicator_id", [WATER, "labour.osh.chemicals.training", "labour.discrimination.gender.no_pregnancy_testing"]
)
def test_what_buyers_need_stays(indicator_id: str) -> None:
    row = {
        "indicator_id": indicator_id,
        "value_number": 12000,
        "state": "met",
        "raw_value": "12000",
        "value_text": "12000",
    }
    assert answers(withheld(world(AUDIENCES, shared_answer=_everybody(row)))) == {}


def test_integrity_signals_go_to_the_factory_and_not_to_others() -> None:
    rows = _everybody({"indicator_id": "labour.osh.chemicals.training", "state": "unable_to_assess"})
    done = answers(withheld(world(AUDIENCES, shared_answer=rows)))
    assert {AUDIENCES[number - 1]["kind"] for number, _ in done} == set(KINDS) - {"manufacturer"}


def test_a_contributor_sees_its_own_rows_as_it_gave_them() -> None:
    text = "Mr. John Smith harassed a union member, call 0912345678"
    connection = withheld(
        world(
            AUDIENCES,
            shared_answer=[
                {"indicator_id": VOLUME, "value_number": 3, "is_own": True},
                {"indicator_id": None, "value_text": text, "is_own": True},
                {"indicator_id": "general.workforce.men", "value_number": 2, "is_own": True},
                {"indicator_id": "general.assessment.notes", "value_text": text, "remark_reason": text, "is_own": True},
            ],
            shared_finding=[
                {
                    "severity": "zero_tolerance",
                    "description": text,
                    "responsible": "Mr. Smith",
                    "extra": "{}",
                    "is_own": True,
                }
            ],
            shared_mention=[{"name": "A", "address": "ĐT: 0912345678", "workers": 3, "extra": "{}", "is_own": True}],
            shared_header=[{"assessor": "Jane Doe", "score": 80, "rating_raw": "Zero tolerance", "is_own": True}],
        )
    )
    assert answers(connection) == {}
    assert connection.execute("SELECT description, responsible, extra FROM shared_finding").fetchall() == [
        (text, "Mr. Smith", "{}")
    ]
    assert connection.execute("SELECT address, workers, extra FROM shared_mention").fetchall() == [
        ("ĐT: 0912345678", 3, "{}")
    ]
    assert connection.execute("SELECT assessor, score, rating_raw FROM shared_header").fetchall() == [
        ("Jane Doe", 80.0, "Zero tolerance")
    ]
    assert connection.execute("SELECT * FROM withheld_count").fetchall() == []


def test_scores_need_the_right_and_public_ones_a_clearance() -> None:
    rows = _everybody({"indicator_id": "environment.water.metrics.score", "instrument": "higg_fem"})
    headers = [
        {"audience_no": number, "copy_id": "c", "instrument": "higg_fem", "score": 60.0} for number in range(1, 6)
    ]
    right = {"instrument": "higg_fem", "derived_scores": True}
    connection = withheld(world(AUDIENCES, shared_answer=rows, shared_header=headers, known_right=[right]))
    public = {number for number, one in enumerate(AUDIENCES, 1) if one["kind"] in ("government", "civil_society")}
    assert {number for number, _ in answers(connection)} == public
    gone = connection.execute("SELECT audience_no FROM shared_header WHERE score IS NULL").fetchall()
    assert {number for (number,) in gone} == public
    assert {number for (number,) in connection.execute("SELECT audience_no FROM withheld_score").fetchall()} == public
    cleared = {**right, "public_use": True, "cleared": True}
    assert answers(withheld(world(AUDIENCES, shared_answer=rows, known_right=[cleared]))) == {}


def test_an_audience_without_names_gets_none() -> None:
    connection = withheld(
        world(
            [{"audience_no": 1, "kind": "civil_society", "is_named": False}],
            shared_answer=[
                {"indicator_id": "general.facility.name", "value_text": "A"},
                {"indicator_id": "general.facility.province", "value_text": "Bình Dương"},
                {"indicator_id": "environment.ems.metrics.details", "value_text": "any text", "remark_reason": "more"},
            ],
            shared_finding=[{"topic_id": "labour.osh", "description": "Exit blocked",
                             "legal_reference": "Article 5", "severity": "minor"}],
            shared_mention=[{"name": "A", "name_local": "B", "address": "C", "admin1": "Bình Dương",
                             "latitude": 10.1, "longitude": 106.2, "workers": 40}],
            shared_header=[{"assessor": "SGS Vietnam Ltd"}],
        )
    )  # fmt: skip
    assert answers(connection) == {(1, 1): ("unnamed", "row"), (1, 3): ("unnamed", "text")}
    assert connection.execute("SELECT value_text, remark_reason FROM masked_answer").fetchall() == [(None, None)]
    assert connection.execute("SELECT description, legal_reference, severity FROM shared_finding").fetchall() == [
        (None, None, "minor")
    ]
    assert connection.execute("SELECT * EXCLUDE (audience_no, mention_id, is_own) FROM shared_mention").fetchall() == [
        (None, None, None, "VN", "Bình Dương", None, None, 40, None)
    ]
    assert connection.execute("SELECT assessor FROM shared_header").fetchall() == [(None,)]


SENSITIVE = {
    "indicator_id": "labour.discrimination.gender.no_sexual_harassment",
    "topic_id": "labour.discrimination.gender",
}
TEXT = "The line leader of sewing line 4 behaves badly."


def _key(connection: Any, clause: str = "1", part: str = "description", text: str = TEXT) -> str:
    ((key,),) = connection.execute("SELECT text_key('smeta', 'A1', ?, ?, ?)", [clause, part, text]).fetchall()
    return str(key)


@pytest.mark.parametrize("scope", [1, 2, 3, 4])
def test_sensitive_text_needs_scope_full_and_a_review(scope: int) -> None:
    finding = {**SENSITIVE, "description": TEXT, "severity": "major", "scope_rank": scope}
    unread = withheld(world(shared_finding=[finding]))
    assert unread.execute("SELECT description, severity FROM shared_finding").fetchall() == [(None, "major")]
    read = withheld(world(shared_finding=[finding]), [_key(unread)])
    assert read.execute("SELECT description FROM shared_finding").fetchall() == [(TEXT if scope == 4 else None,)]


@pytest.mark.parametrize(
    "other", [{"clause": "2"}, {"assessment_id": "A2"}, {"description": TEXT + " Again."}, {"instrument": "wrap"}]
)
def test_a_review_holds_for_the_text_at_its_place_alone(other: dict[str, str]) -> None:
    unread = withheld(world(shared_finding=[{**SENSITIVE, "description": TEXT}]))
    done = withheld(world(shared_finding=[{**SENSITIVE, "description": TEXT, **other}]), [_key(unread)])
    assert done.execute("SELECT description FROM shared_finding").fetchall() == [(None,)]


@pytest.mark.parametrize(
    "finding",
    [
        {"topic_id": "labour.child_labour.child_labourers", "description": "Found"},
        {"topic_id": "labour.freedom_of_association", "description": "Found"},
        {"topic_id": None, "description": "What this is about nobody knows"},
        {"topic_id": "labour.osh", "description": "Quấy rối ở chuyền may"},
        {"topic_id": "labour.osh", "description": "A UNION leader was moved"},
        {"topic_id": "labour.osh", "description": "พบแรงงานเด็ก"},
        {"topic_id": "labour.osh", "description": "មានការបៀតបៀន"},
        {"topic_id": "labour.osh", "root_cause": "harassment in the team"},
        {"topic_id": "labour.osh", "action": "Train on sexual harassment"},
    ],
)
def test_matters_are_known_by_topic_and_by_word(finding: dict[str, Any]) -> None:
    connection = withheld(world(shared_finding=[finding]))
    assert connection.execute("SELECT coalesce(description, root_cause, action) FROM shared_finding").fetchall() == [
        (None,)
    ]
    assert connection.execute("SELECT class, rule, rows FROM withheld_count").fetchall() == [("sensitive_text", 28, 1)]


def test_other_findings_keep_their_text_with_persons_masked() -> None:
    finding = {
        "topic_id": "labour.osh",
        "description": "Mr. John Smith locked exit 3.",
        "responsible": "HR manager",
        "extra": "{}",
    }
    connection = withheld(world(shared_finding=[finding]))
    ((description, responsible, extra),) = connection.execute(
        "SELECT description, responsible, extra FROM shared_finding"
    ).fetchall()
    assert (description, responsible, extra) == (f"{RULES.personal.mask} locked exit 3.", "HR manager", None)


def test_zero_tolerance_stays_with_its_owner_and_the_factory() -> None:
    rows = [
        {"audience_no": number, "row_no": 1, "severity": "zero_tolerance", "topic_id": "labour.osh"}
        for number in range(1, 6)
    ]
    headers = [{"audience_no": number, "copy_id": "c", "rating_raw": "Zero Tolerance"} for number in range(1, 6)]
    right = {"instrument": "smeta", "derived_scores": True}
    connection = withheld(world(AUDIENCES, shared_finding=rows, shared_header=headers, known_right=[right]))
    manufacturer = [(KINDS.index("manufacturer") + 1,)]
    assert connection.execute("SELECT audience_no FROM shared_finding").fetchall() == manufacturer
    assert (
        connection.execute("SELECT audience_no FROM shared_header WHERE rating_raw IS NOT NULL").fetchall()
        == manufacturer
    )


@pytest.mark.parametrize(
    ("assessor", "stays"),
    [("Third party", True), ("SGS Vietnam Ltd.", True), ("Bureau Veritas", True), ("Công ty TNHH ALS", True),
     ("Jane Doe", False),
     ("Mr. Tran Van Binh, SGS", False), ("Nguyễn Thị Lan", False), ("audit@sgs.com", False), ("Colin Ulrich", False)],
)  # fmt: skip
def test_who_assessed_is_an_organisation_or_nobody(assessor: str, stays: bool) -> None:
    connection = withheld(world(shared_header=[{"assessor": assessor}]))
    assert connection.execute("SELECT assessor FROM shared_header").fetchall() == [(assessor if stays else None,)]


def test_answers_keep_their_state_when_their_words_do_not_leave() -> None:
    long = "A worker told that the supervisor of line four shouts at all who are pregnant"
    connection = withheld(
        world(
            shared_answer=[
                {
                    "indicator_id": "labour.osh.chemicals.training",
                    "value_text": "No",
                    "remark_description": "Call Mr. Smith",
                },
                {
                    "indicator_id": "labour.discrimination.gender.no_sexual_harassment",
                    "value_text": "No",
                    "remark_reason": "x y",
                },
                {"indicator_id": "labour.osh.chemicals.training", "value_text": long, "raw_value": long},
                {"indicator_id": "general.facility.tax_code", "value_text": "0312345678", "raw_value": "0312345678"},
            ]
        )
    )
    assert answers(connection) == {
        (1, 1): ("personal", "text"), (1, 2): ("sensitive_text", "text"), (1, 3): ("sensitive_text", "text"),
    }  # fmt: skip
    told = connection.execute("SELECT * EXCLUDE (audience_no, class) FROM masked_answer ORDER BY answer_no").fetchall()
    assert told == [
        (1, "No", None, None, f"Call {RULES.personal.mask}"),
        (2, "No", None, None, None),
        (3, None, None, None, None),
    ]


COUNTS = sorted({name for one in RULES.small_counts.sums for name in (one.total, *one.parts)})
LEAST = RULES.small_counts.least
_WORKFORCE = st.dictionaries(st.sampled_from(COUNTS), st.integers(0, 40), min_size=1, max_size=30)


def _consistent(drawn: dict[str, int]) -> dict[str, int]:
    """The drawn numbers made to add up, where they are parts of a whole."""
    values = dict(drawn)
    for one in RULES.small_counts.sums:
        if one.whole and all(part in values for part in one.parts) and one.total in values:
            first, *others = one.parts
            values[first] = max(values[one.total] - sum(values[part] for part in others), 0)
    return values


def _determined(unknown: set[str], known: dict[str, int]) -> set[str]:
    """Which unknown counts follow from the known ones by the equations of the wholes: exact elimination."""
    order = sorted(unknown)
    rows = []
    for one in RULES.small_counts.sums:
        if one.whole:
            row = [Fraction(0)] * len(order)
            for name, sign in [(one.total, -1), *((part, 1) for part in one.parts)]:
                if name in unknown:
                    row[order.index(name)] += sign
                elif name not in known:
                    break
            else:
                rows.append(row)
    pivots: dict[int, list[Fraction]] = {}
    for row in rows:
        for column, pivot in pivots.items():
            row = [a - row[column] * b for a, b in zip(row, pivot, strict=True)]
        lead = next((i for i, value in enumerate(row) if value), None)
        if lead is None:
            continue
        row = [value / row[lead] for value in row]
        pivots = {c: [a - p[lead] * b for a, b in zip(p, row, strict=True)] for c, p in pivots.items()}
        pivots[lead] = row
    return {order[lead] for lead, row in pivots.items() if sum(1 for value in row if value) == 1}


@settings(max_examples=25, deadline=None)
@given(st.lists(_WORKFORCE, min_size=1, max_size=6))
@pytest.mark.slow
def test_no_small_count_is_shown_or_follows(worlds: list[dict[str, int]]) -> None:
    stated = [_consistent(one) for one in worlds]
    rows = [
        {"assessment_id": f"A{number}", "indicator_id": name, "value_number": value, "question_id": name}
        for number, values in enumerate(stated)
        for name, value in values.items()
    ]
    connection = withheld(world(shared_answer=rows))
    gone = {
        (row[0], row[1])
        for row in connection.execute(
            "SELECT assessment_id, indicator_id FROM shared_answer JOIN withheld_answer USING (audience_no, answer_no)"
        ).fetchall()
    }
    tells = {one.indicator_id for one in INDICATORS if RULES.small_counts.counts(one)}
    for number, values in enumerate(stated):
        shown = {name: value for name, value in values.items() if (f"A{number}", name) not in gone}
        assert not [name for name, value in shown.items() if name in tells and 0 < value < LEAST]
        # By one sum, whole or not, nothing small is left when what is shown is taken from a total.
        for one in RULES.small_counts.sums:
            parts = [part for part in one.parts if part in values]
            if one.total in shown and parts and all(part in shown for part in parts):
                rest = shown[one.total] - sum(shown[part] for part in parts)
                assert not 0 < rest < LEAST
        suppressed = set(values) - set(shown)
        unstated = {name for one in RULES.small_counts.sums for name in one.parts} - set(values)
        assert not _determined(suppressed | unstated, shown) & suppressed


def test_what_one_audience_is_not_shown_changes_nothing_for_another() -> None:
    rows = [
        {"audience_no": 1, "answer_no": 1, "indicator_id": "general.workforce.men", "value_number": 40},
        {"audience_no": 2, "answer_no": 1, "indicator_id": "general.workforce.men", "value_number": 2},
    ]
    audiences = [{"audience_no": 1}, {"audience_no": 2}]
    assert answers(withheld(world(audiences, shared_answer=rows))) == {(2, 1): ("small_count", "value")}


def test_a_share_of_few_workers_is_suppressed() -> None:
    paid = "labour.compensation.method_of_payment.share_paid_in_cash"
    rows = [
        {"indicator_id": "general.facility.workers", "value_number": 200},
        {"indicator_id": paid, "value_number": 1, "question_id": "q2"},
        {"assessment_id": "A2", "indicator_id": "general.facility.workers", "value_number": 200},
        {"assessment_id": "A2", "indicator_id": paid, "value_number": 50, "question_id": "q2"},
        {"assessment_id": "A3", "indicator_id": "general.facility.workers", "value_number": 200},
        {"assessment_id": "A3", "indicator_id": paid, "value_number": 99, "question_id": "q2"},
    ]
    assert set(answers(withheld(world(shared_answer=rows)))) == {(1, 2), (1, 6)}


def test_what_was_withheld_is_counted_with_its_rule() -> None:
    connection = withheld(
        world(
            shared_answer=[{"indicator_id": VOLUME}, {"indicator_id": INTENSITY}, {"indicator_id": None}],
            shared_mention=[{"workers": 3}],
            shared_header=[{"assessor": "Jane Doe", "score": 3}],
        )
    )
    assert set(connection.execute("SELECT class, rule, table_name, rows FROM withheld_count").fetchall()) == {
        ("antitrust", 27, "answer", 1), ("antitrust_intensity", 27, "answer", 1), ("unmapped", 28, "answer", 1),
        ("small_count", 28, "facility_mention", 1), ("personal", 28, "assessment", 1), ("score", 22, "assessment", 1),
    }  # fmt: skip
