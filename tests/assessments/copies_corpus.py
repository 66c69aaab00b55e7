"""A hostile inbox with its truth: reports handed in by several contributors, in several formats and spellings.

Every file holds one delivery. Two deliveries are one report where their truth has one key. Beside the copies stands
what looks like one and is none: the next cycle with nearly the same answers, a follow-up that lists the same findings, a verified
assessment that confirms every answer, numbers that are used again or follow each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tests.sources.delivering import better_work, envelope, gap, page, table
from tests.sources.workbooks import build

__all__ = ["Corpus", "hostile_corpus"]

CAF_QUESTIONS = [
    *(f"fp-bs-{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18)),
    *(f"fp-ed-{n}" for n in (10, 11, 12, 13)),
    *(f"wh-{n}" for n in range(1, 25)),
    *(f"hs-{n}" for n in range(40, 60)),
]
FEM_QUESTIONS = [
    "emsenvpolicy",
    "emspermitstatus",
    "aircompliance",
    "airleakage",
    "chemtraining",
    "chemsds",
    "wstsegregatestreams",
]
FEM_AMOUNTS = ["ensourceelectricpurch", "ensourcenaturalgas", "watsourcemunicipal", "watsourceground"]
TEXTS = (
    "Fire exit on the second floor was blocked by cartons",
    "Overtime above sixty hours a week in peak months",
    "No record of the annual leave of nine workers",
    "Chemical drums stood without secondary containment",
    "First aid boxes lacked bandages in the cutting hall",
    "Wage slips do not show the allowance for seniority",
    "The evacuation drill of the night shift was not held",
    "Machine guards were missing on four snap machines",
    "Health checks of the boiler operators had lapsed",
    "The grievance box is in view of a camera",
    "Young workers were given shifts that end after ten",
    "The canteen has no valid certificate of food safety",
)


@dataclass(slots=True)
class Corpus:
    """An inbox and what is true of it.

    Attributes:
        report: path to the key of the report that it delivers.
        verified: key of a verified report to that of the self-assessment that it verifies.
        followed: key of a follow-up to that of what it follows.
        visits: keys of reports of one visit under several instruments.
        unsayable: paths of which only a person can say whose copy they are.
    """

    rng: Random
    files: dict[str, str | bytes] = field(default_factory=dict)
    report: dict[str, str] = field(default_factory=dict)
    verified: dict[str, str] = field(default_factory=dict)
    followed: dict[str, str] = field(default_factory=dict)
    unsayable: set[str] = field(default_factory=set)

    def add(self, contributor: str, name: str, key: str, content: str | bytes, received: date | None = None) -> str:
        folder = f"received-{received.isoformat()}/" if received else ""
        path = f"{contributor}/{folder}{name}"
        self.files[path], self.report[path] = content, key
        return path


@dataclass(frozen=True, slots=True)
class Site:
    number: int
    name: str
    address: str
    country: str
    os_id: str
    tax_code: str

    def spelled(self, rng: Random) -> str:
        return rng.choice(
            [self.name, self.name.upper(), self.name.replace("Co., Ltd", "Company Limited"), f"{self.name} "]
        )


_SYLLABLES = (
    "Bao",
    "Cam",
    "Dai",
    "Gia",
    "Hoa",
    "Khang",
    "Lam",
    "Minh",
    "Nghi",
    "Phu",
    "Quang",
    "Sa",
    "Tam",
    "Uyen",
    "Vinh",
    "Xuan",
)


def _site(number: int, rng: Random) -> Site:
    words = rng.sample(_SYLLABLES, 3)
    name = f"{' '.join(words)} {number:02d} Garment Co., Ltd"
    address = f"{rng.randint(1, 400)} {' '.join(rng.sample(_SYLLABLES, 2))} Road, Bien Hoa, Dong Nai"
    return Site(number, name, address, "Vietnam", "", f"{rng.randint(10**9, 10**10 - 1)}")


def hostile_corpus(sites: int, seed: int) -> Corpus:
    """An inbox of so many factories."""
    rng = Random(seed)
    corpus = Corpus(rng)
    makers: Sequence[Callable[[Corpus, Site, Random], None]] = (
        _caf,
        _fem,
        _smeta6,
        _smeta7,
        _bsci,
        _gap,
        _wrap,
        _vietnam,
        _ersa,
        _better_work,
        _pvh,
    )
    for number in range(sites):
        site = _site(number, rng)
        for maker in makers:
            maker(corpus, site, rng)
    return corpus


def _day(rng: Random, first: date = date(2025, 1, 10), days: int = 200) -> date:
    return first + timedelta(days=rng.randrange(days))


# --- SLCP CAF -------------------------------------------------------------------------------------------------------


def _caf_answers(site: Site, rng: Random) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "fp-bi-1": site.name,
        "fp-bas-1": site.address.split(",")[0],
        "fp-bas-2": "Bien Hoa",
        "fp-bas-3": "Dong Nai",
        "fp-bi-7": site.country,
        "fp-ed-2": rng.randint(150, 4000),
    }
    for question in CAF_QUESTIONS:
        kind = rng.random()
        if kind < 0.15:
            answers[question] = rng.randint(100, 90_000)
        elif kind < 0.25:
            answers[question] = rng.choice(TEXTS)
        else:
            answers[question] = rng.choice(["Yes", "Yes", "Yes", "No"])
    return answers


def _changed(answers: Mapping[str, Any], share: float, rng: Random) -> dict[str, Any]:
    """The same with some answers changed, as a year later or by an amendment."""
    said = dict(answers)
    for question in rng.sample(
        sorted(set(said) - {"fp-bi-1", "fp-bi-7", "fp-bas-1", "fp-bas-2", "fp-bas-3"}), round(share * len(said))
    ):
        old = said[question]
        said[question] = (
            rng.randint(100, 90_000)
            if isinstance(old, int)
            else {"Yes": "No", "No": "Yes"}.get(old, "Something else was written")
        )
    return said


def _caf_json(key: str, status: str, answers: Mapping[str, Any], posted: date, site: Site, **changes: Any) -> str:
    selection = "Accurate" if status == "VRF" else ""
    nodes = {
        q: {"value": a, "corrected": None, "selection": selection, "flag": False, "data": "", "legal": ""}
        for q, a in answers.items()
    }
    history = {"ASC": posted.strftime("%Y/%m/%d"), status: posted.strftime("%Y/%m/%d")}
    return page(
        envelope(
            id=key,
            status=status,
            statusHistory=history,
            version="fslm",
            cafVersion=changes.pop("edition", "1.7"),
            accountId=f"acc-{site.number}",
            accountName=changes.pop("name", site.name),
            questions=nodes,
            location={"address": site.address},
            lastUpdated=int(datetime(posted.year, posted.month, posted.day, tzinfo=UTC).timestamp()),
            **changes,
        )
    )


def _caf_workbook(answers: Mapping[str, Any], *, verified: bool, rng: Random) -> bytes:
    header = [
        "Key",
        "Number",
        "Section",
        "Sub-Section",
        "Category",
        "Main Text",
        "Master Type",
        "Response",
        "Corrected Response",
        "Verification Selection",
        "Verifier Comments",
        "Legal Non-Compliance",
    ]
    rows: list[list[Any]] = [header]
    for question, answer in answers.items():
        cell: Any = answer
        if isinstance(answer, int) and rng.random() < 0.5:
            cell = f"{answer:,}" if answer > 999 else str(answer)
        rows.append(
            [
                question.upper() if rng.random() < 0.3 else question,
                "1",
                "",
                "",
                "",
                "",
                "Question",
                cell,
                None,
                "Accurate" if verified else None,
                None,
                None,
            ]
        )
    return build({"Main Survey Actual": rows})


def _caf(corpus: Corpus, site: Site, rng: Random) -> None:
    answers = _caf_answers(site, rng)
    submitted = _day(rng)
    onsite = submitted + timedelta(days=rng.randint(20, 70))
    dates = {"fp-bi-22": submitted.strftime("%Y/%m/%d"), "vd-e4": onsite.strftime("%Y/%m/%d")}
    key, name = f"caf-{site.number}-1", f"caf_{site.number}"
    full = {**answers, **dates}
    corpus.add("pvh", f"{name}.json", key, _caf_json(key, "VRF", full, onsite, site), onsite + timedelta(days=30))
    how = rng.choice(["same", "same", "posted", "undated", "typed", "other edition", "amended"])
    said: dict[str, Any] = dict(full)
    if how == "posted":
        del said["vd-e4"]
    elif how == "undated":
        said = dict(answers)
    elif how == "typed":
        said["vd-e4"] = (onsite + timedelta(days=rng.choice([-2, 1, 3]))).strftime("%Y/%m/%d")
    elif how == "amended":
        said = {**_changed(answers, 0.04, rng), **dates}
    elif how == "other edition":
        corpus.add("levis", f"{name}_16.json", key, _caf_json(key, "VRF", full, onsite, site, edition="1.6"))
    said["fp-bi-1"] = site.spelled(rng)
    corpus.add("gap", f"{name}_{how.replace(' ', '_')}.xlsx", key, _caf_workbook(said, verified=True, rng=rng))
    if rng.random() < 0.4:
        corpus.add(
            "hm",
            f"{name}.json",
            key,
            _caf_json(key, "ASC", {**answers, "fp-bi-22": dates["fp-bi-22"]}, submitted, site),
        )
    if rng.random() < 0.7:
        # The next year, answered as before but for one in eight.
        later = onsite + timedelta(days=rng.randint(330, 400))
        again = {
            **_changed(answers, 0.12, rng),
            "fp-bi-22": (later - timedelta(days=40)).strftime("%Y/%m/%d"),
            "vd-e4": later.strftime("%Y/%m/%d"),
        }
        other = f"caf-{site.number}-2"
        if rng.random() < 0.5:
            corpus.add("pvh", f"{name}_next.json", other, _caf_json(other, "VRF", again, later, site))
        corpus.add("gap", f"{name}_next.xlsx", other, _caf_workbook(again, verified=True, rng=rng))


# --- Higg FEM -------------------------------------------------------------------------------------------------------


def _fem(corpus: Corpus, site: Site, rng: Random) -> None:
    amounts = {f"{name}quant": str(rng.randint(1000, 900_000)) for name in FEM_AMOUNTS}
    units = {f"{name}unit": "kWh" if name.startswith("en") else "m3" for name in FEM_AMOUNTS}
    words = {name: rng.choice(["Yes", "Yes", "No"]) for name in FEM_QUESTIONS}
    posted = _day(rng, date(2024, 4, 1), 90)
    number = f"{site.number:02d}{rng.randint(100000, 999999)}"
    own, verified = f"fem-{site.number}-self", f"fem-{site.number}-verified"
    self_id, verified_id = f"00{number}1", f"00{number}8"
    head = {
        "surveyid": self_id,
        "groupname": site.name,
        "groupid": f"acc-{site.number}",
        "finishdate": posted.isoformat(),
    }
    questions = [*words, *amounts, *units]

    def row(**changes: str) -> str:
        said = {**head, **words, **amounts, **units, **changes}
        return table(
            [
                list({**_WIDE_HEAD, **dict.fromkeys(questions, "")}),
                list({**_WIDE_HEAD, **dict.fromkeys(questions, ""), **said}.values()),
            ]
        )

    corpus.add("higg", f"fem_{site.number}.csv", own, row())
    if rng.random() < 0.6:
        # A spreadsheet took the zeros away.
        corpus.add("pvh", f"fem_{site.number}_excel.csv", own, row(surveyid=f"{number}1"))
    nodes = {**{q: {"value": a} for q, a in {**words, **amounts, **units}.items()}}
    corpus.add(
        "gap",
        f"fem_{site.number}.json",
        own,
        page(
            envelope(
                id=self_id,
                accountId=f"acc-{site.number}",
                accountName=site.spelled(rng),
                status="ASC",
                statusHistory={"ASC": posted.strftime("%Y/%m/%d")},
                version="fem2023",
                questions=nodes,
            )
        ),
    )
    # The verifier confirms all of it.
    checked = posted + timedelta(days=rng.choice([0, 40, 80]))
    if rng.random() < 0.5:
        corpus.add(
            "higg",
            f"vfem_{site.number}.csv",
            verified,
            row(surveyid=verified_id, status="VRF", related_rfi_answer=self_id, finishdate=checked.isoformat()),
        )
    else:
        corpus.add(
            "higg",
            f"vfem_{site.number}.json",
            verified,
            page(
                envelope(
                    id=verified_id,
                    accountId=f"acc-{site.number}",
                    accountName=site.name,
                    status="VRF",
                    statusHistory={"VRF": checked.strftime("%Y/%m/%d")},
                    version="fem2023",
                    questions=nodes,
                )
            ),
        )
    corpus.verified[verified] = own
    if rng.random() < 0.5:
        corpus.add(
            "higg",
            f"fem_{site.number}_next.csv",
            f"fem-{site.number}-next",
            row(surveyid=f"00{number}2", version="fem2024", finishdate=(posted + timedelta(days=365)).isoformat()),
        )


_WIDE_HEAD = {
    "surveyid": "",
    "version": "fem2023",
    "status": "ASC",
    "groupname": "",
    "groupid": "",
    "sitecountry": "Vietnam",
    "finishdate": "",
    "related_rfi_answer": "",
}


# --- SMETA, ERSA, BSCI ------------------------------------------------------------------------------------------------


def _findings(rng: Random, fewest: int = 3) -> list[tuple[str, str]]:
    return [
        (f"{rng.randint(1, 9)}.{rng.randint(1, 9)}", f"{text} ({rng.randint(2, 40)} seen)")
        for text in rng.sample(TEXTS, rng.randint(fewest, 7))
    ]


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


def _smeta6(corpus: Corpus, site: Site, rng: Random) -> None:
    findings, day = _findings(rng), _day(rng)
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
        next_year = [*findings[: len(findings) // 2 + 1], *_findings(rng, 2)[:2]]
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


def _smeta7(corpus: Corpus, site: Site, rng: Random) -> None:
    day = _day(rng, date(2026, 1, 5), 100)
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
        for no, (_, text) in enumerate(_findings(rng), 1)
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


def _bsci(corpus: Corpus, site: Site, rng: Random) -> None:
    day = _day(rng)
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


def _ersa(corpus: Corpus, site: Site, rng: Random) -> None:
    day = _day(rng)
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


# --- brands, WRAP, Better Work, government ---


def _gap(corpus: Corpus, site: Site, rng: Random) -> None:
    day, findings = _day(rng), _findings(rng)
    number = f"G-{site.number:04d}"

    def visit(visit_id: str, when: date, kind: str, found: Sequence[tuple[str, str]], status: str = "Open") -> str:
        return gap(
            *(
                {
                    "FacilityID": f"GF-{site.number}",
                    "FacilityName": site.name,
                    "StreetAddress": site.address.split(",")[0],
                    "VisitID": visit_id,
                    "VisitType": kind,
                    "VisitDate": when.strftime("%m/%d/%Y"),
                    "FindingText": text,
                    "CAPStatus": status,
                }
                for _, text in found
            )
        )

    key = f"gap-{site.number}-1"
    corpus.add("gap", f"gap_{site.number}.csv", key, visit(number, day, "Full", findings), day + timedelta(days=10))
    corpus.add(
        "gap",
        f"gap_{site.number}_later.csv",
        key,
        visit(number, day, "Full", findings, "Closed"),
        day + timedelta(days=90),
    )
    corpus.add(
        "levis",
        f"gap_{site.number}.csv",
        key,
        visit(rng.choice([number, number.lower(), number.replace("-", " ")]), day, "Full", findings),
    )
    if rng.random() < 0.5:
        # The number is used again a year later, or for the follow-up.
        again = f"gap-{site.number}-2"
        if rng.random() < 0.5:
            corpus.add(
                "gap",
                f"gap_{site.number}_again.csv",
                again,
                visit(number, day + timedelta(days=rng.randint(200, 400)), "Full", _findings(rng)),
            )
        else:
            corpus.add(
                "gap",
                f"gap_{site.number}_again.csv",
                again,
                visit(number, day + timedelta(days=rng.randint(30, 80)), "Follow-up", findings, "Closed"),
            )
            corpus.followed[again] = key


def _wrap(corpus: Corpus, site: Site, rng: Random) -> None:
    day, findings = _day(rng), _findings(rng, 4)

    def audit(when: date, found: Sequence[tuple[str, str]]) -> str:
        header = [
            "Facility ID",
            "Facility",
            "Address",
            "Country",
            "Audit Date",
            "Level",
            "Principle",
            "Class",
            "Finding",
            "Corrective Action",
            "Due",
        ]
        return table(
            [
                header,
                *(
                    [
                        f"W-{site.number}",
                        site.spelled(rng),
                        site.address,
                        site.country,
                        when.strftime("%d/%m/%Y"),
                        "Gold",
                        clause.split(".")[0],
                        "Major",
                        text,
                        "",
                        "",
                    ]
                    for clause, text in found
                ),
            ]
        )

    key = f"wrap-{site.number}-1"
    corpus.add("pvh", f"wrap_{site.number}.csv", key, audit(day, findings))
    corpus.add(
        "gap",
        f"wrap_{site.number}.csv",
        key,
        audit(
            day + timedelta(days=rng.choice([0, 0, 1, 2])),
            rng.choice([findings, findings[::-1]]) if rng.random() < 0.5 else findings,
        ),
    )
    if rng.random() < 0.7:
        corpus.add(
            "pvh",
            f"wrap_{site.number}_next.csv",
            f"wrap-{site.number}-2",
            audit(day + timedelta(days=rng.randint(330, 380)), findings),
        )


def _vietnam(corpus: Corpus, site: Site, rng: Random) -> None:
    day = _day(rng)
    notes = {no: rng.choice(TEXTS) for no in rng.sample(range(1, 40), 5)}

    def form(when: str, *, as_workbook: bool) -> str | bytes:
        rows: list[list[str]] = [
            ["Tên doanh nghiệp", site.name],
            ["Mã số thuế", site.tax_code],
            ["Địa chỉ", site.address],
            ["Tỉnh/Thành phố", "Đồng Nai"],
            ["Ngày tự kiểm tra", when],
            [],
            ["STT", "Nội dung", "Câu hỏi", "Kết quả", "Ghi chú", "Biện pháp khắc phục", "Thời hạn"],
        ]
        rows += [
            [str(no), "Lao động", "Câu của dự án", "Không" if no in notes else "Có", notes.get(no, ""), "", ""]
            for no in range(1, 40)
        ]
        return (
            build({"Phieu": [[cell or None for cell in row] for row in rows]})
            if as_workbook
            else table([[*row, *[""] * (7 - len(row))] for row in rows])
        )

    key = f"vn-{site.number}-1"
    corpus.add("molisa", f"phieu_{site.number}.csv", key, form(day.strftime("%d/%m/%Y"), as_workbook=False))
    corpus.add(
        "gap",
        f"phieu_{site.number}.xlsx",
        key,
        form(f"ngày {day.day} tháng {day.month} năm {day.year}", as_workbook=True),
    )
    if rng.random() < 0.7:
        # Next year's form was copied from this one.
        corpus.add(
            "molisa",
            f"phieu_{site.number}_next.csv",
            f"vn-{site.number}-2",
            form((day + timedelta(days=rng.randint(340, 380))).strftime("%d/%m/%Y"), as_workbook=False),
        )


def _better_work(corpus: Corpus, site: Site, rng: Random) -> None:
    day = _day(rng)
    findings = {4000 + no: rng.choice("0001") for no in range(1, 25)}

    def export(number: str, when: date, cycle: str, said: Mapping[int, str]) -> str:
        return better_work(
            *(
                {
                    "Quest.ID": number,
                    "Assesment.Start.Date": when.strftime("%d/%m/%Y"),
                    "Cycle": cycle,
                    "Factory.Assessed.ID": f"BW-{site.number}",
                    "Factory.Assessed.Name": site.name,
                    "Question.ID": str(question),
                    "Finding": finding,
                }
                for question, finding in said.items()
            )
        )

    number = f"9{site.number:05d}"
    key = f"bw-{site.number}-1"
    corpus.add("better-work-vietnam", f"bw_{site.number}.csv", key, export(number, day, "3", findings))
    corpus.add("gap", f"bw_{site.number}.csv", key, export(rng.choice([number, f"0{number}"]), day, "3", findings))
    header = [
        "Factory Name",
        "Factory Type",
        "Country",
        "Assessment Date",
        "Assessment Method",
        "Cycle",
        "Issue",
        "In Compliance",
    ]
    corpus.add(
        "better-work-vietnam",
        f"bw_{site.number}_public.csv",
        key,
        table(
            [
                header,
                *(
                    [site.name, "Garment", site.country, day.strftime("%d/%m/%Y"), "On-site", "Cycle 3", issue, "Yes"]
                    for issue in ("Fire exits", "Minimum wage")
                ),
            ]
        ),
    )
    # The next cycle answers as the last one did.
    corpus.add(
        "better-work-vietnam",
        f"bw_{site.number}_next.csv",
        f"bw-{site.number}-2",
        export(f"8{site.number:05d}", day + timedelta(days=rng.randint(280, 380)), "4", findings),
    )


def _pvh(corpus: Corpus, site: Site, rng: Random) -> None:
    day, findings = _day(rng), _findings(rng)

    def workbook(number: str, when: date, kind: str) -> bytes:
        header = [
            "Assessment ID",
            "PVH Factory ID",
            "Factory Name",
            "Address",
            "City",
            "Province",
            "Country",
            "Assessment Type",
            "Assessment Date",
            "Rating",
        ]
        rows = [
            [
                number,
                f"PF-{site.number}",
                site.name,
                site.address.split(",")[0],
                "Bien Hoa",
                "Dong Nai",
                site.country,
                kind,
                when.strftime("%d-%b-%Y"),
                "Yellow",
            ]
        ]
        columns = ["Assessment ID", "Finding No", "Code Element", "Finding Class", "Description"]
        return build(
            {
                "Assessments": [header, *rows],
                "Findings": [
                    columns,
                    *([number, str(no), "Wages", "Major", text] for no, (_, text) in enumerate(findings, 1)),
                ],
            }
        )

    key = f"pvh-{site.number}-1"
    number = f"P{site.number:03d}1"
    corpus.add("pvh", f"pvh_{site.number}.xlsx", key, workbook(number, day, "Full"))
    corpus.add("gap", f"pvh_{site.number}.xlsx", key, workbook(number, day, "Full"), day + timedelta(days=60))
    if rng.random() < 0.6:
        follow = f"pvh-{site.number}-2"
        corpus.add(
            "pvh",
            f"pvh_{site.number}_follow.xlsx",
            follow,
            workbook(f"P{site.number:03d}2", day + timedelta(days=rng.randint(20, 90)), "Follow-up"),
        )
        corpus.followed[follow] = key
