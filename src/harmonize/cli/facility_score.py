"""`harmonize facilities score`: pairs of records that stand in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_input import columns_used, open_rows, project_knowledge, rows_of
from harmonize.cli.output import say
from harmonize.cli.row_issues import RowIssues, finish

if TYPE_CHECKING:
    from harmonize.identity.score import Scored
    from harmonize.identity.stated import StatedRow

__all__ = ["score_command"]

_PAIRS_AT_ONCE = 10_000
_DECISIONS = ("match", "review", "distinct")


def score_command(
    pairs: Annotated[Path, typer.Argument(help="Pairs of records: CSV, TSV, XLSX or parquet.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, .csv or .parquet.")],
) -> None:
    """Say of every pair of records whether both are one factory: probability, decision and reasons.

    Needed columns: pair_id, country, name_a, address_a, name_b, address_b. As wanted: name_local, city, admin1,
    latitude, longitude, workers and any identifier (os_id, tax_code, ...), each with _a and _b. The rows that come out
    are those that went in, in their order. Exit code 0: clean. 1: rows have issues, see OUT.issues.csv. 2: refused.
    """
    import pyarrow as pa

    from harmonize.cli.observers import TerminalObserver
    from harmonize.cli.table_file import writing
    from harmonize.collection import without_collector
    from harmonize.identity.score import score

    schema = pa.schema(
        {"pair_id": pa.string(), "probability": pa.float64(), "decision": pa.string(), "reasons": pa.string()}
    )
    with ExitStack() as stack:
        known = project_knowledge(stack)
        # (Whatever is wrong with OUT is told before the work.)
        written = stack.enter_context(writing(out, schema, [pairs]))
        found = RowIssues(stack, out, [pairs])
        observer = stack.enter_context(TerminalObserver())
        stack.enter_context(without_collector())
        table, reader, columns = open_rows(pairs, "pair_id", known.names.pairs, known.knowledge)
        observer.stage("score")
        decisions: Counter[str] = Counter()
        for batch in _batches(rows_of(table, reader), _PAIRS_AT_ONCE):
            scored = score(batch, known.knowledge)
            written.write(pa.RecordBatch.from_pylist(list(map(_scored_row, scored)), schema))
            decisions.update(row.decision for row in scored)
            found.add(issue for row in scored for issue in row.issues)
            observer.step(decisions.total(), table.count, "")
    say(columns_used(pairs, columns, table))
    say(f"pairs      {decisions.total()}: " + ", ".join(f"{decisions[name]} {name}" for name in _DECISIONS))
    finish(out, found)


def _batches(rows: Iterable[StatedRow], size: int) -> Iterator[list[StatedRow]]:
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


def _scored_row(scored: Scored) -> dict[str, object]:
    return {
        "pair_id": scored.pair_id,
        "probability": scored.probability,
        "decision": scored.decision,
        "reasons": scored.reasons,
    }
