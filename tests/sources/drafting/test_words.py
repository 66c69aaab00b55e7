"""Headers are known whatever their case, order and small words; what a header may mean is told with how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harmonize.errors import ConfigurationError
from harmonize.sources.drafting.words import HeaderWords, Meaning, header_key
from harmonize.sources.profile import Profile
from tests.sources.drafting.drafting import HEADER_WORDS


@pytest.fixture(scope="module")
def words(profiles: Mapping[str, Profile]) -> HeaderWords:
    return HeaderWords.of(profiles.values(), HEADER_WORDS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VisitDate", "Date of visit"),
        ("CAPStatus", "cap_status"),
        ("Straße", "STRASSE"),
        ("Prüf-Datum", "datum pruf"),
        ("Factory.Name", "factory  name"),
    ],
)
def test_spellings_of_one_header_have_one_key(one: str, other: str) -> None:
    assert header_key(one) == header_key(other)


@pytest.mark.parametrize(
    ("title", "name", "is_identifier"),
    [
        ("Werksnummer", "factory", True),
        ("Factory code", "factory", True),
        ("Date of Visit", "assessed_on", False),
        ("Corrective Action", "action", False),
        ("Mã số thuế", "tax_code", True),
    ],
)
def test_a_known_header_has_its_meaning(words: HeaderWords, title: str, name: str, is_identifier: bool) -> None:
    senses = [sense for sense in words.senses(title) if sense.is_exact]
    assert max(senses, key=lambda sense: sense.votes).meaning == Meaning(name, is_identifier)


def test_a_header_with_words_besides_is_not_sure(words: HeaderWords) -> None:
    senses = [sense for sense in words.senses("Root cause (as the factory says)") if sense.meaning.name == "root_cause"]
    assert senses
    assert not any(sense.is_exact for sense in senses)


def test_an_unknown_header_means_nothing(words: HeaderWords) -> None:
    assert list(words.senses("Laune")) == []
    assert not words.is_known("Laune")


def test_the_number_that_one_brand_gives_a_factory_is_every_brands(words: HeaderWords) -> None:
    assert Meaning("factory", True) in words.known[header_key("PVH Factory ID")]


@pytest.mark.parametrize("content", ["fields: [\n", "fields: {}\n", "fields: {name: works}\nidentifiers: {}\n"])
def test_a_broken_list_of_words_is_a_sentence_with_its_place(tmp_path: Path, content: str) -> None:
    path = tmp_path / "header_words.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"header_words\.yml"):
        HeaderWords.of([], path)
