"""Lists of invented factories as brands publish them, with the truth: which rows speak of one factory.

One to four records per factory, each written as another hand would: other legal forms, spellings, notations of units
and plots, parts of the address that are missing, other orders, slips of the pen. The rates follow what published lists
of the same factories show (see `FACILITIES.md`). Equal sizes and seeds give equal lists.

`python -m tests.benchmarks.facility_lists RECORDS SEED OUT.parquet` writes one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from harmonize.values.identifiers import os_id_check_character
from tests.benchmarks.facility_world import Numbers, factories, filled, pick, texts, words

__all__ = ["facility_list"]

RECORDS_OF_A_FACTORY = (0.48, 0.28, 0.15, 0.09)
IDENTIFIED, MISTAKEN = 0.06, 0.01
"""Records with an OS ID, and the part of these that carry a neighbour's."""
KEPT = {
    # How often a part of an address is stated, in full, middling and thin writings.
    "lot": (0.99, 0.96, 0.55),
    "road": (0.95, 0.7, 0.1),
    "park": (0.99, 0.97, 0.75),
    "street": (0.99, 0.97, 0.75),
    "ward": (0.9, 0.6, 0.15),
    "district": (0.95, 0.8, 0.7),
    "province": (0.98, 0.93, 0.9),
}
FULLNESS = (0.78, 0.205, 0.015)
LETTERS = "abcdefghijklmnopqrstuvwxyz"

Flags = NDArray[np.bool_]


def facility_list(records: int, seed: int) -> pl.DataFrame:
    """A list of `records` rows: record_id, name, address, country, os_id, factory (the truth)."""
    rng = np.random.default_rng(seed)
    each = sum((number + 1) * share for number, share in enumerate(RECORDS_OF_A_FACTORY))
    parts = []
    shift = 0
    for code, made in factories(round(records * 1.02 / each) + 1, rng).items():
        copies = rng.choice(len(RECORDS_OF_A_FACTORY), len(made), p=RECORDS_OF_A_FACTORY) + 1
        at = np.repeat(np.arange(len(made)), copies)
        written = made[at].with_columns(factory=pl.Series(at + shift), os_id=_os_ids(code, at, shift, rng))
        parts.append(_written(written, words()["countries"][code], rng))
        shift += len(made)
    table = pl.concat(parts)
    table = table[rng.permutation(len(table))[:records]]
    return table.select(pl.format("r{}", pl.int_range(pl.len())).alias("record_id"), pl.all())


def _os_ids(code: str, at: Numbers, shift: int, rng: np.random.Generator) -> pl.Series:
    states = rng.random(len(at)) < IDENTIFIED
    meant = np.where(rng.random(len(at)) < MISTAKEN, np.minimum(at + 1, at.max()), at) + shift
    return pl.Series(
        [_os_id(code, number) if stated else None for stated, number in zip(states, meant, strict=True)],
        dtype=pl.String,
    )


