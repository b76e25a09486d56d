"""A hand-written C model on every emulated target: answers, counts, sizes, and every way to fail."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgemnist.contract import Contract, Input, Output
from edgemnist.errors import ModelError, RuntimeCrash, ToolMissing, UsageError
from edgemnist.formats import ModelFile
from edgemnist.machines import MACHINES, find_machine
from edgemnist.machines.stack import measure_stack
from edgemnist.runtimes import emulator
from edgemnist.runtimes.base import Request, Runtime
from tests.conftest import slow

LABELS = tuple("0123456789")
OUTPUTS = {
    "int8": Output("logits", "int8", "logits", 0.25, 3),
    "float": Output("probs", "float32", "probabilities"),
}
IMAGES = np.random.default_rng(1).integers(0, 256, (50, 28, 28), np.uint8)
WEIGHTS = np.random.default_rng(0).integers(-127, 128, (10, 784))
ARENA_BYTES = 2048
NAMES = [target.name for target in MACHINES if not target.small]

HEADER = """
#include <stdint.h>
#define TINY_PIXELS 784
#define TINY_CLASSES 10
typedef struct {{ int32_t words[512]; }} tiny_arena;
int tiny_classify(const uint8_t pixels[TINY_PIXELS], {score} scores[TINY_CLASSES], tiny_arena *arena);
void tiny_softmax(const float logits[TINY_CLASSES], float probabilities[TINY_CLASSES]);
"""
SOURCE = """/* A test's model
 * contract: {contract}
 */
#include "tiny.h"
#include <math.h>
static const int8_t weights[10][{width}] = {{{weights}}};
static int32_t add(const uint8_t *pixels, const int8_t *row);

int tiny_classify(const uint8_t pixels[TINY_PIXELS], {score} scores[TINY_CLASSES], tiny_arena *arena) {{
  int best = 0;
  for (int j = 0; j < 10; j++) {{
    arena->words[j] = add(pixels, weights[j]);
    {first}
    scores[j] = ({score})({answer});
    if (scores[j] > scores[best]) best = j;
  }}
  return best;
}}

