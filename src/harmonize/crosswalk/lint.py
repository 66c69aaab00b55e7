"""Lint of the crosswalks: what a steward must mend before a mapping may be used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from harmonize.crosswalk.contradictions import Contradiction, contradictions
from harmonize.crosswalk.language import Language, TopicEntry
from harmonize.crosswalk.mapping import COUNTRY_CONDITION, INDICATOR_PREFIX, Edition, MappingEntry
from harmonize.crosswalk.scales import Scale, state_of
from harmonize.crosswalk.statements import Statement, statements
from harmonize.values.geography import is_country

__all__ = ["Complaint", "concerning", "lint"]

_STATUSES = frozenset({"draft", "proposed", "approved", "retired"})
_POLARITIES = frozenset({"positive", "negative", "none"})
_SAID = {
    "exact": "is exactly",
    "close": "is close to",
    "broad": "is narrower than",
    "narrow": "is broader than",
    "related": "is related to",
}
"""Predicates as words between subject and object."""
_JUDGED = frozenset({"compliance", "practice"})
_BASES = frozenset({"national_law", "international_standard", "buyer_code", "good_practice"})
_CONDITION = re.compile(re.escape(COUNTRY_CONDITION) + r"[A-Z]{2}(\|[A-Z]{2})*")


_FILLED_BY_PEOPLE = ("scale", "polarity", "basis", "example_answer", "example_state")
"""Cells that nothing but a reading of the question can fill."""
_CURIE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*:\S+")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing to mend: where, what, how, and the statements that prove it, step by step.

    A draft that waits for a person does not stop a run.
    """

    place: str
    message: str
    cure: str
    path: Sequence[str] = ()
    stops_a_run: bool = True


def lint(
    editions: Sequence[Edition], language: Language, scales: Mapping[str, Scale], units: frozenset[str]
) -> list[Complaint]:
    """Everything wrong with the crosswalks and the language; an empty list is clean.

    What one row alone says comes first, in file order, then what cannot stand together.
    """
    known = {f"{INDICATOR_PREFIX}{name}" for name in language.indicators}
    known |= {f"{edition.instrument}:{question}" for edition in editions for question in edition.entries}
    return [
        *(
            complaint
            for edition in editions
            for entry in edition.entries.values()
            for complaint in (*_entry(edition, entry, language, scales, units), *_asides(edition, entry, known))
        ),
        *_broader(language),
        *_topic_cycles(language.topics),
        *(_together(found) for found in contradictions(statements(editions, language), _verdicts(scales))),
    ]


def concerning(complaints: Iterable[Complaint], edition: Edition, questions: Iterable[str]) -> list[Complaint]:
    """The complaints in which one of these questions of an edition has a part."""
    files = (edition.sssom_path.name, edition.rules_path.name)
    places = [f"{edition.instrument}/{name}: {question}" for name in files for question in questions]
    steps = tuple(f"{place}: " for place in places)
    return [
        complaint
        for complaint in complaints
        if complaint.place in places or any(step.startswith(steps) for step in complaint.path)
    ]


def _asides(edition: Edition, entry: MappingEntry, known: Collection[str]) -> Iterable[Complaint]:
    """Rows beside the mapping say something of what exists."""
    place = f"{edition.instrument}/{edition.sssom_path.name}: {entry.question}"
    for aside in entry.asides:
        if aside.object not in known:
            yield Complaint(place, f"{aside.object!r} is no indicator and no question of a crosswalk.", "Correct it.")


def _broader(language: Language) -> Iterable[Complaint]:
    """What follows from an indicator is a verdict of the same kind."""
    for pair in language.broader:
        kinds = {language.indicators[name].kind for name in (pair.indicator_id, pair.broader_id)}
        if len(kinds) > 1 or not kinds <= _JUDGED:
            message = f"{pair.broader_id} and {pair.indicator_id} are not both {' or both '.join(sorted(_JUDGED))}."
            yield Complaint(pair.place, message, "Only then one says something of the other; remove the row.")


def _topic_cycles(topics: Mapping[str, TopicEntry]) -> Iterable[Complaint]:
    """Topics that stand above themselves, with the way up."""
    done: set[str] = set()
    for start in topics:
        way: list[TopicEntry] = []
        at: TopicEntry | None = topics[start]
        while at is not None and at.topic_id not in done:
            done.add(at.topic_id)
            way.append(at)
            at = topics[at.parent_id] if at.parent_id is not None else None
        if at in way:
            around = way[way.index(at) :]
            steps = [f"{topic.place}: {topic.topic_id} has the parent {topic.parent_id}" for topic in around]
            yield Complaint(
                around[0].place, f"The topic {around[0].topic_id} stands above itself.", "Correct a parent.", steps
            )


