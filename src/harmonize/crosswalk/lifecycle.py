"""The life of a mapping: draft, proposed, approved, retired; who moved it on, and since when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote

from harmonize.crosswalk.mapping import Edition, split_header
from harmonize.crosswalk.tabular import read_text
from harmonize.errors import ConfigurationError

__all__ = ["STEPS", "Moved", "as_if", "moved", "write"]

STEPS: Mapping[str, Sequence[str]] = {
    "draft": ("proposed",),
    "proposed": ("approved", "draft"),
    "approved": ("retired", "proposed"),
    "retired": (),
}
"""Where a mapping may go from each status."""
_PERSON = re.compile(r"[A-Za-z][\w.-]*:\S+")


@dataclass(frozen=True, slots=True)
class Moved:
    """The texts of both files of an edition after a move, and how many rows moved."""

    sssom: str
    rules: str
    rows: int


def as_if(edition: Edition, questions: Iterable[str], status: str) -> Edition:
    """An edition as if these questions had this status; what lint then says of them stands in their way."""
    turned = {
        name: replace(edition.entries[name], rules={**edition.entries[name].rules, "status": status})
        for name in questions
    }
    return replace(edition, entries={**edition.entries, **turned})


def moved(edition: Edition, questions: Sequence[str], status: str, by: str, today: date) -> Moved:
    """Both files of an edition with these questions moved to a status.

    An approval writes down who reviewed the mapping, a retirement when it ended. Every other line stays as it is.

    Args:
        by: who does it, as `prefix:name`.

    Raises:
        ConfigurationError: a question is not there, its status does not lead to the wanted one, or its author approves.
    """
    if not _PERSON.fullmatch(by):
        raise ConfigurationError(f"{by!r} names nobody; write prefix:name, as author_id has it (hzp:...).")
    if status not in STEPS:
        raise ConfigurationError(f"The status {status!r} is none of {', '.join(STEPS)}.")
    place = f"{edition.instrument}/{edition.edition}"
    for name in questions:
        entry = edition.entries.get(name)
        if entry is None:
            raise ConfigurationError(
                f"{place} has no question {name!r}; `harmonize crosswalk coverage` lists editions."
            )
        before = entry.rule("status") or ""
        if status not in STEPS.get(before, ()):
            after = ", ".join(STEPS.get(before, ())) or "nothing"
            raise ConfigurationError(f"{place}: {name}: what is {before} can become {after}, not {status}.")
        if status == "approved" and entry.provenance.get("author_id") == by:
            raise ConfigurationError(f"{place}: {name}: {by} wrote this mapping; somebody else must approve it.")
    wanted = frozenset(questions)
    changes = {"status": status, **({"valid_to": today.isoformat()} if status == "retired" else {})}
    rules = _changed(read_text(edition.rules_path), "question", wanted, changes)
    header, body = split_header(read_text(edition.sssom_path))
    if status == "approved":
        body = _changed(body, "subject_id", wanted, {"reviewer_id": by}, prefix=f"{edition.instrument}:")
    sssom = "".join(f"#{line}" for line in header.splitlines(keepends=True)) + body
    return Moved(sssom, rules, len(wanted))


def write(edition: Edition, change: Moved) -> None:
    """Replace both files of an edition; whoever reads one meanwhile sees the old or the new one, never a half.

    Raises:
        ConfigurationError: a file cannot be written.
    """
    for path, text in ((edition.sssom_path, change.sssom), (edition.rules_path, change.rules)):
        building = path.with_name(f".{path.name}.new")
        try:
            building.write_text(text, encoding="utf-8", newline="\n")
            building.replace(path)
        except OSError as problem:
            raise ConfigurationError(
                f"{path}: cannot be written: {problem.strerror}. Check permissions and space."
            ) from problem


def _changed(table: str, key: str, wanted: frozenset[str], changes: Mapping[str, str], prefix: str = "") -> str:
    """A table with other cells in the rows of these questions, and everything else untouched."""
    lines = table.split("\n")
    columns = lines[0].split("\t")
    for number, line in enumerate(lines[1:], start=1):
        cells = line.split("\t")
        if len(cells) == len(columns) and unquote(cells[columns.index(key)].removeprefix(prefix)) in wanted:
            for name, text in changes.items():
                cells[columns.index(name)] = text
            lines[number] = "\t".join(cells)
    return "\n".join(lines)
