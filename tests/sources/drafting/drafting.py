"""Draft a source in memory and read with it: what the tests of drafting share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from harmonize.model.staged import StagedFile
from harmonize.reading.limits import Limits
from harmonize.sources.drafting.draft import DraftedSource, Known, draft_source
from harmonize.sources.drafting.fields import Kind
from harmonize.sources.drafting.fixture import described_workbook, text_table, workbook
from harmonize.sources.ingest import read_file
from harmonize.sources.profile import Profile
from harmonize.sources.vocabulary import Vocabulary
from tests.sources.delivering import Staged

__all__ = ["HEADER_WORDS", "NAME", "draft", "fixture_text", "read_fixture", "unaccounted"]

NAME = "kestrel"
HEADER_WORDS = Path("schemas/header_words.yml")


def draft(
    data: str | bytes,
    profiles: Iterable[Profile],
    vocabulary: Vocabulary,
    kind: Kind | None = None,
    path: str = "kestrel.csv",
    told: Mapping[str, str] | None = None,
) -> DraftedSource:
    """A source drafted from a sample."""
    known = Known(list(profiles), vocabulary, HEADER_WORDS, Limits())
    raw = data.encode() if isinstance(data, str) else data
    return draft_source(NAME, "v1", raw, path, known, kind, told or {})


def fixture_text(drafted: DraftedSource) -> str:
    """A fixture as a person reads it."""
    if drafted.delimiter is None:
        return described_workbook(drafted.fixture)
    return text_table(drafted.fixture, drafted.delimiter)


def read_fixture(drafted: DraftedSource, profiles: Iterable[Profile], vocabulary: Vocabulary) -> StagedFile:
    """A fixture as its own profile reads it among all others."""
    is_text = drafted.delimiter is not None
    data = fixture_text(drafted).encode() if is_text else workbook(drafted.fixture)
    known = [*profiles, drafted.profile]
    return read_file(data, "sample.csv" if is_text else "sample.xlsx", known, vocabulary, Limits())


def unaccounted(staged: StagedFile) -> int:
    """Cells that are neither blank, loaded, ignored nor quarantined; the law says none."""
    return Staged(staged).unaccounted()
