"""int4, int2 and ternary: weights rounded to few levels after training, or kept where they lie on such already."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from hypothesis import given
from hypothesis import strategies as st

from edgemnist import export, train, verify
from edgemnist.comparison.gate import Gate
from edgemnist.comparison.rounded import compare_rounded
from edgemnist.comparison.weights import WeightComparison, compare_weights
from edgemnist.errors import UsageError
from edgemnist.exporters.grids import choose_levels, find_steps, round_rows
from edgemnist.exporters.levels import find_short_step
from edgemnist.exporters.rounding import is_on_levels
from edgemnist.formats import ModelFile
from edgemnist.formats.multipliers import is_short, round_multipliers
from edgemnist.formats.precision import find_false_claim, find_misfits
from edgemnist.formats.structure import read_structure
from edgemnist.formats.tflite import pack_model
from edgemnist.formats.weights import ModelWeights, read_weights
from edgemnist.precision import PRECISIONS
from edgemnist.training.levels import GRIDS as TRAINED
from edgemnist.training.parts import Averaging, Network, Optimizer, Quantization, Schedule
from edgemnist.training.recipes import RECIPES, Recipe
from tests.conftest import ROOT, slow

EXPORTS = ROOT / "exports"
MICRO = [name for name, recipe in RECIPES.items() if recipe.quantization.weights]
GRIDS = {name: row.grid for name, row in PRECISIONS.items() if row.grid}
MIXED = Recipe(
    name="levels", network=Network("dense", "24-16"), schedule=Schedule(2, batch_size=50), averaging=Averaging(),
    optimizer=Optimizer("adamw", learning_rate=5e-3), quantization=Quantization("2-ternary-4"),
)  # fmt: skip


@pytest.mark.parametrize("name", GRIDS)
def test_steps_of_a_normal_distribution_are_those_that_training_uses(name: str) -> None:
    """Max, 1960."""
    key = {"int4": "4", "int2": "2", "ternary": "ternary"}[name]
    rows = np.random.default_rng(0).normal(size=(4, 20_000))
    assert find_steps(rows, GRIDS[name]) == pytest.approx(np.full(4, TRAINED[key].step), rel=0.04)


@given(seed=st.integers(0, 999), name=st.sampled_from(sorted(GRIDS)), scale=st.floats(1e-3, 1e3))
def test_no_other_step_errs_less(seed: int, name: str, scale: float) -> None:
    grid = GRIDS[name]
    rows = scale * np.random.default_rng(seed).standard_t(5, size=(3, 60))
    levels, steps = round_rows(rows, grid)
    errors = ((rows - levels * steps[:, None]) ** 2).sum(axis=1)
    for part in np.linspace(0.4, 2.5, 60):
        other = choose_levels(rows, steps * part, grid) * (steps * part)[:, None]
        assert (errors <= ((rows - other) ** 2).sum(axis=1) * 1.02).all()


@pytest.mark.parametrize("name", GRIDS)
def test_weights_on_levels_are_known_and_come_back(name: str) -> None:
    grid = GRIDS[name]
    choices = np.arange(-grid.most, grid.most + 1, 2 if grid.odd else 1)
    rows = np.random.default_rng(1).choice(choices, (5, 40)) * np.array([[0.1], [0.2], [1], [3], [0.01]])
    assert is_on_levels(rows, grid)
    levels, steps = round_rows(rows, grid)
    np.testing.assert_allclose(levels * steps[:, None], rows, rtol=1e-6)
    assert not is_on_levels(np.random.default_rng(1).normal(size=(5, 40)), grid)


def test_a_channel_of_zeros_has_no_zero_to_be_rounded_to() -> None:
    levels, steps = round_rows(np.array([[0.0] * 4, [1, -1, 0.3, 0.2]]), GRIDS["int2"])
    assert np.abs(levels).min() == 1
    assert (steps > 0).all()
    assert abs(levels[0].sum() * steps[0]) < 1e-9


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, tenth: Path) -> Path:
    """A model that was trained on four, three and fifteen levels."""
    path = tmp_path_factory.mktemp("mixed") / "model.keras"
    train(MIXED, data=tenth, output=path)
    return path


def read(path: Path) -> ModelWeights:
    return read_weights(path.read_bytes(), path.suffix[1:], path.name)


@pytest.mark.slow
@pytest.mark.parametrize("format", ["c", "tflite"])
def test_what_was_trained_on_levels_loses_nothing(mixed: Path, tenth: Path, tmp_path: Path, format: str) -> None:
    """It is what int8 is of it in C; in TFLite, where activations stay floats, it is the model itself."""
    export(mixed, format, "int4", data=tenth, output=tmp_path)
    path = tmp_path / f"model_int4.{format}"
    if format == "c":
        export(mixed, format, "int8", data=tenth, output=tmp_path)
        tables = [read(tmp_path / f"model_{one}.c").layers for one in ("int4", "int8")]
        for one, other in zip(*tables, strict=True):
            assert (one.kernel == other.kernel).all()
            assert (one.bias == other.bias).all()
    else:
        for one, other in zip(read(path).layers, read(mixed).layers, strict=True):
            np.testing.assert_allclose(one.kernel, other.kernel, rtol=1e-5)
    gate = Gate(min_agreement=0.98 if format == "c" else 0.999)
    (verdict,) = verify(path, data=tenth, against=mixed, deep=True, gate=gate).verdicts
    assert verdict.passed, verdict.reasons
    assert verdict.measurement.deep.weights.passed


@pytest.mark.slow
def test_what_was_trained_on_more_levels_is_rounded_further(mixed: Path, tenth: Path, tmp_path: Path) -> None:
    export(mixed, "c", "int2", data=tenth, output=tmp_path)
    layers, before = (read(path).layers for path in (tmp_path / "model_int2.c", mixed))
    counts = [np.unique(np.rint(layer.kernel / layer.step)).size for layer in layers]
    assert counts == [4, 3, 4]
    assert (np.sign(layers[1].kernel) == np.sign(before[1].kernel)).all()


# The least accuracy and agreement, a little below what was measured.
FIGURES = {
    ("small", "c", "int2"): (0.97, 0.97), ("small", "c", "int4"): (0.99, 0.995),
    ("small", "tflite", "int4"): (0.99, 0.995), ("small", "c", "ternary"): (0.94, 0.94),
    ("model", "c", "int4"): (0.975, 0.995), ("model", "c", "int2"): (0.97, 0.985),
    ("model", "tflite", "int4"): (0.975, 0.995), ("model", "c", "ternary"): (0.96, 0.975),
}  # fmt: skip


@pytest.mark.parametrize(
    "form", [form if form == ("small", "c", "int2") else slow(form) for form in FIGURES], ids="-".join
)
def test_rounding_after_training_keeps_what_was_measured(form: tuple[str, str, str], tmp_path: Path) -> None:
    stem, format, precision = form
    (artifact,) = export(EXPORTS / f"{stem}.keras", format, precision, output=tmp_path)
    (verdict,) = verify(artifact.path, against=EXPORTS / f"{stem}.keras").verdicts
    accuracy, agreement = FIGURES[form]
    assert verdict.measurement.score.accuracy >= accuracy
    assert verdict.measurement.comparison.agreement >= agreement
    assert verdict.measurement.precision == precision


@pytest.fixture(scope="module")
def rounded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released small in C int2 and in TFLite int4, with its source beside them: what it takes makes tests slow."""
    folder = tmp_path_factory.mktemp("rounded")
    (folder / "small.keras").write_bytes((EXPORTS / "small.keras").read_bytes())
    export(folder / "small.keras", "c", "int2", output=folder)
    export(folder / "small.keras", "tflite", "int4", output=folder)
    return folder


