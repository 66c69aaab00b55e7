"""Findings as rows: those of exports that list what is wrong, and what is said beside an answer."""

from __future__ import annotations

import re
from datetime import date, timedelta

from harmonize.model.issues import Issue
from harmonize.sources.context import Context
from harmonize.sources.records import Record
from harmonize.sources.visits import Visit
from harmonize.values.dates import parse_date
from harmonize.values.text import term_key, western_digits, word_key

__all__ = ["clause_of", "code_in", "code_of_row", "says_more", "stage_finding"]

_DETAILS = ("severity", "root_cause", "legal_reference", "action", "responsible", "due_on", "timescale", "closed_on")
_YES = frozenset({"y", "yes", "true"})
_FLAGS = {**dict.fromkeys(_YES, "Y"), **dict.fromkeys(("n", "no", "false"), "N")}


def clause_of(context: Context, record: Record, of_form: str | None = None) -> str | None:
    """The code of the clause, where the profile tells how it is printed with its title or by which words it is known.

    Args:
        of_form: the code that the form of the row is about.
    """
    text = record.text("clause", context.staged)
    if context.layout.clause_words:
        return code_of_row(context, record) or of_form or text
    pattern = context.layout.clause_pattern
    if text is None or pattern is None:
        return text
    found = re.match(pattern, western_digits(text), re.IGNORECASE)
    return found["code"] if found else text


def code_in(context: Context, text: str) -> str | None:
    """The one code whose words stand in a text; None where none does, or several do."""
    words = context.layout.clause_words
    found = [code for code, pattern in words.items() if re.search(pattern, western_digits(text), re.IGNORECASE)]
    return found[0] if len(found) == 1 else None


def code_of_row(context: Context, record: Record) -> str | None:
    """The code that the first telling column of a clause names by its words."""
    return next(filter(None, (code_in(context, text) for text in record.texts("clause"))), None)


def says_more(record: Record) -> bool:
    """The row of an answer says more than an answer does: how grave it is, what is done, until when."""
    return any(not record.is_blank(name) for name in _DETAILS)


def stage_finding(
    context: Context, record: Record, visit: Visit, clause: str | None, extra: str | None, role: str | None = None
) -> None:
    """Stage one finding.

    Args:
        clause: its code, or the question that it belongs to.
        role: None for a finding; `detail` for what a row says of its answer, `remark` for an entry that is no finding.
    """
    staged, layout = context.staged, context.layout
    severity_raw = _severity(context, record)
    statuses = context.finding_statuses
    status_raw = record.word("status", {word: word for word in statuses}, "unknown_status", staged)
    closed_on = record.day("closed_on", layout.dates, staged)
    status = statuses.get(term_key(status_raw)) if status_raw else None
    if status is None and record.has("closed_on") and not record.has("status"):
        status = "closed" if closed_on else "open" if record.is_blank("closed_on") else None
    due_on = record.day("due_on", layout.dates, staged) or _due_from_timescale(context, record, visit)
    staged.tables["finding"].add(
        visit.number,
        record.text("finding_no", staged),
        clause,
        context.severities.get(term_key(severity_raw)) if severity_raw else None,
        severity_raw,
        record.text("description", staged),
        record.text("root_cause", staged),
        record.text("legal_reference", staged),
        status,
        status_raw,
        due_on,
        closed_on,
        record.text("action", staged),
        record.text("responsible", staged),
        record.locator,
        record.at("clause" if record.has("clause") else "question"),
        extra,
        role,
    )


def _severity(context: Context, record: Record) -> str | None:
    """The class of a finding: a printed word, or the gravest of the columns that say yes."""
    flags = context.layout.severity_flags
    if not flags:
        known = {term_key(word): word for word in context.profile.severities}
        return record.word("severity", known, "unknown_severity", context.staged)
    for name, word in flags.items():
        text = record.word(name, _FLAGS, "unknown_severity", context.staged)
        if text is None and not record.is_blank(name):
            return None  # Whether it is the gravest class is not known.
        if text is not None and word_key(text) in _YES:
            return word
    return None


def _due_from_timescale(context: Context, record: Record, visit: Visit) -> date | None:
    """Audit date plus timescale, as SMETA prints it (Immediate = 0 days); or the day that is printed in its place."""
    timescales = {_timescale(words): days for words, days in context.layout.due_from_timescale.items()}
    text = record.text("timescale", context.staged) if timescales else None
    if text is None:
        return None
    day = parse_date(text, context.layout.dates)
    if day is not None:
        return day
    days = timescales.get(_timescale(text))
    if days is None:
        context.staged.report(
            Issue(
                record.at("timescale"),
                "unknown_timescale",
                text,
                f"{text!r} is none of {', '.join(context.layout.due_from_timescale)}.",
                "Correct the timescale; the finding was loaded without a due date.",
                withheld=True,
            )
        )
        return None
    return visit.assessed_on + timedelta(days=days) if visit.assessed_on else None


def _timescale(text: str) -> str:
    """The words of a timescale: `within 30 days` is `30`, `6-weeks` is `6 weeks`."""
    return term_key(text).removeprefix("within ").removesuffix("days").strip()
