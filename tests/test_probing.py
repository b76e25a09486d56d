"""A file without a contract is asked about training images, and what it takes and gives is found in every verb."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgemnist import Gate, diff, kit, load_dataset, open_runtime, predict, verify
from edgemnist.comparison.candidates import RANGES
from edgemnist.comparison.probing import find_signature
from edgemnist.comparison.question import Probe, Statement
from edgemnist.contract import Contract, Input, Output
from edgemnist.contract.scores import find_kind
from edgemnist.datasets import Dataset
from edgemnist.datasets.shape import suggest_row_order
from edgemnist.datasets.splits import TrainingSplit
from edgemnist.errors import ModelError, UsageError
from edgemnist.formats import ModelFile
from edgemnist.runtimes import find_runtime, open_here
from tests.conftest import open_isolated, slow

PATH = Path("theirs.onnx")
SEVEN = "examples/python/seven.png"
MNIST = RANGES[4]
Net = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load_dataset()


@pytest.fixture(scope="module")
def probe(dataset: Dataset) -> Probe:
    return Probe.choose(lambda: dataset)


@pytest.fixture(scope="module")
def net() -> Net:
    """A trained network: real pixels in [0, 1], float64 (n, 784), in; logits (n, 10) out."""
    with open_runtime("exports/model.onnx") as runtime:
        yield lambda real: np.log(np.maximum(runtime.infer(real.astype(np.float32)), 1e-6)).astype(np.float64)


def undo(input: Input, values: NDArray[Any]) -> NDArray[np.float64]:
    """What the network was trained on, of what it is given: real pixels in [0, 1], (n, 784)."""
    real = values.astype(np.float64)
    if input.scale is not None:
        real = (real - input.zero_point) * input.scale
    if input.channels > 1:
        first = input.row_order == "first" or input.shape[0] == 3
        real = real.reshape(-1, 3, 784).mean(axis=1) if first else real.reshape(-1, 784, 3).mean(axis=-1)
    images = (real.reshape(-1, 28, 28) - input.range[0]) / (input.range[1] - input.range[0])
    return (images.swapaxes(1, 2) if input.transposed else images).reshape(-1, 784)


def make_input(shape: tuple[int, ...] = (784,), **fields: Any) -> Input:
    return Input("x", shape, **fields)


@pytest.mark.parametrize(
    "meant",
    [
        *(make_input(range=ends) for ends in RANGES),
        make_input(range=(1.0, 0.0)),
        make_input(range=(255.0, 0.0)),
        make_input((28, 28), range=(-1.0, 1.0), transposed=True),
        make_input((1, 28, 28), range=MNIST),
        make_input((28, 28, 3), range=(0.0, 255.0)),
        make_input((3, 28, 28), range=(1.0, 0.0), transposed=True),
        make_input((2352,), range=(0.0, 255.0), row_order="last"),
        make_input((1, 2352), range=MNIST, row_order="first", transposed=True),
        make_input(dtype="float64"),
        make_input((28, 28, 1), dtype="int8", range=(0.0, 255.0), scale=1.0, zero_point=-128),
        make_input(dtype="int8", range=(0.0, 1.0), scale=1 / 255, zero_point=-128),
        make_input(dtype="uint8", range=(-1.0, 1.0), scale=2 / 255, zero_point=128),
        make_input((28, 28), dtype="uint8", range=(0.0, 255.0)),
        # None that is usual: all that the tensor can hold.
        make_input(dtype="int8", range=(-2.36, 2.74), scale=0.02, zero_point=-10),
    ],
    ids=lambda one: one.summarize().replace(" ", ""),
)
def test_what_a_network_was_trained_on_is_found(net: Net, probe: Probe, meant: Input) -> None:
    """The values that are stored for each pixel are those it knows, whatever range they are called by."""
    order = suggest_row_order(meant.shape)
    suggested = make_input(
        meant.shape, dtype=meant.dtype, scale=meant.scale, zero_point=meant.zero_point, row_order=order
    )
    found = find_signature(PATH, lambda values: net(undo(meant, values)), suggested, Output("y"), probe)
    assert found.input.values.tolist() == pytest.approx(meant.values.tolist(), abs=0.02 * abs(np.ptp(meant.range)))
    assert (found.input.transposed, found.input.row_order) == (meant.transposed, meant.row_order)
    assert found.accuracy > 0.97
    assert found.images in (1_000, 5_000)
    assert "right on 9" in found.summarize()


@pytest.mark.parametrize("order", ["last", "first"])
def test_an_order_of_channels_that_makes_no_difference_is_the_usual_one(net: Net, probe: Probe, order: str) -> None:
    """The network tells by itself how its channels lie: in the other order it is hardly surer, or hardly less so."""

    def infer(values: NDArray[Any]) -> NDArray[Any]:
        first = bool((values[:, :784] == values[:, 784:1568]).all())
        real = values.reshape(-1, 3, 784)[:, 0] if first else values.reshape(-1, 784, 3)[..., 0]
        return net(real) * (1.0001 if first == (order == "first") else 1)

    found = find_signature(PATH, infer, make_input((2352,), row_order="last"), Output("y"), probe)
    assert found.input.row_order == "last"
    assert found.accuracy > 0.97


def test_an_order_of_channels_is_taken_where_it_is_stated(net: Net, probe: Probe) -> None:
    taken, meant = make_input((2352,), row_order="last"), make_input((2352,), row_order="first")
    for layout, order, share in (("hwc", "last", 0.4), ("chw", "first", 1), (None, "last", 0.4)):
        stated = Probe(probe.read, Statement(input_range=(0, 1), input_layout=layout))
        found = find_signature(PATH, lambda values: net(undo(meant, values)), taken, Output("y"), stated)
        assert (found.input.row_order, found.runner_up) == (order, None)
        assert found.accuracy <= share


def test_pixels_in_a_range_of_the_data_s_own_mean_and_spread_are_found(net: Net, dataset: Dataset) -> None:
    dim = TrainingSplit(dataset.training.images[:2000] // 2, dataset.training.labels[:2000])
    mean, std = float(dim.images.mean()) / 255, float(dim.images.std()) / 255
    meant = make_input(range=(-mean / std, (1 - mean) / std))
    probe = Probe(lambda: (dim, 10))
    found = find_signature(PATH, lambda values: net(2 * undo(meant, values)), make_input(), Output("y"), probe)
    assert found.input.range == pytest.approx(meant.range)


@pytest.mark.parametrize(
    ("kind", "give", "output"),
    [
        ("logits", lambda logits: logits + 5, Output("y")),
        ("logits", lambda logits: logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), Output("y")),  # log p
        ("probabilities", lambda logits: np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), Output("y")),
        ("sigmoid", lambda logits: 1 / (1 + np.exp(-(logits + 6))), Output("y")),
        (
            "probabilities",
            lambda logits: np.rint(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True) * 256) - 128,
            Output("y", "int8", scale=1 / 256, zero_point=-128),
        ),
    ],
    ids=["logits", "log-probabilities", "probabilities", "sigmoids", "int8 probabilities"],
)
def test_what_a_network_gives_is_found(net: Net, probe: Probe, kind: str, give, output: Output) -> None:
    meant = make_input(range=(0.0, 255.0))
    found = find_signature(PATH, lambda values: give(net(undo(meant, values))), make_input(), output, probe)
    assert (found.output.kind, found.input.range) == (kind, (0.0, 255.0))


def test_a_kind_is_told_by_all_rows() -> None:
    assert find_kind(np.array([[0.5, 0.5], [0.9, 0.9]])) == "sigmoid"
    assert find_kind(np.array([[0.5, 0.5], [0.9, 0.12]])) == "probabilities"
    assert find_kind(np.array([[0.5, 0.5], [0.9, 1.2]])) == "logits"
    assert find_kind(np.array([[0.5, 0.5], [0.9, -0.2]])) == "logits"


def test_what_is_stated_is_not_probed(net: Net, probe: Probe) -> None:
    seen = []

    def infer(values: NDArray[Any]) -> NDArray[Any]:
        seen.append((values.min(), values.max()))
        return net(values.reshape(-1, 784))

    stated = Probe(probe.read, Statement(input_range=(0, 1), invert=False, transpose=False))
    found = find_signature(PATH, infer, make_input(), Output("y"), stated)
    assert (found.input.range, found.runner_up) == ((0, 1), None)
    assert set(seen) == {(0, 1)}
    assert "next best" not in found.summarize()
    inverted = Probe(probe.read, Statement(input_range=(0, 1), invert=True))
    found = find_signature(PATH, infer, make_input(), Output("y"), inverted)
    assert found.input.range == (1, 0), "the user's word, although it is right on few"
    assert found.accuracy < 0.3
    swapped = Probe(probe.read, Statement(invert=True, transpose=True))
    with pytest.raises(
        ModelError, match=r"right on \d+ % of 1,000 training images at best, as .* inverted, rows"
    ) as bad:
        find_signature(PATH, infer, make_input(), Output("y"), swapped)
    assert "`input_range`, `invert`, `transpose`" in bad.value.hint
    assert "`data=PATH`" in bad.value.hint


def test_a_range_that_is_none_is_refused() -> None:
    for wrong in ((1.0, 1.0), (0.0, np.inf), (np.nan, 1.0)):
        with pytest.raises(UsageError, match="`input_range`"):
            Statement(input_range=wrong)


def test_a_network_that_knows_nothing_is_refused(probe: Probe) -> None:
    def infer(values: NDArray[Any]) -> NDArray[Any]:
        return np.random.default_rng(1).normal(size=(len(values), 10))

    with pytest.raises(ModelError, match=r"^theirs.onnx: no contract inside, and right on 1\d % of"):
        find_signature(PATH, infer, make_input(), Output("y"), probe)
    with pytest.raises(ModelError, match=r"right on \d+ % of"):
        find_signature(PATH, lambda values: np.full((len(values), 10), np.nan), make_input(), Output("y"), probe)


def test_two_meanings_that_are_as_good_as_each_other_are_an_error(probe: Probe) -> None:
    """Right on as many images under [0, 1] as under [0, 255], but on others of them."""
    rights = {image.tobytes(): (int(label), bool(image.sum() % 2)) for image, label in
              zip(probe.split.images, probe.split.labels, strict=True)}  # fmt: skip

    def infer(values: NDArray[Any]) -> NDArray[Any]:
        answers = np.full((len(values), 10), 0.1)
        scale = {1: 255, 255: 1}.get(int(values.max()))
        if scale and values.min() == 0:
            for row, image in zip(answers, np.rint(values * scale).astype(np.uint8), strict=True):
                label, odd = rights.get(image.tobytes(), (0, False))
                if label and (odd == (scale == 1) or label < 8):
                    row[:] = 0.01
                    row[label] = 0.91
        return answers

    with pytest.raises(
        ModelError, match=r"5,000 training images don't tell whether .*\[0, 1\] .* or \[0, 255\]|255.*1"
    ):
        find_signature(PATH, infer, make_input(), Output("y"), probe)


def test_a_network_that_normalizes_each_image_itself_takes_the_usual_range(net: Net, probe: Probe) -> None:
    """All ranges mean the same to it: there is nothing to choose."""

    def infer(values: NDArray[Any]) -> NDArray[Any]:
        low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
        return net((values - low) / np.maximum(high - low, 1e-9))

    found = find_signature(PATH, infer, make_input(), Output("y"), probe)
    assert found.input.range in RANGES
    assert found.accuracy > 0.97


# ------------------------------------------------------------------------------------------------- files and verbs


@pytest.fixture(scope="module")
def weights(dataset: Dataset) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A linear classifier by least squares: it takes [0, 1], and is right on about 85 %."""
    images, labels = dataset.training.images[:8000].reshape(-1, 784) / 255, dataset.training.labels[:8000]
    design = np.c_[images, np.ones(len(images))]
    solved = np.linalg.solve(design.T @ design + 10 * np.eye(785), design.T @ np.eye(10)[labels])
    return 10 * solved[:-1], 10 * solved[-1]


