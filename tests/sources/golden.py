"""Write every golden file anew: `python -m tests.sources.golden [INSTRUMENT]`; the diff is the review."""

from __future__ import annotations

import sys
from pathlib import Path

from harmonize.project import Project
from harmonize.sources.profile import load_profiles
from harmonize.sources.vocabulary import Vocabulary
from tests.sources.exports import exports, golden_path, readable, stage

__all__ = ["main"]


def main(instrument: str | None = None) -> None:
    """Stage every fixture export and write down what came out."""
    project = Project.locate(Path(__file__).parents[2])
    profiles = load_profiles(project.files("mappings", "*/source.yml"))
    vocabulary = Vocabulary.from_folder(project.find("schemas"))
    for export in exports(instrument):
        golden_path(export).write_text(readable(stage(export, profiles, vocabulary)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
