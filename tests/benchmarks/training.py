"""Time `edgemnist train` against the plain Keras script, side by side, as whole processes.

    python tests/benchmarks/training.py            # five seeds, about five minutes

Prints for each pair the two wall times, their ratio and both accuracies; then the median ratio with its
spread and the mean difference in accuracy. A benchmark, not a test: nothing is asserted.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import describe_machine

PLAIN = Path(__file__).with_name("plain_training.py")


def run_timed(arguments: list[str]) -> tuple[float, str]:
    started = time.perf_counter()
    run = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return time.perf_counter() - started, run.stdout


def main(seeds: int) -> None:
    print(describe_machine())
    ratios, ours, plains = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(seeds):
            output = str(Path(folder, "model.keras"))
            plain_s, words = run_timed([str(PLAIN), str(seed), output])
            plain_accuracy = float(re.findall(r"accuracy ([\d.]+)", words)[-1])
            ours_s, words = run_timed(["-m", "edgemnist", "train", "--seed", str(seed), "--output", output, "--json"])
            accuracy = json.loads(words)["accuracy"]
            ratios.append(ours_s / plain_s)
            ours.append(accuracy)
            plains.append(plain_accuracy)
            print(
                f"seed {seed}: plain {plain_s:5.1f} s {100 * plain_accuracy:.2f} %   "
                f"edgemnist {ours_s:5.1f} s {100 * accuracy:.2f} %   ratio {ratios[-1]:.3f}",
                flush=True,
            )
    print(f"ratio: median {statistics.median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}")
    means = 100 * statistics.mean(plains), 100 * statistics.mean(ours)
    print(f"mean accuracy: plain {means[0]:.3f} %, edgemnist {means[1]:.3f} %, difference {means[1] - means[0]:+.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
