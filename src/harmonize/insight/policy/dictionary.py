"""What stands in the extracts, in words: the README beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from harmonize.insight.policy.rules import PolicyRules

__all__ = ["extracts_readme"]

_TITLES = {
    "non_compliance": "Non-compliance by compliance point, country, year, province and size class",
    "fem_practices": "Adoption of Higg FEM practices by year, process and country",
    "working_time": "Overtime and working time by indicator, country, year, province and size class",
    "best_in_class": "Best in class, by the published rule",
    "lender": "What factories granted to this lender, fact by fact",
}
_COLUMNS = {
    "compliance_point": "Topic of the common language.",
    "indicator_id": "Indicator of the common language.",
    "label": "Its name in English.",
    "country": "ISO 3166-1 alpha-2. In fem_practices empty: several together.",
    "year": "Year of the evidence (for FEM the reporting year). Empty: several together.",
    "province": "As in force today. Empty: several together.",
    "size_class": "Workers. Empty: several together.",
    "process": "What the factories do, from what they state. Empty: several together.",
    "edition": "Edition of the instrument; figures of two editions are not one series.",
    "n": "Factories, each counted once a year.",
    "owner_groups": "Owner groups that they belong to.",
    "asked": "Indicators that were asked and answered with met, partly met or not met, over all factories.",
    "not_met": "Of these, answered with not met.",
    "partly_met": "Of these, answered with partly met.",
    "share_not_met": "not_met / asked.",
    "adopted": "Factories whose answer is met.",
    "partly_adopted": "Factories whose answer is partly met.",
    "share_adopted": "adopted / n.",
    "mean": "Mean of the values as stated, one per factory, rounded.",
    "unit": "Unit of value or mean.",
    "method": "How it was counted.",
    "legal_break": "Laws on the matter that came into force since the year before: the two years are not comparable.",
    "series_break": "True where this edition is the first year after another one.",
    "told_on": "When this row was told first. It stays as it was; what arrived later stands in rows of its own.",
    "facility_id": "Id of the factory for this audience.",
    "name": "Its name.",
    "met": "Indicators that are met.",
    "share_met": "met / asked.",
    "last_evidence": "Day of the latest evidence.",
    "compared_with": "Factories of its process and country that were judged.",
    "rule": "Version of the rule.",
    "rule_published_at": "Where the rule stands.",
    "contest_at": "Whom to write to.",
    "contest_until": "Until when.",
    "part": "energy, water, emissions, permit, open critical or data quality.",
    "what": "Indicator, or what of the data's quality.",
    "value": "Quantity, count or share.",
    "state": "What was answered, or the severity of a finding.",
    "verification": "How the answer was verified.",
    "instrument": "Which instrument says so.",
    "assessment_id": "In the share of this audience.",
    "day": "Day of the evidence.",
    "remark": "Edition, due date or value as printed.",
}


def extracts_readme(
    tables: Mapping[str, pa.Table], off: Mapping[str, str], rules: PolicyRules, ending: Sequence[str]
) -> str:
    """Markdown.

    Args:
        tables: by name, those that were written.
        off: by name, why it was not.
        ending: endings of the files; none where they are tables of the DuckDB file, in the schema `extract`.
    """
    lines = [
        "# Extracts",
        "",
        "Counted from the rows of this audience's own share alone.",
        "",
        f"No row tells of fewer than {rules.least_groups} owner groups, nor where one of them holds more than "
        f"{rules.most_of_one_group:.0%} of the factories or of what was asked. Rows never overlap, in this "
        "publication or between two: add them up; no difference of two rows tells of a part of one. Cells that are too "
        "small stand together "
        "(the column is empty) or are left out; there are no totals beside them. A year is told once it is over for "
        f"{rules.closed_after_months} months. Rows go where a grant of a factory in them ends.",
    ]
    for name, table in tables.items():
        files = ", ".join(f"`{name}.{one}`" for one in ending) or f"`extract.{name}` in the DuckDB file"
        lines += [
            "",
            f"## {_TITLES[name]}",
            "",
            f"{files}: {table.num_rows} rows.",
            "",
            "| column | meaning |",
            "| --- | --- |",
        ]
        lines += [f"| `{column}` | {_COLUMNS[column]} |" for column in table.schema.names]
    for name, why in off.items():
        lines += ["", f"## {_TITLES[name]}", "", f"Not written: {why}."]
    return "\n".join([*lines, ""])
