"""Bytes to text: byte order marks, UTF-8, and the fallback encoding that a profile states."""

from __future__ import annotations

import codecs

__all__ = ["Decoded", "decode"]

from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file.

    Attributes:
        encoding: the encoding that was used.
        certain: the encoding is stated by a byte order mark or is valid UTF-8.
        replaced: characters that could not be decoded.
    """

    text: str
    encoding: str
    certain: bool
    replaced: int = 0


def decode(data: bytes, fallback: str = "cp1252") -> Decoded:
    """Decode a text file: byte order mark, else UTF-8, else `fallback`, undecodable bytes becoming U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, certain=True, replaced=text.count("\ufffd"))
    try:
        return Decoded(data.decode("utf-8"), "utf-8", certain=True)
    except UnicodeDecodeError:
        text = data.decode(fallback, "replace")
        return Decoded(text, fallback, certain=False, replaced=text.count("\ufffd"))
