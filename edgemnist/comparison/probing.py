"""What a file without a contract takes and gives, found by asking it about training images whose classes are known.

Nothing in a file from elsewhere says how a pixel becomes an input value. The candidates are the ranges that people
train in, each also with the image inverted, and with its rows and columns swapped. The best is the one under which
the right classes are likeliest. How sure a model is of itself must not decide that: a network of ReLUs answers nearly
alike, but too surely, to inputs that are too large. So likelihoods are compared at the temperature that suits each
candidate best, and only those that are alike then are told apart by how sure the model is.

Source: temperature scaling, Guo et al., "On Calibration of Modern Neural Networks", 2017.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Input, Output, compute_softmax, find_kind
from edgemnist.datasets.splits import VALIDATION_MOST, TrainingSplit, require_training, split_validation
from edgemnist.errors import ModelError, UsageError

if TYPE_CHECKING:
    from edgemnist.datasets import Dataset
    from edgemnist.datasets.readers import Images, Labels

Infer = Callable[[NDArray[Any]], NDArray[Any]]

# Mean and standard deviation of MNIST's pixels / 255, and ImageNet's, as an average of its three channels.
STANDARDS = ((0.1307, 0.3081), (0.449, 0.226))
# What models in the field take, the most usual first. Those of `USUAL` win a tie against all others.
RANGES = (
    (0.0, 1.0), (0.0, 255.0), (-1.0, 1.0), (-0.5, 0.5), *((-mean / std, (1 - mean) / std) for mean, std in STANDARDS),
    (-128.0, 127.0),
)  # fmt: skip
USUAL = RANGES[:3]
# Images that all candidates are asked about, those that the best of them are, and how many those are.
SCREENED, ASKED, BEST = 100, 1_000, 4
# The data's mean and standard deviation are as good as the usual ones if they are this near.
NEAR = 0.02
TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
SEED = 20_261
# Candidates whose mean likelihoods are nearer than this many standard errors, or than this, are alike.
ERRORS, ALIKE = 2.5, 0.002
# Two candidates under which no probability differs by more are one.
SAME = 0.01
# Below three times the share of a guess, or below this share, nothing was found.
CHANCE_FACTOR, LEAST = 3, 0.6
LOGITS = ("logits", "binary_logit")
# Names of how an image lies in a tensor: channels last, channels first, or in one row.
LAYOUTS = ("hwc", "chw", "flat")


@dataclass(frozen=True)
class Statement:
    """What the user says of a file without a contract. What is None is found by probing.

    Args:
        input_range: Real values that pixel bytes 0 and 255 stand for. Once they are stated, nothing of the input is
            probed: the image is neither inverted nor transposed unless that is stated, too.
        invert: Whether dark and bright are swapped: pixel 0 then stands for the upper end of the range.
        transpose: Whether rows and columns of the image are swapped.
        output_name: Output that holds the scores of the classes, of a file that has several.
        input_layout: How an image lies in an input tensor whose sizes are open: "hwc", "chw" or "flat".

    Raises:
        UsageError: The range is empty or not finite, or there is no such layout.
    """

    input_range: tuple[float, float] | None = None
    invert: bool | None = None
    transpose: bool | None = None
    output_name: str | None = None
    input_layout: str | None = None

    def __post_init__(self) -> None:
        if self.input_layout not in (None, *LAYOUTS):
            raise UsageError(f"`input_layout` {self.input_layout!r}: one of {', '.join(LAYOUTS)} was expected")
        ends = self.input_range
        if ends is None:
            return
        if len(ends) != 2 or ends[0] == ends[1] or not np.isfinite([*ends, ends[1] - ends[0]]).all():
            raise UsageError(f"`input_range` {ends}: two different numbers were expected")

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Statement:
        """Make it from JSON's fields, where a tuple has become a list."""
        return cls(**{**fields, "input_range": tuple(fields["input_range"]) if fields["input_range"] else None})


@dataclass(frozen=True, eq=False)
class Probe:
    """What a file without a contract is asked.

    Args:
        read: Reads training images with their classes, and the number of classes of the data; called once, and only
            for a file without a contract.
        statement: What the user says of the file.
    """

    read: Callable[[], tuple[TrainingSplit, int]]
    statement: Statement = Statement()

    @classmethod
    def choose(cls, open_dataset: Callable[[], Dataset], statement: Statement | None = None) -> Probe:
        """Choose some training images of a data set: those that no model of ours was fitted to, if they are enough."""

        def read() -> tuple[TrainingSplit, int]:
            dataset = open_dataset()
            _, validation = split_validation(dataset.training)
            chosen = validation if len(validation) >= ASKED else dataset.training
            return _choose_images(chosen, VALIDATION_MOST), len(dataset.labels)

        return cls(read, statement or Statement())

    @cached_property
    def _data(self) -> tuple[TrainingSplit, int]:
        return self.read()

    @property
    def split(self) -> TrainingSplit:
        """The images."""
        return require_training(self._data[0])

    @property
    def classes(self) -> int:
        """Number of classes of the data."""
        return self._data[1]

    def to_message(self) -> tuple[dict[str, Any], list[memoryview]]:
        """Return it as the fields and blobs of a message to another process."""
        images, labels = np.ascontiguousarray(self.split.images), self.split.labels.astype(np.int64)
        fields = {"shape": images.shape, "classes": self.classes, "statement": asdict(self.statement)}
        return fields, [images.reshape(-1).data, labels.data]

    @classmethod
    def from_message(cls, fields: Mapping[str, Any], blobs: Sequence[Any]) -> Probe:
        """Make it from the fields and blobs of a message."""
        pixels, labels = blobs
        images = np.frombuffer(pixels, np.uint8).reshape(fields["shape"])
        split = TrainingSplit(images, np.frombuffer(labels, np.int64))
        return cls(lambda: (split, fields["classes"]), Statement.from_fields(fields["statement"]))


