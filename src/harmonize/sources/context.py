"""What every family needs to read one file: the recognition, the vocabulary, the number style and the staged rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from harmonize.model.issues import Issue
from harmonize.model.locators import column_letters
from harmonize.model.staged import StagedFile
from harmonize.reading.sheets import is_blank
from harmonize.sources.json_nodes import printed
from harmonize.sources.profile import Layout, Profile
from harmonize.sources.recognise import Recognition
from harmonize.sources.records import Record, TableView
from harmonize.sources.unnamed import Unnamed, kept
from harmonize.sources.vocabulary import Vocabulary
from harmonize.values.numbers import NumberStyle, decide_style
from harmonize.values.text import term_key, word_key

__all__ = ["Context"]

_KEPT = {
    "column": "its cells are",
    "label": "what stands beside it is",
    **dict.fromkeys(("key", "page key"), "what it says is"),
}


def _untitled(view: TableView) -> list[int]:
    """Columns without a header that hold something all the same."""
    untitled = [column for column, title in enumerate(view.header) if not title]
    if not untitled:
        return []
    rows = view.sheet.rows[view.header_row + 1 :]
    return [column for column in untitled if any(column < len(row) and not is_blank(row[column]) for row in rows)]


@dataclass(frozen=True)
class Context:
    """One file being read. (Not slotted: derived tables are kept once made.)

    Attributes:
        told: what was reported of the file's columns, labels and keys.
        beside: what its pages say beside their entries, until an assessment keeps it.
    """

    recognition: Recognition
    vocabulary: Vocabulary
    staged: StagedFile
    told: set[tuple[str, str]] = field(default_factory=set)
    beside: list[Unnamed] = field(default_factory=list)

    @property
    def profile(self) -> Profile:
        """The instrument's profile."""
        return self.recognition.profile

    @property
    def layout(self) -> Layout:
        """The recognised layout."""
        return self.recognition.layout

    @cached_property
    def ratings(self) -> dict[str, str]:
        """Grades of the instrument by case-folded word; empty where it has none."""
        return {word_key(word): word for word in self.profile.ratings}

    @cached_property
    def severities(self) -> Mapping[str, str | None]:
        """Common severity by the `term_key` of the instrument's word; empty where it has none."""
        return {term_key(word): common for word, common in self.profile.severities.items()}

    @cached_property
    def finding_statuses(self) -> Mapping[str, str | None]:
        """Common state of a finding by the `term_key` of the instrument's word; empty where it has none."""
        return {term_key(word): common for word, common in self.profile.finding_statuses.items()}

    @cached_property
    def statuses(self) -> dict[str, str]:
        """Assessment statuses of the instrument by case-folded word."""
        return {word_key(word): word for word in self.profile.statuses}

    def number_style(self, texts: Iterable[str]) -> NumberStyle:
        """The number style of this file, from its unambiguous values, else the profile's."""
        return decide_style(texts, self.profile.number_style)

    def report_unnamed(self, kind: str, found: Unnamed) -> None:
        """Say that the profile does not name something, once per name; a list that holds no object says so each time.

        Args:
            kind: what it is: `column`, `label`, `key` or `page key`.
        """
        if found.is_no_object:
            message = f"The entry of {found.name!r} is no JSON object."
            self.staged.report(
                Issue(found.place, "not_an_object", printed(found.value), message, "Export it again.", withheld=True)
            )
            return
        if (kind, found.name) in self.told:
            return
        self.told.add((kind, found.name))
        self.staged.report(
            Issue(
                found.place,
                "drift",
                found.name,
                f"The {kind} {found.name!r} is not in the profile; {_KEPT[kind]} kept raw.",
                f"Name it in mappings/{self.profile.instrument}/source.yml if it means something.",
            )
        )

    def kept_of(self, unnamed: Sequence[Unnamed]) -> tuple[str | None, str | None]:
        """What an assessment says under unknown names, raw: all of it, and what says something of it as a whole.

        What pages say beside their entries is kept with the first assessment of the file.
        """
        whole = kept([*unnamed, *self.beside])
        self.beside.clear()
        return whole, kept(one for one in unnamed if one.is_of_header)

    def report_drift(self) -> None:
        """Report what the profile does not name, and optional columns that are gone."""
        for view in (self.recognition.table, self.recognition.header_table):
            part = self.layout.table if view is self.recognition.table else self.layout.header_table
            if view is None or part is None:
                continue
            for column in _untitled(view):
                if ("untitled", column_letters(column)) in self.told:
                    continue
                self.told.add(("untitled", column_letters(column)))
                self.staged.report(
                    Issue(
                        "header",
                        "drift",
                        column_letters(column),
                        f"Column {column_letters(column)} holds cells but no header; they are not loaded.",
                        "Write a header above it and export it again.",
                    )
                )
            is_open = part.open or self.layout.family == "wide" or self.layout.document is not None
            for column in view.extra if not is_open else ():
                self.report_unnamed("column", Unnamed(view.header[column], "header", None))
        if self.recognition.header_block is not None:
            kind = "label" if self.layout.document is None else "key"
            for one in self.recognition.header_block.unnamed:
                self.report_unnamed(kind, one)
        for one in self.recognition.beside:
            self.report_unnamed("page key", one)
        self.beside.extend(replace(one, key=one.place) for one in self.recognition.beside)
        missing = dict.fromkeys(self.recognition.missing) if self.layout.family != "wide" else ()
        for name in missing:
            if ("missing", name) in self.told:
                continue
            self.told.add(("missing", name))
            self.staged.report(
                Issue(
                    "header",
                    "missing_optional_column",
                    name,
                    f"The column {name!r} is not in this export.",
                    "Nothing to do if the programme does not print it.",
                    severity="info",
                )
            )

    def records(self, table: TableView, cells_of: Callable[[Record], int] = lambda _: 0) -> Iterator[Record]:
        """Data rows; one with cells beyond its header is withheld, for its cells are shifted.

        Args:
            cells_of: how many answer-bearing cells are withheld with a row.
        """
        titles = [word_key(title) for title in table.header]
        for record in table.records():
            if [word_key(text) for text in record.printed()[: len(titles)]] == titles:
                self.staged.counts.ignored += cells_of(record)
                self.report_repeated_row(record, "header")
                continue
            if not record.surplus:
                yield record
                continue
            self.report_ragged(record, len(record.cells), len(table.header), cells_of(record))

    def report_ragged(self, record: Record, width: int, headers: int, cells: int) -> None:
        """Withhold a row with cells beyond its header."""
        self.staged.report(
            Issue(
                record.locator,
                "ragged_row",
                str(width),
                f"The row has {width} cells under {headers} headers: its cells are shifted.",
                "Quote cells that hold the delimiter, and export it again.",
                withheld=True,
                cells=cells,
            )
        )

    def report_blank_key(self, record: Record, name: str, cells: int = 0) -> None:
        """Withhold a row that belongs to nothing because its key is blank."""
        self.staged.report(
            Issue(
                record.locator,
                "blank_key",
                "",
                f"The row has no {name}, so it belongs to nothing.",
                "Fill in the key in the export.",
                withheld=True,
                cells=cells,
            )
        )

    def is_of_another_factory(self, record: Record, identifiers: Mapping[str, str], cells: int) -> bool:
        """Withhold a row whose visit number means another factory in the rows above: it belongs to nobody known."""
        for scheme, text, _ in record.identifier_texts(self.staged):
            first = identifiers.get(scheme)
            if first is not None and first != text:
                self.staged.report(
                    Issue(
                        record.locator,
                        "inconsistent_factory",
                        text,
                        f"The rows above give this number to the factory {first!r}.",
                        "Correct the number or the factory id in the export.",
                        withheld=True,
                        cells=cells,
                    )
                )
                return True
        return False

    def report_repeated_row(self, record: Record, value: str) -> None:
        """Say that a row stands twice; the first one counts."""
        self.staged.report(
            Issue(
                record.locator,
                "repeated_row",
                value,
                "The same row stands above already.",
                "Remove the repetition in the export.",
            )
        )

    def report_unpublished(self, locator: str, status: str | None) -> None:
        """Say that an assessment is kept without answers because it was deleted or never posted."""
        self.staged.report(
            Issue(
                locator,
                "unpublished_assessment",
                status or "",
                "The assessment was deleted or never posted; it is kept without answers and never shared.",
                "Nothing to do, unless the factory meant to post it.",
                severity="info",
            )
        )

    def report_repeated_key(self, locator: str, native_id: str) -> None:
        """Say that one assessment id stands twice with different content; both are kept as deliveries."""
        self.staged.report(
            Issue(
                locator,
                "repeated_key",
                native_id,
                f"The assessment {native_id!r} stands above already and says something else; both are kept as copies.",
                "Ask the contributor which one is right.",
                severity="info",
            )
        )
