"""How often `harmonize crosswalk suggest` is right on questionnaires that it has not seen.

`python -m tests.benchmarks.suggestions --reference DIR` measures and writes SUGGESTIONS.md; with `--fit` it also writes
the weights of `schemas/suggestions/model.yml` anew. DIR holds texts of other programmes, which may not ship: without it
nothing here runs. Every questionnaire is ranked with weights and a calibration that were fitted without it and without
those that share its texts.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from harmonize.crosswalk.language import load_language
from harmonize.crosswalk.suggestions.evidence import FEATURES, Evidence, around
from harmonize.crosswalk.suggestions.indicators import IndicatorTexts
from harmonize.crosswalk.suggestions.kindred import with_texts
from harmonize.crosswalk.suggestions.model import Calibration
from harmonize.crosswalk.suggestions.rank import chances_of, topics_of
from harmonize.crosswalk.suggestions.similarity import Numbers
from harmonize.crosswalk.suggestions.wording import load_wording
from harmonize.project import Project
from tests.benchmarks.fitting import fit_choice, fit_line
from tests.benchmarks.questionnaires import Questionnaire, read_questionnaires

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CANDIDATES = 80
TOP = 5
KINDRED = "better_work"
"""The family whose questionnaires are two editions of one."""
HEAD = ("questionnaire", "mapped questions", "indicator @1", "@5", "topic @1", "@5")
BINS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A questionnaire with the features of its questions and the numbers of the right indicators, -1 for ignored."""

    questionnaire: Questionnaire
    features: NDArray[np.float32]
    right: NDArray[np.intp]

    @property
    def family(self) -> str:
        return self.questionnaire.family


@dataclass(frozen=True, slots=True)
class Weights:
    """What was fitted: by features alone, with the neighbours (last), and the calibration."""

    alone: Numbers
    together: Numbers
    calibration: Calibration | None = None


def _asked(questionnaires: Sequence[Questionnaire], evidence: Evidence) -> list[Asked]:
    number = {entry.indicator_id: at for at, entry in enumerate(evidence.known.entries)}
    return [
        Asked(
            one,
            np.stack([evidence.of(gold.question).astype(np.float32) for gold in one.questions]),
            np.array([number.get(gold.indicator_id or "", -1) for gold in one.questions], dtype=np.intp),
        )
        for one in questionnaires
    ]


def _candidates(features: NDArray[np.float32], right: NDArray[np.intp]) -> NDArray[np.intp]:
    """The right indicator, and the others that are most alike at first sight."""
    alike = features[:, :, 0] + features[:, :, 1] + 0.3 * features[:, :, 2]
    alike[np.arange(len(right)), right] = np.inf
    found: NDArray[np.intp] = np.argsort(-alike, axis=1, kind="stable")[:, :CANDIDATES]
    return found


def _choices(asked: Sequence[Asked], more: Sequence[Numbers] | None) -> tuple[Numbers, Numbers]:
    """Candidates of mapped questions with their features, and what each question counts: long lists count less."""
    parts, weights = [], []
    for at, one in enumerate(asked):
        features = one.features if more is None else np.dstack([one.features, more[at].astype(np.float32)])
        mapped = one.right >= 0
        chosen = _candidates(one.features[mapped], one.right[mapped])
        parts.append(np.take_along_axis(features[mapped], chosen[:, :, None], axis=1).astype(np.float64))
        weights.append(np.full(len(chosen), len(chosen) ** -0.5))
    together = np.concatenate(weights)
    return np.concatenate(parts), together * len(together) / together.sum()


def _neighbours(one: Asked, alone: Numbers, known: IndicatorTexts) -> Numbers:
    if not one.questionnaire.in_order:
        return np.zeros(one.features.shape[:2])
    topics = np.stack([topics_of(chances_of(scores), known) for scores in one.features @ alone])
    return around(topics)[:, known.topic_of]


def _fit(asked: Sequence[Asked], known: IndicatorTexts) -> Weights:
    alone = fit_choice(*_choices(asked, None))
    return Weights(alone, fit_choice(*_choices(asked, [_neighbours(one, alone, known) for one in asked])))


