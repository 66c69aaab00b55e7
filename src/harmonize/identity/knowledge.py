"""Everything that resolving knows before it sees a record: places, identifier rules, word lists and the model.

Loaded once from the schemas folder and passed down; nothing here is decided in code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harmonize.identity.memory import stamp_of
from harmonize.identity.model import MatchModel
from harmonize.identity.relation_rules import RelationRules
from harmonize.identity.sampling_rules import SamplingRules
from harmonize.values.geography import Geography
from harmonize.values.identifiers import IdentifierRules
from harmonize.values.names import NameWords

__all__ = ["Knowledge"]


@dataclass(frozen=True)
class Knowledge:
    """The knowledge of one run. (Not slotted: its stamp is kept once made.)"""

    geography: Geography
    identifiers: IdentifierRules
    words: NameWords
    model: MatchModel
    relations: RelationRules
    sampling: SamplingRules

    @classmethod
    def from_folder(cls, schemas: Path) -> Knowledge:
        """Load everything from the schemas folder."""
        return cls(
            geography=Geography.from_folder(schemas),
            identifiers=IdentifierRules.from_folder(schemas),
            words=NameWords.from_folder(schemas),
            model=MatchModel.from_folder(schemas),
            relations=RelationRules.from_folder(schemas),
            sampling=SamplingRules.from_folder(schemas),
        )

    @cached_property
    def stamp(self) -> str:
        """The hash of all of it, under which is remembered what follows from it."""
        # Of the schemes of identifiers the first that fits holds: their order decides as well.
        return stamp_of(self, list(self.identifiers.schemes))
