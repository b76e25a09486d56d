"""Keras models as people have them: of every file that Keras writes, of both its generations, in other types."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from edgemnist import Gate, export, open_runtime, verify
from edgemnist.datasets import Dataset
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.formats.keras_models import load_classifier
from edgemnist.formats.saved_model import unpack
from edgemnist.formats.weights import read_weights
from edgemnist.quiet import quiet
from tests.conftest import ROOT, slow

layers = keras.layers
pytestmark = pytest.mark.usefixtures("converter_here")
KERAS2 = ROOT / "tests" / "models"
Save = Callable[[keras.Model, Path], None]


def build(policy: str = "float32", batch: int | None = None) -> keras.Model:
    return keras.Sequential([
        keras.Input(batch_shape=(batch, 28, 28)), layers.Flatten(dtype=policy),
        layers.Dense(32, activation="relu", dtype=policy), layers.Dense(10, activation="softmax", dtype="float32"),
    ])  # fmt: skip


@pytest.fixture(scope="module")
def trained(dataset: Dataset) -> keras.Model:
    """A model that takes pixels / 255."""
    keras.utils.set_random_seed(2)
    model = build()
    model.compile("adam", "sparse_categorical_crossentropy")
    images = dataset.training.images[:6000].astype("float32") / 255
    model.fit(images, dataset.training.labels[:6000], epochs=3, verbose=0)
    return model


def copy_weights(model: keras.Model, other: keras.Model) -> keras.Model:
    other.set_weights(model.get_weights())
    return other


def take_bytes(model: keras.Model, dtype: str = "uint8") -> keras.Model:
    """The same model behind a cast and a scaling, so that it takes whole numbers."""
    pixels = keras.Input((28, 28), dtype=dtype)
    return keras.Model(pixels, model(layers.Rescaling(1 / 255)(keras.ops.cast(pixels, "float32"))))


def take_mixed_bytes() -> keras.Model:
    """A model of whole numbers, computed in half precision."""
    policy = "mixed_float16"
    return keras.Sequential([
        keras.Input((28, 28), dtype="uint8"), layers.Rescaling(1 / 255, dtype=policy), layers.Flatten(dtype=policy),
        layers.Dense(32, activation="relu", dtype=policy), layers.Dense(10, activation="softmax", dtype="float32"),
    ])  # fmt: skip


def save_folder(model: keras.Model, path: Path) -> None:
    with quiet():
        model.export(path, verbose=False)


# By kind: the file's name, how it is made, and what is said of it.
KINDS: dict[str, tuple[str, Save, tuple[str, ...]]] = {
    "old": ("old.h5", lambda model, path: model.save(path), ()),
    "old, ends in .hdf5": ("old.hdf5", lambda model, path: model.save(path), ()),
    "folder": ("saved_model", save_folder, ()),
    "half precision": (
        "mixed.keras", lambda model, path: copy_weights(model, build("mixed_float16")).save(path),
        ("computed in mixed_float16: rebuilt in float32 with the same weights",),
    ),
    "half precision, old": (
        "mixed.h5", lambda model, path: copy_weights(model, build("mixed_bfloat16")).save(path),
        ("computed in mixed_bfloat16: rebuilt in float32 with the same weights",),
    ),
    "bytes": (
        "bytes.keras", lambda model, path: take_bytes(model).save(path),
        ("took uint8: rebuilt to take the same numbers as float32",),
    ),
    "bytes, half precision": (
        "mixed.keras", lambda model, path: copy_weights(model, take_mixed_bytes()).save(path),
        (
            "computed in mixed_float16: rebuilt in float32 with the same weights",
            "took uint8: rebuilt to take the same numbers as float32",
        ),
    ),
    "double precision": (
        "double.keras", lambda model, path: copy_weights(model, build("float64")).save(path),
        ("computed in float64: rebuilt in float32 with its weights rounded to it",),
    ),
    "fixed batch": ("batch.keras", lambda model, path: copy_weights(model, build(batch=32)).save(path), ()),
    "fixed batch, old": ("batch.h5", lambda model, path: copy_weights(model, build(batch=32)).save(path), ()),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_any_kind_is_the_same_model(
    trained: keras.Model, dataset: Dataset, tmp_path: Path, kind: str
) -> None:
    name, save, notes = KINDS[kind]
    with quiet():
        save(trained, tmp_path / name)
    loaded = load_classifier(ModelFile.read(tmp_path / name))
    pixels = dataset.test.images[:50].astype("float32")
    taken = pixels if "bytes" in kind else pixels / 255
    np.testing.assert_allclose(
        np.asarray(loaded.model(taken, training=False)), np.asarray(trained(pixels / 255)), atol=1e-5
    )
    assert (loaded.contract, loaded.notes) == (None, notes)


def check_keras2(path: Path, stem: str, dataset: Dataset) -> None:
    loaded = load_classifier(ModelFile.read(path))
    images = dataset.test.images[:10, ..., None].astype("float32") / 255
    with quiet():
        answers = np.asarray(loaded.model(images))
    np.testing.assert_allclose(answers, np.load(KERAS2 / f"{stem}.npy"), atol=1e-6)


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("stem", ["keras2", "keras2_twice"])
def test_a_model_of_keras_2_is_the_same_model(dataset: Dataset, stem: str, ending: str) -> None:
    """Models inside a model, with layers that Keras 2 describes otherwise; see make_keras2.py."""
    check_keras2(KERAS2 / f"{stem}.{ending}", stem, dataset)


@pytest.mark.parametrize("stem", ["keras2", "keras2_twice"])
def test_a_model_of_keras_before_tensorflow_is_the_same_model(dataset: Dataset, tmp_path: Path, stem: str) -> None:
    """It has its version as bytes, and other names of models."""
    path = Path(shutil.copy(KERAS2 / f"{stem}.h5", tmp_path))
    with h5py.File(path, "r+") as store:
        store.attrs["keras_version"] = np.bytes_(b"2.2.4")
        store.attrs["model_config"] = store.attrs["model_config"].replace('"Functional"', '"Model"')
    check_keras2(path, stem, dataset)


@pytest.mark.parametrize("kind", ["old", *map(slow, ("folder", "bytes", "half precision"))])
def test_it_is_exported_and_verified(trained: keras.Model, tmp_path: Path, stranger: Path, kind: str) -> None:
    """As a stranger's: opened in a child process."""
    name, save, notes = KINDS[kind]
    found = list[str]()
    with quiet():
        save(trained, tmp_path / name)
    for format, quantize in (("tflite", "int8"), ("onnx", None)):
        export(tmp_path / name, format, quantize, output=tmp_path, report_found=found.append)
    assert found[: len(notes)] == [f"{tmp_path / name}: {note}" for note in notes]
    report = verify(tmp_path, gate=Gate(min_accuracy=0.85))
    words = {Path(verdict.model).name: verdict.word for verdict in report.verdicts}
    stem = Path(name).stem
    assert words == {name: "not compared", f"{stem}_int8.tflite": "passed", f"{stem}.onnx": "passed"}, report
    assert set(notes) <= set(report.verdicts[0].notes)


