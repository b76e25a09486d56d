"""Layers of generated C that run row by row, in a copy that runs each of them whole, on memory of its own.

Their kernels are called as the C calls them, for one row after the other, with all rows that they read in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from edgemnist.formats.c_calls import Call

# Where the sizes stand among the numbers of a window: `geometry` in the kernels.
INPUT, WINDOW_ROWS, ROW_STRIDE, TOP, OUTPUT = slice(0, 3), 3, 5, 7, slice(9, 12)
GEOMETRY = 12
# More values than any image of a small classifier has.
MOST_VALUES = 1 << 24
BODY = re.compile(r"^int \w+_classify\([^{}]*\{\n", re.MULTILINE)
# The first function of a model that takes rows.
START = re.compile(r"^void \w+_start\(", re.MULTILINE)
CONVERTED = "pixel_values["
# Sizes: rows that are read and their bytes, window, stride, padding, rows that are pooled to one, rows that are written
# and their bytes.
HELPER = """static void edgemnist_run_whole(void (*run)(int, const uint8_t *, int32_t *, uint8_t *), int number,
                                const uint8_t *input, uint8_t *output, const int sizes[8]) {
  static int32_t rows[%d];
  memset(output, 0, (size_t)(sizes[6] * sizes[7]));
  for (int y = 0; y < sizes[6] * sizes[5]; y++) {
    for (int i = 0; i < sizes[2]; i++) {
      const int row = y * sizes[3] - sizes[4] + i;
      rows[i] = row < 0 || row >= sizes[0] ? -1 : row * sizes[1];
    }
    run(number, input, rows, output + y / sizes[5] * sizes[7]);
  }
}

"""


@dataclass(frozen=True)
class WholeStage:
    """A layer that runs row by row.

    Args:
        number: Its place among them.
        call: Its call, for a row.
        numbers: Those of its window.
        pool: Those of the pooling that is part of it; nothing else.
        pool_name: Name of the pooling's window.
    """

    number: int
    call: Call
    numbers: Sequence[int]
    pool: Sequence[int] = ()
    pool_name: str = ""

    @classmethod
    def read(cls, call: Call, constants: Mapping[str, list[str]]) -> WholeStage:
        """Read it.

        Raises:
            ValueError, KeyError, IndexError: It has no sizes.
        """
        assert call.stage is not None, "a call of a row"
        name, *others = call.arguments
        numbers = [int(one[:9]) for one in constants[name] if one.isdecimal()][:GEOMETRY]
        pools = [other for other in others[:1] if other in constants]
        pool = [int(one[:9]) for other in pools for one in constants[other]][:GEOMETRY]
        for sizes in filter(None, (numbers, pool)):
            if (
                len(sizes) < GEOMETRY
                or min(sizes[9:]) < 1
                or max(prod(sizes[INPUT]), prod(sizes[OUTPUT])) > MOST_VALUES
            ):
                raise ValueError(f"layer {name} has sizes {sizes}")
        return cls(call.stage, call, numbers, pool, "".join(pools))

    @property
    def words(self) -> int:
        """Words of 4 bytes that its kernel works with."""
        return self.numbers[WINDOW_ROWS] * (1 + self.numbers[4] * self.numbers[2]) + 1

    def count_values(self, *, whole: bool = False) -> int:
        """Return how many values it gives, or gives before the pooling."""
        return prod((self.numbers if whole or not self.pool else self.pool)[OUTPUT])

    def write_run(self, target: str, *, whole: bool = False) -> str:
        """Return what runs it, or runs it without its pooling."""
        n, pool = self.numbers, () if whole else self.pool
        rows, columns, channels = (pool or n)[OUTPUT]
        sizes = (n[0], n[1] * n[2], n[WINDOW_ROWS], n[ROW_STRIDE], n[TOP], pool[WINDOW_ROWS] if pool else 1,
                 rows, columns * channels)  # fmt: skip
        run = "edgemnist_run_unpooled" if whole else "run_stage"
        return (
            f"  static const int {target}_sizes[8] = {{{', '.join(map(str, sizes))}}};\n"
            f"  edgemnist_run_whole({run}, {self.number}, edgemnist_rows_{self.number}, {target}, {target}_sizes);\n"
        )


def write_functions(stages: Sequence[WholeStage]) -> str:
    """Return what runs layers whole, and calls them without their poolings."""
    lines = "".join(
        f"  if (number == {stage.number}) run_{stage.call.kind}_row("
        f"{stage.call.text.replace(f'&{stage.pool_name}', 'NULL') if stage.pool_name else stage.call.text});\n"
        for stage in stages
    )
    return (
        HELPER % max(stage.words for stage in stages)
        + "static void edgemnist_run_unpooled(int number, const uint8_t *input, int32_t *rows, uint8_t *output) {\n"
        + f"{lines}}}\n\n"
    )


def write_body(text: str, stages: Sequence[WholeStage], notes: Mapping[int, tuple[str, str]]) -> str:
    """Return what classifying begins with: each layer is run whole, and its values are noted.

    Args:
        text: Generated C.
        stages: Layers.
        notes: By a layer's number, what notes its values before and after it, where `{}` stands for their place.
    """
    pixels = prod(stages[0].numbers[INPUT])
    value = f"{CONVERTED}pixels[i]]" if CONVERTED in text else "pixels[i]"
    first = (
        f"  static uint8_t edgemnist_rows_0[{pixels}];\n"
        f"  for (int i = 0; i < {pixels}; i++) edgemnist_rows_0[i] = {value};\n"
    )
    return first + "".join(line for stage in stages for line in _write_stage(stage, *notes.get(stage.number, ("", ""))))


def _write_stage(stage: WholeStage, before: str, after: str) -> Iterator[str]:
    target = f"edgemnist_rows_{stage.number + 1}"
    yield before.replace("{}", f"edgemnist_rows_{stage.number}")
    yield f"  static uint8_t {target}[{stage.count_values()}];\n"
    yield stage.write_run(target)
    if after and stage.pool:
        whole = f"edgemnist_whole_{stage.number}"
        yield f"  static uint8_t {whole}[{stage.count_values(whole=True)}];\n"
        yield stage.write_run(whole, whole=True)
        target = whole
    yield after.replace("{}", target)
