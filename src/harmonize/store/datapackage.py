"""Describe the parquet extracts as a Frictionless Data Package, so that any tool can read them with their meaning.

The descriptor is made from the table contract and the files that are there; its paths are relative to the parquet
folder, so `datapackage.json` belongs into that folder. A table is one file (`facility.parquet`) or a folder of
partitions (`answer/.../part-0.parquet`); key=value folders become columns, as DuckDB and Arrow read them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from harmonize.model.contract import arrow_schema, columns, json_schema
from harmonize.model.tables import CONTRACT_VERSION, TABLES

__all__ = ["FOREIGN_KEYS", "PRIMARY_KEYS", "datapackage"]

PRIMARY_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "facility": ("facility_id",),
        "facility_identifier": ("facility_id", "scheme", "value"),
        "facility_alias": ("old_id",),
        "facility_relation": ("facility_id", "related_id", "kind"),
        "facility_mention": ("mention_id",),
        "assessment": ("assessment_id",),
        "assessment_copy": ("copy_id",),
        "assessment_relation": ("assessment_id", "related_id"),
        "assessment_scope": ("assessment_id", "topic_id"),
        "answer": ("assessment_id", "question_id", "answered_by"),
        "finding": ("finding_id",),
        "corrective_action": ("action_id",),
        "overlap": ("facility_id", "indicator_id", "window_start"),
        "indicator": ("indicator_id",),
        "indicator_broader": ("indicator_id", "broader_id"),
        "topic": ("topic_id",),
        "law": ("law_id",),
        "instrument": ("instrument",),
        "instrument_rights": ("instrument",),
        "crosswalk": ("mapping_id",),
        "file": ("file_id",),
        "issue": ("issue_id",),
        "quarantine": ("issue_id",),
        "run": ("run_id",),
        "release": ("release_id",),
    }
)
"""Columns that name one row. Tables that are not here have no key of their own."""

FOREIGN_KEYS: Sequence[tuple[str, str, str, str]] = (
    ("facility_identifier", "facility_id", "facility", "facility_id"),
    ("facility_alias", "facility_id", "facility", "facility_id"),
    ("facility_relation", "facility_id", "facility", "facility_id"),
    ("facility_relation", "related_id", "facility", "facility_id"),
    ("facility_mention", "facility_id", "facility", "facility_id"),
    ("facility_mention", "file_id", "file", "file_id"),
    ("assessment", "facility_id", "facility", "facility_id"),
    ("assessment", "instrument", "instrument", "instrument"),
    ("assessment", "verified_of", "assessment", "assessment_id"),
    ("assessment", "follow_up_of", "assessment", "assessment_id"),
    ("assessment", "supersedes", "assessment", "assessment_id"),
    ("assessment_copy", "assessment_id", "assessment", "assessment_id"),
    ("assessment_copy", "file_id", "file", "file_id"),
    ("doubtful_copy", "facility_id", "facility", "facility_id"),
    ("doubtful_copy", "assessment_a", "assessment", "assessment_id"),
    ("doubtful_copy", "assessment_b", "assessment", "assessment_id"),
    ("doubtful_copy", "copy_a", "assessment_copy", "copy_id"),
    ("doubtful_copy", "copy_b", "assessment_copy", "copy_id"),
    ("assessment_relation", "assessment_id", "assessment", "assessment_id"),
    ("assessment_relation", "related_id", "assessment", "assessment_id"),
    ("assessment_scope", "assessment_id", "assessment", "assessment_id"),
    ("assessment_scope", "topic_id", "topic", "topic_id"),
    ("answer", "assessment_id", "assessment", "assessment_id"),
    ("answer", "indicator_id", "indicator", "indicator_id"),
    ("answer", "file_id", "file", "file_id"),
    ("answer", "mapping_id", "crosswalk", "mapping_id"),
    ("finding", "assessment_id", "assessment", "assessment_id"),
    ("finding", "indicator_id", "indicator", "indicator_id"),
    ("finding", "topic_id", "topic", "topic_id"),
    ("finding", "file_id", "file", "file_id"),
    ("corrective_action", "finding_id", "finding", "finding_id"),
    ("corrective_action", "facility_id", "facility", "facility_id"),
    ("corrective_action", "file_id", "file", "file_id"),
    ("score", "assessment_id", "assessment", "assessment_id"),
    ("conflict", "assessment_id", "assessment", "assessment_id"),
    ("conflict", "copy_id", "assessment_copy", "copy_id"),
    ("conflict", "winning_copy_id", "assessment_copy", "copy_id"),
    ("report_difference", "facility_id", "facility", "facility_id"),
    ("report_difference", "assessment_id", "assessment", "assessment_id"),
    ("report_difference", "copy_a", "assessment_copy", "copy_id"),
    ("report_difference", "copy_b", "assessment_copy", "copy_id"),
    ("contradiction", "facility_id", "facility", "facility_id"),
    ("contradiction", "indicator_id", "indicator", "indicator_id"),
    ("contradiction", "assessment_a", "assessment", "assessment_id"),
    ("contradiction", "assessment_b", "assessment", "assessment_id"),
    ("overlap", "facility_id", "facility", "facility_id"),
    ("overlap", "indicator_id", "indicator", "indicator_id"),
    ("burden", "facility_id", "facility", "facility_id"),
    ("indicator", "topic_id", "topic", "topic_id"),
    ("indicator_broader", "indicator_id", "indicator", "indicator_id"),
    ("indicator_broader", "broader_id", "indicator", "indicator_id"),
    ("topic", "parent_id", "topic", "topic_id"),
    ("law", "replaced_by", "law", "law_id"),
    ("indicator_law", "indicator_id", "indicator", "indicator_id"),
    ("indicator_law", "law_id", "law", "law_id"),
    ("instrument_rights", "instrument", "instrument", "instrument"),
    ("crosswalk", "indicator_id", "indicator", "indicator_id"),
    ("file", "duplicate_of", "file", "file_id"),
    ("issue", "file_id", "file", "file_id"),
    ("quarantine", "issue_id", "issue", "issue_id"),
    ("consent_grant", "file_id", "file", "file_id"),
)
"""(table, column, table it leads to, column there)."""

_CHUNK = 1 << 20


def datapackage(parquet: Path, release_id: str, created: str) -> dict[str, Any]:
    """The descriptor of every parquet file below `parquet`.

    Args:
        parquet: the folder of extracts.
        release_id: the release, which becomes the version of the package.
        created: day or time of the release, ISO 8601; passed in because the same input gives the same package.
            A day is written as its beginning: the standard wants a time.
    """
    files = _files_by_table(parquet)
    return {
        "profile": "data-package",
        "name": "harmonize-release",
        "title": f"Factory assessments in one language, release {release_id}",
        "version": release_id,
        "created": created if "T" in created else f"{created}T00:00:00Z",
        "contract_version": CONTRACT_VERSION,
        "resources": [_resource(parquet, table, files) for table in _in_order(files)],
    }


def _files_by_table(parquet: Path) -> dict[str, list[Path]]:
    tables: dict[str, list[Path]] = {}
    for path in sorted(parquet.rglob("*.parquet")):
        table = path.relative_to(parquet).parts[0].removesuffix(".parquet")
        tables.setdefault(table, []).append(path)
    return tables


def _in_order(files: Mapping[str, list[Path]]) -> list[str]:
    """Tables of the contract in its order, then the others by name."""
    return [table for table in TABLES if table in files] + sorted(files.keys() - TABLES.keys())


def _resource(parquet: Path, table: str, files: Mapping[str, list[Path]]) -> dict[str, Any]:
    paths = files[table]
    relative = [path.relative_to(parquet).as_posix() for path in paths]
    resource: dict[str, Any] = {
        "profile": "data-resource",
        "name": table.replace("_", "-").lower(),
        "title": table,
        "path": relative[0] if len(relative) == 1 else relative,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": sum(path.stat().st_size for path in paths),
        "schema": _schema(table, paths, relative, files),
    }
    if len(paths) == 1:
        resource["hash"] = f"sha256:{_sha256(paths[0])}"
    if table in TABLES:
        resource["description"] = (TABLES[table].__doc__ or "").strip()
    return resource


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _schema(
    table: str, paths: Sequence[Path], relative: Sequence[str], files: Mapping[str, list[Path]]
) -> dict[str, Any]:
    present = {field.name: field.type for field in pq.read_schema(paths[0])}
    for part in relative[0].split("/")[1:-1]:
        name, equals, _ = part.partition("=")
        if equals:
            present.setdefault(name, pa.string())
    known = _contract_fields(table) if table in TABLES else {}
    fields = [known.get(name) or {"name": name, "type": _field_type(kind)} for name, kind in present.items()]
    schema: dict[str, Any] = {"fields": fields}
    key = PRIMARY_KEYS.get(table, ())
    if key and set(key) <= present.keys():
        schema["primaryKey"] = list(key)
    foreign = [
        {
            "fields": [column],
            "reference": {
                "resource": "" if other == table else other.replace("_", "-"),
                "fields": [other_column],
            },
        }
        for owner, column, other, other_column in FOREIGN_KEYS
        if owner == table and column in present and other in files
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return schema


@cache
def _contract_fields(table: str) -> dict[str, dict[str, Any]]:
    """Fields of a contract table by name, with type, meaning and constraints."""
    types = arrow_schema(table)
    allowed = _allowed_values(table)
    fields: dict[str, dict[str, Any]] = {}
    for name, _, nullable, description in columns(table):
        constraints: dict[str, Any] = {} if nullable else {"required": True}
        if name in allowed:
            constraints["enum"] = allowed[name]
        if PRIMARY_KEYS.get(table) == (name,):
            constraints["unique"] = True
        fields[name] = {"name": name, "type": _field_type(types.field(name).type), "description": description}
        if constraints:
            fields[name]["constraints"] = constraints
    return fields


def _allowed_values(table: str) -> dict[str, list[str]]:
    """Closed sets of values by column."""
    properties = json_schema(table)["properties"]
    found: dict[str, list[str]] = {}
    for name, stated in properties.items():
        for variant in [stated, *stated.get("anyOf", [])]:
            if "enum" in variant:
                found[name] = list(variant["enum"])
    return found


def _field_type(kind: pa.DataType) -> str:
    """Frictionless type of an Arrow type; what has no counterpart is `any`."""
    checks = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_decimal, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "datetime"),
        (pa.types.is_list, "array"),
        (pa.types.is_string, "string"),
        (pa.types.is_large_string, "string"),
        (pa.types.is_dictionary, "string"),
    )
    return next((name for matches, name in checks if matches(kind)), "any")
