"""A mapping goes from draft to proposed, approved and retired; somebody else approves it, and nothing else changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from harmonize.cli.app import app
from harmonize.crosswalk.lifecycle import STEPS, moved, write
from harmonize.crosswalk.mapping import Edition, load_edition
from harmonize.errors import ConfigurationError
from tests.pipeline.worlds import ROOT

TODAY = date(2026, 11, 23)
SHIPPED = ROOT / "mappings/vn_labour_inspection"
NAME = "circular17_2018"


def _edition(folder: Path, status: str) -> Edition:
    """A copy of a shipped crosswalk all of whose rows have one status."""
    home = folder / "mappings" / SHIPPED.name
    home.mkdir(parents=True, exist_ok=True)
    sssom, rules = home / f"{NAME}.sssom.tsv", home / f"{NAME}.rules.tsv"
    shutil.copy(SHIPPED / sssom.name, sssom)
    text = (SHIPPED / rules.name).read_text(encoding="utf-8")
    rules.write_text(text.replace("\tapproved\t", f"\t{status}\t"), encoding="utf-8")
    return load_edition(sssom, rules)


def _questions(edition: Edition) -> list[str]:
    return [name for name, entry in edition.entries.items() if entry.indicator_id is not None]


@pytest.mark.parametrize(("before", "after"), [(before, after) for before, nexts in STEPS.items() for after in nexts])
def test_every_step_is_written_down_and_loads(before: str, after: str, tmp_path: Path) -> None:
    edition = _edition(tmp_path, before)
    first, *others = _questions(edition)
    write(edition, moved(edition, [first], after, "hzp:linh", TODAY))
    again = load_edition(edition.sssom_path, edition.rules_path)
    assert again.entries[first].rule("status") == after
    assert {again.entries[name].rule("status") for name in others} == {before}
    reviewer = again.entries[first].provenance["reviewer_id"]
    assert reviewer == ("hzp:linh" if after == "approved" else edition.entries[first].provenance["reviewer_id"])
    assert again.entries[first].rule("valid_to") == (TODAY.isoformat() if after == "retired" else None)


@given(data=st.data())
def test_only_the_named_rows_change(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    edition = _edition(tmp_path_factory.mktemp("one"), "proposed")
    chosen = data.draw(st.lists(st.sampled_from(_questions(edition)), min_size=1, unique=True))
    change = moved(edition, chosen, "approved", "hzp:linh", TODAY)
    for path, text, key in (
        (edition.sssom_path, change.sssom, "vn_labour_inspection:{}\t"),
        (edition.rules_path, change.rules, "{}\t"),
    ):
        before, after = path.read_text(encoding="utf-8").split("\n"), text.split("\n")
        assert len(before) == len(after)
        others = {old for old, new in zip(before, after, strict=True) if old != new}
        assert len(others) == len(chosen)
        assert all(any(line.startswith(key.format(name)) for name in chosen) for line in others)


@pytest.mark.parametrize(
    ("status", "question", "to", "by", "said"),
    [
        ("draft", "1.1", "approved", "hzp:linh", "can become proposed, not approved"),
        ("retired", "1.1", "approved", "hzp:linh", "can become nothing"),
        ("proposed", "1.1", "approved", "hzp:founders", "somebody else"),
        ("proposed", "no such", "approved", "hzp:linh", "no question 'no such'"),
        ("proposed", "1.1", "agreed", "hzp:linh", "none of draft, proposed, approved, retired"),
        ("proposed", "1.1", "approved", "Linh", "names nobody"),
    ],
)
def test_a_step_that_is_none_is_refused(
    status: str, question: str, to: str, by: str, said: str, tmp_path: Path
) -> None:
    edition = _edition(tmp_path, status)
    name = question if question != "1.1" else _questions(edition)[0]
    with pytest.raises(ConfigurationError, match=said):
        moved(edition, [name], to, by, TODAY)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["crosswalk", "status", f"{SHIPPED.name}/{NAME}", *arguments])
        return result.exit_code, result.output + (str(result.exception) if result.exception else "")

    return run


def test_all_that_can_move_moves(call: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    edition = _edition(tmp_path, "proposed")
    code, said = call("all", "--to", "approved", "--by", "hzp:linh")
    assert (code, said.strip()) == (
        0,
        f"{len(edition.entries)} of {len(edition.entries)} questions of {SHIPPED.name}/{NAME} are approved now.",
    )


def test_what_lint_complains_of_is_not_approved(call: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    edition = _edition(tmp_path, "proposed")
    text = edition.rules_path.read_text(encoding="utf-8")
    edition.rules_path.write_text(text.replace("national_law", "the law", 1), encoding="utf-8")
    code, said = call("all", "--to", "approved", "--by", "hzp:linh")
    assert code == 1
    assert "'the law'" in said
    assert "Nothing was moved" in said
    assert "approved" not in edition.rules_path.read_text(encoding="utf-8")


def test_what_other_rows_disprove_is_not_approved(call: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    edition = _edition(tmp_path, "proposed")
    text = edition.sssom_path.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if "\tskos:exactMatch\t\thz:" in line)
    denied = row.replace("\t\thz:", "\tNot\thz:")
    edition.sssom_path.write_text(text.replace(row, f"{row}\n{denied}"), encoding="utf-8")
    question = unquote(row.partition("\t")[0].partition(":")[2])
    code, said = call(question, "--to", "approved", "--by", "hzp:linh")
    assert (code, "    2. " in said, "Nothing was moved" in said) == (1, True, True)
    other = next(name for name in _questions(edition) if name != question)
    assert call(other, "--to", "approved", "--by", "hzp:linh")[0] == 0


def test_the_shipped_crosswalk_is_not_touched(call: Callable[..., tuple[int, str]]) -> None:
    before = (SHIPPED / f"{NAME}.rules.tsv").read_bytes()
    code, said = call("all", "--to", "retired", "--by", "hzp:linh")
    assert code != 0
    assert "harmonize init" in said
    assert (SHIPPED / f"{NAME}.rules.tsv").read_bytes() == before