def test_the_weights_of_an_old_file_are_compared(trained: keras.Model, tmp_path: Path) -> None:
    model = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(3, 3, use_bias=False), layers.BatchNormalization(),
        layers.ReLU(), layers.Flatten(), layers.Dense(10),
    ])  # fmt: skip
    found = []
    for name in ("net.keras", "net.h5"):
        with quiet():
            model.save(tmp_path / name)
        found.append(read_weights((tmp_path / name).read_bytes(), "keras", name))
    assert [len(one.layers) for one in found] == [2, 2]
    for first, second in zip(found[0].layers, found[1].layers, strict=True):
        assert (first.name, first.kind) == (second.name, second.kind)
        np.testing.assert_array_equal(first.kernel, second.kernel)
        np.testing.assert_array_equal(first.bias, second.bias)


def test_a_folder_is_known_by_all_of_its_files(trained: keras.Model, tmp_path: Path) -> None:
    folder = tmp_path / "saved_model"
    save_folder(trained, folder)
    before = ModelFile.read(folder)
    assert ModelFile.read(shutil.copytree(folder, tmp_path / "copy")).sha256 == before.sha256
    (weights,) = (folder / "variables").glob("*.data-*")
    content = bytearray(weights.read_bytes())
    content[1000] ^= 1
    weights.write_bytes(content)
    assert ModelFile.read(folder).sha256 != before.sha256


class Doubled(layers.Layer):
    """A layer that is in no file."""

    def call(self, values):
        return values * 2


