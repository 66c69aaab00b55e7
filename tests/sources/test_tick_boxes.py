"""Lists of tick boxes: what a box says that is not ticked, and what "none of these" says of the others."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.crosswalk.mapping import load_editions
from harmonize.project import Project
from harmonize.sources.profile import Profile, TickBox
from harmonize.sources.tick_boxes import TickedLists
from tests.sources.delivering import Reader, envelope, page

BOXES = {
    "fire": TickBox(list="issues", kind="issues"),
    "noise": TickBox(list="issues", kind="issues"),
    "no issue": TickBox(list="issues", kind="none_of_issues"),
    "policy": TickBox(list="good", kind="provisions"),
    "no policy": TickBox(list="good", kind="none_of_provisions"),
}
PRINTED = st.sampled_from(["", "X", "x", "true", "false", "No", "odd"])


@pytest.mark.parametrize(
    ("stated", "verified", "expected"),
    [
        ({"fire": "false"}, [], "tick_box_of_untouched_list"),
        ({"fire": "false"}, ["fire"], None),
        ({"fire": "false", "noise": "false"}, ["noise"], None),
        ({"fire": "false"}, ["policy"], "tick_box_of_untouched_list"),
        ({"fire": "false", "noise": "X"}, [], None),
        ({"fire": "false", "policy": "X"}, [], "tick_box_of_untouched_list"),
        ({"fire": "false", "no issue": "X"}, [], "tick_box_none_of_these"),
        ({"fire": "false", "noise": "X", "no issue": "X"}, [], None),
        ({"fire": "X", "no issue": "X"}, [], None),
        ({"fire": "odd"}, [], None),
    ],
)
def test_the_other_boxes_say_how_an_unticked_one_is_read(
    stated: Mapping[str, str], verified: list[str], expected: str | None
) -> None:
    assert TickedLists.of(BOXES, stated, verified).scale("fire", stated["fire"]) == expected


def test_a_box_that_one_side_ticked_is_read_as_ticked_whatever_the_other_says() -> None:
    lists = TickedLists.of(BOXES, {"fire": "false", "no issue": "X"})
    assert lists.scale("fire", "X") is None
    assert lists.scale("fire", "false") == "tick_box_none_of_these"


@pytest.mark.parametrize(
    ("stated", "contradicted"),
    [
        ({"no issue": "X", "fire": "X"}, {"no issue"}),
        ({"no policy": "X", "policy": "true"}, {"no policy"}),
        ({"no issue": "X", "fire": "false", "noise": ""}, set()),
        ({"no issue": "X", "policy": "X"}, set()),
        ({"no issue": "false", "fire": "X"}, set()),
    ],
)
def test_none_of_a_list_beside_a_box_of_it_is_a_contradiction(
    stated: Mapping[str, str], contradicted: set[str]
) -> None:
    assert TickedLists.of(BOXES, stated).contradicted == contradicted


def test_none_of_the_issues_beside_an_issue_says_nothing_and_is_noticed(read: Reader) -> None:
    # `hs-che-28x` is the box for none of the issues of which `hs-che-22x` is one.
    nodes = {key: {"value": "X", "corrected": None, "selection": ""} for key in ("hs-che-22x", "hs-che-28x")}
    staged = read(page(envelope(version="fslm", cafVersion="1.7", questions=nodes)))
    assert {row["question_id"]: row["scale"] for row in staged["answer"]} == {
        "hs-che-22x": None,
        "hs-che-28x": "tick_box_fact",
    }
    assert staged.issues() == [("$.assessments[0].questions.hs-che-28x", "contradicting_ticks")]


def test_none_of_the_issues_is_said_of_every_box_that_was_asked_and_says_nothing() -> None:
    lists = TickedLists.of(BOXES, {"no issue": "X", "fire": ""})
    assert [question for question, _ in lists.implied("no issue")] == ["fire"]
    assert not list(lists.implied("fire"))


def test_none_of_the_issues_beside_an_issue_says_nothing() -> None:
    assert not list(TickedLists.of(BOXES, {"no issue": "X", "noise": "X", "fire": ""}).implied("no issue"))


def test_none_of_the_provisions_says_nothing_of_the_others() -> None:
    assert not list(TickedLists.of(BOXES, {"no policy": "X", "policy": ""}).implied("no policy"))


@given(stated=st.fixed_dictionaries({}, optional=dict.fromkeys(BOXES, PRINTED)), verified=st.booleans())
def test_no_box_is_answered_twice(stated: dict[str, str], verified: bool) -> None:
    lists = TickedLists.of(BOXES, stated, BOXES if verified else ())
    implied = [other for question in stated for other, _ in lists.implied(question)]
    assert len(implied) == len(set(implied))
    assert all(not stated[question].strip() for question in implied)


def test_shipped_lists_are_read_by_the_scales_of_tick_boxes(project: Project, profiles: Mapping[str, Profile]) -> None:
    editions = load_editions(project)
    shipped = [profile for profile in profiles.values() if profile.tick_boxes]
    assert shipped
    for profile in shipped:
        (edition,) = (edition for edition in editions if edition.instrument == profile.instrument)
        for question, box in profile.tick_boxes.items():
            entry = edition.entries[question]
            allowed = {None} if entry.indicator_id is None else {"tick_box", "tick_box_fact"}
            assert entry.rule("scale") in allowed, question
            if box.kind == "issues" and entry.rule("scale") == "tick_box":
                assert entry.rule("polarity") == "negative", question
            if box.kind == "provisions" and entry.rule("scale") == "tick_box":
                assert entry.rule("polarity") == "positive", question


def test_a_side_is_read_by_what_it_says_itself(read: Reader) -> None:
    def node(value: object, corrected: object = None, selection: str = "") -> dict[str, object]:
        return {"value": value, "corrected": corrected, "selection": selection, "flag": False, "data": "", "legal": ""}

    questions = {
        "disc-3-5x": node(False, "X", "Inaccurate"),
        "disc-3-2x": node(False, None, "Accurate"),
        "disc-3-3x": node("X", False, "Inaccurate"),
        "disc-3-4x": None,
        "rh-dis-42": node(""),
    }
    envelope = {
        "id": "fslmsurvey:9", "status": "VRF", "version": "fslm", "cafVersion": "1.7", "accountName": "Sao Mai Garment",
        "country": "Vietnam", "verifiedPosted": True, "questions": questions,
    }  # fmt: skip
    staged = read(json.dumps({"assessments": [envelope]}), "contributor/page.json")
    scales = {(row["question_id"], row["answered_by"]): row["scale"] for row in staged["answer"]}
    assert scales["disc-3-2x", "facility"] == "tick_box_none_of_these"
    assert scales["disc-3-3x", "facility"] is None
    assert scales["disc-3-3x", "verifier"] == "tick_box_none_of_these"
    assert scales["rh-dis-42", "verifier"] == "tick_box_none_of_these"
    assert ("disc-3-4x", "verifier") not in scales
    assert staged.unaccounted() == 0
