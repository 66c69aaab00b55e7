"""Law 2: a release that continues the one before equals a release made from nothing.

An inbox lives through steps: files come, change, go and move, mappings, scales and units are edited, people decide, the
day of judgement passes, runs are stopped, and what lies on disk is lost or damaged. After every step the release that
was made by continuing is compared with one of the same inputs and ledger in an empty folder: every table, view, extract
and report. The pass of `make test` takes stories that touch every kind of step; `HARMONIZE_FUZZ=long` draws many more.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from harmonize.identity import Knowledge, decision_keys
from harmonize.ledgers import append_lines
from harmonize.pipeline import Observer
from harmonize.project import Project
from tests.pipeline.worlds import AS_OF, ROOT, Release, contents, deliver, knowing, run_inbox
from tests.sources.delivering import better_work, gap, wide
from tests.sources.exports import WORKBOOK, exports
from tests.sources.workbooks import build

LONG = os.environ.get("HARMONIZE_FUZZ") == "long"


# What contributors hand in: for each kind of file an export, and what it says when it is handed in again.

KINDS = {
    "fem": "higg_fem/bulk.csv",
    "page": "higg_fem/page.json",
    "answers": "better_work_cat/answers.csv",
    "plan": "better_work_cat/improvement_plan.csv",
    "enterprises": "better_work_cat/enterprises.xlsx.json",
    "visits": "gap/visits.csv",
    "capr": "smeta/capr.xlsx.json",
    "assessments": "pvh/assessments.xlsx.json",
    "suppliers": "facility_list/suppliers.csv",
    "grants": "consent/grants.csv",
}
AMENDED = {
    "fem": [("Partial Yes", "Yes"), ('"1,234.5",MWh', '"2,234.5",kWh'), ("Draft Denim", "Danube Denim")],
    "page": [('"corrected": "No"', '"corrected": "Unknown"'), ('"status": "VRF"', '"status": "VRQ"')],
    "answers": [("4002,NCQ,0", "4002,NCQ,1"), ("On-site", "Virtual")],
    "plan": [("In Progress", "Completed")],
    "visits": [("Open", "Closed"), ("Sao Mai Garment", "Sao Mai Garments")],
    "grants": [("government-vn", "government-kh")],
    "enterprises": [("Angkor Thmey Apparel", "Angkor Thmey Apparels")],
    "capr": [("28 December 2025", "27 December 2025"), ("Exit blocked", "Exit is blocked")],
    "assessments": [("Orange 1st", "Green"), ("Age not checked", "Age was not checked")],
    "suppliers": [("Angkor Thmey Apparel", "Angkor Thmei Apparel")],
}
TWINS = [
    {
        "surveyid": "T-1",
        "status": "ASC",
        "aircompliance": "Yes",
        "emsopsimpact": "Partial Yes",
        "wattotalmunicipalquant": "7",
    },
    {"surveyid": "T-2", "status": "ASC", "aircompliance": "No", "emsopsimpact": "No", "zz_new": "9"},
]
KHMER = {
    "Country": "Cambodia", "Quest.ID": "900901", "Assesment.Start.Date": "12/01/2026", "Factory.Assessed.ID": "BW-90",
    "Factory.Assessed.Name": "Mekong Lotus Garment", "CP": "Young Workers", "Cluster": "Child Labour",
}  # fmt: skip
HERONS = {"FacilityID": "GF-11", "FacilityName": "Blue Heron Apparel", "StreetAddress": "1 Canal Road", "City": "Hue"}
STITCH = {"FacilityID": "GF-12", "FacilityName": "Evergreen Stitch", "StreetAddress": "77 Hill Lane", "City": "Da Lat"}
CARP = {"FacilityID": "GF-21", "FacilityName": "Golden Carp Garment", "StreetAddress": "5 Mill Road, Unit A"}
OTHER_CARP = {**CARP, "StreetAddress": "5 Mill Road, Unit B"}
QUESTIONS = [
    "aircompliance",
    "emsopsimpact",
    "emsenvpolicy",
    "wattotalmunicipalquant",
    "wattotalmunicipalunit",
    "zz_new",
]


@cache
def _fixture(name: str, changes: tuple[tuple[str, str], ...]) -> bytes:
    """A fixture export in which texts were replaced; a workbook is built from its description."""
    path = next(path for path in exports() if path.as_posix().endswith(name))
    data, coding = path.read_bytes(), "utf-16-le" if name == "facility_list/suppliers.csv" else "utf-8"
    for old, new in changes:
        assert old.encode(coding) in data, (name, old)
        data = data.replace(old.encode(coding), new.encode(coding))
    return build(json.loads(data)) if name.endswith(WORKBOOK) else data


def _twins(amended: bool) -> str:
    first, second = TWINS
    return wide(
        QUESTIONS,
        {**first, "wattotalmunicipalunit": "US gal", "emsenvpolicy": "No" if amended else "Yes"},
        {**second, "aircompliance": "Not Applicable" if amended else "No"},
    )


def _contest(amended: bool) -> str:
    """The same assessments as another contributor has them."""
    changes = {"emsopsimpact": "Yes", "status": "VRF" if amended else "ASC"}
    return wide(QUESTIONS, {**TWINS[0], **changes}, {**TWINS[1], "surveyid": "T-3"})


def _khmer(amended: bool) -> str:
    said = "1" if amended else "0"
    return better_work({**KHMER, "Question.ID": "1.3.3.1", "Finding": said}, {**KHMER, "Question.ID": "9.9.9"})


def _khmer_visit(amended: bool) -> str:
    where = {
        "FacilityName": "Mekong Lotus Apparel",
        "Country": "Cambodia",
        "Region": "",
        "City": "",
        "FacilityID": "K-1",
    }
    changes = {"CAPStatus": "Closed"} if amended else {}
    return gap({**where, "VisitID": "K-9", "ProvisionCode": "I.A.2", "VisitDate": "02/20/2026", **changes})


def _pairs(amended: bool) -> str:
    rows = [HERONS, STITCH, CARP, OTHER_CARP][:: -1 if amended else 1]
    return gap(
        *({**row, "VisitID": f"G-{place}", "VisitDate": f"0{place + 1}/15/2026"} for place, row in enumerate(rows))
    )


MADE: Mapping[str, Callable[[bool], str]] = {
    "twins": _twins,
    "contest": _contest,
    "khmer": _khmer,
    "khmer_visit": _khmer_visit,
    "pairs": _pairs,
    "broken": lambda amended: "" if amended else "cost;sheet\n1;2\n",
}
ENDINGS = {"page": "json", "enterprises": "xlsx", "capr": "xlsx", "assessments": "xlsx"}


@cache
def export(kind: str, amended: bool) -> bytes:
    """The bytes of a kind of file, as it was first handed in or as it was amended."""
    if kind in MADE:
        return MADE[kind](amended).encode()
    return _fixture(KINDS[kind], tuple(AMENDED[kind]) if amended else ())


PLACES = (
    "consent",
    "gap",
    "gap/received-2026-03-01",
    "higg/received-2026-01-05",
    "pvh",
    "better-work/received-2026-05-05",
)


def path_of(kind: str, place: int) -> str:
    """Where a contributor puts a kind of file."""
    return f"{PLACES[place]}/{kind}.{ENDINGS.get(kind, 'csv')}"


# What stewards edit: a text of a shipped file, and what stands there instead.

FEM, GAP = "mappings/higg_fem/fem2023", "mappings/gap/covc"
IMPACTS = "hz:environment.ems.level1.significant_impacts_identified"
POLICY = "hz:environment.ems.level1.environmental_policy"
BY_HAND = "semapv:ManualMappingCuration\t0.95\thzp:founders\t\t2026-11-21"
AIR = "\naircompliance\tyes_partial_no\tpositive\t\t1\t\t\tnational_law\t\t"
PRACTICE = "\nemsenvpolicy\tyes_partial_no\tpositive\t\t1\t\t\t\t\tapproved\t"
ASKED = "\nemsenvpolicy\tyes_partial_no\tpositive\t\t1\t\t\t"
BROADER = "labour.compensation.minimum_wage.agreed_wage_paid\tlabour.compensation.minimum_wage.paid"
NEW = "\nzz_new\tinformation\tnone\t\t\t\t\t\t\tapproved\t\t\t\t9\tinformational"
AGE = "\nI.A.2\tfinding\tpositive\t\t\t\t\t"
EDITS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "a mapping retired": [(f"{FEM}.rules.tsv", f"{AIR}approved\t\t\t", f"{AIR}retired\t\t2026-06-01\t")],
    "a mapping to another indicator": [
        (
            f"{FEM}.sssom.tsv",
            f"emsopsimpact\tskos:exactMatch\t\t{IMPACTS}",
            f"emsopsimpact\tskos:closeMatch\t\t{POLICY}",
        )
    ],
    "a question mapped": [
        (
            f"{FEM}.sssom.tsv",
            "\nhigg_fem:emsenvpolicy\t",
            f"\nhigg_fem:zz_new\tskos:exactMatch\t\t{POLICY}\t{BY_HAND}\nhigg_fem:emsenvpolicy\t",
        ),
        (f"{FEM}.rules.tsv", "\nemsenvpolicy\t", f"{NEW}\nemsenvpolicy\t"),
    ],
    "a mapping not yet valid": [(f"{FEM}.rules.tsv", f"{PRACTICE}\t", f"{PRACTICE}2026-05-01\t")],
    "another country": [(f"{FEM}.rules.tsv", ASKED, f"{ASKED[:-1]}country=KH\t")],
    "a broader indicator": [("schemas/language/broader.tsv", "broader_id\n", f"broader_id\n{BROADER}\n")],
    "another basis": [(f"{GAP}.rules.tsv", f"{AGE}buyer_code\t", f"{AGE}international_standard\t")],
    "another threshold": [(f"{GAP}.rules.tsv", f"{AGE}buyer_code\t", f"{AGE}international_standard\t12 years")],
    "a clause that only touches": [(f"{GAP}.sssom.tsv", "gap:I.A.2\tskos:exactMatch", "gap:I.A.2\tskos:relatedMatch")],
    "a scale": [
        ("schemas/scales.yml", '"partial yes": partly_met', '"partial yes": partly_met\n      "maybe": partly_met')
    ],
    "a unit": [("schemas/units.yml", '"us gal": us_gallon', '"us gal": litre')],
    "entailment": [("schemas/entailment.yml", "exact: {met: met", "exact: {met: partly_met")],
    "a label": [("schemas/language/indicators/labour.tsv", "Age documents checked", "Age papers checked")],
    "a severity": [("mappings/gap/source.yml", "key: major", "key: minor")],
    "ranks of status": [("mappings/higg_fem/source.yml", "  VRF: 60", "  VRF: 20")],
    "how it was verified": [("mappings/better_work_cat/source.yml", "{on-site: onsite", "{on-site: desk")],
    "thresholds of identity": [("schemas/identity/model.yml", "  match: 0.92", "  match: 0.99999")],
}


def edited(edits: frozenset[str]) -> dict[str, str]:
    """The texts of the files that these edits change."""
    texts: dict[str, str] = {}
    for name in EDITS:
        for path, old, new in EDITS[name] if name in edits else ():
            text = texts.get(path) or (ROOT / path).read_text(encoding="utf-8")
            assert old in text or "another" in name, (name, old)
            texts[path] = text.replace(old, new, 1)
    return texts


# The state of a world, and the steps that change it.


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a release follows from, but for the minted ids.

    Attributes:
        files: kind and whether it was amended, by path.
    """

    files: Mapping[str, tuple[str, bool]]
    edits: frozenset[str] = frozenset()
    decisions: tuple[tuple[str, str, str], ...] = ()
    as_of: date = AS_OF

    def without(self, path: str) -> Mapping[str, tuple[str, bool]]:
        return {name: said for name, said in self.files.items() if name != path}


