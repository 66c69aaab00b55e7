"""Every sentence that the program can say to a person, read from its source: what a phrasebook must know.

A template is the literal text of an expression with `{0}`, `{1}`, ... where something is filled in. What is filled in
and is itself a text of the program (a choice of two, a helper's answer) is a template too, of kind `part`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

import typer

from harmonize.cli import app
from harmonize.cli.usage import SAID_BY_TYPER
from harmonize.phrasebook import is_vague
from harmonize.quality.suites import load_suites

__all__ = ["Said", "said_by_typer", "said_in", "said_in_expectations", "said_in_help", "said_in_source"]

SOURCE = Path("src/harmonize")
EXPECTATIONS = Path("pipelines/expectations")
SENTENCES = {
    "say": (0,),
    "complain": (0,),
    "BadParameter": (0,),
    "RefusedFile": (1, 2),
    "Issue": (3, 4),
    "Complaint": (1, 2),
    "Notice": (3, 4),
    "Reason": (1, 2),
    "Estimate": (3,),
    "Check": (),
}
"""Who is given what a person reads, and at which places."""
HINTS = frozenset({"hint", "message", "cure", "said", "words", "note"})
_DEEPEST = 4

Pieces: TypeAlias = tuple[str | None, ...]
Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One template.

    Attributes:
        kind: `message`, `part` (of a message), `heading` (title or column of a table), or `step` (of a run).
        text: the English, with numbered placeholders.
        place: file and line of the source.
    """

    kind: str
    text: str
    place: str = field(compare=False)


def said_in_source(source: Path = SOURCE) -> list[Said]:
    """What the whole program can say, each template once, at its first place."""
    modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(source.rglob("*.py"))}
    errors = _errors(list(modules.values()))
    program: dict[str, _Reader] = {}
    for path, module in modules.items():
        name = ".".join(path.relative_to(source.parent).with_suffix("").parts).removesuffix(".__init__")
        program[name] = _Reader(str(path), module, errors, program)
    return list(dict.fromkeys(said for reader in program.values() for said in reader.read()))


def said_in_help() -> list[Said]:
    """What the help pages of all commands say: kind `help`."""
    found = (
        Said("help", " ".join(paragraph.split()), f"harmonize {' '.join(path)} --help")
        for path, texts in _help_texts(typer.main.get_command(app), ())
        for text in texts
        for paragraph in text.split("\n\n")
    )
    return list(dict.fromkeys(said for said in found if _has_words((said.text,))))


def said_by_typer() -> list[Said]:
    """What Typer says of calls and on help pages."""
    return [Said(kind, text, "typer") for kind, texts in SAID_BY_TYPER.items() for text in texts]


def said_in_expectations(folder: Path = EXPECTATIONS) -> list[Said]:
    """What the expectations mean: a release that fails one is told so."""
    return [
        Said("message", stated.meaning, f"{suite.path}: {suite.table}")
        for suite in load_suites(sorted(folder.glob("*.yml")))
        for stated in suite.expectations
    ]


