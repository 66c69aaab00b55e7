"""What DuckDB encrypts files with: AES-256-GCM by OpenSSL, which comes with its extension httpfs, from a package.

Without it DuckDB opens encrypted files and writes none. Nothing is ever downloaded: `DOWNLOADS_NOTHING` is for every
connection that publishes.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import duckdb

from harmonize.database import quoted
from harmonize.errors import ConfigurationError

__all__ = ["CIPHER", "DOWNLOADS_NOTHING", "OPENED_BY", "check_cipher", "encrypted", "load_cipher"]

CIPHER = "AES-256-GCM"
OPENED_BY = "DuckDB 1.5 or later"
"""(1.4 holds the right key for a wrong one: 1.5 keeps the check of the key in a form of its own.)"""
DOWNLOADS_NOTHING = MappingProxyType({"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
_PACKAGE = "duckdb_extension_httpfs"
_STORAGE_VERSION = "v1.4.0"
"""The first that knows encrypted files."""
_CURE = (
    "`pip install 'duckdb-extension-httpfs<1.6'` brings it with the DuckDB that it is for; or take the keys out of "
    "pipelines/audiences.yml."
)


def encrypted(key: str) -> str:
    """The options by which a file is made encrypted when it is attached."""
    return f"ENCRYPTION_KEY {quoted(key)}, ENCRYPTION_CIPHER 'GCM', STORAGE_VERSION {quoted(_STORAGE_VERSION)}"


def check_cipher() -> Path:
    """Where the extension is.

    Raises:
        ConfigurationError: it is not installed, or for another DuckDB.
    """
    spec = find_spec(_PACKAGE)
    folders = [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
    found = {
        path.parent.name: path for folder in folders for path in folder.glob("extensions/*/httpfs.duckdb_extension")
    }
    if not found:
        raise ConfigurationError(
            "A key is named for an audience's file, and what DuckDB encrypts with is not installed "
            f"(the package duckdb-extension-httpfs). {_CURE}"
        )
    here = f"v{duckdb.__version__}"
    if here not in found:
        raise ConfigurationError(
            f"A key is named for an audience's file, and what DuckDB encrypts with is installed for DuckDB "
            f"{', '.join(sorted(found)).replace('v', '')}, while this is {duckdb.__version__}. {_CURE}"
        )
    return found[here]


def load_cipher(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a connection write encrypted files.

    Raises:
        ConfigurationError: the extension is not installed, for another DuckDB, or does not load.
    """
    path = check_cipher()
    try:
        connection.execute(f"LOAD {quoted(path)}")
    except duckdb.Error as problem:
        said = str(problem).splitlines()[0]
        raise ConfigurationError(f"{path}: what DuckDB encrypts with does not load: {said} {_CURE}") from problem
