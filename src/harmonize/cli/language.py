"""`harmonize language`: what the common language can say, in every language that it is written in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.errors import ConfigurationError
from harmonize.project import Project

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup,
    help="The common language: topics, indicators, states.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Lang = Annotated[str | None, typer.Option("--lang", help="Only this language: en, vi, km or th.")]


@app.command("find")
def find_command(
    text: Annotated[str, typer.Argument(help="Words of a label, in any of the languages; accents do not count.")],
    lang: Lang = None,
    limit: Annotated[int, typer.Option(help="How many to list.")] = 20,
) -> None:
    """Find topics, indicators, facets, states and severities by their words."""
    from harmonize.crosswalk.language import load_language
    from harmonize.crosswalk.lookup import find

    found = find(load_language(Project.locate(Path.cwd())), text)
    if not found:
        say(f"Nothing in the common language says {text!r}.")
        raise typer.Exit(1)
    if lang is not None and lang not in found[0].labels:
        raise ConfigurationError(f"The language has no labels in {lang!r}; it has {', '.join(found[0].labels)}.")
    shown = [(one.kind, one.id, one.labels.get(lang or "en", "")) for one in found[:limit]]
    show_table(f"{len(found)} found", ["kind", "id", "label"], shown)


@app.command("show")
def show_command(
    indicator: Annotated[str, typer.Argument(help="An indicator's id.")],
    lang: Lang = None,
) -> None:
    """Say what an indicator means, in every language, what follows from it, and which questions ask it."""
    from harmonize.crosswalk.broader import implied
    from harmonize.crosswalk.language import load_language
    from harmonize.crosswalk.lookup import asking, find
    from harmonize.crosswalk.mapping import load_editions

    project = Project.locate(Path.cwd())
    language = load_language(project)
    entry = language.indicators.get(indicator)
    if entry is None:
        near = [
            one.id for one in find(language, indicator.rsplit(".", 1)[-1].replace("_", " ")) if one.kind == "indicator"
        ]
        raise ConfigurationError(
            f"There is no indicator {indicator!r}"
            + (f"; near are {', '.join(near[:3])}." if near else ".")
            + " `harmonize language find WORDS` looks for one."
        )
    topic = language.topics[entry.topic_id]
    wanted = [lang] if lang else list(entry.labels)
    for code in wanted:
        if code not in entry.labels:
            raise ConfigurationError(f"{indicator} has no label in {code!r}; it has {', '.join(entry.labels)}.")
        say(f"{code}  {entry.labels[code]}  ({topic.labels.get(code, topic.labels['en'])})")
    for name, values in (
        ("kind", [entry.kind]), ("unit", [entry.unit or ""]), ("facets", entry.facets), ("ILO", entry.ilo),
        ("SDG", entry.sdg),
    ):  # fmt: skip
        if any(values):
            say(f"{name}: {', '.join(values)}")
    for state in ("not_met", "met"):
        follows = [one.indicator_id for one in implied(language.broader, indicator, state)]
        if follows:
            say(f"where this is {state}, so is: {', '.join(follows)}")
    rows = [
        (one.instrument, one.edition, one.question, one.predicate, one.rule("polarity"), one.rule("basis") or "")
        for one in asking(load_editions(project), indicator)
    ]
    show_table(
        f"asked by {len(rows)} questions", ["instrument", "edition", "question", "is", "polarity", "basis"], rows
    )
