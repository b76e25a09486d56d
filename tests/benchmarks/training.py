"""Time `edgemnist train` against the plain Keras script, side by side, as whole processes.

    python tests/benchmarks/training.py            # five seeds, about ten minutes

For each seed, one after the other: the plain script, the recipe baseline, which does the same, and the time until
recipes first reach 97, 98 or 99 % of the validation images, imports included. Prints each with its ratio to the
plain script of the same seed; then the median ratios with their spread, and the mean accuracies. A benchmark, not a
test: nothing is asserted.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from machine import describe_machine

PLAIN = Path(__file__).with_name("plain_training.py")
# Recipes, and the shares of the validation images that they are to reach.
AIMS = (("baseline", 0.97), ("fast", 0.98), ("cnn", 0.98), ("cnn", 0.99))
# Ends with the epoch that reaches the aim: what comes after it isn't asked for.
REACH = """
import os, sys, time
import edgemnist

def report(progress):
    if progress.ended and progress.ended.validation_accuracy >= aim:
        print(time.time(), progress.epoch, progress.ended.validation_accuracy, flush=True)
        os._exit(0)

recipe, aim, seed, output = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
recipe = edgemnist.RECIPES[recipe].change({("validation",): True})
edgemnist.train(recipe, seed=seed, output=output, report=report)
"""


def run_timed(arguments: list[str]) -> tuple[float, str]:
    started = time.perf_counter()
    run = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return time.perf_counter() - started, run.stdout


def time_to(recipe: str, aim: float, seed: int, output: str) -> tuple[float, str]:
    """The seconds until a training has reached its aim, from the start of the process; infinity if it never does."""
    started = time.time()
    _, words = run_timed(["-c", REACH, recipe, str(aim), str(seed), output])
    if not words:
        return float("inf"), f"{recipe} never reaches {100 * aim:.0f} %"
    ended, epoch, accuracy = map(float, words.split())
    return ended - started, f"{100 * accuracy:.2f} % after epoch {epoch:.0f}"


def measure(seed: int, output: str) -> Iterator[tuple[str, float, str, float | None]]:
    """Yield what was run, its seconds, what it reached, and its accuracy on the test images where that is scored."""
    seconds, words = run_timed([str(PLAIN), str(seed), output])
    accuracy = float(re.findall(r"accuracy ([\d.]+)", words)[-1])
    yield "plain script", seconds, f"test {100 * accuracy:.2f} %", accuracy
    seconds, words = run_timed(["-m", "edgemnist", "train", "--seed", str(seed), "--output", output, "--json"])
    accuracy = json.loads(words)["accuracy"]
    yield "baseline", seconds, f"test {100 * accuracy:.2f} %", accuracy
    for recipe, aim in AIMS:
        seconds, reached = time_to(recipe, aim, seed, output)
        yield f"{recipe} to {100 * aim:.0f} %", seconds, reached, None


def main(seeds: int) -> None:
    print(describe_machine())
    ratios, accuracies = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(seeds):
            plain_s = 0.0
            for name, seconds, reached, accuracy in measure(seed, str(Path(folder, "model.keras"))):
                plain_s = plain_s or seconds  # it comes first
                ratios[name].append(seconds / plain_s)
                if accuracy is not None:
                    accuracies[name].append(accuracy)
                print(f"seed {seed}  {name:16} {seconds:6.1f} s  ratio {ratios[name][-1]:.3f}  {reached}", flush=True)
    for name, found in ratios.items():
        print(f"{name:16} ratio: median {statistics.median(found):.3f}, {min(found):.3f} to {max(found):.3f}")
    for name, found in accuracies.items():
        print(f"{name:16} mean test accuracy {100 * statistics.mean(found):.3f} %")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
