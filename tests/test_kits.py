"""Kits: the examples are what `kit` writes, each self-test passes on its target, and says so where a weight changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edgemnist import verify
from edgemnist.errors import ModelError, UsageError, WriteError
from edgemnist.files import hash_bytes
from edgemnist.files.folders import replace_folder
from edgemnist.formats import ModelFile
from edgemnist.kits import KITS, find_kit
from edgemnist.kits.base import Kit
from edgemnist.kits.golden import GoldenVectors, allow_rounding, choose_images, write_rows
from edgemnist.machines import FIRMWARE, MACHINES, find_machine
from edgemnist.machines.building import name_memories
from edgemnist.results import AnswerDifference, Report
from edgemnist.runtimes import RUNTIMES, open_runtime
from edgemnist.trust import trust
from edgemnist.workflows.diff_answers import diff_answers
from edgemnist.workflows.kit import kit as write_kit
from tests import changes
from tests.conftest import ROOT, slow
from tests.tools.examples import list_models

STAND_INS = ROOT / "tests" / "kits"
C_MODEL, TFLITE_MODEL = ROOT / "exports" / "small_int8.c", ROOT / "exports" / "small_int8.tflite"
ONNX_MODEL = ROOT / "exports" / "small_int8.onnx"
BOARDS = [target.name for target in MACHINES if target.script == "cortex_m.ld" and not target.small]
FIRMWARE_TOOLS = "apt-get install make gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm"
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-pedantic")
HIT = re.compile(r"20 of 20 images give the expected")


def need(*tools: str, install: str) -> None:
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        reason = f"{', '.join(missing)} missing: {install}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def call(*command: object, cwd: Path | None = None, given: bytes = b"") -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        [str(word) for word in command], cwd=cwd, input=given, capture_output=True, check=False, timeout=600
    )
    return subprocess.CompletedProcess(run.args, run.returncode, run.stdout.decode(), run.stderr.decode())


def compile_all(compiler: str, files: list[Path], program: Path, *options: str) -> None:
    run = call(compiler, *options, *files, "-o", program)
    assert run.returncode == 0, run.stderr


def damage(path: Path) -> None:
    """Change one digit of the largest table of weights: in a C model, the last number of its longest line."""
    lines = path.read_text().splitlines()
    longest = max(range(len(lines)), key=lambda index: lines[index].count(","))
    lines[longest] = "127," + lines[longest].split(",", 1)[1]
    path.write_text("\n".join(lines) + "\n")


def spoil_golden(text: str) -> str:
    """Expect another probability, of class 0 in image 0, than the model that was proven gives."""
    header, first, *others = text.splitlines()
    index, label, tolerance, nought, *more = first.split(",")
    return "\n".join([header, ",".join([index, label, tolerance, str(float(nought) - 0.25), *more]), *others, ""])


class Kits(dict[str, Path]):
    """Each kit, written from the released models when a test first asks for it; each model is verified once."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._reports: dict[tuple[str, str | None], Report] = {}

    def __missing__(self, name: str) -> Path:
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr("edgemnist.workflows.embedding.verify", self._verify)
            self[name] = write_kit(name, list_models(find_kit(name)), self._folder / name, build=False).path
        return self[name]

    def _verify(self, file: ModelFile, *, runtime: str | None, **settings: Any) -> Report:
        key = file.sha256, runtime
        if key not in self._reports:
            self._reports[key] = verify(file, runtime=runtime, **settings)
        return self._reports[key]


