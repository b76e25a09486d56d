"""`diff`: faults planted in one layer of each format are named with their cause; honest files have none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgemnist import ModelError, SourceMissing, UsageError, diff
from edgemnist.comparison.layers import compare_layers
from edgemnist.comparison.pairing import Model
from edgemnist.comparison.scales import _agree
from edgemnist.comparison.values import Value, measure, share_scale
from edgemnist.formats import ModelFile
from edgemnist.formats.keras_layers import KerasLayer
from edgemnist.formats.traces import Grid, Place, TracedLayer, find_layers
from edgemnist.formats.traces.keras import _follow
from edgemnist.formats.weights import LayerWeights, ModelWeights, read_weights
from edgemnist.processes.limits import Limits
from edgemnist.results import Difference
from edgemnist.runtimes import open_runtime
from edgemnist.runtimes.base import split_images
from edgemnist.trust import trust
from edgemnist.workflows.diff import _note_change
from edgemnist.workflows.layers import read_layers
from tests import changes, plants
from tests.conftest import ROOT, open_isolated, slow
from tests.nets import Net, build_branches
from tests.test_cli import assert_error

EXPORTS = ROOT / "exports"
Plant = Callable[[bytes], bytes]
LAYERS = {
    "model": ("hidden_1", "hidden_2", "probs"),
    "small": ("edges", "strokes", "mixture", "shapes", "hidden", "probs"),
}


def edit(suffix: str, layer: int, **edits: changes.Edit) -> Plant:
    return lambda content: changes.edit_content(content, suffix, layer, **edits)


def grow_bias(values: np.ndarray) -> None:
    values[0] += 1000 if values.dtype.kind == "i" else 0.5


def swap_inputs(values: np.ndarray) -> None:
    """Channels before rows and columns: as an image of 5 x 5 x 16 flattens there."""
    rows = values.reshape(-1, values.shape[-1])
    rows[:] = rows.reshape(5, 5, 16, -1).transpose(2, 0, 1, 3).reshape(rows.shape)


def plant(folder: Path, name: str, change: Plant) -> Path:
    """Write a released file with a fault, which the user trusts as his own."""
    path = folder / name
    content = change((EXPORTS / name).read_bytes())
    assert content != (EXPORTS / name).read_bytes()
    path.write_bytes(content)
    header = (EXPORTS / name).with_suffix(".h")
    if path.suffix == ".c":
        shutil.copy(header, folder)
    trust(ModelFile.read(path).hashes)
    return path


def name_cause(found: Difference) -> tuple[str, str, str]:
    """The first diverging layer by its place, what of it, and the kind of its first cause."""
    row = found.diverging
    assert row is not None
    return row.first, row.value, found.causes[0].kind


WEIGHTS = {
    "changed weight": (1, {"kernel": changes.flip_largest}),
    "changed bias": (1, {"bias": grow_bias}),
    "missing bias": (0, {"bias": changes.zero}),
    "weight scale": (2, {"scales": changes.grow_one}),
}


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("name", ["small_int8.tflite", "small_int8.onnx", slow("model_dynamic.onnx"),
                                  slow("model_int16x8.tflite"), slow("model_int8.c")])  # fmt: skip
def test_a_fault_in_the_weights_is_named(name: str, kind: str, tmp_path: Path) -> None:
    place, edits = WEIGHTS[kind]
    path = plant(tmp_path, name, edit(Path(name).suffix, place, **edits))
    stem = name.partition("_")[0]
    found = diff(EXPORTS / f"{stem}_int8.tflite", path)
    assert name_cause(found) == (LAYERS[stem][place], "output", kind)
    assert found.exit_status == 1
    assert found.causes[0].hint


# The file, what is planted, with what it is compared, and layer, value and cause that are to be named.
FAULTS: dict[str, tuple[str, Plant, str, tuple[str, str, str]]] = {
    "a scale that is too small, TFLite": (
        "model_int8.tflite", plants.set_grid(1, scale=0.3), "model.tflite", ("hidden_2", "output", "clipped")),
    "a scale that is too small, ONNX": (
        "model_int8.onnx", plants.set_onnx_grid(1, scale=0.3), "model.tflite", ("hidden_1", "output", "clipped")),
    "a zero point, TFLite": (
        "model_int8.tflite", plants.set_grid(0, zero_point=60), "model.tflite", ("hidden_1", "output", "zero point")),
    "a zero point, ONNX": (
        "model_int8.onnx", plants.set_onnx_grid(1, offset=9), "model.tflite", ("hidden_1", "output", "zero point")),
    "a zero point of an output, C": (
        "model_int8.c", plants.replace_in("hidden_2", "0, 0, 255", "20, 0, 255"), "model.tflite",
        ("hidden_2", "output", "zero point")),
    "a zero point of an input, C": (
        "small_int8.c", plants.replace_in("shapes", r"\}, 0, \{", "}, 9, {"), "small_int8.tflite",
        ("shapes", "input", "zero point")),
    "padding, ONNX": (
        "small_int8.onnx", plants.set_pads(0, [1, 1, 0, 0]), "small_int8.tflite", ("edges", "output", "padding")),
    "padding of a depthwise layer, ONNX": (
        "small_int8.onnx", plants.set_pads(1, [2, 1, 0, 1]), "small_int8.tflite", ("strokes", "output", "padding")),
    "padding, C": (
        "small_int8.c", plants.replace_in("edges", "2, 2, 0, 0", "2, 2, 1, 1"), "small_int8.tflite",
        ("edges", "output", "padding")),
    "pooling, TFLite": (
        "small_int8.tflite", plants.pool_averages, "small_int8.onnx", ("Conv_4.output_0", "input", "pooling")),
    "a flattening, ONNX": (
        "small_int8.onnx", plants.flatten_planes, "small_int8.tflite", ("hidden", "input", "layout")),
    "swapped inputs, TFLite": (
        "small_int8.tflite", edit(".tflite", 4, kernel=swap_inputs), "small_int8.onnx",
        ("Gemm_1.output_0", "output", "layout")),
    "swapped inputs, ONNX": (
        "small_int8.onnx", edit(".onnx", 4, kernel=swap_inputs), "small_int8.tflite", ("hidden", "output", "layout")),
    "swapped inputs, C": (
        "small_int8.c", edit(".c", 4, kernel=swap_inputs), "small_int8.tflite", ("hidden", "output", "layout")),
    "no ReLU, TFLite": (
        "model.tflite", plants.set_fused(0, 0), "model.onnx", ("MatMul_1.output_0", "output", "activation")),
    "ReLU6, TFLite": (
        "model.tflite", plants.set_fused(1, 3), "model.onnx", ("MatMul_2.output_0", "output", "activation")),
    "no ReLU, ONNX": ("model.onnx", plants.drop_relu(1), "model.tflite", ("hidden_2", "output", "activation")),
    "a clamp, ONNX": ("model.onnx", plants.clip_relu(0, 2.5), "model.tflite", ("hidden_1", "output", "activation")),
    "a clamp, C": (
        "small_int8.c", plants.replace_in("hidden", "0, 0, 255", "0, 0, 60"), "small_int8.tflite",
        ("hidden", "output", "activation")),
    "a scale of 0, ONNX": (
        "model_int8.onnx", plants.set_onnx_grid(1, scale=0.0), "model.tflite", ("hidden_1", "output", "scale")),
    "a scale that is too large, ONNX": (
        "model_int8.onnx", plants.set_onnx_grid(1, scale=40.0), "model.tflite",
        ("hidden_1", "output", "coarse steps")),
    "a factor behind a ReLU, ONNX": (
        "model.onnx", plants.normalize_after(0, fold=False), "model.tflite", ("hidden_2", "input", "between layers")),
    "another range of pixels, TFLite": (
        "model.tflite", plants.set_range(".tflite", 0.0, 255.0), "model.onnx",
        ("MatMul_1.output_0", "input", "input range")),
    "another range of pixels, ONNX": (
        "model.onnx", plants.set_range(".onnx", -1.0, 1.0), "model.tflite", ("hidden_1", "input", "input range")),
}  # fmt: skip


COMPILED = [fault for fault in FAULTS if fault.endswith(", C")]


@pytest.mark.parametrize("fault", [slow(fault) if fault in COMPILED[1:] else fault for fault in FAULTS])
def test_a_fault_beside_the_weights_is_named(fault: str, tmp_path: Path) -> None:
    name, change, other, expected = FAULTS[fault]
    assert name_cause(diff(EXPORTS / other, plant(tmp_path, name, change))) == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("small.keras", plants.set_keras("shapes", activation="linear"), ("shapes", "output", "activation")),
        ("small.keras", edit(".keras", 4, kernel=swap_inputs), ("hidden", "output", "layout")),
        ("small.keras", edit(".keras", 1, kernel=changes.flip_largest), ("strokes", "output", "changed weight")),
        ("small.keras", edit(".keras", 0, bias=changes.zero), ("edges", "output", "missing bias")),
        ("model.keras", plants.set_keras("hidden_1", activation="relu6"), ("hidden_1", "output", "activation")),
    ],
)
def test_a_fault_in_a_keras_file_is_named(name: str, change: Plant, expected: tuple[str, ...], tmp_path: Path) -> None:
    other = {"small.keras": "small_int8.tflite", "model.keras": "model.tflite"}[name]
    assert name_cause(diff(EXPORTS / other, plant(tmp_path, name, change))) == expected


@pytest.mark.slow
def test_a_batch_normalization_that_was_folded_with_other_statistics_is_named(tmp_path: Path) -> None:
    found = {}
    for name, factors in (
        ("honest", {}),
        ("planes", {"planes": True}),
        ("mean", {"mean": 1.3}),
        ("variance", {"variance": 1.2}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        paths = plants.write_normalized(folder, **factors)
        trust(ModelFile.read(path).sha256 for path in paths)
        found[name] = diff(*paths)
    assert found["honest"].reasons == found["planes"].reasons == ()
    for name, said in (("mean", "another mean or beta"), ("variance", "another variance or gamma")):
        assert name_cause(found[name]) == ("filters", "output", "batch normalization")
        assert said in found[name].causes[0].reason


# --------------------------------------------------------------------------------------------------- honest files

PAIRS = [
    ("model.tflite", "model.onnx"), ("model.onnx", "model_float16.onnx"), ("model.tflite", "model_float16.tflite"),
    ("model.onnx", "model_dynamic.onnx"), ("model.tflite", "model_dynamic.tflite"), ("model.onnx", "model_int8.tflite"),
    ("model.tflite", "model_int16x8.tflite"), ("model_int8.onnx", "model_int16x8.tflite"),
    slow("model_float16.tflite", "model_int8.c"), slow("small_int8.onnx", "small_int8.c"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_honest_files_differ_by_their_precision_alone(first: str, second: str) -> None:
    found = diff(EXPORTS / first, EXPORTS / second)
    assert (found.diverging, found.reasons, found.notes) == (None, (), ())
    assert {cause.kind for cause in found.causes} <= {"precision", "rounding"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted(path.name for path in EXPORTS.iterdir() if path.suffix in (".tflite", ".onnx", ".c"))
)
def test_a_released_file_agrees_with_its_source(path: str) -> None:
    found = diff(EXPORTS / path)
    assert (found.first.format, found.diverging, found.reasons) == ("keras", None, ())
    assert [cause.kind for cause in found.causes] == ["precision"]


def test_rounding_once_or_twice_is_told_from_an_error() -> None:
    found = diff(EXPORTS / "small_int8.tflite", EXPORTS / "small_int8.c")
    assert found.exit_status == 0
    (cause,) = found.causes
    assert (cause.kind, cause.hint) == ("rounding", "")
    assert "the output of layer edges is the first that differs: " in cause.reason
    assert found.layers[0].measures.equal  # the pixels are the same numbers, though C knows the scale by a ratio alone


def test_equal_files_have_no_cause() -> None:
    found = diff(EXPORTS / "small_int8.onnx", EXPORTS / "small_int8.onnx")
    assert (found.causes, found.moved, found.max_abs_difference) == ((), (), 0.0)
    assert all(row.measures.equal for row in found.layers)


def test_a_constant_that_one_has_behind_an_activation_and_the_other_in_its_weights_is_no_divergence(
    tmp_path: Path,
) -> None:
    """As converters do with a batch normalization there."""
    path = plant(tmp_path, "model.onnx", plants.normalize_after(0, fold=True))
    for pair in ((EXPORTS / "model.tflite", path), (path, EXPORTS / "model.tflite")):
        found = diff(*pair)
        assert (found.diverging, found.reasons) == (None, ())
        (note,) = found.notes
        assert note.startswith("model.onnx: not all that it computes with is read (Mul (512,))")


def test_a_bias_behind_another_shape_belongs_to_its_layer(tmp_path: Path) -> None:
    found = diff(EXPORTS / "model.tflite", plant(tmp_path, "model.onnx", plants.shape_before_bias), limit=50)
    assert (found.diverging, found.reasons) == (None, ())


def test_what_comes_after_the_last_layer_is_named(tmp_path: Path) -> None:
    found = diff(EXPORTS / "model.tflite", plant(tmp_path, "model.onnx", plants.end_in_sigmoids), limit=50)
    assert found.diverging is None
    assert [cause.kind for cause in found.causes] == ["after the layers"]
    assert found.exit_status == 1


def test_the_first_model_says_whether_probabilities_sum_to_1(tmp_path: Path) -> None:
    """As the source does for `verify`, whatever the file itself says."""

    def claim(fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "output": {**fields["output"], "kind": "sigmoid"}}

    path = plant(
        tmp_path,
        "model.onnx",
        lambda content: changes.rewrite_contract(plants.end_in_sigmoids(content), ".onnx", claim),
    )
    found = diff(EXPORTS / "model.tflite", path, limit=50)
    assert any("answers are no probabilities" in reason for reason in found.reasons)
    assert not any("no probabilities" in reason for reason in diff(path, EXPORTS / "model.tflite", limit=50).reasons)


def test_a_value_of_another_size_is_said_to_be() -> None:
    """As an image padded otherwise has more rows."""
    random = np.random.default_rng(2)
    zeros, kernel = np.zeros(2, np.float32), random.normal(size=(3, 3, 1, 2)).astype(np.float32)
    weights = ModelWeights((LayerWeights("one", "conv", kernel, zeros, 0 * kernel, zeros, "float32", "float32"),))
    layers = (TracedLayer("one", "conv", Place("in"), Place("out")),)

    def make(size: int) -> Model:
        values = {"in": np.ones((20, 6, 6, 1)), "out": random.normal(size=(20, size, size, 2))}
        return Model(f"{size}.onnx", f"{size}.onnx", False, layers, weights, values)

    (_, row) = compare_layers(make(4), make(6)).rows
    assert (row.diverges, row.measures, row.causes[0].kind) == (True, None, "size")
    assert row.causes[0].reason == "this output is 6 x 6 x 2 values of an image in 6.onnx, and 4 x 4 x 2 in 4.onnx"


def test_weights_of_a_layer_without_an_output_of_its_own_count() -> None:
    """As the depthwise part of a SeparableConv2D in Keras is."""
    random = np.random.default_rng(2)
    kernels = [random.normal(size=(4, 4)).astype(np.float32) for _ in range(2)]
    values = {"in": random.normal(size=(20, 4)), "out": random.normal(size=(20, 4))}
    layers = (
        TracedLayer("first", "dense", Place("in"), None),
        TracedLayer("second", "dense", None, Place("out")),
    )

    def make(name: str, *kernels: np.ndarray) -> Model:
        zeros = np.zeros(4, np.float32)
        weights = [
            LayerWeights(layer.name, "dense", kernel, zeros, 0 * kernel, zeros, "float32", "float32")
            for layer, kernel in zip(layers, kernels, strict=True)
        ]
        return Model(name, name, False, layers, ModelWeights(tuple(weights)), values)

    honest = compare_layers(make("a", *kernels), make("b", *kernels)).rows
    assert [(row.value, row.diverges) for row in honest] == [("input", False), ("output", False)]
    changed = compare_layers(make("a", *kernels), make("b", kernels[0] + [[0, 0, 0, 1]], kernels[1])).rows
    assert [(row.first, row.value, row.diverges) for row in changed[1:]] == [
        ("first", "weights", True),
        ("second", "output", False),
    ]
    assert changed[1].causes[0].kind == "changed weight"
    assert changed[1].phrase() == "the weights of layer first differ"


def test_a_tolerance_takes_the_place_of_what_precision_explains() -> None:
    pair = EXPORTS / "model.onnx", EXPORTS / "model_int8.onnx"
    found = diff(*pair, tolerance=0.002)
    assert name_cause(found) == ("MatMul_1.output_0", "output", "precision")
    assert all(row.expected_db == pytest.approx(53.98, abs=0.01) for row in found.layers)
    wide = diff(*pair, tolerance=0.02)
    assert wide.reasons == ()
    assert [cause.kind for cause in wide.causes] == ["tolerance"]  # not that precision explains it


def test_more_steps_than_rounding_takes_are_no_excuse(tmp_path: Path) -> None:
    """A weight that moves every image a little, in a layer whose steps are coarse."""

    def nudge(values: np.ndarray) -> None:
        values[values == 127] -= 2

    path = plant(tmp_path, "model_int8.tflite", edit(".tflite", 0, kernel=nudge))
    found = diff(EXPORTS / "model.tflite", path)
    assert name_cause(found) == ("hidden_1", "output", "changed weight")
    assert found.agreement == 1  # no class shows it


# --------------------------------------------------------------------------------------------- values and measures


@pytest.mark.parametrize("name", ["small_int8.tflite", "small_int8.onnx", "small_int8.c", "model_dynamic.onnx"])
def test_asking_for_values_changes_no_answer_of_a_released_file(name: str, dataset) -> None:
    file = ModelFile.read(EXPORTS / name)
    layers = find_layers(file.content, file.format_name, name)
    assert len(layers) == len(read_weights(file.content, file.format_name, name).layers)
    images = dataset.test.images[:20]
    with open_runtime(file) as runtime:
        trace = runtime.trace(images, [layers[0].input.key, layers[-1].output.key])
        assert np.array_equal(trace.outputs, runtime.run(images).outputs)
    assert all(len(values) == 20 for values in trace.values.values())


def test_values_are_those_that_numpy_computes(dataset) -> None:
    """The first dense layer of the float model, by hand."""
    file = ModelFile.read(EXPORTS / "model.onnx")
    layer, weights = find_layers(file.content, "onnx", "m")[0], read_weights(file.content, "onnx", "m").layers[0]
    images = dataset.test.images[:30]
    with open_runtime(file) as runtime:
        found = runtime.trace(images, [layer.output.key]).values[layer.output.key]
    expected = np.maximum(images.reshape(30, 784) / 255 @ weights.kernel.astype(np.float64) + weights.bias, 0)
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("name", ["small_int8.tflite", slow("small_int8.onnx")])
def test_a_child_gives_the_same_values(name: str, dataset) -> None:
    file = ModelFile.read(EXPORTS / name)
    keys = [layer.output.key for layer in find_layers(file.content, file.format_name, name)]
    images = dataset.test.images[:5]
    with open_runtime(file) as here, open_isolated(file.path) as there:
        one, other = here.trace(images, keys), there.trace(images, keys)
        with pytest.raises(ModelError):
            there.trace(images, ["9999"])
    assert np.array_equal(one.outputs, other.outputs)
    assert all(np.array_equal(one.values[key], other.values[key]) for key in keys)


@pytest.mark.usefixtures("stranger")
@pytest.mark.parametrize("name", ["small_int8.c", slow("small.keras"), slow("small_int8.onnx")])
def test_a_child_reads_the_same_structure(name: str, tmp_path: Path) -> None:
    for file in EXPORTS.glob("small*"):
        shutil.copy(file, tmp_path)
    path = tmp_path / name
    path.write_bytes(plants.append_to(path))  # nobody trusts it
    layers, weights = read_layers(ModelFile.read(path), Limits())
    content = path.read_bytes()
    assert layers == find_layers(content, ModelFile.read(path).format_name, name)
    expected = read_weights(content, ModelFile.read(path).format_name, name)
    for found, known in zip(weights.layers, expected.layers, strict=True):
        assert all(np.array_equal(value, vars(known)[key]) for key, value in vars(found).items())
    rest = ("unread", "joins", "contract")
    assert [getattr(weights, key) for key in rest] == [getattr(expected, key) for key in rest]
    assert (weights.scales is None) == (expected.scales is None)
    assert weights.scales is None or vars(weights.scales) == vars(expected.scales)


def test_measures_are_the_usual_ones() -> None:
    first, second = np.array([[1.0, 2.0, 2.0]]), np.array([[1.0, 2.0, 2.3]])
    found = measure(first, second)
    assert found.sqnr_db == pytest.approx(20.0)
    assert found.cosine == pytest.approx(float((first * second).sum() / (3 * np.sqrt(1 + 4 + 2.3**2))))
    assert (found.largest, found.mean) == (pytest.approx(0.3), pytest.approx(0.1))
    assert measure(first, first).equal
    broken = measure(first, np.array([[1.0, np.nan, np.inf]]))
    assert (broken.sqnr_db, broken.largest, broken.not_finite) == (None, None, 2)


def test_equal_numbers_in_one_scale_are_equal_values() -> None:
    stored = np.array([[3, 7]], np.uint8)
    first, second = (
        Value(grid.restore(stored), grid, "uint8") for grid in (Grid(0.1, 2, 0, 255), Grid(0.10001, 2, 0, 255))
    )
    assert not np.array_equal(first.real, second.real)
    one, other = share_scale(first, second)
    assert np.array_equal(one.real, other.real)
    far = Value(Grid(0.2, 2, 0, 255).restore(stored), Grid(0.2, 2, 0, 255), "uint8")
    assert share_scale(first, far)[1] is far


@pytest.mark.slow
def test_branches_are_followed(tmp_path: Path) -> None:
    """Values that several layers read, through sums and a concatenation; then another seed's weights."""
    paths = [tmp_path / f"{name}.tflite" for name in ("one", "same", "other")]
    for path, seed in zip(paths, (0, 0, 1), strict=True):
        path.write_bytes(build_branches(False, seed))
    layers = find_layers(paths[0].read_bytes(), "tflite", "one")
    assert [layer.kind for layer in layers] == ["conv", "conv", "dense", "dense"]
    assert [layer.follows for layer in layers] == [False, True, False, False]
    honest = diff(paths[0], paths[1], statement=plants.STATEMENT)
    assert honest.reasons == ()
    assert diff(paths[0], paths[2], statement=plants.STATEMENT).diverging.value == "output"


