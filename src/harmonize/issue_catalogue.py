"""The catalogue of issues: why each arises, what became of the data, and what to do, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.model.issues import Severity
from harmonize.project import Project
from harmonize.yaml_text import read_yaml

__all__ = ["IssueEntry", "load_issue_catalogue"]


class IssueEntry(BaseModel):
    """One code.

    Attributes:
        code: its name.
        severity: `error` refuses the file.
        cause: why it arises, by language.
        became: what became of the data that it was noticed in, by language.
        cure: what to do, by language.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    severity: Severity
    cause: Mapping[str, str]
    became: Mapping[str, str]
    cure: Mapping[str, str]


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
