"""What is known of countries, one file each (`schemas/countries/<code>.yml`): one more country is one more file.

A file of a project stands beside those of the package; one of the same name replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pycountry
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from yaml import YAMLError

from harmonize.errors import ConfigurationError
from harmonize.yaml_text import parse_yaml

__all__ = [
    "FOLDER",
    "Country",
    "Files",
    "LegalForms",
    "SmallerPlaces",
    "TaxCode",
    "countries_of",
    "files_of",
    "load_countries",
    "read_bytes",
]

FOLDER = "countries"
"""Under the schemas folder."""
Files = tuple[tuple[Path, bytes], ...]
"""Files with their contents."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TaxCode(_Part):
    """How tax codes are written: the pattern of a company's, that of a branch's (a site), and the check of both.

    In the pattern of a site's code the group `company` is the part that is its company's.
    """

    company: str
    site: str | None = None
    check: str | None = Field(default=None, description="The module of python-stdnum, such as `vn.mst`.")


class LegalForms(_Part):
    """Legal forms of companies: words anywhere in a name, and affixes written without blanks in their own script."""

    words: list[str] = Field(default_factory=list)
    affixes: list[str] = Field(default_factory=list)


class AddressWords(_Part):
    """Words of addresses by kind, as in `identity/address_words.yml`."""

    generic: dict[str, list[str]] = Field(default_factory=dict)
    designators: dict[str, list[str]] = Field(default_factory=dict)
    zones: dict[str, list[str]] = Field(default_factory=dict)
    affixes: dict[str, list[str]] = Field(default_factory=dict)


class SmallerPlaces(_Part):
    """Words beside the name of something smaller than a province: `xã Phú Yên`, `Quang Binh District`."""

    before: list[str] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)


class Country(_Part):
    """What is known of a country.

    Attributes:
        spellings: its names beside those that ISO 3166 has.
        province_words: whole words at either end of the name of a province.
        province_affixes: the same in a script that writes them without a blank.
        smaller_places: words that say that a name beside them is not meant as that of a province.
        towns: towns and regions that stand in the names of firms, besides those of its provinces and districts.
        abbreviations: a place written out -> its short forms.
    """

    spellings: list[str] = Field(default_factory=list)
    province_words: list[str] = Field(default_factory=list)
    province_affixes: list[str] = Field(default_factory=list)
    smaller_places: SmallerPlaces = Field(default_factory=SmallerPlaces)
    tax_code: TaxCode | None = None
    legal_forms: LegalForms = Field(default_factory=LegalForms)
    address_words: AddressWords = Field(default_factory=AddressWords)
    towns: list[str] = Field(default_factory=list)
    abbreviations: dict[str, list[str]] = Field(default_factory=dict)


def load_countries(schemas: Path) -> Mapping[str, Country]:
    """Every country that has a file, by ISO 3166-1 alpha-2 code.

    Raises:
        ConfigurationError: a file that cannot be read, is not what it should be, or is not named after a country.
    """
    return countries_of(files_of(schemas, "*.yml"))


def files_of(schemas: Path, pattern: str) -> Files:
    """Files of countries with their contents.

    Raises:
        ConfigurationError: one cannot be read.
    """
    return tuple((path, read_bytes(path)) for path in sorted((schemas / FOLDER).glob(pattern)))


def read_bytes(path: Path) -> bytes:
    """The content of a file of the knowledge folders.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise ConfigurationError(
            f"{path}: cannot be read: {problem.strerror}. Check path and permissions."
        ) from problem


@lru_cache(maxsize=4)
def countries_of(files: Files) -> Mapping[str, Country]:
    """What these files state; kept by content, so that a file edited meanwhile is read anew."""
    return {_code(path): _country(path, content) for path, content in files}


def _code(path: Path) -> str:
    if pycountry.countries.get(alpha_2=path.stem) is None or not path.stem.isupper():
        raise ConfigurationError(f"{path}: {path.stem!r} is no country code; name the file like `VN.yml` (ISO 3166-1).")
    return path.stem


def _country(path: Path, content: bytes) -> Country:
    try:
        return Country.model_validate(parse_yaml(content.decode("utf-8")) or {})
    except (UnicodeDecodeError, YAMLError) as problem:
        raise ConfigurationError(f"{path}: not valid YAML in UTF-8: {problem}. Mend it there.") from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {place}: {first['msg']} (value {first['input']!r}).") from problem
