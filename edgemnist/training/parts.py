"""The parts of a recipe: a record of settings each. Only the standard library, for `--help`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from edgemnist.errors import UsageError
from edgemnist.training.networks import NETWORKS, SIZED
from edgemnist.training.settings import (
    COUNT,
    FINITE,
    FROM_HALF,
    LINE,
    NOT_NEGATIVE,
    PART,
    POSITIVE,
    SHARE,
    SIZES,
    WIDTHS,
    Settings,
    one_of,
)

OPTIMIZERS = ("adam", "adamw", "lion", "nadam", "rmsprop", "sgd")
LOSSES = ("crossentropy",)
SHAPES = ("constant", "cosine")
ARITHMETICS = ("float32", "bfloat16")


@dataclass(frozen=True)
class Network(Settings):
    """What is trained.

    Args:
        name: A row of `edgemnist.training.networks.NETWORKS`.
        sizes: Units of each hidden dense layer, or filters of each convolution, of each pair of them in "cnn", first to
            last, such as "512-256"; empty for the network's own.

    Example:
        >>> Network("dense", "128-64").numbers
        (128, 64)
    """

    name: Annotated[str, one_of(NETWORKS)]
    sizes: Annotated[str, SIZES] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sizes and SIZED.get(self.name, 0) not in (None, len(self.numbers)):
            wanted = SIZED.get(self.name) or "no"
            raise UsageError(f"sizes is {self.sizes}, and the network {self.name} takes {wanted} sizes", "leave it out")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The sizes; none for the network's own."""
        return tuple(map(int, self.sizes.split("-"))) if self.sizes else ()


@dataclass(frozen=True)
class Schedule(Settings):
    """How long it is trained, and how the learning rate goes.

    Args:
        epochs: Passes over the training images, 1 or more.
        batch_size: Images a step, 1 or more.
        shape: One of `SHAPES`: the learning rate stays, or falls to 0 along half a cosine.
        warmup: Share of all steps in which it first rises from 0, 0 to below 1.
    """

    epochs: Annotated[int, COUNT]
    batch_size: Annotated[int, COUNT] = 32
    shape: Annotated[str, one_of(SHAPES)] = "constant"
    warmup: Annotated[float, SHARE] = 0.0


@dataclass(frozen=True)
class Optimizer(Settings):
    """How the weights are changed.

    Args:
        name: One of `OPTIMIZERS`, those of Keras with its other settings.
        learning_rate: Step size, above 0.
        weight_decay: Share of each weight that a step takes away, times the learning rate; 0 leaves Keras's own.
        momentum: Share of the last change that a step of "sgd" keeps, 0 to below 1; others have their own.
    """

    name: Annotated[str, one_of(OPTIMIZERS)] = "adam"
    learning_rate: Annotated[float, POSITIVE] = 1e-3
    weight_decay: Annotated[float, NOT_NEGATIVE] = 0.0
    momentum: Annotated[float, SHARE] = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.momentum and self.name != "sgd":
            raise UsageError(
                f"momentum is {self.momentum}, and is of sgd alone, not of {self.name}", "set it to 0, or take sgd"
            )


@dataclass(frozen=True)
class Loss(Settings):
    """What is made smaller.

    Args:
        name: One of `LOSSES`: "crossentropy" is the negative logarithm of the probability of the right class.
        smoothing: Share of the right class that is spread evenly over all classes, 0 to below 1.
    """

    name: Annotated[str, one_of(LOSSES)] = "crossentropy"
    smoothing: Annotated[float, SHARE] = 0.0


@dataclass(frozen=True)
class Augmentation(Settings):
    """How far the views of an image may differ from it; another one is drawn for each epoch. Without any, none are.

    Args:
        rotation: Degrees that an image is turned at most, either way.
        scale: Share by which each side grows or shrinks at most, 0 to below 1.
        shear: Pixels that a row moves at most against the next.
        shift: Pixels that an image moves at most in each direction.
        elastic: Pixels that a point is displaced beyond that, in each direction, root mean square.
        smoothness: Distance in pixels within which points are displaced alike, 0.5 or more.
        views: Number of different views of an image: then come the first again; None for new ones in every epoch.
        fading: Share of the epochs, the last ones, in which views come ever closer to their images, 0 to below 1.
    """

    rotation: Annotated[float, NOT_NEGATIVE] = 0.0
    scale: Annotated[float, SHARE] = 0.0
    shear: Annotated[float, NOT_NEGATIVE] = 0.0
    shift: Annotated[float, NOT_NEGATIVE] = 0.0
    elastic: Annotated[float, NOT_NEGATIVE] = 0.0
    smoothness: Annotated[float, FROM_HALF] = 4.0
    views: Annotated[int | None, COUNT] = None
    fading: Annotated[float, SHARE] = 0.0

    @property
    def is_used(self) -> bool:
        """True if a view differs from its image."""
        return any((self.rotation, self.scale, self.shear, self.shift, self.elastic))


@dataclass(frozen=True)
class Averaging(Settings):
    """Whether the model is the mean of the weights over the last steps.

    Args:
        decay: Share of the mean that a step keeps, 0 to below 1; 0 takes the weights of the last step.
    """

    decay: Annotated[float, SHARE] = 0.0


@dataclass(frozen=True)
class Distillation(Settings):
    """Teachers: models whose answers to the very views that are trained on are learned beside the labels.

    The loss is (1 - share) · cross-entropy with the labels + share · temperature² · Kullback-Leibler divergence of the
    answers from the teachers', both softened by the temperature; the teachers' are the softmax of their mean logits.

    Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015; on the same views, Beyer et
    al., "Knowledge distillation: A good teacher is patient and consistent", 2022.

    Args:
        recipe: Recipe that teachers are trained by, a name or the path of a TOML file; empty for no teachers.
        count: Number of teachers, 1 or more, trained from the seeds 0, 1, …
        temperature: Number that logits are divided by, above 0.
        share: Share of the loss that is the teachers', above 0 and up to 1.
    """

    recipe: Annotated[str, LINE] = ""
    count: Annotated[int, COUNT] = 1
    temperature: Annotated[float, POSITIVE] = 2.0
    share: Annotated[float, PART] = 0.9


@dataclass(frozen=True)
class Quantization(Settings):
    """Few levels that weights are trained on, as files can hold them in few bits. Biases stay as they are.

    Args:
        weights: What the weights of each layer are kept on, first to last, or of all: "2", "3" or "4" bits, "ternary"
            for -1, 0 and 1, or "8", which leaves them as they are; such as "8-4-2". Empty for none.
        begin: Share of the training before it, with weights as they are, 0 to below 1.

    Example:
        >>> Quantization("4-2").layers, Quantization().layers
        (('4', '2'), ())
    """

    weights: Annotated[str, WIDTHS] = ""
    begin: Annotated[float, SHARE] = 0.0

    @property
    def layers(self) -> tuple[str, ...]:
        """The bits of each layer that is stated; none without quantization."""
        return tuple(self.weights.split("-")) if self.weights else ()


@dataclass(frozen=True)
class Scaling(Settings):
    """The real values that pixel bytes stand for: low + pixel · (high − low) / 255, as the model's contract says.

    Args:
        low, high: Values of pixel bytes 0 and 255, two different ones.
    """

    low: Annotated[float, FINITE] = 0.0
    high: Annotated[float, FINITE] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low == self.high:
            raise UsageError(f"high is {self.high}, expected another number than low")
