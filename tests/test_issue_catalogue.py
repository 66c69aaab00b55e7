"""The issue catalogue and the code agree: what can be raised has cause, fate and cure, and nothing else has."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

SOURCE = Path("src/harmonize")
CATALOGUE = Path("schemas/issues.yml")

CODE_ARGUMENT = {
    "Issue": 1,
    "Notice": 1,
    "RefusedFile": 0,
    "_withhold": 2,
    "_withheld": 2,
    "word": 2,
    "number": 3,
}
"""Functions that take an issue code, and where it stands among their positional arguments."""

SQL_CODES = (
    re.compile(r"'([a-z_]+)'\s+AS\s+(?:code|problem)\b", re.IGNORECASE),
    re.compile(r"(?<!\()'([a-z_]+)'\s*,\s*'(?:info|warning|error)'"),
)
SQL_CASES = re.compile(r"\bCASE\b((?:(?!\bCASE\b).)*?)\bEND\s+AS\s+(?:code|problem)\b", re.IGNORECASE | re.DOTALL)
SQL_RESULTS = re.compile(r"\b(?:THEN|ELSE)\s+'([a-z_]+)'", re.IGNORECASE)


def _sources(pattern: str) -> Iterator[Path]:
    """Program files; the demo plants faults under our codes but raises none; reasons of empty cells are no issues."""
    return (path for path in sorted(SOURCE.rglob(pattern)) if not {"demo", "provenance"} & set(path.parts))


def _literals(argument: ast.expr) -> Iterator[str]:
    """Texts that an argument can be: a literal, or either side of a conditional expression."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _literals(argument.body)
        yield from _literals(argument.orelse)


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _codes_of_call(call: ast.Call) -> Iterator[str]:
    place = CODE_ARGUMENT.get(_called(call))
    if place is not None and len(call.args) > place:
        yield from _literals(call.args[place])
    elif place is not None:
        for keyword in call.keywords:
            if keyword.arg == "code":
                yield from _literals(keyword.value)


def _codes_of_sql(text: str) -> Iterator[str]:
    for pattern in SQL_CODES:
        yield from pattern.findall(text)
    for case in SQL_CASES.findall(text):
        yield from SQL_RESULTS.findall(case)


def _raised() -> dict[str, set[str]]:
    """Every code that the program can raise, and the files that do."""
    found: dict[str, set[str]] = {}
    for path in _sources("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            codes: list[str] = []
            if isinstance(node, ast.Call):
                codes = list(_codes_of_call(node))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "SELECT" in node.value:
                codes = list(_codes_of_sql(node.value))
            for code in codes:
                found.setdefault(code, set()).add(str(path))
    for path in _sources("*.sql"):
        for code in _codes_of_sql(path.read_text(encoding="utf-8")):
            found.setdefault(code, set()).add(str(path))
    return found


def _catalogue() -> list[dict[str, Any]]:
    entries = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    assert isinstance(entries, list)
    return entries


def test_every_code_that_is_raised_stands_in_the_catalogue() -> None:
    listed = {entry["code"] for entry in _catalogue()}
    assert {code: sorted(files) for code, files in _raised().items() if code not in listed} == {}


def test_every_code_in_the_catalogue_is_raised() -> None:
    raised = _raised()
    assert [entry["code"] for entry in _catalogue() if entry["code"] not in raised] == []


def test_codes_are_listed_once_and_in_order() -> None:
    codes = [str(entry["code"]) for entry in _catalogue()]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("entry", _catalogue(), ids=lambda entry: str(entry["code"]))
def test_an_entry_is_complete(entry: dict[str, Any]) -> None:
    assert set(entry) == {"code", "severity", "cause", "became", "cure"}
    assert entry["severity"] in ("info", "warning", "error")
    for part in (entry["cause"], entry["became"], entry["cure"]):
        assert set(part) == {"en", "vi"}
        for sentence in part.values():
            assert sentence.endswith(".")
            assert unicodedata.is_normalized("NFC", sentence)
        assert part["en"] != part["vi"]


def test_refusals_are_errors_and_they_alone() -> None:
    refusals = {
        code
        for path in _sources("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _called(node) == "RefusedFile"
        for code in _codes_of_call(node)
    }
    assert refusals == {entry["code"] for entry in _catalogue() if entry["severity"] == "error"}


@pytest.mark.parametrize(
    ("program", "codes"),
    [
        ("Issue(place, 'a_b', value, text)", ["a_b"]),
        ("Issue(locator=place, code='a_b')", ["a_b"]),
        ("Issue(place, 'a' if same else 'b', value)", ["a", "b"]),
        ("raise RefusedFile('broken', text)", ["broken"]),
        ("record.word('severity', known, 'unknown_severity', staged)", ["unknown_severity"]),
        ("record.number('workers', style, staged, 'bad_workers', 0, 9)", ["bad_workers"]),
        ("Issue(place, code, value)", []),
        ("other(place, 'a_b')", []),
    ],
)
def test_codes_are_found_in_calls(program: str, codes: list[str]) -> None:
    calls = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call)]
    assert [code for call in calls for code in _codes_of_call(call)] == codes


def test_codes_are_found_in_sql() -> None:
    text = (
        "SELECT 'a' AS code, 'e', 'warning', 'f' AS other, "
        "CASE x WHEN 'no' THEN 'b_c' ELSE 'd' END AS problem WHERE s IN ('warning', 'error')"
    )
    assert sorted(_codes_of_sql(text)) == ["a", "b_c", "d", "e"]