@dataclass(frozen=True)
class Found:
    """What was found of a file without a contract.

    Args:
        input, output: What it takes and gives.
        images: Number of training images that it was asked.
        accuracy: Share of them that are classified right so, 0 … 1.
        runner_up: Next best input; None where only one came into question.
        runner_up_accuracy: Share that is classified right with that, 0 … 1.
    """

    input: Input
    output: Output
    images: int
    accuracy: float
    runner_up: Input | None = None
    runner_up_accuracy: float | None = None

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    def summarize(self) -> str:
        """Say it in one line, for people."""
        share = f"right on {100 * self.accuracy:.1f} % of {self.images:,} training images"
        first = f"assumed to take {self.input.summarize()}: {share}"
        if self.runner_up is None or self.runner_up_accuracy is None:
            return first
        return f"{first}; next best: {_summarize_values(self.runner_up)}, {100 * self.runner_up_accuracy:.1f} %"


@dataclass(frozen=True, eq=False)
class _Trial:
    """A candidate and what came of it: real outputs, (n, scores), probabilities, (n, classes), and log-likelihoods."""

    input: Input
    real: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    tempered: NDArray[np.float64]
    plain: NDArray[np.float64]
    accuracy: float

    @property
    def is_usual(self) -> bool:
        """True if most people train so."""
        return self.input.range in USUAL and not self.input.transposed


def find_signature(path: Path, infer: Infer, input: Input, output: Output, probe: Probe) -> Found:
    """Find what a file takes and gives.

    Args:
        path: The file, for messages.
        infer: Computes the file's own numbers: input values (n, *input.shape) in, `output.dtype` (n, scores) out.
        input, output: Name, shape, dtype, scale and zero point, as the tensors have them.
        probe: Training images with their classes, and what the user states.

    Raises:
        ModelError: It is right on hardly more images than a guess whatever it is given, or two candidates are as good
            as each other and mean different things.
    """
    every, candidates = probe.split, list(_list_candidates(input, probe))
    if not candidates:
        raise ModelError(
            f"{path}: `input_range` {probe.statement.input_range}: all pixels become one {input.dtype}", HINT
        )
    # A few images rule most candidates out, more tell the best from the others, and all are asked where two are alike.
    for count in (SCREENED, ASKED, len(every)):
        split = _choose_images(every, count)
        best = _rank([_try(infer, one, output, split) for one in candidates])[:BEST]
        candidates = [trial.input for trial in best]
        first, second = best[0], best[1] if len(best) > 1 else None
        if count > SCREENED and (second is None or _is_surer(first, second)):
            break
    if first.accuracy < min(LEAST, CHANCE_FACTOR / probe.classes) and probe.statement.input_range is None:
        raise _refuse_poor(path, first, len(split))
    if second is not None and not _is_surer(first, second) and not (first.is_usual and not second.is_usual):
        raise _refuse_tie(path, first, second, len(split))
    return Found(
        first.input, replace(output, kind=find_kind(first.real)), len(split), first.accuracy,
        second.input if second else None, second.accuracy if second else None,
    )  # fmt: skip


def _choose_images(split: TrainingSplit, count: int) -> TrainingSplit:
    if len(split) <= count:
        return split
    return split.take(np.sort(np.random.default_rng(SEED).permutation(len(split))[:count]))


def _list_candidates(input: Input, probe: Probe) -> Iterator[Input]:
    """Yield each way of giving it an image once: two that store the same values are one."""
    statement, seen = probe.statement, set()
    stated = statement.input_range
    ranges = [stated] if stated else [*RANGES, *_list_fitted(input, probe.split.images)]
    inversions = (False, True) if statement.invert is None and stated is None else (bool(statement.invert),)
    for transposed in (False, True) if statement.transpose is None and stated is None else (bool(statement.transpose),):
        for inverted in inversions:
            for low, high in ranges:
                one = replace(input, range=(high, low) if inverted else (low, high), transposed=transposed)
                key = (transposed, one.values.tobytes())
                if key not in seen and np.ptp(one.values):
                    seen.add(key)
                    yield one


