"""The gap questionnaire: what is not assessed yet as a buyer requires, and what every visit asks; nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from harmonize.assessments.reuse.checked import Strict, load
from harmonize.assessments.reuse.rules import AlwaysAsked
from harmonize.assessments.reuse.workbook import open_workbook, save
from harmonize.errors import ConfigurationError
from harmonize.yaml_text import read_yaml

__all__ = ["About", "Asked", "Words", "asked_of", "load_states", "load_words", "write_questionnaire"]

_COLUMNS = ("number", "topic", "matter", "answer", "remark", "why", "at_a_desk", "indicator")
_HEAD = 7
"""The row of the columns' names; above it stands what the questionnaire is of."""
_WIDTHS = (6, 32, 60, 24, 48, 30, 12, 44)
_LONGEST_CHOICE = 255
"""Characters of a drop-down list."""


class Words(Strict):
    """Words of the workbook by language (`schemas/reuse_words.yml`)."""

    status: Mapping[str, str]
    language_of: Mapping[str, str]
    questionnaire: Mapping[str, Mapping[str, str]]
    answers: Mapping[str, Sequence[str]]
    why: Mapping[str, Mapping[str, str]]


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
    return load(path, Words)


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


def write_questionnaire(
    path: Path,
    about: About,
    asked: Sequence[Asked],
    always: Mapping[str, AlwaysAsked],
    words: Words,
    states: Mapping[str, Mapping[str, str]],
    language: str,
) -> None:
    """Write the questionnaire of one factory, in English and in another language beside it.

    Args:
        about: what the head says.
        language: of what stands beside English; `en` for English alone.

    Raises:
        PublicationError: the file cannot be written.
    """
    book = open_workbook(path)
    bold = book.add_format({"bold": True, "font_size": 13})
    head = book.add_format({"bold": True, "bg_color": "#D9E2EC", "border": 1, "text_wrap": True, "valign": "top"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    empty = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "bg_color": "#FFFBE6"})
    page = book.add_worksheet("Questions")
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    for at, width in enumerate(_WIDTHS):
        page.set_column(at, at, width)
    said = words.questionnaire
    is_machine = language != "en" and (
        words.status.get(language) == "machine" or any(language not in one.reviewed for one in asked)
    )
    _title(page, about, words.questionnaire, language, bold)
    if is_machine:
        page.write_string(6, 0, _one_line(words.questionnaire["machine"], language))
    for at, name in enumerate(_COLUMNS):
        page.write_string(_HEAD, at, _both(said[name], language), head)
    page.freeze_panes(_HEAD + 1, 0)
    page.repeat_rows(_HEAD)
    row = _HEAD + 1
    for name, one in always.items():
        texts = (str(row - _HEAD), _both(said["always"], language), _both(one.labels, language), "", "")
        _line(page, row, (*texts, _both(words.why["always_ask"], language), "", f"always:{name}"), cell, empty)
        _choices(page, row, [_both(said["seen"], language)])
        row += 1
    for one_asked in asked:
        texts = (str(row - _HEAD), _both(one_asked.topic, language), _both(one_asked.label, language), "", "")
        why = _both(words.why[one_asked.status], language)
        _line(page, row, (*texts, why, "x" if one_asked.is_desk else "", one_asked.indicator_id), cell, empty)
        _validate(page, row, one_asked.kind, words, states, language)
        row += 1
    save(book, path)


def _title(page: Any, about: About, said: Mapping[str, Mapping[str, str]], language: str, bold: Any) -> None:
    """Who asks whom, as of which day, by which release."""
    page.write_string(0, 0, _one_line(said["title"], language), bold)
    told = {"buyer": about.buyer, "factory": about.factory, "as_of": about.as_of.isoformat(), "release": about.release}
    for row, (name, value) in enumerate(told.items(), start=1):
        page.write_string(row, 0, f"{_one_line(said[name], language)}: {value}")
    page.write_string(5, 0, _one_line(said["note"], language))


def _one_line(texts: Mapping[str, str], language: str) -> str:
    return _both(texts, language).replace("\n", " / ")


def _both(texts: Mapping[str, str], language: str) -> str:
    """English, and the other language beneath it."""
    other = texts.get(language) if language != "en" else None
    return f"{texts['en']}\n{other}" if other and other != texts["en"] else texts["en"]


def _line(page: Any, row: int, texts: Sequence[str], cell: Any, empty: Any) -> None:
    for at, text in enumerate(texts):
        page.write_string(row, at, text, empty if _COLUMNS[at] in ("answer", "remark") else cell)


def _choices(page: Any, row: int, choices: Sequence[str]) -> None:
    """A drop-down; its words stand in one line each, and a comma parts them."""
    words = [choice.replace("\n", " / ").replace(",", ";") for choice in choices]
    if len(",".join(words)) > _LONGEST_CHOICE:
        words = [word.split(" / ")[0] for word in words]
    page.data_validation(row, 3, row, 3, {"validate": "list", "source": words})


def _validate(
    page: Any, row: int, kind: str, words: Words, states: Mapping[str, Mapping[str, str]], language: str
) -> None:
    """What may be answered: states, a number, a date; of other kinds anything."""
    if kind in words.answers:
        _choices(page, row, [_both(states[state], language) for state in words.answers[kind]])
    elif kind == "quantity":
        page.data_validation(row, 3, row, 3, {"validate": "decimal", "criteria": ">=", "value": 0})
    elif kind == "date":
        page.data_validation(
            row, 3, row, 3, {"validate": "custom", "value": f"=ISNUMBER($D{row + 1})", "input_message": "yyyy-mm-dd"}
        )
