"""Options: one name each, the same in all verbs; old spellings; what is said on stderr; the library names no option."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import numpy as np
import onnx
import pytest
from PIL import Image

import edgemnist
from edgemnist.cli import COMMANDS, group
from edgemnist.cli.renamed import CHANGED, RENAMED
from edgemnist.cli.settings import SETTING_OPTIONS
from edgemnist.reporting.spelling import PARAMETERS, spell_option
from edgemnist.results import Verdict
from tests.conftest import ROOT, convert_here, list_cases
from tests.test_cli import assert_error

EXPORTS = ROOT / "exports"
SMALL = EXPORTS / "small_int8.onnx"
Verdicts = dict[tuple[int, str | None], Verdict]
LONG = (
    "train", "tune", "export", "verify", "benchmark", "compare", "diff", "predict", "explain", "inspect", "kit", "run",
    "report",
)  # fmt: skip


def find_command(name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


def list_options(name: str) -> set[str]:
    return {option for param in find_command(name).params for option in (*param.opts, *param.secondary_opts)}


# What a command line needs beside the old option: its arguments, and the value of the option.
TAKEN: dict[str, tuple[str, list[str], str | None]] = {
    "--output-dir": ("export", ["--format", "onnx"], "x"),
    "--labels": ("verify", ["x.onnx"], "a,b"),
    "--io": ("export", ["--format", "tflite", "--quantize"], "int8"),
    "--pixels": ("export", ["--format", "tflite"], None),
    "--weights": ("export", ["--format", "c"], "dense"),
    "--reference": ("verify", ["x.onnx"], "x.npz"),
    "--array": ("export", ["--format", "c", "--quantize"], None),
    "--prepare": ("predict", ["x.onnx", "x.png"], None),
    "--no-prepare": ("predict", ["x.onnx", "x.png"], None),
}


@pytest.mark.parametrize("old", RENAMED)
def test_an_old_spelling_means_the_new_one_and_says_so(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    verb, words, value = TAKEN[old]
    new = list(RENAMED[old])
    command = find_command(verb)
    given = [] if value is None else [value]
    spellings = [[old, *given], [f"{old}={value}"]] if given else [[old]]
    for spelling in spellings:
        context = command.make_context(verb, [*words, *spelling])
        said = f"note: {old} is {' '.join(new)} now{CHANGED.get(old, '')}; the old spelling"
        assert capsys.readouterr().err == f"{said} goes with the next release\n"
        assert context.params == command.make_context(verb, [*words, *new, *given]).params
    settings = {one.name for one in SETTING_OPTIONS}  # a word may have become another option, of commands that train
    for other in [verb] if old in settings else COMMANDS:
        assert old not in list_options(other)
        assert not re.search(rf"{old}[ ,\n]", find_command(other).get_help(click.Context(find_command(other))))
    assert any(new[0] in list_options(verb) for verb in COMMANDS)


def test_old_spellings_are_values_too(capsys: pytest.CaptureFixture[str]) -> None:
    context = find_command("verify").make_context("verify", ["--", "--labels"])
    assert context.params["paths"] == (Path("--labels"),)
    assert capsys.readouterr().err == ""


def test_every_verb_that_works_long_can_be_quiet_or_verbose_and_names_its_output_alike() -> None:
    for verb in COMMANDS:
        assert ({"-q", "--quiet", "-v", "--verbose"} <= list_options(verb)) == (verb in LONG)
        assert ("--output" in list_options(verb)) == ("-o" in list_options(verb))
        assert "--json" in list_options(verb)


# What a command calls besides the function of its name.
OTHER_CALLS = {"diff": ("diff_answers",)}
# How a result is shown, which no function of the library is told.
SHOWN = ("json", "quiet", "view", "junit", "annotate")


def test_parameters_of_the_library_are_the_options_of_the_command_line() -> None:
    """What is taken as an option's name in a message is one."""
    options = set().union(*map(list_options, COMMANDS))
    assert {spell_option(name, 1)[0] for name in PARAMETERS} <= options
    for verb in LONG:
        calls = [getattr(edgemnist, name) for name in (verb, *OTHER_CALLS.get(verb, ()))]
        known = {name for call in calls for name in inspect.signature(call).parameters}
        for param in find_command(verb).params:
            option = max(param.opts, key=len).removeprefix("--").replace("-", "_")
            gate_or_limits = option in ("timeout", "memory") or option.startswith(("min_", "max_"))
            stated = option in ("mean", "std", *(field.name for field in fields(edgemnist.Statement)))
            setting = max(param.opts, key=len) in {one.name.partition("/")[0] for one in SETTING_OPTIONS}
            others = option in (*SHOWN, "verbose", "source", "help") or gate_or_limits or stated or setting
            assert others or option in known or not isinstance(param, click.Option), (verb, option)


