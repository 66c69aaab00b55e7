"""What was told, as the steward's record keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from harmonize.insight.policy.telling import Memory, Told

__all__ = ["memories_of", "record_of"]


def record_of(memories: Mapping[str, Memory]) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        name: {
            "told": list(map(_record_of_block, memory.told)),
            "asleep": list(map(_record_of_block, memory.asleep)),
            "spent": sorted(map(list, memory.spent)),
        }
        for name, memory in memories.items()
    }


def _record_of_block(block: Told) -> dict[str, Any]:
    return {
        "partition": list(block.partition),
        "key": list(block.key),
        "members": [[facility, year, dict(measures)] for facility, year, measures in block.members],
        "told_on": block.told_on.isoformat(),
    }


def memories_of(record: Mapping[str, Any]) -> dict[str, Memory]:
    """Back from JSON."""
    return {
        name: Memory(
            list(map(_block_of, memory["told"])),
            list(map(_block_of, memory.get("asleep", ()))),
            frozenset(map(tuple, memory["spent"])),
        )
        for name, memory in record.items()
    }


def _block_of(record: Mapping[str, Any]) -> Told:
    return Told(
        tuple(record["partition"]),
        tuple(record["key"]),
        [(facility, year, measures) for facility, year, measures in record["members"]],
        date.fromisoformat(record["told_on"]),
    )
