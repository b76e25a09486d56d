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
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from edgemnist.errors import ModelError, UsageError
from edgemnist.precision import PRECISIONS, PrecisionName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCHEMA = 1
# How far a sum of probabilities may be from 1; once they were rounded to 8 bits, by half a step a class more.
SUM_SLACK = 0.05
# The key under which ONNX metadata and the TFLite metadata buffer hold the document.
KEY = "edgemnist"

# Of a model of colour pictures: grey ones are given to each.
CHANNELS = 3

DType = Literal["float32", "float16", "float64", "uint8", "int8", "int16"]
# Written into comments of C as it is: no slash, no control character.
SOURCE_NAME = r"[^/\\\x00-\x1f]+"
SHA256 = "[0-9a-f]{64}"

# Logarithms of probabilities are logits, too: their softmax is the probabilities. "sigmoid": a score of its own for
# each class, 0 … 1, whose sum is anything. "binary": one score alone, the probability of the second of two classes; or
# "binary_logit", the logit of it.
Kind = Literal["probabilities", "logits", "sigmoid", "binary", "binary_logit", "unknown"]
BINARY: tuple[Kind, ...] = ("binary", "binary_logit")
# File formats, in the order in which a folder is shown: sources first.
FormatName = Literal["keras", "tflite", "onnx", "c"]
# How a picture of any size becomes an image; see `edgemnist.datasets.preparation`.
Preparation = Literal["digit", "fit", "none"]
# Which ink an image has: bright on dark paper, dark on bright paper, or either, as it comes.
Ink = Literal["bright", "dark", "any"]
# How whole numbers are scaled: rounded once, as LiteRT's reference kernels do, or twice, as TFLite Micro does.
Rounding = Literal["reference", "tflm"]


@dataclass(frozen=True)
class Input:
    """What the model takes.

    Args:
        name: of the input tensor.
        shape: of one image, without the batch: (n,), (height, width), (height, width, 1) or (1, height, width); with
            three channels, each holds the same values.
        dtype: of the stored values.
        range: the real values that pixel bytes 0 and 255 stand for; from high to low for an inverted image.
        scale: of a quantized input, in real units a step; None if the input isn't quantized.
        zero_point: the stored value that stands for real 0; None if the input isn't quantized.
        transposed: whether rows and columns of the image are swapped.
    """

    name: str
    shape: tuple[int, ...]
    dtype: DType = "float32"
    range: tuple[float, float] = (0.0, 1.0)
    scale: float | None = None
    zero_point: int | None = None
    transposed: bool = False

    def encode(self, images: NDArray[np.uint8]) -> NDArray[Any]:
        """Turn pixels into input values.

        Args:
            images: uint8 (n, height, width), 0 … 255.

        Returns:
            `dtype` (n, *shape).

        Example:
            >>> import numpy as np
            >>> white = np.full((1, 28, 28), 255, np.uint8)
            >>> int(Input("pixels", (784,), "int8", scale=1 / 255, zero_point=-128).encode(white).max())
            127
        """
        import numpy as np

        values = images if self.takes_raw_pixels else self.values[images]
        values = values.swapaxes(1, 2) if self.transposed else values
        if self.channels > 1:
            values = np.stack([values] * self.channels, axis=1 if self.shape[0] == self.channels else -1)
        return values.reshape(-1, *self.shape)

    @property
    def channels(self) -> int:
        """Number of channels that hold the same values: 3 for a model of colour pictures, else 1."""
        return CHANNELS if len(self.shape) == 3 and CHANNELS in (self.shape[0], self.shape[-1]) else 1

    @property
    def values(self) -> NDArray[Any]:
        """The input value of each of the 256 pixel bytes, `dtype` (256,)."""
        import numpy as np

        low, high = self.range  # in float64, so that p · 255 / 255 is p
        values = low + np.arange(256) * (high - low) / 255
        if self.scale is not None:
            values = np.rint(values / self.scale) + (self.zero_point or 0)
        dtype = np.dtype(self.dtype)
        if dtype.kind in "iu":
            values = np.clip(np.rint(values), np.iinfo(dtype).min, np.iinfo(dtype).max)
        return values.astype(dtype)

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Input:
        """Make an input from JSON's fields, where a tuple has become a list."""
        return cls(**{**fields, "shape": tuple(fields["shape"]), "range": tuple(fields["range"])})

    @property
    def pixel_count(self) -> int:
        """Number of pixels of one image."""
        return math.prod(self.shape) // self.channels

    @property
    def takes_raw_pixels(self) -> bool:
        """True if the stored value of each pixel is the pixel itself, as a uint8."""
        return self.dtype == "uint8" and self.values.tolist() == list(range(256))

    def summarize(self) -> str:
        """Say it in one line, for people.

        Example:
            >>> Input("pixels", (784,)).summarize()
            'float32 (784) in [0, 1]: pixel / 255'
            >>> Input("pixels", (28, 28), "uint8", (0, 255)).summarize()
            'uint8 (28, 28): the raw pixel'
        """
        values, shape = self.values.tolist(), ", ".join(map(str, self.shape))
        kind = f"{self.dtype} ({shape})"
        how = ", inverted" if self.range[0] > self.range[1] else ""
        how += ", rows and columns swapped" if self.transposed else ""
        if self.dtype in ("uint8", "int8") and values == [pixel + values[0] for pixel in range(256)]:
            return f"{kind}: pixel - {-values[0]}{how}" if values[0] else f"{kind}: the raw pixel{how}"
        usual = ": pixel / 255" if self.dtype == "float32" and self.range == (0.0, 1.0) else ""
        return f"{kind} in [{min(values):g}, {max(values):g}]{usual}{how}"


