"""One contract suite that every runtime must pass, with every form; and files that come from elsewhere."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import flatbuffers
import numpy as np
import onnx
import pytest
from ai_edge_litert import schema_py_generated as schema

from edgemnist import open_runtime, runtimes
from edgemnist.errors import ModelError, NotInstalled, PackageMissing, RuntimeCrash
from edgemnist.exporters import FORMS
from edgemnist.formats import ModelFile
from edgemnist.processes.installed import Tools
from edgemnist.runtimes import RuntimeEntry, find_runtime, open_here
from edgemnist.runtimes.base import Request
from edgemnist.runtimes.isolation import IsolatedRuntime
from edgemnist.trust import trust
from edgemnist.workflows.forms import leave_out
from tests import nets
from tests.conftest import ROOT, slow

NAMES = ["model.keras", *(form.name_file("model") for form in FORMS)]


# Megabytes of text, compiled anew for each test: the first has the smaller of the two.
BUT_FLOATS_IN_C = pytest.mark.parametrize("name", [slow(name) if name == "model.c" else name for name in NAMES])
BUT_C = pytest.mark.parametrize("name", [slow(name) if name.endswith(".c") else name for name in NAMES])


@pytest.fixture(scope="module")
def images(dataset) -> np.ndarray:
    return dataset.test.images[:64]


@BUT_FLOATS_IN_C
def test_images_in_probabilities_out(ladder: Path, images, dataset, name: str) -> None:
    with open_runtime(ladder / name) as runtime:
        probabilities = runtime.predict(images)
        assert probabilities.shape == (64, 10) == (len(images), runtime.info.classes)
        assert probabilities.dtype == np.float32
        assert probabilities.sum(axis=1) == pytest.approx(1, abs=0.03)
        assert (probabilities.argmax(axis=1) == dataset.test.labels[:64]).mean() > 0.9
        assert runtime.info.name
        assert runtime.info.version


@BUT_C
def test_the_answer_to_an_image_does_not_depend_on_its_neighbours(ladder: Path, images, name: str) -> None:
    with open_runtime(ladder / name) as runtime:
        together = runtime.predict(images)
        assert np.array_equal(runtime.predict(images), together)
        alone = np.concatenate([runtime.predict(images[index : index + 1]) for index in range(16)])
        assert np.array_equal(alone.argmax(axis=1), together[:16].argmax(axis=1))
        assert alone == pytest.approx(together[:16], abs=1e-6)


@BUT_C
def test_the_contract_is_inside_and_true(ladder: Path, images, name: str) -> None:
    with open_runtime(ladder / name) as runtime:
        assert runtime.info.contract is not None
        assert runtime.info.contract.labels == tuple("0123456789")
        assert runtime.info.contract.precision in (*(form.precision for form in FORMS),)
        assert (runtime.info.contract.source is None) == (name == "model.keras")
        assert runtime.run(images).outputs.dtype == runtime.info.output.dtype


@BUT_C
def test_a_child_process_gives_the_same_answers(ladder: Path, images, name: str) -> None:
    file = ModelFile.read(ladder / name)
    with open_here(file) as here, IsolatedRuntime(file, find_runtime(file.path), Request()) as there:
        assert replace(there.info, tensor_precision=None) == here.info
        assert np.array_equal(there.run(images).outputs, here.run(images).outputs)
        assert np.array_equal(there.run(images[:3]).outputs, here.run(images[:3]).outputs)


def test_a_file_is_opened_here_only_if_the_user_made_it(own_ladder: Path, stranger: Path) -> None:
    path = own_ladder / "model.onnx"
    model = onnx.load(path)
    model.producer_name = "not released"
    onnx.save(model, path)
    with open_runtime(path) as runtime:
        assert isinstance(runtime, IsolatedRuntime), "the manifest beside it has no say"
    trust([ModelFile.read(path).sha256])
    with open_runtime(path) as runtime:
        assert not isinstance(runtime, IsolatedRuntime)
    path.write_bytes(path.read_bytes() + b"\0")
    assert not ModelFile.read(path).trusted


BAD = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "foreign": lambda content: b"hello" * 99,
}


@pytest.mark.parametrize("damage", BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["model.keras", "model.onnx", "model_int8.tflite"])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_damaged_file_is_one_clear_error(own_ladder: Path, name: str, damage, trusted: bool) -> None:
    path = own_ladder / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ModelError, match=name) as caught:
        open_here(ModelFile.read(path)) if trusted else open_runtime(path)
    assert not isinstance(caught.value, RuntimeCrash)


def test_a_missing_file_a_folder_and_an_unknown_kind(tmp_path: Path) -> None:
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "model.pt").write_bytes(b"x")
    for name, message in (
        ("none.onnx", "no such file"),
        ("folder.onnx", "a folder"),
        ("model.pt", "no runtime for .pt"),
    ):
        with pytest.raises(ModelError, match=message):
            open_runtime(tmp_path / name)


def test_a_file_that_kills_its_runtime_kills_only_the_child(own_ladder: Path, images) -> None:
    path = own_ladder / "model_int8.tflite"
    damaged = bytearray(path.read_bytes())
    damaged[-126] ^= 0xFF  # an offset that LiteRT 2.3 follows out of the file: SIGSEGV
    path.write_bytes(damaged)
    with pytest.raises(ModelError, match=r"model_int8\.tflite"):
        open_runtime(path).predict(images)
    file = ModelFile.read(own_ladder / "model.onnx")
    with IsolatedRuntime(file, find_runtime(file.path), Request()) as runtime:
        runtime._child._process.kill()  # type: ignore[attr-defined]
        with pytest.raises(RuntimeCrash, match="crashed ONNX Runtime"):
            runtime.predict(images)


@pytest.mark.slow
def test_no_flipped_byte_in_a_flatbuffer_gets_past_the_child(own_ladder: Path, images) -> None:
    """Each damage is refused, or what it leaves answers as a classifier does: numbers, in the right shape."""
    path = own_ladder / "model_int8.tflite"
    content = path.read_bytes()
    generator = np.random.default_rng(0)
    refused = []
    # The structure lies around the weights: a flip there can send a native reader anywhere.
    for place in generator.choice(np.r_[0:2_000, len(content) - 6_000 : len(content)], 40, replace=False):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            with open_runtime(path) as runtime:
                probabilities = runtime.predict(images[:2])
        except ModelError as error:
            refused.append(error.message)
        else:
            assert (probabilities.shape, probabilities.dtype) == ((2, runtime.info.classes), np.float32)
    assert 0 < len(refused) < 40, "some flips break the file, some change only a name or a number"
    assert all(path.name in message for message in refused)


def test_a_contract_that_does_not_fit_its_model_is_refused(own_ladder: Path) -> None:
    path = own_ladder / "model.onnx"
    model = onnx.load(path)
    model.metadata_props[0].value = model.metadata_props[0].value.replace('"7", ', "")
    onnx.save(model, path)
    with pytest.raises(ModelError, match="the contract inside says number of classes 9, but the model has 10"):
        open_runtime(path)


def test_a_file_without_a_contract_is_run_as_its_tensors_suggest(own_ladder: Path, images) -> None:
    path = own_ladder / "model.onnx"
    with open_runtime(path) as runtime:
        expected = runtime.predict(images)
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, path)
    with open_runtime(path) as runtime:
        assert runtime.info.contract is None
        assert runtime.info.input.summarize() == "float32 (784) in [0, 1]: pixel / 255"
        assert runtime.predict(images) == pytest.approx(expected, abs=1e-6)


def _build_onnx(path: Path, shape: list, output: list, batch_axis_ops: list | None = None) -> Path:
    info = onnx.helper.make_tensor_value_info
    weight = onnx.numpy_helper.from_array(np.ones((784, 10), np.float32), "w")
    nodes = batch_axis_ops or [
        onnx.helper.make_node("Flatten", ["x"], ["flat"]),
        onnx.helper.make_node("MatMul", ["flat", "w"], ["y"]),
    ]
    graph = onnx.helper.make_graph(nodes, "g", [info("x", 1, shape)], [info("y", 1, output)], [weight])
    model = onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 17)])
    onnx.save(model, path)
    return path


def test_foreign_shapes_and_fixed_batches_are_run(tmp_path: Path, images) -> None:
    for shape in ([1, 1, 28, 28], ["n", 28, 28, 1], [7, 784], [500, 784]):
        path = _build_onnx(tmp_path / "foreign.onnx", shape, [shape[0], 10])
        with open_here(ModelFile.read(path)) as runtime:
            assert runtime.predict(images[:10]) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("shape", "output", "message"),
    [
        ([1, 3, 224, 224], [1], "expected 28 x 28 = 784 values"),
        ([1, "h", "w", 4], [1, 10], "open shape"),
        ([1, 784], [1], "expected one score a class"),
    ],
)
def test_what_is_no_digit_classifier_is_refused(tmp_path: Path, shape, output, message: str) -> None:
    axes = {"axes": [1, 2, 3]} if len(shape) == 4 else {}
    nodes = [onnx.helper.make_node("ReduceMean", ["x"], ["y"], keepdims=0, **axes)] if "h" not in shape else None
    with pytest.raises(ModelError, match=message):
        open_here(ModelFile.read(_build_onnx(tmp_path / "other.onnx", shape, output, nodes)))


def _build_two_inputs(path: Path) -> Path:
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Add", ["x", "other"], ["sum"]), onnx.helper.make_node("MatMul", ["sum", "w"], ["y"])],
        "g",
        [info("x", 1, [1, 784]), info("other", 1, [1, 784])],
        [info("y", 1, [1, 10])],
        [onnx.numpy_helper.from_array(np.ones((784, 10), np.float32), "w")],
    )
    onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 17)]), path)
    return path


def _build_two_outputs(path: Path) -> Path:
    model = onnx.load(_build_onnx(path, [1, 784], [1, 10]))
    model.graph.output.append(onnx.helper.make_tensor_value_info("flat", 1, [1, 784]))
    onnx.save(model, path)
    return path


@pytest.mark.parametrize(
    ("build", "message"),
    [(_build_two_inputs, "2 inputs, expected one"), (_build_two_outputs, "2 outputs may hold the classes' scores")],
)
def test_onnx_with_more_than_an_image_and_its_scores_is_refused(tmp_path: Path, build, message: str) -> None:
    with pytest.raises(ModelError, match=rf"two\.onnx: {message}"):
        open_here(ModelFile.read(build(tmp_path / "two.onnx")))


@pytest.mark.parametrize("runtime", ["litert", "litert-reference"])
def test_tflite_with_another_input_is_refused_and_with_another_output_the_contract_s_is_read(
    tmp_path: Path, images, runtime: str
) -> None:
    """A tensor in between is named as another input or output: the file stays valid."""
    path, content = tmp_path / "two.tflite", (ROOT / "exports" / "small_int8.tflite").read_bytes()
    path.write_bytes(_name_another_end(content, "inputs"))
    with pytest.raises(ModelError, match=r"two\.tflite: 2 inputs, expected one"):
        open_here(ModelFile.read(path), runtime)
    path.write_bytes(_name_another_end(content, "outputs"))
    with open_here(ModelFile.read(path), runtime) as two, open_runtime(ROOT / "exports" / "small_int8.tflite") as one:
        assert two.info.output == one.info.output
        assert (two.predict(images[:50]).argmax(axis=1) == one.predict(images[:50]).argmax(axis=1)).all()


def _name_another_end(content: bytes, side: str) -> bytes:
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    between = graph.operators[0].outputs[0]
    setattr(graph, side, np.append(getattr(graph, side), between).astype(np.int32))
    model.signatureDefs = []
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        slow(2, 1, r"input shape \(784,\), \(784,\), expected one of \(784,\), \(28, 28\), \(28, 28, 1\)"),
        (1, 2, r"output shape \(10,\), \(10,\), expected one score a class"),
    ],
)
def test_a_keras_model_with_more_than_an_image_and_its_scores_is_refused(
    tmp_path: Path, inputs: int, outputs: int, message: str
) -> None:
    import keras

    pixels = [keras.Input((784,)) for _ in range(inputs)]
    sum_ = keras.layers.Add()(pixels) if inputs > 1 else pixels[0]
    keras.Model(pixels, [keras.layers.Dense(10)(sum_) for _ in range(outputs)]).save(tmp_path / "two.keras")
    with pytest.raises(ModelError, match=rf"two\.keras: {message}"):
        open_here(ModelFile.read(tmp_path / "two.keras"))


def test_a_runtime_is_ready_if_its_package_and_all_its_programs_are_there() -> None:
    def is_ready(package: str, *tools: str) -> bool:
        return RuntimeEntry("name", "Title", ".c", "module", package, tools=Tools(tools, "apt-get install it")).ready

    assert all((is_ready(""), is_ready("numpy"), is_ready("", "sh"), is_ready("numpy", "sh", "ls")))
    assert not is_ready("no_such_package")
    assert not is_ready("", "no-such-program")
    assert not is_ready("numpy", "sh", "no-such-program")
    assert not is_ready("no_such_package", "sh")


def test_a_form_whose_runtime_is_not_ready_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a compiler C can't be checked, so it isn't written; where nothing is ready, that is an error."""
    rows = [
        replace(row, tools=Tools(("no-such-program",), row.install)) if row.name == "c" else row
        for row in runtimes.RUNTIMES
    ]
    monkeypatch.setattr(runtimes, "RUNTIMES", tuple(rows))
    left_out: list[tuple[str, str]] = []
    ready = leave_out(list(FORMS), lambda form, install: left_out.append((form.precision, install)))
    assert ready == [form for form in FORMS if form.format != "c"]
    assert left_out == [(form.precision, runtimes.COMPILER_INSTALL) for form in FORMS if form.format == "c"]
    with pytest.raises(NotInstalled, match="nothing is installed that could check a form") as caught:
        leave_out([form for form in FORMS if form.format == "c"], lambda form, install: None)
    assert caught.value.hint == runtimes.COMPILER_INSTALL


