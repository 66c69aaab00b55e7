"""Brands, WRAP, Better Work and the Vietnamese form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from tests.assessments.hostile.corpus import TEXTS, Corpus, Site, day_of, findings_of
from tests.sources.delivering import better_work, gap, table
from tests.sources.workbooks import build


def gap_visits(corpus: Corpus, site: Site, rng: Random) -> None:
    day, findings = day_of(rng), findings_of(rng)
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
                visit(number, day + timedelta(days=rng.randint(200, 400)), "Full", findings_of(rng)),
            )
        else:
            corpus.add(
                "gap",
                f"gap_{site.number}_again.csv",
                again,
                visit(number, day + timedelta(days=rng.randint(30, 80)), "Follow-up", findings, "Closed"),
            )
            corpus.followed[again] = key


def wrap(corpus: Corpus, site: Site, rng: Random) -> None:
    day, findings = day_of(rng), findings_of(rng, 4)

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


def vietnam(corpus: Corpus, site: Site, rng: Random) -> None:
    day = day_of(rng)
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


def better_work_cycles(corpus: Corpus, site: Site, rng: Random) -> None:
    day = day_of(rng)
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


def pvh(corpus: Corpus, site: Site, rng: Random) -> None:
    day, findings = day_of(rng), findings_of(rng)

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
