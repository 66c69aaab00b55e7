"""Why an indicator is a candidate: what speaks for it in question, headings and neighbours, and who else asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harmonize.crosswalk.mapping import Edition, MappingEntry
from harmonize.crosswalk.suggestions.evidence import Evidence
from harmonize.crosswalk.suggestions.indicators import said_of
from harmonize.crosswalk.suggestions.questions import AskedQuestion
from harmonize.crosswalk.suggestions.rank import Ranked

__all__ = ["Reasons", "asked_by"]

_MOST_WORDS = 5
_MOST_INSTRUMENTS = 3
_SPEAKS = 3.0
"""Neighbours count as a reason from about a fifth of their probability on."""
_LIKE = 0.3


def asked_by(editions: Iterable[Edition]) -> Mapping[str, Sequence[MappingEntry]]:
    """The approved questions that ask each indicator."""
    found: defaultdict[str, list[MappingEntry]] = defaultdict(list)
    for edition in editions:
        for entry in edition.entries.values():
            if entry.indicator_id is not None and entry.is_approved:
                found[entry.indicator_id].append(entry)
    return found


class Reasons:
    """Says what spoke for a candidate; what holds for many questions is worked out once."""

    def __init__(self, evidence: Evidence, asked: Mapping[str, Sequence[MappingEntry]]) -> None:
        """Explain this evidence, and name who else asks."""
        self._evidence = evidence
        self._asked = asked
        self._terms: dict[int, frozenset[str]] = {}

    def of(self, question: AskedQuestion, ranked: Ranked) -> str:
        """The reasons, parted by semicolons."""
        return "; ".join(self._said(question, ranked))

    def _said(self, question: AskedQuestion, ranked: Ranked) -> Iterator[str]:
        known = self._evidence.known
        shared = list(self._shared(question.texts, ranked.indicator))
        above = [word for word in self._shared((question.parent,), ranked.indicator) if word not in shared]
        for name, words in (("words", shared), ("question above", above)):
            if words:
                yield f"{name}: {', '.join(words[:_MOST_WORDS])}"
        topic = known.topics[known.topic_of[ranked.indicator]].labels["en"]
        is_under = question.section and self._evidence.section(question.section)[ranked.indicator] >= _LIKE
        if is_under:
            yield f"heading: {topic}"
        if ranked.neighbours >= _SPEAKS:
            yield f"neighbours: {topic}"
        if not (shared or above or is_under):
            yield "like spelling alone"
        yield from self._others(known.entries[ranked.indicator].indicator_id)

    def _shared(self, texts: Iterable[str], indicator: int) -> Iterator[str]:
        held = self._held(indicator)
        said = (term.said for text in texts for term in self._evidence.wording.terms(text) if term.key in held)
        yield from dict.fromkeys(said)

    def _held(self, indicator: int) -> frozenset[str]:
        if indicator not in self._terms:
            entry, wording = self._evidence.known.entries[indicator], self._evidence.wording
            texts = (text for code in self._evidence.known.spoken for text in said_of(entry, code))
            self._terms[indicator] = frozenset(term.key for text in texts for term in wording.terms(text))
        return self._terms[indicator]

    def _others(self, indicator_id: str) -> Iterator[str]:
        """One question of each of a few instruments that ask the same."""
        entries = self._asked.get(indicator_id, ())
        first = {entry.instrument: f"{entry.instrument} {entry.question}" for entry in reversed(entries)}
        if first:
            named = [first[name] for name in sorted(first)][:_MOST_INSTRUMENTS]
            more = f" and {len(first) - len(named)} more" if len(first) > len(named) else ""
            yield f"asked by: {', '.join(named)}{more}"