def test_a_missing_package_names_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch, ladder: Path) -> None:
    for module in [name for name in sys.modules if name.startswith(("onnxruntime", "edgemnist.runtimes.ort"))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr("sys.path", [str(Path(__file__).parents[1])])
    with pytest.raises(PackageMissing, match="onnxruntime, which isn't installed") as caught:
        open_runtime(ladder / "model.onnx")
    assert caught.value.hint == "pip install onnxruntime"


@pytest.mark.parametrize("runtime", ["litert", "tflm"])
@pytest.mark.parametrize(
    ("operator", "what", "hint"),
    [
        ("edgetpu-custom-op", "it is compiled for Google's Edge TPU", "that edgetpu_compiler was given"),
        ("ethos-u", "it is compiled for Arm's Ethos-U", "that vela was given"),
        ("FlexErfc", r"operators of TensorFlow itself \(Select TF\), .*: FlexErfc", "`edgemnist.export('model.keras'"),
    ],
)
def test_a_file_for_one_maker_alone_is_named(tmp_path: Path, runtime: str, operator: str, what: str, hint: str) -> None:
    net = nets.Net(quantized=True)
    net.add("CUSTOM", [net.dense(net.input, 10)], (1, 10))
    net.model.operatorCodes[-1].customCode = operator
    (tmp_path / "net.tflite").write_bytes(net.build())
    with pytest.raises(ModelError, match=what) as caught:
        open_here(ModelFile.read(tmp_path / "net.tflite"), runtime)
    assert hint in caught.value.hint
