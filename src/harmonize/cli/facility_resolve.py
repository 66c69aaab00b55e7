"""`harmonize facilities resolve`: a list of records that stands in a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_input import Known, columns_used, open_rows, project_knowledge, rows_of
from harmonize.cli.output import say
from harmonize.cli.row_issues import RowIssues, finish
from harmonize.cli.run import today
from harmonize.errors import InboxError

if TYPE_CHECKING:
    import pyarrow as pa

    from harmonize.identity.listed import ListTables
    from harmonize.identity.resolve import Resolution

__all__ = ["resolve_command"]

_ROWS_TOLD = 20_000


def resolve_command(
    records: Annotated[Path, typer.Argument(help="A list of records: CSV, TSV, XLSX or parquet.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, .parquet or .csv.")],
    ledger: Annotated[
        Path | None, typer.Option(help="Ids that were given before, which stay; new ones are appended.")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="What people decided, as `harmonize facilities decide` writes it.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="Write the compared pairs with their reasons: the queue for review.")
    ] = None,
) -> None:
    """Give every record of a list the id of its factory, with probability and link method.

    Needed columns: record_id, name, address, country. As wanted: name_local, city, admin1, latitude, longitude,
    workers, contributor and any identifier (os_id, tax_code, ...). The rows that come out are those that went in, in
    their order. Exit code 0: clean. 1: rows have issues, see OUT.issues.csv. 2: refused.
    """
    from harmonize.cli.observers import TerminalObserver
    from harmonize.cli.table_file import writing
    from harmonize.collection import without_collector
    from harmonize.identity.decision_ledger import read_decisions
    from harmonize.identity.ledger import append_ledger, ledger_of, read_ledger
    from harmonize.identity.listed import RESOLVED, noticed, resolved_rows
    from harmonize.identity.outcome import PAIRS
    from harmonize.identity.resolve import resolve

    with ExitStack() as stack:
        known = project_knowledge(stack)
        given = [path for path in (records, ledger, decisions) if path is not None]
        written = stack.enter_context(writing(out, RESOLVED, given))
        told = None if pairs is None else stack.enter_context(writing(pairs, PAIRS, [*given, out]))
        found = RowIssues(stack, out, given)
        if decisions is not None and not decisions.exists():
            raise InboxError(f"{decisions}: there is no such file. Leave --decisions out, or mend the path.")
        decided = [] if decisions is None else read_decisions(decisions)
        minted = ledger_of({}) if ledger is None else read_ledger(ledger)
        observer = stack.enter_context(TerminalObserver())
        stack.enter_context(without_collector())
        observer.stage("read")
        tables, used = _listed(records, known, lambda done, total: observer.step(done, total, ""))
        observer.stage("resolve")
        resolution = resolve(tables.mentions, tables.identifiers, decided, minted, known.knowledge)
        written.write(resolved_rows(tables, resolution))
        if told is not None:
            told.write(_with_record_ids(resolution.pairs, tables))
        found.add(tables.issues)
        found.add(noticed(tables, resolution))
    if ledger is not None:
        append_ledger(ledger, resolution.minted, today())
    say(used)
    _say_resolved(resolution, tables)
    finish(out, found)


def _say_resolved(resolution: Resolution, tables: ListTables) -> None:
    import pyarrow.compute as pc

    facilities = pc.count_distinct(resolution.links["facility_id"]).as_py()
    linked = ", ".join(f"{count} {method}" for method, count in _counted(resolution.links["link_method"]))
    say(f"records    {tables.mentions.num_rows}: {facilities} factories; linked by {linked or 'nothing'}")
    review = dict(_counted(resolution.pairs["verdict"])).get("review", 0)
    say(f"pairs      {resolution.pairs.num_rows} told, {review} for review")
    if resolution.alone:
        say(f"alone      {len(resolution.alone)} records share their words with too many and were compared with none")


def _counted(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    """How often each text stands in a column, in the order of the texts."""
    return sorted((row["values"], row["counts"]) for row in column.value_counts().to_pylist())


def _with_record_ids(pairs: pa.Table, tables: ListTables) -> pa.Table:
    """Pairs by the ids that the list gives, where it gives any."""
    import pyarrow.compute as pc

    mention_ids = tables.mentions["mention_id"].combine_chunks()
    for at, name in enumerate(("mention_a", "mention_b")):
        places = pc.index_in(pairs[name], mention_ids)
        pairs = pairs.set_column(at, pairs.schema.field(name), tables.rows["record_id"].take(places))
    return pairs


def _listed(path: Path, known: Known, step: Callable[[int, int], None]) -> tuple[ListTables, str]:
    """A list as tables, and which of its columns were used; the file itself is let go."""
    from harmonize.identity.listed import ListedRecords

    table, reader, columns = open_rows(path, "record_id", known.names.records, known.knowledge)
    listed = ListedRecords()
    for number, row in enumerate(rows_of(table, reader), start=1):
        listed.add(row)
        if number % _ROWS_TOLD == 0:
            step(number, table.count)
    return listed.tables(), columns_used(path, columns, table)
