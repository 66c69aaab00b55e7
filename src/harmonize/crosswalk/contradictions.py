"""What the crosswalks and the language cannot all say at once, with the statements that prove it.

A denial (`Not`) of what other rows prove; two indicators that exact matches make one; something broader than itself;
and one answer to one question that is good by one row and bad by another. What never holds on one day in one country
does not contradict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from typing import Literal

from harmonize.crosswalk.mapping import INDICATOR_PREFIX
from harmonize.crosswalk.paths import Edge, Graph, ascent, graph_of, proof, united
from harmonize.crosswalk.statements import Reading, Statement

__all__ = ["Contradiction", "Verdicts", "contradictions"]

Verdicts = Mapping[Reading, Mapping[str, str]]
"""What the words of a scale say of an indicator, `met` or `not_met`, by scale and polarity."""
_OPPOSITE = {"met": "not_met", "not_met": "met"}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements that cannot stand together.

    Attributes:
        about: the ends of the path; of a cycle where it begins; of an answer its word as well.
        path: what proves it, step by step; what contradicts the steps before stands last.
    """

    kind: Literal["denied", "one_of_two", "cycle", "reversed"]
    about: tuple[str, ...]
    path: tuple[Statement, ...]


def contradictions(said: Sequence[Statement], verdicts: Verdicts) -> list[Contradiction]:
    """Every contradiction among statements, each with a shortest path that proves it.

    Of denials, all that are disproved; of indicators made one, each with the first of them; of cycles as many as it
    takes to show every statement that lies on one; of reversed answers one for each pair of rows.
    """
    found = list(_among(said, verdicts))
    if not found:
        return []
    # Fewer statements prove no more: only now it matters which of them ever hold together.
    days = sorted({"", *(one.begin for one in said)})
    countries = sorted({"", *(country for one in said for country in one.countries)})
    if (len(days), len(countries)) == (1, 1):
        return found
    together = (
        contradiction
        for day in days
        for country in countries
        for contradiction in _among([one for one in said if one.holds(day, country)], verdicts)
    )
    return list({(one.kind, one.about, frozenset(one.path)): one for one in together}.values())


def _among(said: Sequence[Statement], verdicts: Verdicts) -> Iterator[Contradiction]:
    """The contradictions among statements that hold together."""
    graph = graph_of(said)
    for denial in said:
        proved = proof(graph, denial) if denial.is_denied else None
        if proved is not None:
            yield Contradiction("denied", (denial.subject, denial.object), (*_steps(proved), denial))
    one_of = united(graph)
    yield from _made_one(graph, one_of)
    yield from _cycles(graph, one_of)
    yield from _reversed(said, verdicts)


def _steps(edges: Iterable[Edge]) -> tuple[Statement, ...]:
    return tuple(edge.statement for edge in edges)


def _made_one(graph: Graph, one_of: Mapping[str, str]) -> Iterator[Contradiction]:
    indicators: dict[str, list[str]] = defaultdict(list)
    for name in sorted(name for name in one_of if name.startswith(INDICATOR_PREFIX)):
        indicators[one_of[name]].append(name)
    for first, *others in indicators.values():
        for other in others:
            path = proof(graph, Statement(first, "exact", other, ""))
            yield Contradiction("one_of_two", (first, other), _steps(path or ()))


def _cycles(graph: Graph, one_of: Mapping[str, str]) -> Iterator[Contradiction]:
    upward = [edge for edges in graph.values() for edge in edges if edge.kind == "wider"]
    order: TopologicalSorter[str] = TopologicalSorter()
    for edge in upward:
        order.add(one_of.get(edge.source, edge.source), one_of.get(edge.target, edge.target))
    try:
        order.prepare()
    except CycleError:
        pass
    else:
        return
    shown: set[Statement] = set()
    for edge in upward:
        back = None if edge.statement in shown else ascent(graph, edge.target, edge.source)
        if back is not None:
            path = _steps((edge, *back))
            shown.update(path)
            yield Contradiction("cycle", (edge.source,), path)


def _reversed(said: Sequence[Statement], verdicts: Verdicts) -> Iterator[Contradiction]:
    """Rows of one question (or of questions that are exactly the same) that read one answer in opposite ways."""
    graph = graph_of(one for one in said if not one.object.startswith(INDICATOR_PREFIX))
    same = united(graph)
    rows: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for one in said:
        if one.reading in verdicts:
            rows[same.get(one.subject, one.subject), one.object].append(one)
    for group in rows.values():
        for one, other in combinations(group, 2):
            word = _reversed_word(verdicts, one, other)
            if word is not None:
                between = proof(graph, Statement(one.subject, "exact", other.subject, ""))
                about = (one.subject, one.object, word)
                yield Contradiction("reversed", about, (one, *_steps(between or ()), other))


def _reversed_word(verdicts: Verdicts, one: Statement, other: Statement) -> str | None:
    """The first word, by the order of its scale, that one row reads as met and the other as not met."""
    if one.reading is None or other.reading is None or one.reading == other.reading:
        return None
    there = verdicts[other.reading]
    words = verdicts[one.reading].items()
    return next((word for word, state in words if _OPPOSITE[state] == there.get(word)), None)