def claim(path: Path, precision: str) -> str:
    """Return why a file that claims a precision isn't of it; "" if nothing speaks against it."""
    file = ModelFile.read(path)
    contract = replace(file.contract, precision=precision)
    return "; ".join(find_false_claim(contract, read_structure(file)))


@pytest.mark.slow
def test_a_claim_of_fewer_levels_than_there_are_is_false(rounded: Path) -> None:
    assert claim(EXPORTS / "small_int8.c", "int8") == ""
    for precision in GRIDS:
        found = claim(EXPORTS / "small_int8.c", precision)
        assert found == f"its contract says {precision}, but its tensors are int8"
    path = rounded / "small_int2.c"
    assert [claim(path, one) for one in ("int2", "int4", "int8")] == ["", "", ""]
    assert claim(path, "ternary") == "its contract says ternary, but its tensors are int2"
    path = rounded / "small_int4.tflite"
    assert claim(path, "int4") == ""
    for precision in ("dynamic", "float32", "int2", "ternary"):
        assert claim(path, precision) == f"its contract says {precision}, but its tensors are int4"


@pytest.mark.slow
def test_a_required_precision_of_few_levels_is_read_in_operators(rounded: Path) -> None:
    few, packed = (read_structure(ModelFile.read(rounded / name)) for name in ("small_int2.c", "small_int4.tflite"))
    assert [find_misfits(few, one) for one in ("int2", "int4", "int8")] == [(), (), ()]
    assert any("multiplies int8 by int2 weights" in one for one in find_misfits(few, "ternary"))
    assert find_misfits(packed, "int4") == ()
    assert find_misfits(packed, "int8")
    assert find_misfits(read_structure(ModelFile.read(EXPORTS / "small_int8.c")), "int4")


