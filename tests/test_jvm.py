"""ONNX Runtime on the Java virtual machine, and the Android kit, whose classes it runs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemnist import export, packages, train
from edgemnist.contract import Contract, Input, Output
from edgemnist.errors import ModelError, RuntimeCrash, ToolMissing
from edgemnist.formats import ModelFile
from edgemnist.kits.android.program import KOTLIN, MODEL_CONTRACT, fetch_jvm
from edgemnist.runtimes import jvm, open_runtime, ort
from edgemnist.runtimes.base import Request
from edgemnist.workflows.kit import kit as write_kit
from edgemnist.workflows.verify import verify
from tests.conftest import ROOT, slow
from tests.drawings.draw import invent, list_drawings, pack, prepare_each, read_found
from tests.test_kits import STAND_INS, call, need
from tests.test_programs import change_input, change_output, tell

MODELS = sorted(path.name for path in (ROOT / "exports").glob("*.onnx"))
TOOLS = ("java", "mvn")
# What Maven says where its repository can't be reached, or doesn't hold what was asked for.
UNREACHABLE = re.compile(r"ERROR.*(Could not (?:transfer|find|resolve)|could not be resolved|Non-resolvable).*")
ANDROID_INSTALL = f"{packages.JVM_INSTALL} aapt"
TYPES = {"float32": TensorProto.FLOAT, "uint8": TensorProto.UINT8, "int8": TensorProto.INT8}
LABELS = tuple("0123456789")


def skip_unreachable(words: str) -> None:
    if found := UNREACHABLE.search(words):
        pytest.skip(f"Maven can't fetch what this needs: {re.sub(r'https?://[^ )]*', '…', found[0])[:200]}")


@pytest.fixture(scope="module")
def build() -> Path:
    """The folder with the compiled classes and the jars that they need."""
    need(*TOOLS, install=packages.JVM_INSTALL)
    try:
        return fetch_jvm() / "target"
    except ToolMissing as error:
        skip_unreachable(error.message)
        raise


# ------------------------------------------------------------------------------------------------- the runtime


def allow(name: str) -> float:
    """How far a probability may be off: eight bits may be rounded to the neighbouring step."""
    return 1 / 255 if "int8" in name else 1e-5


@pytest.mark.parametrize("name", [name if name == "model.onnx" else slow(name) for name in MODELS])
def test_the_jvm_answers_as_python_does(build: Path, name: str, dataset) -> None:
    path, images = ROOT / "exports" / name, dataset.test.images[:500]
    with open_runtime(path) as here, open_runtime(path, runtime="jvm") as there:
        assert (there.info.input, there.info.output, there.info.contract) == (
            here.info.input,
            here.info.output,
            here.info.contract,
        )
        assert there.info.name == "ONNX Runtime for Java"
        assert f"onnxruntime-{there.info.version}.jar" in {jar.name for jar in (build / "lib").iterdir()}
        expected, found = here.predict(images), there.predict(images)
        assert there.run(images[:0]).outputs.shape == (0, 10)
    assert np.abs(found - expected).max() <= allow(name)
    assert np.array_equal(found.argmax(axis=1), expected.argmax(axis=1))


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_all_test_images_get_the_answers_of_the_python_runtime(build: Path, name: str) -> None:
    path = ROOT / "exports" / name
    (verdict,) = verify(path, runtime="jvm", against=path).verdicts
    assert verdict.passed, (verdict.reasons, verdict.error)
    assert verdict.measurement.score.images == 10_000
    assert not verdict.measurement.comparison.flips
    assert verdict.measurement.comparison.max_abs_difference <= allow(name)


def select_pixels(path: Path, input: Input, output: Output, chosen: list[int]) -> Path:
    """Write a model whose scores are the input values of ten pixels: its outputs are its inputs."""
    weights = np.zeros((784, 10), np.float32)
    weights[chosen, range(10)] = 1
    nodes = [
        helper.make_node("Reshape", [input.name, "flat"], ["row"]),
        helper.make_node("Cast", ["row"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["real", "weights"], ["score"]),
        helper.make_node("Cast", ["score"], [output.name], to=TYPES[output.dtype]),
    ]
    graph = helper.make_graph(
        nodes,
        "select",
        [helper.make_tensor_value_info(input.name, TYPES[input.dtype], [1, *input.shape])],
        [helper.make_tensor_value_info(output.name, TYPES[output.dtype], [1, 10])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.array([1, 784]), "flat")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


@pytest.mark.parametrize(
    ("input", "output"),
    [
        (Input("p", (784,), range=(-1.0, 1.0)), Output("s")),
        slow(Input("p", (28, 28, 1), range=(-0.4242129623889923, 2.8214867115020752)), Output("s", kind="logits")),
        (Input("p", (28, 28), "uint8", (0.0, 255.0)), Output("s", "uint8", scale=1 / 256, zero_point=0)),
        slow(Input("p", (784,), "uint8", (1.0, 0.0), 1 / 255, 0), Output("s", "uint8", "logits", 0.1, 7)),
        (Input("p", (1, 28, 28), "int8", (0.0, 1.0), 0.0039215688, -128), Output("s", "int8", "logits", 0.17, -3)),
        (Input("p", (784,), "int8", (0.0, 2.0), 0.0079, -100), Output("s", "int8", scale=1 / 256, zero_point=-128)),
        (Input("p", (784,), "uint8", (0.0, 255.0), 2.0, 0), Output("s", "uint8", scale=1.0, zero_point=0)),
    ],
    ids=["float", "logits", "raw", "inverted", "int8", "clipped", "halves"],
)  # fmt: skip
def test_pixels_and_scores_are_read_as_the_contract_says(
    build: Path, input: Input, output: Output, tmp_path: Path, monkeypatch
) -> None:
    chosen = np.random.default_rng(0).permutation(784)[:10].tolist()
    path = select_pixels(tmp_path / "select.onnx", input, output, chosen)
    images = np.resize(np.arange(256, dtype=np.uint8), (1024, 784))
    images[:, chosen] = np.resize(np.arange(256, dtype=np.uint8), (1024, 10))
    images = images.reshape(-1, 28, 28)
    contract = Contract(input, output, LABELS)
    # Quantized, as no ONNX tensor says.
    monkeypatch.setattr(ort, "settle_signature", lambda *found: (input, output, 10))
    # The program's probabilities are compared with the contract's inside.
    scores = jvm.JvmRuntime(ModelFile.read(path), Request(contract), build).run(images).outputs
    assert scores.dtype == output.dtype
    assert np.array_equal(scores, input.encode(images).reshape(-1, 784)[:, chosen])


def test_a_contract_that_is_not_the_models_is_noticed(build: Path, monkeypatch: pytest.MonkeyPatch, dataset) -> None:
    path, images = ROOT / "exports" / "model.onnx", dataset.test.images[:200]
    with open_runtime(path, runtime="jvm") as runtime:
        tell(monkeypatch, change_output(kind="logits"))
        with pytest.raises(ModelError, match="makes other probabilities of the scores than the contract says"):
            runtime.run(images)
        monkeypatch.undo()
        tell(monkeypatch, change_input(range=(1.0, 0.0)))
        answers = runtime.predict(images).argmax(axis=1)
    assert (answers == dataset.test.labels[:200]).mean() < 0.9


def test_labels_of_any_letters_arrive(tmp_path: Path) -> None:
    labels = ("ä", "=", " #!", "a\\b", "🙂", "\n")
    written = jvm.write_properties(Contract(Input("p : x", (784,)), Output("s"), labels))
    assert written.isascii()
    values = dict(line.split("=", 1) for line in written.splitlines())
    read = {name: value.encode().decode("unicode_escape") for name, value in values.items()}
    assert [read[f"label_{index}"].encode("utf-16", "surrogatepass").decode("utf-16") for index in range(6)] == [
        *labels
    ]
    assert read["input_name"] == "p : x"
    assert values["input_shape"] == "784"


def test_a_file_without_a_contract_is_run_as_its_tensors_suggest(build: Path, tmp_path: Path, dataset) -> None:
    model = onnx.load(ROOT / "exports" / "model_int8.onnx")
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "foreign.onnx")
    with open_runtime(tmp_path / "foreign.onnx", runtime="jvm") as runtime:
        assert runtime.info.contract is None
        answers = runtime.predict(dataset.test.images[:50]).argmax(axis=1)
    assert (answers == dataset.test.labels[:50]).mean() > 0.9


def test_what_the_program_can_not_run_is_a_clear_error(build: Path, tmp_path: Path, dataset) -> None:
    model = onnx.load(ROOT / "exports" / "model_int8.onnx")
    for tensor in (model.graph.input[0], model.graph.output[0]):
        tensor.type.tensor_type.shape.dim[0].dim_value = 4
    onnx.save(model, tmp_path / "four.onnx")
    with open_runtime(tmp_path / "four.onnx", runtime="jvm") as runtime:
        with pytest.raises(
            RuntimeCrash, match=r"ONNX Runtime for Java: exit status 2: Error code - ORT_\w+ - message: .*dimensions"
        ):
            runtime.run(dataset.test.images[:4])
    nodes = [
        helper.make_node("Cast", ["p"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["real", "weights"], ["s"]),
    ]
    graph = helper.make_graph(
        nodes,
        "half",
        [helper.make_tensor_value_info("p", TensorProto.FLOAT16, [1, 784])],
        [helper.make_tensor_value_info("s", TensorProto.FLOAT, [1, 10])],
        [numpy_helper.from_array(np.ones((784, 10), np.float32), "weights")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "h.onnx")
    with pytest.raises(ModelError, match="is float16, and the program in Kotlin knows float32, uint8, int8"):
        open_runtime(tmp_path / "h.onnx", runtime="jvm")


def test_what_is_missing_is_named_with_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEMNIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="needs mvn, which isn't installed") as caught:
        fetch_jvm()
    assert caught.value.hint == packages.JVM_INSTALL
    with pytest.raises(ToolMissing, match="ONNX Runtime for Java: not installed: java, mvn") as caught:
        open_runtime(ROOT / "exports" / "model.onnx", runtime="jvm")
    assert caught.value.hint == packages.JVM_INSTALL
    program = tmp_path / "mvn"
    program.write_text("#!/bin/sh\n[ $1 = --version ] || { echo '[ERROR] Could not transfer artifact'; exit 1; }\n")
    program.chmod(0o755)
    with pytest.raises(ToolMissing, match=r"mvn failed: .*Could not transfer artifact") as caught:
        fetch_jvm()
    assert caught.value.hint == packages.MAVEN_HINT


# ------------------------------------------------------------------------------------------- the digit preparation


def prepare_in_kotlin(build: Path, drawings: list[np.ndarray], folder: Path) -> np.ndarray:
    (folder / "drawings.bin").write_bytes(pack(drawings))
    program = STAND_INS / "jvm" / "PrepareDrawings.java"
    run = call("java", "-cp", f"{build}/classes:{build}/lib/*", program, folder / "drawings.bin", folder / "images.bin")
    assert run.returncode == 0, run.stderr
    return read_found(folder / "images.bin")


@pytest.mark.parametrize("count", [30, slow(3000)])
def test_kotlin_prepares_drawings_to_the_same_bytes(build: Path, count: int, tmp_path: Path) -> None:
    drawings = [*list_drawings().values(), *invent(count, seed=count)]
    found = prepare_in_kotlin(build, drawings, tmp_path)
    assert [index for index, drawing in enumerate(drawings) if (found[index] != prepare_each(drawing)).any()] == []
    assert found[:, 0].any(axis=(1, 2)).mean() > 0.5, "empty pictures would prove nothing"


# ---------------------------------------------------------------------------------------------------- the Android kit


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit of a released model. Read only!"""
    return write_kit("android", ROOT / "exports" / "small_int8.onnx", tmp_path_factory.mktemp("kits") / "android").path


