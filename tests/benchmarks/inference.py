"""Time one image at a time, one thread, in every runtime that takes the int8 model, side by side in one run.

    python tests/benchmarks/inference.py exports        # half a minute

Each figure is the time in which the runtime itself answers, its input being in place already. A call from
Python costs a few microseconds that a program in C++ doesn't pay: `less call` is the figure less the time of
the same call on a model of one small operator. C is called in a loop in C. The runtimes take turns, round by
round, and the ratios (of `less call`) are taken within a round. Prints medians, lowest and highest round.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from machine import describe_machine

from edgemnist.datasets import load_dataset
from edgemnist.quiet import quiet

IMAGES = load_dataset().test.images[:400].reshape(-1, 784)
LOOP = """
#include "{header}"
void answer_all(const {dtype} *images, signed char *answers, int count) {{
  {before}
  for (int i = 0; i < count; i++) {call};
}}
"""
# Answers all the images and returns the seconds that this took.
Timer = Callable[[], float]


def time_calls(place: Callable[[int], object], call: Callable[[], object]) -> float:
    total_s = 0.0
    for index in range(len(IMAGES)):
        place(index)
        started = time.perf_counter()
        call()
        total_s += time.perf_counter() - started
    return total_s


def time_litert(content: bytes, *, delegate: bool) -> Timer:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kinds = OpResolverType
    kind = kinds.AUTO if delegate else kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    model = Interpreter(model_content=content, num_threads=1, experimental_op_resolver_type=kind)
    model.allocate_tensors()
    input = model.get_input_details()[0]
    images = np.resize(IMAGES, (len(IMAGES), *input["shape"])).astype(input["dtype"])
    return lambda: time_calls(lambda index: model.set_tensor(input["index"], images[index]), model.invoke)


def cut_litert(content: bytes) -> bytes:
    """The model's last operator alone."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    graph.operators, graph.inputs = graph.operators[-1:], graph.operators[-1].inputs[:1]
    model.signatureDefs = None
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def time_onnx(content: bytes) -> Timer:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    pixels = np.zeros((1, *session.get_inputs()[0].shape[1:]), np.float32)
    images = np.resize(IMAGES / np.float32(255), (len(IMAGES), *pixels.shape))
    binding = session.io_binding()
    binding.bind_cpu_input(session.get_inputs()[0].name, pixels)
    binding.bind_output(session.get_outputs()[0].name)
    return lambda: time_calls(
        lambda index: np.copyto(pixels, images[index]), lambda: session.run_with_iobinding(binding)
    )