def _os_id(code: str, number: int) -> str:
    figures = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    letters = "".join(figures[number // 32**place % 32] for place in range(5))
    first = f"{code}{2019 + number % 4}{1 + number % 300:03}{letters}"
    return first + os_id_check_character(first)


def _written(made: pl.DataFrame, country: Mapping[str, Any], rng: np.random.Generator) -> pl.DataFrame:
    """The records as written: one hand per row."""
    count = len(made)
    upper = rng.random(count) < 0.42
    plain = rng.random(count) < 0.75
    name = _spoilt(_names(made, country, rng), rng, 0.035, 0.02)
    address = _spoilt(_addresses(made, country, rng), rng, 0.05, 0.02)
    moved = rng.random(count) < 0.006
    address = pl.select(
        pl.when(pl.Series(moved)).then(address.gather(rng.permutation(count))).otherwise(address)
    ).to_series()
    both = [_cased(_accents(text, plain), upper) for text in (name, address)]
    countries = pl.Series(country["names"]).gather(_variant(count, len(country["names"]), rng, 0.6))
    return pl.DataFrame(
        {"name": both[0], "address": both[1], "country": countries, "os_id": made["os_id"], "factory": made["factory"]}
    )


def _variant(count: int, choices: int, rng: np.random.Generator, first: float = 0.6) -> Numbers:
    """The number of a way of writing: the first one often, the others alike."""
    return np.where(rng.random(count) < first, 0, rng.integers(0, choices, count))


def _when(flags: Flags, yes: pl.Series | str, no: pl.Series | None) -> pl.Series:
    then = pl.lit(yes) if isinstance(yes, str) else yes
    return pl.select(pl.when(pl.Series(flags)).then(then).otherwise(no)).to_series()


def _names(made: pl.DataFrame, country: Mapping[str, Any], rng: np.random.Generator) -> pl.Series:
    count, code = len(made), made["country"][0]
    is_foreign = made["is_foreign"].to_numpy()
    own = ~is_foreign & (rng.random(count) < {"VN": 0.05, "CN": 0.02, "ID": 0.5}.get(code, 0.0))
    trade = _trades(made, code, own, rng)
    brand = _when(own & (code == "CN"), made["own_brand"], made["brand"])
    said_city = made["says_city"].to_numpy() & (rng.random(count) < 0.9)
    city = _when(said_city & ~(own & (code == "CN")), made["district"], None)
    here = _when(
        (made["says_country"].to_numpy() ^ (is_foreign & (rng.random(count) < 0.06))),
        texts(pick(rng, [f"({country['names'][0]})", country["names"][1 if code == "VN" else 0]], count)),
        None,
    )
    unit = _units(made, rng)
    branch = _when(
        made["says_branch"].to_numpy() & (rng.random(count) < 0.85),
        filled(["- {} Branch", "({})", "{} Branch", "- {}"], _variant(count, 4, rng, 0.5), made["district"]),
        None,
    )
    legal = pl.Series(country["legal"]).gather(
        np.where(rng.random(count) < 0.85, made["legal"].to_numpy(), rng.integers(0, len(country["legal"]), count))
    )
    legal = _when(rng.random(count) < 0.95, legal, None)
    local_legal = pl.Series(country["local_legal"]).gather(rng.integers(0, len(country["local_legal"]), count))
    unit_last = rng.random(count) < 0.8
    renamed = rng.random(count) < 0.006
    brand = _when(renamed, brand.gather(rng.permutation(count)), brand)
    usual = pl.concat_str(
        city,
        brand,
        trade,
        here,
        _when(~unit_last, unit, None),
        legal,
        _when(unit_last, unit, None),
        branch,
        separator=" ",
        ignore_nulls=True,
    )
    foremost = pl.concat_str(local_legal, trade, brand, unit, branch, separator=" ", ignore_nulls=True)
    if code == "CN":
        foremost = pl.concat_str(brand, trade, local_legal, unit, branch, ignore_nulls=True)
    if code == "ID":
        foremost = pl.concat_str(local_legal, brand, trade, unit, branch, separator=" ", ignore_nulls=True)
        own = rng.random(count) < 0.85
    return pl.select(pl.when(pl.Series(own)).then(foremost).otherwise(usual)).to_series()


def _trades(made: pl.DataFrame, code: str, own: Flags, rng: np.random.Generator) -> pl.Series:
    given, count = words()["trades"], len(made)
    spelled = pl.Series([way for trade in given for way in trade["words"]])
    trade = made["trade"].to_numpy()
    usual = spelled.gather(trade * 3 + _variant(count, 3, rng, 0.88))
    usual = _when(rng.random(count) < 0.006, pl.Series([trade["near"] for trade in given]).gather(trade), usual)
    second = made["second_trade"].to_numpy()
    further = _when(
        (second >= 0) & (second != trade) & (rng.random(count) < 0.97), spelled.gather(np.maximum(second, 0) * 3), None
    )
    both = pl.select(pl.concat_str(usual, further, separator=" ", ignore_nulls=True)).to_series()
    translated = pl.Series([trade.get(code, trade["words"][0]) for trade in given]).gather(trade)
    found = _when(own, translated, both)
    return _when(made["says_trade"].to_numpy() & (rng.random(count) < 0.97), found, None)


def _units(made: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    count = len(made)
    ways = words()["units"]
    figures = made["unit"].cast(pl.String)
    roman = pl.Series(["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII"]).gather(made["unit"])
    number = _when(rng.random(count) < 0.12, roman, figures)
    # Whoever writes 04 or F4 writes figures.
    way = np.where(rng.random(count) < 0.5, made["company"].to_numpy() % len(ways), rng.integers(0, len(ways), count))
    number = _when(np.isin(way, [1, 9]), figures, number)
    stated = (made["unit"].to_numpy() > 0) & (rng.random(count) < 0.96)
    return _when(stated, filled(ways, way, number), None)


def _addresses(made: pl.DataFrame, country: Mapping[str, Any], rng: np.random.Generator) -> pl.Series:
    count = len(made)
    fullness = rng.choice(3, count, p=FULLNESS)

    def stated(name: str) -> pl.Series:
        return _when(rng.random(count) < np.array(KEPT[name])[fullness], made[name], None)

    def worded(name: str, values: pl.Series) -> pl.Series:
        return filled(country[name], _variant(count, len(country[name]), rng), values)

    lot = stated("lot")
    end = _when(~lot.is_null().to_numpy() & (rng.random(count) < 0.93), made["lot_end"], None)
    ends = filled([", {}", "-{}", " & {}", " {}"], rng.integers(0, 4, count), end)
    lot = pl.select(pl.concat_str(lot, ends, ignore_nulls=True).replace("", None)).to_series()
    lot = _when(rng.random(count) < 0.15, lot.str.replace_all(r"[./-]", " "), lot)
    in_park = ~made["park"].is_null().to_numpy()
    plot, house = worded("lot", lot), filled(["No. {}", "{}", "No {}", "No.{}"], _variant(count, 4, rng), lot)
    street = worded("street", stated("street"))
    numbered = pl.select(pl.concat_str(house, street, separator=" ", ignore_nulls=True).replace("", None)).to_series()
    first = _when(in_park, plot, numbered)
    ward, district = worded("ward", stated("ward")), worded("district", stated("district"))
    province = worded("province", stated("province"))
    postal = _when(rng.random(count) < 0.12, pl.Series(rng.integers(10000, 899999, count)).cast(pl.String), None)
    province = pl.select(
        pl.concat_str(province, postal, separator=" ", ignore_nulls=True).replace("", None)
    ).to_series()
    again = _when(rng.random(count) < 0.12, made["province"], None)
    last = _when(rng.random(count) < 0.25, pl.Series(country["names"]).gather(np.zeros(count, np.int64)), None)
    road, park = worded("road", stated("road")), worded("park", stated("park"))
    swapped = rng.random(count) < 0.15
    parts = [first, road, park, ward, district, province, again, last]
    turned = [_when(swapped, park, first), _when(swapped, first, road), _when(swapped, road, park), *parts[3:]]
    joined = {
        between: pl.concat_str(*turned, separator=between, ignore_nulls=True) for between in (", ", " ", ",", " , ")
    }
    way = pl.Series(_variant(count, 4, rng, 0.6))
    written = pl.when(way == 0).then(joined[", "]).when(way == 1).then(joined[" "]).when(way == 2).then(joined[","])
    return pl.select(written.otherwise(joined[" , "])).to_series()


def _accents(texts: pl.Series, plain: Flags) -> pl.Series:
    """Texts without diacritics where the hand writes plain letters."""
    bare = texts.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace_all("đ", "d").str.replace_all("Đ", "D")
    return _when(plain, bare, texts)


def _cased(texts: pl.Series, upper: Flags) -> pl.Series:
    return _when(upper, texts.str.to_uppercase(), texts)


def _spoilt(texts: pl.Series, rng: np.random.Generator, slips: float, blanks: float) -> pl.Series:
    """Texts with slips of the pen in a part of them, and words split or joined in another."""
    written = texts.fill_null("").to_list()
    kinds: Sequence[tuple[float, Callable[[str, int, int], str]]] = (
        (slips, _slip),
        (blanks, _blank),
        (0.25 * slips, _slip),
    )
    for share, change in kinds:
        at = np.flatnonzero(rng.random(len(written)) < share)
        draws = rng.integers(0, 1 << 30, (2, len(at))).tolist()
        for place, one, other in zip(at.tolist(), *draws, strict=True):
            written[place] = change(written[place], one, other)
    return pl.Series(written, dtype=pl.String)


def _slip(text: str, where: int, what: int) -> str:
    """One letter left out, doubled, changed, or in the place of its neighbour; figures stay."""
    places = [at for at, letter in enumerate(text) if letter.isalpha()]
    if len(places) < 4:
        return text
    at = places[where % len(places)]
    new = (
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + LETTERS[what // 4 % 26] + text[at + 1 :],
    )
    if what % 4 < 3:
        return new[what % 4]
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def _blank(text: str, where: int, what: int) -> str:
    """One blank left out, or put into a long word."""
    blanks = [
        at
        for at, letter in enumerate(text)
        if letter == " " and text[at - 1 : at].isalpha() and text[at + 1 : at + 2].isalpha()
    ]
    if blanks and what % 3:
        at = blanks[where % len(blanks)]
        return text[:at] + text[at + 1 :]
    inside = [at for at in range(3, len(text) - 3) if text[at - 3 : at + 3].isalpha()]
    if not inside:
        return text
    at = inside[where % len(inside)]
    return f"{text[:at]} {text[at:]}"


def main(records: int, seed: int, path: Path) -> None:
    """Write a list."""
    facility_list(records, seed).write_parquet(path)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
