"""A model on its way into a kit: put through the gate, taken apart, and run on the golden images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgemnist.codegen import make_plain_name, name_prefix
from edgemnist.comparison.question import Statement
from edgemnist.contract import Contract
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import BATCH
from edgemnist.errors import ModelError, SourceMissing
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.formats.c import GeneratedModel
from edgemnist.kits.base import Kit
from edgemnist.kits.contracts import check_dtypes, check_meaning
from edgemnist.kits.filling import EmbeddedModel
from edgemnist.kits.firmware import CodeNames
from edgemnist.kits.golden import GoldenVectors, allow_rounding, choose_images
from edgemnist.precision import PRECISIONS
from edgemnist.processes.limits import Limits
from edgemnist.results import Verdict
from edgemnist.runtimes import find_runtime, open_runtime
from edgemnist.text import quote_argument
from edgemnist.workflows.contracts import find_contract
from edgemnist.workflows.verify import verify

# The test images among which those are looked for whose probabilities say something.
POOL = 2000
UNVERIFIED = "**This model was not verified**: nothing is known of its accuracy."
NEVERTHELESS = "to write the kit nevertheless: `unverified=True`"
CHANGED = " The manifest beside it lists another file under its name."


def refuse(file: ModelFile, reason: str) -> ModelError:
    """Return the error of a file that doesn't pass.

    Args:
        file: Model file.
        reason: Why it doesn't.
    """
    hint = f"see: edgemnist verify {quote_argument(file.path)}; {NEVERTHELESS}"
    return ModelError(f"{file.path}: not verified, so no kit is written: {reason}", hint)


def admit(file: ModelFile) -> str:
    """Return what a kit says of a model that was not verified, as the user asked for."""
    return UNVERIFIED + (CHANGED if file.changes else "")


Parts = tuple[dict[str, bytes], Contract, CodeNames | None]


@dataclass(frozen=True, eq=False)
class Embedding:
    """What is the same for each model of a kit.

    Args:
        kit: Row of the table of kits.
        dataset: Data set whose test images are used.
        execute: Run the code of a .c file that the user doesn't trust.
        limits: Time, memory and files that a child process may use.
        statement: What the user says of files without a contract.
    """

    kit: Kit
    dataset: Dataset
    execute: bool
    limits: Limits
    statement: Statement | None

    def prove(self, file: ModelFile) -> str:
        """Put the model through the gate; return one sentence on how it passed.

        Raises:
            EdgeMnistError: It couldn't be judged.
            ModelError: It didn't pass.
        """
        (verdict,) = verify(
            file, data=self.dataset, runtime=self.kit.runtime, statement=self.statement, trust=self.execute,
            limits=self.limits,
        ).verdicts  # fmt: skip
        if isinstance(verdict.error, SourceMissing):
            raise SourceMissing(verdict.error.message, f"export it again; {NEVERTHELESS}")
        if verdict.error:
            raise verdict.error
        if not verdict.agrees:
            raise refuse(file, verdict.reasons[0])
        return _write_proof(verdict)

    def take_apart(self, file: ModelFile) -> Parts:
        """Return what of a model goes into the kit, its contract, and its names in C if it is code there."""
        take = {"c": self._take_c, "array": self._take_array, "file": self._take_file}[self.kit.embedding]
        parts = take(file)
        path, contract = file.path, parts[1]
        if path.suffix in self.kit.dtypes:
            dtypes = self.kit.dtypes[path.suffix]
            check_dtypes(path, contract.input, contract.output, f"the kit {self.kit.name}", dtypes)
        check_meaning(path, contract, f"the kit {self.kit.name}")
        if file.format_name == "tflite":
            from edgemnist.formats.tflite import require_first_output

            require_first_output(file, contract.output.name, f"the kit {self.kit.name}")
        self.dataset.check_labels(str(path), contract.labels)
        return parts

    def embed(self, file: ModelFile, parts: Parts, proof: str) -> EmbeddedModel:
        """Run the golden images, and return all that the kit holds of a model."""
        files, contract, code = parts
        golden = self._answer(file, contract)
        name = make_plain_name(file.path.name)
        # C names its header, which may have got another name.
        sha256 = hash_bytes(files[name]) if name in files else file.sha256
        return EmbeddedModel(name, sha256, files, contract, golden, proof, code)

    def _take_c(self, file: ModelFile) -> Parts:
        model = GeneratedModel.read(file)
        name, header = make_plain_name(file.path.name), make_plain_name(model.header)
        files = {name: model.include(header), header: file.companions[model.header]}
        return files, model.contract, CodeNames(model.prefix, name, header)

    def _take_array(self, file: ModelFile) -> Parts:
        """Write the file as an array, with the arena that it needs as measured."""
        from edgemnist.exporters.c.array import write_array
        from edgemnist.runtimes.arena import measure_arena

        contract = self._read_contract(file)
        stem = f"{make_plain_name(file.path.stem)}_array"
        written = write_array(file.content, contract, measure_arena(file.content, self.limits), stem)
        files = {f"{stem}{extension}": text for extension, text in written.items()}
        return files, contract, CodeNames(name_prefix(stem), f"{stem}.c", f"{stem}.h")

    def _take_file(self, file: ModelFile) -> Parts:
        file.require_one_file(f"the kit {self.kit.name}")
        return {make_plain_name(file.path.name): file.content}, self._read_contract(file), None

    def _read_contract(self, file: ModelFile) -> Contract:
        """Return the contract inside, or the one that is found for a file without."""
        return find_contract(file, lambda: self.dataset, self.statement, self.limits)[0]

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
            with open_runtime(file, runtime=kit.runtime, contract=contract, limits=self.limits) as runtime:
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
        return GoldenVectors(
            images[indices], indices.astype(np.int64), labels[indices], scores, kind, tolerance, dataset.name,
            dataset.test.sha256, title,
        )  # fmt: skip


def _write_proof(verdict: Verdict) -> str:
    found = verdict.measurement
    assert found is not None
    images, title = found.score.images, found.runtime.partition(" (")[0].rpartition(" ")[0] or "C"
    sentence = f"Verified on all {images:,} test images: {100 * found.score.accuracy:.2f} % are classified right"
    if found.comparison:
        share = f"{100 * found.comparison.agreement:.2f} %"
        sentence += f", and {share} get the same class as from `{found.reference}`"
    return f"{sentence}." if title == "C" else f"{sentence}, in {title}."
