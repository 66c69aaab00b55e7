"""Schemas derived from the table classes: Arrow schema, DuckDB DDL, JSON Schema, Frictionless fields."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import pyarrow as pa

from harmonize.model.tables import TABLES, TableModel

__all__ = ["arrow_schema", "column_types", "columns", "duckdb_type", "json_schema", "table_ddl"]

_ARROW: Mapping[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us"),
}
_DUCKDB: Mapping[type, str] = {
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    date: "DATE",
    datetime: "TIMESTAMP",
}


def _unwrap(annotation: Any) -> tuple[Any, bool]:
    """The annotation without `| None`, and whether it had it."""
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [argument for argument in get_args(annotation) if argument is not type(None)]
        if len(inner) != 1:
            raise TypeError(f"{annotation} is not a column type")
        return inner[0], True
    return annotation, False


def duckdb_type(annotation: Any) -> str:
    """DuckDB's type for a column annotation; closed sets become ENUMs."""
    inner, _ = _unwrap(annotation)
    if get_origin(inner) is Literal:
        return "ENUM (" + ", ".join(f"'{value}'" for value in get_args(inner)) + ")"
    if get_origin(inner) is list:
        return duckdb_type(get_args(inner)[0]) + "[]"
    return _DUCKDB[inner]


def _arrow_type(annotation: Any) -> pa.DataType:
    inner, _ = _unwrap(annotation)
    if get_origin(inner) is Literal:
        return pa.string()
    if get_origin(inner) is list:
        return pa.list_(_arrow_type(get_args(inner)[0]))
    return _ARROW[inner]


@cache
def columns(table: str) -> Sequence[tuple[str, str, bool, str]]:
    """Columns of a table: name, DuckDB type, nullable, description."""
    return tuple(
        (name, duckdb_type(field.annotation), _unwrap(field.annotation)[1], field.description or "")
        for name, field in TABLES[table].model_fields.items()
    )


def column_types(table: str) -> dict[str, str]:
    """DuckDB type of every column of a table."""
    return {name: kind for name, kind, _, _ in columns(table)}


def arrow_schema(table: str) -> pa.Schema:
    """Arrow schema of a table, as its parquet extract has it."""
    model: type[TableModel] = TABLES[table]
    return pa.schema(
        pa.field(name, _arrow_type(field.annotation), nullable=_unwrap(field.annotation)[1])
        for name, field in model.model_fields.items()
    )


def table_ddl(table: str) -> str:
    """CREATE TABLE statement of a contract table."""
    lines = [f'"{name}" {kind}{"" if nullable else " NOT NULL"}' for name, kind, nullable, _ in columns(table)]
    return f'CREATE TABLE "{table}" (\n    ' + ",\n    ".join(lines) + "\n)"


def json_schema(table: str) -> dict[str, Any]:
    """JSON Schema of one row."""
    return TABLES[table].model_json_schema()
