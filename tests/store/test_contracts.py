"""The contract with readers: what a change of it is, which version it demands, and that ours says what changed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from harmonize.errors import ConfigurationError, PublicationError
from harmonize.model.tables import CONTRACT_VERSION, TABLES
from harmonize.store.contracts import (
    contract,
    contract_changes,
    needed_version,
    published_contracts,
    read_contract,
    refuse_breaking,
    refuse_unversioned,
    write_contract,
)

SCHEMAS = Path("schemas")
OLD: dict[str, Any] = {
    "contract_version": "1.2.3",
    "tables": {
        "factory": {
            "key": ["id"],
            "columns": {
                "id": {"type": "VARCHAR", "nullable": False},
                "size": {"type": "BIGINT", "nullable": True},
                "state": {"type": "ENUM", "values": ["open", "closed"], "nullable": False},
            },
        },
        "visit": {"key": [], "columns": {"day": {"type": "DATE", "nullable": True}}},
    },
}
_NEW = {"type": "VARCHAR", "nullable": True}
_COLUMNS = ("tables", "factory", "columns")


def _changed(*path: str, to: object) -> dict[str, Any]:
    """The contract with another value at a path; None takes it away."""
    new = copy.deepcopy(OLD)
    place: Any = new
    for name in path[:-1]:
        place = place[name]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return new


def _renamed() -> dict[str, Any]:
    new = _changed(*_COLUMNS, "size", to=None)
    new["tables"]["factory"]["columns"]["workers"] = OLD["tables"]["factory"]["columns"]["size"]
    return new


CHANGES = {
    "nothing": (copy.deepcopy(OLD), [], None),
    "table gone": (_changed("tables", "visit", to=None), ["breaking visit is gone"], "2.0.0"),
    "table new": (_changed("tables", "unit", to={"key": [], "columns": {}}), ["addition unit is new"], "1.3.0"),
    "column gone": (_changed(*_COLUMNS, "size", to=None), ["breaking factory.size is gone"], "2.0.0"),
    "column renamed": (
        _renamed(),
        ["breaking factory.size is gone", "addition factory.workers is new"],
        "2.0.0",
    ),
    "column new": (_changed(*_COLUMNS, "town", to=_NEW), ["addition factory.town is new"], "1.3.0"),
    "another type": (
        _changed(*_COLUMNS, "size", "type", to="DOUBLE"),
        ["breaking factory.size is of another type: BIGINT became DOUBLE"],
        "2.0.0",
    ),
    "no enum any more": (
        _changed(*_COLUMNS, "state", to={"type": "VARCHAR", "nullable": False}),
        ["breaking factory.state is of another type: ENUM became VARCHAR"],
        "2.0.0",
    ),
    "word gone": (
        _changed(*_COLUMNS, "state", "values", to=["open"]),
        ["breaking factory.state is never closed any more"],
        "2.0.0",
    ),
    "word new": (
        _changed(*_COLUMNS, "state", "values", to=["open", "closed", "late"]),
        ["addition factory.state may be late"],
        "1.3.0",
    ),
    "may be null": (
        _changed(*_COLUMNS, "id", "nullable", to=True),
        ["breaking factory.id may be null now"],
        "2.0.0",
    ),
    "never null": (
        _changed(*_COLUMNS, "size", "nullable", to=False),
        ["easing factory.size is never null any more"],
        None,
    ),
    "another key": (
        _changed("tables", "factory", "key", to=["id", "size"]),
        ["breaking factory has another key: id became id, size"],
        "2.0.0",
    ),
    "a key": (_changed("tables", "visit", "key", to=["day"]), ["addition visit has a key now: day"], "1.3.0"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_kind_of_change_weighs_what_it_costs_readers(name: str) -> None:
    new, said, needed = CHANGES[name]
    assert [f"{change.weight} {change}" for change in contract_changes(OLD, new)] == said
    assert needed_version(OLD, new) == needed


@pytest.mark.parametrize("name", [name for name, (_, _, needed) in CHANGES.items() if needed])
def test_a_change_goes_on_with_the_version_that_it_demands_and_not_below(name: str) -> None:
    new, _, needed = CHANGES[name]
    assert needed is not None
    refuse_unversioned(OLD, {**new, "contract_version": needed})
    refuse_unversioned(OLD, {**new, "contract_version": "3.0.0"})
    for less in ("1.2.3", "1.2.4"):
        with pytest.raises(ConfigurationError, match=rf"Set CONTRACT_VERSION to {needed}"):
            refuse_unversioned(OLD, {**new, "contract_version": less})


def test_a_breaking_change_is_not_excused_by_a_minor_version() -> None:
    with pytest.raises(ConfigurationError, match="visit is gone"):
        refuse_unversioned(OLD, {**_changed("tables", "visit", to=None), "contract_version": "1.9.0"})


def test_an_older_version_is_refused_even_where_nothing_changed() -> None:
    assert needed_version(OLD, {**OLD, "contract_version": "1.2.2"}) == "1.2.3"


def test_the_contract_that_is_written_is_the_one_of_the_tables() -> None:
    assert read_contract(SCHEMAS / "contract.json") == contract(), "run `make docs`"
    assert set(contract()["tables"]) == set(TABLES)


def test_our_version_says_what_changed_since_every_published_contract() -> None:
    published = published_contracts(SCHEMAS)
    assert published
    for old in published:
        refuse_unversioned(old, contract())


def test_a_published_contract_bears_its_version_as_its_name() -> None:
    for path in (SCHEMAS / "contracts").glob("*.json"):
        assert read_contract(path)["contract_version"] == path.stem


def test_a_written_contract_is_read_as_it_was(tmp_path: Path) -> None:
    assert read_contract(write_contract(tmp_path)) == contract()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"contract_version": "1", "tables": {}}',
                                  '{"contract_version": "1.0.0", "tables": {"a": {}}}'])  # fmt: skip
def test_what_is_no_contract_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"c\.json: this is no contract"):
        read_contract(tmp_path / "c.json")


def _published(out: Path, version: str, *, lost: bool) -> Path:
    """An output folder whose current release promises this version, and a column that we do not have."""
    old = json.loads(json.dumps(contract()))
    old["contract_version"] = version
    if lost:
        old["tables"]["facility"]["columns"]["mayor"] = {"type": "VARCHAR", "nullable": True}
    (out / "current").mkdir(parents=True)
    (out / "current" / "contract.json").write_text(json.dumps(old), encoding="utf-8")
    return out


def test_a_run_may_not_break_what_readers_of_the_release_rely_on(tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match=r"would break it: facility\.mayor is gone"):
        refuse_breaking(_published(tmp_path / "same", CONTRACT_VERSION, lost=True))
    with pytest.raises(PublicationError, match="a later one"):
        refuse_breaking(_published(tmp_path / "later", "9.0.0", lost=True))


def test_a_run_may_break_it_with_a_major_version_or_add_to_it(tmp_path: Path) -> None:
    refuse_breaking(_published(tmp_path / "major", "0.9.0", lost=True))
    refuse_breaking(_published(tmp_path / "same", CONTRACT_VERSION, lost=False))
    refuse_breaking(tmp_path / "none")