def write_onnx(
    path: Path, weights, *, shape=(784,), low=0.0, high=1.0, dtype=TensorProto.FLOAT, more=(), batch: Any = "n"
) -> Path:
    """A classifier from elsewhere, which takes pixels in [low, high]."""
    numbers = {TensorProto.FLOAT: np.float32, TensorProto.DOUBLE: np.float64}[dtype]
    matrix, bias = weights[0] / (high - low), weights[1] - weights[0].sum(axis=0) * low / (high - low)
    constants = {"w": matrix.astype(numbers), "b": bias.astype(numbers), "flat": np.array([-1, 784])}
    nodes = [
        helper.make_node("Reshape", ["x", "flat"], ["rows"]),
        helper.make_node("MatMul", ["rows", "w"], ["sums"]),
        helper.make_node("Add", ["sums", "b"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["y"]),
    ]
    outputs = [helper.make_tensor_value_info(name, dtype, [batch, size]) for name, size in (("y", 10), *more)]
    graph = helper.make_graph(
        nodes, "theirs", [helper.make_tensor_value_info("x", dtype, [batch, *shape])], outputs,
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        ({"low": -1.0, "high": 1.0}, "float32 (784) in [-1, 1]"),
        slow({"high": 255.0, "shape": (1, 28, 28)}, "float32 (1, 28, 28) in [0, 255]"),
        slow({"low": 1.0, "high": 0.0, "shape": ("h", "w", 1)}, "float32 (28, 28, 1) in [0, 1], inverted"),
        slow({"dtype": TensorProto.DOUBLE, "batch": 64}, "float64 (784) in [0, 1]"),
        slow({"more": (("rows", 784),), "high": 255.0}, "float32 (784) in [0, 255]"),
    ],
)
@pytest.mark.usefixtures("stranger")
def test_every_verb_gives_a_file_what_it_takes(tmp_path: Path, weights, options: dict[str, Any], taken: str) -> None:
    path = write_onnx(tmp_path / "theirs.onnx", weights, **options)
    (verdict,) = verify(path, gate=Gate(min_accuracy=0.84)).verdicts
    assert verdict.word == "not compared", verdict
    assert verdict.measurement.input == taken
    note = next(note for note in verdict.notes if "no contract inside" in note)
    assert f"assumed to take {taken}" in note
    assert "next best: " in note
    (again,) = verify(path, against=path).verdicts
    assert again.measurement.comparison.agreement == 1
    said: list[str] = []
    (answer,) = predict(path, SEVEN, report=said.append)
    assert answer.label == "7"
    assert taken in said[0]


