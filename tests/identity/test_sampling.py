"""Drawing pairs: at random, from every band, reproducible; and finding again what was decided of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.identity import Decision, Knowledge, Resolution, decision_keys, ledger_of, resolve, strata_of
from harmonize.identity.accuracy import Stratum, estimated
from harmonize.identity.outcome import TOLD
from harmonize.identity.sampling import drawn, is_of_sample, said_of_sample
from harmonize.identity.sampling_rules import SamplingRules

SCHEMAS = Path(__file__).parents[2] / "schemas"
KNOWLEDGE = Knowledge.from_folder(SCHEMAS)
EDGES = (0.25, 0.55, 0.85)
TEXTS = ("mention_id", "contributor", "instrument", "name", "name_local", "address", "city", "admin1", "country")
MENTIONS = pa.schema(
    {**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(("latitude", "longitude", "workers"), pa.float64())}
)
IDENTIFIERS = pa.schema({"mention_id": pa.string(), "scheme": pa.string(), "value": pa.string(), "valid": pa.bool_()})
NAMES = ("Sao Mai Garment", "May Sao Mai", "Sao Mai Garment Unit 2", "Sao Mai Apparel", "Sao Mai Footwear", "Lotus")
PLACES = (
    "Lot A2, Road 3, Hoa Sen Industrial Park, Long Thanh District, Dong Nai",
    "Lot A2, Hoa Sen Park, Dong Nai",
    "99 Harbour Road, Thuy Nguyen, Hai Phong",
)
PAIRS = st.lists(
    st.tuples(st.sampled_from(["match", "review", "distinct", None]), st.floats(0.1, 1.0)), min_size=0, max_size=40
)


def _told(pairs: Sequence[tuple[str | None, float]]) -> pa.Table:
    rows = [
        {"mention_a": f"a{at}", "mention_b": f"b{at}", "probability": probability, "judged": judged}
        for at, (judged, probability) in enumerate(pairs)
    ]
    return pa.Table.from_pylist([{name: row.get(name) for name in TOLD.names} for row in rows], schema=TOLD)


def _none(places: Sequence[int]) -> list[bool]:
    return [False] * len(places)


@given(PAIRS, st.integers(1, 50), st.randoms())
def test_a_sample_is_what_can_be_asked_and_hangs_on_no_order(
    pairs: list[tuple[str | None, float]], count: int, random: Any
) -> None:
    told = _told(pairs)
    chosen = drawn(told, EDGES, count, _none)
    assert len(chosen) == len(set(chosen)) == min(count, sum(judged is not None for judged, _ in pairs))
    assert all(pairs[at][0] is not None for at in chosen)
    order = list(range(len(pairs)))
    random.shuffle(order)
    again = drawn(told.take(pa.array(order, pa.int64())), EDGES, count, _none)
    assert [order[at] for at in again] == chosen


@given(PAIRS, st.integers(1, 20))
def test_the_next_sample_goes_on_where_the_decided_one_ends(pairs: list[tuple[str | None, float]], count: int) -> None:
    told, seen = _told(pairs), set[int]()
    while chosen := drawn(told, EDGES, count, lambda places: [at in seen for at in places]):
        assert seen.isdisjoint(chosen)
        seen.update(chosen)
    assert seen == {at for at, (judged, _) in enumerate(pairs) if judged is not None}


def test_few_pairs_of_a_verdict_are_drawn_as_often_as_many() -> None:
    pairs = [("match", 0.99)] * 500 + [("match", 0.6)] * 9 + [("review", 0.6)] * 20
    chosen = drawn(_told(pairs), EDGES, 30, _none)
    assert sum(pairs[at][0] == "review" for at in chosen) == 15
    assert sum(pairs[at] == ("match", 0.6) for at in chosen) == 8


def _resolve(stated: Sequence[tuple[str, str]], decisions: Sequence[Decision] = ()) -> Resolution:
    rows = [_row(f"m{at:02d}", *found) for at, found in enumerate(stated)]
    return resolve(
        pa.Table.from_pylist([{name: row.get(name) for name in MENTIONS.names} for row in rows], schema=MENTIONS),
        IDENTIFIERS.empty_table(),
        decisions,
        ledger_of({}),
        KNOWLEDGE,
    )


def _row(mention_id: str, name: str, address: str) -> dict[str, Any]:
    return {"mention_id": mention_id, "contributor": "c", "name": name, "address": address, "country": "VN"}


def _decision(one: tuple[str, str], other: tuple[str, str], verdict: Any, why: str, at: str = "1") -> Decision:
    keys = [decision_keys(_row("x", *stated), [], KNOWLEDGE)[0] for stated in (one, other)]
    return Decision(keys[0], keys[1], verdict, "s", at, why)


EVERY = [(name, place) for name in NAMES for place in PLACES]


def _strata(decisions: Sequence[Decision]) -> tuple[list[Stratum], int]:
    return strata_of(_resolve(EVERY, decisions).strata)


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_with_every_pair_drawn_and_decided_a_run_knows_how_often_it_is_right(data: st.DataObject) -> None:
    """Whatever is decided, and although decisions join and part what the machine would not."""
    truth = data.draw(st.lists(st.integers(0, 2), min_size=len(EVERY), max_size=len(EVERY)))
    pairs = [(one, other) for one in range(len(EVERY)) for other in range(one + 1, len(EVERY))]
    verdicts = {pair: "same" if truth[pair[0]] == truth[pair[1]] else "different" for pair in pairs}
    decisions = [
        _decision(EVERY[one], EVERY[other], verdict, said_of_sample("")) for (one, other), verdict in verdicts.items()
    ]
    strata, elsewhere = _strata(decisions)
    plain, _ = _strata([])
    assert [(one.verdict, one.low, one.pairs) for one in strata] == [(one.verdict, one.low, one.pairs) for one in plain]
    assert all(one.same + one.different == one.pairs for one in strata)
    assert elsewhere == len(pairs) - sum(one.pairs for one in strata)
    found = estimated(strata, KNOWLEDGE.sampling)
    same = {verdict: sum(one.same for one in strata if one.verdict == verdict) for verdict in ("match", "review")}
    matches = sum(one.pairs for one in strata if one.verdict == "match")
    assert found.precision.value == pytest.approx(same["match"] / matches)
    if total := sum(one.same for one in strata):
        assert found.recall.value == pytest.approx(same["match"] / total)


PAIR = ((NAMES[0], PLACES[0]), (NAMES[2], PLACES[0]))


def _counted(decisions: Sequence[Decision]) -> tuple[int, int, int, int]:
    strata, elsewhere = _strata(decisions)
    return (*(sum(getattr(one, name) for one in strata) for name in ("same", "different", "unsure")), elsewhere)


def test_only_decisions_on_drawn_pairs_count() -> None:
    assert _counted([_decision(*PAIR, "same", "it is the same gate")]) == (0, 0, 0, 0)
    assert _counted([_decision(*PAIR, "same", said_of_sample("the same gate"))]) == (1, 0, 0, 0)
    assert _counted([_decision(*PAIR, "unsure", said_of_sample(""))]) == (0, 0, 1, 0)


def test_a_drawn_pair_counts_as_it_was_decided_last() -> None:
    drawn_first = _decision(*PAIR, "same", said_of_sample(""), at="1")
    assert _counted([drawn_first, _decision(PAIR[1], PAIR[0], "different", "I called them", at="2")]) == (0, 1, 0, 0)


def test_a_decided_pair_that_is_gone_is_counted_apart() -> None:
    assert _counted([_decision(PAIR[0], ("Nowhere", "9 Hill Lane"), "same", said_of_sample(""))]) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("why", "is_drawn"), [("sample", True), ("sample: the same gate", True), ("samples differ", False), ("", False)]
)
def test_the_mark_of_a_drawn_pair(why: str, is_drawn: bool) -> None:
    assert is_of_sample(why) is is_drawn


def test_bands_ascend() -> None:
    with pytest.raises(ValueError, match="ascend"):
        SamplingRules(bands=(0.5, 0.2), least_decided=1, confidence=0.9)
