"""The error tree: what stops a run, said in one sentence that ends with the cure.

Problems in the *data* are never exceptions: they are `harmonize.model.issues.Issue` records.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = [
    "ConfigurationError",
    "HarmonizeError",
    "InboxError",
    "LedgerError",
    "PublicationError",
    "RefusedFile",
]


class HarmonizeError(Exception):
    """A run or a command cannot go on; the message names place, value and cure. Exit code 2."""


class ConfigurationError(HarmonizeError):
    """A pipeline, profile, crosswalk, schema or expectation file says something impossible."""


class InboxError(HarmonizeError):
    """The inbox is missing, unreadable or empty."""


class LedgerError(HarmonizeError):
    """The ledger of ids or decisions cannot be read or appended to."""


class PublicationError(HarmonizeError):
    """A release cannot be written or put in place; the last one stays."""


class RefusedFile(HarmonizeError):
    """One file cannot be read at all. The pipeline records it and goes on with the others.

    Attributes:
        code: the issue code under which the refusal is recorded.
        hint: what the contributor can do about it.
    """

    def __init__(self, code: str, message: str, hint: str = "", *, value: str = "", locator: str = "file") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.value = value
        self.locator = locator

    def __reduce__(self) -> tuple[Callable[..., RefusedFile], tuple[str, ...]]:
        """How a reading process hands it on."""
        return _refused, (self.code, str(self), self.hint, self.value, self.locator)


def _refused(code: str, message: str, hint: str, value: str, locator: str) -> RefusedFile:
    return RefusedFile(code, message, hint, value=value, locator=locator)
