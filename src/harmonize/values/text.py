"""Text in one form: NFC, single spaces, Western digits; and keys for comparing words and headers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

__all__ = ["answer_word", "clean", "code_key", "label_key", "numbered_words", "term_key", "western_digits", "word_key"]


_INVISIBLE = "\u200b\u2060\ufeff"


_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_INSIDE = str.maketrans("", "", _INVISIBLE)
_BETWEEN_WORDS = re.compile(r"(?<=\w)\s*[-\u2010-\u2015]\s*(?=\w)")

_NUMBER_BEFORE = re.compile(r"^\s*(?:\d{1,3}(?:\.\d{1,3}){2,}[.)]?|\d{1,3}(?:\.\d{1,3})?(?:[.):]|\s*[-–]))\s+(?!\d)")


def clean(text: str) -> str | None:
    """NFC, white space folded to single spaces, trimmed of it and of invisible signs; None when nothing is left."""
    folded = " ".join(unicodedata.normalize("NFC", text).split()).strip(f"{_INVISIBLE} ")
    return folded or None


@lru_cache(maxsize=1 << 15)
def word_key(text: str) -> str:
    """Key of an answer word or header: cleaned, case-folded, without the invisible breaks that Thai and Khmer hold."""
    return _without_breaks(clean(text) or "").casefold()


def term_key(text: str) -> str:
    """Key of a word of a closed list, such as a severity: a dash between words, however long, counts as a space."""
    return _BETWEEN_WORDS.sub(" ", word_key(text))


def _without_breaks(text: str) -> str:
    return text if text.isascii() else text.translate(_INSIDE)


def numbered_words(words: Iterable[str]) -> dict[str, int]:
    """Answer words by their keys, each with a number: the same words have the same numbers."""
    return {word: number for number, word in enumerate(sorted(set(words)))}


def answer_word(cleaned: str, words: Mapping[str, int]) -> int | None:
    """The number of a cleaned text where it is one of `words`; digits of any script count as Western ones."""
    return words.get(western_digits(_without_breaks(cleaned)).casefold())


def code_key(text: str) -> str:
    """Key for names whose punctuation varies: compatibility form, case-folded, `&` said, letters and digits only."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("&", "and")
    return "".join(c for c in plain if c.isalnum())


def label_key(text: str) -> str:
    """Key of a printed label or heading: a number before it and bracketed suffixes dropped, then as `code_key`."""
    kept: list[str] = []
    depth = 0
    for character in _NUMBER_BEFORE.sub("", text):
        if character == "[":
            depth += 1
        elif character == "]" and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return code_key("".join(kept))


def western_digits(text: str) -> str:
    """Full-width, Thai, Khmer and other decimal digits as 0 to 9; all else unchanged."""
    if text.isascii() or not _OTHER_DIGIT.search(text):
        return text
    return "".join(
        str(unicodedata.decimal(character)) if unicodedata.decimal(character, None) is not None else character
        for character in text
    )
