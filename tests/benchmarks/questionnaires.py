"""Questions of instruments whose crosswalks we curated, with the indicator that was chosen: the truth for suggestions.

Their wording belongs to the programmes and is read from a folder outside of the repository (`--reference DIR`).
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harmonize.crosswalk.mapping import Edition, load_editions
from harmonize.crosswalk.suggestions.questions import AskedQuestion
from harmonize.crosswalk.tabular import read_rows
from harmonize.project import Project
from harmonize.sources.long import label_hash

__all__ = ["Gold", "Questionnaire", "parted", "read_questionnaires"]

_BRANDS = {
    "adidas": "workplace_standards", "amfori_bsci": "bsci2022", "ersa": "ersa", "gap": "covc",
    "kh_self_declaration": "prakas358", "levis": "toe", "nike": "clc", "pvh": "asc", "th_tls8001": "tls8001_2563",
    "vn_labour_inspection": "circular17_2018", "wrap": "principles",
}  # fmt: skip
_SMETA = {"6": "smeta6", "7": "smeta7"}
_LAST_QUESTION = re.compile(r"(?:^|[\s.?)])\d+\.\s*(?:## )?|●|\n")
_LONGEST_WORD = 20


@dataclass(frozen=True, slots=True)
class Gold:
    """A question and the indicator that our crosswalk gives it; None where it is ignored."""

    question: AskedQuestion
    indicator_id: str | None


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Questions of one instrument in their order.

    Attributes:
        name: as the report says it.
        family: instruments that share texts; they are left out together.
        kinds: name of a part -> the numbers of its questions, where parts are reported apart.
        in_order: neighbours stand together on purpose.
    """

    name: str
    family: str
    questions: tuple[Gold, ...]
    kinds: Mapping[str, tuple[int, ...]]
    in_order: bool = True


def read_questionnaires(reference: Path, project: Project) -> list[Questionnaire]:
    """The questionnaires of the reference folder with their truth."""
    editions = {(edition.instrument, edition.edition): edition for edition in load_editions(project)}
    makers: list[Callable[[], Questionnaire]] = [
        lambda: _caf(reference, editions["slcp_caf", "caf1.7"], project),
        lambda: _better_work(reference, editions["better_work_cat", "cat2025"], project),
        lambda: _cambodia(reference, editions["better_work_cat", "bfc"]),
        lambda: _brands(reference, editions),
        lambda: _vietnam(reference, editions["vn_labour_inspection", "circular17_2018"]),
        lambda: _fem(reference, editions["higg_fem", "fem2023"]),
    ]
    return [make() for make in makers]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _whole(name: str, family: str, gold: Iterator[Gold], *, in_order: bool = True) -> Questionnaire:
    questions = tuple(gold)
    return Questionnaire(name, family, questions, {name: tuple(range(len(questions)))}, in_order)


def _gold(edition: Edition, code: str, text: str, section: str = "", parent: str = "") -> Iterator[Gold]:
    entry = edition.entries.get(code)
    if entry is not None and text.strip():
        yield Gold(AskedQuestion(code, text, section, parent), entry.indicator_id)


def _caf(reference: Path, edition: Edition, project: Project) -> Questionnaire:
    rows = _rows(reference / "caf17_questions.csv")
    boxes = {
        row["question"]: row["list"]
        for row in read_rows(project.find("mappings/slcp_caf/tick_boxes.tsv"), ("question", "list", "kind"))
    }
    asked = {row["number"]: row["question"] for row in reversed(rows) if row["key"] not in boxes}
    questions = tuple(
        gold
        for row in rows
        for gold in _gold(
            edition,
            row["key"],
            row["question"],
            " / ".join(filter(None, (row["section"], row["subsection"], row["category"]))),
            asked.get(boxes.get(row["key"], ""), ""),
        )
    )
    kinds = {
        name: tuple(at for at, gold in enumerate(questions) if (gold.question.question_id in boxes) == is_box)
        for name, is_box in (("SLCP CAF 1.7, questions", False), ("SLCP CAF 1.7, tick boxes", True))
    }
    return Questionnaire("SLCP CAF 1.7", "slcp", questions, kinds)


