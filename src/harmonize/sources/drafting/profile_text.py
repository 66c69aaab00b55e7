"""The text of a drafted profile: YAML with a `check` wherever a person must look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import yaml

from harmonize.model.tables import CommonSeverity, FindingStatus
from harmonize.sources.drafting.codes import Codes
from harmonize.sources.drafting.columns import Column
from harmonize.sources.drafting.dates import DateForms
from harmonize.sources.drafting.layouts import DraftLayout, DraftPart
from harmonize.sources.drafting.meanings import Understood
from harmonize.sources.drafting.words import FACTORY
from harmonize.sources.profile import Profile
from harmonize.values.numbers import NumberStyle
from harmonize.values.text import word_key

__all__ = ["Draft", "profile_text"]

_Words = Mapping[str, Mapping[str, str | None]]
"""The common word of each source's own words, by source."""


@dataclass(frozen=True, slots=True)
class Draft:
    """All that the profile of a source is written from.

    Attributes:
        encoding: that of a text that is no UTF-8, where it is not the usual one.
    """

    instrument: str
    edition: str
    layout: DraftLayout
    dates: DateForms
    number_style: NumberStyle
    codes: Codes
    encoding: str | None


def profile_text(draft: Draft, profiles: Sequence[Profile]) -> str:
    """The profile.

    Args:
        profiles: those that are there, whose words for severities and states are compared.
    """
    lines = [
        "# A draft from a sample. What bears the word `check` wants a look; mappings/README.md explains every field.",
        f"instrument: {_scalar(draft.instrument)}",
        f"title: {_scalar(draft.instrument)}   # check: the full name of the tool",
        "owner: null   # check: whose tool it is",
        *_general(draft),
        *_words(draft, profiles),
        *_rights(draft),
        *_layout(draft),
    ]
    return "\n".join(lines) + "\n"


def _general(draft: Draft) -> list[str]:
    lines = []
    if draft.layout.kind == "register":
        lines.append("kind: register")
    else:
        lines.append("assessment_kind: audit   # check: self, audit, inspection, self_inspection or transparency")
        edition, pattern = _scalar(draft.edition), _scalar(re.escape(draft.edition))
        lines += [f"edition: {edition}", f"editions: {{{pattern}: {edition}}}"]
    if draft.number_style is not NumberStyle.POINT:
        lines.append(f"number_style: {_scalar(draft.number_style.value)}")
    return lines


def _words(draft: Draft, profiles: Sequence[Profile]) -> list[str]:
    lines = []
    rating = draft.layout.column("rating")
    if rating is not None and rating.words:
        lines.append(f"ratings: {_listed(rating.words)}   # check: add the grades that the sample has not")
    severities = {profile.instrument: profile.severities for profile in profiles}
    statuses = {profile.instrument: profile.finding_statuses for profile in profiles}
    lists: Sequence[tuple[str, str, _Words, Sequence[str]]] = (
        ("severity", "severities", severities, get_args(CommonSeverity)),
        ("status", "finding_statuses", statuses, get_args(FindingStatus)),
    )
    for field, name, known, common in lists:
        column = draft.layout.column(field)
        if column is not None and column.words:
            lines.append(f"{name}:   # check: {', '.join(common)}, or null; add the words that the sample has not")
            lines += [_common(word, known) for word in column.words]
    return lines


def _common(word: str, known: _Words) -> str:
    """A word with the common one that other sources give it, where they agree."""
    given = {
        instrument: said
        for instrument, stated in known.items()
        for other, said in stated.items()
        if word_key(other) == word_key(word)
    }
    if len(set(given.values())) != 1:
        return f"  {_scalar(word)}: null"
    return f"  {_scalar(word)}: {next(iter(given.values())) or 'null'}   # as in {', '.join(given)}"


def _rights(draft: Draft) -> list[str]:
    if draft.layout.kind == "register":
        return ["rights: {who_may_grant: nobody}   # check: public, facility, programme, brand, member or account"]
    return [
        "scope: {}   # check: what it looks at, such as {labour: in, environment: unknown}",
        "rights: {who_may_grant: nobody}   # check: facility, programme, brand, member or account",
    ]


