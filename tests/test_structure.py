"""What is inside a file: its operators with their types and sizes, whether they are of one precision, and elsewhere."""

from __future__ import annotations

import contextlib
import io
import json
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import h5py
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from edgemnist import ModelError, RuntimeCrash, UsageError, inspect, verify
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import count_complexity
from edgemnist.formats.precision import find_misfits, name_precision
from edgemnist.formats.structure import Operator, Structure, read_structure
from edgemnist.formats.structure.onnx_versions import IR_VERSIONS, OPSETS
from edgemnist.processes import watch
from edgemnist.processes.limits import Limits
from edgemnist.workflows.elsewhere import ROWS, list_cautions
from edgemnist.workflows.inspect import inspect_folder
from edgemnist.workflows.structure import find_structure
from tests import changes, graphs
from tests.conftest import ROOT, slow
from tests.test_changed import copy

EXPORTS = ROOT / "exports"
NAMES = sorted(path.name for path in EXPORTS.iterdir() if path.suffix in (".keras", ".tflite", ".onnx", ".c"))
LAYERS = {
    "model": 3,
    "best": 3,
    "small": 6,
    "cnn": 7,
    "micro": 4,
    **dict.fromkeys(("micro-cnn", "mini", "nano", "pico"), 5),
}


def read(path: Path) -> Structure:
    return read_structure(ModelFile.read(path))


# Parameters and multiplications, as `tests/test_complexity.py` counts them by hand.
COUNTS = {
    "model": (535_818, 535_040), "best": (535_818, 535_040), "small": (15_786, 124_032), "cnn": (202_234, 10_051_904),
    "micro": (22_618, 21_840), "micro-cnn": (21_548, 481_134), "mini": (18_024, 608_500), "nano": (6_604, 315_616),
    "pico": (3_014, 172_759),
}  # fmt: skip
# In C, batch normalizations are part of weights and biases.
FOLDED = {"micro": 22_042, "micro-cnn": 21_185, "mini": 17_724, "nano": 6_427, "pico": 2_897}


@pytest.mark.parametrize("name", NAMES)
def test_every_released_file_is_read(name: str) -> None:
    file = ModelFile.read(EXPORTS / name)
    found = read_structure(file)
    model, suffix = name.partition(".")[0].partition("_")[0], file.path.suffix
    counts = COUNTS[model] if suffix != ".c" else (FOLDED.get(model, COUNTS[model][0]), COUNTS[model][1])
    assert (
        sum(one.parameters for one in found.operators),
        sum(one.multiplications for one in found.operators),
    ) == counts
    if file.path.suffix != ".c":
        assert counts == (count_complexity(file).parameters, count_complexity(file).multiplications)
    contract = file.contract
    assert (name_precision(found), found.hidden) == (contract.precision, ())
    assert len([one for one in found.operators if one.weights]) == LAYERS[name.split(".")[0].split("_")[0]]
    share = sum(one.size_bytes for one in found.operators) / len(file.content)
    assert suffix == ".c" or 0.5 < share < 1.05 or len(file.content) < 100_000  # an archive takes 60 kB by itself
    (end,) = found.inputs
    assert (end.name, end.dtype) == (contract.input.name, contract.input.dtype)
    if file.path.suffix != ".c":
        assert (end.scale, end.zero_point) == (contract.input.scale, contract.input.zero_point)
    assert Structure.from_record(json.loads(json.dumps(found.to_record()))) == found


@pytest.mark.parametrize(
    ("name", "version", "oldest"),
    [
        ("model_int8.tflite", "schema 3", "TensorFlow Lite 1.14.0, as its converter says"),
        ("model.onnx", "IR 8, opset 17", "ONNX Runtime 1.12"),
        ("model.keras", "archive of Keras 3.15.1", "Keras 3"),
        ("model_int8.c", "C99", ""),
    ],
)
def test_the_version_and_the_oldest_runtime_that_reads_it(name: str, version: str, oldest: str) -> None:
    found = read(EXPORTS / name)
    assert (found.version, found.oldest_runtime) == (version, oldest)


