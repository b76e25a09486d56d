"""`verify`: each file runs every test image in its own runtime and is compared with its source."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from edgemnist.comparison.gate import GATE_WITHOUT_SOURCE, GATES, Gate, judge
from edgemnist.comparison.tally import Tally
from edgemnist.contract import Contract, Output, Precision
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.datasets.splits import BATCH
from edgemnist.errors import EdgeMnistError, ModelError
from edgemnist.files import hash_bytes, read_model_file
from edgemnist.formats import EXTENSIONS, ModelFile, describe_claims, find_format
from edgemnist.manifest import Manifest, edit_manifest, find_manifest
from edgemnist.processes.limits import Limits
from edgemnist.reporting.records import describe_result
from edgemnist.results import Measurement, Report, Verdict
from edgemnist.runtimes import list_runtimes, open_runtime
from edgemnist.runtimes.base import Runtime, RuntimeInfo, RunTotals
from edgemnist.workflows.references import Reference, References

# Where a source is right on less than this share of the images, agreement with it says little.
DOUBTFUL = 0.5
# A source that is right on less than three times the share of a guess makes no verdict "passed"; for few classes,
# on less than this share.
CHANCE_FACTOR, CHANCE_MOST = 3, 0.6
# A mean difference of the probabilities that a softmax too many or too few would exceed, and rounding doesn't.
KIND_SLACK = 0.02


@dataclass(frozen=True, eq=False)
class _Session:
    """One `verify`: what is the same for each of its files.

    Args:
        dataset: Data set whose test images are run.
        references: What files are compared with.
        gate: Limits in place of the precision's own.
        limits: Time, memory and files that a child process may use.
        runtime: Name of one that runs such files; None for their own.
        execute: Run the code of a .c file that the user doesn't trust.
        allow_changed: Judge a file that isn't what the manifest lists by its answers alone.
        manifests: Manifests by their folders, each read once.
    """

    dataset: Dataset
    references: References
    gate: Gate
    limits: Limits
    runtime: str | None
    execute: bool
    allow_changed: bool
    manifests: dict[Path, Manifest] = field(default_factory=dict)

    def find_manifest(self, folder: Path) -> Manifest:
        """Return the manifest of a folder.

        Raises:
            ModelError: It can't be read.
        """
        if folder not in self.manifests:
            self.manifests[folder] = find_manifest(folder)
        return self.manifests[folder]


def verify(
    *paths: str | Path,
    data: str | Path | None = None,
    labels: Sequence[str] | None = None,
    against: str | Path | None = None,
    reference: str | Path | None = None,
    runtime: str | None = None,
    trust: bool = False,
    allow_changed: bool = False,
    gate: Gate | None = None,
    limits: Limits | None = None,
    record: bool = False,
    report: Callable[[str], None] = lambda path: None,
) -> Report:
    """Run every test image through each file's own runtime, and compare its answers with its source's.

    Args:
        paths: model files, and folders of them (not recursive).
        data: a data set on disk; None for the MNIST inside the package.
        labels: the class names; None for those of the data.
        against: another model file to compare them with, instead of their source.
        reference: the source's stored answers (.npz) or the source (.keras), where they aren't beside the file.
        runtime: the name of one that runs such files, in place of their own; see `edgemnist runtimes`.
        trust: run the code of a .c file that isn't among those that the user made or trusts.
        allow_changed: judge a file that isn't what the manifest lists under its name by its answers alone.
        gate: limits in place of the precision's own; None fields keep those.
        limits: time, memory and files that a child process may use; None for the usual ones.
        record: write the results into the manifest beside each file.
        report: called with each path before it is run.

    Returns:
        A verdict a file. A file that can't be judged is a verdict with `trouble`, so that the others
        are still judged.

    Raises:
        EdgeMnistError: the data, `against` or `reference` can't be read.

    Example:
        >>> verify("exports/model_int8.tflite").passed
        True
    """
    dataset = load_dataset(Path(data) if data else None, labels)
    gate, limits = gate or Gate(), limits or Limits()
    if record and (against or runtime or allow_changed or gate != Gate()):
        raise EdgeMnistError(
            "record keeps what the default gate says of a file in its own runtime, and its source",
            "leave --against, --runtime, --allow-changed and the limits out",
        )
    _ = dataset.labels, dataset.test  # a fault in the data is one error, not one for each file
    against, reference = (Path(path) if path else None for path in (against, reference))
    references = References(dataset, against, reference, execute=trust, limits=limits)
    session = _Session(dataset, references, gate, limits, runtime, trust, allow_changed)
    verdicts = []
    for path in map(Path, paths):
        models = list_models(path, session)
        if not models:
            kind = f" that {runtime} runs" if runtime else ""
            hint = "make some: edgemnist run --output-dir my-model"
            verdicts.append(
                Verdict(str(path), None, trouble=ModelError(f"{path}: no model files{kind} in this folder", hint))
            )
        for model in models:
            report(str(model))
            verdicts.append(_judge_path(model, session, sample=path.is_dir(), record=record))
    return Report(tuple(verdicts), dataset.name)


def list_models(path: Path, session: _Session) -> list[Path]:
    """Return the file itself, or the model files in a folder (not recursive) by format and name.

    Generated C is told from other C by its contract; one that lost it is known by the manifest.
    """
    if not path.is_dir():
        return [path]
    inside = [file for file in path.iterdir() if file.suffix in EXTENSIONS and file.is_file()]
    from edgemnist.formats.c import is_generated

    listed = session.find_manifest(path).models
    models = [file for file in inside if file.suffix != ".c" or file.name in listed or is_generated(file)]
    if session.runtime is not None:
        models = [file for file in models if any(entry.name == session.runtime for entry in list_runtimes(file))]
    return sorted(models, key=lambda file: (EXTENSIONS.index(file.suffix), file.name))


def _judge_path(path: Path, session: _Session, *, sample: bool, record: bool) -> Verdict:
    try:
        file = ModelFile.read(path, session.find_manifest(path.parent))
        verdict = _judge_file(file, session, sample=sample)
        if record:
            _record(file, verdict, session.dataset)
    except EdgeMnistError as error:
        found = find_format(path)
        return Verdict(str(path), found.name if found else None, trouble=error)
    return verdict


def _judge_file(file: ModelFile, session: _Session, *, sample: bool) -> Verdict:
    """Judge one file. One that isn't what export wrote differs, whatever else is found of it."""
    if not file.changes or session.allow_changed:
        verdict = _measure_file(file, session, sample=sample)
        return replace(verdict, notes=(*file.changes, *verdict.notes))
    try:
        verdict = _measure_file(file, session, sample=sample)
    except EdgeMnistError as error:
        verdict = Verdict(str(file.path), file.format_name, reasons=(error.message,))
    return replace(verdict, reasons=(*file.changes, *verdict.reasons))


