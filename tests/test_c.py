"""Generated C: the same bits as the runtimes that it repeats, clean in every dialect, and refused where it can't be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgemnist import export, open_runtime, verify
from edgemnist.comparison.question import Statement
from edgemnist.contract import Contract, Input, Output, Source
from edgemnist.errors import ExportError, ModelError, ToolMissing
from edgemnist.exporters import Options, tflite
from edgemnist.exporters.c import writer as c
from edgemnist.exporters.c.fixedpoint import convert_multipliers
from edgemnist.exporters.c.read_tflite import read_graph
from edgemnist.manifest import Manifest, edit_manifest
from edgemnist.processes.installed import Tools
from edgemnist.quiet import quiet
from tests import changes
from tests.conftest import ROOT, convert_here, slow
from tests.nets import build_branches
from tests.test_changed import copy

EXPORTS = ROOT / "exports"
CONTRACT = Contract(
    Input("pixels", (784,)), Output("probs"), tuple("0123456789"), "int8", Source("model.keras", "ab" * 32)
)
SLOW = pytest.mark.slow
WAYS = [(weights, rounding) for weights in ("sparse", "dense") for rounding in ("reference", "tflm")]
DIALECTS = {
    "C99": ["gcc", "-std=c99"],
    "C11": ["gcc", "-std=c11"],
    "C++17": ["g++", "-x", "c++", "-std=c++17"],
    "C99 native": ["gcc", "-std=c99", "-O3", "-march=native"],
}


def write_c(content: bytes, folder: Path, weights: str = "sparse", rounding: str = "reference") -> Path:
    """Write a .tflite file and its C beside each other."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "net.tflite").write_bytes(content)
    contract = replace(CONTRACT, input=replace(CONTRACT.input, shape=find_shape(content)))
    for end, text in c.write_model(content, contract, Options(kernels=weights, rounding=rounding), "net").items():
        (folder / f"net{end}").write_bytes(text)
    return folder / "net.c"


def find_shape(content: bytes) -> tuple[int, ...]:
    graph = tflite.schema.ModelT.InitFromPackedBuf(content, 0).subgraphs[0]
    return tuple(int(size) for size in graph.tensors[graph.inputs[0]].shape[1:])


def convert(model, images: np.ndarray, *, per_tensor: bool = False) -> bytes:
    """Make an int8 file of a Keras model with a fixed batch of 1, as its converter does it."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.uint8
    converter.representative_dataset = lambda: ([image[None]] for image in images)
    if per_tensor:
        converter._experimental_disable_per_channel = True
        converter._experimental_disable_per_channel_quantization_for_dense_layers = True
    with quiet():
        return converter.convert()


@pytest.fixture(scope="module")
def training_images(dataset) -> np.ndarray:
    """float32 (100, 784) in [0, 1]; one of them reaches 1."""
    return (dataset.training.images[:100].reshape(100, 784) / 255).astype(np.float32)


@pytest.fixture(scope="module")
def per_tensor(training_images) -> bytes:
    """The released baseline, quantized with one scale a layer."""
    import keras

    model = keras.models.load_model(EXPORTS / "model.keras", compile=False)
    pixels = keras.Input(batch_shape=(1, 784), name="pixels")
    return convert(keras.Model(pixels, {"probs": model(pixels)}), training_images, per_tensor=True)


@pytest.fixture(scope="module")
def trained_in(training_images) -> bytes:
    """Fake quantization inside, whose ranges go below 0, so that hidden zero points are not -128."""
    import keras
    import tensorflow as tf

    class FakeQuantization(keras.layers.Layer):
        def __init__(self, low: float, high: float) -> None:
            super().__init__()
            self.low, self.high = low, high

        def call(self, values):
            return tf.quantization.fake_quant_with_min_max_args(values, self.low, self.high)

    source = keras.models.load_model(EXPORTS / "model.keras", compile=False)
    pixels = keras.Input(batch_shape=(1, 784), name="pixels")
    values = pixels
    for layer, limits in zip(source.layers, ((-3.0, 5.0), (-7.0, 9.0), None), strict=True):
        values = layer(values)
        values = FakeQuantization(*limits)(values) if limits else values
    content = convert(keras.Model(pixels, {"probs": values}), training_images)
    zeros = [layer.input.scale.zero_point for layer in read_graph(content).layers[1:]]
    assert all(abs(zero + 128) > 20 for zero in zeros), zeros
    return content


def build_every_layer():
    """All kinds of layers that C knows, without ReLU where sums may be negative: there roundings differ most."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    pixels = keras.Input(batch_shape=(1, 784), name="pixels")
    values = layers.Reshape((28, 28, 1))(pixels)
    values = layers.Conv2D(8, 3, strides=2)(values)
    values = layers.AveragePooling2D(2, strides=1, padding="same")(values)
    values = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, padding="same")(values)
    values = layers.ReLU()(layers.Reshape((49, 16))(values))
    values = layers.Conv2D(16, (1, 3), padding="same", activation="relu6")(layers.Reshape((7, 7, 16))(values))
    values = layers.MaxPooling2D(3, 2, padding="same")(values)
    values = layers.Dense(20)(layers.GlobalAveragePooling2D()(values))
    return keras.Model(pixels, {"probs": layers.Dense(10, activation="softmax")(values)})


