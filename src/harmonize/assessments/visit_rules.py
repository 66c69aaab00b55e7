"""What is known of visits beside factory and day (`schemas/visits.yml`, domain rules 1 and 2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from pydantic import PositiveInt

from harmonize.database import create_table
from harmonize.errors import ConfigurationError
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["VisitRules", "load_visit_rules", "register_visit_rules"]


class _Rule(StrictForm):
    instrument: str
    within_days: PositiveInt


class SameVisit(_Rule):
    """`instrument` reports too what the assessors of `seen_by` saw."""

    seen_by: str


class DerivedRating(_Rule):
    """These ratings restate the latest result of `derived_from`."""

    ratings: Sequence[str]
    derived_from: str


class AutoAccepted(_Rule):
    """Questions of these levels were looked at by nobody where the programme assesses the factory."""

    levels: Sequence[str]
    programme: str


class FollowUps(StrictForm):
    """Audits whose type says one of these words follow another one up, the last before them."""

    words: Sequence[str] = ("follow",)
    within_days: PositiveInt = 730


class Contradictions(StrictForm):
    """The days before an assessment that its evidence covers where it states none."""

    evidence_days: PositiveInt = 180


class VisitRules(StrictForm):
    """All of `schemas/visits.yml`; a list that is not there is empty."""

    dated_on_site: Sequence[str] = ()
    same_visit: Sequence[SameVisit] = ()
    rating_derived_from: Sequence[DerivedRating] = ()
    auto_accepted: Sequence[AutoAccepted] = ()
    follow_ups: FollowUps = FollowUps()
    contradictions: Contradictions = Contradictions()


def load_visit_rules(path: Path) -> VisitRules:
    """Load the rules.

    Raises:
        ConfigurationError: a rule is not whole, or an instrument both reports for another and is reported by one.
    """
    rules = read_form(path, VisitRules)
    seeing = {rule.seen_by for rule in rules.same_visit} | {rule.derived_from for rule in rules.rating_derived_from}
    for told in (*rules.same_visit, *rules.rating_derived_from):
        if told.instrument in seeing:
            raise ConfigurationError(
                f"{path}: {told.instrument} is told by another instrument and tells of one too; remove a rule."
            )
    return rules


_S = pa.string()
_RULES = {
    "dated_on_site": pa.schema({"instrument": _S}),
    "same_visit": pa.schema({"instrument": _S, "seen_by": _S, "within_days": pa.int32()}),
    "derived_rating": pa.schema({"instrument": _S, "rating": _S, "derived_from": _S, "within_days": pa.int32()}),
    "accepted_level": pa.schema({"instrument": _S, "level": _S, "programme": _S, "within_days": pa.int32()}),
    "follow_up_word": pa.schema({"word": _S, "within_days": pa.int32()}),
    "contradiction_rule": pa.schema({"evidence_days": pa.int32()}),
}


def register_visit_rules(connection: duckdb.DuckDBPyConnection, rules: VisitRules) -> None:
    """Put the rules into the workspace as tables.

    `dated_on_site`, `same_visit`, `derived_rating`, `accepted_level`, `follow_up_word` and `contradiction_rule`.
    """
    rows = {
        "dated_on_site": [{"instrument": name} for name in rules.dated_on_site],
        "same_visit": [rule.model_dump() for rule in rules.same_visit],
        "derived_rating": [
            {**rule.model_dump(exclude={"ratings"}), "rating": rating}
            for rule in rules.rating_derived_from
            for rating in rule.ratings
        ],
        "accepted_level": [
            {**rule.model_dump(exclude={"levels"}), "level": level}
            for rule in rules.auto_accepted
            for level in rule.levels
        ],
        "follow_up_word": [
            {"word": re.escape(word.lower()), "within_days": rules.follow_ups.within_days}
            for word in rules.follow_ups.words
        ],
        "contradiction_rule": [rules.contradictions.model_dump()],
    }
    for name, schema in _RULES.items():
        create_table(connection, name, pa.Table.from_pylist(rows[name], schema=schema))
