"""Marks of difference and the drawing of places hold their laws for any texts and places."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.desk.differing import differing
from harmonize.desk.places import HEIGHT, WIDTH, drawn, place_of
from harmonize.review.items import Side
from harmonize.review.kinds import KINDS
from tests.desk.worlds import Invented, browser
from tests.review.worlds import an_item

TEXTS = st.text(alphabet="ab ,.-ĐđÉé12", max_size=30)
PLACES = st.tuples(
    st.floats(-89, 89).map(lambda one: round(one, 5)), st.floats(-180, 180).map(lambda one: round(one, 5))
)


@given(TEXTS, TEXTS)
def test_the_parts_are_the_texts_and_what_is_not_marked_is_the_same_on_both_sides(one: str, other: str) -> None:
    left, right = differing(one, other)
    assert "".join(text for text, _ in left) == one
    assert "".join(text for text, _ in right) == other
    if one and other:
        alike = [
            " ".join("".join(text for text, marked in parts if not marked).casefold().split())
            for parts in (left, right)
        ]
        assert alike[0] == alike[1]


@given(TEXTS)
def test_nothing_is_marked_of_what_is_alike(text: str) -> None:
    assert not any(marked for _, marked in differing(text, text.swapcase() if text.isascii() else text)[0])


def test_letters_stand_out_within_a_word() -> None:
    assert differing("Sao Mai 120022", "Sao Mai 120019") == (
        [("Sao Mai 1200", False), ("22", True)],
        [("Sao Mai 1200", False), ("19", True)],
    )
    assert differing("Sao Mai", "")[0] == [("Sao Mai", False)]


@given(PLACES, PLACES)
def test_both_places_and_the_scale_bar_lie_in_the_picture_and_the_scale_is_true(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    found = drawn(a, b)
    for x, y in (found.a, found.b):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert 0 < found.bar <= WIDTH
    apart = math.dist(found.a, found.b) / found.bar * found.bar_metres
    assert math.isclose(apart, found.metres, rel_tol=0.02, abs_tol=found.bar_metres / found.bar)


def test_north_is_up_and_east_is_right() -> None:
    found = drawn((10.0, 106.0), (10.01, 106.01))
    assert found.b[0] > found.a[0]
    assert found.b[1] < found.a[1]
    assert 1500 < found.metres < 1600


def test_a_place_is_read_as_the_evidence_writes_it() -> None:
    assert place_of("10.72429, 106.64630") == (10.72429, 106.6463)
    for text in ("", "Sao Mai", "91.00000, 0.00000", "10.72429", "1, 2"):
        assert place_of(text) is None


@pytest.mark.parametrize(
    ("place", "is_apart", "told"),
    [("10.82300, 106.62960", True, "1.1 km apart"), ("10.81300, 106.62960", False, "0 m apart")],
)
def test_both_addresses_of_a_pair_are_drawn_where_both_are_known(
    place: str, is_apart: bool, told: str, tmp_path: Path
) -> None:
    places = Side("place", "10.81300, 106.62960", place)
    item = replace(an_item(KINDS["facility_pair"], 3), said=(Side("name", "A", "B"), places))
    page = browser(Invented(tmp_path, [item])).get(f"/item/{item.item_id}").text
    assert f"The two addresses lie {told}" in page
    assert ('class="between"' in page) is is_apart
    assert ("A = B" in page) is not is_apart
    bare = replace(item, said=(Side("name", "A", "B"), Side("place", "10.81300, 106.62960", "")))
    assert "<svg" not in browser(Invented(tmp_path, [bare])).get(f"/item/{bare.item_id}").text
