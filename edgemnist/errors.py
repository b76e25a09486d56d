"""Every error that edgemnist raises on purpose.

    EdgeMnistError            the root: a message, and a hint that says what to type next
    ├── UsageError            parameters that are out of range or contradict each other
    ├── DataError             a data set or an image that can't be read, or is of another size
    ├── ModelError            a file that is no usable classifier: missing, damaged, foreign, unsafe
    │   └── RuntimeCrash      a file that took its runtime down
    ├── ExportError           a form that can't be written from this model, or that came out broken
    ├── SourceMissing         a file whose source's answers can't be found
    ├── NotInstalled          what a step needs and this machine hasn't
    │   ├── PackageMissing    a Python package
    │   └── ToolMissing       a program, or what a registry has for it
    └── WriteError            a file or a folder that can't be written

The command line catches the root in one place, prints both lines and exits with 2; in JSON, `kind` is the class's name
as `name_kind` spells it. A model that *disagrees* is no error but a result: see `edgemnist.comparison`.
"""

from __future__ import annotations

import re


def take_first_line(error: BaseException, most: int = 300) -> str:
    """Return the first line of a library's message that says anything, cut to `most` letters.

    Example:
        >>> take_first_line(ValueError("  no such layer\\n  traceback ..."))
        'no such layer'
        >>> take_first_line(KeyError())
        'KeyError'
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[0][:most]


def take_last_lines(text: str, most: int = 300) -> str:
    """Return the last three lines that a program said, on one line, cut to `most` letters.

    Example:
        >>> take_last_lines("a\\nb\\n\\n c\\nd")
        'c; d'
    """
    return "; ".join(line.strip() for line in text.splitlines()[-3:] if line.strip())[:most]


class EdgeMnistError(Exception):
    """What went wrong, and what to type.

    Args:
        message: one sentence that names the thing, what was expected and what was found.
        hint: what to type or change next; empty if there is nothing to add.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(EdgeMnistError):
    """Parameters that are out of range or contradict each other."""


class DataError(EdgeMnistError):
    """A data set or an image that can't be read, or is of another size."""


class ModelError(EdgeMnistError):
    """A file that is no usable classifier: missing, damaged, foreign or unsafe."""


class RuntimeCrash(ModelError):
    """A file that took down the runtime that opened it."""


class ExportError(EdgeMnistError):
    """A form that can't be written from this model, or a conversion that came out broken."""


class SourceMissing(EdgeMnistError):
    """A file whose contract names a source whose answers can't be found."""


class NotInstalled(EdgeMnistError):
    """What a step needs and this machine hasn't; the hint is the line that installs it."""


class PackageMissing(NotInstalled):
    """A Python package that this step needs and that isn't installed."""


class ToolMissing(NotInstalled):
    """A program that isn't installed, or can't be fetched or built: a compiler, an emulator, what a registry has."""


class WriteError(EdgeMnistError):
    """A file or a folder that can't be written."""


# Errors that aren't of edgemnist's own tree.
_KINDS: dict[type[BaseException], str] = {
    EdgeMnistError: "general",
    OSError: "system",
    MemoryError: "memory",
    KeyboardInterrupt: "interrupted",
}


def name_kind(kind: type[BaseException]) -> str:
    """Return the name that JSON has for a class of errors: it stays the same from version to version.

    Example:
        >>> name_kind(ModelError), name_kind(RuntimeCrash), name_kind(FileNotFoundError)
        ('model', 'runtime_crash', 'system')
    """
    if kind is not EdgeMnistError and issubclass(kind, EdgeMnistError):
        return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__.removesuffix("Error")).lower()
    return next((name for foreign, name in _KINDS.items() if issubclass(kind, foreign)), "internal")


def record_error(error: BaseException) -> dict[str, str]:
    """Return an error as JSON has it: its kind, what went wrong, and what to type."""
    return {"kind": name_kind(type(error)), "message": phrase_error(error), "hint": getattr(error, "hint", "")}


def phrase_error(error: BaseException) -> str:
    """Return what went wrong, in one sentence.

    Example:
        >>> phrase_error(FileNotFoundError(2, "No such file or directory", "model.onnx"))
        'model.onnx: No such file or directory'
    """
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or ("not enough memory" if isinstance(error, MemoryError) else type(error).__name__)
