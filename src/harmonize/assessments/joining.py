"""Which reports come to one: what their numbers and days say is joined by their answers, and above all by people.

A decision of a person beats any score: what is decided to be `different` stands apart whatever else joins the two, and
what is decided to be the `same` is one even where numbers differ. The machine never joins two numbers, nor
by anything but a number what was announced and what was not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

__all__ = ["Joined", "Link", "Report", "join_reports"]

DECIDED = "decision"
"""The evidence of what a person joined."""


class Report(NamedTuple):
    """Deliveries that numbers and days alone show to be one report.

    Attributes:
        number: the number that it prints, without signs and zeros.
        first_day, last_day: of the dates that its deliveries print.
        announced: whether it was, and how, as its deliveries state it.
    """

    key: str
    number: str | None
    first_day: date | None
    last_day: date | None
    announced: Sequence[str] = ()


class Link(NamedTuple):
    """Two reports that are one.

    Attributes:
        evidence: what shows it.
        most_days: how far apart the dates of all that is joined may be; None is no matter.
    """

    key_a: str
    key_b: str
    evidence: str
    most_days: int | None


class Joined(NamedTuple):
    """What became of a report that others belong to.

    Attributes:
        evidence: what joined it to the report that bears the key; None of that one itself.
    """

    group_key: str
    evidence: str | None


@dataclass(slots=True)
class _Part:
    """Reports that are one so far."""

    members: set[str]
    numbers: set[str]
    days: set[date]
    announced: set[str]
    links: list[Link] = field(default_factory=list)


def join_reports(
    reports: Iterable[Report], links: Sequence[Link], different: Collection[tuple[str, str]]
) -> dict[str, Joined]:
    """The reports that are not alone, each with the key of what it belongs to.

    Args:
        links: the surest first; those of people come before all others.
        different: pairs of keys that people hold apart.
    """
    parts = {
        report.key: _Part(
            {report.key},
            set() if report.number is None else {report.number},
            {day for day in (report.first_day, report.last_day) if day is not None},
            set(report.announced),
        )
        for report in reports
    }
    apart: dict[str, set[str]] = {}
    for key, held_apart in different:
        apart.setdefault(key, set()).add(held_apart)
        apart.setdefault(held_apart, set()).add(key)
    for link in links:
        one, other = parts.get(link.key_a), parts.get(link.key_b)
        if one is None or other is None or one is other or not _may_join(one, other, link, apart):
            continue
        if len(one.members) < len(other.members):
            one, other = other, one
        one.members |= other.members
        one.numbers |= other.numbers
        one.days |= other.days
        one.announced |= other.announced
        one.links += [*other.links, link]
        parts.update(dict.fromkeys(other.members, one))
    found = {id(part): part for part in parts.values() if len(part.members) > 1}
    return {key: joined for part in found.values() for key, joined in _told(part).items()}


def _may_join(one: _Part, other: _Part, link: Link, apart: Mapping[str, set[str]]) -> bool:
    if any(apart.get(key, set()) & other.members for key in one.members):
        return False
    if link.evidence == DECIDED:
        return True
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        return False
    if not (one.numbers & other.numbers) and one.announced and other.announced and not one.announced & other.announced:
        return False
    # (A platform's assessment is dated again when it is verified: what one of them spans already, both may span.)
    most = max(link.most_days or 0, _span(one.days), _span(other.days))
    return link.most_days is None or _span(one.days | other.days) <= most


def _span(days: Collection[date]) -> int:
    return (max(days) - min(days)).days if days else 0


def _told(part: _Part) -> dict[str, Joined]:
    """The key is that of a report with a number, where there is one; each other is told by the link that led to it."""
    group_key = min(part.members, key=lambda key: (not key.startswith("native|"), not key.startswith("visit|"), key))
    told = {group_key: Joined(group_key, None)}
    waiting = list(part.links)
    while waiting:
        for link in list(waiting):
            known = [key in told for key in (link.key_a, link.key_b)]
            if any(known):
                waiting.remove(link)
                if not all(known):
                    told[link.key_b if known[0] else link.key_a] = Joined(group_key, link.evidence)
    return told
