"""The catalogue of issues: why each code arises and what to do about it, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.model.issues import Severity
from harmonize.project import Project
from harmonize.yaml_text import read_yaml

__all__ = ["Fate", "IssueEntry", "load_issue_catalogue"]

Fate = Literal["refused", "withheld", "loaded_without", "untold"]
"""What became of the data: the whole file refused, the row or cell withheld, loaded without the value, or not told."""

_FATES: Mapping[str, Fate] = {"withheld": "withheld", "loaded without": "loaded_without"}


class IssueEntry(BaseModel):
    """One code.

    Attributes:
        code: its name.
        severity: `error` refuses the file.
        cause: why it arises, by language.
        cure: what to do, by language.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    severity: Severity
    cause: Mapping[str, str]
    cure: Mapping[str, str]

    @property
    def fate(self) -> Fate:
        """What became of what it was noticed in, as far as its own words tell."""
        if self.severity == "error":
            return "refused"
        told = f"{self.cause.get('en', '')} {self.cure.get('en', '')}"
        return next((fate for words, fate in _FATES.items() if words in told), "untold")


def load_issue_catalogue(project: Project) -> dict[str, IssueEntry]:
    """The entries of `schemas/issues.yml`, by code.

    Raises:
        ConfigurationError: the file is missing or of another form.
    """
    path = project.find("schemas/issues.yml")
    try:
        entries = TypeAdapter(list[IssueEntry]).validate_python(read_yaml(path))
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ConfigurationError(f"{path}: {place}: {first['msg']}. Correct it there.") from problem
    return {entry.code: entry for entry in entries}
