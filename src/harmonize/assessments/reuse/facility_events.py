"""What stewards record of factories: a move, a new owner, denied access; append-only, found again after a re-export.

A line is `{"event", "key", "kind", "on", "by", "at", "why"}`, one for every decision key of the factory's records, or
takes an event back: `{"undoes", "by", "at", "why"}`. Events are named by what they say, so that git may move lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from pydantic import TypeAdapter, ValidationError

from harmonize.assessments.reuse.plan import ReportedEvent
from harmonize.errors import LedgerError
from harmonize.ledgers import append_lines, read_lines

__all__ = ["LEDGER", "FacilityEvent", "append_event", "append_undo", "placed", "read_events"]

LEDGER = "facility_events.jsonl"
_HASH_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class _Undo:
    undoes: str
    by: str = ""
    at: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    event: str
    key: str
    kind: str
    on: date
    by: str
    at: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class FacilityEvent:
    """Something that happened at a factory.

    Attributes:
        keys: under which the factory's records are found again.
        on: the day on which it happened.
        at: when it was recorded.
    """

    event_id: str
    keys: tuple[str, ...]
    kind: str
    on: date
    by: str
    at: str
    why: str
    is_undone: bool = False


_UNDO, _LINE = TypeAdapter(_Undo), TypeAdapter(_Line)


def read_events(path: Path, kinds: Iterable[str]) -> list[FacilityEvent]:
    """All events, in the order in which they begin in the file; a missing file has none.

    Args:
        kinds: those that there are.

    Raises:
        LedgerError: a line cannot be read, or is of no known kind.
    """
    lines: dict[str, list[_Line]] = {}
    undone: set[str] = set()
    known = list(kinds)
    for number, content in enumerate(read_lines(path), start=1):
        try:
            if "undoes" in content:
                undone.add(_UNDO.validate_python(content).undoes)
                continue
            line = _LINE.validate_python(content)
        except ValidationError as problem:
            first = problem.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise LedgerError(f"{path}:{number}: {place}: {first['msg']}. See data/decisions/README.md.") from problem
        if line.kind not in known:
            raise LedgerError(f"{path}:{number}: {line.kind!r} is none of the events {', '.join(known)}. Correct it.")
        lines.setdefault(line.event, []).append(line)
    return [
        FacilityEvent(
            event_id,
            tuple(line.key for line in found),
            found[0].kind,
            found[0].on,
            found[0].by,
            found[0].at,
            found[0].why,
            event_id in undone,
        )
        for event_id, found in lines.items()
    ]


def append_event(path: Path, keys: Sequence[str], kind: str, on: date, by: str, at: str, why: str) -> str:
    """Record an event; returns its id.

    Raises:
        LedgerError: the file cannot be written.
    """
    said = {"kind": kind, "on": on.isoformat(), "by": by, "at": at, "why": why}
    text = repr([sorted(keys), *said.values()])
    event_id = "E" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_CHARACTERS]
    append_lines(path, [{"event": event_id, "key": key, **said} for key in sorted(keys)])
    return event_id


def append_undo(path: Path, event_id: str, by: str, at: str, why: str) -> None:
    """Take an event back.

    Raises:
        LedgerError: the file cannot be written.
    """
    append_lines(path, [{"undoes": event_id, "by": by, "at": at, "why": why}])


def placed(connection: duckdb.DuckDBPyConnection, events: Iterable[FacilityEvent]) -> list[ReportedEvent]:
    """Events that hold, at the factories of a release whose records bear their keys.

    Of a factory that was parted since, the event holds for every part that bears one of them.
    """
    held = [event for event in events if not event.is_undone]
    keys = sorted({key for event in held for key in event.keys})
    rows = connection.execute(
        "SELECT DISTINCT decision_key, facility_id FROM facility_mention WHERE decision_key IN (SELECT unnest($1))",
        [keys],
    ).fetchall()
    factories: dict[str, set[str]] = {}
    for key, facility_id in rows:
        factories.setdefault(key, set()).add(facility_id)
    return [
        ReportedEvent(facility_id, event.kind, event.on, event.why, event.by)
        for event in held
        for facility_id in sorted({one for key in event.keys for one in factories.get(key, ())})
    ]