def test_a_class_of_its_own_is_named_and_the_hint_works(dataset: Dataset, trained: keras.Model, tmp_path: Path) -> None:
    pixels = keras.Input((28, 28))
    model = keras.Model(pixels, trained(Doubled()(pixels)))
    for name in ("own.keras", "own.h5"):
        with quiet():
            model.save(tmp_path / name)
        with pytest.raises(ModelError, match="a class of its own, Doubled, whose code is not in the file") as caught:
            load_classifier(ModelFile.read(tmp_path / name))
        assert "model.export('saved_model'), then `edgemnist.export('saved_model'" in caught.value.hint
    save_folder(model, tmp_path / "saved_model")
    (artifact,) = export(tmp_path / "saved_model", "onnx", output=tmp_path / "out")
    assert "in [0, 0.5]" in artifact.input or "in [0, 1]" in artifact.input
    with open_runtime(artifact.path) as runtime:
        assert (runtime.predict(dataset.test.images).argmax(1) == dataset.test.labels).mean() > 0.85


def save_with_code(path: Path) -> None:
    model = keras.Sequential([keras.Input((784,)), layers.Lambda(lambda x: x * 2), layers.Dense(10)])
    with quiet():
        model.save(path)


def save_weights_alone(path: Path) -> None:
    with quiet():
        build().save_weights(path.with_name("net.weights.h5"))
    path.with_name("net.weights.h5").rename(path)


def save_reader(path: Path) -> None:
    """A graph that reads a file when it is asked for an answer."""

    class Reader(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 784), tf.float32)])
        def answer(self, pixels):
            size = tf.cast(tf.strings.length(tf.io.read_file("/etc/hostname")), tf.float32)
            return pixels[:, :10] * size

    reader = Reader()
    with quiet():
        tf.saved_model.save(reader, path, signatures={"serving_default": reader.answer})


def save_writer(path: Path) -> None:
    """A graph that writes a file while it is loaded: a function that only a node names, called to restore an object."""
    save_folder(build(), path)
    model = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    graph, library = model.meta_graphs[0].object_graph_def, model.meta_graphs[0].graph_def.library

    @tf.function
    def write() -> None:
        tf.io.write_file(str(path / "written"), "x")

    function = write.get_concrete_function().function_def
    library.function.add().CopyFrom(function)
    graph.nodes.add().bare_concrete_function.concrete_function_name = function.signature.name
    variable = next(node for node in graph.nodes if node.WhichOneof("kind") == "variable")
    variable.user_object.identifier = "_generic_user_object"
    variable.saveable_objects["_TENSORS"].save_function = len(graph.nodes) - 1
    (path / "saved_model.pb").write_bytes(model.SerializeToString())


def save_hidden_writer(path: Path) -> None:
    """The same under a name that TensorFlow gives to what saves variables."""
    save_writer(path)
    model = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    graph, library = model.meta_graphs[0].object_graph_def, model.meta_graphs[0].graph_def.library
    for node in graph.nodes:
        node.saveable_objects.clear()
    name = graph.nodes[-1].bare_concrete_function.concrete_function_name = "__inference__traced_save_9999"
    library.function[-1].signature.name = name
    (path / "saved_model.pb").write_bytes(model.SerializeToString())


def save_two_outputs(path: Path) -> None:
    pixels = keras.Input((784,))
    save_folder(keras.Model(pixels, {"first": layers.Dense(10)(pixels), "second": layers.Dense(10)(pixels)}), path)


