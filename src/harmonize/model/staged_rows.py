"""The rows of one staged table while a file is read: many small ones or Arrow batches, at little cost of memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

__all__ = ["Rows"]

_CHUNK = 100_000
_WORTH_PACKING = 10_000
"""Rows from which on a batch is kept compressed."""
_OPEN = 1 << 20
"""Rows that are kept as they are, at most, before others are compressed."""
_TOGETHER = 1 << 19
"""Rows that are handed out together, at least."""


class Rows:
    """Rows of one staged table, kept as compressed Arrow chunks so that a large file costs little memory."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._pending: list[tuple[Any, ...]] = []
        self._chunks: list[pa.RecordBatch | pa.Buffer] = []
        self._rows = 0

    def add(self, *values: Any) -> None:
        """Append one row, values in schema order."""
        self._pending.append(values)
        if len(self._pending) >= _CHUNK:
            self._flush()

    def add_named(self, **values: Any) -> None:
        """Append one row by column name; columns that are not named are null."""
        unknown = values.keys() - set(self._schema.names)
        if unknown:
            raise TypeError(f"no such staged columns: {sorted(unknown)}")
        self.add(*(values.get(name) for name in self._schema.names))

    def _flush(self) -> None:
        if self._pending:
            arrays = [
                pa.array(column, type=kind.type)
                for column, kind in zip(zip(*self._pending, strict=True), self._schema, strict=True)
            ]
            self._keep(pa.record_batch(arrays, schema=self._schema))
            self._pending.clear()

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Append rows that stand in Arrow already, in the order of the schema."""
        self._flush()
        self._keep(batch.cast(self._schema) if batch.schema != self._schema else batch)

    def _keep(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        self._rows += batch.num_rows
        self._chunks.append(batch if self._rows <= _OPEN else _packed(batch))

    def mark(self) -> tuple[int, int]:
        """A place to roll back to: how many chunks, and how many rows in them."""
        self._flush()
        return len(self._chunks), self._rows

    def roll_back(self, mark: tuple[int, int]) -> None:
        """Forget the rows that were added behind a mark."""
        chunks, rows = mark
        self._pending.clear()
        del self._chunks[chunks:]
        self._rows = rows

    def tables(self) -> Iterator[pa.Table]:
        """All rows, a bounded number at a time; no table is empty."""
        self._flush()
        held: list[pa.RecordBatch] = []
        rows = 0
        for chunk in self._chunks:
            held.append(chunk if isinstance(chunk, pa.RecordBatch) else _unpacked(chunk))
            rows += held[-1].num_rows
            if rows >= _TOGETHER:
                yield self._joined(held)
                held, rows = [], 0
        if held:
            yield self._joined(held)

    def table(self) -> pa.Table:
        """All rows."""
        return pa.concat_tables([self._schema.empty_table(), *self.tables()]).unify_dictionaries()

    def _joined(self, batches: Sequence[pa.RecordBatch]) -> pa.Table:
        return pa.Table.from_batches(batches, schema=self._schema).unify_dictionaries()


def _packed(batch: pa.RecordBatch) -> pa.RecordBatch | pa.Buffer:
    """A batch as it is kept where there are many: compressed."""
    if batch.num_rows < _WORTH_PACKING:
        return batch
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_batch(batch)
    return sink.getvalue()


def _unpacked(buffer: pa.Buffer) -> pa.RecordBatch:
    with pa.ipc.open_stream(buffer) as stream:
        return stream.read_next_batch()
