"""The figures of the report, one function each: a chart, its table, and what both say and cannot say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harmonize.insight.report.drawing import bars, matrix
from harmonize.insight.report.markup import Markup, element, joined
from harmonize.insight.report.material import Material
from harmonize.insight.report.tables import Cell, Table, table_markup
from harmonize.insight.report.trends import trend_parts
from harmonize.insight.report.withholding import is_told_alone, told_rows
from harmonize.insight.report.words import Spoken
from harmonize.pictures import number

__all__ = ["FIGURES"]

Row = Mapping[str, Any]
_FOUND = "†"


@dataclass(frozen=True, slots=True)
class Teller:
    """What every figure is told with.

    Attributes:
        issues: causes and cures of every code, in the language.
    """

    material: Material
    spoken: Spoken
    issues: Mapping[str, tuple[str, str]]

    def table(self, table: Table, *, is_folded: bool = False) -> Markup:
        """A table of the report."""
        rules = self.material.rules
        return table_markup(table, self.spoken, rules.printed, rules.shown, is_folded=is_folded)

    def figure(self, name: str, chart: Markup | None) -> Markup:
        """A chart with its title."""
        if chart is None:
            return Markup("")
        return element("figure", element("figcaption", self.spoken(f"{name}_drawn")), chart)

    def told(self, rows: Sequence[Row], size: Callable[[Row], float]) -> list[bool]:
        """Which rows tell of enough owners."""
        return told_rows(rows, self.material.benchmarks, size)

    def words(self, *names: str) -> list[str]:
        """Words as they are."""
        return [self.spoken(name) for name in names]

    def label(self, name: str) -> str:
        """A topic or an indicator."""
        return self.material.label(name, self.spoken.language)


def _countries(teller: Teller) -> Markup:
    rows = teller.material.rows["countries"]
    told = teller.told(rows, lambda row: row["assessments"])
    spoken = teller.spoken
    shown: list[list[Cell]] = [
        [
            spoken.country(row["country"]), row["facilities"],
            *([row["visits"], row["self_assessments"], row["assessments"]] if is_told else []),
        ]
        for row, is_told in zip(rows, told, strict=True)
    ]  # fmt: skip
    drawn = [
        (spoken.country(row["country"]), [row["visits"], row["self_assessments"]])
        for row, is_told in zip(rows, told, strict=True)
        if is_told
    ]
    head = teller.words("country", "factories", "visits", "self_assessments", "assessments")
    chart = bars(spoken("countries_drawn"), drawn, teller.words("visits", "self_assessments")) if drawn else None
    table = Table(spoken("countries_drawn"), head, shown, "v_facility_card, v_visit")
    return joined(teller.figure("countries", chart), teller.table(table))


def _duplication(teller: Teller) -> Markup:
    rows = teller.material.rows["duplication"]
    spoken = teller.spoken
    parts = ("assessments", "copies", "reuploads", "amended")
    told = teller.told(rows, lambda row: row["deliveries"])
    drawn = [
        (row["instrument"], [row[part] for part in parts]) for row, is_told in zip(rows, told, strict=True) if is_told
    ]
    chart = bars(spoken("duplication_drawn"), drawn, teller.words(*parts)) if drawn else None
    table = Table(
        spoken("duplication_drawn"),
        teller.words("instrument", "deliveries", *parts),
        [
            [row["instrument"], row["deliveries"], *(row[part] for part in parts)] if is_told else [row["instrument"]]
            for row, is_told in zip(rows, told, strict=True)
        ],
        "assessment_copy",
    )
    links = Table(
        spoken("links"),
        teller.words("method", "mentions"),
        [[spoken(f"link_{row['link_method']}"), row["mentions"]] for row in teller.material.rows["links"]],
        "facility_mention",
    )
    return joined(teller.figure("duplication", chart), teller.table(table, is_folded=True), teller.table(links))


def _overlap(teller: Teller) -> Markup:
    material, spoken = teller.material, teller.spoken
    if material.overlap is None:
        return element("p", spoken("overlap_left_out", answers=number(material.facts["answers"])))
    rules = material.benchmarks
    pairs = [row for row in material.overlap if is_told_alone(row, rules) and row["share"] is not None]

    def name(row: Row, side: str) -> str:
        mark = f" {_FOUND}" if row[f"{side}_lists_findings_alone"] else ""
        return f"{row[f'{side}_instrument']}{mark}"

    weight: dict[str, int] = {}
    for row in pairs:
        for side in ("earlier", "later"):
            weight[name(row, side)] = weight.get(name(row, side), 0) + row["judged"]
    names = sorted(weight, key=lambda one: (-weight[one], one))[: material.rules.matrix]
    cells = [(name(row, "earlier"), name(row, "later"), row["share"]) for row in pairs]
    chart = matrix(spoken("overlap_drawn"), names, cells, (spoken("earlier"), spoken("later"))) if names else None
    table = Table(
        spoken("overlap_drawn"),
        teller.words("earlier", "later", "factories", "visits", "judged", "directly", "by_implication", "share"),
        [
            [
                name(row, "earlier"), name(row, "later"), row["facilities"], row["visits"], row["judged"],
                row["directly"], row["by_implication"], spoken.percent(row["share"]),
            ]
            for row in pairs
        ],
        "harmonize overlap",
        texts=frozenset({1}),
        printed=8,
    )  # fmt: skip
    return joined(teller.figure("overlap", chart), teller.table(table, is_folded=True))


def _coverage(teller: Teller) -> Markup:
    rows, spoken = teller.material.rows["coverage"], teller.spoken
    chart = bars(
        spoken("coverage_drawn"),
        [(row["instrument"], [row["mapped"], row["stated"] - row["mapped"]]) for row in rows],
        teller.words("mapped", "unmapped"),
    )
    table = Table(
        spoken("coverage_drawn"),
        teller.words("instrument", "answers", "mapped", "unmapped", "share"),
        [
            [
                row["instrument"], row["stated"], row["mapped"], row["stated"] - row["mapped"],
                spoken.percent(row["mapped"] / row["stated"] if row["stated"] else None, 1),
            ]
            for row in rows
        ],
        "reports/coverage.csv, reports/unmapped.csv",
    )  # fmt: skip
    topics = Table(
        spoken("topics"),
        teller.words("topic", "answers", "indicators"),
        [[teller.label(row["topic_id"]), row["stated"], row["indicators"]] for row in teller.material.rows["topics"]],
        "v_answer",
    )
    return joined(teller.figure("coverage", chart), teller.table(table, is_folded=True), teller.table(topics))


def _refusals(teller: Teller) -> Markup:
    rows, spoken = teller.material.rows["contributors"], teller.spoken
    parts = ("refused", "withheld", "to_see")
    names = teller.words("refused", "values_withheld", "to_see")
    noticed = [(row["contributor"], [row[part] for part in parts]) for row in rows if any(row[part] for part in parts)]
    chart = bars(spoken("refusals_drawn"), noticed[: teller.material.rules.printed + 8], names) if noticed else None
    table = Table(
        spoken("refusals_drawn"),
        teller.words("contributor", "files", "refused", "values_withheld", "cells_withheld", "to_see"),
        [
            [row["contributor"], row["files"], row["refused"], row["withheld"], row["cells_withheld"], row["to_see"]]
            for row in rows
        ],
        "reports/issues.csv",
    )
    causes = Table(
        spoken("causes"),
        teller.words("code", "times", "values_withheld", "whose", "cause", "cure"),
        [
            [
                _breakable(row["code"]), row["issues"], row["withheld"],
                "; ".join("\u00a0".join(said.rsplit(" ", 1)) for said in row["contributors"]),
                *teller.issues.get(row["code"], ("", "")),
            ]
            for row in teller.material.rows["causes"]
        ],
        "reports/refused.csv, reports/quarantine.csv, reports/issues.csv",
        texts=frozenset({3, 4, 5}),
        printed=teller.material.rules.causes,
    )  # fmt: skip
    return joined(teller.figure("refusals", chart), teller.table(table, is_folded=True), teller.table(causes))


def _breakable(code: str) -> Markup:
    """A code that may break after its blanks, without another sign in it."""
    first, *rest = code.split("_")
    return joined(first, [joined("_", element("wbr"), part) for part in rest])


def _compliance(teller: Teller) -> Markup:
    material, spoken = teller.material, teller.spoken
    parts = ("open", "closed", "unknown")
    severities = material.rows["severities"]
    told_clusters = {
        row["cluster"]
        for row, is_told in zip(severities, teller.told(severities, lambda row: row["findings"]), strict=True)
        if is_told
    }
    points = material.rows["findings"]
    drawn: list[tuple[str, list[float]]] = []
    lines: list[list[Cell]] = []
    sums: set[int] = set()
    for cluster in [row["cluster"] for row in severities]:
        own = sorted(
            (row for row in points if row["cluster"] == cluster),
            key=lambda row: (row["point"] == cluster, row["point"]),
        )
        told = teller.told(own, lambda row: row["findings"])
        sums.add(len(lines))
        if cluster not in told_clusters:
            lines.append([teller.label(cluster)])
            continue
        summed = {part: sum(row[part] for row in own) for part in ("findings", *parts)}
        lines.append([teller.label(cluster), summed["findings"], *(summed[part] for part in parts), "", ""])
        drawn.append((teller.label(cluster), [summed[part] for part in parts]))
        for row, is_told in zip(own, told, strict=True):
            name = spoken("no_point") if row["point"] == cluster else teller.label(row["point"])
            asked = f"{number(row['not_met'])} / {number(row['asked'])}" if row["asked"] else ""
            lines.append(
                [f"\u2003{name}", row["findings"], *(row[part] for part in parts), row["facilities"], asked]
                if is_told
                else [f"\u2003{name}"]
            )
    names = teller.words("open", "closed", "status_unknown")
    chart = bars(spoken("compliance_drawn"), drawn, names) if drawn else None
    table = Table(
        spoken("compliance_drawn"),
        [*teller.words("point", "findings"), *names, *teller.words("factories", "not_met_asked")],
        lines,
        "finding, v_topic_matrix",
        bold=frozenset(sums),
        is_whole=True,
    )
    weighed = ("critical", "major", "minor", "unknown")
    by_severity = Table(
        spoken("severities"),
        teller.words("cluster", "findings", "critical", "major", "minor", "unweighed"),
        [
            [teller.label(row["cluster"]), row["findings"], *_told_parts(row, weighed, teller)]
            if row["cluster"] in told_clusters
            else [teller.label(row["cluster"])]
            for row in severities
        ],
        "finding",
    )
    note = element("p", spoken("severities_note"), class_="note")
    return joined(teller.figure("compliance", chart), teller.table(by_severity), note, teller.table(table))


def _told_parts(row: Row, parts: Sequence[str], teller: Teller) -> list[Cell]:
    """The parts of a sum, without those that tell of too few owners, and without what these could be reckoned from."""
    told = teller.told([row[f"{part}_owners"] for part in parts], lambda owners: owners["groups"])
    return [row[part] if is_told else teller.spoken("few") for part, is_told in zip(parts, told, strict=True)]


def _trends(teller: Teller) -> Markup:
    chart, table, has_intensities = trend_parts(teller.material, teller.spoken)
    lacking = None if has_intensities else element("p", teller.spoken("no_intensities"), class_="lead")
    return joined([] if lacking is None else lacking, teller.figure("trends", chart), teller.table(table))


def _burden(teller: Teller) -> Markup:
    material, spoken = teller.material, teller.spoken
    rows = material.rows["burden"]
    told = teller.told(rows, lambda row: row["questions"])
    drawn: list[tuple[str, list[float]]] = []
    lines: list[list[Cell]] = []
    for row, is_told in zip(rows, told, strict=True):
        year = spoken("so_far", year=row["year"]) if row["is_running"] else str(row["year"])
        if not is_told:
            lines.append([year])
            continue
        drawn.append((year, [row["questions"] - row["again"], row["again"]]))
        share = row["before"] / row["judged"] if row["judged"] and row["before"] is not None else None
        is_enough = is_told_alone(row["compared_owners"], material.benchmarks)
        changes = [row["compared"], _signed(row["visits_change"]), _signed(row["questions_change"])]
        lines.append(
            [
                year, row["facilities"], row["deliveries"], row["assessments"], row["visits"], row["questions"],
                row["again"], spoken.percent(share), *(changes if is_enough else ["", "", ""]),
            ]
        )  # fmt: skip
    chart = bars(spoken("burden_drawn"), drawn, teller.words("asked_once", "again")) if drawn else None
    head = teller.words(
        "year", "factories", "deliveries", "assessments", "visits", "questions", "again", "before", "compared",
        "visits_change", "questions_change",
    )  # fmt: skip
    return joined(
        teller.figure("burden", chart),
        teller.table(Table(spoken("burden_drawn"), head, lines, "v_burden", is_whole=True)),
    )


def _signed(change: int | None) -> str:
    return "" if change is None else f"+{number(change)}" if change > 0 else f"−{number(-change)}" if change else "0"


FIGURES: Mapping[str, tuple[Callable[[Teller], Markup], str]] = {
    "countries": (_countries, "countries: facility, assessment (v_visit)"),
    "duplication": (_duplication, "duplication, links: assessment_copy, facility_mention"),
    "overlap": (_overlap, "harmonize overlap -o FILE (instruments)"),
    "coverage": (_coverage, "coverage, topics: v_answer, finding, crosswalk"),
    "refusals": (_refusals, "contributors, causes: file, issue, quarantine"),
    "compliance": (_compliance, "findings, severities: finding, v_topic_matrix"),
    "trends": (_trends, "trends: v_metric_trend"),
    "burden": (_burden, "burden: v_burden"),
}
"""By name: what makes a figure, and the queries and tables that it comes from."""
