"""What is kept from run to run changes nothing but the time: whatever is added, changed, removed, lost or damaged."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.identity import Decision, Knowledge, Resolution, decision_keys, ledger_of, resolve
from harmonize.identity import decide as decide_module
from harmonize.identity import memory as memory_module
from harmonize.identity import prepare as prepare_module
from harmonize.identity import remember as remember_module
from harmonize.identity.memory import Memory, content_hash
from harmonize.identity.settle import settle

LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
KNOWLEDGE = Knowledge.from_folder(Path(__file__).parents[2] / "schemas")
MENTIONS = pa.schema(
    {
        **dict.fromkeys(
            ("mention_id", "contributor", "instrument", "name", "name_local", "address", "city", "admin1", "country"),
            pa.string(),
        ),
        **dict.fromkeys(("latitude", "longitude", "workers"), pa.float64()),
    }
)
IDENTIFIERS = pa.schema({"mention_id": pa.string(), "scheme": pa.string(), "value": pa.string(), "valid": pa.bool_()})
Row = dict[str, Any]

STATEMENTS: tuple[Row, ...] = (
    {"name": "Sao Mai Garment Co., Ltd", "address": "Lot A2, Road 3, Hoa Sen Park, Dong Nai", "country": "Vietnam"},
    {"name": "Công ty TNHH May Sao Mai", "address": "Lô A2, đường số 3, KCN Hoa Sen, Đồng Nai", "country": "Việt Nam"},
    {"name": "SAO MAI GARMENT CO LTD", "address": "LOT A2 ROAD 3 HOA SEN PARK, DONG NAI", "country": "VN"},
    {"name": "Sao Mai Garment Unit 2", "address": "Lot A2, Road 3, Hoa Sen Park, Dong Nai", "country": "VN"},
    {"name": "Sao Mai", "name_local": "Pine Lotus", "address": "Hoa Sen Park", "admin1": "Dong Nai", "country": "VN"},
    {"name": "Lotus Pine", "address": "17 Canal Street", "city": "Takeo", "country": "Cambodia"},
    {
        "name": "Lotus Pine Footwear",
        "address": "17 Canal St., Takeo",
        "country": "KH",
        "latitude": 11.0,
        "longitude": 105.0,
    },
    {"name": None, "address": "17 Canal Street", "country": "KH"},
    {"name": "Nowhere", "address": None, "country": None},
)
WRITTEN = ("", "higg_id:1", "gap_facility:G1", "gap_facility:G2", "tax_code:0399999879")
KEYS = sorted({decision_keys({"mention_id": "x", "contributor": "c", **row}, [], KNOWLEDGE)[0] for row in STATEMENTS})

Step = dict[int, tuple[int, str]]
STEPS = st.lists(
    st.tuples(
        st.dictionaries(
            st.integers(0, 11), st.tuples(st.integers(0, len(STATEMENTS) - 1), st.sampled_from(WRITTEN)), max_size=8
        ),
        st.lists(
            st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS), st.sampled_from(["same", "different", "unsure"])),
            max_size=2,
        ),
    ),
    min_size=2,
    max_size=5,
)


def _resolve(
    mentions: Step,
    memory: Path | None,
    decided: list[tuple[str, str, Any]] | None = None,
    minted: dict[str, str] | None = None,
    knowledge: Knowledge = KNOWLEDGE,
) -> Resolution:
    rows = [
        {"mention_id": f"m{at}", "contributor": f"c{at % 3}", "instrument": f"i{at % 2}", **STATEMENTS[said]}
        for at, (said, _) in mentions.items()
    ]
    identifiers = [
        {"mention_id": f"m{at}", "scheme": text.partition(":")[0], "value": text.partition(":")[2], "valid": True}
        for at, (_, text) in mentions.items()
        if text
    ]
    decisions = [Decision(*found, by="s", at=f"2026-01-0{number}") for number, found in enumerate(decided or (), 1)]
    return resolve(
        pa.Table.from_pylist([{name: row.get(name) for name in MENTIONS.names} for row in rows], schema=MENTIONS),
        pa.Table.from_pylist(identifiers, schema=IDENTIFIERS),
        decisions,
        ledger_of(minted or {}),
        knowledge,
        memory,
    )


def _entries(found: Resolution) -> dict[str, str]:
    """What is to be appended to the ledger, by key."""
    return {row["key"]: row["facility_id"] for row in found.minted.to_pylist()}


ALL: Step = {at: (at % len(STATEMENTS), WRITTEN[at % len(WRITTEN)]) for at in range(12)}


@settings(max_examples=40 if LONG else 12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
@pytest.mark.slow
def test_with_a_memory_is_as_without(steps: list[tuple[Step, list[tuple[str, str, Any]]]]) -> None:
    """Any sequence of adding, changing and removing mentions and decisions, with a ledger that grows."""
    ledger: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for mentions, decided in steps:
            remembered = _resolve(mentions, Path(folder), decided, ledger)
            assert remembered == _resolve(mentions, None, decided, ledger)
            ledger |= _entries(remembered)


def test_what_is_known_is_not_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _resolve({at: found for at, found in ALL.items() if at != 3}, tmp_path)
    judged: list[int] = []
    worked_out: list[object] = []
    judge, statement = decide_module.judge, prepare_module.Statements._work_out

    def counted_judge(profiles: Any, ones: Any, others: Any, model: Any) -> Any:
        judged.append(len(ones))
        return judge(profiles, ones, others, model)

    def counted_statement(statements: Any, row: Any) -> Any:
        worked_out.append(row)
        return statement(statements, row)

    monkeypatch.setattr(remember_module, "judge", counted_judge)
    monkeypatch.setattr(prepare_module.Statements, "_work_out", counted_statement)
    found = _resolve(ALL, tmp_path)
    assert len(worked_out) == 1, "one statement is new"
    assert 0 < sum(judged) <= 6, "only the pairs of the new mention"
    assert _resolve(ALL, tmp_path) == found
    assert len(judged) == 1, "nothing has changed: read back whole, not even compared"
    assert first.pairs.num_rows < found.pairs.num_rows


def test_only_what_a_change_touches_is_joined_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One mention more: its own piece, and those whose pairs with it are told; the Cambodian ones are taken over."""
    plain: Step = {at: (at, "") for at in range(len(STATEMENTS))}
    _resolve({at: found for at, found in plain.items() if at != 3}, tmp_path)
    joined: list[list[str]] = []

    def counted(mentions: Any, *rest: Any) -> Any:
        joined.append([mention.mention_id for mention in mentions])
        return settle(mentions, *rest)

    monkeypatch.setattr("harmonize.identity.portions.settle", counted)
    _resolve(plain, tmp_path)
    again = {mention for portion in joined for mention in portion}
    assert not {"m5", "m6", "m7"} & again
    joined.clear()
    _resolve(plain, None)
    everything = {mention for portion in joined for mention in portion}
    assert again < everything, "without a memory all that can be joined"
    assert {"m5", "m6", "m7"} & everything