@pytest.fixture(scope="module")
def kits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each kit, written from the released models. Read only!"""
    return Kits(tmp_path_factory.mktemp("kits"))


@pytest.fixture
def firmware(kits: dict[str, Path], tmp_path: Path) -> Path:
    need("make", "arm-none-eabi-gcc", "qemu-system-arm", install=FIRMWARE_TOOLS)
    return Path(shutil.copytree(kits["microcontroller"], tmp_path / "firmware"))


def read_folder(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {name: content for name, content in found.items() if not name.startswith("build/")}


@pytest.mark.parametrize("name", [slow(kit.name) if kit.name == "tflite-micro" else kit.name for kit in KITS])
def test_an_example_is_what_kit_writes(kits: dict[str, Path], name: str) -> None:
    expected, found = read_folder(kits[name]), read_folder(ROOT / "examples" / name)
    assert sorted(found) == sorted(expected)
    stale = [path for path, content in expected.items() if found[path] != content]
    assert not stale, f"write it again, python -m tests.tools.examples: {stale}"


@pytest.mark.slow
@pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.name)
def test_a_kit_is_the_same_each_time_and_its_record_is_right(kits: dict[str, Path], kit, tmp_path: Path) -> None:
    again = write_kit(kit.name, list_models(kit), tmp_path / "again", build=False)
    files = read_folder(tmp_path / "again")
    assert files == read_folder(kits[kit.name])
    assert list(again.files) == sorted(files)
    record = json.loads(files["kit.json"])
    assert record["verified"] is True
    assert set(record["files"]) == set(files) - {"kit.json"}
    models = {kit.place(path.name) for path in list_models(kit) if kit.embedding == "file"}
    texts = [content.decode() for name, content in files.items() if name not in models]
    assert all("@{" not in text and str(tmp_path) not in text for text in texts)


@pytest.mark.parametrize("board", [name if name in ("cortex-m3", "cortex-m55") else slow(name) for name in BOARDS])
def test_the_firmware_passes_its_self_test_on_every_board(firmware: Path, board: str) -> None:
    run = call("make", "-s", "run", f"BOARD={board}", cwd=firmware)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stderr == "", "the compiler warns"
    assert run.stdout.startswith("self-test: 20 of 20 images give the expected logits, 20 the right class\n")
    assert "\ncycles an image: no counter here\n" in run.stdout, "as QEMU has none"
    assert run.stdout.endswith("this is: 7\n")


def find_difference(said: str, log: Path, model: Path, **settings: Any) -> AnswerDifference:
    """Compare what a target printed with what the model answers here."""
    log.write_text(said)
    found = diff_answers(log, model, **settings)
    assert (found.images, found.same_model, found.same_data, found.notes) == (20, True, True, ())
    return found


def test_the_firmware_prints_its_answers_where_it_is_asked(firmware: Path) -> None:
    run = call("make", "-s", "run", "ANSWERS=1", cwd=firmware)
    assert run.returncode == 0
    found = find_difference(run.stdout, firmware / "serial.log", C_MODEL)
    assert (found.differences.unit, found.differences.different, found.word) == ("step", 0, "partial")


@pytest.mark.sample
def test_the_firmware_tells_a_changed_weight(firmware: Path) -> None:
    damage(firmware / "src" / C_MODEL.name)
    run = call("make", "-s", "run", cwd=firmware)
    assert find_difference(run.stdout, firmware / "serial.log", C_MODEL).differences.different > 0
    assert run.returncode == 2
    assert re.match(r"self-test: \d+ of 20 images .*\nFAILED: image \d+, the logit of class \d", run.stdout)
    assert "Error 1" in run.stderr, "the firmware's own exit status"


def test_the_makefile_names_the_boards_it_knows(firmware: Path) -> None:
    run = call("make", "BOARD=pdp-11", cwd=firmware)
    assert run.returncode == 2
    assert all(board in run.stderr for board in BOARDS)


def test_the_linker_refuses_what_does_not_fit(firmware: Path) -> None:
    run = call("make", "run", "MEMORY_cortex-m3=FLASH_ORIGIN=0 FLASH_SIZE=20000 RAM_ORIGIN=0x20000000 RAM_SIZE=9000", cwd=firmware)  # fmt: skip  # noqa: E501
    assert run.returncode == 2
    assert "FLASH" in run.stderr


@pytest.mark.slow
def test_a_float_model_passes_on_cores_with_and_without_a_floating_point_unit(ladder: Path, tmp_path: Path) -> None:
    need("make", "arm-none-eabi-gcc", "qemu-system-arm", install=FIRMWARE_TOOLS)
    kit = write_kit("microcontroller", ladder / "model.c", tmp_path / "kit").path
    for board in ("cortex-m3", "cortex-m4"):
        said = call("make", "-s", "run", f"BOARD={board}", "ANSWERS=1", cwd=kit).stdout
        assert HIT.search(said), board
        found = find_difference(said, kit / "board.log", ladder / "model.c", trust=True)
        assert (found.differences.unit, found.comparison.moved) == ("output", 0)
        assert found.differences.largest < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["gcc", "arm-none-eabi-gcc"])
@pytest.mark.parametrize("name", ["microcontroller", "arduino"])
def test_the_c_of_a_kit_compiles_without_a_warning(kits: dict[str, Path], name: str, compiler: str) -> None:
    need(compiler, install=FIRMWARE_TOOLS)
    for path in sorted(kits[name].rglob("*.c")):
        if compiler != "gcc" or path.name not in ("startup_cortex_m.c", "semihosting.c"):
            core = () if compiler == "gcc" else ("-mthumb", "-mcpu=cortex-m4")
            run = call(compiler, "-std=c99", *WARNINGS, *core, f"-I{kits[name] / 'src'}", "-c", path, "-o", os.devnull)
            assert run.returncode == 0, run.stderr


@pytest.fixture
def sketch(kits: dict[str, Path], tmp_path: Path) -> Path:
    need("gcc", "g++", install="apt-get install gcc g++")
    return Path(shutil.copytree(kits["arduino"], tmp_path / "arduino")) / "classifier"


def build_sketch(sketch: Path, sources: Path | None = None) -> Path:
    """As the Arduino IDE does: C as C, the sketch as C++ with Arduino.h before its first line.

    `sources`: where the C is, of a library.
    """
    objects, sources = [], sources or sketch
    for path in sources.glob("*.c"):
        objects.append(path.with_suffix(".o"))
        assert call("gcc", "-std=c99", "-O2", *WARNINGS, "-c", path, "-o", objects[-1]).returncode == 0
    stand_in = ("-I", str(sources), "-include", str(STAND_INS / "arduino" / "Arduino.h"))
    options = ("-std=c++17", *WARNINGS, *stand_in, "-x", "c++", str(sketch / "classifier.ino"), "-x", "none")
    compile_all("g++", objects, sketch / "sketch", *options)
    return sketch / "sketch"


def test_the_sketch_is_named_like_its_folder(kits: dict[str, Path]) -> None:
    for name in ("arduino", "microcontroller"):
        (sketch,) = kits[name].rglob("*.ino")
        assert sketch.stem == sketch.parent.name


def test_the_firmware_is_an_arduino_library(kits: dict[str, Path]) -> None:
    """Of the format 1.5: the fields that the IDE and the library manager ask for; all that is compiled is in src/."""
    folder = kits["microcontroller"]
    lines = (folder / "library.properties").read_text().splitlines()
    fields = dict(line.split("=", 1) for line in lines)
    needed = "name version author maintainer sentence paragraph category url architectures"
    assert set(needed.split()) <= set(fields)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}", fields["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", fields["version"])
    assert (folder / "src" / fields["includes"]).is_file()
    (sketch,) = (folder / "examples").rglob("*.ino")
    assert f'#include "{fields["includes"]}"' in sketch.read_text(), "by which the IDE finds the library"


CMAKE_PROJECT = """
cmake_minimum_required(VERSION 3.16)
project(app LANGUAGES C)
add_subdirectory({kit} small_int8)
add_executable(app app.c)
target_link_libraries(app PRIVATE small_int8_self_test)
"""
CMAKE_PROGRAM = """
#include <stdio.h>
#include "self_test.h"
static small_int8_arena arena;
int main(void) { printf("%d", run_self_test(&arena).same); }
"""


@pytest.mark.slow
def test_the_firmware_is_a_cmake_library(kits: dict[str, Path], tmp_path: Path) -> None:
    need("cmake", "make", "gcc", "arm-none-eabi-gcc", install=f"{FIRMWARE_TOOLS} cmake gcc")
    (tmp_path / "CMakeLists.txt").write_text(CMAKE_PROJECT.format(kit=kits["microcontroller"]))
    (tmp_path / "app.c").write_text(CMAKE_PROGRAM)
    bare = ("-DCMAKE_SYSTEM_NAME=Generic", "-DCMAKE_C_COMPILER=arm-none-eabi-gcc",
            "-DCMAKE_C_FLAGS=-mcpu=cortex-m4 -mthumb --specs=nosys.specs")  # fmt: skip
    for name, options in (("host", ()), ("bare", bare)):
        for arguments in (("-S", tmp_path, "-B", tmp_path / name, *options), ("--build", tmp_path / name)):
            run = call("cmake", *arguments)
            assert run.returncode == 0, run.stdout + run.stderr
    assert call(tmp_path / "host" / "app").stdout == "20"


def test_cycles_are_counted_where_the_core_counts_them(kits: dict[str, Path], tmp_path: Path) -> None:
    """On RISC-V, whose counter QEMU has: the firmware with that machine's start-up."""
    machine = find_machine("riscv32")
    need(machine.compiler, machine.emulator[0], install=f"apt-get install {' '.join(machine.packages)}")
    kit = kits["microcontroller"]
    symbols = {"STACK_SIZE": 4096, **name_memories(machine, (machine.flash, machine.ram))}
    command = [
        machine.compiler, *machine.flags, *machine.link_flags, "-O2", f"-I{kit / 'src'}", f"-I{kit}",
        "-T", FIRMWARE / "riscv.ld", *(f"-Wl,--defsym={name}={at}" for name, at in symbols.items()),
        FIRMWARE / "startup_riscv.S", kit / "main.c", kit / "semihosting.c", *sorted((kit / "src").glob("*.c")),
        "-o", tmp_path / "firmware.elf",
    ]  # fmt: skip
    run = call(*command)
    assert run.returncode == 0, run.stderr
    run = call(*machine.emulator, tmp_path / "firmware.elf")
    said = run.stdout + run.stderr  # QEMU's semihosting console is stderr here
    assert HIT.search(said), said
    (cycles,) = re.findall(r"^cycles an image: (\d+)$", said, re.MULTILINE)
    assert int(cycles) > 1000


