"""Numbers in the styles that exports print, the style decided per file from its unambiguous values.

`1,234.5` (point decimal), `1.234,5` (comma decimal), `1 234`, full-width, Thai and Khmer digits. A value that only the
style can decide (`1,234`) takes the file's style; where a file uses both styles it stays undecidable.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from harmonize.values.text import western_digits

__all__ = ["NumberProblem", "NumberStyle", "decide_style", "finite", "looks_numeric", "parse_number"]


class NumberStyle(Enum):
    """Which sign separates the decimals."""

    POINT = "1,234.5"
    COMMA = "1.234,5"
    MIXED = "mixed"


class NumberProblem(Enum):
    """Why a text is no number."""

    UNREADABLE = "unreadable"
    UNDECIDABLE = "undecidable"


_NUMBER = re.compile(r"^[+-]?\d[\d.,]*$|^[+-]?[.,]\d+$")
_EXPONENT = re.compile(r"^[+-]?\d+(\.\d+)?[eE][+-]?\d+$")
_GROUPED_POINT = re.compile(r"^\d{1,3}(,\d{3})+(\.\d+)?$")
_GROUPED_COMMA = re.compile(r"^\d{1,3}(\.\d{3})+(,\d+)?$")
_INDIAN_POINT = re.compile(r"^\d{1,2}(,\d{2})*,\d{3}(\.\d+)?$")
_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'\u2019"))
_MINUS = {ord("\u2212"): "-", ord("\u2013"): "-", ord("\uff0d"): "-", ord("\uff0e"): ".", ord("\uff0c"): ","}


def _plain(text: str) -> str:
    body = western_digits(unicodedata.normalize("NFC", text).strip()).translate(_MINUS)
    if re.fullmatch(r"[+-]?\s*\d{1,3}([ \u00a0\u202f\u2009'\u2019]\d{3})+([.,]\d+)?|[+-]?\s*[\d.,]+", body):
        return body.translate(_SPACES)
    return body


def looks_numeric(text: str) -> bool:
    """The text is made of a sign, digits and separators only."""
    plain = _plain(text)
    return bool(_NUMBER.match(plain) or _EXPONENT.match(plain))


def _evidence(plain: str) -> NumberStyle | None:
    """The style that this one number proves, if any."""
    body = plain.lstrip("+-")
    points, commas = body.count("."), body.count(",")
    if points and commas:
        return NumberStyle.POINT if body.rfind(".") > body.rfind(",") else NumberStyle.COMMA
    if points > 1:
        return NumberStyle.COMMA
    if commas > 1:
        return NumberStyle.POINT
    if points + commas == 0:
        return None
    separator = "." if points else ","
    before, after = body.split(separator)
    is_decimal = len(after) != 3 or len(before) > 3 or before in ("", "0")
    if not is_decimal:
        return None
    return NumberStyle.POINT if separator == "." else NumberStyle.COMMA


def _proof(plain: str) -> NumberStyle | None:
    """The style that this text proves, provided that it is a number in that style: `12.05.2024` proves nothing."""
    style = _evidence(plain)
    return style if style is not None and _parse_body(plain.lstrip("+-"), style) is not None else None


def decide_style(texts: Iterable[str], default: NumberStyle) -> NumberStyle:
    """The number style of a file, from its unambiguous values; `default` when none is unambiguous."""
    seen: set[NumberStyle] = set()
    for text in texts:
        plain = _plain(text)
        if _NUMBER.match(plain):
            style = _proof(plain)
            if style is not None:
                seen.add(style)
                if len(seen) == 2:
                    return NumberStyle.MIXED
    return seen.pop() if seen else default


@lru_cache(maxsize=1 << 14)
def parse_number(text: str, style: NumberStyle) -> float | NumberProblem:
    """The number that a text prints, in the given style."""
    plain = _plain(text)
    if _EXPONENT.match(plain):
        return _finite(float(plain))
    if not _NUMBER.match(plain):
        return NumberProblem.UNREADABLE
    sign = -1.0 if plain.startswith("-") else 1.0
    body = plain.lstrip("+-")
    if "." not in body and "," not in body:
        return _finite(sign * float(body))
    used = _evidence(plain) or style
    if used is NumberStyle.MIXED:
        return NumberProblem.UNDECIDABLE
    value = _parse_body(body, used)
    return NumberProblem.UNREADABLE if value is None else _finite(sign * value)


def _finite(value: float) -> float | NumberProblem:
    return value if math.isfinite(value) else NumberProblem.UNREADABLE


def finite(value: float) -> float | None:
    """A stored number as a float; None for infinities, not-a-number and integers beyond a float's range."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _parse_body(body: str, style: NumberStyle) -> float | None:
    grouping, decimal = (",", ".") if style is NumberStyle.POINT else (".", ",")
    if grouping in body:
        shape = _GROUPED_POINT if style is NumberStyle.POINT else _GROUPED_COMMA
        if not shape.match(body) and not (style is NumberStyle.POINT and _INDIAN_POINT.match(body)):
            return None
    if body.count(decimal) > 1:
        return None
    try:
        return float(body.replace(grouping, "").replace(decimal, "."))
    except ValueError:
        return None
