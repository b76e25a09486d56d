"""Functions of one value: their tables are those of LiteRT's reference kernels and of TFLite Micro, at any scales."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from edgemnist.errors import ExportError
from edgemnist.exporters import Options
from edgemnist.exporters.c.functions.floats import FORMULAS, RELUS, compute_float, write_function
from edgemnist.exporters.c.functions.read import ARITIES
from edgemnist.exporters.c.functions.steps import MOST_STEPS, Constant, Function, Step, Value
from edgemnist.exporters.c.graph import NO_LIMITS
from edgemnist.exporters.c.layers.function import Elementwise
from edgemnist.exporters.c.read_tflite import list_operators, read_graph
from edgemnist.exporters.c.writer import KERNELS
from edgemnist.quiet import quiet
from tests.nets import HIDDEN, Net, Scale, schema

# Scales at the output that the kernels demand.
ENDS: dict[str, Scale] = {"TANH": (1 / 128, 0), "LOGISTIC": (1 / 256, -128)}
UNARY: dict[str, dict[str, float]] = {
    "TANH": {}, "LOGISTIC": {}, "GELU": {"approximate": False}, "EXP": {}, "LOG": {}, "HARD_SWISH": {}, "ABS": {},
    "LEAKY_RELU": {"alpha": 0.21}, "ELU": {},
}  # fmt: skip
BINARY = ("ADD", "SUB", "MUL", "DIV")
FLOAT_PARAMETERS = {"LEAKY_RELU": [{"alpha": 0.21}], "GELU": [{"approximate": 0.0}, {"approximate": 1.0}]}
NOT_IN_MICRO = ("GELU", "EXP", "LOG", "DIV")
BYTES = np.arange(-128, 128).astype(np.int8)


def draw_scale(random: np.random.Generator) -> Scale:
    return float(np.float32(10 ** random.uniform(-2.5, -0.7))), int(random.integers(-128, 128))


def build(kind: str, seed: int) -> Net:
    """One operator over the input, between random scales."""
    net = Net(quantized=True, seed=seed)
    before, after = draw_scale(net.random), ENDS.get(kind) or draw_scale(net.random)
    details = net.graph.tensors[net.input].quantization
    details.scale, details.zeroPoint = [before[0]], [before[1]]
    inputs = [net.input]
    if kind in BINARY:
        scale = draw_scale(net.random)
        stored = np.array((scale[1] + 77 + 128) % 256 - 128, np.int8)
        inputs.insert(seed % 2 if kind != "DIV" else 1, net.add_tensor((), scale, stored))
    net.add(kind, inputs, (1, 784), after, **UNARY.get(kind, {}))
    return net


def tabulate(content: bytes, rounding: str) -> np.ndarray:
    (layer,) = read_graph(content).layers
    assert isinstance(layer, Elementwise)
    options = Options(rounding=rounding)  # type: ignore[arg-type]
    return (layer.list_tables(options)["table"].astype(np.int16) - 128).astype(np.int8)


def run_litert(content: bytes) -> np.ndarray:
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.resize(BYTES, (1, 784)))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0, :256]


def run_micro(content: bytes) -> np.ndarray:
    runtime = pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    with quiet():
        interpreter = runtime.Interpreter.from_bytes(content)
        interpreter.set_input(np.resize(BYTES, (1, 784)), 0)
        interpreter.invoke()
        return interpreter.get_output(0)[0, :256]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [kind for kind in (*UNARY, *BINARY) if kind != "ELU"])
def test_a_table_is_what_litert_computes(kind: str, seed: int) -> None:
    content = build(kind, seed).build()
    assert np.array_equal(tabulate(content, "reference"), run_litert(content))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [kind for kind in (*UNARY, *BINARY) if kind not in NOT_IN_MICRO])
def test_a_table_is_what_tflite_micro_computes(kind: str, seed: int) -> None:
    content = build(kind, seed).build()
    assert np.array_equal(tabulate(content, "tflm"), run_micro(content))


@pytest.mark.parametrize("kind", NOT_IN_MICRO)
def test_what_tflite_micro_lacks_is_refused_for_it(kind: str) -> None:
    content = build(kind, 0).build()
    assert len(tabulate(content, "reference")) == 256
    with pytest.raises(ExportError, match=f"layer part: TFLite Micro has no {kind} of int8"):
        tabulate(content, "tflm")


def test_operators_between_floats_are_steps_too() -> None:
    """ELU as the converter writes it: as floats, and back."""
    net = Net(quantized=True)
    floats = net.add("DEQUANTIZE", [net.input], (1, 784), None)
    bent = net.add("ELU", [floats], (1, 784), None)
    for index in (floats, bent):
        net.graph.tensors[index].type = schema.TensorType.FLOAT32
    whole = net.add("QUANTIZE", [bent], (1, 784), (0.01, 3))
    net.add("TANH", [whole], (1, 784), ENDS["TANH"])
    content = net.build()
    assert np.array_equal(tabulate(content, "tflm"), run_micro(content))


def list_functions() -> Iterator[Function]:
    """Every formula over floats, of one value: the constant stands on either side."""
    argument, half = Value("float32", None), Constant("float32", None, 0.5)
    above = Step("bool", None, "GREATER", (argument, half), {})
    places = {1: [(argument,)], 2: [(argument, half), (half, argument)], 3: [(above, half, argument)]}
    for kind in FORMULAS:
        for inputs, parameters in itertools.product(places[ARITIES[kind]], FLOAT_PARAMETERS.get(kind, [{}])):
            step = Step("float32", None, kind, inputs, parameters, RELUS.get(kind, NO_LIMITS))
            yield Function(kind, source=None, argument=argument, steps=(above, step))  # type: ignore[arg-type]
    clamped = Step("float32", None, "MUL", (argument, half), {}, (-1.0, 2.0))
    yield Function("clamped", source=None, argument=argument, steps=(clamped,))  # type: ignore[arg-type]


def compute(function: Function, values: np.ndarray) -> np.ndarray:
    found: dict[Value, np.ndarray] = {function.argument: values}
    for step in function.steps:
        inputs = [found[one] if one in found else np.full_like(values, one.stored) for one in step.inputs]
        with np.errstate(all="ignore"):
            found[step] = compute_float(step, inputs, micro=False)
    return found[function.result].astype(np.float32)


def test_every_formula_of_floats_is_in_c_what_numpy_computes(tmp_path: Path) -> None:
    """At places where two numbers are equal, too, and where there is no number."""
    if shutil.which("cc") is None and os.environ.get("CI") != "true":
        pytest.skip("apt-get install gcc libc6-dev")
    functions, values = list(list_functions()), np.linspace(-6, 6, 49, dtype=np.float32)
    names = [f"f{place}" for place in range(len(functions))]
    calls = " ".join(f'printf("%.9g\\n", (double){name}(x));' for name in names)
    program = [
        "#include <math.h>", "#include <stdio.h>", (KERNELS / "float32_types.c").read_text(),
        *(write_function(name, function) for name, function in zip(names, functions, strict=True)),
        f'int main(void) {{ float x; while (scanf("%f", &x) == 1) {{ {calls} }} return 0; }}',
    ]  # fmt: skip
    (tmp_path / "all.c").write_text("\n".join(program))
    subprocess.run(["cc", "-std=c99", tmp_path / "all.c", "-o", tmp_path / "all", "-lm"], check=True)
    given = " ".join(map(str, values.tolist()))
    run = subprocess.run([tmp_path / "all"], input=given, capture_output=True, text=True, check=True)
    found = np.array([float(line) for line in run.stdout.split()], np.float32).reshape(len(values), -1).T
    for function, mine in zip(functions, found, strict=True):
        expected = compute(function, values)
        assert np.allclose(mine, expected, rtol=1e-5, atol=1e-7, equal_nan=True), function.result.kind


def break_arity(net: Net) -> None:
    net.graph.operators[0].inputs = [net.input]


def break_options(net: Net) -> None:
    net.graph.operators[0].builtinOptions = None


def break_size(net: Net) -> None:
    net.graph.tensors[-1].shape = [2**15, 2**15]


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("MUL", break_arity, "MUL of 1 inputs can't be written in C"),
        ("LEAKY_RELU", break_options, "'alpha': nan} are no numbers"),
        ("TANH", break_size, "(LOGISTIC|TANH) of these inputs can't be written in C"),
    ],
)
def test_a_damaged_operator_is_refused(kind: str, change: Callable[[Net], None], message: str) -> None:
    net = build(kind, 1)
    change(net)
    with pytest.raises(ExportError, match=message):
        read_graph(net.build())


def test_a_function_has_an_end() -> None:
    net = Net(quantized=True)
    values = net.input
    for _ in range(MOST_STEPS + 1):
        values = net.add("TANH", [values], (1, 784), ENDS["TANH"])
    with pytest.raises(ExportError, match="TANH of these inputs can't be written in C"):
        read_graph(net.build())


def test_operators_have_tflite_micros_names() -> None:
    net = Net(quantized=True)
    for kind in ("PADV2", "BATCH_MATMUL", "HARD_SWISH", "RESIZE_NEAREST_NEIGHBOR"):
        net.add(kind, [net.input], (1, 784), HIDDEN)
    assert list_operators(net.build()) == ["PadV2", "BatchMatMul", "HardSwish", "ResizeNearestNeighbor"]
