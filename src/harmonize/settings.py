"""Pipeline files: the named runs under `pipelines/`."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.project import Project
from harmonize.reading.limits import Limits
from harmonize.yaml_text import parse_yaml

__all__ = ["PipelineSettings", "load_settings"]


class PipelineSettings(BaseModel):
    """What one named run does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    inbox: Path | None = Field(default=None, description="Inbox folder, relative to the project folder.")
    registrars: list[str] = Field(default_factory=lambda: ["consent"], description="Who may hand in grants.")
    expectations: bool = Field(default=True, description="Check the expectations before publication.")
    data_docs: bool = Field(default=True, description="Publish Great Expectations' Data Docs in the release.")
    report: bool = Field(default=True, description="Write the report of the release, in every language.")
    memory_limit: str = Field(default="1600MB", description="DuckDB's memory limit; the process takes 400 MB more.")
    keep_releases: int | None = Field(
        default=10, ge=1, description="How many releases stay, the current one included; null for all."
    )
    limits: Limits = Field(default_factory=Limits)


def load_settings(project: Project, name: str) -> PipelineSettings:
    """Load `pipelines/<name>.yml`, or a file given by its path.

    Raises:
        ConfigurationError: no such pipeline, or one that is not valid.
    """
    path = _path_of(project, name)
    try:
        content = parse_yaml(path.read_text(encoding="utf-8")) or {}
        if not isinstance(content, dict):
            raise ConfigurationError(f"{path}: a pipeline is a mapping of settings; see pipelines/default.yml.")
        return PipelineSettings.model_validate({"name": path.stem, **content})
    except OSError as problem:
        raise ConfigurationError(f"{path}: cannot be read: {problem.strerror}. See `ls pipelines/`.") from problem
    except yaml.YAMLError as problem:
        raise ConfigurationError(f"{path}: not valid YAML: {problem}") from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {place}: {first['msg']} (value {first['input']!r}).") from problem


def _path_of(project: Project, name: str) -> Path:
    """The file of the pipeline; a folder given in its place is most often the inbox, and the error says so."""
    if name.endswith((".yml", ".yaml")):
        return Path(name)
    try:
        return project.find(f"pipelines/{name}.yml")
    except ConfigurationError as problem:
        if Path(name).is_dir():
            raise ConfigurationError(f"{name} is a folder, not a pipeline; read it with `--inbox {name}`.") from problem
        raise
