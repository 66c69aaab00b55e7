"""Two stewards decide apart and merge their ledgers with git: in any order the same is held."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.review.acts import read_words
from harmonize.review.applying import make_plan, record, settle_plan
from harmonize.review.kinds import KINDS, LEDGERS
from harmonize.review.saying import Said, Standing, read_standing
from tests.pipeline.worlds import ROOT
from tests.review.worlds import of_every_kind

ITEMS = of_every_kind(2)
_SAID = st.tuples(st.sampled_from(ITEMS), st.integers(0, 5), st.sampled_from(["a", "b"]), st.integers(1, 3))
_SAIDS = st.lists(_SAID, max_size=8)


def _saids(drawn: Sequence[tuple[object, int, str, int]]) -> list[Said]:
    found = []
    for item, number, by, day in drawn:
        verdict = item.verdicts[number % len(item.verdicts)]  # type: ignore[attr-defined]
        to = item.choices[0] if verdict == KINDS[item.kind].chosen else ""  # type: ignore[attr-defined]
        found.append(Said(item.kind, item.keys, verdict, to, "", by, f"2026-07-0{day}T00:00:00Z", ""))  # type: ignore[attr-defined]
    return found


def _record(folder: Path, saids: Sequence[Said], *, second: bool = False) -> None:
    for said in saids:
        kinds = tuple(KINDS) if second else ()
        plan = make_plan([said], read_standing(folder), read_words(folder), kinds, overrides=True)
        record(folder, plan)


def _held(standing: Standing) -> Mapping[str, object]:
    return {ledger: {keys: one.content for keys, one in standing.keys(ledger).items()} for ledger in LEDGERS}


def _merged(folder: Path, one: Path, other: Path) -> Path:
    """The lines of both, as git's union driver would keep them."""
    folder.mkdir()
    for name in {path.name for side in (one, other) for path in side.glob("*.jsonl")}:
        lines = [
            line for side in (one, other) if (side / name).exists() for line in (side / name).read_text().splitlines()
        ]
        (folder / name).write_text("".join(f"{line}\n" for line in dict.fromkeys(lines)))
    return folder


@settings(max_examples=40, deadline=None)
@given(_SAIDS, _SAIDS, st.booleans())
def test_whose_lines_come_first_is_no_matter(
    tmp_path_factory: pytest.TempPathFactory, ours: list[object], theirs: list[object], second: bool
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    sides = [folder / "ours", folder / "theirs"]
    for side, said in zip(sides, (ours, theirs), strict=True):
        side.mkdir()
        _record(side, _saids(said), second=second)  # type: ignore[arg-type]
    one = _merged(folder / "one", *sides)
    other = _merged(folder / "other", *reversed(sides))
    assert _held(read_standing(one)) == _held(read_standing(other))
    for merged in (one, other):
        record(merged, settle_plan(read_standing(merged), read_words(merged)))
        assert not settle_plan(read_standing(merged), read_words(merged)).decided, "once settled, nothing is left"
    assert _held(read_standing(one)) == _held(read_standing(other))


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=s", "-c", "user.email=s@example.org", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_git_itself_keeps_what_both_said_and_what_both_agree_on_is_settled(tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_bytes((ROOT / "data/decisions/.gitattributes").read_bytes())
    (tmp_path / ".gitignore").write_text(".review*\n")
    _git(tmp_path, "init", "-q", "-b", "main")
    pair, text = (next(item for item in ITEMS if item.kind == kind) for kind in ("facility_pair", "text"))
    words = [Said(pair.kind, pair.keys, "same", "", "", by, "2026-07-01T00:00:00Z", "") for by in ("a", "b")]
    mine = Said(text.kind, text.keys, text.verdicts[-1], "", "", "a", "2026-07-01T00:00:00Z", "")
    (tmp_path / "reviewed_texts.jsonl").write_text("")
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-q", "-m", "before")
    _git(tmp_path, "branch", "theirs")
    _record(tmp_path, [words[0]], second=True)
    _record(tmp_path, [mine])
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-q", "-m", "ours")
    _git(tmp_path, "checkout", "-q", "theirs")
    _record(tmp_path, [words[1]], second=True)
    _record(tmp_path, [mine._replace(by="b", at="2026-07-02T00:00:00Z")])
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-q", "-m", "theirs")
    _git(tmp_path, "merge", "-q", "-m", "both", "main")
    lines = [json.loads(line) for line in (tmp_path / "review_words.jsonl").read_text().splitlines()]
    assert {line["by"] for line in lines} == {"a", "b"}
    assert read_standing(tmp_path).of(pair.kind, pair.keys[0]) is None
    record(tmp_path, settle_plan(read_standing(tmp_path), read_words(tmp_path)))
    found = read_standing(tmp_path).of(pair.kind, pair.keys[0])
    assert found is not None
    assert (found.content[0], found.by) == ("same", "a+b")
