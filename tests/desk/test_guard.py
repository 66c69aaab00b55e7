"""Who may ask: this computer, with the token, from our own pages; and what every answer forbids the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from harmonize.desk.guard import Keys
from tests.desk.worlds import ADDRESS, KEYS, Invented, browser, decide
from tests.review.worlds import of_every_kind

PAGES = ("/", "/queue", "/acts", "/facilities", "/coverage", "/history", "/facility/HF1", "/static/desk.css")
ITEM = of_every_kind(1)[0]


@pytest.fixture
def outside(tmp_path: Path) -> TestClient:
    return browser(Invented(tmp_path, of_every_kind(1)), is_in=False)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_shown_without_the_token(path: str, outside: TestClient) -> None:
    assert outside.get(path).status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", KEYS.token[:-1], KEYS.session, "é"])
def test_a_wrong_token_opens_nothing(token: str, outside: TestClient) -> None:
    said = outside.get("/", params={"token": token}, follow_redirects=False)
    assert said.status_code == 403
    assert "set-cookie" not in said.headers


def test_the_token_gives_a_cookie_that_no_other_site_and_no_script_can_use(outside: TestClient) -> None:
    said = outside.get("/", params={"token": KEYS.token}, follow_redirects=False)
    assert (said.status_code, said.headers["location"]) == (303, "/queue")
    cookie = said.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert KEYS.token not in cookie
    assert outside.get("/queue").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil:8765"]
)
def test_another_name_of_this_computer_is_refused(host: str, tmp_path: Path) -> None:
    client = browser(Invented(tmp_path, of_every_kind(1)))
    assert client.get("/queue", headers={"host": host}).status_code == 421


def test_both_names_of_this_computer_are_taken(tmp_path: Path) -> None:
    client = browser(Invented(tmp_path, of_every_kind(1)))
    for name in ("127.0.0.1", "localhost"):
        assert client.get("/coverage", headers={"host": f"{name}:8765"}).status_code != 421


@pytest.mark.parametrize("path", ["/decide", "/undo", "/sign"])
@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ("", {}),
        ("wrong", {"origin": ADDRESS}),
        (KEYS.form, {"origin": "http://evil.example"}),
        (KEYS.form, {"origin": "null"}),
        (KEYS.form, {"sec-fetch-site": "cross-site"}),
        (KEYS.form, {"sec-fetch-site": "same-site"}),
    ],
)
def test_a_form_of_another_site_changes_nothing(path: str, form: str, headers: dict[str, str], tmp_path: Path) -> None:
    client = browser(Invented(tmp_path, of_every_kind(1)))
    sent = {"form": form, "item": ITEM.item_id, "decision": "same", "by": "somebody"}
    assert client.post(path, data=sent, headers=headers).status_code == 403
    assert not list(tmp_path.glob("*.jsonl"))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(method: str, tmp_path: Path) -> None:
    assert browser(Invented(tmp_path, [])).request(method, "/queue").status_code == 405


def test_deciding_by_an_address_alone_is_not_possible(tmp_path: Path) -> None:
    client = browser(Invented(tmp_path, of_every_kind(1)))
    for path in ("/decide", "/undo", "/sign"):
        assert client.get(path).status_code == 405


@pytest.mark.parametrize("path", ["/queue", "/nothing", "/static/desk.js", f"/item/{ITEM.item_id}"])
def test_every_answer_forbids_what_the_page_does_not_need(path: str, tmp_path: Path) -> None:
    said = browser(Invented(tmp_path, of_every_kind(1))).get(path).headers
    policy = said["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert said["x-content-type-options"] == "nosniff"
    assert said["cache-control"] == "no-store"


def test_a_refusal_says_nothing_of_what_is_served(outside: TestClient) -> None:
    for path in PAGES:
        said = outside.get(path)
        assert ITEM.item_id not in said.text
        assert KEYS.token not in said.text
        assert "content-security-policy" in said.headers


def test_every_start_has_secrets_of_its_own() -> None:
    ones, others = Keys(), Keys()
    assert len({ones.token, ones.session, ones.form, others.token, others.session, others.form}) == 6
    assert min(map(len, (ones.token, ones.session, ones.form))) >= 40


def test_a_very_large_form_is_refused(tmp_path: Path) -> None:
    client = browser(Invented(tmp_path, of_every_kind(1)))
    said = client.post("/decide", data={"form": KEYS.form, "why": "x" * 300_000}, headers={"origin": ADDRESS})
    assert said.status_code == 413


def test_the_lost_form_of_an_earlier_start_is_told_with_the_cure(tmp_path: Path) -> None:
    client = browser(Invented(tmp_path, of_every_kind(1)))
    said = decide(client, ITEM.item_id, "same", form="earlier")
    assert said.status_code == 403
    assert "Open the page again" in said.text
