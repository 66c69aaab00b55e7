"""`harmonize help`: what a code means that a run or a check names, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_release import Out
from harmonize.cli.language_option import choose_language
from harmonize.cli.output import say, show_table
from harmonize.cli.speech import chosen_language
from harmonize.errors import ConfigurationError, InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.issue_catalogue import IssueEntry
    from harmonize.quality.suites import Expectation, LoadedSuite

__all__ = ["help_command"]

_LAWS = "violations"
_NEAR = 3
_MEANS = {
    "info": "nothing need be done",
    "warning": "look at it",
    "error": "the file was refused",
    "critical": "it stops publication; the last release stays",
}
_COUNTS = """
    SELECT i.code, count(*), count(q.issue_id), min(i.issue_id) FILTER (i.file_id IS NOT NULL)
    FROM issue i LEFT JOIN quarantine q USING (issue_id) GROUP BY i.code
"""
_CONTRIBUTORS = """
    SELECT coalesce(f.contributor, '-'), count(*) FROM issue i LEFT JOIN file f USING (file_id)
    WHERE i.code = ? GROUP BY ALL ORDER BY count(*) DESC, 1
"""


@dataclass(frozen=True, slots=True)
class _Met:
    """How often a code stands in the release."""

    issues: int
    withheld: int
    example: str | None
    contributors: Sequence[tuple[str, int]] = ()


def help_command(
    code: Annotated[
        str | None,
        typer.Argument(help="A code of an issue, a law, or TABLE.COLUMN of an expectation; all codes without."),
    ] = None,
    lang: Annotated[
        str,
        typer.Option(
            callback=choose_language,
            metavar="en|vi",
            help="The language of the answer.",
            show_default="as harmonize speaks",
        ),
    ] = "",
    out: Out = Path("data"),
) -> None:
    """Say what a code of an issue means: cause, cure, what became of the data, and how many there are."""
    from harmonize.issue_catalogue import load_issue_catalogue
    from harmonize.quality.suites import load_suites

    del lang
    project = Project.locate(Path.cwd())
    catalogue = load_issue_catalogue(project)
    if code is None:
        _list(list(catalogue.values()), out)
        return
    wanted = code.strip().replace("-", "_").lower()
    if wanted in catalogue:
        _show_issue(catalogue[wanted], out)
        return
    suites = load_suites(project.files("pipelines/expectations", "*.yml"))
    found = [(suite, stated) for suite in suites for stated in suite.expectations if wanted in _names(suite, stated)]
    if not found:
        known = dict.fromkeys(
            [*catalogue, *(_names(suite, stated)[0] for suite in suites for stated in suite.expectations)]
        )
        raise ConfigurationError(
            f"There is no code {code!r}; near are {', '.join(_near(wanted, list(known)))}. `harmonize help` lists all."
        )
    for number, (suite, stated) in enumerate(found):
        if number:
            say()
        _show_expectation(suite, stated, out)


def _names(suite: LoadedSuite, stated: Expectation) -> list[str]:
    """What an expectation is called: a law by its name, others by table and column."""
    columns = stated.columns() or ("*",)
    return [column for column in columns if suite.table == _LAWS] + [f"{suite.table}.{column}" for column in columns]


def _near(wanted: str, known: Sequence[str]) -> list[str]:
    from rapidfuzz import fuzz
    from rapidfuzz.process import extract

    return [name for name, _, _ in extract(wanted, known, scorer=fuzz.WRatio, limit=_NEAR)]


def _list(entries: Sequence[IssueEntry], out: Path) -> None:
    met = _met(out)
    rows = [
        (one.code, one.severity, met[one.code].issues if one.code in met else 0, _spoken(one.cause))
        if met is not None
        else (one.code, one.severity, _spoken(one.cause))
        for one in entries
    ]
    head = ["code", "severity", "cause"] if met is None else ["code", "severity", "here", "cause"]
    show_table(f"{len(rows)} codes", head, rows)
    say("`harmonize help CODE` has the cure; laws and TABLE.COLUMN of pipelines/expectations have a page too.")


def _show_issue(entry: IssueEntry, out: Path) -> None:
    met = _met(out, entry.code)
    say(f"code       {entry.code}")
    say(f"severity   {entry.severity}: {_MEANS[entry.severity]}")
    say(f"cause      {_spoken(entry.cause)}")
    say(f"became     {_spoken(entry.became)}")
    say(f"cure       {_spoken(entry.cure)}")
    if met is None:
        say(f"here       no release in {out} yet")
        return
    found = met.get(entry.code)
    if found is None:
        say(f"here       none in {out / 'current'}")
        return
    say(f"here       {found.issues} in {out / 'current'}, {found.withheld} of them withheld")
    said = ", ".join(f"{name} {count}" for name, count in found.contributors)
    say(f"from       {said}")
    say(f"look       {out / 'current' / 'reports' / 'issues.csv'}: file, place and value of each")
    if found.example is not None:
        say(f"           `harmonize trace {found.example}` follows one of them (column issue_id of the table issue)")
    say("           `harmonize why FACTORY INDICATOR` says which cell is empty by it")


def _show_expectation(suite: LoadedSuite, stated: Expectation, out: Path) -> None:
    name = _names(suite, stated)[0]
    said = ", ".join(f"{key} {value}" for key, value in stated.kwargs.items())
    say(f"code       {name}")
    say(f"severity   {stated.severity}: {_MEANS[stated.severity]}")
    say(f"meaning    {stated.meaning}")
    say(f"checked    {stated.type}: {said}")
    say(f"stands in  {suite.path}")
    found = out / "current" / "reports" / "expectations.json"
    if found.exists():
        say(f"look       {found}: what the last check found")


def _spoken(texts: Mapping[str, str]) -> str:
    return texts.get(chosen_language()) or texts["en"]


def _met(out: Path, code: str | None = None) -> dict[str, _Met] | None:
    """How often codes stand in the release; None without one."""
    import duckdb

    database = out / "current" / "harmonized.duckdb"
    if not database.exists():
        return None
    try:
        with ExitStack() as stack:
            connection = stack.enter_context(duckdb.connect(str(database), read_only=True))
            counted = connection.execute(_COUNTS).fetchall()
            senders = [] if code is None else connection.execute(_CONTRIBUTORS, [code]).fetchall()
    except duckdb.Error as problem:
        said = str(problem).splitlines()[0]
        raise InboxError(
            f"{out}: the release cannot be read, or another version made it: {said}. Run `harmonize run` again."
        ) from problem
    return {
        name: _Met(
            issues, withheld, example, [(str(who), int(count)) for who, count in senders] if name == code else ()
        )
        for name, issues, withheld, example in counted
    }
