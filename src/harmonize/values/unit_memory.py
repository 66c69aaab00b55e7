"""The worked-out factors of the units, kept in a file for the next run.

The key holds all that decides them: the bytes of `units.yml` and of the code that reads it, and the versions of pint
and of Python's Unicode tables. A file with another key, cut off or changed by hand is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from harmonize.errors import ConfigurationError

__all__ = ["memory_key", "recall", "remember"]

Factors = Mapping[str, tuple[str, float]]
"""Spelling key -> common unit and factor."""


def memory_key(units: Path, code: Iterable[Path]) -> str | None:
    """The key of what `units` says, read by `code`; None where the code's text is not at hand.

    Raises:
        ConfigurationError: `units` cannot be read.
    """
    digest = hashlib.sha256()
    try:
        digest.update(units.read_bytes())
    except OSError as problem:
        raise ConfigurationError(
            f"{units}: cannot be read: {problem.strerror}. Check path and permissions."
        ) from problem
    try:
        versions = f"\0{version('pint')}\0{unicodedata.unidata_version}"
        for path in (Path(__file__), *code):
            digest.update(b"\0" + path.read_bytes())
    except (OSError, PackageNotFoundError):
        return None
    digest.update(versions.encode())
    return digest.hexdigest()


def recall(memory: Path, key: str) -> Factors | None:
    """What was remembered under this key; None when nothing was, or not whole."""
    try:
        content = json.loads(memory.read_text(encoding="utf-8"))
        if content["key"] != key or content["digest"] != _digest(content["factors"]):
            return None
        return {spelling: (str(unit), float(factor)) for spelling, (unit, factor) in content["factors"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def remember(memory: Path, key: str, factors: Factors) -> None:
    """Keep the factors; the file appears whole or not at all. Where it cannot be written, the next run works again."""
    content = {"key": key, "digest": _digest(factors), "factors": factors}
    building = memory.with_name(f"{memory.name}.{os.getpid()}.part")
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        try:
            building.write_text(json.dumps(content, sort_keys=True), encoding="utf-8")
            building.replace(memory)
        finally:
            building.unlink(missing_ok=True)


def _digest(factors: object) -> str:
    return hashlib.sha256(json.dumps(factors, sort_keys=True).encode()).hexdigest()
