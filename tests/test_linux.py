"""The Linux board: the program in C and the kit, on this machine and on an emulated Cortex-A76."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from edgemnist import packages
from edgemnist.codegen import fill, quote_c
from edgemnist.contract import Contract, Input, Output
from edgemnist.datasets.preparation import is_blank, prepare_picture
from edgemnist.errors import ModelError, RuntimeCrash, ToolMissing
from edgemnist.formats import ModelFile
from edgemnist.kits.contracts import list_contract_values
from edgemnist.kits.linux import LINUX, PROGRAM
from edgemnist.kits.linux import engines as boards
from edgemnist.precision import PRECISIONS
from edgemnist.runtimes import linux, open_runtime
from edgemnist.runtimes.base import Request
from edgemnist.workflows.diff_answers import diff_answers
from edgemnist.workflows.kit import kit as write_kit
from tests.conftest import ROOT, slow
from tests.drawings.draw import PICTURES, invent, list_drawings, prepare_each
from tests.test_kits import call, need, spoil_golden

EXPORTS = ROOT / "exports"
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-pedantic")
TOOLS = (linux.BOARD.compiler, linux.BOARD.emulator[0])
LABELS = tuple("0123456789")
# What LiteRT says on stderr whenever a model is opened.
ANNOUNCEMENT = "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
PIXELS = Input("pixels", (784,))
PROBS = Output("probs")

# The models, and how far a probability may be from the one that the same runtime gives on this machine. Both round
# each sum in its own order; where activations are quantized on the way, or computed in half precision, that shows.
FLOAT, STEP, REQUANTIZED, HALF = 1e-5, 1 / 255, 1e-3, 0.02
FORMS = {
    "model.tflite": FLOAT,
    "model_float16.tflite": FLOAT,
    "model_dynamic.tflite": REQUANTIZED,
    "model_int16x8.tflite": FLOAT,
    "model_int8.tflite": STEP,
    "small_int8.tflite": STEP,
    "model.onnx": FLOAT,
    "model_dynamic.onnx": REQUANTIZED,
    "model_int8.onnx": FLOAT,
    "small_int8.onnx": FLOAT,
    "model_float16.onnx": HALF,
}

# How many images are run of those that would take minutes: TFLite unpacks half-precision weights, and computes as with
# model.tflite; of ONNX in half precision, QEMU takes half a second for ten images.
SHARE = {"model_float16.tflite": 1_000, "model_float16.onnx": 100}


def name_runtime(path: Path) -> str:
    return f"aarch64-{boards.find_engine(path).name}"


def need_board(path: Path) -> None:
    need(*TOOLS, install=packages.AARCH64_INSTALL)
    try:
        boards.find_engine(path).find_library()
    except ToolMissing as error:
        reason = f"{error.message}: {error.hint}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


# ------------------------------------------------------------------------------------------- on the emulated board


def compare(name: str, images: np.ndarray) -> tuple[float, int]:
    """Return the largest difference of a probability, and how many classes differ, between the board and here."""
    path = EXPORTS / name
    need_board(path)
    with (
        open_runtime(path) as here,
        open_runtime(path, runtime=name_runtime(path)) as board,
    ):
        assert board.info.emulated
        assert not here.info.emulated
        assert board.info.name == f"Cortex-A76 (QEMU), {boards.find_engine(path).title}"
        assert (board.info.input, board.info.output, board.info.contract) == (
            here.info.input,
            here.info.output,
            here.info.contract,
        )
        found, expected = board.predict(images), here.predict(images)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max()), int((found.argmax(axis=1) != expected.argmax(axis=1)).sum())


@pytest.mark.parametrize("name", ["model_int8.tflite", *map(slow, ("model.tflite", "model.onnx", "model_int8.onnx"))])
def test_the_board_answers_as_this_machine_does(name: str, dataset) -> None:
    difference, moved = compare(name, dataset.test.images[:60])
    assert moved == 0
    assert difference <= FORMS[name] * 1.001


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_all_test_images_get_the_same_class_on_the_board(name: str, dataset) -> None:
    images = dataset.test.images[: SHARE.get(name)]
    difference, moved = compare(name, images)
    assert moved == 0
    assert difference <= FORMS[name] * 1.001


def test_a_few_images_and_one_and_none_are_answered_in_their_order(dataset) -> None:
    path = EXPORTS / "small_int8.tflite"
    need_board(path)
    with open_runtime(path, runtime="aarch64-litert") as board:
        answers = board.run(dataset.test.images[:7]).outputs
        assert (board.run(dataset.test.images[6:7]).outputs == answers[6:7]).all()
        assert board.run(dataset.test.images[:0]).outputs.shape == (0, 10)


# ----------------------------------------------------------------------------------------------------- mutations


def change_words(monkeypatch: pytest.MonkeyPatch, **changed: str) -> None:
    """Let contract.h say something else than the contract does."""
    monkeypatch.setattr(linux, "list_contract_values", lambda *arguments: list_contract_values(*arguments) | changed)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("model_int8.tflite", {"output_scale": "0.00392"}),
        slow("model_int8.tflite", {"output_zero_point": "1"}),
        ("model_int8.tflite", {"output_kind": "logits"}),
        slow("model.onnx", {"output_kind": "logits"}),
    ],
)
def test_wrongly_read_scores_are_an_error(name: str, changed: dict[str, str], monkeypatch, dataset) -> None:
    need_board(EXPORTS / name)
    change_words(monkeypatch, **changed)
    with open_runtime(EXPORTS / name, runtime=name_runtime(EXPORTS / name)) as board:
        with pytest.raises(
            ModelError, match="makes other probabilities of the scores than the contract says, for 5 of 5"
        ):
            board.predict(dataset.test.images[:5])


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("model_int8.tflite", {"input_scale": "0.1"}),
        slow("model_int8.tflite", {"input_zero_point": "128"}),
        slow("model_int8.onnx", {"input_low": "1.0", "input_high": "0.0"}),
    ],
)
def test_wrongly_encoded_pixels_show_in_the_scores(name: str, changed: dict[str, str], monkeypatch, dataset) -> None:
    need_board(EXPORTS / name)
    change_words(monkeypatch, **changed)
    images, labels = dataset.test.images[:200], dataset.test.labels[:200]
    with open_runtime(EXPORTS / name, runtime=name_runtime(EXPORTS / name)) as board:
        assert (board.predict(images).argmax(axis=1) == labels).mean() < 0.9


@pytest.mark.slow
def test_verify_tells_a_wrong_range(command, monkeypatch) -> None:
    need_board(EXPORTS / "model_int8.tflite")
    arguments = ("verify", EXPORTS / "model_int8.tflite", "--runtime", "aarch64-litert", "--limit", 1_000)
    assert command(*arguments).status == 0
    change_words(monkeypatch, input_scale="0.1")
    assert command(*arguments).status == 1


@pytest.mark.parametrize(
    ("name", "changed", "words"),
    [
        ("model_int8.tflite", {"output_dtype": "float32"}, "the model's tensors are others than contract.h says"),
        slow("model.tflite", {"input_dtype": "uint8"}, "the model's tensors are others than contract.h says"),
        slow("model.onnx", {"input_dtype": "int8"}, "Unexpected input data type"),
        slow("model.onnx", {"output_dtype": "uint8"}, "the model answers other scores than contract.h says"),
        slow("model.onnx", {"input_shape": "28, 28", "input_dimensions": "2"}, "Invalid rank for input"),
        slow("model.onnx", {"input_name": '"image"'}, "Invalid input name: image"),
    ],
)
def test_a_contract_of_another_model_is_refused(name: str, changed: dict[str, str], words: str, monkeypatch, dataset):
    need_board(EXPORTS / name)
    change_words(monkeypatch, **changed)
    with open_runtime(EXPORTS / name, runtime=name_runtime(EXPORTS / name)) as board:
        with pytest.raises(RuntimeCrash, match=words):
            board.run(dataset.test.images[:3])


# -------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(("tool", "name"), [(TOOLS[0], "model.onnx"), (TOOLS[1], "model.tflite")])
def test_a_missing_tool_is_named_with_the_line_that_installs_it(tool: str, name: str, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda word: None if word == tool else word)
    with pytest.raises(ToolMissing, match=f"Cortex-A76 Linux: not installed: {tool}") as caught:
        open_runtime(EXPORTS / name, runtime=name_runtime(EXPORTS / name))
    assert caught.value.hint == packages.AARCH64_INSTALL


def test_a_wheel_without_the_library_is_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(boards, "fetch_wheel", lambda *names: tmp_path)
    with pytest.raises(ToolMissing, match=r"holds no ai_edge_litert/libLiteRt\.so"):
        boards.LITERT.find_library()


def test_a_library_that_is_none_is_a_clear_error(monkeypatch, tmp_path: Path, dataset) -> None:
    need(*TOOLS, install=packages.AARCH64_INSTALL)
    (tmp_path / "library.so").write_bytes(b"no ELF")
    monkeypatch.setattr(boards.Engine, "find_library", lambda engine: tmp_path / "library.so")
    for name in ("model.onnx", "model.tflite"):
        with linux.open_model(ModelFile.read(EXPORTS / name), name_runtime(EXPORTS / name), Request()) as board:
            with pytest.raises(RuntimeCrash, match=r"exit status 2: the model can't be opened: .*library\.so"):
                board.run(dataset.test.images[:2])


@pytest.mark.parametrize("side", ["input", "output"])
def test_float16_inputs_and_outputs_are_refused(side: str, tmp_path: Path, command) -> None:
    from onnx import TensorProto, checker, helper, save

    kinds = {"input": TensorProto.FLOAT, "output": TensorProto.FLOAT} | {side: TensorProto.FLOAT16}
    nodes = [
        helper.make_node("Cast", ["pixels"], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["wide", "weights"], ["sums"]),
        helper.make_node("Cast", ["sums"], ["probs"], to=kinds["output"]),
    ]
    weights = helper.make_tensor("weights", TensorProto.FLOAT, [784, 10], np.zeros(7840, np.float32).tolist())
    tensors = (("pixels", kinds["input"], 784), ("probs", kinds["output"], 10))
    given, scores = (helper.make_tensor_value_info(name, kind, ["batch", size]) for name, kind, size in tensors)
    graph = helper.make_graph(nodes, "half", [given], [scores], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    save(model, tmp_path / "half.onnx")
    with pytest.raises(ModelError, match="is float16, and the program in C knows float32, uint8, int8"):
        linux.open_model(ModelFile.read(tmp_path / "half.onnx"), "aarch64-onnx", Request())
    assert command("verify", tmp_path / "half.onnx", "--runtime", "aarch64-onnx").status == 2


# ---------------------------------------------------------------------------------------------- the parts in C, here


def fill_sources(contract: Contract, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for path in (LINUX / name for name in PROGRAM):
        (folder / path.name).write_text(fill(path.read_text(), list_contract_values(contract, quote_c)))


def build_library(folder: Path, *sources: str) -> ctypes.CDLL:
    need("gcc", install="apt-get install gcc")
    run = call("gcc", "-std=c99", "-O2", "-shared", "-fPIC", *WARNINGS, *sources, "-lm", "-o", "parts.so", cwd=folder)
    assert run.returncode == 0, run.stderr
    return ctypes.CDLL(os.fspath(folder / "parts.so"))


def point(array: np.ndarray) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)


@pytest.mark.parametrize(
    ("input", "output"),
    [
        (PIXELS, PROBS),
        (replace(PIXELS, range=(-1.0, 1.0)), replace(PROBS, kind="logits")),
        (replace(PIXELS, range=(-0.4242129623889923, 2.8214867115020752)), replace(PROBS, kind="logits")),
        (replace(PIXELS, range=(1.0, 0.0), dtype="uint8", scale=1 / 255, zero_point=0), PROBS),
        (replace(PIXELS, range=(0.0, 255.0), dtype="uint8"),
         replace(PROBS, dtype="uint8", scale=1 / 256, zero_point=0)),
        (replace(PIXELS, dtype="int8", scale=0.003921568859368563, zero_point=-128),
         replace(PROBS, dtype="int8", kind="logits", scale=0.17, zero_point=-3)),
        (replace(PIXELS, range=(0.0, 2.0), dtype="int8", scale=0.0079, zero_point=-100),
         replace(PROBS, dtype="int8", scale=1 / 256, zero_point=-128)),
    ],
)  # fmt: skip
def test_pixels_are_encoded_and_scores_decoded_as_the_contract_says(
    input: Input, output: Output, tmp_path: Path
) -> None:
    fill_sources(Contract(input, output, LABELS), tmp_path)
    parts = build_library(tmp_path, "encoding.c")
    values = np.zeros(256, input.dtype)
    parts.list_input_values(point(values))
    every = np.resize(np.arange(256, dtype=np.uint8), (1, 28, 28))
    assert values.tobytes() == input.encode(every).reshape(-1)[:256].tobytes()

    random = np.random.default_rng(0)
    rows = random.normal(0, 9, (300, 10)) if output.dtype == "float32" else random.integers(-128, 128, (300, 10))
    scores = rows.astype(output.dtype)
    expected, found = output.decode(scores), np.zeros(10, np.float32)
    for row, probabilities in zip(scores, expected, strict=True):
        assert parts.decode_scores(point(row), point(found)) == probabilities.argmax()
        assert np.abs(found - probabilities).max() <= 1e-6


def test_the_preparation_gives_the_same_bytes_as_in_python(tmp_path: Path) -> None:
    for name in ("preparation.h", "preparation.c"):
        shutil.copyfile(LINUX / name, tmp_path / name)
    library = build_library(tmp_path, "preparation.c")
    preparations, inks = ("digit", "fit", "none"), ("bright", "dark", "any")  # in the order of the header
    found = np.full((28, 28), 7, np.uint8)
    for page in (*list_drawings().values(), *invent(400, seed=0)):
        sizes = page.shape[1], page.shape[0]
        for (how, ink), expected in zip(PICTURES, prepare_each(page), strict=True):
            numbers = preparations.index(how), inks.index(ink)
            assert library.prepare_picture(point(page), *sizes, *numbers, point(found)) == 0
            assert (found == expected).all(), (page.shape, how, ink)
            assert library.is_blank(point(found)) == is_blank(expected)
        as_it_is = library.prepare_picture(point(page), *sizes, 2, 0, point(found))
        assert as_it_is == (0 if sizes == (28, 28) else 2)
        if not as_it_is:
            assert (found == prepare_picture(page, "none")).all()


@pytest.mark.parametrize("compiler", [slow("gcc"), linux.BOARD.compiler])
def test_the_program_compiles_without_a_warning(compiler: str, tmp_path: Path) -> None:
    need(compiler, install=packages.AARCH64_INSTALL)
    kit = write_board_kit(EXPORTS / "model_int8.tflite", tmp_path / "kit")
    shutil.copyfile(LINUX / "onnx.c", kit / "src" / "onnx.c")
    shutil.copyfile(LINUX / "prove.c", kit / "src" / "prove.c")
    for path in sorted((kit / "src").glob("*.c")):
        for standard in ("c99", "c11"):
            own = f"-I{find_parts(kit)}"
            run = call(compiler, f"-std={standard}", "-O2", *WARNINGS, own, "-c", path, "-o", os.devnull)
            assert run.returncode == 0, run.stderr


# ------------------------------------------------------------------------------------------------------- the kit


def write_board_kit(path: Path, folder: Path) -> Path:
    return write_kit("raspberry-pi", path, folder, unverified=True).path


def find_local_library(engine: boards.Engine) -> Path:
    """Return the library of the package that is installed here, so that no test needs a network."""
    package, _, pattern = engine.library.partition("/")
    (folder,) = find_spec(package).submodule_search_locations
    return next(iter(Path(folder).glob(pattern)))


@pytest.fixture(scope="module", params=["model_int8.tflite", "model.onnx"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit, its program built for this machine. Read only!"""
    need("make", "gcc", install="apt-get install make gcc")
    path = EXPORTS / request.param
    kit = write_board_kit(path, tmp_path_factory.mktemp("board") / "kit")
    engine = boards.find_engine(path)
    parts = kit / "build" / platform.machine() / engine.name
    parts.mkdir(parents=True)
    shutil.copyfile(find_local_library(engine), parts / engine.file)
    run = call("make", "-s", cwd=kit)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    return kit


