"""What says that two factories belong together: `schemas/identity/relations.yml`."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from harmonize.yaml_text import read_yaml

__all__ = ["RelationRules"]


class RelationRules(BaseModel):
    """The content of `identity/relations.yml`.

    Attributes:
        unit_kinds: kinds of designators that name a part of a factory or one factory of several.
        most_sites: what stands on more factories than this names no company.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit_kinds: tuple[str, ...]
    most_sites: int = Field(gt=1)

    @classmethod
    def from_folder(cls, schemas: Path) -> RelationRules:
        """Load the rules from the schemas folder."""
        return cls.model_validate(read_yaml(schemas / "identity" / "relations.yml"))
