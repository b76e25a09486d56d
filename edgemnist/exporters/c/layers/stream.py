"""Layers with windows that run row by row, from the first row of pixels on: of what each reads, few rows are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NoReturn

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import WORD_BYTES, Graph, Layer, Scratch
from edgemnist.exporters.c.layers.packed import (
    FILTERS,
    PackedConv,
    PackedDepthwise,
    name_quantizer,
    pack_layer,
)
from edgemnist.exporters.c.layers.pool import AveragePool, MaxPool
from edgemnist.exporters.c.operators import Operator

Stage = PackedConv | PackedDepthwise | MaxPool | AveragePool
# What the fields of the struct `stage` hold.
MOST_ROWS, MOST_BYTES = 255, 65535
# Bytes that a stage keeps of how far the rows are that it reads.
STATE_BYTES = 3


@dataclass(frozen=True, eq=False)
class Stream(Layer):
    """The first layers of a model: each reads rows of the one before it, and the first one rows of pixels.

    Args:
        stages: Layers.
    """

    stages: tuple[Stage, ...]

    kernel: ClassVar[str] = "stream"
    by_rows: ClassVar[bool] = True

    @classmethod
    def read(cls, operator: Operator) -> NoReturn:
        """Refuse: it is made of layers that were read; see `Layer.read`."""
        raise operator.refuse(f"{operator.kind} is no chain of layers")

    @property
    def parts(self) -> tuple[Layer, ...]:
        """Its stages."""
        return self.stages

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return what computes a row of each kind of its stages."""
        names = ["geometry", "vectors", "clip"]
        for stage in self.stages:
            if isinstance(stage, (PackedConv, PackedDepthwise)):
                names += [*FILTERS, name_quantizer(stage)]
            names.append(f"{stage.kernel}_row")
        return tuple(dict.fromkeys(names))

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return what a stage works with, the states and the rings, in this order."""
        return Scratch(-(-self._place_rings()[-1] // WORD_BYTES))

    def write_rest(self, names: Sequence[str], options: Options) -> str:
        """Return the table of stages, the struct `stream`, and the function that calls the kernel of a stage."""
        name, places = f"{names[0]}_stream", self._place_rings()
        rows = ",\n".join(self._write_stage(*each) for each in zip(self.stages, places, strict=False))
        last = self.stages[-1]
        end = f"  {{0, {_count_row_bytes(last)}, {_count_rows(last)}, {_count_rows(last)}, 0, 0, 0, 0, 0}}"
        calls = "\n".join(
            f"  if (number == {number}) {_write_call(stage, one)}"
            for number, (stage, one) in enumerate(zip(self.stages, names, strict=True))
        )
        return (
            f"static const stage {name}_stages[{len(self.stages) + 1}] = {{\n{rows},\n{end}\n}};\n"
            f"static const stream {name} = {{{name}_stages, {len(self.stages)}, {self._place_state()}}};\n\n"
            "static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output) {\n"
            f"{calls}\n}}\n"
        )

    def write_start(self, name: str, scratch: str) -> str:
        """Return the call that begins an image."""
        return f"start_stream(&{name}_stream, {scratch});"

    def list_calls(self, name: str, inputs: Sequence[str], output: str, scratch: Sequence[str]) -> Iterator[str]:
        """Give what puts a row of pixels into its place, the call for it, and what ends before the last row.

        Args:
            inputs: Value i of the row, in C.
        """
        g = self.stages[0].geometry
        yield f"uint8_t *values = find_next_row(&{name}_stream, {scratch[0]});"
        yield f"for (int i = 0; i < {g.columns * g.channels}; i++) values[i] = {inputs[0]};"
        yield f"run_stream(&{name}_stream, {output}, {scratch[0]});"
        yield f"if (!has_all_rows(&{name}_stream, {scratch[0]})) return -1;"

    def _place_state(self) -> int:
        """Bytes of what a stage works with: the places of the rows that a window sees, and the weights of a filter."""
        return max(_plan_work(stage).words for stage in self.stages) * WORD_BYTES

    def _place_rings(self) -> list[int]:
        """Where the rows lie that each stage reads, in bytes, and where they end."""
        places = [self._place_state() + STATE_BYTES * (len(self.stages) + 1)]
        for stage in self.stages:
            g = stage.geometry
            places.append(places[-1] + g.window_rows * g.columns * g.channels)
        return places

    def _write_stage(self, stage: Stage, place: int) -> str:
        g, pool = stage.geometry, stage.pool if isinstance(stage, PackedConv) else None
        numbers = (
            place, g.columns * g.channels, g.window_rows, g.rows, g.window_rows, g.row_stride, g.top,
            pool.geometry.window_rows if pool else 1, _count_rows(stage),
        )  # fmt: skip
        return "  {" + ", ".join(map(str, numbers)) + "}"

    def fits(self) -> bool:
        """Return True if the fields of the structs can hold its sizes."""
        sizes = [size for stage in self.stages for size in (stage.geometry.rows, stage.geometry.window_rows)]
        bytes = [self._place_rings()[-1], *(stage.geometry.columns * stage.geometry.channels for stage in self.stages)]
        last = self.stages[-1]
        return max(*sizes, _count_rows(last)) <= MOST_ROWS and max(*bytes, _count_row_bytes(last)) <= MOST_BYTES


def stream_layers(graph: Graph, image_shape: tuple[int, ...]) -> Graph:
    """Return the graph with its first layers as one that runs row by row, where a layer of it has packed weights.

    These are the layers with windows from the pixels on, as far as each is the only reader of the one before.

    Args:
        image_shape: Rows and columns of an image: a row of it must be a row of what the first layer reads.
    """
    stages = _find_stages(graph)
    if not stages or not any(layer.packed for layer in graph.layers):
        return graph
    g = stages[0].geometry
    if (g.rows, g.columns * g.channels) != image_shape:
        return graph
    made = Stream(stages[0].name, (graph.input,), stages[-1].output, stages)
    return replace(graph, layers=(made, *graph.layers[len(stages) :])) if made.fits() else graph


def _find_stages(graph: Graph) -> tuple[Stage, ...]:
    readers = Counter(tensor.name for layer in graph.layers for tensor in layer.inputs)
    stages: list[Stage] = []
    for layer in graph.layers:
        before = stages[-1].output if stages else None
        follows = layer.input == before if before else layer.input.name == graph.input.name
        stage = _make_stage(layer)
        if not follows or stage is None or readers[layer.input.name] > 1:
            break
        stages.append(stage)
    return tuple(stages)


def _make_stage(layer: Layer) -> Stage | None:
    if isinstance(layer, (MaxPool, AveragePool)):
        return layer if layer.quantized else None
    packed = pack_layer(layer)
    return packed if isinstance(packed, (PackedConv, PackedDepthwise)) else None


def _write_call(stage: Stage, name: str) -> str:
    return f"run_{stage.kernel}_row({', '.join([*stage.list_arguments(name), 'input', 'rows', 'output'])});"


def _plan_work(stage: Stage) -> Scratch:
    if isinstance(stage, (PackedConv, PackedDepthwise)):
        return stage.work
    return Scratch(stage.geometry.window_rows)


def _count_rows(stage: Stage) -> int:
    return int(stage.output.shape[1])


def _count_row_bytes(stage: Stage) -> int:
    return int(stage.output.shape[2] * stage.output.shape[3])
