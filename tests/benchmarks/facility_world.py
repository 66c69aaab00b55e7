"""Invented factories: who they are, where they stand and which are sisters, as columns of a table.

Companies are drawn from syllables and words, so that names repeat as they do in the trade; provinces and districts are
real. A group has units on one plot, on plots of one park and in other provinces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray

from tests.benchmarks.processes import ROOT

__all__ = ["Numbers", "Texts", "factories", "filled", "pick", "texts", "words"]

Numbers = NDArray[np.int64]
Texts = NDArray[np.object_]
_NOTHING: Texts = np.array([None], object)

GROUPED = 0.07
"""The part of companies with more than one factory."""
FACTORIES_OF_A_GROUP = (2, 3, 4, 5, 6, 8)
IN_A_PARK = 0.45
WITHOUT_A_NUMBER = 0.05
FACTORIES_OF_A_PARK = 40
SAME_PLOT, SAME_PARK = 0.06, 0.2
"""Where a further factory of a group stands; else it stands anywhere in the country."""


@cache
def words() -> dict[str, Any]:
    """The words that lists are made of, with the provinces and districts of every country."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("facility_words.yml").read_text(encoding="utf-8"))
    for code, country in found["countries"].items():
        country.setdefault("provinces", None)
        if country["provinces"] is None:
            country["provinces"] = _provinces(ROOT / "schemas" / "countries" / f"{code}.csv")
    return found


def _provinces(path: Path) -> dict[str, list[str]]:
    table = pl.read_csv(path, comment_prefix="#", infer_schema=False)
    provinces = table.filter(pl.col("level") == "province").select("code", province="name_short_or_en")
    districts = table.filter(pl.col("level") == "district").join(provinces, left_on="parent_code", right_on="code")
    grouped = districts.group_by("province", maintain_order=True).agg(pl.col("name_short_or_en"))
    return dict(zip(*grouped.get_columns(), strict=True))


def pick(rng: np.random.Generator, choices: Sequence[Any], count: int, decay: float = 0.0) -> Texts:
    """Draw among `choices`; with a `decay` the later ones more and more rarely."""
    weights = np.arange(1, len(choices) + 1) ** -decay
    return np.array(choices, object)[rng.choice(len(choices), count, p=weights / weights.sum())]


def texts(values: Texts) -> pl.Series:
    """A column of texts."""
    return pl.Series(values.tolist(), dtype=pl.String)


def filled(templates: Sequence[str], at: Numbers, values: pl.Series) -> pl.Series:
    """Write each value into the template of its number; null stays null."""
    halves = [template.partition("{}") for template in templates]
    before, after = (pl.Series([half[side] for half in halves]).gather(at) for side in (0, 2))
    return pl.select(pl.concat_str(before, values, after)).to_series()


