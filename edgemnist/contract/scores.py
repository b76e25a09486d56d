"""What the outputs of a classifier are, and the probabilities that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Logarithms of probabilities are logits, too: their softmax is the probabilities. "sigmoid": a score of its own for
# each class, 0 … 1, whose sum is anything. "binary": one score alone, the probability of the second of two classes; or
# "binary_logit", the logit of it.
Kind = Literal["probabilities", "logits", "sigmoid", "binary", "binary_logit", "unknown"]
BINARY: tuple[Kind, ...] = ("binary", "binary_logit")
LOGITS: tuple[Kind, ...] = ("logits", "binary_logit")
# How far a sum of probabilities may be from 1; once they were rounded to 8 bits, by half a step a class more.
SUM_SLACK = 0.05


def is_exclusive(kind: str) -> bool:
    """False where each class has a probability of its own, such as a sigmoid's: their sum isn't 1."""
    return kind != "sigmoid"


def compute_probabilities(real: NDArray[Any], kind: Kind) -> NDArray[Any]:
    """Return the probabilities that real outputs, (n, scores), stand for: (n, classes), of the same dtype.

    Example:
        >>> import numpy as np
        >>> compute_probabilities(np.array([[0.25]]), "binary")
        array([[0.75, 0.25]])
    """
    import numpy as np

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
