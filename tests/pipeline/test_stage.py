"""A staged file is found again only by a program that writes the same form."""

from __future__ import annotations

import pytest

from harmonize import staging
from harmonize.model import staged
from harmonize.staging import staged_key


def test_a_stage_of_another_form_is_not_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = staged_key("content", ".csv", "knowledge")
    assert now == staged_key("content", ".csv", "knowledge")
    older = {**staged.STAGED_SCHEMAS, "answer": staged.STAGED_SCHEMAS["answer"].remove(0)}
    monkeypatch.setattr(staged, "STAGED_SCHEMAS", older)
    assert staging.staged_key("content", ".csv", "knowledge") != now
