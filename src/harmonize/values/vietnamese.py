"""Old Vietnamese encodings, TCVN3 and VNI, recognised in text that was read as cp1252, and converted to Unicode.

Both look like Western letters with odd signs: `C«ng ty May` is TCVN3 for `Công ty May`, `Coâng ty` the same in VNI.
Text is converted only where several words show the signs; a single foreign word never does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harmonize.yaml_text import parse_yaml

__all__ = ["Converted", "LegacyVietnamese"]

_FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\s\d,;|\t\"]*")
_VNI_VOWELS = "aeouyAEOUYôöÔÖ"


@dataclass(frozen=True, slots=True)
class Converted:
    """Text in Unicode and the encoding it was in."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class LegacyVietnamese:
    """The letters of both encodings, each as its cp1252 reading."""

    tcvn3: Mapping[str, str]
    tcvn3_telling: frozenset[str]
    vni: Mapping[str, str]

    @classmethod
    def from_file(cls, path: Path) -> LegacyVietnamese:
        """Load `schemas/encodings/vietnamese.yml`."""
        return _load(path.resolve())

    def convert(self, text: str) -> Converted | None:
        """The text in Unicode, or None where nothing tells an old encoding."""
        words = set(_WORD.findall(text))
        if not words:
            return None
        if sum(1 for word in words if self._tells_tcvn3(word)) >= _FEWEST_WORDS:
            return Converted(self.apply("tcvn3", text), "tcvn3")
        telling = sum(1 for word in words if self._tells_vni(word))
        if telling >= _FEWEST_WORDS and 2 * telling >= len(words):
            return Converted(self.apply("vni", text), "vni")
        return None

    def apply(self, encoding: str, text: str) -> str:
        """Text that is known to be in `encoding` (`tcvn3` or `vni`), in Unicode."""
        if text.isascii():
            return text
        if encoding == "tcvn3":
            return _nfc("".join(self.tcvn3.get(character, character) for character in text))
        return _nfc(_letters(tuple(self.vni)).sub(lambda found: self.vni[found[0]], text))

    def _tells_tcvn3(self, word: str) -> bool:
        """A sign between two letters of one word; a trade mark sign at its end tells nothing."""
        return any(
            word[at] in self.tcvn3_telling and word[at - 1].isalpha() and word[at + 1].isalpha()
            for at in range(1, len(word) - 1)
        )

    def _tells_vni(self, word: str) -> bool:
        """A vowel followed by a mark that VNI writes as a letter of its own."""
        return any(word[at : at + 2] in self.vni for at in range(len(word) - 1) if word[at] in _VNI_VOWELS)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@cache
def _letters(letters: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, letters), key=len, reverse=True)))


@cache
def _load(path: Path) -> LegacyVietnamese:
    content = parse_yaml(path.read_text(encoding="utf-8"))
    return LegacyVietnamese(
        content["tcvn3"]["letters"], frozenset(content["tcvn3"]["telling"]), content["vni"]["letters"]
    )