# A whole command, in a README that a kit hands over to a user of a shell.
DOCUMENTS = {"kits/web/page.py"}


def test_the_library_spells_no_option() -> None:
    options = {option for verb in COMMANDS for option in list_options(verb) if option.startswith("--")} | set(RENAMED)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(options, key=len, reverse=True))})(?![\w-])")
    for path in sorted((ROOT / "edgemnist").rglob("*.py")):
        place = path.relative_to(ROOT / "edgemnist")
        if place.parts[0] in ("cli", "reporting") or str(place) in DOCUMENTS:
            continue
        tree = ast.parse(path.read_text())
        for text in (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)):
            assert not any(isinstance(part, ast.Constant) and part.value.endswith("--") for part in text.values), place
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = {word for word in pattern.findall(node.value) if word != node.value}  # a tool's own argument
                assert not found or "apt-get" in node.value or "npm" in node.value, (place, node.value)


def test_a_python_caller_reads_parameters_and_a_shells_user_options(command, tmp_path: Path, stranger: Path) -> None:
    for name in ("small_int8.c", "small_int8.h"):
        shutil.copy(EXPORTS / name, tmp_path)
    path = tmp_path / "small_int8.c"
    path.write_text(path.read_text() + "/* of a stranger */\n")
    (verdict,) = edgemnist.verify(path).verdicts
    assert verdict.error is not None
    assert verdict.error.hint.endswith("or add `trust=True`, for once")
    outcome = command("verify", path, "--json")
    assert outcome.stderr.endswith("or add --trust, for once\n")
    (model,) = json.loads(outcome.stdout)["models"]
    assert model["error"]["hint"].endswith("or add --trust, for once")
    with pytest.raises(edgemnist.UsageError, match="no format given") as caught:
        edgemnist.export(EXPORTS / "small.keras")
    assert caught.value.hint == "`edgemnist.export(format='tflite')`, or `edgemnist.export(all=True)`"
    outcome = command("export")
    assert_error(outcome, "hint:  edgemnist export --format tflite, or edgemnist export --all\n")


def test_only_sentences_of_a_document_are_spelled(command, tmp_path: Path) -> None:
    path = tmp_path / "`trust`.onnx"
    shutil.copy(EXPORTS / "small_int8.onnx", path)
    document = json.loads(command("verify", path, "--json").stdout)
    assert document["models"][0]["model"] == str(path)


def test_no_such_name_is_a_mistake_of_usage(command) -> None:
    calls = (
        lambda: edgemnist.train("magic"),
        lambda: edgemnist.export(format="coreml"),
        lambda: edgemnist.kit("toaster", SMALL, "x"),
        lambda: edgemnist.predict(SMALL, np.zeros((1, 28, 28), np.uint8), runtime="abacus"),
    )
    for call in calls:
        with pytest.raises(edgemnist.UsageError, match=r"no such|no "):
            call()


def test_a_quick_look_is_never_a_verdict(command) -> None:
    outcome = command("verify", SMALL, "--limit", 300)
    assert outcome.status == 0
    assert re.search(r"^verdict +partial *$", outcome.stdout, re.MULTILINE)
    assert "only the first 300 of 10,000 test images were run: the others may differ" in outcome.stdout
    assert "passed" not in outcome.stdout
    document = json.loads(command("verify", SMALL, "--limit", 300, "--json").stdout)
    (model,) = document["models"]
    assert (document["passed"], document["limit"], model["passed"], model["limit"]) == (False, 300, False, 300)
    assert (model["images"], model["recorded_outputs"], model["agreement"] > 0.99) == (300, None, True)
    both = command("verify", SMALL, EXPORTS / "small_int8.tflite", "--limit", 300)
    assert both.stdout.endswith("\n0 of 2 passed, 2 partial\n")
    assert "2 models on the first 300 test images of mnist" in both.stdout
    assert command("verify", EXPORTS / "model_int8.onnx", "--limit", 300, "--min-accuracy", "1").status == 1
    other = command("verify", SMALL, "--limit", 300, "--against", EXPORTS / "small_int8.tflite", "--json")
    assert json.loads(other.stdout)["models"][0]["images"] == 300
    whole = json.loads(command("verify", SMALL, "--limit", 10_000, "--json").stdout)
    assert (whole["passed"], whole["limit"]) == (True, None)
    assert_error(command("verify", SMALL, "--limit", 300, "--record"), "--record keeps what", "--limit")
    with pytest.raises(edgemnist.UsageError, match="limit=0"):
        edgemnist.verify(SMALL, limit=0)


