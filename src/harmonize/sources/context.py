"""What every family needs to read one file: the recognition, the vocabulary, the number style and the staged rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from harmonize.model.issues import Issue
from harmonize.model.staged import StagedFile
from harmonize.sources.profile import Layout, Profile
from harmonize.sources.recognise import Recognition
from harmonize.sources.records import Record
from harmonize.sources.vocabulary import Vocabulary
from harmonize.values.numbers import NumberStyle, decide_style
from harmonize.values.text import word_key

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """One file being read. (Not slotted: two derived tables are kept once made.)"""

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
        listed = {word_key(word): word for word in self.profile.ratings}
        return listed or dict(self.vocabulary.ratings.get(self.profile.instrument, {}))

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
            if view is None or part is None or part.open or self.layout.family == "wide":
                continue
            for column in view.extra:
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
