"""The pairs of records that the matching model learns from, as features with labels.

Three kinds: pairs that somebody labelled; lists in which no factory stands twice, of whose records those that look
alike are pairs of two factories; and what stewards decided. How much a set counts is said beside its name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmonize.errors import InboxError
from harmonize.identity.block import candidate_pairs, lookup_keys
from harmonize.identity.compare import Comparison
from harmonize.identity.decision_ledger import read_decisions
from harmonize.identity.decisions import latest_decisions
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.model import FEATURES
from harmonize.identity.prepare import Profile, Statements, prepare

__all__ = ["TrainingSet", "read_decided", "read_different", "read_pairs"]

Numbers = NDArray[np.float64]
Row = Mapping[str, str]

_SAME, _OTHER = frozenset({"1", "match", "same", "true"}), frozenset({"0", "distinct", "different", "false"})
_PAIR = ("country", "name_a", "address_a", "name_b", "address_b", "label")
_LISTED = ("name", "address", "country")
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


def read_pairs(path: Path, weight: float, knowledge: Knowledge) -> TrainingSet:
    """Labelled pairs of a CSV file: country, name_a, address_a, name_b, address_b, label.

    Raises:
        InboxError: a column is missing, or a label is none.
    """
    rows = _rows(path, _PAIR)
    labels = [_label(path, number, row["label"]) for number, row in enumerate(rows, start=2)]
    return _compared(path.name, rows, labels, weight, knowledge)


def read_decided(path: Path, weight: float, knowledge: Knowledge) -> TrainingSet:
    """What stewards decided on records by their names and addresses; what names an identifier alone teaches nothing."""
    rows, labels = [], []
    for decision in latest_decisions(read_decisions(path)):
        sides = decision.key_a.split("|"), decision.key_b.split("|")
        if decision.verdict == "unsure" or any(len(side) != len(_LISTED) for side in sides):
            continue
        (name_a, address_a, country), (name_b, address_b, _) = sides
        rows.append(dict(zip(_PAIR, (country, name_a, address_a, name_b, address_b), strict=False)))
        labels.append(float(decision.verdict == "same"))
    return _compared("decisions of stewards", rows, labels, weight, knowledge)


def read_different(path: Path, weight: float, knowledge: Knowledge) -> TrainingSet:
    """The pairs of records that look alike in a list where each row is another factory: name, address, country.

    A further column `list` keeps lists apart that stand in one file: a factory may stand in several of them.

    Raises:
        InboxError: a column is missing.
    """
    parts: dict[str, list[Row]] = {}
    for row in _rows(path, _LISTED):
        parts.setdefault(row.get("list") or "", []).append(row)
    found = [_alike(rows, knowledge) for rows in parts.values()]
    values = np.concatenate([np.zeros((0, len(FEATURES))), *(values for values, _ in found)])
    names = tuple(pair for _, pairs in found for pair in pairs)
    return TrainingSet(path.name, values, np.zeros(len(values)), names, weight)


def _alike(rows: Sequence[Row], knowledge: Knowledge) -> tuple[Numbers, list[tuple[str, str]]]:
    statements = Statements(knowledge)
    profiles = [_profile(row["name"], row["address"], row["country"], statements) for row in rows]
    countries = pa.array([profile.country for profile in profiles], pa.large_string())
    keys = pa.array(list(map(lookup_keys, profiles)), pa.large_string())
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


def _rows(path: Path, needed: Iterable[str]) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            raise InboxError(f"{path}: line 1: the column {missing[0]!r} is missing; needed are {', '.join(needed)}.")
        return list(_stated(reader))


def _stated(rows: Iterable[Mapping[str, str | None]]) -> Iterator[Row]:
    for row in rows:
        yield {name: value or "" for name, value in row.items() if name is not None}


def _label(path: Path, line: int, text: str) -> float:
    word = text.strip().casefold()
    if word not in _SAME | _OTHER:
        raise InboxError(f"{path}: line {line}: the label {text!r} is neither 1 (one factory) nor 0 (two); correct it.")
    return float(word in _SAME)
