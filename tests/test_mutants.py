"""The benchmark of mutants: what ends for another reason than a mutant doesn't count as noticed."""

from __future__ import annotations

import errno
import importlib
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

MODULE = "edgemnist/trust.py"
TESTS = {"tests/test_trust.py::test_one": 0.1, "tests/test_trust.py::test_slow": 9.0}  # a round each


def end(status: int | str, *failed: str, whole: bool = True) -> dict[str, Any]:
    return {"status": status, "failed": list(failed), "whole": whole}


PASSED, FAILED, BROKEN = end(0), end(1, "test_one"), end(2, "tests/test_trust.py")
STARVED, CRASHED, UNUSABLE, OWN = end(-9, "", whole=False), end(-11, "", whole=False), end(4), end(70, "", whole=False)


@pytest.fixture
def mutants(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "tests/benchmarks"))
    return importlib.import_module("mutants")


class Ends:
    """Runs that end as they are told, in turn; each notes what it is run on."""

    def __init__(self, place: Path, ends: list[dict[str, Any]]) -> None:
        self.place, self.ends, self.found = place, list(ends), list[bytes]()

    def __call__(self, work: Any, limit_s: float) -> Ends:
        self.found.append(self.place.read_bytes())
        return self

    seconds = 1.0

    def poll(self) -> dict[str, Any]:
        return self.ends.pop(0)


@pytest.mark.parametrize(
    ("ends", "verdict", "runs"),
    [
        ([FAILED], "killed", "m"),
        ([BROKEN], "killed", "m"),
        ([end("timeout", "", whole=False)], "timeout", "m"),
        ([PASSED, PASSED], "survived", "mm"),
        ([PASSED, end(5)], "survived", "mm"),
        ([PASSED, FAILED], "killed", "mm"),
        ([STARVED, PASSED, PASSED, PASSED], "survived", "m-mm"),
        ([PASSED, STARVED, PASSED, FAILED], "killed", "mm-m"),
        ([CRASHED, PASSED, CRASHED], "killed", "m-m"),
        ([UNUSABLE, PASSED, UNUSABLE], "killed", "m-m"),
        ([OWN, OWN], None, "m-"),
        ([UNUSABLE, UNUSABLE], None, "m-"),
        ([STARVED, STARVED], None, "m-"),
    ],
)
def test_only_tests_kill(
    ends: list[Any], verdict: str | None, runs: str, mutants: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / MODULE
    place.parent.mkdir()
    original = (ROOT / MODULE).read_bytes()
    place.write_bytes(original)
    started = Ends(place, ends)
    monkeypatch.setattr(mutants, "Run", started)
    mutant = mutants.list_mutants(ROOT, Path(MODULE))[0]
    trial = mutants.Trial(mutant, tmp_path, TESTS, tmp_path, ladder=True)
    if verdict is None:
        with pytest.raises(SystemExit, match="without the mutant, too, status"):
            [trial.poll() for _ in ends]
    else:
        outcome = [trial.poll() for _ in ends][-1]
        assert outcome.verdict == verdict
        assert place.read_bytes() == original
    assert started.ends == []
    assert ["m" if content != original else "-" for content in started.found] == list(runs)


def test_what_is_on_another_file_system_is_copied(
    mutants: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: str, target: str) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    (tmp_path / "one").write_text("images")
    mutants.forks.link(str(tmp_path / "one"), str(tmp_path / "linked"))
    assert (tmp_path / "linked").samefile(tmp_path / "one")
    monkeypatch.setattr(os, "link", refuse)
    mutants.forks.link(str(tmp_path / "one"), str(tmp_path / "copied"))
    assert (tmp_path / "copied").read_text() == "images"
    assert not (tmp_path / "copied").samefile(tmp_path / "one")
