"""Nothing is lost: what stands under a name that no profile knows is told with its place, and kept raw.

A key, a label or a `null` is planted anywhere in the exports of any source that reads JSON or a block of labels.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.project import Project
from harmonize.reading.limits import Limits
from harmonize.sources.json_nodes import is_language, path_of
from harmonize.sources.profile import Layout, load_profiles
from tests.sources.counting import count
from tests.sources.delivering import Reader, Staged, envelope, page, table
from tests.sources.exports import WORKBOOK, delivered, exports
from tests.sources.workbooks import build

ROOT = Path(__file__).parents[2]
MARK = "planted 4711"
REGISTRY = load_profiles(Project.locate(ROOT).files("mappings", "*/source.yml"))
IN_JSON = [path for path in exports() if path.suffix in (".json", ".jsonl") and not path.name.endswith(WORKBOOK)]
BLOCKS = {
    profile.instrument: layout.header_block
    for profile in REGISTRY.values()
    for layout in profile.layouts
    if layout.header_block is not None and layout.document is None
}
Steps = tuple[str | int, ...]


def _name(export: Path) -> str:
    return f"{export.parent.name}/{export.name}"


def _values(export: Path) -> list[Any]:
    text = export.read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line.strip()] if export.suffix == ".jsonl" else [text]
    return [_parsed(line) for line in lines]


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _printed(export: Path, values: Sequence[Any]) -> str:
    """The export with these values; what is no JSON stays as it is."""
    as_printed = export.suffix == ".jsonl"
    return "\n".join(one if as_printed and isinstance(one, str) else json.dumps(one) for one in values)


def _nodes(node: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    yield steps, node
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        yield from _nodes(value, (*steps, key))


def _at(values: Any, steps: Steps) -> Any:
    for step in steps:
        values = values[step]
    return values


def _place(export: Path, steps: Steps) -> str:
    """The JSON path of steps, the first of which is the number of the value."""
    place = f"line={int(steps[0]) + 1};$" if export.suffix == ".jsonl" else "$"
    for step in steps[1:]:
        place = f"{place}[{step}]" if isinstance(step, int) else path_of(place, step)
    return place


def _layout(staged: Staged) -> Layout:
    return next(one for one in REGISTRY[staged.instrument].layouts if one.name == staged.layout)


def _is_data(layout: Layout, steps: Steps) -> bool:
    """The keys of the object are no names but data (questions, levels), or it is known with all that is in it."""
    path = ".".join(step for step in steps if isinstance(step, str) and step != "assessments")
    named = [re.escape(one).replace(r"\*", "[^.]*") for one in layout.known_keys]
    whole = [pattern for pattern in named if not any(one.startswith(f"{pattern}\\.") for one in named)]
    return any(re.fullmatch(one, path) for one in whole) or any(re.fullmatch(one, f"{path}.x") for one in whole + named)


def _kept(staged: Staged) -> str:
    """All raw remains of a file."""
    tables = ("assessment", "mention", "answer", "finding")
    return "\n".join(extra for name in tables for extra in staged.column(name, "extra") if extra)


def _is_withheld(staged: Staged, place: str) -> bool:
    """The assessment around a place is kept out as a whole, which is told."""
    told = [row["locator"] for row in staged["issue"] if row["withheld"] or row["code"] == "repeated_row"]
    assessments = staged.column("assessment", "locator")
    return any(place.startswith(one) and not any(one.startswith(a) for a in assessments) for one in told)


def _check(read: Reader, export: Path, steps: Steps, key: str, value: Any) -> bool:
    """Plant a key; returns whether it was found, and not withheld with its assessment."""
    values = copy.deepcopy(_values(export))
    where = _at(values, steps)
    where[key] = value
    staged = read(_printed(export, values), f"contributor/{export.name}")
    assert staged.unaccounted() == 0
    if _is_data(_layout(staged), steps[1:]):
        return False
    place = _place(export, (*steps, key))
    if _is_withheld(staged, place):
        return False
    drift = [row for row in staged["issue"] if row["code"] == "drift"]
    told = [row for row in drift if row["value"].endswith(key)]
    if isinstance(value, dict) and not told:
        # One more object where any name is known, such as a section of scores: what is unknown are its own keys.
        (inner,) = value
        told = [row for row in drift if row["locator"] == f"{place}.{inner}"]
        place, value = f"{place}.{inner}", value[inner]
    assert [row["locator"] for row in told] == [place], (export, place)
    extras = [json.loads(line) for line in _kept(staged).split("\n") if line]
    assert any(value == one for extra in extras for one in extra.values()), place
    return True


def _objects(export: Path) -> list[Steps]:
    return [steps for steps, node in _nodes(_values(export)) if isinstance(node, dict)]


def test_every_source_that_reads_json_is_tried() -> None:
    reading = {
        name for name, profile in REGISTRY.items() for one in profile.layouts if one.document or one.envelope_keys
    }
    assert {path.parent.name for path in IN_JSON} == reading
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("export", IN_JSON, ids=_name)
def test_an_unknown_key_is_told_and_kept_in_every_object(read: Reader, export: Path) -> None:
    objects = _objects(export)
    found = [_check(read, export, steps, "zzNovelty", MARK) for steps in objects]
    assert sum(found) >= len(found) / 3, "most objects have names for keys"


@given(data=st.data())
@settings(max_examples=60)
def test_whatever_an_unknown_key_is_called_and_says(read: Reader, data: st.DataObject) -> None:
    export = data.draw(st.sampled_from(IN_JSON), label="export")
    steps = data.draw(st.sampled_from(_objects(export)), label="object")
    key = data.draw(st.text("abcXYZ019 _-.'[]éệ", max_size=8).map(lambda text: f"zz{text}z"), label="key")
    scalars = st.integers() | st.booleans() | st.text("ab'\"é\n", min_size=1).map(lambda text: f"p{text}")
    values = scalars | st.lists(scalars, min_size=1, max_size=3) | st.dictionaries(st.just("x"), scalars, min_size=1)
    value = data.draw(values, label="value")
    if isinstance(value, dict | list):
        assert not any(map(is_language, value if isinstance(value, dict) else ()))
    _check(read, export, steps, key, value)


@pytest.mark.parametrize("entry", [None, "lost?", 7])
@pytest.mark.parametrize("export", IN_JSON, ids=_name)
def test_an_entry_that_is_no_object_is_told_and_counted(read: Reader, export: Path, entry: Any, tmp_path: Path) -> None:
    lists = [
        steps
        for steps, node in _nodes(_values(export))
        if isinstance(node, list) and steps and node and all(isinstance(one, dict) for one in node)
    ]
    for steps in lists:
        for position in (0, len(_at(_values(export), steps))):
            values = copy.deepcopy(_values(export))
            _at(values, steps).insert(position, entry)
            planted = tmp_path / export.name
            planted.write_text(_printed(export, values), encoding="utf-8")
            staged = read(planted.read_bytes(), f"contributor/{export.name}")
            place = _place(export, (*steps, position))
            assert (place, "not_an_object") in staged.issues()
            assert staged.unaccounted() == 0
            assert (staged.counts.total, staged.counts.blank) == count(planted, _layout(staged))
    assert lists or export.suffix == ".jsonl"


def test_a_list_that_is_a_text_is_kept(read: Reader) -> None:
    monitoring = {"monitoringId": "24-1", "site": {"name": "Sao Mai Garment"}, "performanceAreas": MARK}
    staged = read(json.dumps(monitoring), "contributor/export.json")
    assert ("$.performanceAreas", "drift") in staged.issues()
    assert MARK in _kept(staged)


def test_a_key_that_stands_again_in_another_case_is_kept(read: Reader) -> None:
    site = {"name": "Sao Mai Garment", "NAME": MARK}
    staged = read(json.dumps({"monitoringId": "24-1", "site": site, "performanceAreas": []}), "contributor/e.json")
    assert staged.column("mention", "name") == ["Sao Mai Garment"]
    assert ("$.site.NAME", "drift") in staged.issues()
    assert MARK in _kept(staged)


def test_a_name_in_languages_stays_a_name_beside_an_unknown_key(read: Reader) -> None:
    site = {"name": {"en_GB": "Sao Mai Garment", "note": MARK}}
    staged = read(json.dumps({"monitoringId": "24-1", "site": site, "performanceAreas": []}), "contributor/e.json")
    assert staged.column("mention", "name") == ["Sao Mai Garment"]
    assert MARK in _kept(staged)


def test_documents_that_differ_in_an_unknown_key_are_not_the_same(read: Reader) -> None:
    one = {"monitoringId": "24-1", "site": {"name": "Sao Mai Garment"}, "performanceAreas": []}
    staged = read(json.dumps([one, one | {"zz": MARK}, one | {"zz": MARK}]), "contributor/export.json")
    assert len(staged["assessment"]) == 2
    assert [issue for issue in staged.issues() if issue[1] == "repeated_row"] == [("$[2]", "repeated_row")]
    assert MARK in _kept(staged)


def test_a_key_is_told_once_however_many_assessments_have_it(read: Reader) -> None:
    envelopes = [envelope(id=f"env-{number}", zz=f"{MARK} {number}") for number in range(5)]
    staged = read(page(*envelopes), "contributor/export.json")
    assert [row["locator"] for row in staged["issue"] if row["code"] == "drift"] == ["$.assessments[0].zz"]
    assert _kept(staged).count(MARK) == 2 * 5, "with the assessment and with the factory"


def test_a_large_page_is_read_as_a_small_one(read: Reader) -> None:
    content = {"from": 0, "zz": [MARK], "assessments": [envelope(zz=1), None, envelope(id="env-2", zz=2)], "yy": {}}
    data = json.dumps(content)
    whole, by_entry = read(data, "c/e.json"), read.within(Limits(json_whole_bytes=len(data) - 1))(data, "c/e.json")
    for name in ("issue", "assessment", "mention"):
        assert by_entry[name] == whole[name]
    assert MARK in _kept(whole)
    assert {place for place, code in whole.issues() if code == "drift"} == {
        "$.zz",
        "$.yy",
        "$.assessments[0].zz",
    }


def _block_sheets(export: Path) -> tuple[list[list[Any]], Callable[[list[list[Any]]], bytes], str | None]:
    """The rows of the sheet with the block, and how to deliver the export with other ones."""
    part = BLOCKS[export.parent.name]
    if not export.name.endswith(WORKBOOK):
        rows = list(csv.reader(io.StringIO(export.read_text(encoding="utf-8"), newline="")))
        return rows, lambda changed: table(changed).encode(), None
    sheets = json.loads(export.read_text(encoding="utf-8"))
    name = next(one for one in sheets if part.sheet is None or one.casefold() == part.sheet.casefold())
    return sheets[name], lambda changed: build({**sheets, name: changed}), name


WITH_BLOCKS = [
    path for path in exports() if path.parent.name in BLOCKS and (path.name.endswith(WORKBOOK) or path.suffix == ".csv")
]


@pytest.mark.parametrize("export", WITH_BLOCKS, ids=_name)
def test_an_unknown_label_is_told_and_kept_wherever_it_stands(read: Reader, export: Path) -> None:
    rows, deliver, sheet = _block_sheets(export)
    _, path = delivered(export)
    part = BLOCKS[export.parent.name]
    known = [word for names in (*part.labels.values(), *part.identifiers.values()) for word in names]
    labels = [number for number, row in enumerate(rows) if row and str(row[0]).rstrip(": ") in known]
    for position in range(labels[0], labels[-1] + 2):
        width = max(map(len, rows))
        planted = [*rows[:position], ["Novelty:", MARK, *[None] * (width - 2)], *rows[position:]]
        staged = read(deliver(planted), path)
        place = "header" if sheet is None else f"sheet={sheet};cell=B{position + 1}"
        assert [row["locator"] for row in staged["issue"] if row["value"] == "Novelty"] == [place]
        for name in ("assessment", "mention"):
            assert [json.loads(extra)["Novelty"] for extra in staged.column(name, "extra")] == [MARK]
        assert staged.unaccounted() == 0


@pytest.mark.parametrize("export", WITH_BLOCKS, ids=_name)
def test_what_stands_beside_a_label_or_under_it_again_is_kept(read: Reader, export: Path) -> None:
    rows, deliver, _ = _block_sheets(export)
    _, path = delivered(export)
    part = BLOCKS[export.parent.name]
    titles = part.labels["name"]
    (at,) = [number for number, row in enumerate(rows) if row and str(row[0]).rstrip(": ") in titles]
    beside = [*rows[:at], [*rows[at][:2], MARK], *rows[at + 1 :]]
    again = [*rows[: at + 1], [rows[at][0], MARK], *rows[at + 1 :]]
    usual = read(*delivered(export))
    for planted in (beside, again):
        staged = read(deliver(planted), path)
        assert staged.column("mention", "name") == usual.column("mention", "name")
        assert MARK in _kept(staged)
        assert len([code for _, code in staged.issues() if code == "drift"]) == 1 + len(
            [code for _, code in usual.issues() if code == "drift"]
        )


def test_every_form_of_a_workbook_tells_its_own_labels(read: Reader) -> None:
    rows = list(csv.reader(io.StringIO((exports("vn_labour_inspection")[0]).read_text(encoding="utf-8"))))
    other = [[cell.replace("Sao Mai", "Hoa Lan") for cell in row] for row in rows]
    staged = read(build({"A": rows, "B": [*other[:3], ["Novelty", MARK], *other[3:]]}), "contributor/forms.xlsx")
    assert len(staged["assessment"]) == 2
    assert [row["locator"] for row in staged["issue"] if row["value"] == "Novelty"] == ["sheet=B;cell=B4"]
    assert MARK in _kept(staged)


def test_an_unknown_column_of_a_questionnaire_is_kept(read: Reader) -> None:
    export = next(path for path in exports("slcp_caf") if path.name.endswith(WORKBOOK))
    sheets = json.loads(export.read_text(encoding="utf-8"))
    (name,) = [one for one in sheets if one == "Main Survey Actual"]
    header, *rows = sheets[name]
    planted = [[*header, "Novelty"], *([*row, *[None] * (len(header) - len(row)), f"{MARK} {row[0]}"] for row in rows)]
    staged = read(build({**sheets, name: planted}), "contributor/caf.xlsx")
    assert ("header", "drift") in staged.issues()
    assert _kept(staged).count(MARK) > len(rows) / 2
