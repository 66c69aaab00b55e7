"""Deciding on the page: every kind, by the code of the queue, with undo, newer decisions, and hostile texts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from harmonize.ledgers import append_lines
from harmonize.review.acts import read_words
from harmonize.review.applying import make_plan, record
from harmonize.review.items import Item, Side
from harmonize.review.kinds import KINDS, Kind
from harmonize.review.saying import Said, lines_of, read_standing
from tests.desk.worlds import Invented, browser, decide, post, text_of
from tests.review.worlds import an_item, of_every_kind

ITEMS = of_every_kind(3)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "=HYPERLINK(1)",
    "</title></main><h1>gone",
    "javascript:alert(1)",
    "\u202eevil\x00\ud800",
)


def _ledgers(folder: Path) -> dict[str, list[str]]:
    return {path.name: path.read_text().splitlines() for path in folder.glob("*.jsonl")}


def _of(kind: str, number: int = 3) -> Item:
    return an_item(KINDS[kind], number)


def _asked(kind: Kind) -> list[dict[str, str]]:
    """Every way in which an item of a kind can be decided."""
    found = []
    for verdict in kind.verdicts:
        if verdict == kind.chosen:
            choice = an_item(kind, 3).choices[0]
            found.append({"decision": verdict, "choice": choice, "closeness": "close"})
        else:
            found.append({"decision": verdict, "why": "as seen"})
    return found


WAYS = [pytest.param(kind, way, id=f"{kind.name}-{way['decision']}") for kind in KINDS.values() for way in _asked(kind)]


@pytest.mark.parametrize(("kind", "way"), WAYS)
def test_every_kind_is_decided_as_the_workbook_decides_it_and_taken_back(
    kind: Kind, way: dict[str, str], tmp_path: Path
) -> None:
    backend = Invented(tmp_path / "page", ITEMS)
    client, item = browser(backend), an_item(kind, 3)
    said = decide(client, item.item_id, **way)
    assert said.status_code == 200, said.text
    assert "Recorded (W" in text_of(said.text)
    # The same words of the same person through the code of `review apply` give the same lines.
    chosen = way["decision"] == kind.chosen
    closeness = "close" if kind.name == "question" and chosen else ""
    words = Said(
        kind.name, item.keys, way["decision"], way.get("choice", "") if chosen else "", closeness, "steward-1",
        "2026-07-01T10:00:00.000001Z", way.get("why", ""),
    )  # fmt: skip
    other = tmp_path / "book"
    record(other, make_plan([words], read_standing(other), read_words(other), ()))
    assert _ledgers(backend.folder) == _ledgers(other)
    # It is gone from the list at once, without reading the release again.
    assert backend.read == 1
    assert item.item_id not in client.get(f"/queue?kind={kind.name}").text
    assert client.get(f"/item/{item.item_id}").status_code == 410
    # One act takes it back, and it is open again.
    act = re.search(r"W[0-9a-f]+", text_of(said.text))
    assert act
    back = post(client, "/undo", act=act[0])
    assert back.status_code == 200
    assert back.url.path == f"/item/{item.item_id}"
    assert item.item_id in client.get(f"/queue?kind={kind.name}").text
    assert all(read_standing(backend.folder).of(kind.name, keys) is None for keys in item.keys)
    assert backend.read == 1


def test_after_a_decision_the_next_item_of_the_same_kind_is_shown(tmp_path: Path) -> None:
    client = browser(Invented(tmp_path, ITEMS))
    listed = re.findall(r'data-item href="/item/(\w+)\?kind=copy_pair"', client.get("/queue?kind=copy_pair").text)
    assert len(listed) == 3
    said = decide(client, listed[0], "same", kind="copy_pair")
    assert said.url.path == f"/item/{listed[1]}"
    said = decide(client, listed[2], "different", kind="copy_pair")
    assert said.url.path == f"/item/{listed[1]}"
    assert decide(client, listed[1], "same", kind="copy_pair").url.path == "/queue"


def test_several_items_are_decided_as_one_act(tmp_path: Path) -> None:
    backend = Invented(tmp_path, ITEMS)
    client = browser(backend)
    shown = client.get("/queue?kind=text").text
    marks = dict(re.findall(r'name="(mark-\w+)" value="(\w+)"', shown))
    items = [name.removeprefix("mark-") for name in marks]
    assert len(items) == 3
    said = post(client, "/decide", item=items, decision="approved", kind="text", **marks)
    assert "Nothing is open" in said.text
    acts = [json.loads(line) for line in _ledgers(tmp_path)["review_acts.jsonl"]]
    assert len(acts) == 1
    post(client, "/undo", act=acts[0]["act"])
    assert all(item in client.get("/queue?kind=text").text for item in items)


def test_of_several_items_one_that_was_decided_otherwise_stops_all(tmp_path: Path) -> None:
    backend = Invented(tmp_path, ITEMS)
    client = browser(backend)
    marks = dict(re.findall(r'name="(mark-\w+)" value="(\w+)"', client.get("/queue?kind=text").text))
    items = [name.removeprefix("mark-") for name in marks]
    _elsewhere(tmp_path, _of("text", 2), "refused")
    before = _ledgers(tmp_path)
    said = post(client, "/decide", item=items, decision="approved", kind="text", **marks)
    assert said.status_code == 409
    assert "steward-2 has said refused" in text_of(said.text)
    assert _ledgers(tmp_path) == before


def _elsewhere(folder: Path, item: Item, verdict: str, at: str = "2026-07-01T09:00:00.000000Z") -> None:
    """Somebody else decides by another command."""
    said = Said(item.kind, item.keys, verdict, "", "", "steward-2", at, "")
    append_lines(folder / KINDS[item.kind].ledger, lines_of(said)[1])


def test_what_somebody_else_has_decided_meanwhile_is_told_and_stands_until_one_insists(tmp_path: Path) -> None:
    backend, item = Invented(tmp_path, ITEMS), _of("facility_pair")
    client = browser(backend)
    mark = re.search(r'name="(mark-\w+)" value="(\w+)"', client.get(f"/item/{item.item_id}").text)
    assert mark
    _elsewhere(tmp_path, item, "different")
    before = _ledgers(tmp_path)
    sent = {"item": item.item_id, mark[1]: mark[2], "decision": "same"}
    said = post(client, "/decide", **sent)
    assert said.status_code == 409
    assert "steward-2 has said different meanwhile" in text_of(said.text)
    assert _ledgers(tmp_path) == before
    assert client.get(f"/item/{item.item_id}").status_code == 410
    assert post(client, "/decide", **sent, insist="yes").status_code == 200
    found = read_standing(tmp_path).of(item.kind, item.keys[0])
    assert found is not None
    assert (found.content[0], found.by) == ("same", "steward-1")


def test_what_another_command_decides_vanishes_at_once(tmp_path: Path) -> None:
    backend, item = Invented(tmp_path, ITEMS), _of("copy_pair")
    client = browser(backend)
    assert item.item_id in client.get("/queue?kind=copy_pair").text
    _elsewhere(tmp_path, item, "same")
    assert item.item_id not in client.get("/queue?kind=copy_pair").text
    assert backend.read == 2


def test_another_release_is_read_when_current_leads_to_it(tmp_path: Path) -> None:
    backend = Invented(tmp_path, ITEMS)
    client = browser(backend)
    client.get("/queue")
    client.get("/queue")
    assert backend.read == 1
    backend.release, backend.given = "2026-07-31-def", [_of("grant")]
    shown = client.get("/queue").text
    assert "2026-07-31-def" in shown
    assert "1 open" in shown
    assert client.get(f"/item/{_of('text').item_id}").status_code == 404


def test_a_decision_on_evidence_that_has_changed_is_not_taken(tmp_path: Path) -> None:
    backend, item = Invented(tmp_path, ITEMS), _of("facility_pair")
    client = browser(backend)
    mark = re.search(r'name="(mark-\w+)" value="(\w+)"', client.get(f"/item/{item.item_id}").text)
    assert mark
    backend.release, backend.given = "2026-07-31-def", [replace(item, said=(Side("name", "Sao Mai", "Hoa Sen"),))]
    said = post(client, "/decide", item=item.item_id, decision="same", **{mark[1]: mark[2]})
    assert said.status_code == 409
    assert "Look at it again" in text_of(said.text)
    assert not _ledgers(tmp_path)


def test_two_people_must_agree_where_the_rules_say_so(tmp_path: Path) -> None:
    item = _of("facility_pair")
    first = browser(Invented(tmp_path, ITEMS, second=("facility_pair",)), "steward-1")
    assert "Your word is kept" in text_of(decide(first, item.item_id, "same").text)
    shown = text_of(first.get(f"/item/{item.item_id}").text)
    assert "steward-1 said same" in shown
    assert first.get("/queue?kind=facility_pair").text.count("waits for a second person") == 1
    assert "said before" in text_of(decide(first, item.item_id, "same").text)
    second = browser(Invented(tmp_path, ITEMS, second=("facility_pair",), ticks=100), "steward-2")
    assert "Recorded" in text_of(decide(second, item.item_id, "same").text)
    found = read_standing(tmp_path).of(item.kind, item.keys[0])
    assert found is not None
    assert found.by == "steward-1+steward-2"


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("question", {"decision": "ignore"}, "with a reason only"),
        ("question", {"decision": "map"}, "Nothing is chosen"),
        ("question", {"decision": "map", "other": "no.such.indicator"}, "is no decision here"),
        ("question", {"decision": "map", "choice": "1", "closeness": "so so"}, "is no closeness"),
        ("value", {"decision": "means"}, "Nothing is chosen"),
        ("facility_pair", {"decision": "perhaps"}, "is no decision here"),
        ("facility_pair", {"decision": "same", "why": "x" * 3000}, "longer than 2000"),
    ],
)
def test_a_wrong_decision_is_told_with_the_cure_and_nothing_is_recorded(
    kind: str, fields: dict[str, str], said: str, tmp_path: Path
) -> None:
    client = browser(Invented(tmp_path, ITEMS))
    shown = decide(client, _of(kind).item_id, **fields)
    assert shown.status_code == 400
    assert said in text_of(shown.text)
    assert not _ledgers(tmp_path)


def test_an_indicator_that_was_not_offered_is_taken_by_its_id(tmp_path: Path) -> None:
    client, item = browser(Invented(tmp_path, ITEMS)), _of("question")
    other = "labour.osh.welfare_facilities.overall"
    assert decide(client, item.item_id, "map", other=other, closeness="exact").status_code == 200
    found = read_standing(tmp_path).of("question", item.keys[0])
    assert found is not None
    assert found.content == ("map", other, "exact")


def test_nobody_decides_without_a_pseudonym(tmp_path: Path) -> None:
    client, item = browser(Invented(tmp_path, ITEMS), by=""), _of("grant")
    assert "with which pseudonym" in text_of(client.get(f"/item/{item.item_id}").text)
    said = post(client, "/decide", item=item.item_id, decision="seen")
    assert said.status_code == 400
    assert post(client, "/sign", by="me@example.com").status_code == 400
    assert "Signed by steward-9" in post(client, "/sign", by="steward-9").text
    assert decide(client, item.item_id, "seen").status_code == 200
    assert '"by": "steward-9"' in (tmp_path / "seen_items.jsonl").read_text()


def test_only_ones_own_last_act_is_offered_for_undo(tmp_path: Path) -> None:
    other = browser(Invented(tmp_path, ITEMS), "steward-2")
    decide(other, _of("grant").item_id, "seen")
    client = browser(Invented(tmp_path, ITEMS), "steward-1")
    assert 'data-key="z"' not in client.get("/queue").text
    assert "steward-2" in text_of(client.get("/acts").text)
    assert post(client, "/undo", act="").status_code == 400
    assert post(client, "/undo", act="W0000000").status_code == 409


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_shown_as_it_is_and_does_nothing(kind: str, text: str, tmp_path: Path) -> None:
    has_choice = KINDS[kind].chosen is not None
    item = replace(
        _of(kind), asked=f"What of {text}?", said=(Side(text, text, f"{text}!"), Side("name", text)), why=text,
        cure=text, choices=(text,) if has_choice else (), labels=(f"1. {text}",) if has_choice else (),
    )  # fmt: skip
    client = browser(Invented(tmp_path, [item]))
    for path in ("/queue", f"/queue?kind={kind}", f"/item/{item.item_id}"):
        page = client.get(path)
        assert page.status_code == 200
        assert not re.search(r"<script(?! src=\"/static/desk\.js\" defer></script>)", page.text)
        assert "<img" not in page.text
        assert "49" not in text_of(page.text)
        assert page.text.count("<main") == 1
        assert 'href="javascript' not in page.text
    plain = re.sub("[\x00\ud800]", "\N{REPLACEMENT CHARACTER}", text)
    assert " ".join(plain.split()) in text_of(page.text)


@pytest.mark.parametrize(
    "path", ["/item/F0", "/item/..%2F..%2Fetc", "/item/Fffffffffff", "/nothing", "/static/../app.py"]
)
def test_what_is_not_there_is_not_found(path: str, tmp_path: Path) -> None:
    assert browser(Invented(tmp_path, ITEMS)).get(path).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=x",
        "kind=<b>",
        "lang=xx",
        "done=x",
        "act=<b>&done=recorded",
    ],
)
def test_a_strange_address_is_no_fault(asked: str, tmp_path: Path) -> None:
    said = browser(Invented(tmp_path, ITEMS)).get(f"/queue?{asked}")
    assert said.status_code == 200
    assert "<b>" not in said.text
