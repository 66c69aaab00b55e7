"""The order of day and month is proven by the sample as a whole, or left open; it is never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.sources.drafting.dates import date_forms, is_date
from harmonize.values.dates import parse_date

DAYS = st.lists(st.dates(date(2000, 1, 1), date(2040, 12, 31)), min_size=1)
ORDERS = {"dd/mm/yyyy": "%d/%m/%Y", "mm/dd/yyyy": "%m/%d/%Y"}


@given(DAYS, st.sampled_from(sorted(ORDERS)))
def test_an_order_is_named_only_where_a_day_proves_it(days: list[date], order: str) -> None:
    found = date_forms(day.strftime(ORDERS[order]) for day in days)
    if any(day.day > 12 for day in days):
        assert (found.forms, found.open_forms) == ((order,), ())
    else:
        assert (found.forms, found.open_forms) == ((), tuple(ORDERS))
        assert found.example == days[0].strftime(ORDERS[order])


@given(DAYS, st.sampled_from(sorted(ORDERS)))
def test_a_proven_form_reads_every_date_as_the_day_it_is(days: list[date], order: str) -> None:
    texts = [day.strftime(ORDERS[order]) for day in days]
    for form in date_forms(texts).forms:
        assert [parse_date(text, [form]) for text in texts] == days


def test_days_that_prove_both_orders_prove_none() -> None:
    found = date_forms(["31/12/2025", "12/31/2025"])
    assert (found.forms, found.open_forms) == ((), tuple(ORDERS))


def test_one_column_proves_the_order_for_another() -> None:
    assert date_forms(["03/04/2026", "25/04/2026"]).forms == ("dd/mm/yyyy",)


@pytest.mark.parametrize(
    ("texts", "forms", "assumed"),
    [
        (["2026-03-07"], (), ()),
        (["07.03.2026", "27.03.2026"], ("dd.mm.yyyy",), ()),
        (["07.03.2026"], ("dd.mm.yyyy",), ("dd.mm.yyyy",)),
        (["7 March 2026"], ("dd-mon-yyyy",), ()),
        (["07-Mar-2026", "soon"], ("dd-mon-yyyy",), ()),
        (["March 7, 2026", "17.03.2026"], ("dd.mm.yyyy", "month d yyyy"), ()),
        (["soon", "later"], (), ()),
        ([], (), ()),
    ],
)
def test_other_forms_are_told_by_their_shape(
    texts: list[str], forms: tuple[str, ...], assumed: tuple[str, ...]
) -> None:
    found = date_forms(texts)
    assert (found.forms, found.open_forms, found.assumed) == (forms, (), assumed)


@pytest.mark.parametrize(("text", "expected"), [("03/20/2026", True), ("20/03/2026", True), ("32/13/2026", False)])
def test_a_date_is_one_in_any_form(text: str, expected: bool) -> None:
    assert is_date(text) is expected
