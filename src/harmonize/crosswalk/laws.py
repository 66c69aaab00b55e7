"""Laws that indicators refer to, with the days between which they held (`schemas/laws/<country>.yml`).

One more country is one more file. A law that another one replaced stays, so that an old assessment is read under the
law of its day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pycountry
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.yaml_text import read_yaml

__all__ = ["Law", "LawReference", "Standing", "law_references", "laws_of", "load_laws"]

Standing = Literal["in force", "not yet in force", "no longer in force", "not known"]


class _Stated(BaseModel):
    """A law as its file states it; `indicators` refer to it as a whole, those of `articles` to an article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    authority: str
    year: int
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_by: str | None = None
    articles: dict[str, list[str]] = Field(default_factory=dict)
    indicators: list[str] = Field(default_factory=list)


_FILE = TypeAdapter(dict[str, _Stated])


@dataclass(frozen=True, slots=True)
class Law:
    """A law, decree or standard.

    Attributes:
        law_id: country and number, such as `VN:45/2019/QH14`.
        valid_from, valid_to: first and last day on which it held; None where it is not known, or has no end.
        replaced_by: the law_id of the law in its place.
        articles: indicators by article; those under None refer to it as a whole.
    """

    law_id: str
    country: str
    number: str
    title: str
    authority: str
    year: int
    valid_from: date | None
    valid_to: date | None
    replaced_by: str | None
    articles: Mapping[str | None, Sequence[str]]

    def standing(self, day: date) -> Standing:
        """Whether it held on a day."""
        if self.valid_to is not None and day > self.valid_to:
            return "no longer in force"
        if self.valid_from is None:
            return "not known"
        return "in force" if self.valid_from <= day else "not yet in force"


@dataclass(frozen=True, slots=True)
class LawReference:
    """A law that an indicator refers to; the article is None where it refers to the whole, or is not known."""

    indicator_id: str
    law: Law
    article: str | None


def load_laws(paths: Sequence[Path], indicators: Collection[str]) -> Mapping[str, Law]:
    """All laws by id, in the order of their files.

    Args:
        indicators: those that exist.

    Raises:
        ConfigurationError: a law that says something impossible, with file, law, value and cure.
    """
    laws: dict[str, Law] = {}
    for path in paths:
        if pycountry.countries.get(alpha_2=path.stem) is None or not path.stem.isupper():
            raise ConfigurationError(
                f"{path}: {path.stem!r} is no country code; name the file like `VN.yml` (ISO 3166-1)."
            )
        found = {law.law_id: law for law in _laws(path)}
        for law in found.values():
            _check(path, law, found, indicators)
        laws |= found
    return laws


def _laws(path: Path) -> Iterator[Law]:
    try:
        stated = _FILE.validate_python(read_yaml(path) or {})
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {place}: {first['msg']} (value {first['input']!r}).") from problem
    for number, law in stated.items():
        articles: dict[str | None, Sequence[str]] = {None: law.indicators} if law.indicators else {}
        articles.update(law.articles)
        yield Law(
            f"{path.stem}:{number}",
            path.stem,
            number,
            law.title,
            law.authority,
            law.year,
            law.valid_from,
            law.valid_to,
            law.replaced_by and f"{path.stem}:{law.replaced_by}",
            articles,
        )


def _check(path: Path, law: Law, laws: Mapping[str, Law], indicators: Collection[str]) -> None:
    place = f"{path}: {law.number}"
    if law.valid_from and law.valid_to and law.valid_to < law.valid_from:
        raise ConfigurationError(
            f"{place}: valid_to {law.valid_to} lies before valid_from {law.valid_from}; correct them."
        )
    if law.replaced_by is not None and law.replaced_by not in laws:
        raise ConfigurationError(f"{place}: replaced_by {law.replaced_by!r} is no law of this file; add it there.")
    if law in _successors(law, laws):
        raise ConfigurationError(f"{place}: by replaced_by it comes before itself; correct it.")
    for article, named in law.articles.items():
        unknown = next((name for name in named if name not in indicators), None)
        if unknown is not None:
            where = f"article {article}" if article else "indicators"
            raise ConfigurationError(f"{place}: {where}: there is no indicator {unknown!r}; correct it, or add it.")


def _successors(law: Law, laws: Mapping[str, Law]) -> list[Law]:
    """The laws that came in its place, one after another, each once."""
    later: list[Law] = []
    following = laws.get(law.replaced_by or "")
    while following is not None and following not in later:
        later.append(following)
        following = laws.get(following.replaced_by or "")
    return later


def law_references(laws: Mapping[str, Law]) -> list[LawReference]:
    """Which indicator refers to which law, predecessors of a law included: their articles are not known."""
    before: dict[str, list[Law]] = {}
    for law in laws.values():
        if law.replaced_by is not None:
            before.setdefault(law.replaced_by, []).append(law)
    found = [
        LawReference(name, law, article)
        for law in laws.values()
        for article, named in law.articles.items()
        for name in named
    ]
    stated = {(reference.indicator_id, reference.law.law_id) for reference in found}
    for name, law_id in sorted(stated):
        for earlier in _predecessors(law_id, before):
            if (name, earlier.law_id) not in stated:
                stated.add((name, earlier.law_id))
                found.append(LawReference(name, earlier, None))
    return found


def _predecessors(law_id: str, before: Mapping[str, Sequence[Law]]) -> Iterator[Law]:
    for law in before.get(law_id, ()):
        yield law
        yield from _predecessors(law.law_id, before)


def laws_of(indicator_id: str, laws: Mapping[str, Law]) -> list[LawReference]:
    """The laws that an indicator refers to, by country, the latest first."""
    found = [reference for reference in law_references(laws) if reference.indicator_id == indicator_id]
    by_age = sorted(found, key=lambda one: one.law.valid_from or date.min, reverse=True)
    return sorted(by_age, key=lambda one: one.law.country)
