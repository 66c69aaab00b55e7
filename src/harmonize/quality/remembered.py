"""What the quality stage of a release found, kept in the release for the next run (`reports/expectations.json`).

The same suite over the same content, judged by the same code, gives the same checks and the same page: the next run
takes both over. A file that is missing, damaged or of another form is nothing to remember.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harmonize.quality.result import Check
from harmonize.quality.violations import Violations, laws

__all__ = ["FILE_NAME", "Remembered", "RememberedLaw", "RememberedSuite", "read_remembered", "write_remembered"]

FILE_NAME = "expectations.json"


class RememberedSuite(BaseModel):
    """The checks of one suite, and the fingerprint of all that they follow from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fingerprint: str
    checks: tuple[Check, ...]


class RememberedLaw(BaseModel):
    """How often a law was broken, and the fingerprint of what it said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fingerprint: str
    count: int


class Remembered(BaseModel):
    """One release's quality stage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suites: Mapping[str, RememberedSuite] = Field(default_factory=dict)
    laws: Mapping[str, RememberedLaw] = Field(default_factory=dict)

    def checks(self, table: str, fingerprint: str) -> tuple[Check, ...] | None:
        """The checks of a table's suite if nothing that they follow from has changed."""
        known = self.suites.get(table)
        return known.checks if known is not None and known.fingerprint == fingerprint else None

    def laws_in_doubt(self) -> frozenset[str]:
        """Laws that did not hold in that release, or that it did not know in today's words."""
        held = {
            name
            for name, law in laws().items()
            if (known := self.laws.get(name)) is not None and known.fingerprint == law.fingerprint and not known.count
        }
        return frozenset(laws()) - held


def read_remembered(reports: Path | None) -> Remembered:
    """What the release with these `reports` remembers; nothing where there is no such release."""
    if reports is None:
        return Remembered()
    try:
        return Remembered.model_validate_json((reports / FILE_NAME).read_bytes())
    except (OSError, ValidationError):
        return Remembered()


def write_remembered(
    reports: Path,
    fingerprints: Mapping[str, str],
    checks: Mapping[str, tuple[Check, ...]],
    found: Mapping[str, Violations],
) -> None:
    """Write what this run found, for the next one.

    Args:
        fingerprints: by table, of all that the checks of its suite follow from.
        checks: by table.
        found: by law.
    """
    remembered = Remembered(
        suites={table: RememberedSuite(fingerprint=fingerprints[table], checks=checks[table]) for table in checks},
        laws={
            name: RememberedLaw(fingerprint=laws()[name].fingerprint, count=entry.count)
            for name, entry in found.items()
        },
    )
    text = json.dumps(remembered.model_dump(mode="json"), ensure_ascii=False, indent=1)
    (reports / FILE_NAME).write_text(text + "\n", encoding="utf-8")
