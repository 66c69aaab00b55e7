"""The answers of a wide export, a block of rows at a time: every text is read once, however many cells hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from harmonize.model.locators import split_row
from harmonize.model.staged import STAGED_SCHEMAS, AnswerColumn, Remark, column_batch
from harmonize.reading.blocks import Block
from harmonize.reading.coded_texts import Codes, distinct
from harmonize.reading.sheets import CellError, Sheet
from harmonize.sources.context import Context
from harmonize.sources.profile import covered_questions, is_covered
from harmonize.sources.records import TableView, report_excel_error
from harmonize.sources.wide_columns import WideColumns
from harmonize.values.numbers import NumberStyle
from harmonize.values.text import clean
from harmonize.values.text_readings import text_readings

__all__ = ["Side", "WideAnswers"]

_Places = npt.NDArray[np.int64]
_NO_UNIT = -1
_SHARED = 4
"""A text that so many answers of a block state is staged once."""


class Side(Protocol):
    """Whose answers a row holds."""

    @property
    def answered_by(self) -> str:
        """Facility or verifier."""

    @property
    def is_verified(self) -> bool:
        """The assessment was verified."""

    @property
    def edition(self) -> str | None:
        """The edition of the assessment."""


def _arrow_texts(texts: pl.Series) -> pa.Array:
    return texts.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())


def _gathered(frame: pl.DataFrame, places: Codes) -> pl.DataFrame:
    """The rows of a frame at some places; columns that say nothing are not looked at."""
    silent = [name for name in frame.columns if frame[name].null_count() == frame.height]
    nothing = [pl.lit(None, frame.schema[name]).alias(name) for name in silent]
    return frame.drop(silent)[places].with_columns(nothing)


class WideAnswers:
    """Stages the answers of a table; cells are numbered through the file."""

    def __init__(self, context: Context, table: TableView, columns: WideColumns, style: NumberStyle) -> None:
        self._context = context
        self._table = table
        self._style = style
        self._readings = text_readings(style, context.vocabulary.answer_words)
        self._answers = columns.answers
        self._columns = np.array([answer.column for answer in columns.answers], np.int64)
        self._units = np.array(
            [_NO_UNIT if answer.unit is None else answer.unit for answer in columns.answers], np.int64
        )
        self._repeated = np.array(columns.repeated, np.int64)
        self._wide = columns
        self._staged: dict[tuple[Side, bool], npt.NDArray[np.bool_]] = {}
        self._last_cell = 0

    def stage(self, block: Block, rows: Sequence[int], numbers: Sequence[int], sides: Sequence[Side]) -> None:
        """Stage the answers of some rows of a block.

        Args:
            rows: their places in the block.
            numbers: the assessment numbers of these rows.
            sides: whose answers they hold.
        """
        if not rows:
            return
        kept = np.array(rows, np.int64)
        self._pass_over(block, kept)
        stated = block.stated[kept][:, self._columns]
        if block.is_error is not None:
            stated &= ~self._report_errors(block, kept, block.is_error[kept])
        place, answer = np.nonzero(stated)
        if not len(place):
            return
        row = kept[place]
        texts, places = distinct(block.kinds, block.codes[row, self._columns[answer]])
        stored = None if block.is_number is None else block.is_number[row, self._columns[answer]]
        said = self._said(texts, places, stored)
        raw_unit, unit_stated, unit_wrong = self._read_units(block, row, answer)
        problem = said["problem"]
        if unit_wrong.any():
            wrong = pl.Series(values=unit_wrong)
            problem = pl.select(pl.coalesce(problem, pl.when(wrong).then(pl.lit("unit_error")))).to_series()
        count = len(place)
        nothing = pa.nulls(count, pa.string())
        arrays = {
            "assessment_no": pa.array(np.array(numbers, np.int32)[place]),
            "cell_no": pa.array(np.arange(self._last_cell + 1, self._last_cell + count + 1, dtype=np.int32)),
            "column_key": pa.array(self._column_keys(place, answer, unit_stated, sides)),
            "row_no": pa.array((block.first + row - self._row_offset()).astype(np.int32)),
            "raw_value": pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), _arrow_texts(texts)),
            "text_key": said["text_key"].to_arrow(),
            "word_no": said["word_no"].to_arrow(),
            "raw_unit": raw_unit,
            "number": said["number"].to_arrow(),
            "number_problem": nothing if problem.null_count() == count else _arrow_texts(problem),
            "remark_key": said["remark_key"].to_arrow(),
        }
        self._last_cell += count
        schema = STAGED_SCHEMAS["answer"]
        columns = [arrays.get(field.name, nothing) for field in schema]
        self._context.staged.tables["answer"].add_batch(pa.record_batch(columns, schema=schema))

    def _row_offset(self) -> int:
        """What the index of a row exceeds its number in locators by."""
        index = self._table.header_row + 1
        return index - (split_row(self._locator(index, 0))[1] or 0)

    def _pass_over(self, block: Block, kept: _Places) -> None:
        """Count repeated columns, and units without a quantity, which say nothing."""
        counts = self._context.staged.counts
        if len(self._repeated):
            counts.ignored += int(block.stated[kept][:, self._repeated].sum())
        measured = np.flatnonzero(self._units != _NO_UNIT)
        if not len(measured):
            return
        quantities = block.stated[kept][:, self._columns[measured]]
        units = block.stated[kept][:, self._units[measured]]
        if block.is_error is not None:
            quantities &= ~block.is_error[kept][:, self._columns[measured]]
            units &= ~block.is_error[kept][:, self._units[measured]]
        counts.ignored += int((units & ~quantities).sum())

    def _report_errors(self, block: Block, kept: _Places, errors: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Withhold Excel errors in quantity and unit cells; returns which answer cells they are."""
        measured = self._units[self._units != _NO_UNIT]
        for columns in (self._columns, measured):
            for place, column in zip(*np.nonzero(errors[:, columns]), strict=True):
                row, at = int(kept[place]), int(columns[column])
                locator = self._locator(block.first + row, at)
                name = block.kinds[int(block.codes[row, at])]
                report_excel_error(self._context.staged, locator, CellError(str(name)), cells=1)
        return errors[:, self._columns]

    def _locator(self, index: int, column: int) -> str:
        table = self._table
        return table.sheet.cell_locator(index, table.header_row, column, table.header[column])

    def _text_keys(self, texts: pl.Series, places: Codes, words: pl.Series) -> pl.Series:
        """The key of every text that many answers state, or that is a word of some answer scale; else null."""
        is_shared = (np.bincount(places, minlength=len(texts)) >= _SHARED) | words.is_not_null().to_numpy()
        keys = pl.Series(values=self._context.staged.add_texts(texts.filter(is_shared).to_list()), dtype=pl.Int64)
        place = np.where(is_shared, np.cumsum(is_shared) - 1, len(keys))
        return keys.append(pl.Series(values=[None], dtype=pl.Int64)).gather(place)

    def _remark_keys(self, cleaned: pl.Series) -> pl.Series:
        """The key of what was cleaned away, by text; null where a text was clean."""
        add = self._context.staged.add_remark
        changed = cleaned.is_not_null()
        found = [add(Remark(value_text=text)) for text in cleaned.filter(changed)]
        keys = pl.Series(values=[None], dtype=pl.Int64).new_from_index(0, len(cleaned))
        return keys.scatter(changed.arg_true(), found) if found else keys

    def _said(self, texts: pl.Series, places: Codes, stored: npt.NDArray[np.bool_] | None) -> pl.DataFrame:
        """What every cell says; cells that are `stored` as numbers print with a point.

        Returns:
            `number`, `problem`, `word_no`, `text_key` and `remark_key` by cell.
        """
        read = self._readings.of(texts)
        words = read["word_no"]
        keys = (
            self._text_keys(texts, places, words).alias("text_key"),
            self._remark_keys(read["cleaned"]).alias("remark_key"),
        )
        said = _gathered(read.select("number", "problem", "word_no").with_columns(keys), places)
        if stored is None or self._style is NumberStyle.POINT:
            return said
        pointed = text_readings(NumberStyle.POINT, self._context.vocabulary.answer_words).of(texts)
        printed, mask = _gathered(pointed.select("number", "problem"), places), pl.Series(values=stored)
        return said.with_columns(printed[name].zip_with(mask, said[name]) for name in printed.columns)

    def _read_units(
        self, block: Block, row: _Places, answer: _Places
    ) -> tuple[pa.DictionaryArray, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Cleaned unit per answer, whether one is stated, and whether its cell holds an Excel error."""
        column = self._units[answer]
        stated = column != _NO_UNIT
        stated[stated] = block.stated[row[stated], column[stated]]
        wrong = np.zeros(len(answer), np.bool_)
        if block.is_error is not None:
            wrong[stated] = block.is_error[row[stated], column[stated]]
            stated &= ~wrong
        places = np.flatnonzero(stated)
        texts, which = distinct(block.kinds, block.codes[row[places], column[places]])
        cleaned = [clean(text) for text in texts]
        self._context.staged.add_units(unit for unit in cleaned if unit is not None)
        spread = np.zeros(len(answer), np.int32)
        spread[places] = which
        units = pa.DictionaryArray.from_arrays(pa.array(spread, mask=~stated), pa.array(cleaned, pa.string()))
        return units, stated, wrong

    def _column_keys(
        self, place: _Places, answer: _Places, unit_stated: npt.NDArray[np.bool_], sides: Sequence[Side]
    ) -> _Places:
        """Key of the staged column of every answer, by its question, its side and whether a unit stands beside it."""
        kinds = list(dict.fromkeys(sides))
        index = {side: number for number, side in enumerate(kinds)}
        side = np.array([index[one] for one in sides], np.int64)[place]
        keys = np.empty(len(answer), np.int64)
        for number, kind in enumerate(kinds):
            for with_unit in (False, True):
                chosen = (side == number) & (unit_stated == with_unit)
                if chosen.any():
                    asked = np.bincount(answer[chosen], minlength=len(self._answers)) > 0
                    keys[chosen] = self._keys_of(kind, np.flatnonzero(asked), with_unit=with_unit)[answer[chosen]]
        return keys

    def _keys_of(self, side: Side, answers: _Places, *, with_unit: bool) -> _Places:
        """Keys by answer column; those of `answers` are staged."""
        columns = self._described(side, with_unit=with_unit)
        staged = self._staged.setdefault((side, with_unit), np.zeros(len(columns), np.bool_))
        fresh = answers[~staged[answers]]
        if len(fresh):
            self._context.staged.add_columns(columns.take(pa.array(fresh)))
            staged[fresh] = True
        keys: _Places = columns.column(0).to_numpy()
        return keys

    def _described(self, side: Side, *, with_unit: bool) -> pa.RecordBatch:
        profile, table = self._context.profile, self._table
        return _describe(
            self._wide,
            replace(table.sheet, rows=(), decoded=None, other_delimiters=()),
            table.header_row,
            table.header,
            side.answered_by,
            profile.verification,
            covered_questions(profile, side.edition) if side.is_verified else (),
            with_unit=with_unit,
        )


@lru_cache(maxsize=32)
def _describe(
    wide: WideColumns,
    sheet: Sheet,
    header_row: int,
    header: tuple[str, ...],
    answered_by: str,
    verification: str,
    verified: tuple[str, ...],
    *,
    with_unit: bool,
) -> pa.RecordBatch:
    """What the answers of every column have in common; the same for all files of one header.

    Args:
        sheet: the sheet without its rows.
        verification: how the questions that the patterns `verified` describe were verified.
    """

    def around(column: int) -> tuple[str, str]:
        prefix, _, suffix = split_row(sheet.cell_locator(header_row + 1, header_row, column, header[column]))
        return prefix, suffix

    columns = [
        AnswerColumn(
            answer.question,
            None,
            None,
            answer.measured,
            None,
            answered_by,
            verification if is_covered(verified, answer.question) else "none",
            *around(answer.column),
            *(around(answer.unit) if with_unit and answer.unit is not None else (None, None)),
        )
        for answer in wide.answers
    ]
    return column_batch(columns)
