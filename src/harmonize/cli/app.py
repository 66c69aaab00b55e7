"""The Typer application and its groups; the commands stand one module per noun."""

from __future__ import annotations

from typing import Annotated

import typer

from harmonize import __version__
from harmonize.cli import (
    assessments,
    burden,
    cap,
    crosswalk,
    demo,
    desk,
    facilities,
    grants,
    help,
    language,
    needs,
    overlap,
    project,
    publish,
    releases,
    report,
    reuse,
    review,
    run,
    sources,
    texts,
    trace,
    weekly,
    why,
)
from harmonize.cli.language_option import choose_language
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.speech import VARIABLE

__all__ = ["app"]

app = typer.Typer(
    name="harmonize",
    cls=PromptGroup,
    help="The common language for factory assessments: exports in, one shared DuckDB file out.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"harmonize {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    lang: Annotated[
        str,
        typer.Option(
            envvar=VARIABLE,
            callback=choose_language,
            is_eager=True,
            metavar="en|vi",
            show_default="en",
            help="The language in which harmonize speaks: en or vi. Files and --json stay as they are.",
        ),
    ] = "",
) -> None:
    """The common language for factory assessments: exports in, one shared DuckDB file out."""
    del version, lang


app.command("run")(run.run_command)
app.command("cap")(cap.cap_command)
app.command("needs")(needs.needs_command)
app.command("init")(project.init_command)
app.command("reuse")(reuse.reuse_command)
app.command("publish")(publish.publish_command)
app.command("demo")(demo.demo_command)
app.command("desk")(desk.desk_command)
app.command("trace")(trace.trace_command)
app.command("why")(why.why_command)
app.command("weekly")(weekly.weekly_command)
app.command("help")(help.help_command)
app.command("overlap")(overlap.overlap_command)
app.command("burden")(burden.burden_command)
app.command("report")(report.report_command)
app.add_typer(sources.app, name="sources")
app.add_typer(crosswalk.app, name="crosswalk")
app.add_typer(facilities.app, name="facilities")
app.add_typer(assessments.app, name="assessments")
app.add_typer(grants.app, name="grants")
app.add_typer(language.app, name="language")
app.add_typer(texts.app, name="texts")
app.add_typer(releases.app, name="releases")
app.add_typer(review.app, name="review")
