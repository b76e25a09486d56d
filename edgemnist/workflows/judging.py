"""One file judged: what was measured of it, and what it claims, against the manifest, its source and the gate."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from edgemnist.comparison.gate import GATE_WITHOUT_SOURCE, Gate, find_gate, judge
from edgemnist.contract import Contract, Source
from edgemnist.errors import EdgeMnistError
from edgemnist.formats import ModelFile, find_false_claims
from edgemnist.results import Measurement, Verdict
from edgemnist.runtimes import find_runtime, open_runtime
from edgemnist.runtimes.base import Runtime, RuntimeInfo
from edgemnist.workflows.exact import is_exact
from edgemnist.workflows.measuring import measure, note_opening
from edgemnist.workflows.provenance import name_source
from edgemnist.workflows.reference import Reference
from edgemnist.workflows.session import Session

# Where a source is right on less than this share of the images, agreement with it says little.
DOUBTFUL = 0.5
# A source that is right on less than three times the share of a guess makes no verdict "passed"; for few classes,
# on less than this share.
CHANCE_FACTOR, CHANCE_MOST = 3, 0.6
# A mean difference of the probabilities that a softmax too many or too few would exceed, and rounding doesn't.
KIND_SLACK = 0.02


def judge_file(file: ModelFile, session: Session, *, sample: bool) -> Verdict:
    """Judge one file. One that isn't what export wrote differs, whatever else is found of it.

    Args:
        file: Model file.
        session: What is the same for all files.
        sample: Whether to prove the stored answers of its source on a sample of the images.

    Raises:
        EdgeMnistError: It can't be judged.
    """
    if not file.changes or session.allow_changed:
        verdict = _measure_and_judge(file, session, sample=sample)
        return replace(verdict, notes=(*file.changes, *verdict.notes))
    try:
        verdict = _measure_and_judge(file, session, sample=sample)
    except EdgeMnistError as error:
        verdict = Verdict(str(file.path), file.format_name, reasons=(error.message,))
    return replace(verdict, reasons=(*file.changes, *verdict.reasons))


def _measure_and_judge(file: ModelFile, session: Session, *, sample: bool) -> Verdict:
    dataset, references, name = session.dataset, session.references, str(file.path)
    with open_runtime(
        file, runtime=session.runtime, execute=session.execute, probe=references.choose_probe(), limits=session.limits
    ) as runtime:
        info = runtime.info
        dataset.check_classes(name, info.contract.labels if info.contract else None, info.classes)
        if info.capacity_errors:
            return Verdict(name, file.format_name, reasons=info.capacity_errors)
        reference = references.find(file, info, sample=sample)
        other = session.corruptions.choose(file, info) if session.corruptions else None
        size = find_runtime(file.path, session.runtime).images_at_once
        session.saving.begin()
        measurement, changes = measure(
            file, runtime, reference, dataset, session.limit, size=size, report=session.report_count,
            keep=session.saving.keep,
        )  # fmt: skip
        session.saving.write(file, info, measurement, dataset)
        source = name_source(file, info.contract)
        measurement, deep_reasons = _look_deeper(file, runtime, source, measurement, session)
        if session.corruptions:
            measurement = replace(measurement, robustness=session.corruptions.compare(runtime.predict, other))
    if measurement.comparison and file.format_name == "keras" and reference and reference.origin == "stored":
        references.remember(file, measurement.comparison.max_abs_difference)
    changes = (*find_false_claims(file, info.contract), *(reference.changes if reference else ()), *changes)
    gate = (find_gate(measurement.precision) if reference else GATE_WITHOUT_SOURCE).override(session.gate)
    lost = judge(measurement.score, measurement.comparison, gate)
    reasons = (
        *(() if session.allow_changed else changes),
        *info.false_claims,
        *(reference.reasons if reference else ()),
        *lost,
        *_judge_claims(measurement, info.contract, reference),
        *_judge_recorded(file, measurement, session),
        *_judge_chance(measurement),
        *deep_reasons,
        *_judge_robustness(measurement, gate),
    )
    notes = (
        *(changes if session.allow_changed else ()),
        *_note_limit(session),
        *_note_shallow(file, measurement, session),
        *_list_notes(file, info, reference, measurement, sample),
        *(_advise(file, measurement, session, source) if lost and reference and reference.origin != "other" else ()),
    )
    return Verdict(name, file.format_name, measurement, reasons, notes, limit=session.limit)


def _look_deeper(
    file: ModelFile, runtime: Runtime, source: Source | None, measurement: Measurement, session: Session
) -> tuple[Measurement, tuple[str, ...]]:
    """Add what `deep` asks for, if it does and the file has a source; with why it isn't an honest conversion."""
    if not session.deep or source is None or source.sha256 == file.sha256:
        return measurement, ()
    deep, reasons = session.deep.compare(file, runtime, source, measurement.precision)
    return replace(measurement, deep=deep), reasons


