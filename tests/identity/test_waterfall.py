"""The waterfall: its steps add up to what the model says, and every feature has words."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.identity import Knowledge
from harmonize.identity.decide import judge
from harmonize.identity.model import FEATURES
from harmonize.identity.prepare import Profile, Statements, prepare
from harmonize.identity.waterfall import feature_words, waterfall

SCHEMAS = Path(__file__).parents[2] / "schemas"
KNOWLEDGE = Knowledge.from_folder(SCHEMAS)
RECORD = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Sao Mai Garment", "May Sao Mai Unit 2", "Sao Mai Co., Ltd", "Lotus Footwear", ""]),
        "address": st.sampled_from(["Lot A2, Road 3, Hoa Sen Park, Dong Nai", "Lô A2, KCN Hoa Sen", "9 Hill Lane", ""]),
        "latitude": st.sampled_from([None, 10.75, 10.751, 21.0]),
        "longitude": st.sampled_from([None, 106.9]),
        "tax_code": st.sampled_from([None, "0300808687", "0301464904"]),
    }
)


def _profiles(*records: dict[str, Any]) -> list[Profile]:
    rows = [{"country": "VN", "mention_id": str(at), **record} for at, record in enumerate(records)]
    identifiers = [
        {"mention_id": row["mention_id"], "scheme": "tax_code", "value": row["tax_code"], "valid": True}
        for row in rows
        if row["tax_code"]
    ]
    return [mention.profile for mention in prepare(rows, identifiers, Statements(KNOWLEDGE))]


@given(RECORD, RECORD)
def test_the_steps_add_up_to_the_judgement(one: dict[str, Any], other: dict[str, Any]) -> None:
    profiles = _profiles(one, other)
    found = waterfall(profiles[0], profiles[1], KNOWLEDGE.model)
    judged = float(judge(profiles, np.array([0]), np.array([1]), KNOWLEDGE.model).probability[0])
    assert found.probability == judged
    assert found.steps[-1].probability == pytest.approx(judged, abs=2e-6)
    assert "other evidence" not in {step.name for step in found.steps}
    total = 0.0
    for step in found.steps:
        total += step.logits
        assert step.logits == pytest.approx(step.value * step.weight)
        assert step.probability == pytest.approx(1 / (1 + math.exp(-total)))


def test_what_adds_nothing_is_left_out() -> None:
    unlike = {"name": "Lotus", "address": "", "latitude": None, "longitude": None, "tax_code": None}
    one, other = _profiles(unlike, {**unlike, "name": "Sao Mai"})
    found = waterfall(one, other, KNOWLEDGE.model)
    assert found.steps[0].name == "start"
    assert all(step.logits for step in found.steps[1:])


def test_words_are_of_features_that_there_are() -> None:
    words = feature_words(SCHEMAS)
    assert set(words) <= set(FEATURES)
    assert len(set(words.values())) == len(words)
