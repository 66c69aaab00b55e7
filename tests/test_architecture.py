"""The laws of the house, read from its text: who may import whom, who may print, who may read the clock."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "harmonize"
STAGES = frozenset({"sources", "crosswalk", "identity", "assessments", "store", "quality", "sharing", "insight"})
MAY_IMPORT = {
    "errors": frozenset[str](),
    "database": frozenset[str](),
    "companion": frozenset({"errors"}),
    "collection": frozenset[str](),
    "free_memory": frozenset[str](),
    "workbooks": frozenset[str](),
    "phrasebook": frozenset[str](),
    "model": frozenset({"errors"}),
    "project": frozenset({"errors"}),
    "pictures": frozenset({"errors", "spoken_words", "yaml_text"}),
    "yaml_forms": frozenset({"errors", "yaml_text"}),
    "spoken_words": frozenset({"errors", "yaml_forms"}),
    "values": frozenset({"errors", "project", "yaml_text"}),
    "reading": frozenset({"model", "errors", "collection"}),
    **{
        stage: frozenset(
            {
                "model",
                "values",
                "reading",
                "project",
                "errors",
                "ledgers",
                "spoken_words",
                "yaml_forms",
                "yaml_text",
                "database",
                "companion",
                "collection",
                "free_memory",
                "pictures",
                "workbooks",
            }
        )
        for stage in STAGES
    },
}
"""Packages whose imports of our own are bound, besides themselves."""
DESK = frozenset({"identity", "assessments", "sharing", "crosswalk"})
"""The stages whose ledgers and files the steward's queue writes: it stands above them, and below the command line."""
MAY_IMPORT["review"] = MAY_IMPORT["insight"] | DESK | {"phrasebook"}
MAY_IMPORT["desk"] = frozenset({"review", "insight", "errors", "spoken_words", "yaml_forms"})
"""The steward's page stands on the queue; the command line hands it the rest."""
JOINERS = frozenset({"pipeline", "review", "desk", "cli"})
"""The only ones that know several stages."""
DRAWERS = frozenset({"util", "utils", "helper", "helpers", "misc", "common", "base"})
CLOCKS = frozenset(
    {
        "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
        "time.monotonic", "time.localtime", "time.gmtime", "time.strftime", "time.perf_counter",
    }
)  # fmt: skip
FILES = sorted(SOURCE.rglob("*.py"))
MODULES = [pytest.param(path, id=path.relative_to(SOURCE).as_posix()) for path in FILES]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _package(path: Path) -> str:
    """The part of the house that a module belongs to: a package, or the module itself at the top."""
    first, *rest = path.relative_to(SOURCE).parts
    return first if rest else Path(first).stem


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    """The absolute name of what an import names, relative ones included."""
    if not node.level:
        return node.module or ""
    folders = ("harmonize", *path.relative_to(SOURCE).parts[:-1])
    return ".".join([*folders[: len(folders) - node.level + 1], *filter(None, [node.module])])


def _imported(path: Path) -> Iterator[tuple[str, int]]:
    """Our own packages that a module imports, wherever in it, with the line."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(path, node)
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "harmonize" and len(parts) > 1:
                yield parts[1], node.lineno


def _dotted(node: ast.expr, origin: Mapping[str, str]) -> str:
    """The last two names of a reference, imports undone: `datetime.datetime.now` -> `datetime.now`."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        names.extend(reversed(origin.get(node.id, node.id).split(".")))
    return ".".join(reversed(names[:2]))


