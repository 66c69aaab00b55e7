"""What is wrong with the rows of a file that a command read: written beside what it made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harmonize.cli.output import complain, say

if TYPE_CHECKING:
    from harmonize.cli.table_file import Batches
    from harmonize.model.issues import Issue

__all__ = ["RowIssues", "finish"]

_SHOWN = 5


class RowIssues:
    """The issues of the rows, written beside OUT as they are found; without any there is no file."""

    def __init__(self, stack: ExitStack, out: Path, inputs: Sequence[Path]) -> None:
        from harmonize.cli.table_file import issues_path

        self._stack = stack
        self._inputs = inputs
        self._batches: Batches | None = None
        self.path = issues_path(out)
        self.count = 0
        self.first: list[Issue] = []

    def add(self, issues: Iterable[Issue]) -> None:
        """Write issues."""
        import pyarrow as pa

        from harmonize.cli.table_file import writing

        schema = pa.schema({name: pa.string() for name in ("locator", "code", "severity", "value", "message", "hint")})
        rows = list(issues)
        if rows and self._batches is None:
            self._batches = self._stack.enter_context(writing(self.path, schema, self._inputs))
        if rows and self._batches is not None:
            self.count += len(rows)
            self.first = (self.first + rows)[:_SHOWN]
            columns = [[getattr(issue, name) for issue in rows] for name in schema.names]
            self._batches.write(pa.table(columns, schema=schema))


def finish(out: Path, found: RowIssues) -> None:
    """Say what was written and what is wrong; ends the command with 1 where anything is.

    Raises:
        typer.Exit: there are issues.
    """
    say(f"written    {out}")
    if not found.count:
        found.path.unlink(missing_ok=True)
        return
    for issue in found.first:
        complain(f"{issue.locator}: {issue.code}: {issue.message} {issue.hint}")
    if found.count > len(found.first):
        complain(f"and {found.count - len(found.first)} more issues.")
    say(f"issues     {found.count} ({found.path})")
    raise typer.Exit(1)
