"""Write down what a person decided: a Cambodian declaration prints no address, so that no score may place it.

Decisions are an input of the run like the inbox; they name records by the keys that a re-export keeps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from harmonize.demo.happenings import Happenings
from harmonize.demo.material import Material
from harmonize.demo.question_visits import QuestionVisit
from harmonize.demo.spelling import write_factory
from harmonize.ledgers import append_lines, read_lines
from harmonize.values.geography import spelling_key

__all__ = ["stewards_decisions", "write_decisions"]

LEDGER = Path("decisions") / "facility_decisions.jsonl"
STEWARD, DECIDED_ON = "demo-steward", "2026-06-01"
REASON = "Looked up in the register of the ministry."


def stewards_decisions(world: Happenings, material: Material, seed: int) -> list[dict[str, str]]:
    """For every declaration whose name and province no other has: it is the factory of a record with an identifier."""
    own = [visit for visit in world.questionnaires if visit.instrument == "kh_self_declaration"]
    keys = {visit.key: _declaration_key(visit, material, seed) for visit in own}
    times = Counter(keys.values())
    return [
        {
            "key_a": keys[visit.key],
            "key_b": known,
            "verdict": "same",
            "by": STEWARD,
            "at": DECIDED_ON,
            "why": REASON,
        }
        for visit in own
        for known in list(_identified_records(visit, world))[:1]
        if times[keys[visit.key]] == 1
    ]


def write_decisions(out: Path, decisions: list[dict[str, str]]) -> None:
    """Append to the ledger below `out` what is not in it yet; what a person added there stays."""
    known = read_lines(out / LEDGER)
    append_lines(out / LEDGER, [decision for decision in decisions if decision not in known])


def _declaration_key(visit: QuestionVisit, material: Material, seed: int) -> str:
    written = write_factory(visit.factory, "mlvt", material, seed, visit.day)
    return f"{spelling_key(written.name)}|{spelling_key(written.province)}|kh"


def _identified_records(visit: QuestionVisit, world: Happenings) -> Iterator[str]:
    """Keys of records of the same factory that print an identifier of the site."""
    factory, identifiers = visit.factory, visit.factory.identifiers
    if any(cycle.factory is factory for cycle in world.better_work):
        yield f"bfc|bw_factory:{identifiers.bw_factory}"
    if any(assessment.factory is factory and assessment.edition == "fem2023" for assessment in world.fem):
        yield f"higg|higg_id:{identifiers.higg_id}"
    programmes = {audit.programme for audit in world.audits if audit.factory is factory}
    for programme, scheme, value in (
        ("pvh", "pvh_factory", identifiers.pvh_factory),
        ("gap", "gap_facility", identifiers.gap_facility),
        ("nike", "nike_factory", identifiers.nike_factory),
        ("adidas", "adidas_factory", identifiers.adidas_factory),
        ("wrap", "wrap_facility", identifiers.wrap_facility),
    ):
        if programme in programmes:
            yield f"{programme}|{scheme}:{value}"