@pytest.fixture(scope="module")
def every_layer(training_images) -> bytes:
    return convert(build_every_layer(), training_images)


def require_equal(*paths: Path, other: Path) -> None:
    """The answers may be wrong for an untrained net; the logits must be the same, all of them."""
    stated = Statement(input_range=(0, 1))  # probing would find nothing in an untrained net
    for verdict in verify(*paths, against=other, trust=True, statement=stated).verdicts:
        assert verdict.error is None, verdict.error
        found = verdict.measurement.outputs
        assert (found.outputs_compared, found.different_outputs) == (100_000, 0)
        untrained = "hardly more than chance: agreement proves nothing"  # so equal bits make no verdict "passed"
        assert all(reason.endswith(untrained) for reason in verdict.reasons), verdict.reasons


def require_equal_kernels(content: bytes, folder: Path, rounding: str) -> None:
    """Both ways to write C for a file give its bits; the file itself is run once."""
    sparse, dense = (write_c(content, folder / kernels, kernels, rounding) for kernels in ("sparse", "dense"))
    require_equal(sparse, dense, other=sparse.with_name("net.tflite"))


ROUNDINGS = ("reference", slow("tflm"))


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("name", [slow("model_int8"), "small_int8"])
def test_released_models_are_the_same_bits(tmp_path: Path, name: str, rounding: str) -> None:
    require_equal_kernels((EXPORTS / f"{name}.tflite").read_bytes(), tmp_path, rounding)


@pytest.mark.slow
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("name", ["per_tensor", "trained_in", "every_layer"])
def test_other_quantizations_are_the_same_bits(tmp_path: Path, request, name: str, rounding: str) -> None:
    require_equal_kernels(request.getfixturevalue(name), tmp_path, rounding)


ONLY_C = "mine.tflite: a .tflite file can become C, not onnx"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["per_tensor", "trained_in"])
def test_a_file_quantized_elsewhere_becomes_c(command, tmp_path: Path, request, name: str) -> None:
    (tmp_path / "mine.tflite").write_bytes(request.getfixturevalue(name))
    arguments = ("--model", tmp_path / "mine.tflite", "--output", tmp_path / "out", "--format")
    outcome = command("export", *arguments, "c", "--quantize")
    assert outcome.status == 0, outcome.stderr
    (verdict,) = verify(tmp_path / "out" / "mine_int8.c").verdicts
    assert verdict.passed, verdict.reasons
    assert verdict.measurement.reference == "mine.tflite"


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_a_file_quantized_elsewhere_becomes_nothing_else(command, tmp_path: Path, per_tensor: bytes) -> None:
    (tmp_path / "mine.tflite").write_bytes(per_tensor)
    arguments = ("--model", tmp_path / "mine.tflite", "--output", tmp_path / "out", "--format")
    for words, message in ((("c",), "mine.tflite is int8"), (("onnx",), ONLY_C), (("onnx", "--all"), ONLY_C)):
        outcome = command("export", *arguments, *words)
        assert outcome.status == 2
        assert f"error: {message}" in outcome.stderr


