"""The data dictionary (`schemas/README.md`): every table and column of the contract, written from the contract itself.

A test holds the file to this text; `write_dictionary` brings it up to date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from inspect import cleandoc
from pathlib import Path
from typing import Any

import yaml

from harmonize.errors import ConfigurationError
from harmonize.model.contract import columns
from harmonize.model.tables import CONTRACT_VERSION, TABLES
from harmonize.store.datapackage import FOREIGN_KEYS, PRIMARY_KEYS
from harmonize.yaml_text import parse_yaml

__all__ = ["dictionary_markdown", "write_dictionary"]

_TEXT = Path(__file__).with_name("dictionary.md")
_ENUM = "ENUM ("


def dictionary_markdown(schemas: Path) -> str:
    """The data dictionary as Markdown.

    Args:
        schemas: the schemas folder, for the vocabularies; `mappings/` beside it has each instrument's own words.

    Raises:
        ConfigurationError: a vocabulary that cannot be read.
    """
    introduction, laws = _TEXT.read_text(encoding="utf-8").split("\n<!-- tables -->\n")
    parts = [
        introduction.replace("{contract_version}", CONTRACT_VERSION).strip(),
        "## Tables",
        *(_table_section(table) for table in TABLES),
        laws.strip(),
        *_vocabularies(schemas),
    ]
    return "\n\n".join(parts) + "\n"


def write_dictionary(schemas: Path) -> Path:
    """Write `README.md` in the schemas folder and return its path."""
    path = schemas / "README.md"
    path.write_text(dictionary_markdown(schemas), encoding="utf-8")
    return path


def _table_section(table: str) -> str:
    rows = [
        (f"`{name}`", _type(kind), "yes" if nullable else "", description)
        for name, kind, nullable, description in columns(table)
    ]
    lines = [f"### `{table}`", cleandoc(TABLES[table].__doc__ or "")]
    if table in PRIMARY_KEYS:
        lines.append("Key: " + ", ".join(f"`{name}`" for name in PRIMARY_KEYS[table]) + ".")
    leads = [f"`{column}` to `{other}`" for owner, column, other, _ in FOREIGN_KEYS if owner == table]
    if leads:
        lines.append("Leads on: " + ", ".join(leads) + ".")
    return "\n\n".join([*lines, _grid(("column", "type", "may be null", "meaning"), rows)])


def _type(kind: str) -> str:
    """A column type as an analyst reads it: closed sets as their words."""
    if not kind.startswith(_ENUM):
        return kind
    words = kind.removeprefix(_ENUM).removesuffix(")").replace("'", "`")
    return f"one of {words}"


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _vocabularies(schemas: Path) -> list[str]:
    states = _read(schemas / "language" / "states.yml")
    severities = _read(schemas / "severities.yml")
    profiles = {path.parent.name: _read(path) for path in sorted(schemas.parent.glob("mappings/*/source.yml"))}
    native = {name: profile.get("severities", {}) for name, profile in profiles.items()}
    scales = _read(schemas / "scales.yml")["scales"]
    return [
        "### Answer states",
        _grid(
            ("state", "English", "Vietnamese", "meaning"),
            [
                (f"`{state['id']}`", state["labels"]["en"], state["labels"]["vi"], state["definition"])
                for state in states
            ],
        ),
        "### Severities",
        _grid(
            ("severity", "English", "Vietnamese", "native words"),
            [
                (f"`{word}`", labels["en"], labels["vi"], _native_words(native, word))
                for word, labels in severities["labels"].items()
            ],
        ),
        "### Answer scales",
        _grid(
            ("scale", "what it reads", "words", "any other word"),
            [
                (f"`{name}`", scale["labels"]["en"], _pairs(scale["words"]), f"`{scale['otherwise']}`")
                for name, scale in scales.items()
            ],
        ),
    ]


def _pairs(words: Mapping[str, str]) -> str:
    return ", ".join(f"{word}: `{state}`" for word, state in words.items())


def _native_words(instruments: Mapping[str, Mapping[str, str]], severity: str) -> str:
    """Words of every instrument that mean this severity."""
    found = {
        instrument: [word for word, common in words.items() if common == severity]
        for instrument, words in instruments.items()
    }
    return "; ".join(f"{instrument}: {', '.join(words)}" for instrument, words in found.items() if words)


def _read(path: Path) -> Any:
    try:
        return parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as problem:
        raise ConfigurationError(f"{path}: cannot be read: {problem}.") from problem
