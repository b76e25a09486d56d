"""Exports: every form of several networks is the same model, says what it takes, and is the same bytes again."""

from __future__ import annotations

import errno
import getpass
import io
import json
import os
import re
import socket
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
from ai_edge_litert import schema_py_generated as schema

from edgemnist import Gate, diff, export, open_runtime, verify
from edgemnist.contract import Contract, Input, Output
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.errors import EdgeMnistError, ExportError, ModelError, UsageError, WriteError
from edgemnist.exporters import FORMS, Options, checks, find_form
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import serialize_classifier
from edgemnist.manifest import Manifest
from edgemnist.trust import trust
from edgemnist.workflows.forms import choose_forms
from edgemnist.workflows.source import OpenSource
from tests.conftest import ROOT, slow

layers = keras.layers
pytestmark = pytest.mark.usefixtures("converter_here")


def read_folder(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_all_forms_are_written(ladder: Path) -> None:
    names = {"model.keras", "model.h", "model_int8.h", *(form.name_file("model") for form in FORMS)}
    names |= {"manifest.json", ".edgemnist.lock"}
    found = {path.name for path in ladder.iterdir()}
    assert {name for name in found if "_answers_" not in name} == names
    recorded = {f"{stem}_answers" for stem in ("model", "model_int8", "model_int16x8")}
    assert {name[: name.index("_answers") + 8] for name in found - names} == recorded
    assert len(found - names) == 4, "the source's answers; outputs of two TFLite files and of one in C"


@pytest.mark.slow
def test_all_forms_pass_their_gates(ladder: Path) -> None:
    report = verify(ladder)
    assert [verdict.reasons for verdict in report.verdicts] == [()] * 12
    assert report.exit_status == 0
    by_name = {Path(verdict.model).name: verdict.measurement for verdict in report.verdicts}
    assert by_name["model.keras"].comparison.max_abs_difference == 0


def test_the_same_model_gives_the_same_bytes_in_any_order(ladder: Path, tmp_path: Path) -> None:
    """Forms that were all made in one process, and here each by itself, the last first. All of them again: `run`."""
    for format in ("onnx", "tflite"):
        export(ladder / "model.keras", format, "int8", output=tmp_path)
    expected, found = read_folder(ladder), read_folder(tmp_path)
    assert len(found) == 2 + 2 + 2, "models; the source's answers and outputs of one; the manifest and its lock"
    assert [name for name in found if found[name] != expected[name] and name != "manifest.json"] == []


def test_no_date_no_path_no_host_inside(ladder: Path) -> None:
    today = datetime.now(UTC).date()
    dates = [today.strftime(form) for form in ("%Y%m%d", "%d %b %Y", "%b %d %Y", "%d/%m/%Y", "%m/%d/%y")]
    names = [name for name in (socket.gethostname(), getpass.getuser()) if len(name) > 5]  # others are parts of words
    traces = ["/tmp/", "/root/", "/home/", str(ladder), "date_saved", *dates, *names]
    for name, content in read_folder(ladder).items():
        # What is compressed shows nothing as it is.
        members = [content, *(list_members(content) if name.endswith((".keras", ".npz")) else [])]
        for member in members:
            assert not re.search(rb"\b(19|20)\d\d-[01]\d-[0-3]\d", member), name
            assert not [trace for trace in traces if trace.encode() in member], name


def list_members(content: bytes) -> list[bytes]:
    """The unpacked files of an archive, none of which says when it was packed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return [archive.read(entry) for entry in archive.infolist()]


def test_the_manifest_says_what_was_made_from_what(ladder: Path) -> None:
    manifest = Manifest.load(ladder)
    source = manifest.models["model.keras"]
    assert source["sha256"] == hash_bytes((ladder / "model.keras").read_bytes())
    for form in FORMS:
        entry = manifest.models[form.name_file("model")]
        assert entry["source"] == {"name": "model.keras", "path": "model.keras", "sha256": source["sha256"]}
        assert ("calibration" in entry) == form.calibrated
        assert entry["size_bytes"] == (ladder / form.name_file("model")).stat().st_size
        assert entry["versions"]["tensorflow"]
    calibration = manifest.models["model_int8.onnx"]["calibration"]
    assert (calibration["split"], calibration["images"], calibration["seed"]) == ("training", 500, 0)


def test_the_manifest_says_of_a_form_what_the_released_one_says_of_it(ladder: Path) -> None:
    """The same options and the same images calibrate: only versions and what was measured differ."""
    found, released = Manifest.load(ladder).models, Manifest.load(ROOT / "exports").models
    names = [form.name_file("model") for form in FORMS if form.name_file("model") in released]
    assert len(names) == len(FORMS) - 1, "all but the floats in C"
    for name in names:
        entry, other = found[name], released[name]
        assert entry.keys() == other.keys() - {"verified"}
        for key in ("format", "precision", "calibration"):
            assert entry.get(key) == other.get(key), (name, key)
        assert entry["options"].items() <= other["options"].items(), name
        assert entry["versions"].keys() == other["versions"].keys()
        assert entry["sha256"] == hash_bytes((ladder / name).read_bytes())
        companions = {header: hash_bytes((ladder / header).read_bytes()) for header in other.get("companions", {})}
        assert entry.get("companions", {}) == companions


def test_onnx_is_clean_and_old_enough(ladder: Path) -> None:
    for form in (form for form in FORMS if form.format == "onnx"):
        model = onnx.load(ladder / form.name_file("model"))
        onnx.checker.check_model(model, full_check=True)
        assert model.ir_version == 8
        assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
        shapes = [
            (end.name, [d.dim_param or d.dim_value for d in end.type.tensor_type.shape.dim])
            for end in (model.graph.input[0], model.graph.output[0])
        ]
        assert shapes == [("pixels", ["batch", 784]), ("probs", ["batch", 10])]
        assert json.loads(model.metadata_props[0].value)["precision"] == form.precision
        names = [node.name for node in model.graph.node]
        assert len(set(names)) == len(names)


def test_tflite_weights_lie_on_16_byte_boundaries(ladder: Path) -> None:
    for form in (form for form in FORMS if form.format == "tflite"):
        content = (ladder / form.name_file("model")).read_bytes()
        model = schema.Model.GetRootAs(content)
        base = np.frombuffer(content, np.uint8).__array_interface__["data"][0]
        starts = [
            model.Buffers(index).DataAsNumpy().__array_interface__["data"][0] - base
            for index in range(model.BuffersLength())
            if model.Buffers(index).DataLength()
        ]
        assert len(starts) > 6
        assert all(start % 16 == 0 for start in starts)
        graph = model.Subgraphs(0)
        assert graph.Tensors(graph.Inputs(0)).Name() == b"pixels"
        assert graph.Tensors(graph.Outputs(0)).Name() == b"probs"


def test_each_mode_really_quantizes(ladder: Path) -> None:
    size = {form: (ladder / form.name_file("model")).stat().st_size for form in FORMS}
    for form in FORMS:
        whole = size[find_form(form.format)]
        expected = {"float32": 1, "float16": 0.5}.get(form.precision, 0.23 if form.is_text else 0.26)
        assert size[form] / whole == pytest.approx(expected, abs=0.02)
    assert "MatMulInteger" in list_ops(ladder / "model_dynamic.onnx")
    assert "QuantizeLinear" in list_ops(ladder / "model_int8.onnx")
    model = schema.ModelT.InitFromPackedBuf((ladder / "model_int8.tflite").read_bytes(), 0)
    types = {tensor.type for tensor in model.subgraphs[0].tensors}
    assert types <= {schema.TensorType.INT8, schema.TensorType.INT32, schema.TensorType.UINT8}


@pytest.mark.parametrize("io", [slow("uint8"), "int8", slow("float32")])
def test_int8_io_dtypes(ladder: Path, tmp_path: Path, io: str) -> None:
    (artifact,) = export(ladder / "model.keras", "tflite", "int8", io_dtype=io, output=tmp_path)
    expected = {"uint8": "the raw pixel", "int8": "pixel - 128", "float32": "pixel / 255"}[io]
    assert artifact.input.endswith(expected)
    with open_runtime(artifact.path) as runtime:
        assert (runtime.info.input.dtype, runtime.info.output.dtype) == (io, io)
    (verdict,) = verify(artifact.path).verdicts
    assert verdict.passed, verdict.reasons


TELLING = {("tflite", "int8"), ("tflite", "int16x8"), ("onnx", "float32"), ("onnx", "int8")}


@pytest.mark.parametrize(
    "form",
    [form if (form.format, form.precision) in TELLING else slow(form) for form in FORMS],
    ids=[f"{form.format}-{form.precision}" for form in FORMS],
)
def test_pixels(ladder: Path, tmp_path: Path, form) -> None:
    arguments = (ladder / "model.keras", form.format, None if form.precision == "float32" else form.precision)
    if form.precision == "int16x8":
        with pytest.raises(UsageError, match="int16x8 can't take raw pixels"):
            export(*arguments, raw_input=True, output=tmp_path)
        assert list(tmp_path.iterdir()) == []
        return
    (artifact,) = export(*arguments, raw_input=True, output=tmp_path)
    assert artifact.input == f"uint8 ({'784' if form.format == 'c' else '28, 28'}): the raw pixel"
    report = verify(artifact.path, ladder / form.name_file("model"))
    assert report.passed, report.verdicts
    raw, plain = (verdict.measurement for verdict in report.verdicts)
    assert raw.comparison.agreement == pytest.approx(plain.comparison.agreement, abs=0.0005)
    if form.precision == "int8" and form.format != "c":
        added = list_ops(artifact.path) - list_ops(ladder / form.name_file("model"))
        assert added == {{"tflite": "RESHAPE", "onnx": "Reshape"}[form.format]}


def list_ops(path: Path) -> set[str]:
    if path.suffix == ".onnx":
        return {node.op_type for node in onnx.load(path).graph.node}
    names = {value: name for name, value in vars(schema.BuiltinOperator).items()}
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    return {names[model.operatorCodes[op.opcodeIndex].builtinCode] for op in model.subgraphs[0].operators}


def build_networks() -> dict[str, keras.Model]:
    pixels = keras.Input((28, 28))
    functional = keras.Model(pixels, layers.Dense(10)(layers.Dense(32, activation="relu")(layers.Flatten()(pixels))))
    return {
        "convolutional": keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(8, 3, strides=2, use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.DepthwiseConv2D(3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.1),
                layers.Dense(10, activation="softmax"),
            ]
        ),
        "functional with logits": functional,
        "softmax as a layer": keras.Sequential(
            [keras.Input((784,)), layers.Dense(128), layers.ReLU(), layers.Dense(10), layers.Softmax()]
        ),
    }


@pytest.fixture(scope="module", params=["convolutional", "functional with logits", "softmax as a layer"])
def foreign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Path:
    """A model of somebody else's: trained and saved with plain Keras, without a contract."""
    keras.utils.set_random_seed(1)
    model = build_networks()[request.param]
    logits = request.param == "functional with logits"
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=logits), metrics=["accuracy"])
    images = dataset.training.images[:8000].reshape(-1, *model.input_shape[1:]).astype("float32") / 255
    model.fit(images, dataset.training.labels[:8000], epochs=4, verbose=0)
    path = tmp_path_factory.mktemp("foreign") / "theirs.keras"
    model.save(path)
    return path


