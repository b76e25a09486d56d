"""Weights of few levels in words of 16 bits: which of some packings holds a layer's weights, and its words.

A word holds a few digits of a number between 0 and 1, the first digit first: it is that number times 65,536, rounded
up. A decoder needs a product for each digit, whatever the base is: what a word times the base exceeds 16 bits by is the
digit, and the rest is the next word.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# How many digits of each base fit into a word: base ** digits is 65,536 at most.
DIGITS = {2: 16, 3: 10, 4: 8, 6: 6, 9: 5, 16: 4}
WORD_VALUES = 1 << 16


@dataclass(frozen=True)
class Packing:
    """How weights are stored: each is low + step * digit.

    Args:
        levels: How many digits there are: the base.
        digits: How many of them a word holds.
        low: Smallest weight, -128 … 127.
        step: From one level to the next: 1, or 2 where all weights are odd, or all are even.
    """

    levels: int
    digits: int
    low: int
    step: int

    def pack(self, weights: NDArray[np.int8]) -> NDArray[np.uint16]:
        """Return the words that hold all weights in their order; the last word is filled with digits of 0.

        Example:
            >>> Packing(4, 8, -3, 2).pack(np.array([-3, -1, 1, 3], np.int8)).tolist()
            [6912]
        """
        numbers = (weights.reshape(-1).astype(np.int64) - self.low) // self.step
        filled = np.zeros((-(-numbers.size // self.digits), self.digits), np.int64)
        filled.reshape(-1)[: numbers.size] = numbers
        values = filled @ (self.levels ** np.arange(self.digits - 1, -1, -1))
        return (-(-values * WORD_VALUES // self.levels**self.digits)).astype(np.uint16)

    def write(self) -> str:
        """Return the four numbers as C."""
        return f"{self.levels}, {self.digits}, {self.low}, {self.step}"


# All weights of 8 bits, two a word: no fewer bytes than they have anyway.
BYTES = Packing(256, 2, -128, 1)


def find_packing(weights: NDArray[np.int8]) -> Packing | None:
    """Return the packing of the fewest bytes that holds all weights; None where they take more than 16 levels.

    Example:
        >>> find_packing(np.array([-3, 1, 3, -1], np.int8))
        Packing(levels=4, digits=8, low=-3, step=2)
    """
    found = np.unique(weights).astype(np.int64)
    low = int(found[0])
    step = 2 if len(found) > 1 and not ((found - low) % 2).any() else 1
    count = (int(found[-1]) - low) // step + 1
    for levels, digits in DIGITS.items():
        if count <= levels:
            return Packing(levels, digits, low, step)
    return None


def fits_words(biases: NDArray[np.int32]) -> bool:
    """Return True if biases can be stored in 16 bits.

    Example:
        >>> fits_words(np.array([-32768, 32767], np.int32)), fits_words(np.array([32768], np.int32))
        (True, False)
    """
    return bool((biases == biases.astype(np.int16)).all())
