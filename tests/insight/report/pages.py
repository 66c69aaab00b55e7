"""The report read as a browser or a screen reader reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Node", "read_page", "table_rows"]

_VOID = frozenset({"meta", "wbr", "line", "rect", "path", "circle", "br", "link", "img", "input", "hr", "base"})


@dataclass(slots=True)
class Node:
    """An element with its attributes, its children in order, and its own texts among them."""

    name: str
    attributes: dict[str, str | None]
    children: list[Node | str] = field(default_factory=list)

    def all(self, *names: str) -> Iterator[Node]:
        """The elements of these names below, in order; all of them where none is given."""
        for child in self.children:
            if isinstance(child, Node):
                if not names or child.name in names:
                    yield child
                yield from child.all(*names)

    def one(self, name: str, **attributes: str) -> Node:
        """The first such element."""
        return next(
            node
            for node in self.all(name)
            if all(node.attributes.get(key) == value for key, value in attributes.items())
        )

    @property
    def text(self) -> str:
        """All text below."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_page(page: str) -> Node:
    """The page as a tree; every element must be closed where it was opened."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def table_rows(table: Node) -> list[list[str]]:
    """The cells of the body, as text, numbers without the blanks between their groups."""
    return [
        [cell.text.replace("\u202f", "").strip() for cell in row.all("th", "td")]
        for row in table.one("tbody").all("tr")
    ]
