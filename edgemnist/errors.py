"""Every error that edgemnist raises on purpose.

    EdgeMnistError            the root: a message, and a hint that says what to type next
    ├── DataError             a data set or an image that can't be read as 28 × 28 pixels
    ├── ModelError            a file that is no usable classifier: missing, damaged, foreign, unsafe
    │   └── RuntimeCrash      a file that took its runtime down
    ├── ExportError           a form that can't be written from this model, or that came out broken
    ├── SourceMissing         a file whose source's answers can't be found
    ├── PackageMissing        a Python package that isn't installed
    └── WriteError            a file or a folder that can't be written

The command line catches the root in one place, prints both lines and exits with 2. A model that
*disagrees* is no error but a result: see `edgemnist.comparison`.
"""

from __future__ import annotations


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


def take_last_lines(words: str, most: int = 300) -> str:
    """Return the last three lines that a program said, on one line, cut to `most` letters.

    Example:
        >>> take_last_lines("a\\nb\\n\\n c\\nd")
        'c; d'
    """
    return "; ".join(line.strip() for line in words.splitlines()[-3:] if line.strip())[:most]


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


class DataError(EdgeMnistError):
    """A data set or an image that can't be read as 28 × 28 pixels with labels."""


class ModelError(EdgeMnistError):
    """A file that is no usable classifier: missing, damaged, foreign or unsafe."""


class RuntimeCrash(ModelError):
    """A file that took down the runtime that opened it."""


class ExportError(EdgeMnistError):
    """A form that can't be written from this model, or a conversion that came out broken."""


class SourceMissing(EdgeMnistError):
    """A file whose contract names a source whose answers can't be found."""


class PackageMissing(EdgeMnistError):
    """A Python package that this step needs and that isn't installed."""


class WriteError(EdgeMnistError):
    """A file or a folder that can't be written."""
