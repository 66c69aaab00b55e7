"""Stage one answer: what it shares with others into `column`, what is its own into `answer`."""

from __future__ import annotations

from dataclasses import dataclass

from harmonize.model.locators import split_row
from harmonize.model.staged import AnswerColumn, Remark
from harmonize.sources.context import Context
from harmonize.values.numbers import NumberProblem
from harmonize.values.text import answer_word, clean

__all__ = ["StatedAnswer", "add_answer"]


@dataclass(frozen=True, slots=True)
class StatedAnswer:
    """One stated answer as a source reads it.

    Attributes:
        cell_no: number of its cell in the file; a verifier's correction has that of its cell.
        raw_value: the cell as printed.
        problem: why the number is none, where that matters.
        locator: the place of the cell; `unit_place` that of its unit.
        measured: a quantity, which needs a unit.
        scale: the scale that the file itself states.
    """

    assessment_no: int
    cell_no: int
    question_id: str
    raw_value: str
    locator: str
    answered_by: str
    verification: str | None
    number: float | None = None
    problem: str | None = None
    raw_unit: str | None = None
    unit_place: str | None = None
    measured: bool = False
    scale: str | None = None
    context: str | None = None
    label_hash: str | None = None
    legal_flag: bool = False
    reason: str | None = None
    description: str | None = None
    extra: str | None = None


def _places(locator: str, unit_place: str | None) -> tuple[int | None, str, str, str | None, str | None]:
    """Row number, and prefix and suffix of a cell and its unit; both have that number or neither has one."""
    prefix, row, suffix = split_row(locator)
    if unit_place is None:
        return row, prefix, suffix, None, None
    unit_prefix, unit_row, unit_suffix = split_row(unit_place)
    if unit_row != row:
        return None, locator, "", unit_place, ""
    return row, prefix, suffix, unit_prefix, unit_suffix


def add_answer(context: Context, stated: StatedAnswer) -> None:
    """Stage one stated answer."""
    staged = context.staged
    row, prefix, suffix, unit_prefix, unit_suffix = _places(stated.locator, stated.unit_place)
    key = staged.add_column(
        AnswerColumn(
            stated.question_id,
            stated.context,
            stated.label_hash,
            stated.measured,
            stated.scale,
            stated.answered_by,
            stated.verification,
            prefix,
            suffix,
            unit_prefix,
            unit_suffix,
        )
    )
    cleaned = clean(stated.raw_value) or ""
    word = answer_word(cleaned, context.vocabulary.answer_words)
    if stated.raw_unit is not None:
        staged.add_units([stated.raw_unit])
    changed = None if cleaned == stated.raw_value else cleaned
    remark = Remark(stated.reason, stated.legal_flag, stated.description, changed)
    staged.tables["answer"].add(
        stated.assessment_no,
        stated.cell_no,
        key,
        row,
        stated.raw_value,
        None if word is None else staged.add_texts([stated.raw_value])[0],
        word,
        stated.raw_unit,
        stated.number,
        # That a text is no number is seen from the number; only other reasons are kept.
        None if stated.problem == NumberProblem.UNREADABLE.value else stated.problem,
        staged.add_remark(remark),
        stated.extra,
    )
