"""Change the core of edgemnist in one place at a time, and see whether the fast tests notice.

    python tests/benchmarks/mutants.py --sample 200 --seed 0     # about two hours on two cores
    python tests/benchmarks/mutants.py --sample 30 --module statistics --module fixedpoint
    python tests/benchmarks/mutants.py --sample 200 --list       # which ones, without running them

Each mutant is made in a copy of the tree, and runs the tests that are nearest to its module first: its doctests, the
file of the same name, those that import it, and then the others. The first failure, or the time limit, kills it.
Survivors are printed with their diff. A second call goes on where the first one was stopped, and runs survivors again
where a test has changed since. Progress goes to stderr; exit status 1 where the share killed is below --least.

Not mutated, since nothing should notice: documentation, annotations, assertions, decorators, what a `raise` says,
f-strings, and strings with a space in them, which are for people.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import hashlib
import json
import math
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from mutations import Mutant, list_mutants

ROOT = Path(__file__).parents[2]
# The core, as beginnings of module names below the package. One that isn't there (any more) means nothing.
CORE = (
    "answers", "comparison", "contract", "datasets", "exporters", "files", "formats", "manifest", "precision",
    "processes", "training", "trust", "workflows", "runtimes/__init__", "runtimes/base", "runtimes/isolation",
    "runtimes/signature",
)  # fmt: skip
# Tests of what stands around the core, or that take programs and minutes.
DISTANT = (
    "alphabet", "branches", "emulator", "examples", "ios", "jvm", "linux", "page", "programs", "quality", "readme",
    "wheel",
)  # fmt: skip
PYTEST = ("-m", "pytest", "-n", "0", "-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "tests.benchmarks.mutants")
# The environment variable that names the file of durations; and those of this process, in seconds by test.
DURATIONS = "EDGEMNIST_MUTANTS_DURATIONS"
TAKEN: dict[str, float] = {}
RUNNING: set[subprocess.Popen[str]] = set()


def list_core(chosen: list[str]) -> list[Path]:
    """The modules to mutate, relative to the root; `chosen`: only those whose path holds one of these words."""
    package = ROOT / "edgemnist"
    found = [path for path in sorted(package.rglob("*.py")) if str(path.relative_to(package)).startswith(CORE)]
    return [path.relative_to(ROOT) for path in found if not chosen or any(word in str(path) for word in chosen)]


@cache
def read_imports(path: Path) -> set[str]:
    """The modules of the package that a file imports, at its top or inside a function."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("edgemnist"):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if alias.name.startswith("edgemnist")}
    return names


def name_module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def measure_distances(module: str) -> dict[str, int]:
    """How many imports lie between each module and this one."""
    imports = {name_module(path.relative_to(ROOT)): read_imports(path) for path in (ROOT / "edgemnist").rglob("*.py")}
    distances, reached = {module: 0}, {module}
    while reached:
        reached = {name for name, others in imports.items() if name not in distances and others & reached}
        distances |= dict.fromkeys(reached, max(distances.values()) + 1)
    return distances


@cache
def choose_tests(path: Path, most: int | None = None) -> list[str]:
    """The module's own doctests, then the files of tests, the nearest first."""
    distances, words = measure_distances(name_module(path)), {word.rstrip("s") for word in path.with_suffix("").parts}
    ranks = {}
    for test in sorted((ROOT / "tests").glob("test_*.py")):
        name, imports = test.stem.removeprefix("test_"), read_imports(test)
        # Those of the command line import nothing of the package, or only the package itself: they reach everything.
        everywhere = [9] if "edgemnist" in imports or not imports else []
        near = [distances[module] for module in imports if module in distances] or everywhere
        if name not in DISTANT and (near or name.rstrip("s") in words):
            ranks[test] = 0 if name.rstrip("s") in words else 1 + min(near)
    nearest = [str(test.relative_to(ROOT)) for test in sorted(ranks, key=ranks.__getitem__)]
    return [str(path), *nearest[:most]]


# ------------------------------------------------------------------------------------- a plugin of the tests that run


def pytest_configure(config: Any) -> None:
    """Tests that draw examples draw the same ones each time, and are never too slow: kills must not be by chance."""
    from hypothesis import settings

    settings.register_profile("mutants", deadline=None, derandomize=True, database=None)
    settings.load_profile("mutants")


