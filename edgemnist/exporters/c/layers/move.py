"""Values in other places: transposed, cropped, padded, repeated. Nothing is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import ClassVar

from edgemnist.codegen import format_float
from edgemnist.exporters import Options
from edgemnist.exporters.c.fixedpoint import BYTE
from edgemnist.exporters.c.graph import Layer
from edgemnist.exporters.c.layers.fields import require_scale
from edgemnist.exporters.c.operators import Operator

# Axes that the kernel can run over.
AXES = 4


@dataclass(frozen=True)
class Axis:
    """One axis of what is copied.

    Args:
        size: How many values.
        source, target: How far apart two of them lie in the input, and in the output.
    """

    size: int
    source: int
    target: int


@dataclass(frozen=True)
class Path:
    """From where to where values are copied.

    Args:
        axes: From the outermost to the innermost.
        source, target: Places of the first value.
    """

    axes: tuple[Axis, ...]
    source: int = 0
    target: int = 0

    def simplify(self) -> Path:
        """Return the same with as few axes as it takes."""
        axes: list[Axis] = []
        for axis in self.axes:
            if axis.size == 1:
                continue
            last = axes[-1] if axes else None
            if last and (last.source, last.target) == (axis.source * axis.size, axis.target * axis.size):
                axes[-1] = Axis(last.size * axis.size, axis.source, axis.target)
            else:
                axes.append(axis)
        return Path(tuple(axes), self.source, self.target)


def find_steps(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return how far apart two neighbours on each axis lie.

    Example:
        >>> find_steps((1, 2, 3))
        (6, 3, 1)
    """
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


