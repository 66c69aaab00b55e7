"""Invent company names out of syllables, so that no name stands for a real company.

A name has a stem, a trade and a legal form; how it is written down is decided by `harmonize.demo.spelling`.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from harmonize.demo.material import Coined, Naming

__all__ = ["CompanyName", "invent_name"]

LIMITED_SHARE = 0.8
COINED_SHARE = 0.3
"""Share of foreign-invested companies with a coined, language-neutral name."""


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company name before anyone writes it down.

    Attributes:
        stem: distinctive words in Latin script, with the marks of the language.
        stem_local: the same in the script of the country.
        trade: key of `trades` in the naming material.
        legal_form: key of `legal_forms` in the naming material.
    """

    stem: str
    stem_local: str
    trade: str
    legal_form: str


def invent_name(naming: Naming, coined: Coined, rng: Random) -> CompanyName:
    """One company name; callers see to it that stems are distinct."""
    trade = rng.choice(sorted(naming.trades))
    legal_form = "limited" if rng.random() < LIMITED_SHARE else "joint_stock"
    if rng.random() < COINED_SHARE:
        word = rng.choice(coined.starts) + rng.choice(coined.middles) + rng.choice(coined.ends)
        second = rng.choice(coined.starts) + rng.choice(coined.ends)
        stem = f"{word} {second.capitalize()}"
        return CompanyName(stem, stem, trade, legal_form)
    chosen = [rng.choice(group) for group in naming.syllables]
    latin = " ".join(part if isinstance(part, str) else part[0] for part in chosen)
    spaced = all(isinstance(part, str) for part in chosen)
    local = latin if spaced else "".join(part if isinstance(part, str) else part[1] for part in chosen)
    return CompanyName(latin, local, trade, legal_form)
