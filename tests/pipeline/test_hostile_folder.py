"""Folders that do not behave: full, read-only, vanishing, shared with another run, oddly named, linked in circles.

A run then ends in a sentence and exit code 2, or goes on with one file less; the last release stays as it was.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harmonize.errors import HarmonizeError
from harmonize.pipeline import Observer, run
from harmonize.project import Project
from tests.fuzz.trials import (
    Ended,
    Place,
    assert_is_refused,
    assert_ledgers_grow,
    assert_whole,
    finish,
    ledgers,
    start,
    state,
)
from tests.pipeline.worlds import AS_OF, TODAY, Release, alone, deliver, run_inbox, settings
from tests.sources.delivering import better_work, gap, wide

IS_LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
FILES = {"gap/a.csv": gap({}), "bw/b.csv": better_work({})}
MORE = {
    "gap/n.csv": gap({"VisitID": "G-77", "FacilityID": "GF-7"}),
    "higg/h.csv": wide(["emsenvpolicy"], {"emsenvpolicy": "No"}),
}


class Mischief(Observer):
    """Does something when a stage begins."""

    def __init__(self, stage: str, act: Callable[[], object]) -> None:
        self._stage, self._act = stage, act

    def stage(self, name: str) -> None:
        """A stage begins."""
        if name == self._stage:
            self._act()


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place with a release, and files that were added since."""
    place = Place.made(tmp_path_factory.mktemp("hostile") / "begun", FILES)
    run_inbox(place.folder / "inbox", place.out_folder)
    deliver(place.folder / "inbox", MORE)
    return place


@pytest.fixture
def place(begun: Place, tmp_path: Path) -> Place:
    """That place in a folder of its own."""
    shutil.copytree(begun.folder, tmp_path / "place", symlinks=True)
    return Place(tmp_path / "place")


def _attempt(place: Place, observer: Observer | None = None) -> Release | str:
    """Run in this process: a release, or the sentence of a refusal; anything else fails the test."""
    inbox = place.folder / "inbox"
    try:
        return Release(run(alone(), settings(), inbox, place.out_folder, AS_OF, TODAY, observer))
    except HarmonizeError as refused:
        return str(refused)


def _assert_completes(place: Place) -> Release:
    last = _attempt(place)
    assert isinstance(last, Release), last
    assert assert_whole(place.out_folder) == last.hash
    return last


def _assert_unharmed(place: Place, begun: Place) -> None:
    assert state(place.out_folder) == state(begun.out_folder)
    assert_ledgers_grow(ledgers(begun), ledgers(place))


# Another run.


def _second_during(place: Place, project: Project, second: Place) -> tuple[Ended, Release]:
    """A second run, a process of its own, while the first one is in the middle."""
    seen: list[Ended] = []
    observer = Mischief("crosswalk", lambda: seen.append(finish(start(second))))
    first = Release(run(project, settings(), place.folder / "inbox", place.out_folder, AS_OF, TODAY, observer))
    return seen[0], first


@pytest.mark.slow
def test_a_second_run_in_one_out_folder_is_refused(place: Place) -> None:
    second, first = _second_during(place, alone(), place)
    assert_is_refused(second)
    assert "another run is at work" in second.complaint
    assert assert_whole(place.out_folder) == first.hash


def test_a_second_run_on_one_stage_and_ledger_is_refused(place: Place) -> None:
    (place.folder / "pipelines").mkdir()
    project = Project.locate(place.folder)
    assert project.folder == place.folder
    # (A folder with a ledger of its own would keep to it.)
    shutil.rmtree(place.out_folder / "decisions")
    second, first = _second_during(place, project, Place(place.folder, "other"))
    assert_is_refused(second)
    assert "another run is at work" in second.complaint
    assert assert_whole(place.out_folder) == first.hash
    assert assert_whole(place.folder / "other") is None


# A disk that is full or may not be written to.