@pytest.mark.slow
def test_any_keras_classifier_becomes_every_form(foreign: Path, tmp_path: Path) -> None:
    artifacts = export(foreign, all=True, output=tmp_path)
    assert [artifact.path.name for artifact in artifacts] == [form.name_file("theirs") for form in FORMS]
    report = verify(tmp_path)
    assert report.exit_status == 0, [(verdict.model, verdict.reasons) for verdict in report.verdicts]
    first = report.verdicts[0].measurement
    assert first.comparison.source_accuracy > 0.85
    assert first.comparison.max_abs_difference < 1e-5


@pytest.mark.slow
def test_raw_pixels_into_other_networks(foreign: Path, tmp_path: Path) -> None:
    export(foreign, all=True, raw_input=True, output=tmp_path, name="raw")
    report = verify(tmp_path)
    assert len(report.verdicts) == 10
    assert report.passed
    shapes = {verdict.format: verdict.measurement.input for verdict in report.verdicts}
    assert shapes.pop("c") == "uint8 (784): the raw pixel"
    assert set(shapes.values()) == {"uint8 (28, 28): the raw pixel"}


@pytest.mark.slow
def test_other_classes(small_npz: Path, tmp_path: Path) -> None:
    from edgemnist import train

    train(data=small_npz, epochs=3, output=tmp_path / "three.keras")
    artifacts = export(tmp_path / "three.keras", "tflite", "int8", data=small_npz, output=tmp_path)
    report = verify(artifacts[0].path, data=small_npz)
    assert report.passed
    assert report.verdicts[0].measurement.labels == ("none", "one", "two")
    with pytest.raises(ModelError, match="3 classes, but the data has 10"):
        export(tmp_path / "three.keras", "tflite", data=load_dataset(), output=tmp_path)


