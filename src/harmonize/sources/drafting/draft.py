"""From a sample of an export that nobody has profiled to a profile, the codes to map, and a fixture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harmonize.errors import ConfigurationError, RefusedFile
from harmonize.model.staged import StagedFile
from harmonize.reading.limits import Limits
from harmonize.sources.drafting.codes import Codes, codes_of
from harmonize.sources.drafting.dates import DateForms, date_forms
from harmonize.sources.drafting.fields import DATES, FIELDS, Contents, Kind
from harmonize.sources.drafting.fixture import Fixture, fixture_of
from harmonize.sources.drafting.identities import Pseudonyms
from harmonize.sources.drafting.layouts import DraftLayout, draft_layout
from harmonize.sources.drafting.meanings import Reader
from harmonize.sources.drafting.profile_text import Draft, profile_text
from harmonize.sources.drafting.sample import open_sample
from harmonize.sources.drafting.shapes import Shape
from harmonize.sources.drafting.words import FACTORY, HeaderWords, Meaning, header_key
from harmonize.sources.ingest import inspect, read_file
from harmonize.sources.profile import Profile
from harmonize.sources.recognise import Recognition
from harmonize.sources.vocabulary import Vocabulary
from harmonize.values.numbers import NumberStyle, decide_style, parse_number
from harmonize.yaml_text import parse_yaml

__all__ = ["DraftedSource", "Known", "draft_source", "recognised"]

_NUMBERS = ("workers", "score", "answer")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before the sample is seen.

    Attributes:
        header_words: the file `schemas/header_words.yml`.
    """

    profiles: Sequence[Profile]
    vocabulary: Vocabulary
    header_words: Path
    limits: Limits


@dataclass(frozen=True, slots=True)
class DraftedSource:
    """A drafted source.

    Attributes:
        text: its profile as a file.
        codes: what its crosswalk must list.
        read: the sample as the draft reads it, or why it does not.
        delimiter: what the sample is split at; None for a workbook.
    """

    draft: Draft
    text: str
    profile: Profile
    codes: Codes
    fixture: Fixture
    read: StagedFile | str
    delimiter: str | None

    @property
    def layout(self) -> DraftLayout:
        """The layout that was found."""
        return self.draft.layout


def recognised(data: bytes, path: str, known: Known) -> Recognition | RefusedFile:
    """What a file is to the sources that are there, or why it is nothing to them."""
    try:
        return inspect(data, path, known.profiles, known.limits, known.vocabulary.legacy)
    except RefusedFile as problem:
        return problem


def draft_source(
    name: str, edition: str, data: bytes, path: str, known: Known, kind: Kind | None, told: Mapping[str, str]
) -> DraftedSource:
    """Draft a source from a sample.

    Args:
        kind: what the export lists; None lets its columns tell.
        told: our field or identifier scheme by header, where a person says so; `factory` is the brand's own number.

    Raises:
        RefusedFile: the sample cannot be opened.
        ConfigurationError: the sample does not tell enough; the message says what would help.
    """
    words = HeaderWords.of(known.profiles, known.header_words)
    encodings = [layout.encoding for profile in known.profiles for layout in profile.layouts]
    sample = open_sample(data, path, known.limits, known.vocabulary.legacy, words, encodings)
    contents = Contents.of(known.profiles, known.vocabulary)
    layout = draft_layout(sample.shape, Reader(words, contents, name, _told(told, sample.shape, known)), kind)
    codes = codes_of(layout)
    draft = Draft(name, edition, layout, _dates(layout), _number_style(layout), codes, sample.encoding)
    text = profile_text(draft, known.profiles)
    profile = Profile.model_validate(parse_yaml(text))
    pseudonyms = Pseudonyms(known.vocabulary.geography, codes.pattern)
    fixture = fixture_of(sample.document.sheets, layout, pseudonyms)
    delimiter = next((sheet.delimiter for sheet in sample.document.sheets), None)
    return DraftedSource(draft, text, profile, codes, fixture, _read(data, path, profile, known), delimiter)


def _told(told: Mapping[str, str], shape: Shape, known: Known) -> dict[frozenset[str], Meaning]:
    """What a person says of headers, by their words."""
    there = set(map(header_key, shape.titles))
    for title in told:
        if header_key(title) not in there:
            raise ConfigurationError(f"no column is called {title!r}; its columns are {'; '.join(shape.titles)}.")
    return {header_key(title): _meaning(field, known) for title, field in told.items()}


def _meaning(field: str, known: Known) -> Meaning:
    schemes = [scheme for scheme in known.vocabulary.identifiers.schemes if "*" not in scheme]
    fields = dict.fromkeys(name for names in FIELDS.values() for name in names)
    if field in fields:
        return Meaning(field)
    if field == FACTORY or field in schemes:
        return Meaning(field, True)
    raise ConfigurationError(f"there is no field {field!r}; use {', '.join([*fields, FACTORY, *schemes])}.")


def _dates(layout: DraftLayout) -> DateForms:
    columns = [one.column for part in layout.parts for one in part.understood if one.meaning.name in DATES]
    return date_forms(text for column in columns for text in column.texts)


def _number_style(layout: DraftLayout) -> NumberStyle:
    """The style that numbers of the sample prove; without proof, and where they differ, the usual one.

    Workers are whole: a head count of `1.240` has no decimals.
    """
    columns = {name: column for name in _NUMBERS if (column := layout.column(name)) is not None}
    style = decide_style((text for column in columns.values() for text in column.texts), NumberStyle.POINT)
    heads = columns["workers"].texts if "workers" in columns else []
    if style is NumberStyle.POINT and any(
        _is_whole(text, NumberStyle.COMMA) > _is_whole(text, style) for text in heads
    ):
        return NumberStyle.COMMA
    return NumberStyle.POINT if style is NumberStyle.MIXED else style


def _is_whole(text: str, style: NumberStyle) -> bool:
    number = parse_number(text, style)
    return isinstance(number, float) and number.is_integer()


def _read(data: bytes, path: str, profile: Profile, known: Known) -> StagedFile | str:
    try:
        staged = read_file(data, path, [*known.profiles, profile], known.vocabulary, known.limits)
    except RefusedFile as problem:
        return f"{problem} {problem.hint}"
    if staged.instrument == profile.instrument:
        return staged
    return (
        f"It is still taken for {staged.instrument} ({staged.layout}), of whose columns it has more. "
        "Name more of its own columns as `required` in the profile."
    )
