"""ONNX Runtime in Node.js, native or as WebAssembly: the module of the kit `node`, run over all images."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from edgemnist.codegen import fill
from edgemnist.formats import ModelFile
from edgemnist.kits.base import JAVASCRIPT
from edgemnist.kits.contracts import check_dtypes, write_document
from edgemnist.kits.node import NODE, PROGRAM, fetch_packages
from edgemnist.runtimes.base import Request, Runtime
from edgemnist.runtimes.program import ProgramRuntime

# The model's own name may hold what JavaScript would read as code.
MODEL = "model.onnx"
KINDS = {"node": ("native", "onnxruntime-node"), "node-wasm": ("wasm", "onnxruntime-web")}


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open an `.onnx` file; see `edgemnist.runtimes.open_runtime`."""
    return NodeRuntime(file, name, request)


class NodeRuntime(ProgramRuntime):
    """A Node.js process that classifies one image after the other."""

    def __init__(self, file: ModelFile, name: str, request: Request) -> None:
        super().__init__(file, request)
        check_dtypes(file.path, self.info.input, self.info.output, "the program in JavaScript")
        self._kind, package = KINDS[name]
        modules = fetch_packages() / "node_modules"
        node = self.call(["node", "--version"]).strip()
        title = f"Node.js {node.removeprefix('v')}, ONNX Runtime{'' if self._kind == 'native' else ' Web'}"
        self.info = replace(self.info, name=title, version=read_version(modules, package))
        self._folder = tempfile.TemporaryDirectory(prefix="edgemnist-")
        self._program = Path(self._folder.name)
        for source in (*JAVASCRIPT.glob("*.mjs"), *(NODE / name for name in PROGRAM)):
            (self._program / source.name).write_text(fill(source.read_text(), {"model_name": MODEL}))
        (self._program / "node_modules").symlink_to(modules)  # Node.js looks for packages beside the program only
        (self._program / "contract.json").write_text(write_document(self.program_contract))
        file.write_to(self._program, MODEL)

    def run_program(self, folder: Path) -> None:
        self.call(["node", "prove.mjs", MODEL, "contract.json", os.fspath(folder), self._kind], self._program)

    def close(self) -> None:
        self._folder.cleanup()


def read_version(modules: Path, package: str) -> str:
    """Return the version of an installed package of npm."""
    return str(json.loads((modules / package / "package.json").read_text())["version"])
