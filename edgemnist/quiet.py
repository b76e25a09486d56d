"""Native chatter kept away from the user's terminal and pipes.

TensorFlow prints a banner, the TFLite converter prints on standard *output* and its C++ part on file
descriptor 2, ONNX Runtime's calibrators print too. Nothing short of moving the descriptors stops all
of them, and stdout must stay data that a script can read.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from edgemnist.errors import PackageMissing


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send everything printed inside, by Python or by native code, to nowhere. Not for threads."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    saved = os.dup(1), os.dup(2)
    level = logging.root.manager.disable
    with Path(os.devnull).open("w") as nowhere, contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(nowhere))
        stack.enter_context(contextlib.redirect_stderr(nowhere))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            for descriptor, copy in enumerate(saved, start=1):
                os.dup2(copy, descriptor)
                os.close(copy)
            logging.disable(level)


@contextlib.contextmanager
def loading(package: str, install: str) -> Iterator[None]:
    """Import a heavy package without its banner, and say what to install where it is missing.

    Args:
        package: the top-level import name, such as `"tensorflow"`.
        install: the line that installs it, such as `"pip install tensorflow"`.

    Raises:
        PackageMissing: it, or a package that it needs, isn't installed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # 2 still reports each missing GPU as an error
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # ONNX Runtime would tell its makers of each model that is run
    try:
        with quiet():
            yield
    except ModuleNotFoundError as error:
        missing = (error.name or package).partition(".")[0]
        if missing == "edgemnist":
            raise
        also = "" if missing == package else f" ({missing} is missing)"
        raise PackageMissing(f"this step needs {package}, which isn't installed{also}", install) from error
