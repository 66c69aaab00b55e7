from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest

from harmonize.crosswalk.mapping import PREDICATES, RULE_COLUMNS, SSSOM_COLUMNS
from harmonize.errors import ConfigurationError
from harmonize.model import tables
from harmonize.model.contract import columns
from harmonize.model.tables import TABLES
from harmonize.sources.profile import BlockPart, Layout, Profile, Rights, TablePart
from harmonize.store.dictionary import dictionary_markdown, write_dictionary

SCHEMAS = Path("schemas")


def test_the_shipped_dictionary_is_up_to_date() -> None:
    assert (SCHEMAS / "README.md").read_text(encoding="utf-8") == dictionary_markdown(SCHEMAS), (
        'run: python -c "from pathlib import Path; from harmonize.store.dictionary import write_dictionary; '
        "write_dictionary(Path('schemas'))\""
    )


def test_every_table_and_column_is_explained() -> None:
    text = dictionary_markdown(SCHEMAS)
    for table in TABLES:
        section = text.split(f"### `{table}`\n")[1].split("\n### ")[0]
        for name, _, nullable, description in columns(table):
            (row,) = re.findall(rf"^\| `{name}` \|.*$", section, re.MULTILINE)
            assert description
            assert description.replace("|", "\\|") in row
            assert (" | yes | " in row) is nullable


@pytest.mark.parametrize(
    "words",
    [tables.AnswerState, tables.CommonSeverity, tables.CopyRelation, tables.LinkMethod, tables.FileStatus,
     tables.Verification, tables.FindingStatus],
    ids=["state", "severity", "copy", "link", "file", "verification", "finding"],
)  # fmt: skip
def test_every_word_of_a_closed_set_has_a_meaning(words: object) -> None:
    vocabularies = dictionary_markdown(SCHEMAS).split("\n## Vocabularies\n")[1]
    for word in get_args(words):
        assert re.search(rf"^\| `{word}` \| .{{3,}}", vocabularies, re.MULTILINE), word


def test_every_row_of_a_grid_has_as_many_cells_as_its_head() -> None:
    cells = 0
    for line in dictionary_markdown(SCHEMAS).splitlines():
        count = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert count == cells or 0 in (count, cells), line
        cells = count


def test_it_is_written_where_it_belongs(tmp_path: Path) -> None:
    schemas = tmp_path / "schemas"
    shutil.copytree("mappings", tmp_path / "mappings")
    for name in ("language/states.yml", "severities.yml", "scales.yml"):
        (schemas / name).parent.mkdir(parents=True, exist_ok=True)
        (schemas / name).write_text((SCHEMAS / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert write_dictionary(schemas).read_text(encoding="utf-8") == dictionary_markdown(SCHEMAS)


def test_a_missing_vocabulary_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"states\.yml"):
        dictionary_markdown(tmp_path)


def test_the_steward_page_names_every_column_and_field() -> None:
    text = Path("mappings/README.md").read_text(encoding="utf-8")
    models = (Profile, Layout, Rights, TablePart, BlockPart)
    words = {
        *SSSOM_COLUMNS,
        *RULE_COLUMNS,
        *PREDICATES,
        *(name for model in models for name in model.model_fields),
    }
    assert [word for word in sorted(words) if f"`{word}`" not in text and f"`{word}: " not in text] == []
