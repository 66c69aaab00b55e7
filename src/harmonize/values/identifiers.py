"""Clean identifiers and say whether one is valid and what it names: a site, a company or one assessment.

Rules live in `schemas/identifiers.yml`, those of tax codes with their countries. An identifier that fails its pattern
or its check digit is kept by others as it was printed, but it is never valid here, and what is not valid never links
two factories.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from harmonize.errors import ConfigurationError
from harmonize.project import shipped_folder
from harmonize.values.countries import TaxCode, load_countries
from harmonize.yaml_text import parse_yaml

__all__ = ["IdentifierRules", "Level", "clean_identifier", "is_valid", "os_id_check_character"]

Level = Literal["site", "company", "assessment"]

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class _Scheme(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Level
    pattern: str
    separators: str = " "
    case: Literal["upper", "lower", "keep"] = "keep"
    check: Literal["os_id", "tax_code"] | None = None


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    placeholders: list[str]
    schemes: dict[str, _Scheme]


_BLANKS = re.compile(r"\s+")
_OF_A_SPREADSHEET = re.compile(r"^(\d+)\.0$")


@lru_cache(maxsize=1 << 14)
def _clean(value: str, separators: str, case: str) -> str:
    text = value
    if not (value.isascii() and value.isalnum()):
        text = _BLANKS.sub(" ", unicodedata.normalize("NFKC", value))
        for separator in separators.replace(".", ""):
            text = text.replace(separator, "")
        text = _OF_A_SPREADSHEET.sub(r"\1", text.strip())
        if "." in separators:
            text = text.replace(".", "").strip()
    if case == "keep":
        return text
    return text.upper() if case == "upper" else text.lower()


@dataclass(frozen=True, slots=True, eq=False)
class IdentifierRules:
    """What `schemas/identifiers.yml` says about every scheme, and countries about their tax codes."""

    placeholders: frozenset[str]
    schemes: Mapping[str, _Scheme]
    tax_codes: Mapping[str, TaxCode]

    @classmethod
    def from_folder(cls, path: Path) -> IdentifierRules:
        """Load the rules from the schemas folder `path`."""
        return _load(path.resolve())

    def is_known(self, scheme: str) -> bool:
        """Whether the scheme has a rule of its own, or one by its form (`pvh_factory`, `assessment:gap`)."""
        return "*" not in scheme and any(fnmatchcase(scheme, pattern) for pattern in self.schemes if pattern != "*")

    def clean(self, scheme: str, value: str) -> str:
        """`value` in its canonical writing: NFKC, the scheme's case, no separators, no `.0` left by a spreadsheet."""
        rule = self._scheme(scheme)
        return _clean(value, rule.separators, rule.case)

    def restored(self, scheme: str, value: str, country: str | None) -> str:
        """As `clean`, with the leading zero of a tax code that a spreadsheet took for a number.

        It is given back only where the code has a check digit, which fails without it and holds with it.
        """
        text, rule = self.clean(scheme, value), self.tax_codes.get(country or "")
        if self._scheme(scheme).check != "tax_code" or rule is None or rule.check is None or not text.isdecimal():
            return text
        is_lost = not self.is_valid(scheme, text, country) and self.is_valid(scheme, f"0{text}", country)
        return f"0{text}" if is_lost else text

    def is_valid(self, scheme: str, value: str, country: str | None = None) -> bool:
        """Whether `value` fits its scheme's pattern and check; `country` (alpha-2) picks the rule of a tax code."""
        if value.strip().casefold() in self.placeholders:
            return False
        rule = self._scheme(scheme)
        text = self.clean(scheme, value)
        if re.fullmatch(rule.pattern, text) is None or set(text) <= {"0", "-"}:
            return False
        if rule.check == "os_id":
            return os_id_check_character(text[:14]) == text[14]
        if rule.check == "tax_code":
            return self._is_valid_tax_code(text, country)
        return True

    def level(self, scheme: str, value: str, country: str | None = None) -> Level:
        """What the identifier names; a Vietnamese tax code of 13 digits (a branch) names a site, one of 10 does not."""
        rule = self._scheme(scheme)
        tax_code = self.tax_codes.get(country or "") if rule.check == "tax_code" else None
        if tax_code is not None and tax_code.site is not None:
            return "site" if re.fullmatch(tax_code.site, self.clean(scheme, value)) else "company"
        return rule.level

    def is_national(self, scheme: str) -> bool:
        """Whether values of the scheme are given out by every country for itself."""
        return self._scheme(scheme).check == "tax_code"

    def company_patterns(self, scheme: str, country: str | None = None) -> tuple[str, ...]:
        """Regular expressions whose group `company` is the company that a value names; none where it names none.

        The tax code of a site holds that of its company where its pattern says so (`TaxCode.site`). A scheme that
        stands under no name of its own may name anything.
        """
        rule = self.schemes.get(scheme)
        if rule is None:
            return ()
        tax_code = self.tax_codes.get(country or "") if rule.check == "tax_code" else None
        if tax_code is None:
            return (f"(?P<company>{rule.pattern})",) if rule.level == "company" else ()
        holds_company = tax_code.site is not None and "(?P<company>" in tax_code.site
        return (f"(?P<company>{tax_code.company})", *([tax_code.site] if tax_code.site and holds_company else []))

    @lru_cache(maxsize=1 << 10)  # noqa: B019 - rules are loaded once
    def _scheme(self, scheme: str) -> _Scheme:
        found = self.schemes.get(scheme)
        if found is not None:
            return found
        return next(rule for pattern, rule in self.schemes.items() if fnmatchcase(scheme, pattern))

    def _is_valid_tax_code(self, text: str, country: str | None) -> bool:
        rule = self.tax_codes.get(country or "")
        if rule is None:
            return True
        if not any(re.fullmatch(pattern, text) for pattern in (rule.company, rule.site) if pattern):
            return False
        return rule.check is None or bool(importlib.import_module(f"stdnum.{rule.check}").is_valid(text))


def os_id_check_character(first14: str) -> str:
    """The last character of an OS ID, from the fourteen before it.

    Open Supply Hub adds the code points of the two country letters to the Crockford base-32 values of the other twelve
    characters and takes the remainder by 32.

    Raises:
        ValueError: a character that no OS ID holds, or not fourteen of them.
    """
    if len(first14) != 14:
        raise ValueError(f"an OS ID has 14 characters before its check character, not {len(first14)}")
    total = ord(first14[0]) + ord(first14[1]) + sum(CROCKFORD.index(character) for character in first14[2:])
    return CROCKFORD[total % 32]


def clean_identifier(scheme: str, value: str) -> str:
    """`IdentifierRules.clean` with the rules that ship with this installation."""
    return IdentifierRules.from_folder(shipped_folder() / "schemas").clean(scheme, value)


def is_valid(scheme: str, value: str, country: str | None = None) -> bool:
    """`IdentifierRules.is_valid` with the rules that ship with this installation."""
    return IdentifierRules.from_folder(shipped_folder() / "schemas").is_valid(scheme, value, country)


@cache
def _load(folder: Path) -> IdentifierRules:
    path = folder / "identifiers.yml"
    document = _Document.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    if "*" not in document.schemes:
        raise ConfigurationError(f"{path}: the scheme '*' for all others is missing; add it.")
    tax_codes = {code: country.tax_code for code, country in load_countries(folder).items() if country.tax_code}
    return IdentifierRules(frozenset(word.casefold() for word in document.placeholders), document.schemes, tax_codes)
