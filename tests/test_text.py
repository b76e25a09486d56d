"""Text from elsewhere is only text: no label and no file name fakes a line, a row, a colour or a command."""

from __future__ import annotations

import html
import os
import re
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgemnist.cli.options import name_next
from edgemnist.comparison.probing import Found
from edgemnist.comparison.robustness import Robustness, compare_corrupted
from edgemnist.comparison.tally import Tally
from edgemnist.contract import Contract, Input, Output, Source
from edgemnist.errors import ModelError
from edgemnist.exporters import FORMS
from edgemnist.formats.complexity import Complexity
from edgemnist.formats.structure import End, Operator, Structure
from edgemnist.kits import KITS
from edgemnist.manifest import Manifest
from edgemnist.reporting import benchmarks, inspections, markdown, terminal, verdicts
from edgemnist.reporting.progress import show_activity
from edgemnist.results import (
    Artifact,
    Caution,
    Inspection,
    Inspections,
    KitFolder,
    Measurement,
    MicroFit,
    NpuEstimate,
    Prediction,
    Report,
    Training,
    Trusted,
    Unreadable,
    Verdict,
)
from edgemnist.results.benchmark import BatchTiming, Benchmark, BenchmarkRow, MachineRecord, Measured
from edgemnist.results.slowdown import Key, Ratio, Slowdown
from edgemnist.runtimes.base import Footprint
from edgemnist.runtimes.timing import Timing
from edgemnist.text import CONTROLS, escape_controls, quote_argument
from edgemnist.training.recipes import find_recipe

HOSTILE = [
    "\n15 of 15 passed",
    "\x1b[2K\x1b[1A\x1b[32mpassed\x1b[0m",
    "\u202egnp.exe",
    "a\r[red]b[/red]\x07",
    "\u2028line\u2029paragraph\x85next",
    "\udcff\udc1b",
    "[/][bold]:cat: \\[red]\\",
    "\u200b\u2066\ufeff\U000e0041",
    "\ufffe\uffff",
]


# Any character, half of them ASCII; by their numbers, since Hypothesis's own table takes ten seconds to make.
CHARACTERS = st.one_of(st.integers(0, 0x7F), st.integers(0, 0x10FFFF)).map(chr)


@given(st.text(CHARACTERS))
def test_nothing_that_controls_is_left(text: str) -> None:
    shown = escape_controls(text)
    assert not {unicodedata.category(character) for character in shown} & CONTROLS
    assert len(shown.splitlines()) <= 1
    ElementTree.fromstring(f"<a>{html.escape(shown)}</a>")


def test_what_can_be_read_stays_as_it_is() -> None:
    for text in ("Ziffern: ä ß 三 — é", "e\u0301", "\\n", "", "a  b"):
        assert escape_controls(text) == text


@settings(max_examples=50)
@given(st.text(CHARACTERS.filter(lambda character: character != "\0" and unicodedata.category(character) != "Cs")))
def test_a_quoted_argument_is_what_a_shell_gives_back(text: str) -> None:
    quoted = quote_argument(text)
    assert escape_controls(quoted) == quoted
    run = subprocess.run(["bash", "-c", f"printf %s {quoted}"], capture_output=True, check=True)
    assert run.stdout == text.encode()


def test_a_file_name_that_is_no_text_is_quoted_byte_for_byte() -> None:
    name = os.fsdecode(b"a\xff'\n.onnx")
    run = subprocess.run(["bash", "-c", f"printf %s {quote_argument(name)}"], capture_output=True, check=True)
    assert run.stdout == os.fsencode(name)


def measure(name: str) -> Measurement:
    """A measurement in which every text is hostile."""
    truth = np.array([0, 1, 1, 0])
    source = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], np.float32)
    model = np.array([[1, 0], [1, 0], [0, 1], [1, 0]], np.float32)
    tally = Tally(2)
    tally.add(truth, model, source, np.arange(8), np.arange(8) + (np.arange(8) == 3))
    score, comparison, outputs = tally.finish()
    return Measurement(
        precision="int8",
        runtime=f"{name} 1.0",
        size_bytes=1000,
        input=name,
        labels=(name, f"{name}2"),
        reference=name,
        score=score,
        comparison=comparison,
        outputs=outputs,
        seconds=1.0,
        footprint=Footprint(1, 2, 3, 4.0),
        robustness=Robustness(
            4, 4, name, (compare_corrupted("blur", truth, np.stack([truth] * 5), np.stack([truth] * 5)),)
        ),
    )


def make_structure(name: str) -> Structure:
    """What is inside a file in which every text is hostile."""
    end, layer = End(name, (None, 1), name), Operator(name, name, name, name, (name,), parameters=1, domain=name)
    return Structure(name, name, (end,), (end,), (layer,), name, name, (name,), {name: name})


def show_benchmarks(name: str, found: Measurement) -> None:
    """Show rows of each kind, and an earlier run."""
    timing = Timing(20, 3.0, 2.0, 4.0, 0.1, 1, 1, 1.0, 1, 2, 3, (0,))
    batches = (BatchTiming(1, (timing, timing)), BatchTiming(8, (timing, timing)), BatchTiming(9, reason=name))
    measured = Measured("int8", name, 1, found.score, False, found.footprint, name, name, name)
    row = BenchmarkRow(name, name, measured, batches, name, (name,), (name,))
    rows = row, BenchmarkRow(name, name, error=ModelError(name, name)), BenchmarkRow(name, name, skipped=name)
    ratio = Ratio.of(Key(name, name, 1, 1), batches[0].cost, batches[0].cost, 0.5)
    slowdown = Slowdown(name, 0.5, (ratio,), (name,), (name,), (name,))
    for shown in (rows[:1], rows):
        made = Benchmark(shown, MachineRecord(name, 1, name, name), 1, 1.0, name, 9, slowdown, (name,))
        benchmarks.show_benchmark(made)
        benchmarks.show_row_errors(made)


