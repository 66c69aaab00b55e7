"""The pages and what may be done on them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from hmac import compare_digest
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from harmonize.desk import reports
from harmonize.desk.backend import Backend
from harmonize.desk.guard import Guard, Keys
from harmonize.desk.live import LiveQueue, Open, shown_mark
from harmonize.desk.pages import Pages, buttons, lines_of, map_of
from harmonize.desk.words import LANGUAGES, DeskWords
from harmonize.errors import HarmonizeError
from harmonize.review.acts import ReviewAct
from harmonize.review.applying import Plan
from harmonize.review.book import CLOSENESS
from harmonize.review.deciding import said_of
from harmonize.review.items import Item
from harmonize.review.kinds import KINDS
from harmonize.review.saying import Said

__all__ = ["desk_app"]

_ITEM = re.compile(r"[A-Z][0-9a-f]{10}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no page may hold."""
_MOST_ON_A_PAGE = 50
_MOST_ACTS = 50
_MOST_RUNS = 20
_LARGEST_FORM = 200_000
_LONGEST_WHY = 2_000
_LANGUAGE_COOKIE = "harmonize_desk_language"


class _Refusal(Exception):
    """What was asked cannot be done; the page says why."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


class _Form(dict[str, list[str]]):
    """A posted form."""

    def one(self, name: str) -> str:
        """The last value of a field; empty where it has none."""
        return self.get(name, [""])[-1].strip()


class _Desk:
    """The page of one steward."""

    def __init__(self, backend: Backend, words: DeskWords, keys: Keys, by: str, language: str) -> None:
        self._backend, self._keys, self._by, self._language = backend, keys, by, language
        self._queue, self._pages = LiveQueue(backend), Pages(words)
        self._item_of: dict[str, str] = {}
        self._figures: dict[str, Any] = {}
        self._lock = Lock()

    def routes(self) -> list[Route | Mount]:
        """Where everything is."""
        shown = {
            "/": self._start, "/queue": self._list, "/item/{item_id}": self._item, "/acts": self._acts,
            "/facilities": self._facilities, "/facility/{facility_id}": self._facility, "/coverage": self._coverage,
            "/history": self._history,
        }  # fmt: skip
        done = {"/decide": self._decide, "/undo": self._undo, "/sign": self._sign}
        return [
            *(Route(path, self._reading(page), methods=["GET"]) for path, page in shown.items()),
            *(Route(path, self._writing(act), methods=["POST"]) for path, act in done.items()),
            Mount("/static", StaticFiles(packages=[("harmonize.desk", "static")]), name="static"),
        ]

    # One thing at a time, away from the loop that listens.

    def _reading(self, page: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(self._alone, request, lambda: page(request))

        return answer

    def _writing(self, act: Callable[[Request, _Form], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            form = await self._form(request)
            return await run_in_threadpool(self._alone, request, lambda: act(request, form))

        return answer

    async def _form(self, request: Request) -> _Form:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST_FORM:
                raise HTTPException(413, "This form is too large.")
        form = _Form(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=5_000))
        if not _is_same(form.one("form"), self._keys.form):
            raise HTTPException(403, "This form is not of this page, or of an earlier start. Open the page again.")
        return form

    def _alone(self, request: Request, work: Callable[[], Response]) -> Response:
        with self._lock:
            try:
                response = work()
            except _Refusal as refusal:
                response = self._told(request, str(refusal), refusal.status)
            except HarmonizeError as problem:
                response = self._told(request, str(problem), 409)
        asked = request.query_params.get("lang")
        if asked in LANGUAGES:
            response.set_cookie(_LANGUAGE_COOKIE, asked, path="/", httponly=True, samesite="strict")
        return response

    # What every page has.

    def _spoken(self, request: Request) -> str:
        for found in (request.query_params.get("lang"), request.cookies.get(_LANGUAGE_COOKIE), self._language):
            if found in LANGUAGES:
                return found
        return LANGUAGES[0]

    def _page(self, request: Request, name: str, status: int = 200, **given: Any) -> Response:
        language = self._spoken(request)
        mine = self._my_last_act()
        page = self._pages.page(
            name, language, by=self._by, form=self._keys.form, path=request.url.path,
            words=self._backend.spoken(language), other=next(one for one in LANGUAGES if one != language),
            last_act=mine.act_id if mine else "", asked=request.query_params, told=self._flash(request, language),
            **given,
        )  # fmt: skip
        return HTMLResponse(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", page).encode("utf-8", "replace"), status)

    def _told(self, request: Request, said: str, status: int) -> Response:
        return self._page(request, "message.html", status, said=said)

    def _flash(self, request: Request, language: str) -> str:
        """What was just done, told on the page that follows."""
        done = request.query_params.get("done", "")
        said = f"done_{done}"
        if done == "" or said not in self._pages.words.words:
            return ""
        return self._pages.words.say(said, language, act=_plain_act(request.query_params.get("act", "")))

    def _my_last_act(self) -> ReviewAct | None:
        """The last act that holds of who signs here."""
        if not self._by:
            return None
        return next((act for act in self._queue.acts() if not act.is_undone and self._by in act.by.split("+")), None)

    # Pages.

    def _start(self, request: Request) -> Response:
        del request
        return RedirectResponse("/queue", 303)

    def _list(self, request: Request) -> Response:
        now, kind = self._queue.open(self._spoken(request)), _kind(request.query_params.get("kind", ""))
        items = _of_kind(now.items, kind)
        if kind == "question":
            self._queue.begin_offers(self._spoken(request))
        pages = max(1, -(-len(items) // _MOST_ON_A_PAGE))
        asked = request.query_params.get("page", "1")
        at = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 6 else 1
        counted = {name: _of_kind(now.items, name) for name in KINDS}
        return self._page(
            request, "queue.html", now=now, kind=kind, items=items[(at - 1) * _MOST_ON_A_PAGE : at * _MOST_ON_A_PAGE],
            first=(at - 1) * _MOST_ON_A_PAGE + 1, total=len(items), at=at, pages=pages, counted=counted,
            alike=self._alike(kind, request), marks={item.item_id: shown_mark(item) for item in items},
        )  # fmt: skip

    def _alike(self, kind: str, request: Request) -> list[Any]:
        """What may be said of several items of a kind at once."""
        if not kind:
            return []
        words, chosen = self._backend.spoken(self._spoken(request)), KINDS[kind].chosen
        return [(one, words.verdict(one)) for one in KINDS[kind].verdicts if one != chosen]

    def _item(self, request: Request) -> Response:
        now, kind = self._queue.open(self._spoken(request)), _kind(request.query_params.get("kind", ""))
        item = self._found(now, request.path_params["item_id"])
        if all(one.item_id != item.item_id for one in now.items):
            raise _Refusal(410, self._say(request, "not_open", item=item.item_id))
        return self._item_page(request, now, item, kind)

    def _item_page(
        self, request: Request, now: Open, item: Item, kind: str, status: int = 200, **given: Any
    ) -> Response:
        items = _of_kind(now.items, kind)
        at = next((at for at, one in enumerate(items) if one.item_id == item.item_id), 0)
        language = self._spoken(request)
        offered = self._queue.offered(item, language)
        words = self._backend.spoken(language)
        return self._page(
            request, "item.html", status, now=now, item=offered, kind=kind, at=at + 1, total=len(items),
            lines=lines_of(item), drawn=map_of(item), mark=shown_mark(item), closeness=CLOSENESS,
            buttons=buttons(offered, words, self._say(request, "take_chosen")),
            said_before=now.waiting.get(item.item_id, {}),
            before=items[at - 1].item_id if at else "", after=items[at + 1].item_id if at + 1 < len(items) else "",
            **{"problem": "", "against": None, "typed": _Form(), **given},
        )  # fmt: skip

    def _acts(self, request: Request) -> Response:
        return self._page(request, "acts.html", acts=self._queue.acts()[:_MOST_ACTS])

    def _facilities(self, request: Request) -> Response:
        said = request.query_params.get("q", "")[:200]
        found = reports.found_facilities(self._backend.current(), said)
        return self._page(request, "facilities.html", q=said, table=found)

    def _facility(self, request: Request) -> Response:
        facility_id = request.path_params["facility_id"]
        try:
            facility, card = reports.facility_card(self._backend.current(), facility_id)
        except HarmonizeError as problem:
            raise _Refusal(404, str(problem)) from problem
        sees = self._backend.who_sees(facility["facility_id"], self._spoken(request))
        today = self._backend.now()[:10]
        return self._page(request, "facility.html", facility=facility, card=card, sees=sees, today=today)

    def _coverage(self, request: Request) -> Response:
        return self._page(request, "coverage.html", table=reports.coverage(self._backend.current()))

    def _history(self, request: Request) -> Response:
        runs = self._backend.runs()
        told = [(run, *self._figures_of(run.release_id, run.database)) for run in runs[:_MOST_RUNS]]
        return self._page(request, "history.html", runs=told, more=max(0, len(runs) - _MOST_RUNS))

    def _figures_of(self, release_id: str, database: Any) -> Any:
        """Figures and issues of a release, which never change; or why they cannot be read."""
        if release_id not in self._figures:
            try:
                self._figures[release_id] = (*reports.run_figures(database), "")
            except HarmonizeError as problem:
                return {}, [], str(problem)
        return self._figures[release_id]

    # What may be done.

    def _decide(self, request: Request, form: _Form) -> Response:
        self._need_signature(request)
        now, kind = self._queue.open(self._spoken(request)), _kind(form.one("kind"))
        items = [self._found(now, name) for name in dict.fromkeys(form.get("item", []))]
        if not items:
            raise _Refusal(400, self._say(request, "none_marked"))
        if len({item.kind for item in items}) > 1:
            raise _Refusal(400, self._say(request, "one_kind"))
        changed = [item for item in items if form.one(f"mark-{item.item_id}") != shown_mark(item)]
        if changed:
            raise _Refusal(409, self._say(request, "changed", item=changed[0].item_id))
        if len(form.one("why")) > _LONGEST_WHY:
            raise _Refusal(400, self._say(request, "long_why", most=_LONGEST_WHY))
        saids = [self._said(request, item, form) for item in items]
        problem = next((said for said in saids if isinstance(said, str)), None)
        if problem is not None:
            return self._again(request, now, items, kind, 400, problem=problem, typed=form)
        plan = self._queue.plan([one for one in saids if isinstance(one, Said)], overrides=bool(form.one("insist")))
        if plan.against:
            return self._again(request, now, items, kind, 409, against=plan.against[0], typed=form)
        self._queue.record(plan)
        self._item_of[plan.act_id] = items[0].item_id
        return RedirectResponse(self._next(now, items, kind, plan), 303)

    def _said(self, request: Request, item: Item, form: _Form) -> Said | str:
        decision, chosen = form.one("decision"), KINDS[item.kind].chosen
        if chosen is not None and decision == chosen:
            decision = form.one("other") or form.one("choice")
            if not decision:
                return self._say(request, "choose_first")
            item = self._queue.offered(item, self._spoken(request))
        closeness = form.one("closeness") or CLOSENESS[-1]
        words = self._backend.spoken(self._spoken(request))
        signed = self._by, self._backend.now()
        return said_of(item, decision, closeness, form.one("why"), signed, words, self._backend.is_indicator)

    def _again(
        self, request: Request, now: Open, items: Sequence[Item], kind: str, status: int, **given: Any
    ) -> Response:
        """The item once more, with what is wrong; of several, a sentence that says of which."""
        if len(items) == 1:
            return self._item_page(request, now, items[0], kind, status, **given)
        against = given.get("against")
        if against is None:
            raise _Refusal(status, f"{given['problem']} {self._say(request, 'nothing_recorded')}")
        item = items[against.at].item_id
        said = {"item": item, "by": against.holding.by, "verdict": against.holding.content[0]}
        raise _Refusal(status, self._say(request, "against_one", **said))

    def _next(self, now: Open, items: Sequence[Item], kind: str, plan: Plan) -> str:
        """Where to go on: the item after the last decided one, or the list."""
        done = "recorded" if plan.decided else "waiting" if plan.waiting else "already"
        told = {"done": done, "act": plan.act_id, **({"kind": kind} if kind else {})}
        gone = {item.item_id for item in items}
        listed = [item.item_id for item in _of_kind(now.items, kind)]
        place = next((at for at, name in enumerate(listed) if name == items[-1].item_id), -1)
        left = [name for name in (*listed[place + 1 :], *listed[: place + 1]) if name not in gone]
        to = f"/item/{left[0]}" if left and len(items) == 1 else "/queue"
        return f"{to}?{urlencode(told)}"

    def _undo(self, request: Request, form: _Form) -> Response:
        self._need_signature(request)
        act_id = _plain_act(form.one("act"))
        if not act_id:
            raise _Refusal(400, self._say(request, "nothing_to_undo"))
        act = self._queue.undo(act_id, self._by)
        item = self._item_of.get(act.act_id, "")
        told = {"done": "undone", "act": act.act_id, **({"kind": kind} if (kind := _kind(form.one("kind"))) else {})}
        now = self._queue.open(self._spoken(request))
        to = f"/item/{item}" if any(one.item_id == item for one in now.items) else "/acts"
        return RedirectResponse(f"{to}?{urlencode(told)}", 303)

    def _sign(self, request: Request, form: _Form) -> Response:
        by = form.one("by")
        problem = self._backend.signed(by)
        if problem:
            raise _Refusal(400, problem)
        self._by = by
        return RedirectResponse("/queue?done=signed", 303)

    def _need_signature(self, request: Request) -> None:
        if not self._by:
            raise _Refusal(400, self._say(request, "sign_first"))

    def _found(self, now: Open, item_id: str) -> Item:
        if _ITEM.fullmatch(item_id) is None or item_id not in now.known:
            raise _Refusal(404, f"{item_id[:20]!r}: no such item is in release {now.release_id}.")
        return now.known[item_id]

    def _say(self, request: Request, word: str, **blanks: object) -> str:
        return self._pages.words.say(word, self._spoken(request), **blanks)


def _kind(named: str) -> str:
    return named if named in KINDS else ""


def _of_kind(items: Sequence[Item], kind: str) -> list[Item]:
    return [item for item in items if not kind or item.kind == kind]


def _plain_act(text: str) -> str:
    return text if re.fullmatch(r"W[0-9a-f]{4,64}", text) else ""


def _is_same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def desk_app(backend: Backend, words: DeskWords, keys: Keys, by: str = "", language: str = "en") -> Starlette:
    """The application.

    Args:
        by: the pseudonym that signs; where it is empty, the page asks for one before the first decision.
        language: until another one is asked for.
    """
    desk = _Desk(backend, words, keys, by, language)

    async def refused(request: Request, problem: Exception) -> Response:
        del request
        assert isinstance(problem, HTTPException)  # noqa: S101  (Starlette calls it with nothing else.)
        return Response(problem.detail, problem.status_code, media_type="text/plain")

    return Starlette(
        routes=desk.routes(), middleware=[Middleware(Guard, keys=keys)], exception_handlers={HTTPException: refused}
    )