@pytest.fixture(autouse=True, scope="session")
def _doctest_names_before_any_test(doctest_namespace: dict[str, object]) -> None:
    """The fixture in conftest.py is for what is in tests/, and gives them to doctests only after a test."""
    import numpy as np

    import edgemnist

    doctest_namespace.update(np=np, verify=edgemnist.verify, load_dataset=edgemnist.load_dataset)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Doctests first, then quick tests before slow ones, and last those of a trained model: most mutants die early.

    What a test takes is known from the run without a mutant; of those that take alike, the nearest comes first.
    """
    path = Path(os.environ[DURATIONS])
    seconds = json.loads(path.read_text()) if path.exists() else {}

    def rank(item: Any) -> tuple[bool, bool, int]:
        trained = any("ladder" in name for name in item.fixturenames)
        return trained, "::test_" in item.nodeid, int(math.log2(1 + 8 * seconds.get(item.nodeid, 1)))

    items.sort(key=rank)


def pytest_runtest_logreport(report: Any) -> None:
    TAKEN[report.nodeid] = TAKEN.get(report.nodeid, 0) + report.duration


def pytest_sessionfinish(exitstatus: int) -> None:
    path = Path(os.environ[DURATIONS])
    if exitstatus == 0 and not path.exists():
        path.write_text(json.dumps(TAKEN))


# --------------------------------------------------------------------------------------------------------- the work


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: "killed", "timeout" or "survived"; by which test; the seconds that it took."""

    verdict: str
    test: str
    seconds: float


def copy_tree(folder: Path) -> Path:
    """Copy what git tracks or would track."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def run_tests(tree: Path, tests: list[str], limit_s: float) -> Outcome:
    """Run tests in a copy of the tree up to the first failure, and leave none of their processes behind."""
    paths = f"{tree}{os.pathsep}{tree / 'tests' / 'benchmarks'}"
    with tempfile.TemporaryDirectory(prefix="mutant-") as scratch:
        # No .pyc: it would be taken for the next mutant's, which has the same size and second.
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": scratch}
        environment[DURATIONS] = str(tree.parent / "durations.json")
        started = time.monotonic()
        run = subprocess.Popen(
            ["nice", sys.executable, *PYTEST, *tests], cwd=tree, env=environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        RUNNING.add(run)
        try:
            output, _ = run.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            return Outcome("timeout", "", limit_s)
        finally:
            kill_group(run)
            RUNNING.discard(run)
    failed = [
        line.partition(" ")[2].partition(" - ")[0]
        for line in output.splitlines()
        if line.startswith(("FAILED ", "ERROR "))
    ]
    verdict = "survived" if run.returncode == 0 else "killed"
    return Outcome(verdict, failed[0] if failed else output[-200:] * run.returncode, time.monotonic() - started)


def kill_group(run: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def try_mutant(mutant: Mutant, trees: queue.Queue[Path], arguments: argparse.Namespace) -> Outcome:
    tree = trees.get()
    place = tree / mutant.path
    original = place.read_bytes()
    try:
        place.write_bytes(mutant.apply(original))
        return run_tests(tree, choose_tests(Path(mutant.path), arguments.files), arguments.timeout)
    finally:
        place.write_bytes(original)
        trees.put(tree)


def hash_files(*folders: str) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


class Journal:
    """What was found earlier, a line a mutant, in a file that is only added to."""

    def __init__(self, path: Path) -> None:
        self._path, self._tests, self.durations = path, hash_files("tests"), path.with_suffix(".durations.json")
        lines = path.read_text().splitlines() if path.exists() else []
        records = [json.loads(line) for line in lines if line.endswith("}")]
        # What one set of tests let live, another may kill; what it killed stays dead.
        kept = [one for one in records if one["verdict"] != "survived" or one["tests"] == self._tests]
        self.found = {one["key"]: Outcome(one["verdict"], one["test"], one["seconds"]) for one in kept}

    def add(self, key: str, outcome: Outcome) -> None:
        self.found[key] = outcome
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as stream:
            stream.write(json.dumps({"key": key, "tests": self._tests, **vars(outcome)}) + "\n")


def run_all(mutants: list[Mutant], journal: Journal, arguments: argparse.Namespace) -> None:
    """Run those that aren't in the journal yet, some at a time, and say so."""
    left = [mutant for mutant in mutants if mutant.key not in journal.found]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees: queue.Queue[Path] = queue.Queue()
        for number in range(arguments.jobs):
            trees.put(copy_tree(Path(folder, str(number))))
        names = sorted({name for mutant in left for name in choose_tests(Path(mutant.path), arguments.files)})
        baseline = f"without a mutant: {hashlib.sha256(repr(names).encode()).hexdigest()[:16]}"
        if left and baseline not in journal.found:
            journal.add(baseline, check_baseline(names, trees, journal))
        if journal.durations.exists():
            shutil.copyfile(journal.durations, Path(folder, "durations.json"))
        with ThreadPoolExecutor(arguments.jobs) as pool:
            started = {pool.submit(try_mutant, mutant, trees, arguments): mutant for mutant in left}
            try:
                follow(started, journal)
            except BaseException:  # Ctrl-C and the like: what runs is in sessions of its own
                pool.shutdown(wait=False, cancel_futures=True)
                for run in list(RUNNING):
                    kill_group(run)
                raise


