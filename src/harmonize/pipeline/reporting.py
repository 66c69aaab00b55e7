"""The report of a release in every language, from a finished release and what the project's folders say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from harmonize.assessments.burden_rules import load_burden_rules
from harmonize.assessments.overlap import Window, overlap_of
from harmonize.identity.sampling_rules import SamplingRules
from harmonize.insight.needs.rules import load_benchmark_rules
from harmonize.insight.report.material import Material, gather
from harmonize.insight.report.page import file_name, report_page
from harmonize.insight.report.words import load_report_rules, load_report_words
from harmonize.project import Project
from harmonize.spoken_words import LANGUAGES
from harmonize.yaml_text import read_yaml

__all__ = ["report_pages", "write_report"]


def report_pages(
    connection: duckdb.DuckDBPyConnection,
    database: Path,
    project: Project,
    linkage: Mapping[str, Any],
    languages: Sequence[str] = LANGUAGES,
    *,
    is_run: bool = False,
) -> dict[str, str]:
    """The pages by the names of their files; the same release and folders make the same bytes.

    Args:
        connection: its default database is the release.
        database: the DuckDB file of the release.
        linkage: what the manifest says of the accuracy of the links.
        is_run: it is part of a run, which leaves out what would cost more than it adds (`overlap_answers`).

    Raises:
        ConfigurationError: words or rules are not whole, or there is no such language.
        duckdb.Error: it is no release of this version.
    """
    words = load_report_words(project.find("schemas/report_words.yml"))
    spoken = [words.spoken(language) for language in languages]
    catalogue = read_yaml(project.find("schemas/issues.yml"))
    material = _material(connection, database, project, linkage, is_run=is_run)
    return {
        file_name(one.language): report_page(
            material,
            one,
            {entry["code"]: (entry["cause"][one.language], entry["cure"][one.language]) for entry in catalogue},
        )
        for one in spoken
    }


def write_report(
    connection: duckdb.DuckDBPyConnection, database: Path, project: Project, linkage: Mapping[str, Any]
) -> None:
    """Write the pages into the folder of a release that is being made, beside its DuckDB file; see `report_pages`."""
    for name, page in report_pages(connection, database, project, linkage, is_run=True).items():
        (database.parent / name).write_text(page, encoding="utf-8", newline="\n")


def _material(
    connection: duckdb.DuckDBPyConnection, database: Path, project: Project, linkage: Mapping[str, Any], *, is_run: bool
) -> Material:
    rules = load_report_rules(project.find("schemas/report.yml"))
    burden = load_burden_rules(project.find("schemas/burden.yml"))
    ((answers,),) = connection.execute("SELECT coalesce(sum(answers), 0) FROM compact.stored_assessment").fetchall()
    pairs = None
    if not is_run or answers <= rules.overlap_answers:
        with overlap_of(database, burden, Window(None, None, burden.answered_within_months)) as overlap:
            factories = {(row["earlier"], row["later"]): row for row in overlap.rows("instrument_factories")}
            pairs = [{**row, **factories[row["earlier"], row["later"]]} for row in overlap.rows("instruments")]
    return gather(
        connection,
        rules,
        load_benchmark_rules(project.find("schemas/benchmarks.yml")),
        pairs,
        linkage,
        burden.answered_within_months,
        SamplingRules.from_folder(project.find("schemas/identity/sampling.yml").parents[1]).confidence,
    )