def test_the_wrong_rounding_is_found(tmp_path: Path) -> None:
    """The two differ in a few logits of 50,000, and never in a class: only a comparison of all of them tells."""
    path = write_c((EXPORTS / "small_int8.tflite").read_bytes(), tmp_path, rounding="tflm")
    text = path.read_text()
    path.write_text(text.replace(r'"rounding": "tflm"', '"rounding": "reference"'))
    (verdict,) = verify(path, against=tmp_path / "net.tflite", trust=True, limit=5_000).verdicts
    assert 0 < verdict.measurement.outputs.different_outputs < 500
    assert re.search(r"rounds as reference, but \d+ of 50,000 logits differ", verdict.reasons[0])


def test_one_changed_weight_is_found(tmp_path: Path) -> None:
    path = write_c((EXPORTS / "small_int8.tflite").read_bytes(), tmp_path)
    start = path.read_text().index("probs_weights[")
    head, tail = path.read_text()[:start], path.read_text()[start:]
    first = re.search(r"\{\n(-?\d+),", tail)
    path.write_text(head + tail.replace(first[0], f"{{\n{-int(first[1]) or 1},", 1))
    (verdict,) = verify(path, against=tmp_path / "net.tflite", trust=True, limit=1000).verdicts
    assert verdict.word == "differs"


@pytest.mark.slow
def test_a_wrong_class_with_right_logits_is_found(tmp_path: Path) -> None:
    path = write_c((EXPORTS / "small_int8.tflite").read_bytes(), tmp_path)
    path.write_text(path.read_text().replace("values[j] > values[best]", "values[j] >= values[best] - 3"))
    (verdict,) = verify(path, against=tmp_path / "net.tflite", trust=True).verdicts
    assert "returned another class than its scores say" in verdict.error.message


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
@pytest.mark.parametrize("contract", ["with", "without"])
@pytest.mark.parametrize("precision", ["dynamic", "float16", "int16x8"])
@pytest.mark.parametrize("quantize", [None, "int8"])
def test_a_file_of_another_precision_is_no_source(
    ladder: Path, tmp_path: Path, precision: str, quantize: str | None, contract: str
) -> None:
    """Its weights would be written for what they are not."""
    content = (ladder / f"model_{precision}.tflite").read_bytes()
    path = tmp_path / "mine.tflite"
    path.write_bytes(
        changes.rewrite_contract(content, ".tflite", lambda fields: None) if contract == "without" else content
    )
    with pytest.raises(ExportError, match=rf"mine\.tflite is {precision}, and C is float32 or int8"):
        export(path, "c", quantize, output=tmp_path)
    assert not list(tmp_path.glob("*.c"))


@pytest.mark.usefixtures("converter_here")
@pytest.mark.parametrize("name", [slow("model"), "small"])
@pytest.mark.parametrize("weights", [slow("dense"), "sparse"])
def test_floats_agree_with_keras(tmp_path: Path, name: str, weights: str) -> None:
    source = tmp_path / "net.keras"
    shutil.copy(EXPORTS / f"{name}.keras", source)
    (artifact,) = export(source, "c", kernels=weights, output=tmp_path)
    (verdict,) = verify(artifact.path).verdicts
    assert verdict.passed
    assert verdict.measurement.comparison.agreement == 1
    assert verdict.measurement.comparison.max_abs_difference <= 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["dense", "sparse"])
def test_floats_of_every_layer_agree_with_litert(tmp_path: Path, dataset, weights: str) -> None:
    import tensorflow as tf

    with quiet():
        content = tf.lite.TFLiteConverter.from_keras_model(build_every_layer()).convert()
    path, images = write_c(content, tmp_path, weights), dataset.test.images[:200]
    with open_runtime(path, execute=True) as mine, open_runtime(tmp_path / "net.tflite") as other:
        assert mine.predict(images) == pytest.approx(other.predict(images), abs=1e-5)