def test_the_sketch_answers_images_from_the_serial_line(
    kits: dict[str, Path], sketch: Path, tmp_path: Path, dataset
) -> None:
    images = dataset.test.images[:50]
    with open_runtime(C_MODEL) as runtime:
        expected = runtime.run(images).outputs.argmax(axis=1)
    library = Path(shutil.copytree(kits["microcontroller"], tmp_path / "library"))
    for program in (build_sketch(sketch), build_sketch(library / "examples" / "classifier", library / "src")):
        run = call(program, given=images.tobytes() + bytes(100))
        lines = run.stdout.split("\r\n")
        assert lines[0] == "self-test: 20 of 20 images give the expected logits"
        assert lines[1:3] == ["time: 50 microseconds an image", "ready"], "the stand-in's clock: a millisecond a look"
        assert lines[3:-2] == [str(answer) for answer in expected]
        assert lines[-2:] == ["error: 784 bytes expected, but 100 came", ""]


def test_the_sketch_prints_its_answers_where_it_is_asked(sketch: Path) -> None:
    source = sketch / "classifier.ino"
    source.write_text(source.read_text().replace("#define PRINT_ANSWERS 0", "#define PRINT_ANSWERS 1"))
    run = call(build_sketch(sketch))
    assert find_difference(run.stdout, sketch / "serial.log", C_MODEL).differences.different == 0


