"""Paths through statements: the shortest way from one thing to another, each step a statement that can be shown."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harmonize.crosswalk.statements import Statement

__all__ = ["Edge", "Graph", "ascent", "graph_of", "proof", "united"]

_SAME, _WIDER = "same", "wider"
_LEADS_OVER = {"exact": _SAME, "close": "close", "related": "related", "broad": _WIDER, "narrow": _WIDER}
"""The kind of step that a predicate allows, and that proves it. (What is exact is close, too.)"""


@dataclass(frozen=True, slots=True)
class Edge:
    """One step: `same`, `close` and `related` go both ways, `wider` goes from the narrower to the wider."""

    source: str
    target: str
    kind: str
    statement: Statement


Graph = Mapping[str, Sequence[Edge]]
"""Edges by where they begin."""


def graph_of(statements: Iterable[Statement]) -> Graph:
    """The steps that statements allow; denials allow none."""
    graph: dict[str, list[Edge]] = defaultdict(list)
    for statement in statements:
        for edge in () if statement.is_denied else _edges(statement):
            graph[edge.source].append(edge)
    return graph


def _edges(statement: Statement) -> Iterator[Edge]:
    kind = _LEADS_OVER[statement.predicate]
    if statement.predicate != "narrow":
        yield Edge(statement.subject, statement.object, kind, statement)
    if statement.predicate != "broad":
        yield Edge(statement.object, statement.subject, kind, statement)


def proof(graph: Graph, statement: Statement) -> tuple[Edge, ...] | None:
    """The shortest path that proves what a statement says, or would say if it were no denial; None if nothing does.

    Steps over exact matches are free. `broad` and `narrow` need a step to something wider and may take several, as the
    relation carries over; `close` and `related` do not, and may take one.
    """
    kind = _LEADS_OVER[statement.predicate]
    ends = (statement.subject, statement.object)
    start, goal = reversed(ends) if statement.predicate == "narrow" else ends
    needed = {"exact": {False}, "close": {False, True}}.get(statement.predicate, {True})
    return _shortest(graph, start, goal, kind, needed)


def ascent(graph: Graph, start: str, goal: str) -> tuple[Edge, ...] | None:
    """The shortest path that never leads to something narrower."""
    return _shortest(graph, start, goal, _WIDER, {False, True})


def _shortest(graph: Graph, start: str, goal: str, kind: str, needed: Collection[bool]) -> tuple[Edge, ...] | None:
    """Breadth first over (thing, whether a step of `kind` was taken), with links back to where each came from."""
    came: dict[tuple[str, bool], tuple[tuple[str, bool], Edge] | None] = {(start, False): None}
    waiting = deque(came)
    while waiting:
        at = waiting.popleft()
        thing, taken = at
        if thing == goal and taken in needed:
            return _back(came, at)
        for edge in graph.get(thing, ()):
            is_free = edge.kind == _SAME
            if not is_free and (edge.kind != kind or (taken and kind != _WIDER)):
                continue
            reached = (edge.target, taken or not is_free)
            if reached not in came:
                came[reached] = (at, edge)
                waiting.append(reached)
    return None


def _back(
    came: Mapping[tuple[str, bool], tuple[tuple[str, bool], Edge] | None], end: tuple[str, bool]
) -> tuple[Edge, ...]:
    steps: list[Edge] = []
    link = came[end]
    while link is not None:
        at, edge = link
        steps.append(edge)
        link = came[at]
    return tuple(reversed(steps))


def united(graph: Graph) -> Mapping[str, str]:
    """Everything with a step to the first (by name) of the things that exact matches make one with it."""
    first: dict[str, str] = {}
    for start in sorted(graph):
        if start in first:
            continue
        first[start] = start
        waiting = [start]
        while waiting:
            for edge in graph.get(waiting.pop(), ()):
                if edge.kind == _SAME and edge.target not in first:
                    first[edge.target] = start
                    waiting.append(edge.target)
    return first
