"""The whole files that are going to be damaged: every file of the demo, every fixture, and an export of full width."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harmonize.demo.full_scale import WideScale, write_full_scale
from harmonize.project import Project
from tests.pipeline.worlds import ROOT, delivered_files, demo_world
from tests.sources.exports import delivered, exports

__all__ = ["WIDE", "originals"]

WIDE = "wide/"
"""How the names of exports begin that are wide enough for the reader of wide text."""
_COLUMNS = 320


def originals(folder: Path) -> Mapping[str, bytes]:
    """Bytes by a name of their own; the files of full width are written to `folder` first."""
    world = demo_world()
    found = {path.relative_to(world.inbox).as_posix(): path.read_bytes() for path in delivered_files(world.inbox)}
    for path in exports():
        data, name = delivered(path)
        found[f"{path.parent.name}/{name}"] = data
    wide = write_full_scale(folder, WideScale(rows=12, columns=_COLUMNS, files=2), Project.locate(ROOT))
    for number, path in enumerate(sorted(wide.inbox.rglob("*.csv"))):
        found[f"{WIDE}{number}.csv"] = path.read_bytes()
    return found
