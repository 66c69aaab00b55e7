"""The gap questionnaire: what is not assessed yet as a buyer requires, and what every visit asks; nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from harmonize.assessments.reuse.rules import AlwaysAsked
from harmonize.errors import ConfigurationError
from harmonize.workbooks import ANSWERS, Column, Figure, Sheet
from harmonize.yaml_forms import StrictForm, read_form
from harmonize.yaml_text import read_yaml

__all__ = ["About", "Asked", "Words", "asked_of", "in_both", "load_states", "load_words", "questionnaire_sheet"]

_WIDTHS = {
    "number": 6, "topic": 32, "matter": 60, "answer": 24, "remark": 48, "why": 30, "at_a_desk": 12, "indicator": 44,
}  # fmt: skip
_FILLED = ("answer", "remark")
_FIGURES = {"quantity": Figure.NUMBER, "date": Figure.DAY}


class Words(StrictForm):
    """Words of the workbook by language (`schemas/reuse_words.yml`)."""

    status: Mapping[str, str]
    language_of: Mapping[str, str]
    questionnaire: Mapping[str, Mapping[str, str]]
    answers: Mapping[str, Sequence[str]]
    why: Mapping[str, Mapping[str, str]]
    summary: Mapping[str, Mapping[str, str]]
    headings: Mapping[str, Mapping[str, str]]

    def heading(self, column: str, language: str) -> str:
        """What stands above a column: English, and the other language beneath it where there is one."""
        return in_both(self.headings[column], language)


@dataclass(frozen=True, slots=True)
class About:
    """Of what a questionnaire is: who asks whom, as of which day, by which release."""

    buyer: str
    factory: str
    as_of: date
    release: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A matter to ask: labels by language, and in which of them a person has read both."""

    indicator_id: str
    kind: str
    status: str
    always: str | None
    is_desk: bool
    topic: Mapping[str, str]
    label: Mapping[str, str]
    reviewed: Sequence[str]


def load_words(path: Path) -> Words:
    """The words.

    Raises:
        ConfigurationError: they cannot be read, or are not of their form.
    """
    return read_form(path, Words)


def load_states(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Labels of answer states by language (`schemas/language/states.yml`)."""
    try:
        return {entry["id"]: entry["labels"] for entry in read_yaml(path)}
    except (TypeError, KeyError) as problem:
        raise ConfigurationError(f"{path}: every state needs `id` and `labels`. Correct it there.") from problem


def asked_of(connection: duckdb.DuckDBPyConnection, facility_id: str, always: Collection[str]) -> list[Asked]:
    """What `reuse_line` leaves to ask of a factory, by topic.

    Args:
        always: matters that every visit asks; indicators of these are not asked a second time.
    """
    rows = connection.execute(
        """
        SELECT
            l.indicator_id, l.kind, l.status, l.always_asked_as, l.is_desk,
            from_json(t.labels, '"JSON"')::MAP(VARCHAR, VARCHAR), from_json(i.labels, '"JSON"')::MAP(VARCHAR, VARCHAR),
            list_intersect(t.labels_reviewed, i.labels_reviewed)
        FROM reuse_line l
        JOIN indicator i USING (indicator_id)
        JOIN topic t ON t.topic_id = l.topic_id
        WHERE l.facility_id = ? AND l.status <> 'assessed'
            AND NOT coalesce(list_contains(?, l.always_asked_as), false)
        ORDER BY l.pillar, l.topic_id, l.indicator_id
        """,
        [facility_id, list(always)],
    ).fetchall()
    return [Asked(*row) for row in rows]


def questionnaire_sheet(
    about: About,
    asked: Sequence[Asked],
    always: Mapping[str, AlwaysAsked],
    words: Words,
    states: Mapping[str, Mapping[str, str]],
    language: str,
) -> Sheet:
    """The questionnaire of one factory, in English and in another language beside it.

    Args:
        about: what the head says.
        language: of what stands beside English; `en` for English alone.
    """
    said = words.questionnaire
    is_machine = language != "en" and (
        words.status.get(language) == "machine" or any(language not in one.reviewed for one in asked)
    )
    rows: list[dict[str, object]] = [
        {
            "topic": in_both(said["always"], language),
            "matter": in_both(one.labels, language),
            "why": in_both(words.why["always_ask"], language),
            "indicator": f"always:{name}",
            ANSWERS: {"answer": (_choice(said["seen"], language),)},
        }
        for name, one in always.items()
    ]
    rows += [
        {
            "topic": in_both(one.topic, language),
            "matter": in_both(one.label, language),
            "why": in_both(words.why[one.status], language),
            "at_a_desk": "x" if one.is_desk else "",
            "indicator": one.indicator_id,
            ANSWERS: {"answer": _answer(one.kind, words, states, language)},
        }
        for one in asked
    ]
    return Sheet(
        "Questions",
        [Column(name, in_both(said[name], language), width, name in _FILLED) for name, width in _WIDTHS.items()],
        [{"number": number, **row} for number, row in enumerate(rows, start=1)],
        frozen=0,
        preface=tuple(_preface(about, words, language, is_machine=is_machine)),
    )


def _preface(about: About, words: Words, language: str, *, is_machine: bool) -> Iterator[str]:
    """Who asks whom, as of which day, by which release."""
    said = words.questionnaire
    yield _one_line(said["title"], language)
    told = {"buyer": about.buyer, "factory": about.factory, "as_of": about.as_of.isoformat(), "release": about.release}
    for name, value in told.items():
        yield f"{_one_line(said[name], language)}: {value}"
    yield _one_line(said["note"], language)
    if is_machine:
        yield _one_line(said["machine"], language)


def _one_line(texts: Mapping[str, str], language: str) -> str:
    return in_both(texts, language).replace("\n", " / ")


def in_both(texts: Mapping[str, str], language: str) -> str:
    """English, and the other language beneath it."""
    other = texts.get(language) if language != "en" else None
    return f"{texts['en']}\n{other}" if other and other != texts["en"] else texts["en"]


def _choice(texts: Mapping[str, str], language: str) -> str:
    """A word to choose, in one line."""
    return in_both(texts, language).replace("\n", " / ")


def _answer(
    kind: str, words: Words, states: Mapping[str, Mapping[str, str]], language: str
) -> tuple[str, ...] | Figure | None:
    """What may be answered: states, a number, a day; of other kinds anything."""
    if kind in words.answers:
        return tuple(_choice(states[state], language) for state in words.answers[kind])
    return _FIGURES.get(kind)