@pytest.mark.slow
def test_a_changed_half_of_a_byte_is_found(rounded: Path, tmp_path: Path) -> None:
    """A weight of the highest level that becomes one of the lowest: no image may show it, the weights do."""
    content = (rounded / "small_int4.tflite").read_bytes()
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    packed = [one for one in model.subgraphs[0].tensors if one.type == schema.TensorType.INT4]
    tensor = max(packed, key=lambda one: np.prod(one.shape))
    data = model.buffers[tensor.buffer].data.copy()
    place = int(np.flatnonzero((data & 15) == 7)[0])
    data[place] = (data[place] & 0xF0) | 9  # -7
    model.buffers[tensor.buffer].data = data
    changed = tmp_path / "changed.tflite"
    changed.write_bytes(pack_model(model, len(content)))
    source = read(rounded / "small.keras")
    assert compare_rounded(source, read(rounded / "small_int4.tflite")).reasons == ()
    (reason,) = compare_rounded(source, read(changed)).reasons
    assert reason.startswith("layer hidden: 1 of 12800 weights have a lower level than a smaller weight")


@pytest.mark.slow
def test_an_int2_of_a_model_that_was_not_trained_on_it_differs_and_says_what_to_do(command, rounded: Path) -> None:
    outcome = command("verify", rounded / "small_int2.c")
    assert outcome.status == 1
    assert "few levels after training: train the model on them, with --weights 2" in outcome.stdout


@pytest.mark.slow
def test_what_was_rounded_is_recorded(rounded: Path) -> None:
    models = json.loads((rounded / "manifest.json").read_text())["models"]
    for name in ("small_int2.c", "small_int4.tflite"):
        assert models[name]["calibration"]["split"] == "training"
    assert "outputs" in models["small_int2.c"]
    assert "ai-edge-quantizer" in models["small_int4.tflite"]["versions"]


def test_forms_that_are_not_there_are_refused(tmp_path: Path) -> None:
    for format, precision in (("onnx", "int4"), ("tflite", "int2"), ("tflite", "ternary")):
        with pytest.raises(UsageError, match=f"{format} has no mode '{precision}', expected one of"):
            export(EXPORTS / "small.keras", format, precision, output=tmp_path)


