"""A workbook that comes back: every row is held against what was exported, and becomes what a person says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from harmonize.errors import InboxError, RefusedFile
from harmonize.reading.limits import Limits
from harmonize.reading.sheets import Cell, cell_text, read_sheets
from harmonize.reading.sheets import Sheet as ReadSheet
from harmonize.review.book import CLOSENESS, FORM, HIDDEN, MARK, Stamp, check_of, plain
from harmonize.review.items import item_id
from harmonize.review.kinds import KINDS
from harmonize.review.saying import Said
from harmonize.review.words import ReviewWords, Spoken
from harmonize.spoken_words import LANGUAGES

__all__ = ["Filled", "read_filled", "understood"]

_KEYED = ("kind", "item", "payload", "check")


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a workbook.

    Attributes:
        saids: what is said, in the order of the rows.
        places: sheet and row of each.
        problems: rows that cannot be taken, each with place, value and cure.
        rows: how many rows it has.
    """

    stamp: Stamp
    saids: Sequence[Said]
    places: Sequence[str]
    problems: Sequence[str]
    rows: int


class _Row(NamedTuple):
    place: str
    sheet: str
    cells: Mapping[str, str]


def read_filled(
    path: Path, project: str, words: ReviewWords, is_indicator: Callable[[str], bool], by: str, at: str
) -> Filled:
    """The decisions of a workbook; rows without one are passed over.

    Args:
        project: the mark of this project; a workbook of another one is refused.
        is_indicator: whether the common language has an indicator of that id.

    Raises:
        InboxError: the file cannot be read, is no workbook of `harmonize review export`, or is of another project.
    """
    sheets = _sheets(path)
    stamp, expected, language = _stamp(path, sheets, project)
    spoken = words.spoken(language)
    titles = {text: name for name, texts in words.columns.items() for text in texts.values()}
    rows = [row for sheet in sheets if sheet.name != HIDDEN for row in _rows(sheet, titles)]
    saids: list[Said] = []
    places: list[str] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for row in rows:
        if not row.cells.get("decision", "").strip():
            if row.cells.get("closeness") or row.cells.get("why"):
                problems.append(
                    f"{row.place}: it has a reason and no decision. Fill in the decision, or empty the row."
                )
            continue
        said = _said(row, stamp, expected, spoken, is_indicator)
        if isinstance(said, str):
            problems.append(f"{row.place}: {said}")
            continue
        item = row.cells["item"]
        if item in seen:
            problems.append(f"{row.place}: this item stands in {seen[item]} already. Leave one of the two empty.")
            continue
        seen[item] = row.place
        saids.append(said._replace(by=by, at=at))
        places.append(row.place)
    return Filled(stamp, saids, places, problems, sum(1 for row in rows if row.cells.get("item")))


def _sheets(path: Path) -> list[ReadSheet]:
    limits = Limits()
    try:
        if path.stat().st_size > limits.file_bytes:
            raise InboxError(
                f"{path}: more than {limits.file_bytes} bytes. This is no workbook of `harmonize review export`."
            )
        return read_sheets(path.read_bytes(), limits)
    except OSError as problem:
        raise InboxError(f"{path}: cannot be read: {problem.strerror}. Check path and permissions.") from problem
    except RefusedFile as problem:
        raise InboxError(f"{path}: {problem} Save it as .xlsx, as it was exported.") from problem


def _stamp(path: Path, sheets: Sequence[ReadSheet], project: str) -> tuple[Stamp, Mapping[str, str], str]:
    """Whose workbook it is, which sheet is of which kind, and the language of its words."""
    hidden = next((sheet for sheet in sheets if sheet.name == HIDDEN), None)
    texts = [[cell_text(cell) for cell in cells] for cells in hidden.rows] if hidden else []
    if not texts or texts[0][:1] != [MARK]:
        raise InboxError(
            f"{path}: this is no workbook of `harmonize review export`, or its hidden sheet {HIDDEN!r} is gone. Export "
            "anew."
        )
    said = {cells[0]: cells[1] for cells in texts[1:] if len(cells) > 1}
    if said.get("form") != FORM:
        raise InboxError(
            f"{path}: its form {said.get('form')!r} is of another version, which has {FORM!r}. Export anew."
        )
    if said.get("project") != project:
        raise InboxError(
            f"{path}: it was exported from another project (release {said.get('release')}), whose ids mean nothing "
            "here. Apply it there, with --out."
        )
    kinds = {name.removeprefix("sheet:"): sheet for name, sheet in said.items() if name.startswith("sheet:")}
    language = said.get("language", "")
    return (
        Stamp(project, said.get("release", ""), said.get("at", "")),
        {sheet: kind for kind, sheet in kinds.items()},
        language if language in LANGUAGES else LANGUAGES[0],
    )


