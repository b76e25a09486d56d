"""`verify`: each file runs every test image in its own runtime and is compared with its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.comparison.gate import Gate
from edgemnist.datasets import Dataset
from edgemnist.errors import EdgeMnistError, ModelError, UsageError
from edgemnist.files import hash_bytes, read_model_file
from edgemnist.formats import ModelFile, find_format, is_keras
from edgemnist.manifest import Manifest, edit_manifest
from edgemnist.processes.limits import Limits
from edgemnist.results import Report, Verdict
from edgemnist.saved_answers import check_save
from edgemnist.workflows.data import ModelData, check_limit, cut_limit
from edgemnist.workflows.folders import (
    ModelRun,
    find_nothing,
    find_reason_to_skip,
    is_folder,
    list_runs,
    name_runtimes,
    require_used,
)
from edgemnist.workflows.judging import judge_file
from edgemnist.workflows.reference import References
from edgemnist.workflows.saving import Saving
from edgemnist.workflows.session import Session, Sessions

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data
    from edgemnist.workflows.deep import DeepComparisons


def verify(
    *paths: str | Path | ModelFile,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    against: str | Path | None = None,
    runtime: str | Sequence[str] | None = None,
    trust: bool = False,
    allow_changed: bool = False,
    deep: bool = False,
    corruptions: bool = False,
    corrupted_images: int | None = None,
    gate: Gate | None = None,
    statement: Statement | None = None,
    limits: Limits | None = None,
    limit: int | None = None,
    require_all: bool = False,
    record: bool = False,
    save: str | Path | Saving | None = None,
    report: Callable[[str], None] = lambda path: None,
    report_count: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Run every test image through each file's own runtime, and compare its answers with those of its source.

    Args:
        paths: model files, read or not, and folders of them (not recursive).
        data: a data set, as `load_dataset` takes it; None for the one that `train` remembers of each model, or the
            MNIST inside the package.
        class_names: the class names; None for those of the data.
        split: the name of one of several data sets in a folder; None where there is one.
        against: what to compare with: the source (.keras) or its stored answers (.npz), where they aren't beside the
            file; or another model file. A Keras file that isn't a file's source is another model, and a note says so.
        runtime: the name of one that runs such files, in place of their own, or the names of several: each file is
            judged in each of them that runs it; see `edgemnist.RUNTIMES`.
        trust: run the code of a .c file that isn't among those that the user made or trusts.
        allow_changed: judge a file that isn't what the manifest lists under its name by its answers alone.
        deep: also compare the weights with the source's, and 10,000 images that no test set holds.
        corruptions: also run test images in 11 kinds of corruption and 5 strengths through each file and its source;
            see `edgemnist.datasets.corruptions`. Emulated targets run none.
        corrupted_images: how many test images are corrupted, evenly spread over all, or over the first `limit`; None
            for 500.
        gate: limits in place of the precision's own; None fields keep those.
        statement: what files without a contract take and give; what it leaves open is found by probing.
        limits: time, memory and files that a child process may use; None for the usual ones.
        limit: run only the first `limit` test images, for a quick look: no verdict is "passed" then, but "partial".
        require_all: judge every file of a folder. Without it, one whose runtime needs a package or a program that isn't
            installed is skipped, as long as others are judged.
        record: write the results into the manifest beside each file.
        save: where to keep the outputs of the one file on this machine, an .npz; see `edgemnist.diff_answers`. Older
            answers there are written over, and nothing else is. Or what takes the outputs of each file, as `report`.
        report: called with each path before it is run.
        report_count: called with how many test images of that file were run, of how many, as it goes on.

    Returns:
        A verdict a file, and a runtime where several are named. A file that can't be judged is a verdict with an
        `error`, or `skipped`, so that the others are still judged.

    Raises:
        EdgeMnistError: the data or `against` can't be read, no such runtime, or parameters contradict each other.

    Example:
        >>> verify("exports/model_int8.tflite").passed
        True
    """
    runtimes = name_runtimes(runtime)
    gate, limits, against = gate or Gate(), limits or Limits(), Path(against) if against else None
    if record and (runtime or allow_changed or limit or gate != Gate() or not _may_be_source(against)):
        raise _refuse_record()
    check_limit(limit)
    _check_corruptions(corruptions, corrupted_images, gate)
    saving = save if isinstance(save, Saving) else Saving(_check_save(paths, Path(save), runtimes) if save else None)

    def open_session(dataset: Dataset) -> Session:
        _ = dataset.labels  # a fault in the data is one error, not one for each file
        part = cut_limit(limit, dataset)
        session = Session(
            dataset=dataset,
            references=References(dataset, against, execute=trust, limits=limits, limit=part, statement=statement),
            deep=_open_deep(dataset, limits, against, statement) if deep else None,
            gate=gate,
            limits=limits,
            runtime=None,
            execute=trust,
            allow_changed=allow_changed,
            limit=part,
            report_count=report_count,
            manifests=manifests,
            saving=saving,
        )
        return _add_corruptions(session, statement, corrupted_images) if corruptions else session

    manifests: dict[Path, Manifest] = {}
    sessions = Sessions(ModelData.choose(data, class_names, split, paths, against), open_session)
    places = [one if isinstance(one, ModelFile) else Path(one) for one in paths]
    runs = [list_runs(place, lambda folder: sessions.any.find_manifest(folder).models, runtimes) for place in places]
    require_used(runtimes, [run for of_one in runs for run in of_one])
    verdicts, inside = [], []
    for place, of_one in zip(places, runs, strict=True):
        if isinstance(place, Path) and not of_one:
            verdicts.append(Verdict(str(place), None, error=find_nothing(place, runtimes)))
        for run in of_one:
            report(str(run.path))
            verdicts.append(_judge(run, sessions, record=record))
            inside += [verdicts[-1]] if run.in_folder else []
    if not require_all:
        verdicts = _skip(verdicts, inside)
    return sessions.make_report(verdicts)