def train_foreign(dataset: Dataset, *first, scale: float = 1, shape=(784,), last=None) -> keras.Model:
    """Train a small network of somebody else's on 6,000 images, on pixels · `scale`."""
    keras.utils.set_random_seed(2)
    model = keras.Sequential(
        [
            keras.Input(shape),
            *first,
            layers.Dense(32, activation="relu"),
            *(last or [layers.Dense(10, activation="softmax")]),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    images = dataset.training.images[:6000].reshape(-1, *shape).astype("float32") * scale
    model.fit(images, dataset.training.labels[:6000], epochs=3, verbose=0)
    return model


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scale", "taken"),
    [
        slow(1 / 255, "pixel / 255", id="pixels / 255"),
        pytest.param(1.0, "[0, 255]", id="raw"),
    ],
)
def test_a_source_with_a_scaling_of_its_own_is_given_that(dataset, tmp_path: Path, scale, taken: str) -> None:
    """On wrongly scaled pixels, it and its artifacts would agree on 16 % right answers."""
    first = [] if scale < 1 else [layers.Rescaling(1 / 255)]
    train_foreign(dataset, *first, scale=scale).save(tmp_path / "theirs.keras")
    trust(ModelFile.read(tmp_path / "theirs.keras").hashes)  # it runs in this process, which is fast
    for quantize in (None, "int8"):
        (artifact,) = export(tmp_path / "theirs.keras", "onnx", quantize, output=tmp_path / "out")
        assert taken in artifact.input
    report = verify(tmp_path / "out", gate=Gate(min_accuracy=0.85))
    assert report.passed, [verdict.reasons for verdict in report.verdicts]
    (own,) = verify(tmp_path / "theirs.keras", gate=Gate(min_accuracy=0.85)).verdicts
    assert (own.word, own.measurement.input) == ("not compared", artifact.input)
    for answers in (tmp_path / "out").glob("*_answers_*"):
        answers.unlink()
    path, source = tmp_path / "out" / "theirs.onnx", tmp_path / "theirs.keras"
    (outside,) = verify(path).verdicts
    assert outside.error.hint.endswith("`against='MODEL.keras'`"), "nothing leads out of the folder"
    again = verify(path, against=source)  # recomputed with Keras, on the same pixels
    assert again.verdicts[0].measurement.comparison.agreement == 1


def test_a_source_that_no_range_suits_is_refused(dataset, tmp_path: Path) -> None:
    keras.Sequential([keras.Input((784,)), layers.Dense(10, activation="softmax")]).save(tmp_path / "new.keras")
    with pytest.raises(ModelError, match="training images at best"):
        export(tmp_path / "new.keras", "onnx", output=tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "shape", "taken"),
    [
        (lambda: [layers.Permute((2, 1)), layers.Rescaling(1 / 255)], (28, 28), "rows and columns swapped"),
        (lambda: [layers.Rescaling(1 / 255), layers.AveragePooling2D(2)], (28, 28, 3), "float32 (28, 28, 3)"),
    ],
    ids=["transposed", "three channels"],
)
def test_raw_pixels_are_laid_out_inside(dataset, tenth: Path, tmp_path: Path, first, shape, taken: str) -> None:
    """With `raw_input` the image comes as the data set has it, and calibration gives it so, too."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input(shape), *first(), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    images, labels = dataset.training.images[:6000].astype("float32"), dataset.training.labels[:6000]
    images = images.swapaxes(1, 2) if len(shape) == 2 else np.stack([images] * 3, axis=-1)
    model.fit(images, labels, epochs=2, verbose=0)
    model.save(tmp_path / "theirs.keras")
    found = list[str]()
    for format, quantize in (("tflite", "int8"), ("onnx", "int8"), ("onnx", None)):
        (artifact,) = export(
            tmp_path / "theirs.keras",
            format,
            quantize,
            raw_input=True,
            data=tenth,
            output=tmp_path / "out",
            report_found=found.append,
        )
        assert artifact.input == "uint8 (28, 28): the raw pixel"
    assert taken in found[0]
    report = verify(tmp_path / "out", gate=Gate(min_accuracy=0.7, min_agreement=0.97, max_drop=2))
    assert report.passed, [verdict.reasons for verdict in report.verdicts]


@pytest.mark.slow
def test_a_source_of_a_sigmoid_a_class_stays_one(dataset, tmp_path: Path) -> None:
    """Its scores are put through no softmax, and their sum is anything."""
    path, found = tmp_path / "theirs.keras", list[str]()
    train_foreign(dataset, scale=1 / 255, last=[layers.Dense(10, activation="sigmoid")]).save(path)
    trust(ModelFile.read(path).hashes)
    for format, quantize in (("onnx", None), ("tflite", "int8"), ("c", "int8")):
        (artifact,) = export(path, format, quantize, output=tmp_path / "out", report_found=found.append)
        assert ModelFile.read(artifact.path).contract.output.kind == "sigmoid"
    assert "no contract inside: assumed to take float32 (784) in [0, 1]: pixel / 255: right on " in found[0]
    report = verify(tmp_path / "out", path, gate=Gate(min_accuracy=0.85, min_agreement=0.9, max_drop=5))
    words = [verdict.word for verdict in report.verdicts]
    assert words == ["passed", "passed", "passed", "not compared"], [verdict.reasons for verdict in report.verdicts]
    assert report.verdicts[0].measurement.score.malformed == 0
    assert diff(path, tmp_path / "out" / "theirs.onnx", limit=60).reasons == ()


@pytest.mark.slow
def test_a_source_that_names_its_answers_in_a_dictionary(dataset, tenth: Path, tmp_path: Path) -> None:
    digits = keras.Input((784,), name="digits")
    keras.Model(digits, {"probs": train_foreign(dataset, scale=1 / 255)(digits)}).save(tmp_path / "named.keras")
    for artifact in export(tmp_path / "named.keras", "tflite", all=True, data=tenth, output=tmp_path / "out"):
        assert verify(artifact.path, gate=Gate(min_agreement=0.98, max_drop=2)).passed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "format", "quantize", "error"),
    [
        (lambda: [layers.LSTM(8)], "tflite", "int8", r"\(LSTM\) is recurrent, and can't be exported"),
        (
            lambda: [layers.Reshape((28, 28, 1)), layers.Resizing(14, 14, "bicubic", name="small"), layers.Flatten()],
            "c", "int8", r"layer small \(Resizing\) can't be converted to c int8: TFLite has no bicubic interpolation",
        ),
    ],
    ids=["recurrent", "bicubic"],
)  # fmt: skip
def test_a_layer_that_a_converter_cannot_write_is_one_clear_error(
    dataset, tmp_path: Path, first, format, quantize, error
) -> None:
    train_foreign(dataset, *first(), scale=1 / 255, shape=(28, 28)).save(tmp_path / "rare.keras")
    with pytest.raises(EdgeMnistError, match=error):
        export(tmp_path / "rare.keras", format, quantize, output=tmp_path / "out")
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


@pytest.mark.slow
def test_a_folded_normalization_is_no_loss_of_weights(dataset, tmp_path: Path) -> None:
    train_foreign(
        dataset,
        layers.BatchNormalization(),
        scale=1 / 255,
        last=[layers.Dense(2), layers.Dense(10, activation="softmax")],
    ).save(tmp_path / "fold.keras")
    assert len(export(tmp_path / "fold.keras", "onnx", output=tmp_path / "out")) == 1


@pytest.mark.parametrize(
    "call",
    [
        slow(1, id="answers"),
        pytest.param(2, id="model"),
        slow(3, id="manifest"),
        pytest.param(4, id="journal"),
        slow(5, id="folder"),
    ],
)
def test_a_disk_that_fills_up_loses_nothing_and_leaves_nothing(
    own_ladder: Path, tmp_path: Path, monkeypatch, call: int
) -> None:
    """The system refuses the n-th write, in the middle: an older folder stays as it was, a new one stays empty."""
    real, calls = os.fsync, iter(range(1, 9))

    def refuse(descriptor: int) -> None:
        if next(calls) == call:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    before = read_folder(own_ladder)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(WriteError, match="No space left on device"):
        export(own_ladder / "model.keras", "onnx", raw_input=True, output=tmp_path / "new")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {".edgemnist.lock"}
    calls = iter(range(1, 9))
    with pytest.raises(WriteError, match="No space left on device"):
        export(own_ladder / "model.keras", "onnx", name="model", output=own_ladder)
    assert read_folder(own_ladder) == before


def save_dense(path: Path, change=lambda model: None) -> Path:
    model = keras.Sequential([keras.Input((784,)), layers.Dense(10, activation="softmax")])
    change(model)
    path.write_bytes(
        serialize_classifier(model, Contract(Input("pixels", (784,)), Output("probs"), tuple("0123456789")))
    )
    return path


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    def spoil(model: keras.Model) -> None:
        model.layers[0].bias.assign([np.nan] * 10)

    with pytest.raises(ModelError, match="holds NaN or infinity"):
        export(save_dense(tmp_path / "nan.keras", spoil), "onnx", output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(1, 28, 28), (784, 1)])
def test_an_image_may_have_further_axes_of_one(dataset, tenth: Path, tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = tmp_path / "axes.keras"
    train_foreign(dataset, layers.Flatten(), scale=1 / 255, shape=shape).save(path)
    for format in ("tflite", "onnx", "c"):
        (artifact,) = export(path, format, data=tenth, output=tmp_path / format)
        assert verify(artifact.path, gate=Gate(min_accuracy=0.85)).passed


@pytest.mark.parametrize(
    ("shape", "layer", "message"),
    [
        ((32, 32), layers.Flatten, r"input shape \(32, 32\), expected one of \(784,\), \(28, 28\), \(28, 28, 1\)"),
        ((28, 28), lambda: layers.Conv1D(2, 3), "output shape .*, expected one score a class"),
    ],
)
def test_a_keras_model_of_another_kind_is_refused(tmp_path: Path, shape, layer, message: str) -> None:
    keras.Sequential([keras.Input(shape), layer()]).save(tmp_path / "other.keras")
    with pytest.raises(ModelError, match=message):
        export(tmp_path / "other.keras", "onnx", output=tmp_path / "out")


def test_a_keras_file_that_asks_to_run_code_is_refused(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((784,)), layers.Lambda(lambda x: x * 2), layers.Dense(10)])
    model.save(tmp_path / "code.keras")
    with pytest.raises(ModelError, match="asks to run Python code"):
        export(tmp_path / "code.keras", "onnx", output=tmp_path / "out")


# What converters did, or could do: each must be an error, and leave no file.
BROKEN = {
    "weights lost": lambda content: content[:3_500],
    "another model's weights": None,
    "no model at all": lambda content: bytes(len(content)),
}


@pytest.fixture(scope="module")
def fresh(ladder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same network with other weights: right size, wrong answers."""
    model = keras.models.clone_model(keras.models.load_model(ladder / "model.keras"))
    path = tmp_path_factory.mktemp("fresh") / "model.keras"
    path.write_bytes(serialize_classifier(model, ModelFile.read(ladder / "model.keras").contract))
    return path