def _verdicts(scales: Mapping[str, Scale]) -> dict[tuple[str, str], dict[str, str]]:
    """What the words of scales say, met or not met, by scale and polarity."""
    return {
        (scale.name, polarity): {
            word: state for word in scale.words if (state := state_of(scale, word, polarity)) in ("met", "not_met")
        }
        for scale in scales.values()
        for polarity in ("positive", "negative")
    }


def _together(found: Contradiction) -> Complaint:
    """What cannot stand together, with its path."""
    first, last = found.about[0], found.about[-1]
    message, cure = {
        "denied": (
            f"A row denies (Not) that {first} {_SAID[found.path[-1].predicate]} {last}, and other rows prove it.",
            "Correct or remove one of these rows.",
        ),
        "one_of_two": (
            f"Exact matches make one of the two indicators {first} and {last}.",
            "At least one of these matches is not exact; correct it.",
        ),
        "cycle": (f"{first} would be broader than itself.", "Correct one of these rows."),
        "reversed": (
            f"The answer {last!r} to {first} is met by one row and not met by another.",
            "Correct polarity or scale of one; if the question changed, say from when (valid_from, valid_to).",
        ),
    }[found.kind]
    steps = [_step(statement, found.kind == "reversed") for statement in found.path]
    return Complaint(found.path[-1].place, message, cure, steps)


def _step(statement: Statement, with_reading: bool) -> str:
    """A statement as a person reads it: where it stands, and what it says."""
    denied = "Not: " if statement.is_denied else ""
    scale, polarity = statement.reading or ("", "")
    reading = f" (scale {scale}, polarity {polarity})" if statement.reading and with_reading else ""
    said = f"{statement.subject} {_SAID[statement.predicate]} {statement.object}"
    return f"{statement.place}: {denied}{said}{reading}"


def _entry(
    edition: Edition,
    entry: MappingEntry,
    language: Language,
    scales: Mapping[str, Scale],
    units: frozenset[str],
) -> Iterable[Complaint]:
    place = f"{edition.instrument}/{edition.rules_path.name}: {entry.question}"
    if entry.rule("status") == "draft":
        yield from _draft(place, entry, language)
    if entry.indicator_id is None:
        if not entry.rule("reason") and entry.rule("status") != "draft":
            yield Complaint(place, "The question is ignored without a reason.", "Write the reason, or map it.")
        return
    indicator = language.indicators.get(entry.indicator_id)
    if indicator is None:
        yield Complaint(place, f"The indicator {entry.indicator_id!r} does not exist.", "Correct it, or add it.")
        return
    if entry.confidence is not None and not 0 <= entry.confidence <= 1:
        yield Complaint(place, f"The confidence {entry.confidence} is not between 0 and 1.", "Correct it.")
    yield from _closed_lists(place, entry, indicator.kind)
    yield from _units(place, entry, indicator.kind, units)
    yield from _validity(place, entry)
    yield from _provenance(place, entry)
    if entry.rule("reason"):
        yield Complaint(place, "A mapped question has a reason for being ignored.", "Empty the cell.")
    if entry.rule("level") not in (None, "0", "1", "2", "3"):
        yield Complaint(place, f"The level {entry.rule('level')!r} is unknown.", "Use 0 to 3, or leave it empty.")
    yield from _example(place, entry, scales)


def _draft(place: str, entry: MappingEntry, language: Language) -> Iterable[Complaint]:
    """What a person has yet to say of a draft, in one complaint; what is filled in is judged as anywhere."""
    if entry.indicator_id is None:
        if not entry.rule("reason"):
            yield Complaint(
                place,
                "The draft has no indicator yet.",
                "Map it in the .sssom.tsv, or ignore it there (sssom:NoTermFound) with a reason here.",
                stops_a_run=False,
            )
        return
    indicator = language.indicators.get(entry.indicator_id)
    wanted = [name for name in _FILLED_BY_PEOPLE if name != "basis" or (indicator and indicator.kind == "compliance")]
    missing = [name for name in wanted if not entry.rule(name)]
    if missing:
        yield Complaint(
            place,
            f"The draft has no {', '.join(missing)} yet.",
            "See whether the indicator is right and fill them in; then the status may be proposed.",
            stops_a_run=False,
        )


