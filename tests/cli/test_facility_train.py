"""`harmonize facilities train` as a person calls it: a model that the next command uses, and refusals in a sentence."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from tests.benchmarks.facility_lists import facility_list
from tests.cli.conftest import Command, sentence

SCHEMAS = Path(__file__).parents[2] / "schemas"
HEADER = ("country", "name_a", "address_a", "name_b", "address_b", "label")


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _invented(count: int) -> Iterable[Sequence[object]]:
    """Neighbours in a list that is in order of its factories; no record stands in two pairs."""
    records = facility_list(count, 5).sort("factory").rows(named=True)
    for one, other in zip(records[::2], records[1::2], strict=False):
        sides = (one["name"], one["address"], other["name"], other["address"])
        yield (one["country"], *sides, int(one["factory"] == other["factory"]))


def test_a_trained_model_is_used_by_the_next_command(harmonize: Command, tmp_path: Path) -> None:
    _write(tmp_path / "pairs.csv", [HEADER, *_invented(1600)])
    said = harmonize("facilities", "train", "--pairs", "pairs.csv", "-o", "schemas/identity/model.yml")
    assert said.code == 0, said
    assert "pairs.csv: area under the curve 0.9" in said.out
    report = (tmp_path / "schemas/identity/model.md").read_text(encoding="utf-8")
    assert "| pairs.csv | 800 |" in report
    _write(
        tmp_path / "asked.csv",
        [
            ("pair_id", *HEADER[:-1]),
            ("1", "VN", "Sao Mai", "1 Green Street, Hai Chau, Da Nang", "Sao May", "1 Green St, Da Nang City"),
        ],
    )
    assert harmonize("facilities", "score", "asked.csv", "-o", "with.csv").code == 0
    shutil.rmtree(tmp_path / "schemas")
    assert harmonize("facilities", "score", "asked.csv", "-o", "without.csv").code == 0
    assert (tmp_path / "with.csv").read_text() != (tmp_path / "without.csv").read_text()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        pytest.param((), "--pairs", id="nothing to learn from"),
        pytest.param(("--pairs", "none.csv"), "none.csv", id="no file"),
        pytest.param(("--pairs", "few.csv"), "100 each", id="too few pairs"),
        pytest.param(("--pairs", "few.csv=much"), "much", id="no weight"),
        pytest.param(("--pairs", "few.csv=2"), "'2'", id="a weight too large"),
        pytest.param(("--different", "few.csv=0.1"), "'name'", id="no list"),
        pytest.param(("--pairs", "list.csv"), "'name_a'", id="no pairs"),
        pytest.param(("--pairs", "odd.csv"), "odd.csv: row=2: the label 'perhaps'", id="no label"),
    ],
)
def test_train_refuses_with_a_sentence(harmonize: Command, tmp_path: Path, words: tuple[str, ...], named: str) -> None:
    _write(tmp_path / "few.csv", [HEADER, *list(_invented(40))])
    _write(tmp_path / "list.csv", [("name", "address", "country"), ("Sao Mai", "1 Green Street", "VN")])
    _write(tmp_path / "odd.csv", [HEADER, ("VN", "A", "1", "B", "2", 1), ("VN", "A", "1", "B", "2", "perhaps")])
    assert named in sentence(harmonize("facilities", "train", *words, "-o", "model.yml"))
    assert not (tmp_path / "model.yml").exists()


def test_pairs_are_read_from_any_table(harmonize: Command, tmp_path: Path) -> None:
    """A workbook with a title above its header, in capitals, and a column that nobody asked for."""
    rows = [(*row, "?") for row in _invented(1000)]
    with xlsxwriter.Workbook(str(tmp_path / "pairs.xlsx")) as workbook:
        sheet = workbook.add_worksheet()
        for at, row in enumerate([("Pairs of spring",), (*(name.upper() for name in HEADER), "REMARK"), *rows]):
            sheet.write_row(at, 0, row)
    _write(tmp_path / "pairs.csv", [HEADER, *(row[:-1] for row in rows)])
    for name in ("pairs.xlsx", "pairs.csv"):
        assert harmonize("facilities", "train", "--pairs", name, "-o", f"{name}.yml").code == 0
    of_workbook, of_text = (
        (tmp_path / f"{name}.yml").read_text(encoding="utf-8").replace(name, "") for name in ("pairs.xlsx", "pairs.csv")
    )
    assert of_workbook == of_text
