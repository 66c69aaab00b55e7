"""A steward follows "Add a brand" in mappings/README.md to the letter, and everything is as the page says.

Blocks of the page: `csv FILE` is a file to write, `diff FILE` are edits of one (`-` lines become the `+` lines below),
`console` as in `tests.cli.walked_page`.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shlex
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Command
from tests.cli.walked_page import blocks, is_printed, steps
from tests.pipeline.worlds import ROOT

PAGE = (ROOT / "mappings/README.md").read_text(encoding="utf-8").split("\n## Add a brand\n")[1]
STEPS = PAGE.split("\n### Fields of a profile\n")[0]


def _edit(path: Path, text: str) -> None:
    """Apply the edits of a block, in its order; a line of it may be the beginning of one in the file."""
    content = path.read_text(encoding="utf-8")
    for found in re.finditer(r"((?:^-.*\n)+)((?:^\+.*\n)+)", text, re.MULTILINE):
        old, new = (re.sub(r"^[-+]", "", part, flags=re.MULTILINE)[:-1] for part in found.groups())
        pattern = re.compile("\n" + re.escape(old).replace("…", "[^\n]*"))
        (place,) = pattern.finditer(content)
        content = f"{content[: place.start()]}\n{new}{content[place.end() :]}"
    path.write_text(content, encoding="utf-8")


def _called(command: str, harmonize: Command) -> str:
    program, *arguments = shlex.split(command)
    if program == "harmonize":
        said = harmonize(*arguments)
        assert said.err == "", command
        assert said.code in (0, 1), said
        return said.out
    if program == "cd":
        os.chdir(arguments[0])
    elif program == "mkdir":
        Path(arguments[-1]).mkdir(parents=True)
    elif program == "cp":
        shutil.copy(*arguments)
    else:
        assert (program, arguments[0]) == ("duckdb", "-csv"), command
        return _queried(Path(arguments[1]), arguments[2])
    return ""


def _queried(database: Path, query: str) -> str:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(query)
        rows = [[column[0] for column in found.description or ()], *found.fetchall()]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


@pytest.mark.slow
def test_every_step_of_the_page_does_what_it_says(harmonize: Command, tmp_path: Path) -> None:
    commands = 0
    for kind, name, text in blocks(STEPS):
        here = Path.cwd()
        if kind == "csv":
            (here / name).write_text(text, encoding="utf-8")
        elif kind == "diff":
            _edit(here / name, text)
        else:
            for said in steps(text):
                printed = _called(said.command, harmonize)
                assert is_printed(said, printed), (said.command, printed)
                commands += 1
    assert commands > 8
    project = tmp_path / "programme"
    _nobody_is_named(project / "mappings/kestrel")
    _everything_is_accounted_for(project / "data/current/harmonized.duckdb")


def _nobody_is_named(folder: Path) -> None:
    sample = next(text for kind, _, text in blocks(STEPS) if kind == "csv")
    rows = [row for row in csv.reader(sample.splitlines(), delimiter=";") if row[0].startswith("P-")]
    kept = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    named = {cell for row in rows for cell in (*row[:4], row[10]) if cell}
    assert len(named) > 10
    assert [name for name in named if name in kept] == []


def _everything_is_accounted_for(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        held = "cells_total = cells_blank + cells_loaded + cells_ignored + cells_quarantined"
        assert connection.execute(f"SELECT count(*), bool_and({held}) FROM file").fetchall() == [(1, True)]
        stated = "SELECT code, value FROM issue WHERE severity <> 'info'"
        assert connection.execute(stated).fetchall() == [("unreadable_date", "bald")]
        assert connection.execute("SELECT DISTINCT country FROM facility ORDER BY 1").fetchall() == [
            ("KH",),
            ("TH",),
            ("VN",),
        ]