def test_the_sketch_does_not_answer_with_a_changed_weight(sketch: Path) -> None:
    damage(sketch / C_MODEL.name)
    run = subprocess.run([build_sketch(sketch)], input=b"", capture_output=True, check=False, timeout=60)
    assert b"FAILED" in run.stdout
    assert b"ready" not in run.stdout


def test_the_compute_part_of_the_sketch_compiles_as_cpp_for_a_microcontroller(sketch: Path) -> None:
    need("arm-none-eabi-g++", install=FIRMWARE_TOOLS)
    for path in sorted(sketch.glob("*.c")):
        run = call(
            "arm-none-eabi-g++", "-x", "c++", "-mthumb", "-mcpu=cortex-m4", "-Wall", "-c", path, "-o", os.devnull
        )
        assert run.returncode == 0, run.stderr


def read_golden(folder: Path, classes: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Read images and scores back from golden.c."""
    text = next(folder.rglob("golden.c")).read_text()
    _, scores, pixels = (re.findall(r"-?\d+", part.partition("=")[2]) for part in text.split("};")[:3])
    return np.array(pixels, np.uint8).reshape(-1, 28, 28), np.array(scores, int).reshape(-1, classes)


def test_golden_vectors_are_the_runtimes_own_answers(kits: dict[str, Path], dataset) -> None:
    for name, path, runtime_name in (
        ("microcontroller", C_MODEL, None),
        ("tflite-micro", TFLITE_MODEL, "tflm"),
    ):
        images, scores = read_golden(kits[name])
        assert images.shape == (20, 28, 28)
        with open_runtime(path, runtime=runtime_name) as runtime:
            assert (runtime.run(images).outputs == scores).all(), name
    # The array in the kit is the .tflite file, and gives these answers, too.
    with open_runtime(kits["tflite-micro"] / "small_int8_array.c", runtime="tflm") as runtime:
        assert (runtime.run(images).outputs == scores).all()
    assert np.median(scores.max(axis=1)) < 250, "sure answers would say little"
    first, second = (np.flatnonzero(dataset.test.labels == 7)[:2], np.flatnonzero(dataset.test.labels == 0)[:2])
    images, _ = read_golden(kits["microcontroller"])
    assert (images[[7, 17, 0, 10]] == dataset.test.images[[*first, *second]]).all()


def build_cpp(folder: Path, stand_in: Path, *options: str) -> Path:
    need("gcc", "g++", install="apt-get install gcc g++")
    objects = []
    for path in folder.glob("*.c"):
        objects.append(path.with_suffix(".o"))
        assert call("gcc", "-c", path, "-o", objects[-1]).returncode == 0
    sources = [folder / "main.cc", folder / "classifier.cc", *objects]
    compile_all("g++", sources, folder / "program", "-std=c++17", "-I", str(stand_in), "-I", str(folder), *options)
    return folder / "program"


@pytest.mark.parametrize(("wrong_by", "status", "words"), [(0, 0, "20 of 20 images"), (1, 1, "FAILED: image 0 ")])
def test_the_cpp_of_tflite_micro_tests_itself(
    kits: dict[str, Path], tmp_path: Path, wrong_by: int, status: int, words: str
) -> None:
    """Against stand-ins of TFLite Micro's headers, whose interpreter gives the expected answers, or others."""
    folder = Path(shutil.copytree(kits["tflite-micro"], tmp_path / "kit"))
    options = ("-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Werror", f"-DWRONG_BY={wrong_by}")
    run = call(build_cpp(folder, STAND_INS / "tflm", "-DPRINT_ANSWERS=1", *options))
    assert run.returncode == status
    assert words in run.stdout
    found = find_difference(run.stdout, folder / "serial.log", TFLITE_MODEL, runtime="tflm")
    assert found.differences.unit == "step"
    assert (found.differences.different > 0) == bool(wrong_by)


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_a_float_kit_passes_in_tflite_micro_of_2020(tmp_path: Path) -> None:
    """Linked with the C++ library itself, as the crate tfmicro carries it; two headers adapt it to today's names.

    That version knows no scale a channel in dense layers, so it runs the float32 form.
    """
    from edgemnist import export

    if shutil.which("cargo") is None and os.environ.get("CI") != "true":
        pytest.skip("apt-get install cargo")
    project = tmp_path / "fetch"
    project.mkdir()
    manifest = (
        '[package]\nname = "fetch"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n[dependencies]\ntfmicro = "=0.1.0"\n'
    )
    (project / "Cargo.toml").write_text(manifest)
    (project / "lib.rs").touch()
    if call("timeout", "120", "cargo", "fetch", cwd=project).returncode:
        pytest.skip("the crate tfmicro can't be fetched: cargo fetch")
    found = json.loads(call("cargo", "metadata", "--format-version", "1", "--offline", cwd=project).stdout)
    (crate,) = (package for package in found["packages"] if package["name"] == "tfmicro")
    tree = Path(crate["manifest_path"]).parent / "submodules" / "tensorflow"
    objects = build_tflite_micro(tree, tmp_path / "objects")
    export(ROOT / "exports" / "small.keras", format="tflite", output=tmp_path)
    kit = write_kit("tflite-micro", tmp_path / "small.tflite", tmp_path / "kit").path
    header = kit / "small_array.h"  # this version needs a larger arena than the one it was measured in
    header.write_text(re.sub(r"(_ARENA_BYTES) \d+", r"\1 60000", header.read_text()))
    run = call(build_cpp(kit, STAND_INS / "tflm_2020", *name_options(tree), *map(str, objects)))
    assert HIT.search(run.stdout), run.stdout + run.stderr
    assert run.returncode == 0


def name_options(tree: Path) -> list[str]:
    downloads = tree / "tensorflow/lite/micro/tools/make/downloads"
    folders_ = (tree, downloads, downloads / "gemmlowp", downloads / "flatbuffers/include", downloads / "ruy")
    macros = ["-DTF_LITE_STATIC_MEMORY", "-DGEMMLOWP_ALLOW_SLOW_SCALAR_FALLBACK", "-include", "cstdint"]
    return ["-w", "-fpermissive", *macros, *(f"-I{path}" for path in folders_)]


def build_tflite_micro(tree: Path, objects: Path) -> list[Path]:
    from concurrent.futures import ThreadPoolExecutor

    lite = tree / "tensorflow/lite"
    sources = [
        path for part in ("micro", "micro/kernels", "micro/memory_planner") for path in (lite / part).glob("*.cc")
    ]
    names = ("error_reporter", "flatbuffer_conversions", "op_resolver", "tensor_utils")
    sources = [path for path in sources if "test" not in path.name]
    sources += [lite / "core/api" / f"{name}.cc" for name in names]
    sources += [lite / "kernels/internal/quantization_util.cc", lite / "kernels/kernel_util.cc", lite / "c/common.c"]
    objects.mkdir()

    def build(path: Path) -> Path:
        target = objects / f"{path.name}.o"
        options = [f"-I{tree}", "-w"] if path.suffix == ".c" else ["-std=c++14", *name_options(tree)]
        run = call("gcc" if path.suffix == ".c" else "g++", "-O1", *options, "-c", path, "-o", target)
        assert run.returncode == 0, run.stderr[:1000]
        return target

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(build, sources))


