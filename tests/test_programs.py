"""The runtimes that are programs of other languages: the answers of the Python runtime, and every way to fail."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgemnist import open_runtime, packages
from edgemnist.contract import Contract
from edgemnist.errors import ModelError, RuntimeCrash, ToolMissing
from edgemnist.formats import ModelFile
from edgemnist.kits.base import FOLDER, JAVASCRIPT
from edgemnist.packages import fetch_node_modules, fetch_once, find_cache
from edgemnist.processes import child
from edgemnist.processes.messages import Message
from edgemnist.runtimes import RUNTIMES, find_runtime, program
from edgemnist.runtimes.base import Request
from edgemnist.runtimes.program import ProgramRuntime
from edgemnist.workflows.kit import kit as write_kit
from edgemnist.workflows.verify import verify
from tests import changes
from tests.conftest import ROOT, obey_signals, open_isolated, slow
from tests.test_kits import call, need

EXPORTS = ROOT / "exports"
ONNX = ("model.onnx", "model_float16.onnx", "model_dynamic.onnx", "model_int8.onnx", "small_int8.onnx")
TFLITE = ("model.tflite", "model_float16.tflite", "model_dynamic.tflite", "model_int8.tflite", "small_int8.tflite")
FORMS = [
    *((runtime, name) for runtime in ("node", "browser-onnx") for name in ONNX),
    ("node-wasm", "model_int8.onnx"),  # the same code as in the browser
    *(("browser-litert", name) for name in (*TFLITE, "model_int16x8.tflite")),
]
# Quantized answers are whole steps of 1/256 or 1/255.
STEP = 0.004


def require_runtime(name: str) -> None:
    """Skip where a tool or a package is missing, or can't be fetched."""
    entry = next(entry for entry in RUNTIMES if entry.name == name)
    need(*entry.tools.names, install=entry.install)
    try:
        entry.prepare()
    except ToolMissing as error:
        reason = f"{error.message}: {error.hint}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


def allow(name: str) -> float:
    """One step where activations are quantized on the way, be it as whole numbers or for each image anew."""
    return STEP if re.search("int8|dynamic", name) else 1e-5


@pytest.mark.slow
@pytest.mark.parametrize(("runtime", "name"), FORMS)
def test_all_test_images_get_the_answers_of_the_python_runtime(runtime: str, name: str) -> None:
    require_runtime(runtime)
    (verdict,) = verify(EXPORTS / name, runtime=runtime, against=EXPORTS / name).verdicts
    assert verdict.passed, (verdict.reasons, verdict.error)
    found = verdict.measurement.comparison
    assert verdict.measurement.score.images == 10_000
    assert not found.flips
    assert found.max_abs_difference <= allow(name)


@pytest.mark.parametrize(
    ("runtime", "name"),
    [
        ("node", "model_int8.onnx"),
        slow("node-wasm", "small_int8.onnx"),
        slow("browser-onnx", "model.onnx"),
        slow("browser-litert", "model_int8.tflite"),
    ],
)
def test_a_program_is_a_runtime_like_any_other(runtime: str, name: str, dataset) -> None:
    require_runtime(runtime)
    images = dataset.test.images[:40]
    with (
        open_runtime(EXPORTS / name) as here,
        open_runtime(EXPORTS / name, runtime=runtime) as there,
    ):
        assert (there.info.input, there.info.output, there.info.contract) == (
            here.info.input,
            here.info.output,
            here.info.contract,
        )
        assert there.run(images).outputs.dtype == here.run(images).outputs.dtype
        assert there.predict(images) == pytest.approx(here.predict(images), abs=allow(name))
        assert np.array_equal(there.run(images[5:6]).outputs, there.run(images).outputs[5:6])
        assert there.run(images[:0]).outputs.shape == (0, 10)
        assert there.info.name
        assert there.info.version[0].isdigit()


# Code in JavaScript, and no name that a shell, HTML or Java's properties would read as it is.
NAME = 'a b"\', import.meta.url); process.exit(3); ("é@{x}.onnx'


