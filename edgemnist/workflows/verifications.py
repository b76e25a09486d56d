"""`verify`: each file runs every test image in its own runtime and is held against its source."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.errors import EdgeMnistError, ModelError
from edgemnist.files import read_model_file
from edgemnist.manifest import Manifest, is_ours
from edgemnist.results import Measurement, Report, Verdict
from edgemnist.runtimes import Runtime, list_runtimes, open_runtime
from edgemnist.runtimes.generated import is_generated
from edgemnist.verification import (
    GATE_WITHOUT_SOURCE,
    GATES,
    Comparison,
    Gate,
    OutputDifference,
    compare,
    count_different,
    judge,
    score,
)
from edgemnist.workflows.references import Reference, References, check_classes

# The endings of model files, in the order in which a folder is shown.
FORMATS = (".keras", ".tflite", ".onnx", ".c")
# Below this share of right answers, agreement with the source says little.
DOUBTFUL = 0.5
# A mean difference of the probabilities that a softmax too many or too few would exceed, and rounding doesn't.
KIND_SLACK = 0.02


def verify(
    *paths: str | Path,
    data: str | Path | None = None,
    labels: Sequence[str] | None = None,
    against: str | Path | None = None,
    reference: str | Path | None = None,
    runtime: str | None = None,
    trust: bool = False,
    gate: Gate | None = None,
    record: bool = False,
    report: Callable[[str], None] = lambda path: None,
) -> Report:
    """Run every test image through each file's own runtime, and hold its answers against its source's.

    Args:
        paths: model files, and folders of them (not recursive).
        data: a data set on disk; None for the MNIST inside the package.
        labels: the class names; None for those of the data.
        against: another model file to hold them against, instead of their source.
        reference: the source's stored answers (.npz) or the source (.keras), where they aren't beside the file.
        runtime: the name of one that runs such files, in place of their own; see `edgemnist runtimes`.
        trust: run the code of a .c file although no manifest of ours lists it.
        gate: limits in place of the precision's own; None fields keep those.
        record: write the results into the manifest beside each file.
        report: called with each path before it is run.

    Returns:
        A verdict a file. A file that can't be judged is a verdict with an `error`, so that the others
        are still judged.

    Raises:
        EdgeMnistError: the data, `against` or `reference` can't be read.

    Example:
        >>> verify("exports/model_int8.tflite").passed
        True
    """
    dataset = load_dataset(Path(data) if data else None, labels)
    limits = gate or Gate()
    if record and (against or runtime or limits != Gate()):
        raise EdgeMnistError(
            "--record keeps what the default gate says of a file in its own runtime, and its source",
            "leave --against, --runtime and the limits out",
        )
    _ = dataset.labels, dataset.test  # a fault in the data is one error, not one for each file
    references = References(dataset, Path(against) if against else None, Path(reference) if reference else None, trust)
    judge_file = partial(_judge_file, dataset=dataset, references=references, limits=limits, name=runtime, trust=trust)
    verdicts = []
    for path in map(Path, paths):
        models = list_models(path, runtime)
        if not models:
            kind = f" that {runtime} runs" if runtime else ""
            hint = "make some: edgemnist run --output-dir my-model"
            verdicts.append(
                Verdict(str(path), None, error=ModelError(f"{path}: no model files{kind} in this folder", hint))
            )
        for model in models:
            report(str(model))
            verdict = _explain(model, judge_file)
            verdicts.append(_record(model, verdict, dataset) if record and not verdict.error else verdict)
    return Report(tuple(verdicts), dataset.name)


def list_models(path: Path, runtime: str | None = None) -> list[Path]:
    """Return the file itself, or the model files in a folder (not recursive) by format and name.

    Args:
        runtime: in a folder, only the files that it runs.
    """
    if not path.is_dir():
        return [path]
    inside = [file for file in path.iterdir() if file.suffix in FORMATS and file.is_file()]
    models = [file for file in inside if file.suffix != ".c" or is_generated(file)]
    if runtime is not None:
        models = [file for file in models if any(entry.name == runtime for entry in list_runtimes(file))]
    return sorted(models, key=lambda file: (FORMATS.index(file.suffix), file.name))


def _guess_format(path: Path) -> str | None:
    return path.suffix[1:] if path.suffix in FORMATS else None


def _explain(path: Path, judge_file: Callable[[Path], Verdict]) -> Verdict:
    try:
        return judge_file(path)
    except EdgeMnistError as error:
        return Verdict(str(path), _guess_format(path), error=error)


def _judge_file(
    path: Path, *, dataset: Dataset, references: References, limits: Gate, name: str | None, trust: bool
) -> Verdict:
    ours = is_ours(path)
    with open_runtime(path, runtime=name, trusted=ours, execute=trust) as runtime:
        check_classes(path, runtime, dataset)
        if runtime.shortfalls:
            return Verdict(str(path), _guess_format(path), reasons=runtime.shortfalls)
        reference = references.find(path, runtime)
        started = time.perf_counter()
        outputs = runtime.run(dataset.test.images)
        seconds = time.perf_counter() - started
        probabilities = runtime.output.decode(outputs)
    scored = score(probabilities, dataset.test.labels)
    comparison = compare(reference.probabilities, probabilities, dataset.test.labels) if reference else None
    contract = runtime.contract
    precision = contract.precision if contract else "unknown"
    gate = (GATES[precision] if reference else GATE_WITHOUT_SOURCE).override(limits)
    measurement = Measurement(
        precision=precision,
        runtime=f"{runtime.name} {runtime.version}",
        size_bytes=path.stat().st_size,
        input=runtime.input.describe(),
        labels=contract.labels if contract else dataset.labels,
        reference=reference.name if reference else None,
        score=scored,
        comparison=comparison,
        outputs=_compare_outputs(reference, runtime, outputs),
        seconds=seconds,
        footprint=runtime.footprint,
        emulated=runtime.emulated,
    )
    reasons = (
        *(reference.reasons if reference else ()),
        *judge(scored, comparison, gate),
        *_judge_claims(measurement, contract, reference),
    )
    return Verdict(
        str(path),
        _guess_format(path),
        measurement,
        reasons,
        _list_notes(runtime, reference, comparison, ours or not trust),
    )


def _judge_claims(found: Measurement, contract: Contract | None, reference: Reference | None) -> Iterator[str]:
    """Hold what a contract claims, and no answer's class would show, against what was measured."""
    if contract is None or reference is None or found.comparison is None:
        return
    moved = found.comparison.mean_abs_difference > KIND_SLACK
    if reference.kind not in (None, contract.output.kind) and moved:
        kinds = f"it answers {contract.output.kind}, its source {reference.kind}"
        yield f"the contract says that {kinds}, and the probabilities differ"
    if contract.rounding and found.outputs and found.outputs.different_outputs:
        compared, different = found.outputs.outputs_compared, found.outputs.different_outputs
        yield f"rounds as {contract.rounding}, but {different:,} of {compared:,} logits differ"


