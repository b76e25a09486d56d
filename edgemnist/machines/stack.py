"""How deep a stack must be, read from what GCC writes beside an object with `-fcallgraph-info=su`.

The file lists each function with the bytes of its frame, and each call:

    node: { title: "model.c:add" label: "add\\nmodel.c:12:13\\n24 bytes (static)\\n0 dynamic objects" }
    edge: { sourcename: "model_classify" targetname: "model.c:add" label: "model.c:99:3" }
"""

from __future__ import annotations

import re

from edgemnist.errors import ModelError

NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "([^"]*)"', re.MULTILINE)
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', re.MULTILINE)
FRAME = re.compile(r"\\n(\d+) bytes \(([a-z,]+)\)")


def measure_stack(call_graph: str, function: str) -> int:
    """Return the bytes of stack that a function and whatever it calls need at most.

    Args:
        call_graph: the text of a `.ci` file.
        function: where the chain begins.

    Returns:
        The sum of the frames on the deepest chain. Functions of other objects (libraries) count 0.

    Raises:
        ModelError: the function isn't there, a frame has no fixed size, or a function calls itself, which
            leaves no bound.

    Example:
        >>> graph = '''node: { title: "top" label: "top\\\\nm.c:9:5\\\\n16 bytes (static)\\\\n0 dynamic objects" }
        ... node: { title: "m.c:add" label: "add\\\\nm.c:1:5\\\\n8 bytes (static)\\\\n0 dynamic objects" }
        ... edge: { sourcename: "top" targetname: "m.c:add" label: "m.c:10:3" }'''
        >>> measure_stack(graph, "top")
        24
    """
    frames: dict[str, int] = {}
    for title, label in NODE.findall(call_graph):
        if found := FRAME.search(label):
            if found[2] == "dynamic":
                raise ModelError(f"{title}: its stack has no fixed size, so that no bound is known")
            frames[title] = int(found[1])
    if function not in frames:
        raise ModelError(f"{function}: the compiler says nothing of its stack")
    calls: dict[str, list[str]] = {}
    for caller, callee in EDGE.findall(call_graph):
        calls.setdefault(caller, []).append(callee)
    return _add_deepest(function, frames, calls, ())


def _add_deepest(function: str, frames: dict[str, int], calls: dict[str, list[str]], above: tuple[str, ...]) -> int:
    if function in above:
        raise ModelError(f"{function}: calls itself, so that no bound of its stack is known")
    callees = set(calls.get(function, []))
    below = [_add_deepest(callee, frames, calls, (*above, function)) for callee in callees]
    return frames.get(function, 0) + max(below, default=0)