@pytest.mark.parametrize("runtime", ["node", slow("browser-onnx"), slow("aarch64-onnx"), "jvm"])
def test_a_file_from_elsewhere_is_opened_in_a_child_whatever_its_name(runtime: str, tmp_path: Path, dataset) -> None:
    require_runtime(runtime)
    shutil.copyfile(EXPORTS / "small_int8.onnx", tmp_path / NAME)
    images = dataset.test.images[:5]
    with open_runtime(tmp_path / NAME, runtime=runtime) as there, open_runtime(tmp_path / NAME) as here:
        assert there.predict(images) == pytest.approx(here.predict(images), abs=STEP)


def find_processes(word: str) -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            lines.append(path.read_bytes().decode(errors="replace"))
    return [line for line in lines if word in line]


def test_no_browser_outlives_the_child_that_started_it(tmp_path: Path, dataset) -> None:
    require_runtime("browser-litert")
    model = tmp_path / 'my "model".tflite'
    shutil.copyfile(EXPORTS / "small_int8.tflite", model)
    with open_isolated(model, "browser-litert") as there, open_runtime(model) as here:
        assert np.array_equal(there.run(dataset.test.images[:3]).outputs, here.run(dataset.test.images[:3]).outputs)
        scratch = there._child._scratch.name
        assert find_processes(scratch)
    wait_for_end(scratch)


def wait_for_end(scratch: str) -> None:
    end = time.monotonic() + 10
    while find_processes(scratch):
        assert time.monotonic() < end, find_processes(scratch)
        time.sleep(0.1)


@pytest.mark.parametrize("how", [slow(signal.SIGTERM), signal.SIGINT])
def test_a_command_that_is_stopped_leaves_nothing_behind(how: signal.Signals) -> None:
    require_runtime("browser-onnx")
    with tempfile.TemporaryDirectory(prefix="stop-") as scratch:
        stop_command(how, scratch)
        assert not list(Path(scratch).iterdir())


def stop_command(how: signal.Signals, scratch: str) -> None:
    command = [sys.executable, "-m", "edgemnist", "verify", "exports/model_int8.onnx", "--runtime", "browser-onnx"]
    environment = {**os.environ, "TMPDIR": scratch}
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=obey_signals
    )
    end = time.monotonic() + 30
    while len(find_processes(scratch)) < 3:  # the driver and a browser of several
        assert time.monotonic() < end
        time.sleep(0.1)
    time.sleep(1)
    child.send_signal(how)
    _, words = child.communicate(timeout=30)
    assert (child.returncode, b"interrupted" in words) == (128 + how, True), words
    wait_for_end(scratch)


@pytest.mark.slow
def test_no_browser_outlives_a_child_that_is_killed(tmp_path: Path, monkeypatch, dataset) -> None:
    require_runtime("browser-litert")
    shutil.copyfile(EXPORTS / "small_int8.tflite", tmp_path / "mine.tflite")
    monkeypatch.setattr(child, "GRACE_S", 0.1)
    runtime = open_isolated(tmp_path / "mine.tflite", "browser-litert")
    images = dataset.test.images
    runtime._child._send(Message("run", {"count": len(images), "image_shape": [28, 28]}, [images.reshape(-1).data]))
    time.sleep(1)  # it works
    scratch = runtime._child._scratch.name
    assert find_processes(scratch)
    runtime.close()
    wait_for_end(scratch)


def test_a_contract_of_an_unknown_kind_is_run_all_the_same(monkeypatch, dataset) -> None:
    require_runtime("node")
    with open_runtime(EXPORTS / "model.onnx", runtime="node") as runtime:
        runtime.info = replace(runtime.info, output=replace(runtime.info.output, kind="unknown"))
        assert runtime.program_contract.output.kind == "probabilities"
        assert (runtime.predict(dataset.test.images[:9]).argmax(axis=1) == dataset.test.labels[:9]).mean() > 0.8


def test_a_file_without_a_contract_is_run_as_its_tensors_suggest(tmp_path: Path, dataset) -> None:
    import onnx

    require_runtime("node")
    model = onnx.load(EXPORTS / "model.onnx")
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "foreign.onnx")
    with open_runtime(tmp_path / "foreign.onnx", runtime="node") as runtime:
        assert runtime.info.contract is None
        answers = runtime.predict(dataset.test.images[:50]).argmax(axis=1)
    assert (answers == dataset.test.labels[:50]).mean() > 0.9


# --------------------------------------------------------------------------------------------------- mutations


