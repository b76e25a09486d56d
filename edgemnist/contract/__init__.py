"""The contract: what a model takes and what it gives, as one JSON document inside the file.

Wrong preprocessing is the most common way a right model gives wrong answers on a device. So each
artifact says how a pixel byte becomes an input value, and how an output value becomes a probability:

    real value   = low + pixel · (high − low) / 255                    pixel 0 … 255, `range` = [low, high]
    stored value = round(real / scale) + zero point                    for quantized inputs only
    real answer  = (stored − zero point) · scale                       for quantized outputs only
    probability  = real answer, or its softmax where `kind` is "logits"
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from edgemnist.contract.picture import DEFAULT_PICTURE, Picture
from edgemnist.contract.scores import BINARY, Kind
from edgemnist.contract.tensors import CHANNELS, ChannelOrder, DType, Input, Output
from edgemnist.errors import ModelError
from edgemnist.precision import PRECISIONS, PrecisionName

__all__ = ["Contract", "Input", "Output", "Picture", "Source"]

SCHEMA = 1
# The key under which ONNX metadata and the TFLite metadata buffer hold the document.
KEY = "edgemnist"

# Written into comments of C as it is: no slash, no control character.
SOURCE_NAME = r"[^/\\\x00-\x1f]+"
SHA256 = "[0-9a-f]{64}"

# File formats, in the order in which a folder is shown: sources first.
FormatName = Literal["keras", "tflite", "onnx", "c"]
# How whole numbers are scaled: rounded once, as LiteRT's reference kernels do, or twice, as TFLite Micro does.
Rounding = Literal["reference", "tflm"]


@dataclass(frozen=True)
class Source:
    """The Keras file that an artifact was made from: its name, without a folder, and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Contract:
    """The whole document.

    Args:
        input, output: what goes in and what comes out.
        labels: the name of each class, in the order of the outputs.
        precision: of the weights and activations.
        source: what the artifact was made from; None in a source itself.
        rounding: whose arithmetic it repeats bit for bit; None where the runtime decides.
        picture: what a picture becomes before it is an input.
    """

    input: Input
    output: Output
    labels: tuple[str, ...]
    precision: PrecisionName = "float32"
    source: Source | None = None
    rounding: Rounding | None = None
    picture: Picture = DEFAULT_PICTURE

    def to_json(self) -> str:
        """Write the document: always the same bytes for the same contract. What is rare is written where it is so."""
        fields = {"schema": SCHEMA, **asdict(self)}
        if self.rounding is None:
            del fields["rounding"]
        for name in ("transposed", "row_order"):
            if not fields["input"][name]:
                del fields["input"][name]
        if self.picture == DEFAULT_PICTURE:
            del fields["picture"]
        return json.dumps(fields, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes, name: str = "contract") -> Contract:
        """Read the document.

        Args:
            text: the document.
            name: of the file that it was found in, for messages.

        Raises:
            ModelError: it is not JSON, of another schema, or a field is missing or of the wrong type.

        Example:
            >>> contract = Contract(Input("pixels", (784,)), Output("probs"), ("0", "1"))
            >>> Contract.from_json(contract.to_json()) == contract
            True
        """
        try:
            fields = json.loads(text)
            if fields.pop("schema") != SCHEMA:
                raise ModelError(f"{name}: the contract inside is of another schema", "upgrade edgemnist")
            source = fields.pop("source")
            contract = cls(
                input=Input.from_fields(fields.pop("input")),
                output=Output(**fields.pop("output")),
                labels=tuple(fields.pop("labels")),
                source=Source(**source) if source else None,
                picture=Picture(**fields.pop("picture", {})),
                **fields,
            )
            contract._check()
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
            raise ModelError(f"{name}: the contract inside can't be read: {error}", "export it again") from error
        return contract

    def _check(self) -> None:
        """Raise ValueError where a field can't be what it says: the document may come from anyone."""
        self._check_input()
        for tensor in (self.input, self.output):
            if tensor.dtype not in get_args(DType) or not isinstance(tensor.name, str):
                raise ValueError(f"name {tensor.name!r}, dtype {tensor.dtype!r}")
            if tensor.scale is not None and not (tensor.scale > 0 and math.isfinite(tensor.scale)):
                raise ValueError(f"scale {tensor.scale}")
            if not isinstance(tensor.zero_point, int | None):
                raise ValueError(f"zero point {tensor.zero_point!r}")
        self._check_names()
        self.picture.check()
        if not all(isinstance(label, str) for label in self.labels) or len(set(self.labels)) < max(2, len(self.labels)):
            raise ValueError(f"labels {self.labels!r}")
        if self.source and not (
            re.fullmatch(SOURCE_NAME, self.source.name) and re.fullmatch(SHA256, self.source.sha256)
        ):
            raise ValueError(f"source {self.source.name!r} {self.source.sha256!r}")

    def _check_input(self) -> None:
        low, high = self.input.range
        if not all(isinstance(end, int | float) and math.isfinite(end) for end in (low, high)) or low == high:
            raise ValueError(f"range [{low!r}, {high!r}]")
        if not self.input.shape or not all(isinstance(size, int) and size > 0 for size in self.input.shape):
            raise ValueError(f"shape {self.input.shape}, expected whole numbers from 1")
        if not isinstance(self.input.transposed, bool):
            raise ValueError(f"transposed {self.input.transposed!r}")
        *others, values = sorted(self.input.shape)
        row = set(others) <= {1} and values % CHANNELS == 0
        if self.input.row_order not in ((None, *get_args(ChannelOrder)) if row else (None,)):
            raise ValueError(f"row order {self.input.row_order!r} of {self.input.shape}")

    def _check_names(self) -> None:
        names = (("kind", self.output.kind, get_args(Kind)), ("precision", self.precision, PRECISIONS))
        for name, value, known in (*names, ("rounding", self.rounding or "tflm", get_args(Rounding))):
            if value not in known:
                raise ValueError(f"{name} {value!r}")
        if self.output.kind in BINARY and len(self.labels) != 2:
            raise ValueError(f"{len(self.labels)} labels, expected two for one score")
