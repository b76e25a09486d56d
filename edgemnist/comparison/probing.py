"""What a file without a contract takes and gives, found by asking it about training images whose classes are known.

Nothing in a file from elsewhere says how a pixel becomes an input value. The candidates are the ranges that people
train in, each also with the image inverted, and with its rows and columns swapped; of three channels in one row,
in both orders.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from edgemnist.comparison.candidates import is_usual, list_candidates
from edgemnist.comparison.question import ASKED, Probe, choose_images
from edgemnist.comparison.trials import Infer, Trial, is_surer, rank, try_candidate
from edgemnist.contract import Input, Output
from edgemnist.contract.scores import find_kind
from edgemnist.errors import ModelError

# Below three times the share of a guess, or below this share, nothing was found.
CHANCE_FACTOR, LEAST = 3, 0.6
# Images that all candidates are asked about, and number of the best of them, which are asked about more.
SCREENED, BEST = 100, 4


@dataclass(frozen=True)
class Candidate:
    """A reading of a file without a contract that came into question.

    Args:
        input: What it takes under it.
        accuracy: Share of the training images that are classified right so, 0 … 1.
    """

    input: Input
    accuracy: float

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"takes": self.summarize(), "accuracy": self.accuracy}

    def summarize(self) -> str:
        """Say what pixels 0 and 255 become, and how an image lies."""
        return _summarize_values(self.input)


@dataclass(frozen=True)
class Found:
    """What was found of a file without a contract.

    Args:
        input, output: What it takes and gives.
        images: Number of training images that it was asked.
        accuracy: Share of them that are classified right so, 0 … 1.
        runner_up: Next best input; None where only one came into question.
        runner_up_accuracy: Share that is classified right with that, 0 … 1.
        candidates: The best readings, the one that was taken first.
    """

    input: Input
    output: Output
    images: int
    accuracy: float
    runner_up: Input | None = None
    runner_up_accuracy: float | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def margin(self) -> float | None:
        """By how much more images it is right on than the next best, as a share of them; None without one."""
        return None if self.runner_up_accuracy is None else self.accuracy - self.runner_up_accuracy

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
    every, candidates = probe.split, list(list_candidates(input, probe))
    if not candidates:
        raise ModelError(
            f"{path}: `input_range` {probe.statement.input_range}: all pixels become one {input.dtype}", HINT
        )
    # A few images rule most candidates out, more tell the best from the others, and all are asked where two are alike.
    for count in (SCREENED, ASKED, len(every)):
        split = choose_images(every, count)
        best = rank([try_candidate(infer, one, output, split) for one in candidates])[:BEST]
        candidates = [trial.input for trial in best]
        first, second = best[0], best[1] if len(best) > 1 else None
        if count > SCREENED and (second is None or is_surer(first, second)):
            break
    if first.accuracy < min(LEAST, CHANCE_FACTOR / probe.classes) and probe.statement.input_range is None:
        raise _refuse_poor(path, first, len(split))
    usual = second is not None and is_usual(first.input) and not is_usual(second.input)
    if second is not None and not is_surer(first, second) and not usual:
        raise _refuse_tie(path, first, second, len(split))
    return Found(
        first.input, replace(output, kind=find_kind(first.real)), len(split), first.accuracy,
        second.input if second else None, second.accuracy if second else None,
        tuple(Candidate(trial.input, trial.accuracy) for trial in best),
    )  # fmt: skip


def _summarize_values(input: Input) -> str:
    low, high = input.range
    inverted = ", inverted" if low > high else ""
    return f"[{min(low, high):.4g}, {max(low, high):.4g}]{inverted}{input.summarize_layout()}"


HINT = "state what it takes: `input_range`, `invert`, `transpose`"


def _refuse_poor(path: Path, best: Trial, images: int) -> ModelError:
    share = f"right on {100 * best.accuracy:.0f} % of {images:,} training images"
    return ModelError(
        f"{path}: no contract inside, and {share} at best, as {best.input.summarize()}",
        f"give the data that it was trained on: `data=PATH`; or {HINT}",
    )


def _refuse_tie(path: Path, first: Trial, second: Trial, images: int) -> ModelError:
    ways = " or ".join(f"{_summarize_values(one.input)} ({100 * one.accuracy:.1f} %)" for one in (first, second))
    return ModelError(
        f"{path}: no contract inside, and {images:,} training images don't tell whether it takes pixels as {ways}", HINT
    )
