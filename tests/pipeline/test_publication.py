"""What is published for audiences: what they were granted, what they gave, until when; and nothing else."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from harmonize.errors import PublicationError
from harmonize.pipeline.publishing import publish
from harmonize.sharing.audiences import Audience
from harmonize.store import history
from harmonize.store.releases import current_release
from tests.pipeline import worlds
from tests.pipeline.publications import HANDED_IN, SECRET, Desk, fem
from tests.pipeline.worlds import AS_OF, deliver, run_inbox
from tests.sharing.interference import contents, differences, share

COUNTS = """
    SELECT (SELECT count(*) FROM assessment), (SELECT count(*) FROM answer) > 0, (SELECT count(*) FROM finding) > 0,
        (SELECT count(*) FROM score) > 0, (SELECT count(*) FROM assessment_scope) > 0
"""


@pytest.fixture(scope="module")
def scopes(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Every audience that hands nothing in has another scope."""
    desk = Desk(tmp_path_factory.mktemp("scopes"))
    desk.grant(
        {"audience": "newcomer", "scope": "summary"}, {"grant_id": "G-2", "audience": "other", "scope": "answers"}
    )
    desk.publish()
    return desk


@pytest.mark.slow
def test_a_summary_tells_the_header_alone(scopes: Desk) -> None:
    assert scopes.ask("newcomer", COUNTS) == [(1, False, False, False, False)]
    assert scopes.ask("newcomer", "SELECT count(*) FROM compact.topic_state") == [(0,)]


def test_answers_tell_answers(scopes: Desk) -> None:
    assert scopes.ask("other", COUNTS)[0][:2] == (1, True)


def test_a_contributor_sees_its_own_rows_as_it_gave_them(scopes: Desk) -> None:
    policy = "SELECT raw_value FROM answer WHERE question_id = 'emsenvpolicy'"
    assert scopes.ask("pvh", policy) == [("No",)]
    assert scopes.ask("gap", policy) == [("Yes",)]
    assert scopes.ask("pvh", "SELECT DISTINCT contributor FROM assessment_copy") == [("pvh",)]
    assert scopes.ask("pvh", "SELECT count(*) FROM conflict") == [(0,)]


