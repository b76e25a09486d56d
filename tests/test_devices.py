"""What `inspect` asks of others: TFLite Micro, the compiler of Ethos-U, and Netron."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from edgemnist import ModelError, UsageError, inspect
from edgemnist.formats import ModelFile
from edgemnist.formats.structure import Operator, Structure, read_structure
from edgemnist.processes.limits import Limits
from edgemnist.runtimes.arena import measure_arena
from edgemnist.workflows.devices import TFLM_OPERATORS, ask_devices, list_missing
from edgemnist.workflows.npu import estimate_npu
from edgemnist.workflows.view import serve_view
from tests import graphs
from tests.conftest import ROOT, obey_signals

EXPORTS = ROOT / "exports"


def need(package: str, extra: str) -> None:
    pytest.importorskip(package, reason=f"pip install 'edgemnist[{extra}]'")


def test_an_arena_is_measured_by_running_the_file() -> None:
    found = inspect(EXPORTS / "small_int8.tflite")
    assert found.micro is not None
    assert (found.micro.arena_bytes, found.micro.missing, found.micro.reason) == (8528, (), "")
    assert inspect(EXPORTS / "small_int8.onnx").micro is None


@pytest.mark.slow
def test_a_file_that_tflite_micro_refuses_says_why(tmp_path: Path) -> None:
    found = inspect(EXPORTS / "model_float16.tflite")
    assert found.micro is not None
    assert found.micro.arena_bytes is None
    assert found.micro.reason.startswith("TFLite Micro can't run the model")


def test_an_operator_that_tflite_micro_hasnt_is_named_and_it_refuses_the_file(tmp_path: Path) -> None:
    file = ModelFile.read(graphs.write_gelu(tmp_path / "gelu.tflite"))
    micro, _ = ask_devices(file, read_structure(file), Limits())
    assert (micro.missing, micro.reason) == (("GELU",), "it hasn't GELU")
    with pytest.raises(ModelError, match="TFLite Micro can't run the model"):
        measure_arena(file.content)
    assert not TFLM_OPERATORS & {"GELU", "CUSTOM", "RANK"}
    named = Structure("tflite", "", operators=(Operator("ADD", "a", "float32", domain="custom"),))
    assert list_missing(named) == ("ADD",), "a custom operator may have any name"


def test_the_compiler_of_ethos_u_gives_an_estimate() -> None:
    need("ethosu", "npu")
    found = estimate_npu((EXPORTS / "small_int8.tflite").read_bytes(), Limits())
    assert (found.cpu_operators, found.reason) == (0, "")
    assert found.npu_operators is not None
    assert found.npu_operators > 5
    assert found.inferences_per_second is not None
    assert 1_000 < found.inferences_per_second < 100_000
    assert found.flash_bytes is not None
    assert 10_000 < found.flash_bytes < 24_816, "less than the file"


def test_floats_run_on_the_cpu_and_a_damaged_file_crashes_the_compiler_alone() -> None:
    need("ethosu", "npu")
    content = (EXPORTS / "model.tflite").read_bytes()
    found = estimate_npu(content, Limits())
    assert (found.npu_operators, found.inferences_per_second, found.reason) == (0, None, "")
    assert estimate_npu(content[:3000], Limits()).reason.startswith("Vela")


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address) as page:
        content: bytes = page.read()
    return content


def test_netron_serves_what_was_read_and_nothing_beside_it(tmp_path: Path) -> None:
    need("netron", "view")
    path = tmp_path / 'a"><script>.onnx'
    path.write_bytes((EXPORTS / "small_int8.onnx").read_bytes())
    (tmp_path / "secret.txt").write_text("secret")
    with serve_view(ModelFile.read(path)) as address:
        assert address.startswith("http://localhost:")
        page = fetch(address)
        assert b'<meta name="file" content="/data/model.onnx">' in page
        assert b"<script>.onnx" not in page
        assert fetch(f"{address}/data/model.onnx") == path.read_bytes()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(f"{address}/data/secret.txt")
    with pytest.raises(OSError, match=r"refused|reset"):
        fetch(address)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_view_is_ended_by_ctrl_c(number: int, status: int) -> None:
    need("netron", "view")
    words = [sys.executable, "-m", "edgemnist", "inspect", str(EXPORTS / "small_int8.onnx"), "--view"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=obey_signals, cwd=ROOT
    ) as process:
        assert process.stderr is not None
        assert "Netron shows it at http://localhost:" in process.stderr.readline()
        process.send_signal(number)
        shown, _ = process.communicate(timeout=60)
    assert process.returncode == status
    assert shown.startswith("file       ")


def test_what_netron_doesnt_show_is_refused(command, tmp_path: Path) -> None:
    need("netron", "view")
    with pytest.raises(UsageError, match="Netron shows"), serve_view(ModelFile.read(EXPORTS / "small_int8.c")):
        pass
    outcome = command("inspect", EXPORTS / "small_int8.onnx", "--view", "--json")
    assert (outcome.status, json.loads(outcome.stdout)["error"]["kind"]) == (2, "usage")
