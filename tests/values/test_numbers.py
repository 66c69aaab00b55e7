"""Numbers are read in every style that exports print, and the style is proved by numbers alone."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.values.numbers import NumberProblem, NumberStyle, decide_style, looks_numeric, parse_number

POINT, COMMA, MIXED = NumberStyle.POINT, NumberStyle.COMMA, NumberStyle.MIXED
UNREADABLE, UNDECIDABLE = NumberProblem.UNREADABLE, NumberProblem.UNDECIDABLE

GROUPS = {"": "", ",": ",", ".": ".", " ": " ", "\u00a0": "\u00a0", "\u202f": "\u202f", "'": "'"}
DIGITS = {
    "western": "0123456789",
    "full width": "０１２３４５６７８９",
    "thai": "๐๑๒๓๔๕๖๗๘๙",
    "khmer": "០១២៣៤៥៦៧៨៩",
}


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("0", POINT, 0.0),
        ("1234", POINT, 1234.0),
        ("1,234.5", POINT, 1234.5),
        ("1.234,5", COMMA, 1234.5),
        ("1,234", POINT, 1234.0),
        ("1,234", COMMA, 1.234),
        ("1.234", POINT, 1.234),
        ("1.234", COMMA, 1234.0),
        ("1 234", POINT, 1234.0),
        ("1 234 567,8", COMMA, 1234567.8),
        ("1\u202f234.5", POINT, 1234.5),
        ("1'234'567", POINT, 1234567.0),
        ("12,34,567.8", POINT, 1234567.8),
        ("１，２３４．５", POINT, 1234.5),
        ("๑,๒๓๔", POINT, 1234.0),
        ("១២៣៤", POINT, 1234.0),
        ("-1,234.5", POINT, -1234.5),
        ("\u22121.5", POINT, -1.5),
        ("+3", POINT, 3.0),
        ("1.5e3", POINT, 1500.0),
        ("2E-3", COMMA, 0.002),
        (".5", POINT, 0.5),
        ("  42 ", POINT, 42.0),
    ],
)
def test_number_is_read_in_its_style(text: str, style: NumberStyle, value: float) -> None:
    assert parse_number(text, style) == value


@pytest.mark.parametrize("style", list(NumberStyle))
@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.5", 1234.5), ("1.234,5", 1234.5), ("0.123", 0.123), ("0,123", 0.123), ("12.5", 12.5)],
)
def test_unambiguous_number_needs_no_style(text: str, value: float, style: NumberStyle) -> None:
    assert parse_number(text, style) == value


@pytest.mark.parametrize("text", ["1,234", "1.234", "-12,345", "999.999"])
def test_ambiguous_number_of_a_mixed_file_is_undecidable(text: str) -> None:
    assert parse_number(text, MIXED) is UNDECIDABLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "abc",
        "12 kg",
        "12%",
        "1.2.3",
        "1,2,3",
        "12.05.2024",
        "1.234.5",
        "--5",
        "1 23",
        "0x10",
        "nan",
        "inf",
        "1_000",
    ],
)
@pytest.mark.parametrize("style", [POINT, COMMA])
def test_what_is_no_number_is_unreadable(text: str, style: NumberStyle) -> None:
    assert parse_number(text, style) is UNREADABLE


@pytest.mark.parametrize("text", ["1e400", "-1e999", "9" * 400])
def test_number_beyond_a_double_is_unreadable(text: str) -> None:
    assert parse_number(text, POINT) is UNREADABLE


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        ([], POINT),
        (["1,234", "5"], POINT),
        (["1,234.5", "2,345"], POINT),
        (["1.234,5"], COMMA),
        (["0,5", "1,234"], COMMA),
        (["1.234.567"], COMMA),
        (["1,234,567"], POINT),
        (["1,234.5", "1.234,5"], MIXED),
        (["n/a", "12 kg"], POINT),
        (["1 234,5"], COMMA),
    ],
)
def test_style_is_decided_by_the_unambiguous_values(texts: list[str], style: NumberStyle) -> None:
    assert decide_style(texts, POINT) is style


@pytest.mark.parametrize("default", [POINT, COMMA])
def test_a_file_without_evidence_takes_the_style_of_its_profile(default: NumberStyle) -> None:
    assert decide_style(["1,234", "12", ""], default) is default


@pytest.mark.parametrize("text", ["12.05.2024", "1.2.3", "1,2,3", "1.234.5", "3.14.15,9"])
def test_what_is_no_number_proves_no_style(text: str) -> None:
    assert decide_style([text], POINT) is POINT
    assert decide_style([text], COMMA) is COMMA
    assert decide_style([text, "0.25"], COMMA) is POINT
    assert decide_style([text, "0,25"], POINT) is COMMA


@pytest.mark.parametrize(
    ("text", "expected"), [("1,234", True), ("-5", True), ("1e3", True), ("Yes", False), ("", False)]
)
def test_looks_numeric(text: str, expected: bool) -> None:
    assert looks_numeric(text) is expected


def _printed(value: int, decimals: int, group: str, decimal: str) -> str:
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 10**decimals)
    grouped = f"{whole:,}".replace(",", group)
    return f"{sign}{grouped}" + (f"{decimal}{rest:0{decimals}d}" if decimals else "")


@given(
    value=st.integers(-(10**12), 10**12),
    decimals=st.integers(0, 4),
    group=st.sampled_from(sorted(GROUPS)),
    style=st.sampled_from([POINT, COMMA]),
    digits=st.sampled_from(sorted(DIGITS)),
)
def test_number_round_trips_in_every_style(
    value: int, decimals: int, group: str, style: NumberStyle, digits: str
) -> None:
    decimal = "." if style is POINT else ","
    if group == decimal:
        return
    text = _printed(value, decimals, group, decimal).translate(str.maketrans(DIGITS["western"], DIGITS[digits]))
    read = parse_number(text, style)
    assert isinstance(read, float)
    assert math.isclose(read, value / 10**decimals, rel_tol=1e-12, abs_tol=1e-12)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_prints_is_read_back(value: float) -> None:
    assert parse_number(repr(value), POINT) == value


@given(st.text(), st.sampled_from(list(NumberStyle)))
def test_any_text_gives_a_finite_number_or_a_problem(text: str, style: NumberStyle) -> None:
    read = parse_number(text, style)
    assert isinstance(read, NumberProblem) or math.isfinite(read)


@given(st.text(alphabet="0123456789.,- ", max_size=12), st.sampled_from([POINT, COMMA]))
def test_a_proved_style_reads_the_number_that_proved_it(text: str, default: NumberStyle) -> None:
    opposite = COMMA if default is POINT else POINT
    if decide_style([text], default) is opposite:
        assert isinstance(parse_number(text, opposite), float)