def test_record_never_keeps_what_another_model_says(tmp_path: Path) -> None:
    for name in ("small_int8.onnx", "manifest.json"):
        shutil.copy(EXPORTS / name, tmp_path)
    before = (tmp_path / "manifest.json").read_bytes()
    (verdict,) = edgemnist.verify(tmp_path / SMALL.name, against=EXPORTS / "model.keras", record=True).verdicts
    assert isinstance(verdict.error, edgemnist.UsageError)
    assert (tmp_path / "manifest.json").read_bytes() == before
    (answers,) = EXPORTS.glob("small_answers_*.npz")
    (verdict,) = edgemnist.verify(tmp_path / SMALL.name, against=answers, record=True).verdicts
    assert verdict.passed


def test_pictures_of_a_folder_in_another_runtime(command, dataset, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index, name in ((0, "b.png"), (1, "a.PNG")):
        Image.fromarray(dataset.test.images[index]).save(folder / name)
    (folder / "notes.txt").write_text("no picture")
    document = json.loads(command("predict", EXPORTS / "small_int8.tflite", folder, "--json").stdout)
    assert [(Path(one["image"]).name, one["label"]) for one in document["predictions"]] == [
        ("a.PNG", "2"),
        ("b.png", "7"),
    ]
    exact = edgemnist.predict(EXPORTS / "small_int8.tflite", dataset.test.images[0], runtime="litert-reference")
    assert [one.label for one in exact] == ["7"]
    assert_error(command("predict", SMALL, folder, "--runtime", "tflm"), "tflm doesn't run .onnx files")
    (tmp_path / "empty").mkdir()
    assert_error(command("predict", SMALL, tmp_path / "empty"), "no pictures in this folder", ".png")


def test_kits_and_recipes_are_listed(command) -> None:
    for verb, names in (("kits", [kit.name for kit in edgemnist.KITS]), ("recipes", list(edgemnist.RECIPES))):
        document = json.loads(command(verb, "--json").stdout)
        assert [one["name"] for one in document[verb]] == names
        words = command(verb).stdout
        assert all(name in words for name in names)


def test_a_command_can_be_quiet(command, tmp_path: Path) -> None:
    words = ("kit", SMALL, "--target", "node", "--output")
    loud = command(*words, tmp_path / "loud")
    assert loud.stderr.startswith("next: ")
    quiet = command(*words, tmp_path / "quiet", "-q")
    assert (quiet.status, quiet.stderr) == (0, "")
    assert "wrote" in quiet.stdout
    assert_error(command(*words, tmp_path / "none", "-q", "-v"), "contradict each other")
    assert_error(command("verify", "none.onnx", "--quiet"), "none.onnx: no such file")
    assert command("verify", SMALL, "--limit", "9", "--pixels", "-q").stderr.startswith("error: No such option")
    assert command(*words, tmp_path / "again").stderr.startswith("next: "), "the next command isn't quiet any more"


def test_a_model_is_named_by_its_place_or_by_its_option(command, tmp_path: Path) -> None:
    assert_error(command("export", "a.keras", "--model", "b.keras", "--all"), "FILE (a.keras) and --model (b.keras)")
    assert_error(command("kit", "--target", "web", "--output", tmp_path / "x"), "Missing argument")
    words = ("--target", "node", "--output", tmp_path / "kit", "--json")
    document = json.loads(command("kit", "--model", SMALL, *words).stdout)
    assert document["models"] == [str(SMALL)]


@pytest.mark.parametrize(
    ("output", "words", "message"),
    [
        ("x.onnx", {"all": True}, "11 files are to be written"),
        ("x.onnx", {"format": "tflite"}, "the name of a file of tflite float32 was expected to end in .tflite"),
        ("x.c", {"format": "tflite-array"}, "expected to end in _array.c"),
        ("x_array.c", {"format": "c"}, "of c float32 was expected to end in .c, not in _array.c"),
        ("x.onnx", {"format": "onnx", "name": "y"}, "were both given"),
        ("x", {"format": "onnx", "calibration_images": 100}, "is for int8, int16x8, int4, int2, ternary"),
        ("x", {"format": "tflite", "quantize": "int8", "calibration_images": 0}, "calibration_images=0"),
    ],
)
def test_an_output_that_does_not_fit_is_refused_before_any_work(output: str, words: dict, message: str) -> None:
    with pytest.raises(edgemnist.UsageError, match=re.escape(message)):
        edgemnist.export(EXPORTS / "small.keras", output=output, **words)
    assert not Path(output).exists()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One export as a user types it: a file is named, and the opset and the number of images are chosen."""
    folder = tmp_path_factory.mktemp("written")
    words = [sys.executable, "-m", "edgemnist", "export", EXPORTS / "small.keras", "--format", "onnx", "--quantize",
             "-o", folder / "mine.onnx", "--opset", "18", "--calibration-images", "100", "-v"]  # fmt: skip
    run = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, run
    (folder / "stdout").write_text(run.stdout)
    (folder / "stderr").write_text(run.stderr)
    return folder


@pytest.mark.slow
def test_a_file_is_written_where_one_is_named_as_it_was_ordered(written: Path) -> None:
    model = onnx.load(written / "mine.onnx")
    assert [one.version for one in model.opset_import if not one.domain] == [18]
    entry = json.loads((written / "manifest.json").read_text())["models"]["mine.onnx"]
    assert (entry["options"], entry["calibration"]["images"]) == ({"pixels": False, "opset": 18}, 100)
    report = edgemnist.verify(written / "mine.onnx")
    assert report.passed, report


@pytest.mark.slow
def test_what_converters_print_is_shown_on_stderr_alone(written: Path) -> None:
    assert len((written / "stdout").read_text().splitlines()) == 1
    assert len((written / "stderr").read_text().splitlines()) > 3


@pytest.fixture(scope="module")
def opsets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """A verdict on the file of each case that is run: of one `verify`, which runs the source once."""
    folder = tmp_path_factory.mktemp("opsets")
    paths = {}
    with pytest.MonkeyPatch.context() as monkeypatch:
        convert_here(monkeypatch)
        for case in list_cases(request, "test_every_opset_is_in_the_file_and_passes"):
            key = opset, quantize = case["opset"], case["quantize"]
            words = {"opset": opset, "output": folder / f"{len(paths)}.onnx"}
            (artifact,) = edgemnist.export(EXPORTS / "small.keras", "onnx", quantize, **words)
            paths[key] = artifact.path
        report = edgemnist.verify(*paths.values(), against=EXPORTS / "small.keras", deep=True)
    return dict(zip(paths, report.verdicts, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("opset", [13, 14, 15, 16, 18])
@pytest.mark.parametrize("quantize", [None, "float16", "dynamic", "int8"])
def test_every_opset_is_in_the_file_and_passes(opset: int, quantize: str | None, opsets: Verdicts) -> None:
    verdict = opsets[opset, quantize]
    assert [one.version for one in onnx.load(verdict.model).opset_import if not one.domain] == [opset]
    assert verdict.passed, verdict
    assert verdict.measurement.deep.weights.passed


@pytest.mark.usefixtures("converter_here")
def test_data_and_models_may_be_objects(dataset, tmp_path: Path) -> None:
    test = dataset.test.images[:400], dataset.test.labels[:400]
    arrays = (dataset.training.images[:600], dataset.training.labels[:600]), test
    import keras

    model = keras.models.load_model(EXPORTS / "small.keras", compile=False)
    (artifact,) = edgemnist.export(model, "tflite", data=arrays, output=tmp_path, name="mine")
    assert artifact.path == tmp_path / "mine.tflite"
    opened = edgemnist.load_dataset(arrays, class_names=list("0123456789"))
    assert isinstance(opened, edgemnist.Dataset)
    for data in (arrays, opened):
        (verdict,) = edgemnist.verify(artifact.path, data=data).verdicts
        assert (verdict.passed, verdict.measurement.score.images) == (True, 400)
    for wrong in ([1, 2], (test, (test[0].astype(float), test[1])), test[0]):
        with pytest.raises(edgemnist.DataError, match=r"arrays|data of type|uint8"):
            _ = edgemnist.load_dataset(wrong).test


def test_a_shell_completes_options_and_knows_no_old_spelling() -> None:
    for typed, found in (
        ("export --calib", "plain,--calibration-images"),
        ("export --pix", ""),
        ("ki", "plain,kit\nplain,kits"),
    ):
        words = f"edgemnist {typed}"
        asked = {"_EDGEMNIST_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        environment = {**os.environ, **asked}
        run = subprocess.run([sys.executable, "-m", "edgemnist"], env=environment, capture_output=True, text=True)
        assert (run.returncode, run.stdout.strip(), run.stderr) == (0, found, "")


@pytest.mark.parametrize(
    "words",
    [
        ("verify", EXPORTS / "small_int8.onnx", EXPORTS / "model_int8.tflite"),
        ("verify", EXPORTS / "small_int8.onnx", "--limit", 100),
        ("predict", EXPORTS / "small_int8.onnx", ROOT / "examples" / "python"),
        *((verb,) for verb in ("formats", "runtimes", "kits", "recipes", "guide")),
    ],
    ids=lambda words: f"{words[0]} {len(words)}",
)
def test_a_pipe_gets_no_blanks_at_the_ends_of_lines(command, words: tuple[object, ...], monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    outcome = command(*words)
    assert outcome.stdout
    assert not [line for line in (outcome.stdout + outcome.stderr).splitlines() if line != line.rstrip()]
