"""What a file without a contract is asked: training images whose classes are known, and what the user states of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from edgemnist.datasets.splits import VALIDATION_MOST, TrainingSplit, require_training, split_validation
from edgemnist.errors import UsageError

if TYPE_CHECKING:
    from edgemnist.datasets import Dataset

# Names of how an image lies in a tensor: channels last, channels first, or in one row.
LAYOUTS = ("hwc", "chw", "flat")


# Images that suffice where candidates are told apart easily.
ASKED = 1_000
SEED = 20_261


@dataclass(frozen=True)
class Statement:
    """What the user says of a file without a contract. What is None is found by probing.

    Args:
        input_range: Real values that pixel bytes 0 and 255 stand for. Once they are stated, nothing of the input is
            probed: the image is neither inverted nor transposed, and three channels in one row lie pixel by pixel,
            unless something else is stated, too.
        invert: Whether dark and bright are swapped: pixel 0 then stands for the upper end of the range.
        transpose: Whether rows and columns of the image are swapped.
        output_name: Output that holds the scores of the classes, of a file that has several.
        input_layout: How an image lies in an input tensor whose sizes are open: "hwc", "chw" or "flat"; or, of three
            channels in one row, whether a pixel's three lie together ("hwc") or one channel after the other ("chw").

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
            return choose_images(chosen, VALIDATION_MOST), len(dataset.labels)

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


def choose_images(split: TrainingSplit, count: int) -> TrainingSplit:
    """Choose some images at random, always the same ones."""
    if len(split) <= count:
        return split
    return split.take(np.sort(np.random.default_rng(SEED).permutation(len(split))[:count]))
