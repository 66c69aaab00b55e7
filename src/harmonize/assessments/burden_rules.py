"""By what the ledger of burden and the shares of questions asked again count (`schemas/burden.yml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
from pydantic import PositiveInt

from harmonize.database import create_table
from harmonize.model.tables import AnswerState
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["BurdenRules", "load_burden_rules", "register_burden_rules"]


class TakenOver(StrictForm):
    """These assessment types of an instrument name another programme whose assessment it takes over."""

    instrument: str
    types: Sequence[str]


class BurdenRules(StrictForm):
    """All of `schemas/burden.yml`."""

    answered_within_months: PositiveInt
    answering_states: Sequence[AnswerState]
    announcements: Mapping[Literal["unannounced", "semi_announced", "announced"], Sequence[str]] = {}
    takes_over: Sequence[TakenOver] = ()


def load_burden_rules(path: Path) -> BurdenRules:
    """Load the rules.

    Raises:
        ConfigurationError: a rule is missing, unknown or not whole; the message names the place.
    """
    return read_form(path, BurdenRules)


_S = pa.string()
_LEAST_ANNOUNCED = ("unannounced", "semi_announced", "announced")


def register_burden_rules(connection: duckdb.DuckDBPyConnection, rules: BurdenRules) -> None:
    """Put the rules into the workspace: `burden_rule`, `answering_state`, `announcement_word`, `taken_over_type`."""
    tables = {
        "burden_rule": pa.table({"months": pa.array([rules.answered_within_months], pa.int32())}),
        "answering_state": pa.table({"state": pa.array(rules.answering_states, _S)}),
        "announcement_word": pa.Table.from_pylist(
            [
                {"word": word.casefold(), "said": said, "rank": _LEAST_ANNOUNCED.index(said)}
                for said, words in rules.announcements.items()
                for word in words
            ],
            schema=pa.schema({"word": _S, "said": _S, "rank": pa.int32()}),
        ),
        "taken_over_type": pa.Table.from_pylist(
            [
                {"instrument": rule.instrument, "type": kind.casefold()}
                for rule in rules.takes_over
                for kind in rule.types
            ],
            schema=pa.schema({"instrument": _S, "type": _S}),
        ),
    }
    for name, table in tables.items():
        create_table(connection, name, table)