FAST_BROKEN = {("tflite", "weights lost"), ("onnx", "another model's weights"), ("c", "no model at all")}


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        pytest.param(
            name, damage, id=f"{name}-{words}", marks=[] if (name, words) in FAST_BROKEN else [pytest.mark.slow]
        )
        for name in ("tflite", "onnx", "c")
        for words, damage in BROKEN.items()
    ],
)
def test_a_conversion_that_silently_broke_leaves_no_file(
    ladder: Path, fresh: Path, tmp_path: Path, monkeypatch, name: str, damage
) -> None:
    real = OpenSource.convert

    def convert(source, *words):
        if damage is None:
            with OpenSource(ModelFile.read(fresh), source.contract.labels, source._probe) as other:
                return real(other, *words)
        return {end: damage(text) for end, text in real(source, *words).items()}

    monkeypatch.setattr(OpenSource, "convert", convert)
    with pytest.raises(ExportError, match=rf"{name} float32( came out|: the conversion is) broken"):
        export(ladder / "model.keras", name, output=tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name != ".edgemnist.lock"]


@pytest.mark.slow
@pytest.mark.converter_child
def test_a_converter_that_crashes_is_one_error_and_the_other_forms_are_written(
    command, tenth: Path, tmp_path: Path
) -> None:
    """TensorFlow's int8 conversion dies on a recurrent layer inside of a model inside of the model."""
    inner = keras.Sequential([keras.Input((28, 28)), layers.LSTM(8)])
    model = keras.Sequential(
        [keras.Input((784,)), layers.Reshape((28, 28)), inner, layers.Dense(10, activation="softmax")]
    )
    contract = Contract(Input("pixels", (784,)), Output("probs"), tuple("0123456789"))
    (tmp_path / "deep.keras").write_bytes(serialize_classifier(model, contract))
    words = ("--model", tmp_path / "deep.keras", "--output", tmp_path / "out", "--data", tenth)
    outcome = command("export", "--format", "tflite", "--all", *words, "--json")
    assert (outcome.status, "Traceback" in outcome.stderr) == (2, False)
    error = json.loads(outcome.stdout)["error"]
    assert error["kind"] == "export"
    assert re.search(
        r"of 5 forms couldn't be written: tflite int8: the conversion was ended: .*SIG[A-Z]+", error["message"]
    )
    assert error["message"] in outcome.stderr
    assert (tmp_path / "out" / "deep.tflite").exists()