def factories(count: int, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """About `count` factories by country."""
    countries = words()["countries"]
    shares = {code: country["share"] for code, country in countries.items()}
    total = sum(shares.values())
    return {
        code: _factories(max(20, round(count * share / total)), countries[code], code, rng)
        for code, share in shares.items()
    }


def _factories(count: int, country: Mapping[str, Any], code: str, rng: np.random.Generator) -> pl.DataFrame:
    sizes = np.where(rng.random(count) < GROUPED, pick(rng, FACTORIES_OF_A_GROUP, count, 1.3).astype(np.int64), 1)
    company = np.repeat(np.arange(count), sizes)[:count]
    starts = np.flatnonzero(np.diff(company, prepend=-1) != 0)
    first = starts[company]
    member = np.arange(count) - first
    companies = _companies(count, country, code, rng)[company]
    place = _places(count, country, rng)
    near = rng.random(count)
    same_plot = (member > 0) & (near < SAME_PLOT)
    same_park = (member > 0) & ~same_plot & (near < SAME_PLOT + SAME_PARK)
    at = np.where(same_plot | same_park, first, np.arange(count))
    by_number = (rng.random(count) < 0.75)[company]
    says_unit = (member > 0) | (rng.random(count) < 0.7)
    in_group = sizes[company] > 1
    is_elsewhere = (member > 0) & ~same_plot & ~same_park
    return companies.with_columns(
        *place.select("province", "district", "ward", "street", "park")[at],
        # On the same plot the number of the unit alone tells the factories apart.
        *place.select("lot", "lot_end", "road")[np.where(same_plot, first, np.arange(count))],
        unit=pl.Series(np.where(in_group & (same_plot | (by_number & says_unit)), member + 1, 0)),
        says_branch=pl.Series(in_group & is_elsewhere & ~by_number),
        company=pl.Series(company),
    )


@dataclass(frozen=True, slots=True)
class _Brands:
    """Names of companies, and the same in the country's own letters."""

    latin: Texts
    own: Texts
    is_foreign: NDArray[np.bool_]


def _companies(count: int, country: Mapping[str, Any], code: str, rng: np.random.Generator) -> pl.DataFrame:
    brands = _brands(count, country, rng)
    trades = len(words()["trades"])
    second = np.where(rng.random(count) < 0.25, rng.integers(0, trades, count), -1)
    return pl.DataFrame(
        {
            "country": pl.repeat(code, count, eager=True),
            "brand": texts(brands.latin),
            "own_brand": texts(brands.own),
            "is_foreign": brands.is_foreign,
            "trade": np.minimum(rng.geometric(0.18, count) - 1, trades - 1),
            "second_trade": second,
            "says_trade": rng.random(count) < 0.9,
            "legal": rng.integers(0, len(country["legal"]), count),
            "says_country": brands.is_foreign & (rng.random(count) < 0.3),
            "says_city": rng.random(count) < (0.6 if code == "CN" else 0.06),
        }
    )


def _brands(count: int, country: Mapping[str, Any], rng: np.random.Generator) -> _Brands:
    foreign = _foreign(count, rng)
    is_foreign = rng.random(count) < country["foreign"]
    syllables = country["syllables"]
    if not syllables:
        return _Brands(foreign, foreign, np.ones(count, bool))
    order = rng.permutation(len(syllables))
    parts = [order[rng.choice(len(order), count, p=_weights(len(order), 0.4))] for _ in range(3)]
    three = rng.random(count) < 0.35
    between = "" if country["joined"] else " "
    names = np.array(syllables, object)
    latin = names[parts[0]] + between + names[parts[1]] + np.where(three, between + names[parts[2]], "")
    letters = np.array(list(country.get("letters", "")) or syllables, object)
    own = letters[parts[0]] + letters[parts[1]] + np.where(three, letters[parts[2]], "")
    if country["joined"]:
        latin = np.array([name.capitalize() for name in latin], object)
    return _Brands(np.where(is_foreign, foreign, latin), np.where(is_foreign, foreign, own), is_foreign)


def _weights(count: int, decay: float) -> NDArray[np.float64]:
    weights = np.arange(1, count + 1) ** -decay
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def _foreign(count: int, rng: np.random.Generator) -> Texts:
    """English words, invented ones, initials, and pairs of them."""
    given = words()
    english = [word.title() for word in given["brand_words"]]
    start, end = given["latin_syllables"]["start"], given["latin_syllables"]["end"]
    one, other = pick(rng, english, count, 0.4), pick(rng, english, count, 0.4)
    invented = pick(rng, [word.capitalize() for word in start], count) + pick(rng, end, count)
    middle = pick(rng, [f"{a}{b}" for a in "aeiou" for b in "lmnrst"], count)
    longer = pick(rng, [word.capitalize() for word in start], count) + middle + pick(rng, end, count)
    letters = pick(
        rng, [a + b + c for a in "ABCDEFGHJKLMNPRSTVYZ" for b in "ABCDEGHJKLMNPRST" for c in "ABCDFGHKLMNPRSTVX"], count
    )
    kind = rng.random(count)
    return np.select(
        [kind < 0.2, kind < 0.4, kind < 0.65, kind < 0.75, kind < 0.87],
        [one + " " + other, one + " " + invented, longer, letters, invented],
        longer + " " + one,
    )


def _places(count: int, country: Mapping[str, Any], rng: np.random.Generator) -> pl.DataFrame:
    provinces = list(country["provinces"])
    rng.shuffle(provinces)
    districts = [(province, district) for province in provinces for district in country["provinces"][province]]
    number = np.minimum(rng.choice(len(districts), count, p=_weights(len(districts), 0.7)), len(districts) - 1)
    local = _local_names(country, rng)
    # A park or a street is one of its district: what is drawn inside a district hangs on the district.
    parks = max(1, count // FACTORIES_OF_A_PARK)
    park_district = rng.choice(len(districts), parks, p=_weights(len(districts), 0.7))
    park = rng.choice(parks, count, p=_weights(parks, 0.6))
    in_park = rng.random(count) < IN_A_PARK
    number = np.where(in_park, park_district[park], number)
    own = pick(rng, local, parks) + pick(rng, ["", "", "", " 1", " 2", " II", " III"], parks)
    park_names = np.where(rng.random(parks) < 0.4, np.array([districts[at][1] for at in park_district], object), own)
    wards = np.array(local, object)[(number * 31 + rng.integers(0, 12, count)) % len(local)]
    streets = np.array(local, object)[(number * 17 + rng.integers(0, 40, count)) % len(local)]
    numbered = rng.random(count)
    return pl.DataFrame(
        {
            "province": [districts[at][0] for at in number],
            "district": [districts[at][1] for at in number],
            "ward": texts(wards),
            "street": texts(np.where(in_park, _NOTHING, streets)),
            "park": texts(np.where(in_park, park_names[park], _NOTHING)),
            "lot": texts(np.where(numbered < WITHOUT_A_NUMBER, _NOTHING, _lots(count, in_park, rng))),
            "lot_end": texts(
                np.where(rng.random(count) < 0.2, rng.integers(1, 60, count).astype(str).astype(object), _NOTHING)
            ),
            "road": texts(np.where(rng.random(count) < np.where(in_park, 0.7, 0.1), _roads(count, rng), _NOTHING)),
        }
    )


def _local_names(country: Mapping[str, Any], rng: np.random.Generator) -> list[str]:
    """Names of streets, wards and parks."""
    given, syllables = words(), country["syllables"]
    if not syllables:
        start, end = (rng.permutation(given["latin_syllables"][side]) for side in ("start", "end"))
        return [
            f"{one}{middle}{other}".capitalize()
            for one in start[:30]
            for middle in ("", "pa", "ri")
            for other in end[:12]
        ]
    one_of = [*zip(rng.permutation(syllables * 12).tolist(), rng.permutation(syllables * 12).tolist(), strict=True)]
    return [f"{one}{other}".capitalize() if country["joined"] else f"{one} {other}" for one, other in one_of]


def _lots(count: int, in_park: NDArray[np.bool_], rng: np.random.Generator) -> Texts:
    letter = pick(rng, ["A", "B", "C", "D", "E", "F", "K", "AIII", "CN"], count, 0.5)
    figure = np.minimum(rng.geometric(0.03, count), 999).astype(str).astype(object)
    ending = np.where(rng.random(count) < 0.15, pick(rng, ["A", "B", "/1", "/2", ".3", "-7"], count), "")
    lots: Texts = np.where(in_park & (rng.random(count) < 0.6), letter, "") + figure + ending
    return lots


def _roads(count: int, rng: np.random.Generator) -> Texts:
    figure = rng.integers(1, 19, count).astype(str).astype(object)
    is_lettered = rng.random(count) < 0.4
    roads: Texts = np.where(is_lettered, pick(rng, ["N", "D", "13", "A", "No"], count).astype(object), "") + figure
    return roads
