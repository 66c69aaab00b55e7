"""What every page has: the language that is asked for, who signs, what was just done, and the words of a refusal."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from harmonize.desk.backend import Backend
from harmonize.desk.forms import ITEM, named_act
from harmonize.desk.guard import Keys
from harmonize.desk.live import LiveQueue, Open
from harmonize.desk.pages import Pages
from harmonize.desk.words import DeskWords
from harmonize.review.acts import ReviewAct
from harmonize.review.items import Item
from harmonize.spoken_words import LANGUAGES

__all__ = ["LANGUAGE_COOKIE", "Frame", "Refusal"]

LANGUAGE_COOKIE = "harmonize_desk_language"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no page may hold."""


class Refusal(Exception):
    """What was asked cannot be done; the page says why."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


class Frame:
    """The frame of the pages of one steward.

    Attributes:
        by: the pseudonym that signs; empty until somebody has given one.
    """

    def __init__(self, backend: Backend, words: DeskWords, keys: Keys, by: str, language: str) -> None:
        self.backend, self.by = backend, by
        self.queue = LiveQueue(backend)
        self._keys, self._language, self._pages = keys, language, Pages(words)

    def spoken(self, request: Request) -> str:
        """The language of the answer: as asked now, or before, or at the start."""
        for found in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), self._language):
            if found in LANGUAGES:
                return found
        return LANGUAGES[0]

    def say(self, request: Request, word: str, **blanks: object) -> str:
        """A word of the page in that language."""
        return self._pages.words.say(word, self.spoken(request), **blanks)

    def page(self, request: Request, name: str, status: int = 200, **given: Any) -> Response:
        """A page by its template and what it shows."""
        language = self.spoken(request)
        mine = self._my_last_act()
        page = self._pages.page(
            name, language, by=self.by, form=self._keys.form, path=request.url.path,
            words=self.backend.spoken(language), other=next(one for one in LANGUAGES if one != language),
            last_act=mine.act_id if mine else "", asked=request.query_params, told=self._flash(request, language),
            **given,
        )  # fmt: skip
        return HTMLResponse(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", page).encode("utf-8", "replace"), status)

    def told(self, request: Request, said: str, status: int) -> Response:
        """A page that says one sentence."""
        return self.page(request, "message.html", status, said=said)

    def found(self, now: Open, item_id: str) -> Item:
        """An item of the release, open or not.

        Raises:
            Refusal: there is none of that id.
        """
        if ITEM.fullmatch(item_id) is None or item_id not in now.known:
            raise Refusal(404, f"{item_id[:20]!r}: no such item is in release {now.release_id}.")
        return now.known[item_id]

    def _flash(self, request: Request, language: str) -> str:
        """What was just done, told on the page that follows."""
        done = request.query_params.get("done", "")
        said = f"done_{done}"
        if done == "" or said not in self._pages.words.words:
            return ""
        return self._pages.words.say(said, language, act=named_act(request.query_params.get("act", "")))

    def _my_last_act(self) -> ReviewAct | None:
        """The last act that holds of who signs here."""
        if not self.by:
            return None
        return next((act for act in self.queue.acts() if not act.is_undone and self.by in act.by.split("+")), None)