@pytest.fixture
def own_kit(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "kit"))


def find_parts(kit: Path, *above: str) -> Path:
    """Return the folder of the kit's one runtime, in the kit or in what was built of it."""
    (folder,) = (path for path in Path(kit, *above).iterdir() if path.name in ("litert", "onnx"))
    return folder


def classify(kit: Path, words: object, language: str) -> subprocess.CompletedProcess[str]:
    """`words`: one, or a list of several."""
    words = words if isinstance(words, list) else [words]
    if language == "C":
        run = call(find_parts(kit, "build", platform.machine()) / "classify", *words, cwd=kit.parent)
    else:
        run = call(sys.executable, kit / "classify.py", *words, cwd=kit.parent)
    return subprocess.CompletedProcess(run.args, run.returncode, run.stdout, run.stderr.replace(ANNOUNCEMENT, ""))


def write_picture(path: Path, digit: np.ndarray) -> Path:
    """Write a digit as dark ink on a large page of paper: binary PGM."""
    page = 230 - np.kron(np.pad(digit, 9), np.ones((7, 7))) * 0.8
    path.write_bytes(b"P5\n# a page\n%d %d\n255\n" % page.shape[::-1] + page.astype(np.uint8).tobytes())
    return path


@pytest.mark.parametrize("language", ["C", "Python"])
def test_the_kit_passes_its_self_test(built: Path, language: str) -> None:
    run = classify(built, "--self-test", language)
    assert run.stdout == "self-test: 20 of 20 images give the expected probabilities, 20 the right class\n"
    assert run.returncode == 0
    if language == "C":
        assert run.stderr == ""