@dataclass(frozen=True, slots=True)
class Deliver:
    """A file comes; where one of its kind was handed in before, it takes its place."""

    kind: str
    place: int
    amended: bool = False

    def __call__(self, now: Inputs) -> Inputs:
        return replace(now, files={**now.files, path_of(self.kind, self.place): (self.kind, self.amended)})


@dataclass(frozen=True, slots=True)
class Amend:
    """A file that lies there says something else from now on."""

    which: int

    def __call__(self, now: Inputs) -> Inputs:
        path = _pick(now, self.which)
        return (
            now
            if path is None
            else replace(now, files={**now.files, path: (now.files[path][0], not now.files[path][1])})
        )


@dataclass(frozen=True, slots=True)
class Remove:
    which: int

    def __call__(self, now: Inputs) -> Inputs:
        path = _pick(now, self.which)
        return now if path is None else replace(now, files=now.without(path))


@dataclass(frozen=True, slots=True)
class Move:
    which: int
    place: int

    def __call__(self, now: Inputs) -> Inputs:
        path = _pick(now, self.which)
        if path is None:
            return now
        said = now.files[path]
        return replace(now, files={**now.without(path), path_of(said[0], self.place): said})


@dataclass(frozen=True, slots=True)
class Edit:
    """A steward edits the knowledge, or takes the edit back."""

    name: str

    def __call__(self, now: Inputs) -> Inputs:
        return replace(now, edits=now.edits ^ {self.name})


