"""Audits of Sedex, amfori and ELEVATE."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tests.assessments.hostile.corpus import TEXTS, Corpus, Site, day_of, findings_of
from tests.sources.workbooks import build


def _capr(
    site: Site,
    day: str,
    findings: Sequence[tuple[str, str]],
    rng: Random,
    kind: str | None,
    reference: str | None,
    status: str = "Open",
    assessor: str = "Cotecna",
) -> bytes:
    details = [
        ["Site name", site.spelled(rng)],
        ["Site address", site.address],
        ["Country", site.country],
        ["Sedex Site Reference", f"ZS4{site.number:08d}"],
        ["Date of Audit", day],
        ["Audit Company", assessor],
    ]
    details += [["Audit type", kind]] if kind else []
    details += [["Audit reference", reference]] if reference else []
    header = ["Non-Compliance Number", "Details of Non-Compliance", "Timescale", "Status", "Clause"]
    rows = [
        [str(no), text, "60", status if no % 2 else "Open", clause] for no, (clause, text) in enumerate(findings, 1)
    ]
    return build({"Audit Details": details, "CAPR": [header, *rows]})


def _long(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def smeta6(corpus: Corpus, site: Site, rng: Random) -> None:
    findings, day = findings_of(rng), day_of(rng)
    key, follow, name = f"smeta-{site.number}-1", f"smeta-{site.number}-2", f"smeta_{site.number}"
    reference = rng.choice([None, f"ZAA4{site.number:08d}"])
    corpus.add(
        "northline",
        f"{name}.xlsx",
        key,
        _capr(site, _long(day), findings, rng, "Full Initial Audit", reference),
        day + timedelta(days=20),
    )
    how = rng.choice(["same", "no type", "end day", "other words", "undated", "amended", "week"])
    kind: str | None = "Full Initial Audit"
    shown, said, status = _long(day), findings, "Open"
    if how == "no type":
        kind = None
    elif how == "end day":
        shown = _long(day + timedelta(days=rng.choice([1, 2])))
    elif how == "other words":
        kind = "Initial"
    elif how == "undated":
        shown = "31 June 2025"
    elif how == "week":
        shown = _long(day + timedelta(days=rng.randint(5, 12)))
    elif how == "amended":
        said, status = findings[:-1] if len(findings) > 4 else findings, "Closed"
    path = corpus.add(
        "harbour", f"{name}_{how.replace(' ', '_')}.xlsx", key, _capr(site, shown, said, rng, kind, None, status)
    )
    if how == "undated":
        corpus.unsayable.add(path)
    # The follow-up lists what was found before, some of it closed; its type is not always printed.
    if rng.random() < 0.7:
        when = day + timedelta(days=rng.randint(20, 120))
        printed = rng.choice(["Follow-up", "Partial follow up audit", None])
        number = None if reference is None else f"ZAA5{site.number:08d}"
        corpus.add(
            "northline",
            f"{name}_follow.xlsx",
            follow,
            _capr(site, _long(when), findings, rng, printed, number, "Closed"),
        )
        corpus.add(
            "harbour", f"{name}_follow.xlsx", follow, _capr(site, _long(when), findings, rng, printed, None, "Closed")
        )
        if printed:
            corpus.followed[follow] = key
    if rng.random() < 0.6:
        # The next cycle finds most of it again.
        next_year = [*findings[: len(findings) // 2 + 1], *findings_of(rng, 2)[:2]]
        later = day + timedelta(days=rng.randint(300, 400))
        corpus.add(
            "northline",
            f"{name}_next.xlsx",
            f"smeta-{site.number}-3",
            _capr(site, _long(later), next_year, rng, "Periodic", None),
        )
        corpus.add(
            "harbour",
            f"{name}_next.xlsx",
            f"smeta-{site.number}-3",
            _capr(site, _long(later), next_year, rng, "Periodic", None),
        )


def smeta7(corpus: Corpus, site: Site, rng: Random) -> None:
    day = day_of(rng, date(2026, 1, 5), 100)
    number = f"ZAA6{site.number:08d}"
    findings = [
        {
            "id": f"ZAF6{site.number:05d}{no:02d}",
            "codeArea": "3",
            "requirement": "3.H",
            "title": f"{no} - ours",
            "type": "NC",
            "status": "Open*",
            "description": text,
        }
        for no, (_, text) in enumerate(findings_of(rng), 1)
    ]

    def audit(reference: str, start: date, kind: str) -> str:
        return json.dumps(
            {
                "audit": {
                    "reference": reference,
                    "type": kind,
                    "startDate": start.isoformat(),
                    "auditCompany": "Cotecna",
                },
                "site": {
                    "reference": f"ZS4{site.number:08d}",
                    "name": site.spelled(rng),
                    "address": site.address,
                    "country": site.country,
                },
                "company": {"reference": "ZC1", "name": "Group"},
                "findings": findings,
            }
        )

    key = f"smeta7-{site.number}-1"
    corpus.add("levis", f"smeta7_{site.number}.json", key, audit(number, day, "Periodic"))
    corpus.add(
        "harbour",
        f"smeta7_{site.number}.json",
        key,
        audit(rng.choice([number, number.lower(), f"{number[:3]}-{number[3:]}"]), day, "Periodic"),
    )
    if rng.random() < 0.5:
        later = day + timedelta(days=rng.randint(20, 60))
        corpus.add(
            "levis",
            f"smeta7_{site.number}_follow.json",
            f"smeta7-{site.number}-2",
            audit(f"ZAA7{site.number:08d}", later, "Follow-up"),
        )
        corpus.followed[f"smeta7-{site.number}-2"] = key


def bsci(corpus: Corpus, site: Site, rng: Random) -> None:
    day = day_of(rng)
    answers = [rng.choice(["YES", "YES", "YES", "PARTIALLY", "NO"]) for _ in range(30)]

    def monitoring(number: str, start: date, kind: str) -> str:
        areas = [
            {
                "number": area,
                "label": {"en_GB": "Area"},
                "score": 80,
                "questions": [
                    {
                        "number": f"{area}.{no}",
                        "answer": answers[(area * 3 + no) % 30],
                        "finding": {"en_GB": rng.choice(TEXTS)},
                    }
                    for no in (1, 2, 3)
                ],
            }
            for area in range(1, 11)
        ]
        return json.dumps(
            {
                "monitoringId": number,
                "siteAmforiId": f"704-{site.number:06d}-001",
                "monitoringType": {"key": kind},
                "announcementType": {"key": "ANNOUNCED"},
                "startDate": int(datetime(start.year, start.month, start.day, 4, tzinfo=UTC).timestamp() * 1000),
                "externalReference": "",
                "currentState": "CLOSED",
                "site": {"name": {"en_GB": site.spelled(rng)}, "address": site.address, "country": site.country},
                "overallRating": "B",
                "performanceAreas": areas,
            }
        )

    key = f"bsci-{site.number}-1"
    stem = f"25-{site.number:07d}"
    corpus.add("northline", f"bsci_{site.number}.json", key, monitoring(f"{stem}-1", day, "FULL_MONITORING"))
    corpus.add(
        "harbour",
        f"bsci_{site.number}.json",
        key,
        monitoring(f"{stem}-1", day, "FULL_MONITORING"),
        day + timedelta(days=50),
    )
    if rng.random() < 0.6:
        # The same answers three weeks later under the next number.
        corpus.add(
            "northline",
            f"bsci_{site.number}_follow.json",
            f"bsci-{site.number}-2",
            monitoring(f"{stem}-2", day + timedelta(days=rng.randint(10, 90)), "FOLLOW_UP_MONITORING"),
        )
        corpus.followed[f"bsci-{site.number}-2"] = key


def ersa(corpus: Corpus, site: Site, rng: Random) -> None:
    day = day_of(rng)
    said = [
        (f"Hours of Work/{no}", rng.choice(["Yes", "Yes", "No"]), rng.choice(TEXTS) if rng.random() < 0.4 else None)
        for no in range(1, 12)
    ]

    def workbook(
        when: date, kind: str | None, number: str | None, answers: Sequence[tuple[str, str, str | None]]
    ) -> bytes:
        overview: list[list[Any]] = [
            ["Facility Name", site.spelled(rng)],
            ["Facility Address", site.address],
            ["Country", site.country],
            ["Assessment Date", when.isoformat()],
        ]
        overview += [["Assessment Type", kind]] if kind else []
        overview += [["Report No", number]] if number else []
        header = [
            "Provision",
            "Sub-provision",
            "Question No",
            "Question",
            "Answer",
            "Rating",
            "Finding",
            "Local Law",
            "Recommendation",
            "Timeline",
        ]
        rows = [
            ["Hours of Work", "", question, "ours", answer, "Major" if answer == "No" else None, text, None, None, None]
            for question, answer, text in answers
        ]
        return build({"Overview": overview, "Results": [header, *rows]})

    key = f"ersa-{site.number}-1"
    number = rng.choice([None, f"ER-{site.number}77"])
    corpus.add("levis", f"ersa_{site.number}.xlsx", key, workbook(day, "Full", number, said))
    corpus.add(
        "gap",
        f"ersa_{site.number}.xlsx",
        key,
        workbook(day + timedelta(days=rng.choice([0, 0, 1])), rng.choice(["Full", None]), None, said),
        day + timedelta(days=40),
    )
    if rng.random() < 0.5:
        later = day + timedelta(days=rng.randint(25, 100))
        corpus.add(
            "levis",
            f"ersa_{site.number}_follow.xlsx",
            f"ersa-{site.number}-2",
            workbook(later, "Follow-up", None, said),
        )
        corpus.followed[f"ersa-{site.number}-2"] = key
