"""The queue as a workbook: one sheet per kind, a row per decision, evidence side by side, and nothing to copy.

The first sheet explains in plain words. Hidden columns name the item and carry a check over it and its evidence, the
hidden sheet the project and the release, so that a row that was changed, moved or brought from elsewhere is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from harmonize.ledgers import read_lines
from harmonize.review.items import Item, Side
from harmonize.review.kinds import KINDS
from harmonize.review.words import Spoken
from harmonize.workbooks import ANSWERS, Book, Column, Marked, Sheet, held

__all__ = ["CLOSENESS", "FORM", "HIDDEN", "MARK", "Entry", "Stamp", "check_of", "plain", "project_mark", "review_book"]

FORM = "1"
"""Version of the workbook's form."""
MARK = "harmonize review"
HIDDEN = "_review"
CLOSENESS = ("exact", "close", "broad", "narrow", "related")
"""How near a question is to an indicator; what is left empty counts as the last, from which nothing follows."""
_SIDE_WIDTH, _WORDS_WIDTH, _MOST_LINES = 46, 40, 30


class Stamp(NamedTuple):
    """Whose workbook it is.

    Attributes:
        project: see `project_mark`.
        at: ISO 8601 time of the export.
    """

    project: str
    release_id: str
    at: str


class Entry(NamedTuple):
    """What a person puts into a row."""

    decision: str
    why: str = ""
    closeness: str = ""