def compile_c(path: Path, *words: str, output: str = "net.o") -> str:
    program = shutil.which(words[0])
    if program is None and os.environ.get("CI") != "true":
        pytest.skip(f"apt-get install {words[0].replace('gcc', 'gcc libc6-dev')}")
    strict = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-Wshadow"]
    run = subprocess.run(
        [*words, *strict, "-c", path, "-o", path.parent / output], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[:2000]
    return str(path.parent / output)


@pytest.fixture(scope="module")
def written(tmp_path_factory, tenth: Path) -> list[Path]:
    """C of every kind: whole numbers and floats, sparse and dense, both roundings, branches, and the array."""
    folder = tmp_path_factory.mktemp("written")
    small = (EXPORTS / "small_int8.tflite").read_bytes()
    paths = [write_c(small, folder / "-".join(way), *way) for way in WAYS]
    paths.append(write_c(build_branches(quantized=True), folder / "branches"))
    source = folder / "small.keras"
    shutil.copy(EXPORTS / "small.keras", source)
    with pytest.MonkeyPatch.context() as monkeypatch:
        convert_here(monkeypatch)
        for format, quantize, kernels in (("c", None, "sparse"), ("c", None, "dense"), ("tflite-array", "int8", None)):
            words = {"kernels": kernels} if kernels else {}
            made = export(source, format, quantize, data=tenth, output=folder / (kernels or "array"), **words)
            paths.append(made[0].path)
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("words", DIALECTS.values(), ids=DIALECTS)
def test_every_dialect_compiles_it_without_a_word(written: list[Path], words: list[str]) -> None:
    for path in written:
        compile_c(path, *words)


@pytest.mark.slow
def test_whole_numbers_need_no_library_and_no_float(written: list[Path]) -> None:
    for path in written[:5]:
        made = compile_c(path, "gcc", "-std=c99", "-O2", "-mgeneral-regs-only")  # no register for a float
        names = subprocess.run(["nm", "-u", made], capture_output=True, text=True, check=True).stdout.split()
        assert set(names) <= {"U", "memcpy", "memset"}, names  # which any compiler may call by itself
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        assert not re.search(r"\b(float|double|malloc|printf)\b", text)
        assert set(re.findall(r"#include ([<\"][^>\"]+[>\"])", text)) <= {'"net.h"', "<arm_mve.h>", "<arm_acle.h>",
                                                                          "<immintrin.h>", "<emmintrin.h>"}  # fmt: skip


@pytest.mark.slow
def test_sanitizers_find_nothing(written: list[Path], dataset) -> None:
    images = dataset.test.images[:100].reshape(100, 784)
    for path in written[:7]:
        prefix, score = path.stem, "float" if path.stem == "small" else "int8_t"
        main = path.parent / "main.c"
        main.write_text(
            f'#include <stdio.h>\n#include "{prefix}.h"\n'
            f"static {prefix}_arena arena;\n"
            f"int main(void) {{ uint8_t pixels[784]; {score} logits[10];\n"
            "  while (fread(pixels, 1, 784, stdin) == 784)\n"
            f'    printf("%d\\n", {prefix}_classify(pixels, logits, &arena));\n'
            "  return 0; }\n"
        )
        program = path.parent / "checked"
        subprocess.run(
            ["gcc", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", main, path, "-lm", "-o",
             program],
            check=True,
        )  # fmt: skip
        run = subprocess.run([program], input=images.tobytes(), capture_output=True, check=False)
        assert run.returncode == 0, run.stderr[-2000:]
        with open_runtime(path, execute=True) as runtime:
            expected = runtime.predict(images.reshape(-1, 28, 28)).argmax(axis=1)
        assert [int(line) for line in run.stdout.split()] == expected.tolist()


def test_the_text_is_golden() -> None:
    for name in ("small_int8", "model_int8"):
        content = (EXPORTS / f"{name}.tflite").read_bytes()
        for end, text in c.write_model(content, tflite.extract_contract(content), Options(), name).items():
            assert (EXPORTS / f"{name}{end}").read_bytes() == text, f"export {name}{end} again, on purpose"


def test_labels_can_be_anything(tmp_path: Path) -> None:
    labels = ('*/ "', "/*", "é??/", "\\", "%d\n", "5", "6", "7", "8", "$PREFIX")
    files = c.write_model(
        (EXPORTS / "small_int8.tflite").read_bytes(), replace(CONTRACT, labels=labels), Options(), "7 odd-names"
    )
    for end, text in files.items():
        (tmp_path / f"7 odd-names{end}").write_bytes(text)
    path = tmp_path / "7 odd-names.c"
    compile_c(path, "gcc", "-std=c99")
    with open_runtime(path, execute=True) as runtime:
        assert runtime.info.contract.labels == labels
    (tmp_path / "main.c").write_text(
        f'#include <stdio.h>\n#include "{path.stem}.h"\n'
        "int main(void) { const char *names[] = MODEL_7_ODD_NAMES_LABELS;\n"
        "  for (int i = 0; i < MODEL_7_ODD_NAMES_CLASSES; i++) { fputs(names[i], stdout); putchar(0); }\n"
        "  return 0; }\n"
    )
    subprocess.run(["gcc", "-Wall", "-Werror", tmp_path / "main.c", "-o", tmp_path / "names"], check=True)
    names = subprocess.run([tmp_path / "names"], capture_output=True, check=True).stdout.decode().split("\0")[:-1]
    assert tuple(names) == labels


def test_code_from_elsewhere_is_not_run_unasked(tmp_path: Path) -> None:
    path = copy(tmp_path, "small_int8.c")
    header = path.with_suffix(".h")
    header.write_text(header.read_text() + "\n/* altered */\n")
    (verdict,) = verify(path).verdicts
    assert verdict.reasons[0] == "changed since export: the manifest lists another small_int8.h"
    assert "to use it is to run its code, and it isn't among the files that you made or trust" in verdict.reasons[1]
    (verdict,) = verify(path, trust=True, limit=100).verdicts
    assert (verdict.word, verdict.compared) == ("differs", True), "it was run, and is changed all the same"
    (verdict,) = verify(path, allow_changed=True).verdicts
    assert "`trust=True`" in verdict.error.hint
    assert verify(path, trust=True, allow_changed=True).passed
    header.unlink()
    (verdict,) = verify(path, trust=True).verdicts
    assert "small_int8.h: no such file" in verdict.error.message


def test_a_header_that_no_manifest_lists_is_not_compiled_unasked(command, tmp_path: Path) -> None:
    path = copy(tmp_path, "small_int8.c")
    with edit_manifest(tmp_path) as (manifest, _):
        del manifest.models[path.name]["companions"]
    header = path.with_suffix(".h")
    header.write_text('#error "compiled"\n')
    for words in (("verify", path), ("predict", path, ROOT / "examples" / "python" / "seven.png")):
        outcome = command(*words, "--allow-changed")
        assert outcome.status == 2
        assert "add --trust" in outcome.stderr
        assert "compiled" in command(*words, "--allow-changed", "--trust").stderr


def test_a_crash_inside_foreign_code_is_an_error(tmp_path: Path) -> None:
    path = copy(tmp_path, "small_int8.c")
    path.write_text(path.read_text().replace("uint8_t *)(arena->words + 0)", "uint8_t *)0", 1))
    (verdict,) = verify(path, trust=True, allow_changed=True).verdicts
    assert "crashed C on this machine (SIGSEGV)" in verdict.error.message


def test_a_compiler_that_fails_is_quoted_and_none_is_named(tmp_path: Path, monkeypatch) -> None:
    path = copy(tmp_path, "small_int8.c")
    path.write_text(path.read_text() + "\nint broken(void) { return nothing; }\n")
    with pytest.raises(ModelError, match=r"can't compile it:(.|\n)*nothing"):
        open_runtime(path, execute=True)
    for compiler, message in (("true", "made no library"), (str(path), "can't be started")):
        monkeypatch.setenv("CC", compiler)
        path.chmod(0o755)
        with pytest.raises((ModelError, ToolMissing), match=message):
            open_runtime(path, execute=True)
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(ToolMissing, match="there is no no-such-compiler") as caught:
        open_runtime(path, execute=True)
    assert "apt-get install gcc" in caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["gcc -m64", "g++"])