@pytest.fixture(scope="module")
def granted(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A contributor is granted what others handed in of its own report."""
    desk = Desk(tmp_path_factory.mktemp("granted"))
    desk.grant({"audience": "pvh", "scope": "answers"}, {"grant_id": "G-2", "audience": "gap", "scope": "findings"})
    desk.publish()
    return desk


@pytest.mark.slow
def test_an_own_answer_that_lost_stands_as_a_conflict(granted: Desk) -> None:
    assert granted.ask("pvh", "SELECT raw_value FROM answer WHERE question_id = 'emsenvpolicy'") == [("Yes",)]
    found = granted.ask(
        "pvh",
        "SELECT question_id, value_raw, winning_value_raw, contributor FROM conflict "
        "JOIN assessment_copy USING (copy_id)",
    )
    assert ("emsenvpolicy", "No", "Yes", "pvh") in found
    assert {row[0] for row in found} <= {"emsenvpolicy", "ensourceselectricquant"}
    assert {row[3] for row in found} == {"pvh"}


def test_granted_findings_do_not_displace_own_answers(granted: Desk) -> None:
    assert granted.ask("gap", "SELECT raw_value FROM answer WHERE question_id = 'emsenvpolicy'") == [("Yes",)]


ROWS: list[tuple[dict[str, str], bool]] = [
    ({"valid_to": "2026-06-30"}, True),
    ({"valid_to": "2026-06-29"}, False),
    ({"valid_from": "2026-07-01"}, False),
    ({"valid_from": "2026-06-30"}, True),
    ({"revoked_on": "2026-06-30"}, False),
    ({"revoked_on": "2026-07-01"}, True),
    ({"assessment": "S-77"}, True),
    ({"assessment": "S-78"}, False),
    ({"instrument": "gap"}, False),
    ({"instrument": "*"}, True),
    ({"valid_to": ""}, False),
    ({"facility_value": "acc-8"}, False),
]


@pytest.mark.slow
def test_a_grant_opens_what_it_says_on_its_days(tmp_path: Path) -> None:
    """Each row of the register is one audience's, who is told of no other."""
    names = [f"receiver-{number}" for number in range(len(ROWS))]
    listed = "".join(f"  - {{name: {name}, kind: buyer}}\n" for name in names)
    desk = Desk(tmp_path, audiences=f"audiences:\n{listed}")
    desk.grant(
        *(
            {"grant_id": f"G-{name}", "audience": name.upper(), **row}
            for name, (row, _) in zip(names, ROWS, strict=True)
        )
    )
    desk.publish()
    for name, (row, is_shown) in zip(names, ROWS, strict=True):
        assert desk.ask(name, "SELECT count(*) > 0 FROM answer") == [(is_shown,)], row
        assert desk.ask(name, "SELECT count(*) FROM consent_grant") == [(int(is_shown),)], row


@pytest.mark.slow
def test_a_grant_that_opens_nothing_is_not_told(tmp_path: Path) -> None:
    """That it names a factory of the audience's may be known from what others handed in."""
    desk = Desk(tmp_path).grant({}, {"grant_id": "G-2", "instrument": "smeta"})
    desk.publish()
    assert desk.ask("newcomer", "SELECT instrument FROM consent_grant") == [("higg_fem",)]


@pytest.mark.slow
def test_who_signed_is_told_to_nobody_and_what_for_only_with_names(tmp_path: Path) -> None:
    signed = {"granted_by": "Nguyen Thi Mai", "signatory_role": "Director of Sao Mai", "purpose": "loan to Sao Mai"}
    audiences = "audiences: [{name: newcomer, kind: buyer}, {name: ministry, kind: government, named: false}]"
    desk = Desk(tmp_path, audiences=audiences)
    desk.grant(signed, {**signed, "grant_id": "G-2", "audience": "ministry"})
    published = desk.publish()
    told = "SELECT granted_by, signatory_role, purpose FROM consent_grant"
    assert desk.ask("newcomer", told) == [(None, "Director of Sao Mai", "loan to Sao Mai")]
    assert desk.ask("ministry", told) == [(None, None, None)]
    for name in ("newcomer", "ministry"):
        counted = [one["rows"] for one in published.manifests[name]["withheld"] if one["table"] == "consent_grant"]
        assert counted == [1]


@pytest.mark.slow
def test_two_grants_of_which_one_ends(tmp_path: Path) -> None:
    desk = Desk(tmp_path).grant({"valid_to": "2026-06-29"}, {"grant_id": "G-2", "scope": "summary"})
    desk.publish()
    assert desk.ask("newcomer", COUNTS) == [(1, False, False, False, False)]


@pytest.mark.slow
def test_without_the_files_of_others_the_file_is_the_same(tmp_path: Path) -> None:
    """End to end: the inbox of one contributor and of those who granted, with the ids of the whole one."""
    same = fem("Yes", "4711", surveyid="S-90", finishdate="2025-05-02")
    files = {**HANDED_IN, "aardvark/received-2025-06-01/a.csv": same, "pvh/received-2025-06-02/b.csv": same}
    files["pvh/received-2025-06-03/c.csv"] = same
    whole = Desk(tmp_path / "whole", files).grant(
        {
            "audience": "pvh",
            "instrument": "gap",
            "facility_scheme": "gap_facility",
            "facility_value": "GF-1",
            "assessment": "G-500",
        }
    )
    whole.publish()
    kept = {path: content for path, content in files.items() if path.split("/")[0] in ("pvh", "gap", "levis")}
    del kept["gap/received-2024-08-01/fem.csv"]
    less = Desk(tmp_path / "less", kept)
    # (Which records are one factory may be known from others.)
    (less.out / "decisions").mkdir(parents=True)
    for path in (whole.out / "decisions").glob("*.jsonl"):
        (less.out / "decisions" / path.name).write_bytes(path.read_bytes())
    less.grant(
        {
            "audience": "pvh",
            "instrument": "gap",
            "facility_scheme": "gap_facility",
            "facility_value": "GF-1",
            "assessment": "G-500",
        }
    )
    less.publish()
    found = []
    for desk in (whole, less):
        with duckdb.connect(str(desk.out / "audiences/pvh/pvh.duckdb"), read_only=True) as connection:
            found.append(contents(connection))
    assert "main.finding" in found[0]
    assert [row[6] for row in sorted(found[0]["main.file"], key=lambda row: str(row[2]))].count("duplicate") == 1
    assert not differences(*found)
    one, other = (
        {
            path.relative_to(desk.out / "audiences/pvh"): path.read_bytes()
            for path in sorted((desk.out / "audiences/pvh").rglob("*"))
            if path.is_file() and path.suffix != ".duckdb"
        }
        for desk in (whole, less)
    )
    assert one.keys() == other.keys()
    # (How many blocks DuckDB writes differs from one time to the next.)
    told = [json.loads(files.pop(Path("manifest.json"))) for files in (one, other)]
    assert [manifest["files"].pop("pvh.duckdb") > 0 for manifest in told] == [True, True]
    assert told[0] == told[1]
    assert [path for path in one if one[path] != other[path]] == []


def _held(desk: Desk, word: str) -> list[str]:
    """Files below the output folder of audiences that hold a word."""
    return [
        path.relative_to(desk.out).as_posix()
        for path in sorted((desk.out / "publications").rglob("*"))
        if path.is_file() and word.encode() in path.read_bytes()
    ]


@pytest.mark.slow
def test_what_is_revoked_is_gone_from_disk_and_comes_back_with_its_ids(tmp_path: Path) -> None:
    desk = Desk(tmp_path).grant({}, {"grant_id": "G-2", "audience": "other"})
    first = desk.publish()
    ids = desk.ask("newcomer", "SELECT assessment_id, facility_id FROM assessment")
    assert len(ids) == 1
    assert desk.ask("newcomer", "SELECT assessment_id FROM assessment") != desk.ask(
        "other", "SELECT assessment_id FROM assessment"
    )
    assert desk.publish().publication_id == first.publication_id
    others = {path: path.read_bytes() for path in (desk.out / "audiences/other").resolve().rglob("*") if path.is_file()}
    names = {path.name: content for path, content in others.items()}
    desk.grant(
        {"revoked_on": "2026-06-01"},
        {"grant_id": "G-2", "audience": "other", "revoked_on": "2026-06-01"},
        day="2026-06-01",
    )
    second = desk.publish(only=["newcomer"])
    assert [one.audience for one in second.withdrawn] == ["newcomer"]
    assert desk.ask("newcomer", "SELECT count(*) FROM assessment") == [(0,)]
    assert [path.name for path in (desk.out / "publications").iterdir()] == [second.publication_id]
    assert {
        path.name: path.read_bytes() for path in (desk.out / "audiences/other").resolve().rglob("*") if path.is_file()
    } == names
    assert second.receipt is not None
    receipt = json.loads(second.receipt.read_text(encoding="utf-8"))
    assert [(one["audience"], one["shared_id"]) for one in receipt["withdrawn"]] == [("newcomer", ids[0][0])]
    assert first.publication_id in receipt["removed_here"]
    third = desk.publish()
    assert [one.audience for one in third.withdrawn] == ["other"]
    desk.grant({"grant_id": "G-3"}, day="2026-06-02")
    desk.publish()
    assert desk.ask("newcomer", "SELECT assessment_id, facility_id FROM assessment") == ids


def _go_back(desk: Desk, release: str) -> None:
    history.roll_back(desk.out, release, "s1", "2026-06-30T00:00:00Z", "wrong file")


@pytest.mark.slow
def test_what_was_revoked_since_stays_revoked_on_the_way_back(tmp_path: Path) -> None:
    """Grants are judged by the register that was read last, whatever release is gone back to (domain rule 26)."""
    desk = Desk(tmp_path).grant({}, {"grant_id": "G-2", "audience": "other"})
    desk.publish()
    made = [current_release(desk.out) or ""]
    for day, scope in (("2026-06-01", "answers"), ("2026-06-02", "findings")):
        desk.grant({"revoked_on": day}, {"grant_id": "G-2", "audience": "other", "scope": scope}, day=day)
        made.append(current_release(desk.out) or "")
    shown = "SELECT (SELECT count(*) FROM assessment), (SELECT count(*) > 0 FROM answer)"
    for release in (made[1], made[0]):
        _go_back(desk, release)
        desk.publish()
        assert desk.ask("newcomer", shown) == [(0, False)]
        assert desk.ask("other", "SELECT scope FROM consent_grant") == [("findings",)]
        assert desk.ask("other", shown) == [(1, False)]
    # Without that register nobody could say it.
    folder = desk.out / "releases" / made[2]
    folder.rename(desk.out / "elsewhere")
    with pytest.raises(PublicationError, match="its consent register holds"):
        desk.publish()
    (desk.out / "elsewhere").rename(folder)
    # A run reads it anew, also one that makes what stands.
    (desk.inbox / "consent/received-2026-06-01/grants.csv").unlink()
    (desk.inbox / "consent/received-2026-06-02/grants.csv").unlink()
    run_inbox(desk.inbox, desk.out, desk.project)
    assert current_release(desk.out) == made[0]
    desk.publish()
    assert desk.ask("newcomer", shown) == [(1, True)]


@pytest.mark.slow
def test_what_is_revoked_by_today_opens_nothing_on_an_earlier_day(tmp_path: Path) -> None:
    desk = Desk(tmp_path).grant({"revoked_on": "2026-07-03"})
    for today, shown in ((AS_OF, 1), (date(2026, 7, 2), 1), (date(2026, 7, 3), 0)):
        publish(desk.project, worlds.settings(), desk.out, AS_OF, (), SECRET, revoked_by=today)
        assert desk.ask("newcomer", "SELECT count(*) FROM assessment") == [(shown,)]


@pytest.mark.slow
def test_expiry_acts_at_the_next_publication(tmp_path: Path) -> None:
    desk = Desk(tmp_path).grant({"valid_to": "2026-06-30"})
    assert not desk.publish(AS_OF).withdrawn
    assert len(desk.publish(date(2026, 7, 1)).withdrawn) == 1
    assert desk.ask("newcomer", "SELECT count(*) FROM facility") == [(0,)]


@pytest.mark.slow
def test_a_run_between_publications_changes_no_id(tmp_path: Path) -> None:
    desk = Desk(tmp_path).grant({})
    desk.publish()
    ids = desk.ask("newcomer", "SELECT facility_id, assessment_id FROM assessment")
    run_inbox(desk.inbox, desk.out, desk.project, as_of=date(2026, 7, 1))
    desk.publish()
    assert desk.ask("newcomer", "SELECT facility_id, assessment_id FROM assessment") == ids


WITHHELD = {"status": "VRF", "posted": "FALSE"}
"""It wins by its status over what is not verified, and is not published."""


def _posted(policy: str, amount: str, **changes: str) -> str:
    """A FEM that says whether it is posted."""
    head, row = fem(policy, amount, status="ASC").splitlines()
    return f"{head},posted\n{row},{changes.get('posted', 'TRUE')}\n".replace(
        ",ASC,", f",{changes.get('status', 'ASC')},"
    )


POLICY = "SELECT raw_value FROM answer WHERE question_id = 'emsenvpolicy'"


@pytest.mark.slow
def test_a_foreign_delivery_that_is_not_published_takes_no_own_answer_away(tmp_path: Path) -> None:
    """Of a report that a later delivery of another one holds back, a contributor sees its own rows as it gave them."""
    files = {
        "higg/received-2024-09-01/fem.csv": _posted("Yes", "1000", **WITHHELD),
        "pvh/received-2024-07-01/fem.csv": _posted("No", "2000.5"),
        "gap/received-2024-08-01/fem.csv": _posted("Yes", "3000"),
    }
    desk = Desk(tmp_path / "whole", files).grant({})
    with duckdb.connect(str(desk.out / "current/harmonized.duckdb"), read_only=True) as connection:
        told = connection.execute("SELECT published, copy_count FROM assessment").fetchall()
        assert told == [(False, 3)]
        assert connection.execute("SELECT count(*) FROM answer").fetchall() == [(0,)]
    desk.publish()
    assert desk.ask("pvh", POLICY) == [("No",)]
    assert desk.ask("gap", POLICY) == [("Yes",)]
    assert desk.ask("pvh", "SELECT published FROM assessment") == [(True,)]
    # A grant that reaches what holds the report back opens nothing.
    assert desk.ask("newcomer", "SELECT count(*) FROM assessment") == [(0,)]
    for hand in ("pvh", "gap"):
        less = Desk(tmp_path / hand, {path: text for path, text in files.items() if path.startswith(hand)})
        (less.out / "decisions").mkdir(parents=True)
        for path in (desk.out / "decisions").glob("*.jsonl"):
            (less.out / "decisions" / path.name).write_bytes(path.read_bytes())
        less.grant({})
        less.publish()
        found = []
        for one in (desk, less):
            with duckdb.connect(str(one.out / f"audiences/{hand}/{hand}.duckdb"), read_only=True) as connection:
                found.append(contents(connection))
        assert not differences(*found)


@pytest.mark.slow
def test_what_no_grant_reaches_holds_nothing_back(tmp_path: Path) -> None:
    """A delivery that only likeness links is foreign: the file is as if it were not there."""
    held = {"higg/received-2024-09-01/fem.csv": _posted("Yes", "1000", **WITHHELD)}
    own = {"pvh/received-2024-07-01/fem.csv": _posted("No", "2000.5")}
    newcomer = Audience(name="newcomer", kind="buyer")
    found = []
    for name, files in (("whole", {**held, **own}), ("less", own)):
        desk = Desk(tmp_path / name, files)
        if name == "less":
            # (Which records are one factory may be known from others.)
            shutil.copytree(tmp_path / "whole/out/decisions", desk.out / "decisions")
        desk.grant({})
        database = tmp_path / f"{name}.duckdb"
        shutil.copyfile(desk.out / "current/harmonized.duckdb", database)
        with duckdb.connect(str(database)) as connection:
            assert connection.execute("SELECT published FROM assessment").fetchall() == [(name == "less",)]
            # (As the machine links what states nothing in common.)
            held_records = "(SELECT mention_id FROM facility_mention WHERE contributor = 'higg')"
            connection.execute(
                f"UPDATE compact.sure_record SET sure_group = 'apart' WHERE mention_id IN {held_records};"
                f"DELETE FROM compact.stated_identifier WHERE mention_id IN {held_records}"
            )
        found.append(share(database, [newcomer], tmp_path / f"{name}-shared")["newcomer"])
    # (Of what it answers volumes are withheld, also where nothing that stands asks for them.)
    assert [row[2] for row in found[0]["main.answer"]] == ["emsenvpolicy"]
    assert not differences(*found)


@pytest.mark.slow
def test_an_own_delivery_that_holds_the_report_back_answers_nothing_whoever_published_it(tmp_path: Path) -> None:
    """As the own files alone would: another one's delivery, which wins and is published, opens nothing."""
    files = {
        "higg/received-2024-09-01/fem.csv": _posted("Yes", "1000", status="VRF"),
        "pvh/received-2024-07-01/fem.csv": _posted("No", "2000.5"),
        "pvh/received-2024-07-02/fem.csv": _posted("No", "2000.5", status="VRC", posted="FALSE"),
    }
    desk = Desk(tmp_path, files).grant({})
    desk.publish()
    assert desk.ask("pvh", "SELECT published FROM assessment") == [(False,)]
    assert desk.ask("pvh", "SELECT count(*) FROM answer") == [(0,)]


@pytest.mark.slow
def test_what_is_held_back_is_kept_and_forgotten_as_deliveries_come_and_go(tmp_path: Path) -> None:
    """A run that continues says what a rebuild says; what is published again stands again."""
    held = {"higg/received-2024-09-01/fem.csv": _posted("Yes", "1000", **WITHHELD)}
    own = {"pvh/received-2024-07-01/fem.csv": _posted("No", "2000.5")}
    desk = Desk(tmp_path / "one", own).grant({})
    deliver(desk.inbox, held)
    kept = worlds.contents(run_inbox(desk.inbox, desk.out, desk.project))
    assert len(kept["otherwise said"]) > 0  # type: ignore[arg-type]
    afresh = worlds.contents(run_inbox(desk.inbox, tmp_path / "afresh", desk.project))
    assert kept["otherwise said"] == afresh["otherwise said"]
    assert kept["said otherwise"] == afresh["said otherwise"]
    (desk.inbox / next(iter(held))).unlink()
    again = worlds.contents(run_inbox(desk.inbox, desk.out, desk.project))
    assert again["otherwise said"] == []
    desk.publish()
    assert desk.ask("pvh", POLICY) == [("No",)]
