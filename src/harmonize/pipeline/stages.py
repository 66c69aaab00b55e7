"""The order of the stages: inbox to release.

`inbox -> reading -> sources -> stage -> crosswalk -> identity -> assessments -> store -> quality -> release`
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from harmonize import __version__
from harmonize.assessments.deduplicate import deduplicate
from harmonize.crosswalk.harmonise import harmonise, register_knowledge
from harmonize.errors import ConfigurationError, PublicationError
from harmonize.insight.summary import figures, write_reports
from harmonize.ledgers import append_ids, read_ids
from harmonize.model.tables import CONTRACT_VERSION
from harmonize.pipeline.intake import Intake, take_in
from harmonize.pipeline.observer import Clock, Observer
from harmonize.pipeline.understanding import Understanding, knowledge_rows, load_knowledge
from harmonize.pipeline.workspace import identify, load_stage, make_deliveries, make_files, register_files
from harmonize.project import Project
from harmonize.quality.violations import violations
from harmonize.reading.inbox import Delivered, Refusal, discover
from harmonize.settings import PipelineSettings
from harmonize.store.build import build_database, combined_hash, finish_database, logical_hashes
from harmonize.store.datapackage import datapackage
from harmonize.store.parquet import write_parquet
from harmonize.store.releases import building, exclusive, publish, read_manifest, release_folder

__all__ = ["RunResult", "run"]


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run."""

    folder: Path
    release_id: str
    manifest: Mapping[str, Any]
    is_new: bool

    @property
    def has_issues(self) -> bool:
        """Something was refused, withheld or needs a look."""
        return bool(self.manifest["figures"]["issues_to_see"])


def _input_hash(found: Sequence[Delivered | Refusal], understanding: Understanding) -> str:
    ids = [(entry.delivered if isinstance(entry, Refusal) else entry).file_id for entry in found]
    return hashlib.sha256("|".join([*sorted(ids), understanding.knowledge_hash]).encode()).hexdigest()[:32]


def run(
    project: Project,
    settings: PipelineSettings,
    inbox_folder: Path,
    out: Path,
    as_of: date,
    today: date,
    observer: Observer | None = None,
    source: str | None = None,
) -> RunResult:
    """Run a pipeline over an inbox and publish a release.

    Args:
        as_of: the day of judgement; it enters the manifest and the hash.
        today: the day on which ids are minted; it enters the ledger only.
        source: read every file as this instrument.

    Raises:
        HarmonizeError: the run cannot go on; the last release stays in place.
    """
    try:
        return _run(project, settings, inbox_folder, out, as_of, today, Clock(observer or Observer()), source)
    except (
        duckdb.IOException,
        duckdb.TransactionException,
        duckdb.FatalException,
        duckdb.OutOfMemoryException,
        OSError,
    ) as problem:
        # A full disk or a vanished folder: the release in place was not touched.
        raise PublicationError(
            f"{out}: the run cannot go on: {problem}. Free space, mend permissions, or choose another --out; "
            "the last release stays."
        ) from problem


