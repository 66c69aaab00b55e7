"""`harmonize grants`: what a steward meets who mistypes, names nothing, or has no register yet."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from harmonize.cli.judged_grants import unopened
from tests.cli.conftest import Command, sentence
from tests.pipeline.publications import HANDED_IN, Desk, register
from tests.pipeline.worlds import deliver, run_inbox
from tests.sources.delivering import table

DAY = ("--as-of", "2026-06-30")
NAMED = ("--facility", "higg_account=acc-7", "--audience", "newcomer", "--scope", "full")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a factory that one grant opens."""
    folder = tmp_path_factory.mktemp("desk")
    Desk(folder, HANDED_IN).grant({"audience": "gap"})
    return folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Path:
    """A copy of it, in the folder where the command line is."""
    for name in ("inbox", "out"):
        shutil.copytree(made / name, tmp_path / name, symlinks=True)
    return tmp_path


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "--out", "nowhere"), "there is no release yet"),
        (("show", "--out", "nowhere"), "there is no release yet"),
        (("who", "--facility", "x", "--out", "nowhere"), "there is no release yet"),
        (("check", "missing.csv", "--out", "out"), "there is no such file"),
        (("check", "--inbox", "nowhere", "--out", "out"), "there is no such inbox"),
        (("check", "--inbox", "empty", "--out", "out"), "no registrar has handed in anything"),
        (("show", "--audience", "nobody", "--out", "out"), "No grant names the audience 'nobody'; grants name gap"),
        (("who", "--facility", "nobody", "--out", "out"), "nobody"),
        (("who", "--facility", "acc-7", "--lang", "fr", "--out", "out"), "There are no words in 'fr'"),
        (("who", "--facility", "acc-7", "--out", "out", "-o", "who.doc"), "name a file that ends in .csv"),
        (("add", "--facility", "acc-7", *NAMED[2:], "--inbox", "inbox"), "Write SCHEME=VALUE"),
        (("add", "--facility", "nothing=1", *NAMED[2:], "--inbox", "inbox"), "The grant is refused"),
        (("add", "--facility", "higg_account=", *NAMED[2:], "--inbox", "inbox"), "The grant is refused"),
        (("add", *NAMED[:4], "--scope", "all", "--inbox", "inbox"), "The grant is refused"),
        (("add", *NAMED, "--valid-to", "31/02/2027", "--inbox", "inbox"), "The grant is refused"),
        (("add", *NAMED, "--instrument", "unheard_of", "--inbox", "inbox"), "No instrument is called"),
        (("add", *NAMED[:2], "--audience", " ", "--scope", "full", "--inbox", "inbox"), "The grant is refused"),
        (("add", *NAMED, "--inbox", "nowhere"), "there is no such inbox"),
        (("revoke", "G-1", "--inbox", "nowhere"), "there is no such inbox"),
        (("revoke", "G-1", "--inbox", "empty"), "there is no register yet"),
        (("revoke", "G-99", "--inbox", "begun"), "there is no grant 'G-99'"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_changes_nothing(
    arguments: tuple[str, ...], words: str, harmonize: Command, desk: Path
) -> None:
    (desk / "empty").mkdir()
    (desk / "begun" / "consent").mkdir(parents=True)
    (desk / "begun/consent/grants.csv").write_text(register({}), encoding="utf-8")
    before = _files(desk)
    assert words in sentence(harmonize("grants", *arguments))
    assert _files(desk) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00\xd8", "no UTF-8 text"),
        (b"audience,scope\ngap,full\n", "no column 'grant_id'"),
        (b"grant_id,audience\nG-1,gap\n", "it has no column"),
    ],
)
def test_a_register_that_is_none_is_not_added_to(content: bytes, words: str, harmonize: Command, desk: Path) -> None:
    path = desk / "inbox" / "consent" / "grants.csv"
    path.write_bytes(content)
    assert words in sentence(harmonize("grants", "add", *NAMED, "--inbox", "inbox"))
    assert path.read_bytes() == content