def test_two_files_are_compared_each_by_what_it_takes(tmp_path: Path, weights) -> None:
    first = write_onnx(tmp_path / "unit.onnx", weights)
    second = write_onnx(tmp_path / "raw.onnx", weights, high=255.0, shape=(28, 28))
    (verdict,) = verify(second, against=first).verdicts
    assert verdict.passed
    assert verdict.measurement.comparison.agreement == 1


def test_an_output_is_chosen_by_its_shape_or_by_name(tmp_path: Path, weights) -> None:
    one = write_onnx(tmp_path / "one.onnx", weights, more=(("rows", 784),))
    two = write_onnx(tmp_path / "two.onnx", weights, more=(("logits", 10),))
    assert verify(one, limit=200).verdicts[0].error is None
    (verdict,) = verify(two, limit=200).verdicts
    assert "2 outputs may hold the classes' scores: it has y" in verdict.error.message
    assert "`output_name`" in verdict.error.hint
    for name in ("y", "logits"):
        (verdict,) = verify(two, limit=200, statement=Statement(output_name=name)).verdicts
        assert verdict.measurement.score.accuracy > 0.8
    (verdict,) = verify(two, limit=200, statement=Statement(output_name="z")).verdicts
    assert "no output 'z' of one score a class" in verdict.error.message