def test_any_compiler_will_do(own_ladder: Path, monkeypatch, compiler: str) -> None:
    monkeypatch.setenv("CC", compiler)
    assert verify(own_ladder / "model_int8.c").passed


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_without_a_compiler_all_is_all_else(command, ladder: Path, tmp_path: Path, monkeypatch) -> None:
    from edgemnist import runtimes

    missing = Tools(("no-such-compiler",), runtimes.COMPILER_INSTALL)
    rows = [replace(row, tools=missing) if row.name == "c" else row for row in runtimes.RUNTIMES]
    monkeypatch.setattr(runtimes, "RUNTIMES", tuple(rows))
    outcome = command("export", "--model", ladder / "model.keras", "--format", "c", "--all", "--output", tmp_path)
    assert outcome.status == 2
    assert "apt-get install gcc" in outcome.stderr
    assert list(tmp_path.iterdir()) == []
    left_out = []
    words = {"report_left_out": lambda form, install: left_out.append(form.format), "output": tmp_path}
    artifacts = export(ladder / "model.keras", all=True, **words)
    assert left_out == ["c", "c"]
    assert len(artifacts) == 9


def mutate(content: bytes, change) -> bytes:
    model, graph = changes.unpack(content)
    change(graph, model)
    return changes.pack(model)


