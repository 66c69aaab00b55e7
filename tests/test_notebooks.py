"""The notebooks for analysts run from top to bottom, offline, on the folder of an invented audience."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.pipeline.worlds import ROOT
from tests.queries import BUYER, audience_folder

NOTEBOOKS = sorted((ROOT / "data" / "notebooks").glob("*.ipynb"))


def _cells(path: Path) -> list[str]:
    """The code of a notebook, cell by cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _offline(*_: object) -> NoReturn:
    raise AssertionError("a notebook reaches for the network")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What stands in the notebook's names when it has run."""
    monkeypatch.setenv("HARMONIZE_AUDIENCE", str(audience_folder()))
    monkeypatch.setattr(socket.socket, "connect", _offline)
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, code in enumerate(_cells(ROOT / "data" / "notebooks" / "audience.ipynb"), start=1):
        exec(compile(code, f"cell {number}", "exec"), names)  # noqa: S102 - our own notebook
    return names


def test_the_notebook_says_what_the_file_says(told: dict[str, Any]) -> None:
    assert told["manifest"]["audience"] == BUYER
    tables = told["manifest"]["tables"]
    assert len(told["facilities"]) == tables["facility"]["rows"] == told["by_country"]["factories"].sum()
    assert len(told["findings"]) == tables["finding"]["rows"] == told["by_country"]["findings"].sum()
    assert told["by_instrument"]["assessments"].sum() == told["assessments"]["published"].sum() > 0
    assert 0 < told["states"]["len"].sum() <= tables["answer"]["rows"]
    assert len(told["overdue"]) > 0
    assert told["electricity"]["factories"].sum() == len(told["trend"]) > 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_output(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert [cell for cell in content["cells"] if cell.get("outputs") or cell.get("execution_count")] == []
