"""Which mapping reads which question: by edition, question family, national list, label fingerprint, compliance point.

Better Work numbers its questions per country, so a question is looked for in the country's own list by its id, then by
the fingerprint of its printed label, and else mapped to its compliance point's overall indicator (a broader match).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from harmonize.crosswalk.mapping import Edition, MappingEntry
from harmonize.crosswalk.tabular import read_rows
from harmonize.project import Project
from harmonize.values.text import clean

__all__ = ["CrosswalkIndex", "InstrumentRules", "Question", "load_index"]

_JOINTS = re.compile(r"(?<=\d)\.(?=[a-z])|(?<=[a-z])\.(?=\d)")


@dataclass(frozen=True, slots=True)
class InstrumentRules:
    """What the crosswalk must know of an instrument: how its editions and questions are named.

    Attributes:
        keeps_scales: a question is read alike in every edition, also in one in which nothing maps it.
    """

    editions: Mapping[str, str]
    question_families: Sequence[tuple[str, str]]
    national_editions: Mapping[str, str]
    keeps_scales: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question as an export asks it."""

    instrument: str
    edition: str | None
    country: str | None
    question_id: str
    context: str | None
    label_hash: str | None


@dataclass(frozen=True)
class CrosswalkIndex:
    """Every mapping that may be used on the day of judgement. (Not slotted: one look-up is kept once made.)"""

    editions: Mapping[tuple[str, str], Edition]
    rules: Mapping[str, InstrumentRules]
    fingerprints: Mapping[tuple[str, str, str], tuple[str, str]]
    compliance_points: Mapping[str, Mapping[str, MappingEntry]]
    as_of: date

    def crosswalk_edition(self, instrument: str, edition: str | None) -> str | None:
        """The crosswalk edition that reads an edition; None leaves its answers raw and unmapped."""
        rules = self.rules.get(instrument)
        if rules is None:
            return None
        # (A pattern of nothing reads what states no edition.)
        return next(
            (target for pattern, target in rules.editions.items() if re.fullmatch(pattern, edition or "")), None
        )

    def entries(self) -> Iterable[MappingEntry]:
        """All mappings, compliance points included."""
        for edition in self.editions.values():
            yield from edition.entries.values()
        for points in self.compliance_points.values():
            yield from points.values()

    @property
    def validity(self) -> tuple[str, str]:
        """The last days, as ISO texts, on which a mapping began to hold and after which one ended.

        Days with the same two have the same usable mappings.
        """
        day = self.as_of.isoformat()
        begins = (begin for entry in self.entries() if (begin := entry.rule("valid_from")) is not None)
        ends = (end for entry in self.entries() if (end := entry.rule("valid_to")) is not None)
        return max((begin for begin in begins if begin <= day), default=""), max(
            (end for end in ends if end < day), default=""
        )

    def find(self, question: Question) -> MappingEntry | None:
        """The usable mapping of a question."""
        return next((entry for entry in self._candidates(question) if self._is_usable(entry)), None)

    def read_as(self, question: Question) -> MappingEntry | None:
        """A mapping by another edition, from which an unmapped question takes scale and polarity, and nothing else."""
        rules = self.rules.get(question.instrument)
        if rules is None or not rules.keeps_scales:
            return None
        ids = [question.question_id, *self._family(rules, question.question_id)]
        names = sorted((name for name in self.editions if name[0] == question.instrument), reverse=True)
        found = (entry for name in names for entry in self._by_id(name, ids))
        return next((entry for entry in found if self._is_usable(entry)), None)

    def _is_usable(self, entry: MappingEntry) -> bool:
        begin, end = entry.rule("valid_from"), entry.rule("valid_to")
        day = self.as_of.isoformat()
        return entry.is_approved and (begin is None or begin <= day) and (end is None or day <= end)

    def _candidates(self, question: Question) -> Iterable[MappingEntry]:
        edition = self.crosswalk_edition(question.instrument, question.edition)
        rules = self.rules.get(question.instrument)
        if edition is None or rules is None:
            return
        national = rules.national_editions.get(question.country or "")
        names = [(question.instrument, name) for name in (national, edition) if name is not None]
        ids = [question.question_id, *self._family(rules, question.question_id)]
        for name in names:
            yield from self._by_id(name, ids)
        if question.label_hash is not None:
            for country in dict.fromkeys((question.country or "", "")):
                pinned = self.fingerprints.get((question.instrument, country, question.label_hash))
                if pinned is not None and (question.instrument, pinned[0]) in self.editions:
                    yield from self._by_id((question.instrument, pinned[0]), [pinned[1]])
        if question.context is not None:
            point = self.compliance_points.get(question.instrument, {}).get(question.context)
            if point is not None:
                yield point

    def _by_id(self, name: tuple[str, str], ids: Sequence[str]) -> Iterable[MappingEntry]:
        edition = self.editions.get(name)
        if edition is None:
            return
        for question_id in ids:
            if question_id in edition.entries:
                yield edition.entries[question_id]
        spelled = self._spellings[name]
        for question_id in ids:
            if spelled.get(clause_key(question_id)) is not None:
                yield edition.entries[spelled[clause_key(question_id)] or ""]

    @staticmethod
    def _family(rules: InstrumentRules, question_id: str) -> list[str]:
        return [name for pattern, name in rules.question_families if re.fullmatch(pattern, question_id)]

    @cached_property
    def _spellings(self) -> Mapping[tuple[str, str], Mapping[str, str | None]]:
        """Clause key -> question per edition; None where two questions share a key."""
        found: dict[tuple[str, str], dict[str, str | None]] = {}
        for name, edition in self.editions.items():
            keys: dict[str, str | None] = {}
            for question in edition.entries:
                key = clause_key(question)
                keys[key] = None if key in keys else question
            found[name] = keys
        return found


def clause_key(text: str) -> str:
    """Key of a clause whose case, blanks and inner points vary: `10.B4` and `10b4` meet, `1.12` and `11.2` do not."""
    return _JOINTS.sub("", "".join((clean(text) or "").casefold().split()))


def _points(path: Path) -> dict[str, MappingEntry]:
    rules = {
        "scale": "finding_flag",
        "polarity": "positive",
        "status": "approved",
        "basis": "national_law",
    }
    return {
        row["name"]: MappingEntry(
            path.parent.name, "compliance_point", row["name"], "broad", row["indicator_id"], 0.8, rules
        )
        for row in read_rows(path, ("name", "indicator_id"))
    }


def load_index(
    project: Project, editions: Sequence[Edition], rules: Mapping[str, InstrumentRules], as_of: date
) -> CrosswalkIndex:
    """The index over all crosswalks, fingerprints and compliance points."""
    fingerprints = {
        (path.parent.name, row["country"], row["label_sha256"]): (row["edition"], row["question"])
        for path in project.files("mappings", "*/fingerprints.tsv")
        for row in read_rows(path, ("edition", "country", "question", "label_sha256"))
    }
    points = {path.parent.name: _points(path) for path in project.files("mappings", "*/compliance_points.tsv")}
    return CrosswalkIndex(
        {(edition.instrument, edition.edition): edition for edition in editions},
        rules,
        fingerprints,
        points,
        as_of,
    )
