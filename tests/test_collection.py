"""The search for cycles rests while asked to, and is as it was afterwards."""

from __future__ import annotations

import gc

import pytest

from harmonize.collection import without_collector


def test_nothing_is_collected_meanwhile_and_it_goes_on_afterwards() -> None:
    with without_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error_too() -> None:
    with pytest.raises(ValueError, match="x"), without_collector():
        raise ValueError("x")
    assert gc.isenabled()


def test_who_had_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with without_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
