"""The application: where every page is, one thing at a time, and behind the guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from threading import Lock

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from harmonize.desk.acting import Done
from harmonize.desk.backend import Backend
from harmonize.desk.forms import Form, read_form
from harmonize.desk.frame import LANGUAGE_COOKIE, Frame, Refusal
from harmonize.desk.guard import Guard, Keys
from harmonize.desk.showing import Shown
from harmonize.desk.words import DeskWords
from harmonize.errors import HarmonizeError
from harmonize.spoken_words import LANGUAGES

__all__ = ["desk_app"]


class _Desk:
    """The pages of one steward, at their addresses; one thing is done at a time, away from the loop that listens."""

    def __init__(self, frame: Frame, keys: Keys) -> None:
        self._frame, self._keys, self._lock = frame, keys, Lock()

    def routes(self) -> list[Route | Mount]:
        """Where everything is."""
        shown = Shown(self._frame)
        done = Done(self._frame, shown)
        looked_at = {
            "/": _start, "/queue": shown.queue, "/item/{item_id}": shown.item, "/acts": shown.acts,
            "/facilities": shown.facilities, "/facility/{facility_id}": shown.facility, "/coverage": shown.coverage,
            "/history": shown.history,
        }  # fmt: skip
        acted = {"/decide": done.decide, "/undo": done.undo, "/sign": done.sign}
        return [
            *(Route(path, self._reading(page), methods=["GET"]) for path, page in looked_at.items()),
            *(Route(path, self._writing(act), methods=["POST"]) for path, act in acted.items()),
            Mount("/static", StaticFiles(packages=[("harmonize.desk", "static")]), name="static"),
        ]

    def _reading(self, page: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(self._alone, request, lambda: page(request))

        return answer

    def _writing(self, act: Callable[[Request, Form], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            form = await read_form(request, self._keys.form)
            return await run_in_threadpool(self._alone, request, lambda: act(request, form))

        return answer

    def _alone(self, request: Request, work: Callable[[], Response]) -> Response:
        with self._lock:
            try:
                response = work()
            except Refusal as refusal:
                response = self._frame.told(request, str(refusal), refusal.status)
            except HarmonizeError as problem:
                response = self._frame.told(request, str(problem), 409)
        asked = request.query_params.get("lang")
        if asked in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, asked, path="/", httponly=True, samesite="strict")
        return response


def _start(request: Request) -> Response:
    del request
    return RedirectResponse("/queue", 303)


def desk_app(backend: Backend, words: DeskWords, keys: Keys, by: str = "", language: str = "en") -> Starlette:
    """The application.

    Args:
        by: the pseudonym that signs; where it is empty, the page asks for one before the first decision.
        language: until another one is asked for.
    """
    desk = _Desk(Frame(backend, words, keys, by, language), keys)

    async def refused(request: Request, problem: Exception) -> Response:
        del request
        assert isinstance(problem, HTTPException)  # noqa: S101  (Starlette calls it with nothing else.)
        return Response(problem.detail, problem.status_code, media_type="text/plain")

    return Starlette(
        routes=desk.routes(), middleware=[Middleware(Guard, keys=keys)], exception_handlers={HTTPException: refused}
    )