def _measure_file(file: ModelFile, session: _Session, *, sample: bool) -> Verdict:
    dataset, references = session.dataset, session.references
    with open_runtime(file, runtime=session.runtime, execute=session.execute, limits=session.limits) as runtime:
        info = runtime.info
        dataset.check_classes(str(file.path), info.contract.labels if info.contract else None, info.classes)
        if info.capacity_errors:
            return Verdict(str(file.path), file.format_name, reasons=info.capacity_errors)
        reference = references.find(file, info, sample=sample)
        measurement = _measure(file, runtime, reference, dataset)
    if measurement.comparison and file.format_name == "keras" and reference and reference.origin == "stored":
        references.remember(file, measurement.comparison.max_abs_difference)
    claims = describe_claims(file, info.contract)
    gate = (GATES[measurement.precision] if reference else GATE_WITHOUT_SOURCE).override(session.gate)
    reasons = (
        *(() if session.allow_changed else claims),
        *(reference.reasons if reference else ()),
        *judge(measurement.score, measurement.comparison, gate),
        *_judge_claims(measurement, info.contract, reference),
        *_judge_chance(measurement),
    )
    notes = (*(claims if session.allow_changed else ()), *_list_notes(file, info, reference, measurement, sample))
    return Verdict(str(file.path), file.format_name, measurement, reasons, notes)


