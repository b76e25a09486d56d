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
from edgemnist.workflows.apart import give_reading, read_apart

# What a child may say of a file: ten thousand operators, and not without end.
MOST_DOCUMENT_BYTES = 1 << 23


def find_structure(file: ModelFile, limits: Limits) -> tuple[Structure, Complexity]:
    """Read what is inside a file, and count its parameters and multiplications. Nothing is run.

    Args:
        file: Model file.
        limits: Time, memory and files that the child process of a file that isn't trusted may use.

    Raises:
        ModelError: It is damaged, or of a kind whose inside isn't read.
        PackageMissing: What reads the format isn't installed.
    """
    if file.trusted:
        return _read(file)
    return read_apart(
        file, "edgemnist.workflows.structure", _read_message, limits,
        crash="the file crashed what reads its operators", most_bytes=MOST_DOCUMENT_BYTES,
    )  # fmt: skip


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


def _read_message(answer: Message) -> tuple[Structure, Complexity]:
    document: dict[str, Any] = json.loads(bytes(answer.blobs[0]))
    return Structure.from_record(document["structure"]), Complexity.from_record(document["complexity"])


@contextmanager
def serve(path: str) -> Iterator[Operations]:
    """Give the one operation of the child's side."""
    yield give_reading(path, _write_message)


def _write_message(file: ModelFile) -> Message:
    structure, complexity = _read(file)
    document = {"structure": structure.to_record(), "complexity": asdict(complexity)}
    return Message(OK, {}, [json.dumps(document).encode()])