def _compare_outputs(reference: Reference | None, runtime: Runtime, outputs: NDArray[Any]) -> OutputDifference | None:
    """Whole numbers can be compared where both files give them with the same meaning."""
    if reference is None or reference.outputs is None or reference.output is None:
        return None
    mine, other = runtime.output, reference.output
    same = (mine.dtype, mine.scale, mine.zero_point) == (other.dtype, other.scale, other.zero_point)
    if not same or np.dtype(mine.dtype).kind not in "iu":
        return None
    return count_different(outputs, reference.outputs)


def _list_notes(
    runtime: Runtime, reference: Reference | None, comparison: Comparison | None, known: bool
) -> tuple[str, ...]:
    notes = [] if known else ["not as a manifest of ours lists it: its code was run because of --trust"]
    if runtime.contract is None:
        notes.append(f"no contract inside: fed as {runtime.input.describe()}")
    if reference is None:
        notes.append("no source to compare with: judged by its accuracy alone")
    if comparison and comparison.source_accuracy < DOUBTFUL:
        share = f"{100 * comparison.source_accuracy:.0f} %"
        notes.append(f"the source itself is right on {share} only: is this the data that it was trained on (--data)?")
    return tuple(notes)


def _record(path: Path, verdict: Verdict, dataset: Dataset) -> Verdict:
    """Write what was measured into the manifest; nothing that depends on the time or the machine's load.

    Returns the verdict, with the error that it met if it did.
    """
    try:
        manifest = Manifest.load(path.parent)
        if not manifest.knows(path.name, read_model_file(path)):
            raise ModelError(
                f"{path}: not recorded: the manifest beside it doesn't list this file",
                "only what export wrote is recorded",
            )
        manifest.models[path.name]["verified"] = {**verdict.to_record(), "data_sha256": dataset.test.sha256}
        manifest.save()
    except EdgeMnistError as error:
        return replace(verdict, error=error)
    return verdict
