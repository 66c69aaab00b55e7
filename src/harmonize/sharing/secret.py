"""The publisher's secret: the ids that audiences see are made from it, and without it nobody can make them again."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from harmonize.errors import ConfigurationError

__all__ = ["VARIABLE", "sharing_secret"]

VARIABLE = "HARMONIZE_SHARING_SECRET"
"""The environment variable that holds it, where no file shall."""
_LEAST = 16
"""Characters of a secret that nobody guesses."""


def sharing_secret(path: Path, environment: Mapping[str, str]) -> bytes:
    """The secret of the environment, or of a file that is made where there is none yet, for its owner's eyes alone.

    Raises:
        ConfigurationError: it is too short, or the file cannot be read or made.
    """
    text = environment.get(VARIABLE)
    if text is not None:
        return _checked(text, f"the environment variable {VARIABLE}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _checked(path.read_text(encoding="utf-8"), str(path))
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(secrets.token_hex(32))
            stream.flush()
            os.fsync(stream.fileno())
        return _checked(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError(
            f"{path}: the secret of the publisher cannot be read or made: {problem}. "
            f"Mend the permissions, or give it in {VARIABLE}."
        ) from problem


def _checked(text: str, place: str) -> bytes:
    secret = text.strip()
    if len(secret) < _LEAST:
        raise ConfigurationError(
            f"{place}: the secret of the publisher has {len(secret)} characters; it needs {_LEAST} or more. "
            "Restore it from a copy: with another one all ids that audiences know change."
        )
    return secret.encode()
