"""Every instrument of the registry is read as its fixtures say, and no cell of them is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from harmonize.model.staged import StagedFile
from harmonize.project import Project
from harmonize.sources.profile import Profile, load_profiles
from harmonize.sources.vocabulary import Vocabulary
from harmonize.values.dates import DATE_FORMS
from tests.sources.counting import count
from tests.sources.exports import FIXTURES, GOLDEN, exports, golden_path, readable, rows, stage

ROOT = Path(__file__).parents[2]
INSTRUMENTS = sorted(load_profiles(Project.locate(ROOT).files("mappings", "*/source.yml")))
EXPORTS = [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in exports()]
LOCATOR = re.compile(
    r"file|header|row=\d+(;col=.+)?|sheet=[^;]+;(row=\d+|cell=[A-Z]+\d+)|(line=\d+;)?\$.*|line=\d+", re.DOTALL
)


@pytest.fixture(scope="module")
def staged_files(profiles: Mapping[str, Profile], vocabulary: Vocabulary) -> dict[Path, StagedFile]:
    return {path: stage(path, profiles, vocabulary) for path in exports()}


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_instrument_has_an_export_among_the_fixtures(instrument: str) -> None:
    assert exports(instrument)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_every_layout_has_an_export(
    instrument: str, profiles: Mapping[str, Profile], staged_files: Mapping[Path, StagedFile]
) -> None:
    read = {staged.layout for path, staged in staged_files.items() if path.parent.name == instrument}
    assert {layout.name for layout in profiles[instrument].layouts} <= read


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_profile_is_whole(instrument: str, profiles: Mapping[str, Profile]) -> None:
    profile = profiles[instrument]
    assert profile.title
    names = [layout.name for layout in profile.layouts]
    assert len(names) == len(set(names))
    for layout in profile.layouts:
        assert set(layout.dates) <= set(DATE_FORMS)
        for part in layout.parts():
            fields = part.columns if hasattr(part, "columns") else part.labels
            assert set(part.required) <= set(fields) | set(part.identifiers)
        if layout.family == "envelopes":
            assert layout.envelope_keys or layout.table
        else:
            assert layout.table is not None
        if layout.clean_visit_field:
            assert layout.table is not None
            assert set(layout.clean_visit_field) <= set(layout.table.columns)


def test_no_fixture_is_an_orphan() -> None:
    assert {path.name for path in FIXTURES.iterdir() if path.is_dir()} <= set(INSTRUMENTS)
    known = {golden_path(path) for path in exports()}
    assert set(FIXTURES.glob(f"*/*{GOLDEN}")) == known


@pytest.mark.parametrize("export", EXPORTS)
def test_export_is_recognised_as_the_instrument_of_its_folder(
    export: Path, staged_files: Mapping[Path, StagedFile]
) -> None:
    assert staged_files[export].instrument == export.parent.name


@pytest.mark.parametrize("export", EXPORTS)
def test_staged_tables_equal_the_golden_file(export: Path, staged_files: Mapping[Path, StagedFile]) -> None:
    assert readable(staged_files[export]) == golden_path(export).read_text(encoding="utf-8")


@pytest.mark.parametrize("export", EXPORTS)
def test_golden_file_is_json(export: Path) -> None:
    assert json.loads(golden_path(export).read_text(encoding="utf-8"))["instrument"] == export.parent.name


@pytest.mark.parametrize("export", EXPORTS)
def test_cells_are_counted_as_a_second_count_says(
    export: Path, profiles: Mapping[str, Profile], staged_files: Mapping[Path, StagedFile]
) -> None:
    staged = staged_files[export]
    layout = next(layout for layout in profiles[staged.instrument].layouts if layout.name == staged.layout)
    assert (staged.counts.total, staged.counts.blank) == count(export, layout)


@pytest.mark.parametrize("export", EXPORTS)
def test_every_cell_is_blank_loaded_ignored_or_quarantined(
    export: Path, staged_files: Mapping[Path, StagedFile]
) -> None:
    staged = staged_files[export]
    answers = rows(staged, "answer")
    loaded = len({row["cell_no"] for row in answers})
    loaded += len({row["cell_no"] for row in answers if row["unit_place"] is not None})
    loaded += sum(row["role"] != "detail" for row in rows(staged, "finding")) + len(rows(staged, "plan"))
    quarantined = sum(row["cells"] for row in rows(staged, "issue"))
    counts = staged.counts
    assert counts.total == counts.blank + loaded + counts.ignored + quarantined


@pytest.mark.parametrize("export", EXPORTS)
def test_a_withheld_cell_is_an_issue_with_place_and_cure(export: Path, staged_files: Mapping[Path, StagedFile]) -> None:
    for row in rows(staged_files[export], "issue"):
        assert re.fullmatch("[a-z_]+", row["code"])
        assert row["message"].endswith((".", "?")), row
        assert row["hint"], row
        assert row["cells"] == 0 or row["withheld"], row


@pytest.mark.parametrize("export", EXPORTS)
def test_every_place_follows_the_grammar_of_locators(export: Path, staged_files: Mapping[Path, StagedFile]) -> None:
    staged = staged_files[export]
    for table in staged.tables:
        for row in rows(staged, table):
            for name in ("locator", "unit_place"):
                assert row.get(name) is None or LOCATOR.fullmatch(row[name]), (table, row)


@pytest.mark.parametrize("export", EXPORTS)
def test_rows_belong_to_assessments_that_exist(export: Path, staged_files: Mapping[Path, StagedFile]) -> None:
    staged = staged_files[export]
    known = {row["assessment_no"] for row in rows(staged, "assessment")}
    assert known == set(range(staged.assessments))
    for table in ("answer", "finding", "score", "scope"):
        assert {row["assessment_no"] for row in rows(staged, table)} <= known
    mentions = [row["assessment_no"] for row in rows(staged, "mention") if row["assessment_no"] is not None]
    assert sorted(mentions) == sorted(known)


@pytest.mark.parametrize("export", EXPORTS)
def test_reading_twice_gives_the_same(
    export: Path,
    profiles: Mapping[str, Profile],
    vocabulary: Vocabulary,
    staged_files: Mapping[Path, StagedFile],
) -> None:
    shuffled = dict(reversed(list(profiles.items())))
    assert readable(stage(export, shuffled, vocabulary)) == readable(staged_files[export])
