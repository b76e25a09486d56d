"""Code that is written: names, strings, numbers and tables of C, strings of Kotlin, and templates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The width of a line of numbers.
WIDTH = 118
# Bytes that stand for themselves in C: no quote, no backslash, and no question mark, which might begin a trigraph.
PLAIN = set(range(32, 127)) - set(b'"\\?')
# What stands in a template for a value.
PLACE = re.compile(r"@\{(\w+)\}")
C_TYPES = {
    "int8": "int8_t", "uint8": "uint8_t", "int16": "int16_t", "uint16": "uint16_t", "int32": "int32_t",
    "float32": "float",
}  # fmt: skip


def name_prefix(stem: str) -> str:
    """Return what the names in a file's C begin with: an identifier.

    Example:
        >>> name_prefix("model_int8"), name_prefix("7 best-of")
        ('model_int8', 'model_7_best_of')
    """
    name = re.sub(r"[^A-Za-z0-9_]", "_", stem)
    return name if re.match("[A-Za-z]", name) else f"model_{name}"


def make_plain_name(name: str) -> str:
    """Return a file's name as every compiler, build tool and archive takes it: letters and digits of ASCII, . _ and -.

    Example:
        >>> make_plain_name("größe_1.tflite"), make_plain_name("7 café.onnx"), make_plain_name("数字.c")
        ('grosse_1.tflite', '7_cafe.onnx', '__.c')
    """
    letters = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    return re.sub(r"[^A-Za-z0-9._-]", "_", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def escape_comment(document: str) -> str:
    r"""Return a JSON document in which no comment begins or ends: with its slashes spelled out.

    Example:
        >>> print(escape_comment('["*/"]'))
        ["*\u002f"]
    """
    return document.replace("/", r"\u002f")


def format_float(value: float) -> str:
    """Return a float32 as a compiler reads it back exactly.

    Example:
        >>> format_float(np.float32(0.1)), format_float(np.float32(-3))
        ('0.100000001f', '-3.0f')
    """
    text = f"{float(value):.9g}"
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


def tabulate(name: str, values: NDArray[Any]) -> str:
    """Return a constant table of whole numbers or float32 values, in as few lines as fit.

    Example:
        >>> print(tabulate("bias", np.array([1, -2], np.int32)))
        static const int32_t bias[2] = {
        1,-2
        };
    """
    numbers = values.ravel().tolist()
    text = ",".join(map(format_float, numbers) if values.dtype == np.float32 else map(str, numbers))
    body = "\n".join(fold(text, WIDTH))
    return f"static const {C_TYPES[values.dtype.name]} {name}[{values.size}] = {{\n{body}\n}};"


def fold(text: str, width: int) -> Iterator[str]:
    """Break a list at its commas into lines. (textwrap takes a minute for half a million numbers.)

    Example:
        >>> list(fold("1,22,333", 5))
        ['1,22,', '333']
    """
    start = 0
    while len(text) - start > width:
        stop = text.rindex(",", start, start + width) + 1
        yield text[start:stop]
        start = stop
    yield text[start:]


def quote_c(text: str) -> str:
    r"""Write a text as a string literal of C, in UTF-8: bytes that are not plain ASCII as octal escapes.

    Example:
        >>> print(quote_c('a"é?'))
        "a\042\303\251\077"
    """
    return '"' + "".join(chr(byte) if byte in PLAIN else f"\\{byte:03o}" for byte in text.encode()) + '"'


def quote_kotlin(text: str) -> str:
    r"""Write a text as a string literal of Kotlin, where a dollar sign would begin a template.

    Example:
        >>> print(quote_kotlin('$a"\n'))
        "\$a\"\u000a"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return '"' + "".join(letter if letter >= " " else f"\\u{ord(letter):04x}" for letter in escaped) + '"'


def fill(text: str, values: dict[str, str]) -> str:
    """Put values into a template, in which `@{name}` stands for one.

    Example:
        >>> fill("int @{prefix}_classify();", {"prefix": "small"})
        'int small_classify();'
    """
    return PLACE.sub(lambda match: values[match[1]], text)