@pytest.mark.usefixtures("stranger")
def test_a_child_process_finds_the_same(tmp_path: Path, weights, probe: Probe) -> None:
    path = write_onnx(tmp_path / "theirs.onnx", weights, low=-0.5, high=0.5)
    with open_isolated(path) as isolated:
        assert isolated.info.found is None
        isolated.probe(path, probe)
        found = isolated.info.found
        assert isolated.info.input.range == (-0.5, 0.5)
    assert found is not None
    with open_runtime(path, probe=probe) as runtime:
        assert runtime.info.found == found


def test_a_command_line_states_what_a_file_takes(command, tmp_path: Path, weights) -> None:
    path = str(write_onnx(tmp_path / "theirs.onnx", weights, low=MNIST[0], high=MNIST[1]))
    stated = ("--mean", "0.1307", "--std", "0.3081", "--no-invert", "--no-transpose")
    run = command("verify", path, "--limit", "200", "--json", *stated)
    (model,) = json.loads(run.stdout)["models"]
    assert model["input"] == "float32 (784) in [-0.424213, 2.82149]"
    assert "next best" not in "".join(model["notes"])
    document = json.loads(command("predict", path, SEVEN, "--json").stdout)
    assert "no contract inside: assumed to take float32 (784) in [-0.424213, 2.82149]" in document["notes"][0]
    run = command("verify", path, "--limit", "200", "--input-range", "-5", "5", "--invert")
    assert run.status == 1
    assert "is below 0.9" in run.stdout
    run = command("verify", path, "--limit", "200", "--invert")
    assert run.status == 2
    assert (
        "give the data that it was trained on: --data PATH; or state what it takes: --input-range, --invert"
        in run.stderr
    )
    for wrong in (("--mean", "0.5"), ("--std", "0.5"), ("--mean", "0", "--std", "1", "--input-range", "0", "1")):
        run = command("predict", path, SEVEN, *wrong)
        assert run.status == 2
        assert "--mean and --std belong together" in run.stderr


