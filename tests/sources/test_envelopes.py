"""JSON envelopes: one is one assessment, facility and verifier stand side by side, nothing crashes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.errors import RefusedFile
from tests.sources.delivering import Reader, Staged, envelope, page

HUGE = int("1" + "0" * 400)


def _read(read: Reader, **changes: Any) -> Staged:
    return read(page(envelope(**changes)), "c/x.json")


@pytest.mark.parametrize(
    ("text", "path", "places"),
    [
        (page(envelope(id="a1"), envelope(id="a2")), "c/x.json", ["$.assessments[0]", "$.assessments[1]"]),
        (json.dumps(envelope()), "c/x.json", ["$"]),
        (json.dumps([envelope(id="a1"), envelope(id="a2")]), "c/x.json", ["$[0]", "$[1]"]),
        (
            f"{json.dumps(envelope(id='a1'))}\n\n{json.dumps(envelope(id='a2'))}",
            "c/x.jsonl",
            ["line=1;$", "line=3;$"],
        ),
        (json.dumps(envelope()), "c/x.jsonl", ["line=1;$"]),
        (page(envelope()), "c/x.jsonl", ["line=1;$.assessments[0]"]),
    ],
)
def test_place_of_an_envelope(read: Reader, text: str, path: str, places: list[str]) -> None:
    staged = read(text, path)
    assert staged.column("assessment", "locator") == staged.column("mention", "locator") == places


@pytest.mark.parametrize(
    "node", [None, {}, {"value": None}, {"value": "", "corrected": None}, {"value": " ", "corrected": ""}, ""]
)
def test_a_node_with_nothing_in_it_is_blank(read: Reader, node: Any) -> None:
    staged = _read(read, questions={"emsmgmt": node})
    assert (staged.counts.total, staged.counts.blank, staged["answer"]) == (1, 1, [])


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ({"value": "Yes"}, [("facility", "Yes")]),
        (
            {"value": "Yes", "corrected": "No", "selection": "Inaccurate"},
            [("facility", "Yes"), ("verifier", "No")],
        ),
        (
            {"value": "Yes", "corrected": "No", "selection": "updated during verification"},
            [("facility", "Yes"), ("verifier", "No")],
        ),
        ({"value": "Yes", "corrected": "No", "selection": "Accurate"}, [("facility", "Yes")]),
        ({"value": "Yes", "corrected": None, "selection": "Inaccurate"}, [("facility", "Yes")]),
        ({"value": None, "corrected": "No", "selection": "Inaccurate"}, [("verifier", "No")]),
        ("Yes", [("facility", "Yes")]),
        ({"value": 0}, [("facility", "0")]),
        ({"value": False}, [("facility", "false")]),
        ({"value": ["Air", "Water"]}, [("facility", "Air; Water")]),
    ],
)
def test_both_values_are_kept(read: Reader, node: Any, said: list[tuple[str, str]]) -> None:
    staged = _read(read, status="VRF", statusHistory={"VRF": "2024/07/01"}, questions={"emsmgmt": node})
    assert [(row["answered_by"], row["raw_value"]) for row in staged["answer"]] == said
    assert staged.unaccounted() == 0


def test_a_correction_that_was_not_selected_is_accounted_for(read: Reader) -> None:
    staged = _read(read, questions={"emsmgmt": {"value": None, "corrected": "Yes", "selection": "Accurate"}})
    assert staged.unaccounted() == 0


def test_keys_that_differ_in_case_only_are_accounted_for(read: Reader) -> None:
    staged = _read(read, questions={"EMSmgmt": {"value": "Yes"}, "emsmgmt": {"value": "No"}})
    assert staged.counts.total == 2
    assert len(staged["answer"]) == 1
    assert staged.issues()
    assert staged.unaccounted() == 0


def test_performance_values_are_answers_in_the_common_unit(read: Reader) -> None:
    staged = _read(read, performance={"totalEnergy": 12.5, "water": None, "waste": ""})
    assert staged.column("answer", "question_id") == ["totalenergy"]
    assert (staged.counts.total, staged.counts.blank) == (3, 2)


def test_performance_is_verified_only_where_the_edition_was(read: Reader) -> None:
    staged = _read(read, status="VRF", statusHistory={"VRF": "2024/07/01"}, performance={"totalEnergy": 12.5})
    assert staged.column("answer", "verification") == ["none"]


@pytest.mark.parametrize(
    ("value", "suffix"), [("it's", "['it"), ("a b", "['a b']"), ("plain-1", ".plain-1"), ("1st", "['1st']")]
)
def test_place_of_an_answer(read: Reader, value: str, suffix: str) -> None:
    staged = _read(read, questions={value: {"value": "Yes"}})
    (answer,) = staged["answer"]
    assert answer["locator"].startswith(f"$.assessments[0].questions{suffix}")


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"statusHistory": {"ASC": "2024/05/14"}, "lastUpdated": 1}, date(2024, 5, 14)),
        ({"statusHistory": {"ASC": ""}, "lastUpdated": 1721347200}, date(2024, 7, 19)),
        ({"statusHistory": {}, "lastUpdated": 1721347200000}, date(2024, 7, 19)),
        ({"statusHistory": {}, "lastUpdated": "1721347200"}, date(2024, 7, 19)),
        ({"statusHistory": {"VRF": "2024/05/14"}, "lastUpdated": 1721347200}, date(2024, 7, 19)),
        ({"statusHistory": None}, None),
    ],
)
def test_day_of_an_assessment(read: Reader, changes: dict[str, Any], day: date | None) -> None:
    staged = _read(read, **changes)
    assert staged.column("assessment", "assessed_on") == [day]
    assert staged.issues() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"statusHistory": {"ASC": "2024/13/01"}},
        {"statusHistory": {}, "lastUpdated": "soon"},
        {"statusHistory": {}, "lastUpdated": True},
        {"statusHistory": {}, "lastUpdated": 1e30},
        {"statusHistory": {}, "lastUpdated": HUGE},
        {"location": {"latitude": HUGE}},
        {"location": {"latitude": "north"}},
        {"location": {"longitude": 180.5}},
        {"location": {"latitude": float("nan")}},
        {"country": "Atlantis"},
        {"status": "LOST"},
    ],
)
def test_a_bad_header_value_is_quarantined_and_the_assessment_kept(read: Reader, changes: dict[str, Any]) -> None:
    staged = _read(read, **changes)
    assert len(staged["assessment"]) == 1
    assert len(staged.issues()) == 1
    assert staged.column("issue", "withheld") == [True]


@pytest.mark.parametrize("value", [HUGE, -HUGE, float("nan"), float("inf"), "1e400", "9" * 400])
def test_a_number_beyond_all_bounds_is_no_number(read: Reader, value: Any) -> None:
    staged = _read(
        read,
        questions={"aquant": {"value": value}, "aunit": {"value": "L"}},
        performance={"totalEnergy": value},
    )
    assert staged.column("answer", "number") == [None] * len(staged["answer"])
    assert staged.unaccounted() == 0


def test_a_cut_emoji_does_not_cost_the_file(read: Reader) -> None:
    text = page(envelope(accountName="Sao Mai CUT", questions={"emsmgmt": {"value": "CUT"}}))
    staged = read(text.replace("CUT", "\\ud83d"), "c/x.json")
    assert staged.column("mention", "country") == ["VN"]
    assert len(staged["answer"]) == 1


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_envelope_without_id_is_withheld(read: Reader, value: Any) -> None:
    staged = _read(read, id=value, questions={"emsmgmt": {"value": "Yes"}, "b": None})
    assert staged.issues() == [("$.assessments[0]", "blank_key")]
    assert staged["assessment"] == staged["mention"] == []
    assert staged.unaccounted() == 0


def test_a_repeated_envelope_is_ignored(read: Reader) -> None:
    one = envelope(questions={"emsmgmt": {"value": "Yes"}, "b": None})
    staged = read(page(one, one, {**one, "questions": {}}), "c/x.json")
    assert staged.issues() == [("$.assessments[1]", "repeated_row")]
    assert len(staged["assessment"]) == 2
    assert staged.unaccounted() == 0


@pytest.mark.parametrize("entry", [None, 5, "text", [], {}])
def test_an_entry_that_is_no_envelope_is_said(read: Reader, entry: Any) -> None:
    staged = read(page(envelope(), entry), "c/x.json")
    assert len(staged["assessment"]) == 1
    assert staged.issues()


@pytest.mark.parametrize(
    ("changes", "published"),
    [
        ({"status": "ASC"}, True),
        ({"status": "ASD"}, False),
        ({"status": "ASI"}, False),
        ({"status": "NS"}, False),
        ({"selfPosted": False, "verifiedPosted": False}, False),
        ({"selfPosted": True, "verifiedPosted": False}, True),
        ({"status": "ASD", "selfPosted": True}, False),
    ],
)
def test_deleted_and_unposted_envelopes_keep_their_header_only(
    read: Reader, changes: dict[str, Any], published: bool
) -> None:
    staged = _read(read, **changes, questions={"emsmgmt": {"value": "Yes"}})
    assert staged.column("assessment", "published") == [published]
    assert len(staged["answer"]) == published
    assert staged.unaccounted() == 0


def test_a_broken_line_is_quarantined_and_the_others_are_read(read: Reader) -> None:
    lines = [json.dumps(envelope(id="a1")), '{"id": "a2", ', json.dumps(envelope(id="a3"))]
    staged = read("\n".join(lines), "c/x.jsonl")
    assert staged.column("assessment", "native_id") == ["a1", "a3"]
    assert staged.issues() == [("line=2", "broken_line")]


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_KEYS = st.sampled_from(["aquant", "aunit", "AQuant", "emsmgmt", "siptotalnumemployees", "it's"])
_NODES = _VALUES | st.fixed_dictionaries(
    {},
    optional={
        "value": _VALUES,
        "corrected": _VALUES,
        "selection": st.sampled_from(["Inaccurate", "Accurate", None]),
    },
)


@given(
    questions=st.dictionaries(_KEYS, _NODES, max_size=5),
    performance=st.dictionaries(st.sampled_from(["energy", "water"]), _VALUES, max_size=2),
    status=st.sampled_from(["ASC", "VRF", "ASD", "??", None]),
    odd=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            [
                "accountName",
                "country",
                "location",
                "scores",
                "statusHistory",
                "lastUpdated",
                "oarId",
                "taxId",
            ],
            _VALUES,
        ),
    ),
)
def test_any_json_is_read_without_a_crash_and_without_a_loss(
    read: Reader, questions: dict[str, Any], performance: dict[str, Any], status: Any, odd: dict[str, Any]
) -> None:
    try:
        staged = _read(read, questions=questions, performance=performance, status=status, **odd)
    except RefusedFile as refused:
        assert refused.code in {"unknown_format", "missing_columns"}  # noqa: PT017  # the only acceptable refusals
        return
    assert staged.counts.total == len(questions) + len(performance)
    assert staged.unaccounted() == 0


def test_a_verifier_s_correction_reaches_the_header(read: Reader) -> None:
    corrected = {"value": "2026-01-01", "corrected": "2026-02-10", "selection": "Inaccurate"}
    caf = envelope(status="VRF", version="fslm", cafVersion="1.7", verifiedPosted=True, questions={"vd-e4": corrected})
    assert read(page(caf), "contributor/page.json").column("assessment", "assessed_on") == [date(2026, 2, 10)]
