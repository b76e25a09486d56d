"""Library output kept away from the user's terminal and pipes.

TensorFlow prints a banner, the TFLite converter prints on standard *output* and its C++ part on file
descriptor 2, ONNX Runtime's calibrators print too. Nothing short of moving the descriptors stops all
of them, and stdout must stay data that a script can read.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from edgemnist.errors import PackageMissing
from edgemnist.streams import is_library_output_shown

# The streams belong to the whole process: the first who asks leads them away, the last leads them back.
_lock = threading.RLock()  # a signal's handler may ask while its own thread holds it
_redirected = contextlib.ExitStack()
_users = 0


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send everything printed inside, by Python or by native code, to nowhere; or to stderr, where that is shown.

    Threads may overlap: all are quiet until the last of them is done.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def quiet_at_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is quiet at its first call with arguments of each shape: it is compiled then, and says so.

    Later calls aren't: they must not hide a bar that is being drawn.
    """
    compiled = set[tuple[Any, ...]]()

    def call(*arguments: Any) -> Any:
        shapes = tuple(tuple(getattr(one, "shape", ())) for one in arguments)
        with contextlib.nullcontext() if shapes in compiled else quiet():
            compiled.add(shapes)
            return function(*arguments)

    return call


def _enter() -> None:
    global _users
    with _lock:
        if not _users:
            _redirect(_redirected)
        _users += 1


def _leave() -> None:
    global _users
    with _lock:
        _users -= 1
        if not _users:
            _redirected.close()


def _redirect(stack: contextlib.ExitStack) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if is_library_output_shown():
        _redirect_to_stderr(stack)
        return
    nowhere = stack.enter_context(Path(os.devnull).open("w"))  # noqa: SIM115 (the stack closes it)
    if logging := sys.modules.get("logging"):  # 5 ms, and before it is imported nobody has a handler
        stack.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.WARNING)
    stack.enter_context(warnings.catch_warnings())
    warnings.simplefilter("ignore")
    for descriptor in (1, 2):
        stack.callback(_put_back, os.dup(descriptor), descriptor)
        os.dup2(nowhere.fileno(), descriptor)
    stack.enter_context(contextlib.redirect_stdout(nowhere))
    stack.enter_context(contextlib.redirect_stderr(nowhere))


def _redirect_to_stderr(stack: contextlib.ExitStack) -> None:
    """Stdout is data, even where the user wants to see what libraries print."""
    stack.callback(_put_back, os.dup(1), 1)
    os.dup2(2, 1)
    stack.enter_context(contextlib.redirect_stdout(sys.stderr))


def _put_back(copy: int, descriptor: int) -> None:
    os.dup2(copy, descriptor)
    os.close(copy)


@contextlib.contextmanager
def loading(package: str, install: str) -> Iterator[None]:
    """Import a heavy package without its banner, and say what to install where it is missing.

    Args:
        package: the top-level import name, such as `"tensorflow"`.
        install: the line that installs it, such as `"pip install tensorflow"`.

    Raises:
        PackageMissing: it, or a package that it needs, isn't installed.
    """
    level = "0" if is_library_output_shown() else "3"  # 2 still reports each missing GPU as an error
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", level)
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # ONNX Runtime would report each model to its vendor
    try:
        with quiet():
            yield
    except ModuleNotFoundError as error:
        missing = (error.name or package).partition(".")[0]
        if missing == "edgemnist":
            raise
        also = "" if missing == package else f" ({missing} is missing)"
        raise PackageMissing(f"this step needs {package}, which isn't installed{also}", install) from error
