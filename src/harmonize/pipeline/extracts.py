"""Extracts of audiences, written into their folders; what was told is remembered before anybody can read it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from harmonize.errors import PublicationError
from harmonize.insight.needs.owners import owner_groups
from harmonize.insight.needs.rules import load_benchmark_rules
from harmonize.insight.policy.dictionary import extracts_readme
from harmonize.insight.policy.extracts import make_extracts
from harmonize.insight.policy.remembered import memories_of, record_of
from harmonize.insight.policy.rules import PolicyRules, load_policy_rules
from harmonize.insight.policy.telling import Told, differences_of_few
from harmonize.project import Project
from harmonize.store.publications import Publications
from harmonize.store.shares import Share
from harmonize.workbooks import DelimitedText

__all__ = ["ExtractWriter"]

_ITS_FACTORIES = """
    SELECT shared_id, facility_id FROM workspace.shared_facility WHERE audience_no = getvariable('audience_no')
"""
_THEIR_SECTORS = """
    SELECT f.shared_id, string_agg(DISTINCT t.sector, '; ' ORDER BY t.sector)
    FROM workspace.visible_mention v
    JOIN source.facility_mention m USING (mention_id)
    JOIN source.compact.stated_mention t USING (mention_id)
    JOIN workspace.shared_facility f ON f.audience_no = v.audience_no AND f.facility_id = m.facility_id
    WHERE v.audience_no = getvariable('audience_no') AND t.sector IS NOT NULL
    GROUP BY f.shared_id
"""
"""As the records state it that an audience was granted: who is told no names gets of it the class alone."""


@dataclass(slots=True)
class ExtractWriter:
    """Writes the extracts of one publication.

    Attributes:
        group_of: owner groups of all factories of the whole release: an owner that an audience
            cannot see would else count as several.
        records: what each audience was told by now, by its folder.
        told: the same by its name and table, factories by their ids in the release.
    """

    rules: PolicyRules
    group_of: Mapping[str, str]
    publications: Publications
    as_of: date
    judged_on: date
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: dict[str, dict[str, list[Told]]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, project: Project, database: Path, publications: Publications, as_of: date, judged_on: date
    ) -> ExtractWriter:
        """For a release.

        Raises:
            ConfigurationError: the rules are impossible.
        """
        owners = load_benchmark_rules(project.find("schemas/benchmarks.yml")).owners
        rules = load_policy_rules(project.find("schemas/policy.yml"))
        with duckdb.connect(str(database), read_only=True) as connection:
            return cls(rules, owner_groups(connection, owners), publications, as_of, judged_on)

    def write(self, connection: duckdb.DuckDBPyConnection, share: Share, *, is_named: bool) -> dict[str, Any]:
        """Write `extracts/` of an audience; what the manifest says of it, which is empty where its kind receives none.

        Where its file is encrypted, they stand in the file, in the schema `extract`, and only their README beside it.

        Raises:
            PublicationError: they cannot be written, or the record of what was told before is damaged.
        """
        names = self.rules.extracts.get(share.kind, ())  # type: ignore[call-overload]
        if not names:
            return {}
        masters = connection.execute(_ITS_FACTORIES).fetchall()
        groups = {shared_id: self.group_of.get(master, master) for shared_id, master in masters}
        sectors: dict[str, str] = dict(connection.execute(_THEIR_SECTORS).fetchall())
        made = make_extracts(
            connection, names, self.rules, groups, self._before(share), self.as_of, self.judged_on, sectors,
            is_named=is_named,
        )  # fmt: skip
        self.records[share.folder] = record_of(made.memories)
        self.told[share.audience] = {
            name: [block.renamed(dict(masters)) for block in memory.told] for name, memory in made.memories.items()
        }
        folder = share.database.parent / "extracts"
        folder.mkdir()
        for name, table in made.tables.items():
            if share.is_encrypted:
                _keep(connection, name, table)
            else:
                pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
                _write_csv(table, folder / f"{name}.csv")
        readme = extracts_readme(made.tables, made.off, self.rules, () if share.is_encrypted else ("csv", "parquet"))
        (folder / "README.md").write_text(readme, encoding="utf-8")
        told = {name: {"rows": table.num_rows, "hash": _hash(table)} for name, table in made.tables.items()}
        return told | {name: {"off": why} for name, why in made.off.items()}

    def remember(self) -> None:
        """Keep what is told from now on, before it is published: what was told and forgotten would be told anew."""
        for folder, record in self.records.items():
            self.publications.write_record(f"told/{folder}.json", record)

    def subtractable(self) -> dict[tuple[str, str], int]:
        """How many groups of few owners follow from the extracts of two audiences together, where any do.

        Each audience's are counted from its own share alone, so they cannot keep clear of another's.
        """
        found: Counter[tuple[str, str]] = Counter()
        for one, other in permutations(self.told, 2):
            for name, blocks in self.told[one].items():
                others = self.told[other].get(name, ())
                pair = (min(one, other), max(one, other))
                found[pair] += differences_of_few(blocks, others, self.group_of, self.rules.least_groups)
        return {pair: count for pair, count in found.items() if count}

    def _before(self, share: Share) -> Any:
        path = self.publications.steward / "told" / f"{share.folder}.json"
        try:
            return memories_of(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise PublicationError(
                f"{path}: what was told before cannot be read ({type(problem).__name__}). Restore it from a "
                "copy: without it, two publications could be subtracted from each other."
            ) from problem


def _keep(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    connection.register("arriving", table)
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS extract; CREATE TABLE extract."{name}" AS SELECT * FROM arriving')
    connection.unregister("arriving")


def _write_csv(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        text = DelimitedText(stream)
        text.writerow(table.schema.names)
        for row in table.to_pylist():
            text.writerow(row.values())


def _hash(table: pa.Table) -> str:
    return hashlib.sha256(json.dumps(table.to_pylist(), default=str).encode()).hexdigest()[:16]