# ------------------------------------------------------------------------------------------------ bad input


def test_the_command_says_what_it_wrote_and_what_is_next(command, tmp_path: Path) -> None:
    words = ("kit", "--target", "microcontroller", "--model", C_MODEL, "--unverified")
    found = command(*words, "--output", tmp_path / "a b")
    assert (found.status, found.stdout.count("\n")) == (0, 1)
    assert f"wrote {tmp_path}/a b  kit microcontroller of {C_MODEL}: 19 files, 20 golden vectors" in found.stdout
    assert f"next: make -C '{tmp_path}/a b' run" in found.stderr
    found = command("kit", "--target", "node", "--model", ONNX_MODEL, "--output", tmp_path / "c", "--json")
    document = json.loads(found.stdout)
    assert document["verified"] is True
    assert "golden.csv" in document["files"]


def test_bad_input_is_one_clear_message_and_writes_nothing(command, tmp_path: Path) -> None:
    for target, model, words in (
        ("pdp-11", C_MODEL, "'pdp-11' is not one of 'web'"),
        ("web", C_MODEL, "the kit web takes a .onnx or .tflite file, found .c"),
        ("node", TFLITE_MODEL, "the kit node takes a .onnx file, found .tflite"),
        ("arduino", TFLITE_MODEL, "the kit arduino takes a .c file, found .tflite"),
        ("tflite-micro", C_MODEL, "the kit tflite-micro takes a .tflite file, found .c"),
        ("arduino", tmp_path / "none.c", "none.c: no such file"),
        ("arduino", C_MODEL.with_suffix(".h"), "takes a .c file, found .h"),
        ("arduino", STAND_INS.parent / "conftest.py", "takes a .c file, found .py"),
    ):
        found = command("kit", "--target", target, "--model", model, "--output", tmp_path / "kit")
        assert (found.status, found.stdout) == (2, ""), words
        assert words in found.stderr.replace("\n", " ")
        assert not (tmp_path / "kit").exists()
    for others, words in (
        ((ROOT / "exports" / "model_int8.onnx",), "takes one model of each kind (.onnx, .tflite), found 2"),
        (
            (ROOT / "exports" / "model_int8.tflite",),
            "small_int8.onnx was made from small.keras, model_int8.tflite from model.keras",
        ),
    ):
        models = [word for path in (ONNX_MODEL, *others) for word in ("--model", path)]
        found = command("kit", "--target", "web", *models, "--output", tmp_path / "kit", "--no-build")
        assert (found.status, found.stdout) == (2, ""), words
        assert words in found.stderr.replace("\n", " ")
        assert not (tmp_path / "kit").exists()
    with pytest.raises(UsageError, match="pdp-11: no such kit"):
        find_kit("pdp-11")


