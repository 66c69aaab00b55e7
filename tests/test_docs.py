"""Every command has help and stands in the README; so do the make targets and the exit codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from harmonize.cli import app
from tests.pipeline.worlds import ROOT


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from _commands(child, (*path, name))


COMMANDS = dict(_commands(typer.main.get_command(app)))
LEAVES = [path for path, command in COMMANDS.items() if not getattr(command, "commands", {})]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z][a-z-]*):.*?##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_ends_with_zero_and_says_what_the_command_does(path: tuple[str, ...]) -> None:
    said = CliRunner().invoke(app, [*path, "--help"])
    assert said.exit_code == 0
    assert COMMANDS[path].help
    assert "Usage:" in said.stdout


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_is(path: tuple[str, ...]) -> None:
    silent = [
        option.name
        for option in COMMANDS[path].params
        if option.param_type_name == "option" and not option.hidden and not option.help
    ]
    assert silent == []
    assert [argument.name for argument in COMMANDS[path].params if not getattr(argument, "help", None)] == []


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_stands_in_the_readme(path: tuple[str, ...]) -> None:
    assert f"harmonize {' '.join(path)}" in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    groups = {path[0] for path in COMMANDS if path}
    named = {match.split()[0] for match in re.findall(r"^\s*(?:\$ )?harmonize ([a-z][a-z -]*)", README, re.MULTILINE)}
    assert named <= groups


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_stands_in_the_readme(target: str) -> None:
    assert f"make {target}" in README


def test_the_exit_codes_stand_in_the_readme() -> None:
    assert re.search(r"exit code", README, re.IGNORECASE)
