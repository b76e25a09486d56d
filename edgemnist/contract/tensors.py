"""How a pixel byte becomes an input value, and how an output value becomes a probability."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from edgemnist.contract.scores import Kind, compute_probabilities, find_kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DType = Literal["float32", "float16", "float64", "uint8", "int8", "int16"]
# Of a model of colour pictures: grey ones are given to each.
CHANNELS = 3
# Whether channels are the last axis of an image or the first.
ChannelOrder = Literal["last", "first"]
# What is said of three channels in one row.
ROW_ORDERS: Mapping[ChannelOrder | None, str] = {
    None: "", "last": ", three channels pixel by pixel", "first": ", three channels one after the other"
}  # fmt: skip


@dataclass(frozen=True)
class Input:
    """What the model takes.

    Args:
        name: of the input tensor.
        shape: of one image, without the batch: (n,), (height, width), (height, width, 1) or (1, height, width); with
            three channels, each holds the same values: (height, width, 3), (3, height, width) or (3 · n,).
        dtype: of the stored values.
        range: the real values that pixel bytes 0 and 255 stand for; from high to low for an inverted image.
        scale: of a quantized input, in real units a step; None if the input isn't quantized.
        zero_point: the stored value that stands for real 0; None if the input isn't quantized.
        transposed: whether rows and columns of the image are swapped.
        row_order: "last" for three channels in one row, pixel after pixel, "first" for one channel after the other;
            None for every shape that isn't such a row.
    """

    name: str
    shape: tuple[int, ...]
    dtype: DType = "float32"
    range: tuple[float, float] = (0.0, 1.0)
    scale: float | None = None
    zero_point: int | None = None
    transposed: bool = False
    row_order: ChannelOrder | None = None

    def encode(self, images: NDArray[np.uint8]) -> NDArray[Any]:
        """Turn pixels into input values.

        Args:
            images: uint8 (n, height, width), 0 … 255.

        Returns:
            `dtype` (n, *shape).

        Example:
            >>> import numpy as np
            >>> white = np.full((1, 28, 28), 255, np.uint8)
            >>> int(Input("pixels", (784,), "int8", scale=1 / 255, zero_point=-128).encode(white).max())
            127
        """
        import numpy as np

        values = images if self.takes_raw_pixels else self.values[images]
        values = values.swapaxes(1, 2) if self.transposed else values
        if self.channel_axis is not None:
            values = np.stack([values] * CHANNELS, axis=self.channel_axis)
        return values.reshape(-1, *self.shape)

    @property
    def channels(self) -> int:
        """Number of channels that hold the same values: 3 for a model of colour pictures, else 1."""
        return 1 if self.channel_axis is None else CHANNELS

    @property
    def channel_axis(self) -> int | None:
        """Axis along which images (n, height, width) are stacked to three channels: 1 or -1; None for a single one."""
        order = self.row_order
        if order is None and len(self.shape) == 3 and CHANNELS in (self.shape[0], self.shape[-1]):
            order = "first" if self.shape[0] == CHANNELS else "last"
        return None if order is None else {"first": 1, "last": -1}[order]

    @property
    def values(self) -> NDArray[Any]:
        """The input value of each of the 256 pixel bytes, `dtype` (256,)."""
        import numpy as np

        low, high = self.range  # in float64, so that p · 255 / 255 is p
        values = low + np.arange(256) * (high - low) / 255
        if self.scale is not None:
            values = np.rint(values / self.scale) + (self.zero_point or 0)
        dtype = np.dtype(self.dtype)
        if dtype.kind in "iu":
            values = np.clip(np.rint(values), np.iinfo(dtype).min, np.iinfo(dtype).max)
        return values.astype(dtype)

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Input:
        """Make an input from JSON's fields, where a tuple has become a list."""
        return cls(**{**fields, "shape": tuple(fields["shape"]), "range": tuple(fields["range"])})

    @property
    def pixel_count(self) -> int:
        """Number of pixels of one image."""
        return math.prod(self.shape) // self.channels

    @property
    def takes_raw_pixels(self) -> bool:
        """True if the stored value of each pixel is the pixel itself, as a uint8."""
        return self.dtype == "uint8" and self.values.tolist() == list(range(256))

    def summarize(self) -> str:
        """Say it in one line, for people.

        Example:
            >>> Input("pixels", (784,)).summarize()
            'float32 (784) in [0, 1]: pixel / 255'
            >>> Input("pixels", (28, 28), "uint8", (0, 255)).summarize()
            'uint8 (28, 28): the raw pixel'
            >>> Input("pixels", (2352,), row_order="first").summarize()
            'float32 (2352) in [0, 1]: pixel / 255, three channels one after the other'
        """
        values, shape = self.values.tolist(), ", ".join(map(str, self.shape))
        kind = f"{self.dtype} ({shape})"
        how = ", inverted" if self.range[0] > self.range[1] else ""
        how += self.summarize_layout()
        if self.dtype in ("uint8", "int8") and values == [pixel + values[0] for pixel in range(256)]:
            return f"{kind}: pixel - {-values[0]}{how}" if values[0] else f"{kind}: the raw pixel{how}"
        usual = ": pixel / 255" if self.dtype == "float32" and self.range == (0.0, 1.0) else ""
        return f"{kind} in [{min(values):g}, {max(values):g}]{usual}{how}"

    def summarize_layout(self) -> str:
        """Say how the pixels lie where the shape doesn't tell, as the end of a line; empty for an image row by row."""
        swapped = ", rows and columns swapped" if self.transposed else ""
        return swapped + ROW_ORDERS[self.row_order]


@dataclass(frozen=True)
class Output:
    """What the model answers: one value a class, or one alone for two classes.

    Args:
        name: of the output tensor.
        dtype: of the stored values.
        kind: what the values are; "unknown" only for a file without a contract, and then found from
            the answers themselves.
        scale, zero_point: of a quantized output, as in `Input`.
    """

    name: str
    dtype: DType = "float32"
    kind: Kind = "probabilities"
    scale: float | None = None
    zero_point: int | None = None

    def decode(self, outputs: NDArray[Any]) -> NDArray[np.float32]:
        """Turn output values into probabilities.

        Args:
            outputs: `dtype` (n, classes); (n, 1) where one score stands for two classes.

        Returns:
            float32 (n, classes). Quantized probabilities sum to 1 only within a step, sigmoids to anything.

        Example:
            >>> import numpy as np
            >>> Output("probs", "uint8", scale=1 / 256, zero_point=0).decode(np.array([[64, 192]], np.uint8))
            array([[0.25, 0.75]], dtype=float32)
        """
        import numpy as np

        real = outputs.astype(np.float32)
        if self.scale is not None:
            real = (real - np.float32(self.zero_point or 0)) * np.float32(self.scale)
        kind = find_kind(real) if self.kind == "unknown" else self.kind
        return compute_probabilities(real, kind)