@pytest.fixture
def own_model(tmp_path: Path) -> Path:
    """A copy of the released C model, with its source's answers beside it, that no manifest lists."""
    folder = tmp_path / "models"
    folder.mkdir()
    for path in (C_MODEL, C_MODEL.with_suffix(".h"), *C_MODEL.parent.glob("small_answers_*.npz")):
        shutil.copyfile(path, folder / path.name)
    shutil.copyfile(C_MODEL.with_name("small.keras"), folder / "small.keras")
    return folder / C_MODEL.name


def test_a_model_is_not_called_as_a_file_of_the_kit(own_model: Path, tmp_path: Path) -> None:
    name = own_model.rename(own_model.with_name("main.c"))
    with pytest.raises(ModelError, match=r"main\.c: the kit microcontroller has a file of its own of that name"):
        write_kit("microcontroller", name, tmp_path / "kit", trust=True, unverified=True)
    assert not (tmp_path / "kit").exists()


def test_what_is_next_is_true(command, tmp_path: Path) -> None:
    found = command("kit", "--target", "web", "--model", ONNX_MODEL, "--output", tmp_path / "page", "--no-build")
    assert found.status == 0
    assert f"next: cd {tmp_path}/page && npm ci --ignore-scripts && npm run build" in found.stderr
    assert not (tmp_path / "page" / "build").exists()


def test_code_from_elsewhere_is_run_only_when_trusted(command, own_model: Path, tmp_path: Path) -> None:
    own_model.write_text(own_model.read_text() + "/* of a stranger */\n")
    arguments = ("kit", "--target", "arduino", "--model", own_model, "--output", tmp_path / "kit")
    found = command(*arguments)
    assert found.status == 2
    assert "it isn't among the files that you made or trust" in found.stderr
    assert "--trust" in found.stderr
    assert command(*arguments, "--unverified").status == 2
    assert not (tmp_path / "kit").exists()
    assert command(*arguments, "--trust").status == 0


def test_a_model_that_does_not_pass_is_refused_unless_asked_for(command, own_model: Path, tmp_path: Path) -> None:
    model = Path(shutil.copy(ONNX_MODEL, own_model.parent))
    changes.change_kind(model, "classes swapped")
    arguments = ("kit", "--target", "node", "--model", model, "--output", tmp_path / "kit")
    found = command(*arguments)
    assert (found.status, found.stdout) == (2, "")
    assert "not verified, so no kit is written" in found.stderr
    assert "--unverified" in found.stderr
    assert not (tmp_path / "kit").exists()
    found = command(*arguments, "--unverified")
    assert found.status == 0
    assert "wasn't verified" in found.stderr
    assert "was not verified" in (tmp_path / "kit" / "README.md").read_text()
    assert json.loads((tmp_path / "kit" / "kit.json").read_text())["verified"] is False