def _judge_robustness(measurement: Measurement, gate: Gate) -> tuple[str, ...]:
    if measurement.robustness is None:
        return ()
    from edgemnist.comparison.robustness import judge_corrupted

    return judge_corrupted(measurement.robustness, gate.max_corrupted_drop)


def _advise(file: ModelFile, measurement: Measurement, session: Session, source: Source | None) -> Iterator[str]:
    """Say what to type in place of a file that lost too many answers."""
    from edgemnist.workflows.advice import advise, can_advise, phrase_fault  # 20 ms, and most files lose nothing

    if source is None or not can_advise(file, measurement.precision, source):
        return
    fault, deep = None, session.deep if measurement.deep else None
    if deep:
        with contextlib.suppress(EdgeMnistError):  # the verdict stands, though a limit is reached in search of a reason
            fault = deep.find_fault(source)
    yield from phrase_fault(fault) if fault else ()
    yield from advise(file, measurement.precision, source, fault, search=deep is None)


def _note_limit(session: Session) -> Iterator[str]:
    if session.limit is not None:
        count, all_images = session.limit, len(session.dataset.test)
        yield f"only the first {count:,} of {all_images:,} test images were run: the others may differ"


def _note_shallow(file: ModelFile, measurement: Measurement, session: Session) -> Iterator[str]:
    """Say so where what `deep` asks for wasn't done."""
    if session.deep and measurement.deep is None and file.format_name != "keras":
        yield "not compared in depth: it names no source"


def _judge_recorded(file: ModelFile, measurement: Measurement, session: Session) -> Iterator[str]:
    """In the same arithmetic, the outputs that export recorded are the file's, bit for bit."""
    listed = file.listed["outputs"]["sha256"] if file.listed and measurement.outputs_sha256 else None
    if session.allow_changed or measurement.outputs_sha256 == listed:
        return
    if is_exact(file.format_name or "", find_runtime(file.path, session.runtime).name):
        count = "its"
        if measurement.recorded and measurement.recorded.different_outputs:
            count = f"{measurement.recorded.different_outputs:,} of {measurement.recorded.outputs_compared:,}"
        yield f"{count} outputs are not those that export recorded, in the same arithmetic"


def _judge_chance(measurement: Measurement) -> Iterator[str]:
    """Two models that always give one class agree with each other."""
    if measurement.comparison is None:
        return
    least = min(CHANCE_FACTOR / len(measurement.labels), CHANCE_MOST)
    if measurement.comparison.source_accuracy < least:
        name, share = measurement.reference, f"{100 * measurement.comparison.source_accuracy:.1f} %"
        yield f"{name} itself is right on {share} only, hardly more than chance: agreement proves nothing"


def _judge_claims(measurement: Measurement, contract: Contract | None, reference: Reference | None) -> Iterator[str]:
    """Compare what a contract claims, and no answer's class would show, with what was measured."""
    if contract is None or reference is None or measurement.comparison is None:
        return
    moved = measurement.comparison.mean_abs_difference > KIND_SLACK
    if reference.kind not in (None, contract.output.kind) and moved:
        kinds = f"it answers {contract.output.kind}, its source {reference.kind}"
        yield f"the contract says that {kinds}, and the probabilities differ"
    if contract.rounding and measurement.outputs and measurement.outputs.different_outputs:
        compared, different = measurement.outputs.outputs_compared, measurement.outputs.different_outputs
        yield f"rounds as {contract.rounding}, but {different:,} of {compared:,} logits differ"


def _list_notes(
    file: ModelFile, info: RuntimeInfo, reference: Reference | None, measurement: Measurement, sample: bool
) -> Iterator[str]:
    yield from note_opening(file, info)
    if measurement.deep and measurement.deep.unread:
        yield f"its weights aren't compared: {measurement.deep.unread}"
    if reference is None:
        yield "not compared: it names no source, and is judged by its accuracy alone"
    elif reference.origin == "other" and reference.may_be_source:
        source = name_source(file, info.contract)
        yield f"{reference.name} isn't its source{f', which is {source.name} {source.sha256[:8]}' if source else ''}"
    elif sample and reference.origin == "stored" and file.format_name != "keras":
        yield f"{reference.name}'s stored answers are taken on the manifest's word"
    if measurement.comparison and measurement.comparison.source_accuracy < DOUBTFUL:
        share = f"{100 * measurement.comparison.source_accuracy:.0f} %"
        owner = reference.name if reference and reference.origin == "other" else "the source"
        yield f"{owner} itself is right on {share} only: is this the data that it was trained on (`data`)?"
