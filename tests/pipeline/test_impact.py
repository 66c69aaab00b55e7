"""What an impact foretells is what changes between two runs, whatever is changed in the crosswalks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.mapping import RULE_COLUMNS, SSSOM_COLUMNS, split_header
from harmonize.crosswalk.scales import Scale, load_scales, state_of
from harmonize.crosswalk.tabular import rows_of
from harmonize.pipeline.continuation import continued_form
from harmonize.pipeline.crosswalks import Crosswalks, load_crosswalks
from harmonize.pipeline.impact.asked import opened
from harmonize.pipeline.impact.figures import Figures, figures
from harmonize.pipeline.impact.judged import compare
from harmonize.pipeline.understanding import meaning_hash
from harmonize.project import Project
from harmonize.sources.profile import load_profiles
from tests.pipeline.test_incremental import KHMER, KINDS_OF_FILES, delivered_at_first, edited, export
from tests.pipeline.worlds import AS_OF, ROOT, Release, alone, deliver, knowing, run_inbox, small_inbox
from tests.sources.delivering import better_work

LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
EXAMPLES = 60 if LONG else 2

# The world in which crosswalks change: a small demo, and files that contest and withhold answers.


@dataclass(frozen=True, slots=True)
class World:
    """An inbox and its release by the shipped crosswalks.

    Attributes:
        asked: instrument, edition and question of every mapping that reads something in the inbox.
    """

    inbox: Path
    out: Path
    release: Release
    asked: Sequence[tuple[str, str, str]]


_ASKED = """
    SELECT DISTINCT c.instrument, c.edition, c.question_id
    FROM crosswalk c
    JOIN (SELECT mapping_id FROM compact.meaning UNION SELECT mapping_id FROM compact.read_clause) USING (mapping_id)
    WHERE c.edition <> 'compliance_point'
    ORDER BY ALL
"""


@cache
def _held() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="harmonize-impact-")


@cache
def world() -> World:
    folder = Path(_held().name)
    inbox = small_inbox(folder / "demo")
    files = delivered_at_first(*KINDS_OF_FILES).files
    deliver(inbox, {f"more-{path}": export(*said) for path, said in files.items()})
    release = run_inbox(inbox, folder / "out")
    return World(inbox, folder / "out", release, release.query(_ASKED))


# What a steward changes in a mapping.


@dataclass(slots=True)
class Row:
    """One mapping as its two files have it; what is None is not there."""

    sssom: dict[str, str]
    rules: dict[str, str]
    is_there: bool = True


_LOOSE = ("skos:closeMatch", "skos:relatedMatch")


def _turned(row: Row, _: int) -> None:
    row.rules["polarity"] = "positive" if row.rules["polarity"] == "negative" else "negative"


def _rescaled(row: Row, number: int) -> None:
    names = sorted(scales())
    row.rules["scale"] = names[number % len(names)]


def _to_another(row: Row, number: int) -> None:
    names = sorted(language().indicators)
    row.sssom["object_id"] = f"hz:{names[number % len(names)]}"


def _to_another_of_its_kind(row: Row, number: int) -> None:
    entry = language().indicators.get(row.sssom["object_id"].removeprefix("hz:"))
    kind = "compliance" if entry is None else entry.kind
    names = sorted(name for name, other in language().indicators.items() if other.kind == kind)
    row.sssom["object_id"] = f"hz:{names[number % len(names)]}"


def _nearer(row: Row, number: int) -> None:
    row.sssom["predicate_id"] = _LOOSE[number % len(_LOOSE)]


def _ignored(row: Row, _: int) -> None:
    row.sssom["object_id"] = "sssom:NoTermFound"


def _retired(row: Row, _: int) -> None:
    row.rules |= {"status": "retired", "valid_from": "", "valid_to": AS_OF.isoformat()}


def _not_yet(row: Row, _: int) -> None:
    row.rules |= {"status": "approved", "valid_from": "2027-01-01", "valid_to": ""}


def _removed(row: Row, _: int) -> None:
    row.is_there = False


TURNS: Mapping[str, Callable[[Row, int], None]] = {
    "polarity": _turned,
    "scale": _rescaled,
    "indicator": _to_another,
    "indicator of its kind": _to_another_of_its_kind,
    "predicate": _nearer,
    "ignored": _ignored,
    "retired": _retired,
    "not yet valid": _not_yet,
    "removed": _removed,
}
EDITS = ("a scale", "a unit", "entailment", "a question mapped", "another basis", "a label")
"""Edits of the rest of the knowledge, as in the stories of `test_incremental`."""


@cache
def scales() -> Mapping[str, Scale]:
    return load_scales(ROOT / "schemas/scales.yml")


@cache
def language() -> Language:
    return load_language(alone())


def _made_clean(row: Row) -> None:
    """Let the lint have nothing to say: what a change of indicator, scale or polarity asks for besides."""
    rules = row.rules
    entry = language().indicators.get(row.sssom["object_id"].removeprefix("hz:"))
    rules["reason"] = "tried out" if entry is None else ""
    if entry is None:
        return
    rules["basis"] = (rules["basis"] or "buyer_code") if entry.kind == "compliance" else ""
    rules["unit"] = rules["unit"] if entry.kind == "quantity" else ""
    rules["scale"] = rules["scale"] or "information"
    rules["polarity"] = rules["polarity"] or "none"
    scale = scales()[rules["scale"]]
    rules["example_answer"] = next(iter(scale.words), "anything")
    rules["example_state"] = state_of(scale, rules["example_answer"], rules["polarity"])
    row.sssom["confidence"] = row.sssom["confidence"] or "0.5"
    # What carries over from row to row (exact, broader, narrower) would contradict itself when it is made at random.
    if row.sssom["predicate_id"] not in _LOOSE:
        row.sssom["predicate_id"] = "skos:closeMatch"


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed: mappings, by their place in what is asked, and other edits."""

    turns: Sequence[tuple[int, str, int]]
    edits: frozenset[str] = frozenset()


