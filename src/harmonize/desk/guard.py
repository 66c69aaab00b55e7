"""Who may ask: only a browser of this computer that was given the token, and only from our own pages.

A page of another site cannot reach us: its name in the Host header is not ours (DNS rebinding), our cookie is not sent
with its requests (SameSite=Strict), and what it posts has another origin and no form token.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "Keys"]

_NAMES = ("127.0.0.1", "localhost")
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one start of the page.

    Attributes:
        token: stands in the address that the command prints.
        session: what the cookie holds.
        form: what every form that changes something carries.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    form: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app, self._keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on what may pass."""
        if scope["type"] != "http":
            # (There are no web sockets here.)
            return
        response = self._answer(scope, Headers(scope=scope))
        inner: ASGIApp = self._app if response is None else response

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        await inner(scope, receive, with_headers)

    def _answer(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to who may not pass, or who comes with the token; None for who may."""
        port = (scope.get("server") or ("", None))[1]
        if headers.get("host") not in {f"{name}:{port}" for name in _NAMES}:
            return PlainTextResponse("This page answers to 127.0.0.1 only.", 421)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("Only GET and POST are answered.", 405)
        if scope["method"] == "POST" and not _is_own(headers):
            return PlainTextResponse("This came from another site, so nothing was done.", 403)
        name = f"harmonize_desk_{port}"
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        if scope["path"] == "/" and given:
            return self._entered(given[-1], name)
        if not _same(_cookies(headers).get(name, ""), self._keys.session):
            return PlainTextResponse("Open the address that `harmonize desk` printed, with its token.", 403)
        return None

    def _entered(self, token: str, cookie: str) -> Response:
        if not _same(token, self._keys.token):
            return PlainTextResponse("Wrong token. Open the address that `harmonize desk` printed.", 403)
        response = RedirectResponse("/queue", 303)
        response.set_cookie(cookie, self._keys.session, path="/", httponly=True, samesite="strict")
        return response


def _same(one: str, other: str) -> bool:
    """Whether two secrets are one, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def _is_own(headers: Headers) -> bool:
    """Whether a post comes from a page of ours; browsers say so, and what says nothing must have the form token."""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{headers['host']}":
        return False
    return headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _cookies(headers: Headers) -> Mapping[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}
