"""Everything that resolving knows before it sees a record: places, identifier rules, word lists and the model.

Loaded once from the schemas folder and passed down; nothing here is decided in code.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harmonize.identity.model import MatchModel
from harmonize.values.geography import Geography
from harmonize.values.identifiers import IdentifierRules
from harmonize.values.names import NameWords

__all__ = ["Knowledge"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The knowledge of one run."""

    geography: Geography
    identifiers: IdentifierRules
    words: NameWords
    model: MatchModel

    @classmethod
    def from_folder(cls, schemas: Path) -> Knowledge:
        """Load everything from the schemas folder."""
        return cls(
            geography=Geography.from_folder(schemas),
            identifiers=IdentifierRules.from_folder(schemas),
            words=NameWords.from_folder(schemas),
            model=MatchModel.from_folder(schemas),
        )
