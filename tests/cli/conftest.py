"""What every test of the command line may ask for: the commands, called as a person calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harmonize.cli import main
from harmonize.crosswalk.language import Language
from harmonize.crosswalk.suggestions.indicators import IndicatorTexts
from harmonize.crosswalk.suggestions.wording import Wording
from tests.pipeline.worlds import deliver, known_once

QUICK = "registrars: [consent]\nexpectations: false\ndata_docs: false\nreport: false\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture(scope="session", autouse=True)
def _known_once() -> Iterator[None]:
    """Commands that are called with the same knowledge load it, and gather what it says of indicators, once."""
    gathered: list[tuple[Language, Wording, IndicatorTexts]] = []
    gather = IndicatorTexts.of

    def known(language: Language, wording: Wording) -> IndicatorTexts:
        for one in gathered:
            if one[:2] == (language, wording):
                return one[2]
        gathered.append((language, wording, gather(language, wording)))
        return gathered[-1][2]

    with known_once(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(IndicatorTexts, "of", known)
        yield


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


def sentence(said: Said) -> str:
    """The one line of a refusal."""
    lines = [line for line in said.err.splitlines() if line.strip()]
    assert said.code == 2, said
    assert said.out == ""
    assert len(lines) == 1, said.err
    assert lines[0].startswith("harmonize: ")
    return lines[0]