def _small_files(size: int) -> Callable[[], None]:
    """No file may grow beyond `size` bytes: what a full disk does, without one."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize("size", [2**power for power in (range(8, 24) if IS_LONG else (14,))])
def test_files_that_cannot_grow_end_in_a_sentence(size: int, place: Place, begun: Place) -> None:
    _assert_refused_or_whole(finish(start(place, preexec_fn=_small_files(size))), place, begun)
    _assert_completes(place)


def _assert_refused_or_whole(ended: Ended, place: Place, begun: Place) -> None:
    """A sentence and no harm, or a whole release: what is only there to save time may fail unseen."""
    if ended.code == 2:
        assert_is_refused(ended)
        _assert_unharmed(place, begun)
    else:
        assert ended.code in (0, 1), ended
        assert assert_whole(place.out_folder) is not None


def _fates() -> list[tuple[str, int]]:
    """Touches of a file from which on nothing can be written any more."""
    if not IS_LONG:
        return [("ENOSPC", 20), ("EACCES", 8)]
    return [(fate, number) for fate in ("ENOSPC", "EACCES") for number in range(1, 90)]


@pytest.mark.parametrize(("fate", "number"), _fates())
def test_a_touch_that_fails_ends_in_a_sentence(fate: str, number: int, place: Place, begun: Place) -> None:
    ended = finish(start(place, ("-m", "tests.fuzz.dying", fate, str(number), str(place.folder))))
    _assert_refused_or_whole(ended, place, begun)


_MOUNTED = """
mount -t tmpfs -o size=$1k tmpfs "$2" && cp -a "$3/." "$2" && shift 3 && "$@"
code=$?
cp -a "$PWD/out/." "$PWD/after"
exit $code
"""


@pytest.mark.skipif(not IS_LONG, reason="mounts")
@pytest.mark.parametrize("kilobytes", [1_000, 2_000, 3_000, 4_500, 6_000, 8_000, 10_000, 12_500, 15_000, 18_000])
def test_a_full_disk_ends_in_a_sentence(kilobytes: int, place: Place, begun: Place) -> None:
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    used = sum(path.stat().st_size for path in begun.out_folder.rglob("*") if path.is_file()) // 1024
    before = ["unshare", "-m", "sh", "-c", _MOUNTED, "sh", str(used + kilobytes), str(place.out_folder)]
    ended = finish(start(place, before=[*before, str(begun.out_folder)]))
    shutil.rmtree(place.out_folder)
    (place.folder / "after").rename(place.out_folder)
    if ended.code == 2:
        assert_is_refused(ended)
        _assert_unharmed(place, begun)
    else:
        assert ended.code in (0, 1), ended
    _assert_completes(place)


def _bound_by_modes() -> list[str]:
    """What makes root heed the modes of files."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may do anything here")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


@pytest.mark.parametrize(
    "folder", ["out", "out/releases", "out/stage", "out/decisions"] if IS_LONG else ["out/releases", "out/decisions"]
)
def test_a_folder_that_may_not_be_written_to_ends_in_a_sentence(folder: str, place: Place, begun: Place) -> None:
    protected = [path for path in (place.folder / folder).rglob("*") if path.is_dir() and not path.is_symlink()]
    for path in [place.folder / folder, *protected]:
        path.chmod(0o555)
    ledger = place.out_folder / "decisions" / "facility_ids.jsonl"
    if folder == "out/decisions":
        ledger.chmod(0o444)
    ended = finish(start(place, before=_bound_by_modes()))
    assert_is_refused(ended)
    assert "Permission denied" in ended.complaint
    _assert_unharmed(place, begun)
    for path in [place.folder / folder, *protected]:
        path.chmod(0o755)
    ledger.chmod(0o644)
    if IS_LONG:
        _assert_completes(place)


def test_a_file_that_may_not_be_read_is_refused_and_the_rest_goes_on(place: Place) -> None:
    (place.folder / "inbox/gap/n.csv").chmod(0)
    ended = finish(start(place, before=_bound_by_modes()))
    assert ended.code == 1, ended.complaint
    assert "Traceback" not in ended.complaint
    assert assert_whole(place.out_folder) is not None


# Things that vanish or change meanwhile.

_STAGES = ("knowledge", "read", "crosswalk", "identity", "assessments", "answers", "store", "quality", "extract")


_VANISHING = [
    (folder, stage)
    for folder in ("out/stage", "out/releases", "out/decisions", "out")
    for stage in (_STAGES if IS_LONG else ())
] or [("out/stage", "answers"), ("out", "crosswalk")]


@pytest.mark.parametrize(("folder", "stage"), _VANISHING)
def test_a_folder_that_vanishes_ends_in_a_sentence(folder: str, stage: str, place: Place) -> None:
    _attempt(place, Mischief(stage, lambda: shutil.rmtree(place.folder / folder)))
    _assert_completes(place)