def _is_open(entry: MappingEntry, name: str) -> bool:
    """A cell that a person has yet to fill in a draft."""
    return entry.rule("status") == "draft" and not entry.rule(name)


def _closed_lists(place: str, entry: MappingEntry, kind: str) -> Iterable[Complaint]:
    for name, allowed in (("status", _STATUSES), ("polarity", _POLARITIES)):
        if entry.rule(name) not in allowed and not _is_open(entry, name):
            yield Complaint(place, f"The {name} {entry.rule(name)!r} is unknown.", f"Use {', '.join(sorted(allowed))}.")
    basis = entry.rule("basis")
    if kind == "compliance" and basis not in _BASES and not _is_open(entry, "basis"):
        yield Complaint(place, f"The basis {basis!r} of a compliance question is unknown.", f"Use {', '.join(_BASES)}.")
    if kind != "compliance" and basis is not None:
        yield Complaint(place, f"A {kind} question has no basis.", "Empty the cell.")
    if entry.rule("group"):
        yield Complaint(place, "The column group is not executed.", "Empty it; lists stand in tick_boxes.tsv.")
    condition = entry.rule("condition")
    if condition is not None and not (_CONDITION.fullmatch(condition) and all(map(is_country, entry.countries))):
        cure = "Write country= and ISO codes of two letters, such as country=VN|KH, or empty the cell."
        yield Complaint(place, f"The condition {condition!r} cannot be executed.", cure)


def _units(place: str, entry: MappingEntry, kind: str, units: frozenset[str]) -> Iterable[Complaint]:
    for unit in (entry.rule("unit") or "").split("|"):
        if unit and unit not in units:
            yield Complaint(place, f"{unit!r} is no common unit.", f"Use {', '.join(sorted(units))}.")
    if entry.rule("unit") and kind != "quantity":
        yield Complaint(place, f"A {kind} question has a unit.", "Empty the cell, or make the indicator a quantity.")


def _validity(place: str, entry: MappingEntry) -> Iterable[Complaint]:
    days = {name: entry.rule(name) for name in ("valid_from", "valid_to")}
    for name, text in days.items():
        if text and not _is_day(text):
            yield Complaint(place, f"{name} {text!r} is no ISO date.", "Write yyyy-mm-dd.")
    begin, end = days["valid_from"], days["valid_to"]
    if entry.rule("status") == "retired" and not end:
        yield Complaint(place, "A retired mapping does not say when it ended.", "Write valid_to.")
    if begin and end and _is_day(begin) and _is_day(end) and end < begin:
        yield Complaint(place, f"valid_to {end} lies before valid_from {begin}.", "Correct the days.")


def _provenance(place: str, entry: MappingEntry) -> Iterable[Complaint]:
    """Who says so, why and since when, in the forms that SSSOM asks for."""
    for name in ("mapping_justification", "author_id"):
        if not _CURIE.fullmatch(entry.provenance.get(name, "")):
            yield Complaint(place, f"{name} {entry.provenance.get(name, '')!r} is no CURIE.", "Write prefix:name.")
    reviewer = entry.provenance.get("reviewer_id", "")
    if reviewer and not _CURIE.fullmatch(reviewer):
        yield Complaint(place, f"reviewer_id {reviewer!r} is no CURIE.", "Write prefix:name, or leave it empty.")
    if not _is_day(entry.provenance.get("mapping_date", "")):
        day = entry.provenance.get("mapping_date", "")
        yield Complaint(place, f"mapping_date {day!r} is no ISO date.", "Write yyyy-mm-dd.")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _example(place: str, entry: MappingEntry, scales: Mapping[str, Scale]) -> Iterable[Complaint]:
    if any(_is_open(entry, name) for name in ("scale", "example_answer", "example_state")):
        return
    scale = scales.get(entry.rule("scale") or "")
    if scale is None:
        yield Complaint(place, f"The scale {entry.rule('scale')!r} does not exist.", "Correct it, or add it.")
        return
    answer, expected = entry.rule("example_answer"), entry.rule("example_state")
    if answer is None or expected is None:
        yield Complaint(place, "The row has no example.", "Write an answer and the state it must produce.")
        return
    state = state_of(scale, answer, entry.rule("polarity"))
    if state != expected:
        yield Complaint(place, f"The example {answer!r} gives {state}, not {expected}.", "Correct rule or example.")
