"""Write Thai in Latin letters by sound, near the Royal Institute's system, without a dictionary.

A letter-by-letter table leaves the vowels that are spoken but not written out, and has those written before a consonant
before it: นคร is `nakhon` here, not `nkhr`. Only nearness is promised: a name in Thai and its usual Latin spelling
should be alike, not equal.
"""

from __future__ import annotations

import re

__all__ = ["latin_of_thai"]

_STARTS = {
    **dict.fromkeys("ก", "k"),
    **dict.fromkeys("ขฃคฅฆ", "kh"),
    **dict.fromkeys("ง", "ng"),
    **dict.fromkeys("จ", "ch"),
    **dict.fromkeys("ฉชฌ", "ch"),
    **dict.fromkeys("ซศษส", "s"),
    **dict.fromkeys("ญย", "y"),
    **dict.fromkeys("ฎด", "d"),
    **dict.fromkeys("ฏต", "t"),
    **dict.fromkeys("ฐฑฒถทธ", "th"),
    **dict.fromkeys("ณน", "n"),
    **dict.fromkeys("บ", "b"),
    **dict.fromkeys("ป", "p"),
    **dict.fromkeys("ผพภ", "ph"),
    **dict.fromkeys("ฝฟ", "f"),
    **dict.fromkeys("ม", "m"),
    **dict.fromkeys("ร", "r"),
    **dict.fromkeys("ลฬ", "l"),
    **dict.fromkeys("ว", "w"),
    **dict.fromkeys("หฮ", "h"),
    **dict.fromkeys("อ", ""),
}
_ENDS = {
    **dict.fromkeys("กขคฆ", "k"),
    **dict.fromkeys("ง", "ng"),
    **dict.fromkeys("จฉชซฌฎฏฐฑฒดตถทธศษส", "t"),
    **dict.fromkeys("ญณนรลฬ", "n"),
    **dict.fromkeys("บปพฟภผฝ", "p"),
    **dict.fromkeys("ม", "m"),
    **dict.fromkeys("ย", "i"),
    **dict.fromkeys("ว", "o"),
    **dict.fromkeys("หฮอฃฅ", ""),
}
_BARE = "[ก-ฮ](?![ะ-ูํ็]|รร)"
_THAI = re.compile(r"[฀-๿]+")
_TONES = re.compile("[่-๋ๆฯ๎ฺ]")
_SILENT = re.compile("(?:[ตทดศ]ร|[ก-ฮ])[ิุ]?์")
_START = "(?:ห(?=[งญนมยรลว])|อ(?=ย))?(?P<start>[กขคตปผพ](?:[รล](?!ร)|ว(?=[ก-ฮะ-ู]))|[ทสศจ]ร(?!ร)|[ก-ฮ])"
_END = f"(?P<end>{_BARE})"
_SYLLABLES = [
    (re.compile(pattern.replace("O", _START).replace("F", _END).replace("B", _BARE)), vowel)
    for pattern, vowel in (
        ("เOียะ?F?", "ia"),
        ("เOือF?", "uea"),
        ("เOาะ", "o"),
        ("เOา", "ao"),
        ("เOอะ?F?", "oe"),
        ("เOิF?", "oe"),
        ("เOย(?![ะ-ู])", "oei"),
        ("เO(?:ะ|็?F?)", "e"),
        ("แO(?:ะ|็?F?)", "ae"),
        ("โO(?:ะ|F?)", "o"),
        ("[ใไ]Oย?(?![ะ-ู])", "ai"),
        ("[ใไ]O", "ai"),
        ("Oัวะ?", "ua"),
        ("OัF", "a"),
        ("Oำ", "am"),
        ("OาF?", "a"),
        ("OิF?", "i"),
        ("OีF?", "i"),
        ("OึF?", "ue"),
        ("Oื(?:อ|F?)", "ue"),
        ("O[ุู]F?", "u"),
        ("OรรF", "a"),
        ("Oรร", "an"),
        ("Oะ", "a"),
        ("O็F?", "o"),
        ("Oว(?=[ก-ฮ](?![ะ-ู]))F", "ua"),
        ("Oอ(?![ะ-ู])F?", "o"),
        ("O(?=BB(?!B))", "a"),
        ("OF", "o"),
        ("O", "a"),
    )
]
_CLUSTERS = {"ทร": "s", "สร": "s", "ศร": "s", "จร": "ch"}


def latin_of_thai(text: str) -> str:
    """`text` with every stretch of Thai letters in Latin ones; digits and all other signs stay."""
    return _THAI.sub(lambda found: _spoken(found.group()), text)


def _spoken(word: str) -> str:
    word = _SILENT.sub("", _TONES.sub("", word.replace("ํา", "ำ")))
    said: list[str] = []
    at = 0
    while at < len(word):
        for pattern, vowel in _SYLLABLES:
            found = pattern.match(word, at)
            if found is not None:
                said.append(_syllable(found, vowel))
                at = found.end()
                break
        else:
            said.append(word[at] if word[at].isdigit() else "")
            at += 1
    return "".join(said)


def _syllable(found: re.Match[str], vowel: str) -> str:
    start, end = found["start"], found.groupdict().get("end") or ""
    opening = _CLUSTERS.get(start) or "".join(_STARTS.get(letter, "") for letter in start)
    return opening + vowel + (_ENDS.get(end, "") if end else "")
