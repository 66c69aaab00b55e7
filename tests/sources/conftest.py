"""A reader with every profile of the registry."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harmonize.sources.profile import Profile
from harmonize.sources.vocabulary import Vocabulary
from tests.sources.delivering import Reader


@pytest.fixture(scope="session")
def read(profiles: Mapping[str, Profile], vocabulary: Vocabulary) -> Reader:
    return Reader(profiles, vocabulary)
