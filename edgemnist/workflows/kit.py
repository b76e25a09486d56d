"""`kit`: a verified model, and the folder that embeds it on a target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.errors import ModelError, NotInstalled
from edgemnist.files.folders import RECORD, check_replaceable, replace_folder
from edgemnist.formats import ModelFile
from edgemnist.kits import find_kit
from edgemnist.kits.base import Kit
from edgemnist.kits.building import build_products
from edgemnist.kits.filling import EmbeddedModel, fill_kit
from edgemnist.kits.record import write_record
from edgemnist.processes.limits import Limits
from edgemnist.results import KitFolder
from edgemnist.runtimes import find_runtime, require_trust
from edgemnist.workflows.data import open_data
from edgemnist.workflows.embedding import Embedding, admit, refuse

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data
    from edgemnist.kits import Target


def kit(
    target: Target,
    model: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    statement: Statement | None = None,
    unverified: bool = False,
    trust: bool = False,
    limits: Limits | None = None,
    build: bool = True,
) -> KitFolder:
    """Verify a model, run the golden images through it, and write the folder that embeds it.

    Args:
        target: a name of `edgemnist.kits.KITS`.
        model: the model file, as the target takes it: generated C, `.tflite` or `.onnx`. Some targets take one of
            each, made from the same source.
        output: the folder to write. One that is there must be empty, or a kit in which nobody changed a file.
        data: the data set whose test images are used, as `load_dataset` takes it; None for the one that `train`
            remembers, or the MNIST inside the package.
        class_names: the class names; None for those of the data.
        split: the name of one of several data sets in a folder; None where there is one.
        statement: what files without a contract take and give; what it leaves open is found by probing.
        unverified: write it although the model isn't verified.
        trust: run the code of a .c file that isn't among those that the user made or trusts.
        limits: time, memory and files that a child process may use; None for the usual ones.
        build: also build what such a kit has to show, where that is one step: the web page.

    Returns:
        What was written. The same models and data give the same bytes.

    Raises:
        UsageError: no such target.
        ModelError: a file of another kind, or a model that doesn't pass. Nothing is written.
        ToolMissing: what builds the kit isn't installed. Nothing is written.
        WriteError: the folder holds something else, or can't be written.
    """
    row, folder = find_kit(target), Path(output)
    paths = _sort_paths(row, [Path(model)] if isinstance(model, str | Path) else [Path(one) for one in model])
    check_replaceable(folder)
    model_files = [ModelFile.read(path) for path in paths]
    for file in model_files:
        if file.changes and not unverified:
            raise refuse(file, file.changes[0])
        require_trust(file, find_runtime(file.path), execute=trust)
    dataset = open_data(data, class_names, split, model_files)
    embedding = Embedding(row, dataset, trust, limits or Limits(), statement)
    parts = [embedding.take_apart(file) for file in model_files]
    proofs = [admit(file) if unverified else embedding.prove(file) for file in model_files]
    models = [embedding.embed(*one) for one in zip(model_files, parts, proofs, strict=True)]
    _check_source(models)
    files = fill_kit(row, models)
    products = _build(row, files) if build else {}
    files[RECORD] = write_record(row, models, files, verified=not unverified)
    replace_folder(folder, files | products)
    golden_images = len(models[0].golden.images)
    changes = (f"{file.path}: {change}" for file in model_files for change in file.changes)
    notes = (*changes, *(f"{dataset.name}: {note}" for note in dataset.notes))
    return KitFolder(
        folder, row, tuple(paths), tuple(sorted(files)), tuple(products), not unverified, golden_images, notes
    )


def _build(kit: Kit, files: dict[str, bytes]) -> dict[str, bytes]:
    try:
        return build_products(kit, files)
    except NotInstalled as error:
        raise type(error)(error.message, f"{error.hint}; to write the kit without it: `build=False`") from error


def _sort_paths(kit: Kit, paths: Sequence[Path]) -> list[Path]:
    """Return the model files in the order of the kit's extensions, each kind once."""
    for path in paths:
        _check_kind(kit, path)
    found = [path.suffix for path in paths]
    if not paths or len(set(found)) < len(found):
        raise ModelError(
            f"the kit {kit.name} takes one model of each kind ({', '.join(kit.extensions)}), found {len(paths)}: "
            f"{', '.join(map(str, paths))}",
            "leave the others out",
        )
    return sorted(paths, key=lambda path: kit.extensions.index(path.suffix))


def _check_kind(kit: Kit, path: Path) -> None:
    if path.suffix not in kit.extensions:
        raise ModelError(
            f"{path}: the kit {kit.name} takes a {' or '.join(kit.extensions)} file, "
            f"found {path.suffix or 'no extension'}",
            f"make one: {kit.make}",
        )


def _check_source(models: Sequence[EmbeddedModel]) -> None:
    """Two files in one kit must be two forms of one model: a switch between them would mislead otherwise."""
    first, *others = models
    for other in others:
        if first.contract.source != other.contract.source or first.contract.labels != other.contract.labels:
            made = [one.contract.source.name if one.contract.source else "an unknown source" for one in (first, other)]
            raise ModelError(
                f"{first.name} was made from {made[0]}, {other.name} from {made[1]}: a kit holds forms of one model",
                "export both from the same .keras file",
            )