def test_the_ledger_may_grow_between_two_equal_runs(tmp_path: Path) -> None:
    first = _resolve(ALL, tmp_path)
    second = _resolve(ALL, tmp_path, minted=_entries(first))
    assert second.links == first.links
    assert not second.minted.num_rows


@pytest.mark.parametrize("damage", ["cut", "turned", "emptied", "renamed", "a folder", "deleted"])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, damage: str) -> None:
    few: Step = {0: ALL[0], 1: ALL[1]}
    expected, expected_of_few = _resolve(ALL, None), _resolve(few, None)
    _resolve(ALL, tmp_path / "kept")
    kept = sorted((tmp_path / "kept").iterdir())
    assert len(kept) == 3
    for number, path in enumerate(kept):
        content = path.read_bytes()
        for place in (10, len(content) // 2, len(content) - 12):
            folder = tmp_path / f"{number}-{place}"
            shutil.copytree(tmp_path / "kept", folder)
            harmed = folder / path.name
            if damage == "cut":
                harmed.write_bytes(content[:place])
            elif damage == "turned":
                harmed.write_bytes(content[:place] + bytes([content[place] ^ 64]) + content[place + 1 :])
            elif damage == "emptied":
                harmed.write_bytes(b"")
            elif damage == "renamed":
                harmed.rename(folder / f"{path.name.partition('-')[0]}-0.arrow")
            else:
                harmed.unlink()
                if damage == "a folder":
                    harmed.mkdir()
            assert _resolve(ALL, folder) == expected
            assert _resolve(few, folder) == expected_of_few


def test_a_memory_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    assert _resolve(ALL, blocked) == _resolve(ALL, None)
    assert blocked.read_text(encoding="utf-8") == "not a folder"


def _said(name: str, scheme: str | None = None, value: str | None = None, **more: Any) -> tuple[Row, Row | None]:
    row = {"contributor": "c", "instrument": "i", "name": name, "address": "Lot A2, Road 3, Dong Nai", "country": "VN"}
    return row | more, None if scheme is None else {"scheme": scheme, "value": value, "valid": True}


def _tables(stated: list[tuple[str, tuple[Row, Row | None]]]) -> tuple[pa.Table, pa.Table]:
    rows = [{"mention_id": mention_id, **row} for mention_id, (row, _) in stated]
    return (
        pa.Table.from_pylist([{name: row.get(name) for name in MENTIONS.names} for row in rows], schema=MENTIONS),
        pa.Table.from_pylist(
            [{"mention_id": mention_id, **found} for mention_id, (_, found) in stated if found], schema=IDENTIFIERS
        ),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            [("a", _said("Sao Mai", latitude=0.0, longitude=105.0)), ("b", _said("Sao Mai Unit 2"))],
            [
                ("a", _said("Sao Mai", latitude=-0.0, longitude=105.0)),
                ("b", _said("Sao Mai Unit 2")),
                ("d", _said("SAO MAI", latitude=0.0, longitude=105.0)),
            ],
            id="minus nought",
        ),
        pytest.param(
            [("a", _said("Sao Mai", "gap_facility", "G1")), ("a", _said("Sao Mai", "higg_id", None))],
            [("a", _said("Sao Mai", "gap_facility", "G2")), ("a", _said("Sao Mai", "higg_id", None))],
            id="an identifier without a value",
        ),
        pytest.param(
            [("a", _said("Sao Mai")), ("a", _said("Lotus")), ("b", _said("Pine"))],
            [("a", _said("Lotus")), ("a", _said("Sao Mai")), ("b", _said("Pine"))],
            id="two mentions of one id",
        ),
    ],
)
def test_odd_rows_are_resolved_with_a_memory_as_without(tmp_path: Path, before: Any, after: Any) -> None:
    for stated in (before, after):
        tables = _tables(stated)
        assert resolve(*tables, [], ledger_of({}), KNOWLEDGE, tmp_path) == resolve(
            *tables, [], ledger_of({}), KNOWLEDGE
        )


