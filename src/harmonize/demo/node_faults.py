"""Plant faults in JSON documents, each in one known place; no record is spoiled twice."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from harmonize.demo.fault_plan import FaultPlan, NodeFault
from harmonize.demo.json_documents import JsonDocument
from harmonize.demo.spoiling import spoiled_value, times_planted
from harmonize.demo.streams import stream
from harmonize.demo.truth import FaultTruth

__all__ = ["with_node_faults"]

NODE_VALUE = "value"


def with_node_faults(
    documents: Sequence[JsonDocument], plan: FaultPlan, facilities: int, seed: int
) -> list[JsonDocument]:
    """The documents with every planned fault that finds a place."""
    return [_spoiled(document, plan.nodes, facilities, seed) for document in documents]


def _spoiled(document: JsonDocument, plan: Sequence[NodeFault], facilities: int, seed: int) -> JsonDocument:
    rng = stream(seed, "node-faults", document.path)
    sound = set(range(len(document.records)))
    for fault in (each for each in plan if each.document == document.name):
        for _ in range(times_planted(fault.times, facilities)):
            document = _spoil(document, fault, sound, rng)
    return document


def _spoil(document: JsonDocument, fault: NodeFault, sound: set[int], rng: Random) -> JsonDocument:
    steps = fault.at.split(".")
    places = [
        (at, path)
        for at in sorted(sound)
        for path, holder in _holders(document.records[at].content, steps, ())
        if holder[steps[-1]] not in ("", None, fault.value) and (fault.beside or steps[-1]) in holder
    ]
    if not places:
        return document
    at, path = rng.choice(places)
    sound.discard(at)
    record = document.records[at]
    content = copy.deepcopy(dict(record.content))
    holder: Any = content
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value = spoiled_value(fault.value, holder[path[-1]])
    place = document.place(at)
    planted = FaultTruth(
        path=document.path,
        locator=_below(place, path),
        # A platform's question is one node: what is wrong with its value may be told of the node.
        also=_below(place, path[:-1]) if path[-1] == NODE_VALUE else "",
        code=fault.code,
        value=str(value),
        assessment=record.assessment,
        question=_question(fault, holder),
    )
    records = (*document.records[:at], replace(record, content=content), *document.records[at + 1 :])
    if fault.harmless:
        return replace(document, records=records, harmless=(*document.harmless, planted))
    return replace(document, records=records, faults=(*document.faults, planted))


def _holders(
    node: object, steps: Sequence[str], above: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, object]]]:
    """Every object that holds a value at the end of the path, with the keys and positions that lead to the value."""
    if isinstance(node, list):
        for at, entry in enumerate(node):
            yield from _holders(entry, steps, (*above, at))
    elif isinstance(node, Mapping) and steps[0] in node:
        if len(steps) == 1:
            yield (*above, steps[0]), node
        else:
            yield from _holders(node[steps[0]], steps[1:], (*above, steps[0]))


def _below(place: str, path: Sequence[str | int]) -> str:
    return place + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _question(fault: NodeFault, beside: Mapping[str, object]) -> str:
    name, stated, question = fault.question.partition("=")
    return question if stated else str(beside.get(name, ""))