def write_two_outputs(path: Path, *, first: bool) -> Path:
    """The released model with its logits as one more output; `first`: its scores stay the first one."""
    model = schema.ModelT.InitFromPackedBuf(TFLITE_MODEL.read_bytes(), 0)
    graph = model.subgraphs[0]
    (scores,) = graph.outputs
    logits = next(one for one in graph.operators if scores in one.outputs).inputs[0]
    graph.outputs, model.signatureDefs = [scores, logits] if first else [logits, scores], None
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    trust([hash_bytes(path.read_bytes())])
    return path


@pytest.mark.parametrize("kit", [kit for kit in KITS if ".tflite" in kit.extensions], ids=lambda kit: kit.name)
def test_another_output_than_the_first_is_refused(tmp_path: Path, kit: Kit) -> None:
    path = write_two_outputs(tmp_path / "second.tflite", first=False)
    with pytest.raises(
        ModelError, match=r"of its 2 outputs \(.*, probs\) probs holds the scores, and .* takes the first"
    ):
        write_kit(kit.name, path, tmp_path / "kit", unverified=True, build=False)
    assert not (tmp_path / "kit").exists()
    path = write_two_outputs(tmp_path / "first.tflite", first=True)
    assert write_kit(kit.name, path, tmp_path / "kit", unverified=True, build=False).files


@pytest.mark.parametrize("runtime", ["tflm", "browser-litert", "aarch64-litert"])
def test_runtimes_that_take_the_first_output_say_so(tmp_path: Path, runtime: str) -> None:
    entry = next(row for row in RUNTIMES if row.name == runtime)
    if not entry.ready:
        pytest.skip(entry.install)
    with pytest.raises(ModelError, match=r"probs holds the scores, and (this program|TFLite Micro) takes the first"):
        open_runtime(write_two_outputs(tmp_path / "second.tflite", first=False), runtime=runtime)
    with open_runtime(tmp_path / "second.tflite") as usual, open_runtime(TFLITE_MODEL) as released:
        images = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
        assert np.array_equal(usual.run(images).outputs, released.run(images).outputs)


