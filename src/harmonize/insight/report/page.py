"""The report as one page: nothing is fetched from elsewhere, no script runs, and it prints on A4."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from harmonize.insight.report.figures import FIGURES, Teller
from harmonize.insight.report.markup import Markup, element, joined
from harmonize.insight.report.material import Material
from harmonize.insight.report.queries import OWNER_GROUP
from harmonize.insight.report.words import Spoken
from harmonize.pictures import number
from harmonize.spoken_words import LANGUAGES

__all__ = ["file_name", "report_page"]

_FACTS = (
    "files", "duplicates", "refused", "mentions", "facilities", "deliveries", "assessments", "visits", "answers",
    "findings", "conflicts", "contradictions", "doubtful",
)  # fmt: skip
_ESTIMATES = ("precision", "recall")


def file_name(language: str) -> str:
    """What the report in a language is called."""
    return "report.html" if language == LANGUAGES[0] else f"report.{language}.html"


def report_page(material: Material, spoken: Spoken, issues: Mapping[str, tuple[str, str]]) -> str:
    """The whole file.

    Args:
        issues: cause and cure of every code, in the language.
    """
    facts = material.facts
    title = spoken("title", release=facts["release_id"])
    teller = Teller(material, spoken, issues)
    blanks = {
        **{name: number(value) for name, value in facts.items() if isinstance(value, int)},
        "accuracy": _accuracy(material, spoken),
        "months": material.months,
        "least": material.benchmarks.least_groups,
        "most": spoken.percent(material.benchmarks.most_of_one_group),
        "fall": spoken.percent(material.rules.fall_share),
    }
    body = element(
        "body",
        _header(title, facts, spoken),
        element(
            "main",
            _section(0, "release", spoken, blanks, _facts(facts, spoken), "facts: file, facility, assessment, finding"),
            [
                _section(place, name, spoken, blanks, make(teller), source)
                for place, (name, (make, source)) in enumerate(FIGURES.items(), start=1)
            ],
            _reading(material, spoken, blanks),
        ),
    )
    style = files("harmonize.insight.report").joinpath("report.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        Markup(f"<style>\n{style}</style>"),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=spoken.language)}\n"


def _header(title: str, facts: Mapping[str, Any], spoken: Spoken) -> Markup:
    (other,) = (language for language in LANGUAGES if language != spoken.language)
    said = spoken(
        "made_by",
        pipeline=facts["pipeline"],
        version=facts["harmonize_version"],
        contract=facts["contract_version"],
    )
    caution = spoken("translated") if spoken.words.status == "machine" else ""
    listed = [element("li", element("a", spoken(name), href=f"#{name}")) for name in ("release", *FIGURES, "reading")]
    return element(
        "header",
        element("h1", title),
        element("p", f"{spoken('as_of', day=facts['as_of'])}. {said}."),
        element("p", caution, class_="note") if caution else [],
        element("p", element("a", spoken("other_language"), href=file_name(other), lang=other), class_="screen"),
        element("nav", element("strong", spoken("contents")), element("ol", listed), aria_label=spoken("contents")),
    )


def _section(
    place: int, name: str, spoken: Spoken, blanks: Mapping[str, object], content: Markup, source: str
) -> Markup:
    notes = [
        element("p", element("strong", spoken(word)), spoken(f"{name}_{word}", **blanks), class_="lead")
        for word in ("says", "cannot")
    ]
    heading = element("h2", f"{place + 1}. {spoken(name)}")
    return element(
        "section", heading, notes, content, element("p", spoken("source", source=source), class_="source"), id=name
    )


def _facts(facts: Mapping[str, Any], spoken: Spoken) -> Markup:
    told = [
        element("div", element("dt", spoken(f"fact_{name}")), element("dd", number(facts[name]))) for name in _FACTS
    ]
    return element("dl", told, class_="facts")


def _accuracy(material: Material, spoken: Spoken) -> str:
    """Estimated precision and recall of the links with their intervals, as far as there are any."""
    linkage = material.linkage
    told = []
    for name in _ESTIMATES:
        found = linkage.get(name) or {}
        if found.get("value") is None:
            told.append(f"{spoken(name)}: {spoken('no_estimate')}")
        else:
            low, value, high = (spoken.decimal(f"{found[part]:.3f}") for part in ("low", "value", "high"))
            told.append(f"{spoken(name)}: {value} ({low} – {high})")
    if all((linkage.get(name) or {}).get("value") is None for name in _ESTIMATES):
        return spoken("accuracy_none")
    return spoken("accuracy", found="; ".join(told), confidence=spoken.percent(material.confidence))


def _reading(material: Material, spoken: Spoken, blanks: Mapping[str, object]) -> Markup:
    queries = [
        element(
            "details",
            element("summary", spoken("query", name=name)),
            element("pre", element("code", query), lang="en"),
            class_="query",
            id=f"query-{name}",
        )
        for name, query in material.queries.items()
    ]
    return element(
        "section",
        element("h2", f"{len(FIGURES) + 2}. {spoken('reading')}"),
        [element("p", spoken(name, **blanks)) for name in ("reading_small", "reading_assumed", "reading_queries")],
        element("pre", element("code", OWNER_GROUP), lang="en"),
        joined(queries),
        id="reading",
    )
