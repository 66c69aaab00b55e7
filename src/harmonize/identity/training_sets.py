"""The pairs of records that the matching model learns from, as features with labels.

Three kinds: pairs that somebody labelled; lists in which no factory stands twice, of whose records those that look
alike are pairs of two factories; and what stewards decided. How much a set counts is said beside its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmonize.errors import InboxError
from harmonize.identity.block import candidate_pairs
from harmonize.identity.compare import Comparison
from harmonize.identity.decision_ledger import read_decisions
from harmonize.identity.decisions import latest_decisions
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.model import FEATURES
from harmonize.identity.prepare import Profile, Statements, prepare

__all__ = ["LISTED", "PAIR", "TrainingSet", "read_decided", "read_different", "read_pairs"]

Numbers = NDArray[np.float64]
Row = Mapping[str, str]
Located = tuple[str, Row]
"""A row by its columns, with its place in the file."""

_SAME, _OTHER = frozenset({"1", "match", "same", "true"}), frozenset({"0", "distinct", "different", "false"})
PAIR = ("country", "name_a", "address_a", "name_b", "address_b", "label")
"""Columns of labelled pairs; a label is 1 (one factory) or 0 (two)."""
LISTED = ("name", "address", "country")
"""Columns of a list."""
_ALIKE = 0.93
"""Records of a list whose proper words are spelled less alike than this teach nothing that others do not."""
_CORE = FEATURES.index("core_spelling")


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Pairs of one source.

    Attributes:
        values: a row of features per pair, in the order of `FEATURES`.
        labels: 1 one factory, 0 two.
        names: of both sides, by which pairs of one factory are kept in one fold.
        weight: how much one of its pairs counts in training, against 1.
    """

    source: str
    values: Numbers
    labels: Numbers
    names: tuple[tuple[str, str], ...]
    weight: float


def read_pairs(path: Path, rows: Sequence[Located], weight: float, knowledge: Knowledge) -> TrainingSet:
    """Labelled pairs that stand in a file (`PAIR`).

    Raises:
        InboxError: a label is none.
    """
    labels = [_label(path, locator, row["label"]) for locator, row in rows]
    return _compared(path.name, [row for _, row in rows], labels, weight, knowledge)


def read_decided(path: Path, weight: float, knowledge: Knowledge) -> TrainingSet:
    """What stewards decided on records by their names and addresses; what names an identifier alone teaches nothing."""
    rows, labels = [], []
    for decision in latest_decisions(read_decisions(path)):
        sides = decision.key_a.split("|"), decision.key_b.split("|")
        if decision.verdict == "unsure" or any(len(side) != len(LISTED) for side in sides):
            continue
        (name_a, address_a, country), (name_b, address_b, _) = sides
        rows.append(dict(zip(PAIR, (country, name_a, address_a, name_b, address_b), strict=False)))
        labels.append(float(decision.verdict == "same"))
    return _compared("decisions of stewards", rows, labels, weight, knowledge)


def read_different(path: Path, rows: Sequence[Located], weight: float, knowledge: Knowledge) -> TrainingSet:
    """The pairs of records that look alike in a list where each row is another factory (`LISTED`).

    A further column `list` keeps lists apart that stand in one file: a factory may stand in several of them.
    """
    parts: dict[str, list[Row]] = {}
    for _, row in rows:
        parts.setdefault(row.get("list") or "", []).append(row)
    found = [_alike(rows, knowledge) for rows in parts.values()]
    values = np.concatenate([np.zeros((0, len(FEATURES))), *(values for values, _ in found)])
    names = tuple(pair for _, pairs in found for pair in pairs)
    return TrainingSet(path.name, values, np.zeros(len(values)), names, weight)


def _alike(rows: Sequence[Row], knowledge: Knowledge) -> tuple[Numbers, list[tuple[str, str]]]:
    statements = Statements(knowledge)
    profiles = [_profile(row["name"], row["address"], row["country"], statements) for row in rows]
    countries = pa.array([profile.country for profile in profiles], pa.large_string())
    keys = pa.array([profile.lookup_keys for profile in profiles], pa.large_string())
    met = candidate_pairs(countries, keys, knowledge.model.blocking)
    values = Comparison(profiles, knowledge.model).features(met.ones, met.others)
    near = np.flatnonzero(values[:, _CORE] > _ALIKE)
    names = [(rows[met.ones[at]]["name"].casefold(), rows[met.others[at]]["name"].casefold()) for at in near.tolist()]
    return values[near], names


def _compared(
    source: str, rows: Sequence[Row], labels: Sequence[float], weight: float, knowledge: Knowledge
) -> TrainingSet:
    statements = Statements(knowledge)
    profiles = [
        _profile(row[f"name_{side}"], row[f"address_{side}"], row["country"], statements)
        for row in rows
        for side in ("a", "b")
    ]
    ones = np.arange(0, len(profiles), 2)
    values = Comparison(profiles, knowledge.model).features(ones, ones + 1) if rows else np.zeros((0, len(FEATURES)))
    names = tuple((row["name_a"].casefold(), row["name_b"].casefold()) for row in rows)
    return TrainingSet(source, values, np.array(labels, np.float64), names, weight)


def _profile(name: str, address: str, country: str, statements: Statements) -> Profile:
    """A record prepared like a mention."""
    mention = {"mention_id": "", "name": name, "address": address, "country": country}
    (prepared,) = prepare([mention], (), statements)
    return prepared.profile


def _label(path: Path, locator: str, text: str) -> float:
    word = text.strip().casefold()
    if word not in _SAME | _OTHER:
        raise InboxError(f"{path}: {locator}: the label {text!r} is neither 1 (one factory) nor 0 (two); correct it.")
    return float(word in _SAME)