def _chances(one: Asked, weights: Weights, known: IndicatorTexts) -> Numbers:
    near = _neighbours(one, weights.alone, known)
    scores = one.features @ weights.together[:-1] + weights.together[-1] * near
    return np.stack([chances_of(row) for row in scores])


def _unseen(asked: Sequence[Asked], known: IndicatorTexts) -> list[Numbers]:
    """Probabilities for every questionnaire by weights that were fitted without its family."""
    fitted = {
        family: _fit([one for one in asked if one.family != family], known)
        for family in dict.fromkeys(one.family for one in asked)
    }
    return [_chances(one, fitted[one.family], known) for one in asked]


def _calibrate(asked: Sequence[Asked], chances: Sequence[Numbers]) -> Calibration:
    """From the best candidate of every question, ignored ones included; every questionnaire counts the same."""
    said, right, weights = [], [], []
    for one, found in zip(asked, chances, strict=True):
        said.append(found.max(axis=1))
        right.append(found.argmax(axis=1) == one.right)
        weights.append(np.full(len(found), 1 / len(found)))
    intercept, slope = fit_line(np.concatenate(said), np.concatenate(right), np.concatenate(weights))
    return Calibration(intercept=intercept, slope=slope)


def _precision(one: Asked, part: Sequence[int], chances: Numbers, known: IndicatorTexts) -> list[float]:
    """Indicator @1, @5, topic @1, @5, over the mapped questions of a part."""
    hits = []
    for at in part:
        if one.right[at] < 0:
            continue
        order = np.argsort(-chances[at], kind="stable")
        topics = list(dict.fromkeys(known.topic_of[order].tolist()))[:TOP]
        topic = known.topic_of[one.right[at]]
        hits.append((one.right[at] == order[0], one.right[at] in order[:TOP], topic == topics[0], topic in topics))
    return [len(hits), *np.mean(hits, axis=0).tolist()]


def _said(others: Sequence[Asked]) -> list[tuple[int, str]]:
    return [
        (int(right), f"{gold.question.text} {gold.question.parent}")
        for one in others
        for right, gold in zip(one.right, one.questionnaire.questions, strict=True)
        if right >= 0
    ]


def _also(asked: Sequence[Asked], evidence: Evidence) -> list[Numbers]:
    """Probabilities where the texts of all other families are known too, weights fitted without the family."""
    found: list[Numbers] = []
    for one in asked:
        others = [other for other in asked if other.family != one.family]
        known = with_texts(evidence.known, "others", _said(others), evidence.wording)
        (again,) = _asked([one.questionnaire], Evidence(known, evidence.wording))
        found.append(_chances(again, _fit(others, evidence.known), evidence.known))
    return found


def _kindred(asked: Sequence[Asked], evidence: Evidence) -> tuple[list[Asked], list[Numbers]]:
    """Questionnaires of which another edition is mapped, and probabilities where its texts are known."""
    found: list[tuple[Asked, Numbers]] = []
    for one in asked:
        kin = [other for other in asked if other.family == one.family == KINDRED and other is not one]
        if kin:
            known = with_texts(evidence.known, "kin", _said(kin), evidence.wording)
            (again,) = _asked([one.questionnaire], Evidence(known, evidence.wording))
            weights = _fit([other for other in asked if other.family != one.family], evidence.known)
            found.append((again, _chances(again, weights, evidence.known)))
    return [one for one, _ in found], [chances for _, chances in found]


def _rows(
    asked: Sequence[Asked], chances: Sequence[Numbers], known: IndicatorTexts
) -> Iterator[tuple[str, list[float]]]:
    for one, found in zip(asked, chances, strict=True):
        for name, part in one.questionnaire.kinds.items():
            yield name, _precision(one, part, found, known)


def _table(asked: Sequence[Asked], chances: Sequence[Numbers], known: IndicatorTexts) -> list[list[str]]:
    return [[name, f"{found[0]:.0f}", *_percent(found[1:])] for name, found in _rows(asked, chances, known)]


