"""The forms of the dates of a sample, from its columns as a whole; the order of day and month is proven or open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harmonize.values.dates import DATE_FORMS, parse_date
from harmonize.values.text import western_digits

__all__ = ["DateForms", "date_forms", "is_date"]

_OPEN = ("dd/mm/yyyy", "mm/dd/yyyy")
"""Forms that the same text may have."""
_DAY_FIRST = frozenset({"dd.mm.yyyy", "dd-mm-yyyy"})
"""Forms that some print with the month first, which is no form that is read."""
_LAST_MONTH = 12
_FORMS = tuple(form for form in DATE_FORMS if form != "unix time")


@dataclass(frozen=True, slots=True)
class DateForms:
    """What forms the dates have.

    Attributes:
        forms: those that are proven.
        open_forms: forms of which one is true, and the sample does not say which.
        example: a date that both of them read.
        assumed: forms of `forms` whose order no date of the sample proves.
    """

    forms: tuple[str, ...]
    open_forms: tuple[str, ...] = ()
    example: str = ""
    assumed: tuple[str, ...] = ()


def is_date(text: str) -> bool:
    """Whether a text is a date in some form."""
    return any(parse_date(text, [form]) is not None for form in _FORMS)


def date_forms(texts: Iterable[str]) -> DateForms:
    """The forms of all dates of a sample: one column may prove the order of day and month for the others.

    Texts that only one order reads prove it; where some prove one order and some the other, none is proven.
    """
    left = list(dict.fromkeys(text for text in texts if parse_date(text, ()) is None))
    proving = {form: [text for text in left if _only(text, form)] for form in _OPEN}
    proven = [form for form in _OPEN if proving[form]]
    slashed = [text for text in left if any(parse_date(text, [form]) for form in _OPEN)]
    forms: list[str] = []
    open_forms: tuple[str, ...] = ()
    if len(proven) == 1:
        forms.extend(proven)
    elif slashed:
        open_forms = _OPEN
    rest = [text for text in left if text not in set(slashed)]
    assumed: list[str] = []
    while rest and (best := _best(rest)) is not None:
        read = [text for text in rest if parse_date(text, [best]) is not None]
        forms.append(best)
        if best in _DAY_FIRST and all(int(re.split(r"\D", western_digits(text))[0]) <= _LAST_MONTH for text in read):
            assumed.append(best)
        rest = [text for text in rest if text not in set(read)]
    return DateForms(tuple(forms), open_forms, slashed[0] if open_forms else "", tuple(assumed))


def _only(text: str, form: str) -> bool:
    return [other for other in _OPEN if parse_date(text, [other])] == [form]


def _best(texts: Sequence[str]) -> str | None:
    """The form that most of the texts have, the first of equals."""
    counts = {form: sum(parse_date(text, [form]) is not None for text in texts) for form in _FORMS if form not in _OPEN}
    best = max(counts, key=lambda form: counts[form])
    return best if counts[best] else None
