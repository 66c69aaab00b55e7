"""Which deliveries are one report, and how sure that is (`schemas/copies.yml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import duckdb
import pyarrow as pa
from pydantic import Field, NonNegativeInt, PositiveInt

from harmonize.database import create_table
from harmonize.errors import ConfigurationError
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["CONFIDENCES", "DOUBTS", "CopyRules", "load_copy_rules", "register_copy_rules"]

CONFIDENCES = (
    "alone",
    "native_id",
    "native_id_alike",
    "native_id_written_otherwise",
    "factory_cycle_day",
    "factory_day_type",
    "factory_day",
    "answers",
    "answers_undated",
    "decision",
)
"""What may show that a delivery is of its report; the statements know them by these names."""
DOUBTS = ("number_alike", "number_same", "number_reused", "answers_alike", "undated_alike", "same_day", "across_kinds")
"""What may show that two deliveries that stand apart are one."""

Share = Annotated[float, Field(ge=0, le=1)]


class Days(StrictForm):
    """Days that two dates of one report may be apart."""

    any: NonNegativeInt
    known_to_be_full: NonNegativeInt
    by_instrument: Mapping[str, PositiveInt] = {}


class Alike(StrictForm):
    """How much two deliveries must state alike."""

    agreement: Share
    telling: PositiveInt


class Enough(StrictForm):
    """From how many common statements on which agreement tells."""

    agreement: Share
    compared: PositiveInt


class Answers(StrictForm):
    """The same close by, and with and without two dates."""

    near: Enough
    dated: Alike
    undated: Alike


class Review(StrictForm):
    """What a steward is shown."""

    days: PositiveInt
    agreement: Share
    compared: PositiveInt
    differing: Share
    differing_compared: PositiveInt


class Confidence(StrictForm):
    """How sure something is by what shows it, in words; `differing` where the answers agree little."""

    words: str
    is_: Share = Field(alias="is")
    differing: Share | None = None


class CopyRules(StrictForm):
    """All of `schemas/copies.yml`."""

    days: Days
    reused_number_days: PositiveInt
    answers: Answers
    same_day: Enough
    edition_not_printed: Sequence[str] = ()
    review: Review
    confidence: Mapping[str, Confidence]
    doubt: Mapping[str, Confidence]


def load_copy_rules(path: Path) -> CopyRules:
    """Load the rules.

    Raises:
        ConfigurationError: a rule is not whole, or a kind of evidence is missing or unknown.
    """
    rules = read_form(path, CopyRules)
    for part, stated, known in (("confidence", rules.confidence, CONFIDENCES), ("doubt", rules.doubt, DOUBTS)):
        differing = sorted(set(known) ^ stated.keys())
        if differing:
            what = "is missing" if differing[0] in known else "is no kind of evidence"
            raise ConfigurationError(f"{path}: {part}.{differing[0]}: {what}; known are {', '.join(known)}.")
    return rules


_S, _I, _F = pa.string(), pa.int32(), pa.float64()
_WORDS = pa.schema({"kind": _S, "words": _S, "confidence": _F, "differing": _F})


def register_copy_rules(connection: duckdb.DuckDBPyConnection, rules: CopyRules) -> None:
    """Put the rules into the workspace as tables.

    `copy_rule` (one row), `copy_days`, `edition_not_printed`, `copy_confidence` and `copy_doubt`.
    """
    figures: dict[str, int | float] = {
        "any_days": rules.days.any,
        "full_days": rules.days.known_to_be_full,
        "reused_days": rules.reused_number_days,
        "near_agreement": rules.answers.near.agreement,
        "near_compared": rules.answers.near.compared,
        "dated_agreement": rules.answers.dated.agreement,
        "dated_telling": rules.answers.dated.telling,
        "undated_agreement": rules.answers.undated.agreement,
        "undated_telling": rules.answers.undated.telling,
        "day_agreement": rules.same_day.agreement,
        "day_compared": rules.same_day.compared,
        "review_days": rules.review.days,
        "review_agreement": rules.review.agreement,
        "review_compared": rules.review.compared,
        "differing_agreement": rules.review.differing,
        "differing_compared": rules.review.differing_compared,
    }
    schema = pa.schema({name: _I if isinstance(figure, int) else _F for name, figure in figures.items()})
    create_table(connection, "copy_figure", pa.Table.from_pylist([figures], schema=schema))
    # (An aggregate is known to be one row: to compare all with it is no comparing of all with all.)
    one_row = ", ".join(f'any_value("{name}") AS "{name}"' for name in figures)
    connection.execute(f"CREATE OR REPLACE VIEW copy_rule AS SELECT {one_row} FROM copy_figure")
    days = [{"instrument": name, "days": figure} for name, figure in rules.days.by_instrument.items()]
    create_table(connection, "copy_days", pa.Table.from_pylist(days, schema=pa.schema({"instrument": _S, "days": _I})))
    unprinted = [{"instrument": name} for name in rules.edition_not_printed]
    create_table(
        connection, "edition_not_printed", pa.Table.from_pylist(unprinted, schema=pa.schema({"instrument": _S}))
    )
    for name, stated in (("copy_confidence", rules.confidence), ("copy_doubt", rules.doubt)):
        rows = [
            {"kind": kind, "words": one.words, "confidence": one.is_, "differing": one.differing}
            for kind, one in stated.items()
        ]
        create_table(connection, name, pa.Table.from_pylist(rows, schema=_WORDS))
