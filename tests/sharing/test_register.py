"""The register as a file: one row is written, every other byte stays."""

from __future__ import annotations

from datetime import date

import pytest

from harmonize.errors import InboxError
from harmonize.sharing.register import Register

TEXT = '\ufeffgrant_id;audience;evidence;revoked_on\r\ng-09;gap;"scan;\r\n 1";\r\ng-7; pvh ;;2026-01-01\r\n'


def _register() -> Register:
    return Register.read(TEXT.encode(), "grants.csv")


def test_a_grant_is_added_behind_all_others() -> None:
    register = _register()
    assert register.next_id() == "g-10"
    added = register.with_row({"grant_id": "g-10", "audience": "a;b", "purpose": ""})
    assert added.text == TEXT + 'g-10;"a;b";;\r\n'


def test_a_revocation_touches_no_other_row() -> None:
    revoked = _register().revoked("G-09", date(2026, 5, 1), "by mail")
    assert revoked.text == TEXT.replace('gap;"scan;\r\n 1";', 'gap;"scan;\r\n 1; revoked: by mail";2026-05-01')


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(InboxError, match="was revoked on 2026-01-01 already"):
        _register().revoked("g-7", date(2026, 5, 1), None)
    with pytest.raises(InboxError, match="there is no grant 'g-1'"):
        _register().revoked("g-1", date(2026, 5, 1), None)
    with pytest.raises(InboxError, match="no column 'purpose'"):
        _register().with_row({"grant_id": "g-1", "purpose": "x"})