# ------------------------------------------------------------------------------------------------------ the command


def test_the_command_shows_layer_cause_and_images(command, tmp_path: Path) -> None:
    path = plant(tmp_path, "small_int8.onnx", edit(".onnx", 2, kernel=changes.flip_largest))
    outcome = command("diff", EXPORTS / "small_int8.tflite", path)
    assert outcome.status == 1
    lines = outcome.stdout.splitlines()
    (marked,) = [line for line in lines if line.endswith("first to diverge")]
    assert marked.split()[:3] == ["mixture", "Conv_3.output_0", "output"]
    assert any(line.startswith("cause changed weight: 1 of 128 weights of ") for line in lines)
    assert "try export it again" in outcome.stdout
    assert "test images that moved most" in outcome.stdout
    document = json.loads(command("diff", EXPORTS / "small_int8.tflite", path, "--json").stdout)
    assert (document["passed"], document["diverging"], document["images"]) == (False, "Conv_3.output_0", 200)
    assert document["causes"][0]["kind"] == "changed weight"
    assert document["layers"][0]["measures"]["largest"] == 0
    most = document["moved"][0]
    assert most["difference"] == max(one["difference"] for one in document["moved"])


def test_values_that_are_not_finite_are_named_on_either_side(command, tmp_path: Path) -> None:
    def spoil(values: np.ndarray) -> None:
        values.flat[5] = np.nan

    path = plant(tmp_path, "model.onnx", edit(".onnx", 0, kernel=spoil))
    for pair in ((path, EXPORTS / "model.tflite"), (EXPORTS / "model.tflite", path)):
        found = diff(*pair, limit=20)
        assert name_cause(found)[1:] == ("output", "not finite")
        assert "model.onnx" in found.causes[0].reason
        assert found.reasons[0].endswith("has 20 values that are not finite")
        assert found.notes == ()  # NaN where it was NaN is the same answer
        assert json.loads(command("diff", *pair, "--limit", 20, "--json").stdout)["passed"] is False