def test_files_that_vanish_or_change_are_refused_and_the_rest_goes_on(place: Place) -> None:
    inbox = place.folder / "inbox"

    def spoil() -> None:
        (inbox / "gap/n.csv").unlink()
        (inbox / "higg/h.csv").write_text("something else", encoding="utf-8")

    release = _attempt(place, Mischief("read", spoil))
    assert isinstance(release, Release), release
    assert release.query("SELECT path, status FROM file ORDER BY path") == [
        ("bw/b.csv", "loaded"),
        ("gap/a.csv", "loaded"),
        ("gap/n.csv", "refused"),
        ("higg/h.csv", "refused"),
    ]
    assert set(release.column("SELECT code FROM issue WHERE severity = 'error'")) == {"unreadable_file"}


# Names and links.

_NAMES = (
    "o'ut", 'o"ut', "o ut", "ô út ឈ", "out[1]", "out*", "year=2026", "%41", "a;b", "$HOME", "{x}", "new\nline", "-a"
)  # fmt: skip


@pytest.mark.slow
def test_any_name_of_the_out_folder_gives_the_same_release(begun: Place, tmp_path: Path) -> None:
    inbox = begun.folder / "inbox"
    # A pattern for the folder before it, and a partition.
    names = _NAMES if IS_LONG else ("o'ut ឈ", "o'ut*", "year=2026")
    assert len({run_inbox(inbox, tmp_path / name / "out").hash for name in names}) == 1


def test_links_in_the_inbox_are_read_or_refused_but_never_passed_over(place: Place) -> None:
    inbox = place.folder / "inbox"
    deliver(place.folder / "far", {"x.csv": gap({"VisitID": "G-9"})})
    (inbox / "gap/far.csv").symlink_to("../../far/x.csv")
    (inbox / "gap/loop.csv").symlink_to("loop.csv")
    (inbox / "gap/dangling.csv").symlink_to("nothing")
    (inbox / "gap/circle").symlink_to("..")
    (inbox / "far").symlink_to("../far")
    os.mkfifo(inbox / "gap/pipe.csv")
    release = _attempt(place)
    assert isinstance(release, Release), release
    assert release.column("SELECT path FROM file WHERE status = 'refused' ORDER BY path") == [
        "far", "gap/circle", "gap/dangling.csv", "gap/loop.csv", "gap/pipe.csv",
    ]  # fmt: skip
    assert release.column("SELECT DISTINCT code FROM issue WHERE severity = 'error'") == ["unreadable_file"]
    assert release.one("SELECT status FROM file WHERE path = 'gap/far.csv'") == "loaded"


# What earlier runs left, spoiled.


def _lead(out: Path, to: str) -> None:
    (out / "current").unlink()
    (out / "current").symlink_to(to)


def _folder_for_a_link(out: Path) -> None:
    (out / "current").unlink()
    (out / "current").mkdir()


def _file_for_a_stage(out: Path) -> None:
    shutil.rmtree(out / "stage")
    (out / "stage").write_text("x", encoding="utf-8")


def _cut(out: Path, pattern: str, size: int) -> None:
    for path in out.glob(pattern):
        os.truncate(path, size)


def _overwrite(out: Path, name: str) -> None:
    (out / name).write_bytes(b"\x93" * 9000)


_SPOILED: dict[str, Callable[[Path], None]] = {
    "a folder for a link": _folder_for_a_link,
    "a link that dangles": lambda out: _lead(out, "nowhere"),
    "a link to itself": lambda out: _lead(out, "current"),
    "a catalogue of noise": lambda out: _overwrite(out, "stage/catalogue.duckdb"),
    "a catalogue cut off": lambda out: _cut(out, "stage/catalogue.duckdb", 5000),
    "a log of noise": lambda out: _overwrite(out, "stage/catalogue.duckdb.wal"),
    "a release of noise": lambda out: _overwrite(out, "current/harmonized.duckdb"),
    "a release cut off": lambda out: _cut(out, "current/harmonized.duckdb", 400_000),
    "a release without manifest": lambda out: (out / "current/manifest.json").unlink(),
    "a release without database": lambda out: (out / "current/harmonized.duckdb").unlink(),
    "a file for a stage": _file_for_a_stage,
    "a stage cut off": lambda out: _cut(out, "stage/*/*/*.parquet", 100),
}


@pytest.mark.parametrize("what", _SPOILED if IS_LONG else ["a catalogue cut off"])
def test_what_was_spoiled_ends_in_a_sentence_or_is_made_anew(what: str, place: Place) -> None:
    _SPOILED[what](place.out_folder)
    release = _attempt(place)
    assert isinstance(release, str) or assert_whole(place.out_folder) == release.hash