def _references(path: Path) -> Iterator[tuple[str, int]]:
    """Names that a module uses, the last two parts of each, whatever they were imported as."""
    tree = _tree(path)
    origin: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            origin |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            origin |= {alias.asname: alias.name for alias in node.names if alias.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            yield _dotted(node, origin), node.lineno


def test_there_is_a_source_to_judge() -> None:
    assert len(FILES) > 30
    assert {_package(path) for path in FILES} >= {"sources", "reading", "values", "model"}


@pytest.mark.parametrize("path", MODULES)
def test_imports_follow_the_layers(path: Path) -> None:
    package = _package(path)
    if package not in MAY_IMPORT:
        return
    allowed = MAY_IMPORT[package] | {package, "__version__"}
    wrong = [f"line {line}: harmonize.{name}" for name, line in _imported(path) if name not in allowed]
    assert not wrong, f"{package} may import only {', '.join(sorted(allowed))}"


@pytest.mark.parametrize("path", MODULES)
def test_only_the_joiners_know_several_stages(path: Path) -> None:
    package = _package(path)
    others = {name for name, _ in _imported(path)} & STAGES - {package}
    if package not in JOINERS:
        assert len(others) <= (0 if package in STAGES else 1)


@pytest.mark.parametrize("path", MODULES)
def test_nothing_below_imports_the_pipeline_or_the_command_line(path: Path) -> None:
    if _package(path) not in JOINERS:
        assert not {name for name, _ in _imported(path)} & JOINERS - ({"cli"} if path.name == "__main__.py" else set())


@pytest.mark.parametrize("path", MODULES)
def test_only_the_command_line_prints(path: Path) -> None:
    if _package(path) == "cli":
        return
    speech = {"print", "pprint.pprint", "sys.stdout", "sys.stderr", "stdout.write", "stderr.write"}
    assert not [f"line {line}: {name}" for name, line in _references(path) if name in speech]


@pytest.mark.parametrize("path", MODULES)
def test_only_the_command_line_reads_the_clock(path: Path) -> None:
    if _package(path) == "cli":
        return
    allowed = {"time.perf_counter"} if _package(path) == "pipeline" else set()
    assert not [f"line {line}: {name}" for name, line in _references(path) if name in CLOCKS - allowed]


@pytest.mark.parametrize("path", MODULES)
def test_no_module_is_a_drawer(path: Path) -> None:
    names = {part.removesuffix(".py").strip("_") for part in path.relative_to(SOURCE).parts}
    assert not names & DRAWERS


@pytest.mark.parametrize("path", MODULES)
def test_module_says_what_it_does(path: Path) -> None:
    docstring = ast.get_docstring(_tree(path))
    assert docstring
    assert re.search(r"[.:]$", docstring.splitlines()[0]), "the first line is a sentence"


@pytest.mark.parametrize("path", MODULES)
def test_public_functions_say_what_they_mean(path: Path) -> None:
    silent = [
        f"line {node.lineno}: {node.name}"
        for node in _tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


def _is_empty_container(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in {"dict", "list", "set"} and not value.args
    return (isinstance(value, ast.List) and not value.elts) or (isinstance(value, ast.Dict) and not value.keys)


@pytest.mark.parametrize("path", MODULES)
def test_nothing_global_changes(path: Path) -> None:
    """No module binds an empty list, dictionary or set that functions would fill, and none says `global`."""
    tree = _tree(path)
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)]
    bound = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    assert not [f"line {node.lineno}" for node in bound if _is_empty_container(node.value)]


@pytest.mark.parametrize("path", MODULES)
def test_nothing_of_this_machine_stands_in_the_source(path: Path) -> None:
    assert not re.search(r"/work/|/tmp/|/home/|/Users/", path.read_text(encoding="utf-8"))


def _module(path: Path) -> str:
    """The name of a module as others import it."""
    return ".".join(["harmonize", *path.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__")


def _named_modules(path: Path, known: Collection[str]) -> Iterator[str]:
    """The modules of our own that a module names at its top, those for types alone included."""
    for node in _at_the_top(_tree(path).body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(path, node)
            inner = [f"{module}.{alias.name}" for alias in node.names]
            yield from ([name for name in inner if name in known] or [module] * (module in known))


def _at_the_top(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield from _at_the_top(node.body) if isinstance(node, ast.If) else (node,)


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Also for types alone: what names each other is one thing, or a third module that both read."""
    known = {_module(path): path for path in FILES}
    graph = {name: {other for other in _named_modules(path, known) if other != name} for name, path in known.items()}
    try:
        order = [*TopologicalSorter(graph).static_order()]
    except CycleError as problem:
        pytest.fail(" -> ".join(problem.args[1]))
    assert len(order) == len(known)
    assert any(graph.values())


def test_every_folder_of_source_is_a_package_with_a_word_about_it() -> None:
    folders = {path.parent for path in FILES}
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]


def test_a_stage_that_is_new_is_known_here() -> None:
    """A folder of the house is bound by a rule above, joins the stages, or makes the demonstration."""
    assert {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"} <= {
        *MAY_IMPORT,
        *JOINERS,
        "demo",
        "shipped",
    }


def test_no_ledger_of_a_trial_is_kept() -> None:
    """Runs inside the checkout write ledgers; those of a trial would give other people's factories its ids."""
    if not (SOURCE.parents[1] / ".git").exists():
        pytest.skip("no checkout of git")
    said = subprocess.run(["git", "ls-files", "data/decisions"], cwd=SOURCE.parents[1], capture_output=True, check=True)
    kept = set(said.stdout.decode().split())
    assert kept == {"data/decisions/.gitattributes", "data/decisions/README.md"}