def _help_texts(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The texts of a command and of those below it."""
    of_params = [text for param in command.params for text in (param.help, param.show_default) if isinstance(text, str)]
    yield path, [text for text in (command.help, *of_params) if text]
    for name, child in getattr(command, "commands", {}).items():
        yield from _help_texts(child, (*path, name))


def said_in(program: str, *errors: str) -> list[Said]:
    """What one text of a program can say."""
    return _Reader("program", ast.parse(program), frozenset(errors), {}).read()


def _errors(modules: list[ast.Module]) -> frozenset[str]:
    """The names of the errors of the project, whoever they come from."""
    classes = [node for module in modules for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    known = {"HarmonizeError"}
    while True:
        more = {
            one.name for one in classes if any(isinstance(base, ast.Name) and base.id in known for base in one.bases)
        }
        if more <= known:
            return frozenset(known - {"RefusedFile"})
        known |= more


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _lines(pieces: Pieces) -> Iterator[Pieces]:
    """The lines of a text: each is said by itself."""
    line: list[str | None] = []
    for piece in pieces:
        first, *more = [None] if piece is None else piece.split("\n")
        line.append(first)
        for begun in more:
            yield tuple(line)
            line = [begun]
    yield tuple(line)


def _named(expression: ast.expr) -> str:
    """The name that an expression looks up, by itself or to call it."""
    if isinstance(expression, ast.Call):
        return _called(expression)
    return expression.id if isinstance(expression, ast.Name) else ""


def _numbered(pieces: Pieces) -> str:
    """Pieces as a template; braces of the text itself are doubled."""
    count = iter(range(len(pieces)))
    return "".join(
        f"{{{next(count)}}}" if piece is None else piece.replace("{", "{{").replace("}", "}}") for piece in pieces
    )


def _has_words(pieces: Pieces) -> bool:
    """Whether there are words to translate: a lone identifier (`cell_characters`) is none."""
    text = " ".join(piece for piece in pieces if piece is not None)
    return any(
        word.replace("-", "").isalpha() and len(word) > 1 for word in re.split(r"[^\w-]+", text) if "_" not in word
    )


class _Reader:
    """Reads one module; `program` holds the readers of all, by the names of their modules."""

    def __init__(self, name: str, module: ast.Module, errors: frozenset[str], program: dict[str, _Reader]) -> None:
        self._name = name
        self._program = program
        self._module = module
        self._errors = errors
        self._found: list[Said] = []
        self._within: dict[ast.AST, Definition] = {}
        self._functions: dict[str, Definition] = {}
        self._constants: dict[str, ast.expr] = {}
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._functions[node.name] = node
                self._within.update(dict.fromkeys(ast.walk(node), node))
        self._imported: dict[str, str] = {}
        for statement in module.body:
            self._constants.update(_assigned(statement))
            if isinstance(statement, ast.ImportFrom) and statement.module:
                self._imported.update({alias.name: statement.module for alias in statement.names})

    def _elsewhere(self, name: str) -> _Reader | None:
        """The module that a name was imported from, if it is one of ours."""
        return self._program.get(self._imported.get(name, ""))

    def read(self) -> list[Said]:
        for node in ast.walk(self._module):
            if isinstance(node, ast.Call):
                self._call(node)
        return self._found

    def _call(self, call: ast.Call) -> None:
        name = _called(call)
        places = SENTENCES.get(name, (0,) if name in self._errors else ())
        for place in places:
            if len(call.args) > place:
                self._tell("message", call.args[place], call)
        if places or name in SENTENCES:
            for keyword in call.keywords:
                if keyword.arg in HINTS:
                    self._tell("message", keyword.value, call)
        if name == "show_table" and call.args:
            self._tell("heading", call.args[0], call)
            for heading in self._listed(call.args[1], call):
                self._tell("heading", heading, call)
        if name == "stage" and call.args and isinstance(call.args[0], ast.Constant):
            self._tell("step", call.args[0], call)

    def _tell(self, kind: str, expression: ast.expr, where: ast.AST, depth: int = 0) -> None:
        for pieces in self._texts(expression, where, depth):
            for line in _lines(pieces):
                text = _numbered(line).strip()
                if _has_words(line) and not is_vague(text):
                    self._found.append(Said(kind, text, f"{self._name}:{expression.lineno}"))

    def _texts(self, expression: ast.expr, where: ast.AST, depth: int) -> list[Pieces]:
        """What an expression can say; what is unknown is one placeholder."""
        if depth > _DEEPEST:
            return [(None,)]
        match expression:
            case ast.Constant(value=str(text)):
                return [(text,)]
            case ast.JoinedStr(values=values):
                return [tuple(piece for value in values for piece in self._filled(value, where, depth))]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                both = product(self._texts(left, where, depth), self._texts(right, where, depth))
                return [one + other for one, other in both]
            case ast.IfExp(body=body, orelse=orelse):
                return self._texts(body, where, depth) + self._texts(orelse, where, depth)
            case ast.BoolOp(op=ast.Or(), values=values):
                return [pieces for value in values for pieces in self._texts(value, where, depth)]
            case ast.NamedExpr(value=value):
                return self._texts(value, where, depth)
        known = list(self._known(expression, where))
        if not known and (name := _named(expression)) and (other := self._elsewhere(name)):
            return other._texts(expression, expression, depth + 1)
        return [pieces for value, place in known for pieces in self._texts(value, place, depth + 1)] or [(None,)]

    def _filled(self, value: ast.expr, where: ast.AST, depth: int) -> Pieces:
        """A piece of an f-string: its text, or a placeholder whose own texts are told as parts."""
        if not isinstance(value, ast.FormattedValue):
            return self._texts(value, where, depth)[0]
        inner, spec = value.value, value.format_spec
        if isinstance(inner, ast.Constant):
            width = (
                spec.values[0].value
                if isinstance(spec, ast.JoinedStr) and isinstance(spec.values[0], ast.Constant)
                else ""
            )
            return (format(inner.value, str(width)),)
        if isinstance(inner, ast.Name) and isinstance(text := self._constants.get(inner.id), ast.Constant):
            return (str(text.value),)
        self._tell("part", inner, where, depth + 1)
        return (None,)

    def _known(self, expression: ast.expr, where: ast.AST) -> Iterator[tuple[ast.expr, ast.AST]]:
        """The expressions behind a name, a call or a lookup, each with the place where it stands."""
        function = self._within.get(where)
        match expression:
            case ast.Name(id=name):
                local = list(_assigned_in(function, name)) if function else []
                yield from ((value, function or where) for value in local)
                if function and not local and name in (names := _parameters(function)):
                    yield from self._given(function, name, names)
                elif not local and name in self._constants:
                    yield self._constants[name], where
            case ast.Call() if (called := self._functions.get(_called(expression))) is not None:
                for node in ast.walk(called):
                    if isinstance(node, ast.Return) and node.value is not None:
                        yield node.value, called
            case ast.Subscript(value=ast.Name(id=name)) if isinstance(held := self._constants.get(name), ast.Dict):
                yield from ((value, where) for value in held.values)

    def _given(self, function: Definition, name: str, names: list[str]) -> Iterator[tuple[ast.expr, ast.AST]]:
        """What the calls of a function in this module give as one of its parameters."""
        place = names.index(name)
        for node in ast.walk(self._module):
            if isinstance(node, ast.Call) and _called(node) == function.name:
                within = self._within.get(node, node)
                if place < len(node.args) and not isinstance(node.args[place], ast.Starred):
                    yield node.args[place], within
                yield from ((keyword.value, within) for keyword in node.keywords if keyword.arg == name)
        for argument, default in _defaults(function):
            if argument == name:
                yield default, function

    def _listed(self, expression: ast.expr, where: ast.AST, depth: int = 0) -> Iterator[ast.expr]:
        """The members of a list that is written down."""
        match expression:
            case ast.List(elts=members) | ast.Tuple(elts=members):
                for member in members:
                    if isinstance(member, ast.Starred):
                        yield from self._listed(member.value, where, depth)
                    else:
                        yield member
            case ast.GeneratorExp(elt=member) | ast.ListComp(elt=member):
                yield member
            case ast.Dict(keys=keys):
                yield from (key for key in keys if key is not None)
            case ast.IfExp(body=body, orelse=orelse):
                yield from self._listed(body, where, depth)
                yield from self._listed(orelse, where, depth)
            case ast.BinOp(left=left, right=right):
                yield from self._listed(left, where, depth)
                yield from self._listed(right, where, depth)
            case _ if depth <= _DEEPEST:
                known = list(self._known(expression, where))
                if not known and (name := _named(expression)) and (other := self._elsewhere(name)):
                    yield from other._listed(expression, expression, depth + 1)
                for value, place in known:
                    yield from self._listed(value, place, depth + 1)


def _assigned(statement: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that a statement gives a value, each with it."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, value
                elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                    for name, one in zip(target.elts, value.elts, strict=False):
                        if isinstance(name, ast.Name):
                            yield name.id, one
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value


def _assigned_in(function: Definition, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        yield from (value for known, value in _assigned(node) if known == name)


def _parameters(function: Definition) -> list[str]:
    """The names of the arguments as a caller counts them."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    keywords = [argument.arg for argument in function.args.kwonlyargs]
    return [name for name in names if name not in ("self", "cls")] + keywords


def _defaults(function: Definition) -> Iterator[tuple[str, ast.expr]]:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    if function.args.defaults:
        yield from zip(names[-len(function.args.defaults) :], function.args.defaults, strict=True)
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if default is not None:
            yield argument.arg, default
