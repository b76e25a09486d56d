"""A model file that came from elsewhere, opened in a child process with limits.

The child opens the file and answers with what it is, then with its outputs, a batch of images after the other. What it
says is checked like a file: it may have been taken over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError, RuntimeCrash, UsageError
from edgemnist.formats import ModelFile
from edgemnist.formats.precision import find_false_claim, name_precision, read_operators
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import OK, Buffer, Message
from edgemnist.processes.server import Operations
from edgemnist.runtimes import RuntimeEntry, find_runtime, require_trust
from edgemnist.runtimes.base import Request, Run, Runtime, RunTotals, Trace
from edgemnist.runtimes.info_fields import read_costs, read_info, read_request, write_info, write_request
from edgemnist.runtimes.timing import WARM_UP, TimedModel, Timing

if TYPE_CHECKING:
    from edgemnist.comparison.question import Probe

# Images of a question, which has a time limit: more of them for a program, which is started for each. A file of 21 MB
# whose images ONNX Runtime has to take one by one needs 15 s for 1,000 on a machine with eight times more to do than
# it has cores.
BATCH, PROGRAM_BATCH = 1_000, 10_000
# Bytes that the values of a trace may have, and their types.
MOST_TRACE_BYTES = 1 << 30
TRACED_TYPES = ("float32", "float16", "float64", "int8", "uint8", "int16", "uint16", "int32", "int64")
HINT = "it is damaged or malicious: export it again"


class IsolatedRuntime(Runtime):
    """The parent's side: looks like the runtime that the child has opened."""

    def __init__(self, file: ModelFile, entry: RuntimeEntry, request: Request, limits: Limits = Limits()) -> None:  # noqa: B008
        from edgemnist.processes.child import Child  # the parent alone needs it

        self._path, self._title = file.path, entry.title
        self._batch = PROGRAM_BATCH if entry.tools.names else BATCH
        self._child = Child(
            "edgemnist.runtimes.isolation", "serve", str(file.path), entry.name,
            subject=str(file.path), crash=f"the file crashed {entry.title}", hint=HINT,
            limits=replace(limits, timeout_s=limits.timeout_s or entry.timeout_s),
        )  # fmt: skip
        try:
            found = self._child.ask("open", write_request(request)).fields
            if found.get("sha256") != list(file.hashes):
                raise ModelError(f"{file.path}: changed while it was being read", "run the command again")
            with self._reading():
                self.info = read_info(found, file.path)
        except BaseException:
            self.close()
            raise

    def compute(self, images: Images) -> NDArray[Any]:
        return self.run(images).outputs

    def run(self, images: Images) -> Run:
        starts = range(0, max(1, len(images)), self._batch)
        totals, outputs = RunTotals(), []
        for start in starts:
            run = self._run_batch(images[start : start + self._batch])
            totals.add(run)
            outputs.append(run.outputs)
        return Run(np.concatenate(outputs), totals.seconds, totals.footprint)

    def _run_batch(self, images: Images) -> Run:
        dtype, scores = np.dtype(self.info.output.dtype), self.info.scores
        expected = len(images) * scores * dtype.itemsize
        pixels = np.ascontiguousarray(images).reshape(-1).data
        fields = {"count": len(images), "image_shape": images.shape[1:]}
        answer = self._child.ask("run", fields, [pixels], most_bytes=expected)
        with self._reading():
            (content,) = answer.blobs
            outputs = np.frombuffer(content, dtype).reshape(len(images), scores)
            return Run(outputs, *read_costs(answer.fields))

    def time(self, images: Images, batch: int, seconds: float) -> Timing:
        """Time calls in the child; see `TimedModel.time`."""
        fields = {"count": len(images), "image_shape": images.shape[1:], "batch": batch, "seconds": seconds}
        pixels = np.ascontiguousarray(images).reshape(-1).data
        wanted_s = 2 * (1 + WARM_UP) * seconds  # the calls, and empty ones for as long at most
        answer = self._child.ask("time", fields, [pixels], wanted_s=wanted_s)
        with self._reading():
            return Timing.from_fields(answer.fields)

    def trace(self, images: Images, keys: Sequence[str]) -> Trace:
        fields = {"count": len(images), "image_shape": images.shape[1:], "keys": list(keys)}
        pixels = np.ascontiguousarray(images).reshape(-1).data
        answer = self._child.ask("trace", fields, [pixels], most_bytes=MOST_TRACE_BYTES)
        with self._reading():
            outputs, *values = answer.blobs
            scores = np.frombuffer(outputs, self.info.output.dtype).reshape(len(images), self.info.scores)
            arrays = map(_read_values, values, answer.fields["types"], answer.fields["shapes"])
            found = dict(zip(keys, arrays, strict=True))
            if any(len(array) != len(images) for array in found.values()):
                raise ValueError("values of another number of images")
            return Trace(found, scores)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn what a child can't have said in good health into the error of a crash."""
        try:
            yield
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise RuntimeCrash(f"{self._path}: the file crashed {self._title} ({error})", HINT) from error

    def probe(self, path: Path, probe: Probe) -> None:
        found = self._child.ask("probe", *probe.to_message()).fields
        with self._reading():
            self.info = read_info(found, path)

    def close(self) -> None:
        self._child.close()


