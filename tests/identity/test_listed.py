"""Lists of records: every row comes out with an id, whatever is wrong with it, and the ids hang on content alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.identity import Knowledge, ledger_of, resolve
from harmonize.identity.columns import HeaderNames
from harmonize.identity.listed import ListedRecords, resolved_rows
from harmonize.identity.stated import RowReader, repeated
from harmonize.model.issues import Issue

SCHEMAS = Path(__file__).parents[2] / "schemas"
KNOWLEDGE = Knowledge.from_folder(SCHEMAS)
NAMES = HeaderNames.from_folder(SCHEMAS, KNOWLEDGE.identifiers)
HEADER = ("record_id", "name", "address", "country", "higg_id")
PLACE = "Lot A2, Road 3, Hoa Sen Industrial Park, Long Thanh District, Dong Nai"
Found = list[tuple[str, str, float, str]]


def _resolve(rows: Sequence[Sequence[str]], minted: dict[str, str] | None = None) -> tuple[Found, list[Issue]]:
    columns = NAMES.records(HEADER)
    keys = RowReader(columns, "record_id", frozenset(), KNOWLEDGE)
    reader = RowReader(columns, "record_id", repeated(map(keys.key_of, rows)), KNOWLEDGE)
    listed = ListedRecords()
    for number, cells in enumerate(rows, start=1):
        listed.add(reader.read(f"row={number}", cells))
    tables = listed.tables()
    found = resolve(tables.mentions, tables.identifiers, [], ledger_of(minted or {}), KNOWLEDGE)
    return [tuple(row.values()) for row in resolved_rows(tables, found).to_pylist()], tables.issues


def test_alike_records_have_one_id() -> None:
    found, issues = _resolve(
        [
            ["1", "Sao Mai Garment Co., Ltd", PLACE, "VN", ""],
            ["2", "Lotus Footwear", "17 Canal Street, Takeo", "KH", ""],
            ["3", "Sao Mai Garment", PLACE, "Viet Nam", ""],
            ["4", "Lotus", "Takeo", "KH", "77"],
            ["5", "Another", "Elsewhere", "KH", "77"],
        ]
    )
    assert [row[0] for row in found] == ["1", "2", "3", "4", "5"]
    ids = [row[1] for row in found]
    assert ids[0] == ids[2]
    assert ids[3] == ids[4]
    assert len(set(ids)) == 3
    assert [row[3] for row in found] == ["exact", "single", "exact", "id", "id"]
    assert issues == []


def test_rows_that_are_shifted_are_factories_of_their_own() -> None:
    rows = [["1", "Sao Mai", PLACE, "VN"], ["2", "Sao Mai", PLACE, "VN"], ["3", "Sao Mai", PLACE, "VN", ""]]
    found, issues = _resolve(rows)
    assert len({row[1] for row in found}) == 3
    assert [issue.code for issue in issues] == ["shifted_row", "shifted_row"]


def test_blank_and_repeated_ids_keep_their_rows() -> None:
    row = ["Sao Mai Garment", PLACE, "VN", ""]
    found, issues = _resolve([["", *row], ["7", *row], ["7", "Lotus Footwear", "9 Hill Lane", "VN", ""], ["", *row]])
    assert [row[0] for row in found] == ["", "7", "7", ""]
    assert found[0][1] == found[1][1] == found[3][1] != found[2][1]
    assert [issue.code for issue in issues] == [
        "blank_record_id", "repeated_record_id", "repeated_record_id", "blank_record_id",
    ]  # fmt: skip


WORDS = st.sampled_from(["Sao Mai Garment", "Sao Mai Unit 2", "Lotus", PLACE, "9 Hill Lane", "VN", "KH", "", "77"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(*[WORDS] * 4), max_size=8), st.randoms(use_true_random=False))
def test_ids_hang_on_content_and_not_on_the_order(rows: list[tuple[str, ...]], order: object) -> None:
    listed = [(f"R{number}", *row) for number, row in enumerate(rows)]
    shuffled = list(listed)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    found = _resolve(listed)[0]
    assert [row[0] for row in found] == [row[0] for row in listed]
    assert sorted(_resolve(shuffled)[0]) == sorted(found)