def project_mark(folder: Path) -> str:
    """What tells a project from others: a hash over the ids that its first run minted, which no later run changes."""
    lines = [line for line in read_lines(folder / "facility_ids.jsonl") if "minted_on" in line]
    first = min((line["minted_on"] for line in lines), default="")
    keys = sorted(line["key"] for line in lines if line["minted_on"] == first)
    return hashlib.sha256("\x1f".join([first, *keys]).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def plain(text: str) -> str:
    """A text as it is compared: spreadsheet programs write line ends and blanks in their own ways."""
    return " ".join(text.split())


def check_of(stamp: Stamp, row: Sequence[str]) -> str:
    """The check over what a row is about: kind, item, what is recorded, and the evidence that was shown."""
    text = "\x1f".join([FORM, *stamp[:2], *map(plain, row)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def review_book(
    items: Sequence[Item],
    words: Spoken,
    stamp: Stamp,
    file: str,
    entries: Mapping[str, Entry] = MappingProxyType({}),
) -> Book:
    """The workbook of these items, in their order.

    Args:
        file: its name, for the sentence that says how it is handed back.
        entries: what is put into rows already, by item.
    """
    by_kind = {kind: [item for item in items if item.kind == kind] for kind in KINDS}
    shown = {kind: found for kind, found in by_kind.items() if found}
    sheets = [_sheet(kind, found, words, stamp, entries) for kind, found in shown.items()]
    return Book(
        [_start(shown, words, stamp, file), *sheets, _hidden(shown, words, stamp)],
        None,
        words.book("title"),
        stamp.release_id,
    )


def _start(shown: Mapping[str, Sequence[Item]], words: Spoken, stamp: Stamp, file: str) -> Sheet:
    preface = [
        words.book("title"),
        *(
            words.book(name, release=stamp.release_id, file=file)
            for name in ("what", "how", "bold", "untouched", "private", "back")
        ),
        words.book("unread") if words.words.status == "machine" else "",
    ]
    rows = [
        {
            "sheet": words.of_kind(kind, "sheet"),
            "open": words.book("rows", count=len(found), words=words.of_kind(kind, "many")),
            "help": words.of_kind(kind, "help"),
        }
        for kind, found in shown.items()
    ]
    widths = {"sheet": 18, "open": 40, "help": 110}
    columns = [Column(name, words.column(name), width) for name, width in widths.items()]
    return Sheet(
        words.book("start"), columns, rows, frozen=0, preface=[line for line in preface if line], is_locked=True
    )


def _hidden(shown: Mapping[str, Sequence[Item]], words: Spoken, stamp: Stamp) -> Sheet:
    said = {
        "form": FORM, "project": stamp.project, "release": stamp.release_id, "at": stamp.at, "language": words.language,
        **{f"sheet:{kind}": words.of_kind(kind, "sheet") for kind in shown},
    }  # fmt: skip
    columns = [Column("name", MARK, 20), Column("value", "value", 40)]
    rows = [{"name": name, "value": value} for name, value in said.items()]
    return Sheet(HIDDEN, columns, rows, is_ruled=False, is_hidden=True)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which columns the rows of a kind need; what is asked comes first where every row asks something else."""

    has_b: bool
    has_offer: bool
    has_closeness: bool
    has_cure: bool
    is_asked_first: bool


def _sheet(kind: str, items: Sequence[Item], words: Spoken, stamp: Stamp, entries: Mapping[str, Entry]) -> Sheet:
    shape = _Shape(
        any(side.b for item in items for side in item.said),
        any(item.labels for item in items),
        kind == "question",
        any(item.cure for item in items),
        len({item.asked for item in items}) > 1,
    )
    rows = (_row(at, item, shape, words, stamp, entries.get(item.item_id)) for at, item in enumerate(items, start=1))
    name = words.of_kind(kind, "sheet")
    return Sheet(name, _columns(shape, words), rows, frozen=2, count=len(items), is_locked=True)


def _columns(shape: _Shape, words: Spoken) -> list[Column]:
    found = [
        Column("number", words.column("number"), 6),
        Column("decision", words.column("decision"), 16, True, is_free=True),
    ]
    asked = Column("asked", words.column("asked"), 40)
    if shape.is_asked_first:
        found.append(asked)
    if shape.has_closeness:
        found.append(Column("closeness", words.column("closeness"), 12, True, CLOSENESS))
    if shape.has_offer:
        found.append(Column("offered", words.column("offered"), 60))
    found.append(Column("a", words.column("a"), _SIDE_WIDTH))
    if shape.has_b:
        found.append(Column("b", words.column("b"), _SIDE_WIDTH))
    found.append(Column("speaks", words.column("speaks"), _WORDS_WIDTH))
    if shape.has_cure:
        found.append(Column("cure", words.column("cure"), _WORDS_WIDTH))
    found += [Column(f"{name} touched", words.column(name), 10) for name in ("audiences", "assessments", "answers")]
    found.append(Column("why", words.column("why"), 30, True))
    if not shape.is_asked_first:
        found.append(asked)
    return [*found, *(Column(name, name, 10, is_hidden=True) for name in ("kind", "item", "payload", "check"))]


def _row(at: int, item: Item, shape: _Shape, words: Spoken, stamp: Stamp, entry: Entry | None) -> dict[str, Any]:
    a, b = _both(item.said) if shape.has_b else (_lines(item.said), Marked([]))
    payload = json.dumps(
        {"keys": item.keys, "verdicts": item.verdicts, "choices": item.choices},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    said = entry or Entry("")
    row: dict[str, Any] = {
        "number": at,
        "decision": said.decision,
        "closeness": said.closeness,
        "offered": "\n".join(item.labels),
        "a": a,
        "b": b if shape.has_b else "",
        "speaks": item.why,
        "cure": item.cure,
        "audiences touched": item.unlocked.audiences,
        "assessments touched": item.unlocked.assessments,
        "answers touched": item.unlocked.answers,
        "why": said.why,
        "asked": item.asked,
        "kind": item.kind,
        "item": item.item_id,
        "payload": payload,
    }
    shown = (held(str(row[name])) for name in ("a", "b"))
    row["check"] = check_of(stamp, [item.kind, item.item_id, held(payload), *shown])
    row[ANSWERS] = {"decision": _offered(item, words)}
    return row


def _offered(item: Item, words: Spoken) -> tuple[str, ...]:
    """The list of a row: what may be chosen, and the verdicts that need no choice."""
    chosen = KINDS[item.kind].chosen
    return (*item.choices, *(words.verdict(one) for one in item.verdicts if one != chosen))


def _lines(said: Sequence[Side]) -> Marked:
    return Marked([("\n".join(f"{side.name}: {side.a}" for side in said if side.a)[:30_000], False)])


def _both(said: Sequence[Side]) -> tuple[Marked, Marked]:
    """Both sides line by line, with what differs standing out."""
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for at, side in enumerate(said[:_MOST_LINES]):
        end = "\n" if at else ""
        ours, theirs = _differing(side.a, side.b)
        left += [(f"{end}{side.name}: ", False), *ours]
        right += [(f"{end}{side.name}: ", False), *theirs]
    return Marked(_joined(left)), Marked(_joined(right))


def _differing(a: str, b: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts in parts, word by word; parts that the other one does not have stand out."""
    if not a or not b:
        return [(a or "-", False)], [(b or "-", False)]
    ours, theirs = a.split(), b.split()
    matcher = SequenceMatcher(
        None, [one.casefold() for one in ours], [one.casefold() for one in theirs], autojunk=False
    )
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        left.append((" ".join(ours[i:j]) + (" " if j > i else ""), tag != "equal"))
        right.append((" ".join(theirs[k:m]) + (" " if m > k else ""), tag != "equal"))
    return left, right


def _joined(parts: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Neighbours that stand out alike as one part."""
    return list(_merge(part for part in parts if part[0]))


def _merge(parts: Iterator[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    held_text, is_marked = "", False
    for text, marked in parts:
        if held_text and marked != is_marked:
            yield held_text, is_marked
            held_text = ""
        held_text, is_marked = held_text + text, marked
    if held_text:
        yield held_text, is_marked
