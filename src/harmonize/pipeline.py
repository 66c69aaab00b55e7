"""The only module that knows the order of the stages: inbox to release.

`inbox -> reading -> sources -> stage -> crosswalk -> identity -> assessments -> store -> quality -> release`
"""

from __future__ import annotations

import hashlib
import json
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from harmonize import __version__
from harmonize.assessments.deduplicate import deduplicate
from harmonize.crosswalk.harmonise import (
    crosswalk_table,
    harmonise,
    indicator_table,
    register_knowledge,
    topic_table,
)
from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.lint import lint
from harmonize.crosswalk.mapping import load_editions
from harmonize.crosswalk.resolve import CrosswalkIndex, InstrumentRules, load_index
from harmonize.crosswalk.scales import Scale, load_scales
from harmonize.errors import ConfigurationError, LedgerError, PublicationError, RefusedFile
from harmonize.identity import Knowledge, append_ledger, read_ledger, resolve
from harmonize.identity.decisions import Decision
from harmonize.insight.summary import figures, write_reports
from harmonize.ledgers import append_ids, read_ids, read_lines
from harmonize.model.staged import STAGED_SCHEMAS
from harmonize.model.tables import CONTRACT_VERSION
from harmonize.project import Project
from harmonize.quality.violations import violations
from harmonize.reading.documents import suffix_of
from harmonize.reading.inbox import Delivered, Refusal, discover
from harmonize.settings import PipelineSettings
from harmonize.sources.ingest import read_file
from harmonize.sources.profile import Profile, load_profiles
from harmonize.sources.vocabulary import Vocabulary
from harmonize.staging import StagedFolder, fingerprint, load_staged, staged_key, write_staged
from harmonize.store.build import build_database, combined_hash, finish_database, logical_hashes
from harmonize.store.datapackage import datapackage
from harmonize.store.parquet import write_parquet
from harmonize.store.releases import building, exclusive, publish, read_manifest, release_folder
from harmonize.values.geography import Geography
from harmonize.values.identifiers import IdentifierRules
from harmonize.values.units import UnitTable

__all__ = ["Observer", "RunResult", "load_knowledge", "run"]


class Observer:
    """What the pipeline tells while it works; the CLI shows it. This one is silent."""

    def stage(self, name: str) -> None:
        """A stage begins."""

    def step(self, done: int, total: int, what: str) -> None:
        """A step inside the stage is done."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything the knowledge folders say."""

    profiles: Mapping[str, Profile]
    vocabulary: Vocabulary
    language: Language
    scales: Mapping[str, Scale]
    units: UnitTable
    index: CrosswalkIndex
    schemas: Path
    reading_hash: str
    knowledge_hash: str


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


