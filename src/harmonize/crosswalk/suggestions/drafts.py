"""Drafts of the two crosswalk files of an edition, and the list of candidates that a person chooses from.

Nothing here is approved, and nothing is guessed that only a reader of the question can know: polarity, scale, basis
and example stay empty. A question without a candidate has a row in the rules and none in the SSSOM file, for "no term
found" would say that somebody had looked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from harmonize.crosswalk.mapping import INDICATOR_PREFIX, RULE_COLUMNS, SSSOM_COLUMNS
from harmonize.crosswalk.suggestions.indicators import IndicatorTexts
from harmonize.crosswalk.suggestions.model import SuggestionModel
from harmonize.crosswalk.suggestions.questions import AskedQuestion
from harmonize.crosswalk.suggestions.rank import Ranked, Ranking
from harmonize.errors import ConfigurationError

__all__ = [
    "AUTHOR",
    "CANDIDATE_COLUMNS",
    "JUSTIFICATION",
    "DraftedEdition",
    "candidate_rows",
    "draft",
    "draft_paths",
    "write_drafts",
]

AUTHOR = "hzp:harmonize-suggest"
JUSTIFICATION = "semapv:LexicalSimilarityThresholdMatching"
CANDIDATE_COLUMNS = ("question", "rank", "indicator", "probability", "label", "why")
_INSTRUMENT = re.compile(r"[a-z][a-z0-9_]{1,39}")
_EDITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_HEADER = """#curie_map:
#  {instrument}: https://w3id.org/harmonize/question/{instrument}/
#  hz: https://w3id.org/harmonize/indicator/
#  hzp: https://w3id.org/harmonize/person/
#  semapv: https://w3id.org/semapv/vocab/
#  skos: http://www.w3.org/2004/02/skos/core#
#  sssom: https://w3id.org/sssom/
#license: https://www.apache.org/licenses/LICENSE-2.0
#mapping_set_id: https://w3id.org/harmonize/mappings/{instrument}/{edition}
#mapping_set_title: Drafts of {instrument} {edition} questions to harmonize indicators
#mapping_set_version: "{day}"
"""


@dataclass(frozen=True, slots=True)
class DraftedEdition:
    """Whose questionnaire it is, and the day of the drafts."""

    instrument: str
    edition: str
    day: date


Why = Callable[[AskedQuestion, Ranked], str]


def draft(
    drafted: DraftedEdition,
    rankings: Sequence[Ranking],
    known: IndicatorTexts,
    model: SuggestionModel,
    why: Why,
    rules: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> dict[str, str]:
    """The texts of the files of an edition, by what follows the edition in their names.

    Args:
        rules: what an export itself shows of a question, such as how its answers are printed; by question.
    """
    mapped = [_mapping(drafted, ranking, known, model) for ranking in rankings if ranking.candidates]
    header = _HEADER.format(instrument=drafted.instrument, edition=drafted.edition, day=drafted.day.isoformat())
    return {
        ".sssom.tsv": header + _table(SSSOM_COLUMNS, mapped),
        ".rules.tsv": _table(
            RULE_COLUMNS,
            [_rules(ranking.question, rules.get(ranking.question.question_id, {})) for ranking in rankings],
        ),
        ".candidates.tsv": _table(CANDIDATE_COLUMNS, candidate_rows(rankings, known, why)),
    }


def candidate_rows(rankings: Sequence[Ranking], known: IndicatorTexts, why: Why) -> list[tuple[str, ...]]:
    """A row per question and candidate; a question without one has a row that says so."""
    rows: list[tuple[str, ...]] = []
    for ranking in rankings:
        question = ranking.question
        if not ranking.candidates:
            rows.append((question.question_id, "", "", "", "", "nothing like it in the common language"))
        for place, ranked in enumerate(ranking.candidates, start=1):
            entry = known.entries[ranked.indicator]
            said = (entry.indicator_id, f"{ranked.probability:.2f}", entry.labels["en"], why(question, ranked))
            rows.append((question.question_id, str(place), *said))
    return rows


def _mapping(
    drafted: DraftedEdition, ranking: Ranking, known: IndicatorTexts, model: SuggestionModel
) -> tuple[str, ...]:
    best = ranking.candidates[0]
    row = {
        "subject_id": f"{drafted.instrument}:{quote(ranking.question.question_id, safe='')}",
        "predicate_id": "skos:closeMatch" if best.probability >= model.close else "skos:relatedMatch",
        "object_id": f"{INDICATOR_PREFIX}{known.entries[best.indicator].indicator_id}",
        "mapping_justification": JUSTIFICATION,
        "confidence": f"{best.probability:.2f}",
        "author_id": AUTHOR,
        "mapping_date": drafted.day.isoformat(),
    }
    return tuple(row.get(name, "") for name in SSSOM_COLUMNS)


def _rules(question: AskedQuestion, shown: Mapping[str, str]) -> tuple[str, ...]:
    row = {**shown, "question": question.question_id, "status": "draft"}
    return tuple(row.get(name, "") for name in RULE_COLUMNS)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in (columns, *rows))


def draft_paths(folder: Path, instrument: str, edition: str) -> dict[str, Path]:
    """Where the drafts of an edition go: below the folder, in one with the instrument's name.

    Raises:
        ConfigurationError: a name that no crosswalk may have, or a file that stands there already.
    """
    if not _INSTRUMENT.fullmatch(instrument):
        raise ConfigurationError(
            f"The instrument {instrument!r} cannot name a folder; use small letters, digits and _, like lantern_code."
        )
    if not _EDITION.fullmatch(edition):
        raise ConfigurationError(f"The edition {edition!r} cannot name a file; use letters, digits, . _ and -.")
    home = folder if folder.name == instrument else folder / instrument
    paths = {end: home / f"{edition}{end}" for end in (".sssom.tsv", ".rules.tsv", ".candidates.tsv")}
    standing = [str(path) for path in paths.values() if path.exists()]
    if standing:
        raise ConfigurationError(
            f"{standing[0]} stands here already; nothing was written. Choose another --edition or folder, or move it."
        )
    return paths


def write_drafts(texts: Mapping[str, str], paths: Mapping[str, Path]) -> None:
    """Write the files; none is ever overwritten.

    Raises:
        ConfigurationError: a file cannot be written.
    """
    for end, path in paths.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(texts[end])
        except OSError as problem:
            raise ConfigurationError(
                f"{path}: cannot be written: {problem.strerror}. Choose another folder."
            ) from problem