def test_the_app_has_the_very_classes_that_the_runtime_proves(kit: Path) -> None:
    sources = kit / "app/src/main/kotlin/org/edgemnist/digits"
    shared = {path.name for path in KOTLIN.glob("*.kt")} - {"Prove.kt", MODEL_CONTRACT}
    assert {"Classifier.kt", "Contract.kt", "DigitPreparation.kt", "DigitModel.kt", "GoldenVectors.kt"} <= shared
    for name in shared:
        text = (sources / name).read_text()
        assert text == (KOTLIN / name).read_text()
        assert "import android" not in text
    assert not (sources / "Prove.kt").exists()


def test_both_layouts_have_the_same_views(kit: Path) -> None:
    layouts = [path.read_text() for path in sorted((kit / "app/src/main/res").glob("layout*/*.xml"))]
    ids = [sorted(re.findall(r"@\+id/(\w+)", layout)) for layout in layouts]
    assert len(ids) == 2
    assert ids[0] == ids[1] == ["bars", "buttons", "clear", "drawing", "label", "undo"]
    sources = "".join(path.read_text() for path in kit.rglob("*.kt"))
    assert all(f"class {name}(" in sources for name in re.findall(r"<org\.edgemnist\.digits\.(\w+)", layouts[0]))


def test_the_versions_of_the_libraries_are_those_that_are_proven(kit: Path) -> None:
    poms = [path.read_text() for path in (KOTLIN / "pom.xml", STAND_INS / "android" / "pom.xml")]
    gradle = (kit / "build.gradle.kts").read_text() + (kit / "app/build.gradle.kts").read_text()
    kotlin = {
        *re.findall(r"<kotlin\.version>(.*?)<", "".join(poms)),
        *re.findall(r'kotlin\.android"\) version "(.*?)"', gradle),
    }
    runtime = {
        *re.findall(
            r"<artifactId>onnxruntime</artifactId>(?:\s*<!--.*?-->)?\s*<version>(.*?)<", "".join(poms), re.DOTALL
        ),
        *re.findall(r'onnxruntime = "(.*?)"', gradle),
    }
    assert (len(kotlin), len(runtime)) == (1, 1), (kotlin, runtime)