def _layout(draft: Draft) -> list[str]:
    layout = draft.layout
    lines = ["layouts:", "  - name: export", f"    family: {layout.kind}"]
    if draft.encoding is not None:
        lines.append(f"    encoding: {_scalar(draft.encoding)}")
    lines += _dates(draft.dates)
    if layout.kind == "long":
        lines.append("    default_scale: plain_information")
    if draft.codes.pattern is not None:
        lines.append(f"    clause_pattern: {_scalar(draft.codes.pattern)}")
    clean = _clean_visit(layout)
    if clean:
        lines.append(f"    clean_visit_field: {_listed(clean)}")
    for name, part in (("header_table", layout.headers), ("header_block", layout.block), ("table", layout.table)):
        if part is not None:
            lines += _part(name, part, draft.instrument)
    return lines


def _dates(dates: DateForms) -> list[str]:
    lines = []
    if dates.open_forms:
        lines += [
            f"    # check: it is not proven whether {dates.example} has the day or the month first. Name the form",
            f"    # that is true, {' or '.join(dates.open_forms)}. Until then such dates are kept out and reported.",
        ]
    assumed = (
        f"   # check: no date proves that the day comes first in {', '.join(dates.assumed)}" if dates.assumed else ""
    )
    return [*lines, f"    dates: {_listed(dates.forms)}{assumed}"]


def _clean_visit(layout: DraftLayout) -> list[str]:
    """The fields that are blank in rows of visits at which nothing was found, where the sample has such rows."""
    columns = {name: column for name in ("clause", "description") if (column := layout.table.column(name)) is not None}
    if layout.kind != "findings" or layout.headers is not None or "clause" not in columns:
        return []
    rows = zip(*(column.cells for column in columns.values()), strict=True)
    return list(columns) if any(not any(map(_says, cells)) for cells in rows) else []


def _says(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())


def _part(name: str, part: DraftPart, instrument: str) -> list[str]:
    lines = [f"    {name}:"]
    if part.sheet is not None:
        lines.append(f"      sheet: {_scalar(part.sheet)}")
    required = [scheme_of(field, instrument) if field == FACTORY else field for field in part.required]
    lines += [f"      required: {_listed(required)}", f"      {'labels' if name == 'header_block' else 'columns'}:"]
    for field, titles, unsure in _fields(part.understood):
        remark = f"   # check: {unsure}" if unsure else ""
        lines.append(f"        {field}: {titles}{remark}")
    schemes = [one for one in part.understood if one.meaning.is_identifier]
    if schemes:
        stated = ", ".join(f"{scheme_of(one.meaning.name, instrument)}: {_scalar(one.column.title)}" for one in schemes)
        lines.append(f"      identifiers: {{{stated}}}")
    if part.left:
        lines.append(
            "      # Not understood: reported as drift and kept raw until they are named above, or passed over here:"
        )
        lines.append(f"      # known: {_listed([column.title for column in part.left])}")
    return lines


def scheme_of(identifier: str, instrument: str) -> str:
    """The scheme of an identifier; that of the brand's own numbers is named after the brand."""
    return f"{instrument}_{FACTORY}" if identifier == FACTORY else identifier


def _fields(understood: Sequence[Understood]) -> Iterable[tuple[str, str, str]]:
    """Every field with its headers and what is not sure; an address is joined with city and province."""
    by_name: dict[str, list[Understood]] = {}
    for one in understood:
        if not one.meaning.is_identifier:
            by_name.setdefault(one.meaning.name, []).append(one)
    for name, found in by_name.items():
        titles = [one.column.title for one in found]
        if name == "address":
            titles += [one.column.title for place in ("city", "admin1") for one in by_name.get(place, [])]
        unsure = next((one.why for one in found if not one.is_sure), "")
        yield name, _scalar(titles[0]) if len(titles) == 1 else _listed(titles), unsure


def left_of(layout: DraftLayout) -> list[Column]:
    """Columns of all parts that are not understood."""
    return [column for part in layout.parts for column in part.left]


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_scalar, texts))}]"


def _scalar(text: str) -> str:
    """A text in YAML, quoted where it must be, also within braces."""
    dumped: str = yaml.safe_dump([text], default_flow_style=True, allow_unicode=True, width=10_000)
    return dumped.strip()[1:-1]