_ENDS = (".sssom.tsv", ".rules.tsv")


def _texts(change: Change) -> dict[str, str]:
    """The files that a change leaves behind."""
    texts = edited(change.edits)
    by_edition: dict[str, list[tuple[str, str, int]]] = {}
    for place, turn, number in change.turns:
        instrument, _, question = world().asked[place % len(world().asked)]
        # A question keeps its id from edition to edition: read otherwise in one of them alone, it contradicts itself.
        for rules in sorted((ROOT / "mappings" / instrument).glob(f"*{_ENDS[1]}")):
            edition = rules.name.removesuffix(_ENDS[1])
            by_edition.setdefault(f"mappings/{instrument}/{edition}", []).append((question, turn, number))
    for stem, turns in by_edition.items():
        read = {end: texts.get(stem + end) or (ROOT / (stem + end)).read_text("utf-8") for end in _ENDS}
        texts |= {stem + end: text for end, text in _turned_texts(Path(stem), read, turns).items()}
    return texts


def _turned_texts(stem: Path, read: Mapping[str, str], turns: Sequence[tuple[str, str, int]]) -> Mapping[str, str]:
    instrument = stem.parent.name
    header, body = split_header(read[".sssom.tsv"])
    sssom = {(unquote(row["subject_id"]), row["predicate_modifier"]): row for row in rows_of(body, stem, SSSOM_COLUMNS)}
    rules = {row["question"]: row for row in rows_of(read[".rules.tsv"], stem, RULE_COLUMNS)}
    for question, turn, number in turns:
        if question not in rules:
            continue
        blank = {
            **dict.fromkeys(SSSOM_COLUMNS, ""), "subject_id": f"{instrument}:{quote(question, safe='')}",
            "predicate_id": "skos:exactMatch", "object_id": "sssom:NoTermFound", "author_id": "hzp:founders",
            "mapping_justification": "semapv:ManualMappingCuration", "mapping_date": "2026-11-21",
        }  # fmt: skip
        key = (f"{instrument}:{question}", "")
        row = Row(sssom.get(key, blank), rules[question])
        TURNS[turn](row, number)
        _made_clean(row)
        if row.is_there:
            sssom[key] = row.sssom
        else:
            del rules[question]
            sssom = {name: said for name, said in sssom.items() if name[0] != key[0]}
    top = "".join(f"#{line}\n" for line in header.splitlines())
    return {
        ".sssom.tsv": top + _table(SSSOM_COLUMNS, sssom.values()),
        ".rules.tsv": _table(RULE_COLUMNS, rules.values()),
    }


def _table(columns: Sequence[str], rows: Any) -> str:
    return "".join("\t".join(cells) + "\n" for cells in (columns, *([row[name] for name in columns] for row in rows)))


# What an impact foretells, and what the releases say.


