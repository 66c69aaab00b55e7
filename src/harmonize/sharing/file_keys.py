"""The keys by which files of audiences are encrypted: to each its own, from a file or a variable of the environment.

A key is 32 random bytes, written in base64. DuckDB makes the cipher's key of it in one quick step, so that a phrase
that people remember could be guessed; 32 random bytes cannot.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import stat
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from harmonize.errors import ConfigurationError
from harmonize.sharing.audiences import Audience

__all__ = ["FileKey", "file_keys"]

_BYTES = 32
_FEWEST = 12
"""Different bytes among 32 random ones: fewer come less often than once in a billion years of trying."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MAKE = "openssl rand -base64 32"


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key.

    Attributes:
        text: as DuckDB takes it, and as the audience is given it.
        key_id: tells keys apart, and nothing of the key.
    """

    text: str = field(repr=False)
    key_id: str


def file_keys(
    audiences: Sequence[Audience],
    chosen: Collection[str],
    folder: Path,
    environment: Mapping[str, str],
    secret: bytes,
) -> dict[str, FileKey]:
    """The keys of the chosen audiences that have one, by their names.

    Args:
        audiences: all there are: no two of them may have the same key.
        chosen: names of those whose key must be at hand.
        folder: where a `key_file` lies that names no other place.
        secret: the publisher's own, which is nobody's key.

    Raises:
        ConfigurationError: a key is missing, weak, readable by others than its owner, or has two uses.
    """
    found: dict[str, FileKey] = {}
    for one in audiences:
        if one.name in chosen:
            if key := _key(one, folder, environment):
                found[one.name] = key
        else:
            # (The key of one that is not published now may be elsewhere.)
            with suppress(ConfigurationError):
                if key := _key(one, folder, environment):
                    found[one.name] = key
    _are_distinct(found, secret)
    return {name: key for name, key in found.items() if name in chosen}


def _are_distinct(keys: Mapping[str, FileKey], secret: bytes) -> None:
    seen: dict[str, str] = {_key_id(secret.decode(errors="replace")): "the publisher's secret"}
    for name, key in keys.items():
        whose = f"the audience {name!r}"
        if key.key_id in seen:
            raise ConfigurationError(
                f"The key of {whose} is also that of {seen[key.key_id]}. Give it one of its own: `{_MAKE}`."
            )
        seen[key.key_id] = whose


def _key(audience: Audience, folder: Path, environment: Mapping[str, str]) -> FileKey | None:
    if audience.key_file is not None:
        path = folder / Path(audience.key_file).expanduser()
        return _checked(_read(path, audience.name), str(path), audience.name)
    if audience.key_variable is not None:
        text = environment.get(audience.key_variable)
        place = f"the environment variable {audience.key_variable}"
        if text is None:
            raise ConfigurationError(
                f"{place} is not set, which holds the key of the audience {audience.name!r}. Set it to what "
                f"`{_MAKE}` prints, and give that to the audience apart from its file."
            )
        return _checked(text, place, audience.name)
    return None


def _read(path: Path, name: str) -> str:
    try:
        with path.open("rb") as stream:
            # (Of the very file that is read, whatever is put in its place meanwhile.)
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(4096)
    except FileNotFoundError as problem:
        raise ConfigurationError(
            f"{path}: there is no such file, which holds the key of the audience {name!r}. Make it with "
            f"`(umask 077; {_MAKE} > {path})`, and give the key to the audience apart from its file."
        ) from problem
    except OSError as problem:
        raise ConfigurationError(
            f"{path}: the key of the audience {name!r} cannot be read: {problem.strerror}. Mend path or permissions."
        ) from problem
    if os.name == "posix" and mode & _OTHERS:
        raise ConfigurationError(
            f"{path}: others than its owner can read the key of the audience {name!r}. `chmod 600 {path}`; if somebody "
            "may have read it, make a new one."
        )
    return content.decode("ascii", errors="replace")


def _checked(text: str, place: str, name: str) -> FileKey:
    key = text.strip()
    try:
        content = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if len(content) != _BYTES:
        raise ConfigurationError(
            f"{place}: the key of the audience {name!r} is not 32 bytes in base64 (44 characters; it has {len(key)}). "
            f"Make one with `{_MAKE}`."
        )
    if len(set(content)) < _FEWEST:
        raise ConfigurationError(
            f"{place}: the key of the audience {name!r} is not random: it can be guessed. Make one with `{_MAKE}`."
        )
    return FileKey(key, _key_id(key))


def _key_id(key: str) -> str:
    return hmac.new(key.encode(), b"harmonize: which key", hashlib.sha256).hexdigest()[:12]
