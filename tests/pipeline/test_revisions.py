"""Two states of a project's knowledge come out of git as they were committed, and the working tree is never touched."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harmonize.errors import ConfigurationError
from harmonize.pipeline.revisions import Revision, between, errors_named
from harmonize.project import Project
from tests.pipeline.worlds import deliver

SCALES = "schemas/scales.yml"
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """git in a repository that has a project of its own below it, whatever the machine's configuration."""
    for name, value in (("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")):
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> str:
        person = ("-c", "user.name=steward", "-c", "user.email=steward@example.org")
        done = subprocess.run(
            ["git", *person, "-C", str(tmp_path), *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    call("init", "--quiet", "--initial-branch", "main")
    return call


@pytest.fixture
def project(tmp_path: Path, git: Git) -> Project:
    """A project of three commits, main and a branch from the second, with more in the working tree."""
    folder = tmp_path / "programme"
    for number in (1, 2, 3):
        deliver(folder, {SCALES: f"scales {number}", "pipelines/own.yml": "x", "data/big.bin": b"\0" * 100})
        git("add", "--all")
        git("commit", "--quiet", "--message", f"state {number}")
    git("checkout", "--quiet", "-b", "my-branch", "HEAD~1")
    deliver(folder, {SCALES: "scales of the branch", "mappings/lantern/one.sssom.tsv": "x"})
    git("add", "--all")
    git("commit", "--quiet", "--message", "of the branch")
    deliver(folder, {SCALES: "scales not committed"})
    return Project.locate(folder)


def _said(side: Revision) -> str:
    return side.project.find(SCALES).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("span", "left", "right"),
    [
        ("main..my-branch", "scales 3", "scales of the branch"),
        ("main...my-branch", "scales 2", "scales of the branch"),
        ("main~2..main~1", "scales 1", "scales 2"),
        ("main..", "scales 3", "scales not committed"),
        ("..", "scales of the branch", "scales not committed"),
        ("..main", "scales of the branch", "scales 3"),
        ("main...", "scales 2", "scales not committed"),
    ],
)
def test_a_range_is_read_as_git_reads_it(
    project: Project, git: Git, tmp_path: Path, span: str, left: str, right: str
) -> None:
    before = (git("status", "--porcelain"), git("rev-parse", "HEAD"))
    sides = between(project, span, tmp_path / "scratch")
    assert [_said(side) for side in sides] == [left, right]
    assert (git("status", "--porcelain").replace("?? scratch/", "").strip(), git("rev-parse", "HEAD")) == before


def test_a_side_has_only_what_its_commit_has(project: Project, tmp_path: Path) -> None:
    before, after = between(project, "main..my-branch", tmp_path / "scratch")
    assert not (before.folder / "mappings").exists()
    assert (after.folder / "mappings/lantern/one.sssom.tsv").is_file()
    assert not (after.folder / "data").exists()


def test_what_a_project_lacks_is_the_shipped_one_on_both_sides(project: Project, tmp_path: Path) -> None:
    """As for a run: a project folder overrides the shipped knowledge file by file."""
    shipped = project.roots[-1]
    for side in between(project, "main..my-branch", tmp_path / "scratch"):
        assert side.project.find("schemas/units.yml") == shipped / "schemas/units.yml"
        assert side.project.roots == (side.folder, shipped)


def test_a_whole_checkout_takes_nothing_from_elsewhere(project: Project, tmp_path: Path) -> None:
    alone = Project((project.roots[0],), project.folder)
    before, after = between(alone, "main..", tmp_path / "scratch")
    assert before.project.roots == (before.folder,)
    assert after.project == alone


def test_a_hook_of_another_repository_is_not_in_the_way(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    before, _ = between(project, "main..my-branch", tmp_path / "scratch")
    assert _said(before) == "scales 3"


@pytest.mark.parametrize("span", ["main", "", "main..x..y...", "...."])
def test_what_names_no_two_revisions_is_refused(project: Project, tmp_path: Path, span: str) -> None:
    with pytest.raises(ConfigurationError, match=r"main\.\.my-branch|no revision"):
        between(project, span, tmp_path / "scratch")


@pytest.mark.parametrize("name", ["nosuch", "--output=x", "main:programme", "HEAD~99"])
def test_a_revision_that_git_does_not_know_is_a_sentence(project: Project, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="git knows no revision") as refused:
        between(project, f"{name}..main", tmp_path / "scratch")
    assert name in str(refused.value)


def test_no_repository_and_no_project_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    deliver(tmp_path / "plain", {SCALES: "x"})
    with pytest.raises(ConfigurationError, match="in no git repository"):
        between(Project.locate(tmp_path / "plain"), "main..", tmp_path / "scratch")
    with pytest.raises(ConfigurationError, match="no project here"):
        between(Project.locate(tmp_path), "main..", tmp_path / "scratch")


def test_a_machine_without_git_is_a_sentence(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(ConfigurationError, match="git is not there"):
        between(project, "main..", tmp_path / "scratch")


def test_an_error_in_a_revision_names_it_and_not_the_copy(project: Project, tmp_path: Path) -> None:
    before, after = between(project, "main..", tmp_path / "scratch")
    for side, place in ((before, "main:"), (after, f"{project.folder}/")):
        with pytest.raises(ConfigurationError) as refused, errors_named(side):
            raise ConfigurationError(f"{side.folder}/{SCALES}: wrong.")
        assert str(refused.value) == f"{place}{SCALES}: wrong."
