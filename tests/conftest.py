"""What every test of the suite may ask for: the project's knowledge, and the command line in an empty folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from harmonize.cli import main
from harmonize.project import Project
from harmonize.sources.profile import Profile, load_profiles
from harmonize.sources.vocabulary import Vocabulary
from tests.cli.calling import QUICK, Command, Said

ROOT = Path(__file__).parents[1]

# The first example of a test may import what the others find imported.
settings.register_profile("harmonize", deadline=None)
settings.load_profile("harmonize")


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.locate(ROOT)


@pytest.fixture(scope="session")
def profiles(project: Project) -> Mapping[str, Profile]:
    return load_profiles(project.files("mappings", "*/source.yml"))


@pytest.fixture(scope="session")
def vocabulary(project: Project) -> Vocabulary:
    return Vocabulary.from_folder(project.find("schemas"))


@pytest.fixture
def harmonize(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in an empty folder."""
    (tmp_path / "quick.yml").write_text(QUICK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["harmonize", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Said(int(ended.value.code or 0), *capsys.readouterr())

    return call
