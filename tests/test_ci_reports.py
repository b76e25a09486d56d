"""What `verify` writes for CI systems: JUnit's XML, and lines beside the files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from edgemnist.errors import ModelError, UsageError
from edgemnist.reporting.annotations import list_annotations
from edgemnist.reporting.junit import check_junit, write_junit
from edgemnist.results.verdict import Report, Verdict
from tests.conftest import ROOT

# Names of files and reasons as nobody would choose them, and a file of each kind but those that were measured.
NAME = 'a "<b>" & 100 %,\n\x1b[2K:\udcff.onnx'
REPORT = Report(
    (
        Verdict("first.onnx", "onnx", reasons=("agreement 0.9 is below 0.995: add `limit=5`", NAME)),
        Verdict(NAME, "onnx", error=ModelError("no graph\nwas found", "export it again: `deep=True`")),
        Verdict("third.c", "c", skipped="arm-none-eabi-gcc isn't installed: apt install gcc-arm-none-eabi"),
        Verdict("fourth.onnx", "onnx", notes=("no source was found",)),
    ),
    "mnist",
    notes=("labels were counted",),
)


def test_each_kind_of_verdict_is_what_junit_calls_it():
    root = ElementTree.fromstring(write_junit(REPORT))
    suite = root.find("testsuite")
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    first, second, third, fourth = suite.findall("testcase")
    assert first.find("failure").get("message") == "agreement 0.9 is below 0.995: add --limit 5"
    assert second.find("error").text == "no graph\nwas found\nexport it again: --deep"
    assert third.find("skipped").get("message") == "arm-none-eabi-gcc isn't installed: apt install gcc-arm-none-eabi"
    assert [child.tag for child in fourth] == ["system-out"]
    assert fourth.find("system-out").text == "verdict: not compared\nno source was found"
    assert second.get("name") == r'a "<b>" & 100 %,\n\x1b[2K:\xff.onnx'


def test_what_does_not_pass_has_a_line_that_cannot_be_taken_for_another_command():
    lines = list(list_annotations(REPORT))
    assert [line.split(" ")[0] for line in lines] == ["::error", "::error", "::notice", "::warning"]
    assert all("\n" not in line and "\r" not in line for line in lines)
    assert lines[1].startswith('::error file=a "<b>" & 100 %25%2C%0A')
    assert lines[1].endswith(",title=edgemnist verify%3A error::no graph\\nwas found%0Aexport it again: --deep")
    assert lines[3].endswith("::compared with no source: its accuracy alone was judged")


def test_one_file_in_two_runtimes_is_two_cases():
    verdicts = [Verdict("a.tflite", "tflite", reasons=("it moved",), runtime=name) for name in ("litert", "tflm")]
    both, one = Report(tuple(verdicts), "mnist"), Report((verdicts[0],), "mnist")
    for report, names in ((both, ["a.tflite in litert", "a.tflite in tflm"]), (one, ["a.tflite"])):
        assert [case.get("name") for case in ElementTree.fromstring(write_junit(report)).iter("testcase")] == names
    assert list(list_annotations(both)) == [
        "::error file=a.tflite,title=edgemnist verify%3A differs in litert::it moved",
        "::error file=a.tflite,title=edgemnist verify%3A differs in tflm::it moved",
    ]


def test_a_model_that_is_named_as_the_report_stays(tmp_path: Path):
    with pytest.raises(UsageError, match=r"model\.onnx: a JUnit report ends in \.xml"):
        check_junit(tmp_path / "model.onnx")


def test_verify_writes_both_and_stdout_stays_data(tmp_path: Path):
    for name in ("model.onnx", "manifest.json", *(path.name for path in (ROOT / "exports").glob("model_answers*"))):
        shutil.copy(ROOT / "exports" / name, tmp_path)
    (tmp_path / "other.onnx").write_bytes(b"no model")
    command = [sys.executable, "-m", "edgemnist", "verify", tmp_path, "--junit", tmp_path / "new" / "report.xml"]
    found = subprocess.run([*command, "--annotate", "github", "--json"], capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert found.stdout.startswith("{")
    assert f"::error file={tmp_path}/other.onnx,title=edgemnist verify%3A error::" in found.stderr
    assert "model.onnx,title" not in found.stderr
    suite = ElementTree.parse(tmp_path / "new" / "report.xml").find("testsuite")
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["2", "0", "1"]
    assert suite.find("testcase/system-out").text.startswith("verdict: passed\nruntime: ONNX Runtime")
