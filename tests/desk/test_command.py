"""`harmonize desk` as a steward calls it: the address, the end by Ctrl-C, and what it refuses."""

from __future__ import annotations

import importlib.util
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, harmonize, sentence
from tests.review.worlds import world_in

__all__ = ["harmonize"]


def test_it_prints_an_address_that_opens_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    world_in(tmp_path)
    command = [sys.executable, "-m", "harmonize", "desk", "--out", "out", "--no-browser"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{40,}", process.stdout.readline())
            assert found
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            assert b"<main" in opener.open(found[0], timeout=60).read()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0, err
    assert out.splitlines()[-1] == "ended"
    assert "Traceback" not in err


def test_without_a_release_it_says_so(harmonize: Command) -> None:
    assert "there is no release yet" in sentence(harmonize("desk", "--no-browser"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--lang", "fr"), "en, vi"), (("--by", "Jane Doe"), "pseudonym"), (("--by", "me@example.com"), "pseudonym")],
)
def test_what_is_wrong_is_told_before_it_serves(arguments: tuple[str, ...], said: str, harmonize: Command) -> None:
    found = harmonize("desk", "--no-browser", *arguments)
    assert found.code == 2
    assert said in found.err


def test_a_port_that_is_taken_is_told(harmonize: Command, tmp_path: Path) -> None:
    world_in(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"--port {port}" in sentence(harmonize("desk", "--no-browser", "--out", "out", "--port", str(port)))


def test_without_the_extra_it_says_how_to_get_it(harmonize: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec

    def without(name: str, *more: Any) -> Any:
        return None if name == "starlette" else find(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    assert "pip install 'harmonize[desk]'" in sentence(harmonize("desk", "--no-browser"))