@dataclass(frozen=True, slots=True)
class Decide:
    """A steward decides whether two records are one factory."""

    one: str
    other: str
    verdict: str

    def __call__(self, now: Inputs) -> Inputs:
        return replace(now, decisions=(*now.decisions, (self.one, self.other, self.verdict)))


@dataclass(frozen=True, slots=True)
class Judge:
    """The day of judgement is another one."""

    as_of: date

    def __call__(self, now: Inputs) -> Inputs:
        return replace(now, as_of=self.as_of)


@dataclass(frozen=True, slots=True)
class Nothing:
    def __call__(self, now: Inputs) -> Inputs:
        return now


Change = Deliver | Amend | Remove | Move | Edit | Decide | Judge | Nothing


def _pick(now: Inputs, which: int) -> str | None:
    paths = sorted(now.files)
    return paths[which % len(paths)] if paths else None


# What goes wrong before a run.

STAGES = ("read", "crosswalk", "identity", "assessments", "answers", "store", "quality", "extract")


def _lost(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _cut(path: Path) -> None:
    if path.exists():
        os.truncate(path, path.stat().st_size // 2)


def _scribbled(path: Path, begin: float = 0.5, end: float = 1.0) -> None:
    """A part of a file is overwritten; its size stays."""
    if path.exists():
        data = path.read_bytes()
        first, last = int(len(data) * begin), int(len(data) * end)
        path.write_bytes(data[:first] + b"\x5a" * (last - first) + data[last:])


DAMAGES: Mapping[str, Callable[[Path], None]] = {
    "the stage lost": lambda out: _lost(out / "stage"),
    "the catalogue lost": lambda out: _lost(out / "stage/catalogue.duckdb"),
    "the catalogue cut off": lambda out: _cut(out / "stage/catalogue.duckdb"),
    "the catalogue scribbled over": lambda out: _scribbled(out / "stage/catalogue.duckdb"),
    "a part of the catalogue scribbled over": lambda out: _scribbled(out / "stage/catalogue.duckdb", 0.5, 0.75),
    "the link lost": lambda out: _lost(out / "current"),
    "the release lost": lambda out: _lost((out / "current").resolve()),
    "the release's file lost": lambda out: _lost(out / "current/harmonized.duckdb"),
    "the release's file cut off": lambda out: _cut(out / "current/harmonized.duckdb"),
    "the release's file scribbled over": lambda out: _scribbled(out / "current/harmonized.duckdb"),
    "a part of the release's file scribbled over": lambda out: _scribbled(
        out / "current/harmonized.duckdb", 0.22, 0.24
    ),
    "the memory of identity scribbled over": lambda out: _each(_scribbled, sorted((out / "stage/identity").glob("*"))),
    "staged files cut off": lambda out: _each(_cut, _staged(out)[::2]),
    "some staged files scribbled over": lambda out: _each(_scribbled, _staged(out)[::2]),
    "all staged files scribbled over": lambda out: _each(_scribbled, _staged(out)),
}


def _staged(out: Path) -> list[Path]:
    return sorted(out.glob("stage/??/*/answer.parquet"))


def _each(damage: Callable[[Path], None], paths: Sequence[Path]) -> None:
    for path in paths:
        damage(path)


class Stopped(Exception):
    """The run is stopped here."""


class Stopping(Observer):
    """Stops a run as a stage begins."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def stage(self, name: str) -> None:
        if name == self._stage:
            raise Stopped(name)


@dataclass(frozen=True, slots=True)
class Step:
    """What happens between two runs.

    Attributes:
        damage: what is lost or damaged before the next run.
        stopped: the stage at which a run is stopped before the one that completes.
    """

    change: Change = field(default_factory=Nothing)
    damage: str | None = None
    stopped: str | None = None


# Living through the steps.

_KNOWLEDGE = Knowledge.from_folder(ROOT / "schemas")
_WRITTEN = ("mention_id", "contributor", "instrument", "name", "name_local", "address", "admin1", "country")
_MEANINGS = "what columns mean"
_OLDER = frozenset({"run", "parquet/run.parquet", "manifest: input_hash", _MEANINGS})
"""Where an edit changes nothing in the release, the one that stands is kept, and it tells of the inputs of its day."""


class Life:
    """An inbox and its releases through time."""

    def __init__(self, folder: Path, start: Inputs) -> None:
        self._folder, self.inputs = folder, start
        self.release = self._run(folder / "out")
        # The first release is made from nothing: what comes back to its inputs must come back to it.
        self._known: tuple[Inputs, dict[str, object]] = (start, everything(self.release))

    def take(self, step: Step) -> None:
        """Do the step, run, and hold what was made against what is made from nothing."""
        before = self.live(step)
        differs(everything(self.release), self._from_nothing(before))
        assert unreferred(self.release) == []
        assert self.release.query(ANSWER_OF_ANOTHER_FACTORY) == []

    def live(self, step: Step) -> Path:
        """Do the step and run; returns the ledger as it was before the run."""
        out = self._folder / "out"
        self.inputs = step.change(self.inputs)
        if isinstance(step.change, Decide):
            self._write_down(step.change, out)
        before = self._folder / "decisions before"
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(out / "decisions", before)
        if step.damage is not None:
            DAMAGES[step.damage](out)
        if step.stopped is not None:
            with suppress(Stopped):
                self._run(out, Stopping(step.stopped))
        self.release = self._run(out)
        return before

    def _from_nothing(self, decisions: Path) -> dict[str, object]:
        if self._known[0] != self.inputs:
            fresh = self._folder / "fresh"
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(decisions, fresh / "decisions")
            self._known = (self.inputs, everything(self._run(fresh, is_bare=True)))
        return self._known[1]

    def _run(self, out: Path, observer: Observer | None = None, *, is_bare: bool = False) -> Release:
        inbox = self._folder / "inbox"
        shutil.rmtree(inbox, ignore_errors=True)
        inbox.mkdir(parents=True)
        deliver(inbox, {path: export(*said) for path, said in self.inputs.files.items()})
        return run_inbox(inbox, out, self._project(), as_of=self.inputs.as_of, observer=observer, is_bare=is_bare)

    def _project(self) -> Project | None:
        if not self.inputs.edits:
            return None
        folder = self._folder / "project"
        shutil.rmtree(folder, ignore_errors=True)
        return knowing(folder, edited(self.inputs.edits))

    def _write_down(self, decide: Decide, out: Path) -> None:
        keys = [self._key(name) for name in (decide.one, decide.other)]
        line = {"key_a": keys[0], "key_b": keys[1], "verdict": decide.verdict, "by": "steward-1", "why": ""}
        at = f"2026-07-{len(self.inputs.decisions):02d}"
        append_lines(out / "decisions/facility_decisions.jsonl", [{**line, "at": at}])

    def _key(self, place: str) -> str:
        """The key of the record with this name, or else with this address."""
        rows = self.release.query(
            f"SELECT {', '.join(_WRITTEN)} FROM facility_mention WHERE name = $1 OR starts_with(address, $1) "
            "ORDER BY 1 LIMIT 1",
            place,
        )
        written = rows[0] if rows else (None, None, None, place, None, None, None, "VN")
        return decision_keys(dict(zip(_WRITTEN, written, strict=True)), (), _KNOWLEDGE)[0]


_MEANT = """
    SELECT k.* EXCLUDE (class_no), m.* EXCLUDE (class_no, question_no, place_no, knowledge),
        q.digest AS of_question, p.digest AS of_place
    FROM compact.meaning m
    JOIN compact.asked_class k USING (class_no)
    JOIN compact.question q USING (question_no)
    JOIN compact.place p USING (place_no)
    UNION ALL BY NAME
    SELECT k.* EXCLUDE (class_no), c.* EXCLUDE (class_no, knowledge)
    FROM compact.read_clause c
    JOIN compact.asked_class k USING (class_no)
    UNION ALL BY NAME
    SELECT 'of all' AS instrument, count(*) AS digest FROM compact.asked_class
    UNION ALL BY NAME
    SELECT set_digest AS question_id, signature AS digest, len(classes)::VARCHAR AS context FROM compact.asked_set
    ORDER BY ALL
"""


def everything(release: Release) -> dict[str, object]:
    """All that a release tells, and what it hands on of the meaning of columns and clauses."""
    return contents(release) | {_MEANINGS: release.query(_MEANT)}


def differs(made: Mapping[str, object], expected: Mapping[str, object]) -> None:
    """Fail with the parts that differ, and the first rows of each that stand on one side only."""
    ignored = _OLDER if made.get("manifest: input_hash") != expected.get("manifest: input_hash") else ()
    wrong = [name for name in sorted({*made, *expected}.difference(ignored)) if made.get(name) != expected.get(name)]
    assert not wrong, "\n".join(
        [f"{len(wrong)} parts differ", *(_told(n, made.get(n), expected.get(n)) for n in wrong)]
    )


def _told(name: str, made: object, expected: object) -> str:
    if not (isinstance(made, list) and isinstance(expected, list)):
        return f"{name}: {str(made)[:200]} instead of {str(expected)[:200]}"
    surplus = [str(row)[:300] for row in made if row not in expected][:3]
    missing = [str(row)[:300] for row in expected if row not in made][:3]
    return f"{name}: {len(made)} rows instead of {len(expected)}; surplus {surplus}; missing {missing}"


@contextmanager
def living(start: Inputs) -> Iterator[Life]:
    """A life in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="harmonize-life-") as folder:
        yield Life(Path(folder), start)


def delivered_at_first(*kinds: str) -> Inputs:
    """An inbox with these kinds of files, spread over contributors."""
    places = {kind: 0 if kind == "grants" else 1 + number % (len(PLACES) - 1) for number, kind in enumerate(kinds)}
    return Inputs({path_of(kind, place): (kind, False) for kind, place in places.items()})


FACTS = ("twins", "contest", "khmer", "khmer_visit")
FEW = delivered_at_first(*FACTS)
MANY = delivered_at_first(*FACTS, "fem", "page", "answers", "plan", "enterprises", "visits", "capr", "pairs", "grants")
KINDS_OF_FILES = [*KINDS, *MADE]
KHMER_IS_ONE = Decide("Mekong Lotus Garment", "Mekong Lotus Apparel", "same")
NOT_YET = replace(FEW, edits=frozenset({"a mapping not yet valid"}))
TWINS_LIE_AT = sorted(MANY.files).index(path_of("twins", 1))

STORIES: Mapping[str, tuple[Inputs, Sequence[Step]]] = {
    "knowledge": (
        NOT_YET,
        [
            Step(Judge(date(2026, 4, 1))),
            Step(Edit("a mapping retired"), stopped="store"),
            Step(Edit("a unit")),
        ],
    ),
    "files": (
        MANY,
        [
            Step(Amend(TWINS_LIE_AT), stopped="identity"),
            Step(Move(TWINS_LIE_AT, 5)),
            Step(Decide("5 Mill Road, Unit A", "5 Mill Road, Unit B", "different"), stopped="answers"),
        ],
    ),
    "damage": (
        FEW,
        [
            Step(Nothing()),
            Step(Remove(0), damage="the stage lost"),
            Step(Deliver("twins", 4), damage="the release's file cut off"),
            Step(damage="the link lost"),
            # Files that no change touches are not read again.
            Step(Deliver("page", 3), damage="all staged files scribbled over"),
        ],
    ),
}


@pytest.mark.parametrize(
    "story", [pytest.param(one, marks=() if one == "files" else pytest.mark.slow) for one in STORIES]
)
def test_a_continued_release_equals_a_rebuild(story: str) -> None:
    start, steps = STORIES[story]
    with living(start) as life:
        for step in steps:
            before, asked = life.release.hash, life.inputs
            life.take(step)
            assert (life.release.hash != before) == (life.inputs != asked), step


@pytest.mark.slow
def test_a_contradiction_follows_the_basis_of_its_mappings() -> None:
    with living(delivered_at_first("khmer", "khmer_visit")) as life:
        life.live(Step(KHMER_IS_ONE))
        assert life.release.one("SELECT count(*) FROM contradiction") == 0
        life.take(Step(Edit("another basis")))
        assert life.release.one("SELECT count(*) FROM contradiction") == 1
        life.take(Step(Edit("a clause that only touches")))
        assert life.release.one("SELECT count(*) FROM contradiction") == 0


def test_a_damaged_release_is_made_whole_by_the_next_run() -> None:
    with living(delivered_at_first("khmer")) as life:
        whole = contents(life.release)
        life.live(Step(damage="the release's file lost"))
        differs(contents(life.release), whole)


@pytest.mark.slow
def test_a_damaged_staged_file_is_read_again() -> None:
    with living(delivered_at_first("khmer")) as life:
        life.take(Step(Edit("entailment"), damage="all staged files scribbled over"))


@pytest.mark.parametrize(
    ("change", "damage"),
    [
        (Nothing(), "a part of the catalogue scribbled over"),
        (Deliver("twins", 4), "a part of the release's file scribbled over"),
    ],
)
@pytest.mark.slow
def test_damage_behind_a_whole_header_stops_no_run(change: Change, damage: str) -> None:
    with living(FEW) as life:
        life.take(Step(change, damage=damage))


def test_extracts_that_stay_the_same_are_hard_links() -> None:
    with living(delivered_at_first("twins", "khmer")) as life:
        before = _parts(life.release)
        life.live(Step(Amend(sorted(life.inputs.files).index(path_of("khmer", 2)))))
        after = _parts(life.release)
    fem = [name for name in before if "instrument=higg_fem" in name]
    assert fem
    for name in [*fem, "indicator.parquet", "crosswalk.parquet"]:
        assert after[name] == before[name]
    assert [name for name in before if before[name] != after.get(name)]
    assert after["assessment_copy.parquet"] != before["assessment_copy.parquet"]


def _parts(release: Release) -> dict[str, int]:
    """The inode of every extract."""
    folder = release.result.folder / "parquet"
    return {path.relative_to(folder).as_posix(): path.stat().st_ino for path in folder.rglob("*.parquet")}


@pytest.mark.slow
def test_nothing_of_a_removed_file_stays_inside() -> None:
    with living(delivered_at_first("page", "khmer")) as life:
        assert said_inside(life.release)
        life.live(Step(Remove(sorted(life.inputs.files).index(path_of("page", 1)))))
        assert said_inside(life.release) == []


def said_inside(release: Release) -> list[str]:
    """The inner tables that hold a text which the verified page says and nothing else does."""
    tables = release.column("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'compact' ORDER BY 1")
    return [table for table in tables if "see photo" in str(release.query(f"SELECT * FROM compact.{table}"))]


ANSWER_OF_ANOTHER_FACTORY = """
    SELECT a.assessment_id, a.facility_id FROM answer a JOIN assessment s USING (assessment_id)
    WHERE a.facility_id IS DISTINCT FROM s.facility_id
"""


def unreferred(release: Release) -> list[str]:
    """The inner tables that hold something which no answer refers to, or no column that is asked."""
    numbers = {
        "stated_text": "text_no",
        "remark": "remark_no",
        "raw_unit": "raw_unit_no",
        "delivery": "delivery_no",
    }
    numbers_of_columns = {"question": "question_no", "place": "place_no"}
    answers = "(SELECT {0} FROM compact.stored_answer UNION ALL SELECT {0} FROM compact.otherwise_answer)"
    referring = {
        **{table: answers.format(number) for table, number in numbers.items() if table != "delivery"},
        "delivery": "(SELECT delivery_no FROM compact.stored_answer)",
        **{table: f"(SELECT {number} FROM compact.meaning)" for table, number in numbers_of_columns.items()},
    }
    return [
        table
        for table, number in (numbers | numbers_of_columns).items()
        if release.one(
            f"SELECT count(*) FROM compact.{table} WHERE {number} > 0 AND {number} NOT IN {referring[table]}"
        )
    ]


files = st.integers(0, 12)
places = st.integers(1, len(PLACES) - 1)
changes = st.one_of(
    st.just(Nothing()),
    st.builds(Deliver, st.sampled_from(KINDS_OF_FILES), places, st.booleans()),
    st.builds(Amend, files),
    st.builds(Move, files, places),
    st.builds(Remove, files),
    st.builds(Edit, st.sampled_from(sorted(EDITS))),
    st.builds(Judge, st.sampled_from([AS_OF, date(2026, 4, 1), date(2027, 1, 1)])),
    st.builds(
        Decide,
        st.sampled_from(["Blue Heron Apparel", "5 Mill Road, Unit A", "Mekong Lotus Garment", "Sao Mai Garment"]),
        st.sampled_from(["Evergreen Stitch", "5 Mill Road, Unit B", "Mekong Lotus Apparel", "Angkor Thmey Apparel"]),
        st.sampled_from(["same", "different", "unsure"]),
    ),
)
steps_ = st.builds(
    Step,
    changes,
    st.none() | st.sampled_from(sorted(DAMAGES)),
    st.none() | st.none() | st.sampled_from(STAGES),
)


@given(steps=st.lists(steps_, min_size=1, max_size=8 if LONG else 2), few=st.booleans() if LONG else st.just(True))
@hypothesis_settings(
    max_examples=60 if LONG else 2,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@pytest.mark.slow
def test_any_steps_end_in_what_a_rebuild_makes(steps: list[Step], few: bool) -> None:
    with living(FEW if few else MANY) as life:
        for step in steps:
            life.take(step)
