"""Write amfori BSCI monitorings as the platform's JSON: a list from one member, a page for each from another.

The points of an area follow from its answers, and the overall grade follows from the grades of the areas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from harmonize.demo.json_documents import JsonDocument, JsonRecord
from harmonize.demo.material import Material
from harmonize.demo.question_visits import QuestionVisit
from harmonize.demo.questionnaires import Questionnaire
from harmonize.demo.spelling import write_factory

__all__ = ["bsci_documents", "overall_grade"]

INSTRUMENT = "amfori_bsci"
LISTED = "harbour/received-2026-03-16/bsci_monitorings.json"
SINGLE = "northline/received-2026-03-23/bsci/monitoring_{key}.json"
WORTH = {"met": 1.0, "partly_met": 0.5, "not_met": 0.0}
BANDS = ((86, "A"), (71, "B"), (51, "C"), (30, "D"), (0, "E"))


def bsci_documents(visits: Sequence[QuestionVisit], material: Material, seed: int) -> list[JsonDocument]:
    """The monitorings of both members; one that both hold is printed alike but for the spelling of the site."""
    own = [visit for visit in visits if visit.instrument == INSTRUMENT]
    listed = tuple(_record(visit, "harbour", material, seed) for visit in own if "harbour" in visit.deliverers)
    documents = [_document("bsci_monitorings", LISTED, "list", listed, material)] if listed else []
    for visit in own:
        if "northline" in visit.deliverers:
            path = SINGLE.format(key=visit.factory.key.lower())
            record = _record(visit, "northline", material, seed)
            documents.append(_document("bsci_monitoring", path, "one", (record,), material))
    return documents


def overall_grade(visit: QuestionVisit, questionnaire: Questionnaire) -> str:
    """The grade by the rules of the scheme: seven areas A and none below B, and so on down to seven areas E."""
    points = area_points(visit, questionnaire)
    areas = Counter(next(grade for least, grade in BANDS if point >= least) for point in points.values())
    below_b = areas["C"] + areas["D"] + areas["E"]
    if areas["A"] >= 7 and not below_b:
        return "A"
    if areas["C"] <= 3 and not areas["D"] + areas["E"]:
        return "B"
    if areas["D"] <= 2 and not areas["E"]:
        return "C"
    return "D" if areas["E"] <= 6 else "E"


def area_points(visit: QuestionVisit, questionnaire: Questionnaire) -> dict[str, int]:
    """Points of every area: the share of its applicable questions that are met, partly met ones counting half."""
    points = {}
    for area in questionnaire.parts:
        questions = [question for part, _, question in questionnaire.items() if part == area]
        worth = [WORTH[visit.states[question]] for question in questions if visit.states[question] in WORTH]
        points[area] = round(100 * sum(worth) / len(worth)) if worth else 100
    return points


def _document(name: str, path: str, shape: str, records: tuple[JsonRecord, ...], material: Material) -> JsonDocument:
    edition = material.questionnaires[INSTRUMENT].edition
    return JsonDocument(name, path, INSTRUMENT, edition, "list" if shape == "list" else "one", records)


def _record(visit: QuestionVisit, member: str, material: Material, seed: int) -> JsonRecord:
    questionnaire = material.questionnaires[INSTRUMENT]
    factory = visit.factory
    written = write_factory(factory, member, material, seed, visit.day)
    points = area_points(visit, questionnaire)
    content = {
        "monitoringId": visit.native_id,
        "siteAmforiId": factory.identifiers.amfori_site,
        "monitoringType": {"key": "FULL_MONITORING"},
        "announcementType": {"key": "SEMI_ANNOUNCED"},
        "startDate": _milliseconds(visit.day),
        "endDate": _milliseconds(visit.day + timedelta(days=1)),
        "externalReference": f"BSCI_{factory.key}",
        "currentState": "CLOSED",
        "site": {
            "name": {"en_GB": written.name},
            "localName": written.name_local,
            "address": written.one_line,
            "country": written.country,
            "latitude": factory.address.latitude,
            "longitude": factory.address.longitude,
        },
        "overallRating": overall_grade(visit, questionnaire),
        "performanceAreas": [
            {
                "number": int(area),
                "label": {"en_GB": f"Performance area {area}"},
                "score": points[area],
                "questions": [
                    _question(visit, question) for part, _, question in questionnaire.items() if part == area
                ],
            }
            for area in questionnaire.parts
        ],
    }
    return JsonRecord(factory.key, visit.key, content, len(visit.states))


def _question(visit: QuestionVisit, question: str) -> dict[str, object]:
    detail = visit.details.get(question)
    text = {"en_GB": detail.text} if detail else None
    return {"number": question, "answer": visit.words[question], "finding": text}


def _milliseconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
