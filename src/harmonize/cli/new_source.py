"""`harmonize sources new`: a sample of an export becomes a profile, a crosswalk to decide, and a fixture."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from harmonize.cli.draft_report import report_draft
from harmonize.cli.output import say
from harmonize.cli.run import today
from harmonize.errors import ConfigurationError, InboxError, RefusedFile
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.sources.drafting.draft import DraftedSource, Known

__all__ = ["new_command"]

Kind = Literal["findings", "long", "register"]
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_EDITION = re.compile(r"[a-z0-9][a-z0-9_.]{0,30}")
_FIXTURES = Path("tests/fixtures")


def new_command(
    name: Annotated[str, typer.Argument(help="A short name for the source: its folder and its `instrument`.")],
    sample: Annotated[Path, typer.Argument(help="A sample of its export: CSV or a workbook.")],
    kind: Annotated[
        Kind | None,
        typer.Option(help="What it lists: findings, answers (long) or factories (register).", show_default="seen"),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=HEADER", help="What a column is, where its header does not tell; may be repeated."),
    ] = None,
    edition: Annotated[str, typer.Option(help="The edition of the questionnaire or code of conduct.")] = "v1",
    contributor: Annotated[str | None, typer.Option(help="Who will hand its exports in.", show_default="NAME")] = None,
) -> None:
    """Draft a source from a sample: profile, crosswalk and fixture, in mappings/NAME."""
    from harmonize.sources.drafting.draft import draft_source

    project = Project.locate(Path.cwd())
    folder = _new_folder(project, name, edition)
    data = _bytes(sample)
    with tempfile.TemporaryDirectory() as scratch:
        known = _known(project, Path(scratch))
        if name in {profile.instrument for profile in known.profiles}:
            raise ConfigurationError(
                f"There is a source {name!r} already: `harmonize sources` lists all. Choose another name."
            )
        remark = _remark_on(data, sample, known, kind)
        try:
            drafted = draft_source(name, edition, data, str(sample), known, kind, _told(column or []))
        except RefusedFile as problem:
            raise InboxError(f"{sample}: {problem} {problem.hint}") from problem
        except ConfigurationError as problem:
            raise ConfigurationError(f"{sample}: {problem}") from problem
    crosswalk, candidates = ({}, 0) if drafted.layout.kind == "register" else _crosswalk(project, drafted)
    paths = _write(folder, drafted, crosswalk)
    if remark:
        say(remark)
    report_draft(drafted, candidates, paths, sample, contributor or name)


def _new_folder(project: Project, name: str, edition: str) -> Path:
    if project.folder is None:
        raise ConfigurationError(
            f"{Path.cwd()} is no project folder, so a source has no place here. Make one with `harmonize init DIR` and "
            "call this there."
        )
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} is no fit name: use 2 to 31 lower-case letters, digits and _, a letter first, like `acme_code`."
        )
    if not _EDITION.fullmatch(edition):
        raise ConfigurationError(
            f"{edition!r} is no fit edition: use lower-case letters, digits, _ and points, such as `v1`."
        )
    folder = project.folder / "mappings" / name
    if folder.exists():
        raise ConfigurationError(f"{folder} is there already and was left as it is. Choose another name, or edit it.")
    return folder


def _bytes(sample: Path) -> bytes:
    try:
        return sample.read_bytes()
    except OSError as problem:
        raise InboxError(f"{sample}: cannot be read: {problem.strerror}. Check path and permissions.") from problem


def _known(project: Project, scratch: Path) -> Known:
    """What is known; `scratch` takes the schemas where the project has only some of its own."""
    from harmonize.reading.limits import Limits
    from harmonize.sources.drafting.draft import Known
    from harmonize.sources.profile import load_profiles
    from harmonize.sources.vocabulary import Vocabulary

    profiles = load_profiles(project.files("mappings", "*/source.yml"))
    vocabulary = Vocabulary.from_folder(project.whole("schemas", scratch))
    words = project.find("schemas/header_words.yml")
    return Known([profiles[name] for name in sorted(profiles)], vocabulary, words, Limits())


def _told(stated: Sequence[str]) -> dict[str, str]:
    """Our field by header, from `FIELD=HEADER`."""
    told: dict[str, str] = {}
    for text in stated:
        field, separator, header = text.partition("=")
        if not (separator and field.strip() and header.strip()):
            raise ConfigurationError(f"--column {text!r} says nothing; write FIELD=HEADER, such as `name=Works`.")
        told[header.strip()] = field.strip()
    return told


def _remark_on(data: bytes, sample: Path, known: Known, kind: Kind | None) -> str:
    """What must be said of a sample that is near to a source.

    Raises:
        ConfigurationError: a source reads it already.
        InboxError: nobody can read it.
    """
    from harmonize.sources.drafting.draft import recognised

    found = recognised(data, str(sample), known)
    if isinstance(found, RefusedFile):
        if found.code == "missing_columns":
            return f"{found} If it is that, name its columns there and remove this draft."
        if found.code != "unknown_format":
            raise InboxError(f"{sample}: {found} {found.hint}")
        return ""
    instrument, layout = found.profile.instrument, found.layout
    if layout.synonyms and kind not in (None, "register"):
        return f"Without this draft, {instrument} reads it as a list of factories."
    cure = (
        "To profile its findings or answers all the same, say so with --kind."
        if layout.synonyms
        else (f"Its profile is mappings/{instrument}/source.yml.")
    )
    raise ConfigurationError(f"{sample} is read already, as {instrument} ({layout.name}). {cure}")


def _crosswalk(project: Project, drafted: DraftedSource) -> tuple[dict[str, str], int]:
    """The files of the crosswalk, by what follows the edition in their names, and how many codes have a candidate."""
    from harmonize.cli.suggest import suggestion_knowledge
    from harmonize.crosswalk.suggestions.drafts import DraftedEdition, draft
    from harmonize.crosswalk.suggestions.questions import AskedQuestion
    from harmonize.crosswalk.suggestions.rank import rank
    from harmonize.crosswalk.suggestions.reasons import Reasons, asked_by

    evidence, model, editions = suggestion_knowledge(project, [], {})
    rankings = rank([AskedQuestion(one.code, one.title) for one in drafted.codes.listed], evidence, model)
    edition = DraftedEdition(drafted.profile.instrument, drafted.draft.edition, today())
    why = Reasons(evidence, asked_by(editions)).of
    texts = draft(edition, rankings, evidence.known, model, why, _shown_rules(project, drafted))
    return texts, sum(1 for ranking in rankings if ranking.candidates)


def _shown_rules(project: Project, drafted: DraftedSource) -> dict[str, dict[str, str]]:
    """What the sample shows of how answers are read; which way is good, and on what basis, only a person can say."""
    from harmonize.crosswalk.scales import fitting_scale, load_scales

    codes = drafted.codes.listed
    if drafted.layout.kind == "findings":
        return {
            one.code: {"scale": "finding", "example_answer": "finding", "example_state": "not_met"} for one in codes
        }
    scales = load_scales(project.find("schemas/scales.yml"))
    scale = fitting_scale([answer for one in codes for answer in one.answers], scales) or ""
    return {one.code: {"scale": scale, "example_answer": one.answers[0] if one.answers else ""} for one in codes}


def _write(folder: Path, drafted: DraftedSource, crosswalk: Mapping[str, str]) -> list[Path]:
    """Write the files of the source and its fixture; returns their paths."""
    texts: dict[Path, str | bytes] = {folder / "source.yml": drafted.text}
    texts |= {folder / f"{drafted.draft.edition}{end}": text for end, text in crosswalk.items()}
    texts |= _fixture(folder, drafted)
    try:
        for path, content in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as problem:
        raise ConfigurationError(
            f"{folder}: cannot be written: {problem.strerror}. Check its permissions."
        ) from problem
    return list(texts)


def _fixture(folder: Path, drafted: DraftedSource) -> Mapping[Path, str | bytes]:
    """The fixture: among those of the tests, where workbooks are described as text, or else beside the profile."""
    from harmonize.sources.drafting.fixture import described_workbook, text_table, workbook

    fixtures = folder.parents[1] / _FIXTURES
    if drafted.delimiter is not None:
        place = fixtures / folder.name if fixtures.is_dir() else folder
        return {place / "sample.csv": text_table(drafted.fixture, drafted.delimiter)}
    if fixtures.is_dir():
        return {fixtures / folder.name / "sample.xlsx.json": described_workbook(drafted.fixture)}
    return {folder / "sample.xlsx": workbook(drafted.fixture)}
