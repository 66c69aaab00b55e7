"""Texts as what they are compared by: words without endings, matters instead of synonyms, pieces of words.

Thai and Khmer write no blanks between words: known words are looked for inside, and what is between them is cut into
pieces of three letters. The synonyms stand in `schemas/suggestions/synonyms.yml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.values.phrases import Phrasebook
from harmonize.yaml_text import read_yaml

__all__ = ["LONGEST", "Term", "Wording", "load_wording"]

LONGEST = 4_000
"""Characters of a text that are looked at; no question is longer, and a hostile one costs no more."""
_WITHOUT_BLANKS = "\u0e00-\u0e7f\u1780-\u17ff"
_WORD = re.compile(rf"[{_WITHOUT_BLANKS}]+|[^\W_{_WITHOUT_BLANKS}]+")
_RUN = re.compile(rf"[{_WITHOUT_BLANKS}]")
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("edly", ""), ("ed", ""), ("ations", "at"),
    ("ation", "at"), ("ments", ""), ("ment", ""), ("s", ""),
)  # fmt: skip
_SHORTEST_STEM = 3
_PIECE = 4
_RUN_PIECE = 3
_SEEN = 1 << 12
_SILENT = ""
_MATTER = "="


class _Synonyms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    left_out: dict[str, list[str]]
    same: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a text: `key` is what it is compared by, `said` how the text writes it."""

    key: str
    said: str


@dataclass(frozen=True, slots=True)
class Wording:
    """How texts of questionnaires and of our language are brought to common terms.

    Attributes:
        phrases: words without endings -> the matter that they name; empty where they say nothing.
        runs: the same for scripts without blanks, letter by letter.
        seen: terms of letters without blanks that were looked through last.
    """

    phrases: Phrasebook[str]
    runs: Phrasebook[str]
    seen: dict[str, tuple[Term, ...]] = field(default_factory=dict, compare=False, repr=False)

    def terms(self, text: str) -> list[Term]:
        """The terms of a text in order; what says nothing is left out."""
        return [term for term in self._found(text) if len(term.key) > 1]

    def pieces(self, text: str) -> list[str]:
        """Every four letters in a row, of what the text says and of the matters that it names.

        They forgive spelling and endings; what says nothing is left out.
        """
        found = list(self._found(text))
        said = " ".join(phrase for phrase, _ in self._phrases(text))
        named = " ".join(term.key.removeprefix(_MATTER) for term in found)
        return [piece for line in (said, named) for piece in _pieces(f" {line} ")]

    def _phrases(self, text: str) -> Iterator[tuple[str, str]]:
        """Words and known phrases as they are said, and what they are compared by."""
        words = _words(text)
        at = 0
        for phrase, matter in self.phrases.split([_stem(word) for word in words]):
            said = " ".join(words[at : at + len(phrase)])
            at += len(phrase)
            if matter != _SILENT:
                yield said, matter or phrase[0]

    def _found(self, text: str) -> Iterator[Term]:
        for said, key in self._phrases(text):
            if _RUN.match(said):
                yield from self._inside(said)
            else:
                yield Term(key, said)

    def _inside(self, run: str) -> tuple[Term, ...]:
        """The terms of letters without blanks; a heading is looked through once for all that stands under it."""
        if run not in self.seen:
            if len(self.seen) >= _SEEN:
                self.seen.clear()
            self.seen[run] = tuple(self._parted(run))
        return self.seen[run]

    def _parted(self, run: str) -> Iterator[Term]:
        gap = ""
        for phrase, matter in self.runs.split(run):
            said = "".join(phrase)
            if matter is None:
                gap += said
                continue
            yield from _cut(gap)
            gap = ""
            if matter != _SILENT:
                yield Term(matter, said)
        yield from _cut(gap)


def _pieces(line: str) -> list[str]:
    return [line[at : at + _PIECE] for at in range(len(line) - _PIECE + 1)]


def _cut(run: str) -> list[Term]:
    pieces = [run[at : at + _RUN_PIECE] for at in range(max(1, len(run) - _RUN_PIECE + 1))] if run else []
    return [Term(piece, piece) for piece in pieces]


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST]).casefold())


@lru_cache(maxsize=1 << 15)
def _stem(word: str) -> str:
    """An English word without its ending; any other as it is."""
    if len(word) <= _SHORTEST_STEM or not word.isascii():
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not word.endswith("ss"):
            word = word.removesuffix(ending) + instead
            break
    if len(word) > _SHORTEST_STEM and word.endswith("e"):
        word = word[:-1]
    if len(word) > _SHORTEST_STEM + 1 and word[-1] == word[-2] and word[-1] in "bdgmnprt":
        word = word[:-1]
    return word


def load_wording(path: Path) -> Wording:
    """Load the synonyms.

    Raises:
        ConfigurationError: the file is not whole.
    """
    try:
        synonyms = _Synonyms.model_validate(read_yaml(path))
    except ValidationError as problem:
        raise ConfigurationError(
            f"{path}: {problem}. Write lists of words, quoted where YAML reads them otherwise."
        ) from problem
    entries = [
        *((text, _SILENT) for texts in synonyms.left_out.values() for text in texts),
        *((text, f"{_MATTER}{matter}") for matter, texts in synonyms.same.items() for text in (matter, *texts)),
    ]
    return Wording(Phrasebook.of(_spelled(entries, False)), Phrasebook.of(_spelled(entries, True)))


def _spelled(entries: Iterable[tuple[str, str]], without_blanks: bool) -> Iterator[tuple[str, str]]:
    """The entries of the scripts with or without blanks, as a phrasebook takes them."""
    for text, matter in entries:
        words = _words(text)
        if any(_RUN.match(word) for word in words) != without_blanks:
            continue
        yield (" ".join("".join(words)) if without_blanks else " ".join(map(_stem, words))), matter
