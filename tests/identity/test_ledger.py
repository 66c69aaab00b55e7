"""Facility ids are kept: through new records, mergers and divisions."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.errors import LedgerError
from harmonize.identity import ledger as ledger_module
from harmonize.identity.assign import Assignment, ClusterKeys
from harmonize.identity.assign import assign_ids as assign
from harmonize.identity.ledger import LEDGER, append_ledger, ledger_of, read_ledger
from tests.identity.assignment_by_hand import assigned_by_hand

DAY = date(2026, 1, 31)


@dataclass(frozen=True)
class _Given:
    """An assignment as plain values."""

    ids: list[str]
    minted: list[tuple[str, str]]
    aliases: list[tuple[str, str]]


def _clusters(*keys: str) -> list[list[str]]:
    """Clusters written as `a b` (keys) each."""
    return [text.split() for text in keys]


def assign_ids(clusters: Sequence[Iterable[str]], minted: Mapping[str, str], spares: Sequence[int] = ()) -> _Given:
    """Assign ids to clusters with these keys; the spare key of each is `mention:` and its place, or what is told."""
    held = [(at, key) for at, keys in enumerate(clusters) for key in keys]
    found: Assignment = assign(
        ClusterKeys(
            pa.array([at for at, _ in held], pa.int32()),
            pa.array([key for _, key in held], pa.large_string()),
            pa.array([f"mention:{at}" for at in spares or range(len(clusters))], pa.large_string()),
        ),
        ledger_of(minted),
    )
    return _Given(found.ids.to_pylist(), list(_lines(found.minted)), found.aliases)


def _lines(table: pa.Table) -> Iterator[tuple[str, str]]:
    return zip(table["key"].to_pylist(), table["facility_id"].to_pylist(), strict=True)


def _kept(minted: dict[str, str], assignment: _Given) -> dict[str, str]:
    return minted | dict(assignment.minted)


def test_an_id_is_made_of_the_smallest_key_and_has_the_agreed_form() -> None:
    one, again = assign_ids(_clusters("b a"), {}), assign_ids(_clusters("a"), {})
    assert one.ids == again.ids
    assert len(one.ids[0]) == 14
    assert one.ids[0].startswith("HF")
    assert not set(one.ids[0][2:]) & set("ILOU")


def test_a_new_record_takes_the_id_of_its_factory_and_adds_its_key() -> None:
    first = assign_ids(_clusters("b"), {})
    second = assign_ids(_clusters("a b"), _kept({}, first))
    assert second.ids == first.ids
    assert second.minted == [("a", first.ids[0])]


def test_a_merger_keeps_the_oldest_id_and_the_other_still_resolves() -> None:
    ledger = {"z": "HFOLD", "a": "HFNEW"}
    merged = assign_ids(_clusters("a z"), ledger)
    assert merged.ids == ["HFOLD"]
    assert merged.aliases == [("HFNEW", "HFOLD")]
    later = assign_ids(_clusters("z"), _kept(ledger, merged))
    assert later.aliases == [("HFNEW", "HFOLD")], "an alias outlives the record that made it"


def test_an_alias_leads_through_later_mergers() -> None:
    ledger = {"a": "HFA", "b": "HFB", "alias:HFC": "HFB"}
    assert assign_ids(_clusters("a b"), ledger).aliases == [("HFB", "HFA"), ("HFC", "HFA")]


def test_the_part_with_the_oldest_key_keeps_the_id_of_a_divided_factory() -> None:
    ledger = {"old": "HFX", "young": "HFX"}
    divided = assign_ids(_clusters("young", "old"), ledger)
    assert divided.ids[1] == "HFX"
    assert divided.ids[0] != "HFX"
    assert divided.aliases == []
    again = assign_ids(_clusters("young", "old"), _kept(ledger, divided))
    assert again.ids == divided.ids
    assert again.minted == []


def test_a_division_after_a_merger_gives_the_old_id_back() -> None:
    ledger = {"a": "HFA", "b": "HFB"}
    merged = _kept(ledger, assign_ids(_clusters("a b"), ledger))
    divided = assign_ids(_clusters("a", "b"), merged)
    assert divided.ids == ["HFA", "HFB"]
    assert divided.aliases == []


def test_factories_that_share_all_keys_have_ids_of_their_own_that_stay() -> None:
    twins = _clusters("k", "k")
    first = assign_ids(twins, {})
    assert len(set(first.ids)) == 2
    again = assign_ids(twins, _kept({}, first))
    assert again.ids == first.ids


@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=1), max_size=6))
@pytest.mark.slow
def test_ids_are_unique_stable_and_free_of_order(groups: list[frozenset[str]]) -> None:
    first = assign_ids(groups, {})
    assert len(set(first.ids)) == len(groups)
    ledger = _kept({}, first)
    again = assign_ids(groups, ledger)
    assert again.ids == first.ids
    assert again.minted == []
    backwards = assign_ids(groups[::-1], ledger, range(len(groups))[::-1])
    assert backwards.ids == first.ids[::-1]


_HASHED = [assigned_by_hand([{key}], ["mention:0"], {})[0][0] for key in "abcd"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=4), max_size=6),
    st.dictionaries(
        st.sampled_from([*"abcdefghxyz", "mention:0", "mention:2", "alias:HFA", "alias:HFC", f"alias:{_HASHED[0]}"]),
        st.sampled_from(["HFA", "HFB", "HFC", *_HASHED]),
        max_size=8,
    ),
)
@pytest.mark.slow
def test_ids_are_those_that_the_rules_give_factory_by_factory(
    groups: list[frozenset[str]], ledger: dict[str, str]
) -> None:
    """Also where ids that a key would make are taken, where aliases lead in circles, and where a spare key is known."""
    found = assign_ids(groups, ledger)
    spares = [f"mention:{at}" for at in range(len(groups))]
    assert (found.ids, found.minted, found.aliases) == assigned_by_hand(groups, spares, ledger)


def test_the_ledger_is_appended_to_and_its_last_line_holds(tmp_path: Path) -> None:
    path = tmp_path / "decisions" / "facility_ids.jsonl"
    assert not read_ledger(path).num_rows
    append_ledger(path, ledger_of({"ä": "HF2", "b": "HF1"}), DAY)
    before = path.read_bytes()
    append_ledger(path, ledger_of({"ä": "HF3"}), date(2026, 2, 1))
    append_ledger(path, LEDGER.empty_table(), date(2026, 2, 2))
    assert path.read_bytes().startswith(before)
    assert list(_lines(read_ledger(path))) == [("b", "HF1"), ("ä", "HF3")]


def test_a_broken_ledger_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "facility_ids.jsonl"
    path.write_text('{"key": "a"}\n', encoding="utf-8")
    with pytest.raises(LedgerError, match=r"facility_ids\.jsonl:1"):
        read_ledger(path)


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=6), st.data())
def test_all_lines_at_once_are_read_as_line_by_line(rows: list[tuple[str, str]], data: st.DataObject) -> None:
    """Whatever a byte of the file is changed into: a number, another key, half a character, a day that is none."""
    lines = [{"key": key, "facility_id": found, "minted_on": "2026-01-02"} for key, found in rows]
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode("utf-8", "surrogatepass")
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(content)))
        content = content[:at] + data.draw(st.binary(max_size=2)) + content[at + data.draw(st.integers(0, 2)) :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "facility_ids.jsonl")
        path.write_bytes(content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ledger_module, "read_columns", lambda *_: None)
            expected = _read(path)
        assert _read(path) == expected


def _read(path: Path) -> object:
    try:
        return list(_lines(read_ledger(path)))
    except LedgerError as problem:
        return str(problem)


@pytest.mark.parametrize(
    "day", ["0000-01-01", "0001-01-01", "2026-02-30", "2026-1-1", "20260101", "", "2026-01-01T00:00"]
)
def test_a_day_is_read_alike_line_by_line(tmp_path: Path, day: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "facility_ids.jsonl"
    path.write_text(json.dumps({"key": "a", "facility_id": "HF1", "minted_on": day}) + "\n", encoding="utf-8")
    found = _read(path)
    monkeypatch.setattr(ledger_module, "read_columns", lambda *_: None)
    assert found == _read(path)
