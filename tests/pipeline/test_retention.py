"""The latest releases stay, the oldest go, what `current` names never does; and an interruption harms nothing."""

from __future__ import annotations

import os
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from harmonize.errors import ConfigurationError
from harmonize.pipeline import run
from harmonize.settings import load_settings
from harmonize.store.releases import discard_old, point_current, releases
from tests.fuzz.trials import QUICK, Place, assert_whole, finish, kill_at, start, touches
from tests.pipeline.worlds import TODAY, alone, deliver, known_once, settings
from tests.sources.delivering import gap

IS_LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
DAYS = [date(2026, month, 1) for month in (3, 4, 5)]


def _stand(out: Path, *names: str) -> None:
    """Folders that look like releases, made one after the other."""
    for second, name in enumerate(names):
        folder = deliver(out / "releases" / name, {"manifest.json": "{}", "data": name})
        os.utime(folder / "manifest.json", (second, second))


def _discard(out: Path, keep: int | None) -> list[str]:
    (out / "work").mkdir()
    discard_old(out, out / "work", keep)
    shutil.rmtree(out / "work")
    return [folder.name for folder in releases(out)]


@pytest.mark.parametrize(
    ("keep", "current", "left"),
    [
        (None, "d", "dcba"), (9, "d", "dcba"), (4, "d", "dcba"), (2, "d", "dc"), (1, "d", "d"),
        # An old one that a steward went back to stays, and the latest besides.
        (2, "a", "da"), (1, "a", "a"), (3, "b", "dcb"),
    ],
)  # fmt: skip
def test_the_latest_stay_and_the_current_one_always(keep: int | None, current: str, left: str, tmp_path: Path) -> None:
    _stand(tmp_path, *"abcd")
    point_current(tmp_path, current)
    assert _discard(tmp_path, keep) == list(left)


def test_what_is_no_release_is_left_alone(tmp_path: Path) -> None:
    _stand(tmp_path, *"abc")
    deliver(tmp_path / "releases", {"notes/read.me": "mine"})
    point_current(tmp_path, "c")
    assert _discard(tmp_path, 1) == ["c"]
    assert (tmp_path / "releases/notes/read.me").read_text(encoding="utf-8") == "mine"


@pytest.mark.slow
def test_runs_keep_what_the_pipeline_says_and_shared_extracts_survive(tmp_path: Path) -> None:
    inbox = deliver(tmp_path / "inbox", {"gap/a.csv": gap({})})
    out = tmp_path / "out"
    made = []
    for day in DAYS:
        with known_once():
            made.append(run(alone(), settings(keep_releases=2), inbox, out, day, TODAY).release_id)
    assert [folder.name for folder in releases(out)] == [made[2], made[1]]
    assert assert_whole(out)
    with known_once():
        again = run(alone(), settings(keep_releases=1), inbox, out, DAYS[2], TODAY)
    assert not again.is_new
    assert [folder.name for folder in releases(out)] == [made[2]]
    assert assert_whole(out)
    assert not list(out.glob(".building-*"))


def test_the_setting_is_a_whole_number_from_one_on_or_null(tmp_path: Path) -> None:
    assert settings().keep_releases == 10
    for text, kept in (("3", 3), ("null", None)):
        deliver(tmp_path, {"p.yml": f"{QUICK}keep_releases: {text}\n"})
        assert load_settings(alone(), str(tmp_path / "p.yml")).keep_releases == kept
    deliver(tmp_path, {"p.yml": f"{QUICK}keep_releases: 0\n"})
    with pytest.raises(ConfigurationError, match="keep_releases"):
        load_settings(alone(), str(tmp_path / "p.yml"))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place that keeps one release, before a run that will remove the one that is there."""
    place = Place.made(tmp_path_factory.mktemp("retention") / "place", {"gap/a.csv": gap({})})
    deliver(place.folder, {"quick.yml": f"{QUICK}keep_releases: 1\n"})
    assert finish(start(place)).code in (0, 1)
    deliver(place.folder / "inbox", {"gap/b.csv": gap({"VisitID": "G-501", "FacilityID": "GF-2"})})
    return place


def _copy(place: Place, folder: Path) -> Place:
    shutil.copytree(place.folder, folder, symlinks=True)
    return Place(folder, place.out)


def _assert_mends(place: Place) -> None:
    """After a kill the release in place is whole; the next run leaves one release and nothing half removed."""
    assert assert_whole(place.out_folder)
    assert all((folder / "harmonized.duckdb").exists() for folder in releases(place.out_folder))
    assert finish(start(place)).code in (0, 1)
    assert assert_whole(place.out_folder)
    assert len(releases(place.out_folder)) == 1
    assert not list(place.out_folder.glob(".building-*"))


@pytest.mark.slow
def test_a_kill_while_the_oldest_go_harms_nothing(begun: Place, tmp_path: Path) -> None:
    count = touches(_copy(begun, tmp_path / "undisturbed"))
    # The last touches delete what was moved aside before, file by file.
    deleted = len(list((begun.out_folder / "current").resolve().rglob("*"))) + 1
    last = range(count - deleted - 5, count + 1)
    for number in last if IS_LONG else (count - deleted - 1, count - deleted // 2):
        place = _copy(begun, tmp_path / f"struck-{number}")
        ended = finish(start(place, ("-m", "tests.fuzz.dying", "killed", str(number), str(place.folder))))
        assert ended.code < 0, (number, ended)
        _assert_mends(place)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20 if IS_LONG else 1))
def test_a_kill_at_the_end_of_a_run_harms_nothing(seed: int, begun: Place, tmp_path: Path) -> None:
    place = _copy(begun, tmp_path / "place")
    kill_at(place, "extract", random.Random(seed).uniform(0, 0.5))
    _assert_mends(place)