@dataclass(frozen=True, eq=False)
class Move(Layer):
    """TRANSPOSE, SLICE, STRIDED_SLICE, PAD, PADV2, TILE and BROADCAST_TO.

    Args:
        path: From where to where.
        fill: Value of what is not copied, as it is stored; None where all is.
    """

    path: Path
    fill: float | None = None

    kernel: ClassVar[str] = "move"

    @classmethod
    def read(cls, operator: Operator) -> Move:
        """Read it; see `Layer.read`."""
        if any(operand is not None for operand in operator.operands[1:]):
            raise operator.refuse(f"{operator.kind} by computed numbers can't be written in C")
        path, tensors = PATHS[operator.kind](operator).simplify(), operator.read_tensors()
        if len(path.axes) > AXES:
            raise operator.refuse(f"{operator.kind} along {len(path.axes)} axes can't be written in C, only {AXES}")
        copied = prod(axis.size for axis in path.axes)
        layer = cls(**tensors, path=path, fill=_read_fill(operator) if copied < tensors["output"].size else None)
        if layer.input.scale != layer.output.scale:
            raise operator.refuse(f"{operator.kind} that changes the scale can't be written in C")
        if copied > layer.output.size or (layer.fill is None) != (copied == layer.output.size):
            raise operator.refuse(f"{operator.kind} from {layer.input.shape} to {layer.output.shape} fits no C")
        return layer

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `move_layer`."""
        axes = [*[Axis(1, 0, 0)] * (AXES - len(self.path.axes)), *self.path.axes]
        lists = ([axis.size for axis in axes], [axis.source for axis in axes], [axis.target for axis in axes])
        fields = ", ".join("{" + ", ".join(map(str, values)) + "}" for values in lists)
        filled = 0 if self.fill is None else self.output.size
        return (
            f"static const move_layer {name} = "
            f"{{{fields}, {self.path.source}, {self.path.target}, {filled}, {self._format_fill()}}};\n"
        )

    def _format_fill(self) -> str:
        fill = self.fill or 0.0
        if not self.quantized:
            return format_float(fill)
        return str((int(fill) if self.fill is not None else -BYTE) + BYTE)


def _read_fill(operator: Operator) -> float | None:
    """What stands where nothing is copied to: as it is stored."""
    if operator.kind == "PADV2":
        values = operator.read_values(2)
        if values.size != 1 or values.dtype != ("float32" if operator.output.scale is None else "int8"):
            raise operator.refuse(f"a padding by {values.size} numbers of {values.dtype} can't be written in C")
        if operator.get_operand(2).scale != operator.output.scale:
            raise operator.refuse("a padding in other steps than the image's can't be written in C")
        return float(values.item())
    if operator.kind != "PAD":
        return None
    return 0.0 if operator.output.scale is None else float(require_scale(operator.output).zero_point)


def _transpose(operator: Operator) -> Path:
    shape, order = operator.inputs[0].shape, operator.read_counts(1)
    if sorted(order) != list(range(len(shape))):
        raise operator.refuse(f"its order of axes is {order}, expected each of {len(shape)} once")
    sizes = [shape[axis] for axis in order]
    steps = find_steps(shape)
    return _join(sizes, [steps[axis] for axis in order], find_steps(tuple(sizes)))


def _slice(operator: Operator) -> Path:
    shape, sizes = operator.inputs[0].shape, operator.output.shape
    begin = operator.read_counts(1, len(shape))
    if len(sizes) != len(shape):
        raise operator.refuse(f"a slice of {shape} to {sizes} can't be written in C")
    return _cut(operator, begin, [1] * len(shape), sizes)


def _slice_in_steps(operator: Operator) -> Path:
    shape, options = operator.inputs[0].shape, operator.options
    begin, end, steps = (operator.read_counts(place, len(shape)) for place in (1, 2, 3))
    if options.ellipsisMask or options.newAxisMask or min(steps) < 1:
        raise operator.refuse("a slice backwards, with an ellipsis or with a new axis can't be written in C")
    starts, sizes = [], []
    for axis, size in enumerate(shape):
        low, high, step = begin[axis], end[axis], steps[axis]
        low = 0 if options.beginMask >> axis & 1 else min(max(low + size * (low < 0), 0), size)
        high = size if options.endMask >> axis & 1 else min(max(high + size * (high < 0), 0), size)
        if options.shrinkAxisMask >> axis & 1:
            high = low + 1
        starts.append(low)
        sizes.append(max(0, -(-(high - low) // step)))
    return _cut(operator, starts, steps, tuple(sizes))


def _cut(operator: Operator, begin: list[int], steps: list[int], sizes: tuple[int, ...]) -> Path:
    shape = operator.inputs[0].shape
    for start, step, size, whole in zip(begin, steps, sizes, shape, strict=True):
        if start < 0 or size < 1 or start + (size - 1) * step >= whole:
            raise operator.refuse(f"a slice of {sizes} from {begin} reaches out of {shape}")
    apart = find_steps(shape)
    source = sum(start * distance for start, distance in zip(begin, apart, strict=True))
    path = _join(sizes, [step * distance for step, distance in zip(steps, apart, strict=True)], find_steps(sizes))
    return Path(path.axes, source)


def _pad(operator: Operator) -> Path:
    before, after = operator.inputs[0].shape, operator.output.shape
    flat = operator.read_counts(1, 2 * len(before))
    pads = list(zip(flat[::2], flat[1::2], strict=True))
    sizes = [size + sum(pad) for size, pad in zip(before, pads, strict=True)]
    if tuple(sizes) != after or min(map(min, pads)) < 0:
        raise operator.refuse(f"a padding of {before} by {pads} is not {after}")
    apart = find_steps(after)
    target = sum(pad[0] * distance for pad, distance in zip(pads, apart, strict=True))
    return Path(_join(before, find_steps(before), apart).axes, 0, target)


def _repeat(operator: Operator) -> Path:
    """TILE, and BROADCAST_TO: along each axis the whole axis some times."""
    after, before = operator.output.shape, operator.inputs[0].shape
    before = (1,) * (len(after) - len(before)) + before
    if len(before) != len(after) or any(whole % size for size, whole in zip(before, after, strict=True)):
        raise operator.refuse(f"{before} can't be repeated to {after}")
    axes: list[Axis] = []
    for size, whole, source, target in zip(before, after, find_steps(before), find_steps(after), strict=True):
        axes += [Axis(whole // size, 0, target * size), Axis(size, source, target)]
    return Path(tuple(axes))


def _join(sizes: list[int] | tuple[int, ...], sources: list[int] | tuple[int, ...], targets: tuple[int, ...]) -> Path:
    return Path(tuple(Axis(*axis) for axis in zip(sizes, sources, targets, strict=True)))


PATHS: dict[str, Callable[[Operator], Path]] = {
    "TRANSPOSE": _transpose,
    "SLICE": _slice,
    "STRIDED_SLICE": _slice_in_steps,
    "PAD": _pad,
    "PADV2": _pad,
    "TILE": _repeat,
    "BROADCAST_TO": _repeat,
}
