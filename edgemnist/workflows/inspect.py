"""`inspect`: what a model file is, and a copy of a file without a contract that carries what was found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.contract import Contract
from edgemnist.errors import UsageError, WriteError
from edgemnist.files import check_writable, hash_bytes, write_atomically
from edgemnist.formats import ModelFile
from edgemnist.processes.limits import Limits
from edgemnist.results import Inspection
from edgemnist.trust import trust as remember
from edgemnist.workflows.contracts import embed_contract, find_contract
from edgemnist.workflows.data import open_data
from edgemnist.workflows.trust import describe

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data


def inspect(
    model: str | Path,
    *,
    write_contract: str | Path | None = None,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    statement: Statement | None = None,
    trust: bool = False,
    limits: Limits | None = None,
) -> Inspection:
    """Say what a model file is. It is run only where it has no contract, to find what it takes and gives.

    Args:
        model: a `.keras`, `.tflite`, `.onnx` or `.c` file.
        write_contract: where to write a copy that carries what was found, so that nobody has to find it again. Not
            for a file that has a contract, and not over a file that is there.
        data: the data set that a file without a contract was trained on, as `load_dataset` takes it; None for the one
            that `train` remembers, or the MNIST inside the package.
        class_names: the class names, for a file without a contract; None for those of the data.
        split: the name of one of several data sets in a folder; None where there is one.
        statement: what a file without a contract takes and gives; what it leaves open is found by probing.
        trust: run the code of a .c file that isn't among those that the user made or trusts.
        limits: time, memory and files that a child process may use; None for the usual ones.

    Returns:
        What was found.

    Raises:
        EdgeMnistError: the file can't be read, nothing is found of it, or the copy can't be written.

    Example:
        >>> found = inspect("exports/small_int8.onnx")
        >>> found.contract.precision, found.contract.input.summarize()
        ('int8', 'float32 (784) in [0, 1]: pixel / 255')
    """
    file = ModelFile.read(model)
    about, copy = describe(file), None if write_contract is None else Path(write_contract)
    if copy is not None:
        _check_copy(file, copy)
    contract, found, notes = file.contract, None, tuple[str, ...]()
    if contract is None:
        open_dataset = cache(lambda: open_data(data, class_names, split, [file]))
        contract, found = find_contract(file, open_dataset, statement, limits or Limits(), execute=trust)
        notes = tuple(f"{open_dataset().name}: {note}" for note in open_dataset().notes)
    if copy is not None:
        _write_copy(file, contract, copy, limits or Limits())
    return Inspection(about, contract, found, copy, notes)


def _check_copy(file: ModelFile, copy: Path) -> None:
    """Find out before any work that a copy can't be written.

    Raises:
        UsageError: The file needs none, or its name is that of a file of another format.
        ModelError: No contract can be put into such a file.
        WriteError: There is something of that name, or the folder can't be written to.
    """
    if file.contract is not None:
        raise UsageError(f"{file.path}: has a contract inside, so no copy is needed", "leave `write_contract` out")
    if copy.suffix != file.path.suffix:
        raise UsageError(f"{copy}: the name of a {file.path.suffix} file was expected, as {file.path} is one")
    file.require_embedding()
    _require_free(copy)
    check_writable(copy.parent)


def _require_free(copy: Path) -> None:
    if os.path.lexists(copy):
        raise WriteError(f"{copy}: is there already, and isn't written over", "choose another name")


def _write_copy(file: ModelFile, contract: Contract, copy: Path, limits: Limits) -> None:
    """Write it; it is trusted if the file is, whose code it holds."""
    content = embed_contract(file, contract, limits)
    if ModelFile(copy, content).contract != contract:
        raise WriteError(f"{copy}: not written: the contract couldn't be read again")
    _require_free(copy)  # probing took minutes
    write_atomically(copy, content)
    if file.trusted:
        remember([hash_bytes(content)])