def tell(monkeypatch: pytest.MonkeyPatch, change) -> None:
    """Give the program another contract than the file holds."""
    contract_of = ProgramRuntime.program_contract.fget
    monkeypatch.setattr(ProgramRuntime, "program_contract", property(lambda runtime: change(contract_of(runtime))))


def change_output(**fields: object):
    return lambda contract: replace(contract, output=replace(contract.output, **fields))


def change_input(**fields: object):
    return lambda contract: replace(contract, input=replace(contract.input, **fields))


@pytest.mark.parametrize(
    ("runtime", "name", "change"),
    [
        ("node", "model.onnx", change_output(kind="logits")),
        slow("browser-onnx", "small_int8.onnx", change_output(kind="logits")),
        slow("browser-litert", "small_int8.tflite", change_output(scale=1 / 128)),
        slow("browser-litert", "small_int8.tflite", change_output(zero_point=1)),
    ],
)
def test_wrongly_read_scores_are_an_error(runtime: str, name: str, change, monkeypatch, dataset) -> None:
    require_runtime(runtime)
    tell(monkeypatch, change)
    with open_runtime(EXPORTS / name, runtime=runtime) as opened:
        with pytest.raises(ModelError, match="makes other probabilities of the scores than the contract says"):
            opened.run(dataset.test.images[:5])


@pytest.mark.parametrize(
    ("runtime", "name", "change"),
    [
        ("node", "model.onnx", change_input(range=(1.0, 0.0))),
        slow("browser-litert", "small_int8.tflite", change_input(scale=0.1)),
    ],
)
def test_wrongly_encoded_pixels_show_in_the_scores(runtime: str, name: str, change, monkeypatch, dataset) -> None:
    require_runtime(runtime)
    tell(monkeypatch, change)
    with open_runtime(EXPORTS / name, runtime=runtime) as opened:
        answers = opened.predict(dataset.test.images[:200]).argmax(axis=1)
    assert (answers == dataset.test.labels[:200]).mean() < 0.9


# ------------------------------------------------------------------------------------------------------- errors


def take_off_ends(content: bytes) -> bytes:
    """An int8 file as if its input and output had been int8, too: without the operators that make them uint8."""

    def rewrite(fields: dict[str, Any]) -> dict[str, Any]:
        ends = ("input", graph.inputs), ("output", graph.outputs)
        return fields | {side: fields[side] | describe(graph.tensors[index]) for side, (index,) in ends}

    def describe(tensor: Any) -> dict[str, Any]:
        name, quantization = tensor.name.decode(), tensor.quantization
        scale, zero_point = float(quantization.scale[0]), int(quantization.zeroPoint[0])
        return {"name": name, "dtype": "int8", "scale": scale, "zero_point": zero_point}

    model, graph = changes.unpack(content)
    first, *between, last = graph.operators
    graph.inputs, graph.outputs, graph.operators = first.outputs[:1], last.inputs[:1], between
    model.signatureDefs = []
    return changes.rewrite_contract(changes.pack(model), ".tflite", rewrite)


def test_what_javascript_has_no_arrays_for_is_refused(tmp_path: Path) -> None:
    require_runtime("browser-litert")
    model = tmp_path / "small_int8.tflite"
    model.write_bytes(take_off_ends((EXPORTS / "small_int8.tflite").read_bytes()))
    with pytest.raises(ModelError, match="is int8, and the program in JavaScript knows float32, uint8"):
        open_runtime(model, runtime="browser-litert")
    with pytest.raises(ModelError, match="is int8, and the kit web knows float32, uint8"):
        write_kit("web", model, tmp_path / "kit", unverified=True)
    assert not (tmp_path / "kit").exists()


def test_a_model_that_the_browser_can_not_open_is_a_clear_error(tmp_path: Path, monkeypatch, dataset) -> None:
    require_runtime("browser-litert")
    tell(monkeypatch, change_input(shape=(28, 28)))
    with open_runtime(EXPORTS / "small_int8.tflite", runtime="browser-litert") as opened:
        with pytest.raises(ModelError, match=r"Chromium \d+, LiteRT\.js can't run it: Error"):
            opened.run(dataset.test.images[:1])