def open_apart(
    file: ModelFile,
    name: str | None,
    request: Request,
    *,
    execute: bool = False,
    limits: Limits = Limits(),  # noqa: B008
) -> IsolatedRuntime:
    """Open a model file in a fresh process, be it trusted or not: what that takes is the model's alone.

    Args:
        file: Model file.
        name: Name of the runtime; None for the file's own.
        request: How it is to be opened.
        execute: Run a file that holds code (.c) although the user doesn't trust it.
        limits: Time, memory and files that the process may use.

    Raises:
        ModelError, NotInstalled: As `edgemnist.runtimes.open_runtime`.
    """
    entry = find_runtime(file.path, name)
    require_trust(file, entry, execute=execute)
    entry.prepare()
    return IsolatedRuntime(file, entry, request, limits)


@contextmanager
def serve(path: str, name: str) -> Iterator[Operations]:
    """Open the file at the first question, and run images; the child's side."""
    with ExitStack() as stack:
        opened: list[Runtime] = []
        timed: list[TimedModel] = []

        def open_file(question: Message) -> Message:
            file = ModelFile.read(path)
            timed.append(TimedModel(file, name, read_request(question.fields)))
            opened.append(stack.enter_context(timed[0].runtime))
            structure = read_operators(file)
            opened[0].info = replace(
                opened[0].info,
                tensor_precision=name_precision(structure) if structure else None,
                false_claims=find_false_claim(opened[0].info.contract, structure),
            )
            return Message(OK, {"sha256": file.hashes, **write_info(opened[0].info)})

        def probe(question: Message) -> Message:
            from edgemnist.comparison.question import Probe

            opened[0].probe(Path(path), Probe.from_message(question.fields, question.blobs))
            return Message(OK, write_info(opened[0].info))

        def run(question: Message) -> Message:
            result = opened[0].run(_read_images(question))
            costs = {"seconds": result.seconds, "footprint": asdict(result.footprint) if result.footprint else None}
            return Message(OK, costs, [np.ascontiguousarray(result.outputs).reshape(-1).data])

        def trace(question: Message) -> Message:
            keys = question.fields["keys"]
            found = opened[0].trace(_read_images(question), keys)
            arrays = [np.ascontiguousarray(found.values[key]) for key in keys]
            _check_size(path, sum(one.nbytes for one in (found.outputs, *arrays)))
            answer = {"types": [one.dtype.name for one in arrays], "shapes": [one.shape for one in arrays]}
            return Message(OK, answer, [one.reshape(-1).data for one in (np.ascontiguousarray(found.outputs), *arrays)])

        def time(question: Message) -> Message:
            fields = question.fields
            return Message(OK, timed[0].time(_read_images(question), fields["batch"], fields["seconds"]).to_fields())

        yield {"open": open_file, "probe": probe, "run": run, "trace": trace, "time": time}


def _read_images(question: Message) -> Images:
    (pixels,), fields = question.blobs, question.fields
    return np.frombuffer(pixels, np.uint8).reshape((fields["count"], *fields["image_shape"]))


def _check_size(path: str, size_bytes: int) -> None:
    """Refuse a trace that the parent wouldn't take.

    Raises:
        UsageError: It is too large.
    """
    if size_bytes > MOST_TRACE_BYTES:
        most = MOST_TRACE_BYTES >> 20
        raise UsageError(
            f"{path}: its layers give {size_bytes >> 20:,} MiB for these images, expected {most:,} MiB at most",
            "run fewer of them with `limit`",
        )


def _read_values(content: Buffer, kind: str, shape: Sequence[int]) -> NDArray[Any]:
    """Read one array of a trace."""
    if kind not in TRACED_TYPES:
        raise ValueError(f"values of the type {kind[:20]!r}")
    return np.frombuffer(content, kind).reshape(tuple(shape))
