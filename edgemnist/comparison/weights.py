"""The weights of a file compared with those of its source, layer by layer, in steps of what the file can hold.

A weight that was rounded honestly is at most half a step from its source. One that was flipped, zeroed or
scaled is not, also where no image shows it: a table a layer says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.scales import Pair, find_bias_steps, find_moves, fit_scales
from edgemnist.formats.weights import LayerWeights, ModelWeights

# Half a step, and what float32 arithmetic adds: the folding of a batch normalization, a scale's last bit.
MOST_STEPS = 0.501
FLOAT_TOLERANCE = 1e-6
# How much coarser than its largest weight needs a step may be.
MOST_COARSENESS = 1.02
# How far, in steps, a weight may be from a multiple of a coarse step that it was trained to be on.
EXACT_STEPS = 1e-3


@dataclass(frozen=True)
class LayerRow:
    """One layer of the table.

    Args:
        name: in the source.
        kind: "dense", "conv" or "depthwise".
        shape: of the kernel.
        values: how many weights and biases were compared.
        out_of_step: how many of them are farther from those of the source than rounding takes them.
        largest_difference: of a weight or a bias, in real units.
        largest_steps: the same in steps, of which rounding takes 0.5 at most; a step of floats is two millionths
            of the largest value.
        reasons: what is wrong with the layer; empty if nothing is.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    values: int
    out_of_step: int
    largest_difference: float
    largest_steps: float
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True if every value is what rounding makes of the source's."""
        return not self.reasons


