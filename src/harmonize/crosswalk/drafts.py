"""Draft crosswalks: rows that a program writes and a person decides.

A draft row is never read by the engine. One without an indicator is undecided: the lint asks for it until a person has
mapped the question or written why it is ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

from harmonize.crosswalk.mapping import INDICATOR_PREFIX, NO_TERM, RULE_COLUMNS, SSSOM_COLUMNS

__all__ = ["Candidate", "DraftRow", "draft_edition", "edition_paths"]

_NOBODY = "hzp:draft"
"""The author of a row that no person wrote."""
_HEADER = """\
#curie_map:
#  {instrument}: https://w3id.org/harmonize/question/{instrument}/
#  hz: https://w3id.org/harmonize/indicator/
#  hzp: https://w3id.org/harmonize/person/
#  semapv: https://w3id.org/semapv/vocab/
#  skos: http://www.w3.org/2004/02/skos/core#
#  sssom: https://w3id.org/sssom/
#license: https://www.apache.org/licenses/LICENSE-2.0
#mapping_set_id: https://w3id.org/harmonize/mappings/{instrument}/{edition}
#mapping_set_version: "{day}"
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An indicator that a program proposes.

    Attributes:
        predicate: how close it is, for example `skos:closeMatch`.
        justification: the semapv term of the way it was found, for example `semapv:LexicalMatching`.
    """

    indicator_id: str
    predicate: str
    confidence: float
    justification: str


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One question for a person to decide.

    Attributes:
        example_answer, example_state: an answer as the export prints it, and the state that scale and polarity make of
            it; empty where that is not known yet.
        candidate: what a program proposes; None leaves the question undecided.
    """

    question: str
    scale: str = ""
    polarity: str = ""
    basis: str = ""
    example_answer: str = ""
    example_state: str = ""
    candidate: Candidate | None = None


def edition_paths(folder: Path, edition: str) -> tuple[Path, Path]:
    """The crosswalk and the rules of an edition, in the folder of its instrument."""
    return folder / f"{edition}.sssom.tsv", folder / f"{edition}.rules.tsv"


def draft_edition(instrument: str, edition: str, rows: Sequence[DraftRow], day: date) -> tuple[str, str]:
    """The texts of both files of an edition, every row a draft.

    Args:
        day: when the draft is made.
    """
    sssom = _table(SSSOM_COLUMNS, [_mapping(instrument, row, day) for row in rows])
    rules = _table(RULE_COLUMNS, [_rules(row) for row in rows])
    return _HEADER.format(instrument=instrument, edition=edition, day=day) + sssom, rules


def _mapping(instrument: str, row: DraftRow, day: date) -> dict[str, str]:
    found = row.candidate
    return {
        "subject_id": f"{instrument}:{quote(row.question, safe='')}",
        "predicate_id": found.predicate if found else "skos:exactMatch",
        "object_id": f"{INDICATOR_PREFIX}{found.indicator_id}" if found else NO_TERM,
        "mapping_justification": found.justification if found else "semapv:UnspecifiedMatching",
        "confidence": f"{found.confidence:.2f}" if found else "",
        "author_id": _NOBODY,
        "mapping_date": day.isoformat(),
    }


def _rules(row: DraftRow) -> dict[str, str]:
    return {
        "question": row.question,
        "scale": row.scale,
        "polarity": row.polarity,
        "basis": row.basis,
        "status": "draft",
        "example_answer": row.example_answer,
        "example_state": row.example_state,
    }


def _table(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)
