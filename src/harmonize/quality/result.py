"""What a quality run found, apart from the library that ran it.

`harmonize.quality.expectations` takes seconds to import; whoever only reads results imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Check", "CheckSeverity", "Judged", "QualityResult", "Verdict"]

CheckSeverity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation held against one table.

    Attributes:
        table: a contract table, or the name of a violation query.
        expectation: the Great Expectations type, for example `expect_column_values_to_be_unique`.
        column: the column or columns it speaks of; '' for the table as a whole.
        severity: a failed critical check stops publication, a failed warning is reported.
        observed: what was found, in a few words.
        message: what the expectation means, and what was found when it failed.
    """

    table: str
    expectation: str
    column: str
    severity: CheckSeverity
    success: bool
    observed: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one expectation is met, and what was found, in a few words."""

    success: bool
    observed: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One suite held against its table.

    Attributes:
        verdicts: in the order of the suite's expectations.
        page: the library's result page as it makes it; empty where no pages are wanted.
    """

    verdicts: tuple[Verdict, ...]
    page: str


@dataclass(frozen=True, slots=True)
class QualityResult:
    """All checks of one run, in the order of the suites."""

    results: tuple[Check, ...]

    @property
    def failed_critical(self) -> tuple[Check, ...]:
        """Checks that forbid publication."""
        return self._failed("critical")

    @property
    def failed_warnings(self) -> tuple[Check, ...]:
        """Checks that a steward should look at."""
        return self._failed("warning")

    def _failed(self, severity: CheckSeverity) -> tuple[Check, ...]:
        return tuple(check for check in self.results if not check.success and check.severity == severity)
