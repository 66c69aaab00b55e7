"""`harmonize facilities score` and `resolve`: pairs and lists that stand in files of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.output import complain, say
from harmonize.cli.run import today
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    import pyarrow as pa

    from harmonize.cli.table_file import Batches
    from harmonize.identity.columns import Columns, HeaderNames
    from harmonize.identity.knowledge import Knowledge
    from harmonize.identity.listed import ListTables
    from harmonize.identity.resolve import Resolution
    from harmonize.identity.score import Scored
    from harmonize.identity.stated import RowReader, StatedRow
    from harmonize.model.issues import Issue
    from harmonize.reading.row_tables import RowTable

__all__ = ["Known", "open_rows", "project_knowledge", "resolve_command", "score_command"]

_PAIRS_AT_ONCE = 10_000
_ROWS_TOLD = 20_000
_SHOWN = 5

Table = tuple["RowTable", "RowReader", "Columns"]


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
        found = _Issues(stack, out, [pairs])
        observer = stack.enter_context(TerminalObserver())
        stack.enter_context(without_collector())
        table, reader, columns = open_rows(pairs, "pair_id", known.names.pairs, known.knowledge)
        observer.stage("score")
        decisions: Counter[str] = Counter()
        for batch in _batches(_rows(table, reader), _PAIRS_AT_ONCE):
            scored = score(batch, known.knowledge)
            written.write(pa.RecordBatch.from_pylist(list(map(_scored_row, scored)), schema))
            decisions.update(row.decision for row in scored)
            found.add(issue for row in scored for issue in row.issues)
            observer.step(decisions.total(), table.count, "")
    say(_columns_used(pairs, columns, table))
    say(f"pairs      {decisions.total()}: " + ", ".join(f"{decisions[name]} {name}" for name in _DECISIONS))
    _finish(out, found)


_DECISIONS = ("match", "review", "distinct")


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
    from harmonize.identity.ledger import append_ledger, read_ledger
    from harmonize.identity.listed import RESOLVED, noticed, resolved_rows
    from harmonize.identity.outcome import PAIRS
    from harmonize.identity.resolve import resolve

    with ExitStack() as stack:
        known = project_knowledge(stack)
        given = [path for path in (records, ledger, decisions) if path is not None]
        written = stack.enter_context(writing(out, RESOLVED, given))
        told = None if pairs is None else stack.enter_context(writing(pairs, PAIRS, [*given, out]))
        found = _Issues(stack, out, given)
        if decisions is not None and not decisions.exists():
            raise InboxError(f"{decisions}: there is no such file. Leave --decisions out, or mend the path.")
        decided = [] if decisions is None else read_decisions(decisions)
        minted = {} if ledger is None else read_ledger(ledger)
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
    _finish(out, found)


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


@dataclass(frozen=True, slots=True)
class Known:
    """What the project knows of factories, and how columns are headed."""

    schemas: Path
    knowledge: Knowledge
    names: HeaderNames


def project_knowledge(stack: ExitStack) -> Known:
    """What the project knows, while `stack` is open."""
    from harmonize.identity.columns import HeaderNames
    from harmonize.identity.knowledge import Knowledge

    scratch = Path(stack.enter_context(TemporaryDirectory()))
    schemas = Project.locate(Path.cwd()).whole("schemas", scratch)
    knowledge = Knowledge.from_folder(schemas)
    return Known(schemas, knowledge, HeaderNames.from_folder(schemas, knowledge.identifiers))


def open_rows(path: Path, key: str, find: Callable[[Sequence[str]], Columns], knowledge: Knowledge) -> Table:
    """The first table of a file that has the columns needed.

    Raises:
        InboxError: none has; what is said is of the table that has the most headers.
    """
    from harmonize.identity.stated import RowReader, repeated
    from harmonize.reading.limits import Limits
    from harmonize.reading.row_tables import row_tables

    problems: list[tuple[int, InboxError]] = []
    for table in row_tables(path, Limits()):
        try:
            columns = find(table.header)
        except InboxError as problem:
            problems.append((-len(table.header), problem))
            continue
        keys = RowReader(columns, key, frozenset(), knowledge)
        twice = repeated(keys.key_of(cells) for _, cells in table.rows())
        return table, RowReader(columns, key, twice, knowledge), columns
    if not problems:
        raise InboxError(f"{path}: there is no table with a header in it.")
    raise InboxError(f"{path}: {min(problems, key=lambda found: found[0])[1]}")


def _rows(table: RowTable, reader: RowReader) -> Iterator[StatedRow]:
    return (reader.read(locator, cells) for locator, cells in table.rows())


def _batches(rows: Iterable[StatedRow], size: int) -> Iterator[list[StatedRow]]:
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


def _listed(path: Path, known: Known, step: Callable[[int, int], None]) -> tuple[ListTables, str]:
    """A list as tables, and which of its columns were used; the file itself is let go."""
    from harmonize.identity.listed import ListedRecords

    table, reader, columns = open_rows(path, "record_id", known.names.records, known.knowledge)
    listed = ListedRecords()
    for number, row in enumerate(_rows(table, reader), start=1):
        listed.add(row)
        if number % _ROWS_TOLD == 0:
            step(number, table.count)
    return listed.tables(), _columns_used(path, columns, table)


def _scored_row(scored: Scored) -> dict[str, object]:
    return {
        "pair_id": scored.pair_id,
        "probability": scored.probability,
        "decision": scored.decision,
        "reasons": scored.reasons,
    }


class _Issues:
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


def _columns_used(path: Path, columns: Columns, table: RowTable) -> str:
    used = columns.named(table.header)
    ignored = [title for title in table.header if title and title not in used.values()]
    said = f"read       {path}; " + ", ".join(f"{field} = {header!r}" for field, header in used.items())
    return said + (f"\nnot used   {', '.join(ignored)}" if ignored else "")


def _finish(out: Path, found: _Issues) -> None:
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
