"""Both installs: the wheel works in an empty folder with what it ships, and a project's files override them."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipeline.worlds import ROOT, deliver
from tests.sources.delivering import gap

pytestmark = pytest.mark.slow

QUICK = "registrars: [consent]\nexpectations: false\ndata_docs: false\n"
Installed = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    (built,) = folder.glob("harmonize-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Calls the command line of the installed wheel, in a folder outside of the checkout."""
    target = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=target)
    # The path stands first, so that it is the wheel that answers and not the checkout of this environment.
    script = (
        "import sys; import harmonize; assert sys.argv[1] in harmonize.__file__, harmonize.__file__; del sys.argv[1]; "
        "from harmonize.cli import main; main()"
    )

    def call(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script, str(target), *map(str, arguments)],
            cwd=cwd,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(target)},
        )

    return call


@pytest.mark.parametrize("folder", ["mappings", "schemas", "pipelines"])
def test_the_wheel_ships_every_file_of_the_knowledge_folders(folder: str, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert {f"harmonize/shipped/{name}" for name in files} <= names


def test_the_wheel_ships_the_statements_and_nothing_of_the_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    package = ROOT / "src"
    statements = {
        p.relative_to(package).as_posix() for p in package.rglob("*") if p.suffix in (".sql", ".md", ".css", ".typed")
    }
    assert statements <= names
    assert not [name for name in names if name.startswith(("tests/", "data/")) or "__pycache__" in name]


def test_the_installed_command_runs_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    deliver(tmp_path, {"quick.yml": QUICK, "inbox/gap/visits.csv": gap({})})
    said = installed("run", "quick.yml", "--inbox", "inbox", "--out", "out", cwd=tmp_path)
    assert said.returncode in (0, 1), said.stderr
    assert (tmp_path / "out/current/harmonized.duckdb").exists()
    assert (tmp_path / "out/decisions/facility_ids.jsonl").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inbox", "out", "quick.yml"]


def test_a_project_overrides_what_is_shipped_file_by_file(installed: Installed, tmp_path: Path) -> None:
    assert installed("init", "programme", cwd=tmp_path).returncode == 0
    project = tmp_path / "programme"
    profile = project / "mappings/gap/source.yml"
    profile.write_text(
        profile.read_text(encoding="utf-8").replace("native_id: VisitID", "native_id: [VisitID, Besuch]"),
        encoding="utf-8",
    )
    for path in (project / "schemas").rglob("*"):
        if path.is_file() and path.name != "scales.yml":
            path.unlink()
    export = gap({}).replace("VisitID", "Besuch", 1)
    deliver(project, {"quick.yml": QUICK, "data/inbox/gap/visits.csv": export})
    run = ("run", "quick.yml", "--inbox", "data/inbox")
    assert "1 loaded" in installed(*run, cwd=project).stdout
    outside = deliver(tmp_path / "outside", {"quick.yml": QUICK, "data/inbox/gap/visits.csv": export})
    assert "1 refused" in installed(*run, cwd=outside).stdout


def test_the_editable_install_uses_the_checkout() -> None:
    code = "from harmonize.project import shipped_folder; print(shipped_folder())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "tests")
    assert Path(said.stdout.strip()) == ROOT