def test_a_decision_on_a_key_that_is_no_text_is_passed_over() -> None:
    found = _resolve(ALL, None, [("x\ud800", KEYS[0], "same")])
    assert found == _resolve(ALL, None)


def test_the_order_of_decisions_is_no_matter() -> None:
    one, other, third = KEYS[0], KEYS[1], KEYS[-1]
    decisions = [
        Decision(one, other, "same"),
        Decision(other, one, "same"),
        Decision(one, third, "different"),
        Decision(third, other, "same"),
    ]
    tables = _tables(
        [(f"m{at}", (row | {"contributor": "c", "instrument": "i"}, None)) for at, row in enumerate(STATEMENTS)]
    )
    assert resolve(*tables, decisions, ledger_of({}), KNOWLEDGE) == resolve(
        *tables, decisions[::-1], ledger_of({}), KNOWLEDGE
    )


def test_other_knowledge_forgets(tmp_path: Path) -> None:
    _resolve(ALL, tmp_path)
    changed = KNOWLEDGE.model.model_copy(update={"intercept": KNOWLEDGE.model.intercept + 2})
    other = replace(KNOWLEDGE, model=changed)
    assert _resolve(ALL, tmp_path, knowledge=other) == _resolve(ALL, None, knowledge=other)


def test_a_memory_holds_no_more_than_the_last_runs_used(tmp_path: Path) -> None:
    _resolve(ALL, tmp_path)
    _resolve({0: ALL[0], 1: ALL[1]}, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3, "one file of a kind"
    records = Memory(tmp_path, KNOWLEDGE.stamp).recall("records")
    assert records is not None
    assert records.num_rows == 2


def test_new_records_are_kept_beside_the_others_until_there_are_too_many_parts(tmp_path: Path) -> None:
    def parts() -> set[str]:
        return {path.name for path in tmp_path.glob("records-*")}

    said = dict(list(ALL.items())[:6])
    _resolve(said, tmp_path)
    before = parts()
    _resolve(said | {6: ALL[6]}, tmp_path)
    assert len(before) == 1
    assert len(parts()) == 2
    assert before < parts(), "what was kept is not written again"
    for number in range(memory_module._PARTS):
        said[5] = (number % len(STATEMENTS), WRITTEN[0])
        assert _resolve(said | {6: ALL[6]}, tmp_path) == _resolve(said | {6: ALL[6]}, None)
        assert len(parts()) <= memory_module._PARTS


def test_a_stamp_does_not_hang_on_the_order_of_sets_and_mappings() -> None:
    assert content_hash({"a": 1, "b": {1, 2}}) == content_hash({"b": {2, 1}, "a": 1})
    assert content_hash(["a", "b"]) != content_hash(["b", "a"])
    assert content_hash(("ab", "c")) != content_hash(("a", "bc"))
    assert content_hash(frozenset({"x"})) != content_hash(frozenset({"y"}))
