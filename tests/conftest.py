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
LONGEST = (
    "pipeline/test_incremental.py",
    "pipeline/test_interruption.py",
    "pipeline/test_impact.py",
    "test_installs.py",
    "assessments/reuse/test_oracle.py",
    "assessments/test_copies_one_by_one.py",
    "assessments/test_copy_decisions.py",
    "test_laws.py",
    "cli/test_stopping.py",
    "identity/test_listed.py",
    "identity/test_resolve.py",
    "assessments/test_contradictions.py",
    "pipeline/test_plans.py",
    "assessments/test_finding_rows.py",
    "quality/test_judging.py",
    "cli/test_impact.py",
)
"""Files that take longest. They come first: where processes share the files, none ends with a long one alone."""

# The first example of a test may import what the others find imported.
settings.register_profile("harmonize", deadline=None)
settings.load_profile("harmonize")


def pytest_configure(config: pytest.Config) -> None:
    # (By itself the plugin hands out those with the most tests first, and the few long ones last.)
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.locate(ROOT)


@pytest.fixture(scope="session")
def profiles(project: Project) -> Mapping[str, Profile]:
    return load_profiles(project.files("mappings", "*/source.yml"))


@pytest.fixture(scope="session")
def vocabulary(project: Project) -> Vocabulary:
    return Vocabulary.from_folder(project.find("schemas"))
