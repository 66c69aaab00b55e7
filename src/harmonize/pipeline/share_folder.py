"""What lies in the folder of an audience: its file, parquet and dictionary beside it, and a manifest of it all.

Beside an encrypted file nothing lies that holds a row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from harmonize import __version__
from harmonize.model.tables import CONTRACT_VERSION
from harmonize.store.datapackage import datapackage
from harmonize.store.encryption import CIPHER, OPENED_BY
from harmonize.store.parquet import Previous, write_parquet
from harmonize.store.releases import file_sizes
from harmonize.store.shares import Share

__all__ = ["fill_folder", "seal_folder"]

_LEFT_OUT = "nothing with rows lies beside an encrypted file; all of it stands in the file"
_OPENING = f"""# Opening {{name}}.duckdb

It is encrypted ({CIPHER}); {OPENED_BY} opens it with the key that its publisher gave you apart from it. `key_id` in
`manifest.json` tells which key it was. Nothing else here holds a row: what others receive as parquet, workbook or
extracts stands in the file (`extract.*`), and `COPY` writes it where you keep it safe.

```python
import os, duckdb
connection = duckdb.connect()
connection.execute(f"ATTACH '{{name}}.duckdb' AS shared (READ_ONLY, ENCRYPTION_KEY '{{{{os.environ['SHARE_KEY']}}}}')")
connection.execute("USE shared")
```
"""


def fill_folder(
    connection: duckdb.DuckDBPyConnection,
    share: Share,
    dictionary: str,
    as_of: date,
    judged_on: date,
    written: list[Previous],
) -> dict[str, Any]:
    """Parquet, the dictionary and what the manifest says of the tables.

    Args:
        written: the parquet of the audience that was first, once it is there.
    """
    folder = share.database.parent
    if share.is_encrypted:
        dictionary = f"{_OPENING.format(name=share.folder)}\n{dictionary}"
    else:
        parquet = folder / "parquet"
        parquet.mkdir()
        digests = {table: digest for table, (_, digest) in share.hashes.items()}
        parts = write_parquet(connection, parquet, digests, written[0] if written else None, continues=False)
        written.append(Previous(parquet, parts))
        package = datapackage(parquet, share.logical_hash[:12], as_of.isoformat())
        (parquet / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "README.md").write_text(dictionary, encoding="utf-8")
    manifest: dict[str, Any] = {
        "audience": share.audience,
        "kind": share.kind,
        "contract_version": CONTRACT_VERSION,
        "harmonize_version": __version__,
        "as_of": as_of.isoformat(),
        "grants_judged_on": judged_on.isoformat(),
        "logical_hash": share.logical_hash,
        "tables": {name: {"rows": count, "hash": digest} for name, (count, digest) in share.hashes.items()},
    }
    if share.is_encrypted:
        manifest["encryption"] = {
            "cipher": CIPHER,
            "key_id": share.key_id,
            "opened_by": OPENED_BY,
            "left_out": {"parquet": _LEFT_OUT, **({"workbook": _LEFT_OUT} if share.kind == "manufacturer" else {})},
        }
    return manifest


def seal_folder(share: Share, manifest: Mapping[str, Any]) -> None:
    """Write the manifest, last of all: it names every other file of the folder."""
    folder = share.database.parent
    text = json.dumps({**manifest, "files": file_sizes(folder)}, indent=1, sort_keys=True)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
