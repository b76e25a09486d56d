"""Two models layer by layer: the table, the first layer that diverges, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from edgemnist.comparison.causes import find_causes
from edgemnist.comparison.causes.case import Case, Cause
from edgemnist.comparison.causes.kernels import mark_differences
from edgemnist.comparison.causes.scales import count_roundings
from edgemnist.comparison.expected import MOST_NOISE, expect_output_noise, expect_rounding
from edgemnist.comparison.flattening import lay_out_alike
from edgemnist.comparison.pairing import Model, pair_layers, settle_scales
from edgemnist.comparison.values import Measures, Side, Value, align, measure, share_scale
from edgemnist.formats.traces import Place

# How many times the noise of a layer before grows in one that is hidden in one of the models.
HIDDEN = 4


@dataclass(frozen=True)
class LayerRow:
    """What a layer gives, or takes, in both models.

    Args:
        first, second: Names of the layer in both.
        kind: "dense", "conv" or "depthwise".
        value: "output", or "input" where something lies between the layer and the one before.
        shape: Of the value in the first model, the images aside.
        measures: How far they are apart; None where they have another number of values.
        expected_db: Signal to noise that precision alone explains, in dB; None where any difference is none.
        diverges: True if they are farther apart than that, or than the tolerance; or weights differ.
        rounding: Where both store whole numbers that differ by a step at most: how many do.
        causes: Why, the most specific first.
    """

    first: str
    second: str
    kind: str
    value: str
    shape: tuple[int, ...]
    measures: Measures | None
    expected_db: float | None
    diverges: bool
    rounding: str = ""
    causes: tuple[Cause, ...] = ()

    def phrase(self, *, by_tolerance: bool = False) -> str:
        """Say how far it diverges.

        Args:
            by_tolerance: True where the user says how far is too far.
        """
        what, found = f"the {self.value} of layer {self.first}", self.measures
        if found is None:
            return f"{what} has another number of values"
        if found.not_finite:
            return f"{what} has {found.not_finite:,} values that are not finite"
        limit = None if self.expected_db is None else f"{self.expected_db:.1f} dB"
        if found.sqnr_db is not None and limit and found.sqnr_db < (self.expected_db or 0.0):
            explained = "the tolerance asks for" if by_tolerance else "its precision explains no less than"
            return f"{what} has a signal to noise of {found.sqnr_db:.1f} dB, and {explained} {limit}"
        if found.equal or limit:
            return f"{what} hardly shows it on these images, but its weights differ"
        return f"{what} differs, and nothing is let through"

    def to_record(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        measures = asdict(self.measures) if self.measures else None
        return {
            **asdict(self),
            "shape": list(self.shape),
            "measures": measures,
            "causes": [asdict(one) for one in self.causes],
        }


def compare_layers(
    first: Model, second: Model, tolerance: float | None = None
) -> tuple[tuple[LayerRow, ...], tuple[str, ...]]:
    """Compare two models layer by layer.

    Args:
        first, second: The models.
        tolerance: Root mean square of the difference that is let through, as a share of that of the first model's
            values; None for what precision explains.

    Returns:
        The rows, in the first model's order, and what C in whole numbers says of its scales that can't be.

    Raises:
        UsageError: They are two networks.
    """
    first, second, reasons = settle_scales(first, second)
    return tuple(_Comparer(first, second, tolerance).list_rows()), reasons


def explain_rest(rows: Sequence[LayerRow]) -> tuple[Cause, ...]:
    """Return why the first row that differs does, where none diverges: rounding, or the precision; nothing if equal."""
    differing = next((row for row in rows if row.measures is not None and not row.measures.equal), None)
    if differing is None:
        return ()
    if differing.rounding:
        what = f"the {differing.value} of layer {differing.first} is the first that differs"
        return (Cause("rounding", f"{what}: {differing.rounding}"),)
    return (Cause("precision", "the layers differ by what the precision of both explains, and by no more"),)


class _Comparer:
    """Goes through the layers; what was measured before says what is expected next."""

    def __init__(self, first: Model, second: Model, tolerance: float | None) -> None:
        self._models, self._tolerance = (first, second), tolerance
        self._readable = not (first.weights.unread or second.weights.unread)
        self._explained = False  # a cause was named already
        self._before: tuple[Value, Value] | None = None  # what the layer before gives
        self._noise = 0.0  # of it, as a share of its variance

    def list_rows(self) -> Iterator[LayerRow]:
        for place, other in enumerate(pair_layers(*self._models)):
            first, second = self._read(self._models[0], place), self._read(self._models[1], other)
            second = lay_out_alike(first, second, self._count_channels())
            if place == 0 or not (first.layer.follows and second.layer.follows):
                yield from self._compare_inputs(first, second, is_pixels=place == 0)
            yield from self._compare_outputs(first, second)

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

    def _compare_outputs(self, first: Side, second: Side) -> Iterator[LayerRow]:
        if first.output is None or second.output is None:
            return
        differs = (one.any() for one in mark_differences(first.weights, second.weights))
        changed = self._tolerance is None and self._readable and any(differs)
        allowed = self._expect_output(first, second)
        values = share_scale(first.output, second.output)
        yield self._judge(first, second, values, allowed, changed=changed)
        self._before = values

    def _judge(
        self, first: Side, second: Side, values: tuple[Value, Value], allowed: float,
        *, changed: bool | None = None, is_pixels: bool = False,
    ) -> LayerRow:  # fmt: skip
        """Make a row; `changed` is None of an input, else whether weights differ."""
        signal = float(np.mean(values[0].flat ** 2)) or 1.0
        explained = MOST_NOISE * allowed
        limit = explained if self._tolerance is None else self._tolerance**2 * signal
        noise = find_noise(*values)
        diverges = not noise <= limit or bool(changed)
        names = (self._models[0].name, self._models[1].name)
        path, has_source = self._models[1].path, self._models[1].has_source
        case = Case(
            first, second, values, names, path, has_source, changed is None, is_pixels, explained, self._before
        )  # fmt: skip
        causes = find_causes(case) if diverges and (changed or not self._explained) else []
        self._explained = self._explained or diverges
        if changed is not None:
            self._noise = noise / (float(np.var(values[0].flat)) or 1.0) if np.isfinite(noise) else 1.0
        arrays = align(*values)
        return LayerRow(
            first.layer.name, second.layer.name, first.weights.kind, "input" if changed is None else "output",
            values[0].real.shape[1:], None if arrays is None else measure(*arrays), _to_db(signal, limit), diverges,
            count_roundings(*values), tuple(causes),
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


def _to_db(signal: float, noise: float) -> float | None:
    return float(10 * np.log10(signal / noise)) if noise > 0 and np.isfinite(noise) else None
