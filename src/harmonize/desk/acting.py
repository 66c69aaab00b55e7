"""What is done on the pages: deciding, taking back, signing; each leads on to the page that follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from harmonize.desk.forms import Form, named_act, named_kind
from harmonize.desk.frame import Frame, Refusal
from harmonize.desk.live import Open, shown_mark
from harmonize.desk.showing import Shown, of_kind
from harmonize.review.applying import Plan
from harmonize.review.book import CLOSENESS
from harmonize.review.deciding import said_of
from harmonize.review.items import Item
from harmonize.review.kinds import KINDS
from harmonize.review.saying import Said

__all__ = ["Done"]

_LONGEST_WHY = 2_000


class Done:
    """What one steward does."""

    def __init__(self, frame: Frame, shown: Shown) -> None:
        self._frame, self._shown = frame, shown
        self._item_of: dict[str, str] = {}

    def decide(self, request: Request, form: Form) -> Response:
        """Record what is said of one item, or alike of several."""
        self._need_signature(request)
        now, kind = self._frame.queue.open(self._frame.spoken(request)), named_kind(form.one("kind"))
        items = [self._frame.found(now, name) for name in dict.fromkeys(form.get("item", []))]
        if not items:
            raise Refusal(400, self._frame.say(request, "none_marked"))
        if len({item.kind for item in items}) > 1:
            raise Refusal(400, self._frame.say(request, "one_kind"))
        changed = [item for item in items if form.one(f"mark-{item.item_id}") != shown_mark(item)]
        if changed:
            raise Refusal(409, self._frame.say(request, "changed", item=changed[0].item_id))
        if len(form.one("why")) > _LONGEST_WHY:
            raise Refusal(400, self._frame.say(request, "long_why", most=_LONGEST_WHY))
        saids = [self._said(request, item, form) for item in items]
        problem = next((said for said in saids if isinstance(said, str)), None)
        if problem is not None:
            return self._again(request, now, items, kind, 400, problem=problem, typed=form)
        taken = [one for one in saids if isinstance(one, Said)]
        plan = self._frame.queue.plan(taken, overrides=bool(form.one("insist")))
        if plan.against:
            return self._again(request, now, items, kind, 409, against=plan.against[0], typed=form)
        self._frame.queue.record(plan)
        self._item_of[plan.act_id] = items[0].item_id
        return RedirectResponse(self._next(now, items, kind, plan), 303)

    def _said(self, request: Request, item: Item, form: Form) -> Said | str:
        decision, chosen = form.one("decision"), KINDS[item.kind].chosen
        if chosen is not None and decision == chosen:
            decision = form.one("other") or form.one("choice")
            if not decision:
                return self._frame.say(request, "choose_first")
            item = self._frame.queue.offered(item, self._frame.spoken(request))
        closeness = form.one("closeness") or CLOSENESS[-1]
        words = self._frame.backend.spoken(self._frame.spoken(request))
        signed = self._frame.by, self._frame.backend.now()
        return said_of(item, decision, closeness, form.one("why"), signed, words, self._frame.backend.is_indicator)

    def _again(
        self, request: Request, now: Open, items: Sequence[Item], kind: str, status: int, **given: Any
    ) -> Response:
        """The item once more, with what is wrong; of several, a sentence that says of which."""
        if len(items) == 1:
            return self._shown.item_page(request, now, items[0], kind, status, **given)
        against = given.get("against")
        if against is None:
            raise Refusal(status, f"{given['problem']} {self._frame.say(request, 'nothing_recorded')}")
        item = items[against.at].item_id
        said = {"item": item, "by": against.holding.by, "verdict": against.holding.content[0]}
        raise Refusal(status, self._frame.say(request, "against_one", **said))

    def _next(self, now: Open, items: Sequence[Item], kind: str, plan: Plan) -> str:
        """Where to go on: the item after the last decided one, or the list."""
        done = "recorded" if plan.decided else "waiting" if plan.waiting else "already"
        told = {"done": done, "act": plan.act_id, **({"kind": kind} if kind else {})}
        gone = {item.item_id for item in items}
        listed = [item.item_id for item in of_kind(now.items, kind)]
        place = next((at for at, name in enumerate(listed) if name == items[-1].item_id), -1)
        left = [name for name in (*listed[place + 1 :], *listed[: place + 1]) if name not in gone]
        to = f"/item/{left[0]}" if left and len(items) == 1 else "/queue"
        return f"{to}?{urlencode(told)}"

    def undo(self, request: Request, form: Form) -> Response:
        """Take an act back, and show what it was about."""
        self._need_signature(request)
        act_id = named_act(form.one("act"))
        if not act_id:
            raise Refusal(400, self._frame.say(request, "nothing_to_undo"))
        act = self._frame.queue.undo(act_id, self._frame.by)
        item = self._item_of.get(act.act_id, "")
        kind = named_kind(form.one("kind"))
        told = {"done": "undone", "act": act.act_id, **({"kind": kind} if kind else {})}
        now = self._frame.queue.open(self._frame.spoken(request))
        to = f"/item/{item}" if any(one.item_id == item for one in now.items) else "/acts"
        return RedirectResponse(f"{to}?{urlencode(told)}", 303)

    def sign(self, request: Request, form: Form) -> Response:
        """Sign from now on."""
        by = form.one("by")
        problem = self._frame.backend.signed(by)
        if problem:
            raise Refusal(400, problem)
        self._frame.by = by
        return RedirectResponse("/queue?done=signed", 303)

    def _need_signature(self, request: Request) -> None:
        if not self._frame.by:
            raise Refusal(400, self._frame.say(request, "sign_first"))