def test_the_silent_corruption_of_a_tf_module_is_caught_by_its_size() -> None:
    with pytest.raises(ExportError, match="3,500 bytes for 535,818 weights"):
        checks.check_size(find_form("tflite"), 3_500, 535_818, 535_040)


@pytest.mark.slow
def test_a_retrained_model_drops_the_answers_that_nothing_needs(own_ladder: Path) -> None:
    before = {path.name for path in own_ladder.glob("*_answers_*")}
    from edgemnist import train

    train(epochs=1, seed=5, output=own_ladder / "model.keras")
    stale = verify(own_ladder / "model.onnx")
    assert stale.exit_status == 1
    assert "stale: made from model.keras" in stale.verdicts[0].reasons[0]
    export(own_ladder / "model.keras", "onnx", output=own_ladder)
    assert before < {path.name for path in own_ladder.glob("*_answers_*")}, "the other forms still need the old answers"
    export(own_ladder / "model.keras", all=True, output=own_ladder)
    left = {path.name for path in own_ladder.glob("*_answers_*")}
    assert len(left) == 4, "of the source, and the outputs of three forms"
    assert not left & before
    assert verify(own_ladder).exit_status == 0


def test_forms_are_named_or_refused() -> None:
    options = Options()
    assert len(choose_forms(None, None, True, options)) == 11
    assert len(choose_forms("onnx", None, True, options)) == 4
    assert len(choose_forms("tflite-array", None, True, options)) == 2
    assert len(choose_forms(None, None, True, Options(raw_input=True))) == 10
    for arguments, message in (
        ((None, None, False, options), "no format given"),
        (("onnx", "int16x8", False, options), "onnx has no mode 'int16x8', expected one of float16, dynamic, int8"),
        (("coreml", None, False, options), "no format 'coreml', expected one of tflite, onnx, c"),
        (("onnx", "int8", True, options), "`all` makes every mode"),
        (("tflite", "int8", False, Options("int8", raw_input=True)), "`io_dtype` says int8"),
        ((None, None, True, Options("int8", raw_input=True)), "`io_dtype` says int8"),
        (("tflite", "int8", False, Options("int4")), "no `io_dtype` 'int4'"),
        (("onnx", "int8", False, Options("int8")), "`io_dtype` is for tflite int8"),
        (("c", "float16", False, options), "c has no mode 'float16', expected one of int8"),
        (("c", None, False, Options(rounding="tflm")), "`rounding` is for c int8, not for c float32"),
        (("tflite", None, True, Options(kernels="dense")), "`kernels` is for c float32, c int8, not for tflite"),
        (("tflite-array", "int8", False, Options(kernels="dense")), "`kernels` is for c float32, c int8, not for"),
        (("c", "int8", False, Options(kernels="thin")), "no `kernels` 'thin', expected one of sparse, dense"),
        (("onnx", None, False, Options(opset=12)), "`opset=12` is out of range, expected 13 to 18"),
        (("onnx", None, False, Options(opset=19)), "`opset=19` is out of range, expected 13 to 18"),
        (("c", None, False, Options(opset=18)), "`opset` is for onnx float32, onnx float16, .*, not for c float32"),
    ):
        with pytest.raises(UsageError, match=message):
            choose_forms(*arguments)
