"""What the knowledge folders say is the same whether or not something was remembered of them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from harmonize.errors import ConfigurationError
from harmonize.pipeline.understanding import Understanding, load_knowledge
from harmonize.project import Project
from tests.pipeline.worlds import ROOT

DAY = date(2026, 6, 30)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with knowledge of its own."""
    for name in ("mappings", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name)
    return Project.locate(tmp_path / "project")


def _load(project: Project, tmp_path: Path, memory: Path | None) -> Understanding:
    return load_knowledge(project, DAY, tmp_path / "scratch", memory)


def test_remembered_is_as_worked_out(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = tmp_path / "memory"
    plain = _load(project, tmp_path, None)
    assert _load(project, tmp_path, memory) == plain
    monkeypatch.delattr("harmonize.values.units._worked_out")
    assert _load(project, tmp_path, memory) == plain
    with pytest.raises(NameError):
        _load(project, tmp_path, None)


def test_every_edit_is_seen(project: Project, tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    before = _load(project, tmp_path, memory)
    assert project.folder is not None
    edits = {
        "schemas/units.yml": ("  - dozen_pieces = 12 * piece", "  - dozen_pieces = 13 * piece"),
        "schemas/countries.yml": ("spellings:", "spellings:\n  ZW: [Land of the lotus]"),
        "schemas/countries/VN.csv": (",Hanoi\n", ",Hanoi|City of the lake\n"),
        "schemas/countries/KH.yml": ("spellings: [", "spellings: [Land of the Khmers, "),
    }
    for name, (old, new) in edits.items():
        path = project.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, name
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        after = _load(project, tmp_path, memory)
        assert after != before, name
        assert after == _load(project, tmp_path, None), name
        before = after


def test_a_complaint_of_the_lint_stops_every_run(project: Project, tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    _load(project, tmp_path, memory)
    assert project.folder is not None
    path = project.folder / "mappings/pvh/asc.rules.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("\tapproved\t", "\tagreed\t", 1), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="agreed"):
            _load(project, tmp_path, memory)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("schemas/units.yml", "definitions: [\n", id="units, no YAML"),
        pytest.param("schemas/units.yml", "definitions: []\n", id="units, half"),
        pytest.param("schemas/scales.yml", "scales: [\n", id="scales"),
        pytest.param("schemas/entailment.yml", "a: [\n", id="entailment"),
        pytest.param("schemas/severities.yml", "a: [\n", id="severities"),
        pytest.param("schemas/countries.yml", "a: [\n", id="countries"),
        pytest.param("schemas/countries.yml", "spellings: 5\n", id="countries, shape"),
        pytest.param("schemas/countries/VN.csv", "level\nprovince\n", id="places, columns"),
        pytest.param("schemas/countries/VN.yml", "spellings: 5\n", id="country, shape"),
        pytest.param("mappings/pvh/source.yml", "instrument: [\n", id="profile"),
        pytest.param("mappings/better_work_cat/fingerprints.tsv", "edition\tcountry\ncat2025\n", id="fingerprints"),
        pytest.param("mappings/better_work_cat/compliance_points.tsv", "name\nx\n", id="compliance points"),
    ],
)
def test_broken_knowledge_is_a_sentence_that_names_the_file(
    name: str, content: str, project: Project, tmp_path: Path
) -> None:
    assert project.folder is not None
    (project.folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=Path(name).name):
        _load(project, tmp_path, tmp_path / "memory")


def test_a_question_that_nobody_has_decided_stops_no_run(project: Project, tmp_path: Path) -> None:
    assert project.folder is not None
    before = _load(project, tmp_path, tmp_path / "memory")
    path = project.folder / "mappings/pvh/asc.rules.tsv"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text}\nNew element{9 * chr(9)}draft{5 * chr(9)}\n", encoding="utf-8")
    assert _load(project, tmp_path, tmp_path / "memory") != before
