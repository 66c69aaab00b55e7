"""Laws have days between which they held; an indicator refers to those in force and to those that they replaced."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harmonize.crosswalk.language import Language, load_language
from harmonize.crosswalk.laws import law_references, laws_of, load_laws
from harmonize.errors import ConfigurationError
from harmonize.project import Project
from tests.pipeline.worlds import ROOT, demo_world, knowing

AGE = "labour.child_labour.child_labourers.minimum_age"
OVERTIME = "labour.working_time.overtime.within_limits"


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(Project((ROOT,), ROOT))


def _in_force(language: Language, indicator: str, country: str, day: date) -> dict[str, str | None]:
    """Law and article that held on a day."""
    return {
        found.law.number: found.article
        for found in laws_of(indicator, language.laws)
        if found.law.country == country and found.law.standing(day) == "in force"
    }


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2013, 4, 30), set()),
        (date(2013, 5, 1), {"10/2012/QH13"}),
        (date(2020, 12, 31), {"10/2012/QH13"}),
        (date(2021, 1, 1), {"45/2019/QH14"}),
        (date(2022, 4, 1), {"45/2019/QH14", "17/2022/UBTVQH15"}),
    ],
)
def test_the_law_of_a_day_is_known(language: Language, day: date, expected: set[str]) -> None:
    assert set(_in_force(language, OVERTIME, "VN", day)) == expected


def test_the_article_of_a_law_that_was_replaced_is_not_claimed(language: Language) -> None:
    assert _in_force(language, OVERTIME, "VN", date(2020, 6, 1)) == {"10/2012/QH13": None}
    assert _in_force(language, OVERTIME, "VN", date(2021, 6, 1)) == {"45/2019/QH14": "107"}


def test_every_country_has_its_own(language: Language) -> None:
    now = date(2026, 6, 30)
    assert {country: len(_in_force(language, AGE, country, now)) for country in ("VN", "KH", "TH", "LA")} == {
        "VN": 1, "KH": 1, "TH": 1, "LA": 0,
    }  # fmt: skip


def test_a_law_whose_first_day_is_not_known_says_so(language: Language) -> None:
    assert language.laws["KH:358/21"].standing(date(2026, 6, 30)) == "not known"


def test_what_came_in_a_laws_place_holds_from_the_day_after(language: Language) -> None:
    for law in language.laws.values():
        if law.replaced_by is not None and law.valid_to is not None:
            later = language.laws[law.replaced_by]
            assert later.valid_from is not None
            assert (later.valid_from - law.valid_to).days == 1, law.law_id


LAW = "title: Labour law\n  authority: National Assembly\n  year: 2013\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("LA.yml", f"1/2013:\n  {LAW}  articles: {{'3': [labour.nothing]}}\n", "1/2013: article 3: .*labour.nothing"),
        ("LA.yml", f"1/2013:\n  {LAW}  indicators: [labour.nothing]\n", "1/2013: indicators: .*labour.nothing"),
        ("LA.yml", f"1/2013:\n  {LAW}  replaced_by: 2/2020\n", "replaced_by 'LA:2/2020'"),
        ("LA.yml", f"1/2013:\n  {LAW}  replaced_by: 1/2013\n", "before itself"),
        (
            "LA.yml",
            f"1/2013:\n  {LAW}  replaced_by: 2/2020\n2/2020:\n  {LAW}  replaced_by: 1/2013\n",
            "before itself",
        ),
        ("LA.yml", f"1/2013:\n  {LAW}  valid_from: 2014-01-01\n  valid_to: 2013-01-01\n", "lies before"),
        ("LA.yml", f"1/2013:\n  {LAW}  valid_from: soon\n", "1/2013.valid_from"),
        ("LA.yml", f"1/2013:\n  {LAW}  valid_form: 2014-01-01\n", "valid_form"),
        ("LA.yml", "1/2013: [\n", "YAML"),
        ("laos.yml", "", "'laos' is no country code"),
    ],
)
def test_a_law_that_says_something_impossible_is_a_sentence(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as wrong:
        load_laws([tmp_path / name], {AGE})
    assert str(tmp_path / name) in str(wrong.value)


def test_one_more_country_is_one_more_file(tmp_path: Path) -> None:
    project = knowing(tmp_path, {"schemas/laws/LA.yml": f"1/2013:\n  {LAW}  articles: {{'3': [{AGE}]}}\n"})
    more, shipped = load_language(project).laws, load_language(Project((ROOT,), ROOT)).laws
    assert more.keys() - shipped.keys() == {"LA:1/2013"}
    assert [found.article for found in laws_of(AGE, more) if found.law.country == "LA"] == ["3"]


def test_a_buyer_asks_which_law_then_and_which_now(language: Language) -> None:
    release = demo_world().release
    stated = "SELECT count(*) FROM indicator_law"
    assert release.one(stated) == len(law_references(language.laws))
    held = """
        SELECT law_id, article FROM v_indicator_law
        WHERE indicator_id = ? AND country = 'VN' AND valid_from <= ? AND (valid_to IS NULL OR ? <= valid_to)
    """
    then, now = date(2020, 6, 1), date(2021, 6, 1)
    assert release.query(held, OVERTIME, then, then) == [("VN:10/2012/QH13", None)]
    assert release.query(held, OVERTIME, now, now) == [("VN:45/2019/QH14", "107")]
