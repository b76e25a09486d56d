"""`run` is train, export and verify, one after the other, each given everything that the caller gave."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from edgemnist.workflows import run as ladder
from edgemnist.workflows.report import PAGE
from edgemnist.workflows.reports.answers import Collector


def test_run_hands_on_what_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The verbs are stood in for: a slow test in test_cli.py runs them."""
    calls: dict[str, tuple[tuple, dict]] = {}
    results = {
        "train": SimpleNamespace(path=tmp_path / "model.keras"),
        "export": [SimpleNamespace(path=tmp_path / name) for name in ("model.onnx", "model.c")],
        "verify": SimpleNamespace(passed=True, verdicts=[]),
        "write_report": SimpleNamespace(written=tmp_path / PAGE),
    }
    for name, result in results.items():

        def record(*arguments: object, name: str = name, result: object = result, **options: object) -> object:
            calls[name] = arguments, options
            return result

        monkeypatch.setattr(ladder, name, record)
    heard: list[object] = []
    reports = {
        name: object()
        for name in (
            "show_model",
            "report_data",
            "report_training",
            "report_note",
            "report_artifact",
            "report_form",
            "report_left_out",
            "report_count",
        )
    }
    given = {
        "epochs": 3, "batch_size": 8, "optimizer": "sgd", "learning_rate": 0.1, "validation_fraction": 0.2,
        "early_stopping": 2, "seed": 7, "resume": True, "data": tmp_path / "data", "class_names": ["a", "b"],
        "split": "digits", "preparation": "fit", "ink": "dark", "teachers": [tmp_path / "large.keras"],
    }  # fmt: skip
    found = ladder.run(
        tmp_path, recipe="small", **given, **reports, finish_training=heard.append, report_file=heard.append,
        report_page=heard.append,
    )  # fmt: skip
    assert found is results["verify"]
    assert heard == [results["train"], results["write_report"]]
    data = {name: given[name] for name in ("data", "class_names", "split")}
    shown = {name: reports[name] for name in ("show_model", "report_data", "report_note")} | {
        "report": reports["report_training"]
    }
    assert calls["train"] == (("small",), {**given, **shown, "output": tmp_path / "model.keras"})
    names = ("report_form", "report_left_out")
    written = {"report": reports["report_artifact"], **{name: reports[name] for name in names}}
    assert calls["export"] == ((tmp_path / "model.keras",), {**data, **written, "all": True, "output": tmp_path})
    files = tuple(tmp_path / name for name in ("model.keras", "model.onnx", "model.c"))
    verified = {"report": heard.append, "report_count": reports["report_count"]}
    collector = calls["verify"][1].pop("save")
    assert isinstance(collector, Collector)  # what the report says of answers is taken while they are given
    assert calls["verify"] == (files, {**data, "deep": True, "record": True, **verified})
    assert calls["write_report"][0][1:] == ("html", tmp_path / PAGE)
