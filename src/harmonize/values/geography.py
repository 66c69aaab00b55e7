"""Read countries and provinces in any spelling and answer with the official one of today.

A name that is not known gives None; nothing is guessed from the nearest spelling. Provinces that were merged answer
with the province they belong to now, so that an export of last year and one of this year agree.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pycountry
from anyascii import anyascii
from pydantic import BaseModel, ConfigDict, ValidationError
from yaml import YAMLError

from harmonize.errors import ConfigurationError
from harmonize.values.countries import FOLDER, Files, countries_of, files_of, read_bytes
from harmonize.yaml_text import parse_yaml

__all__ = ["Admin1", "Geography", "ProvinceWords", "is_country", "spelling_key"]


class _Spellings(BaseModel):
    """The content of `countries.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spellings: dict[str, list[str]]


_BETWEEN_WORDS = re.compile(r"[\W_]+")
_BETWEEN_PARTS = re.compile(r"[,;\n]")
_SHORTEST_NAME = 3
_LATIN = re.compile("[A-Za-zÀ-ɏḀ-ỿ]")


def spelling_key(text: str) -> str:
    """`text` as lower-case Latin words without diacritics or punctuation; equal keys are equal names."""
    latin = text if text.isascii() else anyascii(_one_khmer(unicodedata.normalize("NFC", text)))
    return _BETWEEN_WORDS.sub(" ", latin.casefold()).strip()


def _one_khmer(text: str) -> str:
    """Khmer subscripts `ta` and `da` look alike and are typed for one another; both as `da`."""
    return text.replace("\u17d2\u178f", "\u17d2\u178a")


def is_country(code: str) -> bool:
    """Whether a code is one of ISO 3166-1 alpha-2, in capital letters."""
    return pycountry.countries.get(alpha_2=code) is not None and code.isupper()


@dataclass(frozen=True, slots=True)
class Admin1:
    """One province in force today.

    Attributes:
        country: ISO 3166-1 alpha-2.
        name: the official short name, for example `Hồ Chí Minh`, `Phnom Penh`, `Samut Prakan`.
        name_local: the name in the country's own script.
    """

    country: str
    name: str
    name_local: str


@dataclass(frozen=True, slots=True)
class ProvinceWords:
    """What surrounds a province's name: whole words at either end, and affixes written without a space.

    Attributes:
        before_smaller, after_smaller: what stands before or after the name of a smaller place, blanks at both ends.
    """

    whole: tuple[str, ...] = ()
    affixes: tuple[str, ...] = ()
    before_smaller: tuple[str, ...] = ()
    after_smaller: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Geography:
    """Countries of the world, and provinces of those that have a file of them, by spelling.

    Attributes:
        countries: spelling key -> ISO 3166-1 alpha-2.
        provinces: (country, spelling key without spaces) -> the province of today.
        province_names: per country, the bare names of its provinces, old and new, the longest first.
        province_words: per country, the words that surround a province's name.
        districts: spelling keys of district names of two words or more (single words are often names of firms).
        local_names: the names of provinces and districts in their own script, where that is not Latin -> in Latin.
    """

    countries: Mapping[str, str]
    provinces: Mapping[tuple[str, str], Admin1]
    province_names: Mapping[str, tuple[str, ...]]
    province_words: Mapping[str, ProvinceWords]
    districts: frozenset[str]
    local_names: Mapping[str, str]

    @classmethod
    def from_folder(cls, path: Path) -> Geography:
        """Load `countries.yml` and what stands under `countries/` from the schemas folder `path`.

        Raises:
            ConfigurationError: a file that cannot be read or says something impossible.
        """
        spellings = path / "countries.yml"
        return _load(spellings, read_bytes(spellings), files_of(path, "*.yml"), files_of(path, "*.csv"))

    def country_code(self, text: str | None) -> str | None:
        """ISO 3166-1 alpha-2 of a country in any spelling, or None."""
        if text is None:
            return None
        return self.countries.get(spelling_key(text))

    def admin1(self, country: str, text: str | None) -> Admin1 | None:
        """The province of today for a province name in any spelling: prefixes, suffixes and diacritics are free."""
        if not text:
            return None
        for key in _province_keys(text, self.province_words.get(country, ProvinceWords())):
            found = self.provinces.get((country, key.replace(" ", "")))
            if found is not None:
                return found
        return None

    def admin1_within(self, country: str, address: str) -> Admin1 | None:
        """The province named last in an address, or None; the longest name wins where two end at one place.

        A name counts only inside one part of the address, and not as that of a ward, a district or a street.
        """
        whole = spelling_key(address)
        # (Hardly any name stands in an address: that is asked first, and cheaply.)
        names = [name for name in self.province_names.get(country, ()) if name in whole]
        if not names:
            return None
        words = self.province_words.get(country, ProvinceWords())
        for part in reversed(_BETWEEN_PARTS.split(address)):
            found = _last_name(spelling_key(part), names, words)
            if found is not None:
                return self.provinces[(country, found.replace(" ", ""))]
        return None


def _last_name(part: str, names: Iterable[str], words: ProvinceWords) -> str | None:
    """The name that ends last in a part of an address and is not that of a smaller place."""
    ends = ((_last_end(f" {part} ", name, words), len(name), name) for name in names)
    end, _, found = max(ends, default=(-1, 0, ""))
    return found if end >= 0 else None


def _last_end(part: str, name: str, words: ProvinceWords) -> int:
    """Where a name ends last in a part, -1 where it does not stand as that of a province."""
    at = part.rfind(f" {name} ")
    while at >= 0:
        before, after = part[: at + 1], part[at + len(name) + 1 :]
        if not (before.endswith(words.before_smaller) or after.startswith(words.after_smaller)):
            return at + len(name)
        at = part.rfind(f" {name} ", 0, at + len(name))
    return -1


def _province_keys(text: str, words: ProvinceWords) -> Iterable[str]:
    """The spelling itself, then the same without the words for province or city."""
    yield spelling_key(text)
    for affix in words.affixes:
        text = text.replace(affix, " ")
    tokens = spelling_key(text)
    for word in words.whole:
        tokens = tokens.removeprefix(f"{word} ").removesuffix(f" {word}")
    yield tokens


@lru_cache(maxsize=4)
def _load(path: Path, spellings: bytes, countries: Files, units: Files) -> Geography:
    """The geography that these contents state; kept by content, so that a file edited meanwhile is read anew."""
    known = countries_of(countries)
    alone = next((unit for unit, _ in units if unit.stem not in known), None)
    if alone is not None:
        raise ConfigurationError(f"{alone}: {alone.stem}.yml is missing beside it; it may be empty.")
    rows = {unit: _unit_rows(unit, content) for unit, content in units}
    province_words = {
        code: ProvinceWords(
            tuple(spelling_key(word) for word in country.province_words),
            tuple(country.province_affixes),
            tuple(f" {spelling_key(word)} " for word in country.smaller_places.before),
            tuple(f" {spelling_key(word)} " for word in country.smaller_places.after),
        )
        for code, country in known.items()
    }
    provinces: dict[tuple[str, str], Admin1] = {}
    names: dict[str, set[str]] = {}
    for unit, found in rows.items():
        for spelling, admin1 in _province_spellings(found, unit):
            keys = list(_province_keys(spelling, province_words.get(admin1.country, ProvinceWords())))
            for key in keys:
                provinces.setdefault((admin1.country, key.replace(" ", "")), admin1)
            # (`Hà Tĩnh` without its `tỉnh` is no name.)
            names.setdefault(admin1.country, set()).add(keys[-1] if len(keys[-1]) >= _SHORTEST_NAME else keys[0])
    ordered = {country: tuple(sorted(keys, key=lambda key: (-len(key), key))) for country, keys in names.items()}
    districts = frozenset(name for found in rows.values() for name in _district_names(found))
    listed = [(path, code, names) for code, names in _spellings(path, spellings).items()]
    listed += [(path.parent / FOLDER / f"{code}.yml", code, country.spellings) for code, country in known.items()]
    local = {local: short for found in rows.values() for local, short in _local_names(found)}
    return Geography(_countries(listed), provinces, ordered, province_words, districts, local)


def _countries(listed: Iterable[tuple[Path, str, Sequence[str]]]) -> dict[str, str]:
    """Official names and codes first; an alias may add a spelling but never turn one round."""
    known: dict[str, str] = {}
    for entry in pycountry.countries:
        for field in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            spelling = getattr(entry, field, None)
            if spelling:
                known.setdefault(spelling_key(spelling), entry.alpha_2)
    for path, code, spellings in listed:
        for spelling in spellings:
            other = known.setdefault(spelling_key(spelling), code)
            if other != code:
                raise ConfigurationError(f"{path}: {spelling!r} stands under {code} but means {other}; remove one.")
    return known


def _spellings(path: Path, content: bytes) -> Mapping[str, list[str]]:
    try:
        return _Spellings.model_validate(parse_yaml(content.decode("utf-8"))).spellings
    except (UnicodeDecodeError, YAMLError) as problem:
        raise ConfigurationError(f"{path}: not valid YAML in UTF-8: {problem}. Mend it there.") from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {place}: {first['msg']} (value {first['input']!r}).") from problem


_UNIT_COLUMNS = ("level", "name_local", "name_short_or_en", "merged_into", "valid_to", "aliases")


def _unit_rows(path: Path, content: bytes) -> list[dict[str, str]]:
    """The administrative units of a country; lines that begin with `#` are remarks."""
    try:
        lines = content.decode("utf-8-sig").splitlines(keepends=True)
    except UnicodeDecodeError as problem:
        raise ConfigurationError(f"{path}: not UTF-8 at byte {problem.start}. Save it as UTF-8.") from problem
    reader = csv.reader(line for line in lines if not line.startswith("#"))
    header = next(reader, [])
    missing = [name for name in _UNIT_COLUMNS if name not in header]
    if missing:
        raise ConfigurationError(f"{path}: the column {missing[0]!r} is missing; add it.")
    rows = [dict(zip(header, cells, strict=False)) for cells in reader if cells]
    short = next((row for row in rows if len(row) != len(header)), None)
    if short is not None:
        raise ConfigurationError(f"{path}: the line of {short} has not {len(header)} cells; mend its commas.")
    return rows