@pytest.mark.parametrize("language", ["C", "Python"])
def test_the_kit_prints_its_answers(built: Path, tmp_path: Path, language: str) -> None:
    run = classify(built, "--answers", language)
    assert run.returncode == 0
    (tmp_path / "console.log").write_text(run.stdout)
    model = next(EXPORTS / path.name for path in find_parts(built).iterdir() if path.suffix in (".tflite", ".onnx"))
    found = diff_answers(tmp_path / "console.log", model)
    assert (found.images, found.same_model, found.same_data, found.comparison.moved) == (20, True, True, 0)
    assert found.differences.largest <= PRECISIONS[found.precision].device_slack
    assert found.notes == ()


@pytest.mark.parametrize("language", ["C", "Python"])
def test_the_self_test_tells_another_answer(own_kit: Path, language: str) -> None:
    for folder in (find_parts(own_kit), find_parts(own_kit, "build", platform.machine())):
        (folder / "golden.csv").write_text(spoil_golden((folder / "golden.csv").read_text()))
    run = classify(own_kit, "--self-test", language)
    assert run.returncode == 1
    first, second = run.stdout.splitlines()
    assert first == "self-test: 19 of 20 images give the expected probabilities, 20 the right class"
    found, expected = map(
        float, re.fullmatch(r"FAILED: image 0, class 0: found (\S+), expected (\S+)", second).groups()
    )
    assert found - expected == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("language", ["C", "Python"])