def follow(started: dict[Future[Outcome], Mutant], journal: Journal) -> None:
    for done, future in enumerate(as_completed(started), 1):
        mutant, outcome = started[future], future.result()
        journal.add(mutant.key, outcome)
        words = f"{outcome.verdict:8} {outcome.seconds:5.0f} s  {mutant.place}  {mutant.operator}"
        print(f"[{done:3}/{len(started)}] {words}  {outcome.test}", file=sys.stderr, flush=True)


def check_baseline(tests: list[str], trees: queue.Queue[Path], journal: Journal) -> Outcome:
    """A test that fails without any mutant would kill all of them. What each takes is kept beside the journal."""
    print("running the tests without a mutant first", file=sys.stderr, flush=True)
    tree = trees.get()
    outcome = run_tests(tree, tests, 4 * 3600)
    trees.put(tree)
    if outcome.verdict != "survived":
        sys.exit(f"a test fails without a mutant: {outcome.test}")
    print(f"they pass, in {outcome.seconds:.0f} s", file=sys.stderr, flush=True)
    earlier = json.loads(journal.durations.read_text()) if journal.durations.exists() else {}
    journal.durations.write_text(json.dumps(earlier | json.loads((tree.parent / "durations.json").read_text())))
    return outcome


def describe(mutant: Mutant, outcome: Outcome | None) -> dict[str, Any]:
    record = {"place": mutant.place, "operator": mutant.operator, "diff": "".join(list_changes(mutant))}
    return {**record, **(vars(outcome) if outcome else {})}


def list_changes(mutant: Mutant) -> Iterator[str]:
    original = (ROOT / mutant.path).read_bytes()
    lines = [text.decode().splitlines(keepends=True) for text in (original, mutant.apply(original))]
    return (line for line in difflib.unified_diff(*lines, n=0) if not line.startswith(("---", "+++", "@@")))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Change the core in one place at a time; do the tests notice?")
    parser.add_argument("--sample", type=int, default=200, help="how many mutants (200)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (0)")
    parser.add_argument("--module", action="append", default=[], help="only modules whose path holds this word")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    parser.add_argument("--files", type=int, help="of the nearest files of tests, at most so many (all)")
    parser.add_argument("--timeout", type=float, default=900, help="seconds that one may take (900)")
    parser.add_argument("--least", type=float, default=0.95, help="the share to be killed, for the exit status (0.95)")
    parser.add_argument("--list", action="store_true", help="show the sample and its diffs; run nothing")
    parser.add_argument("--json", action="store_true", help="print one document instead of text")
    parser.add_argument("--journal", type=Path, help="where results are kept (in the folder for temporary files)")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    every = [mutant for path in list_core(arguments.module) for mutant in list_mutants(ROOT, path)]
    shuffled = random.Random(arguments.seed).sample(every, len(every))
    mutants = list(islice((mutant for mutant in shuffled if mutant.is_python(ROOT)), arguments.sample))
    name = f"edgemnist-mutants-{hash_files('edgemnist')[:12]}.jsonl"
    journal = Journal(arguments.journal or Path(tempfile.gettempdir(), name))
    if not arguments.list:
        run_all(mutants, journal, arguments)
    found = {mutant: None if arguments.list else journal.found[mutant.key] for mutant in mutants}
    shown = {one: end for one, end in found.items() if end is None or end.verdict == "survived" or arguments.json}
    records = [describe(mutant, shown[mutant]) for mutant in sorted(shown, key=lambda one: (one.path, one.line))]
    killed = sum(end is not None and end.verdict != "survived" for end in found.values())
    if arguments.json:
        print(json.dumps({"mutants": len(found), "of": len(every), "killed": killed, "records": records}, indent=2))
    else:
        for record in records:
            print(f"{record['place']}  {record['operator']}\n{record['diff']}")
        share = "" if arguments.list else f"; {killed} killed, {killed / max(1, len(found)):.1%}"
        print(f"{len(found)} of {len(every)} mutants{share}")
    sys.exit(0 if arguments.list else int(killed < arguments.least * len(found)))


if __name__ == "__main__":
    main()
