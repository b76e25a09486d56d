"""What is read of a model file that may come from anywhere, without running it: in a child process with limits.

Both sides: the parent asks once, and reads the answer like a file, since the child may have been taken over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from edgemnist.errors import ModelError, RuntimeCrash
from edgemnist.formats import ModelFile
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations

HINT = "it is damaged or malicious: export it again"
# What an answer that no healthy child gives makes its reader raise.
MISREAD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
Found = TypeVar("Found")


def read_apart(
    file: ModelFile, module: str, read: Callable[[Message], Found], limits: Limits, *, crash: str, most_bytes: int = 0
) -> Found:
    """Let a child process read something of a file, and return what it is.

    Args:
        file: Model file.
        module: Module whose function `serve` gives the operations of the child's side, as `give_reading` makes them.
        read: Reads the child's answer.
        limits: Time, memory and files that the child may use.
        crash: What to say of the child's death, such as "the file crashed the reader of layers".
        most_bytes: Bytes that the blobs of the answer may have.

    Raises:
        ModelError: The file is damaged, changed meanwhile, or crashed the child.
        PackageMissing: What reads the format isn't installed.
    """
    from edgemnist.processes.child import Child

    path = str(file.path)
    child = Child(module, "serve", path, subject=path, crash=crash, hint=HINT, limits=limits)
    try:
        answer = child.ask("read", most_bytes=most_bytes)
    finally:
        child.close(at_once=True)
    if answer.fields.get("sha256") != list(file.hashes):
        raise ModelError(f"{path}: changed while it was being read", "run the command again")
    try:
        return read(answer)
    except MISREAD as error:
        raise RuntimeCrash(f"{path}: {crash} ({error})", HINT) from error


def give_reading(path: str, write: Callable[[ModelFile], Message]) -> Operations:
    """Return the one operation of the child's side, which answers with what is found in a file, and with its hashes."""

    def read(question: Message) -> Message:
        file = ModelFile.read(path)
        found = write(file)
        return Message(OK, {**found.fields, "sha256": file.hashes}, found.blobs)

    return {"read": read}