def test_the_self_test_tells_a_model_of_other_weights(own_kit: Path, language: str) -> None:
    other = {".tflite": "small_int8.tflite", ".onnx": "model_dynamic.onnx"}
    for folder in (find_parts(own_kit), find_parts(own_kit, "build", platform.machine())):
        (model,) = (path for path in folder.iterdir() if path.suffix in other)
        shutil.copyfile(EXPORTS / other[model.suffix], model)
    run = classify(own_kit, "--self-test", language)
    assert run.returncode == 1
    assert "FAILED: image " in run.stdout


def test_a_picture_is_classified_alike_in_c_and_python(built: Path, tmp_path: Path, dataset) -> None:
    for index in (0, 1, 2):
        picture = write_picture(tmp_path / "digit.pgm", dataset.test.images[index])
        in_c, in_python = (classify(built, picture, language) for language in ("C", "Python"))
        assert in_c.returncode == in_python.returncode == 0, in_c.stderr + in_python.stderr
        assert in_c.stdout.startswith(f"{picture}: {dataset.test.labels[index]} (")
        assert in_c.stdout == in_python.stdout


@pytest.mark.parametrize("language", ["C", "Python"])
def test_each_picture_is_a_line_and_a_bad_one_leaves_the_others(
    built: Path, tmp_path: Path, dataset, language: str
) -> None:
    pictures = [write_picture(tmp_path / f'a "{index}".pgm', dataset.test.images[index]) for index in (0, 1)]
    (tmp_path / "bad.pgm").write_bytes(b"no picture")
    run = classify(built, ["--json", pictures[0], tmp_path / "bad.pgm", pictures[1]], language)
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "bad.pgm: " in run.stderr
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(one["image"], one["label"]) for one in found] == [(str(pictures[0]), "7"), (str(pictures[1]), "2")]
    for one in found:
        shares = one["probabilities"]
        assert list(shares) == list("0123456789")
        assert max(shares, key=shares.get) == one["label"]
        assert sum(shares.values()) == pytest.approx(1, abs=0.02)
    plain = classify(built, pictures, language)
    assert (plain.returncode, len(plain.stdout.splitlines())) == (0, 2)


