"""Factories that belong together without being one: what says so, what does not, and that nothing is linked by it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.identity import Decision, Knowledge, Resolution, decision_keys, ledger_of, resolve

LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
KNOWLEDGE = Knowledge.from_folder(Path(__file__).parents[2] / "schemas")
TEXTS = ("mention_id", "contributor", "instrument", "name", "name_local", "address", "city", "admin1", "country")
NUMBERS = ("latitude", "longitude", "workers")
MENTIONS = pa.schema({**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(NUMBERS, pa.float64())})
IDENTIFIERS = pa.schema({"mention_id": pa.string(), "scheme": pa.string(), "value": pa.string(), "valid": pa.bool_()})

PLACE = "Lot A2, Road 3, Hoa Sen Industrial Park, Long Thanh District, Dong Nai"
PLACE_VI = "Lô A2, đường số 3, KCN Hoa Sen, huyện Long Thành, tỉnh Đồng Nai"
ELSEWHERE = "99 Harbour Road, Thuy Nguyen, Hai Phong"
FAR = "17 Canal Street, Mo Cay, Ben Tre"
Site = tuple[str, str]
Code = tuple[str, str]


def _resolve(sites: dict[str, Site], codes: dict[str, Code] | None = None, **more: Any) -> Resolution:
    """Resolve records of Viet Nam: id -> (name, address), id -> (scheme, value)."""
    rows = [
        {"mention_id": id_, "contributor": f"brand {id_}", "instrument": f"form {id_}", "country": "VN"}
        | {"name": name, "address": address}
        for id_, (name, address) in sites.items()
    ]
    stated = [
        {"mention_id": id_, "scheme": scheme, "value": value, "valid": True}
        for id_, (scheme, value) in (codes or {}).items()
    ]
    return resolve(
        pa.Table.from_pylist([{name: row.get(name) for name in MENTIONS.names} for row in rows], schema=MENTIONS),
        pa.Table.from_pylist(stated, schema=IDENTIFIERS),
        more.get("decisions", ()),
        ledger_of(more.get("minted", {})),
        KNOWLEDGE,
        more.get("memory"),
    )


def _related(found: Resolution) -> set[tuple[str, str, str]]:
    """The relations by the first mention of each factory."""
    mention: dict[str, str] = {}
    for row in found.links.to_pylist():
        mention.setdefault(row["facility_id"], row["mention_id"])
    return {(mention[row["facility_id"]], mention[row["related_id"]], row["kind"]) for row in found.related.to_pylist()}


def _undirected(found: Resolution) -> set[tuple[str, str, str]]:
    return {(*sorted((one, other)), kind) for one, other, kind in _related(found)}  # type: ignore[misc]


@pytest.mark.parametrize(
    "unit",
    [
        ("Sao Mai Garment Unit 2", PLACE),
        ("Công ty TNHH May Sao Mai - Nhà máy 2", PLACE_VI),
        ("Sao Mai Garment", f"Building B, {PLACE}"),
        ("Sao Mai Garment 2", PLACE),
        ("Sao Mai Garment Unit 2", f"Unit 2, {PLACE}"),
    ],
)
def test_a_unit_belongs_to_the_factory_that_names_none(unit: Site) -> None:
    decided = _decided(("Sao Mai Garment Co., Ltd", PLACE), unit) if unit[0] == "Sao Mai Garment" else ()
    found = _resolve({"a": unit, "b": ("Sao Mai Garment Co., Ltd", PLACE)}, decisions=decided)
    assert _related(found) == {("a", "b", "unit_of")}


def _decided(one: Site, other: Site) -> list[Decision]:
    keys = [
        decision_keys({"mention_id": "x", "name": name, "address": address, "country": "VN"}, [], KNOWLEDGE)[0]
        for name, address in (one, other)
    ]
    return [Decision(keys[0], keys[1], "different", "s", "2026-01-01")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Another street, another province, no street at all, another name, another trade, a name of trade words alone.
        (("Sao Mai Garment Unit 2", ELSEWHERE), ("Sao Mai Garment", PLACE)),
        (("Sao Mai Garment Unit 2", "12 Green Street, Hanoi"), ("Sao Mai Garment", "12 Green Street, Ben Tre")),
        (("Sao Mai Garment Unit 2", "Dong Nai"), ("Sao Mai Garment", "Dong Nai")),
        (("Sao Mai Garment Unit 2", PLACE), ("Hoa Binh Garment", PLACE)),
        (("Sao Mai Garment Unit 2", PLACE), ("Sao Mai Footwear", PLACE)),
        (("May 10", PLACE), ("May 20", ELSEWHERE)),
        # Two that bear one name and state no unit may be strangers; so may two that state the same unit.
        (("Sao Mai Garment", PLACE), ("Sao Mai Garment", ELSEWHERE)),
        (("Sao Mai Garment Unit 2", PLACE), ("Sao Mai Garment Unit 2", ELSEWHERE)),
    ],
)
def test_what_may_be_chance_relates_nothing(one: Site, other: Site) -> None:
    found = _resolve({"a": one, "b": other})
    assert found.links["facility_id"].unique().to_pylist() != [found.links["facility_id"][0].as_py()]
    assert _related(found) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sao Mai Garment Unit 1", "Sao Mai Garment Unit 2"),
        ("May Sao Mai - Nhà máy 1", "Sao Mai Garment Factory II"),
        ("Sao Mai Garment Long An Branch", "Sao Mai Garment"),
        ("Sao Mai Garment", "Chi nhánh Long An Công ty May Sao Mai"),
        ("Sao Mai Garment Long An Branch", "Sao Mai Garment Unit 3"),
    ],
)
def test_units_and_branches_of_one_name_are_of_one_company(one: str, other: str) -> None:
    found = _resolve({"a": (one, PLACE), "b": (other, ELSEWHERE)})
    assert _undirected(found) == {("a", "b", "same_company")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("tax_code", "0399999879"), ("tax_code", "0399999879")),
        (("tax_code", "0399999879"), ("tax_code", "0399999879-001")),
        (("tax_code", "0399999879-002"), ("tax_code", "0399999879001")),
        (("higg_account", "saomai"), ("higg_account", "SAOMAI")),
        (("lei", "5493001KJTIIGC8Y1R12"), ("lei", "5493001KJTIIGC8Y1R12")),
    ],
)
def test_an_identifier_of_a_company_relates_its_sites(one: Code, other: Code) -> None:
    found = _resolve({"a": ("Sao Mai", PLACE), "b": ("Hoa Binh", ELSEWHERE)}, {"a": one, "b": other})
    assert _undirected(found) == {("a", "b", "same_company")}


@pytest.mark.parametrize(
    "code", [("vendor_number", "V1"), ("higg_id", "17"), ("assessment:slcp", "A1"), ("tax_code", "0399999879-001")]
)
def test_any_other_identifier_relates_nothing(code: Code) -> None:
    """Those of sites and of assessments link; of what others name nobody knows what it names."""
    found = _resolve({"a": ("Sao Mai", PLACE), "b": ("Hoa Binh", ELSEWHERE)}, {"a": code, "b": code})
    assert _related(found) == set()


def test_one_tax_code_in_two_countries_is_two() -> None:
    rows = [
        {"mention_id": id_, "contributor": id_, "instrument": id_, "name": name, "address": PLACE, "country": country}
        for id_, name, country in (("a", "Sao Mai", "VN"), ("b", "Lotus", "TR"))
    ]
    stated = [{"mention_id": id_, "scheme": "tax_code", "value": "0399999879", "valid": True} for id_ in "ab"]
    found = resolve(
        pa.Table.from_pylist([{name: row.get(name) for name in MENTIONS.names} for row in rows], schema=MENTIONS),
        pa.Table.from_pylist(stated, schema=IDENTIFIERS),
        (),
        ledger_of({}),
        KNOWLEDGE,
    )
    assert found.related.num_rows == 0


def test_a_unit_is_not_told_of_the_company_again() -> None:
    sites = {"a": ("Sao Mai Garment", PLACE), "b": ("Sao Mai Garment Unit 2", PLACE), "c": ("Sao Mai Unit 5", FAR)}
    codes = dict.fromkeys("abc", ("tax_code", "0399999879"))
    found = _resolve(sites, codes)
    assert {kind for one, other, kind in _related(found) if {one, other} == {"a", "b"}} == {"unit_of"}
    assert {frozenset(row[:2]) for row in _related(found) if row[2] == "same_company"} == {
        frozenset("ac"),
        frozenset("bc"),
    }


def test_what_stands_on_too_many_factories_names_no_company() -> None:
    many = KNOWLEDGE.relations.most_sites + 1
    firsts = ("Alpha", "Bravo", "Delta", "Echo", "Golf", "Hotel", "Kilo", "Lima", "Mike", "Oscar", "Papa")
    lasts = ("Red", "Blue", "Green", "White", "Black", "Brown", "Grey", "Pink", "Gold", "Silver")
    names = [f"{first} {last}" for first in firsts for last in lasts]
    sites = {f"m{at:03d}": (names[at], f"{at + 1} {names[at][::-1]} Street, Ben Tre") for at in range(many)}
    codes = dict.fromkeys(sites, ("higg_account", "placeholder"))
    assert _resolve(sites, codes).related.num_rows == 0
    fewer = dict(list(sites.items())[:20])
    assert _resolve(fewer, codes | {}).related.num_rows == 20 * 19 // 2


STATED = st.tuples(
    st.sampled_from(
        [
            "Sao Mai Garment",
            "Sao Mai Garment Unit 1",
            "Sao Mai Garment Unit 2",
            "May Sao Mai - Nhà máy 2",
            "Sao Mai Garment Long An Branch",
            "Lotus Footwear",
        ]
    ),
    st.sampled_from([PLACE, PLACE_VI, f"Building B, {PLACE}", ELSEWHERE, "Dong Nai"]),
    st.sampled_from(["", "tax_code 0399999879", "tax_code 0399999879-001", "higg_account saomai"]),
)


@settings(max_examples=60 if LONG else 15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STATED, min_size=1, max_size=8), st.randoms())
def test_pairs_are_related_once_in_any_order_of_rows(stated: list[tuple[str, str, str]], random: Any) -> None:
    sites = {f"m{at}": (name, address) for at, (name, address, _) in enumerate(stated)}
    codes = {f"m{at}": tuple(code.split(" ", 1)) for at, (_, _, code) in enumerate(stated) if code}
    found = _resolve(sites, codes)  # type: ignore[arg-type]
    shuffled = list(sites.items())
    random.shuffle(shuffled)
    assert _resolve(dict(shuffled), codes).related == found.related  # type: ignore[arg-type]
    rows = found.related.to_pylist()
    pairs = [frozenset((row["facility_id"], row["related_id"])) for row in rows]
    assert all(len(pair) == 2 for pair in pairs)
    assert len(set(pairs)) == len(pairs)
    assert all(row["facility_id"] < row["related_id"] for row in rows if row["kind"] == "same_company")
    assert {id_ for pair in pairs for id_ in pair} <= set(found.links["facility_id"].to_pylist())


def test_nothing_that_links_or_shares_reads_a_relation() -> None:
    """Only what writes and describes the table, the laws that hold it, and who counts owners name it.

    (To count related factories as one owner tells less of peers, never more.)
    """
    source = Path(__file__).parents[2] / "src" / "harmonize"
    naming = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.suffix in (".py", ".sql")
        and {"facility_relation", "related_facility"} & set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    }
    assert naming == {
        "identity/resolve.py",
        "insight/needs/owners.py",
        "model/tables.py",
        "pipeline/workspace.py",
        "quality/violations.sql",
        # (Says that a share has none.)
        "sharing/world.sql",
        "store/contract.sql",
        "store/datapackage.py",
    }
