"""The lint complains, with the place, whenever a row breaks a rule; the files refuse what the engine would ignore."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.lint import Complaint, lint
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


def _write(folder: Path, mapped: Sequence[dict[str, str]], rules: Sequence[dict[str, str]]) -> Edition:
    home = folder / "lantern"
    home.mkdir()
    sssom, rule_file = home / "one.sssom.tsv", home / "one.rules.tsv"
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


def test_mapped_and_denied_at_once(complaints: Lint) -> None:
    (complaint,) = complaints({}, {}, {"modifier": "Not"})
    assert "denied" in complaint.message


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
