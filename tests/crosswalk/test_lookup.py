"""The common language is looked up in any of its languages, and says which questions ask an indicator."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from harmonize.cli.app import app
from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.lookup import asking, find, parts
from harmonize.crosswalk.mapping import load_editions
from harmonize.errors import ConfigurationError
from harmonize.project import Project
from tests.pipeline.worlds import knowing

OVERTIME = "labour.working_time.overtime.within_limits"


@pytest.fixture(scope="module")
def language(project: Project) -> Language:
    return load_language(project)


@pytest.mark.parametrize(
    "text", ["overtime", "OVERTIME limit", "Làm thêm giờ", "lam them gio", "within limits", "ล่วงเวลา", "ម៉ោងបន្ថែម"]
)
def test_an_indicator_is_found_by_words_of_any_language(language: Language, text: str) -> None:
    assert OVERTIME in {found.id for found in find(language, text)}


def test_everything_is_named_in_all_languages(language: Language) -> None:
    parts = {
        **{name: topic.labels for name, topic in language.topics.items()},
        **{name: entry.labels for name, entry in language.indicators.items()},
        **language.facets,
        **language.states,
        **language.severities,
    }
    assert {name: set(labels) for name, labels in parts.items() if set(labels) != {"en", "vi", "km", "th"}} == {}


def test_everything_is_defined_in_all_languages(language: Language) -> None:
    codes = {"en", "vi", "km", "th"}
    assert {part.id: set(part.definitions) for part in parts(language) if set(part.definitions) != codes} == {}


@pytest.mark.parametrize("code", ["en", "vi", "km", "th"])
def test_a_definition_is_one_line_that_says_more_than_its_label(language: Language, code: str) -> None:
    said: dict[str, tuple[str, str]] = {}
    for part in parts(language):
        text = part.definitions[code]
        assert text == text.strip()
        assert "\n" not in text
        assert text.casefold() != part.labels[code].casefold(), part.id
        assert said.setdefault(text, (part.kind, part.id)) == (part.kind, part.id), text


def test_every_label_finds_what_it_names(language: Language) -> None:
    for entry in [*language.indicators.values()][::50]:
        for label in entry.labels.values():
            assert entry.indicator_id in {found.id for found in find(language, label)}


@pytest.mark.parametrize("text", ["", "  ", "no such words anywhere"])
def test_nothing_is_found_by_nothing(language: Language, text: str) -> None:
    assert find(language, text) == []


def test_an_indicator_is_asked_by_the_questions_that_map_to_it(project: Project) -> None:
    found = asking(load_editions(project), OVERTIME)
    assert {"better_work_cat", "slcp_caf"} <= {entry.instrument for entry in found}
    assert {entry.indicator_id for entry in found} == {OVERTIME}


def test_a_further_language_is_one_file(tmp_path: Path) -> None:
    row = f"indicator\t{OVERTIME}\tHeures supplémentaires dans les limites\tmachine\n"
    project = knowing(tmp_path, {"schemas/language/labels/fr.tsv": f"kind\tid\tlabel\tstatus\n{row}"})
    language = load_language(project)
    assert language.indicators[OVERTIME].labels["fr"].startswith("Heures")
    assert OVERTIME in {found.id for found in find(language, "supplementaires")}


@pytest.mark.parametrize(
    "row",
    [
        "indicator\tlabour.none\tAucun\tmachine",
        f"indicator\t{OVERTIME}\tOui\tperhaps",
        f"verdict\t{OVERTIME}\tOui\tmachine",
        f"indicator\t{OVERTIME}\t\tmachine",
        f"indicator\t{OVERTIME}\tA\tmachine\nindicator\t{OVERTIME}\tB\tmachine",
    ],
)
def test_a_label_that_labels_nothing_is_an_error_with_its_file(tmp_path: Path, row: str) -> None:
    project = knowing(tmp_path, {"schemas/language/labels/fr.tsv": f"kind\tid\tlabel\tstatus\n{row}\n"})
    with pytest.raises(ConfigurationError, match=r"fr\.tsv"):
        load_language(project)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["find", "overtime"], 0, OVERTIME),
        (["find", "no such words"], 1, "Nothing"),
        (["show", OVERTIME], 0, "Overtime within the legal limit"),
        (["show", OVERTIME, "--lang", "vi"], 0, "Làm thêm giờ"),
    ],
)
def test_the_language_speaks_on_the_command_line(arguments: list[str], code: int, said: str) -> None:
    ended = CliRunner().invoke(app, ["language", *arguments])
    assert (ended.exit_code, said in ended.output) == (code, True)


@pytest.mark.parametrize(
    "arguments",
    [["show", "labour.none.within_limits"], ["show", OVERTIME, "--lang", "xx"], ["find", "overtime", "--lang", "xx"]],
)
def test_what_is_not_there_is_refused_with_what_is(arguments: list[str]) -> None:
    ended = CliRunner().invoke(app, ["language", *arguments])
    assert isinstance(ended.exception, ConfigurationError)