def test_external_data_belongs_to_the_file(tmp_path: Path, weights) -> None:
    plain = onnx.load(write_onnx(tmp_path / "plain.onnx", weights))
    path, data = tmp_path / "model.onnx", tmp_path / "model.onnx.data"
    onnx.save_model(plain, path, save_as_external_data=True, location=data.name, size_threshold=1024)
    file = ModelFile.read(path)
    assert list(file.companions) == [data.name]
    assert verify(path, against=tmp_path / "plain.onnx").passed
    with pytest.raises(ModelError, match=r"its values are in model\.onnx\.data, and what reads layers takes one file"):
        diff(path, tmp_path / "plain.onnx", limit=20)
    data.write_bytes(bytes(len(data.read_bytes())))
    assert ModelFile.read(path).hashes != file.hashes
    assert not verify(path, against=tmp_path / "plain.onnx").passed
    data.unlink()
    (verdict,) = verify(path).verdicts
    assert str(data) in verdict.error.message


@pytest.mark.parametrize("place", ["../model.onnx.data", "/etc/passwd", "sub/model.onnx.data"])
def test_external_data_elsewhere_is_refused(tmp_path: Path, weights, place: str) -> None:
    path = write_onnx(tmp_path / "model.onnx", weights)
    model = onnx.load(path)
    onnx.save_model(model, path, save_as_external_data=True, location="model.onnx.data", size_threshold=1024)
    model = onnx.load(path, load_external_data=False)
    for weight in model.graph.initializer:
        for entry in weight.external_data:
            entry.value = place if entry.key == "location" else entry.value
    onnx.save(model, path)
    (verdict,) = verify(path).verdicts
    assert f"{place!r}, outside its folder" in verdict.error.message


def test_a_file_with_external_data_goes_into_no_program_and_no_kit(tmp_path: Path, weights) -> None:
    """Its author chooses the name of the other file: it must not become one of the program's own."""
    plain = onnx.load(write_onnx(tmp_path / "plain.onnx", weights))
    path = tmp_path / "model.onnx"
    onnx.save_model(plain, path, save_as_external_data=True, location="prove.mjs", size_threshold=1024)
    with pytest.raises(ModelError, match=r"its values are in prove\.mjs, and this program takes one file"):
        open_here(ModelFile.read(path), "node")
    with pytest.raises(ModelError, match="and the kit android takes one file"):
        kit("android", path, tmp_path / "kit", unverified=True)
    with pytest.raises(FileExistsError):
        ModelFile.read(path).write_to(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["node", "jvm"])
