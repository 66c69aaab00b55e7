"""The option `--lang` of what harmonize itself says."""

from __future__ import annotations

from harmonize.cli.speech import LANGUAGES, VARIABLE, choose
from harmonize.errors import ConfigurationError

__all__ = ["choose_language"]


def choose_language(wanted: str) -> str:
    """Speak a language that an option names; without one stay with what is spoken.

    Raises:
        ConfigurationError: harmonize does not speak it.
    """
    if wanted and wanted not in LANGUAGES:
        raise ConfigurationError(
            f"--lang (or {VARIABLE}) is {wanted!r}; harmonize speaks {' and '.join(LANGUAGES)}. Choose one of them."
        )
    if wanted:
        choose(wanted)
    return wanted
