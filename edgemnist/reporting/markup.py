"""Rich's markup for colours, `[red]differs[/]`: escaped and taken out without Rich, which takes 30 ms to import."""

from __future__ import annotations

import re

# As Rich has it: backslashes, and what would be a tag without them.
_TAG = re.compile(r"(\\*)(\[[a-z#/@][^[]*?])")


def escape(text: str) -> str:
    r"""Return text from elsewhere so that it is no markup.

    Example:
        >>> print(escape("[red] [3]"))
        \[red] [3]
    """
    text = _TAG.sub(r"\1\1\\\2", text)
    return f"{text}\\" if text.endswith("\\") and not text.endswith("\\\\") else text


def strip(markup: str) -> str:
    r"""Return what Rich prints of markup where there are no colours.

    Example:
        >>> strip(r"[red]differs[/] \[red].onnx")
        'differs [red].onnx'
    """
    if "[" not in markup:
        return markup
    parts, place = [], 0
    for tag in _TAG.finditer(markup):
        backslashes, escaped = divmod(len(tag[1]), 2)
        parts += [markup[place : tag.start()].replace(r"\[", "["), "\\" * backslashes, tag[2] if escaped else ""]
        place = tag.end()
    return "".join(parts) + markup[place:].replace(r"\[", "[")