def test_the_versions_of_onnx_are_those_of_its_own_table() -> None:
    """An opset is no older than the IR version that came with it."""
    order = [tuple(map(int, version.split("."))) for version in (*OPSETS.values(),)]
    assert order == sorted(order)
    for _, ir, opset, *_ in onnx.helper.VERSION_TABLE:
        if ir in IR_VERSIONS and opset in OPSETS:
            assert tuple(map(int, OPSETS[opset].split("."))) >= tuple(map(int, IR_VERSIONS[ir].split(".")))


def test_a_file_of_pytorch(tmp_path: Path) -> None:
    found = read(graphs.write_torch(tmp_path / "torch.onnx"))
    assert (found.version, found.oldest_runtime, found.producer) == ("IR 6, opset 11", "ONNX Runtime 1.0", "pytorch")
    assert [(one.kind, one.types, one.computes) for one in found.operators] == [
        ("Conv", "float32", True), ("Relu", "float32", True), ("MaxPool", "float32", True),
        ("Flatten", "float32", False), ("Gemm", "float32", True), ("LogSoftmax", "float32", True),
    ]  # fmt: skip
    assert (found.inputs[0].shape, found.outputs[0].shape) == ((None, 1, 28, 28), (None, 10))
    assert [one.size_bytes for one in found.operators if one.weights] == [4 * (36 + 4), 4 * (6760 + 10)]
    assert [one.multiplications for one in found.operators if one.weights] == [26 * 26 * 36, 6760]


def test_a_file_of_tensorflow_1_has_no_float_left(tmp_path: Path) -> None:
    found = read(graphs.write_old_uint8(tmp_path / "old.tflite"))
    assert [one.types for one in found.operators] == ["uint8", "uint8"]
    assert (name_precision(found), find_misfits(found, "int8")) == ("int8", ())
    assert found.inputs[0].scale == pytest.approx(1 / 255)


def test_a_float_operator_that_is_left_is_named(command, tmp_path: Path) -> None:
    path = graphs.write_float_tail(tmp_path / "tail.tflite")
    assert find_misfits(read(path), "int8") == ("SOFTMAX probs computes in float32",)
    assert find_misfits(read(path), "int8", layers_alone=True) == ()
    outcome = command("inspect", path, "--require", "int8")
    assert outcome.status == 1
    assert f"differs {path}: not int8: SOFTMAX probs computes in float32" in outcome.stdout


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("model_float16.tflite", "float16"), ("model_float16.onnx", "float16"), ("model_dynamic.tflite", "dynamic"),
        ("model_dynamic.onnx", "dynamic"), ("model_int16x8.tflite", "int16x8"), ("model_int8.onnx", "int8"),
        ("small_int8.c", "int8"), ("small.keras", "float32"),
    ],
)  # fmt: skip
def test_a_required_precision_is_read_in_operators(name: str, precision: str) -> None:
    found = read(EXPORTS / name)
    for other in ("float32", "float16", "dynamic", "int8", "int16x8"):
        assert bool(find_misfits(found, other)) == (other != precision), other


def test_weights_on_the_left_and_types_that_numpy_hasnt_are_seen(tmp_path: Path) -> None:
    turned = [helper.make_node("MatMul", ["w", "pixels"], ["probs"])]
    found = read(graphs.write_onnx(tmp_path / "left.onnx", turned, {"w": np.ones((10, 784), np.float32)}))
    assert find_misfits(found, "int8", layers_alone=True) == ("MatMul probs multiplies float32 by float32 weights",)
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "s"], ["w"]),
        helper.make_node("MatMul", ["pixels", "w"], ["probs"]),
    ]
    path = graphs.write_onnx(tmp_path / "four.onnx", nodes, {"s": np.float32(0.1)}, opset=21, ir=10)
    model = onnx.load(path)
    model.graph.initializer.append(helper.make_tensor("q", onnx.TensorProto.INT4, (784, 10), [1] * 7840))
    onnx.save(model, path)
    (layer,) = read(path).operators
    assert (layer.types, layer.size_bytes, layer.parameters) == ("float32 × int4", 3920, 7840)
    assert name_precision(read(path)) == "int4"


