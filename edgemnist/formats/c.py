"""Generated C: `model.c` with its contract in a comment, and the header that it includes. Nothing here runs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.datasets.shape import IMAGE_SHAPE, is_image, join_sizes
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.machines.building import ModelSource

CONTRACT_LINE = re.compile(rb"^ \* contract: (\{.*\})$", re.MULTILINE)
INCLUDE_LINE = re.compile(rb'^#include "([^"/\\]+)"$', re.MULTILINE)
CLASSIFY_LINE = re.compile(rb"^int ([A-Za-z_][A-Za-z_0-9]*)_classify\(", re.MULTILINE)
ROW_LINE = re.compile(rb"^(?:EDGE_NARROW )?int ([A-Za-z_][A-Za-z_0-9]*)_push_row\(", re.MULTILINE)
SOFTMAX_LINE = re.compile(rb"^void ([A-Za-z_][A-Za-z_0-9]*)_softmax\(", re.MULTILINE)


# The C type of a score, by its dtype.
SCORE_TYPES = {"int8": "int8_t", "float32": "float"}


def find_header(content: bytes) -> tuple[str, ...]:
    """Return the name of the header that a C file includes; nothing where it includes none of its own."""
    found = INCLUDE_LINE.search(content)
    return (found[1].decode(errors="replace"),) if found else ()


def read_contract(file: ModelFile) -> Contract | None:
    """Return the contract in the comment of generated C, or None where someone else wrote the file.

    Raises:
        ModelError: Its contract can't be read.
    """
    found = CONTRACT_LINE.search(file.content)
    return Contract.from_json(found[1], str(file.path)) if found else None


@dataclass(frozen=True, eq=False)
class GeneratedModel:
    """What the text of a C model says of itself.

    Args:
        file: The `.c` file, with its header.
        header: Name of the header.
        prefix: Prefix of its functions and, in capitals, of its macros: "model_int8".
        contract: From its comment.
        softmax: True if it has a function that makes probabilities of the logits.
        rows: True if it takes an image row by row, too.
    """

    file: ModelFile
    header: str
    prefix: str
    contract: Contract
    softmax: bool
    rows: bool

    def write_to(self, folder: Path, *, softmax: bool = True) -> ModelSource:
        """Write the C and its header into a folder, and return what compilers must know of it.

        Args:
            softmax: Whether the softmax function, where there is one, is part of the answer.
        """
        path = self.file.write_to(folder)
        score_type = SCORE_TYPES[self.contract.output.dtype]
        return ModelSource(path, folder / self.header, self.prefix, score_type, self.softmax and softmax, self.rows)

    def include(self, header: str) -> bytes:
        """Return the C as it is where its header has another name."""
        return INCLUDE_LINE.sub(f'#include "{header}"'.encode(), self.file.content, count=1)

    @classmethod
    def read(cls, file: ModelFile) -> GeneratedModel:
        """Read a C model without running it.

        Raises:
            ModelError: It wasn't written by edgemnist, or takes images of another size.
        """
        path, contract = file.path, file.contract
        prefix = CLASSIFY_LINE.search(file.content)
        if contract is None or prefix is None or not file.companions:
            raise ModelError(
                f"{path}: no C model made by edgemnist: a contract, an #include and a classify function are expected",
                "make one: `edgemnist.export(format='c', quantize='int8')`",
            )
        if contract.output.dtype not in SCORE_TYPES:
            expected = ", ".join(SCORE_TYPES)
            raise ModelError(f"{path}: the contract inside says {contract.output.dtype} scores, expected {expected}")
        if not is_image(contract.input.shape):
            found, expected = contract.input.shape, join_sizes(IMAGE_SHAPE)
            raise ModelError(f"{path}: the contract inside says input shape {found}, expected {expected} pixels")
        softmax = SOFTMAX_LINE.search(file.content) is not None
        rows = ROW_LINE.search(file.content) is not None
        return cls(file, next(iter(file.companions)), prefix[1].decode(), contract, softmax, rows)


def is_generated(path: Path) -> bool:
    """True if a C file has a contract in its first lines: a folder may hold other C as well."""
    try:
        with path.open("rb") as stream:
            return CONTRACT_LINE.search(stream.read(64 * 1024)) is not None
    except OSError:  # who opens it says why it can't be read
        return True
