"""`harmonize crosswalk suggest`: candidates for an unseen questionnaire, and drafts of its crosswalk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.output import complain, say, show_table
from harmonize.cli.run import today
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.crosswalk.mapping import Edition
    from harmonize.crosswalk.suggestions.evidence import Evidence
    from harmonize.crosswalk.suggestions.model import SuggestionModel
    from harmonize.crosswalk.suggestions.questionnaire import Questionnaire
    from harmonize.crosswalk.suggestions.rank import Ranking

__all__ = ["suggest_command", "suggestion_knowledge"]


def suggest_command(
    file: Annotated[Path, typer.Argument(help="A questionnaire or code of conduct: CSV, TSV or XLSX.")],
    instrument: Annotated[str | None, typer.Option(help="Short name of the instrument, for the drafts.")] = None,
    edition: Annotated[str | None, typer.Option(help="Its edition, for the drafts.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write drafts into this folder, below the instrument's name.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            help="Which column is what, where it is not found: text=HEADER,id=HEADER,section=HEADER,parent=HEADER.",
            show_default=False,
        ),
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            help="A questionnaire that is mapped already and asks the like: INSTRUMENT/EDITION=FILE. "
            "Its texts are compared too, and are kept nowhere.",
            show_default=False,
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=50, help="How many candidates a question has at most.")] = 5,
) -> None:
    """Suggest indicators for the questions of an unseen questionnaire; drafts are for a person to decide on.

    Exit code 0: every question has a candidate. 1: some have none, or need a look. 2: refused.
    """
    from harmonize.crosswalk.suggestions.drafts import (
        CANDIDATE_COLUMNS,
        DraftedEdition,
        candidate_rows,
        draft,
        draft_paths,
        write_drafts,
    )
    from harmonize.crosswalk.suggestions.rank import rank
    from harmonize.crosswalk.suggestions.reasons import Reasons, asked_by

    named = _named(columns or [])
    if out is not None and (instrument is None or edition is None):
        raise typer.BadParameter("Drafts need --instrument NAME and --edition E.")
    name, version = instrument or "", edition or ""
    paths = draft_paths(out, name, version) if out is not None else None
    project = Project.locate(Path.cwd())
    read = _read(file, project, named)
    evidence, model, editions = suggestion_knowledge(project, also or [], named)
    rankings = rank(read.questions, evidence, model, top)
    why = Reasons(evidence, asked_by(editions)).of
    if paths is None:
        show_table("Candidates, none approved", CANDIDATE_COLUMNS, candidate_rows(rankings, evidence.known, why))
    else:
        edition_drafted = DraftedEdition(name, version, today())
        write_drafts(draft(edition_drafted, rankings, evidence.known, model, why), paths)
        _summarise(read, rankings, list(paths.values()))
    for note in read.notes:
        complain(f"{file}: {note}")
    if read.notes or not all(ranking.candidates for ranking in rankings):
        raise typer.Exit(1)


def _named(given: Sequence[str]) -> dict[str, str]:
    """`text=HEADER,id=HEADER` as a field to header; a comma in a header is none between columns."""
    from harmonize.crosswalk.suggestions.columns import FIELDS

    found: dict[str, str] = {}
    for part in (part for text in given for part in re.split(rf",\s*(?=(?:{'|'.join(FIELDS)})\s*=)", text)):
        field, is_said, header = part.partition("=")
        if not is_said or field.strip() not in FIELDS or not header.strip():
            raise typer.BadParameter(f"{part!r} names no column; write FIELD=HEADER, fields are {', '.join(FIELDS)}.")
        found[field.strip()] = header.strip()
    return found


def _read(file: Path, project: Project, named: dict[str, str]) -> Questionnaire:
    from harmonize.crosswalk.suggestions.columns import load_headers
    from harmonize.crosswalk.suggestions.questionnaire import read_questionnaire
    from harmonize.reading.limits import Limits

    headers = load_headers(project.find("schemas/suggestions/columns.yml"))
    limits = Limits()
    try:
        if file.stat().st_size > limits.text_bytes:
            raise InboxError(f"{file}: {file.stat().st_size} bytes are no questionnaire. Give one of its own.")
        data = file.read_bytes()
    except OSError as problem:
        raise InboxError(f"{file}: cannot be read: {problem.strerror}. Check path and permissions.") from problem
    return read_questionnaire(data, str(file), headers, named, limits)


def _read_kin(file: Path, project: Project, named: dict[str, str]) -> Questionnaire:
    """A kindred questionnaire: by the same columns where it has them."""
    try:
        return _read(file, project, named)
    except InboxError:
        return _read(file, project, {})


def suggestion_knowledge(
    project: Project, also: Sequence[str], named: dict[str, str]
) -> tuple[Evidence, SuggestionModel, list[Edition]]:
    """What questions are compared with, what it counts, and the crosswalks that are there."""
    from harmonize.crosswalk.language import load_language
    from harmonize.crosswalk.mapping import load_editions
    from harmonize.crosswalk.suggestions.evidence import Evidence
    from harmonize.crosswalk.suggestions.indicators import IndicatorTexts
    from harmonize.crosswalk.suggestions.kindred import with_questions
    from harmonize.crosswalk.suggestions.model import load_model
    from harmonize.crosswalk.suggestions.wording import load_wording

    wording = load_wording(project.find("schemas/suggestions/synonyms.yml"))
    model = load_model(project.find("schemas/suggestions/model.yml"))
    editions = load_editions(project)
    known = IndicatorTexts.of(load_language(project), wording)
    for given in also:
        name, is_said, other = given.partition("=")
        if not is_said:
            raise typer.BadParameter(f"{given!r} names no mapped questionnaire; write INSTRUMENT/EDITION=FILE.")
        known = with_questions(known, name, _read_kin(Path(other), project, named).questions, editions, wording)
    return Evidence(known, wording), model, editions


def _summarise(read: Questionnaire, rankings: Sequence[Ranking], paths: Sequence[Path]) -> None:
    """What was read, what was drafted, and what a person does next."""
    best = [ranking.candidates[0].probability for ranking in rankings if ranking.candidates]
    used = ", ".join(f"{field} = {header!r}" for field, header in read.columns.items())
    say(f"read       {len(read.questions)} questions; {used}")
    say(
        f"suggested  {len(best)} of them have candidates; of the first ones about {sum(best):.0f} should be right, "
        f"{sum(1 for chance in best if chance >= 0.5)} are likelier right than wrong"
    )
    for path in paths:
        say(f"written    {path}")
    say(
        "next       choose in .sssom.tsv, fill in polarity, scale, basis and example in .rules.tsv; all are drafts, and"
    )
    say("           `harmonize crosswalk lint` says what is missing. Only approved rows reach published answers.")
