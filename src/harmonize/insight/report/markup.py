"""HTML and SVG put together so that every text is escaped, whatever it says."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["Markup", "element", "joined"]


class Markup(str):
    """Text that is markup already; everything else is escaped when it enters an element."""

    __slots__ = ()


_EMPTY = frozenset({"meta", "wbr", "line", "rect", "path", "circle"})
_OPEN = frozenset({"meta", "wbr"})
_Child = str | int | None


def element(name: str, /, *children: _Child | Iterable[_Child], **attributes: str | int | float | None) -> Markup:
    """An element; attributes of None are left out, `class_` is `class` and `stroke_width` is `stroke-width`."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY:
        return Markup(f"<{name}{said}{'' if name in _OPEN else '/'}>")
    return Markup(f"<{name}{said}>{joined(*children)}</{name}>")


def joined(*children: _Child | Iterable[_Child]) -> Markup:
    """Children one after another."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, Markup):
            parts.append(child)
        elif isinstance(child, str):
            parts.append(escape(child))
        elif isinstance(child, int):
            parts.append(str(child))
        elif child is not None:
            parts.extend(joined(one) for one in child)
    return Markup("".join(parts))


def _plain(value: str | int | float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
