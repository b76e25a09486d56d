"""A model file in Netron, which draws its graph in a browser: https://netron.app, here on this machine alone."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgemnist.errors import UsageError
from edgemnist.formats import ModelFile
from edgemnist.formats.precision import unwrap_array
from edgemnist.quiet import loading

INSTALL = "pip install netron"
# Netron writes a file's name into its page as it is.
PLAIN_NAME = re.compile(r"[\w.-]+")
SHOWN = ("keras", "tflite", "onnx")


@contextmanager
def serve_view(file: ModelFile) -> Iterator[str]:
    """Serve Netron with a file, on the loopback address, while the context lasts.

    A copy of what was read is served, in a folder of its own: Netron gives a browser whatever lies beside a file.

    Args:
        file: Model file.

    Yields:
        Address for a browser.

    Raises:
        UsageError: It is of a kind that Netron doesn't show.
        PackageMissing: Netron isn't installed.
    """
    inner = unwrap_array(file)
    if inner.format_name not in SHOWN or file.path.is_dir():
        raise UsageError(f"{file.path}: Netron shows {', '.join(f'.{name}' for name in SHOWN)} files")
    with loading("netron", INSTALL):
        import netron
    name = inner.path.name if PLAIN_NAME.fullmatch(inner.path.name) else f"model{inner.path.suffix}"
    with tempfile.TemporaryDirectory() as folder:
        path = inner.write_to(Path(folder), name)
        logging.getLogger("netron.server").setLevel(logging.WARNING)  # the address is said once
        host, port = netron.serve(str(path), None, ("localhost", None))
        try:
            yield f"http://{host}:{port}"
        finally:
            netron.stop((host, port))
