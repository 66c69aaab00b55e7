"""`harmonize publish`: a release becomes one file an audience, of what it was granted alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.output import say
from harmonize.cli.run import AsOf, today
from harmonize.collection import without_collector
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.pipeline.publishing import Published

__all__ = ["publish_and_tell", "publish_command"]


def publish_command(
    out: Annotated[Path, typer.Option(help="Folder that holds the releases; the files come into audiences/.")] = Path(
        "data"
    ),
    audience: Annotated[
        list[str] | None,
        typer.Option("--audience", help="Only this one; may be repeated. The others stay as they are."),
    ] = None,
    as_of: AsOf = None,
    pipeline: Annotated[str, typer.Option(help="The pipeline whose settings hold.")] = "default",
) -> None:
    """Write for every audience a DuckDB file, parquet and a dictionary of what it was granted, and of nothing else.

    Grants are judged on the day of --as-of; what was revoked until today opens nothing.

    Exit code 0: done. 1: done, and something was withdrawn. 2: refused.
    """
    if publish_and_tell(out, as_of or today(), audience or [], pipeline):
        raise typer.Exit(1)


def publish_and_tell(out: Path, day: date, only: Sequence[str], pipeline: str) -> bool:
    """Publish the current release and say what became of it; whether something was withdrawn.

    What was revoked until today is withdrawn whatever the day of judgement.
    """
    with without_collector():
        from harmonize.pipeline.publishing import publish
        from harmonize.settings import load_settings

    project = Project.locate(Path.cwd())
    published = publish(project, load_settings(project, pipeline), out, day, only, revoked_by=today())
    _summarise(published, out)
    return bool(published.withdrawn)


def _summarise(published: Published, out: Path) -> None:
    from harmonize.sharing.grants import SCOPES

    for name, manifest in sorted(published.manifests.items()):
        say(f"{name:<24} {_said(manifest)}")
        for extract, told in manifest.get("extracts", {}).items():
            say(f"  {extract:<22} {told.get('off') or str(told['rows']) + ' rows'}")
    for one in published.withdrawn:
        rest = f"{SCOPES[one.scope_now - 1]} stays" if one.scope_now else "nothing stays"
        if one.basis == "grant" and not one.scope_now:
            rest = "nothing of the grant stays"
        say(f"withdrawn    {one.audience}: {one.assessment_id} ({one.shared_id} in its file), {rest}")
    for (audience, other), count in sorted(published.subtractable.items()):
        say(
            f"caution: {count} times the extracts of {audience} and {other}, one less the other, tell of fewer owners "
            "than may be told. Hand on those of one of them alone, or grant both the same."
        )
    if published.receipt is not None:
        say(f"receipt      {published.receipt}")
    say(f"published    {published.folder}{'' if published.is_new else '  (same content as before: kept)'}")
    say(f"             {out / 'audiences'}")


def _said(manifest: Mapping[str, Any]) -> str:
    rows = {name: table["rows"] for name, table in manifest["tables"].items()}
    withheld = sum(entry["rows"] for entry in manifest["withheld"])
    return (
        f"{rows['facility']} factories, {rows['assessment']} assessments, {rows['answer']} answers, "
        f"{rows['finding']} findings; {withheld} values withheld{'; encrypted' if 'encryption' in manifest else ''}"
    )
