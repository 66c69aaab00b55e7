"""The fit finds what parts the labels, folds do not share factories, and the shipped model fits its features."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.errors import InboxError
from harmonize.identity.compare import Comparison
from harmonize.identity.decide import VERDICTS, judge
from harmonize.identity.decision_ledger import append_decisions
from harmonize.identity.decisions import Decision
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.model import AGAINST, DOUBTS, EITHER_WAY, FEATURES, MatchModel
from harmonize.identity.prepare import Statements, prepare
from harmonize.identity.train import Unseen, fit, fit_sets, measure, trained, unseen, write_model
from harmonize.identity.training_sets import TrainingSet, read_decided, read_different, read_pairs

SCHEMAS = Path(__file__).parents[2] / "schemas"
COLUMNS = ("country", "name_a", "address_a", "name_b", "address_b", "label")


def test_the_shipped_model_names_every_feature_and_its_training() -> None:
    model = MatchModel.from_folder(SCHEMAS)
    assert set(model.coefficients) == set(FEATURES)
    assert model.thresholds.floor < model.thresholds.review < model.thresholds.match
    assert model.trained_on


def test_speaking_against_never_counts_in_favour() -> None:
    model = MatchModel.from_folder(SCHEMAS)
    assert {name for name in FEATURES if name.endswith(("differ", "differs", "apart"))} <= AGAINST
    assert all(model.coefficients[name] <= 0 for name in AGAINST)
    assert all(model.coefficients[name] >= 0 for name in FEATURES if name not in AGAINST | EITHER_WAY)


def test_a_feature_that_would_count_the_wrong_way_counts_nothing() -> None:
    values = [_features(core_near=1.0, numbers_differ=1.0)] * 50 + [_features()] * 50
    found = fit_sets([_set(values, [1.0] * 50 + [0.0] * 50, [(str(at), str(at)) for at in range(100)])])
    counts = dict(zip(FEATURES, found.weights.tolist(), strict=True))
    assert counts["numbers_differ"] == 0
    assert counts["core_near"] > 1


def test_fit_finds_the_feature_that_parts_the_labels() -> None:
    random = np.random.default_rng(5)
    values = random.random((400, 3))
    labels = (values[:, 1] > 0.5).astype(np.float64)
    found = fit(values, labels)
    assert found.intercept < 0
    assert found.weights[1] > 5 * max(abs(found.weights[0]), abs(found.weights[2]))


def test_measure_of_a_perfect_and_of_a_blind_score() -> None:
    labels = np.array([1.0, 1.0, 0.0, 0.0])
    perfect = measure(np.array([0.9, 0.8, 0.2, 0.1]), labels)
    assert (perfect.auc, perfect.recall_at_98, perfect.threshold) == (1.0, 1.0, 0.8)
    assert measure(np.full(4, 0.5), labels).auc == 0.5


def _set(
    values: list[list[float]], labels: list[float], names: list[tuple[str, str]], weight: float = 1
) -> TrainingSet:
    return TrainingSet("made", np.array(values), np.array(labels), tuple(names), weight)


def _features(**stated: float) -> list[float]:
    return [stated.get(name, 0.0) for name in FEATURES]


def test_a_factory_is_never_seen_by_the_model_that_judges_it() -> None:
    # A hundred pairs of one factory chained by a name, and a hundred of two: each half learns from the other alone.
    alike = _set([_features(core_near=1.0)] * 100, [1.0] * 100, [("a", f"a{number}") for number in range(100)])
    other = _set([_features(core_near=0.0)] * 100, [0.0] * 100, [("b", f"b{number}") for number in range(100)])
    together = _set(
        [*alike.values.tolist(), *other.values.tolist()], [1.0] * 100 + [0.0] * 100, [*alike.names, *other.names]
    )
    (found,) = unseen([together], folds=2)
    assert found.chances[0] < 0.5, "learned from the other group alone, which holds only the label 0"


def test_rows_count_as_often_as_their_weight_says() -> None:
    values, labels = np.array([[1.0], [1.0], [0.0]]), np.array([1.0, 0.0, 0.0])
    thrice = fit(np.array([[1.0], [1.0], [1.0], [1.0], [0.0]]), np.array([1.0, 1.0, 1.0, 0.0, 0.0]))
    weighed = fit(values, labels, weights=np.array([3.0, 1.0, 1.0]))
    assert weighed.intercept == pytest.approx(thrice.intercept)
    assert weighed.weights == pytest.approx(thrice.weights)


def test_the_threshold_is_where_what_is_joined_is_right_often_enough() -> None:
    chances = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    labels = np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    nothing = np.zeros(5, bool)
    assert Unseen("", chances, labels, nothing).threshold(1.0) == 0.8
    assert Unseen("", chances, labels, nothing).threshold(0.75) == 0.6
    assert Unseen("", chances, labels, labels == 0).threshold(1.0) == 0.6, "what is doubted is never joined"
    assert Unseen("", chances, 1 - labels, nothing).threshold(0.9) == 1.0, "no threshold is right often enough"


@given(
    st.lists(st.tuples(st.floats(0, 1, allow_nan=False), st.booleans(), st.booleans()), min_size=1, max_size=60),
    st.floats(0.5, 1),
)
def test_no_lower_threshold_is_right_often_enough(pairs: list[tuple[float, bool, bool]], precision: float) -> None:
    chances, labels, doubted = (np.array(column) for column in zip(*pairs, strict=True))
    found = Unseen("", chances, labels.astype(float), doubted)
    threshold = found.threshold(precision)
    for candidate in chances[~doubted].tolist():
        joined = found.joined(candidate)
        right = float(labels[joined].mean()) if joined.any() and labels[joined].any() else 0.0
        assert candidate >= threshold or right < precision


def test_what_is_doubted_is_left_to_a_person() -> None:
    """Training counts as joined what `judge` joins: the doubts of both are the same."""
    knowledge = Knowledge.from_folder(SCHEMAS)
    weights = dict.fromkeys(FEATURES, 0.0)
    sure = knowledge.model.model_copy(update={"intercept": 20.0, "coefficients": weights})
    doubted = {"units_differ", "trade_differs", "numbers_differ", "provinces_differ", "unit_on_one_side"}
    seen: set[str] = set()
    for one, other in DOUBTED:
        profiles = [
            found.profile
            for found in prepare(
                [
                    {"mention_id": name, "name": name, "address": address, "country": "VN"}
                    for name, address in (one, other)
                ],
                (),
                Statements(knowledge),
            )
        ]
        values = Comparison(profiles, sure).features(np.array([0]), np.array([1]))[0]
        features = {name for name, value in zip(FEATURES, values, strict=True) if value > 0} & set(DOUBTS)
        judged = judge(profiles, np.array([0]), np.array([1]), sure)
        assert (judged.verdict[0] == VERDICTS.index("match")) == (not features), (one, other)
        seen |= features
    assert seen >= doubted


DOUBTED = (
    (
        ("Sao Mai Garment", "1 Green Street, Hai Chau, Da Nang"),
        ("Sao Mai Garment", "1 Green Street, Hai Chau, Da Nang"),
    ),
    (("Sao Mai Unit 1", "1 Green Street, Hai Chau, Da Nang"), ("Sao Mai Unit 2", "1 Green Street, Hai Chau, Da Nang")),
    (("Sao Mai Unit 1", "1 Green Street, Hai Chau, Da Nang"), ("Sao Mai", "1 Green Street, Hai Chau, Da Nang")),
    (
        ("Sao Mai Dyeing", "1 Green Street, Hai Chau, Da Nang"),
        ("Sao Mai Plastics", "1 Green Street, Hai Chau, Da Nang"),
    ),
    (("Sao Mai", "1 Green Street, Hai Chau, Da Nang"), ("Sao Mai", "77 Green Street, Hai Chau, Da Nang")),
    (("Sao Mai", "1 Green Street, Hai Chau, Da Nang"), ("Sao Mai", "1 Green Street, Bien Hoa, Dong Nai")),
)


def _located(columns: Sequence[str], *rows: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    return [(f"row={at}", dict(zip(columns, row, strict=True))) for at, row in enumerate(rows, start=1)]


def test_labelled_pairs_are_read() -> None:
    rows = _located(
        COLUMNS,
        ("VN", "Sao Mai Ltd", "1 Green Street", "SAO MAI", "No 1 Green St", "1"),
        ("VN", "Sao Mai", "1 Green Street", "Lotus", "9 Red Street", "different"),
    )
    found = read_pairs(Path("pairs.csv"), rows, 0.5, Knowledge.from_folder(SCHEMAS))
    assert found.labels.tolist() == [1, 0]
    assert (found.source, found.weight) == ("pairs.csv", 0.5)
    assert found.values[0, FEATURES.index("name_equal")] == 1


def test_a_label_that_is_none_is_refused_with_its_place() -> None:
    rows = _located(COLUMNS, ("VN", "A", "1", "B", "2", "perhaps"))
    with pytest.raises(InboxError, match=r"pairs\.csv: row=1: the label 'perhaps'"):
        read_pairs(Path("pairs.csv"), rows, 1, Knowledge.from_folder(SCHEMAS))


def test_rows_of_a_list_that_look_alike_are_two_factories() -> None:
    rows = [
        ("one", "Sao Mai Unit 1", "1 Green Street, Hai Chau", "VN"),
        ("one", "Sao Mai Unit 2", "1 Green Street, Hai Chau", "VN"),
        ("one", "Lotus", "3 Red Street, Hai Chau", "VN"),
        ("two", "Sao Mai Unit 1", "1 Green Street, Hai Chau", "VN"),
    ]
    located = _located(("list", "name", "address", "country"), *rows)
    found = read_different(Path("list.csv"), located, 0.1, Knowledge.from_folder(SCHEMAS))
    assert found.labels.tolist() == [0], "the two of one list; what another list holds may be the same factory"
    assert found.names == (("sao mai unit 1", "sao mai unit 2"),)


def test_decisions_on_names_and_addresses_teach(tmp_path: Path) -> None:
    ledger = tmp_path / "facility_decisions.jsonl"
    decided = [
        Decision("sao mai|1 green street|VN", "sao mai vn|1 green st|VN", "same", "t", "2026-01-01"),
        Decision("sao mai|1 green street|VN", "lotus|2 red street|VN", "different", "t", "2026-01-01"),
        Decision("sao mai|1 green street|VN", "pine|2 red street|VN", "unsure", "t", "2026-01-01"),
        Decision("acme|os_id:VN2026", "pine|2 red street|VN", "same", "t", "2026-01-01"),
    ]
    append_decisions(ledger, decided)
    found = read_decided(ledger, 1, Knowledge.from_folder(SCHEMAS))
    assert sorted(found.labels.tolist()) == [0, 1]


def test_a_model_is_written_and_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "identity"
    shutil.copytree(SCHEMAS / "identity", folder)
    model = MatchModel.from_folder(SCHEMAS)
    fitted = fit(np.random.default_rng(1).random((40, len(FEATURES))), np.array([0.0, 1.0] * 20))
    write_model(folder / "model.yml", trained(model, fitted, 0.8, "forty pairs"))
    written = MatchModel.from_folder(tmp_path)
    assert written.trained_on == "forty pairs"
    assert written.thresholds == model.thresholds.model_copy(update={"match": 0.8})
    assert written.weights() == pytest.approx(fitted.weights.tolist(), abs=1e-4)
    assert written.common_words == model.common_words


def test_the_report_of_the_shipped_model_is_that_of_its_training() -> None:
    report = (SCHEMAS / "identity" / "model.md").read_text(encoding="utf-8")
    model = MatchModel.from_folder(SCHEMAS)
    assert f"joins from {model.thresholds.match:g} on" in report
    assert all(f"| {name} | {weight:+.2f} |" in report for name, weight in model.coefficients.items())