@pytest.mark.parametrize(
    ("name", "precision", "kind"),
    [
        ("small_int8.onnx", "int8", "QLinearConv"), ("model_dynamic.onnx", "dynamic", "DynamicQuantizeMatMul"),
        ("model.onnx", "float32", "FusedGemm"),
    ],
)  # fmt: skip
def test_what_onnx_runtime_fuses_keeps_its_precision(name: str, precision: str, kind: str, tmp_path: Path) -> None:
    """Scales of whole numbers are floats, but no float is computed with."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath, options.log_severity_level = str(tmp_path / name), 4
    onnxruntime.InferenceSession(EXPORTS / name, options, providers=["CPUExecutionProvider"])
    found = read(tmp_path / name)
    assert kind in {one.kind for one in found.operators if one.weights}
    assert (name_precision(found), find_misfits(found, precision)) == (precision, ())
    assert find_misfits(found, "int16x8")
    assert count_complexity(ModelFile.read(tmp_path / name)).parameters in (15_786, 535_818)


def test_weights_that_are_unpacked_are_multiplied_by_floats(tmp_path: Path) -> None:
    """Nothing rounds the activations of such a layer; beside layers of which it does, converters leave it so."""
    found = read(graphs.write_unpacked(tmp_path / "unpacked.tflite"))
    assert [(one.types, one.weights) for one in found.operators] == [("float32 × int8", "int8")]
    assert name_precision(found) is None
    assert find_misfits(found, "dynamic") == ("FULLY_CONNECTED probs multiplies float32 by int8 weights",)
    assert list_cautions(ModelFile.read(tmp_path / "unpacked.tflite"), found) == ()
    beside = Operator("FULLY_CONNECTED", "b", "dynamic", "int8")
    mixed = Structure("tflite", "", operators=(*found.operators, beside))
    assert (name_precision(mixed), find_misfits(mixed, "dynamic")) == ("dynamic", ())


@pytest.mark.parametrize(
    ("precision", "types", "computed"),
    [
        ("float32", ("float32", "float32"), "float16"), ("dynamic", ("dynamic", "int8"), "int8"),
        ("int8", ("int8", "int8"), "int16"), ("int16x8", ("int16", "int8"), "int8"), ("float32", ("float32",) * 2, ""),
    ],
)  # fmt: skip
def test_an_operator_without_weights_of_another_type_is_named(
    precision: str, types: tuple[str, str], computed: str
) -> None:
    counting = Operator("ADD", "c", "int32")
    layers = (Operator("FULLY_CONNECTED", "a", *types), counting, Operator("RESHAPE", "r", "uint8", computes=False))
    assert find_misfits(Structure("tflite", "", operators=layers), precision) == ()
    other = (*layers, Operator("SOFTMAX", "b", computed))
    sentence = f"SOFTMAX b computes in {computed or 'an unknown type'}"
    assert find_misfits(Structure("tflite", "", operators=other), precision) == (sentence,)


def write_dense(path: Path, dtype: object, **settings: object) -> Structure:
    """A Keras file of one dense layer, and what is read of it."""
    config = {"name": "dense", "dtype": dtype, **settings}
    kernel = np.zeros((784, 10), np.int8 if "mode" in str(dtype) else np.float32)
    layers = [{"class_name": "Dense", "config": config}]
    with zipfile.ZipFile(path, "w") as archive, io.BytesIO() as stream:
        with h5py.File(stream, "w") as store:
            store["layers/dense/vars/0"] = kernel
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": layers}}))
        archive.writestr("model.weights.h5", stream.getvalue())
    return read(path)


def test_a_keras_file_has_the_precision_of_its_policies(tmp_path: Path) -> None:
    path = tmp_path / "a.keras"
    mixed = write_dense(path, {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}})
    assert (mixed.operators[0].types, name_precision(mixed)) == ("float16 × float32", None)
    quantized = {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}}
    dynamic = write_dense(path, quantized)
    assert (dynamic.operators[0].types, name_precision(dynamic)) == ("dynamic × int8", "dynamic")
    assert find_misfits(dynamic, "int8")
    stored = write_dense(path, quantized, quantization_config={"config": {"activation_quantizer": None}})
    assert (stored.operators[0].types, name_precision(stored)) == ("float32 × int8", None)
    assert name_precision(Structure("keras", "SavedModel", hidden=("functions",))) is None


def test_what_holds_nothing_proves_nothing() -> None:
    assert find_misfits(Structure("tflite", ""), "int8") == ("no layer with weights was found",)
    hidden = Structure("tflite", "", operators=(Operator("CONV_2D", "a", "int8", "int8"),), hidden=("2 more graphs",))
    assert find_misfits(hidden, "int8") == ("2 more graphs aren't looked into",)
    biased = Structure("onnx", "", operators=(Operator("Conv", "a", "int8", "int8", ("float32",)),))
    assert find_misfits(biased, "int8") == ("Conv a has a float32 constant",)


@pytest.mark.usefixtures("stranger")
def test_a_claim_of_whole_numbers_over_a_float_layer_is_found_by_inspect_and_by_verify(command, tmp_path: Path) -> None:
    """No precision has both kinds of layers, so nothing contradicted the claim, and int8's gate was had by it."""
    path = copy(tmp_path, "model_int8.onnx", listed=False)
    path.write_bytes(graphs.keep_float(path.read_bytes()))
    claim = "its contract says int8, but Gemm Gemm_2.output_0 multiplies uint8 by float32 weights"
    (verdict,) = verify(path, limit=100).verdicts
    assert claim in verdict.reasons
    found = inspect(path, require="int8")
    assert (found.false_claims, found.exit_status, found.tensor_precision) == ((claim,), 1, None)
    assert "Gemm Gemm_2.output_0 multiplies uint8 by float32 weights" in found.misfits
    outcome = command("inspect", path)
    assert (outcome.status, f"differs {path}: {claim}" in outcome.stdout) == (1, True)