@pytest.mark.parametrize("language", ["C", "Python"])
def test_a_blank_picture_is_no_digit(built: Path, tmp_path: Path, language: str) -> None:
    (tmp_path / "blank.pgm").write_bytes(b"P5\n30 20\n255\n" + bytes([200]) * 600)
    run = classify(built, tmp_path / "blank.pgm", language)
    assert (run.returncode, run.stdout) == (2, "")
    assert "blank.pgm: nothing to be seen on it" in run.stderr


def test_a_file_that_is_missing_is_no_failed_self_test(own_kit: Path) -> None:
    (find_parts(own_kit) / "contract.json").unlink()
    run = classify(own_kit, "--self-test", "Python")
    assert (run.returncode, run.stdout) == (2, "")
    assert "this folder isn't whole" in run.stderr


def test_cut_golden_vectors_are_damaged(own_kit: Path) -> None:
    golden = find_parts(own_kit, "build", platform.machine()) / "golden.csv"
    whole = golden.read_text()
    for cut, count in ((whole[:-900], 19), ("".join(whole.splitlines(keepends=True)[:4]), 3), ("", 0)):
        golden.write_text(cut)
        run = classify(own_kit, "--self-test", "C")
        assert (run.returncode, run.stdout) == (2, "")
        assert f"golden.csv is damaged after image {count}" in run.stderr


