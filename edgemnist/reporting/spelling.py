"""Parameters of the library, spelled as options of the command line: the one place that knows how.

The library names a parameter in backquotes, as Python has it: "leave `raw_input` out", "add `trust=True`", or a whole
call, "make one: `edgemnist.export(format='c')`". So a Python caller reads what Python takes; here it becomes what a
shell takes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from edgemnist.text import quote_argument, quote_command

# Parameters whose option has another name or another unit than the parameter, with what writes its value.
_OTHERS: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "memory_bytes": ("--memory", lambda size: f"{size >> 30}G" if size % (1 << 30) == 0 else size),
    "timeout_s": ("--timeout", lambda seconds: seconds),
}
PARAMETERS = frozenset({
    "against", "all", "allow_changed", "batch_size", "batches", "benchmark", "build", "calibration_images",
    "class_names", "compare", "corrupted_images", "corruptions", "data", "deep", "early_stopping", "epochs", "format",
    "ink", "input_layout", "input_range", "invert", "io_dtype", "junit", "kernels", "label", "learning_rate", "limit",
    "max_corrupted_drop", "max_difference", "max_drop", "max_slowdown", "memory_bytes", "min_accuracy", "min_agreement",
    "name", "objective", "opset", "optimizer", "output", "output_name", "plot", "preparation", "quantize", "raw_input",
    "recipe", "record", "require", "require_all", "resume", "rounding", "runtime", "save", "seconds", "seed", "split",
    "storage", "study", "teachers", "threads", "timeout_s", "tolerance", "transpose", "trials", "trust", "unverified",
    "validation_fraction", "weights", "write_contract",
})  # fmt: skip
_MARKED = re.compile(r"`((?:edgemnist\.\w+\(.*?\))|\w+(?:=[^`]*)?)`")


def spell_options(text: str) -> str:
    """Return a message of the library for the user of a shell.

    Example:
        >>> spell_options("leave `raw_input` out, or add `trust=True` or `build=False`")
        'leave --raw-input out, or add --trust or --no-build'
        >>> spell_options("`edgemnist.export('my model.keras', format='c', quantize='int8')`; `data=PATH`")
        "edgemnist export 'my model.keras' --format c --quantize int8; --data PATH"
    """
    return _MARKED.sub(_spell, text)


def _spell(found: re.Match[str]) -> str:
    marked = found[1]
    if marked in PARAMETERS:
        return " ".join(spell_option(marked))
    try:
        call = ast.parse(marked if marked.startswith("edgemnist.") else f"f({marked})", mode="eval").body
    except (SyntaxError, ValueError):  # of no function of ours: a name from elsewhere that has backquotes
        return found[0]
    if not isinstance(call, ast.Call) or any(keyword.arg not in PARAMETERS for keyword in call.keywords):
        return found[0]
    options = [part for keyword in call.keywords for part in spell_option(keyword.arg or "", _read(keyword.value))]
    if isinstance(call.func, ast.Attribute):
        return quote_command("edgemnist", call.func.attr, *map(_read, call.args), *options)
    return " ".join(map(quote_argument, options)) if options else found[0]


def spell_option(parameter: str, value: Any = True) -> list[str]:
    """Return the arguments on the command line that give a parameter a value.

    Example:
        >>> spell_option("class_names", ["a", "b"]), spell_option("build", False), spell_option("timeout_s", 20)
        (['--class-names', 'a,b'], ['--no-build'], ['--timeout', '20'])
    """
    option, write = _OTHERS.get(parameter, (f"--{parameter.replace('_', '-')}", lambda value: value))
    if isinstance(value, bool):
        return [option if value else f"--no-{option.removeprefix('--')}"]
    return [option, ",".join(value) if isinstance(value, list | tuple) else str(write(value))]


def _read(value: ast.expr) -> Any:
    """Return a literal; a name in capitals, such as PATH, stands for what the user knows."""
    return value.id if isinstance(value, ast.Name) else ast.literal_eval(value)
