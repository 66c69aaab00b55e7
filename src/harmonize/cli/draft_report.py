"""What `harmonize sources new` says of a draft: what it understood, what it did not, and what a person does next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonize.cli.output import say

if TYPE_CHECKING:
    from harmonize.sources.drafting.draft import DraftedSource
    from harmonize.sources.drafting.layouts import DraftPart

__all__ = ["report_draft"]

_CHECK = "# check:"
_SHOWN = 3
_LISTS = {"findings": "findings", "long": "answers", "register": "factories"}


def report_draft(
    drafted: DraftedSource, candidates: int, paths: Sequence[Path], sample: Path, contributor: str
) -> None:
    """Say everything on a draft.

    Args:
        candidates: how many clauses or questions have an indicator proposed.
    """
    layout = drafted.layout
    say(f"{drafted.profile.instrument}: a list of {_LISTS[layout.kind]}")
    for part in layout.parts:
        for line in _part(part, drafted.profile.instrument):
            say(line)
    if layout.passed_over:
        say(f"  sheets passed over: {'; '.join(layout.passed_over)}")
    for line in (*_missing(drafted), *_codes(drafted, candidates), *_read(drafted)):
        say(line)
    say("written")
    for path in paths:
        say(f"  {_shown(path)}")
    say("next")
    for number, step in enumerate(_steps(drafted, paths, sample, contributor), start=1):
        say(f"  {number}. {step}")


def _part(part: DraftPart, instrument: str) -> Iterator[str]:
    from harmonize.sources.drafting.profile_text import scheme_of
    from harmonize.sources.drafting.shapes import SampleTable

    shape = part.shape
    where = f"sheet {shape.sheet}, " if shape.sheet else ""
    if isinstance(shape, SampleTable):
        yield f"  {where}header in row {shape.header_row + 1}, {shape.rows} data rows"
    else:
        yield f"  {where}block of {len(shape.columns)} labels"
    said = [(f"{one.column.title} = {scheme_of(one.meaning.name, instrument)}", one) for one in part.understood]
    yield f"    understood: {'; '.join(text for text, one in said if one.is_sure)}"
    yield from (f"    guessed: {text} ({one.why})" for text, one in said if not one.is_sure)
    if part.left:
        yield f"    not understood: {'; '.join(f'{column.title} ({column.holds})' for column in part.left)}"


def _missing(drafted: DraftedSource) -> Iterator[str]:
    """Fields that every export of its kind should have and for which no column was found."""
    from harmonize.sources.drafting.fields import REQUIRED

    layout = drafted.layout
    wanted = ("name", "country") if layout.kind == "register" else REQUIRED[layout.kind]
    lacking = [name for name in wanted if layout.column(name) is None]
    if lacking:
        yield f"  no column found for: {', '.join(lacking)}"


def _codes(drafted: DraftedSource, candidates: int) -> Iterator[str]:
    codes = drafted.codes
    if drafted.layout.kind == "register":
        return
    noun = "questions" if drafted.layout.kind == "long" else "clauses"
    yield f"  {noun}: {len(codes.listed)} to decide, {candidates} of them with a candidate"
    if codes.wordings:
        yield f"    {codes.wordings} more print wording in place of a code; wording is its owner's and was left out"


def _read(drafted: DraftedSource) -> Iterator[str]:
    if isinstance(drafted.read, str):
        yield f"  the draft does not read the sample yet: {drafted.read}"
        return
    staged = drafted.read
    issues: list[dict[str, Any]] = staged.tables["issue"].table().to_pylist()
    loaded = staged.counts.total - staged.counts.blank - staged.counts.ignored
    withheld: dict[str, list[str]] = {}
    for row in issues:
        if row["withheld"]:
            withheld.setdefault(row["code"], []).append(row["value"] or "")
    cells = sum(row["cells"] for row in issues)
    if drafted.layout.kind == "register":
        yield f"  read as drafted: {staged.tables['mention'].table().num_rows} factories"
    else:
        noun = _LISTS[drafted.layout.kind]
        yield f"  read as drafted: {staged.assessments} assessments, {loaded - cells} {noun} loaded, {cells} withheld"
    for code, values in sorted(withheld.items()):
        some = ", ".join(map(repr, [*dict.fromkeys(filter(None, values))][:_SHOWN]))
        yield f"    kept out: {len(values)} {code}" + (f", such as {some}" if some else "")


def _steps(drafted: DraftedSource, paths: Sequence[Path], sample: Path, contributor: str) -> Iterator[str]:
    profile = paths[0]
    checks = drafted.text.count(_CHECK)
    yield f"Look at the {checks} places marked `check` in {_shown(profile)}, and name what was not understood."
    yield f"harmonize sources inspect {sample}"
    if drafted.layout.kind != "register":
        sssom, rules = paths[1:3]
        edition = f"{drafted.profile.instrument}/{drafted.draft.edition}"
        yield (
            f"Decide every row of {_shown(sssom)} and {rules.name}: an indicator (`harmonize language find WORDS`), "
            "or a `reason` to ignore it."
        )
        yield "harmonize crosswalk lint"
        yield (
            f"harmonize crosswalk status {edition} all --to proposed --by hzp:YOU, and somebody else: "
            "--to approved --by hzp:THEM"
        )
    yield f"mkdir -p data/inbox/{contributor} && cp {sample} data/inbox/{contributor}/ && harmonize run"
    yield f"Read {_shown(paths[-1])} before you keep it: nobody may be named there."
    if paths[-1].parent != profile.parent:
        yield "make golden (writes what that file is read as, for the tests)"


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
