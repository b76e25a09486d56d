"""ONNX Runtime on the Java virtual machine: the very classes of the Android app, in Kotlin.

What the program is given of the contract lies beside the images, as Java's `Properties` are written:

    contract.properties  the values of `list_contract_values`, and `label_0`, `label_1` and so on
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.formats import ModelFile
from edgemnist.kits.android.program import fetch_jvm
from edgemnist.kits.contracts import check_dtypes, list_contract_values
from edgemnist.runtimes.base import Request, Runtime
from edgemnist.runtimes.program import ProgramRuntime

CONTRACT = "contract.properties"
MAIN = "org.edgemnist.digits.ProveKt"


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open an `.onnx` file for the Java virtual machine.

    Args:
        file: Model file.
        name: Name of the runtime.
        request: How it is to be opened.

    Raises:
        ModelError: the file can't be read, or its input or output has a dtype that the program doesn't know.
        ToolMissing: what the program needs can't be fetched.
    """
    return JvmRuntime(file, request, fetch_jvm() / "target")


class JvmRuntime(ProgramRuntime):
    """An opened model file, ready to be run by the Kotlin program.

    Args:
        file: Model file.
        request: How it is to be opened.
        build: Folder with `classes` and `lib`.
    """

    def __init__(self, file: ModelFile, request: Request, build: Path) -> None:
        super().__init__(file, request)
        check_dtypes(file.path, self.info.input, self.info.output, "the program in Kotlin")
        (runtime,) = (build / "lib").glob("onnxruntime-*.jar")
        version = runtime.stem.rpartition("-")[2]
        self.info = replace(self.info, name="ONNX Runtime for Java", version=version)
        self._class_path = os.pathsep.join(map(str, (build / "classes", build / "lib" / "*")))

    def run_program(self, folder: Path) -> None:
        (folder / CONTRACT).write_text(write_properties(self.program_contract), "ascii")
        # The native library is unpacked into the temporary folder, which has to go with the images.
        options = ["-cp", self._class_path, f"-Djava.io.tmpdir={folder}"]
        self.call(["java", *options, MAIN, str(self._file.write_to(folder, "model.onnx")), str(folder)])


def write_properties(contract: Contract) -> str:
    r"""Write what `Prove.kt` reads of a contract, one `name=value` a line.

    Example:
        >>> from edgemnist.contract import Input, Output
        >>> print(write_properties(Contract(Input("pixels", (28, 28)), Output("probs"), ("0", "1")))[-30:])
        classes=2
        label_0=0
        label_1=1
        <BLANKLINE>
    """
    values = list_contract_values(contract, str)
    del values["labels"]  # one that holds a comma would look like two
    values |= {f"label_{index}": label for index, label in enumerate(contract.labels)}
    return "".join(f"{name}={_escape(value)}\n" for name, value in values.items())


def _escape(text: str) -> str:
    r"""Write all but letters, digits and a few marks as `\uXXXX`, in UTF-16."""
    plain = text.isascii() and text.replace(".", "").isalnum()
    units = text.encode("utf-16-be")
    return text if plain else "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
