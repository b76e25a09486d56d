"""The text of generated C as tables, constants and calls of kernels. Nothing of it is compiled or run."""

from __future__ import annotations

import re
from dataclasses import dataclass

TABLE = re.compile(r"^static const (\w+) (\w+)\[(\d+)\] = \{\n([^{}]*)\n\};$", re.MULTILINE)
CONSTANT = re.compile(r"^static const (\w+) (\w+) = \{([^;]*)\};$", re.MULTILINE)
CALL = re.compile(
    r"^  (?:for \([^()]*\) |if \(number == (?P<stage>\d{1,4})\) )?run_(?P<kind>\w+)\((?P<text>.*)\);"
    r"(?: /\* steps of (?P<before>.*) to (?P<after>.*) \*/)?$",
    re.MULTILINE,
)
# What a kernel reads or writes: the pixels, or words of the working memory.
POINTER = re.compile(r"\bpixels\b|arena->words(?: \+ \d+)?")
PIXELS, FIRST_WORD = "pixels", "arena->words + 0"
ITEM = re.compile(r"[\w.+-]+")
TYPES = {
    "int8_t": "int8", "uint8_t": "uint8", "int16_t": "int16", "uint16_t": "uint16", "int32_t": "int32",
    "float": "float32",
}  # fmt: skip
# Kernels of two operands, one of which may be a constant: a table with such a name.
PAIRS = ("add", "subtract", "multiply", "maximum", "minimum")
CONSTANT_END = "_constant"
OPERAND = re.compile(rf"(?<![&\w])\w+{CONSTANT_END}\b|{POINTER.pattern}")
# The kernel that copies one input beside others, and which argument says where to.
COPY, COPY_OFFSET = "concatenation", 2
# The kernel that runs layers row by row, and what the names of their own kernels then end with.
STREAM, ROW_END = "stream", "_row"
# What the first layer of such reads.
FIRST_ROWS = "rows 0"


@dataclass(frozen=True)
class Call:
    """A call of a kernel.

    Args:
        kind: What the kernel's name ends with.
        text: All arguments.
        before, after: Steps of the inputs and of the output, where it says them.
        stage: Number of the layer among those that run row by row; None of all others, which run whole.
        stages: Of the kernel that runs them: how many these are.
        start, end: Where its line is in the text.
    """

    kind: str
    text: str
    before: str | None
    after: str | None
    stage: int | None
    stages: int
    start: int
    end: int

    @property
    def arguments(self) -> list[str]:
        """Names and numbers."""
        return ITEM.findall(self.text)

    @property
    def pointers(self) -> list[str]:
        """What it reads, then what it writes, then what it works with."""
        if self.stage is not None:
            return [f"rows {self.stage}", f"rows {self.stage + 1}"]
        return [*([f"rows {self.stages}"] if self.kind == STREAM else []), *POINTER.findall(self.text)]

    def read_steps(self) -> tuple[list[float], float]:
        """Return the steps of the operands and of the output."""
        if self.before is None or self.after is None:
            raise ValueError(f"the call of run_{self.kind} doesn't say its steps")
        return [float(step) for step in self.before.split(" and ")], float(self.after)

    def pick_computed(self, ratios: list[float]) -> list[float]:
        """Return those of two operands that are no constants."""
        operands = OPERAND.findall(self.text)
        return [ratio for ratio, name in zip(ratios, operands, strict=False) if not name.endswith(CONSTANT_END)]

    @property
    def joins(self) -> bool:
        """True if branches meet in it."""
        return self.kind == COPY or (self.kind in PAIRS and len(self.pointers) > 2)


def list_calls(text: str) -> list[Call]:
    """Return the calls of kernels in generated C, in their order."""
    calls: list[Call] = []
    stages = 0
    for match in CALL.finditer(text):
        stage = None if match["stage"] is None else int(match["stage"])
        stages += stage is not None
        kind = match["kind"] if stage is None else match["kind"].removesuffix(ROW_END)
        steps = match["before"], match["after"]
        calls.append(Call(kind, match["text"], *steps, stage, stages, match.start(), match.end() + 1))
    return calls
