"""Dates in the form that a source's profile states; ISO dates are read everywhere, an order is never guessed.

Years above 2400 are Buddhist (minus 543). Khmer, Thai and full-width digits are read. Of several days that are printed
together the first one counts.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

from harmonize.values.text import western_digits

__all__ = ["DATE_FORMS", "epoch_date", "parse_date", "plausible_date", "serial_date", "why_no_date"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_THAI_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("มกราคม", "ม.ค."),
            ("กุมภาพันธ์", "ก.พ."),
            ("มีนาคม", "มี.ค."),
            ("เมษายน", "เม.ย."),
            ("พฤษภาคม", "พ.ค."),
            ("มิถุนายน", "มิ.ย."),
            ("กรกฎาคม", "ก.ค."),
            ("สิงหาคม", "ส.ค."),
            ("กันยายน", "ก.ย."),
            ("ตุลาคม", "ต.ค."),
            ("พฤศจิกายน", "พ.ย."),
            ("ธันวาคม", "ธ.ค."),
        ),
        start=1,
    )
    for name in names
}
_EARLIEST, _LATEST = 1950, 2100
_BUDDHIST_FROM = 2400
_BUDDHIST_OFFSET = 543
_BUDDHIST_CENTURY = 2500
_CLOCK = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
_PIECES = {
    "yyyy": r"(?P<y>\d{4})",
    "be": r"(?P<b>[5-9]\d)",
    "th": "(?:st|nd|rd|th)?",
    "last_dd": r"(?P<last_d>\d{1,2})",
    "last_month": r"(?P<last_n>[A-Za-z]+)\.?",
    "mm": r"(?P<m>\d{1,2})",
    "dd": r"(?P<d>\d{1,2})",
    "month": r"(?P<n>[A-Za-z]+)\.?",
    "thai_month": "(?P<n>" + "|".join(map(re.escape, _THAI_MONTHS)) + ")",
}

DATE_FORMS: dict[str, str] = {
    "yyyy-mm-dd": "{yyyy}-{mm}-{dd}",
    "yyyy/mm/dd": "{yyyy}/{mm}/{dd}",
    "dd/mm/yyyy": "{dd}/{mm}/{yyyy}",
    "mm/dd/yyyy": "{mm}/{dd}/{yyyy}",
    # (A clock with AM or PM tells the American order from another one in the same file.)
    "mm/dd/yyyy h:mm am": r"{mm}/{dd}/{yyyy}(?= \d{{1,2}}:\d{{2}}(?::\d{{2}})?\s?[AaPp][Mm]$)",
    "dd.mm.yyyy": r"{dd}\.{mm}\.{yyyy}",
    "dd-mm-yyyy": "{dd}-{mm}-{yyyy}",
    "dd-mon-yyyy": "{dd}[- ]{month}[- ]{yyyy}",
    "d month yyyy": r"{dd}{th}\s+{month},?\s+{yyyy}",
    "d - d month yyyy": r"{dd}{th}(?:\s+{month})?\s*(?:[-\u2013&]|and|to)\s*{last_dd}{th}\s+{last_month},?\s+{yyyy}",
    "month d yyyy": r"{month}\s+{dd},?\s+{yyyy}",
    "thai long": r"(?:วันที่\s*)?{dd}\s*(?:เดือน\s*)?{thai_month}\s*(?:พ\.\s?ศ\.\s*)?{yyyy}",
    # (Buddhist years are often written with their last two digits.)
    "thai short year": r"{dd}(?:/{mm}/|\s*{thai_month}\s*){be}",
    "unix time": r"(?P<epoch>\d{{9,13}})",
    # (Forms begin with the place where they were signed.)
    "vietnamese dd/mm/yyyy": r"(?:[^,\d]+,\s*)?ngày\s+{dd}/{mm}/{yyyy}",
    "vietnamese long": r"(?:[^,\d]+,\s*)?(?:ngày\s+)?{dd}\s+tháng\s+{mm}\s+năm\s+{yyyy}",
}
"""Names of date forms that profiles may use, as patterns."""


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(DATE_FORMS[form].format(**_PIECES) + _CLOCK, re.IGNORECASE)


def _build(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    if parts.get("epoch"):
        return epoch_date(int(parts["epoch"]))
    year = int(parts["y"]) if parts.get("y") else _BUDDHIST_CENTURY + int(parts["b"])
    last = _month(parts.get("last_n"))
    month = _month(parts.get("n")) or last or int(parts.get("m") or 0)
    day = int(parts["d"])
    if last is not None and (month, day) >= (last, int(parts["last_d"])):
        return None  # The days are no row of days in one year.
    return plausible_date(year, month, day)


def _month(name: str | None) -> int | None:
    return None if name is None else _MONTHS.get(name.lower(), _THAI_MONTHS.get(name))


def plausible_date(year: int, month: int, day: int) -> date | None:
    """The date, Buddhist years turned into common ones; None outside 1950 to 2100 or where there is no such day."""
    if year > _BUDDHIST_FROM:
        year -= _BUDDHIST_OFFSET
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def serial_date(number: float) -> date | None:
    """The day that a spreadsheet's day count means (1900 system); None outside 1950 to 2100."""
    if not math.isfinite(number) or not 0 < number < 200_000:
        return None
    day = date(1899, 12, 30) + timedelta(days=int(number))
    return plausible_date(day.year, day.month, day.day)


def parse_date(text: str, forms: Sequence[str] | Iterable[str]) -> date | None:
    """The date that a text prints in one of `forms` (or ISO); None when it is none."""
    plain = " ".join(western_digits(unicodedata.normalize("NFC", text)).split())
    for form in ("yyyy-mm-dd", *forms):
        found = _pattern(form).fullmatch(plain)
        if found:
            return _build(found)
    return None


def why_no_date(text: str, forms: Sequence[str]) -> str:
    """Why a text is no date of these forms, in one sentence: it has another form, or its year is not plausible."""
    plain = " ".join(western_digits(unicodedata.normalize("NFC", text)).split())
    found = next(filter(None, (_pattern(form).fullmatch(plain) for form in ("yyyy-mm-dd", *forms))), None)
    printed = None if found is None else found.groupdict().get("y")
    if printed is not None:
        year = int(printed) - (_BUDDHIST_OFFSET if int(printed) > _BUDDHIST_FROM else 0)
        if not _EARLIEST <= year <= _LATEST:
            return f"{text!r} lies outside the years {_EARLIEST} to {_LATEST}, so it is no plausible date."
    return f"{text!r} is no date of the form {' or '.join(forms) or 'yyyy-mm-dd'}."


def epoch_date(number: float) -> date | None:
    """The UTC day of a Unix time in seconds or milliseconds; None when out of range."""
    seconds = number / 1000 if abs(number) > 1e11 else number
    try:
        moment = datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return moment.date() if _EARLIEST <= moment.year <= _LATEST else None