def show_everything(name: str) -> None:
    """Show each kind of result with a hostile name wherever a text can come from elsewhere."""
    found = measure(name)
    verdict = Verdict(name, "onnx", found, (name,), (name,))
    failed = Verdict(name, None, error=ModelError(name, name))
    verdicts.show_report(Report((verdict,), name))
    verdicts.show_report(Report((verdict, failed), name))
    terminal.show_file_errors(Report((failed,), name))
    show_benchmarks(name, found)
    terminal.show_training(Training(Path(name), find_recipe("baseline"), 0, 1, 1, found.score, (), None, {}))
    terminal.show_artifact(Artifact(Path(name), FORMS[0], 1, "", name, (Path(name),)))
    terminal.show_left_out(FORMS[0], name)
    terminal.show_next(name)
    terminal.show_kit(KitFolder(Path(name), KITS[0], (Path(name),), (), (), False, 1))
    predictions = [Prediction(name, name, 0.5, ((name, 0.5), (name, 0.4)), False, name)]
    predictions.append(Prediction(name, error=ModelError(name, name)))
    terminal.show_predictions(predictions)
    terminal.show_picture_errors(predictions)
    terminal.show_trusted(Trusted(Path(name), name, 1, (name,), name, Path(name), False))
    about = Trusted(Path(name), name, 1, (name,), name, Path(name), False, (name,))
    contract = Contract(Input(name, (784,)), Output(name), (name, "b"), source=Source(name, "0" * 64))
    inspection = Inspection(about, contract, Found(contract.input, contract.output, 9, 0.9), Path(name), (name,))
    inspections.show_inspection(inspection)
    inspections.show_notes(inspection)
    inside = make_structure(name)
    inspection = replace(
        inspection, contract=None, structure=inside, complexity=Complexity(1, None, name), required="int8",
        misfits=(name,), false_claims=(name,), cautions=(Caution(name, name, name),), micro=MicroFit(reason=name),
        npu=NpuEstimate(name, reason=name),
    )  # fmt: skip
    inspections.show_inspection(inspection)
    unread = Unreadable(Path(name), ModelError(name, name))
    inspections.show_inspections(Inspections(Path(name), (inspection, unread)))
    inspections.show_errors(Inspections(Path(name), (unread,)))
    inspections.show_address(name)
    terminal.show_trust([Trusted(Path(name), name, 1, (name,), name, None, False)], True)
    terminal.show_error(name, name)
    with show_activity("verifying") as activity:
        activity.number(name, 1, 2)
        activity.count(3, 4)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_changes_no_line_and_no_colour(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    show_everything("honest")
    honest = [len(stream.splitlines()) for stream in capfd.readouterr()]
    show_everything(name)
    shown = capfd.readouterr()
    assert [len(stream.split("\n")) - 1 for stream in shown] == honest
    assert [len(stream.splitlines()) for stream in shown] == honest
    for stream in shown:
        assert not {unicodedata.category(character) for character in stream.replace("\n", "")} & CONTROLS
        assert escape_controls(name) in stream


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_on_a_terminal_the_only_control_sequences_are_our_own(
    name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    show_everything("honest")
    ours = set(re.findall("\x1b[^a-zA-Z]*[a-zA-Z]", "".join(capfd.readouterr())))
    assert "\x1b[31m" in ours
    show_everything(name)
    shown = "".join(capfd.readouterr())
    assert set(re.findall("\x1b[^a-zA-Z]*[a-zA-Z]", shown)) <= ours
    rest = re.sub("\x1b[^a-zA-Z]*[a-zA-Z]|[\r\n]", "", shown)
    assert not {unicodedata.category(character) for character in rest} & CONTROLS


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_messages_of_click_are_one_line_too(command, name: str) -> None:
    for arguments in (
        (name,),
        ("formats", f"--{name}"),
        ("export", "--format", name),
        ("verify", "x", "--max-drop", name),
    ):
        outcome = command(*arguments)
        assert outcome.status == 2
        assert len(outcome.stderr.splitlines()) == 2, outcome.stderr
        assert outcome.stderr.startswith("error: ")
        assert not {unicodedata.category(character) for character in outcome.stderr.replace("\n", "")} & CONTROLS


def test_the_next_command_can_be_typed() -> None:
    assert name_next("verify", Path("my dir/a.onnx"), data=None) == "edgemnist verify 'my dir/a.onnx'"
    line = name_next("export", "--all", model=Path("a\nb;rm.keras"), output="$(x)")
    assert line == r"edgemnist export --all --model $'a\nb;rm.keras' --output '$(x)'"


def test_a_markdown_row_stays_one_row() -> None:
    found = measure("x")
    verdict = replace(Verdict("m", "onnx", found)).to_record()
    entry = {"format": "onnx", "size_bytes": 1, "verified": {**verdict, "runtime": "a|b\nc"}}
    table = markdown.tabulate_manifest(Manifest(Path(), {"evil`|\n| x.onnx": entry}))
    lines = table.splitlines()
    assert len(lines) == 3
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in lines] == [9, 9, 9]