def save_two_models(path: Path) -> None:
    """An archive with a SavedModel beside the model."""
    build().save(path)
    save_folder(build(), path.with_name("other"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(path.with_name("other") / "saved_model.pb", "saved_model.pb")


def save_both_kinds(path: Path) -> None:
    """An HDF5 file with an archive behind it: zip files are read from their end."""
    build().save(path.with_name("old.h5"))
    build().save(path.with_name("other.keras"))
    path.write_bytes(path.with_name("old.h5").read_bytes() + path.with_name("other.keras").read_bytes())


def save_folder_of(path: Path) -> None:
    save_folder(build(), path.with_name("other"))
    path.with_name("other").rename(path)


def save_archive(path: Path) -> None:
    build().save(path.with_name("other.keras"))
    path.with_name("other.keras").rename(path)


def save_damaged(path: Path) -> None:
    (path / "variables").mkdir(parents=True)
    (path / "saved_model.pb").write_bytes(b"\xff" * 100)


def save_overflowing(path: Path) -> None:
    pixels = keras.Input((784,), dtype="uint8")
    keras.Model(pixels, layers.Dense(10)(keras.ops.cast(pixels + pixels, "float32"))).save(path)


@pytest.mark.parametrize(
    ("name", "save", "message"),
    [
        ("code.h5", save_with_code, r"asks to run Python code of its own when it is loaded \(a Lambda layer\)"),
        ("alone.h5", save_weights_alone, "weights without a model"),
        ("reader", save_reader, "it does more than compute: ReadFile"),
        ("writer", save_writer, "it does more than compute: WriteFile, saveable_objects"),
        ("hidden", save_hidden_writer, "it does more than compute: .*WriteFile"),
        ("damaged", save_damaged, "a damaged SavedModel"),
        ("two", save_two_outputs, "gives 2 outputs, expected one score a class"),
        ("two.keras", save_two_models, "by its name a .keras archive, but it holds the folder of a SavedModel"),
        ("both.keras", save_both_kinds, "by its name a .keras archive, but it holds an HDF5 file"),
        ("archive.h5", save_archive, "by its name an HDF5 file .*, but it holds a .keras archive"),
        ("named.keras", save_folder_of, "by its name a .keras archive, but it holds the folder of a SavedModel"),
        ("overflowing.keras", save_overflowing, "takes uint8, and answers otherwise when it takes"),
    ],
)
def test_what_is_refused_is_named(tmp_path: Path, name: str, save: Callable[[Path], None], message: str) -> None:
    with quiet():
        save(tmp_path / name)
    with pytest.raises(ModelError, match=message):
        load_classifier(ModelFile.read(tmp_path / name))
    assert not (tmp_path / name / "written").exists()


def test_a_link_out_of_an_old_file_is_not_followed(tmp_path: Path) -> None:
    with quiet():
        build().save(tmp_path / "net.h5")
    with h5py.File(tmp_path / "net.h5", "r+") as store:
        for layer in store["model_weights"].values():
            for name in layer.attrs.get("weight_names", ()):
                del layer[name]
                layer[name] = h5py.ExternalLink("other.h5", "/x")
    with pytest.raises(ModelError, match="is not in the file"):
        read_weights((tmp_path / "net.h5").read_bytes(), "keras", "net.h5")


def test_weights_are_read_of_what_the_name_says(tmp_path: Path) -> None:
    """Else another model than the one that Keras runs would be compared."""
    with quiet():
        save_both_kinds(tmp_path / "both.keras")
    content = (tmp_path / "both.keras").read_bytes()
    kernels = [read_weights(content, "keras", name).layers[0].kernel for name in ("x.keras", "x.h5")]
    expected = [
        read_weights((tmp_path / name).read_bytes(), "keras", name).layers[0].kernel
        for name in ("other.keras", "old.h5")
    ]
    np.testing.assert_array_equal(kernels, expected)


@pytest.mark.parametrize("place", ["assets", "variables/more"])
def test_a_link_out_of_a_folder_is_not_walked(tmp_path: Path, place: str) -> None:
    (tmp_path / "model" / "variables").mkdir(parents=True)
    (tmp_path / "model" / "saved_model.pb").write_bytes(b"x")
    (tmp_path / "model" / place).symlink_to("/")
    with pytest.raises(ModelError, match=f"{place}: a link, where a model's own folder was expected"):
        ModelFile.read(tmp_path / "model")


def test_a_folder_of_too_many_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "saved_model.pb").write_bytes(b"x")
    for number in range(1001):
        (tmp_path / "assets" / str(number)).touch()
    with pytest.raises(ModelError, match="over 1,000 files"):
        ModelFile.read(tmp_path)


@pytest.mark.parametrize("member", ["variables/zeros", "other/zeros", "variables/../../zeros"])
def test_an_archive_that_no_folder_gave_is_not_unpacked(tmp_path: Path, member: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("saved_model.pb", b"x")
        method = zipfile.ZIP_DEFLATED if member == "variables/zeros" else zipfile.ZIP_STORED
        archive.writestr(member, bytes(1 << 24), method)
    with pytest.raises(ValueError, match="as they are read from a folder"):
        unpack(content.getvalue(), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("stranger")
def test_a_folder_is_named_whole_and_where_one_stands_in_it(
    trained: keras.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_folder(trained, tmp_path / "mnist_v1.2")
    monkeypatch.chdir(tmp_path / "mnist_v1.2")
    (artifact,) = export(".", "onnx", output=tmp_path / "out")
    assert artifact.path.name == "mnist_v1.2.onnx"
    assert ModelFile.read(artifact.path).contract.source.name == "mnist_v1.2"