def test_a_layer_that_is_dead_in_the_first_model_is_said_to_be(tmp_path: Path) -> None:
    def kill(values: np.ndarray) -> None:
        values[...] = -5 if values.ndim == 1 else 0

    found = diff(plant(tmp_path, "model.onnx", edit(".onnx", 0, kernel=kill, bias=kill)), EXPORTS / "model.tflite")
    assert found.reasons[0].endswith("is 0 everywhere in the first model, but not in the second")


def test_a_run_that_asking_for_values_changed_is_noted() -> None:
    usual, traced = np.array([[0.6, 0.4], [0.1, 0.9]], np.float32), np.array([[0.4, 0.6], [0.1, 0.9]], np.float32)
    (note,) = _note_change("m.tflite", usual, traced, 2)
    assert "changed 2 of its 4 outputs, a probability by 0.2 at most and the class of 1 images" in note
    assert list(_note_change("m.tflite", usual, usual, 0)) == []


def test_files_that_agree_have_status_0(command) -> None:
    outcome = command("diff", EXPORTS / "model.onnx", EXPORTS / "model_int8.onnx", "--limit", 50)
    assert outcome.status == 0
    assert "agrees no layer diverges; same class for 100.00 % of 50 images" in outcome.stdout


def test_two_networks_are_a_usage_error_that_names_both(command) -> None:
    outcome = command("diff", EXPORTS / "model.onnx", EXPORTS / "small_int8.onnx")
    assert_error(outcome, "those of model.onnx are dense 784 x 512, dense 512 x 256, dense 256 x 10", "one network")


