"""Ledgers hold pseudonyms: what looks like a person is refused with the cure."""

from __future__ import annotations

import pytest
import typer

from harmonize.cli.signing import pseudonym


@pytest.mark.parametrize("by", ["steward-1", "s", "hzp:linh", "Team a", "x" * 40])
def test_a_pseudonym_is_taken(by: str) -> None:
    assert pseudonym(by) == by


@pytest.mark.parametrize("by", ["", " ", "lan@brand.example", "Nguyen Thi Lan", "Đặng Ánh", "x" * 41])
def test_what_looks_like_a_person_is_refused(by: str) -> None:
    with pytest.raises(typer.BadParameter, match="pseudonym"):
        pseudonym(by)
