"""ONNX Runtime on the Java virtual machine: the very classes of the Android app, in Kotlin.

What the program is told of the contract lies beside the images, as Java's `Properties` are written:

    contract.properties  the words of `describe_contract`, and `label_0`, `label_1` and so on
"""

from __future__ import annotations

import os
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.runtimes import Runtime, open_runtime
from edgemnist.runtimes.programs import ProgramRuntime
from edgemnist.targets.contracts import check_dtypes, describe_contract
from edgemnist.targets.packages import fetch_jvm

CONTRACT = "contract.properties"
MAIN = "org.edgemnist.digits.ProveKt"


def open_model(path: Path, name: str) -> Runtime:
    """Open an `.onnx` file for the Java virtual machine.

    Args:
        path: the model file.
        name: of the runtime.

    Raises:
        ModelError: the file can't be read, or its ends are of a dtype that the program doesn't know.
        PackageMissing: what the program needs can't be fetched.
    """
    return JvmRuntime(path, open_runtime(path, trusted=True), fetch_jvm() / "target")


class JvmRuntime(ProgramRuntime):
    """An opened model file, ready to be run by the Kotlin program.

    Args:
        path: the model file.
        ends: the same file opened in ONNX Runtime for Python.
        build: the folder with `classes` and `lib`.
    """

    name = "ONNX Runtime for Java"

    def __init__(self, path: Path, ends: Runtime, build: Path) -> None:
        super().__init__(path, ends)
        check_dtypes(path, self.input, self.output, "the program in Kotlin")
        (runtime,) = (build / "lib").glob("onnxruntime-*.jar")
        self.version = runtime.stem.rpartition("-")[2]
        self._class_path = os.pathsep.join(map(str, (build / "classes", build / "lib" / "*")))

    def run_program(self, folder: Path) -> None:
        (folder / CONTRACT).write_text(write_properties(self.told), "ascii")
        # The native library is unpacked into the temporary folder, which has to go with the images.
        options = ["-cp", self._class_path, f"-Djava.io.tmpdir={folder}"]
        self.call(["java", *options, MAIN, str(self._path), str(folder)])


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
    words = describe_contract(contract, str)
    del words["labels"]  # one that holds a comma couldn't be told from two
    words |= {f"label_{index}": label for index, label in enumerate(contract.labels)}
    return "".join(f"{name}={_escape(value)}\n" for name, value in words.items())


def _escape(text: str) -> str:
    r"""Write all but letters, digits and a few marks as `\uXXXX`, in UTF-16."""
    plain = text.isascii() and text.replace(".", "").isalnum()
    units = text.encode("utf-16-be")
    return text if plain else "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