@dataclass(frozen=True)
class WeightComparison:
    """The table.

    Args:
        rows: a row a layer; none where the layers don't correspond.
        reasons: why the weights are not the source's, one sentence a reason. Where the source has unread parts, only
            what none of them explains.
        unread: parts of the source that have no place in the table, such as a batch normalization that follows
            an activation. Converters may fold them into any layer beside them.
    """

    rows: tuple[LayerRow, ...]
    reasons: tuple[str, ...]
    unread: tuple[str, ...] = ()

    @property
    def passed(self) -> bool | None:
        """True if all layers correspond and every value is what rounding makes of the source's.

        None where the source has parts that the table has no place for, and no reason stands in spite of them: then it
        shows nothing either way.
        """
        return None if self.unread and not self.reasons else not self.reasons

    @property
    def out_of_step(self) -> int:
        """How many values of all layers are."""
        return sum(row.out_of_step for row in self.rows)

    def summarize(self) -> dict[str, Any]:
        """Return all but the rows as JSON's types."""
        return {
            "passed": self.passed,
            "layers": len(self.rows),
            "values": sum(row.values for row in self.rows),
            "out_of_step": self.out_of_step,
            "largest_steps": max((row.largest_steps for row in self.rows), default=0.0),
            "reasons": list(self.reasons),
            "unread": list(self.unread),
        }

    def to_record(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        rows = [{**asdict(row), "shape": list(row.shape), "passed": row.passed} for row in self.rows]
        return {**self.summarize(), "rows": [{**row, "reasons": list(row["reasons"])} for row in rows]}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> WeightComparison:
        """Read what `to_record` wrote."""
        rows = tuple(
            LayerRow(**{field.name: _freeze(row[field.name]) for field in fields(LayerRow)}) for row in record["rows"]
        )
        return cls(rows, tuple(record["reasons"]), tuple(record["unread"]))


def _freeze(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def compare_weights(source: ModelWeights, other: ModelWeights) -> WeightComparison:
    """Compare the weights of a file with those of its source.

    Args:
        source: of the Keras file.
        other: of the file that was made from it.

    Returns:
        A row a layer. Another number of layers, or other shapes, is a reason, never an exception.
    """
    rows, differences = _compare_layers(source, other)
    branches = list(find_branches(source, other))
    if source.unread:  # they may explain any value, shape and constant, but no branch
        return WeightComparison(rows, tuple(branches), source.unread)
    constants = [f"it holds what its source doesn't have: {', '.join(other.unread[:3])}"] if other.unread else []
    return WeightComparison(rows, (*constants, *branches, *differences))


def find_branches(source: ModelWeights, other: ModelWeights) -> Iterator[str]:
    """Say that a file branches where its source doesn't."""
    if other.joins and not source.joins:
        yield f"it branches, but its source doesn't: {', '.join(sorted(set(other.joins))[:3])}"


def _compare_layers(source: ModelWeights, other: ModelWeights) -> tuple[tuple[LayerRow, ...], list[str]]:
    """Return the rows, none where the layers don't correspond; and what differs in values and shapes."""
    pairs = pair_layers(source.layers, other.layers)
    if pairs is None:
        return (), [phrase_shapes(source.layers, other.layers)]
    reasons: list[str] = []
    if other.scales is not None:
        pairs, mismatch = fit_scales(source, other, pairs)
        reasons += mismatch
    rows = tuple(_compare_layer(*pair) for pair in pairs)
    return rows, reasons + [f"layer {row.name}: {reason}" for row in rows for reason in row.reasons]


def pair_layers(source: Sequence[LayerWeights], other: Sequence[LayerWeights]) -> list[Pair] | None:
    """Return the layers of both that correspond; None where they don't."""
    places = pair_places(source, other)
    return None if places is None else [(source[place], other[match]) for place, match in enumerate(places)]


def pair_places(source: Sequence[LayerWeights], other: Sequence[LayerWeights]) -> list[int] | None:
    """Pair layers in order; where converters put branches in another order, those of the same shape in order.

    Returns:
        For each layer of the source, the place of the other's; None where they don't correspond.
    """
    rest, found = dict(enumerate(other)), []
    for layer in source:
        shape = (layer.kind, layer.kernel.shape)
        match = next((place for place, one in rest.items() if (one.kind, one.kernel.shape) == shape), None)
        if match is None:
            return None
        del rest[match]
        found.append(match)
    return None if rest else found


def phrase_shapes(source: Sequence[LayerWeights], other: Sequence[LayerWeights]) -> str:
    """Say that the layers of two files don't correspond."""
    found, expected = (", ".join(_phrase_shape(layer) for layer in layers) for layers in (other, source))
    return f"its layers are {found or 'none'}, but those of its source are {expected or 'none'}"


def _phrase_shape(layer: LayerWeights) -> str:
    return f"{layer.kind} {' x '.join(map(str, layer.kernel.shape))}"


def _compare_layer(source: LayerWeights, other: LayerWeights) -> LayerRow:
    kernel = _measure(source.kernel, other.kernel, other.step, axis=tuple(range(source.kernel.ndim - 1)))
    bias = _measure(source.bias, other.bias, find_bias_steps(other), axis=None)
    out = {"weights": kernel[0], "biases": bias[0]}
    sizes = {"weights": source.kernel.size, "biases": source.bias.size}
    steps = max(kernel[2], bias[2])
    reasons = [f"{count} of {sizes[what]} {what} are out of step" for what, count in out.items() if count]
    coarse = count_coarse(source, other)
    if coarse:
        reasons.append(f"the steps of {coarse} outputs are coarser than their weights need")
    return LayerRow(
        source.name, source.kind, source.kernel.shape, sum(sizes.values()), sum(out.values()),
        max(kernel[1], bias[1]), steps, tuple(reasons),
    )  # fmt: skip


def _measure(
    source: NDArray[np.float32], other: NDArray[np.float32], steps: NDArray[np.float32], axis: tuple[int, ...] | None
) -> tuple[int, float, float]:
    """How many values are out of step, and the largest difference, in real units and in steps."""
    with np.errstate(invalid="ignore", over="ignore"):
        differences = np.abs(source.astype(np.float64) - other)
        scale = np.abs(source).max(axis=axis, keepdims=True)
        allowed = MOST_STEPS * steps + FLOAT_TOLERANCE * scale
        out = ~(differences <= allowed)
        in_steps = differences / np.maximum(2 * allowed, np.finfo(np.float32).tiny)
        # A value that isn't finite is as far as can be: infinity has no place in JSON.
        largest = [float(np.nan_to_num(one.max(), nan=1e30, posinf=1e30)) for one in (differences, in_steps)]
    return int(out.sum()), largest[0], largest[1]


def count_coarse(source: LayerWeights, other: LayerWeights, most: float = MOST_COARSENESS) -> int:
    """Outputs whose step is larger than the largest weight needs: within such a step, anything would pass.

    One step for all outputs is as large as the largest weight of all needs; and one whose bias would not fit into
    30 bits otherwise is as large as that needs. Weights that were trained on few levels need no finer step than theirs.

    Args:
        source: A layer of the source; where that is rounded itself, its weights may be half a step larger.
        other: The same layer of the other.
        most: How many times as large as needed a step may be.
    """
    if not other.levels:
        return 0
    axes = tuple(range(source.kernel.ndim - 1))
    steps = other.step.max(axis=axes)
    largest = (np.abs(source.kernel) + source.step / 2).max(axis=axes)
    if len(steps) > 1 and np.ptp(steps) == 0:
        largest = largest.max(keepdims=True)
    fine = steps <= most * largest / other.levels + np.finfo(np.float32).tiny
    needed = 2 * most * np.abs(source.bias) / 2**30
    stretched = (other.bias_step > 0) & (other.bias_step <= needed)
    with np.errstate(invalid="ignore", over="ignore"):
        before, after = (layer.kernel.astype(np.float64) for layer in (source, other))
        off, off_moved = (np.abs(before - after * by).max(axis=axes) for by in (1.0, find_moves(source, other)))
        off = np.minimum(off, off_moved) - (source.step / 2).max(axis=axes)
    on_levels = (off <= EXACT_STEPS * steps) & (steps <= MOST_COARSENESS * largest)
    return int((~(fine | stretched | on_levels)).sum())
