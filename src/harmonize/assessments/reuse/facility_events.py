"""What stewards record of factories: a move, a new owner, denied access; append-only, found again after a re-export.

A line is `{"event", "key", "kind", "on", "by", "at", "why"}`, one for every decision key of the factory's records, or
takes an event back (`harmonize.ledgers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from pydantic import TypeAdapter

from harmonize.assessments.reuse.plan import ReportedEvent
from harmonize.errors import LedgerError
from harmonize.ledgers import act_name, append_lines, lines_by_act

__all__ = ["LEDGER", "FacilityEvent", "append_event", "placed", "read_events"]

LEDGER = "facility_events.jsonl"


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


_LINE = TypeAdapter(_Line)


def read_events(path: Path, kinds: Iterable[str]) -> list[FacilityEvent]:
    """All events, in the order in which they begin in the file; a missing file has none.

    Args:
        kinds: those that there are.

    Raises:
        LedgerError: a line cannot be read, or is of no known kind.
    """
    known = list(kinds)
    acts = lines_by_act(path, _LINE, lambda line: line.event)
    for act in acts:
        for number, line in zip(act.numbers, act.lines, strict=True):
            if line.kind not in known:
                raise LedgerError(
                    f"{path}:{number}: {line.kind!r} is none of the events {', '.join(known)}. Correct it."
                )
    return [
        FacilityEvent(
            act.act_id, tuple(line.key for line in act.lines), one.kind, one.on, one.by, one.at, one.why, act.is_undone
        )
        for act in acts
        for one in act.lines[:1]
    ]


def append_event(path: Path, keys: Sequence[str], kind: str, on: date, by: str, at: str, why: str) -> str:
    """Record an event; returns its id.

    Raises:
        LedgerError: the file cannot be written.
    """
    said = {"kind": kind, "on": on.isoformat(), "by": by, "at": at, "why": why}
    event_id = act_name("E", [sorted(keys), *said.values()])
    append_lines(path, [{"event": event_id, "key": key, **said} for key in sorted(keys)])
    return event_id


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
