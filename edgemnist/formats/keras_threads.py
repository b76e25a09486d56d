"""How many threads a training takes."""

from __future__ import annotations

from edgemnist.errors import UsageError
from edgemnist.quiet import loading


def limit_threads(count: int | None) -> None:
    """Let TensorFlow compute in so many threads, from its first computation on.

    Args:
        count: Number of threads, 1 or more; None for one a core.

    Raises:
        UsageError: The number is out of range, or TensorFlow has computed in others already.
    """
    if count is None:
        return
    if count < 1:
        raise UsageError(f"threads is {count}, expected a whole number from 1")
    with loading("tensorflow", "pip install tensorflow"):
        import tensorflow as tf
    threading = tf.config.threading
    if (threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads()) == (count, count):
        return
    try:
        threading.set_intra_op_parallelism_threads(count)
        threading.set_inter_op_parallelism_threads(count)
    except RuntimeError as error:
        raise UsageError(
            f"threads is {count}, and TensorFlow has computed in others already", "give it in a process of its own"
        ) from error