def test_colours_and_fewer_levels_are_read(built: Path, tmp_path: Path, dataset) -> None:
    page = np.kron(np.pad(dataset.test.images[0], 9), np.ones((4, 4), np.uint8)) // 16
    (tmp_path / "digit.ppm").write_bytes(b"P6 184 184 15\n" + np.repeat(page, 3).astype(np.uint8).tobytes())
    run = classify(built, tmp_path / "digit.ppm", "C")
    assert ": 7 (" in run.stdout, run.stderr


BAD_PICTURES = {
    b"": "not a binary PGM or PPM file",
    b"P2\n2 2\n255\n0 0 0 0": "not a binary PGM or PPM file",
    b"P5\n": "its width or height is missing",
    b"P5\n0 4\n255\n": "its width or height is missing, or above 16384",
    b"P5\n99999999999999999999 4\n255\n": "its width or height is missing, or above 16384",
    b"P5\n# only a comment": "its width or height is missing",
    b"P5\n4 4\n65535\n" + bytes(32): "its largest value isn't between 1 and 255",
    b"P5\n4 4\n255\n" + bytes(15): "it ends within the picture",
}


def test_a_file_that_is_no_picture_is_one_clear_message(built: Path, tmp_path: Path) -> None:
    for content, words in BAD_PICTURES.items():
        (tmp_path / "bad.pgm").write_bytes(content)
        run = classify(built, tmp_path / "bad.pgm", "C")
        assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1), content
        assert words in run.stderr
    for language, words in (("C", "it can't be opened"), ("Python", "can't be read as a picture")):
        run = classify(built, tmp_path / "none.png", language)
        assert (run.returncode, run.stdout) == (2, "")
        assert words in run.stderr