def _better_work(reference: Path, edition: Edition, project: Project) -> Questionnaire:
    columns = ("edition", "country", "question", "label_sha256")
    known = {
        row["label_sha256"]: row["question"]
        for row in reversed(read_rows(project.find("mappings/better_work_cat/fingerprints.tsv"), columns))
        if row["edition"] == "cat2025"
    }
    return _whole(
        "Better Work 2025",
        "better_work",
        (
            gold
            for row in _rows(reference / "better_work_global_cat_2025.csv")
            for gold in _gold(
                edition,
                known.get(label_hash(row["question_text"]), ""),
                row["question_text"],
                f"{row['cluster']} / {row['compliance_point']}",
            )
        ),
    )


def _cambodia(reference: Path, edition: Edition) -> Questionnaire:
    return _whole(
        "Better Factories Cambodia",
        "better_work",
        (
            gold
            for row in _rows(reference / "bfc_cat_cambodia_unofficial.csv")
            for gold in _gold(
                edition, row["question_no"], row["question_en"], f"{row['cluster']} / {row['compliance_point']}"
            )
        ),
    )


def _brands(reference: Path, editions: Mapping[tuple[str, str], Edition]) -> Questionnaire:
    """Matters that findings of brands are about, each once with each of its indicators."""
    found: dict[tuple[str, str | None], Gold] = {}
    for row in _rows(reference / "assumed_codes.csv"):
        edition = editions[row["instrument"], _BRANDS.get(row["instrument"]) or _SMETA[row["edition"]]]
        text = re.sub(r" *\([^)]*\)", "", row["what_a_finding_or_question_is_about"])
        for gold in _gold(edition, row["code"], text):
            found.setdefault((text, gold.indicator_id), gold)
    gold_questions = tuple(found.values())
    kinds = {
        name: tuple(at for at, gold in enumerate(gold_questions) if (" / " in gold.question.text) == is_several)
        for name, is_several in (("brands' code elements, one matter", False), ("the same, several matters", True))
    }
    return Questionnaire("brands' code elements", "brands", gold_questions, kinds, in_order=False)


def _vietnam(reference: Path, edition: Edition) -> Questionnaire:
    return _whole(
        "Vietnamese inspection form",
        "brands",
        (
            gold
            for row in _rows(reference / "assumed_codes.csv")
            if row["instrument"] == "vn_labour_inspection"
            for gold in _gold(
                edition,
                row["code"],
                "; ".join(re.findall(r"\(([^)]*)\)", row["what_a_finding_or_question_is_about"])),
                re.sub(r"^\d+ ", "", row["parent"]),
            )
        ),
    )


def _fem(reference: Path, edition: Edition) -> Questionnaire:
    """The guide prints most questions without blanks; words are parted again by what other questionnaires write."""
    words = Counter(
        word
        for name, column in (("caf17_questions.csv", "question"), ("better_work_global_cat_2025.csv", "question_text"))
        for row in _rows(reference / name)
        for word in re.findall(r"[a-z']+", row[column].casefold())
    )
    return _whole(
        "Higg FEM 2023",
        "higg",
        (
            gold
            for row in _rows(reference / "fem2023_ref_ids.csv")
            for gold in _gold(
                edition, row["ref_id"], parted(_LAST_QUESTION.split(row["context"].strip())[-1], words), row["section"]
            )
        ),
    )


def parted(text: str, words: Counter[str]) -> str:
    """A text that is printed without blanks, in words again: the likeliest by how often each is written."""
    total = sum(words.values())
    return " ".join(
        " ".join(_likeliest(run.casefold(), words, total)) if run.isalpha() else run
        for run in re.findall(r"[A-Za-z]+|[^A-Za-z\s]+", text)
    )


def _likeliest(run: str, words: Counter[str], total: int) -> list[str]:
    """The likeliest words that a run of letters is made of."""
    costs, begins = [0.0, *[math.inf] * len(run)], [0] * (len(run) + 1)
    for end in range(1, len(run) + 1):
        for begin in range(max(0, end - _LONGEST_WORD), end):
            count = words[run[begin:end]]
            cost = costs[begin] + (math.log(total / count) if count else 12 + 4 * (end - begin))
            if cost < costs[end]:
                costs[end], begins[end] = cost, begin
    found: list[str] = []
    end = len(run)
    while end:
        found.append(run[begins[end] : end])
        end = begins[end]
    return found[::-1]
