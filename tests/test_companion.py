"""What goes wrong in a companion is told by whoever asked it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harmonize.companion import Companion


def begin_failing() -> Callable[[object], object]:
    """A companion that cannot do what it is asked."""

    def answer(what: object) -> object:
        if what == "disk":
            raise OSError("disk says no")
        return lambda: what  # Nothing that could be pickled.

    return answer


def _asked(begin: str, what: object) -> object:
    companion = Companion(begin, "was asked")
    try:
        return companion.ask(what)
    finally:
        companion.end()
        companion.close()


def test_a_companion_that_cannot_begin_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"No module named 'harmonize\.nothing'"):
        _asked("harmonize.nothing:begin", 1)


def test_an_error_keeps_its_kind_and_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ".")
    with pytest.raises(OSError, match="disk says no"):
        _asked("tests.test_companion:begin_failing", "disk")


def test_an_answer_that_cannot_be_handed_over_is_a_mistake_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ".")
    with pytest.raises(RuntimeError, match="begin_failing"):
        _asked("tests.test_companion:begin_failing", "anything")
