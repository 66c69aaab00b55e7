"""`harmonize crosswalk suggest` as a steward calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import deliver

CODE = "Ref,Chapter,Question\n1.1,Pay,Salaries are paid on time.\n1.2,,OT stays within the legal limit.\n"


@pytest.fixture
def code(tmp_path: Path) -> Path:
    deliver(tmp_path, {"code.csv": CODE})
    return tmp_path / "code.csv"


def test_candidates_are_printed_with_probability_and_reason(harmonize: Command, code: Path) -> None:
    said = harmonize("crosswalk", "suggest", code, "--top", "3")
    assert said.code == 0, said
    head, *rows = [line.split("\t") for line in said.out.splitlines()]
    assert head == ["question", "rank", "indicator", "probability", "label", "why"]
    assert [(row[0], row[1]) for row in rows] == [(code, str(place)) for code in ("1.1", "1.2") for place in (1, 2, 3)]
    assert rows[0][2] == "labour.compensation.method_of_payment.on_time"
    assert 0 < float(rows[0][3]) < 1
    assert "salaries" in rows[0][5]


def test_drafts_are_written_and_the_lint_says_what_they_lack(harmonize: Command, code: Path, tmp_path: Path) -> None:
    drafted = ("crosswalk", "suggest", code, "--instrument", "lantern", "--edition", "2026", "-o", "mappings")
    said = harmonize(*drafted)
    assert said.code == 0, said
    assert sorted(path.name for path in (tmp_path / "mappings/lantern").iterdir()) == [
        "2026.candidates.tsv",
        "2026.rules.tsv",
        "2026.sssom.tsv",
    ]
    assert "text = 'Question'" in said.out
    linted = harmonize("crosswalk", "lint")
    assert linted.code == 1
    assert "2 of them drafts that wait for a person" in linted.out
    assert "stands here already" in sentence(harmonize(*drafted))


def test_a_question_without_a_candidate_needs_a_look(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path, {"odd.csv": "id,text\n1,Lorem ipsum\n"})
    said = harmonize("crosswalk", "suggest", "odd.csv")
    assert said.code == 1
    assert "nothing like it" in said.out


def test_rows_without_an_id_are_told(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path, {"odd.csv": "id,text\n,Wages are paid on time\n"})
    said = harmonize("crosswalk", "suggest", "odd.csv")
    assert (said.code, "row-1" in said.out, "have no id" in said.err) == (1, True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.csv",), "nowhere.csv: cannot be read"),
        (("code.csv", "--columns", "text=Wording"), "There are: Ref, Chapter, Question"),
        (("code.csv", "--also", "gap/none=code.csv"), "no crosswalk 'gap/none'"),
        (("code.csv", "--also", "gap/covc=code.csv"), "maps none of the 2 questions"),
        (("code.csv", "--instrument", "Bad", "--edition", "1", "-o", "x"), "'Bad' cannot name a folder"),
    ],
)
def test_what_cannot_be_done_is_onesentence(words: tuple[str, ...], said: str, harmonize: Command, code: Path) -> None:
    assert said in sentence(harmonize("crosswalk", "suggest", *words))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--columns", "wording=Question"), "fields are id, text, section, parent, language"),
        (("-o", "x"), "--instrument"),
        (("--also", "gap/covc"), "INSTRUMENT/EDITION=FILE"),
    ],
)
def test_wrong_options_are_told(words: tuple[str, ...], said: str, harmonize: Command, code: Path) -> None:
    told = harmonize("crosswalk", "suggest", code, *words)
    assert told.code == 2
    assert said in told.err


def test_a_comma_inside_a_header_parts_no_columns(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path, {"odd.tsv": "No\tWhat we ask, in short\n1\tWages are paid on time\n"})
    said = harmonize("crosswalk", "suggest", "odd.tsv", "--columns", "text=What we ask, in short, id=No", "--top", "1")
    assert said.code == 0, said
    assert said.out.splitlines()[1].startswith("1\t1\tlabour.compensation")