@dataclass(frozen=True, slots=True)
class Told:
    """What changes, thing by thing; of every thing how it was and how it is, None where it is not there."""

    answers: Mapping[tuple[str, ...], tuple[Any, Any]]
    findings: Mapping[str, tuple[Any, Any]]
    topics: Mapping[tuple[str, ...], tuple[Any, Any]]

    def reversed(self) -> Told:
        back = [{name: (after, before) for name, (before, after) in part.items()} for part in self._parts()]
        return Told(*back)

    def _parts(self) -> tuple[Mapping[Any, tuple[Any, Any]], ...]:
        return (self.answers, self.findings, self.topics)


def foretold(release: Release, before: Project, after: Project) -> tuple[Told, Figures]:
    """What an impact says."""
    out = release.result.folder.parents[1]
    with tempfile.TemporaryDirectory() as folder, opened(release.database, Path(folder)) as (connection, released):
        compare(
            connection,
            out / "stage",
            _loaded(before),
            _loaded(after),
            Path(folder),
            words_are_staged=released.form == continued_form(meaning_hash(before)),
        )
        told = figures(connection, 3)

        def parts(query: str, names: int) -> dict[Any, tuple[Any, Any]]:
            rows = connection.execute(query).fetchall()
            width = (len(rows[0]) - names) // 2 if rows else 0
            found = {}
            for row in rows:
                sides = (row[names : names + width], row[names + width :])
                before, after = (None if side[0] is None else side for side in sides)
                found[row[:names] if names > 1 else row[0]] = (before, after)
            return found

        return (
            Told(
                parts(
                    """
                    SELECT
                        assessment_id, question_id, answered_by::VARCHAR,
                        state_before::VARCHAR, indicator_before, comparability_before, implied_before, unit_before,
                        state_after::VARCHAR, indicator_after, comparability_after, implied_after, unit_after
                    FROM changed_answer JOIN judged_assessment USING (assessment_no)
                    """,
                    3,
                ),
                parts(
                    """
                    SELECT
                        finding_id,
                        CASE WHEN stood THEN made_from END, indicator_before, CASE WHEN stands THEN made_from END,
                        indicator_after
                    FROM changed_finding
                    """,
                    1,
                ),
                parts("SELECT facility_id, topic_id, instrument, state_before, state_after FROM changed_topic", 3),
            ),
            told,
        )


@lru_cache(maxsize=4)
def _loaded(project: Project) -> Crosswalks:
    profiles = load_profiles(project.files("mappings", "*/source.yml"))
    return load_crosswalks(project, profiles, AS_OF, Path(_held().name) / "units.json")


def between(before: Release, after: Release) -> Told:
    """What changed between two releases."""
    sides = [_contents(release) for release in (before, after)]
    return Told(*(_differences(old, new) for old, new in zip(*sides, strict=True)))


def _contents(release: Release) -> list[dict[Any, Any]]:
    answers = release.query(
        """
        SELECT
            a.assessment_id, a.question_id, a.answered_by::VARCHAR,
            a.state::VARCHAR, a.indicator_id, a.comparability, e.implied_state, a.unit, a.value_number
        FROM answer a
        LEFT JOIN entailment e ON e.comparability = a.comparability AND e.state = a.state::VARCHAR
        """
    )
    findings = release.query("SELECT finding_id, made_from, indicator_id, topic_id FROM finding")
    topics = release.query("SELECT facility_id, topic_id, instrument, state, is_breach FROM v_topic_matrix")
    return [
        {row[:3]: row[3:] for row in answers},
        {row[0]: row[1:] for row in findings},
        {row[:3]: row[3:] for row in topics},
    ]


_SHOWN = 1
"""Of each thing the last fact is compared, not told."""


def _differences(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    return {
        name: tuple(None if side.get(name) is None else side[name][:-_SHOWN] for side in (old, new))  # type: ignore[misc]
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name)
    }


def hold(change: Change) -> None:
    """Change the crosswalks, run, and hold what was foretold against what came; then back again."""
    with tempfile.TemporaryDirectory() as folder:
        hold_between(world().inbox, world().release, alone(), knowing(Path(folder), _texts(change)))


def hold_between(inbox: Path, at_first: Release, before: Project, after: Project) -> Told:
    """The same for two states of the knowledge; returns what came."""
    told, counted = foretold(at_first, before, after)
    then = run_inbox(inbox, at_first.result.folder.parents[1], after)
    came = between(at_first, then)
    assert told.answers == came.answers
    assert told.findings == came.findings
    assert told.topics == came.topics
    back, counted_back = foretold(then, after, before)
    assert back == came.reversed()
    assert counted.strange == counted_back.strange == 0
    _adds_up(counted, came)
    _adds_up(counted_back, came.reversed())
    return came


