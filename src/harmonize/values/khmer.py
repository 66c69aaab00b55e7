"""Write Khmer in Latin letters by sound, near the geographers' system, without a dictionary.

A vowel sign sounds one way after consonants of the first series and another way after those of the second; a consonant
without a sign carries a vowel of its own unless it closes the syllable. Only nearness to the usual spelling is
promised.
"""

from __future__ import annotations

import re

__all__ = ["latin_of_khmer"]

_FIRST = {
    **dict(zip("កខចឆញដឋឌឍណតថ", ["k", "kh", "ch", "chh", "nh", "d", "th", "d", "th", "n", "t", "th"], strict=True)),
    **dict(zip("បផសហឡអ", ["b", "ph", "s", "h", "l", ""], strict=True)),
}
_SECOND = dict(
    zip(
        "គឃងជឈញឌឍទធនពភមយរលវ",
        ["k", "kh", "ng", "ch", "chh", "nh", "d", "th", "t", "th", "n", "p", "ph", "m", "y", "r", "l", "v"],
        strict=True,
    ),
)
_SOUNDS = {**_FIRST, **_SECOND}
_VOWELS = {
    "": ("a", "o"),
    "ា": ("a", "ea"),
    "ិ": ("e", "i"),
    "ី": ("ei", "i"),
    "ឹ": ("oe", "ue"),
    "ឺ": ("eu", "eu"),
    "ុ": ("o", "u"),
    "ូ": ("ou", "u"),
    "ួ": ("uo", "uo"),
    "ើ": ("aeu", "eu"),
    "ឿ": ("oea", "oea"),
    "ៀ": ("ie", "ie"),
    "េ": ("e", "e"),
    "ែ": ("ae", "ae"),
    "ៃ": ("ai", "ey"),
    "ោ": ("ao", "o"),
    "ៅ": ("au", "ov"),
}
_OWN = {"ឥ": "e", "ឦ": "ei", "ឧ": "u", "ឩ": "ou", "ឪ": "ou", "ឫ": "rue", "ឬ": "rue", "ឭ": "lue", "ឮ": "lue"}
_OWN |= {"ឯ": "ae", "ឰ": "ai", "ឱ": "ao", "ឲ": "ao", "ឳ": "au"}
_KHMER = re.compile(r"[ក-៙ៜ-៝]+")
_SYLLABLE = re.compile(
    "(?P<start>[ក-អ](?:្[ក-អ])*)(?P<shift>[៉៊]?)(?P<vowel>[ា-ៅ]?)(?P<nasal>ំ?)(?P<breath>[ះៈ]?)"
    "(?:(?P<end>[ក-អ])(?P<dead>្[ក-អ])?(?P<short>[់៍៌]?)(?![ា-ៈ្៉៊]))?|(?P<own>[ឥ-ឳ])|(?P<sign>.)"
)
_SILENT = re.compile("[ក-អ][ិុ]?៍|[៌៏័៎]")


def latin_of_khmer(text: str) -> str:
    """`text` with every stretch of Khmer letters in Latin ones; digits and all other signs stay."""
    return _KHMER.sub(lambda found: _spoken(found.group()), text)


def _spoken(word: str) -> str:
    return "".join(map(_syllable, _SYLLABLE.finditer(_SILENT.sub("", word.replace("័យ", "ៃ")))))


def _syllable(found: re.Match[str]) -> str:
    if found["start"] is None:
        return _OWN.get(found["own"] or "", "")
    letters = [letter for letter in found["start"] if letter != "្"]
    opening = "".join(_SOUNDS.get(letter, "") for letter in letters)
    end = found["end"]
    closing = "p" if end == "ប" else _SOUNDS.get(end or "", "")
    is_last = found.start() > 0 and found.end() == len(found.string)
    if is_last and found.end() - found.start() == len(found["start"]):
        return opening
    return opening + _vowel(found, letters) + closing


def _vowel(found: re.Match[str], letters: list[str]) -> str:
    # (A sonorant takes the series of the consonant that it is written under.)
    ruling = letters[0] if letters[-1] in "ងញនមយរលវ" else letters[-1]
    is_second = (ruling in _SECOND) != bool(found["shift"])
    sign, nasal = found["vowel"], "m" if found["nasal"] and found["end"] != "ង" else ""
    if found["nasal"] and not sign:
        return "um" if is_second else "am"
    if found["breath"] == "ះ":
        return "eah" if is_second and not sign else _VOWELS[sign][is_second] + "h"
    return _VOWELS[sign][is_second] + nasal
