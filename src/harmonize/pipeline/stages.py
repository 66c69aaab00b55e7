"""The order of the stages: inbox to release.

`inbox -> reading -> sources -> stage -> crosswalk -> identity -> assessments -> store -> quality -> release`
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from harmonize import __version__
from harmonize.assessments.deduplicate import (
    compare_candidates,
    compare_contents,
    draw_conclusions,
    find_candidates,
    group,
    make_answers,
)
from harmonize.crosswalk.harmonise import harmonise, judge
from harmonize.database import beside, open_part_of_memory, quoted
from harmonize.errors import ConfigurationError, PublicationError
from harmonize.ledgers import append_ids, read_ids
from harmonize.model.tables import CONTRACT_VERSION
from harmonize.pipeline import gate
from harmonize.pipeline.catalogue import attach_catalogue
from harmonize.pipeline.continuation import continued_form, last_release, tells_of_damage
from harmonize.pipeline.extraction import extracting
from harmonize.pipeline.intake import Intake, take_in
from harmonize.pipeline.observer import Clock, Observer
from harmonize.pipeline.readers import MUCH, Readers, is_much
from harmonize.pipeline.reporting import write_report
from harmonize.pipeline.understanding import Understanding, knowledge_rows, load_knowledge
from harmonize.pipeline.workspace import (
    choose_files_to_judge,
    copy_decisions,
    find_drift,
    identify,
    linkage_accuracy,
    make_deliveries,
    make_files,
    open_workspace,
    point_at,
    register_files,
    show_stage,
    use_workspace,
)
from harmonize.project import Project
from harmonize.quality.judging import JudgingProcess
from harmonize.reading.inbox import Delivered, Refusal, discover
from harmonize.settings import PipelineSettings
from harmonize.store.build import (
    attach_release,
    combined_hash,
    fill_contract,
    finish_release,
    keep_stated,
    list_open_findings,
    logical_hashes,
    records_hash,
    settle,
)
from harmonize.store.contracts import refuse_breaking, write_contract
from harmonize.store.history import end_way_back
from harmonize.store.releases import (
    building,
    checksum,
    discard_old,
    exclusive,
    file_sizes,
    is_whole,
    point_current,
    publish,
    read_manifest,
    release_folder,
)

__all__ = ["RunResult", "run"]

_CHECKING, _EXTRACTING, _TELLING = 0.4, 0.4, 0.2
"""How the readers of a finished release share the memory: the first two go through all answers."""
_WORTH_SETTLING = 20_000
"""Answers that were judged anew: fewer are written at the end in less time than it takes to settle them before."""


def _bytes(entry: Delivered | Refusal) -> int:
    return 0 if isinstance(entry, Refusal) else entry.size


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run.

    Attributes:
        manifest: of the release; where it is not new, of the run that made it.
        seconds, peak_memory_mb: of this run, per stage.
    """

    folder: Path
    release_id: str
    manifest: Mapping[str, Any]
    is_new: bool
    seconds: Mapping[str, float]
    peak_memory_mb: Mapping[str, int]

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
    clock = Clock(observer or Observer())
    try:
        try:
            return _run(project, settings, inbox_folder, out, as_of, today, clock, source)
        except duckdb.Error as problem:
            if not tells_of_damage(problem):
                raise
            return _run(project, settings, inbox_folder, out, as_of, today, clock, source, is_afresh=True)
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
    *,
    is_afresh: bool = False,
) -> RunResult:
    decisions, stage = project.decisions_folder(out), project.stage_folder(out)
    with (
        exclusive(out),
        exclusive(decisions),
        building(out) as work,
        Readers(clock) as readers,
        JudgingProcess(clock.companions.append) as judging,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        if is_afresh:
            # What is kept between runs is kept to save time; where it is damaged, everything is read again.
            shutil.rmtree(stage, ignore_errors=True)
        is_first = not stage.exists()
        refuse_breaking(out)
        with clock.stage("discover"):
            kept = pool.submit(last_release, out, is_trusted=not is_afresh)
            found = discover(inbox_folder, settings.limits, stage / "inbox.json")
        if is_first and is_much(len(found), sum(map(_bytes, found))):
            # Nothing was ever read, so all will be: the processes import their libraries meanwhile.
            readers.begin()
        with clock.stage("knowledge"):
            understanding = load_knowledge(project, as_of, work, stage / "knowledge")
            if source is not None and source not in understanding.profiles:
                raise ConfigurationError(
                    f"There is no source {source!r}; known are {', '.join(sorted(understanding.profiles))}."
                )

        def expected(new_bytes: int) -> None:
            # The library of the gate takes seconds to import. Where much is new both cores have other work meanwhile.
            if settings.expectations and 0 < new_bytes < MUCH:
                judging.begin()

        with clock.stage("read"):
            intake = take_in(found, stage, settings, understanding, source, readers, clock.observer, expected)
        release = work / "release"
        release.mkdir()
        database = release / "harmonized.duckdb"
        form = continued_form(understanding.meaning_hash)
        with duckdb.connect(config=_configuration(settings, work)) as connection:
            with clock.stage("crosswalk"):
                last = kept.result()
                open_workspace(connection)
                continues = attach_release(connection, database, last.database, form)
                _give_knowledge(connection, understanding, intake, stage / "catalogue.duckdb")
            remade = _transform(connection, project, understanding, intake, out, today, clock)
            touched = remade if continues else None
            with clock.stage("store"):
                with (
                    beside(connection.cursor(), find_drift) as drift,
                    beside(connection.cursor(), _settle) as settled,
                ):
                    draw_conclusions(connection, as_of)
                    drift.result()
                    settled.result()
                make_files(connection)
                fill_contract(
                    connection,
                    f"{understanding.knowledge_hash}|{as_of.isoformat()}",
                    lambda: knowledge_rows(understanding),
                )
                keep_stated(connection)
                previous = None if last.is_damaged else last.folder / "reports"
                begun = gate.begin(connection, settings, project, previous, judging)
                list_open_findings(connection)
                hashes = logical_hashes(connection)
                stated = {"contract": CONTRACT_VERSION, "as_of": as_of.isoformat(), "version": __version__}
                stated["records"] = records_hash(connection)
                accuracy = linkage_accuracy(connection, understanding)
                if accuracy.counted:
                    # What is estimated stands in the manifest: a release that says something else is another one.
                    stated["linkage"] = accuracy.counted
                logical_hash = combined_hash(hashes, stated)
                release_id = f"{as_of.isoformat()}-{logical_hash[:12]}"
                input_hash = _input_hash(found, understanding)
                finish_release(
                    connection,
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
        is_standing = known is not None and known.get("form") == form and not last.is_damaged
        if is_standing and known is not None and is_whole(release_folder(out, release_id), known):
            point_current(out, release_id)
            end_way_back(out)
            discard_old(out, work, settings.keep_releases)
            folder = release_folder(out, release_id)
            return RunResult(folder, release_id, known, False, clock.seconds, clock.peak_memory_mb)
        said = {table: digest for table, (_, digest) in hashes.items()}
        with (
            _reader(database, settings, work, _CHECKING) as checked,
            _reader(database, settings, work, _EXTRACTING) as extracted,
            _reader(database, settings, work, _TELLING) as told,
            extracting(
                extracted,
                told,
                release,
                release_id,
                as_of.isoformat(),
                said,
                last.extracts,
                continues=continues,
                report=partial(write_report, database=database, project=project, linkage=accuracy.as_dict())
                if settings.report
                else None,
            ) as extraction,
        ):
            with clock.stage("quality"):
                checks = gate.check(begun, checked, release / "reports", touched)
            with clock.stage("extract"):
                extracts = extraction.result()
        write_contract(release)
        manifest = {
            "release_id": release_id,
            "contract_version": CONTRACT_VERSION,
            "harmonize_version": __version__,
            "pipeline": settings.name,
            "as_of": as_of.isoformat(),
            "input_hash": input_hash,
            "logical_hash": logical_hash,
            # The same content in another form (after an update of the program) is written again.
            "form": form,
            "tables": {name: {"rows": count, "hash": digest} for name, (count, digest) in hashes.items()},
            "figures": extracts.figures,
            "linkage": accuracy.as_dict(),
            "parts": extracts.parts,
            "expectations": checks,
            "seconds": clock.seconds,
            "peak_memory_mb": clock.peak_memory_mb,
            "files": file_sizes(release),
            "checksum": checksum(database),
        }
        (release / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
        folder = publish(out, release, release_id)
        end_way_back(out)
        discard_old(out, work, settings.keep_releases)
    return RunResult(folder, release_id, manifest, True, clock.seconds, clock.peak_memory_mb)


def _configuration(settings: PipelineSettings, work: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {"memory_limit": settings.memory_limit, "temp_directory": str(work / "spill")}


def _reader(database: Path, settings: PipelineSettings, work: Path, share: float) -> duckdb.DuckDBPyConnection:
    """A reader beside others, whose settings are its own and which takes a share of the memory.

    Connections to one file that is opened directly would share their settings.
    """
    connection = open_part_of_memory(_configuration(settings, work), share)
    connection.execute(f"ATTACH {quoted(database)} AS release (READ_ONLY)")
    connection.execute("USE release")
    return connection


def _give_knowledge(
    connection: duckdb.DuckDBPyConnection, understanding: Understanding, intake: Intake, catalogue: Path
) -> None:
    """Show the workspace what was read, and all that says what it means."""
    attach_catalogue(connection, catalogue, [staged for _, staged in intake.loaded.values()])
    register_files(connection, intake)
    show_stage(connection, intake)
    understanding.crosswalks.register(connection)


def _transform(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    understanding: Understanding,
    intake: Intake,
    out: Path,
    today: date,
    clock: Clock,
) -> list[str]:
    """Staged files to the answers of the release, only what is not as the release that is continued has it.

    Returns:
        The assessments that were made anew or are gone.
    """

    def give_meaning(connection: duckdb.DuckDBPyConnection) -> None:
        use_workspace(connection)
        point_at(connection, intake, [])
        knowledge = " ".join([understanding.knowledge_hash, *understanding.crosswalks.index.validity])
        harmonise(connection, understanding.crosswalks.index, knowledge)
        choose_files_to_judge(connection)
        judge(connection, lambda file_ids: point_at(connection, intake, file_ids))
        _settle(connection)

    decisions = project.decisions_folder(out)
    # Linking factories is one thread of Python, what their answers mean is DuckDB's work; neither reads of the other.
    with clock.stage("identity"), beside(connection.cursor(), give_meaning) as meant:
        olds = identify(connection, understanding, decisions, today, project.stage_folder(out) / "identity")
        meant.result()
    with clock.stage("assessments"):
        make_deliveries(connection)
        word = find_candidates(connection, copy_decisions(decisions))
        point_at(connection, intake, _files_of(connection, "SELECT file_id FROM compared_content"), "compared_content")
        compare_candidates(connection)
        ledger = decisions / "assessment_ids.jsonl"
        append_ids(ledger, group(connection, read_ids(ledger), olds, word), today)
        contested = _files_of(connection, "SELECT file_id FROM contested_source")
        point_at(connection, intake, contested, "contested_source")
        compare_contents(connection)
    with clock.stage("answers"):
        touched = "SELECT content_file_id FROM answer_source JOIN touched_assessment USING (assessment_id)"
        point_at(connection, intake, _files_of(connection, touched))
        make_answers(connection)
    query = "SELECT assessment_id FROM touched_assessment UNION SELECT assessment_id FROM stale_assessment"
    return [assessment_id for (assessment_id,) in connection.execute(query).fetchall()]


def _settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring to rest what was written so far, where it is much."""
    ((answers,),) = connection.execute("SELECT coalesce(sum(answers), 0) FROM workspace.to_judge").fetchall()
    if answers >= _WORTH_SETTLING:
        settle(connection)


def _files_of(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return sorted({file_id for (file_id,) in connection.execute(query).fetchall()})