def make_onnx() -> bytes:
    """A model of one operator on ten values."""
    from onnx import TensorProto, helper

    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 10]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "small", ends[:1], ends[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def time_tflm(content: bytes) -> Timer:
    from tflite_micro.python.tflite_micro import runtime

    model = runtime.Interpreter.from_bytes(content)
    input = model.get_input_details(0)
    images = np.resize(IMAGES, (len(IMAGES), *input["shape"])).astype(input["dtype"])
    return lambda: time_calls(lambda index: model.set_input(images[index], 0), model.invoke)


def time_c(source: str, folder: Path, flags: list[str], images: np.ndarray = IMAGES) -> Timer:
    """Compile a loop over images, and the C file that it includes or that lies beside its header."""
    path, library = folder / "loop.c", folder / "loop.so"
    path.write_text(source)
    subprocess.run(
        ["gcc", *flags, "-shared", "-fPIC", "-I", folder, path, *folder.glob("model*.c"), "-o", library, "-lm"],
        check=True, capture_output=True,
    )  # fmt: skip
    loop = ctypes.CDLL(str(library)).answer_all
    answers = np.zeros((len(images), 10), np.int8)

    def answer() -> float:
        started = time.perf_counter()
        loop(images.ctypes.data_as(ctypes.c_void_p), answers.ctypes.data_as(ctypes.c_void_p), len(images))
        return time.perf_counter() - started

    return answer


def time_ours(content: bytes, weights: str, flags: list[str], folder: Path) -> Timer:
    from edgemnist.exporters import Options, tflite
    from edgemnist.exporters.c import writer as c

    place = Path(tempfile.mkdtemp(dir=folder))
    for ending, text in c.write_model(
        content, tflite.extract_contract(content), Options(kernels=weights), "model"
    ).items():
        (place / f"model{ending}").write_bytes(text)
    call = "model_classify(images + 784 * i, answers + 10 * i, &arena)"
    return time_c(LOOP.format(header="model.h", dtype="uint8_t", before="model_arena arena;", call=call), place, flags)


def time_emlearn(path: Path, folder: Path) -> Timer:
    import emlearn
    import keras

    place = Path(tempfile.mkdtemp(dir=folder))
    model = keras.models.load_model(path)
    with contextlib.chdir(place):  # it writes into the working directory
        emlearn.convert(model, method="inline").save(file="digits.h", name="digits")
    call = "answers[i] = (signed char)digits_predict(images + 784 * i, 784)"
    source = LOOP.format(header="digits.h", dtype="float", before="", call=call)
    images = (IMAGES / np.float32(255)).astype(np.float32)
    return time_c(source, place, ["-O3", "-march=native", "-I", emlearn.includedir], images)


def list_timers(exports: Path, folder: Path) -> dict[str, tuple[Timer, Timer | None]]:
    """Every runtime that is installed, each with its call on a model of one operator."""
    tflite, onnx = (exports / "model_int8.tflite").read_bytes(), (exports / "model_int8.onnx").read_bytes()
    fast = ["-O3", "-march=native"]
    timers: dict[str, tuple[Timer, Timer | None]] = {
        "ONNX Runtime int8": (time_onnx(onnx), time_onnx(make_onnx())),
        "LiteRT XNNPACK": (time_litert(tflite, delegate=True), time_litert(cut_litert(tflite), delegate=True)),
        "LiteRT, no delegate": (time_litert(tflite, delegate=False), time_litert(cut_litert(tflite), delegate=False)),
        "our C, -O2": (time_ours(tflite, "sparse", ["-O2"], folder), None),
        "our C, -O3 -mavx2": (time_ours(tflite, "sparse", ["-O3", "-mavx2"], folder), None),
        "our C, -O3 -march=native": (time_ours(tflite, "sparse", fast, folder), None),
        "our C dense, -O2": (time_ours(tflite, "dense", ["-O2"], folder), None),
        "our C dense, -O3 -march=native": (time_ours(tflite, "dense", fast, folder), None),
    }
    if importlib.util.find_spec("tflite_micro"):
        timers["TFLite Micro"] = (time_tflm(tflite), time_tflm(cut_litert(tflite)))
    if importlib.util.find_spec("emlearn"):
        timers["emlearn float, -O3 -march=native"] = (time_emlearn(exports / "model.keras", folder), None)
    return timers


def main(exports: Path, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, quiet():
        timers = list_timers(exports, Path(folder))
        runs = [[(timer(), call() if call else 0.0) for timer, call in timers.values()] for _ in range(rounds + 1)][1:]
    print(describe_machine())
    for package in ("tflite_micro", "emlearn"):
        if not importlib.util.find_spec(package):
            print(f"left out: pip install {package.replace('_', '-')}")
    heads = f"{'median':>7} {'spread':>18} {'less call':>10} {'to ORT':>22} {'to XNNPACK':>25}"
    print(f"{'µs an image, one thread':34} {heads}")
    scale = 1e6 / len(IMAGES)
    for index, name in enumerate(timers):
        whole = [run[index][0] * scale for run in runs]
        net = [(run[index][0] - run[index][1]) * scale for run in runs]
        ratios = [[(a - b) / (run[base][0] - run[base][1]) for run in runs for a, b in [run[index]]] for base in (0, 1)]
        spreads = [f"{statistics.median(them):.2f} ({min(them):.2f} to {max(them):.2f})" for them in ratios]
        print(
            f"{name:34} {statistics.median(whole):7.2f} {f'{min(whole):.2f} to {max(whole):.2f}':>18} "
            f"{statistics.median(net):10.2f} {spreads[0]:>22} {spreads[1]:>25}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("exports"), int(sys.argv[2]) if len(sys.argv) > 2 else 15)
