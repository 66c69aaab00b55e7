"""What differs between two texts: word by word, and letter by letter within words that are nearly alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

__all__ = ["Parts", "differing"]

Parts = list[tuple[str, bool]]
"""A text in parts, and whether each stands out."""
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_NEARLY = 0.5
_LONGEST = 4_000


def differing(a: str, b: str) -> tuple[Parts, Parts]:
    """Both texts in parts; those that the other one lacks stand out. Capitals count as small letters.

    Joined again, the parts are the texts.
    """
    if not a or not b or max(len(a), len(b)) > _LONGEST:
        is_marked = a != b and bool(a) and bool(b)
        return _joined([(a, is_marked)]), _joined([(b, is_marked)])
    ours, theirs = _TOKEN.findall(a), _TOKEN.findall(b)
    left: Parts = []
    right: Parts = []
    for tag, i, j, k, m in _matcher(ours, theirs).get_opcodes():
        one, other = "".join(ours[i:j]), "".join(theirs[k:m])
        if tag == "replace" and _letters(one, other).ratio() > _NEARLY:
            for kind, at, end, start, stop in _letters(one, other).get_opcodes():
                left.append((one[at:end], kind != "equal"))
                right.append((other[start:stop], kind != "equal"))
        else:
            left.append((one, tag != "equal"))
            right.append((other, tag != "equal"))
    return _joined(left), _joined(right)


def _matcher(ones: Sequence[str], others: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, [one.casefold() for one in ones], [one.casefold() for one in others], autojunk=False)


def _letters(one: str, other: str) -> SequenceMatcher[str]:
    return _matcher(list(one), list(other))


def _joined(parts: Parts) -> Parts:
    """Neighbours alike become one part; empty ones go."""
    found: Parts = []
    for text, is_marked in parts:
        if not text:
            continue
        if found and found[-1][1] == is_marked:
            found[-1] = (found[-1][0] + text, is_marked)
        else:
            found.append((text, is_marked))
    return found
