"""A window that slides over an image: its sizes, read from TFLite and written as the struct `geometry`."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from edgemnist.exporters.c.graph import WORD_BYTES, Scratch
from edgemnist.exporters.c.operators import Operator

# Steps from one tap of a filter to the next, down and to the right.
Dilation = tuple[int, int]


@dataclass(frozen=True)
class Geometry:
    """A window that slides over an image; sizes and paddings in pixels.

    Args:
        rows, columns, channels: Sizes of the input.
        window_rows, window_columns: Sizes of the filter.
        row_stride, column_stride: Steps of the filter.
        top, left: Padding; what hangs over at the other two sides is padding as well.
        output_rows, output_columns, output_channels: Sizes of the output.
    """

    rows: int
    columns: int
    channels: int
    window_rows: int
    window_columns: int
    row_stride: int
    column_stride: int
    top: int
    left: int
    output_rows: int
    output_columns: int
    output_channels: int

    def write(self) -> str:
        """Return it as C."""
        return "{" + ", ".join(map(str, astuple(self))) + "}"


def read_geometry(operator: Operator, window: tuple[int, int], channels: int | None = None) -> Geometry:
    """Read how an operator's window slides.

    Args:
        window: Rows and columns of the filter.
        channels: Output channels that the weights make; None where each input channel makes one.

    Raises:
        ExportError: The window runs over several images, or the output is not what it makes.
    """
    options, apart = operator.options, read_dilation(operator)
    before, after = operator.inputs[0].shape, operator.output.shape
    expected = before[-1] if channels is None else channels
    if len(before) != 4 or before[0] != 1 or len(after) != 4 or after[0] != 1 or after[3] != expected:
        raise operator.refuse(
            f"a window over {before} that makes {after} can't be written in C, "
            f"only over (1, rows, columns, channels) that makes (1, rows, columns, {expected})"
        )
    strides = options.strideH, options.strideW
    if min(*window, *strides, *apart) < 1:
        raise operator.refuse(f"a window of {window}, dilated by {apart}, in steps of {strides} can't be written in C")
    seen = (window[0] - 1) * apart[0] + 1, (window[1] - 1) * apart[1] + 1
    # Where a window stands beside the image, kernels would read and write beyond their memory.
    places = tuple(
        _count_places(size, 1 if operator.pads else taps, stride)
        for size, taps, stride in zip(before[1:3], seen, strides, strict=True)
    )
    if after[1:3] != places:
        raise operator.refuse(f"a window over {before} has {places} places, and its output is {after}")
    return Geometry(
        *before[1:], *window, *strides,
        pad(before[1], after[1], seen[0], strides[0]) if operator.pads else 0,
        pad(before[2], after[2], seen[1], strides[1]) if operator.pads else 0,
        *after[1:],
    )  # fmt: skip


def _count_places(size: int, window: int, stride: int) -> int:
    """Return at how many places a window stands inside an image along one axis; 0 or less where it is larger.

    With SAME padding these are the places of a window of 1.

    Source:
        `ComputeOutSize` in TFLite's padding.
    """
    return -(-(size - window + 1) // stride)


def plan_window(geometry: Geometry, numbers: int = 2) -> Scratch:
    """Return memory for so many int32 numbers an output channel, and for the bytes that a window sees."""
    seen = geometry.window_rows * geometry.window_columns * geometry.channels
    return Scratch(numbers * geometry.output_channels + -(-seen // WORD_BYTES))


def read_dilation(operator: Operator) -> Dilation:
    """Return how far the taps of an operator's filter lie apart."""
    options = operator.options
    return getattr(options, "dilationHFactor", 1), getattr(options, "dilationWFactor", 1)


def pad(size: int, output_size: int, window: int, stride: int) -> int:
    """Return how far a window starts before the image with SAME padding: half of what is missing, rounded down."""
    return max(0, (output_size - 1) * stride + window - size) // 2
