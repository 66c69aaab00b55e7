"""`harmonize facilities`: what people decide about factories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.output import say
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.run import today
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup, help="Factories, and what people decide about them.", no_args_is_help=True, rich_markup_mode=None
)

_VERDICTS = ("same", "different", "unsure")


def _key(connection: DuckDBPyConnection, mention_id: str) -> str:
    """The strongest key of a mention, which a re-export keeps."""
    rows = connection.execute("SELECT decision_key FROM facility_mention WHERE mention_id = ?", [mention_id]).fetchall()
    if not rows:
        raise InboxError(f"There is no mention {mention_id!r} in this release. See the table facility_mention.")
    return str(rows[0][0])


@app.command("decide")
def decide_command(
    mention_a: Annotated[str, typer.Argument(help="A mention_id.")],
    mention_b: Annotated[str, typer.Argument(help="Another mention_id.")],
    verdict: Annotated[str, typer.Argument(help="same, different or unsure.")],
    by: Annotated[str, typer.Option(help="Your pseudonym.")],
    why: Annotated[str, typer.Option(help="The reason, for those who come later.")] = "",
    out: Annotated[Path, typer.Option(help="Folder that holds the releases.")] = Path("data"),
) -> None:
    """Record that two mentions are the same factory or not; a decision beats any score and survives a re-export."""
    import duckdb

    from harmonize.ledgers import append_lines

    if verdict not in _VERDICTS:
        raise typer.BadParameter(f"{verdict!r} is none of {', '.join(_VERDICTS)}.")
    database = out / "current" / "harmonized.duckdb"
    if not database.exists():
        raise InboxError(f"{database}: there is no release yet. Run `harmonize run` first.")
    project = Project.locate(Path.cwd())
    with duckdb.connect(str(database), read_only=True) as connection:
        key_a, key_b = (_key(connection, mention) for mention in (mention_a, mention_b))
    if key_a == key_b:
        raise InboxError(
            f"Both mentions have the key {key_a!r}: they state the same, so no decision can tell them apart. "
            "Ask their contributor for an identifier."
        )
    ledger = project.decisions_folder(out) / "facility_decisions.jsonl"
    line = {
        "key_a": key_a,
        "key_b": key_b,
        "verdict": verdict,
        "by": by,
        "at": today().isoformat(),
        "why": why,
    }
    append_lines(ledger, [line])
    say(f"{ledger}: {key_a} and {key_b} are {verdict}. It holds from the next run on.")
