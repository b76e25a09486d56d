"""Time `edgemnist verify` against the shortest script that does the same run, side by side, as whole processes.

    python tests/benchmarks/verification.py exports        # about two minutes

The script loads the same test set, runs the same runtime and counts hits; nothing else. Prints for each
file the median wall times, the ratio pair by pair with its spread, and the difference in seconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from machine import describe_machine

LOAD = """
import gzip, sys, numpy as np
folder = sys.argv[2]
read = lambda name, skip: np.frombuffer(gzip.open(f"{folder}/t10k-{name}-ubyte.gz").read(), np.uint8, offset=skip)
pixels, labels = read("images-idx3", 16).reshape(-1, 784), read("labels-idx1", 8)
"""
SHORTEST = {
    ".onnx": LOAD
    + """
import onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
print((session.run(None, {"pixels": pixels.astype("float32") / 255})[0].argmax(1) == labels).sum())
""",
    ".tflite": LOAD
    + """
from ai_edge_litert.interpreter import Interpreter
model = Interpreter(sys.argv[1])
model.allocate_tensors()
input, output = model.get_input_details()[0], model.get_output_details()[0]
images = pixels if input["dtype"] is np.uint8 else pixels.astype("float32") / 255
hits = 0
for image, label in zip(images[:, None], labels):
    model.set_tensor(input["index"], image)
    model.invoke()
    hits += model.get_tensor(output["index"])[0].argmax() == label
print(hits)
""",
}
FILES = ("model.onnx", "model_float16.onnx", "model_int8.onnx", "model.tflite", "model_float16.tflite",
         "model_dynamic.tflite", "model_int8.tflite", "model_int16x8.tflite")  # fmt: skip


# Each side imports bytecode, as packages have it that were installed: the first round, which isn't counted, writes it.
# Where the environment forbids that, only edgemnist, in a checkout, would be compiled from its source each time.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def time_process(arguments: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - started


def main(folder: Path, rounds: int) -> None:
    from edgemnist.datasets import MNIST_FOLDER

    print(describe_machine())
    for name in FILES:
        path = folder / name
        shortest = ["-c", SHORTEST[path.suffix], str(path), str(MNIST_FOLDER)]
        ours = ["-m", "edgemnist", "verify", str(path)]
        pairs = [(time_process(shortest), time_process(ours)) for _ in range(rounds + 1)][1:]
        ratios = [ours_s / shortest_s for shortest_s, ours_s in pairs]
        medians = [statistics.median(column) for column in zip(*pairs, strict=True)]
        print(
            f"{name:22} shortest {medians[0]:.2f} s   verify {medians[1]:.2f} s   "
            f"{statistics.median(b - a for a, b in pairs):+.2f} s   "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            flush=True,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("exports"), int(sys.argv[2]) if len(sys.argv) > 2 else 7)