@dataclass(frozen=True)
class Output:
    """What the model answers: one value a class, or one alone for two classes.

    Args:
        name: of the output tensor.
        dtype: of the stored values.
        kind: what the values are; "unknown" only for a file without a contract, and then found from
            the answers themselves.
        scale, zero_point: of a quantized output, as in `Input`.
    """

    name: str
    dtype: DType = "float32"
    kind: Kind = "probabilities"
    scale: float | None = None
    zero_point: int | None = None

    def decode(self, outputs: NDArray[Any]) -> NDArray[np.float32]:
        """Turn output values into probabilities.

        Args:
            outputs: `dtype` (n, classes); (n, 1) where one score stands for two classes.

        Returns:
            float32 (n, classes). Quantized probabilities sum to 1 only within a step, sigmoids to anything.

        Example:
            >>> import numpy as np
            >>> Output("probs", "uint8", scale=1 / 256, zero_point=0).decode(np.array([[64, 192]], np.uint8))
            array([[0.25, 0.75]], dtype=float32)
        """
        import numpy as np

        real = outputs.astype(np.float32)
        if self.scale is not None:
            real = (real - np.float32(self.zero_point or 0)) * np.float32(self.scale)
        kind = find_kind(real) if self.kind == "unknown" else self.kind
        if kind in BINARY:
            second = real if kind == "binary" else compute_logistic(real)
            return np.concatenate([1 - second, second], axis=1)
        return real if kind in ("probabilities", "sigmoid") else compute_softmax(real)


def compute_logistic(logits: NDArray[Any]) -> NDArray[Any]:
    """Return the probability that each logit stands for."""
    import numpy as np

    with np.errstate(over="ignore"):  # infinity is as good: its probability is 0
        return cast("NDArray[Any]", 1 / (1 + np.exp(-logits)))


