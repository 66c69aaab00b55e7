"""Issues: everything noticed in the data, with file, place, value, code and cure.

An issue that is `withheld` kept a value or a row out of the tables; it also stands in `quarantine`.
Codes, their causes and cures are listed in `schemas/issues.yml`; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["VALUE_LIMIT", "Issue", "Severity"]

Severity = Literal["info", "warning", "error"]

VALUE_LIMIT = 500
"""Longest value repeated in an issue, in characters; the cell itself is kept whole where it is kept."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing noticed.

    Attributes:
        locator: the place inside the file (see `harmonize.model.locators`).
        code: a key of `schemas/issues.yml`.
        value: the offending value as printed, shortened.
        message: one sentence.
        hint: what to do about it.
        withheld: the value or row was kept out of the tables.
        cells: how many answer-bearing cells were withheld with it (accounting law).
    """

    locator: str
    code: str
    value: str
    message: str
    hint: str = ""
    severity: Severity = "warning"
    withheld: bool = False
    cells: int = 0
