"""A workbook goes out, is filled in and comes back: the ledgers say what was put there, once, or nothing at all."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.errors import InboxError, LedgerError
from harmonize.ledgers import append_lines
from harmonize.project import Project
from harmonize.review.acts import read_words, undo_lines
from harmonize.review.applying import Plan, make_plan, record
from harmonize.review.book import CLOSENESS, Entry, Stamp, project_mark, review_book
from harmonize.review.filled import Filled, read_filled, understood
from harmonize.review.items import Item
from harmonize.review.journal import append_all
from harmonize.review.kinds import KINDS
from harmonize.review.saying import Standing, read_standing
from harmonize.review.words import ReviewWords, load_review_words
from harmonize.workbooks import write_workbook
from tests.pipeline.worlds import ROOT
from tests.review.filling import FilledRow, fill, rows_of, sheet_names, texts_of
from tests.review.worlds import of_every_kind

WORDS: ReviewWords = load_review_words(Project.locate(ROOT).find("schemas/review_words.yml"))
ITEMS = of_every_kind(3)
BY_ID = {item.item_id: item for item in ITEMS}
AT = "2026-07-01T10:00:00.000000Z"
INDICATORS = ("labour.compensation.minimum_wage.paid", "labour.osh.welfare_facilities.overall")


def _is_indicator(name: str) -> bool:
    return name in INDICATORS


def _export(folder: Path, entries: Mapping[str, Entry] | None = None, language: str = "en") -> Path:
    path = folder / "review.xlsx"
    stamp = Stamp(project_mark(folder), "2026-06-30-abc", AT)
    write_workbook(path, review_book(ITEMS, WORDS.spoken(language), stamp, path.name, entries or {}))
    return path


def _read(path: Path, by: str = "steward-1", at: str = AT) -> Filled:
    return read_filled(path, project_mark(path.parent), WORDS, _is_indicator, by, at)


def _apply(path: Path, by: str = "steward-1", at: str = AT, *, overrides: bool = False, second: bool = False) -> Plan:
    folder, filled = path.parent, _read(path, by, at)
    assert not filled.problems
    kinds = tuple(KINDS) if second else ()
    plan = make_plan(filled.saids, read_standing(folder), read_words(folder), kinds, overrides=overrides)
    if not plan.against:
        record(folder, plan)
    return plan


def _ledgers(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


def _said(standing: Standing, item: Item) -> set[tuple[str, str]]:
    found = [standing.of(item.kind, keys) for keys in item.keys]
    return {(one.content[0], one.content[1]) if one else ("", "") for one in found}


@st.composite
def _entries(draw: st.DrawFn) -> tuple[dict[str, Entry], dict[str, tuple[str, str]], str]:
    """What is put into some rows in some language, and what is meant by it."""
    language = draw(st.sampled_from(["en", "vi"]))
    entries: dict[str, Entry] = {}
    meant: dict[str, tuple[str, str]] = {}
    for item in draw(st.lists(st.sampled_from(ITEMS), unique_by=lambda one: one.item_id)):
        kind = KINDS[item.kind]
        verdict = draw(st.sampled_from(item.verdicts))
        closeness = ""
        if verdict == kind.chosen:
            at = draw(st.integers(0, len(item.choices) - 1))
            typed, to = draw(st.sampled_from([str(at + 1), item.choices[at]])), item.choices[at]
            if kind.is_open and (at == 0 or draw(st.booleans())):
                typed = to = draw(st.sampled_from(INDICATORS))
            elif kind.is_open:
                typed = str(at + 1)
            closeness = draw(st.sampled_from(["", *CLOSENESS])) if item.kind == "question" else ""
        else:
            typed, to = draw(st.sampled_from([*WORDS.verdicts[verdict].values()])), ""
            typed = draw(st.sampled_from([typed, f" {typed.upper()} "]))
        why = draw(st.text("abc =@-ươ", max_size=8)) or "because"
        entries[item.item_id] = Entry(typed, why if why.strip() else "because", closeness)
        meant[item.item_id] = (verdict, to)
    return entries, meant, language


@settings(max_examples=60, deadline=None)
@given(_entries())
def test_the_ledgers_say_what_was_put_into_the_workbook_and_say_it_once(
    drawn: tuple[dict[str, Entry], dict[str, tuple[str, str]], str],
) -> None:
    entries, meant, language = drawn
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = _export(folder, entries, language)
        plan = _apply(path)
        assert sum(plan.decided.values()) == len(entries)
        standing = read_standing(folder)
        for item in ITEMS:
            assert _said(standing, item) == {meant.get(item.item_id, ("", ""))}
        before = _ledgers(folder)
        again = _apply(path, at="2026-07-02T10:00:00.000000Z")
        assert (again.already, again.decided, again.act_id) == (len(entries), {}, "")
        assert _ledgers(folder) == before
        if entries:
            _, lines = undo_lines(folder, plan.act_id, "steward-2", "2026-07-03T00:00:00Z", "")
            append_all(folder, lines)
            assert all(_said(read_standing(folder), item) == {("", "")} for item in ITEMS)


def _decided(put: str) -> dict[str, Entry]:
    return {item.item_id: Entry(put) for item in ITEMS if item.kind == "facility_pair"}


def test_a_workbook_against_newer_decisions_changes_nothing_unless_that_is_wanted(tmp_path: Path) -> None:
    _apply(_export(tmp_path, _decided("same")))
    later = _export(tmp_path, {**_decided("different"), ITEMS[-1].item_id: Entry("seen")})
    before = _ledgers(tmp_path)
    plan = _apply(later, "steward-2", "2026-07-02T00:00:00.000000Z")
    assert [found.holding.by for found in plan.against] == ["steward-1"] * 3
    assert _ledgers(tmp_path) == before
    # A word that is older than what it is against does not override it.
    assert len(_apply(later, "steward-2", "2026-06-01T00:00:00.000000Z", overrides=True).against) == 3
    assert _ledgers(tmp_path) == before
    assert sum(_apply(later, "steward-2", "2026-07-02T00:00:00.000000Z", overrides=True).decided.values()) == 4
    standing = read_standing(tmp_path)
    assert all(_said(standing, BY_ID[item]) == {("different", "")} for item in _decided(""))


def test_what_was_taken_back_is_not_recorded_again_under_its_old_name(tmp_path: Path) -> None:
    path = _export(tmp_path, _decided("same"))
    plan = _apply(path)
    append_all(tmp_path, undo_lines(tmp_path, plan.act_id, "steward-1", AT, "")[1])
    before = _ledgers(tmp_path)
    with pytest.raises(LedgerError, match="later --at"):
        _apply(path)
    assert _ledgers(tmp_path) == before
    assert sum(_apply(path, at="2026-08-01T00:00:00Z").decided.values()) == 3


def test_an_act_is_undone_once_and_only_if_it_is_there(tmp_path: Path) -> None:
    plan = _apply(_export(tmp_path, _decided("same")))
    with pytest.raises(InboxError, match="no act W0"):
        undo_lines(tmp_path, "W0", "steward-1", AT, "")
    append_all(tmp_path, undo_lines(tmp_path, None, "steward-1", AT, "")[1])
    with pytest.raises(InboxError, match="nothing to take back"):
        undo_lines(tmp_path, plan.act_id, "steward-1", AT, "")


def test_two_people_must_say_the_same_where_that_is_asked(tmp_path: Path) -> None:
    path = _export(tmp_path, _decided("same"))
    first = _apply(path, second=True)
    assert (first.waiting, first.decided) == (3, {})
    standing = read_standing(tmp_path)
    assert all(_said(standing, item) == {("", "")} for item in ITEMS), "no run sees it"
    assert _apply(path, at="2026-07-02T00:00:00Z", second=True).already == 3, "one person is not two"
    assert _apply(_export(tmp_path, _decided("different")), "steward-2", second=True).decided == {}
    path = _export(tmp_path, _decided("same"))
    assert sum(_apply(path, "steward-3", "2026-07-03T00:00:00Z", second=True).decided.values()) == 3
    holding = read_standing(tmp_path).of(ITEMS[0].kind, ITEMS[0].keys[0])
    assert holding is not None
    assert (holding.content[0], holding.by) == ("same", "steward-1+steward-3")


def _only(item: Item, change: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    return {item.item_id: change}


FIRST = next(item for item in ITEMS if item.kind == "facility_pair")
QUESTION = next(item for item in ITEMS if item.kind == "question")
WRONG = [
    (_only(FIRST, {"Decision": "perhaps"}), "'perhaps' is no decision here. Write same, different, unsure"),
    (_only(QUESTION, {"Decision": "labour.nothing"}), "or the id of any indicator"),
    (_only(QUESTION, {"Decision": "9"}), "'9' is no decision here"),
    (_only(QUESTION, {"Decision": "ignore"}), "with a reason only"),
    (_only(QUESTION, {"Decision": "1", "How close": "very"}), "'very' is no closeness"),
    (_only(FIRST, {"Decision": "same", "One side": "name: Another"}), "evidence was changed"),
    (_only(FIRST, {"Decision": "same", "payload": "{}"}), "evidence was changed"),
    (_only(FIRST, {"Decision": "same", "item": ""}), "the hidden column 'item' is empty"),
    (_only(FIRST, {"Decision": "same", "kind": "text"}), "Put it back into its own sheet"),
    (_only(FIRST, {"Why (optional)": "one gate"}), "a reason and no decision"),
]


@pytest.mark.parametrize(("changes", "told"), WRONG, ids=[told for _, told in WRONG])
def test_a_wrong_row_is_told_with_sheet_row_and_cure(
    tmp_path: Path, changes: Mapping[str, Mapping[str, str]], told: str
) -> None:
    path = _export(tmp_path)
    assert fill(path, lambda row: changes.get(row.cells["item"], {})) == 1
    (problem,) = _read(path).problems
    assert told in problem
    assert problem.startswith("sheet ")
    assert ", row " in problem


def test_a_row_that_stands_twice_is_told(tmp_path: Path) -> None:
    path = _export(tmp_path)
    first, second, *_ = rows_of(path)

    def put(row: FilledRow) -> Mapping[str, str]:
        if row.number not in (first.number, second.number) or row.sheet != first.sheet:
            return {}
        hidden = {name: first.cells[name] for name in ("kind", "item", "payload", "check", "One side", "Other side")}
        return {**hidden, "Decision": "same"}

    fill(path, put)
    (problem,) = _read(path).problems
    assert f"row {second.number}: this item stands in sheet {first.sheet!r}, row {first.number} already" in problem


def test_a_workbook_of_another_project_or_of_nobody_is_refused(tmp_path: Path) -> None:
    path = _export(tmp_path, _decided("same"))
    append_lines(tmp_path / "facility_ids.jsonl", [{"key": "k", "id": "HF1", "minted_on": "2026-01-01"}])
    with pytest.raises(InboxError, match="exported from another project"):
        _read(path)
    other = tmp_path / "other.xlsx"
    from tests.sources.workbooks import build

    other.write_bytes(build({"A": [["Decision"], ["same"]]}))
    with pytest.raises(InboxError, match="no workbook of `harmonize review export`"):
        _read(other)
    other.write_bytes(b"decision")
    with pytest.raises(InboxError, match=r"other\.xlsx"):
        _read(other)
    with pytest.raises(InboxError, match="cannot be read"):
        _read(tmp_path / "none.xlsx")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_workbook_is_ready_to_work_in(tmp_path: Path, language: str) -> None:
    import zipfile

    path = _export(tmp_path, language=language)
    spoken = WORDS.spoken(language)
    start, *sheets, hidden, choices = sheet_names(path)
    assert start == spoken.book("start")
    assert sheets == [spoken.of_kind(kind, "sheet") for kind in KINDS]
    assert (hidden, choices) == ("_review", "Choices")
    told = "\n".join("\t".join(row) for row in texts_of(path, start))
    assert "harmonize review apply review.xlsx" in told
    assert all(spoken.of_kind(kind, "help") in told for kind in KINDS)
    with zipfile.ZipFile(path) as file:
        workbook = file.read("xl/workbook.xml").decode()
        xml = file.read("xl/worksheets/sheet2.xml").decode()
    assert workbook.count('state="hidden"') == 2
    assert all(
        part in xml for part in ("<dataValidation ", 'state="frozen"', "<autoFilter", "<sheetProtection", 'hidden="1"')
    )
    assert "<rPr><b/>" in xml, "what differs stands out"


def test_every_row_shows_its_evidence_and_what_hangs_on_it(tmp_path: Path) -> None:
    shown = {row.cells["item"]: row.cells for row in rows_of(_export(tmp_path))}
    assert set(shown) == set(BY_ID)
    for name, cells in shown.items():
        item = BY_ID[name]
        assert [float(cells[title]) for title in ("Audiences", "Assessments", "Answers")] == [
            item.unlocked.audiences,
            item.unlocked.assessments,
            item.unlocked.answers,
        ]
        sides = (("One side", [one.a for one in item.said]), ("Other side", [one.b for one in item.said]))
        assert all(part in cells[title].replace(" \n", "\n") for title, parts in sides for part in parts)
        assert all(label in cells["Suggestions"] for label in item.labels)


def test_rows_may_be_sorted_filtered_and_left_out(tmp_path: Path) -> None:
    path = _export(tmp_path)
    rows = [row for row in rows_of(path) if row.sheet == "Factories"]
    turned = dict(zip([row.number for row in rows], reversed(rows), strict=True))

    def put(row: FilledRow) -> Mapping[str, str]:
        if row.sheet != "Factories":
            return {}
        other = turned[row.number].cells
        return {
            **{name: text for name, text in other.items() if text},
            "Decision": "different" if row.number == rows[0].number else "",
        }

    fill(path, put)
    filled = _read(path)
    assert not filled.problems
    assert [said.keys for said in filled.saids] == [BY_ID[rows[-1].cells["item"]].keys]


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_is_known_by_its_beginning_in_every_language(kind: str) -> None:
    item = next(one for one in ITEMS if one.kind == kind)
    for verdict in item.verdicts:
        for word in WORDS.verdicts.get(verdict, {}).values():
            assert understood(kind, word.upper(), item.verdicts, item.choices, WORDS.spoken("en"), _is_indicator) == (
                verdict,
                "",
            )
        if verdict != KINDS[kind].chosen:
            said = understood(
                kind, WORDS.verdicts[verdict]["en"][0], item.verdicts, (), WORDS.spoken("en"), _is_indicator
            )
            assert said == (verdict, "") or "may mean several things" in said
