"""The codes of clauses or questions that a sample names, which the crosswalk lists; wording is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harmonize.reading.sheets import Cell, CellError, cell_text
from harmonize.sources.drafting.layouts import DraftLayout
from harmonize.values.text import clean, western_digits, word_key

__all__ = ["LONGEST_CODE", "Code", "Codes", "codes_of"]

_CODE = r"(?P<code>[a-z]{0,5}[ .-]?\d+(?:[./-][0-9a-z]+)*)"
_WITH_TITLE = re.compile(_CODE + r"(?:[\s:)–—-]|\.\s)+\S.*", re.IGNORECASE | re.DOTALL)
LONGEST_CODE = 60
_MOST_WORDS = 8
_LETTERS = re.compile(r"[^\W\d_]")
_LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Code:
    """A clause or question.

    Attributes:
        title: what is printed with it; it helps to find an indicator and is written nowhere. Empty where nothing is.
        answers: the different answers that the sample gives to it; of findings none.
    """

    code: str
    title: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """What the crosswalk must list.

    Attributes:
        pattern: how a code is told from the title printed with it; None where codes stand alone.
        wordings: how many texts are too long for codes and were left out.
    """

    pattern: str | None
    listed: tuple[Code, ...]
    wordings: int


def codes_of(layout: DraftLayout) -> Codes:
    """The codes of the clause column, or of the question column with its answers."""
    name, beside = {"findings": ("clause", "clause_label"), "long": ("question", "label_text"), "register": ("", "")}[
        layout.kind
    ]
    column = layout.table.column(name)
    if column is None:
        return Codes(None, (), 0)
    pattern = _pattern(column.words) if layout.kind == "findings" else None
    answers: dict[str, dict[str, str]] = {}
    titles: dict[str, str] = {}
    wordings: set[str] = set()
    stated, labels = (
        _texts(found.cells) if (found := layout.table.column(one)) else None for one in ("answer", beside)
    )
    for number, text in enumerate(_texts(column.cells)):
        if text is None:
            continue
        code = _code(text, pattern)
        if len(code) > LONGEST_CODE or len(code.split()) > _MOST_WORDS:
            wordings.add(code)
            continue
        answer, label = (texts[number] if texts else None for texts in (stated, labels))
        answers.setdefault(code, {}).update({word_key(answer): answer} if answer else {})
        titles.setdefault(code, label or (text.removeprefix(code).lstrip(" :).–—-") if code != text else text))
    listed = (Code(code, _title(titles[code]), tuple(said.values())) for code, said in answers.items())
    return Codes(pattern, tuple(listed), len(wordings))


def _code(text: str, pattern: str | None) -> str:
    found = re.match(pattern, text, re.IGNORECASE) if pattern else None
    return found["code"] if found else text


def _title(text: str) -> str:
    """A text that says something: more than a number and a sign or two."""
    return text if len(_LETTERS.findall(text)) >= _LEAST_LETTERS else ""


def _texts(cells: Sequence[Cell]) -> list[str | None]:
    return [None if isinstance(cell, CellError) else clean(western_digits(cell_text(cell))) for cell in cells]


def _pattern(words: Sequence[str]) -> str | None:
    """The pattern of codes, where all texts print one with a title and no code has two titles."""
    found = [_WITH_TITLE.fullmatch(western_digits(word)) for word in words]
    if not words or not all(found):
        return None
    codes = {word_key(match["code"]) for match in found if match}
    return _CODE if len(codes) == len(words) else None
