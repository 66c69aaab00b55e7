"""Run `harmonize run` as a user does, and read what it cost from its own log and manifest."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import spend

__all__ = ["HARMONISE", "HarmonizeRun", "harmonize", "run_harmonize", "written"]

HARMONISE = ("read", "crosswalk", "identity", "assessments", "answers", "store")
"""The stages that do what the floor does, and give it a meaning."""
AS_OF = "2026-06-30"


@dataclass(frozen=True, slots=True)
class HarmonizeRun:
    """What one run cost.

    Attributes:
        seconds: of the whole process.
        processor: seconds of processor time, of all its processes.
        stages: seconds by stage.
        peak_by_stage: MiB by stage, as the run itself measured them.
        peak_mb: of the run, its children included.
        answers: in the release.
        logical_hash: of the release's content.
    """

    out: Path
    seconds: float
    processor: float
    stages: Mapping[str, float]
    peak_by_stage: Mapping[str, float]
    peak_mb: float
    answers: int
    logical_hash: str

    @property
    def harmonise(self) -> float:
        """Seconds from reading to the finished DuckDB file."""
        return sum(self.stages.get(stage, 0.0) for stage in HARMONISE)

    @property
    def start_up(self) -> float:
        """Seconds outside of the stages: the interpreter and its imports."""
        return self.seconds - sum(self.stages.values())

    @property
    def work(self) -> float:
        """Seconds of the stages, the knowledge folders excluded."""
        return sum(self.stages.values()) - self.stages.get("knowledge", 0.0)


def harmonize() -> str:
    """The command of this environment."""
    return str(Path(sys.executable).with_name("harmonize"))


def run_harmonize(inbox: Path, out: Path, pipeline: str = "default") -> HarmonizeRun:
    """Run a pipeline over an inbox; what is in the output folder already is built upon."""
    folder = out.parent
    folder.mkdir(parents=True, exist_ok=True)
    options = ["--inbox", str(inbox), "--out", str(out), "--as-of", AS_OF, "--json"]
    spent = spend([harmonize(), "run", pipeline, *options], folder, allowed=frozenset({0, 1}))
    manifest = json.loads((out / "current" / "manifest.json").read_text(encoding="utf-8"))
    done = [line for line in spent.lines if line.get("event") == "stage_done"]
    # The manifest is of the release that stands, which a run without anything new keeps; its own cost is in the log.
    stages = {line["stage"]: float(line["seconds"]) for line in done}
    peaks = {line["stage"]: float(line["peak_memory_mb"]) for line in done}
    peak = max([spent.peak_mb, *peaks.values()])
    return HarmonizeRun(
        out,
        spent.seconds,
        spent.processor,
        stages,
        peaks,
        peak,
        int(manifest["figures"]["answers"]),
        manifest["logical_hash"],
    )


def written(folder: Path) -> int:
    """Bytes of all files in a folder; 0 when it is not there."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
