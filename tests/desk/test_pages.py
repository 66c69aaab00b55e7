"""Every page over a real release, in both languages, as the command makes them; and the words and files of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from harmonize.cli.desk import CommandLine
from harmonize.desk import pages
from harmonize.insight.summary import figures
from harmonize.review.kinds import KINDS
from tests.desk.worlds import WORDS, browser, decide, post, text_of
from tests.pipeline.worlds import ROOT
from tests.review.worlds import world_in

DESK = ROOT / "src/harmonize/desk"
TEMPLATES = sorted((DESK / "templates").glob("*.html"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world_in(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def client(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.chdir(folder)
    return browser(CommandLine(Path("out")))


def _first(client: TestClient, kind: str) -> str:
    found = re.search(r'data-item href="(/item/\w+)', client.get(f"/queue?kind={kind}").text)
    assert found, kind
    return found[1]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_page_is_there_in_both_languages(language: str, client: TestClient) -> None:
    paths = ["/queue", "/acts", "/facilities", "/facilities?q=heron", "/coverage", "/history"]
    paths += [f"/queue?kind={kind}" for kind in KINDS] + [_first(client, kind) for kind in KINDS]
    facility = re.search(r"/facility/HF\w+", client.get("/facilities").text)
    assert facility
    for path in [*paths, facility[0]]:
        page = client.get(path, params={**dict(re.findall(r"[?&](\w+)=(\w+)", path)), "lang": language})
        assert page.status_code == 200, path
        assert f'<html lang="{language}">' in page.text
        assert page.text.count("<h1>") == 1
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page.text)
        assert " style=" not in page.text
        assert " onclick=" not in page.text
    assert ("Bản dịch máy" in page.text) == (language == "vi")


def test_a_pair_shows_both_sides_with_marks_and_the_way_to_both_factories(client: TestClient) -> None:
    page = client.get(_first(client, "facility_pair")).text
    assert "<mark>" in page
    assert len(set(re.findall(r"/facility/HF\w+", page))) == 2
    assert "≠ differs" in page
    for path in sorted(set(re.findall(r"/facility/HF\w+", page))):
        assert client.get(path).status_code == 200


def test_a_question_offers_its_candidates_and_the_first_one_is_taken_by_its_number(client: TestClient) -> None:
    path = _first(client, "question")
    page = client.get(path).text
    offered = re.findall(r'name="choice" value="([^"]+)" data-key="(\d)"', page)
    assert [number for _, number in offered] == [str(at) for at in range(1, len(offered) + 1)]
    if offered:
        item = path.rsplit("/", 1)[-1]
        assert decide(client, item, "map", choice=offered[0][0]).status_code == 200


def test_the_card_says_who_sees_what_and_a_strange_factory_is_not_found(client: TestClient) -> None:
    facilities = dict(
        re.findall(r'href="/facility/(HF\w+)">\w+</a></td>\s*<td[^>]*>([^<]+)', client.get("/facilities").text)
    )
    cards = [text_of(client.get(f"/facility/{name}").text) for name in facilities]
    assert all("its own delivery" in card for card in cards)
    assert all(name in card for name, card in zip(facilities.values(), cards, strict=True))
    assert client.get("/facility/HFNOBODY").status_code == 404
    assert "No factory has" in client.get("/facilities?q=nobody%27%22").text


def test_coverage_tells_what_is_unmapped(client: TestClient) -> None:
    assert "gap" in text_of(client.get("/coverage").text)


def test_runs_are_told_with_issues_by_code_and_a_broken_one_does_not_hide_the_others(
    client: TestClient, folder: Path
) -> None:
    said = text_of(client.get("/history").text)
    assert "Issues by code" in said
    assert "broken_json" in said
    broken = folder / "out/releases/2020-01-01-broken"
    broken.mkdir()
    (broken / "harmonized.duckdb").write_bytes(b"nothing")
    (broken / "manifest.json").write_text("{}")
    try:
        page = client.get("/history")
        assert page.status_code == 200
        assert "broken_json" in page.text
    finally:
        for path in broken.iterdir():
            path.unlink()
        broken.rmdir()


def test_a_decision_on_the_page_is_what_the_command_would_record(client: TestClient, folder: Path) -> None:
    item = _first(client, "text").rsplit("/", 1)[-1]
    assert decide(client, item, "approved").status_code == 200
    ledger = (folder / "out/decisions/reviewed_texts.jsonl").read_text()
    assert '"verdict": "approved"' in ledger
    assert "steward-1" in ledger


def test_what_an_act_decided_is_told_in_words(client: TestClient) -> None:
    item = _first(client, "text").rsplit("/", 1)[-1]
    decide(client, item, "refused")
    page = client.get("/acts").text
    assert item in page
    assert "<strong>refused</strong>: " in page
    post(client, "/undo", act=re.findall(r"<strong>(W\w+)</strong>", page)[0])
    assert item not in client.get("/acts").text


def test_an_indicator_is_found_by_its_words(client: TestClient) -> None:
    page = client.get(_first(client, "question"), params={"lang": "vi"}).text
    assert re.search(r'<option value="environment\.[\w.]+">[^<]+</option>', page)
    assert 'list="indicators"' in page
    client.get("/queue", params={"lang": "en"})


def test_every_word_that_a_page_asks_for_is_there_and_none_is_idle() -> None:
    source = "".join(path.read_text() for path in [*TEMPLATES, *DESK.glob("*.py")])
    asked = set(re.findall(r"""\bt\(["'](\w+)["']""", source))
    asked |= set(re.findall(r'\.say\(\s*request,\s*"(\w+)"', source))
    asked |= set(re.findall(r'\("[^"]+", "(\w+)"\)', "".join(path.read_text() for path in TEMPLATES)))
    assert asked - {"card_", "close_"} <= set(WORDS.words)
    columns = {name for path in DESK.glob("*.sql") for name in re.findall(r"\w+", path.read_text())}
    named = set(re.findall(r'"(\w+)"', source)) | columns | _figures()
    made = re.compile(r"done_|close_|card_")
    assert not [name for name in WORDS.words if name not in asked | named and not made.match(name)]


def _figures() -> set[str]:
    import inspect

    return set(re.findall(r"AS (\w+)", inspect.getsource(inspect.getmodule(figures) or pages)))


def test_blanks_are_alike_in_every_language() -> None:
    for name, texts in WORDS.words.items():
        blanks = {language: set(re.findall(r"{(\w+)}", text)) for language, text in texts.items()}
        assert len(set(map(frozenset, blanks.values()))) == 1, name


def test_style_and_script_ask_nothing_of_any_other_host() -> None:
    for path in (DESK / "static").iterdir():
        assert not re.search(r"https?:|//[a-z]|@import|url\(", path.read_text().replace("// ", "")), path
