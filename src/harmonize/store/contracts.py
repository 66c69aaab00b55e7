"""The contract with readers as machines compare it: tables, keys, columns, types; and what a change of it demands.

`schemas/contract.json` is the contract as it stands, `schemas/contracts/<version>.json` each one that was published.
Every release carries its own as `contract.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from harmonize.errors import ConfigurationError, PublicationError
from harmonize.model.contract import columns
from harmonize.model.tables import CONTRACT_VERSION, TABLES
from harmonize.store.datapackage import PRIMARY_KEYS

__all__ = [
    "CONTRACT_FILE",
    "Change",
    "Contract",
    "contract",
    "contract_changes",
    "needed_version",
    "published_contracts",
    "read_contract",
    "refuse_breaking",
    "refuse_unversioned",
    "write_contract",
]

CONTRACT_FILE = "contract.json"
Contract = Mapping[str, Any]
"""`{contract_version, tables: {name: {key, columns: {name: {type, values?, nullable}}}}}`."""
_ENUM = "ENUM ("
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts.

    Attributes:
        weight: `breaking` takes away what a reader may rely on, `addition` does not, `easing` asks nothing of anybody.
        place: the table, or `table.column`.
    """

    weight: Literal["breaking", "addition", "easing"]
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place} {self.what}"


def contract() -> Contract:
    """The contract that this program publishes."""
    return {
        "contract_version": CONTRACT_VERSION,
        "tables": {
            table: {
                "key": list(PRIMARY_KEYS.get(table, ())),
                "columns": {name: _column(kind, nullable) for name, kind, nullable, _ in columns(table)},
            }
            for table in TABLES
        },
    }


def _column(kind: str, nullable: bool) -> dict[str, Any]:
    if not kind.startswith(_ENUM):
        return {"type": kind, "nullable": nullable}
    return {"type": "ENUM", "values": re.findall(r"'([^']*)'", kind), "nullable": nullable}


def write_contract(folder: Path) -> Path:
    """Write `contract.json` into a folder: the schemas, or a release."""
    path = folder / CONTRACT_FILE
    path.write_text(_contract_text(), encoding="utf-8")
    return path


@cache
def _contract_text() -> str:
    return json.dumps(contract(), indent=1) + "\n"


def read_contract(path: Path) -> Contract:
    """A contract that was written.

    Raises:
        ConfigurationError: it cannot be read, or is none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        _version(found["contract_version"])
        if not all({"key", "columns"} <= table.keys() for table in found["tables"].values()):
            raise KeyError("columns")
    except OSError as problem:
        raise ConfigurationError(
            f"{path}: cannot be read: {problem.strerror}. Name a contract, or a release that has one."
        ) from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ConfigurationError(f"{path}: this is no contract. `make docs` writes schemas/contract.json.") from problem
    return dict(found)


def published_contracts(schemas: Path) -> list[Contract]:
    """The contracts of `schemas/contracts/`, the earliest version first."""
    found = [read_contract(path) for path in (schemas / "contracts").glob("*.json")]
    return sorted(found, key=lambda one: _version(one["contract_version"]))


def contract_changes(old: Contract, new: Contract) -> list[Change]:
    """What differs, the breaking first, by place. What was renamed is gone, and something else is there."""
    before, after = old["tables"], new["tables"]
    found = [
        *(Change("breaking", table, "is gone") for table in before.keys() - after.keys()),
        *(Change("addition", table, "is new") for table in after.keys() - before.keys()),
        *chain.from_iterable(
            _table_changes(table, before[table], after[table]) for table in before.keys() & after.keys()
        ),
    ]
    order = ("breaking", "addition", "easing")
    return sorted(found, key=lambda change: (order.index(change.weight), change.place, change.what))


def _table_changes(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if old["key"] != new["key"] and old["key"]:
        yield Change("breaking", table, f"has another key: {_names(old['key'])} became {_names(new['key'])}")
    elif old["key"] != new["key"]:
        yield Change("addition", table, f"has a key now: {_names(new['key'])}")
    before, after = old["columns"], new["columns"]
    for name in before.keys() - after.keys():
        yield Change("breaking", f"{table}.{name}", "is gone")
    for name in after.keys() - before.keys():
        yield Change("addition", f"{table}.{name}", "is new")
    for name in before.keys() & after.keys():
        yield from _column_changes(f"{table}.{name}", before[name], after[name])


def _column_changes(place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if old["type"] != new["type"]:
        yield Change("breaking", place, f"is of another type: {old['type']} became {new['type']}")
    gone = [word for word in old.get("values", []) if word not in new.get("values", [])]
    come = [word for word in new.get("values", []) if word not in old.get("values", [])]
    if old["type"] == new["type"] and gone:
        yield Change("breaking", place, f"is never {_names(gone)} any more")
    if old["type"] == new["type"] and come:
        yield Change("addition", place, f"may be {_names(come)}")
    if new["nullable"] and not old["nullable"]:
        yield Change("breaking", place, "may be null now")
    if old["nullable"] and not new["nullable"]:
        yield Change("easing", place, "is never null any more")


def _names(names: list[str]) -> str:
    return ", ".join(names) or "none"


def needed_version(old: Contract, new: Contract) -> str | None:
    """The least version that the new contract may bear; None where the one it bears is enough."""
    weights = {change.weight for change in contract_changes(old, new)}
    major, minor, patch = _version(old["contract_version"])
    given = _version(new["contract_version"])
    least = (major, minor, patch)
    if "breaking" in weights:
        least = (major + 1, 0, 0)
    elif "addition" in weights:
        least = (major, minor + 1, 0)
    return None if given >= least else ".".join(map(str, least))


def _version(text: str) -> tuple[int, int, int]:
    major, minor, patch = map(int, text.split("."))
    return major, minor, patch


def refuse_unversioned(old: Contract, new: Contract) -> None:
    """Refuse a contract whose version does not say how it differs from an earlier one.

    Raises:
        ConfigurationError: it needs a higher version.
    """
    needed = needed_version(old, new)
    if needed is not None:
        raise ConfigurationError(
            f"The contract {new['contract_version']} differs from {old['contract_version']} by "
            f"{_told(contract_changes(old, new))}. Set CONTRACT_VERSION to {needed} in harmonize/model/tables.py, or "
            "take the change back."
        )


def refuse_breaking(out: Path) -> None:
    """Refuse to publish what breaks with the release that `current` names, unless the major version says so.

    A release without a contract, and one that cannot be read, binds nobody.

    Raises:
        PublicationError: tables or columns that readers of the last release rely on would be gone or another.
    """
    path = out / "current" / CONTRACT_FILE
    if not path.is_file():
        return
    try:
        old = read_contract(path)
    except ConfigurationError:
        return
    new = contract()
    breaking = [change for change in contract_changes(old, new) if change.weight == "breaking"]
    if breaking and _version(new["contract_version"])[0] <= _version(old["contract_version"])[0]:
        raise PublicationError(
            f"{out / 'current'}: its readers rely on contract {old['contract_version']}, and this program, of contract "
            f"{new['contract_version']}, would break it: {_told(breaking)}. Use the harmonize that made it, or "
            "a later one, raise the major version of the contract, or choose another --out; the last release stays."
        )


def _told(changes: list[Change]) -> str:
    more = len(changes) - _SHOWN
    return "; ".join(map(str, changes[:_SHOWN])) + (f" and {more} more" if more > 0 else "")
