"""Damage to texts: numbers, words and lines, statements of C, and values of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.damages.blocks import Operator

NUMBERS = (
    "0",
    "-1",
    "1",
    "255",
    "256",
    "2147483648",
    "-2147483649",
    "1" * 30,
    "9" * 5000,
    "1e999",
    "-1e308",
    "nan",
    "",
)
# What stands in for the number or the text after it in a JSON document.
RAW = ("NaN", "-Infinity", "1e999", "9" * 5000, "[" * 5000, "[" * 100_000, '{"a":' * 5000, "'", "")
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 7, 1 << 31, 1 << 63, 10**30, -(10**30), 0.5, 1e308, -1e-308, "", "\0", "x", "../x",
    "é" * 5000, "\x1b[2J", "\ud800", [], [[]], [None], {}, {"a": 1}, [0] * 5000, ["x"] * 5000,
)  # fmt: skip
# Lines that a damaged disk doesn't write, but a person does.
STATEMENTS = (
    "for (;;) {}", "while (1) {}", "__builtin_trap();", "*(volatile int *)0 = 0;", "return 12345;",
    "{ volatile char a[1 << 30]; a[0] = 1; a[sizeof a - 1] = 1; }", '#include "/dev/zero"', "#include __FILE__",
    "static char large[1ULL << 40] = {1};", "static char large[1 << 28] = {1};", '__asm__(".incbin \\"/dev/zero\\"");',
    "for (char *p; (p = __builtin_malloc(1 << 20));) __builtin_memset(p, 1, 1 << 20);", "#error", "/*", '"', "{", "}",
    "__builtin_exit(0);", "__builtin_abort();", "#define int", "#if 0",
)  # fmt: skip


def change_number(rng: Random, content: bytes) -> bytes:
    """A number in a text."""
    match = rng.choice(list(re.finditer(rb"-?\d+(?:\.\d+)?", content)))
    return content[: match.start()] + rng.choice(NUMBERS).encode() + content[match.end() :]


def change_digit(rng: Random, content: bytes) -> bytes:
    place = rng.choice([match.start() for match in re.finditer(rb"\d", content)])
    return content[:place] + str(rng.randrange(10)).encode() + content[place + 1 :]


def change_word(rng: Random, content: bytes) -> bytes:
    """A word in a text, by another one of it or by nothing."""
    words = list(re.finditer(rb"[A-Za-z_]\w*", content))
    match = rng.choice(words)
    return content[: match.start()] + rng.choice((b"", b"x", rng.choice(words)[0])) + content[match.end() :]


def change_lines(rng: Random, content: bytes) -> bytes:
    """A line is lost, comes twice, or changes places with another."""
    lines = content.splitlines(keepends=True)
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            del lines[first]
        case 1:
            lines.insert(second, lines[first])
        case _:
            lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


def insert_statement(rng: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    code = [index for index, line in enumerate(lines) if line.startswith((b"  ", b"static", b"int", b"void"))]
    lines.insert(rng.choice(code), rng.choice(STATEMENTS).encode() + b"\n")
    return b"".join(lines)


def change_json(rng: Random, content: bytes) -> bytes:
    """A value of a JSON document is another one, lost, or given another name."""
    document = json.loads(content)
    owner, key = rng.choice(list(_walk_json(document)))
    match rng.randrange(5):
        case 0:
            del owner[key]
        case 1 if isinstance(owner, dict):
            owner[rng.choice(("", "x", "../x", "\x1b[2J", "name"))] = owner.pop(key)
        case 2:
            owner[key] = "@@raw@@"
        case _:
            owner[key] = rng.choice(VALUES)
    return json.dumps(document).replace('"@@raw@@"', rng.choice(RAW)).encode()


def _walk_json(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in a document: its owner, and the key or index."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _walk_json(value[key])


def change_contract(rng: Random, content: bytes) -> bytes:
    """The contract in the comment of generated C."""
    match = re.search(rb"^ \* contract: (\{.*\})$", content, re.MULTILINE)
    return content[: match.start(1)] + change_json(rng, match[1]) + content[match.end(1) :]


TEXT: tuple[Operator, ...] = (change_number, change_digit, change_word, change_lines)
