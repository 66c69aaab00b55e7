"""What a cell of a plan says: matters in two languages, places, and words for what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harmonize.assessments.corrective_actions.words import Spoken

__all__ = ["answer_elsewhere", "found_by", "line_cells", "place", "receiver_differences", "repetition", "told_twice"]

Row = Mapping[str, Any]


def place(row: Row) -> str:
    """Where a row stands in what was delivered."""
    return " ".join(str(row[part]) for part in ("path", "locator") if row.get(part))


def repetition(line: Row, spoken: Spoken) -> str:
    """How often a matter was found; whether it was the same part of it is not always certain."""
    said = spoken(
        line["repetition"], visits=line["visits"], since=line["first_found_on"], met_on=line["met_between_on"]
    )
    is_sure = line["visits"] < 2 or line["is_same_matter"]
    also = line["self_statements"] and line["repetition"] != "self_stated"
    parts = [said, "" if is_sure else f" {spoken('other_parts')}", spoken("also_self_stated") if also else ""]
    return "".join(parts)


def found_by(sources: Sequence[Row], titles: Mapping[str, str]) -> str:
    """The tools and the days on which they found it."""
    said = (f"{titles.get(row['instrument'], row['instrument'])} {row['assessed_on'] or '?'}" for row in sources)
    return "; ".join(dict.fromkeys(said))


def told_twice(said: object, elsewhere: Sequence[str] | None, spoken: Spoken) -> object:
    """What a report says; where the same one says otherwise to another receiver, both."""
    return spoken("told_twice", word=said, other=", ".join(elsewhere)) if elsewhere else said


_TOLD = {"severity": ("severity_raw", "severity_elsewhere"), "status_raw": ("status_raw", "status_elsewhere"),
         "due_on": ("due_on", "due_elsewhere")}  # fmt: skip
"""Word of a column -> what a report says there, and what it says to others."""


def answer_elsewhere(row: Row, spoken: Spoken) -> str:
    """The answer or finding of a report where another receiver was given another answer, or none; empty where not."""
    elsewhere = [said or spoken("left_out") for said in row["said_elsewhere"] or ()]
    here = spoken("answered", word=row["status_raw"]) if row["is_differing"] else spoken("not_met")
    return str(told_twice(here, elsewhere, spoken)) if elsewhere else ""


def receiver_differences(sources: Sequence[Row], titles: Mapping[str, str], spoken: Spoken) -> list[str]:
    """What one report says otherwise of a finding to another receiver: tool, day, clause, and both words."""
    return list(dict.fromkeys(_differences(sources, titles, spoken)))


def _differences(sources: Sequence[Row], titles: Mapping[str, str], spoken: Spoken) -> Iterator[str]:
    for row in sources:
        of = " ".join(filter(None, (found_by([row], titles), row["clause_raw"])))
        for word, (name, elsewhere) in _TOLD.items():
            if row[elsewhere]:
                yield f"{of}, {spoken(word)}: {told_twice(row[name], row[elsewhere], spoken)}"
        if row["said_elsewhere"]:
            yield f"{of}: {answer_elsewhere(row, spoken)}"


def line_cells(line: Row, spoken: Spoken) -> dict[str, str]:
    """The matter of a line in English, and in the language beside it where there is one."""
    labels, topics = line["labels"], line["topic_labels"]
    cells = {"matter": labels["en"], "topic": spoken.both(topics) if topics else ""}
    if spoken.language:
        cells["matter_local"] = labels.get(spoken.language, "")
    return cells
