"""`inspect`: what a model file is, and a copy of a file without a contract that carries what was found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.contract import Contract
from edgemnist.errors import DataError, EdgeMnistError, ModelError, NotInstalled, RuntimeCrash, UsageError, WriteError
from edgemnist.files import check_writable, hash_bytes, write_atomically
from edgemnist.formats import ModelFile
from edgemnist.formats.precision import find_false_claim, find_misfits, name_precision, unwrap_array
from edgemnist.manifest import find_manifest
from edgemnist.precision import REQUIRABLE, PrecisionName
from edgemnist.processes.limits import Limits
from edgemnist.results import Inspection, Inspections, Unreadable
from edgemnist.trust import trust as remember
from edgemnist.workflows.contracts import embed_contract, find_contract
from edgemnist.workflows.data import open_data
from edgemnist.workflows.folders import list_model_files
from edgemnist.workflows.structure import find_structure
from edgemnist.workflows.trust import describe

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data


def inspect(
    model: str | Path,
    *,
    require: PrecisionName | None = None,
    write_contract: str | Path | None = None,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    statement: Statement | None = None,
    trust: bool = False,
    limits: Limits | None = None,
) -> Inspection:
    """Say what a model file is: its ends, operators, types and sizes, its contract, and what will differ elsewhere.

    Nothing is run in this process but a file without a contract that the user trusts, to find what it takes and gives.
    A `.tflite` file is run in TFLite Micro and compiled for Ethos-U, where these are installed, in child processes.

    Args:
        model: a `.keras`, `.tflite`, `.onnx` or `.c` file.
        require: a precision that all operators and constants must have; those that haven't are named.
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
        EdgeMnistError: the file can't be read, `write_contract` is asked for and nothing is found to be written, or the
            copy can't be written.

    Example:
        >>> found = inspect("exports/small_int8.onnx", require="int8")
        >>> found.contract.precision, found.contract.input.summarize(), found.misfits
        ('int8', 'float32 (784) in [0, 1]: pixel / 255', ())
    """
    check_required(require)
    file, limits = ModelFile.read(model), limits or Limits()
    about, copy = describe(file), None if write_contract is None else Path(write_contract)
    if copy is not None:
        _check_copy(file, copy)
    inspection = _look_inside(Inspection(about, file.contract, required=require), file, limits)
    if inspection.contract is None:
        asked = _Asked(file, data, class_names, split, statement, trust, limits)
        inspection = asked.ask(inspection, must_find=copy is not None)
    inspection = _ask_devices(inspection, file, limits)
    if copy is not None and inspection.contract is not None:
        _write_copy(file, inspection.contract, copy, limits)
        inspection = replace(inspection, written=copy)
    return inspection


def inspect_folder(
    folder: str | Path, *, require: PrecisionName | None = None, limits: Limits | None = None
) -> Inspections:
    """Say what each model file in a folder is. None is run, and no file is asked what it takes and gives.

    Args:
        folder: a folder (not recursive).
        require: a precision that all operators and constants of each file must have.
        limits: time, memory and files that the child process of a file that isn't trusted may use.

    Returns:
        What was found of each; why, of one that can't be read.

    Raises:
        ModelError: there is no model file in it, or its manifest can't be read.
    """
    check_required(require)
    folder, limits = Path(folder), limits or Limits()
    manifest = find_manifest(folder)
    paths = list_model_files(folder, manifest.models)
    if not paths:
        raise ModelError(f"{folder}: no model files in this folder", "make some: `edgemnist.run(output='my-model')`")
    models: list[Inspection | Unreadable] = []
    for path in paths:
        try:
            file = ModelFile.read(path, manifest)
            models.append(_look_inside(Inspection(describe(file), file.contract, required=require), file, limits))
        except EdgeMnistError as error:
            models.append(Unreadable(path, error))
    return Inspections(folder, tuple(models))


def check_required(require: str | None) -> None:
    """Make sure that a precision can be asked for.

    Raises:
        UsageError: There is none of that name.
    """
    if require is not None and require not in REQUIRABLE:
        raise UsageError(f"`require` is {require!r}, expected one of {', '.join(REQUIRABLE)}")


def _look_inside(inspection: Inspection, file: ModelFile, limits: Limits) -> Inspection:
    """Read its operators. A Keras model of a kind that isn't read is shown without, as is one without its reader.

    Raises:
        EdgeMnistError: It is damaged, or a precision is asked for that can't be seen.
    """
    from edgemnist.workflows.elsewhere import list_cautions

    try:
        structure, complexity = find_structure(file, limits)
    except (ModelError, NotInstalled) as error:
        known = isinstance(error, NotInstalled) or file.format_name == "keras"
        if inspection.required or not known or isinstance(error, RuntimeCrash):
            raise
        note = f"its layers aren't shown: {error.message.removeprefix(f'{file.path}: ')}"
        return replace(inspection, notes=(*inspection.notes, note))
    required = inspection.required
    return replace(
        inspection,
        structure=structure,
        complexity=complexity,
        tensor_precision=name_precision(structure),
        misfits=find_misfits(structure, required) if required else (),
        false_claims=find_false_claim(inspection.contract, structure),
        cautions=list_cautions(file, structure),
    )


def _ask_devices(inspection: Inspection, file: ModelFile, limits: Limits) -> Inspection:
    inner, structure = unwrap_array(file), inspection.structure
    if inner.format_name != "tflite" or structure is None:
        return inspection
    from edgemnist.workflows.devices import ask_devices

    micro, npu = ask_devices(inner, structure, limits)
    return replace(inspection, micro=micro, npu=npu)


@dataclass(frozen=True)
class _Asked:
    """What a file without a contract is asked with."""

    file: ModelFile
    data: Data
    class_names: Sequence[str] | None
    split: str | None
    statement: Statement | None
    trust: bool
    limits: Limits

    def ask(self, inspection: Inspection, *, must_find: bool) -> Inspection:
        """Find what it takes and gives. Where nothing is found, the inspection says why.

        Raises:
            EdgeMnistError: Nothing is found, and must be; or the file crashed what ran it.
        """
        open_dataset = cache(lambda: open_data(self.data, self.class_names, self.split, [self.file]))
        try:
            contract, found = find_contract(self.file, open_dataset, self.statement, self.limits, execute=self.trust)
        except (ModelError, DataError, NotInstalled) as error:
            if must_find or inspection.structure is None or isinstance(error, RuntimeCrash):
                raise
            note = f"what it takes and gives isn't known: {error.message.removeprefix(f'{self.file.path}: ')}"
            hint = f": {error.hint}" if error.hint else ""
            return replace(inspection, notes=(*inspection.notes, note + hint))
        notes = tuple(f"{open_dataset().name}: {note}" for note in open_dataset().notes)
        return replace(inspection, contract=contract, found=found, notes=(*inspection.notes, *notes))


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
