"""The lint complains, with the place, whenever a row breaks a rule; the files refuse what the engine would ignore."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harmonize.crosswalk.broader import Broader
from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.lint import Complaint, concerning, lint
from harmonize.crosswalk.mapping import Edition, load_edition
from harmonize.crosswalk.scales import Scale, load_scales
from harmonize.errors import ConfigurationError
from harmonize.project import Project
from harmonize.values.units import UnitTable
from tests.pipeline.worlds import ROOT

HEADER = """#curie_map:
#  lantern: https://w3id.org/harmonize/question/lantern/
#mapping_set_id: https://w3id.org/harmonize/mapping/lantern/one
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tconfidence\tauthor_id\treviewer_id\tmapping_date
"""
RULE_HEADER = (
    "question\tscale\tpolarity\tunit\tlevel\tgroup\tcondition\tbasis\tthreshold\tstatus\tvalid_from\tvalid_to\treason\t"
    "example_answer\texample_state\n"
)
MAPPED = {
    "subject": "lantern:1", "predicate": "skos:exactMatch", "modifier": "", "object": "hz:{compliance}",
    "justification": "semapv:ManualMappingCuration", "confidence": "0.9", "author": "hzp:founders", "reviewer": "",
    "date": "2026-11-21",
}  # fmt: skip
RULES = {
    "question": "1", "scale": "yes_partial_no", "polarity": "positive", "unit": "", "level": "", "group": "",
    "condition": "", "basis": "buyer_code", "threshold": "", "status": "approved", "valid_from": "", "valid_to": "",
    "reason": "", "example_answer": "Yes", "example_state": "met",
}  # fmt: skip

Lint = Callable[..., Sequence[Complaint]]


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(Project((ROOT,), ROOT))


@pytest.fixture(scope="module")
def scales() -> dict[str, Scale]:
    return dict(load_scales(ROOT / "schemas/scales.yml"))


@pytest.fixture(scope="module")
def units() -> frozenset[str]:
    return frozenset(unit.unit for unit in UnitTable.from_file(ROOT / "schemas/units.yml").spellings.values())


@pytest.fixture(scope="module")
def indicators(language: Language) -> dict[str, str]:
    """One indicator of each kind."""
    return {entry.kind: name for name, entry in sorted(language.indicators.items(), reverse=True)}


def _write(
    folder: Path, mapped: Sequence[dict[str, str]], rules: Sequence[dict[str, str]], name: str = "one"
) -> Edition:
    home = folder / "lantern"
    home.mkdir(exist_ok=True)
    sssom, rule_file = home / f"{name}.sssom.tsv", home / f"{name}.rules.tsv"
    sssom.write_text(HEADER + "".join("\t".join(row.values()) + "\n" for row in mapped), encoding="utf-8")
    rule_file.write_text(RULE_HEADER + "".join("\t".join(row.values()) + "\n" for row in rules), encoding="utf-8")
    return load_edition(sssom, rule_file)


@pytest.fixture
def complaints(
    tmp_path: Path, language: Language, scales: dict[str, Scale], units: frozenset[str], indicators: dict[str, str]
) -> Lint:
    def judge(
        mapped: dict[str, str] | None = None, rules: dict[str, str] | None = None, *more: dict[str, str]
    ) -> list[Complaint]:
        rows = [{**MAPPED, **(mapped or {})}, *({**MAPPED, **row} for row in more)]
        named = [{**row, "object": row["object"].format_map(indicators)} for row in rows]
        return lint([_write(tmp_path, named, [{**RULES, **(rules or {})}])], language, scales, units)

    return judge


def test_a_right_row_is_clean(complaints: Lint) -> None:
    assert complaints() == []


@pytest.mark.parametrize(
    ("mapped", "rules", "said"),
    [
        pytest.param({"object": "sssom:NoTermFound"}, {}, "without a reason", id="ignored in silence"),
        pytest.param({"object": "hz:labour.nowhere"}, {}, "does not exist", id="unknown indicator"),
        pytest.param({"confidence": "1.4"}, {}, "between 0 and 1", id="confidence"),
        pytest.param({}, {"status": "maybe"}, "status", id="status"),
        pytest.param({}, {"status": ""}, "status", id="no status"),
        pytest.param({}, {"polarity": "upwards"}, "polarity", id="polarity"),
        pytest.param({}, {"polarity": ""}, "polarity", id="no polarity"),
        pytest.param({}, {"basis": ""}, "basis", id="no basis"),
        pytest.param({}, {"basis": "habit"}, "basis", id="unknown basis"),
        pytest.param({"object": "hz:{practice}"}, {}, "has no basis", id="basis of a practice"),
        pytest.param({}, {"condition": "if any"}, "condition", id="condition"),
        pytest.param({}, {"condition": "step=1"}, "condition", id="another key"),
        pytest.param({}, {"condition": "country="}, "condition", id="no country"),
        pytest.param({}, {"condition": "country=Vietnam"}, "condition", id="name of a country"),
        pytest.param({}, {"condition": "country=vn"}, "condition", id="small letters"),
        pytest.param({}, {"condition": "country=VN,KH"}, "condition", id="comma"),
        pytest.param({}, {"condition": "country=VN|UK"}, "condition", id="no ISO code"),
        pytest.param({}, {"group": "a"}, "group", id="group"),
        pytest.param({}, {"unit": "MJ"}, "has a unit", id="unit of a compliance question"),
        pytest.param({"object": "hz:{quantity}"}, {"basis": "", "unit": "furlong"}, "furlong", id="unknown unit"),
        pytest.param({}, {"scale": "thumbs"}, "thumbs", id="unknown scale"),
        pytest.param({}, {"scale": ""}, "scale", id="no scale"),
        pytest.param({}, {"example_answer": ""}, "no example", id="no example"),
        pytest.param({}, {"example_state": "not_met"}, "gives met", id="wrong example"),
        pytest.param({}, {"polarity": "negative"}, "gives not_met", id="polarity swaps"),
        pytest.param({}, {"example_answer": "Perhaps"}, "unknown_answer", id="unknown answer"),
        pytest.param({}, {"valid_from": "1.1.2026"}, "valid_from", id="date"),
        pytest.param({}, {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "valid_to", id="dates in reverse"),
        pytest.param({}, {"status": "retired"}, "when it ended", id="retired without a day"),
        pytest.param({"confidence": "high"}, {}, "confidence", id="confidence is no number"),
        pytest.param({"justification": ""}, {}, "justification", id="no justification"),
        pytest.param({"author": "Jane Doe"}, {}, "author", id="author is no CURIE"),
        pytest.param({"date": "21.11.2026"}, {}, "mapping_date", id="mapping date"),
        pytest.param({}, {"reason": "because"}, "reason", id="reason of a mapped question"),
        pytest.param({}, {"level": "nine"}, "level", id="level"),
        pytest.param({"object": "labour.without.prefix"}, {}, "labour.without.prefix", id="no prefix"),
    ],
)
def test_a_row_that_breaks_a_rule_is_complained_about(
    mapped: dict[str, str], rules: dict[str, str], said: str, complaints: Lint
) -> None:
    try:
        found = [f"{complaint.place} {complaint.message}" for complaint in complaints(mapped, rules)]
    except ConfigurationError as problem:
        found = [str(problem)]
    assert found, "no complaint"
    assert any(said in text for text in found), found
    assert all("one." in text for text in found)


@pytest.mark.parametrize("condition", ["country=VN", "country=VN|KH|GB"])
def test_a_condition_names_countries(condition: str, complaints: Lint) -> None:
    assert complaints({}, {"condition": condition}) == []


def test_mapped_and_denied_at_once(complaints: Lint) -> None:
    (complaint,) = complaints({}, {}, {"modifier": "Not"})
    assert "denies" in complaint.message
    assert [step.split(": ")[:2] for step in complaint.path] == [["lantern/one.sssom.tsv", "1"]] * 2


@pytest.mark.parametrize("predicate", ["skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"])
def test_another_predicate_may_be_denied(predicate: str, complaints: Lint) -> None:
    assert complaints({}, {}, {"modifier": "Not", "predicate": predicate}) == []


@pytest.mark.parametrize(
    ("target", "modifier"), [("hz:labour.nowhere", "Not"), ("lantern:2", ""), ("gap:nothing", "Not")]
)
def test_a_row_beside_the_mapping_is_about_something(target: str, modifier: str, complaints: Lint) -> None:
    (complaint,) = complaints({}, {}, {"predicate": "skos:closeMatch", "object": target, "modifier": modifier})
    assert target in complaint.message


@pytest.fixture
def of_two_editions(
    tmp_path: Path, language: Language, scales: dict[str, Scale], units: frozenset[str], indicators: dict[str, str]
) -> Lint:
    """Judges one question that two editions map, the later one as told."""

    def judge(
        mapped: dict[str, str] | None = None, rules: dict[str, str] | None = None, until: str = ""
    ) -> list[Complaint]:
        first, later = (
            {name: text.format_map(indicators) for name, text in {**MAPPED, **row}.items()}
            for row in ({}, mapped or {})
        )
        editions = [
            _write(tmp_path, [first], [{**RULES, "valid_to": until}]),
            _write(tmp_path, [later], [{**RULES, **(rules or {})}], "two"),
        ]
        return lint(editions, language, scales, units)

    return judge


@pytest.mark.parametrize(
    ("later", "rules", "said"),
    [
        pytest.param({"modifier": "Not"}, {"reason": "not this"}, "denies", id="denied"),
        pytest.param({}, {"polarity": "negative", "example_state": "not_met"}, "not met by another", id="polarity"),
        pytest.param({"object": "hz:{practice}"}, {"basis": ""}, "make one of the two", id="two indicators"),
        pytest.param({"predicate": "skos:broadMatch"}, {}, "broader than itself", id="cycle"),
    ],
)
def test_two_editions_that_contradict_each_other_are_shown_row_by_row(
    later: dict[str, str], rules: dict[str, str], said: str, of_two_editions: Lint
) -> None:
    (complaint,) = of_two_editions(later, rules)
    assert said in complaint.message
    assert {step.split(": ")[0] for step in complaint.path} == {"lantern/one.sssom.tsv", "lantern/two.sssom.tsv"}
    assert complaint.path[-1].startswith(complaint.place)


def test_a_complaint_concerns_every_question_on_its_path(tmp_path: Path) -> None:
    one = _write(tmp_path, [MAPPED], [RULES])
    through = Complaint("gap/covc.sssom.tsv: I.A", "", "", ["gap/covc.sssom.tsv: I.A: said", f"{ONE}: 1: said"])
    complaints = [through, Complaint(f"{ONE}: 1", "", ""), Complaint(f"{ONE}: 11", "", "", [f"{ONE}: 11: said"])]
    assert concerning(complaints, one, ["1"]) == complaints[:2]


ONE = "lantern/one.sssom.tsv"
TURNED = {"polarity": "negative", "example_state": "not_met"}


def test_a_retired_row_contradicts_nothing(of_two_editions: Lint) -> None:
    assert of_two_editions({}, {**TURNED, "status": "retired", "valid_to": "2030-01-01"}) == []


@pytest.mark.parametrize(("begin", "count"), [("2025-01-01", 0), ("2024-12-31", 1)])
def test_a_question_may_change_its_meaning_from_a_day_on(begin: str, count: int, of_two_editions: Lint) -> None:
    assert len(of_two_editions({}, {**TURNED, "valid_from": begin}, "2024-12-31")) == count


def test_topics_that_stand_above_themselves_are_shown(
    language: Language, scales: dict[str, Scale], units: frozenset[str]
) -> None:
    top, below = "labour.osh", "labour.osh.chemicals"
    turned = replace(language, topics={**language.topics, top: replace(language.topics[top], parent_id=below)})
    (complaint,) = lint([], turned, scales, units)
    assert complaint.path == [
        f"topics/labour.yml: {top} has the parent {below}",
        f"topics/labour.yml: {below} has the parent {top}",
    ]


def test_indicators_that_are_broader_than_themselves_are_shown(
    language: Language, scales: dict[str, Scale], units: frozenset[str]
) -> None:
    start, act = "labour.discrimination.race_and_origin.pay", "labour.discrimination.pay"
    turned = replace(language, broader=[*language.broader, Broader(act, start, "language/broader.tsv: here")])
    (complaint,) = lint([], turned, scales, units)
    assert complaint.path == [
        f"language/broader.tsv: {start}: hz:{start} is narrower than hz:{act}",
        f"language/broader.tsv: here: hz:{act} is narrower than hz:{start}",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("management.plan.labour_policy", "management.code_implementation.overall", id="two kinds"),
        pytest.param("general.workforce.men", "general.facility.workers", id="quantities"),
    ],
)
def test_only_verdicts_of_one_kind_follow_from_one_another(
    one: str, other: str, language: Language, scales: dict[str, Scale], units: frozenset[str]
) -> None:
    (complaint,) = lint([], replace(language, broader=[Broader(one, other, "here")]), scales, units)
    assert (complaint.place, "not both" in complaint.message) == ("here", True)


def test_a_not_row_alone_never_maps(tmp_path: Path, indicators: dict[str, str]) -> None:
    row = {**MAPPED, "modifier": "Not", "object": f"hz:{indicators['compliance']}"}
    edition = _write(tmp_path, [row], [{**RULES, "reason": "Looked at and denied"}])
    assert edition.entries["1"].indicator_id is None


@pytest.mark.parametrize(
    ("sssom", "rules", "said"),
    [
        pytest.param([MAPPED, MAPPED], [RULES], "mapped twice", id="two mappings"),
        pytest.param([MAPPED], [RULES, RULES], "stands twice", id="two rules rows"),
        pytest.param([MAPPED], [], "no rules row", id="no rules row"),
        pytest.param([{**MAPPED, "predicate": "owl:sameAs"}], [RULES], "owl:sameAs", id="predicate"),
        pytest.param([{**MAPPED, "subject": "gap:1"}], [RULES], "gap:1", id="foreign subject"),
        pytest.param([{**MAPPED, "date": "2026\t"}], [RULES], "cells", id="too many cells"),
        pytest.param([{**MAPPED, "modifier": "Perhaps"}], [RULES], "Perhaps", id="modifier"),
    ],
)
def test_files_that_do_not_fit_together_are_refused(
    sssom: list[dict[str, str]], rules: list[dict[str, str]], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=said) as wrong:
        _write(tmp_path, sssom, rules)
    assert "one." in str(wrong.value)


@pytest.mark.parametrize(("name", "header"), [("one.sssom.tsv", HEADER), ("one.rules.tsv", RULE_HEADER)])
def test_a_column_that_the_engine_would_ignore_is_an_error(name: str, header: str, tmp_path: Path) -> None:
    _write(tmp_path, [MAPPED], [RULES])
    path = tmp_path / "lantern" / name
    rows = path.read_text(encoding="utf-8").removeprefix(header).splitlines()
    extended = header.rstrip("\n") + "\tweight\n" + "".join(f"{row}\t1\n" for row in rows)
    path.write_text(extended, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="weight"):
        load_edition(tmp_path / "lantern/one.sssom.tsv", tmp_path / "lantern/one.rules.tsv")


def test_a_question_in_the_rules_alone_is_ignored_without_a_reason(complaints: Lint) -> None:
    (complaint,) = complaints(
        {"subject": "lantern:1", "object": "sssom:NoTermFound"}, {"scale": "", "example_answer": ""}
    )
    assert complaint.cure
    assert complaint.place == "lantern/one.rules.tsv: 1"
