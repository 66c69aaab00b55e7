"""Remembered factors are the worked-out ones, or none: a memory is never stale, and never half believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.errors import ConfigurationError
from harmonize.values.unit_memory import memory_key, recall, remember
from harmonize.values.units import CommonUnit, UnitTable

FACTORS = {"kg": ("kg", 1.0), "t": ("kg", 1000.0), "mét khối": ("L", 1000.0), "odd": ("L", 0.1 + 0.2)}
SMALL = """
definitions: [heap = FACTOR * kilogram]
canonical: {mass: {unit: kg, pint: kilogram}}
aliases: {kg: kilogram, heap: heap}
"""


def test_what_is_remembered_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    memory = tmp_path / "deep" / "units.json"
    assert recall(memory, "k") is None
    remember(memory, "k", FACTORS)
    assert recall(memory, "k") == FACTORS
    assert recall(memory, "other") is None
    assert [path.name for path in memory.parent.iterdir()] == ["units.json"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_memory_is_none(tmp_path: Path, data: st.DataObject) -> None:
    memory = tmp_path / "units.json"
    remember(memory, "k", FACTORS)
    whole = memory.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    memory.write_bytes(whole[:at] if cut else whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + 1 :])
    assert recall(memory, "k") in (None, FACTORS)


@pytest.mark.parametrize("content", ["", "[]", "5", "null", '{"key": "k"}', '{"key": "k", "digest": 1, "factors": []}'])
def test_something_else_in_its_place_is_none(content: str, tmp_path: Path) -> None:
    memory = tmp_path / "units.json"
    memory.write_text(content, encoding="utf-8")
    assert recall(memory, "k") is None


def test_a_memory_that_cannot_be_kept_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    remember(tmp_path / "file" / "units.json", "k", FACTORS)
    (tmp_path / "units.json").mkdir()
    remember(tmp_path / "units.json", "k", FACTORS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "units.json"]


def test_the_key_changes_with_the_words_and_with_the_code(tmp_path: Path) -> None:
    words, code = tmp_path / "units.yml", tmp_path / "code.py"
    words.write_text("a", encoding="utf-8")
    code.write_text("b", encoding="utf-8")
    keys = [memory_key(words, [code])]
    code.write_text("c", encoding="utf-8")
    keys.append(memory_key(words, [code]))
    words.write_text("d", encoding="utf-8")
    keys.append(memory_key(words, [code]))
    assert len(set(keys)) == 3
    assert memory_key(words, [code]) == keys[2]
    assert memory_key(words, [tmp_path / "none.py"]) is None
    with pytest.raises(ConfigurationError, match=r"none.yml"):
        memory_key(tmp_path / "none.yml", [code])


def test_an_edit_is_seen_and_the_edit_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, memory = tmp_path / "units.yml", tmp_path / "units.json"
    for factor in (2, 3, 2):
        words.write_text(SMALL.replace("FACTOR", str(factor)), encoding="utf-8")
        assert UnitTable.from_file(words, memory).find("heap") == CommonUnit("kg", float(factor))
    monkeypatch.delattr("harmonize.values.units._worked_out")
    assert UnitTable.from_file(words, memory).find("heap") == CommonUnit("kg", 2.0)


def test_a_lie_in_the_memory_is_found_out(tmp_path: Path) -> None:
    words, memory = tmp_path / "units.yml", tmp_path / "units.json"
    words.write_text(SMALL.replace("FACTOR", "2"), encoding="utf-8")
    UnitTable.from_file(words, memory)
    content = json.loads(memory.read_text(encoding="utf-8"))
    content["factors"]["heap"] = ["kg", 9.0]
    memory.write_text(json.dumps(content), encoding="utf-8")
    assert UnitTable.from_file(words, memory).find("heap") == CommonUnit("kg", 2.0)
