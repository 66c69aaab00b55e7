"""What the invented consent register holds, as `schemas/demo/grants.yml` says."""

from __future__ import annotations

from datetime import date

from harmonize.demo.entries import Entry

__all__ = ["GrantPlan", "PlannedGrant"]


class PlannedGrant(Entry):
    """A kind of grant.

    Attributes:
        needs: the instrument that must have assessed the factory; else `instrument`.
        opens: what it truly opens.
        perhaps: of these, what it opens only where no likeness stands between.
    """

    name: str
    audience: str
    scheme: str
    instrument: str
    assessment: str
    scope: str
    valid_from: date | str
    valid_to: date | str
    revoked: date | str = ""
    role: str
    purpose: str
    needs: str = ""
    every: int
    at: int
    opens: tuple[str, ...]
    perhaps: tuple[str, ...] = ()


class GrantFault(Entry):
    """A row like one of the grants `of` a name, with one cell that makes it no grant."""

    of: str
    code: str
    column: str
    value: str


class GrantPlan(Entry):
    """The whole register.

    Attributes:
        contributors: audiences that hand in exports under their own name.
    """

    contributors: tuple[str, ...]
    grants: tuple[PlannedGrant, ...]
    faults: tuple[GrantFault, ...]
