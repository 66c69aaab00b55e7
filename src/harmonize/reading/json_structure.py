"""Where the brackets and commas of a JSON text stand, found without parsing it.

Rule kept: what is between quotation marks is text, whatever it looks like; and no nesting, however deep, costs more
than a number. Bytes in, positions out; whether the text is JSON at all is for the parser to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["Marks", "is_deeper", "marks"]

_CHUNK: Final = 1 << 20
_OPENING: Final = b"[{"
_CLOSING: Final = b"]}"

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Marks:
    """Structural characters in order.

    Attributes:
        places: where they stand.
        characters: brackets, commas and colons as bytes.
        depths: how deep they stand: an opening bracket inside what it opens, a closing one outside of it.
    """

    places: Places
    characters: npt.NDArray[np.uint8]
    depths: Places


def is_deeper(data: bytes, limit: int) -> bool:
    """Whether the brackets nest deeper than `limit`."""
    if data.count(b"[") + data.count(b"{") <= limit:
        return False
    return any(int(found.depths.max(initial=0)) > limit for found in marks(data, b""))


def marks(data: bytes, separators: bytes = b",:") -> Iterator[Marks]:
    """Brackets and the separators asked for, outside of texts, some at a time."""
    depth, in_text, is_escaped = 0, False, False
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        chunk, is_escaped = _without_escapes(chunk, is_escaped)
        characters = np.frombuffer(chunk, np.uint8)
        wanted = characters == ord('"')
        for mark in _OPENING + _CLOSING + separators:
            wanted |= characters == mark
        places = np.flatnonzero(wanted)
        found = characters[places]
        is_quote = found == ord('"')
        inside = ((np.cumsum(is_quote) + in_text) & 1).astype(np.bool_)
        in_text = bool(inside[-1]) if len(inside) else in_text
        is_mark = ~inside & ~is_quote
        places, found = places[is_mark] + start, found[is_mark]
        steps = np.isin(found, list(_OPENING)).astype(np.int64) - np.isin(found, list(_CLOSING))
        depths = depth + np.cumsum(steps)
        depth = int(depths[-1]) if len(depths) else depth
        yield Marks(places, found, depths)


def _without_escapes(chunk: bytes, is_escaped: bool) -> tuple[bytes, bool]:
    """The chunk with every escaped quotation mark blotted out, and whether its end escapes what follows."""
    if is_escaped:
        chunk = b"_" + chunk[1:]
    if b"\\" not in chunk:
        return chunk, False
    chunk = chunk.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    return chunk, chunk.endswith(b"\\")
