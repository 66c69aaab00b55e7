"""Help, version and shell completion answer at once: they import nothing that only the work needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from harmonize.cli import app

HEAVY = frozenset(
    {
        "duckdb", "pandas", "polars", "numpy", "pyarrow", "pint", "great_expectations", "rapidfuzz", "pydantic",
        "pycountry", "python_calamine", "yaml", "rich", "xlsxwriter", "ijson", "sklearn", "scipy",
        "starlette", "uvicorn", "jinja2", "anyio",
    }
)  # fmt: skip
_TELL = """
import json, sys
from harmonize.cli import main
sys.argv = ["harmonize", *json.loads(sys.argv[1])]
try:
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def _commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name)


def _every_command() -> list[tuple[str, ...]]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return list(_commands(group))


def _imported(arguments: Sequence[str], folder: Path, **environment: str) -> tuple[str, set[str]]:
    """What a command prints, and the packages that it has imported at its end."""
    told = subprocess.run(
        [sys.executable, "-c", _TELL, json.dumps(arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert told.returncode == 0, told.stderr
    return told.stdout, set(json.loads(told.stderr.splitlines()[-1]))


def test_the_commands_are_found() -> None:
    assert {("run",), ("sources", "inspect"), ("facilities", "decide"), ()} <= set(_every_command())


@pytest.mark.parametrize("command", [pytest.param(path, id=" ".join(path) or "harmonize") for path in _every_command()])
def test_help_imports_nothing_heavy(command: tuple[str, ...], tmp_path: Path) -> None:
    said, imported = _imported([*command, "--help"], tmp_path)
    assert "Usage: harmonize" in said
    assert not imported & HEAVY


def test_version_imports_nothing_heavy(tmp_path: Path) -> None:
    assert not _imported(["--version"], tmp_path)[1] & HEAVY


@pytest.mark.parametrize(
    ("typed", "offered", "allowed"),
    [
        pytest.param("harmonize ", {"run", "sources", "crosswalk", "facilities", "demo", "init"}, set(), id="commands"),
        # Inside a command Typer reads what was typed so far, by pydantic.
        pytest.param("harmonize run --as", {"--as-of"}, {"pydantic"}, id="options"),
    ],
)
def test_completion_imports_nothing_heavy(typed: str, offered: set[str], allowed: set[str], tmp_path: Path) -> None:
    words = typed.split(" ")
    said, imported = _imported(
        [], tmp_path, _HARMONIZE_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(len(words) - 1)
    )
    assert offered <= set(said.split())
    assert not imported & (HEAVY - allowed)