def _adds_up(counted: Figures, expected: Told) -> None:
    """The figures are those of the things that change."""
    answers, findings = expected.answers.values(), expected.findings.values()
    total = counted.total
    assert total.answers == len(expected.answers)
    assert total.appear == sum(before is None for before, _ in answers)
    assert total.vanish == sum(after is None for _, after in answers)
    assert total.states == sum(None not in (a, b) and a[0] != b[0] for a, b in answers)
    indicators = [tuple(side and side[1] for side in sides) for sides in answers]
    assert total.gain == sum(a is None and b is not None for a, b in indicators)
    assert total.lose == sum(a is not None and b is None for a, b in indicators)
    assert total.other_indicator == sum(None not in (a, b) and a != b for a, b in indicators)
    assert total.imply_otherwise == sum((a and a[3]) != (b and b[3]) for a, b in answers)
    assert total.findings_open == sum(before is None for before, _ in findings)
    assert total.findings_vanish == sum(after is None for _, after in findings)
    assert total.findings_move == sum(None not in sides for sides in findings)
    assert total.topics == len(expected.topics)
    assert sum(count for *_, count in counted.topics) == total.topics
    for name in ("answers", "states", "gain", "findings_open", "assessments", "scored"):
        assert sum(getattr(effect, name) for *_, effect in counted.by_edition) == getattr(total, name)
    assert len(counted.facilities) == min(3, total.facilities)


CHANGES = st.builds(
    Change,
    st.lists(
        st.tuples(st.integers(0, 10_000), st.sampled_from(sorted(TURNS)), st.integers(0, 1_000)),
        min_size=1,
        max_size=40,
    ),
    st.frozensets(st.sampled_from(EDITS), max_size=2),
)


@given(CHANGES)
@hypothesis_settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=not LONG
)
@pytest.mark.slow
def test_what_is_foretold_comes(change: Change) -> None:
    hold(change)


READ_OTHERWISE = ("polarity", "scale", "predicate", "indicator")
READ_NO_MORE = ("ignored", "retired", "not yet valid", "removed", "indicator of its kind")


@pytest.mark.slow
@pytest.mark.parametrize("turns", [(turn,) for turn in TURNS] if LONG else [READ_OTHERWISE, READ_NO_MORE], ids=" ".join)
def test_changes_of_many_mappings_are_foretold(turns: Sequence[str]) -> None:
    places = range(len(world().asked))
    hold(Change([(place, turns[place % len(turns)], 7 * place) for place in places if place % 3]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "edits",
    [(edit,) for edit in EDITS] if LONG else [("a scale", "a unit", "another basis"), ("entailment", "a label")],
)
def test_other_edits_are_foretold(edits: Sequence[str]) -> None:
    hold(Change([], frozenset(edits)))


def test_nothing_is_foretold_of_what_stays() -> None:
    told, counted = foretold(world().release, alone(), alone())
    assert (told.answers, told.findings, told.topics) == ({}, {}, {})
    assert counted.total.facilities == 0


@pytest.mark.slow
def test_an_instrument_lists_answers_also_where_none_of_them_is_mapped(tmp_path: Path) -> None:
    """Of an audit that lists findings alone, silence says that nothing was found; else that nothing was asked."""
    asked, unasked = "1.3.3.1", "1.3.3.2"
    places = {"Factory.Assessed.ID": "BW-91", "Factory.Assessed.Name": "Evergreen Stitch", "CP": "Other"}
    rows = ({**KHMER, "Question.ID": asked}, {**KHMER, **places, "Quest.ID": "900902", "Question.ID": unasked})
    inbox = deliver(tmp_path / "inbox", {"bw/answers.csv": better_work(*rows)})
    stem = "mappings/better_work_cat/bfc"
    read = {end: (ROOT / (stem + end)).read_text("utf-8") for end in _ENDS}
    sides = []
    for name, ignored in (("before", [unasked]), ("after", [unasked, asked])):
        texts = _turned_texts(Path(stem), read, [(question, "ignored", 0) for question in ignored])
        sides.append(knowing(tmp_path / name, {stem + end: text for end, text in texts.items()}))
    came = hold_between(inbox, run_inbox(inbox, tmp_path / "out", sides[0]), *sides)
    assert len(came.answers) == 1
    assert len({facility for facility, *_ in came.topics}) == 1
    assert (None, ("no_finding",)) not in came.topics.values()
