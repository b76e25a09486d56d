"""A module and a command line for Node.js."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits.base import COMMON, FILE_DATA, JAVASCRIPT, Kit, list_files
from edgemnist.kits.contracts import DTYPES
from edgemnist.packages import fetch_node_modules

NODE = Path(__file__).parent
# What proves a model, beside the module.
PROGRAM = ("index.mjs", "prove.mjs")
MODULE = ("classifier.mjs", "encoding.mjs", "onnx.mjs", "preparation.mjs", "golden.mjs")
KIT = Kit(
    name="node",
    summary="a module and a command line for Node.js",
    extensions=(".onnx",),
    make="`edgemnist.export(format='onnx', quantize='int8')`",
    embedding="file",
    runtime=None,
    files=(
        *list_files(NODE, ("README.md", "gitignore", "cli.mjs")),
        *list_files(NODE, ("index.mjs", "package.json", "package-lock.json")),
        *list_files(JAVASCRIPT, MODULE),
        *list_files(COMMON, FILE_DATA),
    ),
    start="cd {folder} && npm ci --ignore-scripts && npm test",
    dtypes={".onnx": DTYPES},
)


def fetch_packages() -> Path:
    """Fetch what the program runs on; see `edgemnist.packages.fetch_node_modules`."""
    return fetch_node_modules(NODE)
