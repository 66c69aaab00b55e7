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
            "told": [
                {
                    "partition": list(block.partition),
                    "key": list(block.key),
                    "members": [[facility, year, dict(measures)] for facility, year, measures in block.members],
                    "told_on": block.told_on.isoformat(),
                }
                for block in memory.told
            ],
            "spent": sorted(map(list, memory.spent)),
        }
        for name, memory in memories.items()
    }


def memories_of(record: Mapping[str, Any]) -> dict[str, Memory]:
    """Back from JSON."""
    return {
        name: Memory(
            [
                Told(
                    tuple(block["partition"]),
                    tuple(block["key"]),
                    [(facility, year, measures) for facility, year, measures in block["members"]],
                    date.fromisoformat(block["told_on"]),
                )
                for block in memory["told"]
            ],
            frozenset(map(tuple, memory["spent"])),
        )
        for name, memory in record.items()
    }
