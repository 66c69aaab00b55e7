"""The columns of a wide export: which are answers, units of answers, scores, or repetitions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from harmonize.sources.profile import Layout
from harmonize.sources.records import TableView
from harmonize.values.text import word_key

__all__ = ["AnswerPlace", "WideColumns", "unit_questions", "wide_columns"]


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """One answer column.

    Attributes:
        unit: its unit column, if it has one.
        measured: its answers are quantities, which need a unit.
    """

    column: int
    question: str
    unit: int | None
    measured: bool


@dataclass(frozen=True, slots=True, eq=False)
class WideColumns:
    """Roles of the columns outside the envelope; one object for all tables that have the same header.

    Attributes:
        cells: every answer-bearing column, unit columns and repeated ones included.
        answers: columns that make answers.
        repeated: columns whose question stands further left already; their cells are ignored.
        scores: column -> (section, level).
    """

    cells: Sequence[int]
    answers: Sequence[AnswerPlace]
    repeated: Sequence[int]
    scores: Mapping[int, tuple[str, str | None]]


def unit_questions(layout: Layout, questions: Collection[str]) -> dict[str, str]:
    """Quantity question -> the question that states its unit, for those that an export has."""
    return _unit_pairs(_Titles.of(layout), questions)


def wide_columns(layout: Layout, table: TableView) -> WideColumns:
    """The roles of all columns that the profile does not name."""
    return _roles(_Titles.of(layout), table.header, table.extra)


@dataclass(frozen=True, slots=True)
class _Titles:
    """What a layout says of titles."""

    score_pattern: str | None
    score_total: str | None
    quantity_suffix: str | None
    unit_suffixes: tuple[str, ...]

    @classmethod
    def of(cls, layout: Layout) -> _Titles:
        return cls(layout.score_pattern, layout.score_total, layout.quantity_suffix, tuple(layout.unit_suffixes))


def _unit_pairs(titles: _Titles, questions: Collection[str]) -> dict[str, str]:
    quantity = titles.quantity_suffix
    if quantity is None:
        return {}
    pairs: dict[str, str] = {}
    for question in questions:
        for suffix in titles.unit_suffixes if question.endswith(quantity) else ():
            partner = question.removesuffix(quantity) + suffix
            if partner in questions and partner != question:
                pairs.setdefault(question, partner)
    return pairs


@lru_cache(maxsize=32)
def _roles(titles: _Titles, header: tuple[str, ...], extra: tuple[int, ...]) -> WideColumns:
    """A programme's exports have one header for years; thousands of columns are looked at once."""
    scores: dict[int, tuple[str, str | None]] = {}
    questions: dict[int, str] = {}
    pattern = re.compile(titles.score_pattern or r"(?!)")
    for column in extra:
        title = word_key(header[column])
        found = pattern.fullmatch(title)
        if title == titles.score_total:
            scores[column] = ("total", None)
        elif found:
            scores[column] = (found["section"], None if found["level"] == "score" else found["level"])
        else:
            questions[column] = title
    first: dict[str, int] = {}
    for column, question in questions.items():
        first.setdefault(question, column)
    units = _unit_pairs(titles, first)
    is_unit = frozenset(units.values())
    answers = [
        AnswerPlace(
            column,
            question,
            first[units[question]] if question in units else None,
            question in units or bool(titles.quantity_suffix and question.endswith(titles.quantity_suffix)),
        )
        for question, column in first.items()
        if question not in is_unit
    ]
    repeated = [column for column, question in questions.items() if first[question] != column]
    return WideColumns(list(questions), answers, repeated, scores)
