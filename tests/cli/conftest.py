"""The command line, called in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from harmonize.cli import main
from tests.cli.calling import QUICK, Command, Said
from tests.pipeline.worlds import deliver


@pytest.fixture
def harmonize(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in an empty folder."""
    deliver(tmp_path, {"quick.yml": QUICK})
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["harmonize", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Said(int(ended.value.code or 0), *capsys.readouterr())

    return call
