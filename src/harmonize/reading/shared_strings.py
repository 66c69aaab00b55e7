"""What the shared strings of a workbook amount to once every cell has its copy.

Rule kept: never less than the truth. A value that might refer to a string in an unusual spelling counts as one to the
longest.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["referred_characters", "string_lengths"]

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]
_CHUNK: Final = 1 << 20
_MARGIN: Final = 24
"""Zero bytes behind the end, so that every place has something after it."""
_INDEX_DIGITS: Final = 10
_ENDS_NAME: Final = np.isin(np.arange(256), list(b" \t\r\n>/"))
_HAS_FRACTION: Final = np.isin(np.arange(256), list(b".eE"))
_OPENING_STRING = re.compile(rb"<si[\s>/]")


def string_lengths(xml: bytes) -> npt.NDArray[np.int64] | None:
    """Bytes of every shared string in order, at most; None where the order cannot be told without parsing."""
    opened = np.array([found.start() for found in _OPENING_STRING.finditer(xml)], np.int64)
    closings = np.array([found.start() for found in re.finditer(rb"</si>", xml)], np.int64)
    is_plain = not xml.count(b"<!") and xml.count(b"<?") < 2 and not xml.count(b":si")
    if not is_plain or len(closings) != len(opened) or not len(opened):
        return None
    if (opened > closings).any() or (closings[:-1] > opened[1:]).any():
        return None
    return closings - opened


def referred_characters(xml: bytes, lengths: npt.NDArray[np.int64]) -> int:
    """Characters that the cells of a part copy from the shared strings, at most.

    A value that is a plain whole number may be a reference; one that is written oddly counts as one to the longest.
    """
    whole = np.frombuffer(xml + b"\0" * _MARGIN, np.uint8)
    longest = int(lengths.max(initial=0))
    total = 0
    for start in range(0, len(xml), _CHUNK):
        body = whole[start : min(start + _CHUNK, len(xml))]
        tags = np.flatnonzero((body == ord("<")) | (body == ord(":"))) + start
        values = tags[(whole[tags + 1] == ord("v")) & _ENDS_NAME[whole[tags + 2]]]
        is_plain = (whole[values] == ord("<")) & (whole[values + 2] == ord(">"))
        plain = values[is_plain] + 3
        index, is_index, is_number = _whole_numbers(whole, plain)
        known = index[is_index & (index < len(lengths))]
        odd = len(values) - int(np.count_nonzero(is_index | is_number))
        total += int(lengths[known].sum()) + odd * longest
    return total


def _whole_numbers(whole: _Bytes, places: _Places) -> tuple[_Places, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Numbers at places, whether each is whole and ends its element, and whether it is one that is no index."""
    number = np.zeros(len(places), np.int64)
    width = np.zeros(len(places), np.int64)
    going = np.ones(len(places), np.bool_)
    for step in range(_INDEX_DIGITS):
        character = whole[places + step].astype(np.int64)
        going &= (character >= 48) & (character <= 57)
        number = np.where(going, number * 10 + character - 48, number)
        width += going
    end = whole[places + width]
    is_index = (width > 0) & (end == ord("<")) & (whole[places + width + 1] == ord("/"))
    is_negative = (whole[places] == ord("-")) & (width == 0)
    has_fraction = (width > 0) & _HAS_FRACTION[end]
    is_long = going & (whole[places] != ord("0"))
    return number, is_index, is_negative | has_fraction | (is_long & ~is_index)
