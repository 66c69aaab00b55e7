"""`harmonize language`: what the common language can say, in every language that it is written in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.run import AsOf, today
from harmonize.cli.speech import chosen_language
from harmonize.errors import ConfigurationError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.crosswalk.language import IndicatorEntry, Language
    from harmonize.crosswalk.laws import LawReference

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
    shown = [(one.kind, one.id, one.labels.get(lang or chosen_language(), "")) for one in found[:limit]]
    show_table(f"{len(found)} found", ["kind", "id", "label"], shown)


@app.command("show")
def show_command(
    name: Annotated[str, typer.Argument(help="The id of an indicator, topic, facet, state or severity.")],
    lang: Lang = None,
    as_of: AsOf = None,
) -> None:
    """Say what a part of the language means, what follows from it, which laws it rests on, and who asks it."""
    from harmonize.crosswalk.language import load_language
    from harmonize.crosswalk.laws import laws_of
    from harmonize.crosswalk.lookup import find, parts

    project = Project.locate(Path.cwd())
    language = load_language(project)
    part = next((one for one in parts(language) if one.id == name), None)
    if part is None:
        near = [one.id for one in find(language, name.rsplit(".", 1)[-1].replace("_", " "))]
        raise ConfigurationError(
            f"There is nothing called {name!r}"
            + (f"; near are {', '.join(near[:3])}." if near else ".")
            + " `harmonize language find WORDS` looks for one."
        )
    if lang is not None and lang not in part.labels:
        raise ConfigurationError(f"{name} has no label in {lang!r}; it has {', '.join(part.labels)}.")
    for code in [lang] if lang else list(part.labels):
        topic = language.indicators[name].topic_id if part.kind == "indicator" else None
        home = f"  ({language.topics[topic].labels[code]})" if topic else ""
        unread = "" if language.status_of(part.kind, name, code) == "reviewed" else "  [machine translation]"
        say(f"{code}  {part.labels[code]}{home}{unread}")
        if code in part.definitions:
            say(f"    {part.definitions[code]}")
    if part.kind == "indicator":
        _show_indicator(language, language.indicators[name])
        _show_laws(laws_of(name, language.laws), as_of or today())
        _show_questions(project, name)
    elif part.kind == "topic":
        below = [one for one in language.indicators.values() if one.topic_id == name]
        rows = [(one.indicator_id, one.kind, one.labels[lang or chosen_language()]) for one in below]
        show_table(f"{len(rows)} indicators", ["indicator", "kind", "label"], rows)


def _show_indicator(language: Language, entry: IndicatorEntry) -> None:
    """What else is known of an indicator, and what follows from it."""
    from harmonize.crosswalk.broader import implied

    for title, values in (
        ("kind", [entry.kind]), ("unit", [entry.unit or ""]), ("facets", entry.facets), ("ILO", entry.ilo),
        ("SDG", entry.sdg),
    ):  # fmt: skip
        if any(values):
            say(f"{title}: {', '.join(values)}")
    for state in ("not_met", "met"):
        follows = [one.indicator_id for one in implied(language.broader, entry.indicator_id, state)]
        if follows:
            say(f"where this is {state}, so is: {', '.join(follows)}")


def _show_laws(references: Sequence[LawReference], day: date) -> None:
    """The laws that an indicator refers to, and whether they held on a day."""
    rows: list[tuple[object, ...]] = []
    for found in references:
        law = found.law
        held = (law.valid_from, law.valid_to, law.standing(day))
        rows.append((law.country, law.number, found.article, law.title, *held))
    if rows:
        head = ["country", "law", "article", "title", "valid from", "valid to", f"on {day}"]
        show_table(f"refers to {len(rows)} articles of laws", head, rows)


def _show_questions(project: Project, indicator: str) -> None:
    """Who asks an indicator."""
    from harmonize.crosswalk.lookup import asking
    from harmonize.crosswalk.mapping import load_editions

    rows = [
        (one.instrument, one.edition, one.question, one.predicate, one.rule("polarity"), one.rule("basis") or "")
        for one in asking(load_editions(project), indicator)
    ]
    show_table(
        f"asked by {len(rows)} questions", ["instrument", "edition", "question", "is", "polarity", "basis"], rows
    )
