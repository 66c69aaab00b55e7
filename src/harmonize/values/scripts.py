"""Bring text of any script into Latin letters, so that a local name and its usual Latin spelling come near.

Words that a list knows (legal forms, trade words, places) are replaced where they stand, for many scripts write no
blanks between words; what is left is written by sound. Digits of every script become Western ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anyascii import anyascii

from harmonize.values.khmer import latin_of_khmer
from harmonize.values.thai import latin_of_thai

__all__ = ["LocalWords", "latin", "same_signs"]

_NORTH_INDIC, _SOUTH_INDIC = (0x0900, 0x0980, 0x0A00, 0x0A80, 0x0B00), (0x0B80, 0x0C00, 0x0C80, 0x0D00)
_CHINESE_NUMBER = re.compile(
    "第([一二三四五六七八九十]{1,3})|([一二三四五六七八九十]{1,3})(?=[分工]?[厂廠]|[号號期楼樓栋棟]|[车車][间間]|分公司)"
)
_CHINESE_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}
_LATIN = re.compile("[a-zÀ-ɏḀ-ỿ]")
_FAR = re.compile("[Ͱ-᷿⺀-ﻼ㈀-㋿]")
_HAS_THAI, _HAS_KHMER, _HAS_INDIC = re.compile("[฀-๿]"), re.compile("[ក-៝]"), re.compile("[ऀ-ൿ]")


def _letters(blocks: Iterable[int], first: int, last: int) -> str:
    return "".join(f"{chr(block + first)}-{chr(block + last)}" for block in blocks)


_INDIC = (*_NORTH_INDIC, *_SOUTH_INDIC)
_SIGNS = _letters(_INDIC, 0x3C, 0x3C) + _letters(_INDIC, 0x3E, 0x4D)
_UNWRITTEN_VOWEL = re.compile(
    f"([{_letters(_NORTH_INDIC, 0x15, 0x39)}][{_letters(_INDIC, 0x3C, 0x3C)}]?)(?![{_SIGNS}])"
    f"(?=[{_letters(_INDIC, 0x02, 0x39)}])"
    f"|([{_letters(_SOUTH_INDIC, 0x15, 0x39)}])(?![{_SIGNS}])"
)


def same_signs(text: str) -> str:
    """`text` in the composed form of Unicode, with the one Thai vowel that may be typed in two ways typed in one."""
    return unicodedata.normalize("NFC", text).replace("ํา", "ำ")


def latin(text: str) -> str:
    """`text` in ASCII letters, by sound as far as the script's writing tells it."""
    if text.isascii():
        return text
    if _HAS_THAI.search(text):
        text = latin_of_thai(text)
    if _HAS_KHMER.search(text):
        text = latin_of_khmer(text)
    if _HAS_INDIC.search(text):
        text = _UNWRITTEN_VOWEL.sub(lambda found: f"{found.group()}a", text)
    return anyascii(text)


@dataclass(frozen=True, slots=True)
class LocalWords:
    """What words of other scripts mean in English, the longest word that fits first.

    Attributes:
        meanings: word -> its meaning, in small letters.
        lengths: first sign -> the lengths of the words that begin with it, the longest first.
        accented: the words among them in Latin letters; they are words of their own and tell nothing inside others.
    """

    meanings: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]
    accented: re.Pattern[str] | None

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str]]) -> LocalWords:
        """Words with their meanings; the first entry of a word holds."""
        meanings: dict[str, str] = {}
        for word, meaning in entries:
            meanings.setdefault(same_signs(word).casefold(), meaning)
        lengths: dict[str, set[int]] = {}
        for word in meanings:
            if not _LATIN.match(word):
                lengths.setdefault(word[0], set()).add(len(word))
        accented = sorted(filter(_LATIN.match, meanings), key=lambda word: (-len(word), word))
        return cls(
            meanings,
            {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
            re.compile(rf"\b(?:{'|'.join(map(re.escape, accented))})\b", re.IGNORECASE) if accented else None,
        )

    def replace(self, text: str) -> str:
        """`text` with the known words replaced by their meanings, set apart by blanks."""
        if text.isascii():
            return text
        text = same_signs(text)
        if self.accented is not None:
            text = self.accented.sub(lambda found: f" {self.meanings[found.group().casefold()]} ", text)
        if not _FAR.search(text):
            return text
        text = _CHINESE_NUMBER.sub(lambda found: f" {_chinese(found[1] or found[2])} ", text)
        folded = text.casefold()
        if self.lengths.keys().isdisjoint(folded):
            return text
        # (Few letters change their number when they are folded; then the folded text itself is read.)
        text = text if len(text) == len(folded) else folded
        said: list[str] = []
        at = 0
        while at < len(text):
            length = next(
                (size for size in self.lengths.get(folded[at], ()) if folded[at : at + size] in self.meanings), 0
            )
            said.append(f" {self.meanings[folded[at : at + length]]} " if length else text[at])
            at += length or 1
        return "".join(said)


def _chinese(number: str) -> int:
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return int("".join(str(_CHINESE_DIGITS[digit]) for digit in number))
    return 10 * _CHINESE_DIGITS.get(tens[-1:], 1) + _CHINESE_DIGITS.get(ones, 0)
