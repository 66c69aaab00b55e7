"""From what stewards decided about unmapped questions to drafts in the crosswalk files.

A decision says which indicator a question asks about, and how nearly. Polarity, scale and basis it does not say, so the
rows are drafts (ignored questions, which need nothing else, are proposed): another person fills in the rest and
approves (`harmonize crosswalk status`), and only then do answers read by them reach anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from harmonize.crosswalk.mapping import INDICATOR_PREFIX, PREDICATES, RULE_COLUMNS, SSSOM_COLUMNS, Edition
from harmonize.crosswalk.tabular import read_text
from harmonize.review.saying import KeyedLine

__all__ = ["Decided", "adopted", "decided_questions", "decided_values"]

_NO_TERM = "sssom:NoTermFound"
_BY_CURATION = "semapv:ManualMappingCuration"


class Decided(NamedTuple):
    """What was decided about a question, or about a word.

    Attributes:
        edition: as the assessments print it; of a word the code of the issue.
        matter: the question, or the word.
        to: the indicator or the meaning; empty where it is ignored.
        by, on: who and which day.
    """

    instrument: str
    edition: str
    matter: str
    to: str
    closeness: str
    by: str
    on: str
    why: str


def _decided(lines: Iterable[KeyedLine], beginning: str, parts: int) -> list[Decided]:
    latest = {line.key: line for line in lines if line.key.startswith(f"{beginning}|")}
    found = []
    for key, line in sorted(latest.items()):
        _, instrument, edition, matter = key.split("|", parts)
        found.append(Decided(instrument, edition, matter, line.to, line.closeness, line.by, line.at[:10], line.why))
    return found


def decided_questions(lines: Iterable[KeyedLine]) -> list[Decided]:
    """What holds of questions, by instrument, edition and question."""
    return _decided(lines, "question", 3)


def decided_values(lines: Iterable[KeyedLine]) -> list[Decided]:
    """What words mean, by instrument, issue and word; a mistake of a contributor means nothing."""
    return [found for found in _decided(lines, "value", 3) if found.to]


def adopted(edition: Edition, decided: Sequence[Decided]) -> tuple[str, str]:
    """Both files of an edition with a row more for every question; everything else stays as it is."""
    sssom = [_line(SSSOM_COLUMNS, _mapping(edition.instrument, one)) for one in decided]
    rules = [_line(RULE_COLUMNS, _rules(one)) for one in decided]
    return _with(read_text(edition.sssom_path), sssom), _with(read_text(edition.rules_path), rules)


def _with(text: str, lines: Sequence[str]) -> str:
    return (text if text.endswith("\n") or not text else f"{text}\n") + "".join(lines)


def _line(columns: Sequence[str], row: Mapping[str, str]) -> str:
    return "\t".join(" ".join(row.get(name, "").split()) for name in columns) + "\n"


def _mapping(instrument: str, one: Decided) -> dict[str, str]:
    named = {name: predicate for predicate, name in PREDICATES.items()}
    return {
        "subject_id": f"{instrument}:{quote(one.matter, safe='')}",
        "predicate_id": named[one.closeness] if one.to else named["exact"],
        "object_id": f"{INDICATOR_PREFIX}{one.to}" if one.to else _NO_TERM,
        "mapping_justification": _BY_CURATION,
        "author_id": f"hzp:{re.sub(r'[^A-Za-z0-9_.+-]+', '-', one.by)}",
        "mapping_date": one.on,
    }


def _rules(one: Decided) -> dict[str, str]:
    return {
        "question": one.matter,
        "status": "draft" if one.to else "proposed",
        "reason": "" if one.to else one.why,
    }
