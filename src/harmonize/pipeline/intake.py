"""What becomes of every delivered file: staged, a duplicate of one that is, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from harmonize.errors import PublicationError, RefusedFile
from harmonize.pipeline.observer import Observer
from harmonize.pipeline.understanding import Understanding
from harmonize.reading.documents import suffix_of
from harmonize.reading.inbox import Delivered, Refusal
from harmonize.settings import PipelineSettings
from harmonize.sources.ingest import read_file
from harmonize.sources.profile import Profile
from harmonize.staging import StagedFolder, load_staged, staged_key, sweep, write_staged

__all__ = ["Intake", "take_in"]

_READERS = 2
"""Files read at a time: what a laptop has cores for, and memory."""


@dataclass(slots=True)
class Intake:
    """What became of every delivered file."""

    loaded: dict[str, tuple[Delivered, StagedFolder]] = field(default_factory=dict)
    duplicates: list[tuple[Delivered, str]] = field(default_factory=list)
    refused: list[tuple[Delivered, RefusedFile]] = field(default_factory=list)


def _order(delivered: Delivered) -> tuple[bool, str, str, str]:
    """The order of deliveries: undated before dated, then by contributor and path."""
    received = delivered.received_at
    return (
        received is not None,
        "" if received is None else received.isoformat(),
        delivered.contributor,
        delivered.path,
    )


def take_in(
    found: Sequence[Delivered | Refusal],
    stage: Path,
    settings: PipelineSettings,
    understanding: Understanding,
    source: str | None,
    observer: Observer,
) -> Intake:
    """Stage every file of the inbox; byte-identical files are read once.

    Raises:
        PublicationError: the stage cannot be written.
    """
    sweep(stage)
    intake = Intake()
    by_content: dict[str, list[Delivered]] = {}
    for entry in found:
        if isinstance(entry, Refusal):
            intake.refused.append((entry.delivered, entry.problem))
        else:
            by_content.setdefault(f"{entry.content_id}{suffix_of(entry.path)}", []).append(entry)
    groups = sorted(by_content.values(), key=lambda group: min(map(_order, group)))
    known = [p for name, p in understanding.profiles.items() if source is None or name == source]

    def read(group: list[Delivered]) -> StagedFolder | RefusedFile:
        try:
            return _stage_file(min(group, key=_order), stage, settings, understanding, known, source or "")
        except RefusedFile as refused:
            return refused

    with ThreadPoolExecutor(_READERS) as readers:
        # Most of the work is done outside of Python, so that threads read side by side.
        results = [readers.submit(read, group) for group in groups]
        try:
            for done, (group, result) in enumerate(zip(groups, results, strict=True), start=1):
                _take_group(intake, sorted(group, key=_order), result.result(), settings, understanding)
                observer.step(done, len(groups), group[0].path)
        except BaseException:
            readers.shutdown(cancel_futures=True)
            raise
    return intake


def _take_group(
    intake: Intake,
    group: list[Delivered],
    staged: StagedFolder | RefusedFile,
    settings: PipelineSettings,
    understanding: Understanding,
) -> None:
    """Byte-identical files: the first that may be loaded is, the others are duplicates of it."""
    if isinstance(staged, RefusedFile):
        intake.refused.extend((delivered, staged) for delivered in group)
        return
    if understanding.profiles[staged.instrument].kind == "grants":
        allowed = [delivered for delivered in group if delivered.contributor in settings.registrars]
        intake.refused.extend(
            (delivered, _no_registrar(delivered, settings)) for delivered in group if delivered not in allowed
        )
        group = allowed
    if group:
        intake.loaded[group[0].file_id] = (group[0], staged)
        intake.duplicates.extend((delivered, group[0].file_id) for delivered in group[1:])


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
            "too_large",
            f"The file needs more than this machine has: {type(problem).__name__}.",
            "Split the export.",
        ) from problem
    try:
        return write_staged(stage, key, made)
    except OSError as problem:
        raise PublicationError(
            f"{stage}: the stage cannot be written: {problem.strerror}. Free space or mend its permissions."
        ) from problem
