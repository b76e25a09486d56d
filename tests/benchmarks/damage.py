"""Damage released files in thousands of ways, and see that nothing worse than an error comes of it.

    python tests/benchmarks/damage.py --count 2000 --seed 0           # hours; 100 a format take minutes
    python tests/benchmarks/damage.py --count 300 --format tflite --format onnx --jobs 4
    python tests/benchmarks/damage.py --format tflite --case 17       # write that file again

Seeded operators (`tests/damages.py`) damage bits, blocks, numbers and structure. Each file goes through the verbs that
read it (`tests/damaged.py`), listed in a manifest or not. A finding is: a process that dies, a traceback, a limit that
is passed by more than 10 s, a process or a temporary file that is left, memory that a file takes in the process that
asks, and, first of all, a damaged file that passes though the manifest lists another. Exit status 1 if there is any.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from tests.damaged import FORMATS, Bench, Result, make_damage, prepare, write_result  # noqa: E402

# Cases that one process runs at most, one after the other.
MOST_CASES = 100
# No case has so many questions that all at their limits take longer.
HANG_S = 600
# How long a worker may take to end, once it has said all.
GRACE_S = 10
WORKER = (sys.executable, __file__, "--worker")
OUTCOMES = ("passed", "not compared", "differs", "error")


@dataclass(frozen=True)
class Chunk:
    """Cases of one format that one process runs."""

    folder: Path
    format: str
    seed: int
    indices: range


def work(chunk: Chunk) -> None:
    """Run cases and write a line for each; the worker's side. What libraries print goes to stderr."""
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with Bench(chunk.folder) as bench:
        for index in chunk.indices:
            print(write_result(bench.try_case(chunk.format, chunk.seed, index)), file=lines, flush=True)


def watch(chunk: Chunk) -> list[Result]:
    """Run cases in a worker, and go on with another one behind the case that ends it."""
    results: list[Result] = []
    while len(results) < len(chunk.indices):
        rest = chunk.indices[len(results) :]
        lines, status, words = _run_worker(chunk, rest)
        results += [Result(**json.loads(line)) for line in lines]
        if len(lines) < len(rest):
            index = rest[len(lines)]
            _, operator, _ = make_damage(chunk.folder, chunk.format, chunk.seed, index)
            finding = f"the process ended with status {status}: {words[-3000:]}"
            results.append(Result(chunk.format, index, operator, findings=[finding]))
    return results


def _run_worker(chunk: Chunk, indices: range) -> tuple[list[str], int, str]:
    """Return its lines, its exit status, and what it said on stderr; one that is silent for too long is killed."""
    arguments = [str(chunk.folder), chunk.format, str(chunk.seed), str(indices.start), str(indices.stop)]
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(
            [*WORKER, *arguments],
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        lines: queue.Queue[str] = queue.Queue()
        assert process.stdout is not None
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        found = list(_take_lines(lines))
        try:
            status = process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        reader.join(GRACE_S)
        process.stdout.close()
        said.seek(0)
        return found, status, said.read()


def _take_lines(lines: queue.Queue[str]) -> Iterator[str]:
    """Yield lines up to the last one, or until none comes for too long."""
    with contextlib.suppress(queue.Empty):
        while line := lines.get(timeout=HANG_S):
            yield line


def _read(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def run(folder: Path, formats: list[str], count: int, seed: int, jobs: int) -> Iterator[Result]:
    """Run `count` cases of each format, `jobs` at a time; `folder` is what `prepare` wrote."""
    size = min(MOST_CASES, -(-count // jobs))
    chunks = [
        Chunk(folder, format, seed, range(start, min(start + size, count)))
        for start in range(0, count, size)
        for format in formats
    ]
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for future in as_completed([pool.submit(watch, chunk) for chunk in chunks]):
                yield from future.result()
        finally:  # also where nobody waits for the rest
            pool.shutdown(wait=False, cancel_futures=True)


def tabulate(results: list[Result]) -> str:
    """A line a format."""
    lines = [
        f"{'format':10}{'cases':>7}" + "".join(f"{word:>14}" for word in OUTCOMES) + f"{'findings':>10}{'s a case':>10}"
    ]
    for format in dict.fromkeys(result.format for result in results):
        mine = [result for result in results if result.format == format]
        outcomes, findings = Counter(one.outcome for one in mine), sum(len(one.findings) for one in mine)
        seconds = sum(one.seconds for one in mine) / len(mine)
        lines.append(
            f"{format:10}{len(mine):7}"
            + "".join(f"{outcomes[word]:14}" for word in OUTCOMES)
            + f"{findings:10}{seconds:10.2f}"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="damaged files a format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", action="append", choices=FORMATS, help="only this one; may come again")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--json", type=Path, help="write all results there")
    parser.add_argument("--case", type=int, help="write the damaged file of that index into this folder, and stop")
    parser.add_argument("--worker", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        folder, format, seed, start, stop = options.worker
        work(Chunk(Path(folder), format, int(seed), range(int(start), int(stop))))
        return 0
    formats = options.format or list(FORMATS)
    with tempfile.TemporaryDirectory() as name:
        folder = prepare(Path(name) / "bench")
        if options.case is not None:
            path, operator, content = make_damage(folder, formats[0], options.seed, options.case)
            Path(f"damaged_{options.case}_{path.name}").write_bytes(content)
            print(f"damaged_{options.case}_{path.name}: {operator}")
            return 0
        return _run_all(folder, formats, options)


def _run_all(folder: Path, formats: list[str], options: argparse.Namespace) -> int:
    results: list[Result] = []
    shown = time.monotonic()
    for result in run(folder, formats, options.count, options.seed, options.jobs):
        results.append(result)
        for finding in result.findings:
            print(f"{result.format} {result.index} ({result.operator}): {finding}", flush=True)
        if time.monotonic() > shown + 60:
            shown = time.monotonic()
            print(f"{tabulate(results)}\n", file=sys.stderr, flush=True)
    print(tabulate(results))
    if options.json:
        options.json.write_text(json.dumps([vars(result) for result in results], indent=1))
    return int(any(result.findings for result in results))


if __name__ == "__main__":
    sys.exit(main())