def _reliability(asked: Sequence[Asked], chances: Sequence[Numbers]) -> Iterator[tuple[str, int, float, float, float]]:
    """Best candidates by stated probability, calibrated without the family: how many, stated, right, and right where
    every questionnaire counts the same."""
    said, right, weights = [], [], []
    for one, found in zip(asked, chances, strict=True):
        kept = [(a, b) for a, b in zip(asked, chances, strict=True) if a.family != one.family]
        line = _calibrate([a for a, _ in kept], [b for _, b in kept])
        said.append(line.of(found.max(axis=1)))
        right.append(found.argmax(axis=1) == one.right)
        weights.append(np.full(len(found), 1 / len(found)))
    stated, true, alike = np.concatenate(said), np.concatenate(right), np.concatenate(weights)
    for low, high in pairwise(BINS):
        inside = (stated >= low) & (stated < high)
        if inside.any():
            shares = float(stated[inside].mean()), float(true[inside].mean())
            yield (
                f"{low:g} to {high:g}",
                int(inside.sum()),
                *shares,
                float(np.average(true[inside], weights=alike[inside])),
            )


def _model(path: Path, weights: Weights, calibration: Calibration, made_from: str) -> None:
    """Write the fitted numbers; what was set by hand stays."""
    kept = yaml.safe_load(path.read_text(encoding="utf-8"))
    named: Mapping[str, Numbers] = {"alone": weights.alone, "together": weights.together}
    fitted = {name: {f: round(float(v), 3) for f, v in zip(FEATURES, one, strict=False)} for name, one in named.items()}
    fresh = {
        **kept,
        "made_from": made_from,
        **fitted,
        "neighbours": round(float(weights.together[-1]), 3),
        "calibration": {name: round(value, 3) for name, value in calibration.model_dump().items()},
    }
    head = "".join(line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.startswith("#"))
    path.write_text(head + yaml.safe_dump(fresh, sort_keys=False, width=110, allow_unicode=True), encoding="utf-8")


def _report(path: Path, tables: Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]]) -> None:
    lines = [(HERE / "suggestions_notes.md").read_text(encoding="utf-8").strip(), ""]
    for caption, (head, rows) in tables.items():
        lines += [f"## {caption}", "", f"| {' | '.join(head)} |", f"| --- |{' --: |' * (len(head) - 1)}"]
        lines += [f"| {' | '.join(row)} |" for row in rows] + [""]
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _percent(values: Sequence[float]) -> list[str]:
    return [f"{100 * value:.0f} %" for value in values]


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.suggestions", description=__doc__)
    parser.add_argument("--reference", type=Path, required=True, help="folder with the texts of the programmes")
    parser.add_argument("--fit", action="store_true", help="write schemas/suggestions/model.yml anew")
    parser.add_argument("--report", type=Path, default=HERE / "SUGGESTIONS.md", help="where the report is written")
    given = parser.parse_args(words)
    project = Project((ROOT,), ROOT)
    wording = load_wording(project.find("schemas/suggestions/synonyms.yml"))
    known = IndicatorTexts.of(load_language(project), wording)
    evidence = Evidence(known, wording)
    asked = _asked(read_questionnaires(given.reference, project), evidence)
    chances = _unseen(asked, known)
    reliable = [[name, str(n), *_percent(values)] for name, n, *values in _reliability(asked, chances)]
    worth = ("stated", "questions", "stated, mean", "right", "right, questionnaires alike")
    tables = {
        "Unseen questionnaires": (HEAD, _table(asked, chances, known)),
        "With a mapped edition of the same questionnaire (`--also`)": (
            HEAD,
            _table(*_kindred(asked, evidence), known),
        ),
        "With all other questionnaires as further texts": (HEAD, _table(asked, _also(asked, evidence), known)),
        "What the stated probability of the best candidate is worth": (worth, reliable),
    }
    _report(given.report, tables)
    if given.fit:
        counted = ", ".join(f"{name} ({len(part)})" for one in asked for name, part in one.questionnaire.kinds.items())
        _model(
            project.find("schemas/suggestions/model.yml"),
            _fit(asked, known),
            _calibrate(asked, chances),
            f"questions of {counted}",
        )


if __name__ == "__main__":
    main()
