"""Law 5: a run that is killed at any moment leaves the last release whole, and the next run completes.

A pass of `make test` kills a few times; `HARMONIZE_FUZZ=long` (`make fuzz`) a hundred times, and before every single
touch of a file besides.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.ledgers import append_lines, read_lines
from tests.fuzz.trials import (
    LEDGERS,
    Place,
    assert_ledgers_grow,
    assert_whole,
    finish,
    kill_at,
    ledgers,
    random_moment,
    start,
    state,
    touches,
)
from tests.pipeline.worlds import deliver, run_inbox
from tests.sources.delivering import better_work, gap, wide

IS_LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
CHAINS = 26 if IS_LONG else 1
KILLS = 4 if IS_LONG else 3
ARRIVING = {
    "bw/b.csv": better_work({}),
    "higg/c.csv": wide(["emsenvpolicy"], {"emsenvpolicy": "No"}),
    "gap/d.csv": gap({"VisitID": "G-501", "FacilityID": "GF-2", "FacilityName": "Xưởng may Đông Hưng"}),
}


@dataclass(frozen=True, slots=True)
class Course:
    """A place before a run, and what the run makes of it when nothing befalls it.

    Attributes:
        before: the place as it lies on disk.
        release: the logical hash of the release that is to come.
        ledgers: the ledgers that are to come.
        seconds: what each stage takes.
        touches: how often the run touches a file.
    """

    before: Place
    release: str
    ledgers: dict[str, list[str]]
    seconds: dict[str, float]
    touches: int

    def copy(self, folder: Path) -> Place:
        """The place before the run, in a folder of its own."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.before.folder, folder, symlinks=True)
        return Place(folder, self.before.out)


def _course(place: Place, folder: Path) -> Course:
    shutil.copytree(place.folder, folder, symlinks=True)
    undisturbed = Place(folder, place.out)
    count = touches(undisturbed)
    release = assert_whole(undisturbed.out_folder)
    assert release is not None
    manifest = json.loads((undisturbed.out_folder / "current/manifest.json").read_text(encoding="utf-8"))
    return Course(place, release, ledgers(undisturbed), manifest["seconds"], count)


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> list[Course]:
    """A release exists and files were added; and, for the long pass, there is no release yet."""
    folder = tmp_path_factory.mktemp("undisturbed")
    begun = Place.made(folder / "begun", {"gap/a.csv": gap({})})
    assert finish(start(begun)).code in (0, 1)
    deliver(begun.folder / "inbox", ARRIVING)
    found = [_course(begun, folder / "begun-done")]
    if IS_LONG:
        fresh = Place.made(folder / "fresh", {"gap/a.csv": gap({}), **ARRIVING})
        found.append(_course(fresh, folder / "fresh-done"))
        assert found[0].release == found[1].release
    return found


def _assert_unharmed(course: Course, place: Place, known: dict[str, list[str]]) -> dict[str, list[str]]:
    """The release is the one before, byte by byte, or the one to come; no id is lost or doubled.

    Returns:
        The ledgers.
    """
    release = assert_whole(place.out_folder)
    if release != course.release:
        assert state(place.out_folder) == state(course.before.out_folder)
    now = ledgers(place)
    assert_ledgers_grow(known, now)
    return now


def _assert_completes(course: Course, place: Place, known: dict[str, list[str]]) -> None:
    """The next run makes what an undisturbed one makes, and leaves nothing half made."""
    ended = finish(start(place))
    assert ended.code in (0, 1), ended.complaint
    assert assert_whole(place.out_folder) == course.release
    now = ledgers(place)
    assert_ledgers_grow(known, now)
    assert {name: sorted(lines) for name, lines in now.items()} == {
        name: sorted(lines) for name, lines in course.ledgers.items()
    }
    assert not list(place.out_folder.glob(".building-*"))


@pytest.mark.parametrize("seed", range(CHAINS))
@pytest.mark.slow
def test_a_run_killed_at_random_moments_harms_nothing(seed: int, courses: list[Course], tmp_path: Path) -> None:
    chance = random.Random(seed)
    course = courses[seed % len(courses)]
    place = course.copy(tmp_path / "place")
    known = ledgers(place)
    for _ in range(KILLS):
        kill_at(place, *random_moment(chance, course.seconds))
        known = _assert_unharmed(course, place, known)
    _assert_completes(course, place, known)


def _struck(course: Course) -> range:
    """Touches before which to kill; a short pass takes the one that switches `current`."""
    return range(1, course.touches + 1) if IS_LONG else range(course.touches - 2, course.touches - 1)


@pytest.mark.slow
def test_a_run_killed_before_it_touches_a_file_harms_nothing(courses: list[Course], tmp_path: Path) -> None:
    for course in courses:
        for number in _struck(course):
            place = course.copy(tmp_path / "place")
            before = ledgers(place)
            ended = finish(start(place, ("-m", "tests.fuzz.dying", "killed", str(number), str(place.folder))))
            assert ended.code < 0, (number, ended)
            known = _assert_unharmed(course, place, before)
            _assert_completes(course, place, known)


def test_ledger_lines_cut_off_by_a_kill_are_written_again(tmp_path: Path) -> None:
    inbox = deliver(tmp_path / "inbox", {"gap/a.csv": gap({})})
    first = run_inbox(inbox, tmp_path / "out")
    whole = {path: path.read_bytes() for path in sorted((tmp_path / "out/decisions").glob("*_ids.jsonl"))}
    for path, content in whole.items():
        path.write_bytes(content[:-9])
    again = run_inbox(inbox, tmp_path / "out")
    assert again.result.release_id == first.result.release_id
    assert len(whole) == len(LEDGERS)
    for path, content in whole.items():
        assert sorted(path.read_bytes().splitlines()) == sorted(content.splitlines())


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(keys=st.lists(_WORDS, min_size=1, max_size=4, unique=True), data=st.data())
def test_a_ledger_cut_anywhere_loses_no_more_than_its_last_line(
    keys: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ids.jsonl"
    lines = [{"key": key, "id": f"ឈ{number}"} for number, key in enumerate(keys)]
    append_lines(path, lines)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    kept = read_lines(path)
    assert kept == lines[: len(kept)]
    assert len(kept) >= whole[:cut].count(b"\n")
    append_lines(path, lines[len(kept) :])
    assert read_lines(path) == lines
