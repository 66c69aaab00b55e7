"""A phrasebook: English sentences of the program in another language, found by the sentence itself.

A phrase is a template with numbered placeholders. A finished sentence is matched against the templates, the one with
the most literal text first, and what filled its placeholders is spoken too where it is a phrase. What no phrase knows
stays English: speaking never fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

__all__ = ["COLUMNS", "KINDS", "Phrase", "Phrasebook", "is_vague", "placeholders", "read_phrasebook"]

COLUMNS = ("kind", "en", "translation", "status")
KINDS = ("message", "part", "heading", "step", "help")
"""What is said: a sentence, what fills one, a title or column of a table, a step of a run, a help text."""

_LONGEST = 4000
_DEEPEST = 3
_LEAST_LETTERS = 4
_FORMS = re.compile(r"\{\{|\}\}|\{(\d+)\}")
_BORDERS = " ,;:(."
_QUOTING = ("(", "'", '"', "`")
_MOST_LOOKUPS = 300
"""How often a line may be held against all templates: a hostile one stays English instead of taking long."""


def _pieces(template: str) -> list[str | int]:
    """Literal texts and numbers of placeholders by turns, a text first and last."""
    pieces: list[str | int] = [""]
    end = 0
    for form in _FORMS.finditer(template):
        pieces[-1] = f"{pieces[-1]}{template[end : form.start()]}"
        end = form.end()
        if form[1] is None:
            pieces[-1] = f"{pieces[-1]}{form[0][0]}"
        else:
            pieces += [int(form[1]), ""]
    pieces[-1] = f"{pieces[-1]}{template[end:]}"
    return pieces


def placeholders(template: str) -> list[int]:
    """The numbers of the placeholders of a template, in order."""
    return sorted(piece for piece in _pieces(template) if isinstance(piece, int))


def is_vague(template: str) -> bool:
    """Whether it begins with a placeholder and says next to nothing: such a template would fit anything."""
    pieces = _pieces(template)
    letters = sum(sum(map(str.isalpha, piece)) for piece in pieces if isinstance(piece, str))
    return not pieces[0] and letters < _LEAST_LETTERS


@dataclass(frozen=True, slots=True)
class Phrase:
    """One template in both languages.

    Attributes:
        literals: the English texts before, between and behind the placeholders.
        translation: literal texts and numbers of placeholders of the other language.
    """

    literals: tuple[str, ...]
    translation: tuple[str | int, ...]

    @classmethod
    def of(cls, english: str, translation: str) -> Phrase | None:
        """The phrase, or None if its placeholders are not numbered as they should be."""
        pieces = _pieces(english)
        numbers = [piece for piece in pieces if isinstance(piece, int)]
        if numbers != list(range(len(numbers))) or placeholders(translation) != numbers:
            return None
        return cls(tuple(piece for piece in pieces if isinstance(piece, str)), tuple(_pieces(translation)))

    @property
    def weight(self) -> int:
        """How specific it is."""
        return sum(map(len, self.literals))

    def fillings(self, text: str) -> list[str] | None:
        """What fills the placeholders in a text, each as short as may be; None if it is another text."""
        first, last = self.literals[0], self.literals[-1]
        if len(self.literals) == 1:
            return [] if text == first else None
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return None
        found: list[str] = []
        begin = len(first)
        for literal in self.literals[1:-1]:
            at = text.find(literal, begin, end)
            if at < 0:
                return None
            found.append(text[begin:at])
            begin = at + len(literal)
        return [*found, text[begin:end]]


class Phrasebook:
    """Phrases by what they are for.

    Args:
        lines: kind, English and translation of each; lines whose placeholders differ are left out.
    """

    def __init__(self, lines: Iterable[tuple[str, str, str]]) -> None:
        self._whole: dict[tuple[str, str], str] = {}
        self._templates: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
        self._phrases: dict[str, list[Phrase]] = {}
        self._lookups = 0
        for kind, english, translation in lines:
            if "{" not in english and "{" not in translation:
                self._whole.setdefault((kind, english), translation)
            elif kind in self._templates:
                self._templates[kind].append((english, translation))

    def speak(self, text: str, kind: str = "message") -> str:
        """A finished text in the other language, line by line, as far as the phrases know it."""
        if len(text) > _LONGEST:
            return text
        return "\n".join(self._line(line, kind) for line in text.split("\n"))

    def _line(self, line: str, kind: str) -> str:
        self._lookups = 0
        return self._said(line, kind, 0) or line

    def _of_kind(self, kind: str) -> list[Phrase]:
        """The templates of a kind, the most specific first; made when they are first asked for."""
        if kind not in self._phrases:
            made = [Phrase.of(english, said) for english, said in self._templates[kind] if not is_vague(english)]
            self._phrases[kind] = sorted(filter(None, made), key=lambda phrase: -phrase.weight)
        return self._phrases[kind]

    def _said(self, text: str, kind: str, depth: int) -> str | None:
        """A text in the other language, or None if nothing of it is known."""
        bare = text.strip()
        if not bare or depth > _DEEPEST or self._lookups > _MOST_LOOKUPS:
            return None
        before, behind = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
        if kind not in ("message", "part"):
            said = self._known(bare, kind, depth)
        elif not depth:
            said = self._known(bare, kind, depth) or self._composed(bare, depth)
        else:
            first, second = ("message", "part") if bare.endswith(".") else ("part", "message")
            said = self._known(bare, first, depth) or self._known(bare, second, depth) or self._composed(bare, depth)
        return None if said is None else f"{before}{said.strip()}{behind}"

    def _known(self, text: str, kind: str, depth: int) -> str | None:
        whole = self._whole.get((kind, text))
        if whole is not None:
            return whole
        self._lookups += 1
        if self._lookups > _MOST_LOOKUPS:
            return None
        for phrase in self._of_kind(kind):
            found = phrase.fillings(text)
            if found is not None:
                spoken = self._fillings(phrase.literals, found, depth)
                return "".join(piece if isinstance(piece, str) else spoken[piece] for piece in phrase.translation)
        return None

    def _fillings(self, literals: Sequence[str], found: Sequence[str], depth: int) -> list[str]:
        """What fills the placeholders, spoken; between two that only a space parts, the border that makes sense."""
        filled = list(found)
        for number, parting in enumerate(literals[1:-1]):
            if not parting.strip():
                filled[number : number + 2] = self._parted(filled[number], parting, filled[number + 1], depth)
        return [
            one if _is_quoted(literal, one) else self._said(one, "part", depth + 1) or one
            for literal, one in zip(literals, filled, strict=False)
        ]

    def _parted(self, one: str, parting: str, other: str, depth: int) -> tuple[str, str]:
        """Two neighbours, moved apart where both, or one, is a phrase."""
        joined = f"{one}{parting}{other}"
        if self._known(joined, "message", depth + 1) is not None:
            return joined, ""
        best, most = (one, other), 0
        for at in range(len(joined) - len(parting) + 1):
            if joined.startswith(parting, at) and (parting or at in (0, len(joined)) or joined[at] in _BORDERS):
                sides = (joined[:at], joined[at + len(parting) :])
                known = sum(self._said(side, "part", depth + 1) is not None for side in sides)
                if known > most:
                    best, most = sides, known
        return best

    def _composed(self, text: str, depth: int) -> str | None:
        """A text of several sentences, or of a place and a sentence, whose sentences are known."""
        for parting, is_place in ((". ", False), (": ", True)):
            at = text.find(parting)
            while at >= 0 and self._lookups <= _MOST_LOOKUPS:
                head, tail = text[: at + len(parting) - 1], text[at + len(parting) :]
                said_head = head if is_place else self._known(head, "message", depth + 1)
                said_tail = self._said(tail, "message", depth + 1)
                if said_tail is not None and said_head is not None:
                    return f"{said_head} {said_tail}"
                at = text.find(parting, at + 1)
        return None


def _is_quoted(before: str, filling: str) -> bool:
    """Whether one word stands in brackets or quotes: it names something and is not translated."""
    return before.endswith(_QUOTING) and " " not in filling


def _unescaped(cell: str) -> str:
    return cell.replace("\\t", "\t")


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        rows = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return
    for row in rows[1:]:
        cells = row.rstrip("\r").split("\t")
        if len(cells) == len(COLUMNS):
            yield cells[0], _unescaped(cells[1]), _unescaped(cells[2])


def read_phrasebook(*paths: Path) -> Phrasebook:
    """The phrasebook of files of lines `kind, en, translation, status`, the first that knows a text decides.

    What cannot be read is passed over: the sentence that it would have said stays English.
    """
    return Phrasebook(chain.from_iterable(map(_lines, paths)))