def _skip(verdicts: list[Verdict], inside: list[Verdict]) -> list[Verdict]:
    """Return the verdicts, those skipped of files in folders whose runtime isn't installed; not if these are all.

    Args:
        verdicts: Verdicts on all files.
        inside: Those of them that are on files of folders.
    """
    reasons = {id(verdict): _find_reason_to_skip(verdict) for verdict in inside}
    chosen = [reasons.get(id(verdict), "") for verdict in verdicts]
    if all(chosen):
        return verdicts
    pairs = zip(verdicts, chosen, strict=True)
    return [replace(verdict, error=None, skipped=reason) if reason else verdict for verdict, reason in pairs]


def _find_reason_to_skip(verdict: Verdict) -> str:
    return find_reason_to_skip(Path(verdict.model), verdict.runtime, verdict.error)


def _may_be_source(against: Path | None) -> bool:
    return against is None or against.suffix == ".npz" or is_keras(against)


def _refuse_record() -> UsageError:
    return UsageError(
        "`record` keeps what the default gate says of a file in its own runtime, on all images, and its source",
        "leave another model for `against`, `runtime`, `allow_changed`, `limit` and the limits out",
    )


def _check_save(paths: Sequence[str | Path | ModelFile], save: Path, runtimes: Sequence[str | None]) -> Path:
    """Refuse, before any work, to keep the outputs of several runs in one file, or where they can't be written."""
    if len(runtimes) > 1:
        raise UsageError("`save` keeps the outputs of one runtime", f"name one for `runtime`, such as {runtimes[0]}")
    first = paths[0] if paths else Path()
    folder = not isinstance(first, ModelFile) and is_folder(Path(first))
    if len(paths) != 1 or folder:
        given = f"{first}, a folder" if folder else f"{len(paths)} files"
        raise UsageError(f"`save` keeps the outputs of one model file, found {given}", "verify one file at a time")
    check_save(save)
    return save


def _open_deep(dataset: Dataset, limits: Limits, against: Path | None, statement: Statement | None) -> DeepComparisons:
    from edgemnist.workflows.deep import DeepComparisons

    return DeepComparisons(dataset, limits, against, statement)


def _check_corruptions(corruptions: bool, images: int | None, gate: Gate) -> None:
    """Refuse what is only of corrupted images where none are asked for."""
    if images is not None and images < 1:
        raise UsageError(f"`corrupted_images={images}` is out of range, expected 1 or more")
    given = {"corrupted_images": images, "max_corrupted_drop": gate.max_corrupted_drop}
    for name, value in given.items():
        if value is not None and not corruptions:
            raise UsageError(f"`{name}` is of corrupted images, and none are to be run", "add `corruptions=True`")


def _add_corruptions(session: Session, statement: Statement | None, images: int | None) -> Session:
    from edgemnist.workflows.robustness import IMAGES, Corruptions

    found = Corruptions(
        session.dataset, session.references.against, session.execute, session.limits, session.limit, statement,
        images or IMAGES, session.report_count,
    )  # fmt: skip
    return replace(session, corruptions=found)


def _judge(run: ModelRun, sessions: Sessions, *, record: bool) -> Verdict:
    """Judge a file that was read already, or the one at a path."""
    path, file = run.path, run.given if isinstance(run.given, ModelFile) else None
    try:
        session = replace(sessions.find(run.given), runtime=run.runtime)
        file = file or session.read(path)
        verdict = replace(judge_file(file, session, sample=run.in_folder), runtime=run.runtime)
    except EdgeMnistError as error:
        found = find_format(path)
        return Verdict(str(path), found.name if found else None, error=error, runtime=run.runtime)
    try:
        if record:
            _record(file, verdict, session.dataset)
    except EdgeMnistError as error:
        return replace(verdict, error=error)
    return verdict


def _record(file: ModelFile, verdict: Verdict, dataset: Dataset) -> None:
    """Write what was measured into the manifest; nothing that depends on the time or the machine's load.

    Raises:
        UsageError: It was compared with another model than its source.
        ModelError: The manifest doesn't list what was judged: since then, another file may have got that name.
    """
    if verdict.measurement and verdict.measurement.reference_origin == "other":
        raise _refuse_record()
    with edit_manifest(file.path.parent) as (manifest, _):
        entry = manifest.models.get(file.path.name)
        if entry is None or not file.sha256 == entry["sha256"] == hash_bytes(read_model_file(file.path)):
            raise ModelError(
                f"{file.path}: not recorded: the manifest beside it doesn't list this file",
                "only what export wrote is recorded",
            )
        entry["verified"] = {**verdict.to_record(), "data_sha256": dataset.test.sha256}
