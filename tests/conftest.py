"""What every test of the suite may ask for: the project's knowledge, and one file read into staged tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from harmonize.project import Project
from harmonize.sources.profile import Profile, load_profiles
from harmonize.sources.vocabulary import Vocabulary

ROOT = Path(__file__).parents[1]

# The first example of a test may import what the others find imported.
settings.register_profile("harmonize", deadline=None)
settings.load_profile("harmonize")


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.locate(ROOT)


@pytest.fixture(scope="session")
def profiles(project: Project) -> Mapping[str, Profile]:
    return load_profiles(project.files("mappings", "*/source.yml"))


@pytest.fixture(scope="session")
def vocabulary(project: Project) -> Vocabulary:
    return Vocabulary.from_folder(project.find("schemas"))
