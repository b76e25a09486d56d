"""Text from elsewhere (labels, file names, messages of libraries), made safe to show and to type.

A label may hold a newline, an escape sequence of a terminal or a change of writing direction. Shown as it is, it
could fake a line, a table row or a colour.
"""

from __future__ import annotations

import os
import re
import shlex
import unicodedata

# Control, format (among them changes of writing direction), surrogate, line and paragraph separator.
CONTROLS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# What no XML may hold beside those.
NO_CHARACTERS = frozenset("\ufffe\uffff")
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def escape_controls(text: str) -> str:
    r"""Return `text` on one line, its control characters as a programmer would write them.

    Example:
        >>> print(escape_controls("3\n15 of 15 passed \x1b[2K\u202e"))
        3\n15 of 15 passed \x1b[2K\u202e
    """
    if text.isprintable():  # nearly always
        return text
    return "".join(_escape(character) if _is_control(character) else character for character in text)


def _is_control(character: str) -> bool:
    return character in NO_CHARACTERS or unicodedata.category(character) in CONTROLS


def _escape(character: str) -> str:
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    if 0xDC80 <= code <= 0xDCFF:  # how Python holds a byte of a file name that is no text
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escape_lines(text: str) -> str:
    r"""Return text of several lines, the control characters of each as a programmer would write them.

    Example:
        >>> escape_lines("one\ntwo\x1b[2K\n")
        'one\ntwo\\x1b[2K\n'
    """
    return "\n".join(map(escape_controls, text.split("\n")))


def quote_argument(argument: object) -> str:
    r"""Return one argument as a shell takes it, in a form that can be shown: control characters in `$'…'`.

    Example:
        >>> print(quote_argument("my model.onnx"), quote_argument("a\n'b"))
        'my model.onnx' $'a\n\'b'
    """
    text = str(argument)
    if not any(map(_is_control, text)):
        return shlex.quote(text)
    return f"$'{''.join(map(_quote, text))}'"


def _quote(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if _is_control(character):  # in bytes, which mean the same in every locale
        return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))
    return re.sub(r"(['\\])", r"\\\1", character)


def quote_command(*words: object) -> str:
    """Return a command to type, each word quoted for a shell where it must be.

    Example:
        >>> quote_command("edgemnist", "verify", "my model.onnx")
        "edgemnist verify 'my model.onnx'"
    """
    return " ".join(map(quote_argument, words))


def phrase_call(verb: str, *arguments: object, **parameters: object) -> str:
    """Return a call of edgemnist's own to type, in backquotes: a shell's user is shown it as a command.

    Example:
        >>> print(phrase_call("export", "my model.keras", format="c", quantize="int8"))
        `edgemnist.export('my model.keras', format='c', quantize='int8')`
    """
    words = [*map(_write_literal, arguments), *(f"{name}={_write_literal(it)}" for name, it in parameters.items())]
    return f"`edgemnist.{verb}({', '.join(words)})`"


def phrase_parameter(name: str, value: object) -> str:
    """Return a parameter with its value, in backquotes: a shell's user is shown it as an option.

    Example:
        >>> print(phrase_parameter("name", "../x"))
        `name='../x'`
    """
    return f"`{name}={_write_literal(value)}`"


def _write_literal(value: object) -> str:
    literal = value if isinstance(value, bool | int | float) else str(value)
    return repr(literal).replace("`", r"\x60")