@dataclass(slots=True)
class _Clock:
    """Seconds and peak memory per stage."""

    observer: Observer
    seconds: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.observer.stage(name)
        begin = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begin, 3)
        self.peak_memory_mb[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def load_knowledge(project: Project, as_of: date) -> Understanding:
    """Load and lint everything under mappings/ and schemas/.

    Raises:
        ConfigurationError: something in there is impossible; the message names file, place, value and cure.
    """
    schemas = project.find("schemas")
    profile_paths = project.files("mappings", "*/source.yml")
    profiles = load_profiles(profile_paths)
    vocabulary = Vocabulary.load(
        project.find("schemas/severities.yml"), Geography.from_folder(schemas), IdentifierRules.from_folder(schemas)
    )
    language = load_language(project)
    scales = load_scales(project.find("schemas/scales.yml"))
    units = UnitTable.from_file(project.find("schemas/units.yml"))
    editions = load_editions(project)
    complaints = lint(editions, language, scales, frozenset(unit.unit for unit in units.spellings.values()))
    if complaints:
        first = complaints[0]
        raise ConfigurationError(
            f"{first.place}: {first.message} {first.cure} ({len(complaints)} in all: `harmonize crosswalk lint`.)"
        )
    rules = {
        name: InstrumentRules(
            profile.editions,
            [(family.pattern, family.question) for family in profile.question_families],
            profile.national_editions,
        )
        for name, profile in profiles.items()
    }
    reading_paths = [
        *profile_paths,
        *(project.find(f"schemas/{name}") for name in ("severities.yml", "countries.yml", "identifiers.yml", "admin_units.csv")),
    ]
    knowledge_paths = [path for folder in ("mappings", "schemas") for path in project.files(folder, "**/*.*")]
    return Understanding(
        profiles,
        vocabulary,
        language,
        scales,
        units,
        load_index(project, editions, rules, as_of),
        schemas,
        fingerprint(reading_paths),
        fingerprint([path for path in knowledge_paths if path.is_file()]),
    )


@dataclass(slots=True)
class _Inbox:
    """What became of every delivered file."""

    loaded: dict[str, tuple[Delivered, StagedFolder]] = field(default_factory=dict)
    duplicates: list[tuple[Delivered, str]] = field(default_factory=list)
    refused: list[tuple[Delivered, RefusedFile]] = field(default_factory=list)


def _order(delivered: Delivered) -> tuple[bool, str, str, str]:
    """The order of deliveries: undated before dated, then by contributor and path."""
    received = delivered.received_at
    return (received is not None, "" if received is None else received.isoformat(), delivered.contributor, delivered.path)


def _read_inbox(
    found: Sequence[Delivered | Refusal],
    stage: Path,
    settings: PipelineSettings,
    understanding: Understanding,
    source: str | None,
    observer: Observer,
) -> _Inbox:
    inbox = _Inbox()
    by_content: dict[str, list[Delivered]] = {}
    for entry in found:
        if isinstance(entry, Refusal):
            inbox.refused.append((entry.delivered, entry.problem))
        else:
            by_content.setdefault(f"{entry.content_id}{suffix_of(entry.path)}", []).append(entry)
    groups = sorted(by_content.values(), key=lambda group: min(map(_order, group)))
    for done, group in enumerate(groups, start=1):
        _read_group(inbox, sorted(group, key=_order), stage, settings, understanding, source)
        observer.step(done, len(groups), group[0].path)
    return inbox


def _read_group(
    inbox: _Inbox,
    group: list[Delivered],
    stage: Path,
    settings: PipelineSettings,
    understanding: Understanding,
    source: str | None,
) -> None:
    """Byte-identical files: the first that may be loaded is, the others are duplicates of it."""
    known = [p for name, p in understanding.profiles.items() if source is None or name == source]
    try:
        staged = _stage_file(group[0], stage, settings, understanding, known, source or "")
    except RefusedFile as refused:
        inbox.refused.extend((delivered, refused) for delivered in group)
        return
    if understanding.profiles[staged.instrument].kind == "grants":
        allowed = [delivered for delivered in group if delivered.contributor in settings.registrars]
        inbox.refused.extend(
            (delivered, _no_registrar(delivered, settings)) for delivered in group if delivered not in allowed
        )
        group = allowed
    if group:
        inbox.loaded[group[0].file_id] = (group[0], staged)
        inbox.duplicates.extend((delivered, group[0].file_id) for delivered in group[1:])


def _no_registrar(delivered: Delivered, settings: PipelineSettings) -> RefusedFile:
    return RefusedFile(
        "not_a_registrar",
        f"Grants are accepted only from {', '.join(settings.registrars)}, not from {delivered.contributor}.",
        "Let the registrar deliver the consent register.",
        value=delivered.contributor,
    )


def _stage_file(
    delivered: Delivered,
    stage: Path,
    settings: PipelineSettings,
    understanding: Understanding,
    profiles: Sequence[Profile],
    source: str,
) -> StagedFolder:
    limits = settings.limits
    knowledge = f"{understanding.reading_hash}{limits.model_dump_json()}{source}"
    key = staged_key(delivered.content_id, suffix_of(delivered.path), knowledge)
    staged = load_staged(stage, key)
    if staged is not None:
        return staged
    data = delivered.read(limits)
    try:
        made = read_file(data, delivered.path, profiles, understanding.vocabulary, limits)
    except (MemoryError, RecursionError) as problem:
        raise RefusedFile(
            "too_large", f"The file needs more than this machine has: {type(problem).__name__}.", "Split the export."
        ) from problem
    try:
        return write_staged(stage, key, made)
    except OSError as problem:
        raise PublicationError(
            f"{stage}: the stage cannot be written: {problem.strerror}. Free space or mend its permissions."
        ) from problem


_FILE_SCHEMA = pa.schema(
    {
        "file_id": pa.string(),
        "content_id": pa.string(),
        "path": pa.string(),
        "contributor": pa.string(),
        "instrument": pa.string(),
        "layout": pa.string(),
        "status": pa.string(),
        "bytes": pa.int64(),
        "cells_total": pa.int64(),
        "cells_blank": pa.int64(),
        "source_ignored": pa.int64(),
        "received_at": pa.date32(),
        "duplicate_of": pa.string(),
    }
)


def _file_row(delivered: Delivered, status: str, staged: StagedFolder | None, twin: str | None) -> dict[str, object]:
    counts = staged.counts if staged else None
    return {
        "file_id": delivered.file_id,
        "content_id": delivered.content_id,
        "path": delivered.path,
        "contributor": delivered.contributor,
        "instrument": staged.instrument if staged else None,
        "layout": staged.layout if staged else None,
        "status": status,
        "bytes": delivered.size,
        "cells_total": counts.total if counts else 0,
        "cells_blank": counts.blank if counts else 0,
        "source_ignored": counts.ignored if counts else 0,
        "received_at": delivered.received_at,
        "duplicate_of": twin,
    }


def _register_files(connection: duckdb.DuckDBPyConnection, inbox: _Inbox) -> None:
    rows = [_file_row(delivered, "loaded", staged, None) for delivered, staged in inbox.loaded.values()]
    rows += [_file_row(d, "duplicate", inbox.loaded[twin][1], twin) for d, twin in inbox.duplicates]
    rows += [_file_row(delivered, "refused", None, None) for delivered, _ in inbox.refused]
    arriving = pa.Table.from_pylist(rows, schema=_FILE_SCHEMA)
    connection.register("arriving", arriving)
    connection.execute("CREATE OR REPLACE TABLE inbox_file AS SELECT * FROM arriving")
    connection.unregister("arriving")
    refusals = [
        {
            "file_id": delivered.file_id,
            "locator": problem.locator,
            "code": problem.code,
            "severity": "error",
            "value": problem.value,
            "message": str(problem),
            "hint": problem.hint,
        }
        for delivered, problem in inbox.refused
    ]
    schema = pa.schema({name: pa.string() for name in ("file_id", "locator", "code", "severity", "value", "message", "hint")})
    connection.register("arriving", pa.Table.from_pylist(refusals, schema=schema))
    connection.execute("CREATE OR REPLACE TABLE refusal AS SELECT * FROM arriving")
    connection.unregister("arriving")


def _load_stage(connection: duckdb.DuckDBPyConnection, inbox: _Inbox) -> None:
    """Bring every staged table into the workspace, each row with its file."""
    for table, schema in STAGED_SCHEMAS.items():
        connection.register("arriving", schema.empty_table())
        connection.execute(
            f"CREATE OR REPLACE TABLE staged_{table} AS SELECT NULL::VARCHAR AS file_id, * FROM arriving LIMIT 0"
        )
        connection.unregister("arriving")
        paths = {
            str(path): file_id
            for file_id, (_, staged) in inbox.loaded.items()
            if (path := staged.parquet(table)) is not None
        }
        if not paths:
            continue
        names = pa.table({"filename": list(paths), "file_id": list(paths.values())})
        connection.register("names", names)
        # One row of `names` per file: a staged folder may serve several files with the same content.
        connection.execute(
            f"INSERT INTO staged_{table} SELECT n.file_id, s.* EXCLUDE (filename) "
            f"FROM read_parquet($1, filename = true) s JOIN names n USING (filename)",
            [list(paths)],
        )
        connection.unregister("names")


_MENTIONS = """
    SELECT
        'HM' || upper(substr(sha256(m.file_id || '|' || m.locator), 1, 16)) AS mention_id,
        m.*,
        f.contributor,
        f.instrument
    FROM staged_mention m
    JOIN inbox_file f USING (file_id)
    ORDER BY mention_id
"""


def _place_mentions(connection: duckdb.DuckDBPyConnection, geography: Geography) -> pa.Table:
    """The mentions with the province of today, from the printed province or else from the address."""
    mentions = connection.execute(_MENTIONS).to_arrow_table()
    provinces: list[str | None] = []
    for row in mentions.select(["country", "admin1", "city", "address"]).to_pylist():
        country = row["country"]
        found = None
        if country is not None:
            found = geography.admin1(country, row["admin1"]) or geography.admin1(country, row["city"])
            if found is None and row["address"]:
                found = geography.admin1_within(country, row["address"])
        provinces.append(found.name if found else row["admin1"])
    column = mentions.schema.get_field_index("admin1")
    placed = mentions.set_column(column, "admin1", pa.array(provinces, pa.string()))
    connection.register("arriving", placed)
    connection.execute("CREATE OR REPLACE TABLE mention AS SELECT * FROM arriving")
    connection.unregister("arriving")
    return placed


_IDENTIFIERS = """
    SELECT m.mention_id, i.scheme, i.value, i.valid
    FROM staged_identifier i
    JOIN mention m USING (file_id, locator)
    ORDER BY ALL
"""

_MENTION_COLUMNS = (
    "mention_id",
    "contributor",
    "instrument",
    "name",
    "name_local",
    "address",
    "city",
    "admin1",
    "country",
    "latitude",
    "longitude",
    "workers",
)


def _read_decisions(path: Path) -> list[Decision]:
    try:
        return [Decision(**line) for line in read_lines(path)]  # type: ignore[arg-type]  # checked by the next line
    except TypeError as problem:
        raise LedgerError(f"{path}: a decision is not whole: {problem}. See mappings/README.md.") from problem


def _identify(
    connection: duckdb.DuckDBPyConnection, understanding: Understanding, decisions: Path, today: date
) -> dict[str, list[str]]:
    """Link every mention to a factory; returns old ids by the factory id that holds now."""
    mentions = _place_mentions(connection, understanding.vocabulary.geography)
    ledger = decisions / "facility_ids.jsonl"
    resolution = resolve(
        mentions.select(list(_MENTION_COLUMNS)),
        connection.execute(_IDENTIFIERS).to_arrow_table(),
        _read_decisions(decisions / "facility_decisions.jsonl"),
        read_ledger(ledger),
        Knowledge.from_folder(understanding.schemas),
    )
    append_ledger(ledger, resolution.minted, today)
    aliases = pa.table(
        {
            "old_id": pa.array([old for old, _ in resolution.aliases], pa.string()),
            "facility_id": pa.array([new for _, new in resolution.aliases], pa.string()),
        }
    )
    notices = pa.Table.from_pylist(
        [
            {"mention_id": notice.mention_id, "code": notice.code, "value": notice.value, "message": notice.message}
            for notice in resolution.notices
        ],
        schema=pa.schema({name: pa.string() for name in ("mention_id", "code", "value", "message")}),
    )
    for name, table in (
        ("link", resolution.links),
        ("facility_pair", resolution.pairs),
        ("facility_alias", aliases),
        ("identity_notice", notices),
    ):
        connection.register("arriving", table)
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving")
        connection.unregister("arriving")
    olds: dict[str, list[str]] = {}
    for old, new in resolution.aliases:
        olds.setdefault(new, []).append(old)
    return olds


_DELIVERIES = """
    CREATE OR REPLACE TABLE delivery AS
    SELECT
        f.file_id,
        coalesce(f.duplicate_of, f.file_id) AS content_file_id,
        f.content_id,
        f.path,
        f.contributor,
        f.received_at,
        l.facility_id,
        a.* EXCLUDE (file_id)
    FROM inbox_file f
    JOIN staged_assessment a ON a.file_id = coalesce(f.duplicate_of, f.file_id)
    JOIN mention m ON m.file_id = a.file_id AND m.assessment_no = a.assessment_no
    JOIN link l USING (mention_id)
    WHERE f.status IN ('loaded', 'duplicate');

    CREATE OR REPLACE TABLE facility_of_identifier AS
    SELECT i.scheme, i.value, min(l.facility_id) AS facility_id
    FROM staged_identifier i
    JOIN mention m USING (file_id, locator)
    JOIN link l USING (mention_id)
    WHERE i.valid
    GROUP BY i.scheme, i.value
    HAVING count(DISTINCT l.facility_id) = 1;

    ALTER TABLE staged_plan ADD COLUMN instrument VARCHAR;
    UPDATE staged_plan SET instrument = f.instrument FROM inbox_file f WHERE f.file_id = staged_plan.file_id;
"""

_ISSUES = """
    CREATE OR REPLACE TABLE made_issue AS
    WITH noticed AS (
        SELECT file_id, locator, code, severity, value, message, hint, withheld FROM staged_issue
        UNION ALL
        SELECT file_id, locator, code, severity, value, message, hint, withheld FROM answer_issue
        UNION ALL
        SELECT file_id, locator, code, severity, value, message, hint, withheld FROM plan_issue
        UNION ALL
        SELECT file_id, locator, code, severity, value, message, hint, false FROM refusal
        UNION ALL
        SELECT
            m.file_id, m.locator, n.code,
            -- What only the comparison of records shows is no fault of the file that prints it.
            CASE n.code WHEN 'identifier_in_two_countries' THEN 'warning' ELSE 'info' END, n.value, n.message,
            'Compare the records and decide: harmonize facilities decide.', false
        FROM identity_notice n
        JOIN mention m USING (mention_id)
    )
    SELECT DISTINCT
        'HI' || upper(substr(sha256(concat_ws('|', file_id, locator, code, value)), 1, 16)) AS issue_id,
        file_id, locator, code, severity, nullif(left(value, 500), '') AS value, message, nullif(hint, '') AS hint, withheld
    FROM noticed;

    CREATE OR REPLACE TABLE made_file AS
    WITH cell AS (
        -- A verifier's correction belongs to its cell; a unit cell goes with its quantity.
        SELECT
            file_id, assessment_no, cell_no,
            bool_or(problem IS NULL AND NOT is_ignored) AS is_loaded,
            bool_or(is_ignored) AS is_ignored,
            bool_or(unit_place IS NOT NULL) AS has_unit
        FROM harmonised_answer
        GROUP BY ALL
    ),
    counted AS (
        SELECT
            file_id,
            sum(CASE WHEN is_loaded THEN 1 + has_unit::INT ELSE 0 END) AS loaded,
            sum(CASE WHEN is_loaded THEN 0 WHEN is_ignored THEN 1 + has_unit::INT ELSE has_unit::INT END) AS ignored,
            sum(CASE WHEN is_loaded OR is_ignored THEN 0 ELSE 1 END) AS quarantined
        FROM cell
        GROUP BY file_id
    ),
    found AS (
        SELECT file_id, count(*) AS loaded FROM (
            SELECT file_id FROM harmonised_finding UNION ALL SELECT file_id FROM staged_plan
        ) GROUP BY file_id
    ),
    withheld AS (
        SELECT file_id, sum(cells) AS cells FROM staged_issue WHERE withheld GROUP BY file_id
    ),
    edition AS (
        SELECT file_id, min(edition) AS edition FROM staged_assessment GROUP BY file_id HAVING count(DISTINCT edition) = 1
    ),
    troubled AS (
        SELECT DISTINCT file_id FROM made_issue WHERE severity <> 'info'
    )
    SELECT
        f.file_id, f.content_id, f.path, f.contributor, f.instrument, e.edition, f.layout, f.bytes, f.received_at,
        f.duplicate_of,
        CASE WHEN f.status = 'loaded' AND t.file_id IS NOT NULL THEN 'loaded_with_issues' ELSE f.status END AS status,
        f.cells_total,
        f.cells_blank,
        CASE WHEN f.status = 'loaded' THEN coalesce(c.loaded, 0) + coalesce(n.loaded, 0) ELSE 0 END AS cells_loaded,
        CASE
            WHEN f.status = 'loaded' THEN f.source_ignored + coalesce(c.ignored, 0)
            -- A duplicate's cells are all in the file that was loaded instead.
            WHEN f.status = 'duplicate' THEN f.cells_total - f.cells_blank
            ELSE 0
        END AS cells_ignored,
        CASE WHEN f.status = 'loaded' THEN coalesce(c.quarantined, 0) + coalesce(w.cells, 0) ELSE 0 END
            AS cells_quarantined
    FROM inbox_file f
    LEFT JOIN counted c USING (file_id)
    LEFT JOIN found n USING (file_id)
    LEFT JOIN withheld w USING (file_id)
    LEFT JOIN edition e ON e.file_id = coalesce(f.duplicate_of, f.file_id)
    LEFT JOIN troubled t USING (file_id)
    ORDER BY f.path;
"""


def _knowledge_rows(understanding: Understanding) -> dict[str, list[dict[str, object]]]:
    profiles = [understanding.profiles[name] for name in sorted(understanding.profiles)]
    return {
        "topic": topic_table(understanding.language),
        "indicator": indicator_table(understanding.language),
        "crosswalk": crosswalk_table(understanding.index),
        "instrument": [
            {"instrument": p.instrument, "title": p.title, "owner": p.owner, "kind": p.kind} for p in profiles
        ],
        "instrument_rights": [{"instrument": p.instrument, **p.rights.model_dump()} for p in profiles],
    }


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
    clock = _Clock(observer or Observer())
    with exclusive(out), building(out) as work:
        with clock.stage("discover"):
            found = discover(inbox_folder, settings.limits)
        with clock.stage("knowledge"):
            understanding = load_knowledge(project, as_of)
            if source is not None and source not in understanding.profiles:
                raise ConfigurationError(
                    f"There is no source {source!r}; known are {', '.join(sorted(understanding.profiles))}."
                )
        with clock.stage("read"):
            stage = project.stage_folder(out)
            inbox = _read_inbox(found, stage, settings, understanding, source, clock.observer)
        workspace = work / "workspace.duckdb"
        release = work / "release"
        release.mkdir()
        _transform(project, settings, understanding, inbox, workspace, out, today, clock)
        database = release / "harmonized.duckdb"
        with clock.stage("store"):
            build_database(workspace, database, _knowledge_rows(understanding), settings.memory_limit)
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
    inbox: _Inbox,
    workspace: Path,
    out: Path,
    today: date,
    clock: _Clock,
) -> None:
    """Staged files to made tables, in one workspace database."""
    decisions = project.decisions_folder(out)
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": settings.memory_limit, "temp_directory": str(workspace.parent / "spill")}
    with duckdb.connect(str(workspace), config=config) as connection:
        with clock.stage("crosswalk"):
            _register_files(connection, inbox)
            _load_stage(connection, inbox)
            default_scales = {
                name: layout.default_scale
                for name, profile in understanding.profiles.items()
                for layout in profile.layouts
                if layout.default_scale is not None
            }
            register_knowledge(
                connection,
                understanding.index,
                understanding.language,
                understanding.scales,
                understanding.units,
                default_scales,
            )
            harmonise(connection, understanding.index)
        with clock.stage("identity"):
            olds = _identify(connection, understanding, decisions, today)
        with clock.stage("assessments"):
            connection.execute(_DELIVERIES)
            ledger = decisions / "assessment_ids.jsonl"
            append_ids(ledger, deduplicate(connection, read_ids(ledger), olds), today)
            connection.execute(_ISSUES)


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
    """Hold the dimension tables and the violations against the expectations; a failed critical one stops publication."""
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
            {"table": entry.table, "expectation": entry.expectation, "column": entry.column, "message": entry.message}
            for entry in result.failed_warnings
        ],
    }


