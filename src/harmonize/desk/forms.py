"""A posted form, and what may stand in an address: read, bounded, and taken for nothing else than it is."""

from __future__ import annotations

import re
from hmac import compare_digest
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from harmonize.review.kinds import KINDS

__all__ = ["ITEM", "Form", "named_act", "named_kind", "numbered", "read_form"]

ITEM = re.compile(r"[A-Z][0-9a-f]{10}")
_ACT = re.compile(r"W[0-9a-f]{4,64}")
_LARGEST_FORM = 200_000


class Form(dict[str, list[str]]):
    """A posted form."""

    def one(self, name: str) -> str:
        """The last value of a field; empty where it has none."""
        return self.get(name, [""])[-1].strip()


async def read_form(request: Request, key: str) -> Form:
    """The form of a request.

    Args:
        key: what only our own pages know; it stands in every form of them.

    Raises:
        HTTPException: the form is too large, or not of our pages.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_FORM:
            raise HTTPException(413, "This form is too large.")
    form = Form(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=5_000))
    if not _is_same(form.one("form"), key):
        raise HTTPException(403, "This form is not of this page, or of an earlier start. Open the page again.")
    return form


def _is_same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def named_kind(named: str) -> str:
    """The kind of items that is named; empty for none and for what is none."""
    return named if named in KINDS else ""


def named_act(text: str) -> str:
    """The act that is named; empty for what can be none."""
    return text if _ACT.fullmatch(text) else ""


def numbered(text: str, most: int) -> int:
    """The number of a page, from 1 on; the nearest that there is."""
    return min(max(int(text), 1), most) if text.isdecimal() and len(text) < 6 else 1