def _district_names(rows: Iterable[Mapping[str, str]]) -> Iterable[str]:
    keys = (spelling_key(row["name_short_or_en"]) for row in rows if row["level"] == "district")
    # (A number is read as one: District 10 is no place of the name of its words.)
    return (key for key in keys if " " in key and not any(map(str.isdigit, key)))


def _local_names(rows: Iterable[Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    return ((row["name_local"], row["name_short_or_en"]) for row in rows if not _LATIN.match(row["name_local"]))


def _province_spellings(rows: Iterable[Mapping[str, str]], path: Path) -> Iterable[tuple[str, Admin1]]:
    """(spelling, province of today) for every province; those in force come before those merged away."""
    provinces = [row for row in rows if row["level"] == "province"]
    today = {
        row["name_local"]: Admin1(path.stem, row["name_short_or_en"], row["name_local"])
        for row in provinces
        if not row["valid_to"]
    }
    for row in sorted(provinces, key=lambda row: bool(row["valid_to"])):
        now = today.get(row["merged_into"] or row["name_local"])
        if now is None:
            raise ConfigurationError(
                f"{path}: {row['name_local']!r} belongs to {row['merged_into']!r}, which is no province in force; "
                "correct merged_into, or add it."
            )
        spellings = (row["name_local"], row["name_short_or_en"], *row["aliases"].split("|"))
        for spelling in filter(None, spellings):
            yield spelling, now