def test_a_file_whose_source_is_not_beside_it_is_an_error(tmp_path: Path) -> None:
    shutil.copy(EXPORTS / "model.onnx", tmp_path)
    with pytest.raises(SourceMissing, match=r"its source model\.keras is not beside it"):
        diff(tmp_path / "model.onnx")
    with pytest.raises(SourceMissing, match="names no source") as caught:
        diff(EXPORTS / "model.keras")
    assert "edgemnist.diff(" in caught.value.hint


def test_a_c_array_is_refused_with_what_to_compare_instead(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a C array of a \.tflite file") as caught:
        diff(EXPORTS / "model.onnx", tmp_path / "model_int8_array.c")
    assert "that .tflite file" in caught.value.hint


def test_an_activation_ends_a_layer_of_tflite() -> None:
    """A factor behind a fused ReLU is no part of the layer; one before it is."""
    for fused, expected in ((1, "FULLY_CONNECTED"), (0, "MUL")):
        net = Net(False)
        weights = net.add_weights((6, 784), 6)
        given = net.add("FULLY_CONNECTED", [net.input, *weights], (1, 6), fusedActivationFunction=fused)
        scaled = net.add("MUL", [given, net.add_tensor((6,), data=np.ones(6, np.float32))], (1, 6))
        net.dense(scaled, 10)
        places = {"FULLY_CONNECTED": given, "MUL": scaled}
        assert find_layers(net.build(), "tflite", "net")[0].output.key == str(places[expected])


def test_rows_and_columns_that_an_operator_joined_with_the_images_are_told_apart() -> None:
    values = np.arange(2 * 6 * 3).reshape(12, 3)
    assert np.array_equal(split_images(values, 2).reshape(2, 18), values.reshape(2, 18))
    assert split_images(values, 12) is values


def test_scales_of_0_are_none_that_agree() -> None:
    assert not _agree(0.5, 0.0)
    assert not _agree(float("nan"), 0.5)


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_that_is_none_is_refused(tolerance: float) -> None:
    with pytest.raises(UsageError, match="`tolerance="):
        diff(EXPORTS / "model.onnx", EXPORTS / "model.onnx", tolerance=tolerance)


def test_layers_that_lead_in_a_circle_come_to_an_end() -> None:
    circle = [KerasLayer(name, "Dropout", {}, [before], []) for name, before in (("one", "two"), ("two", "one"))]
    start = KerasLayer("start", "Dense", {"name": "start"}, [], [])
    users = {"start": [circle[0]], "one": [circle[1]], "two": [circle[0]]}
    assert _follow(start, users)[0].key == "two/output"


@pytest.mark.parametrize("name", ["small_int8.tflite", "small_int8.onnx", "small_int8.c"])
def test_layers_of_a_damaged_file_are_a_model_error(name: str) -> None:
    content = bytearray((EXPORTS / name).read_bytes())
    random = np.random.default_rng(1)
    for _ in range(20):
        damaged = bytearray(content)
        for place in random.integers(0, len(content), 40):
            damaged[place] = random.integers(0, 256)
        try:
            find_layers(bytes(damaged), ModelFile.read(EXPORTS / name).format_name, name)
        except ModelError:
            continue