def _list_fitted(input: Input, images: Images) -> Iterator[tuple[float, float]]:
    """Yield what the data's own mean and standard deviation make of pixels / 255, and what the tensor's scale spans."""
    mean, std = float(images.mean()) / 255, float(images.std()) / 255
    near = any(abs(mean - other) < NEAR and abs(std - spread) < NEAR for other, spread in STANDARDS)
    if std and not near:
        yield -mean / std, (1 - mean) / std
    if input.scale is not None and np.dtype(input.dtype).kind in "iu":
        limits, zero_point = np.iinfo(input.dtype), input.zero_point or 0
        yield (limits.min - zero_point) * input.scale, (limits.max - zero_point) * input.scale


def _try(infer: Infer, input: Input, output: Output, split: TrainingSplit) -> _Trial:
    real = _read_real(infer, input, output, split.images)
    if not np.isfinite(real).all():
        real = np.zeros_like(real)  # no candidate that gives NaN can be meant; one that doesn't wins
    probabilities = _normalize(real)
    rounded = output.scale is not None and find_kind(real) not in LOGITS  # to a step, which may be 0
    least = output.scale / 2 if output.scale is not None and rounded else 1e-12
    logarithms = np.log(np.maximum(probabilities, least))
    tempered = max(
        (_score(logarithms * one, split.labels) for one in TEMPERATURES), key=lambda found: float(found.mean())
    )
    accuracy = float((probabilities.argmax(axis=1) == split.labels).mean())
    return _Trial(input, real, probabilities, tempered, _score(logarithms, split.labels), accuracy)


def _read_real(infer: Infer, input: Input, output: Output, images: Images) -> NDArray[np.float64]:
    """Run images; outputs as real numbers, whatever they mean."""
    return replace(output, kind="probabilities").decode(infer(input.encode(images))).astype(np.float64)


def _normalize(real: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make probabilities of scores of any kind, for comparison among candidates."""
    kind = find_kind(real)
    if kind == "binary":
        real = np.concatenate([1 - real, real], axis=1)
    elif kind == "binary_logit":
        real = np.concatenate([np.zeros_like(real), real], axis=1)
    if kind in LOGITS:
        real = compute_softmax(real)
    real = np.maximum(real, 1e-12)
    normalized: NDArray[np.float64] = real / real.sum(axis=1, keepdims=True)
    return normalized


def _score(logits: NDArray[np.float64], labels: Labels) -> NDArray[np.float64]:
    """The logarithm of the probability of each right class, (n,)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    scores: NDArray[np.float64] = shifted[np.arange(len(labels)), labels] - np.log(np.exp(shifted).sum(axis=1))
    return scores


def _rank(trials: Sequence[_Trial]) -> list[_Trial]:
    """Sort by the tempered likelihood, the best first, and by the plain one where that is alike; doubles left out."""
    left, ranked = list(trials), list[_Trial]()
    while left:
        top = max(left, key=lambda trial: float(trial.tempered.mean()))
        alike = [trial for trial in left if trial is top or not _is_better(top.tempered, trial.tempered)]
        ranked.append(max(alike, key=lambda trial: (trial.is_usual, float(trial.plain.mean()))))
        left = [trial for trial in left if not _mean_the_same(ranked[-1], trial)]
    return ranked


def _is_better(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """True if the mean over the same images is higher by more than chance would have it."""
    difference = first - second
    if len(difference) < 2:
        return False
    error = float(difference.std(ddof=1)) / math.sqrt(len(difference))
    return float(difference.mean()) > max(ALIKE, ERRORS * error)


def _is_surer(first: _Trial, second: _Trial) -> bool:
    return _is_better(first.tempered, second.tempered) or _is_better(first.plain, second.plain)


def _mean_the_same(first: _Trial, second: _Trial) -> bool:
    """True if it makes no difference which of them is taken."""
    return float(np.abs(first.probabilities - second.probabilities).max()) < SAME


def _summarize_values(input: Input) -> str:
    low, high = input.range
    swapped = ", rows and columns swapped" if input.transposed else ""
    return f"[{min(low, high):.4g}, {max(low, high):.4g}]{', inverted' if low > high else ''}{swapped}"


HINT = "state what it takes: `input_range`, `invert`, `transpose`"


def _refuse_poor(path: Path, best: _Trial, images: int) -> ModelError:
    share = f"right on {100 * best.accuracy:.0f} % of {images:,} training images"
    return ModelError(
        f"{path}: no contract inside, and {share} at best, as {best.input.summarize()}",
        f"give the data that it was trained on: `data=PATH`; or {HINT}",
    )


def _refuse_tie(path: Path, first: _Trial, second: _Trial, images: int) -> ModelError:
    ways = " or ".join(f"{_summarize_values(one.input)} ({100 * one.accuracy:.1f} %)" for one in (first, second))
    return ModelError(
        f"{path}: no contract inside, and {images:,} training images don't tell whether it takes pixels as {ways}", HINT
    )
