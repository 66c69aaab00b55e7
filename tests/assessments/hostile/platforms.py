"""SLCP CAF and Higg FEM, as JSON, CSV and workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tests.assessments.hostile.corpus import TEXTS, Corpus, Site, day_of
from tests.sources.delivering import envelope, page, table
from tests.sources.workbooks import build

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


def caf(corpus: Corpus, site: Site, rng: Random) -> None:
    answers = _caf_answers(site, rng)
    submitted = day_of(rng)
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


def fem(corpus: Corpus, site: Site, rng: Random) -> None:
    amounts = {f"{name}quant": str(rng.randint(1000, 900_000)) for name in FEM_AMOUNTS}
    units = {f"{name}unit": "kWh" if name.startswith("en") else "m3" for name in FEM_AMOUNTS}
    words = {name: rng.choice(["Yes", "Yes", "No"]) for name in FEM_QUESTIONS}
    posted = day_of(rng, date(2024, 4, 1), 90)
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