@pytest.mark.parametrize("name", ["model.onnx", "model.tflite", slow("small.keras")])
def test_a_claim_of_whole_numbers_over_floats_is_found(name: str, tmp_path: Path) -> None:
    path = copy(tmp_path, name, listed=False)
    rewritten = changes.rewrite_contract(path.read_bytes(), path.suffix, lambda fields: {**fields, "precision": "int8"})
    path.write_bytes(rewritten)
    found = inspect(path, require="int8")
    assert found.false_claims == ("its contract says int8, but its tensors are float32",)
    assert len(found.misfits) >= LAYERS[path.stem]


def test_a_folder_is_a_table_and_a_file_that_cant_be_read_a_line_of_it(command, tmp_path: Path) -> None:
    for name in ("small_int8.tflite", "small_int8.onnx", "model_dynamic.onnx"):
        copy(tmp_path, name, listed=False)
    outcome = command("inspect", tmp_path, "--require", "int8")
    assert outcome.status == 1
    assert " model_dynamic.onnx  dynamic    IR 8, opset 17" in outcome.stdout
    assert "not int8: MatMulInteger MatMulInteger_1.output_0 multiplies" in outcome.stdout
    (tmp_path / "broken.onnx").write_bytes(b"hello")
    outcome = command("inspect", tmp_path, "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.status, document["folder"], document["model"]) == (2, str(tmp_path), None)
    errors = {Path(one["model"]).name: one["error"] and one["error"]["kind"] for one in document["models"]}
    assert errors == {
        "small_int8.tflite": None, "broken.onnx": "model", "model_dynamic.onnx": None, "small_int8.onnx": None,
    }  # fmt: skip
    assert "broken.onnx: not an ONNX file" in outcome.stderr
    for words in (("--write-contract", "x.onnx"), ("--input-range", "0", "1"), ("--view",)):
        outcome = command("inspect", tmp_path, *words)
        assert (outcome.status, "only --require, --timeout and --memory apply" in outcome.stderr) == (2, True)


def test_a_folder_without_models_and_a_precision_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model files in this folder"):
        inspect_folder(tmp_path)
    with pytest.raises(UsageError, match=r"`require` is 'int4x', expected one of float32, float16"):
        inspect(EXPORTS / "small_int8.onnx", require="int4x")  # type: ignore[arg-type]


def write_foreign(folder: Path, name: str) -> Path:
    """A released file that nobody trusts, since its contract has another class name."""
    path = copy(folder, name, listed=False)
    names = [f"digit {digit}" for digit in range(10)]
    path.write_bytes(
        changes.rewrite_contract(path.read_bytes(), path.suffix, lambda fields: {**fields, "labels": names})
    )
    return path


@pytest.mark.parametrize("name", ["small_int8.tflite", "small_int8.onnx", slow("small.keras"), slow("small_int8.c")])
def test_a_child_reads_the_same(name: str, tmp_path: Path) -> None:
    file = ModelFile.read(write_foreign(tmp_path, name))
    assert not file.trusted
    structure, complexity = find_structure(file, Limits())
    assert structure == read_structure(file)
    assert complexity.multiplications == 124_032


def test_what_a_child_says_is_checked() -> None:
    record = read(EXPORTS / "small_int8.onnx").to_record()
    for name, value in (("version", 3), ("operators", [{"kind": "Conv"}]), ("hidden", [None]), ("metadata", {"a": 1})):
        with pytest.raises((TypeError, ValueError, KeyError)):
            Structure.from_record({**record, name: value})


def test_what_crashes_the_reader_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_foreign(tmp_path, "small_int8.onnx")
    monkeypatch.setattr(watch, "PAUSE_S", 0)  # the whole takes less than a pause where the machine is fast
    with pytest.raises(RuntimeCrash, match="reached the limit"):
        inspect(path, limits=Limits(timeout_s=1e-6))


FILES = ["small_int8.tflite", "small_int8.onnx", "small_int8.c", "model_dynamic.onnx", "model_float16.tflite"]


@pytest.mark.parametrize("name", FILES)
def test_nothing_but_an_error_comes_of_damaged_bytes(name: str) -> None:
    content, dice = (EXPORTS / name).read_bytes(), random.Random(0)
    for _ in range(120):
        damaged = bytearray(content)
        for _ in range(dice.randint(1, 6)):
            ends = (dice.randrange(min(4000, len(content))), len(content) - 1 - dice.randrange(min(4000, len(content))))
            damaged[dice.choice([*ends, dice.randrange(len(content))])] = dice.randrange(256)
        cut = dice.choice([len(damaged), dice.randrange(len(damaged))])
        started = time.monotonic()
        with contextlib.suppress(ModelError):
            found = read_structure(ModelFile(Path(name), bytes(damaged[:cut])))
            assert json.dumps(found.to_record())
        assert time.monotonic() - started < 10


def test_a_graph_of_many_ways_takes_no_longer_than_its_length(tmp_path: Path) -> None:
    """Each step has two ways to the next, so that there are 2 to the power of 1,500 from the first to the last."""
    nodes, name = [], "pixels"
    for step in range(1_500):
        nodes.append(helper.make_node("Identity", [name], [f"a{step}"]))
        nodes.append(helper.make_node("Identity", [name], [f"b{step}"]))
        nodes.append(helper.make_node("Concat", [f"a{step}", f"b{step}"], [f"c{step}"], axis=0))
        name = f"c{step}"
    nodes.append(helper.make_node("Softmax", [name], ["probs"]))
    path = graphs.write_onnx(tmp_path / "many.onnx", nodes, {})
    started = time.monotonic()
    assert len(read(path).operators) == 4_501
    assert time.monotonic() - started < 5


def test_a_long_chain_of_layers_is_read(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("MatMul", ["pixels" if step == 0 else f"v{step}", "w"], [f"v{step + 1}"])
        for step in range(2_000)
    ]
    nodes.append(helper.make_node("Softmax", ["v2000"], ["probs"]))
    found = read(graphs.write_onnx(tmp_path / "long.onnx", nodes, {"w": np.eye(784, dtype=np.float32)}))
    assert {one.types for one in found.operators} == {"float32"}


def caution(path: Path) -> dict[str, tuple[str, str]]:
    file = ModelFile.read(path)
    return {one.where: (one.message, one.hint) for one in list_cautions(file, read_structure(file))}


def test_each_row_of_what_differs_elsewhere_applies_to_a_file_and_not_to_all(tmp_path: Path) -> None:
    contrib = [helper.make_node("FusedMatMul", ["pixels", "w"], ["probs"], domain="com.microsoft")]
    weights = {"w": np.ones((784, 10), np.float32)}
    batch = graphs.write_torch(tmp_path / "torch.onnx")
    paths = [
        *(EXPORTS / name for name in NAMES),
        batch,
        graphs.write_gelu(tmp_path / "gelu.tflite"),
        graphs.write_float_tail(tmp_path / "tail.tflite"),
        graphs.write_onnx(tmp_path / "contrib.onnx", contrib, weights, ir=10, shape=(64, 784)),
    ]
    files = [ModelFile.read(path) for path in paths]
    structures = [read_structure(file) for file in files]
    for row in ROWS:
        pairs = [(file, one) for file, one in zip(files, structures, strict=True) if file.format_name in row.formats]
        sentences = [row.find(one) for _, one in pairs]
        assert any(sentences), row.where
        assert not all(sentences), row.where
    found = caution(tmp_path / "contrib.onnx")
    assert found["mobile runtimes"][0] == "IR version 10 is newer than 8: older builds refuse it"
    assert found["a single image"][0] == "it takes 64 images at once: one alone must be filled up"
    assert "com.microsoft.FusedMatMul" in found["other runtimes than ONNX Runtime"][0]
    assert caution(tmp_path / "gelu.tflite")["TFLite Micro"][0] == "it hasn't GELU"
    assert caution(EXPORTS / "small_int8.tflite") == {}
    assert caution(tmp_path / "tail.tflite")["LiteRT.js"][0].endswith(" alone, but pixels is int8")
    signed = Structure("onnx", "", operators=(Operator("Conv", "a", "int8", "int8"),))
    assert next(row for row in ROWS if row.where == "other processors").find(signed).startswith("S8S8 products")


def test_a_hint_names_the_array_that_the_user_has(tmp_path: Path) -> None:
    """And not the file that is inside it."""
    path = tmp_path / "a_array.c"
    content = graphs.write_gelu(tmp_path / "a.tflite").read_bytes()
    path.write_text(f"const unsigned char a[] = {{\n{','.join(f'0x{byte:02x}' for byte in content)}\n}};\n")
    inner, beside = caution(path), caution(tmp_path / "a.tflite")
    assert inner.keys() == beside.keys() != set()
    dynamic = Structure("tflite", "", operators=(Operator("FULLY_CONNECTED", "a", "dynamic", "int8"),))
    hints = [one.hint for one in list_cautions(ModelFile.read(path), dynamic)]
    assert f"verify it there: edgemnist verify {path}" in hints


@pytest.mark.slow
def test_what_is_said_to_be_typed_works(tmp_path: Path) -> None:
    nodes = [helper.make_node("MatMul", ["pixels", "w"], ["probs"])]
    path = graphs.write_onnx(tmp_path / "a b.onnx", nodes, {"w": np.ones((784, 10), np.float32)}, ir=10)
    found = caution(path)
    for where in ("mobile runtimes", "NPUs and phones' accelerators"):
        line = found[where][1].replace("python", sys.executable, 1)
        subprocess.run(["bash", "-c", line], check=True, capture_output=True)
    assert read(tmp_path / "a b_ir8.onnx").ir_version == 8
    assert read(tmp_path / "a b_fixed.onnx").inputs[0].shape == (1, 784)


def test_a_file_that_is_no_model_of_the_data_is_shown_without_a_contract(command, tmp_path: Path) -> None:
    """Its operators are worth seeing, though nobody knows what it takes."""
    nodes = [helper.make_node("MatMul", ["pixels", "w"], ["probs"])]
    path = graphs.write_onnx(tmp_path / "a.onnx", nodes, {"w": np.ones((784, 10), np.float32)})
    outcome = command("inspect", path, "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.status, document["contract"], document["parameters"]) == (0, None, 7840)
    assert "what it takes and gives isn't known: no contract inside" in document["notes"][0]
    with pytest.raises(ModelError, match="no contract inside"):
        inspect(path, write_contract=tmp_path / "b.onnx")


def test_the_candidates_and_the_margin_are_shown(command, tmp_path: Path) -> None:
    from tests.test_inspect import take_contract

    path = take_contract(tmp_path, "small_int8.onnx")
    found = json.loads(command("inspect", path, "--json").stdout)["found"]
    assert len(found["candidates"]) > 1
    assert found["candidates"][0]["accuracy"] == found["accuracy"]
    assert found["margin"] == pytest.approx(found["accuracy"] - found["runner_up_accuracy"])
