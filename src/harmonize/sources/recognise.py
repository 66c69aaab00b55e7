"""Recognise an export by its content, never by its name; refuse what is unknown and name the nearest known source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from harmonize.errors import RefusedFile
from harmonize.reading.documents import Document, JsonValue
from harmonize.reading.sheets import Sheet, cell_text
from harmonize.sources.json_envelopes import Documents, Envelope, Envelopes, beside, lists_of_page, no_objects
from harmonize.sources.json_tables import block_sheet, list_sheet
from harmonize.sources.matching import Match, TitledSheet, match_block, match_first_row, match_part, names_of
from harmonize.sources.profile import BlockPart, DocumentPart, Layout, Profile, ScoreList, TablePart
from harmonize.sources.records import Record, TableView
from harmonize.sources.unnamed import KnownKeys, Unnamed, unnamed_keys, unnamed_labels
from harmonize.values.text import clean, word_key

__all__ = ["Recognition", "recognise"]

_NEAR = 0.5
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a file is.

    Attributes:
        missing: optional fields that the export does not print, as their headers.
        more_tables: further sheets with the same table.
        score_table: points of sections, where a layout lists them.
        more_documents: further objects of the same layout.
        more_forms: further sheets that are each a form with its own block.
        headless: tables of sheets that are forms but for their block.
        no_objects: places of JSON entries that should be envelopes and are no objects.
        beside: what pages of JSON say beside their entries and the profile does not name.
    """

    profile: Profile
    layout: Layout
    table: TableView | None = None
    header_table: TableView | None = None
    header_block: Record | None = None
    envelopes: Sequence[Envelope] = ()
    missing: Sequence[str] = ()
    no_objects: Sequence[str] = ()
    beside: Sequence[Unnamed] = ()
    more_tables: Sequence[TableView] = ()
    score_table: TableView | None = None
    more_documents: Iterable[Envelope] = ()
    more_forms: Sequence[Recognition] = ()
    headless: Sequence[TableView] = ()

    def alike(self) -> Iterator[Recognition]:
        """The same recognition for every further sheet or object of the file that holds the same table."""
        for table in self.more_tables:
            yield replace(self, table=table, more_tables=())
        yield from self.more_forms
        for document in self.more_documents:
            yield _of_document(self.profile, self.layout, document)


