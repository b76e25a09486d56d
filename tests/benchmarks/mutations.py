"""Mutants of a module: each place in its syntax tree where an operator applies, as a replacement in its text."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd,
}  # fmt: skip
# Arguments that say something to people, or that only make a mistake of ours show.
SILENT = ("hint", "help", "strict", "repr", "summary", "title", "indent")
# What a library does by itself where it isn't told: to say it is for readers.
DEFAULTS = (("allow_pickle", "False"), ("check", "False"))
# Functions whose result is for a developer's eyes.
UNSEEN = ("__repr__", "__str__", "__dir__")


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    Args:
        path: of the file, relative to the root.
        line: where the change begins, from 1.
        first, last: the lines of its statement, one of which has run where the change has.
        operator: what kind of change it is.
        start, end: the bytes that are replaced.
        text: by what.
        key: the same wherever the line has moved to in its file.
        imported: it is of what runs when the module is imported.
    """

    path: str
    line: int
    first: int
    last: int
    operator: str
    start: int
    end: int
    text: str
    key: str
    imported: bool

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"

    def apply(self, content: bytes) -> bytes:
        return content[: self.start] + self.text.encode() + content[self.end :]

    def is_python(self, root: Path) -> bool:
        try:
            ast.parse(self.apply((root / self.path).read_bytes()))
        except SyntaxError:
            return False
        return True


def list_mutants(root: Path, path: Path) -> list[Mutant]:
    """Return all mutants of a file, in the order of its text. A few may not be Python."""
    content = (root / path).read_bytes()
    starts = [0]
    for line in content.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree = ast.parse(content)
    inside = {id(node) for node in _list_called(tree)}
    simple = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    statements: dict[int, Any] = {id(node): statement for statement in simple for node in ast.walk(statement)}
    found, counts = [], Counter[str]()
    for node, operator, text in _walk(tree):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        if content[start:end] != text.encode():
            said = repr((str(path), operator, content[starts[node.lineno - 1] : end].strip(), content[start:end], text))
            counts[said] += 1
            key = hashlib.sha256(f"{said} {counts[said]}".encode()).hexdigest()[:16]
            around = statements.get(id(node), node)
            lines = (node.lineno, around.lineno, around.end_lineno)
            found.append(Mutant(str(path), *lines, operator, start, end, text, key, id(node) not in inside))
    return sorted(found, key=lambda one: (one.start, one.end, one.text))


def _list_called(tree: ast.AST) -> Iterator[ast.AST]:
    """What runs when a function is called, not when its module is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in node.body:
                yield from ast.walk(statement)
        elif isinstance(node, ast.Lambda):
            yield from ast.walk(node.body)


def _walk(node: ast.AST) -> Iterator[tuple[Any, str, str]]:
    """Each node that can be changed, with the name of the change and what to write instead."""
    if isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom) or _is_for_types(node):
        return
    if isinstance(node, ast.FunctionDef) and node.name in UNSEEN:
        return
    yield from _mutate(node)
    if isinstance(node, ast.Raise):  # it can be left out; what it says is for people
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):  # -1: its sign says enough
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "op", "ops", "ctx", "type_comment"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (isinstance(child, ast.keyword) and child.arg in SILENT):
                yield from _walk(child)


def _is_for_types(node: ast.AST) -> bool:
    """True for aliases of types, for what only a type checker reads, and for documentation."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.Subscript):
        return ast.unparse(node.value) in ("Literal", "dict", "tuple", "list", "Callable", "NDArray")
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _mutate(node: ast.AST) -> Iterator[tuple[Any, str, str]]:
    for kind, mutate in OPERATORS.items():
        if isinstance(node, kind):
            yield from ((node, name, text) for name, text in mutate(node))
    yield from _mutate_condition(node)
    if _can_be_left_out(node):
        yield node, "statement left out", "pass"


def _mutate_comparison(node: ast.Compare) -> Iterator[tuple[str, str]]:
    for index, operator in enumerate(node.ops):
        other = COMPARISONS[type(operator)]()
        yield "comparison", _rewrite(node, "ops", [*node.ops[:index], other, *node.ops[index + 1 :]])


def _mutate_arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[tuple[str, str]]:
    if type(node.op) in ARITHMETIC:
        yield "arithmetic", _rewrite(node, "op", ARITHMETIC[type(node.op)]())


def _mutate_boolean(node: ast.BoolOp) -> Iterator[tuple[str, str]]:
    yield "boolean", _rewrite(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _mutate_sign(node: ast.UnaryOp) -> Iterator[tuple[str, str]]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield "boolean" if isinstance(node.op, ast.Not) else "sign", _write(node.operand)


def _mutate_constant(node: ast.Constant) -> Iterator[tuple[str, str]]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", str(not value)
    elif isinstance(value, int | float):
        yield "constant", repr(value + 1)
    elif isinstance(value, str) and not any(character.isspace() for character in value):
        yield "constant", repr(f"{value}XX")


def _mutate_return(node: ast.Return) -> Iterator[tuple[str, str]]:
    false = isinstance(node.value, ast.Constant) and not node.value.value  # None does what it does
    if node.value is not None and not false:
        yield "return value", "return None"


def _mutate_call(node: ast.Call) -> Iterator[tuple[str, str]]:
    for index, keyword in enumerate(node.keywords):
        said = (keyword.arg, ast.unparse(keyword.value))
        if keyword.arg is not None and keyword.arg not in SILENT and said not in DEFAULTS:
            rest = node.keywords[:index] + node.keywords[index + 1 :]
            yield f"argument {keyword.arg} left out", _rewrite(node, "keywords", rest)


OPERATORS: dict[Any, Callable[[Any], Iterator[tuple[str, str]]]] = {
    ast.Compare: _mutate_comparison,
    ast.BinOp | ast.AugAssign: _mutate_arithmetic,
    ast.BoolOp: _mutate_boolean,
    ast.UnaryOp: _mutate_sign,
    ast.Constant: _mutate_constant,
    ast.Return: _mutate_return,
    ast.Call: _mutate_call,
}


def _mutate_condition(node: ast.AST) -> Iterator[tuple[Any, str, str]]:
    if isinstance(node, ast.If | ast.IfExp):
        yield node.test, "condition", f"(not {_write(node.test)})"
    elif isinstance(node, ast.comprehension):
        yield from ((test, "condition", "True") for test in node.ifs)


def _can_be_left_out(node: ast.AST) -> bool:
    """True for statements that do something and name nothing that others need."""
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant | ast.Yield | ast.YieldFrom)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete)


def _rewrite(node: ast.AST, name: str, value: Any) -> str:
    changed = copy.copy(node)
    setattr(changed, name, value)
    return _write(changed)


def _write(node: ast.AST) -> str:
    """The text of a node, in parentheses where another operator could take a part of it."""
    text = ast.unparse(node)
    return text if isinstance(node, ast.stmt | ast.Name | ast.Constant | ast.Call | ast.Attribute) else f"({text})"
