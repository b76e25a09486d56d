"""`kit`: a verified model, and the folder that embeds it on a target."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgemnist.contract import Contract
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import BATCH
from edgemnist.errors import ModelError, NotInstalled, SourceMissing
from edgemnist.files import hash_bytes
from edgemnist.files.folders import RECORD, check_replaceable, replace_folder
from edgemnist.formats import ModelFile
from edgemnist.formats.c import GeneratedModel
from edgemnist.kits import find_kit
from edgemnist.kits.base import Kit
from edgemnist.kits.building import build_products
from edgemnist.kits.contracts import check_dtypes
from edgemnist.kits.filling import EmbeddedModel, fill_kit
from edgemnist.kits.firmware import CodeNames
from edgemnist.kits.golden import GoldenVectors, allow_rounding, choose_images
from edgemnist.precision import PRECISIONS
from edgemnist.processes.limits import Limits
from edgemnist.results import KitFolder, Verdict
from edgemnist.runtimes import find_runtime, open_runtime, require_trust
from edgemnist.text import phrase_call, quote_argument
from edgemnist.workflows.data import open_data
from edgemnist.workflows.verify import verify

if TYPE_CHECKING:
    from edgemnist.datasets import Data
    from edgemnist.kits import Target

SCHEMA = 2
# The test images among which those are looked for whose probabilities say something.
POOL = 2000
UNVERIFIED = "**This model was not verified**: nothing is known of its accuracy."
NEVERTHELESS = "to write the kit nevertheless: `unverified=True`"
CHANGED = " The manifest beside it lists another file under its name."


def kit(
    target: Target,
    model: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
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
            raise _refuse(file, file.changes[0])
        require_trust(file, find_runtime(file.path), execute=trust)
    dataset = open_data(data, class_names, split, model_files)
    work = _Work(row, dataset, trust, limits or Limits())
    parts = [work.take_apart(file) for file in model_files]
    proofs = [_admit(file) if unverified else work.prove(file) for file in model_files]
    models = [work.embed(*one) for one in zip(model_files, parts, proofs, strict=True)]
    _check_source(models)
    files = fill_kit(row, models)
    products = _build(row, files) if build else {}
    record = {
        "schema": SCHEMA,
        "kit": row.name,
        "models": [{"name": one.name, "sha256": one.sha256} for one in models],
        "verified": not unverified,
        "files": {name: hash_bytes(text) for name, text in files.items()},
    }
    files[RECORD] = f"{json.dumps(record, indent=2, ensure_ascii=False)}\n".encode()
    replace_folder(folder, files | products)
    golden_images = len(models[0].golden.images)
    changes = (f"{file.path}: {change}" for file in model_files for change in file.changes)
    notes = (*changes, *(f"{dataset.name}: {note}" for note in dataset.notes))
    return KitFolder(
        folder, row, tuple(paths), tuple(sorted(files)), tuple(products), not unverified, golden_images, notes
    )


write_kit = kit  # its name until the verbs had one each


def _refuse(file: ModelFile, reason: str) -> ModelError:
    hint = f"see: edgemnist verify {quote_argument(file.path)}; {NEVERTHELESS}"
    return ModelError(f"{file.path}: not verified, so no kit is written: {reason}", hint)


def _admit(file: ModelFile) -> str:
    return UNVERIFIED + (CHANGED if file.changes else "")


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
    if not re.fullmatch(r"[A-Za-z0-9._-]+", path.name):
        raise ModelError(
            f"{path}: its name goes into the kit's files: letters, digits, '.', '_' and '-' are expected",
            "export it again, with another `name`",
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


Parts = tuple[dict[str, bytes], Contract, CodeNames | None]


@dataclass(frozen=True, eq=False)
class _Work:
    """What is the same for each model of a kit.

    Args:
        kit: Row of the table of kits.
        dataset: Data set whose test images are used.
        execute: Run the code of a .c file that the user doesn't trust.
        limits: Time, memory and files that a child process may use.
    """

    kit: Kit
    dataset: Dataset
    execute: bool
    limits: Limits

    def prove(self, file: ModelFile) -> str:
        """Put the model through the gate; return one sentence on how it passed.

        Raises:
            EdgeMnistError: It couldn't be judged.
            ModelError: It didn't pass.
        """
        (verdict,) = verify(
            file, data=self.dataset, runtime=self.kit.runtime, trust=self.execute, limits=self.limits
        ).verdicts
        if isinstance(verdict.error, SourceMissing):
            raise SourceMissing(verdict.error.message, f"export it again; {NEVERTHELESS}")
        if verdict.error:
            raise verdict.error
        if not verdict.agrees:
            raise _refuse(file, verdict.reasons[0])
        return _write_proof(verdict)

    def take_apart(self, file: ModelFile) -> Parts:
        """Return what of a model goes into the kit, its contract, and its names in C if it is code there."""
        take = {"c": self._take_c, "array": self._take_array, "file": self._take_file}[self.kit.embedding]
        parts = take(file)
        path, contract = file.path, parts[1]
        if path.suffix in self.kit.dtypes:
            dtypes = self.kit.dtypes[path.suffix]
            check_dtypes(path, contract.input, contract.output, f"the kit {self.kit.name}", dtypes)
        self.dataset.check_labels(str(path), contract.labels)
        return parts

    def embed(self, file: ModelFile, parts: Parts, proof: str) -> EmbeddedModel:
        """Run the golden images, and return all that the kit holds of a model."""
        files, contract, code = parts
        golden = self._answer(file, contract)
        return EmbeddedModel(file.path.name, file.sha256, files, contract, golden, proof, code)

    def _take_c(self, file: ModelFile) -> Parts:
        model = GeneratedModel.read(file)
        name = file.path.name
        return {name: file.content, **file.companions}, model.contract, CodeNames(model.prefix, name, model.header)

    def _take_array(self, file: ModelFile) -> Parts:
        """Write the file as an array, with the arena that it needs as measured."""
        from edgemnist.codegen import name_prefix
        from edgemnist.exporters.c.array import write_array
        from edgemnist.runtimes.tflm import measure_arena

        contract = self._read_contract(file)
        stem = f"{file.path.stem}_array"
        written = write_array(file.content, contract, measure_arena(file.content, self.limits), stem)
        files = {f"{stem}{extension}": text for extension, text in written.items()}
        return files, contract, CodeNames(name_prefix(stem), f"{stem}.c", f"{stem}.h")

    def _take_file(self, file: ModelFile) -> Parts:
        return {file.path.name: file.content}, self._read_contract(file), None

    def _read_contract(self, file: ModelFile) -> Contract:
        with open_runtime(file, limits=self.limits) as runtime:
            if runtime.info.contract is None:
                raise ModelError(
                    f"{file.path}: no contract inside", f"export it: {phrase_call('export', format=file.format_name)}"
                )
            return runtime.info.contract

    def _answer(self, file: ModelFile, contract: Contract) -> GoldenVectors:
        """Run the golden images in the runtime that the target must repeat."""
        kit, dataset = self.kit, self.dataset
        images, labels = next(iter(dataset.test.iterate(max(POOL, BATCH))))
        if kit.embedding == "c":
            indices = np.array(choose_images(labels))
            with open_runtime(file, execute=self.execute, output="logits", limits=self.limits) as runtime:
                scores = runtime.run(images[indices]).outputs
            kind, title = "logits", "the same C on the machine that wrote this"
        else:
            with open_runtime(file, runtime=kit.runtime, limits=self.limits) as runtime:
                pool = runtime.run(images[:POOL]).outputs
            if kit.embedding == "file":
                pool = contract.output.decode(pool)
            # Sure answers are 255 and zeros whatever a weight is: of the right ones, the least sure come first.
            order = np.lexsort((pool.max(axis=1), pool.argmax(axis=1) != labels[: len(pool)]))
            indices = order[choose_images(labels[order])]
            scores, kind, title = pool[indices], contract.output.kind, find_runtime(file.path, kit.runtime).title
        if not np.isfinite(scores.astype(np.float64)).all():
            raise ModelError(
                f"{file.path}: the model answers NaN or infinity", f"edgemnist verify {quote_argument(file.path)}"
            )
        tolerance = PRECISIONS[contract.precision].device_slack if kit.embedding == "file" else allow_rounding(scores)
        return GoldenVectors(images[indices], labels[indices], scores, kind, tolerance, dataset.name, title)


def _write_proof(verdict: Verdict) -> str:
    found = verdict.measurement
    assert found is not None
    images, title = found.score.images, found.runtime.partition(" (")[0].rpartition(" ")[0] or "C"
    words = f"Verified on all {images:,} test images: {100 * found.score.accuracy:.2f} % are classified right"
    if found.comparison:
        share = f"{100 * found.comparison.agreement:.2f} %"
        words += f", and {share} get the same class as from `{found.reference}`"
    return f"{words}." if title == "C" else f"{words}, in {title}."