static __attribute__((noinline)) int32_t add(const uint8_t *pixels, const int8_t *row) {{
  int32_t sum = 0;
  for (int i = 0; i < 784; i++) sum += pixels[i] * row[i];
  return sum;
}}
"""
SOFTMAX = """
void tiny_softmax(const float logits[TINY_CLASSES], float probabilities[TINY_CLASSES]) {
  float largest = logits[0], sum = 0.0f;
  for (int j = 1; j < 10; j++) largest = logits[j] > largest ? logits[j] : largest;
  for (int j = 0; j < 10; j++) sum += probabilities[j] = expf(logits[j] - largest);
  for (int j = 0; j < 10; j++) probabilities[j] /= sum;
}
"""


def open_model(path: Path, name: str) -> Runtime:
    return emulator.open_model(ModelFile.read(path), name, Request())


def write_model(folder: Path, score: str = "int8", *, width: int = 784, first: str = "") -> Path:
    """Write a matrix of `WEIGHTS` as a C model; `first` is C that it does before each answer."""
    contract = Contract(Input("pixels", (784,), "uint8", (0.0, 255.0)), OUTPUTS[score], LABELS)
    kind, answer = ("int8_t", "arena->words[j] >> 15") if score == "int8" else ("float", "arena->words[j] / 1e6f")
    rows = ",".join("{" + ",".join(map(str, row)) + "}" for row in WEIGHTS)
    source = SOURCE.format(
        contract=contract.to_json(), width=width, weights=rows, score=kind, answer=answer, first=first
    )
    (folder / "tiny.h").write_text(HEADER.format(score=kind))
    (folder / "tiny.c").write_text(source + (SOFTMAX if score == "float" else ""))
    return folder / "tiny.c"


def need_tools(name: str) -> None:
    target = find_machine(name)
    if missing := target.tools.find_missing():
        reason = f"{', '.join(missing)} missing: {target.install}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def compute_sums(images: np.ndarray) -> np.ndarray:
    return images.reshape(-1, 784).astype(np.int64) @ WEIGHTS.T


FEW = [name if name in ("cortex-m3", "riscv32") else slow(name) for name in NAMES]


@pytest.mark.parametrize("name", FEW)
def test_integers_are_the_same_on_every_target(name: str, tmp_path: Path) -> None:
    need_tools(name)
    with open_model(write_model(tmp_path), name) as runtime:
        assert runtime.info.name == f"{find_machine(name).title} (QEMU)"
        assert runtime.info.capacity_errors == ()
        run = runtime.run(IMAGES)
        answers = run.outputs
        first = run.footprint
        assert answers.dtype == np.int8
        assert (answers == (compute_sums(IMAGES) >> 15).astype(np.int8)).all()

        assert (runtime.run(IMAGES).outputs == answers).all()
        assert runtime.run(IMAGES).footprint == first, "counts are the same on every run"
        assert (runtime.run(IMAGES[7:8]).outputs == answers[7:8]).all()
    assert 7_840 <= first.flash_bytes < 9_000
    assert ARENA_BYTES <= first.ram_bytes < ARENA_BYTES + 200
    assert 0 < first.stack_bytes < 300
    assert 7_840 / 4 < first.instructions_per_image < 200_000


@pytest.mark.parametrize("name", FEW)
def test_floats_go_through_the_models_own_softmax(name: str, tmp_path: Path) -> None:
    need_tools(name)
    logits = compute_sums(IMAGES[:5]) / 1e6
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    with open_model(write_model(tmp_path, "float"), name) as runtime:
        probabilities = runtime.predict(IMAGES[:5])
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities, powers / powers.sum(axis=1, keepdims=True), rtol=1e-5)


def test_instructions_are_the_models_own(tmp_path: Path) -> None:
    """Each turn of the added loop executes the same few instructions, as many as one sees in its assembly."""
    need_tools("cortex-m3")
    counts = []
    for turns in (50, 150, 250):
        loop = f"for (volatile int k = 0; k < {turns}; k++) {{ }}"
        with open_model(write_model(tmp_path, first=loop), "cortex-m3") as runtime:
            counts.append(runtime.run(IMAGES[:3]).footprint.instructions_per_image)
    assert counts[2] - counts[1] == counts[1] - counts[0] == 100 * 10 * 6  # ldr, add, str, ldr, cmp, b


def test_a_model_larger_than_the_flash_is_a_verdict(tmp_path: Path) -> None:
    need_tools("microbit")
    with open_model(write_model(tmp_path, width=30_000), "microbit") as runtime:
        (error,) = runtime.info.capacity_errors
        assert error.startswith("needs 300,")
        assert error.endswith(" bytes of flash, microbit has 262,144")
        with pytest.raises(ModelError, match="needs 300,"):
            runtime.run(IMAGES)


def test_a_model_that_just_fits_alone_is_a_verdict(tmp_path: Path) -> None:
    need_tools("microbit")
    with open_model(write_model(tmp_path, width=26_120), "microbit") as runtime:
        (error,) = runtime.info.capacity_errors
        assert error.startswith("fits, but the program around it needs ")
        assert error.endswith(" bytes of flash more than microbit has")


def test_a_model_larger_than_the_ram_is_a_verdict(tmp_path: Path) -> None:
    need_tools("microbit")
    path = write_model(tmp_path)
    header = path.with_suffix(".h")
    header.write_text(header.read_text().replace("words[512]", "words[5000]"))
    with open_model(path, "microbit") as runtime:
        (error,) = runtime.info.capacity_errors
        assert "of RAM (" in error
        assert error.endswith("microbit has 16,384")
    header.write_text(header.read_text().replace("words[5000]", "words[3850]"))
    with open_model(path, "microbit") as runtime:
        (error,) = runtime.info.capacity_errors
        assert error.startswith("fits, but")


def test_the_compilers_own_words_are_the_message(tmp_path: Path) -> None:
    need_tools("cortex-m3")
    with pytest.raises(ModelError, match=r"tiny\.c: arm-none-eabi-gcc refuses it: .*'speling' undeclared"):
        open_model(write_model(tmp_path, first="speling = 1;"), "cortex-m3")
    with pytest.raises(ModelError, match="undefined reference to `nowhere'"):
        open_model(write_model(tmp_path, first="extern void nowhere(void); nowhere();"), "cortex-m3")


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_tool_is_named_with_the_line_that_installs_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = find_machine(name)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ToolMissing, match=target.compiler) as caught:
        open_model(write_model(tmp_path), name)
    assert caught.value.hint.startswith("apt-get install ")
    assert target.packages[0] in caught.value.hint
    monkeypatch.setattr(shutil, "which", lambda tool: None if tool.startswith("qemu") else f"/{tool}")
    monkeypatch.setattr("edgemnist.processes.installed.Tools._finds", lambda *_: True)
    with pytest.raises(ToolMissing, match=f"not installed: {target.emulator[0]}$"):
        target.tools.require(target.title)


@pytest.mark.parametrize("name", ["cortex-m3", *map(slow, ("cortex-m55", "microbit", "riscv32", "aarch64"))])
def test_a_fault_is_a_crash(name: str, tmp_path: Path) -> None:
    need_tools(name)
    path = write_model(tmp_path, first="if (arena->words[j] != 0) __builtin_trap();")
    with open_model(path, name) as runtime, pytest.raises(RuntimeCrash, match=r"met a fault|SIG[A-Z]+"):
        runtime.run(IMAGES[:2])


def test_a_model_that_does_not_end_is_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_tools("cortex-m3")
    monkeypatch.setattr(emulator, "TIMEOUT_S", 1)
    path = write_model(tmp_path, first="for (volatile int k = 0;; k++) { }")
    with open_model(path, "cortex-m3") as runtime, pytest.raises(RuntimeCrash, match="no end after 1 s"):
        runtime.run(IMAGES[:2])


def test_a_class_that_is_not_the_largest_score_is_found(tmp_path: Path) -> None:
    need_tools("cortex-m3")
    path = write_model(tmp_path)
    path.write_text(path.read_text().replace("return best;", "return (best + 1) % 10;"))
    with open_model(path, "cortex-m3") as runtime, pytest.raises(RuntimeCrash, match="the largest score"):
        runtime.run(IMAGES[:2])


def test_the_folder_goes_with_the_runtime(tmp_path: Path) -> None:
    need_tools("cortex-m3")
    with open_model(write_model(tmp_path), "cortex-m3") as runtime:
        folder = Path(runtime._folder.name)
        assert folder.is_dir()
    assert not folder.exists()


def test_no_such_target(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pdp-11: no such machine"):
        open_model(write_model(tmp_path), "pdp-11")


def test_a_stack_without_a_bound_is_refused() -> None:
    node = r'node: { title: "f" label: "f\nm.c:1:5\n16 bytes (%s)\n0 dynamic objects" }'
    again = 'edge: { sourcename: "f" targetname: "f" label: "m.c:2:3" }'
    assert measure_stack(node % "static", "f") == 16
    with pytest.raises(ModelError, match="calls itself"):
        measure_stack(f"{node % 'static'}\n{again}", "f")
    with pytest.raises(ModelError, match="no fixed size"):
        measure_stack(node % "dynamic", "f")