def _rows(sheet: ReadSheet, titles: Mapping[str, str]) -> Iterator[_Row]:
    """The rows below the titles, by the names of columns; a sheet without the hidden columns has none."""
    header: Sequence[str] | None = None
    for at, cells in enumerate(sheet.rows):
        texts = [_text(cell) for cell in cells]
        if header is None:
            if set(_KEYED) <= set(texts):
                header = [titles.get(text, text) for text in texts]
            continue
        if any(texts):
            place = f"sheet {sheet.name!r}, row {at + 1}"
            yield _Row(place, sheet.name or "", dict(zip(header, texts, strict=False)))


def _text(cell: Cell) -> str:
    return cell_text(cell).replace("\r\n", "\n")


def _said(
    row: _Row, stamp: Stamp, expected: Mapping[str, str], words: Spoken, is_indicator: Callable[[str], bool]
) -> Said | str:
    """What a row says, or what is wrong with it."""
    cells = row.cells
    lacking = [name for name in _KEYED if not cells.get(name)]
    if lacking:
        return (
            f"the decision {cells['decision']!r} stands beside no item: the hidden column {lacking[0]!r} is empty. "
            "Export anew."
        )
    if cells["kind"] != expected.get(row.sheet):
        return (
            f"the row of item {cells['item']} is of kind {cells['kind']!r} and stands in a sheet of "
            f"{expected.get(row.sheet, 'no kind')!r}. Put it back into its own sheet, or export anew."
        )
    shown = [cells["kind"], cells["item"], cells["payload"], cells.get("a", ""), cells.get("b", "")]
    if check_of(stamp, shown) != cells["check"]:
        return (
            f"item {cells['item']} or its evidence was changed, so nobody knows what {cells['decision']!r} was said "
            "of. Only yellow cells may be filled in; export anew."
        )
    payload = json.loads(cells["payload"])
    keys = tuple((str(one), str(other)) for one, other in payload["keys"])
    if item_id(KINDS[cells["kind"]], keys[0]) != cells["item"]:
        return f"item {cells['item']} is not about what stands in its row. Export anew."
    found = understood(cells["kind"], cells["decision"], payload["verdicts"], payload["choices"], words, is_indicator)
    if isinstance(found, str):
        return found
    verdict, to = found
    closeness = cells.get("closeness", "").strip().casefold() if to and cells["kind"] == "question" else ""
    if closeness not in ("", *CLOSENESS):
        return f"{cells['closeness']!r} is no closeness. Write {', '.join(CLOSENESS)}, or leave it empty."
    why = plain(cells.get("why", ""))
    if cells["kind"] == "question" and verdict == "ignore" and not why:
        return "a question is ignored with a reason only. Fill in why."
    return Said(
        cells["kind"],
        keys,
        verdict,
        to,
        closeness or ("related" if cells["kind"] == "question" and to else ""),
        "",
        "",
        why,
    )


def understood(
    kind: str,
    text: str,
    verdicts: Sequence[str],
    choices: Sequence[str],
    words: Spoken,
    is_indicator: Callable[[str], bool],
) -> tuple[str, str] | str:
    """Verdict and choice of what was typed: a word of any language or its beginning, or the number of a suggestion.

    Returns:
        Both, the choice being empty where none is needed; or what is wrong, with the cure.
    """
    chosen, typed = KINDS[kind].chosen, plain(text).casefold()
    plainly = [one for one in verdicts if one != chosen]
    spelled = {spelling.casefold(): one for one in plainly for spelling in (one, *words.words.verdicts[one].values())}
    if typed in spelled:
        return spelled[typed], ""
    if chosen in verdicts and chosen is not None:
        if typed.isdecimal() and 1 <= int(typed) <= len(choices):
            return chosen, choices[int(typed) - 1]
        named = [one for one in choices if one.casefold() == typed]
        if named:
            return chosen, named[0]
        if KINDS[kind].is_open and is_indicator(plain(text)):
            return chosen, plain(text)
    begun = {one for spelling, one in spelled.items() if spelling.startswith(typed)}
    begun_choices = [one for one in choices if one.casefold().startswith(typed)]
    if len(begun) + len(begun_choices) == 1:
        return (begun.pop(), "") if begun else (chosen or "", begun_choices[0])
    offered = ", ".join([*choices, *map(words.verdict, plainly)])
    several = "may mean several things" if begun or begun_choices else "is no decision here"
    more = ", or the id of any indicator" if KINDS[kind].is_open else ""
    return f"{text!r} {several}. Write {offered}{more}, or leave it empty."
