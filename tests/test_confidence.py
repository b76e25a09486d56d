"""How far probabilities can be taken at their word: NLL, Brier score and ECE, against other ways to compute them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import edgemnist
from edgemnist.comparison.calibration import BINS, LEAST, Calibration, CalibrationTally
from tests.conftest import ROOT

EXPORTS = ROOT / "exports"


def measure(labels: np.ndarray, rows: np.ndarray, *, exclusive: bool = True, size: int = 7) -> Calibration:
    tally = CalibrationTally(exclusive=exclusive)
    for start in range(0, len(labels), size):
        tally.add(labels[start : start + size], rows[start : start + size])
    return tally.finish()


@given(st.integers(1, 60), st.integers(2, 5), st.integers(0, 1000))
def test_the_measures_are_those_of_their_definitions(images: int, classes: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    rows = generator.dirichlet(np.full(classes, 0.3), images).astype(np.float32)
    labels = generator.integers(0, classes, images)
    found = measure(labels, rows)
    pairs = list(zip(rows, labels, strict=True))
    chosen = [max(float(row[label]), 1 / 512) for row, label in pairs]
    assert found.nll == pytest.approx(-sum(np.log(chosen)) / images)
    squares = [sum((float(p) - (k == label)) ** 2 for k, p in enumerate(row)) for row, label in pairs]
    assert found.brier == pytest.approx(sum(squares) / images)
    assert found.clipped == pytest.approx(np.mean([row[label] < 1 / 512 for row, label in pairs]))
    gap = 0.0
    for place, one in enumerate(found.bins):
        low, high = place / BINS, (place + 1) / BINS
        inside = [i for i in range(images) if low < rows[i].max() <= high]
        assert one.images == len(inside)
        if inside:
            right = np.mean([rows[i].argmax() == labels[i] for i in inside])
            confidence = np.mean([float(rows[i].max()) for i in inside])
            assert (one.accuracy, one.confidence) == (pytest.approx(right), pytest.approx(confidence))
            gap += len(inside) / images * abs(right - confidence)
    assert found.ece == pytest.approx(gap)


def test_nothing_is_infinite_and_nothing_is_no_number() -> None:
    rows = np.array([[0, 1], [np.nan, 1], [np.inf, 0], [-3, 2], [0, 0]], np.float32)
    for exclusive in (True, False):
        found = measure(np.zeros(5, np.int64), rows, exclusive=exclusive)
        assert np.isfinite([found.nll, found.brier, found.ece]).all()
        assert found.clipped == 1
        assert sum(one.images for one in found.bins) == found.images == 5
    assert found.least == LEAST
    json.dumps(found.to_record(), allow_nan=False)


def test_a_sigmoid_for_each_class_is_asked_of_each_class() -> None:
    rows = np.array([[0.9, 0.8], [0.5, 0.25]], np.float32)
    found = measure(np.array([0, 0]), rows, exclusive=False)
    assert found.nll == pytest.approx(-np.log([0.9, 0.2, 0.5, 0.75]).sum() / 2)
    assert found.brier == pytest.approx((0.01 + 0.64 + 0.25 + 0.0625) / 2)
    assert measure(np.array([0, 0]), rows).nll == pytest.approx(-np.log([0.9, 0.5]).mean())


def test_verify_measures_a_file_and_its_source(command) -> None:
    outcome = command("verify", EXPORTS / "model_int8.tflite", "--json")
    (model,) = json.loads(outcome.stdout)["models"]
    ours, source = model["calibration"], model["source_calibration"]
    (answers,) = EXPORTS.glob("model_answers_*.npz")
    labels = edgemnist.load_dataset().test.labels
    expected = measure(labels, np.load(answers)["probabilities"], size=10_000)
    assert source["nll"] == pytest.approx(expected.nll)
    assert source["ece"] == pytest.approx(expected.ece)
    assert [len(one["bins"]) for one in (ours, source)] == [BINS, BINS]
    assert sum(one["images"] for one in ours["bins"]) == 10_000
    # Eight bits say 255/256 at most, so that the log-likelihood grows where nothing else does.
    assert 0.002 < ours["nll"] - source["nll"] < 0.004
    assert abs(ours["brier"] - source["brier"]) < 0.0005
    shown = command("verify", EXPORTS / "model_int8.tflite").stdout
    assert f"calibration    NLL {ours['nll']:.4f}, Brier {ours['brier']:.4f}, ECE {ours['ece']:.4f} " in shown
    assert f"(model.keras: {source['nll']:.4f}, {source['brier']:.4f}, {source['ece']:.4f})\n" in shown


def test_a_file_without_a_source_is_measured_alone(tmp_path: Path, command) -> None:
    import onnx

    model = onnx.load(EXPORTS / "small_int8.onnx")
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "other.onnx")
    (found,) = json.loads(command("verify", tmp_path / "other.onnx", "--limit", 500, "--json").stdout)["models"]
    assert (found["source_calibration"], found["calibration"]["images"]) == (None, 500)