def test_an_operator_of_no_known_number_is_refused(tmp_path: Path) -> None:
    """It was a KeyError."""

    def forge(graph, model):
        model.operatorCodes[0].builtinCode = 2**31 - 1

    with pytest.raises(ExportError, match="operator 2147483647"):
        write_c(mutate((EXPORTS / "model_int8.tflite").read_bytes(), forge), tmp_path)


def _scale(tensor, value):
    tensor.quantization.scale = np.array([value], np.float32)


def _zero(tensor, value):
    tensor.quantization.zeroPoint = [value]


# Tensors of the released baseline: 7 is the int8 input, 6 the first weights, 8 what the first layer gives.
FAULTS = {
    "zero point": (lambda graph, model: _zero(graph.tensors[8], 300), "zero point 300, expected"),
    "scale 0": (lambda graph, model: _scale(graph.tensors[8], 0.0), "has scale 0 and"),
    "scale NaN": (lambda graph, model: _scale(graph.tensors[8], np.nan), "has scale nan"),
    "scale too small": (lambda graph, model: _scale(graph.tensors[8], 1e-30), "layer hidden_1: its scales ask"),
    "weight scale": (lambda graph, model: _scale(graph.tensors[6], -1.0), "a scale that is no number above 0"),
    "weight zero": (lambda graph, model: _zero(graph.tensors[6], 3), "zero points other than 0"),
    "operator": (lambda graph, model: setattr(model.operatorCodes[1], "builtinCode", 28) or
                 setattr(model.operatorCodes[1], "deprecatedBuiltinCode", 28), "layer hidden_1: TANH of these inputs"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), FAULTS.values(), ids=FAULTS)
