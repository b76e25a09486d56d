"""A C model on disk: `model.c` with its contract in a comment, and the header that it includes.

Nothing here runs it; `edgemnist.runtimes.host` and `edgemnist.runtimes.emulation` do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.files import read_model_file
from edgemnist.targets.building import ModelSource

CONTRACT_LINE = re.compile(rb"^ \* contract: (\{.*\})$", re.MULTILINE)
INCLUDE_LINE = re.compile(rb'^#include "([^"/\\]+)"$', re.MULTILINE)
CLASSIFY_LINE = re.compile(rb"^int ([A-Za-z_][A-Za-z_0-9]*)_classify\(", re.MULTILINE)
SOFTMAX_LINE = re.compile(rb"^void ([A-Za-z_][A-Za-z_0-9]*)_softmax\(", re.MULTILINE)


# The C type of a score, by its dtype.
SCORE_TYPES = {"int8": "int8_t", "float32": "float"}


@dataclass(frozen=True)
class GeneratedModel:
    """What the text of a C model says of itself.

    Args:
        path: of the `.c` file.
        header: of the `.h` file beside it.
        prefix: that its functions and, in capitals, its macros begin with: "model_int8".
        contract: from its comment.
        softmax: true if it has a function that makes probabilities of the logits.
    """

    path: Path
    header: Path
    prefix: str
    contract: Contract
    softmax: bool

    @property
    def source(self) -> ModelSource:
        """What compilers are told of it."""
        return ModelSource(self.path, self.header, self.prefix, SCORE_TYPES[self.contract.output.dtype], self.softmax)

    @classmethod
    def read(cls, path: Path) -> GeneratedModel:
        """Read a C model without running it.

        Raises:
            ModelError: it isn't one of ours, or its header is missing.
        """
        content = read_model_file(path)
        found = [pattern.search(content) for pattern in (CONTRACT_LINE, INCLUDE_LINE, CLASSIFY_LINE)]
        if None in found:
            raise ModelError(
                f"{path}: no C model of ours: a contract, an #include and a classify function are expected inside",
                "make one: edgemnist export --format c --quantize",
            )
        document, include, prefix = (match[1] for match in found if match)
        header = path.parent / include.decode()
        read_model_file(header)
        contract = Contract.from_json(document, str(path))
        if contract.output.dtype not in SCORE_TYPES:
            expected = ", ".join(SCORE_TYPES)
            raise ModelError(f"{path}: the contract inside says {contract.output.dtype} scores, expected {expected}")
        return cls(path, header, prefix.decode(), contract, SOFTMAX_LINE.search(content) is not None)


def is_generated(path: Path) -> bool:
    """True if a C file has a contract in its first lines: a folder may hold other C as well."""
    try:
        with path.open("rb") as stream:
            return CONTRACT_LINE.search(stream.read(64 * 1024)) is not None
    except OSError:  # who opens it says why it can't be read
        return True
