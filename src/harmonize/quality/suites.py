"""Expectation suites as stewards write them: YAML documents, one per table (`pipelines/expectations/*.yml`).

A file may hold several documents separated by `---`. A suite that says something impossible stops the run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.quality.result import CheckSeverity

__all__ = ["Expectation", "LoadedSuite", "load_suites"]

_COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list")
_CONDITIONS = frozenset({"row_condition", "condition_parser"})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Expectation(BaseModel):
    """One expectation: a Great Expectations type, its arguments, how much it matters and what it means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(pattern="^expect_[a-z_]+$")
    kwargs: dict[str, object] = Field(default_factory=dict)
    severity: CheckSeverity
    meaning: str = Field(min_length=1)

    def columns(self) -> tuple[str, ...]:
        """Columns that the arguments name."""
        named: list[str] = []
        for argument in _COLUMN_ARGUMENTS:
            value = self.kwargs.get(argument)
            named += [str(column) for column in value] if isinstance(value, list) else [str(value)] if value else []
        return tuple(named)

    @property
    def stays_in_its_columns(self) -> bool:
        """Whether it looks at the columns that it names and at nothing else of the table."""
        return bool(self.columns()) and not _CONDITIONS & set(self.kwargs)


class _Suite(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    expectations: list[Expectation] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class LoadedSuite:
    """The expectations of one table and the file that states them."""

    path: Path
    table: str
    expectations: tuple[Expectation, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the expectations name, each once."""
        return tuple(dict.fromkeys(column for stated in self.expectations for column in stated.columns()))

    @property
    def text(self) -> str:
        """What the suite says, without where it stands or how it is spelled."""
        return json.dumps([stated.model_dump(mode="json") for stated in self.expectations], sort_keys=True, default=str)


def _load(path: Path) -> list[LoadedSuite]:
    try:
        documents = [document for document in yaml.load_all(path.read_text(encoding="utf-8"), _LOADER) if document]
        suites = [_Suite.model_validate(document) for document in documents]
    except OSError as problem:
        raise ConfigurationError(f"{path}: cannot be read: {problem.strerror}; correct the pipeline.") from problem
    except yaml.YAMLError as problem:
        raise ConfigurationError(f"{path}: not valid YAML: {problem}") from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {place}: {first['msg']} (value {first['input']!r}).") from problem
    return [LoadedSuite(path, suite.table, tuple(suite.expectations)) for suite in suites]


def load_suites(paths: Sequence[Path]) -> list[LoadedSuite]:
    """Suites in the order of the files; each table has one.

    Raises:
        ConfigurationError: a file that is no suite, or two suites of one table.
    """
    suites = [suite for path in paths for suite in _load(path)]
    seen: dict[str, Path] = {}
    for suite in suites:
        if suite.table in seen:
            raise ConfigurationError(
                f"{suite.path}: the table {suite.table!r} has a suite in {seen[suite.table]} already; join the two."
            )
        seen[suite.table] = suite.path
    return suites
