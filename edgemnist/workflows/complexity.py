"""Parameters and multiplications of a model file that may come from anywhere: counted here or in a child process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

from edgemnist.contract import Source
from edgemnist.errors import ModelError, NotInstalled, RuntimeCrash
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Complexity, count_complexity
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations
from edgemnist.workflows.apart import give_reading, read_apart
from edgemnist.workflows.provenance import find_source_file


def find_complexity(file: ModelFile, source: Source | None, limits: Limits) -> Complexity:
    """Count what a file takes; where it doesn't say so itself, what its source beside it takes: the same network.

    Args:
        file: Model file.
        source: Name and hash of its source; None where nothing names one.
        limits: Time, memory and files that a child process may use.
    """
    found = _count(file, limits)
    if found.multiplications is not None or source is None or source.sha256 == file.sha256:
        return found
    origin = _count_source(file, source, limits)
    says_more = origin.multiplications is not None or (found.parameters is None and origin.parameters is not None)
    return origin if says_more else found


def _count_source(file: ModelFile, source: Source, limits: Limits) -> Complexity:
    """Count the source beside a file; where it isn't there or can't be counted, nothing: nobody asked for it."""
    beside = find_source_file(file, source)
    with suppress(ModelError):
        origin = ModelFile.read(beside, file.manifest) if beside else None
        if origin and origin.sha256 == source.sha256:
            return _count(origin, limits)
    return Complexity(None, None)


def _count(file: ModelFile, limits: Limits) -> Complexity:
    try:
        return count_complexity(file) if file.trusted else _count_apart(file, limits)
    except RuntimeCrash:
        raise
    except (ModelError, NotInstalled) as error:  # a file that runs, but whose layers no reader here knows
        return Complexity(None, None, error.message.removeprefix(f"{file.path}: "))


def _count_apart(file: ModelFile, limits: Limits) -> Complexity:
    crash = "the file crashed what counts its layers"
    return read_apart(file, "edgemnist.workflows.complexity", _read_message, limits, crash=crash)


def _read_message(answer: Message) -> Complexity:
    return Complexity.from_record(answer.fields)


@contextmanager
def serve(path: str) -> Iterator[Operations]:
    """Give the one operation of the child's side."""
    yield give_reading(path, lambda file: Message(OK, asdict(count_complexity(file))))