def run_maven(*words: object) -> str:
    run = call("mvn", "--quiet", "--batch-mode", *words)
    if run.returncode:
        skip_unreachable(run.stdout + run.stderr)
    return "" if run.returncode == 0 else run.stdout + run.stderr


def link_resources(kit: Path, folder: Path) -> None:
    """Link the kit's resources against Android's, as Gradle does; leave the R class, and the words for Robolectric."""
    pom = (STAND_INS / "android" / "pom.xml").read_text()
    version = re.search(r"<android\.version>(.*?)<", pom)[1]
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
    words = run_maven(copy, f"-Dartifact=org.robolectric:android-all:{version}", f"-DoutputDirectory={folder}/android")
    assert not words
    main, manifest = kit / "app/src/main", folder / "AndroidManifest.xml"
    text = (main / "AndroidManifest.xml").read_text()  # Gradle puts the package in, too
    manifest.write_text(text.replace("<manifest ", '<manifest package="org.edgemnist.digits" '))
    compiled, linked = folder / "resources.zip", folder / "resources.apk"
    levels = ("--min-sdk-version", "24", "--target-sdk-version", "34")
    for command in (
        ("compile", "--dir", main / "res", "-o", compiled),
        ("link", "-I", folder / f"android/android-all-{version}.jar", "--manifest", manifest, *levels,
         "-A", main / "assets", "--java", folder / "java", "-o", linked, compiled),
    ):  # fmt: skip
        run = call("aapt2", *command)
        assert run.returncode == 0, run.stderr
    settings = folder / "java/com/android/tools/test_config.properties"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f"android_custom_package=org.edgemnist.digits\nandroid_merged_manifest={manifest}\n"
        f"android_merged_assets={main / 'assets'}\nandroid_resource_apk={linked}\n"
    )