def test_a_program_is_given_what_was_found(tmp_path: Path, weights, runtime: str) -> None:
    path = write_onnx(tmp_path / "theirs.onnx", weights, high=255.0)
    if not (entry := find_runtime(path, runtime)).ready:
        pytest.skip(entry.install)
    (verdict,) = verify(path, against=path, runtime=runtime, limit=200).verdicts
    assert verdict.error is None, verdict.error
    assert verdict.measurement.comparison.agreement == 1
    assert any("in [0, 255]" in note for note in verdict.notes)


def test_another_number_of_classes_is_one_error(tmp_path: Path, weights, dataset: Dataset) -> None:
    path, few = write_onnx(tmp_path / "theirs.onnx", weights), dataset.training.labels[:3000] < 3
    data = (dataset.training.images[:3000][few], dataset.training.labels[:3000][few])
    for error in (verify(path, data=data).verdicts[0].error, _catch(lambda: predict(path, SEVEN, data=data))):
        assert "answers 10 classes, but the data has 3" in error.message
        assert error.hint == "give the data that it was trained on: `data=PATH`"


def _catch(run: Callable[[], object]) -> ModelError:
    with pytest.raises(ModelError) as caught:
        run()
    return caught.value


def test_a_range_that_stores_one_value_for_all_pixels_is_refused(net: Net, probe: Probe) -> None:
    stated = Probe(probe.read, Statement(input_range=(-1, 0)))
    with pytest.raises(ModelError, match=r"`input_range` \(-1, 0\): all pixels become one uint8"):
        find_signature(PATH, net, make_input(dtype="uint8"), Output("y"), stated)


def test_logits_in_large_steps_are_no_reason_to_give_up(net: Net, probe: Probe) -> None:
    meant, output = make_input(range=(0.0, 255.0)), Output("y", "int8", scale=2.0, zero_point=0)
    found = find_signature(
        PATH, lambda values: np.rint(net(undo(meant, values)) * 20 / 2).clip(-128, 127), make_input(), output, probe
    )
    assert (found.input.range, found.output.kind) == ((0.0, 255.0), "logits")


def test_many_classes_in_eight_bits_are_probabilities_still() -> None:
    rows = np.full((4, 62), 1 / 64)
    assert abs(rows.sum(axis=1) - 1).max() < 0.05
    assert find_kind(rows * 0.92) == "probabilities"
    assert find_kind(rows * 0.5) == "sigmoid"


def test_three_channels_in_one_row_are_part_of_the_contract() -> None:
    row = Contract(make_input((1, 2352), row_order="first"), Output("y"), ("a", "b"))
    assert Contract.from_json(row.to_json()) == row
    assert "row_order" not in Contract(make_input(), Output("y"), ("a", "b")).to_json()
    for old, new in (('"first"', '"middle"'), ("2352", "784"), ("[1, 2352]", "[3, 784]"), ("[1, 2352]", "[2, 3]")):
        with pytest.raises(ModelError, match=r"row order '(first|middle)' of "):
            Contract.from_json(row.to_json().replace(old, new))
    images = np.arange(2 * 784).astype(np.uint8).reshape(2, 28, 28)
    first, last = (replace(row.input, row_order=order).encode(images) for order in ("first", "last"))
    assert first.shape == last.shape == (2, 1, 2352)
    np.testing.assert_array_equal(first.reshape(2, 3, 784)[:, 2], last.reshape(2, 784, 3)[..., 1])


def test_a_transposed_image_is_part_of_the_contract() -> None:
    swapped = Contract(Input("x", (28, 28), transposed=True), Output("y"), ("a", "b"))
    assert Contract.from_json(swapped.to_json()) == swapped
    assert "transposed" not in Contract(Input("x", (28, 28)), Output("y"), ("a", "b")).to_json()
    with pytest.raises(ModelError, match="transposed 'yes'"):
        Contract.from_json(swapped.to_json().replace('"transposed": true', '"transposed": "yes"'))
