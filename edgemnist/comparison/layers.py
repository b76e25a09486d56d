"""Two models layer by layer: the table, the first layer that diverges, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from edgemnist.comparison.causes import find_causes
from edgemnist.comparison.causes.case import Case
from edgemnist.comparison.causes.kernels import has_coarse_weights, mark_differences
from edgemnist.comparison.causes.scales import count_roundings, has_coarse_values
from edgemnist.comparison.expected import MOST_NOISE, expect_output_noise, expect_rounding
from edgemnist.comparison.flattening import lay_out_alike
from edgemnist.comparison.pairing import Model, pair_layers, settle_scales
from edgemnist.comparison.rows import LayerRow
from edgemnist.comparison.values import Side, Value, align, measure, share_scale
from edgemnist.formats.traces import Place

# How many times the noise of a layer before grows in one that is hidden in one of the models.
HIDDEN = 4
NOTHING = Value(np.zeros((1, 0)), None, "")


class ComparedLayers(NamedTuple):
    """Two models layer by layer.

    Args:
        rows: In the first model's order.
        reasons: Why the scales of C in whole numbers are none that fit.
        last: What the last layer gives in both; None where one of them has no such value.
    """

    rows: tuple[LayerRow, ...]
    reasons: tuple[str, ...]
    last: tuple[Value, Value] | None


def compare_layers(first: Model, second: Model, tolerance: float | None = None) -> ComparedLayers:
    """Compare two models layer by layer.

    Args:
        first, second: The models.
        tolerance: Root mean square of the difference that is let through, as a share of that of the first model's
            values; None for what precision explains.

    Raises:
        UsageError: They are two networks.
    """
    first, second, reasons = settle_scales(first, second)
    comparer = _Comparer(first, second, tolerance)
    rows = tuple(comparer.list_rows())
    return ComparedLayers(rows, reasons, comparer.last)


class _Comparer:
    """Goes through the layers; what was measured before says what is expected next."""

    def __init__(self, first: Model, second: Model, tolerance: float | None) -> None:
        self._models, self._tolerance = (first, second), tolerance
        self._readable = not (first.weights.unread or second.weights.unread)
        # Values that are put beside others have one scale, whatever they need.
        joins = (*first.weights.joins, *second.weights.joins)
        self._scaled_alone = not any("concat" in kind.lower() for kind in joins)
        self._explained = False  # a cause was named already
        self._before: tuple[Value, Value] | None = None  # what the layer before gives
        self.last: tuple[Value, Value] | None = None
        self._noise = 0.0  # of it, as a share of its variance

    def list_rows(self) -> Iterator[LayerRow]:
        for place, other in enumerate(pair_layers(*self._models)):
            first, second = self._read(self._models[0], place), self._read(self._models[1], other)
            second = lay_out_alike(first, second, self._count_channels())
            if place and self._is_made_good(first, second):
                second = replace(second, input=None)
            elif place == 0 or not (first.layer.follows and second.layer.follows):
                yield from self._compare_inputs(first, second, is_pixels=place == 0)
            yield from self._compare_outputs(first, second)
            self.last = self._before if first.output and second.output else None

    def _count_channels(self) -> int:
        """The channels of the images that the layer before gives; 1 where it gives none."""
        shape = self._before[0].real.shape if self._before else ()
        return int(shape[3]) if len(shape) == 4 else 1

    def _read(self, model: Model, place: int) -> Side:
        layer = model.layers[place]
        input, output = (_read_value(model, one) for one in (layer.input, layer.output))
        return Side(layer, model.weights.layers[place], input, output)

    def _compare_inputs(self, first: Side, second: Side, *, is_pixels: bool) -> Iterator[LayerRow]:
        if first.input is None or second.input is None or self._is_known(*share_scale(first.input, second.input)):
            return
        if align(first.input, second.input) is None and not is_pixels:
            return  # padding is an operator of its own in one of them
        values = share_scale(first.input, second.input)
        yield self._judge(first, second, values, self._expect_input(*values), is_pixels=is_pixels)

    def _is_made_good(self, first: Side, second: Side) -> bool:
        """True if inputs differ and outputs don't: a constant in between is in the weights of one of the two.

        So converters do with a batch normalization behind an activation function, which is read in no format.
        """
        if self._readable or None in (first.input, second.input, first.output, second.output):
            return False
        assert first.input and second.input and first.output and second.output  # noqa: PT018
        taken, given = share_scale(first.input, second.input), share_scale(first.output, second.output)
        if find_noise(*taken) <= MOST_NOISE * self._expect_input(*taken):
            return False
        return find_noise(*given) <= MOST_NOISE * self._expect_output(first, replace(second, input=None))

    def _compare_outputs(self, first: Side, second: Side) -> Iterator[LayerRow]:
        differs = (one.any() for one in mark_differences(first.weights, second.weights))
        changed = self._tolerance is None and self._readable and any(differs)
        if first.output is None or second.output is None:
            if changed:
                yield self._judge_weights(first, second)
            return
        allowed = self._expect_output(first, second)
        values = share_scale(first.output, second.output)
        yield self._judge(first, second, values, allowed, changed=changed, coarse=self._is_coarse(first, second))
        self._before = values

    def _is_coarse(self, first: Side, second: Side) -> bool:
        """True if the steps of weights or of the output are far coarser than needed, which no noise shows."""
        if self._tolerance is not None or first.output is None or second.output is None:
            return False
        weights = self._readable and has_coarse_weights(first.weights, second.weights)
        return weights or (self._scaled_alone and has_coarse_values(first.output, second.output))

    def _judge(
        self, first: Side, second: Side, values: tuple[Value, Value], allowed: float,
        *, changed: bool | None = None, coarse: bool = False, is_pixels: bool = False,
    ) -> LayerRow:  # fmt: skip
        """Make a row; `changed` is None of an input, else whether weights differ."""
        signal = _measure_signal(values[0])
        explained = MOST_NOISE * allowed if np.isfinite(allowed) else 0.0
        limit = explained if self._tolerance is None else self._tolerance**2 * signal
        noise = find_noise(*values)
        diverges = not noise <= limit or bool(changed) or coarse
        case = self._make_case(
            first, second, values, is_input=changed is None, is_pixels=is_pixels, allowed=explained
        )  # fmt: skip
        causes = find_causes(case) if diverges and (changed or coarse or not self._explained) else []
        self._explained = self._explained or diverges
        if changed is not None:
            self._noise = noise / (float(np.var(values[0].flat)) or 1.0) if np.isfinite(noise) else 1.0
        arrays = align(*values)
        return LayerRow(
            first.layer.name, second.layer.name, first.weights.kind, "input" if changed is None else "output",
            values[0].real.shape[1:], None if arrays is None else measure(*arrays), _to_db(signal, limit), diverges,
            bool(changed), coarse, count_roundings(*values), tuple(causes),
        )  # fmt: skip

    def _judge_weights(self, first: Side, second: Side) -> LayerRow:
        """Make a row of a layer whose weights differ, and whose output one of the models doesn't have."""
        causes = find_causes(self._make_case(first, second, (NOTHING, NOTHING)))
        self._explained = True
        return LayerRow(
            first.layer.name, second.layer.name, first.weights.kind, "weights", (), None, None, diverges=True,
            changed=True, causes=tuple(causes),
        )  # fmt: skip

    def _make_case(
        self, first: Side, second: Side, values: tuple[Value, Value],
        *, is_input: bool = False, is_pixels: bool = False, allowed: float = 0.0,
    ) -> Case:  # fmt: skip
        one, other = self._models
        return Case(
            first, second, values, (one.name, other.name), other.path, other.has_source, self._readable, is_input,
            is_pixels, allowed, self._before,
        )  # fmt: skip

    def _is_known(self, first: Value, second: Value) -> bool:
        """True if a layer takes what the layer before gives, as it is: that row says it."""
        if self._before is None:
            return False
        pairs = zip(self._before, (first, second), strict=True)
        return all(np.array_equal(before.flat, after.flat) for before, after in pairs)

    def _expect_output(self, first: Side, second: Side) -> float:
        """What precision leaves; of a layer whose input one model doesn't have, by the noise of the layer before."""
        allowed = expect_output_noise(first, second)
        if allowed is not None:
            return allowed
        taken = second.input or first.input
        guess = expect_output_noise(replace(first, input=taken), replace(second, input=taken)) or 0.0
        given = first.output or second.output
        inside = expect_rounding(taken) / (float(np.var(taken.flat)) or 1.0) if taken else 0.0
        return guess + (HIDDEN * self._noise + inside) * (float(np.var(given.flat)) if given else 0.0)

    def _expect_input(self, first: Value, second: Value) -> float:
        """What pooling and other operators that change no scale leave of the noise of the layer before."""
        size = self._before[0].flat.shape[1] if self._before else 0
        growth = max(1.0, size / max(1, first.flat.shape[1]))  # what is left may be the noisiest part
        carried: float = self._noise * growth * float(np.var(first.flat))
        return carried + expect_rounding(first) + expect_rounding(second)


def _read_value(model: Model, place: Place | None) -> Value | None:
    return None if place is None else Value.read(model.values[place.key], place)


def find_noise(first: Value, second: Value) -> float:
    """Return the mean square of the difference; infinite where a value isn't finite, or sizes differ."""
    arrays = align(first, second)
    if arrays is None:
        return float("inf")
    with np.errstate(invalid="ignore", over="ignore"):
        noise = float(np.mean((arrays[1] - arrays[0]) ** 2))
    return noise if np.isfinite(noise) else float("inf")


def _measure_signal(value: Value) -> float:
    """The mean square; 0 where a value isn't finite."""
    with np.errstate(invalid="ignore", over="ignore"):
        signal = float(np.mean(value.flat**2))
    return signal if np.isfinite(signal) else 0.0


def _to_db(signal: float, noise: float) -> float | None:
    return float(10 * np.log10(signal / noise)) if signal > 0 and noise > 0 else None