def test_a_program_that_stops_says_why(monkeypatch, dataset) -> None:
    require_runtime("node")
    tell(monkeypatch, change_input(name="image"))
    with open_runtime(EXPORTS / "model.onnx", runtime="node") as opened:
        words = r"Node\.js [\d.]+, ONNX Runtime: exit status 2: input 'pixels' is missing in 'feeds'\.$"
        with pytest.raises(RuntimeCrash, match=words):
            opened.run(dataset.test.images[:1])


class Silent(ProgramRuntime):
    """Answers too little."""

    def run_program(self, folder: Path) -> None:
        (folder / program.SCORES).write_bytes(b"\0" * 40)

    def stop(self, timeout_s: float) -> None:
        self.call(["sleep", "5"], timeout_s=timeout_s)


def test_answers_are_counted_and_time_ends(dataset) -> None:
    silent = Silent(ModelFile.read(EXPORTS / "model.onnx"), Request())
    with pytest.raises(RuntimeCrash, match=r"scores\.bin has 40 bytes, expected 80"):
        silent.run(dataset.test.images[:2])
    with pytest.raises(RuntimeCrash, match="no end after 0 s"):
        silent.stop(0.1)


def test_each_program_runs_one_kind_of_file() -> None:
    for name, extension in (("node", ".onnx"), ("browser-litert", ".tflite"), ("jvm", ".onnx")):
        assert find_runtime(Path(f"model{extension}"), name).name == name
        with pytest.raises(ModelError, match=f"{name} doesn't run .c files"):
            find_runtime(Path("model.c"), name)


def test_a_missing_tool_is_named_with_the_line_that_installs_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("EDGEMNIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match=r"ONNX Runtime in Node\.js: not installed: node, npm") as caught:
        open_runtime(EXPORTS / "model.onnx", runtime="node")
    assert caught.value.hint == packages.NODE_INSTALL


@pytest.mark.parametrize("tool", ["chromium", "chromedriver"])
def test_a_missing_browser_is_not_looked_for_on_the_network(tool: str, monkeypatch) -> None:
    require_runtime("browser-onnx")
    from edgemnist.runtimes import browser

    monkeypatch.setattr(shutil, "which", lambda name: None if name == tool else f"/usr/bin/{name}")
    with pytest.raises(ToolMissing, match=f"this step needs {tool}, which isn't installed") as caught:
        browser.open_browser()
    assert caught.value.hint == packages.CHROMIUM_INSTALL


# ------------------------------------------------------------------------------------------------- what is fetched


def test_the_cache_is_where_the_user_wants_it(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDGEMNIST_CACHE", str(tmp_path))
    assert find_cache() == tmp_path
    monkeypatch.setenv("EDGEMNIST_CACHE", "here")
    assert find_cache() == Path.cwd() / "here"
    monkeypatch.delenv("EDGEMNIST_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert find_cache() == tmp_path / "x" / "edgemnist"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert find_cache() == Path.home() / ".cache" / "edgemnist"


def test_a_thing_is_fetched_once_and_whole_or_not_at_all(monkeypatch, tmp_path: Path, capsys) -> None:
    monkeypatch.setenv("EDGEMNIST_CACHE", str(tmp_path / "cache"))

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise ToolMissing("no network")

    with pytest.raises(ToolMissing, match="no network"):
        fetch_once("thing-1", "a thing", fail)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".thing-1.lock"]
    place = fetch_once("thing-1", "a thing", lambda folder: (folder / "file").touch())
    assert [path.name for path in place.iterdir()] == ["file"]
    assert fetch_once("thing-1", "a thing", fail) == place
    assert capsys.readouterr().err.count("fetching a thing into") == 2
    (tmp_path / "file").touch()
    monkeypatch.setenv("EDGEMNIST_CACHE", str(tmp_path / "file"))
    with pytest.raises(ToolMissing, match="can't be written to") as caught:
        fetch_once("thing-1", "a thing", fail)
    assert "EDGEMNIST_CACHE" in caught.value.hint


def test_a_registry_out_of_reach_is_a_clear_error(monkeypatch, tmp_path: Path) -> None:
    need("npm", install=packages.NODE_INSTALL)
    project = tmp_path / "project"
    project.mkdir()
    lock = {"name": "p", "lockfileVersion": 3, "packages": {"": {"dependencies": {"no-such": "1.0.0"}}}}
    lock["packages"]["node_modules/no-such"] = {"version": "1.0.0", "integrity": "sha512-AAAA"}
    (project / "package.json").write_text(json.dumps({"name": "p", "dependencies": {"no-such": "1.0.0"}}))
    (project / "package-lock.json").write_text(json.dumps(lock))
    monkeypatch.setenv("EDGEMNIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_offline", "true")
    with pytest.raises(ToolMissing, match=r"npm failed: npm error .*ENOTCACHED") as caught:
        fetch_node_modules(project)
    assert caught.value.hint == packages.NPM_HINT
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ToolMissing, match="failed: ERROR: Could not find a version") as caught:
        packages.fetch_wheel("onnxruntime", "1.32.0", "manylinux_2_28_aarch64")
    assert caught.value.hint == packages.PIP_HINT
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]


