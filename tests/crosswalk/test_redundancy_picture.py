"""The picture of what is asked again says the numbers that it was given, and needs nothing from elsewhere."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from harmonize.crosswalk.redundancy import AskedAgain
from harmonize.crosswalk.redundancy_picture import as_csv, as_html, as_svg
from harmonize.errors import ConfigurationError
from harmonize.pictures import load_words
from tests.pipeline.worlds import ROOT

WORDS = ROOT / "schemas/pictures.yml"
ROWS = [
    AskedAgain("a.hours", {"en": "Hours & <rest>", "th": "ชั่วโมง"}, [], {'O\'Brien "Audit"': 12345, "Two": 1}, 7, 9),
    AskedAgain("a.exits", {"en": "Exits, unlocked"}, [], {"Two": 678, "A third instrument": 2}, 0, 0),
]
SVG = "{http://www.w3.org/2000/svg}"


def _said(svg: str) -> list[str]:
    """The texts of a picture, lines parted by a blank."""
    return [" ".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def _picture(language: str = "en") -> str:
    return as_svg(ROWS, load_words(WORDS, "redundancy", language, instruments=2, release="R-1"), language)


def test_every_number_and_name_is_printed() -> None:
    said = _said(_picture())
    assert {"1. Hours & <rest>", "2. Exits, unlocked", "12\u202f345", "678", "9", "0"} <= set(said)
    assert {'O\'Brien "Audit"', "Two", "A third instrument"} <= set(said)
    assert "What factories are asked again in other words" in said
    assert any("R-1" in text for text in said)


def test_there_is_a_dot_for_every_instrument_that_asks_and_the_largest_is_for_the_most_answers() -> None:
    marks = [
        [path.get("d", "") for path in group.iter(f"{SVG}path")]
        for group in ElementTree.fromstring(_picture()).iter(f"{SVG}g")
        if "mark-symbol" in (group.get("class") or "")
    ]
    (dots,) = marks
    radii = [float(re.match(r"M([\d.]+),0", dot).group(1)) for dot in dots]  # type: ignore[union-attr]
    assert len(radii) == 4
    answers = [count for row in ROWS for count in row.by_instrument.values()]
    assert sorted(range(4), key=radii.__getitem__) == sorted(range(4), key=answers.__getitem__)


def test_a_language_without_a_label_falls_back_to_english() -> None:
    said = _said(_picture("th"))
    assert {"1. ชั่วโมง", "2. Exits, unlocked"} <= set(said)


def test_the_page_needs_no_script_and_nothing_from_elsewhere() -> None:
    page = as_html(ROWS, load_words(WORDS, "redundancy", "en", instruments=2, release="R-1"), "en")
    tags: set[str] = set()
    links: list[tuple[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            links.extend((name, text) for name, text in attrs if name in ("src", "href", "xlink:href", "onload"))

    Reader().feed(page)
    assert {"svg", "table"} <= tags
    assert (tags & {"script", "link", "img", "iframe"}, links) == (set(), [])
    assert "<td>Hours &amp; &lt;rest&gt;</td>" in page
    assert 'url("' not in page


def test_the_table_holds_the_numbers() -> None:
    text = as_csv(ROWS, "en")
    assert text.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(text[1:]))
    assert header[:6] == ["rank", "indicator", "matter", "answered again", "factories asked again", "answers"]
    assert header[6:] == ["Two", 'O\'Brien "Audit"', "A third instrument"]
    assert rows == [
        ["1", "a.hours", "Hours & <rest>", "9", "7", "12346", "1", "12345", ""],
        ["2", "a.exits", "Exits, unlocked", "0", "0", "680", "678", "", "2"],
    ]


def test_the_words_are_there_in_every_language() -> None:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))["redundancy"]
    assert {name: set(said) for name, said in words.items() if set(said) != {"en", "vi", "km", "th"}} == {}
    for language in ("en", "vi", "km", "th"):
        filled = load_words(WORDS, "redundancy", language, instruments=3, release="R-1")
        assert "3" in filled["order"]
        assert "R-1" in filled["note"]
        assert not any("{" in said for said in filled.values())


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="en, vi, km, th"):
        load_words(WORDS, "redundancy", "fr", instruments=2, release="R-1")