def test_without_a_word_or_a_file_the_program_says_what_it_needs(own_kit: Path) -> None:
    program = find_parts(own_kit, "build", platform.machine()) / "classify"
    for command in ([program], [sys.executable, own_kit / "classify.py"]):
        for words in ([], ["--nonsense"], ["--self-test", "a.pgm"]):
            run = call(*command, *words)
            assert (run.returncode, run.stdout) == (2, "")
            assert "--self-test" in run.stderr
        run = call(*command, "--help")
        assert (run.returncode, run.stderr) == (0, "")
        assert "--self-test" in run.stdout
    (find_parts(own_kit, "build", platform.machine()) / "golden.csv").write_text(
        "index,label,tolerance\n3,7,0.1,nonsense\n"
    )
    run = classify(own_kit, "--self-test", "C")
    assert (run.returncode, run.stderr) == (2, "golden.csv is damaged after image 0\n")
    for path in find_parts(own_kit, "build", platform.machine()).glob("lib*"):
        path.unlink()
    run = classify(own_kit, "--self-test", "C")
    assert run.returncode == 2
    assert "the model can't be opened" in run.stderr


def test_no_word_is_left_open_and_python_parses(built: Path) -> None:
    for path in built.rglob("*"):
        if path.suffix in (".c", ".h", ".py", ".md", ".txt") or path.name == "Makefile":
            assert "@{" not in path.read_text(), path.name
    files = [built / name for name in ("classify.py", "engine.py")]
    ruff, config = (sys.executable, "-m", "ruff"), ("--config", ROOT / "pyproject.toml")
    # A program to copy prints, and imports what it needs at its top.
    for command in (("check", "--ignore", "T201,TID253"), ("format", "--check")):
        run = call(*ruff, *command, *config, *files)
        assert run.returncode == 0, run.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["model_int8.tflite", "model.onnx"])
def test_the_kit_passes_its_self_test_on_the_board_with_the_library_from_pypi(name: str, tmp_path: Path) -> None:
    need_board(EXPORTS / name)
    need("make", install="apt-get install make")
    kit = write_board_kit(EXPORTS / name, tmp_path / "kit")
    arguments = (f"CC={linux.BOARD.compiler}", "MACHINE=aarch64", f"PYTHON={sys.executable}")
    run = call("make", *arguments, cwd=kit)
    assert run.returncode == 0, run.stderr
    assert sorted(path.name for path in find_parts(kit, "build", "aarch64").iterdir()) == sorted(
        ["classify", "golden.csv", name, boards.find_engine(Path(name)).file]
    )
    root = linux.build_root(tmp_path / "root")
    run = call(*linux.BOARD.emulator, "-L", root, find_parts(kit, "build", "aarch64") / "classify", "--self-test")
    assert run.stdout == "self-test: 20 of 20 images give the expected probabilities, 20 the right class\n"
    assert (run.returncode, run.stderr.replace(ANNOUNCEMENT, "")) == (0, "")