def build_kit(kit: Path, folder: Path, *options: str) -> tuple[str, int]:
    """Compile a kit and run its tests; return what Maven says of failures, and how many tests were run."""
    need(*TOOLS, "aapt2", install=ANDROID_INSTALL)
    folder.mkdir(exist_ok=True)
    link_resources(kit, folder)
    names = (f"-Dkit={kit}", f"-Dresources={folder / 'java'}", f"-Dbuild={folder / 'build'}")
    words = run_maven(*options, "-f", STAND_INS / "android" / "pom.xml", *names, "test")
    reports = (folder / "build/surefire-reports").glob("*.txt")
    return words, sum(int(re.search(r"Tests run: (\d+)", report.read_text())[1]) for report in reports)


@pytest.mark.slow
def test_the_app_compiles_against_android_its_unit_tests_pass_and_it_runs_in_robolectric(
    kit: Path, tmp_path: Path
) -> None:
    """The 14 unit tests, which are run without it below, and 6 in Robolectric."""
    assert build_kit(kit, tmp_path, "-Probolectric") == ("", 20)


@pytest.mark.slow
def test_the_unit_tests_tell_a_changed_weight(kit: Path, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(kit, tmp_path / "kit"))
    path = changed / "app/src/main/assets/small_int8.onnx"
    model = onnx.load(path)
    largest = max(
        (one for one in model.graph.initializer if one.data_type == TensorProto.INT8), key=lambda one: len(one.raw_data)
    )
    largest.raw_data = bytes(len(largest.raw_data))
    onnx.save(model, path)
    words, _ = build_kit(changed, tmp_path / "scratch")
    assert "each golden vector gets the expected answer" in words
    assert "Tests run: 14, Failures: 1" in words


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_a_model_of_other_classes_makes_a_working_app(small_npz: Path, tmp_path: Path) -> None:
    train(epochs=2, data=small_npz, output=tmp_path / "three.keras")
    export(tmp_path / "three.keras", format="onnx", data=small_npz, output=tmp_path)
    kit = write_kit("android", tmp_path / "three.onnx", tmp_path / "kit", data=small_npz).path
    contract = (kit / "app/src/main/kotlin/org/edgemnist/digits/ModelContract.kt").read_text()
    assert 'labels = listOf("none", "one", "two")' in contract
    assert build_kit(kit, tmp_path / "scratch") == ("", 14)