# ------------------------------------------------------------------------------ steps that an export moved


def compare_with_source(name: str, content: bytes, format: str) -> WeightComparison:
    source = ModelFile.read(EXPORTS / f"{name}.keras")
    known = replace(read_weights(source.content, "keras", name), contract=source.contract)
    return compare_weights(known, read_weights(content, format, name))


@pytest.mark.parametrize("name", MICRO)
def test_released_c_of_few_levels_is_what_its_source_is(name: str) -> None:
    """In whole numbers the text holds no scales, and the weights, whose steps were moved, say them only roughly."""
    found = compare_with_source(name, (EXPORTS / f"{name}_int4.c").read_bytes(), "c")
    assert (found.passed, found.reasons, found.out_of_step) == (True, (), 0)


@pytest.mark.parametrize("factor", [0.97, 1.03])
@pytest.mark.parametrize("name", ["nano", "micro-cnn"])
def test_biases_of_c_that_are_a_little_larger_are_found(name: str, factor: float) -> None:
    def change(table: re.Match[str]) -> str:
        return table[1] + re.sub(r"-?\d+", lambda value: str(round(factor * int(value[0]))), table[2])

    text, count = re.subn(r"(_bias\[\d+\] = \{)([^}]*\d)", change, (EXPORTS / f"{name}_int4.c").read_text())
    assert count == 5
    assert not compare_with_source(name, text.encode(), "c").passed


@pytest.fixture(scope="module")
def level_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The int8 `.tflite` file of `nano`, which stores its levels."""
    folder = tmp_path_factory.mktemp("level_file")
    path = shutil.copy(EXPORTS / "nano.keras", folder)
    export(path, "tflite", "int8", output=folder)
    return (folder / "nano_int8.tflite").read_bytes()


def change_layers(content: bytes, steps: float, biases: float) -> bytes:
    """Steps of weights times a factor or one over it, in turn, where biases stay; and biases times another."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for operator in model.subgraphs[0].operators:
        tensors = [model.subgraphs[0].tensors[index] for index in operator.inputs]
        if len(tensors) == 3 and tensors[2].type == schema.TensorType.INT32:
            _, weights, bias = tensors
            factors = steps ** np.where(np.arange(len(weights.quantization.scale)) % 2, 1, -1)
            weights.quantization.scale = (weights.quantization.scale * factors).astype(np.float32)
            bias.quantization.scale = (bias.quantization.scale * factors).astype(np.float32)
            buffer = model.buffers[bias.buffer]
            stored = np.rint(buffer.data.view(np.int32) / factors * biases)
            buffer.data = stored.astype(np.int32).view(np.uint8)
    return pack_model(model, len(content))


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "biases", "reason"), [
    (1.0, 1.0, None), (1.02, 1.0, "coarser"), (1.003, 1.0, "coarser"), (1.0, 1.03, "biases"), (1.0, 0.99, "biases"),
])  # fmt: skip
def test_only_steps_that_an_export_moved_are_other_steps(
    steps: float, biases: float, reason: str | None, level_file: bytes
) -> None:
    """It moves them to where multipliers have 17 bits, of which others hardly have any."""
    found = compare_with_source("nano", change_layers(level_file, steps, biases), "tflite")
    assert found.passed == (reason is None)
    assert reason is None or any(reason in said for said in found.reasons)


@given(st.floats(2**-10, 2**-3, width=32), st.floats(2**-4, 2, width=32), st.floats(2**-6, 1, width=32))
def test_a_short_multiplier_that_may_not_be_rounded_up_is_none(step: float, before: float, after: float) -> None:
    found = find_short_step(step, before / after, above=True)
    (numbers,), (exponents,) = round_multipliers([found * (before / after)])
    if found != step:
        assert is_short(np.array([numbers])).all()
        assert Fraction(int(numbers), 2**31) * Fraction(2) ** int(exponents) <= Fraction(found * (before / after))
