"""Text in which `@{name}` stands for what is the model's own: how every program and README of ours is written."""

from __future__ import annotations

import re

PLACE = re.compile(r"@\{(\w+)\}")


def fill(text: str, words: dict[str, str]) -> str:
    """Put words into their places.

    Example:
        >>> fill("int @{prefix}_classify();", {"prefix": "small"})
        'int small_classify();'
    """
    return PLACE.sub(lambda match: words[match[1]], text)