def _measure(file: ModelFile, runtime: Runtime, reference: Reference | None, dataset: Dataset) -> Measurement:
    """Run all test images, a batch after the other; no batch is kept."""
    info, test = runtime.info, dataset.test
    tally, runs = Tally(info.classes), RunTotals()
    comparable = _are_comparable(info.output, reference)
    answers = reference.iterate(BATCH) if reference else itertools.repeat((None, None))
    for (images, labels), (source, source_outputs) in zip(test.iterate(BATCH), answers, strict=reference is not None):
        run = runtime.run(images)
        runs.add(run)
        outputs = run.outputs if comparable else None
        tally.add(labels, info.output.decode(run.outputs), source, outputs, source_outputs)
    score, comparison, different = tally.finish()
    return Measurement(
        precision=_find_precision(file, info),
        runtime=f"{info.name} {info.version}",
        size_bytes=len(file.content),
        eats=info.input.describe(),
        labels=info.contract.labels if info.contract else dataset.labels,
        reference=reference.name if reference else None,
        score=score,
        comparison=comparison,
        outputs=different,
        seconds=runs.seconds,
        footprint=runs.footprint,
        emulated=info.emulated,
    )


def _find_precision(file: ModelFile, info: RuntimeInfo) -> Precision:
    """The manifest's word for a listed file, else the contract's: a file doesn't choose its own gate."""
    if file.listed:
        precision: Precision = file.listed["precision"]
        return precision
    return info.contract.precision if info.contract else "unknown"


def _judge_chance(found: Measurement) -> Iterator[str]:
    """Two dead models agree with each other."""
    if found.comparison is None:
        return
    least = min(CHANCE_FACTOR / len(found.labels), CHANCE_MOST)
    if found.comparison.source_accuracy < least:
        share = f"{100 * found.comparison.source_accuracy:.1f} %"
        yield f"{found.reference} itself is right on {share} only, hardly more than chance: agreement proves nothing"


def _judge_claims(found: Measurement, contract: Contract | None, reference: Reference | None) -> Iterator[str]:
    """Compare what a contract claims, and no answer's class would show, with what was measured."""
    if contract is None or reference is None or found.comparison is None:
        return
    moved = found.comparison.mean_abs_difference > KIND_SLACK
    if reference.kind not in (None, contract.output.kind) and moved:
        kinds = f"it answers {contract.output.kind}, its source {reference.kind}"
        yield f"the contract says that {kinds}, and the probabilities differ"
    if contract.rounding and found.outputs and found.outputs.different_outputs:
        compared, different = found.outputs.outputs_compared, found.outputs.different_outputs
        yield f"rounds as {contract.rounding}, but {different:,} of {compared:,} logits differ"


def _are_comparable(mine: Output, reference: Reference | None) -> bool:
    """Whole numbers can be compared where both files give them with the same meaning."""
    other = reference.output if reference else None
    if other is None or np.dtype(mine.dtype).kind not in "iu":
        return False
    return (mine.dtype, mine.scale, mine.zero_point) == (other.dtype, other.scale, other.zero_point)


def _list_notes(
    file: ModelFile, info: RuntimeInfo, reference: Reference | None, found: Measurement, sample: bool
) -> Iterator[str]:
    if not file.trusted and file.format_name == "c":
        yield "not among the files that you made or trust: its code was run because of --trust"
    if info.contract is None:
        yield f"no contract inside: fed as {info.input.describe()}"
    if reference is None:
        yield "not compared: it names no source, and is judged by its accuracy alone"
    elif sample and reference.origin == "stored" and file.format_name != "keras":
        yield f"{reference.name}'s stored answers are taken on the manifest's word"
    if found.comparison and found.comparison.source_accuracy < DOUBTFUL:
        share = f"{100 * found.comparison.source_accuracy:.0f} %"
        yield f"the source itself is right on {share} only: is this the data that it was trained on (--data)?"


def _record(file: ModelFile, verdict: Verdict, dataset: Dataset) -> None:
    """Write what was measured into the manifest; nothing that depends on the time or the machine's load.

    Raises:
        ModelError: The manifest doesn't list what was judged: since then, another file may have got that name.
    """
    with edit_manifest(file.path.parent) as (manifest, _):
        entry = manifest.models.get(file.path.name)
        if entry is None or not file.sha256 == entry["sha256"] == hash_bytes(read_model_file(file.path)):
            raise ModelError(
                f"{file.path}: not recorded: the manifest beside it doesn't list this file",
                "only what export wrote is recorded",
            )
        entry["verified"] = {**describe_result(verdict), "data_sha256": dataset.test.sha256}
