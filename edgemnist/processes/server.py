"""A child process's own side: it answers what its parent asks, until the parent closes the pipe.

The function that it serves is a context manager that gives the operations, by name:

    @contextmanager
    def serve(path: str) -> Iterator[Operations]:
        with ExitStack() as stack:
            yield {"open": ..., "run": ...}

It is entered at the first question, so that its errors are an answer.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress

from edgemnist.errors import EdgeMnistError
from edgemnist.processes.limits import limit_this_process
from edgemnist.processes.messages import Message, receive, send

Operations = Mapping[str, Callable[[Message], Message]]


def serve(module: str, function: str, file_bytes: str, open_files: str, *arguments: str) -> None:
    """Answer questions.

    Args:
        module, function: What gives the operations.
        file_bytes, open_files: Limits, as in `Limits`.
        arguments: Of the function.
    """
    limit_this_process(int(file_bytes), int(open_files))
    # What libraries print must not mix with the answers: those get a descriptor of their own.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(EdgeMnistError):  # while the parent still prepares its first question; an error is raised again there
        importlib.import_module(module)
    with ExitStack() as stack:
        operations: Operations | None = None
        while (question := receive(sys.stdin.buffer)) is not None:
            try:
                if operations is None:
                    operations = stack.enter_context(getattr(importlib.import_module(module), function)(*arguments))
                answer = operations[question.name](question)
            except EdgeMnistError as error:
                answer = Message.from_error(error)
            except OSError as error:
                _die_of_limit(error)
                raise
            send(answers, answer)


def _die_of_limit(error: OSError) -> None:
    """Die as a native program does that writes too large a file: Python makes an exception of that signal."""
    if error.errno == errno.EFBIG:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGXFSZ)
