"""One JSON text as a value, or a sentence why it is none.

Rules kept: nesting is judged before parsing; a key that stands twice in one object is refused, because one of the two
values would be lost; `NaN` and `Infinity`, which some programs print, stay the words they are, so that they are judged
at their cell; halves of characters become U+FFFD.
"""

from __future__ import annotations

import json
import re
from typing import Any

from harmonize.errors import RefusedFile
from harmonize.reading.json_structure import is_deeper

__all__ = ["check_depth", "parse_json"]

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:80]!r} stands twice in one object")
    return made


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=str)


def check_depth(data: bytes, limit: int) -> None:
    """Refuse what is nested too deeply to be parsed.

    Raises:
        RefusedFile: `too_deep`.
    """
    if is_deeper(data, limit):
        raise RefusedFile("too_deep", f"The JSON is nested deeper than {limit} levels.", "Export it again.")


def parse_json(text: str) -> Any:
    """The value of a text whose depth was judged.

    Raises:
        ValueError: it is no JSON, states a key twice, or a number with thousands of digits.
    """
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError as problem:
        if "digits" in str(problem):
            raise ValueError("a number has thousands of digits") from problem
        raise
    return _whole_characters(value) if _SURROGATE.search(text) else value


def _whole_characters(value: Any) -> Any:
    """Halves of characters (lone surrogates), as truncated exports escape them, become U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(item) for key, item in value.items()}
    return value
