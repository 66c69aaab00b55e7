"""Scoring pairs: what the steps of the pipeline say of two records, and that no row is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.errors import InboxError
from harmonize.identity import Knowledge
from harmonize.identity.columns import HeaderNames
from harmonize.identity.score import Scored, score
from harmonize.identity.stated import RowReader, repeated
from harmonize.values.identifiers import os_id_check_character

SCHEMAS = Path(__file__).parents[2] / "schemas"
KNOWLEDGE = Knowledge.from_folder(SCHEMAS)
NAMES = HeaderNames.from_folder(SCHEMAS, KNOWLEDGE.identifiers)
HEADER = ("pair_id", "country", "name_a", "address_a", "name_b", "address_b")
SAME = {
    "pair_id": "P1",
    "country": "VN",
    "name_a": "Sao Mai Garment Co., Ltd",
    "address_a": "Lot A2, Road 3, Hoa Sen Industrial Park, Long Thanh District, Dong Nai",
    "name_b": "Công ty TNHH May Sao Mai",
    "address_b": "Lô A2, đường số 3, KCN Hoa Sen, huyện Long Thành, tỉnh Đồng Nai",
}
OTHER = {**SAME, "pair_id": "P2", "name_b": "Lotus Footwear", "address_b": "17 Canal Street, Kandal Village"}


def _os_id(first14: str) -> str:
    return first14 + os_id_check_character(first14)


ONE, TWO = _os_id("VN202401200000"), _os_id("VN202401200001")


def _score(*rows: Mapping[str, str]) -> list[Scored]:
    header = list(dict.fromkeys([*HEADER, *(name for row in rows for name in row)]))
    return _score_cells(header, [[row.get(name, "") for name in header] for row in rows])


def _score_cells(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Scored]:
    columns = NAMES.pairs(header)
    keys = RowReader(columns, "pair_id", frozenset(), KNOWLEDGE)
    reader = RowReader(columns, "pair_id", repeated(map(keys.key_of, rows)), KNOWLEDGE)
    return score([reader.read(f"row={number}", cells) for number, cells in enumerate(rows, start=1)], KNOWLEDGE)


def _codes(scored: Scored) -> set[str]:
    return {issue.code for issue in scored.issues}


def test_alike_records_match_and_others_do_not() -> None:
    same, other = _score(SAME, OTHER)
    assert (same.decision, other.decision) == ("match", "distinct")
    assert same.probability is not None
    assert other.probability is not None
    assert same.probability > 0.9 > 0.4 > other.probability
    assert same.reasons
    assert other.reasons
    assert not same.issues


def test_equal_statements_match() -> None:
    (found,) = _score({**SAME, "name_b": SAME["name_a"], "address_b": SAME["address_a"]})
    assert (found.probability, found.decision) == (1.0, "match")
    assert "same name and address" in found.reasons


def test_a_shared_site_identifier_matches_whatever_the_words() -> None:
    (found,) = _score({**OTHER, "os_id_a": ONE, "os_id_b": ONE.lower()})
    assert (found.probability, found.decision) == (1.0, "match")
    assert f"same os_id {ONE}" in found.reasons


def test_a_bad_identifier_links_nothing_and_is_told() -> None:
    bad = ONE[:-1] + ("0" if ONE[-1] != "0" else "1")
    (found,) = _score({**OTHER, "os_id_a": bad, "os_id_b": bad})
    assert found.decision == "distinct"
    assert _codes(found) == {"bad_identifier"}


def test_contradicting_site_identifiers_are_at_most_for_review() -> None:
    (found,) = _score({**SAME, "os_id_a": ONE, "os_id_b": TWO})
    assert found.decision == "review"
    assert "contradicting identifiers" in found.reasons


@pytest.mark.parametrize("pair", [SAME, OTHER], ids=["alike", "unlike"])
def test_a_shared_identifier_that_others_contradict_is_for_review(pair: Mapping[str, str]) -> None:
    (found,) = _score({**pair, "os_id_a": ONE, "os_id_b": ONE, "higg_id_a": "12", "higg_id_b": "13"})
    assert found.decision == "review"
    assert "contradicting_identifiers" in _codes(found)


def test_an_os_id_of_another_country_links_nothing() -> None:
    (found,) = _score({**OTHER, "country": "KH", "os_id_a": ONE, "os_id_b": ONE})
    assert found.decision != "match"
    assert "os_id_of_another_country" in _codes(found)


def test_places_far_apart_are_at_most_for_review() -> None:
    near = {"latitude_a": "10.75", "longitude_a": "106.9", "latitude_b": "10,7501", "longitude_b": "106,9"}
    assert _score({**SAME, **near})[0].decision == "match"
    assert _score({**SAME, **near, "latitude_b": "21.0"})[0].decision == "review"
    (bad,) = _score({**SAME, **near, "latitude_b": "here"})
    assert (bad.decision, _codes(bad)) == ("match", {"bad_coordinate"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pair_id": ""}, "blank_record_id"),
        ({"name_b": " "}, "nameless_record"),
        ({"country": "Atlantis"}, "unknown_country"),
        ({"country": ""}, "unknown_country"),
    ],
)
def test_what_cannot_be_scored_is_for_review_and_told(change: Mapping[str, str], code: str) -> None:
    (found,) = _score({**SAME, **change})
    assert found.decision == "review"
    assert _codes(found) == {code}
    assert found.reasons


def test_all_rows_of_a_repeated_id_are_for_review() -> None:
    found = _score(SAME, OTHER, {**OTHER, "pair_id": "P1"})
    assert [row.decision for row in found] == ["review", "distinct", "review"]
    assert _codes(found[0]) == _codes(found[2]) == {"repeated_record_id"}


@pytest.mark.parametrize("cells", [["P1", "VN", "Sao Mai"], ["P1"], [], [*SAME.values(), "left over"]])
def test_a_row_whose_cells_are_shifted_is_not_compared(cells: Sequence[str]) -> None:
    (found,) = _score_cells(HEADER, [cells])
    assert (found.probability, found.decision) == (None, "review")
    assert "shifted_row" in _codes(found)


def test_blank_cells_behind_the_header_are_no_matter() -> None:
    (found,) = _score_cells(HEADER, [[*SAME.values(), "", " "]])
    assert (found.decision, found.issues) == ("match", ())


@pytest.mark.parametrize(
    "header",
    [
        ["PAIR_ID", "Country", "Name_A", "ADDRESS_A", "name_B", "address_b"],
        ["pair id", "Country Name", "Factory Name A", "Factory Address A", "Left Out", "facility name b", "Address B"],
        ["pair_id", "country", "name_l", "address_l", "name_r", "address_r"],
    ],
)
def test_columns_are_found_in_other_words(header: Sequence[str]) -> None:
    columns = NAMES.pairs(header)
    assert {"pair_id", "country", "name_a", "address_a", "name_b", "address_b"} == set(columns.of)


def test_columns_of_identifiers_are_found_by_their_schemes() -> None:
    header = [*HEADER, "os_id_a", "OS ID B", "Tax Code A", "gap_factory_b", "mood_a", "is_new"]
    columns = NAMES.pairs(header)
    assert [scheme for scheme, _ in columns.identifiers["a"]] == ["os_id", "tax_code"]
    assert [scheme for scheme, _ in columns.identifiers["b"]] == ["os_id", "gap_factory"]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InboxError, match="address_b"):
        NAMES.pairs(HEADER[:-1])


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(InboxError, match="twice"):
        NAMES.pairs([*HEADER, "Name_A"])


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
WORDS = st.sampled_from([*SAME.values(), *OTHER.values(), ONE, TWO, "VN", "", "12", "Unit 2"])


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(WORDS | CELLS, max_size=10), max_size=6))
def test_every_row_comes_out_once_and_in_its_order(rows: list[list[str]]) -> None:
    header = [*HEADER, "os_id_a", "os_id_b", "latitude_a"]
    found = _score_cells(header, rows)
    assert [row.pair_id for row in found] == [cells[0].strip() if cells else "" for cells in rows]
    for row in found:
        assert row.decision in ("match", "review", "distinct")
        assert row.probability is None or 0 <= row.probability <= 1
        assert row.reasons or row.probability is not None


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, min_size=8, max_size=8))
def test_sides_may_be_exchanged(cells: list[str]) -> None:
    header = [*HEADER, "os_id_a", "os_id_b"]
    swapped = [*cells[:2], *cells[4:6], *cells[2:4], cells[7], cells[6]]
    one, other = (_score_cells(header, [row])[0] for row in (cells, swapped))
    assert (one.probability, one.decision) == (other.probability, other.decision)


def test_a_pair_is_scored_alike_in_any_company() -> None:
    together = _score(SAME, OTHER, {**SAME, "pair_id": "P3", "name_b": "Sao Mai Garment Unit 2"})
    apart = [_score(row)[0] for row in (SAME, OTHER, {**SAME, "pair_id": "P3", "name_b": "Sao Mai Garment Unit 2"})]
    assert [(row.probability, row.decision, row.reasons) for row in together] == [
        (row.probability, row.decision, row.reasons) for row in apart
    ]


def test_scoring_changes_nothing_in_its_rows() -> None:
    columns = NAMES.pairs([*HEADER, "os_id_a", "os_id_b"])
    row = RowReader(columns, "pair_id", frozenset(), KNOWLEDGE).read("row=1", [*SAME.values(), ONE, TWO])
    first, second = score([row], KNOWLEDGE), score([row], KNOWLEDGE)
    assert first == second
    assert len(set(first[0].issues)) == len(first[0].issues)


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({}, "review"),
        ({"name_b": "LOTUS RIVER FOOTWEAR LIMITED"}, "review"),
        ({"address_a": "", "address_b": ""}, "review"),
        ({"address_b": "", "address_a": "17 Canal Street, Kandal Village, Kandal"}, "review"),
        ({"admin1_a": "Kandal", "admin1_b": "Phnom Penh"}, "distinct"),
        ({"name_b": "Lotus River Footwear Co., Ltd - Factory 2"}, "distinct"),
        ({"name_b": "Lotus Mountain Footwear Co., Ltd"}, "distinct"),
    ],
)
def test_equal_names_of_which_one_has_no_address_are_for_a_person(changes: Mapping[str, str], decision: str) -> None:
    # A declaration or a programme's export that prints no more than name and country.
    (scored,) = _score(
        {
            "pair_id": "P1", "country": "KH", "name_a": "Lotus River Footwear Co., Ltd", "admin1_a": "", "admin1_b": "",
            "address_a": "17 Canal Street, Kandal Village", "name_b": "Lotus River Footwear Co., Ltd", "address_b": "",
            **changes,
        }
    )  # fmt: skip
    assert scored.decision == decision
