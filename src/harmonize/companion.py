"""Companions: programs of our own at the other end of a pipe, which answer what they are handed, one after another.

A companion ends when the run does, however that ends, and neither a notebook nor a script has to be written in a
special way, as Python's own pools would ask for. What goes through the pipe is pickled: a run speaks with itself.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import harmonize
from harmonize.errors import HarmonizeError, PublicationError

__all__ = ["Companion", "serve"]


class Companion:
    """A process that answers what it is handed."""

    def __init__(self, begin: str, purpose: str, **environment: str) -> None:
        """Start it.

        Args:
            begin: `module:function` of the function that it calls first and that returns the one which answers.
            purpose: what it does, in a sentence that begins "A process that".
        """
        self._purpose = purpose
        paths = [str(Path(harmonize.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        # -P: a folder in which the run was started is none to import from.
        program = [sys.executable, "-P", "-c", f"from harmonize.companion import serve; serve({begin!r})"]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **environment},
        )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def folder(self) -> Path:
        """What the kernel tells of it."""
        return Path("/proc") / str(self.pid)

    def ask(self, what: object) -> Any:
        """Its answer.

        Raises:
            PublicationError: the process is gone.
            Exception: what went wrong in it.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise TypeError("a companion has an input and an output")
        try:
            pickle.dump(what, self._process.stdin)
            self._process.stdin.flush()
            went_well, answer = pickle.load(self._process.stdout)  # noqa: S301
        except (BrokenPipeError, EOFError, pickle.UnpicklingError) as problem:
            code = self._process.wait()
            guess = "; perhaps the machine was out of memory" if code < 0 else ""
            raise PublicationError(
                f"A process that {self._purpose} ended with {code}{guess}. Run again; what was read stays."
            ) from problem
        if went_well:
            return answer
        raise answer

    def end(self) -> None:
        """End it, in the middle of an answer too."""
        self._process.kill()

    def close(self) -> None:
        """Let go of it once it was ended."""
        self._process.communicate()


def serve(begin: str) -> None:
    """Be a companion: objects come in, answers go out.

    Args:
        begin: as for `Companion`.
    """
    # An interruption by key reaches every process of a terminal; the run is who acts on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    module, function = begin.split(":")
    with os.fdopen(os.dup(0), "rb") as arriving, os.fdopen(os.dup(1), "wb") as leaving:
        # Whatever else is printed is no answer.
        os.dup2(2, 1)
        answer = _begun(module, function)
        while True:
            try:
                what = pickle.load(arriving)  # noqa: S301
            except EOFError:
                return
            leaving.write(_answered(answer, what))
            leaving.flush()


def _begun(module: str, function: str) -> Callable[[Any], object]:
    """What answers; where it cannot begin, whoever asks is told why."""
    try:
        answer: Callable[[Any], object] = getattr(importlib.import_module(module), function)()
    except Exception as problem:
        reason = problem

        def fail(_: object) -> object:
            raise reason

        return fail
    return answer


def _answered(answer: Callable[[Any], object], what: object) -> bytes:
    try:
        return pickle.dumps((True, answer(what)))
    except HarmonizeError as problem:
        return pickle.dumps((False, problem))
    except OSError as problem:
        stated = (problem.errno, problem.strerror, problem.filename) if problem.errno is not None else (str(problem),)
        return pickle.dumps((False, type(problem)(*stated)))
    except Exception as problem:
        # A mistake of the program: the run tells where it happened.
        where = ": ".join([*getattr(problem, "__notes__", ()), repr(problem)])
        return pickle.dumps((False, RuntimeError(f"{where}\n{traceback.format_exc()}")))
