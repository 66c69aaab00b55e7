"""The pages that are looked at: the queue and its items, factories, coverage, acts and runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harmonize.desk import reports
from harmonize.desk.forms import Form, named_kind, numbered
from harmonize.desk.frame import Frame, Refusal
from harmonize.desk.live import Open, shown_mark
from harmonize.desk.pages import buttons, lines_of, map_of
from harmonize.errors import HarmonizeError
from harmonize.review.book import CLOSENESS
from harmonize.review.items import Item
from harmonize.review.kinds import KINDS

__all__ = ["Shown", "of_kind"]

_MOST_ON_A_PAGE = 50
_MOST_ACTS = 50
_MOST_TOLD = 5
_MOST_RUNS = 20


def of_kind(items: Sequence[Item], kind: str) -> list[Item]:
    """The items of a kind; all where none is named."""
    return [item for item in items if not kind or item.kind == kind]


class Shown:
    """The pages of one steward."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._figures: dict[str, Any] = {}

    def queue(self, request: Request) -> Response:
        """The open items, of one kind or all."""
        language, kind = self._frame.spoken(request), named_kind(request.query_params.get("kind", ""))
        now = self._frame.queue.open(language)
        items = of_kind(now.items, kind)
        if kind == "question":
            self._frame.queue.begin_offers(language)
        pages = max(1, -(-len(items) // _MOST_ON_A_PAGE))
        at = numbered(request.query_params.get("page", "1"), pages)
        counted = {name: of_kind(now.items, name) for name in KINDS}
        return self._frame.page(
            request, "queue.html", now=now, kind=kind, items=items[(at - 1) * _MOST_ON_A_PAGE : at * _MOST_ON_A_PAGE],
            first=(at - 1) * _MOST_ON_A_PAGE + 1, total=len(items), at=at, pages=pages, counted=counted,
            alike=self._alike(kind, request), marks={item.item_id: shown_mark(item) for item in items},
        )  # fmt: skip

    def _alike(self, kind: str, request: Request) -> list[Any]:
        """What may be said of several items of a kind at once."""
        if not kind:
            return []
        words, chosen = self._frame.backend.spoken(self._frame.spoken(request)), KINDS[kind].chosen
        return [(one, words.verdict(one)) for one in KINDS[kind].verdicts if one != chosen]

    def item(self, request: Request) -> Response:
        """One open item with its evidence."""
        now = self._frame.queue.open(self._frame.spoken(request))
        item = self._frame.found(now, request.path_params["item_id"])
        if all(one.item_id != item.item_id for one in now.items):
            raise Refusal(410, self._frame.say(request, "not_open", item=item.item_id))
        return self.item_page(request, now, item, named_kind(request.query_params.get("kind", "")))

    def item_page(
        self, request: Request, now: Open, item: Item, kind: str, status: int = 200, **given: Any
    ) -> Response:
        """An open item; again with what is wrong, where a decision was not taken."""
        items = of_kind(now.items, kind)
        at = next((at for at, one in enumerate(items) if one.item_id == item.item_id), 0)
        language = self._frame.spoken(request)
        offered = self._frame.queue.offered(item, language)
        words = self._frame.backend.spoken(language)
        return self._frame.page(
            request, "item.html", status, now=now, item=offered, kind=kind, at=at + 1, total=len(items),
            indicators=self._frame.backend.indicators(language) if KINDS[item.kind].is_open else {},
            lines=lines_of(item), drawn=map_of(item), mark=shown_mark(item), closeness=CLOSENESS,
            buttons=buttons(offered, words, self._frame.say(request, "take_chosen")),
            said_before=now.waiting.get(item.item_id, {}),
            before=items[at - 1].item_id if at else "", after=items[at + 1].item_id if at + 1 < len(items) else "",
            **{"problem": "", "against": None, "typed": Form(), **given},
        )  # fmt: skip

    def acts(self, request: Request) -> Response:
        """The last acts, each with what was decided."""
        language, acts = self._frame.spoken(request), self._frame.queue.acts()[:_MOST_ACTS]
        told = self._frame.queue.decided(acts, language)
        return self._frame.page(request, "acts.html", acts=acts, decided=told, most=_MOST_TOLD)

    def facilities(self, request: Request) -> Response:
        """Factories by what is looked for."""
        said = request.query_params.get("q", "")[:200]
        found = reports.found_facilities(self._frame.backend.current(), said)
        return self._frame.page(request, "facilities.html", q=said, table=found)

    def facility(self, request: Request) -> Response:
        """The card of a factory."""
        facility_id, language = request.path_params["facility_id"], self._frame.spoken(request)
        try:
            facility, card = reports.facility_card(self._frame.backend.current(), facility_id, language)
        except HarmonizeError as problem:
            raise Refusal(404, str(problem)) from problem
        sees = self._frame.backend.who_sees(facility["facility_id"], language)
        today = self._frame.backend.now()[:10]
        return self._frame.page(request, "facility.html", facility=facility, card=card, sees=sees, today=today)

    def coverage(self, request: Request) -> Response:
        """What is mapped, by instrument."""
        return self._frame.page(request, "coverage.html", table=reports.coverage(self._frame.backend.current()))

    def history(self, request: Request) -> Response:
        """The releases that stand."""
        runs = self._frame.backend.runs()
        told = [(run, *self._figures_of(run.release_id, run.database)) for run in runs[:_MOST_RUNS]]
        return self._frame.page(request, "history.html", runs=told, more=max(0, len(runs) - _MOST_RUNS))

    def _figures_of(self, release_id: str, database: Any) -> Any:
        """Figures and issues of a release, which never change; or why they cannot be read."""
        if release_id not in self._figures:
            try:
                self._figures[release_id] = (*reports.run_figures(database), "")
            except HarmonizeError as problem:
                return {}, [], str(problem)
        return self._figures[release_id]