@pytest.mark.parametrize("folder", ["node", "web"])
def test_lock_files_name_no_host_and_pin_every_package(folder: str) -> None:
    lock = json.loads((FOLDER / folder / "package-lock.json").read_text())
    manifest = json.loads((FOLDER / folder / "package.json").read_text())
    assert lock["packages"][""].get("dependencies") == manifest["dependencies"]
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry, name
        assert not name or entry["integrity"].startswith("sha512-")
    for version in (manifest["dependencies"] | manifest.get("devDependencies", {})).values():
        assert version[0].isdigit(), "an exact version"


# -------------------------------------------------------------------------------------------- encoding in JavaScript


def test_javascript_encodes_and_decodes_as_the_contract_says(tmp_path: Path) -> None:
    from edgemnist.contract import Input, Output

    need("node", install=packages.NODE_INSTALL)
    inputs = [
        Input("p", (784,)),
        Input("p", (784,), range=(-1.0, 1.0)),
        Input("p", (784,), range=(-0.4242129623889923, 2.8214867115020752)),
        Input("p", (784,), "uint8", (1.0, 0.0), 1 / 255, 0),
        Input("p", (784,), "uint8", (0.0, 255.0)),
        Input("p", (784,), "int8", (0.0, 1.0), 0.003921568859368563, -128),
        Input("p", (784,), "int8", (0.0, 2.0), 0.0079, -100),
        Input("p", (784,), "uint8", (0.0, 255.0), 2.0, 0),  # halves: rounded to even
    ]
    outputs = [
        Output("s", kind="logits"),
        Output("s", "uint8", scale=1 / 256, zero_point=0),
        Output("s", "int8", "logits", 0.17, -3),
    ]
    random = np.random.default_rng(0)
    scores = [random.normal(0, 9, (50, 10)).astype(np.float32), random.integers(0, 256, (50, 10), np.uint8)]
    scores.append(random.integers(-128, 128, (50, 10), np.int8))
    contracts = [Contract(input, outputs[0], tuple("0123456789")) for input in inputs]
    cases = {
        "inputs": [json.loads(contract.to_json())["input"] for contract in contracts],
        "outputs": [
            json.loads(replace(contracts[0], output=output).to_json())["output"] | {"scores": rows.tolist()}
            for output, rows in zip(outputs, scores, strict=True)
        ],
    }
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    program = tmp_path / "check.mjs"
    program.write_text(
        f'import {{ makeEncoder, decodeScores }} from "{(JAVASCRIPT / "encoding.mjs").as_uri()}";\n'
        'import { readFileSync } from "node:fs";\n'
        'const { inputs, outputs } = JSON.parse(readFileSync(new URL("cases.json", import.meta.url)));\n'
        "const every = Uint8Array.from({ length: 256 }, (_, i) => i);\n"
        "console.log(JSON.stringify({\n"
        "  encoded: inputs.map((one) => Array.from(makeEncoder(one)(every))),\n"
        "  decoded: outputs.map((one) => one.scores.map((row) => Array.from(decodeScores(one, row)))),\n"
        "}));\n"
    )
    run = call("node", program)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    for input, values in zip(inputs, found["encoded"], strict=True):
        assert np.array_equal(np.array(values, input.dtype), input.values), input
    for output, rows, values in zip(outputs, scores, found["decoded"], strict=True):
        assert np.array(values) == pytest.approx(output.decode(rows), abs=1e-6)
