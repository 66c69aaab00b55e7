"""Dates are read in the forms that a profile names, and no order is ever guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.values.dates import DATE_FORMS, epoch_date, parse_date, why_no_date

MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
THAI_MONTHS = [
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธ.ค.",
]  # fmt: skip
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")

PRINTED: Mapping[str, Callable[[date], str]] = {
    "yyyy-mm-dd": lambda day: f"{day:%Y-%m-%d}",
    "yyyy/mm/dd": lambda day: f"{day:%Y/%m/%d}",
    "dd/mm/yyyy": lambda day: f"{day:%d/%m/%Y}",
    "mm/dd/yyyy": lambda day: f"{day:%m/%d/%Y}",
    "mm/dd/yyyy h:mm am": lambda day: f"{day.month}/{day.day}/{day.year} 12:00:00 AM",
    "dd.mm.yyyy": lambda day: f"{day:%d.%m.%Y}",
    "dd-mm-yyyy": lambda day: f"{day:%d-%m-%Y}",
    "dd-mon-yyyy": lambda day: f"{day.day:02}-{MONTHS[day.month - 1][:3]}-{day.year}",
    "d month yyyy": lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    "month d yyyy": lambda day: f"{MONTHS[day.month - 1]} {day.day}, {day.year}",
    "thai long": lambda day: f"{day.day} {THAI_MONTHS[day.month - 1]} {day.year}",
    "vietnamese dd/mm/yyyy": lambda day: f"ngày {day:%d/%m/%Y}",
    "vietnamese long": lambda day: f"ngày {day.day} tháng {day.month} năm {day.year}",
}


def test_every_form_has_a_printer_here() -> None:
    assert {*PRINTED, "unix time", "d - d month yyyy", "thai short year"} == set(DATE_FORMS)


@given(
    day=st.dates(date(1950, 1, 1), date(2100, 12, 31)),
    days=st.integers(1, 4),
    sign=st.sampled_from(["-", "\u2013", "&"]),
)
def test_of_several_days_the_first_counts(day: date, days: int, sign: str) -> None:
    last = day + timedelta(days=days)
    month = "" if last.month == day.month else f" {MONTHS[day.month - 1]}"
    printed = f"{day.day}{month} {sign} {last.day} {MONTHS[last.month - 1]} {last.year}"
    assert parse_date(printed, ["d - d month yyyy"]) == (day if last.year == day.year else None)


@pytest.mark.parametrize("text", ["9 - 8 March 2023", "8 - 8 March 2023", "30 June - 2 May 2024", "8 - 40 Mai 2023"])
def test_what_is_no_row_of_days_is_no_date(text: str) -> None:
    assert parse_date(text, ["d - d month yyyy"]) is None


@given(day=st.dates(date(2007, 1, 1), date(2056, 12, 31)), is_word=st.booleans())
def test_a_buddhist_year_may_be_written_short(day: date, is_word: bool) -> None:
    year = (day.year + 543) % 100
    printed = f"{day.day} {THAI_MONTHS[day.month - 1]} {year}" if is_word else f"{day.day:02}/{day.month:02}/{year}"
    assert parse_date(printed, ["thai short year"]) == day


def test_a_short_year_that_is_not_buddhist_is_none() -> None:
    assert parse_date("15/03/26", ["dd/mm/yyyy", "thai short year"]) is None


@given(seconds=st.integers(160_000_000, 4_100_000_000), thousandths=st.booleans())
def test_a_unix_time_is_its_day(seconds: int, thousandths: bool) -> None:
    day = datetime.fromtimestamp(seconds, tz=UTC).date()
    assert parse_date(str(1000 * seconds if thousandths else seconds), ["unix time"]) == day


@pytest.mark.parametrize("form", sorted(PRINTED))
@given(day=DAYS)
def test_date_round_trips_in_every_form(form: str, day: date) -> None:
    assert parse_date(PRINTED[form](day), [form]) == day


@pytest.mark.parametrize("form", sorted(PRINTED))
@pytest.mark.parametrize("digits", [THAI, KHMER], ids=["thai", "khmer"])
def test_date_is_read_in_other_digits(form: str, digits: dict[int, int]) -> None:
    day = date(2025, 11, 20)
    assert parse_date(PRINTED[form](day).translate(digits), [form]) == day


@pytest.mark.parametrize("form", sorted(PRINTED))
@given(day=st.dates(date(1950, 1, 1), date(2100, 12, 31)).filter(lambda day: (day.month, day.day) != (2, 29)))
def test_buddhist_year_is_543_more(form: str, day: date) -> None:
    assert parse_date(PRINTED[form](day.replace(year=day.year + 543)), [form]) == day


@given(day=DAYS)
def test_iso_is_read_whatever_the_profile_says(day: date) -> None:
    assert parse_date(day.isoformat(), ["dd/mm/yyyy"]) == day


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("03/04/2026", "dd/mm/yyyy", date(2026, 4, 3)),
        ("03/04/2026", "mm/dd/yyyy", date(2026, 3, 4)),
        ("07-MAR-2026", "dd-mon-yyyy", date(2026, 3, 7)),
        ("7 sept 2026", "d month yyyy", date(2026, 9, 7)),
        ("28 December 2020", "d month yyyy", date(2020, 12, 28)),
        ("1st May 2020", "d month yyyy", date(2020, 5, 1)),
        ("20/11/2025 10:30", "dd/mm/yyyy", date(2025, 11, 20)),
        ("2025-11-20T23:59:59Z", "yyyy-mm-dd", date(2025, 11, 20)),
        ("2025-11-20T23:59:59.123+07:00", "yyyy-mm-dd", date(2025, 11, 20)),
        ("  20/11/2025 ", "dd/mm/yyyy", date(2025, 11, 20)),
        ("29/02/2567", "dd/mm/yyyy", date(2024, 2, 29)),
        (unicodedata.normalize("NFD", "ngày 20 tháng 11 năm 2025"), "vietnamese long", date(2025, 11, 20)),
        ("Ngày 20 tháng 11 năm 2025", "vietnamese long", date(2025, 11, 20)),
        ("Hà Nội, ngày 20 tháng 11 năm 2025", "vietnamese long", date(2025, 11, 20)),
        ("TP. Hồ Chí Minh, ngày 20/11/2025", "vietnamese dd/mm/yyyy", date(2025, 11, 20)),
        ("วันที่ ๒๐ พฤศจิกายน พ.ศ. ๒๕๖๘", "thai long", date(2025, 11, 20)),
        ("วันที่ ๒๐ เดือน พฤศจิกายน พ.ศ. ๒๕๖๘", "thai long", date(2025, 11, 20)),
    ],
)
def test_date_is_read(text: str, form: str, expected: date) -> None:
    assert parse_date(text, [form]) == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", "dd/mm/yyyy"),
        ("12/25/2025", "dd/mm/yyyy"),
        ("25/12/2025", "mm/dd/yyyy"),
        ("31/04/2025", "dd/mm/yyyy"),
        ("29/02/2025", "dd/mm/yyyy"),
        ("29/02/2568", "dd/mm/yyyy"),
        ("20/11/25", "dd/mm/yyyy"),
        ("20/11/1949", "dd/mm/yyyy"),
        ("20/11/2101", "dd/mm/yyyy"),
        ("20/11/2400", "dd/mm/yyyy"),
        ("45981", "yyyy-mm-dd"),
        ("soon", "dd-mon-yyyy"),
        ("07-Mrz-2026", "dd-mon-yyyy"),
        ("20/11/2025 or later", "dd/mm/yyyy"),
        ("20.11.2025", "dd/mm/yyyy"),
        ("2025-13-01", "dd/mm/yyyy"),
    ],
)
def test_what_is_no_date_of_the_form_is_none(text: str, form: str) -> None:
    assert parse_date(text, [form]) is None


@given(st.text())
def test_any_text_is_a_date_in_range_or_none(text: str) -> None:
    found = parse_date(text, sorted(DATE_FORMS))
    assert found is None or 1950 <= found.year <= 2100


@given(day=st.dates(date(1970, 6, 1), date(2100, 12, 30)), clock=st.times())
def test_unix_time_round_trips_in_seconds_and_milliseconds(day: date, clock: time) -> None:
    moment = datetime.combine(day, clock.replace(microsecond=0), UTC).timestamp()
    assert epoch_date(moment) == day
    if moment * 1000 > 1e11:
        assert epoch_date(moment * 1000) == day


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 1e20, -1e10])
def test_number_that_is_no_unix_time_is_none(number: float) -> None:
    assert epoch_date(number) is None


@pytest.mark.parametrize(
    ("text", "forms", "said"),
    [
        ("2250-01-01", ["dd/mm/yyyy"], "outside the years 1950 to 2100"),
        ("01/02/1930", ["dd/mm/yyyy"], "outside the years 1950 to 2100"),
        ("01/02/2900", ["dd/mm/yyyy"], "outside the years 1950 to 2100"),
        ("31/02/2024", ["dd/mm/yyyy"], "no date of the form dd/mm/yyyy"),
        ("soon", [], "no date of the form yyyy-mm-dd"),
    ],
)
def test_why_a_text_is_no_date_is_told(text: str, forms: list[str], said: str) -> None:
    assert parse_date(text, forms) is None
    assert said in why_no_date(text, forms)
    assert repr(text) in why_no_date(text, forms)
