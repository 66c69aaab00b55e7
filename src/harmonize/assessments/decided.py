"""What people decided about pairs of reports, laid upon what their numbers and days say.

A report's keys survive a re-export: its number, or else factory, day, kind and type; with the contributor, with the day
besides; and at last its file's content, which survives a move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal, NamedTuple

import duckdb
import pyarrow as pa

from harmonize.assessments.joining import DECIDED, Link
from harmonize.database import create_table

__all__ = ["CopyDecision", "Word", "apply_decisions", "copy_keys", "telling_keys"]


class CopyDecision(NamedTuple):
    """A decision that holds: the reports under two keys are one, or are not.

    Attributes:
        at: ISO 8601 time; what was decided at once belongs together.
    """

    key_a: str
    key_b: str
    verdict: Literal["same", "different"]
    at: str


@dataclass(slots=True)
class Word:
    """What decisions come to.

    Attributes:
        links: reports that are one.
        different: pairs of keys of reports that are not.
    """

    links: list[Link] = field(default_factory=list)
    different: set[tuple[str, str]] = field(default_factory=set)


def copy_keys(copy: Mapping[str, object]) -> list[str | None]:
    """The keys of a copy, from the one that all copies of its report share to the one that is its file's alone.

    Args:
        copy: a row of `assessment_copy` with the `content_id` of its file.
    """
    shared = copy["decision_key"]
    own = f"file|{copy['content_id']}|{copy['locator']}"
    if shared is None:
        return [own, own, own, own]
    contributor, day = copy["contributor"], copy["assessed_on"]
    return [str(shared), f"{contributor}|{shared}", f"{contributor}|{shared}|{'' if day is None else day}", own]


def telling_keys(
    ours: Sequence[Mapping[str, object]], theirs: Sequence[Mapping[str, object]]
) -> tuple[list[str], list[str]] | None:
    """The most lasting keys that tell the copies of two reports apart; None where nothing does, of the same bytes."""
    levels = (zip(*map(copy_keys, side), strict=True) for side in (ours, theirs))
    for one, other in zip(*levels, strict=True):
        if not set(one) & set(other):
            return sorted(filter(None, set(one))), sorted(filter(None, set(other)))
    return None


_NAMED = "SELECT decision_no, side, facility_id, known_key, file_id, assessment_no FROM decided_delivery"
_SCHEMA = pa.schema({"decision_no": pa.int32(), "key_a": pa.string(), "key_b": pa.string()})
_MOVED = pa.schema({"file_id": pa.string(), "assessment_no": pa.int32(), "known_key": pa.string()})


def apply_decisions(connection: duckdb.DuckDBPyConnection, decisions: Sequence[CopyDecision]) -> Word:
    """Part in `known_delivery` what is decided to be different, and tell what is decided besides."""
    word = Word()
    if not decisions:
        return word
    rows = [{"decision_no": no, "key_a": one.key_a, "key_b": one.key_b} for no, one in enumerate(decisions)]
    create_table(connection, "copy_decision", pa.Table.from_pylist(rows, schema=_SCHEMA))
    connection.execute(files("harmonize.assessments").joinpath("decided.sql").read_text(encoding="utf-8"))
    # By decision and factory: the deliveries of each side. Nothing is decided across factories.
    sides: dict[tuple[int, str], dict[str, dict[tuple[str, int], str]]] = {}
    for no, side, facility_id, known_key, file_id, assessment_no in connection.execute(_NAMED).fetchall():
        named = sides.setdefault((no, facility_id), {"a": {}, "b": {}})
        named[side][file_id, assessment_no] = known_key
    moved: dict[tuple[str, int], str] = {}
    both = [(decisions[no], named) for (no, _), named in sorted(sides.items()) if named["a"] and named["b"]]
    for decision, named in both:
        if decision.verdict == "different":
            _part(decision, named, moved)
    for decision, named in both:
        ours, theirs = (sorted({moved.get(at, key) for at, key in named[side].items()}) for side in ("a", "b"))
        pairs = [(one, other) for one in ours for other in theirs if one != other]
        if decision.verdict == "different":
            word.different |= set(pairs)
        else:
            word.links += [Link(one, other, DECIDED, None) for one, other in pairs]
    rows = [
        {"file_id": file_id, "assessment_no": number, "known_key": key}
        for (file_id, number), key in sorted(moved.items())
    ]
    create_table(connection, "parted_delivery", pa.Table.from_pylist(rows, schema=_MOVED))
    connection.execute(
        "UPDATE known_delivery SET known_key = p.known_key, evidence = 'decision' FROM parted_delivery p "
        "WHERE p.file_id = known_delivery.file_id AND p.assessment_no = known_delivery.assessment_no"
    )
    return word


def _part(
    decision: CopyDecision,
    named: Mapping[str, Mapping[tuple[str, int], str]],
    moved: dict[tuple[str, int], str],
) -> None:
    """Of a report that both sides name, the second side's deliveries stand apart."""
    ours = {moved.get(at, key) for at, key in named["a"].items()}
    for at, key in named["b"].items():
        if at not in named["a"] and at not in moved and key in ours:
            moved[at] = f"decided|{key}|{decision.at}"
