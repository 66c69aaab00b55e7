"""What becomes of every delivered file: staged, a duplicate of one that is, or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harmonize.errors import RefusedFile
from harmonize.pipeline.file_reader import FileReader
from harmonize.pipeline.observer import Observer
from harmonize.pipeline.readers import Readers
from harmonize.pipeline.understanding import Understanding
from harmonize.reading.documents import suffix_of
from harmonize.reading.inbox import Delivered, Refusal
from harmonize.settings import PipelineSettings
from harmonize.staging import StagedFolder, sweep

__all__ = ["Intake", "take_in"]


@dataclass(slots=True)
class Intake:
    """What became of every delivered file.

    Attributes:
        bytes_read: bytes of those that no earlier run had staged.
    """

    loaded: dict[str, tuple[Delivered, StagedFolder]] = field(default_factory=dict)
    duplicates: list[tuple[Delivered, str]] = field(default_factory=list)
    refused: list[tuple[Delivered, RefusedFile]] = field(default_factory=list)
    bytes_read: int = 0


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
    readers: Readers,
    observer: Observer,
    expected: Callable[[int], None] = lambda _: None,
) -> Intake:
    """Stage every file of the inbox; byte-identical files are read once.

    Args:
        expected: is told how many bytes are to be read, before any is.

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
    reader = FileReader(
        stage,
        settings.limits,
        [profile for name, profile in understanding.profiles.items() if source is None or name == source],
        understanding.vocabulary,
        f"{understanding.reading_hash}{settings.limits.model_dump_json()}{source or ''}",
    )
    first = [min(group, key=_order) for group in groups]
    staged = [reader.staged(delivered) for delivered in first]
    unread = [delivered for delivered, known in zip(first, staged, strict=True) if known is None]
    intake.bytes_read = sum(delivered.size for delivered in unread)
    expected(intake.bytes_read)
    with readers.reading(reader, len(unread), intake.bytes_read) as submit:
        arriving = iter([submit(delivered) for delivered in unread])
        for done, (group, known) in enumerate(zip(groups, staged, strict=True), start=1):
            became = next(arriving).result() if known is None else known
            _take_group(intake, sorted(group, key=_order), became, settings, understanding)
            observer.step(done, len(groups), group[0].path)
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
