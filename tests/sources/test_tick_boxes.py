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
from tests.sources.delivering import Reader

BOXES = {
    "fire": TickBox(list="issues", kind="issues"),
    "noise": TickBox(list="issues", kind="issues"),
    "no issue": TickBox(list="issues", kind="none_of_issues"),
    "policy": TickBox(list="good", kind="provisions"),
    "no policy": TickBox(list="good", kind="none_of_provisions"),
}
PRINTED = st.sampled_from(["", "X", "x", "true", "false", "No", "odd"])


@pytest.mark.parametrize(
    ("stated", "verification", "expected"),
    [
        ({"fire": "false"}, "none", "tick_box_of_untouched_list"),
        ({"fire": "false"}, "onsite", None),
        ({"fire": "false", "noise": "X"}, "none", None),
        ({"fire": "false", "policy": "X"}, "none", "tick_box_of_untouched_list"),
        ({"fire": "false", "no issue": "X"}, "none", "tick_box_none_of_these"),
        ({"fire": "X", "no issue": "X"}, "none", None),
        ({"fire": "odd"}, "none", None),
    ],
)
def test_the_other_boxes_say_how_an_unticked_one_is_read(
    stated: Mapping[str, str], verification: str, expected: str | None
) -> None:
    assert TickedLists.of(BOXES, stated).scale("fire", verification) == expected


def test_none_of_the_issues_is_said_of_every_box_that_says_nothing() -> None:
    lists = TickedLists.of(BOXES, {"no issue": "X", "noise": "false", "fire": ""})
    assert [question for question, _ in lists.implied("no issue")] == ["fire"]
    assert not list(lists.implied("fire"))


def test_none_of_the_provisions_says_nothing_of_the_others() -> None:
    assert not list(TickedLists.of(BOXES, {"no policy": "X"}).implied("no policy"))


@given(stated=st.fixed_dictionaries({}, optional=dict.fromkeys(BOXES, PRINTED)), verified=st.booleans())
def test_no_box_is_answered_twice(stated: dict[str, str], verified: bool) -> None:
    lists = TickedLists.of(BOXES, stated)
    implied = [other for question in stated for other, _ in lists.implied(question)]
    assert len(implied) == len(set(implied))
    assert not {question for question in implied if stated.get(question, "").strip()}
    assert all(lists.scale(question, "onsite" if verified else "none") is None for question in implied)


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


def test_a_correction_ticks_the_box(read: Reader) -> None:
    def node(value: object, corrected: object = None, selection: str = "") -> dict[str, object]:
        return {"value": value, "corrected": corrected, "selection": selection, "flag": False, "data": "", "legal": ""}

    questions = {"disc-3-5x": node(False, "X", "Inaccurate"), "disc-3-2x": node(False, None, "Accurate")}
    envelope = {
        "id": "fslmsurvey:9", "status": "VRF", "version": "fslm", "cafVersion": "1.7", "accountName": "Sao Mai Garment",
        "country": "Vietnam", "verifiedPosted": True, "questions": questions,
    }  # fmt: skip
    staged = read(json.dumps({"assessments": [envelope]}), "contributor/page.json")
    scales = {(row["question_id"], row["answered_by"]): row["scale"] for row in staged["answer"]}
    assert scales["disc-3-2x", "facility"] == "tick_box_none_of_these"
    assert scales["rh-dis-42", "verifier"] == "tick_box_none_of_these"
    assert staged.unaccounted() == 0
