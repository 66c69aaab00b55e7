"""Persons inside of texts: e-mail addresses, telephone numbers, ids and names after titles give way to a mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from harmonize.sharing.withholding_rules import PersonalRules

__all__ = ["contact_masker", "masker"]

_STAYS = "stays"


def masker(rules: PersonalRules) -> Callable[[str], str]:
    """A function that masks every person in a text, and leaves a text without any as it is."""
    return _masker(rules, [one.matches for one in rules.patterns])


def contact_masker(rules: PersonalRules) -> Callable[[str], str]:
    """The same for addresses, where a name after a title is a street: ways to reach a person only."""
    return _masker(rules, [one.matches for one in rules.patterns if one.is_contact])


def _masker(rules: PersonalRules, patterns: list[str]) -> Callable[[str], str]:
    stays = "|".join(f"(?:{one})" for one in rules.stays)
    masked = "|".join(f"(?:{one})" for one in patterns)
    # What stays is tried first at every place, so nothing inside of it is masked.
    pattern = re.compile(f"(?P<{_STAYS}>{stays})|{masked}" if stays else masked)

    def replaced(found: re.Match[str]) -> str:
        return found[0] if stays and found[_STAYS] is not None else rules.mask

    def mask(text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        told = pattern.sub(replaced, composed)
        return text if told == composed else told

    return mask
