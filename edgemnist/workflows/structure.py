"""What is inside a model file that may come from anywhere: read here, or in a child process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from edgemnist.errors import ModelError, NotInstalled, RuntimeCrash
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Complexity, count_complexity
from edgemnist.formats.structure import Structure, read_structure
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations

# What a child may say of a file: ten thousand operators, and not without end.
MOST_DOCUMENT_BYTES = 1 << 23
CRASH, HINT = "the file crashed what reads its operators", "it is damaged or malicious: export it again"


def find_structure(file: ModelFile, limits: Limits) -> tuple[Structure, Complexity]:
    """Read what is inside a file, and count its parameters and multiplications. Nothing is run.

    Args:
        file: Model file.
        limits: Time, memory and files that the child process of a file that isn't trusted may use.

    Raises:
        ModelError: It is damaged, or of a kind whose inside isn't read.
        PackageMissing: What reads the format isn't installed.
    """
    return _read(file) if file.trusted else _read_apart(file, limits)


def _read(file: ModelFile) -> tuple[Structure, Complexity]:
    structure = read_structure(file)
    if file.format_name == "c" and not file.path.name.endswith("_array.c"):
        counts = [one.multiplications for one in structure.operators]
        total = None if None in counts else sum(one for one in counts if one is not None)
        return structure, Complexity(sum(one.parameters for one in structure.operators), total)
    try:
        return structure, count_complexity(file)
    except RuntimeCrash:
        raise
    except (ModelError, NotInstalled) as error:
        return structure, Complexity(None, None, error.message.removeprefix(f"{file.path}: "))


def _read_apart(file: ModelFile, limits: Limits) -> tuple[Structure, Complexity]:
    from edgemnist.processes.child import Child

    path = str(file.path)
    child = Child("edgemnist.workflows.structure", "serve", path, subject=path, crash=CRASH, hint=HINT, limits=limits)
    try:
        answer = child.ask("read", most_bytes=MOST_DOCUMENT_BYTES)
    finally:
        child.close(at_once=True)
    try:
        if answer.fields["sha256"] != list(file.hashes):
            raise ModelError(f"{path}: changed while it was being read", "run the command again")
        document: dict[str, Any] = json.loads(bytes(answer.blobs[0]))
        return Structure.from_record(document["structure"]), _read_complexity(document["complexity"])
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise RuntimeCrash(f"{path}: {CRASH} ({error})", HINT) from error


def _read_complexity(record: dict[str, Any]) -> Complexity:
    parameters, multiplications = (
        None if record[name] is None else int(record[name]) for name in ("parameters", "multiplications")
    )
    return Complexity(parameters, multiplications, str(record["uncounted"]))


@contextmanager
def serve(path: str) -> Iterator[Operations]:
    """Give the one operation of the child's side."""

    def read(question: Message) -> Message:
        file = ModelFile.read(path)
        structure, complexity = _read(file)
        document = {"structure": structure.to_record(), "complexity": asdict(complexity)}
        return Message(OK, {"sha256": file.hashes}, [json.dumps(document).encode()])

    yield {"read": read}
