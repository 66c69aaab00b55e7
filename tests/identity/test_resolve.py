"""Resolving: what links, what never links, who decides, and that order and increments do not matter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.identity import Decision, Knowledge, Resolution, decision_keys, ledger_of, resolve
from harmonize.values.identifiers import os_id_check_character

KNOWLEDGE = Knowledge.from_folder(Path(__file__).parents[2] / "schemas")
TEXTS = (
    "mention_id",
    "contributor",
    "instrument",
    "name",
    "name_local",
    "address",
    "city",
    "admin1",
    "country",
)
NUMBERS = ("latitude", "longitude", "workers")
MENTIONS = pa.schema({**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(NUMBERS, pa.float64())})
IDENTIFIERS = pa.schema({"mention_id": pa.string(), "scheme": pa.string(), "value": pa.string(), "valid": pa.bool_()})

Row = dict[str, Any]

SAO_MAI: Row = {
    "name": "Sao Mai Garment Co., Ltd",
    "address": "Lot A2, Road 3, Hoa Sen Industrial Park, Long Thanh District, Dong Nai",
    "country": "Vietnam",
}
SAO_MAI_VI: Row = {
    "name": "Công ty TNHH May Sao Mai",
    "address": "Lô A2, đường số 3, KCN Hoa Sen, huyện Long Thành, tỉnh Đồng Nai",
    "country": "Việt Nam",
}
FAR_AWAY: Row = {
    "name": "Lotus Footwear Ltd",
    "address": "17 Canal Street, Kandal Village, Takeo",
    "country": "Cambodia",
}


def _os_id(first14: str) -> str:
    return first14 + os_id_check_character(first14)


def _mention(mention_id: str, statement: Row, contributor: str = "gap", instrument: str = "gap", **more: Any) -> Row:
    return {
        "mention_id": mention_id,
        "contributor": contributor,
        "instrument": instrument,
        **statement,
        **more,
    }


def _identifier(mention_id: str, scheme: str, value: str, valid: bool = True) -> Row:
    return {"mention_id": mention_id, "scheme": scheme, "value": value, "valid": valid}


def _resolve(
    mentions: Sequence[Row],
    identifiers: Sequence[Row] = (),
    decisions: Sequence[Decision] = (),
    minted: dict[str, str] | None = None,
) -> Resolution:
    rows = [{name: mention.get(name) for name in MENTIONS.names} for mention in mentions]
    return resolve(
        pa.Table.from_pylist(rows, schema=MENTIONS),
        pa.Table.from_pylist(list(identifiers), schema=IDENTIFIERS),
        decisions,
        ledger_of(minted or {}),
        KNOWLEDGE,
    )


def _said(found: Resolution) -> dict[str, str]:
    """What is to be appended to the ledger, by key."""
    return {row["key"]: row["facility_id"] for row in found.minted.to_pylist()}


def _facilities(found: Resolution) -> dict[str, str]:
    return {row["mention_id"]: row["facility_id"] for row in found.links.to_pylist()}


def _methods(found: Resolution) -> dict[str, str]:
    return {row["mention_id"]: row["link_method"] for row in found.links.to_pylist()}


def _groups(found: Resolution) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for mention, facility in _facilities(found).items():
        groups.setdefault(facility, set()).add(mention)
    return {frozenset(group) for group in groups.values()}


def _key(statement: Row) -> str:
    return decision_keys(_mention("x", statement), [], KNOWLEDGE)[0]


def test_no_mentions_give_an_empty_resolution() -> None:
    found = _resolve([])
    assert found.links.num_rows == 0
    assert not _said(found)


def test_a_factory_alone_is_single() -> None:
    found = _resolve([_mention("a", SAO_MAI)])
    assert found.links.to_pylist()[0] | {"facility_id": ""} == {
        "mention_id": "a",
        "facility_id": "",
        "link_method": "single",
        "link_probability": 1.0,
        "decision_key": found.links.to_pylist()[0]["decision_key"],
        "sure_group": found.links.to_pylist()[0]["mention_id"],
    }


def test_a_valid_site_identifier_links_whatever_the_words() -> None:
    value = _os_id("VN202401200000")
    mentions = [_mention("a", SAO_MAI), _mention("b", {"name": "Star", "country": "VN"}, "pvh", "pvh")]
    found = _resolve(mentions, [_identifier("a", "os_id", value), _identifier("b", "os_id", value.lower())])
    assert _methods(found) == {"a": "id", "b": "id"}
    assert len(_groups(found)) == 1


def test_an_invalid_identifier_never_links() -> None:
    mentions = [_mention("a", SAO_MAI), _mention("b", FAR_AWAY)]
    found = _resolve(mentions, [_identifier(id_, "os_id", "VN202401200000X", valid=False) for id_ in "ab"])
    assert len(_groups(found)) == 2


def test_copies_of_one_report_name_one_factory() -> None:
    mentions = [_mention("a", SAO_MAI), _mention("b", {"name": "S. M.", "country": "VN"}, "pvh")]
    found = _resolve(mentions, [_identifier(id_, "assessment:higg_fem", "survey-77") for id_ in "ab"])
    assert _methods(found) == {"a": "id", "b": "id"}


def test_an_identifier_in_two_countries_links_nothing_and_is_noticed() -> None:
    mentions = [_mention("a", SAO_MAI), _mention("b", FAR_AWAY)]
    found = _resolve(mentions, [_identifier(id_, "higg_id", "138382") for id_ in "ab"])
    assert len(_groups(found)) == 2
    assert {(notice.mention_id, notice.code) for notice in found.notices} == {
        ("a", "identifier_in_two_countries"),
        ("b", "identifier_in_two_countries"),
    }


def test_an_os_id_of_another_country_is_noticed() -> None:
    found = _resolve([_mention("a", SAO_MAI)], [_identifier("a", "os_id", _os_id("KH202401200000"))])
    assert [notice.code for notice in found.notices] == ["os_id_of_another_country"]


def test_a_company_identifier_alone_links_nothing_and_is_noticed() -> None:
    sister = SAO_MAI | {"address": "99 Harbour Road, Thuy Nguyen, Hai Phong"}
    mentions = [_mention("a", SAO_MAI), _mention("b", sister, "pvh", "pvh")]
    found = _resolve(mentions, [_identifier(id_, "tax_code", "0399999879") for id_ in "ab"])
    assert len(_groups(found)) == 2
    assert [notice.code for notice in found.notices] == ["company_identifier_shared"] * 2


def test_a_branch_tax_code_of_viet_nam_names_a_site() -> None:
    mentions = [_mention("a", SAO_MAI), _mention("b", {"name": "S. M.", "country": "VN"}, "pvh")]
    written = [_identifier("a", "tax_code", "0399999879-001"), _identifier("b", "tax_code", "0399999879001")]
    assert len(_groups(_resolve(mentions, written))) == 1


def test_equal_statements_are_exact() -> None:
    shouted = {name: value.upper() for name, value in SAO_MAI.items()}
    found = _resolve([_mention("a", SAO_MAI), _mention("b", shouted, "pvh", "pvh")])
    assert _methods(found) == {"a": "exact", "b": "exact"}


def test_a_translation_is_linked_by_the_model() -> None:
    found = _resolve([_mention("a", SAO_MAI), _mention("b", SAO_MAI_VI, "molisa", "vn_labour_inspection")])
    assert _methods(found) == {"a": "model", "b": "model"}
    assert len(_groups(found)) == 1
    (pair,) = found.pairs.to_pylist()
    assert pair["verdict"] == "match"
    assert found.links.to_pylist()[0]["link_probability"] == pair["probability"] >= 0.9


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Sao Mai Garment Unit 1", "Sao Mai Garment Unit 2", "1 against 2"),
        ("Sao Mai Garment Factory 3", "Sao Mai Garment F4", "3 against 4"),
        ("Sao Mai Garment", "Sao Mai Garment Unit II", "unit stated on one side only"),
        ("Sao Mai Garments", "Sao Mai Apparels", "garments against apparels"),
        ("Sao Mai Garment", "Sao Mai Footwear", "garment against footwear"),
    ],
)
def test_sisters_at_one_address_are_at_most_for_review(one: str, other: str, why: str) -> None:
    found = _resolve([_mention("a", SAO_MAI | {"name": one}), _mention("b", SAO_MAI | {"name": other}, "pvh", "pvh")])
    assert len(_groups(found)) == 2
    (pair,) = found.pairs.to_pylist()
    assert pair["verdict"] == "review"
    assert why in pair["reasons"] or " against ".join(why.split(" against ")[::-1]) in pair["reasons"]


def test_another_plot_of_the_same_street_is_at_most_for_review() -> None:
    other = SAO_MAI | {"address": SAO_MAI["address"].replace("Lot A2", "Lot B7")}
    found = _resolve([_mention("a", SAO_MAI), _mention("b", other, "pvh", "pvh")])
    assert len(_groups(found)) == 2
    assert found.pairs.to_pylist()[0]["verdict"] == "review"


def test_coordinates_far_apart_forbid_a_match() -> None:
    here, there = {"latitude": 10.8, "longitude": 107.0}, {"latitude": 20.9, "longitude": 106.6}
    mentions = [_mention("a", SAO_MAI | here), _mention("b", SAO_MAI_VI | there, "molisa", "molisa")]
    assert len(_groups(_resolve(mentions))) == 2


def test_names_without_address_are_equal_only_inside_one_instrument() -> None:
    bare = {"name": "Sao Mai Garment", "country": "VN"}
    inside = _resolve([_mention("a", bare, "bw", "better_work_cat"), _mention("b", bare, "bw2", "better_work_cat")])
    across = _resolve([_mention("a", bare, "bw", "better_work_cat"), _mention("b", bare, "gap", "gap")])
    assert (len(_groups(inside)), len(_groups(across))) == (1, 2)


def test_nameless_mentions_are_never_equal() -> None:
    blank = {"name": None, "address": "Lot A2, Road 3", "country": "VN"}
    assert len(_groups(_resolve([_mention("a", blank), _mention("b", blank)]))) == 2


def test_contradicting_site_identifiers_keep_equal_statements_apart() -> None:
    mentions = [_mention("a", SAO_MAI), _mention("b", SAO_MAI), _mention("c", SAO_MAI, "pvh", "pvh")]
    found = _resolve(mentions, [_identifier("a", "gap_facility", "G-1"), _identifier("b", "gap_facility", "G-2")])
    assert len(_groups(found)) == 3, "nobody knows to which of the two the third belongs"
    assert {notice.code for notice in found.notices} == {"contradicting_identifiers"}


def test_a_record_as_near_to_two_factories_joins_neither() -> None:
    mentions = [_mention("a", SAO_MAI), _mention("b", SAO_MAI), _mention("c", SAO_MAI_VI, "molisa", "molisa")]
    found = _resolve(mentions, [_identifier("a", "gap_facility", "G-1"), _identifier("b", "gap_facility", "G-2")])
    assert len(_groups(found)) == 3
    (pair,) = found.pairs.to_pylist()
    assert pair["verdict"] == "review"
    assert "as near to another factory" in pair["reasons"]


def test_two_units_are_not_chained_by_a_third_record() -> None:
    names = ("Sao Mai Garment Unit 1", "Công ty May Sao Mai Unit 1, 2", "Sao Mai Garment Unit 2")
    mentions = [_mention(f"m{at}", SAO_MAI | {"name": name}, f"c{at}", f"i{at}") for at, name in enumerate(names)]
    facility = _facilities(_resolve(mentions))
    assert facility["m0"] != facility["m2"]


def test_a_decision_beats_scores_and_identifiers_in_both_directions() -> None:
    mentions = [
        _mention("a", SAO_MAI),
        _mention("b", SAO_MAI, "pvh", "pvh"),
        _mention("c", FAR_AWAY | {"country": "VN"}),
    ]
    identifiers = [
        _identifier("a", "os_id", _os_id("VN202401200000")),
        _identifier("b", "pvh_factory", "P-9"),
        _identifier("c", "os_id", _os_id("VN202401200001")),
    ]
    decisions = [
        Decision(f"gap|os_id:{_os_id('VN202401200000')}", "pvh|pvh_factory:P-9", "different", "s1", "2026-01-01"),
        Decision(f"gap|os_id:{_os_id('VN202401200001')}", "pvh|pvh_factory:P-9", "same", "s1", "2026-01-01"),
    ]
    found = _resolve(mentions, identifiers, decisions)
    assert _groups(found) == {frozenset("a"), frozenset("bc")}
    assert _methods(found) == {"a": "single", "b": "decision", "c": "decision"}


def test_the_latest_decision_holds_and_a_key_by_name_survives_a_new_export() -> None:
    keys = _key(SAO_MAI), _key(SAO_MAI_VI)
    early = Decision(*keys, "different", "s1", "2026-01-01")
    late = Decision(*keys[::-1], "same", "s2", "2026-02-01")
    mentions = [_mention("new-1", SAO_MAI), _mention("new-2", SAO_MAI_VI, "molisa", "molisa")]
    assert len(_groups(_resolve(mentions, decisions=[late, early]))) == 1
    assert len(_groups(_resolve(mentions, decisions=[early]))) == 2


def test_an_unsure_pair_waits_for_review() -> None:
    mentions = [_mention("a", SAO_MAI), _mention("b", SAO_MAI_VI, "molisa", "molisa")]
    found = _resolve(mentions, decisions=[Decision(_key(SAO_MAI), _key(SAO_MAI_VI), "unsure")])
    assert len(_groups(found)) == 2
    assert found.pairs.to_pylist()[0]["verdict"] == "review"


def test_decision_keys_name_the_contributor_and_end_with_the_company() -> None:
    identifiers = [
        _identifier("a", "tax_code", "0399999879"),
        _identifier("a", "gap_facility", "g-1"),
        _identifier("a", "ffc_id", "bad", valid=False),
    ]
    assert decision_keys(_mention("a", SAO_MAI), identifiers, KNOWLEDGE) == [
        "gap|gap_facility:G-1",
        "sao mai garment co ltd|lot a2 road 3 hoa sen industrial park long thanh district dong nai|vn",
        "gap|tax_code:0399999879",
    ]


def test_model_links_join_strong_parts_but_never_pass_for_strong_ones() -> None:
    """A grant follows `id`, `exact` and `decision` links only: those of one factory must hang together alone."""
    mentions = [
        _mention("a1", SAO_MAI),
        _mention("a2", SAO_MAI, "pvh", "pvh"),
        _mention("a3", SAO_MAI, "nike", "nike"),
        _mention("b1", SAO_MAI_VI, "molisa", "molisa"),
        _mention("b2", SAO_MAI_VI, "isc", "isc"),
    ]
    found = _resolve(mentions)
    assert len(_groups(found)) == 1
    assert _methods(found) == {"a1": "exact", "a2": "exact", "a3": "exact", "b1": "model", "b2": "model"}


def test_new_records_keep_old_ids() -> None:
    first = _resolve([_mention("a", SAO_MAI)])
    ledger = _said(first)
    both = [_mention("0", SAO_MAI_VI, "molisa", "molisa"), _mention("a", SAO_MAI)]
    second = _resolve(both, minted=ledger)
    assert set(_facilities(second).values()) == set(_facilities(first).values())
    third = _resolve(both, minted=ledger | _said(second))
    assert third.links == second.links
    assert not _said(third)


STATEMENTS: tuple[Row, ...] = (
    SAO_MAI,
    SAO_MAI_VI,
    SAO_MAI | {"name": "Sao Mai Garment Unit 2"},
    SAO_MAI | {"address": "Hoa Sen Industrial Park, Dong Nai"},
    FAR_AWAY,
    FAR_AWAY | {"name": "LOTUS FOOTWEARS", "address": None, "city": "Takeo"},
)
IDS = (
    "",
    "higg_id:1",
    "higg_id:2",
    "gap_facility:G1",
    "gap_facility:G2",
    "assessment:gap:V1",
    "tax_code:0399999879",
)


@st.composite
def _records(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[Decision]]:
    chosen = draw(st.lists(st.tuples(st.sampled_from(STATEMENTS), st.sampled_from(IDS)), min_size=1, max_size=9))
    mentions = [_mention(f"m{at}", words, f"c{at % 3}", f"i{at % 2}") for at, (words, _) in enumerate(chosen)]
    identifiers = [
        _identifier(f"m{at}", written.rpartition(":")[0], written.rpartition(":")[2])
        for at, (_, written) in enumerate(chosen)
        if written
    ]
    keys = sorted({key for row in mentions for key in decision_keys(row, [], KNOWLEDGE)})
    verdicts: st.SearchStrategy[Literal["same", "different", "unsure"]] = st.sampled_from(
        ["same", "different", "unsure"]
    )
    drawn = draw(st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys), verdicts), max_size=3))
    decisions = [Decision(a, b, verdict, "s", f"2026-01-0{at + 1}") for at, (a, b, verdict) in enumerate(drawn)]
    return mentions, identifiers, decisions


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_records(), st.randoms(use_true_random=False))
@pytest.mark.slow
def test_the_order_of_rows_does_not_matter(records: tuple[list[Row], list[Row], list[Decision]], random: Any) -> None:
    mentions, identifiers, decisions = records
    found = _resolve(mentions, identifiers, decisions)
    shuffled = [random.sample(part, len(part)) for part in (mentions, identifiers, decisions)]
    again = _resolve(*shuffled)
    assert again.links == found.links
    assert again.pairs == found.pairs
    assert (again.minted, again.aliases, again.notices) == (found.minted, found.aliases, found.notices)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_records())
def test_what_was_decided_different_is_never_one_factory(
    records: tuple[list[Row], list[Row], list[Decision]],
) -> None:
    mentions, identifiers, decisions = records
    facility = _facilities(_resolve(mentions, identifiers, decisions))
    holds = {frozenset((decision.key_a, decision.key_b)): decision.verdict for decision in decisions}
    keys = {row["mention_id"]: _key(row) for row in mentions}
    for one, key in keys.items():
        for other, other_key in keys.items():
            if key != other_key and holds.get(frozenset((key, other_key))) == "different":
                assert facility[one] != facility[other]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_records(), st.integers(0, 9))
@pytest.mark.slow
def test_increments_equal_a_full_run_with_the_same_ledger(
    records: tuple[list[Row], list[Row], list[Decision]], first: int
) -> None:
    mentions, identifiers, decisions = records
    early = {row["mention_id"] for row in mentions[:first]}
    before = _resolve(mentions[:first], [row for row in identifiers if row["mention_id"] in early], decisions)
    ledger = _said(before)
    full = _resolve(mentions, identifiers, decisions, ledger)
    assert _groups(full) == _groups(_resolve(mentions, identifiers, decisions))
    ledger |= _said(full)
    assert _resolve(mentions, identifiers, decisions, ledger).links == full.links
