"""JSON values as cells: printed, blank or not, and where they stand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["is_empty", "is_language", "mapping_of", "node_is_blank", "path_of", "printed"]

_LANGUAGE = re.compile(r"[a-z]{2}[_-][A-Z]{2}")
_PLAIN_KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")


def printed(value: Any) -> str:
    """A JSON value as text; lists joined by `; `."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list):
        return "; ".join(printed(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {printed(item)}" for key, item in value.items())
    return str(value)


def is_language(key: str) -> bool:
    """A key such as `en_GB`, below which a text stands in that language."""
    return _LANGUAGE.fullmatch(key) is not None


def is_empty(value: Any) -> bool:
    """Nothing is stated."""
    return not printed(value).strip()


def path_of(base: str, key: str) -> str:
    """The JSON path of a key below another path."""
    return f"{base}.{key}" if _PLAIN_KEY.match(key) else f"{base}['{key}']"


def mapping_of(value: Any) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def node_is_blank(node: Any) -> bool:
    """A question node that states neither a value nor a correction."""
    if node is None:
        return True
    if isinstance(node, dict):
        return is_empty(node.get("value")) and is_empty(node.get("corrected"))
    return is_empty(node)
