from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package
from tests.quality.release import small_release

from harmonize.model.tables import TABLES
from harmonize.store.datapackage import FOREIGN_KEYS, PRIMARY_KEYS, datapackage


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """Extracts of a small release, answers and findings partitioned, and a table that is not in the contract."""
    release = small_release()
    for table in TABLES:
        if table in ("answer", "finding"):
            for instrument in ("gap", "higg_fem"):
                _copy(release, table, tmp_path / table / f"instrument={instrument}" / "part-0.parquet")
        else:
            _copy(release, table, tmp_path / f"{table}.parquet")
    pq.write_table(pa.table({"facility_id": ["x"], "share": [0.5]}), tmp_path / "v_reuse.parquet")
    return tmp_path


def _copy(release: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    release.execute(f"COPY \"{table}\" TO '{path}' (FORMAT parquet)")


def _resource(package: dict[str, Any], table: str) -> dict[str, Any]:
    return next(resource for resource in package["resources"] if resource["title"] == table)


def test_frictionless_finds_nothing_wrong(parquet: Path) -> None:
    descriptor = datapackage(parquet, "r1", "2026-11-21")
    report = Package.validate_descriptor(descriptor, basepath=str(parquet))
    assert report.flatten(["message"]) == []
    package = Package.from_descriptor(descriptor, basepath=str(parquet))
    assert len(package.resources) == len(TABLES) + 1


def test_frictionless_would_find_a_mistake(parquet: Path) -> None:
    descriptor = datapackage(parquet, "r1", "2026-11-21")
    _resource(descriptor, "facility")["schema"]["fields"][0]["type"] = "words"
    assert not Package.validate_descriptor(descriptor, basepath=str(parquet)).valid


def test_every_table_stands_in_the_order_of_the_contract_with_its_files(parquet: Path) -> None:
    package = datapackage(parquet, "r1", "2026-11-21")
    assert [resource["title"] for resource in package["resources"]] == [*TABLES, "v_reuse"]
    assert _resource(package, "facility")["path"] == "facility.parquet"
    assert _resource(package, "answer")["path"] == [
        "answer/instrument=gap/part-0.parquet",
        "answer/instrument=higg_fem/part-0.parquet",
    ]
    for resource in package["resources"]:
        paths = [resource["path"]] if isinstance(resource["path"], str) else resource["path"]
        assert resource["bytes"] == sum((parquet / path).stat().st_size for path in paths)


def test_single_files_carry_their_hash(parquet: Path) -> None:
    resource = _resource(datapackage(parquet, "r1", "2026-11-21"), "topic")
    assert resource["hash"] == "sha256:" + hashlib.sha256((parquet / "topic.parquet").read_bytes()).hexdigest()


def test_fields_carry_type_meaning_and_constraints(parquet: Path) -> None:
    package = datapackage(parquet, "r1", "2026-11-21")
    fields = {field["name"]: field for field in _resource(package, "assessment")["schema"]["fields"]}
    assert fields["assessment_id"]["constraints"] == {"required": True, "unique": True}
    assert fields["kind"]["constraints"]["enum"][0] == "self"
    assert fields["assessed_on"]["type"] == "date"
    assert fields["copy_count"]["type"] == "integer"
    assert fields["published"]["type"] == "boolean"
    assert "constraints" not in fields["edition"]
    severity = _resource(package, "finding")["schema"]["fields"][5]
    assert (severity["name"], severity["constraints"]["enum"][0]) == ("severity", "zero_tolerance")
    facets = {field["name"]: field["type"] for field in _resource(package, "indicator")["schema"]["fields"]}
    assert facets["facets"] == "array"
    assert all(
        field["description"]
        for resource in package["resources"]
        if resource["title"] in TABLES
        for field in resource["schema"]["fields"]
        if field["name"] != "instrument" or resource["title"] not in ("answer", "finding")
    )


def test_partition_folders_are_columns(parquet: Path) -> None:
    schema = _resource(datapackage(parquet, "r1", "2026-11-21"), "answer")["schema"]
    assert schema["fields"][-1] == {"name": "instrument", "type": "string"}


def test_keys_lead_to_tables_that_are_there(parquet: Path) -> None:
    (parquet / "file.parquet").unlink()
    schema = _resource(datapackage(parquet, "r1", "2026-11-21"), "facility_mention")["schema"]
    assert schema["primaryKey"] == ["mention_id"]
    assert schema["foreignKeys"] == [
        {"fields": ["facility_id"], "reference": {"resource": "facility", "fields": ["facility_id"]}}
    ]


def test_all_keys_name_columns_of_the_contract() -> None:
    for table, key in PRIMARY_KEYS.items():
        assert set(key) <= set(TABLES[table].model_fields), table
    for table, column, other, other_column in FOREIGN_KEYS:
        assert column in TABLES[table].model_fields, (table, column)
        assert PRIMARY_KEYS[other] == (other_column,), (table, column)


@pytest.mark.parametrize(
    ("created", "written"),
    [("2026-11-21", "2026-11-21T00:00:00Z"), ("2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z")],
)
def test_a_day_is_written_as_a_time(tmp_path: Path, created: str, written: str) -> None:
    assert datapackage(tmp_path, "r1", created)["created"] == written


def test_the_same_files_give_the_same_package(parquet: Path) -> None:
    assert datapackage(parquet, "r1", "2026-11-21") == datapackage(parquet, "r1", "2026-11-21")
    assert datapackage(parquet, "r2", "2026-11-21")["version"] == "r2"


def test_a_share_with_few_tables_and_columns_describes_what_it_has(tmp_path: Path) -> None:
    pq.write_table(pa.table({"name": ["x"], "note": ["y"]}), tmp_path / "facility.parquet")
    (resource,) = datapackage(tmp_path, "r1", "2026-11-21")["resources"]
    assert [field["name"] for field in resource["schema"]["fields"]] == ["name", "note"]
    assert "primaryKey" not in resource["schema"]
    assert "foreignKeys" not in resource["schema"]
