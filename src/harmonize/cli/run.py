"""`harmonize run`: an inbox of exports becomes a release."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.json_log import JsonLog
from harmonize.cli.output import say
from harmonize.collection import without_collector
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.pipeline import RunResult

__all__ = ["AsOf", "run_command", "today"]


def today() -> date:
    """The day of today, UTC."""
    return datetime.now(tz=UTC).date()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write yyyy-mm-dd.") from None


AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="The day of judgement; default today."),
]


def run_command(
    pipeline: Annotated[str, typer.Argument(help="A pipeline under pipelines/, or a YAML file.")] = "default",
    inbox: Annotated[Path | None, typer.Option(help="Folder with one folder per contributor.")] = None,
    out: Annotated[
        Path, typer.Option(help="Folder that holds the releases; the ledger stays in the project's data/.")
    ] = Path("data"),
    as_of: AsOf = None,
    source: Annotated[str | None, typer.Option(help="Read every file as this source.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, and nothing else.")] = False,
) -> None:
    """Read an inbox of exports and publish one DuckDB file, parquet extracts and reports.

    Exit code 0: clean. 1: published, and something was refused, withheld or needs a look. 2: refused.
    """
    begin = time.perf_counter()
    if as_json:
        with JsonLog() as log:
            result = _publish(pipeline, inbox, out, as_of, source, log)
            log.finished(result)
    else:
        result = _publish(pipeline, inbox, out, as_of, source, None)
        summarise(result, out, time.perf_counter() - begin)
    if result.has_issues:
        raise typer.Exit(1)


def _publish(
    pipeline: str, inbox: Path | None, out: Path, as_of: date | None, source: str | None, log: JsonLog | None
) -> RunResult:
    """Run the pipeline, watched by the log or else by a progress bar."""
    with without_collector():
        from harmonize.cli.observers import JsonObserver, TerminalObserver
        from harmonize.pipeline import run
        from harmonize.settings import load_settings

    project = Project.locate(Path.cwd())
    settings = load_settings(project, pipeline)
    folder = inbox or (settings.inbox and (project.folder or Path.cwd()) / settings.inbox)
    if folder is None:
        raise InboxError(f"The pipeline {pipeline!r} names no inbox. Give one with --inbox DIR.")
    day = today()
    with nullcontext(JsonObserver(log)) if log else TerminalObserver() as observer:
        return run(project, settings, folder, out, as_of or day, day, observer, source)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _accuracy(linkage: Mapping[str, Mapping[str, Any]]) -> str:
    """Estimated precision and recall of the links, or why there are none."""
    if not linkage["recall"]["decided"]:
        return "no estimate of precision and recall: no drawn pair is decided (`harmonize facilities sample`)"
    said = ", ".join(f"{name} {_estimate(linkage[name])}" for name in ("precision", "recall"))
    is_lacking = any(linkage[name]["note"] for name in ("precision", "recall"))
    return f"{said}{' (draw more with `harmonize facilities sample`)' if is_lacking else ''}"


def _estimate(found: Mapping[str, Any]) -> str:
    return str(found["note"] or f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})")


def summarise(result: RunResult, out: Path, seconds: float) -> None:
    """The closing summary."""
    figures: Mapping[str, Any] = result.manifest["figures"]
    say(
        f"files        {figures['files']}: {figures['files_loaded']} loaded, "
        f"{figures['files_loaded_with_issues']} loaded with issues, {figures['files_duplicate']} duplicate, "
        f"{figures['files_refused']} refused"
    )
    say(
        f"assessments  {figures['assessments']} from {figures['copies']} deliveries ({figures['copies_merged']} merged)"
    )
    say(f"facilities   {figures['facilities']} from {figures['mentions']} mentions")
    say(
        f"answers      {figures['answers']} ({_percent(figures['answer_coverage'])} mapped), "
        f"findings {figures['findings']} ({_percent(figures['finding_coverage'])} mapped), "
        f"conflicts {figures['conflicts']}"
    )
    say(
        f"cells        {figures['cells_total']} = {figures['cells_blank']} blank + {figures['cells_loaded']} loaded + "
        f"{figures['cells_ignored']} ignored + {figures['cells_quarantined']} quarantined"
    )
    say(
        f"quarantined  {figures['quarantined']}; issues to see {figures['issues_to_see']} "
        f"({result.folder}/reports/issues.csv)"
    )
    if figures["issues_to_see"]:
        say("             what a code of it means: `harmonize help CODE`")
    if "linkage" in result.manifest:
        say(f"linkage      {_accuracy(result.manifest['linkage'])}")
    warnings = result.manifest["expectations"]["failed_warnings"]
    say(f"quality      {result.manifest['expectations']['checked']} expectations, {len(warnings)} warnings")
    for warning in warnings:
        say(f"             {warning['message']}")
    stages = ", ".join(f"{name} {value:.1f}" for name, value in result.seconds.items())
    say(f"seconds      {seconds:.1f} ({stages})")
    say(f"release      {result.folder}{'' if result.is_new else '  (same content as before: kept)'}")
    say(f"             {out / 'current' / 'harmonized.duckdb'}")
