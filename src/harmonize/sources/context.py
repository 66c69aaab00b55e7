"""What every family needs to read one file: the recognition, the vocabulary, the number style and the staged rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from harmonize.model.issues import Issue
from harmonize.model.locators import column_letters
from harmonize.model.staged import StagedFile
from harmonize.reading.sheets import is_blank
from harmonize.sources.profile import Layout, Profile
from harmonize.sources.recognise import Recognition
from harmonize.sources.records import Record, TableView
from harmonize.sources.vocabulary import Vocabulary
from harmonize.values.numbers import NumberStyle, decide_style
from harmonize.values.text import term_key, word_key

__all__ = ["Context"]


def _untitled(view: TableView) -> list[int]:
    """Columns without a header that hold something all the same."""
    untitled = [column for column, title in enumerate(view.header) if not title]
    if not untitled:
        return []
    rows = view.sheet.rows[view.header_row + 1 :]
    return [column for column in untitled if any(column < len(row) and not is_blank(row[column]) for row in rows)]


@dataclass(frozen=True)
class Context:
    """One file being read. (Not slotted: derived tables are kept once made.)"""

    recognition: Recognition
    vocabulary: Vocabulary
    staged: StagedFile

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

    def report_drift(self) -> None:
        """Report columns that the profile does not name, and optional ones that are gone."""
        for view in (self.recognition.table, self.recognition.header_table):
            part = self.layout.table if view is self.recognition.table else self.layout.header_table
            if view is None or part is None:
                continue
            for column in _untitled(view):
                self.staged.report(
                    Issue(
                        "header",
                        "drift",
                        column_letters(column),
                        f"Column {column_letters(column)} holds cells but no header; they are not loaded.",
                        "Write a header above it and export it again.",
                    )
                )
            for column in view.extra if not part.open and self.layout.family != "wide" else ():
                self.staged.report(
                    Issue(
                        "header",
                        "drift",
                        view.header[column],
                        f"The column {view.header[column]!r} is not in the profile; its cells are kept raw.",
                        f"Name it in mappings/{self.profile.instrument}/source.yml if it means something.",
                    )
                )
        for name in dict.fromkeys(self.recognition.missing) if self.layout.family != "wide" else ():
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
