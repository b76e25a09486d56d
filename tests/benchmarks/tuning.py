"""Time `edgemnist tune` with one worker and with two, each in one thread, as whole processes.

    python tests/benchmarks/tuning.py                         # 8 trials of 3 epochs each, a few minutes
    python tests/benchmarks/tuning.py --trials 4 --images 600 --epochs 1    # a quick look

The two workers run the same command at the same time and share a study. All trials have the same size, and none is
pruned. Prints both wall times and their ratio: no ratio unless all trials are complete. A benchmark, not a test.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from machine import describe_machine

RECIPE = """
[network]
name = "dense"

[schedule]
epochs = {epochs}

[search.optimizer]
learning_rate = {{low = 1e-4, high = 1e-2, log = true}}
"""


def run_workers(count: int, folder: Path, trials: int, options: list[str]) -> float:
    """Run so many workers to the end of their study, and return the wall time in seconds."""
    # With two objectives no trial is pruned.
    command = [sys.executable, "-m", "edgemnist", "tune", "--threads", "1", "--objective", "multiplications", "--json"]
    command += ["--trials", str(trials)]
    started = time.perf_counter()
    workers = [
        subprocess.Popen([*command, *options, "--output", str(folder)], stdout=subprocess.PIPE) for _ in range(count)
    ]
    outputs = [worker.communicate()[0] for worker in workers]
    seconds = time.perf_counter() - started
    assert not any(worker.returncode for worker in workers)
    states = Counter(trial["state"] for trial in json.loads(outputs[0])["trials"])
    print(f"{count} worker{'s' * (count > 1)}: {seconds:6.1f} s, {dict(states)}", flush=True)
    if set(states) != {"complete"} or states["complete"] != trials:
        raise SystemExit(f"of {trials} trials not all are complete: their times can't be compared")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--images", type=int, default=60_000)
    given = parser.parse_args()
    print(describe_machine())
    with tempfile.TemporaryDirectory() as name:
        recipe = Path(name, "timed.toml")
        recipe.write_text(RECIPE.format(epochs=given.epochs))
        options = ["--recipe", str(recipe), "--limit", str(given.images)]
        one, two = (run_workers(count, Path(name, str(count)), given.trials, options) for count in (1, 2))
    print(f"ratio {two / one:.3f}")


if __name__ == "__main__":
    main()
