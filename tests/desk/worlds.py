"""A desk over the small world of the queue's tests, or over invented items, and its browser that holds the token."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from harmonize.desk.app import desk_app
from harmonize.desk.backend import Backend, Run, Snapshot, Table
from harmonize.desk.guard import Keys
from harmonize.desk.words import load_desk_words
from harmonize.project import Project
from harmonize.review.items import Item
from harmonize.review.saying import read_standing
from harmonize.review.words import Spoken, load_review_words
from tests.pipeline.worlds import ROOT

__all__ = ["ADDRESS", "KEYS", "WORDS", "Invented", "browser", "decide", "post", "text_of"]

ADDRESS = "http://127.0.0.1:8765"
KEYS = Keys("the-token", "the-session", "the-form")
WORDS = load_desk_words(Project.locate(ROOT).find("schemas/desk_words.yml"))
_SPOKEN = load_review_words(Project.locate(ROOT).find("schemas/review_words.yml"))


@dataclass
class Invented:
    """A backend over invented items; it counts how often the queue was read."""

    folder: Path
    given: Sequence[Item]
    second: Collection[str] = ()
    release: str = "2026-06-30-abc"
    read: int = 0
    ticks: int = field(default=0)

    def now(self) -> str:
        self.ticks += 1
        return f"2026-07-01T10:00:00.{self.ticks:06}Z"

    def signed(self, by: str) -> str:
        return "" if by and "@" not in by else "That is no pseudonym."

    def current(self) -> Path:
        return Path(self.release)

    def spoken(self, language: str) -> Spoken:
        return _SPOKEN.spoken(language)

    def snapshot(self, language: str) -> Snapshot:
        del language
        self.read += 1
        standing = read_standing(self.folder)
        found = [one for one in self.given if any(standing.of(one.kind, keys) is None for keys in one.keys)]
        return Snapshot(self.release, date(2026, 6, 30), sorted(found, key=lambda one: one.rank))

    def offered(self, language: str) -> Mapping[str, Item]:
        del language
        return {}

    def is_indicator(self, name: str) -> bool:
        return name == "labour.osh.welfare_facilities.overall"

    def indicators(self, language: str) -> Mapping[str, str]:
        return {"labour.osh.chemicals": "Hóa chất" if language == "vi" else "Chemicals"}

    def who_sees(self, facility_id: str, language: str) -> Table:
        del facility_id, language
        return Table(("audience",), [("levis",)])

    def runs(self) -> Sequence[Run]:
        return []


def browser(backend: Backend, by: str = "steward-1", *, is_in: bool = True, **more: Any) -> TestClient:
    """A browser before the page, with the cookie of who has opened the address that was printed."""
    client = TestClient(desk_app(backend, WORDS, KEYS, by, **more), base_url=ADDRESS)
    if is_in:
        assert client.get(f"/?token={KEYS.token}").status_code == 200
    return client


def post(client: TestClient, path: str, *, form: str = KEYS.form, **fields: Any) -> Any:
    """Send a form of our own page."""
    return client.post(path, data={"form": form, **fields}, headers={"origin": ADDRESS})


def decide(client: TestClient, item_id: str, decision: str, **more: Any) -> Any:
    """Look at an item and decide it."""
    shown = client.get(f"/item/{item_id}")
    assert shown.status_code == 200, shown.text
    mark = re.search(rf'name="mark-{item_id}" value="([0-9a-f]+)"', shown.text)
    assert mark
    return post(client, "/decide", item=item_id, decision=decision, **{f"mark-{item_id}": mark[1], **more})


def text_of(page: str) -> str:
    """What a page says, without its marks."""
    main = page.split("<main", 1)[-1].split("</main>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", main)).split())
