"""Which mapping reads a question, and from when until when."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harmonize.crosswalk.mapping import Edition, MappingEntry
from harmonize.crosswalk.resolve import CrosswalkIndex, InstrumentRules, Question

_FIRST = date(2026, 1, 1)
days = st.integers(0, 12).map(lambda number: _FIRST + timedelta(days=number))
bounds = st.tuples(st.none() | days, st.none() | days)


def _index(bounds: list[tuple[date | None, date | None]], as_of: date) -> CrosswalkIndex:
    entries = {
        f"q{number}": MappingEntry(
            "form", "1", f"q{number}", "exact", "labour.hours", 1.0,
            {
                "status": "approved",
                "valid_from": begin.isoformat() if begin else "",
                "valid_to": end.isoformat() if end else "",
            },
        )
        for number, (begin, end) in enumerate(bounds)
    }  # fmt: skip
    edition = Edition("form", "1", entries, Path("form.tsv"), Path("rules.tsv"))
    return CrosswalkIndex({("form", "1"): edition}, {"form": InstrumentRules({"1": "1"}, (), {})}, {}, {}, as_of)


def _usable(index: CrosswalkIndex) -> list[str]:
    asked = index.editions["form", "1"].entries
    return [name for name in asked if index.find(Question("form", "1", None, name, None, None)) is not None]


@given(st.lists(bounds, max_size=4), days, days)
def test_days_of_one_validity_have_the_same_usable_mappings(
    bounds: list[tuple[date | None, date | None]], one: date, other: date
) -> None:
    left, right = (_index(bounds, day) for day in (one, other))
    if left.validity == right.validity:
        assert _usable(left) == _usable(right)


def test_a_mapping_holds_on_its_first_and_its_last_day() -> None:
    first, last = _FIRST + timedelta(days=3), _FIRST + timedelta(days=5)
    found = [(day, _index([(first, last)], _FIRST + timedelta(days=day))) for day in range(8)]
    assert [day for day, index in found if _usable(index)] == [3, 4, 5]
    assert len({index.validity for _, index in found}) == 3, "before, while and after it holds"