@pytest.fixture(scope="module")
def umlauts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released models, and their header, under names with umlauts."""
    folder = tmp_path_factory.mktemp("umlauts")
    for path in (C_MODEL, C_MODEL.with_suffix(".h"), TFLITE_MODEL, ONNX_MODEL):
        content = path.read_bytes().replace(b'"small_int8.h"', '"größe_1.h"'.encode())
        (folder / f"größe_1{path.suffix}").write_bytes(content)
    trust(hash_bytes(path.read_bytes()) for path in folder.iterdir())
    return folder


@pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.name)
def test_names_with_umlauts_are_made_plain(umlauts: Path, tmp_path: Path, kit: Kit) -> None:
    models = [umlauts / f"größe_1{extension}" for extension in kit.extensions]
    write_kit(kit.name, models, tmp_path / "kit", unverified=True, build=False)
    names = [path.relative_to(tmp_path / "kit").as_posix() for path in (tmp_path / "kit").rglob("*")]
    assert all(re.fullmatch(r"[A-Za-z0-9._/-]+", name) for name in names)
    ours = [name for name in names if "grosse_1" in name]
    assert len(ours) == {"c": 2, "array": 2, "file": len(models)}[kit.embedding]
    texts = {name: (tmp_path / "kit" / name).read_bytes() for name in names if (tmp_path / "kit" / name).is_file()}
    mentioned = {name for name, text in texts.items() if "größe".encode() in text}
    assert mentioned <= {name for name in ours if name.endswith(".c")}, "the comment on top of C, as it was exported"
    for name in ours:
        assert any(Path(name).name.encode() in text for other, text in texts.items() if other != name), name
    for path in (tmp_path / "kit").rglob("grosse_1.c"):
        compile_all("cc", [path], tmp_path / "model.o", "-std=c99", "-c", *WARNINGS)


@pytest.mark.slow
def test_firmware_of_a_model_with_umlauts_runs(umlauts: Path, tmp_path: Path) -> None:
    need("make", "arm-none-eabi-gcc", "qemu-system-arm", install=FIRMWARE_TOOLS)
    write_kit("microcontroller", umlauts / "größe_1.c", tmp_path / "kit", unverified=True)
    run = call("make", "-C", tmp_path / "kit", "run")
    assert run.returncode == 0, run
    assert HIT.search(run.stdout)


def test_only_an_unchanged_kit_is_replaced(command, tmp_path: Path) -> None:
    kit = tmp_path / "kit"
    arguments = ("--model", C_MODEL, "--output", kit, "--unverified")
    kit.mkdir()
    assert command("kit", "--target", "arduino", *arguments).status == 0, "an empty folder"
    assert command("kit", "--target", "microcontroller", *arguments).status == 0, "a kit of ours"
    assert not (kit / "classifier").exists()
    (kit / "build").mkdir()
    (kit / "build" / "main.o").touch()
    assert command("kit", "--target", "microcontroller", *arguments).status == 0, "what make wrote is no loss"
    for place in ("node_modules/pngjs", ".venv/bin"):
        (kit / place).mkdir(parents=True)
        (kit / place / "file").touch()
    assert command("kit", "--target", "microcontroller", *arguments).status == 0, "nor is what was installed"
    assert (kit / "node_modules" / "pngjs" / "file").exists()
    assert (kit / ".venv" / "bin" / "file").exists()
    for name in ("node_modules", ".venv"):
        shutil.rmtree(kit / name)
    for name, words in (
        ("main.c", "main.c was changed, and would be lost"),
        ("notes.txt", "notes.txt isn't the kit's"),
    ):
        shutil.copyfile(C_MODEL, kit / name)
        before = read_folder(kit)
        found = command("kit", "--target", "arduino", *arguments)
        assert found.status == 2
        assert words in found.stderr
        assert read_folder(kit) == before
        (kit / name).unlink()
    (kit / "kit.json").unlink()
    assert "not empty, and no kit that edgemnist wrote" in command("kit", "--target", "arduino", *arguments).stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kit"]


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="not a folder"):
        write_kit("arduino", C_MODEL, tmp_path / "file")
    with pytest.raises(WriteError, match="can't be written"):
        write_kit("arduino", C_MODEL, tmp_path / "file" / "kit")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").unlink()
    with pytest.raises(WriteError, match="the working folder itself"):
        write_kit("arduino", C_MODEL, ".")


def test_a_failure_on_the_way_leaves_the_old_kit(kits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kit = Path(shutil.copytree(kits["arduino"], tmp_path / "kit"))
    before, rename = read_folder(kit), Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(WriteError, match="No space left"):
        replace_folder(kit, {"a.c": b""})
    assert read_folder(kit) == before
    assert [path.name for path in tmp_path.iterdir()] == ["kit"]


# ---------------------------------------------------------------------------------------------- golden vectors


def test_images_are_spread_over_the_classes() -> None:
    labels = np.arange(1000) % 50
    chosen = choose_images(labels)
    assert len(chosen) == len({int(label) for label in labels[chosen]}) == 20
    assert choose_images(np.array([0, 0, 0])) == [0, 1, 2]
    assert choose_images(np.arange(30) % 3, 20) == list(range(20))
    assert labels[chosen].tolist() == [turn * 5 // 2 for turn in range(20)], "evenly, not the first 20"


def test_where_a_class_has_no_more_images_the_others_go_on() -> None:
    labels = np.repeat([0, 1, 2], [10, 3, 1])
    assert choose_images(labels, 9) == [0, 10, 13, 1, 11, 2, 12, 3, 4]
    assert choose_images(labels, 20) == [0, 10, 13, 1, 11, 2, 12, *range(3, 10)]
    assert all(isinstance(index, int) for index in choose_images(labels))


def test_float_scores_have_a_tolerance_and_integers_have_none() -> None:
    for scores, tolerance in (([[1, 2]], 0.0), ([[1.0, 2.0]], 1e-4), ([[1.0, -2000.0]], 0.02)):
        values = np.array(scores, np.float32 if isinstance(scores[0][0], float) else np.int8)
        assert allow_rounding(values) == pytest.approx(tolerance)
    assert write_rows(np.array([[0.1, -3]], np.float32)) == "{0.100000001f,-3.0f},"


def test_golden_vectors_are_one_table_for_all_languages() -> None:
    image = np.arange(784, dtype=np.int64).astype(np.uint8).reshape(1, 28, 28)
    scores = np.array([[0.1, 0.9]], np.float32)
    golden = GoldenVectors(
        image, np.array([42]), np.array([1]), scores, "probabilities", 0.004, "mnist", "5" * 64, "LiteRT"
    )
    head, row, end = golden.write_table().split("\n")
    assert (head, end) == ("index,label,tolerance,p0,p1,pixels", "")
    index, label, tolerance, first, second, pixels = row.split(",")
    assert (index, label, tolerance, first, second) == ("42", "1", "0.004", "0.100000001", "0.899999976")
    assert bytes.fromhex(pixels) == image.tobytes()
