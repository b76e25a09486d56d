"""What answers the same images in each runtime, and how long that takes: for `inference.py`."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from edgemnist.codegen import name_prefix
from edgemnist.datasets import load_dataset
from edgemnist.exporters import Options, tflite
from edgemnist.exporters.c import writer

IMAGES = load_dataset().test.images[:400].reshape(-1, 784)
FAST = ["-O3", "-march=native"]
LOOP = """
#include "{header}"
void answer_all(const {dtype} *images, signed char *answers, int count) {{
  {before}
  for (int i = 0; i < count; i++) {call};
}}
"""
# Answers all the images and returns the seconds that this took.
Timer = Callable[[], float]


class Missing(Exception):
    """What a runtime needs to answer isn't there; the message says what to do, or why it can't be."""


def require(package: str, install: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise Missing(f"pip install {install}")


def time_calls(place: Callable[[int], object], call: Callable[[], object]) -> float:
    total_s = 0.0
    for index in range(len(IMAGES)):
        place(index)
        started = time.perf_counter()
        call()
        total_s += time.perf_counter() - started
    return total_s


# ---------------------------------------------------------------------------------------------------- LiteRT


def time_litert(content: bytes, *, delegate: bool) -> Timer:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kinds = OpResolverType
    kind = kinds.AUTO if delegate else kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    model = Interpreter(model_content=content, num_threads=1, experimental_op_resolver_type=kind)
    model.allocate_tensors()
    input = model.get_input_details()[0]
    images = np.resize(IMAGES, (len(IMAGES), *input["shape"])).astype(input["dtype"])
    return lambda: time_calls(lambda index: model.set_tensor(input["index"], images[index]), model.invoke)


def cut_tflite(content: bytes) -> bytes:
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


# ----------------------------------------------------------------------------------------------- ONNX Runtime


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


# ----------------------------------------------------------------------------------------------- TFLite Micro


def time_micro(content: bytes) -> Timer:
    """TFLite Micro as its wheel has it: its kernels for any processor, called from Python."""
    require("tflite_micro", "tflite-micro")
    from tflite_micro.python.tflite_micro import runtime

    model = runtime.Interpreter.from_bytes(content)
    input = model.get_input_details(0)
    images = np.resize(IMAGES, (len(IMAGES), *input["shape"])).astype(input["dtype"])
    return lambda: time_calls(lambda index: model.set_input(images[index], 0), model.invoke)


# ------------------------------------------------------------------------------------------------------------ C


def time_loop(source: str, folder: Path, flags: list[str], images: np.ndarray = IMAGES) -> Timer:
    """Compile a loop over images together with the C files beside it."""
    path, library = folder / "loop.c", folder / "loop.so"
    path.write_text(source)
    files = {path, *folder.glob("*.c")}
    command = ["gcc", *flags, "-shared", "-fPIC", "-I", folder, *files, "-o", library, "-lm"]
    subprocess.run(command, check=True, capture_output=True)
    loop = ctypes.CDLL(str(library)).answer_all
    answers = np.zeros((len(images), 10), np.int8)

    def answer() -> float:
        started = time.perf_counter()
        loop(images.ctypes.data_as(ctypes.c_void_p), answers.ctypes.data_as(ctypes.c_void_p), len(images))
        return time.perf_counter() - started

    return answer


def time_c(exports: Path, stem: str, folder: Path, flags: list[str], options: Options | None = None) -> Timer:
    """The C file of the folder, or one written of the `.tflite` file with other options."""
    place, text = Path(tempfile.mkdtemp(dir=folder)), {}
    if options is None:
        text = {end: path.read_bytes() for end in (".c", ".h") if (path := exports / f"{stem}{end}").exists()}
    if not text:
        content = (exports / f"{stem}.tflite").read_bytes()
        text = writer.write_model(content, tflite.extract_contract(content), options or Options(), stem)
    for end, content in text.items():
        (place / f"{stem}{end}").write_bytes(content)
    prefix = name_prefix(stem)
    call = f"{prefix}_classify(images + 784 * i, answers + 10 * i, &arena)"
    before = f"{prefix}_arena arena;"
    return time_loop(LOOP.format(header=f"{stem}.h", dtype="uint8_t", before=before, call=call), place, flags)


def time_emlearn(path: Path, folder: Path) -> Timer:
    """The Keras model as emlearn writes it, in floats: it takes dense layers in a row, and makes no int8 of them."""
    require("emlearn", "emlearn")
    import emlearn
    import keras

    if not path.exists():
        raise Missing(f"there is no {path.name}")
    model = keras.models.load_model(path)
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    others = {type(layer).__name__ for layer in layers} - {"Dense", "Activation", "ReLU", "Softmax", "Dropout"}
    if others:
        raise Missing(f"has no {', '.join(sorted(others))}")
    model = keras.Sequential([keras.Input(model.input_shape[1:]), *layers])
    place = Path(tempfile.mkdtemp(dir=folder))
    with contextlib.chdir(place):  # it writes into the working directory
        emlearn.convert(model, method="inline").save(file="digits.h", name="digits")
    call = "answers[i] = (signed char)digits_predict(images + 784 * i, 784)"
    source = LOOP.format(header="digits.h", dtype="float", before="", call=call)
    images = (IMAGES / np.float32(255)).astype(np.float32)
    return time_loop(source, place, [*FAST, "-I", emlearn.includedir], images)