def test_what_c_cannot_hold_is_an_error(tmp_path: Path, change, message: str) -> None:
    with pytest.raises(ExportError, match=message):
        write_c(mutate((EXPORTS / "model_int8.tflite").read_bytes(), change), tmp_path)
    assert not list(tmp_path.glob("*.c"))


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_a_layer_that_c_does_not_know_is_named(tmp_path: Path, dataset) -> None:
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    steps = [layers.Dense(8), layers.LayerNormalization(name="odd"), layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input((784,)), *steps])
    model.compile("adam", "sparse_categorical_crossentropy")
    images = dataset.training.images[:6000].reshape(-1, 784) / 255
    model.fit(images, dataset.training.labels[:6000], epochs=3, verbose=0)
    model.save(tmp_path / "net.keras")
    with pytest.raises(ExportError, match=r"layer odd: .* can't be written in C"):
        export(tmp_path / "net.keras", "c", output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def train_small(dataset, *layers_, activation: str = "softmax"):
    """A network of somebody else's that is right often enough to be exported."""
    import keras

    keras.utils.set_random_seed(0)
    last = keras.layers.Dense(10, activation, name="logits")
    model = keras.Sequential([keras.Input((784,)), *layers_, last])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=activation == "linear")
    model.compile("adam", loss)
    model.fit(dataset.training.images[:6000].reshape(-1, 784) / 255, dataset.training.labels[:6000], verbose=0)
    return model


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_no_name_of_a_layer_is_a_word_of_c(tmp_path: Path, dataset) -> None:
    from keras.layers import Dense

    names = ("int", "while", "columns", "run_dense", "a_b", "a_b_weights")
    train_small(dataset, *(Dense(32, "relu", name=name) for name in names)).save(tmp_path / "net.keras")
    for mode in (None, "int8"):
        (artifact,) = export(tmp_path / "net.keras", "c", mode, output=tmp_path)
        assert verify(artifact.path).verdicts[0].error is None


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_a_model_that_ends_in_logits_has_them_compared(tmp_path: Path, dataset) -> None:
    from keras.layers import Dense

    train_small(dataset, Dense(32, "relu"), activation="linear").save(tmp_path / "net.keras")
    for form in ("c", "tflite"):
        export(tmp_path / "net.keras", form, "int8", output=tmp_path)
    export(tmp_path / "net.keras", "c", output=tmp_path)
    assert verify(tmp_path / "net.c").passed
    require_equal(tmp_path / "net_int8.c", other=tmp_path / "net_int8.tflite")


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_the_array_is_the_file_and_runs(ladder: Path, tmp_path: Path) -> None:
    (artifact,) = export(ladder / "model.keras", "tflite-array", "int8", output=tmp_path)
    assert artifact.path.name == "model_int8_array.c"
    numbers = re.findall(r"0x([0-9a-f]{2})", artifact.path.read_text().partition("] = {")[2])
    assert bytes.fromhex("".join(numbers)) == (ladder / "model_int8.tflite").read_bytes()
    header = artifact.path.with_suffix(".h").read_text()
    assert "(resolver).AddQuantize(); (resolver).AddFullyConnected(); (resolver).AddSoftmax();" in header
    arena = int(re.search(r"_ARENA_BYTES (\d+)", header)[1])
    assert 4_000 < arena < 20_000
    (verdict,) = verify(artifact.path).verdicts
    assert verdict.passed
    assert verdict.measurement.runtime.startswith("TFLite Micro")
    assert Manifest.load(tmp_path).models[artifact.path.name]["options"]["array"]


@settings(max_examples=200)
@given(st.floats(1e-8, 0.999), st.floats(1e-4, 1.0), st.floats(1e-4, 1.0), st.integers(-(2**24), 2**24))
def test_multipliers_are_the_real_ones(weight: float, before: float, after: float, total: int) -> None:
    real = before * weight / after
    try:
        (multiplier,), (shift,) = convert_multipliers("x", [real])
    except ExportError:
        assert not 2**-31 < real < 2**30
        return
    assert multiplier / 2.0 ** int(shift) == pytest.approx(real, rel=2**-30)
    rounded = (total * int(multiplier) + (1 << (int(shift) - 1))) >> int(shift)
    assert abs(rounded - total * real) <= 0.5 + abs(total * real) * 2**-30


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
@pytest.mark.parametrize("stem", ["a", "z"], ids=["sorted before", "sorted after"])
def test_a_file_that_c_was_made_of_has_outputs_and_answers(tmp_path: Path, stem: str) -> None:
    """Probabilities as a source, and recorded outputs of its own: both are of the same hash, under two names."""
    path = copy(tmp_path / "models", "small_int8.tflite")
    export(path, "c", "int8", name=stem, output=path.parent)
    report = verify(path.parent)
    assert report.exit_status == 0, [(verdict.model, verdict.reasons, verdict.error) for verdict in report.verdicts]
    assert [verdict.word for verdict in report.verdicts] == ["passed"] * 2
