"""Time one image at a time, one thread, in every runtime that takes a model as int8, side by side in one run.

    python tests/benchmarks/inference.py exports            # half a minute a model, all that the folder has
    python tests/benchmarks/inference.py exports small      # of one

Each figure is the time in which the runtime itself answers, its input being in place already. A call from
Python costs a few microseconds that a program in C++ doesn't pay: `less call` is the figure less the time of
the same call on a model of one small operator. C is called in a loop in C. The runtimes take turns, round by
round, and the ratios (of `less call`) are taken within a round. Prints medians, lowest and highest round.

TFLite Micro is the one of its wheel, whose kernels are written for any processor: no package of its C++ library for
a PC was found. emlearn writes dense layers of a Keras model, in floats.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from machine import describe_machine
from timers import (
    FAST,
    IMAGES,
    Missing,
    Timer,
    cut_tflite,
    make_onnx,
    time_c,
    time_emlearn,
    time_litert,
    time_micro,
    time_onnx,
)

from edgemnist.exporters import Options
from edgemnist.quiet import quiet

STEMS = ("model", "small", "micro", "micro-cnn", "mini", "nano", "pico")
XNNPACK, ORT = "LiteRT XNNPACK", "ONNX Runtime int8"
# A model's timer, and that of its call on a model of one operator.
Pair = tuple[Timer, Timer | None]


def list_makers(exports: Path, stem: str, folder: Path) -> dict[str, Callable[[], Pair]]:
    """What makes the timers of each runtime; one whose package is missing, or that can't run the model, says so."""
    quantized = f"{stem}_int8"
    content, onnx = (exports / f"{quantized}.tflite").read_bytes(), exports / f"{quantized}.onnx"
    cut = cut_tflite(content)
    dense = Options(kernels="dense")

    def make_c(flags: list[str], options: Options | None = None) -> Callable[[], Pair]:
        return lambda: (time_c(exports, quantized, folder, flags, options), None)

    def make_litert(*, delegate: bool) -> Callable[[], Pair]:
        return lambda: (time_litert(content, delegate=delegate), time_litert(cut, delegate=delegate))

    def make_ort() -> Pair:
        if not onnx.exists():
            raise Missing(f"edgemnist export {exports / f'{stem}.keras'} --format onnx --quantize int8")
        return time_onnx(onnx.read_bytes()), time_onnx(make_onnx())

    return {
        XNNPACK: make_litert(delegate=True),
        ORT: make_ort,
        "LiteRT, no delegate": make_litert(delegate=False),
        "C, -O2": make_c(["-O2"]),
        "C, -O3 -mavx2": make_c(["-O3", "-mavx2"]),
        "C, -O3 -march=native": make_c(FAST),
        "C dense, -O2": make_c(["-O2"], dense),
        "C dense, -O3 -march=native": make_c(FAST, dense),
        "TFLite Micro": lambda: (time_micro(content), time_micro(cut)),
        "emlearn float, -O3 -march=native": lambda: (time_emlearn(exports / f"{stem}.keras", folder), None),
    }


def make_timers(makers: dict[str, Callable[[], Pair]]) -> dict[str, Pair | str]:
    """The timers by name, or why there is none."""
    timers: dict[str, Pair | str] = {}
    for name, make in makers.items():
        try:
            timers[name] = make()
        except Missing as missing:
            timers[name] = str(missing)
    return timers


def measure(timers: dict[str, Pair | str], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Microseconds an image, of each round: with the call, and less it. The first round warms up."""
    scale = 1e6 / len(IMAGES)
    found: dict[str, list[tuple[float, float]]] = {
        name: [] for name, pair in timers.items() if not isinstance(pair, str)
    }
    for place in range(rounds + 1):
        for name, runs in found.items():
            timer, call = timers[name]
            whole, empty = timer() * scale, call() * scale if call else 0.0
            if place:
                runs.append((whole, whole - empty))
    return found


def write_ratios(runs: list[tuple[float, float]], base: list[tuple[float, float]] | None) -> str:
    if base is None:
        return "-"
    ratios = [own[1] / other[1] for own, other in zip(runs, base, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def write_rows(timers: dict[str, Pair | str], found: dict[str, list[tuple[float, float]]]) -> list[str]:
    heads = f"{'median':>7} {'spread':>18} {'less call':>10} {'to XNNPACK':>22} {'to ONNX Runtime':>24}"
    rows = [f"{'µs an image, one thread':34} {heads}"]
    for name, pair in timers.items():
        if isinstance(pair, str):
            rows.append(f"{name:34} {'-':>7}   {pair}")
            continue
        runs = found[name]
        whole, net = ([run[place] for run in runs] for place in (0, 1))
        spread = f"{min(whole):.2f} to {max(whole):.2f}"
        ratios = [write_ratios(runs, found.get(base)) for base in (XNNPACK, ORT)]
        rows.append(
            f"{name:34} {statistics.median(whole):7.2f} {spread:>18} {statistics.median(net):10.2f} "
            f"{ratios[0]:>22} {ratios[1]:>24}"
        )
    return rows


def main(exports: Path, stems: list[str], rounds: int = 15) -> None:
    print(describe_machine())
    for stem in stems or [stem for stem in STEMS if (exports / f"{stem}_int8.tflite").exists()]:
        with tempfile.TemporaryDirectory() as folder, quiet():
            timers = make_timers(list_makers(exports, stem, Path(folder)))
            found = measure(timers, rounds)
        size = (exports / f"{stem}_int8.tflite").stat().st_size
        print("", f"{stem}_int8.tflite, {size:,} bytes", *write_rows(timers, found), sep="\n", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("exports"), sys.argv[2:])
