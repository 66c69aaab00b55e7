"""Law 9: one more brand is one folder under mappings/ of a project; its export runs from inbox to findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from harmonize.errors import ConfigurationError
from harmonize.project import Project
from tests.pipeline.worlds import Release, alone, deliver, run_inbox
from tests.sources.test_new_brand import EXPORT, PROFILE

SSSOM = """#curie_map:
#  lantern: https://w3id.org/harmonize/question/lantern/
#  hz: https://w3id.org/harmonize/indicator/
#  hzp: https://w3id.org/harmonize/person/
#  semapv: https://w3id.org/semapv/vocab/
#  skos: http://www.w3.org/2004/02/skos/core#
#  sssom: https://w3id.org/sssom/
#mapping_set_id: https://w3id.org/harmonize/mapping/lantern/lantern1
#mapping_set_version: '2026-11-21'
#license: https://www.apache.org/licenses/LICENSE-2.0
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tconfidence\tauthor_id\treviewer_id\tmapping_date
lantern:4.2\tskos:exactMatch\t\thz:{indicator}\tsemapv:ManualMappingCuration\t0.9\thzp:founders\t\t2026-11-21
lantern:5.1\tskos:exactMatch\t\tsssom:NoTermFound\tsemapv:ManualMappingCuration\t\thzp:founders\t\t2026-11-21
"""
RULES = (
    "question\tscale\tpolarity\tunit\tlevel\tgroup\tcondition\tbasis\tthreshold\tstatus\tvalid_from\tvalid_to\treason\t"
    "example_answer\texample_state\n"
    "4.2\tfinding\tpositive\t\t\t\t\tbuyer_code\t\tapproved\t\t\t\tfinding\tnot_met\n"
    "5.1\t\t\t\t\t\t\t\t\tapproved\t\t\tNot a matter of this language yet\t\t\n"
)


@pytest.fixture(scope="module")
def indicator() -> str:
    from harmonize.crosswalk.language import load_language

    found = sorted(i for i, entry in load_language(alone()).indicators.items() if entry.kind == "compliance")
    return found[0]


def _project(folder: Path, indicator: str) -> Project:
    deliver(
        folder / "mappings/lantern",
        {
            "source.yml": PROFILE.replace("edition: lantern1", "edition: lantern1\neditions: {lantern1: lantern1}"),
            "lantern1.sssom.tsv": SSSOM.replace("{indicator}", indicator),
            "lantern1.rules.tsv": RULES,
        },
    )
    return Project.locate(folder)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, indicator: str) -> Release:
    folder = tmp_path_factory.mktemp("brand")
    inbox = deliver(folder / "data/inbox", {"lantern/audits.csv": EXPORT})
    return run_inbox(inbox, folder / "data", _project(folder, indicator))


def test_the_export_is_recognised(release: Release) -> None:
    assert release.query("SELECT instrument, edition, layout FROM file") == [("lantern", "lantern1", "audits")]


def test_the_findings_have_meaning(release: Release, indicator: str) -> None:
    found = release.query("SELECT clause_raw, indicator_id, mapping_id FROM finding ORDER BY 1")
    assert found == [("4.2", indicator, "lantern:lantern1:4.2"), ("5.1", None, None)]


def test_an_ignored_clause_is_not_reported_as_unmapped(release: Release) -> None:
    assert release.query("SELECT value FROM issue WHERE code = 'unmapped_code'") == []


def test_its_factories_and_identifiers_are_there(release: Release) -> None:
    assert release.query("SELECT value FROM facility_identifier WHERE scheme = 'lantern_site' ORDER BY 1") == [
        ("W-1",),
        ("W-2",),
    ]
    assert release.one("SELECT count(*) FROM facility") == 2


def test_its_crosswalk_and_rights_are_published(release: Release) -> None:
    assert release.one("SELECT count(*) FROM crosswalk WHERE instrument = 'lantern'") == 2
    assert release.one("SELECT who_may_grant FROM instrument_rights WHERE instrument = 'lantern'") == "nobody"


def test_ledger_and_stage_lie_in_the_project(release: Release) -> None:
    data = release.result.folder.parents[1]
    assert (data / "decisions/facility_ids.jsonl").exists()
    assert list((data / "stage").rglob("staged.json"))


def test_a_crosswalk_without_rules_is_refused_with_the_file_that_lacks(tmp_path: Path, indicator: str) -> None:
    project = _project(tmp_path, indicator)
    (tmp_path / "mappings/lantern/lantern1.rules.tsv").unlink()
    inbox = deliver(tmp_path / "inbox", {"lantern/audits.csv": EXPORT})
    with pytest.raises(ConfigurationError, match=r"lantern1\.rules\.tsv"):
        run_inbox(inbox, tmp_path / "out", project)
