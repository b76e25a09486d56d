"""A source: a Keras model or a `.tflite` file, opened to be converted and run.

That happens in a child process (see `edgemnist.workflows.converter`): this is the parent's side.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from edgemnist.answers import Answers
from edgemnist.comparison.question import Probe
from edgemnist.contract import Contract, Picture, Source
from edgemnist.contract.picture import DEFAULT_PICTURE
from edgemnist.datasets.readers import Images
from edgemnist.datasets.splits import TestSplit
from edgemnist.errors import ExportError, ModelError, RuntimeCrash
from edgemnist.exporters import Form, Options
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.faults import Fault
from edgemnist.formats import ModelFile
from edgemnist.processes.child import Child
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import Message

# Time limit for one step of a conversion, in seconds: large networks take minutes to quantize.
TIMEOUT_S = 1800
# Images run at once: memory is the same for any number of them.
BATCH = 10_000
# Bytes that a converted model may have at most, in all of its files.
MOST_BYTES = 1 << 30


def start_converter(file: ModelFile, limits: Limits) -> Child:
    """Start the child process that loads a source; TensorFlow is imported there while this process goes on.

    Args:
        file: The source.
        limits: Time, memory and files that the child may use.
    """
    path = str(file.path)
    return Child(
        "edgemnist.workflows.converter", "serve", path, subject=path, crash="it crashed TensorFlow",
        hint="it is damaged or malicious: save it again",
        limits=replace(limits, timeout_s=limits.timeout_s or TIMEOUT_S),
    )  # fmt: skip


class OpenSource:
    """A source, opened in a child process.

    Args:
        file: A Keras model, or for C also a `.tflite` file.
        labels: Class names of the data, for a file that names none.
        probe: Training images by which a missing contract is found, and what the user states.
        limits: Time, memory and files that the child may use.
        child: The child process, if `start_converter` has started it already; it is closed with the source.
        picture: How pictures become images, for a file that doesn't say.

    Attributes:
        contract: What the source takes and gives: the contract inside, or the one found for it.
        parameters: Number of weights and biases.
        kernel_values: Number of those in matrices and filters.
        found: What was found of a file without a contract, in one line; None for one that has it.
        notes: What of it had to be rebuilt to be run, a sentence each.

    Raises:
        EdgeMnistError: It can't be loaded, or doesn't fit the data.
    """

    contract: Contract
    parameters: int
    kernel_values: int
    found: str | None
    notes: tuple[str, ...]

    def __init__(
        self,
        file: ModelFile,
        labels: tuple[str, ...],
        probe: Probe,
        limits: Limits = Limits(),  # noqa: B008
        child: Child | None = None,
        picture: Picture = DEFAULT_PICTURE,
    ) -> None:
        self._picture = picture
        self.file, self._labels, self._probe, self._limits = file, labels, probe, limits
        self._child = self._open(child or start_converter(file, limits))

    @property
    def source(self) -> Source:
        """Name and hash, as contracts name them."""
        return Source(self.file.path.name, self.file.sha256)

    def _open(self, child: Child) -> Child:
        path = str(self.file.path)
        try:
            fields, blobs = self._probe.to_message()
            found = child.ask(
                "open", {"labels": self._labels, "picture": asdict(self._picture), "probe": fields}, blobs
            ).fields
            if found["sha256"] != list(self.file.hashes):
                raise ModelError(f"{path}: changed while it was being read", "run the command again")
            self.contract = Contract.from_json(found["contract"], path)
            self.found = None if found["found"] is None else str(found["found"])
            self.notes = tuple(map(str, found["notes"]))
            self.parameters, self.kernel_values = int(found["parameters"]), int(found["kernel_values"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            child.close()
            raise RuntimeCrash(f"{path}: it crashed TensorFlow ({error})", "it is damaged: save it again") from error
        except BaseException:
            child.close()
            raise
        return child

    def predict(self, images: Images) -> NDArray[np.float32]:
        """Return the probabilities: uint8 (n, height, width) in, float32 (n, classes) out."""
        starts = range(0, max(1, len(images)), BATCH)
        return np.concatenate([self._predict_batch(images[start : start + BATCH]) for start in starts])

    def _predict_batch(self, images: Images) -> NDArray[np.float32]:
        shape = len(images), len(self.contract.labels)
        pixels = np.ascontiguousarray(images).reshape(-1).data
        most_bytes = 4 * shape[0] * shape[1]
        (content,) = self._child.ask("predict", {"shape": images.shape}, [pixels], most_bytes=most_bytes).blobs
        return np.frombuffer(content, np.float32).reshape(shape)

    def collect_answers(self, test: TestSplit, limit: int | None = None) -> Answers:
        """Run every test image, or the first `limit` of them, and keep what identifies the source and the images."""
        probabilities = np.concatenate([self.predict(images) for images, _ in test.iterate(BATCH, limit)])
        return Answers(self.file.sha256, test.sha256, probabilities, self.contract.labels, self.contract.output.kind)

    def convert(self, form: Form, calibration: Calibration | None, options: Options, stem: str) -> dict[str, bytes]:
        """Convert to a form.

        Args:
            form: Row of the table of forms.
            calibration: For quantized forms; None for the others.
            options: The user's choices.
            stem: What the files' names begin with.

        Returns:
            Contents by extension, the model file's first.

        Raises:
            ExportError: It can't be converted, or the converter crashed.
            NotInstalled: What converts it isn't installed.
        """
        fields: dict[str, Any] = {
            "format": form.format,
            "precision": form.precision,
            "options": asdict(options),
            "stem": stem,
        }
        blobs = []
        if calibration is not None:
            fields |= {"calibration": calibration.to_record(), "shape": calibration.images.shape}
            blobs = [np.ascontiguousarray(calibration.images).reshape(-1).data]
        answer = self._ask_converter(form, fields, blobs)
        return dict(zip(answer.fields["extensions"], map(bytes, answer.blobs), strict=True))

    def _ask_converter(self, form: Form, fields: dict[str, Any], blobs: list[memoryview]) -> Message:
        """Ask the child; one that dies is started anew for the forms that follow."""
        try:
            return self._child.ask("convert", fields, blobs, most_bytes=MOST_BYTES)
        except RuntimeCrash as error:
            self._child.close()
            self._child = self._open(start_converter(self.file, self._limits))
            reason = error.message.removeprefix(f"{self.file.path}: ")
            raise ExportError(
                f"{form.format} {form.precision}: the conversion was ended: {reason}",
                "leave out a layer that the converter can't take (a recurrent one?), or try another mode of `quantize`",
            ) from error

    def find_fault(self, images: Images) -> Fault | None:
        """Return what `edgemnist.exporters.sensitivity` finds: which layer loses most in 8 bits.

        Args:
            images: uint8 (n, height, width), training images.
        """
        pixels = np.ascontiguousarray(images).reshape(-1).data
        found = self._child.ask("find_fault", {"shape": images.shape}, [pixels]).fields
        return Fault.from_record(found) if found else None

    def close(self) -> None:
        """End the child process. TensorFlow would take a second to end by itself."""
        self._child.close(at_once=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()