@dataclass(frozen=True, slots=True)
class _Candidate:
    profile: Profile
    layout: Layout
    matches: tuple[Match, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return bool(self.matches) and not any(match.missing_required for match in self.matches)

    @property
    def nearness(self) -> float:
        required = sum(match.found + len(match.missing_required) for match in self.matches)
        return sum(match.found for match in self.matches) / required if required else 0.0

    @property
    def is_near(self) -> bool:
        """More than half of what is required is there, or one of its sheets or blocks is whole."""
        has_whole_part = len(self.matches) > 1 and any(
            not match.missing_required and (match.view is not None or match.in_its_sheet) for match in self.matches
        )
        return self.nearness > _NEAR or has_whole_part

    @property
    def weight(self) -> tuple[int, int]:
        return (sum(match.found for match in self.matches), sum(match.optional for match in self.matches))


def recognise(document: Document, profiles: Iterable[Profile], header_rows: int) -> Recognition:
    """The instrument and layout of a document.

    Args:
        header_rows: rows that are searched for a header.

    Raises:
        RefusedFile: `missing_columns` (a known source lacks required columns, which are named), `unknown_format`,
            `empty_file`.
    """
    known = list(profiles)
    if document.values:
        return _recognise_json(document.values, known)
    sheets = [TitledSheet(sheet, header_rows) for sheet in document.sheets]
    candidates = [
        _Candidate(profile, layout, tuple(match_part(part, layout, together) for part in layout.parts()))
        for profile in known
        for layout in profile.layouts
        if layout.parts() and layout.document is None
        for together in _together(layout, sheets)
    ]
    strict = [candidate for candidate in candidates if not candidate.layout.synonyms]
    complete = [candidate for candidate in strict if candidate.complete]
    if complete:
        layout = max(complete, key=lambda candidate: candidate.weight).layout
        first, *others = (_accept(candidate) for candidate in complete if candidate.layout is layout)
        return replace(first, more_forms=others, headless=_headless(layout, strict))
    nearest = max(strict, key=lambda c: (c.is_near, c.nearness, c.weight), default=None)
    loose = [c for c in candidates if c.layout.synonyms and c.complete and not _says_more(c)]
    if nearest is not None and nearest.is_near and not (loose and nearest.layout.family == "register"):
        raise _refusal(nearest, header_rows)
    if loose:
        return _accept(max(loose, key=lambda candidate: candidate.weight))
    raise _unknown(candidates, document.sheets, header_rows)


def _together(layout: Layout, sheets: Sequence[TitledSheet]) -> list[Sequence[TitledSheet]]:
    """The sheets among which the parts of a layout are looked for: a form has its block and its table in one."""
    is_form = layout.header_block is not None and layout.header_block.sheet is None
    return [[sheet] for sheet in sheets] if is_form else [sheets]


def _headless(layout: Layout, candidates: Sequence[_Candidate]) -> list[TableView]:
    """The tables of sheets that lack nothing but the block of a form."""
    if layout.header_block is None or layout.header_block.sheet is not None:
        return []
    views = [
        match.view
        for candidate in candidates
        if candidate.layout is layout and not candidate.complete
        for part, match in zip(layout.parts(), candidate.matches, strict=True)
        if part is layout.table
    ]
    return [view for view in views if view is not None]


def _says_more(candidate: _Candidate) -> bool:
    """The table has columns that no register has: it is an assessment export that nobody has profiled yet."""
    telling = {word_key(title) for title in candidate.layout.not_with}
    views = [match.view for match in candidate.matches if match.view is not None]
    return any(word_key(title) in telling for view in views for title in view.header)


def _accept(candidate: _Candidate) -> Recognition:
    table = header_table = None
    block: Record | None = None
    for part, match in zip(candidate.layout.parts(), candidate.matches, strict=True):
        if part is candidate.layout.table:
            table = match.view
        elif part is candidate.layout.header_table:
            header_table = match.view
        elif isinstance(part, BlockPart):
            block = _with_unnamed(part, match, table)
    missing = [name for match in candidate.matches for name in match.missing_optional]
    more = [view for match in candidate.matches for view in match.others] if len(candidate.matches) == 1 else []
    return Recognition(
        candidate.profile, candidate.layout, table, header_table, block, missing=missing, more_tables=more
    )


def _with_unnamed(part: BlockPart, match: Match, table: TableView | None) -> Record | None:
    """A block with what else stands in its sheet, above its table where that is in the same one."""
    if match.block is None or match.block_sheet is None:
        return match.block
    sheet = match.block_sheet
    rows = table.header_row if table is not None and table.sheet is sheet else len(sheet.rows)
    return replace(match.block, unnamed=unnamed_labels(sheet, match.block_rows[:rows], [*_titles(part), *part.known]))


def _refusal(candidate: _Candidate, header_rows: int) -> RefusedFile:
    missing = [name for match in candidate.matches for name in match.missing_required]
    names = ", ".join(repr(name) for name in missing)
    sheets = [
        part.sheet
        for part, match in zip(candidate.layout.parts(), candidate.matches, strict=True)
        if part.sheet and match.missing_required and not match.found
    ]
    where = f" and its sheet {', '.join(map(repr, sheets))}" if sheets else ""
    return RefusedFile(
        "missing_columns",
        f"This looks like {candidate.profile.instrument} ({candidate.layout.name}), but lacks {names}{where} "
        f"(headers are searched in the first {header_rows} rows).",
        f"Export it again with them, or name their columns in mappings/{candidate.profile.instrument}/source.yml.",
        value=", ".join(missing),
        locator="header",
    )


def _unknown(candidates: Sequence[_Candidate], sheets: Sequence[Sheet], header_rows: int) -> RefusedFile:
    nearest = max(
        candidates, key=lambda candidate: (candidate.nearness, _likeness(candidate, sheets, header_rows)), default=None
    )
    name = f"{nearest.profile.instrument} ({nearest.layout.name})" if nearest else "none"
    return RefusedFile(
        "unknown_format",
        f"No known source looks like this file; the nearest is {name} "
        f"(headers are searched in the first {header_rows} rows).",
        f"Compare its headers with mappings/{nearest.profile.instrument}/source.yml, or write a profile of its own "
        "(mappings/README.md)."
        if nearest
        else "Write a profile (mappings/README.md).",
        value=nearest.profile.instrument if nearest else "",
    )


def _likeness(candidate: _Candidate, sheets: Sequence[Sheet], header_rows: int) -> float:
    """How many words of the first rows stand in the headers of a layout, as a share of those headers' words."""
    printed = {
        word
        for sheet in sheets
        for row in sheet.rows[:header_rows]
        for cell in row
        for word in word_key(cell_text(cell)[:_LONGEST_TITLE]).split()
    }
    titles = {
        word
        for part in candidate.layout.parts()
        for names in names_of(part).values()
        for name in names
        for word in word_key(name).split()
    }
    return len(printed & titles) / len(titles) if titles else 0.0


def _speaks(profile: Profile, envelope: Envelope) -> bool:
    version = clean(str(envelope.node.get("version") or "")) or ""
    patterns = [profile.edition_pattern] if profile.edition_pattern else profile.editions
    return any(re.fullmatch(pattern, version.lower()) for pattern in patterns)


def _recognise_json(values: Sequence[JsonValue], profiles: Sequence[Profile]) -> Recognition:
    layouts = [(profile, layout) for profile in profiles for layout in profile.layouts]
    envelopes = Envelopes.of(values)
    if not len(envelopes) and not any(no_objects(value) for value in values):
        raise RefusedFile("empty_file", "Its list of assessments is empty.", "Nothing is lost; leave it out.")
    nearest: list[_Nearness] = []
    for profile, layout in layouts:
        if not layout.envelope_keys:
            continue
        whole = (envelope for envelope in envelopes if all(key in envelope.node for key in layout.envelope_keys))
        if any(_speaks(profile, envelope) for envelope in whole):
            others = [place for value in values for place in no_objects(value)]
            around = _unnamed_beside(layout, beside(values, lists_of_page))
            return Recognition(profile, layout, envelopes=envelopes, no_objects=others, beside=around)
        nearest.append(_nearness(profile, layout, layout.envelope_keys, envelopes))
    for profile, layout in layouts:
        if layout.document is not None:
            documents = Documents(values, layout.document.keys)
            if any(True for _ in documents):
                around = _unnamed_beside(layout, beside(values, documents.lists))
                return replace(_recognise_documents(profile, layout, documents), beside=around)
            nearest.append(_nearness(profile, layout, layout.document.keys, envelopes))
    raise _unknown_json(max(nearest, key=lambda found: found.share, default=None))


def _unnamed_beside(layout: Layout, found: Iterable[Unnamed]) -> list[Unnamed]:
    return [one for one in found if one.name not in layout.page_keys]


@dataclass(frozen=True, slots=True)
class _Nearness:
    """How much of what a JSON layout needs is there."""

    profile: Profile
    layout: Layout
    share: float
    missing: Sequence[str]


def _nearness(profile: Profile, layout: Layout, keys: Sequence[str], envelopes: Sequence[Envelope]) -> _Nearness:
    first = envelopes[0].node if envelopes else {}
    missing = [key for key in keys if key not in first]
    # What has every key and was not taken speaks of another tool.
    return _Nearness(profile, layout, 1 - len(missing) / len(keys) if missing else _NEAR, missing)


def _unknown_json(nearest: _Nearness | None) -> RefusedFile:
    if nearest is not None and nearest.share > _NEAR and nearest.missing:
        return RefusedFile(
            "missing_columns",
            f"This looks like {nearest.profile.instrument} ({nearest.layout.name}), but lacks "
            f"{', '.join(map(repr, nearest.missing))}.",
            "Export it again with the missing keys.",
            value=", ".join(nearest.missing),
            locator="header",
        )
    return RefusedFile(
        "unknown_format",
        "No known source looks like this JSON"
        + (f"; the nearest is {nearest.profile.instrument} ({nearest.layout.name})." if nearest else "."),
        "See `harmonize sources` for what is read.",
        value=nearest.profile.instrument if nearest else "",
    )


def _recognise_documents(profile: Profile, layout: Layout, documents: Documents) -> Recognition:
    first = next(iter(documents))
    found = _of_document(profile, layout, first)
    return replace(found, more_documents=documents.after_first(), no_objects=documents.others())


def _of_document(profile: Profile, layout: Layout, document: Envelope) -> Recognition:
    """One JSON object as a block of labels and a table, which have all that the profile names."""
    part, scores = layout.document, layout.document.scores if layout.document else None
    if part is None or layout.table is None or layout.header_block is None:
        raise TypeError("a layout of documents has a table and a header block")
    listed = [part.rows.split(".")[0], *([scores.rows.split(".")[0]] if scores else [])]
    block = block_sheet(document.node, document.locator, listed, _titles(layout.header_block))
    rows = list_sheet(document.node, document.locator, part.rows, _titles(layout.table))
    header = match_block(layout.header_block, block).block
    return Recognition(
        profile,
        layout,
        match_first_row(layout.table, rows).view,
        header_block=None if header is None else replace(header, unnamed=_unnamed_in(document, layout, part)),
        score_table=None if scores is None else _score_table(document, scores),
    )


def _unnamed_in(document: Envelope, layout: Layout, part: DocumentPart) -> list[Unnamed]:
    """What a document says that neither its block nor its lists name."""
    parts = layout.parts()
    paths = [path for one in parts for path in [*_titles(one), *one.known]]
    scores = [] if part.scores is None else [part.scores.section, part.scores.score]
    lists = [part.rows, *([] if part.scores is None else [part.scores.rows])]
    known = KnownKeys.of([*paths, *scores], lists, exact=False)
    apart = {known.spelled(path.split(".")[0]) for path in lists}
    return list(unnamed_keys(document.node, document.locator, known, apart))


def _score_table(document: Envelope, scores: ScoreList) -> TableView | None:
    part = TablePart(columns={"section": [scores.section], "score": [scores.score]}, required=["section", "score"])
    rows = list_sheet(document.node, document.locator, scores.rows, _titles(part))
    return match_first_row(part, rows).view


def _titles(part: TablePart | BlockPart) -> list[str]:
    return list(dict.fromkeys(title for titles in names_of(part).values() for title in titles))
