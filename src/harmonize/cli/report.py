"""`harmonize report`: the report of a release, as one offline HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.language_option import LabelLanguage
from harmonize.cli.output import say
from harmonize.errors import InboxError, PublicationError
from harmonize.project import Project

__all__ = ["report_command"]


def report_command(
    out: Out = Path("data"),
    lang: LabelLanguage = "",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file, .html; default report.html or report.vi.html, here."),
    ] = None,
) -> None:
    """Write what a release says as one HTML file that needs nothing else and prints on A4, without factories' names."""
    import duckdb

    from harmonize.pipeline.reporting import report_pages
    from harmonize.store.releases import read_manifest

    if output is not None and output.suffix.lower() != ".html":
        raise InboxError(f"{output}: a report is written as .html. Name the file so.")
    project = Project.locate(Path.cwd())
    folder = out / "current"
    with open_release(out) as release:
        try:
            linkage = (read_manifest(folder) or {}).get("linkage", {})
            pages = report_pages(release.connection, folder / "harmonized.duckdb", project, linkage, [lang])
        except duckdb.Error as problem:
            raise InboxError(
                f"{folder / 'harmonized.duckdb'}: no report can be made of it: {problem}. "
                "Make the release again with `harmonize run`."
            ) from problem
    ((name, page),) = pages.items()
    target = output or Path(name)
    try:
        target.write_text(page, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise PublicationError(
            f"{target}: cannot be written: {problem.strerror}. Choose another place with -o."
        ) from problem
    say(f"{target}: written")
