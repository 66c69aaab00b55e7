"""The record of personal fields: what left, to whom, on which basis, and nobody's name."""

from __future__ import annotations

import json
from datetime import date

from harmonize.sharing.personal_record import PersonalField, personal_records
from tests.sharing.worlds import RULES, withheld, world


def test_it_counts_what_left_by_basis() -> None:
    connection = withheld(
        world(
            [{"audience_no": 1, "audience": "gap"}, {"audience_no": 2, "audience": "nobody"}],
            shared_answer=[
                {"indicator_id": "general.assessment.notes", "value_text": "Mr. John Smith said so"},
                {"indicator_id": "general.assessment.notes", "value_text": "Mr. John Smith said so", "is_own": True},
                {"indicator_id": "general.assessment.interviews", "value_text": "Six workers"},
                {"indicator_id": "environment.water.metrics.water_total", "value_text": "12"},
            ],
            shared_finding=[{"topic_id": "labour.osh", "description": "Exit locked", "responsible": "Mr. Smith"}],
            shared_header=[{"assessor": "SGS"}, {"assessor": "Jane Doe"}],
            shared_mention=[{"country": "VN"}, {"country": "TH"}],
        )
    )
    first, second = personal_records(connection, RULES, date(2026, 6, 30))
    assert list(first.fields) == [
        PersonalField("answer.value_text", "grant", 1, 1),
        PersonalField("answer.value_text", "own contribution", 1, 0),
        PersonalField("assessment.assessor", "grant", 1, 0),
        PersonalField("finding.description", "grant", 1, 0),
        PersonalField("finding.responsible", "grant", 1, 1),
    ]
    assert list(first.laws) == ["VN", "TH", "EU"]
    assert {one.withheld_class for one in first.withheld} == {"personal", "sensitive_text"}
    assert second.fields == []
    assert second.countries == []
    assert "Smith" not in json.dumps(first.as_json())