def _run(
    project: Project,
    settings: PipelineSettings,
    inbox_folder: Path,
    out: Path,
    as_of: date,
    today: date,
    clock: Clock,
    source: str | None,
) -> RunResult:
    decisions = project.decisions_folder(out)
    with exclusive(out), exclusive(decisions), building(out) as work:
        with clock.stage("discover"):
            found = discover(inbox_folder, settings.limits)
        with clock.stage("knowledge"):
            understanding = load_knowledge(project, as_of, work)
            if source is not None and source not in understanding.profiles:
                raise ConfigurationError(
                    f"There is no source {source!r}; known are {', '.join(sorted(understanding.profiles))}."
                )
        with clock.stage("read"):
            stage = project.stage_folder(out)
            intake = take_in(found, stage, settings, understanding, source, clock.observer)
        workspace = work / "workspace.duckdb"
        release = work / "release"
        release.mkdir()
        _transform(project, settings, understanding, intake, workspace, out, today, clock)
        database = release / "harmonized.duckdb"
        with clock.stage("store"):
            build_database(workspace, database, knowledge_rows(understanding), settings.memory_limit)
            with duckdb.connect(str(database), read_only=True) as connection:
                hashes = logical_hashes(connection)
            parts = {"contract": CONTRACT_VERSION, "as_of": as_of.isoformat(), "version": __version__}
            logical_hash = combined_hash(hashes, parts)
            release_id = f"{as_of.isoformat()}-{logical_hash[:12]}"
            input_hash = _input_hash(found, understanding)
            finish_database(
                database,
                {
                    "run_id": f"run-{input_hash[:12]}",
                    "pipeline": settings.name,
                    "as_of": as_of,
                    "harmonize_version": __version__,
                    "input_hash": input_hash,
                },
                {
                    "release_id": release_id,
                    "contract_version": CONTRACT_VERSION,
                    "logical_hash": logical_hash,
                    "as_of": as_of,
                },
            )
        known = read_manifest(release_folder(out, release_id))
        if known is not None:
            publish(out, release, release_id)
            return RunResult(release_folder(out, release_id), release_id, known, is_new=False)
        with clock.stage("quality"):
            checks = _check(settings, project, database, release)
        with clock.stage("extract"), duckdb.connect(str(database), read_only=True) as connection:
            write_parquet(connection, release / "parquet")
            package = datapackage(release / "parquet", release_id, as_of.isoformat())
            (release / "parquet" / "datapackage.json").write_text(
                json.dumps(package, ensure_ascii=False, indent=1), encoding="utf-8"
            )
            write_reports(connection, release / "reports")
            closing = figures(connection)
        manifest = {
            "release_id": release_id,
            "contract_version": CONTRACT_VERSION,
            "harmonize_version": __version__,
            "pipeline": settings.name,
            "as_of": as_of.isoformat(),
            "input_hash": input_hash,
            "logical_hash": logical_hash,
            "tables": {name: {"rows": count, "hash": digest} for name, (count, digest) in hashes.items()},
            "figures": closing,
            "expectations": checks,
            "seconds": clock.seconds,
            "peak_memory_mb": clock.peak_memory_mb,
        }
        (release / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
        folder = publish(out, release, release_id)
    return RunResult(folder, release_id, manifest, is_new=True)


def _transform(
    project: Project,
    settings: PipelineSettings,
    understanding: Understanding,
    intake: Intake,
    workspace: Path,
    out: Path,
    today: date,
    clock: Clock,
) -> None:
    """Staged files to made tables, in one workspace database."""
    decisions = project.decisions_folder(out)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "temp_directory": str(workspace.parent / "spill"),
    }
    with duckdb.connect(str(workspace), config=config) as connection:
        with clock.stage("crosswalk"):
            register_files(connection, intake)
            load_stage(connection, intake)
            defaults = {
                name: (
                    next((layout.default_scale for layout in profile.layouts if layout.default_scale), None),
                    profile.verification,
                )
                for name, profile in understanding.profiles.items()
            }
            register_knowledge(
                connection,
                understanding.index,
                understanding.language,
                understanding.scales,
                understanding.units,
                understanding.entailment,
                defaults,
            )
            harmonise(connection, understanding.index)
        with clock.stage("identity"):
            olds = identify(connection, understanding, decisions, today)
        with clock.stage("assessments"):
            make_deliveries(connection)
            ledger = decisions / "assessment_ids.jsonl"
            append_ids(ledger, deduplicate(connection, read_ids(ledger), olds), today)
            make_files(connection)


_CHECKED = (
    "facility",
    "facility_identifier",
    "facility_mention",
    "assessment",
    "assessment_copy",
    "file",
    "indicator",
    "topic",
    "crosswalk",
    "consent_grant",
)


def _check(settings: PipelineSettings, project: Project, database: Path, release: Path) -> dict[str, Any]:
    """Hold dimension tables and violations against the expectations; a failed critical one stops publication."""
    if not settings.expectations:
        return {"checked": 0, "failed_warnings": []}
    from harmonize.quality.expectations import check  # Great Expectations takes seconds to import.

    with duckdb.connect(str(database), read_only=True) as connection:
        frames = {name: connection.execute(f'SELECT * FROM "{name}"').df() for name in _CHECKED}
        frames |= violations(connection)
    docs = release / "reports" / "data_docs" if settings.data_docs else None
    result = check(frames, project.files("pipelines/expectations", "*.yml"), docs)
    if result.failed_critical:
        first = result.failed_critical[0]
        raise PublicationError(
            f"expectation failed: {first.table}.{first.column or '*'} {first.expectation}: {first.message} "
            f"The last release stays. ({len(result.failed_critical)} critical in all.)"
        )
    return {
        "checked": len(result.results),
        "failed_warnings": [
            {
                "table": entry.table,
                "expectation": entry.expectation,
                "column": entry.column,
                "message": entry.message,
            }
            for entry in result.failed_warnings
        ],
    }
