"""Weights in every format: honest files are within half a step of their source, changed ones are not."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import onnx
import pytest

from edgemnist.comparison.weights import WeightComparison, compare_weights, count_coarse
from edgemnist.errors import ModelError
from edgemnist.exporters.c.read_tflite import read_graph
from edgemnist.formats import ModelFile
from edgemnist.formats.onnx import read_onnx
from edgemnist.formats.precision import find_false_precision, find_tensor_precision
from edgemnist.formats.structure import read_structure
from edgemnist.formats.traces import find_layers
from edgemnist.formats.weights import LayerWeights, ModelWeights, find_precision, read_weights
from tests import changes
from tests.conftest import ROOT, slow

EXPORTS = ROOT / "exports"
# Of the other released models, there is nothing that these don't have.
FILES = sorted(
    path.name
    for path in EXPORTS.iterdir()
    if path.suffix in changes.EDITORS and path.name.startswith(("model", "small"))
)
ENTRIES = json.loads((EXPORTS / "manifest.json").read_text())["models"]
PRECISIONS = {name: entry["precision"] for name, entry in ENTRIES.items()}


def read(path: Path, content: bytes | None = None) -> ModelWeights:
    return read_weights(path.read_bytes() if content is None else content, path.suffix[1:], path.name)


def name_stem(name: str) -> str:
    return "small" if name.startswith("small") else "model"


@pytest.fixture(scope="module")
def sources() -> dict[str, ModelWeights]:
    return {stem: read(EXPORTS / f"{stem}.keras") for stem in changes.LAYERS}


def compare(sources: dict[str, ModelWeights], name: str, content: bytes | None = None) -> WeightComparison:
    return compare_weights(sources[name_stem(name)], read(EXPORTS / name, content))


@pytest.mark.parametrize("name", FILES)
def test_a_released_file_is_within_half_a_step_of_its_source(name: str, sources: dict[str, ModelWeights]) -> None:
    found = compare(sources, name)
    assert (found.passed, found.reasons, found.out_of_step, found.unread) == (True, (), 0, ())
    assert len(found.rows) == changes.LAYERS[name_stem(name)]
    assert max(row.largest_steps for row in found.rows) <= 0.5
    record = found.to_record()
    assert record == json.loads(json.dumps(record, allow_nan=False))
    assert record["values"] == {"model": 535_818, "small": 15_786}[name_stem(name)]


@pytest.mark.parametrize("name", FILES)
def test_tensors_say_the_precision(name: str) -> None:
    weights = read(EXPORTS / name)
    assert find_precision(weights) == PRECISIONS[name]
    found = find_tensor_precision(ModelFile.read(EXPORTS / name))
    contract = ModelFile.read(EXPORTS / name).contract
    assert found == contract.precision == PRECISIONS[name]
    for honest in (contract, replace(contract, precision="unknown"), None):
        assert find_false_precision(honest, found) == ()
    for claimed in set(PRECISIONS.values()) - {PRECISIONS[name]}:
        assert find_false_precision(replace(contract, precision=claimed), found) == (
            f"its contract says {claimed}, but its tensors are {PRECISIONS[name]}",
        )


CHANGES = {
    "largest weight flipped": {"kernel": changes.flip_largest},
    "middle weight flipped": {"kernel": changes.flip_median},
    "bias zeroed": {"bias": changes.zero},
    "largest bias flipped": {"bias": changes.flip_largest},
    "outputs swapped": {"kernel": changes.swap_outputs},
    "kernel zeroed": {"kernel": changes.zero},
}
OF_PIXELS = {"dead pixel": {"kernel": changes.kill_pixel}, "back door": {"kernel": changes.open_back_door}}
OF_SCALES = {"scale grown": {"scales": changes.grow_one}, "scales grown": {"scales": changes.grow_all}}
OF_FLOATS = {"output grown": {"kernel": changes.grow_one}}


# One of each way to store numbers.
QUICK = ("small.keras", "small_int8.tflite", "small_int8.onnx", "small_int8.c", "model_dynamic.onnx",
         "model_float16.tflite", "model_int16x8.tflite")  # fmt: skip


@pytest.mark.parametrize("name", [name if name in QUICK else slow(name) for name in FILES])
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")  # multipliers that overflow, which is a change
def test_every_change_in_every_layer_is_found(name: str, sources: dict[str, ModelWeights]) -> None:
    quantized = PRECISIONS[name] not in ("float32", "float16")
    for layer in range(changes.LAYERS[name_stem(name)]):
        kinds = CHANGES | (OF_SCALES if quantized else OF_FLOATS) | ({} if layer else OF_PIXELS)
        for kind, edits in kinds.items():
            content = changes.edit(EXPORTS / name, layer, **edits)
            assert content != (EXPORTS / name).read_bytes(), kind
            found = compare(sources, name, content)
            assert found.passed is False, f"{kind} in layer {layer}"


def test_a_flipped_weight_is_counted_and_named(sources: dict[str, ModelWeights]) -> None:
    content = changes.edit(EXPORTS / "model_int8.tflite", 1, kernel=changes.flip_largest)
    found = compare(sources, "model_int8.tflite", content)
    assert [row.out_of_step for row in found.rows] == [0, 1, 0]
    assert found.reasons == ("layer hidden_2: 1 of 131072 weights are out of step",)
    assert found.rows[1].largest_steps == pytest.approx(254, abs=1)
    assert found.rows[1].shape == (512, 256)


def test_a_weight_that_is_one_step_off_is_found(sources: dict[str, ModelWeights]) -> None:
    def nudge(values: np.ndarray) -> None:
        values[0, 0] += 1

    for name in ("model_int8.tflite", "model_int8.onnx", "model_int8.c", "model_dynamic.onnx"):
        found = compare(sources, name, changes.edit(EXPORTS / name, 0, kernel=nudge))
        assert found.out_of_step == 1, name


def test_steps_so_coarse_that_anything_would_fit_are_no_excuse(sources: dict[str, ModelWeights]) -> None:
    def coarsen(scales: np.ndarray) -> None:
        scales *= 1e6

    for name in ("model_int8.tflite", "model_dynamic.tflite", "model_int16x8.tflite", "model_dynamic.onnx"):
        content = changes.edit(EXPORTS / name, 2, kernel=changes.zero, scales=coarsen)
        reasons = compare(sources, name, content).reasons
        assert "layer probs: the steps of 10 outputs are coarser than their weights need" in reasons, name


def make_level_layer(rng: np.random.Generator, step: float) -> tuple[LayerWeights, LayerWeights]:
    """A layer trained on the levels -7 to 7, and as 8 bits hold it, its biases rounded twice."""
    kernel = rng.integers(-7, 8, (30, 4)).astype(np.float32) * np.float32(step)
    kernel[0] = 7 * np.float32(step)
    bias, fine = rng.normal(size=4), 0.01 * step * 7 / 127
    rounded = np.rint(np.rint(bias / fine) * fine / (0.01 * step)) * 0.01 * step
    none, full = np.zeros_like(kernel), np.full_like(kernel, step)
    source = LayerWeights("a", "dense", kernel, bias.astype(np.float32), none, none[0], "float32", "float32")
    other = replace(source, bias=rounded.astype(np.float32), step=full, bias_step=full[0] / 100, weight_type="int8",
                    levels=127)  # fmt: skip
    return source, other


def test_weights_that_were_trained_on_levels_need_no_finer_step_than_theirs() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        source, other = make_level_layer(rng, 0.0371)
        assert compare_weights(ModelWeights((source,)), ModelWeights((other,))).reasons == ()
        scale = np.float32(7 * 0.0371 / 127)  # what it is compared with may be rounded, too
        rounded = replace(source, kernel=np.rint(source.kernel / scale) * scale, step=np.full_like(other.step, scale))
        assert count_coarse(rounded, other) == 0
    between = source.kernel.copy()
    between[1, 2] += np.float32(0.01)
    moved = other.kernel.copy()
    moved[1, 2] += np.float32(0.0371)
    for first, second, reason in (
        (replace(source, kernel=between), other, "the steps of 1 outputs are coarser than their weights need"),
        (source, replace(other, kernel=moved), "1 of 120 weights are out of step"),
        (source, replace(other, bias=other.bias + other.bias_step), "4 of 4 biases are out of step"),
    ):
        found = compare_weights(ModelWeights((first,)), ModelWeights((second,))).reasons
        assert f"layer a: {reason}" in found, found


def test_weights_that_are_not_finite_are_out_of_step(sources: dict[str, ModelWeights]) -> None:
    def spoil(values: np.ndarray) -> None:
        values[0, 0], values[1, 0] = np.nan, np.inf

    for name in ("model.onnx", "model.tflite", "model_float16.tflite"):
        found = compare(sources, name, changes.edit(EXPORTS / name, 0, kernel=spoil))
        assert found.out_of_step == 2, name
        json.dumps(found.to_record(), allow_nan=False)


def test_multipliers_of_c_that_agree_among_themselves_must_agree_with_the_logits(
    sources: dict[str, ModelWeights],
) -> None:
    content = changes.edit(EXPORTS / "model_int8.c", 2, scales=lambda values: np.copyto(values, values // 2))
    (*_, reason) = compare(sources, "model_int8.c", content).reasons[:1]
    assert reason.startswith("its multipliers make logits in steps of 0.62")
    assert reason.endswith("but it says 0.312458")


def test_other_layers_are_a_reason_that_names_both(sources: dict[str, ModelWeights]) -> None:
    found = compare_weights(sources["model"], sources["small"])
    assert found.passed is False
    assert found.rows == ()
    assert found.reasons == (
        "its layers are conv 3 x 3 x 1 x 8, depthwise 3 x 3 x 8, conv 1 x 1 x 8 x 16, conv 3 x 3 x 16 x 16, "
        "dense 400 x 32, dense 32 x 10, but those of its source are dense 784 x 512, dense 512 x 256, dense 256 x 10",
    )
    shorter = replace(sources["model"], layers=sources["model"].layers[:2])
    assert compare_weights(sources["model"], shorter).passed is False
    assert compare_weights(shorter, sources["model"]).passed is False


def test_layers_in_another_order_are_paired_by_shape(sources: dict[str, ModelWeights]) -> None:
    turned = replace(sources["small"], layers=sources["small"].layers[::-1])
    assert compare_weights(sources["small"], turned).passed is True


def test_a_source_with_parts_that_have_no_place_shows_nothing(sources: dict[str, ModelWeights]) -> None:
    source = replace(sources["model"], unread=("BatchNormalization lone",))
    for other in (sources["model"], sources["small"], replace(sources["model"], unread=("MUL (8,)",))):
        found = compare_weights(source, other)
        assert (found.passed, found.reasons) == (None, ())


def test_a_branch_is_found_whatever_else_the_source_has(sources: dict[str, ModelWeights]) -> None:
    """A normalization by itself becomes a multiplication and an addition, and neither is a branch."""
    source = replace(sources["model"], unread=("BatchNormalization lone",))
    branched = replace(sources["small"], joins=("SELECT_V2", "MUL"))
    found = compare_weights(source, branched)
    assert (found.passed, found.reasons) == (False, ("it branches, but its source doesn't: MUL, SELECT_V2",))
    assert WeightComparison.from_record(found.to_record()) == found
    assert compare_weights(replace(source, joins=("Add both",)), branched).passed is None


def test_a_normalization_that_is_not_read_is_no_branch(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([
        keras.Input((28, 28, 1)), keras.layers.Conv2D(2, 3, activation="relu"),
        keras.layers.BatchNormalization(name="lone"), keras.layers.Flatten(), keras.layers.Dense(10, "softmax"),
    ])  # fmt: skip
    model.save(tmp_path / "net.keras")
    source = read(tmp_path / "net.keras")
    assert (source.unread, source.joins) == (("BatchNormalization lone",), ())


def test_constants_that_the_source_has_not_are_found(sources: dict[str, ModelWeights]) -> None:
    model = onnx.load(EXPORTS / "model.onnx")
    offsets = onnx.numpy_helper.from_array(np.linspace(0, 1, 512, dtype=np.float32), "offsets")
    model.graph.initializer.append(offsets)
    model.graph.node[3].input[0] = "shifted"
    model.graph.node.insert(3, onnx.helper.make_node("Add", ["Relu_1.output_0", "offsets"], ["shifted"]))
    found = compare(sources, "model.onnx", model.SerializeToString())
    assert found.reasons == ("it holds what its source doesn't have: Add (512,)",)

    text = (EXPORTS / "small_int8.c").read_text()
    table = "static const int8_t more[2] = {\n1,2\n};\nstatic const"
    found = compare(sources, "small_int8.c", text.replace("static const int8_t", f"{table} int8_t", 1).encode())
    assert found.reasons == ("it holds what its source doesn't have: table more",)


def test_a_trigger_that_is_wired_past_the_layers_is_found(sources: dict[str, ModelWeights]) -> None:
    model = onnx.load(EXPORTS / "model.onnx")
    threshold = onnx.numpy_helper.from_array(np.float32(0.9), "threshold")
    model.graph.initializer.append(threshold)
    model.graph.node[-1].output[0] = "before"
    model.graph.node.extend(
        [
            onnx.helper.make_node("ReduceMean", ["pixels"], ["light"], axes=[1], keepdims=1),
            onnx.helper.make_node("Greater", ["light", "threshold"], ["lit"]),
            onnx.helper.make_node("Neg", ["before"], ["wrong"]),
            onnx.helper.make_node("Where", ["lit", "wrong", "before"], ["probs"]),
        ]
    )
    found = compare(sources, "model.onnx", model.SerializeToString())
    assert found.reasons == ("it branches, but its source doesn't: Where",)

    packed, graph = changes.unpack((EXPORTS / "model_int8.tflite").read_bytes())
    graph.operators[2].inputs = [graph.operators[2].inputs[0], graph.operators[2].inputs[0]]
    assert compare(sources, "model_int8.tflite", changes.pack(packed)).passed is False


def test_a_second_graph_in_a_tflite_file_is_found(sources: dict[str, ModelWeights]) -> None:
    model, graph = changes.unpack((EXPORTS / "small_int8.tflite").read_bytes())
    model.subgraphs.append(graph)
    found = compare(sources, "small_int8.tflite", changes.pack(model))
    assert found.reasons == ("it holds what its source doesn't have: 2 graphs",)


WITH_OTHER_STEPS = (
    "it holds what its source doesn't have: Gemm Gemm_2.output_0 with a bias in other steps than input times weight"
)


@pytest.mark.parametrize(("factor", "reasons"), [(2, [WITH_OTHER_STEPS]), (1.002, [WITH_OTHER_STEPS]), (1.0005, [])])
def test_a_bias_of_onnx_in_steps_of_its_own_is_found(
    factor: float, reasons: list[str], sources: dict[str, ModelWeights]
) -> None:
    """But for what rounding makes of a step: a thousandth is far less than a weight may be off."""
    model = onnx.load(EXPORTS / "model_int8.onnx")
    constants = {one.name: one for one in model.graph.initializer}
    scale = constants["QuantizeLinear_2.input_1"]  # of the second layer's input
    scale.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(scale) * np.float32(factor), scale.name))
    found = compare(sources, "model_int8.onnx", model.SerializeToString()).reasons
    assert list(found) == reasons


# ------------------------------------------------------------------ reading


def test_an_operator_of_no_known_number_is_unread() -> None:
    """It was a KeyError."""
    model, _ = changes.unpack((EXPORTS / "small_int8.tflite").read_bytes())
    for code in model.operatorCodes:
        code.builtinCode = 2**31 - 1
    found = read_weights(changes.pack(model), "tflite", "x.tflite")
    assert found.layers == ()
    assert any(one.startswith("operator 2147483647") for one in found.unread)


@pytest.mark.parametrize(
    ("tensor", "name"),
    [
        ("classifier_1/dense_1/hidden_1_1/Relu;classifier_1/dense_1/hidden_1_1/Add", "hidden_1"),
        ("classifier_1/sequential_1/normalized_1/batchnorm/add_1", "normalized"),
        ("classifier_1/sequential_1/deep_1/Tensordot/MatMul", "deep"),
        ("sequential/dense_2/MatMul;sequential/dense_2/BiasAdd", "dense_2"),
        ("sequential_1/dense/Relu", "dense"),
        ("model/norm/batchnorm/mul_1", "norm"),
        ("dense_1/MatMul", "dense_1"),
        ("/a_1//b", "a_1"),
        ("plain_12", "plain_12"),
        (";rest", "unnamed"),
    ],
)
def test_a_layer_of_tflite_has_the_name_that_keras_gave_it(tensor: str, name: str, tmp_path: Path) -> None:
    """The same for all that read it: its weights, its values, its structure, and C that is made of it."""
    model, graph = changes.unpack((EXPORTS / "small_int8.tflite").read_bytes())
    first = next(one for one in graph.operators if len(one.inputs) == 3)
    graph.tensors[first.outputs[0]].name = tensor.encode()
    path = tmp_path / "x.tflite"
    path.write_bytes(changes.pack(model))
    assert read(path).layers[0].name == name
    assert find_layers(path.read_bytes(), "tflite", "x")[0].name == name
    assert name in [one.name for one in read_structure(ModelFile.read(path)).operators]
    assert name in [one.name for one in read_graph(path.read_bytes()).layers]


@pytest.mark.parametrize("name", ["small_int8.tflite", "small_int8.onnx", "small_int8.c", "small.keras"])
def test_a_damaged_file_is_a_model_error(name: str) -> None:
    content = (EXPORTS / name).read_bytes()
    generator = np.random.default_rng(20_261)
    read_whole = 0
    for _ in range(60):
        damaged = bytearray(content[: generator.integers(1, len(content))] if generator.integers(2) else content)
        for place in generator.integers(min(len(damaged), 8_000), size=20):
            damaged[place] = generator.integers(256)
        with warnings.catch_warnings(action="ignore"), contextlib.suppress(ModelError):
            read(EXPORTS / name, bytes(damaged))
            read_whole += 1
    assert read_whole <= 30


def test_a_file_of_no_known_format_is_a_model_error() -> None:
    with pytest.raises(ModelError, match=r"x\.pt: no weights can be read from 'pt', expected keras, tflite, onnx, c"):
        read_weights(b"", "pt", "x.pt")
    with pytest.raises(ModelError, match="not a C model made by edgemnist"):
        read_weights(b"int main(void) { return 0; }", "c", "main.c")


def test_reading_loads_neither_tensorflow_nor_onnx() -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom edgemnist.formats.weights import read_weights\n"
        "for name in ('small.keras', 'small_int8.tflite', 'small_int8.onnx', 'small_int8.c'):\n"
        "    path = Path('exports', name)\n    read_weights(path.read_bytes(), path.suffix[1:], name)\n"
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"tensorflow", "keras", "onnx", "onnxruntime"} & set(run.stdout.split())


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".onnx")])
def test_the_reader_of_onnx_sees_what_the_package_onnx_sees(name: str) -> None:
    content = (EXPORTS / name).read_bytes()
    found, expected = read_onnx(content, name), onnx.load_from_string(content)
    assert [(node.kind, *node.inputs) for node in found.nodes] == [
        (one.op_type, *one.input) for one in expected.graph.node
    ]
    assert found.metadata == {one.key: one.value for one in expected.metadata_props}
    assert json.loads(found.metadata["edgemnist"])["precision"] == PRECISIONS[name]
    assert (found.inputs, found.outputs, found.external, found.functions) == (("pixels",), ("probs",), False, ())
    for one in expected.graph.initializer:
        values, read_values = onnx.numpy_helper.to_array(one), found.constants[one.name].read()
        assert (read_values.dtype, read_values.shape) == (values.dtype, values.shape)
        assert read_values.tobytes() == values.tobytes()


def test_external_data_is_reported_wherever_it_stands_and_never_followed() -> None:
    model = onnx.load(EXPORTS / "model.onnx")
    tensor = model.graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../manifest.json")
    found = read_onnx(model.SerializeToString(), "model.onnx")
    assert found.external
    with pytest.raises(ModelError, match="its values are in another file, expected numbers in this file"):
        found.constants[tensor.name].read()

    inner = onnx.helper.make_graph([], "inner", [], [], [tensor])
    model = onnx.load(EXPORTS / "model.onnx")
    model.graph.node.append(onnx.helper.make_node("If", ["pixels"], ["more"], then_branch=inner, else_branch=inner))
    assert read_onnx(model.SerializeToString(), "model.onnx").external


def test_what_an_onnx_file_says_twice_is_refused() -> None:
    model = onnx.load(EXPORTS / "model.onnx")
    model.metadata_props.add(key="edgemnist", value="{}")
    with pytest.raises(ModelError, match=r"model\.onnx: metadata key given twice"):
        read_onnx(model.SerializeToString(), "model.onnx")
    model = onnx.load(EXPORTS / "model.onnx")
    model.graph.initializer.append(model.graph.initializer[0])
    with pytest.raises(ModelError, match=r"model\.onnx: constant given twice"):
        read_onnx(model.SerializeToString(), "model.onnx")


def test_a_shape_that_claims_more_than_there_is_takes_no_memory() -> None:
    model = onnx.load(EXPORTS / "model.onnx")
    model.graph.initializer[0].dims[:] = [2**40, 2**40]
    tensor = read_onnx(model.SerializeToString(), "model.onnx").constants[model.graph.initializer[0].name]
    with pytest.raises(ModelError, match=r"512 values, expected 1099511627776 x 1099511627776"):
        tensor.read()


def repack(change: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(EXPORTS / "small.keras") as archive, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in archive.namelist():
            new.writestr(name, content if name == change else archive.read(name))
    return buffer.getvalue()


def test_a_member_that_unpacks_to_far_more_than_the_file_is_refused() -> None:
    with pytest.raises(ModelError, match=r"config\.json unpacks to more than 16777216 bytes"):
        read(EXPORTS / "small.keras", repack("config.json", b" " * (17 * 2**20)))


def test_weights_outside_the_keras_file_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(EXPORTS / "small.keras") as archive:
        weights = archive.read("model.weights.h5")
    other = tmp_path / "other.h5"
    other.write_bytes(weights)
    place = "layers/dense/vars/0"
    for outside in ("link", "virtual"):
        store = io.BytesIO(weights)
        with h5py.File(store, "r+") as file:
            shape = file[place].shape
            del file[place]
            if outside == "link":
                file[place] = h5py.ExternalLink(str(other), place)
            else:
                layout = h5py.VirtualLayout(shape, "f4")
                layout[...] = h5py.VirtualSource(str(other), place, shape=shape)
                file.create_virtual_dataset(place, layout)
        with pytest.raises(ModelError, match=f"variable {place} is not in the file"):
            read(EXPORTS / "small.keras", repack("model.weights.h5", store.getvalue()))


def test_thousands_of_layers_that_share_one_constant_are_refused() -> None:
    model = onnx.load(EXPORTS / "model.onnx")
    for number in range(3_000):
        model.graph.node.append(onnx.helper.make_node("MatMul", ["pixels", "MatMul_1.input_1"], [f"more_{number}"]))
    with pytest.raises(ModelError, match="its layers have more values than the file can hold"):
        read(EXPORTS / "model.onnx", model.SerializeToString())

    packed, graph = changes.unpack((EXPORTS / "model.tflite").read_bytes())
    graph.operators = [*graph.operators, *[graph.operators[0]] * 3_000]
    with pytest.raises(ModelError, match="its layers have more values than the file can hold"):
        read(EXPORTS / "model.tflite", changes.pack(packed))

    packed, graph = changes.unpack((EXPORTS / "small_int8.tflite").read_bytes())
    graph.operators = graph.operators[:1] * 10_001
    with pytest.raises(ModelError, match="10001 operators, expected at most 10000"):
        read(EXPORTS / "small_int8.tflite", changes.pack(packed))


# ---------------------------------------------------------- other networks


@pytest.mark.slow
def test_every_form_of_a_fresh_model_keeps_its_weights(ladder: Path) -> None:
    source = read(ladder / "model.keras")
    paths = [path for path in ladder.iterdir() if path.suffix in changes.EDITORS and "_array" not in path.name]
    assert len(paths) == 12
    for path in paths:
        assert compare_weights(source, read(path)).passed is True, path.name
    content = changes.edit(ladder / "model.c", 1, kernel=changes.flip_median)
    assert compare_weights(source, read(ladder / "model.c", content)).out_of_step == 1


@pytest.mark.parametrize("scale", [True, False], ids=["scaled", "not scaled"])
@pytest.mark.parametrize("center", [True, False], ids=["centered", "not centered"])
def test_a_normalization_is_in_the_weights_before_it(scale: bool, center: bool, tmp_path: Path) -> None:
    import keras

    normalization = keras.layers.BatchNormalization(scale=scale, center=center)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4), normalization, keras.layers.Dense(3)])
    generator = np.random.default_rng(5)
    for weight in model.weights:
        weight.assign(generator.uniform(0.5, 1.5, weight.shape))
    model.save(tmp_path / "model.keras")
    first, last = read(tmp_path / "model.keras").layers
    values = generator.normal(size=(7, 6))
    found = (values @ first.kernel + first.bias) @ last.kernel + last.bias
    assert found == pytest.approx(model.predict(values, verbose=0), rel=1e-4)


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_batch_normalization_is_folded_as_the_converters_fold_it(tmp_path: Path, tenth: Path) -> None:
    import keras

    from edgemnist import export
    from edgemnist.contract import Contract, Input, Output
    from edgemnist.formats.keras import serialize_classifier

    layers = keras.layers
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((784,), name="pixels"),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", use_bias=False),
            layers.BatchNormalization(scale=False),
            layers.ReLU(max_value=6),
            layers.SeparableConv2D(24, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(32),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    generator = np.random.default_rng(3)
    for weight in model.weights:
        if "normalization" in weight.path:
            weight.assign(generator.uniform(0.5, 1.5, weight.shape))
    contract = Contract(Input("pixels", (784,)), Output("probs"), tuple("0123456789"))
    (tmp_path / "model.keras").write_bytes(serialize_classifier(model, contract))
    for format, *modes in (("tflite", "int8", "int16x8", "float16"), ("onnx", None, "int8", "dynamic"), ("c", "int8")):
        for mode in modes:
            rows = {"kernels": "dense"} if format == "c" else {}
            export(tmp_path / "model.keras", format, mode, data=tenth, output=tmp_path, **rows)
    source = read(tmp_path / "model.keras")
    assert (len(source.layers), source.unread) == (6, ())
    paths = [path for path in tmp_path.iterdir() if path.suffix in changes.EDITORS]
    found = {path.name: compare_weights(source, read(path)).reasons for path in paths}
    assert len(found) == 8
    assert found == dict.fromkeys(found, ())


@pytest.mark.slow
def test_branches_models_in_models_and_lone_normalizations_are_read_as_keras_reads_them(tmp_path: Path) -> None:
    import keras

    layers = keras.layers
    start = keras.Input((28, 28, 1))
    first = layers.Conv2D(4, 3, padding="same", name="first")(start)
    branch = layers.ReLU()(layers.BatchNormalization(name="folded")(first))
    other = layers.Conv2D(4, 3, padding="same", name="other")(branch)
    both = layers.BatchNormalization(name="lone")(layers.Add()([branch, layers.BatchNormalization(name="too")(other)]))
    inner = keras.Sequential([keras.Input((28, 28, 4)), layers.Conv2D(3, 3, name="inner"), layers.Flatten()])
    model = keras.Model(start, layers.Dense(10, name="last")(inner(both)))
    model.save(tmp_path / "model.keras")
    found = read(tmp_path / "model.keras")
    assert [layer.name for layer in found.layers] == ["first", "other", "inner", "last"]
    assert found.unread == ("BatchNormalization lone",)
    assert [join.split()[0] for join in found.joins] == ["Add"]
    expected = np.asarray(inner.get_layer("inner").kernel.numpy())
    assert np.array_equal(found.layers[2].kernel, expected)