def test_rows_that_are_refused_are_told_with_place_and_cure(harmonize: Command, desk: Path) -> None:
    path = desk / "register.csv"
    path.write_text(register({}, {"grant_id": "G-2", "scope": "everything"}), encoding="utf-8")
    said = harmonize("grants", "check", path, "--out", "out", *DAY)
    assert (said.code, "Traceback" in said.err) == (1, False)
    assert "1 refused" in said.out
    assert "everything" in said.out


def test_an_empty_register_holds_no_grant(harmonize: Command, desk: Path) -> None:
    path = desk / "register.csv"
    path.write_text("", encoding="utf-8")
    said = harmonize("grants", "check", path, "--out", "out", *DAY)
    assert said.code in (1, 2)
    assert "Traceback" not in said.err


def test_a_grant_is_added_once_and_revoked_once(harmonize: Command, desk: Path) -> None:
    path = desk / "begun/consent/grants.csv"
    path.parent.mkdir(parents=True)
    path.write_text(register({}), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    added = harmonize("grants", "add", *NAMED, "--inbox", "begun", "--grant-id", "G-7")
    assert (added.code, added.err) == (0, "")
    assert path.read_text(encoding="utf-8").startswith(before)
    again = harmonize("grants", "add", *NAMED, "--inbox", "begun", "--grant-id", "g-7")
    assert "stands there already" in sentence(again)
    revoked = harmonize("grants", "revoke", "G-7", "--on", "2026-06-01", "--inbox", "begun")
    assert revoked.code == 0
    assert path.read_text(encoding="utf-8").startswith(before)
    twice = harmonize("grants", "revoke", "G-7", "--on", "2026-06-02", "--inbox", "begun")
    assert "was revoked on 2026-06-01 already" in sentence(twice)


def test_a_day_that_is_none_is_told(harmonize: Command) -> None:
    said = harmonize("grants", "revoke", "G-1", "--on", "tomorrow")
    assert (said.code, "'tomorrow' is no date" in said.err) == (2, True)


def test_who_sees_what_is_nobody_on_a_day_without_a_grant(harmonize: Command, desk: Path) -> None:
    said = harmonize("grants", "show", "--audience", " GAP ", "--out", "out", *DAY)
    assert (said.code, "in_force" in said.out) == (0, True)
    seen = harmonize("grants", "who", "--facility", "acc-7", "--out", "out", "-o", "who.csv", *DAY)
    assert seen.code == 0, seen
    assert (desk / "who.csv").read_text(encoding="utf-8").count("\n") > 1


def test_what_grants_do_not_open_is_told_to_other_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Roles, retentions and doubtful names, for an audience that no list names."""
    columns = ["grant_id", "facility_scheme", "facility_value", "instrument", "assessment", "audience", "scope",
               "valid_to", "signatory_role", "retention_until"]  # fmt: skip
    rows = [
        ["G-1", "higg_account", "acc-7", "higg_fem", "*", "somebody", "full", "2027-01-01", "", ""],
        ["G-2", "higg_account", "acc-7", "higg_fem", "*", "somebody", "full", "2027-01-01", "", "2026-06-01"],
        ["G-3", "higg_account", "acc-7", "higg_fem", "*", "somebody", "full", "2027-01-01", "brand lead", ""],
        ["G-4", "higg_account", "acc-9", "higg_fem", "*", "somebody", "full", "2027-01-01", "", ""],
        ["G-5", "higg_account", "acc-7", "*", "S-77", "somebody", "full", "2027-01-01", "factory manager", ""],
        ["G-6", "higg_account", "acc-7", "higg_fem", "*", "another", "full", "2020-01-01", "", ""],
    ]
    deliver(tmp_path / "inbox", {**HANDED_IN, "consent/grants.csv": table([columns, *rows])})
    run_inbox(tmp_path / "inbox", tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    found = unopened(tmp_path / "out", date(2026, 6, 30), "Somebody")
    whole = {why for _, _, instrument, why in found if instrument is None}
    assert whole == {
        "It could be kept until 2026-06-01.",
        "Of higg_fem only the facility may grant, and it was signed as brand lead.",
        "It names no one factory.",
    }
    bound = {instrument for _, _, instrument, _ in found if instrument is not None}
    assert "gap" in bound
    assert "higg_fem" not in bound