def compute_softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Return the probabilities that logits, (n, classes), stand for; NaN where one is NaN."""
    import numpy as np

    with np.errstate(invalid="ignore"):  # verification counts them
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return cast("NDArray[Any]", powers / powers.sum(axis=1, keepdims=True))


def find_kind(real: NDArray[np.floating[Any]]) -> Kind:
    """Return what real outputs, (n, scores), are.

    Example:
        >>> import numpy as np
        >>> find_kind(np.array([[0.9, 0.1]])), find_kind(np.array([[0.9, 0.8]])), find_kind(np.array([[5.0, -1.0]]))
        ('probabilities', 'sigmoid', 'logits')
        >>> find_kind(np.array([[0.9]])), find_kind(np.array([[5.0]]))
        ('binary', 'binary_logit')
    """
    binary, logits = real.shape[1] == 1, bool((real < 0).any() or (real > 1).any())
    if binary:
        return "binary_logit" if logits else "binary"
    if logits:
        return "logits"
    slack = SUM_SLACK + real.shape[1] / 512
    return "probabilities" if (abs(real.sum(axis=1) - 1) < slack).all() else "sigmoid"


@dataclass(frozen=True)
class Source:
    """The Keras file that an artifact was made from: its name, without a folder, and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Picture:
    """How a picture of any size and colour becomes an image of the kind that the model was trained on.

    Args:
        preparation: "digit" makes MNIST's own form of it, "fit" scales it whole, "none" takes it as it is.
        ink: of the image that is made.
    """

    preparation: Preparation = "digit"
    ink: Ink = "bright"

    def check(self) -> None:
        """Raise ValueError where it can't be meant."""
        if self.preparation not in get_args(Preparation) or self.ink not in get_args(Ink):
            raise ValueError(f"preparation {self.preparation!r}, ink {self.ink!r}")
        if (self.preparation, self.ink) == ("digit", "any"):
            raise ValueError("preparation 'digit' makes bright or dark ink, not any")

    def summarize(self) -> str:
        """Say it in a few words, for people.

        Example:
            >>> Picture("fit", "dark").summarize(), Picture().summarize()
            ('scaled whole, dark ink on bright paper', "in the form of MNIST's digits, bright ink on dark paper")
        """
        how = {"digit": "in the form of MNIST's digits", "fit": "scaled whole", "none": "taken as they are"}
        inks = {"bright": "bright ink on dark paper", "dark": "dark ink on bright paper", "any": "ink bright or dark"}
        return f"{how[self.preparation]}, {inks[self.ink]}"


def state_picture(known: Picture, preparation: Preparation | None, ink: Ink | None) -> Picture:
    """Return what is known of pictures, but for what the user states.

    Raises:
        UsageError: That can't be meant.
    """
    kept = "bright" if (preparation, known.ink) == ("digit", "any") else known.ink
    kept_preparation = "fit" if (known.preparation, ink) == ("digit", "any") else known.preparation
    picture = Picture(preparation or kept_preparation, ink or kept)
    try:
        picture.check()
    except ValueError as error:
        raise UsageError(str(error), "state another `ink` or `preparation`") from None
    return picture


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
    picture: Picture = Picture()

    def to_json(self) -> str:
        """Write the document: always the same bytes for the same contract. What is rare is written where it is so."""
        fields = {"schema": SCHEMA, **asdict(self)}
        if self.rounding is None:
            del fields["rounding"]
        if not self.input.transposed:
            del fields["input"]["transposed"]
        if self.picture == Picture():
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
        import numpy as np

        low, high = self.input.range
        if not all(isinstance(end, int | float) and np.isfinite(float(end)) for end in (low, high)) or low == high:
            raise ValueError(f"range [{low!r}, {high!r}]")
        if not self.input.shape or not all(isinstance(size, int) and size > 0 for size in self.input.shape):
            raise ValueError(f"shape {self.input.shape}, expected whole numbers from 1")
        if not isinstance(self.input.transposed, bool):
            raise ValueError(f"transposed {self.input.transposed!r}")
        for tensor in (self.input, self.output):
            if tensor.dtype not in get_args(DType) or not isinstance(tensor.name, str):
                raise ValueError(f"name {tensor.name!r}, dtype {tensor.dtype!r}")
            if tensor.scale is not None and not (tensor.scale > 0 and np.isfinite(tensor.scale)):
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

    def _check_names(self) -> None:
        names = (("kind", self.output.kind, get_args(Kind)), ("precision", self.precision, PRECISIONS))
        for name, value, known in (*names, ("rounding", self.rounding or "tflm", get_args(Rounding))):
            if value not in known:
                raise ValueError(f"{name} {value!r}")
        if self.output.kind in BINARY and len(self.labels) != 2:
            raise ValueError(f"{len(self.labels)} labels, expected two for one score")
