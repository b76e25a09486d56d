"""Change the core of edgemnist in one place at a time, and see whether a test notices that isn't marked slow.

    python tests/benchmarks/mutants.py --sample 200 --seed 0
    python tests/benchmarks/mutants.py --sample 30 --module statistics --module fixedpoint
    python tests/benchmarks/mutants.py --sample 200 --list       # which ones, without running them

One run without a mutant finds which tests run which line of the core, and how long each takes; it is kept for the next
call, by the files of tests that haven't changed. Each mutant is made in a copy of the tree, and runs in a fork of this
process, which has loaded TensorFlow: the tests that run the changed line, the quickest first, up to --most seconds as
measured without a mutant. The first failure, or the time limit, kills it. A run that ends as no tests do, such as for
lack of memory, is tried without the mutant: if it ends so again, so does all; else the mutant has a second trial.

Survivors are printed with their diff. A second call goes on where the first one was stopped, and runs survivors again
where a test has changed since. Progress goes to stderr; exit status 1 where the share killed is below --least.

Not mutated, since nothing should notice: documentation, annotations, assertions, decorators, what a `raise` says,
f-strings, and strings with a space in them, which are for people.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import itertools
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import forks
from forks import LADDER, Run, Work, name_fixture
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
    "alphabet", "branches", "emulator", "examples", "ios", "jvm", "linux", "mutants", "page", "programs", "quality",
    "readme", "wheel",
)  # fmt: skip
DOCTESTS = "doctests"
PAUSE_S = 0.05
# A run may take so many times as long as its tests do without a mutant, and so many seconds to start and to make the
# ladder anew: a time limit that is too short would kill without a test.
PATIENCE, START_S, LADDER_S = 5, 120, 300
# The first round of a mutant: the tests of so many files that take less than so many seconds.
FIRST_FILES, FIRST_S = 3, 2


def list_core(chosen: list[str]) -> list[Path]:
    """The modules to mutate, relative to the root; `chosen`: only those whose path holds one of these words."""
    package = ROOT / "edgemnist"
    found = [path for path in sorted(package.rglob("*.py")) if str(path.relative_to(package)).startswith(CORE)]
    return [path.relative_to(ROOT) for path in found if not chosen or any(word in str(path) for word in chosen)]


def choose(every: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """A sample that stays what it is, but for what is gone, where the core changes elsewhere."""
    shuffled = sorted(every, key=lambda one: hashlib.sha256(f"{seed} {one.key}".encode()).digest())
    return list(itertools.islice((mutant for mutant in shuffled if mutant.is_python(ROOT)), count))


@cache
def list_groups() -> dict[str, list[str]]:
    """The tests by what is measured at once: each file of tests, and the doctests of the core."""
    tests = [path.relative_to(ROOT) for path in sorted((ROOT / "tests").glob("test_*.py"))]
    near = [str(path) for path in tests if path.stem.removeprefix("test_") not in DISTANT]
    documented = [str(path) for path in list_core([]) if ">>> " in (ROOT / path).read_text()]
    return {DOCTESTS: documented, **{path: [path] for path in near}}


# ------------------------------------------------------------------------------------ which tests run a line


class Coverage:
    """What the run without a mutant found, in a file: for each group of tests the seconds, fixtures and lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._groups: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def list_missing(self) -> list[str]:
        core = hash_files("edgemnist")
        return [name for name in list_groups() if self._groups.get(name, {}).get("of") != [core, hash_group(name)]]

    def add(self, name: str, found: dict[str, Any]) -> None:
        self._groups[name] = {**found, "of": [hash_files("edgemnist"), hash_group(name)]}
        self._path.write_text(json.dumps(self._groups))

    @property
    def failed(self) -> list[str]:
        """Tests that fail without a mutant: they say nothing of one."""
        return [test for name in list_groups() for test in self._groups[name]["failed"]]

    def makes_ladder(self, mutant: Mutant) -> bool:
        """True where the mutant is of what the ladder is made with."""
        return any(_holds(found["lines"].get(name_fixture(LADDER), {}), mutant) for found in self._groups.values())

    def order_tests(self, mutant: Mutant, most_s: float) -> dict[str, float]:
        """Return the tests to run, with their seconds: those that run its line, the quickest first."""
        running = {name: self._list_contexts(name, mutant) for name in list_groups()}
        ranked = []
        for name, contexts in running.items():
            for test, seconds in self._groups[name]["seconds"].items():
                own = {test, *map(name_fixture, self._groups[name]["fixtures"].get(test, ()))}
                # What runs in processes that can't be followed is for the tests of its name.
                if own & contexts or not (any(running.values()) or _is_far(name, mutant)):
                    slow = int(math.log(1 + 8 * seconds, 4))
                    rank = (name_fixture(LADDER) in own, name != DOCTESTS, slow, _is_far(name, mutant), name)
                    ranked.append((rank, test, seconds))
        chosen, total_s, failed = dict[str, float](), 0.0, set(self.failed)
        for _, test, seconds in sorted(ranked):
            if test not in failed and (total_s + seconds <= most_s or not chosen):
                chosen[test], total_s = seconds, total_s + seconds
        return chosen

    def _list_contexts(self, name: str, mutant: Mutant) -> set[str]:
        """The tests and fixtures of a group that run a mutant's line."""
        return {context for context, lines in self._groups[name]["lines"].items() if _holds(lines, mutant)}


def _holds(lines: dict[str, list[int]], mutant: Mutant) -> bool:
    """True where a mutant's lines are among these; what runs on import is of all that use the module."""
    found = lines.get(mutant.path.removeprefix("edgemnist/"), [])
    return bool(found) and (mutant.imported or any(mutant.first <= line <= mutant.last for line in found))


def _is_far(group: str, mutant: Mutant) -> bool:
    words = {word.rstrip("s") for word in Path(mutant.path).with_suffix("").parts}
    return Path(group).stem.removeprefix("test_").rstrip("s") not in words


@cache
def hash_files(*folders: str) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def hash_group(name: str) -> str:
    return hashlib.sha256(b"".join((ROOT / path).read_bytes() for path in list_groups()[name])).hexdigest()


def measure(tree: Path, coverage: Coverage, kept: Path, jobs: int) -> None:
    """Run the tests without a mutant where they have changed."""
    missing = coverage.list_missing()
    left, done = deque(missing), itertools.count(1)
    running: dict[str, Run] = {}
    try:
        while left or running:
            while left and len(running) < jobs:
                name = left.popleft()
                running[name] = Run(Work(tree, kept, list_groups()[name], options=(), traced=True), 3600)
            time.sleep(PAUSE_S)
            for name, found in [(name, found) for name, run in running.items() if (found := run.poll())]:
                run = running.pop(name)
                if found["status"] not in (0, 1):
                    sys.exit(f"{name} can't be run without a mutant: {found['failed']}")
                coverage.add(name, found)
                said = f"without a mutant: {len(found['seconds'])} tests, {run.seconds:.0f} s  {name}"
                print(f"[{next(done):2}/{len(missing)}] {said}", file=sys.stderr, flush=True)
    finally:
        for run in running.values():
            run.clean()
    for test in coverage.failed:
        print(f"fails without a mutant, and is left out: {test}", file=sys.stderr, flush=True)


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


class Trial:
    """A mutant in its tree, and the tests that run on it: a few files first, since most mutants die of them."""

    def __init__(self, mutant: Mutant, tree: Path, tests: dict[str, float], kept: Path, *, ladder: bool) -> None:
        self.mutant, self.tree, self._place = mutant, tree, tree / mutant.path
        self._original, times = self._place.read_bytes(), self._place.stat()
        self._times = times.st_atime_ns, times.st_mtime_ns
        self._rounds, self._kept, self._ladder, self._seconds = part_tests(tests), kept, ladder, 0.0
        self._controlled, self._again = False, False  # whether the run is without the mutant, or after such a one
        self._mutate()
        self._start()

    def _mutate(self) -> None:
        self._place.write_bytes(self.mutant.apply(self._original))
        os.utime(self._place, (0, 0))  # what Python has compiled is of another time, so it isn't taken for the mutant

    def _start(self) -> None:
        tests = self._rounds[0]
        files = sorted({name_file(test) for test in tests})
        order = {test: number for number, test in enumerate(tests)}
        work = Work(self.tree, self._kept, files, order=order, ladder=self._ladder)
        self._run = Run(work, PATIENCE * sum(tests.values()) + START_S + LADDER_S * (not self._ladder))

    def poll(self) -> Outcome | None:
        found = self._run.poll()
        if found is None:
            return None
        self._seconds += self._run.seconds
        verdict = judge(found)
        if self._controlled:
            return self._try_again(verdict, found)
        if verdict is None and not self._again:
            self._restore()
            self._controlled = True
            return self._start()
        if verdict == "survived" and self._rounds[1:]:
            self._rounds, self._again = self._rounds[1:], False
            return self._start()
        self._restore()
        return Outcome(verdict or "killed", (found["failed"] or [""])[0], round(self._seconds, 1))

    def _try_again(self, verdict: str | None, found: dict[str, Any]) -> None:
        """Go on from a run without the mutant, or end all where that is no better."""
        if verdict != "survived":
            sys.exit(f"{self.mutant.place}: without the mutant, too, status {found['status']}: {found['failed']}")
        self._controlled, self._again = False, True
        self._mutate()
        self._start()

    def clean(self) -> None:
        self._run.clean()

    def _restore(self) -> None:
        self._place.write_bytes(self._original)
        os.utime(self._place, ns=self._times)


def judge(found: dict[str, Any]) -> str | None:
    """Return what a run says of its mutant; None where it ended as no tests do, and so says nothing."""
    # 2: a file of tests can't be loaded. 5: the tests are there no more, which no test has said.
    if found["status"] == "timeout":
        return "timeout"
    if found["whole"] and found["status"] in (1, 2) and found["failed"]:
        return "killed"
    return "survived" if found["whole"] and found["status"] in (0, 5) else None


def name_file(test: str) -> str:
    return test.partition("::")[0]


def part_tests(tests: dict[str, float]) -> list[dict[str, float]]:
    """Part tests into those of the first few files, as long as they are quick, and all others."""
    files = list(dict.fromkeys(map(name_file, tests)))[:FIRST_FILES]
    first = {test: seconds for test, seconds in tests.items() if name_file(test) in files and seconds < FIRST_S}
    others = {test: seconds for test, seconds in tests.items() if test not in first}
    return [part for part in (first, others) if part]


class Journal:
    """What was found earlier, a line a mutant, in a file that is only added to."""

    def __init__(self, path: Path) -> None:
        self.path, self._tests = path, hash_files("tests")
        lines = path.read_text().splitlines() if path.exists() else []
        records = [json.loads(line) for line in lines if line.endswith("}")]
        # What one set of tests let live, another may kill; what it killed stays dead.
        kept = [one for one in records if one["verdict"] != "survived" or one["tests"] == self._tests]
        self.found = {one["key"]: Outcome(one["verdict"], one["test"], one["seconds"]) for one in kept}

    def add(self, key: str, outcome: Outcome) -> None:
        self.found[key] = outcome
        with self.path.open("a") as stream:
            stream.write(json.dumps({"key": key, "tests": self._tests, **vars(outcome)}) + "\n")


def run_all(mutants: list[Mutant], journal: Journal, arguments: argparse.Namespace) -> None:
    """Run those that aren't in the journal yet, some at a time, and say so."""
    left = deque(mutant for mutant in mutants if mutant.key not in journal.found)
    if not left:
        return
    forks.load()
    coverage = Coverage(journal.path.with_suffix(".lines.json"))
    kept = Path(tempfile.gettempdir(), f"{journal.path.stem}.kept")  # on one disk with what the tests make
    kept.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees = [copy_tree(Path(folder, "0"))]
        collecting = Run(Work(trees[0], kept, list(itertools.chain(*list_groups().values())), ("--co",)), 600)
        while collecting.poll() is None:  # and so compile all of it
            time.sleep(PAUSE_S)
        measure(trees[0], coverage, kept, arguments.jobs)
        trees += [Path(shutil.copytree(trees[0], Path(folder, str(number)))) for number in range(1, arguments.jobs)]
        follow(left, trees, journal, coverage, kept, arguments.most)


def follow(
    left: deque[Mutant], trees: list[Path], journal: Journal, coverage: Coverage, kept: Path, most_s: float
) -> None:
    """Try each mutant, as many at a time as there are trees."""
    trials: list[Trial] = []
    count, done = len(left), itertools.count(1)

    def conclude(mutant: Mutant, outcome: Outcome) -> None:
        journal.add(mutant.key, outcome)
        show(mutant, outcome, f"[{next(done):3}/{count}]")

    try:
        while left or trials:
            while left and trees:
                mutant = left.popleft()
                if tests := coverage.order_tests(mutant, most_s):
                    ladder = not coverage.makes_ladder(mutant)
                    trials.append(Trial(mutant, trees.pop(), tests, kept, ladder=ladder))
                else:
                    conclude(mutant, Outcome("survived", "no test runs it", 0))
            time.sleep(PAUSE_S)
            for trial, outcome in [(trial, outcome) for trial in trials if (outcome := trial.poll())]:
                trials.remove(trial)
                trees.append(trial.tree)
                conclude(trial.mutant, outcome)
    finally:
        for trial in trials:
            trial.clean()


def show(mutant: Mutant, outcome: Outcome, number: str) -> None:
    words = f"{outcome.verdict:8} {outcome.seconds:5.0f} s  {mutant.place}  {mutant.operator}"
    print(f"{number} {words}  {outcome.test}", file=sys.stderr, flush=True)


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
    parser.add_argument("--most", type=float, default=30, help="seconds of tests a mutant (30)")
    parser.add_argument("--least", type=float, default=0.95, help="the share to be killed, for the exit status (0.95)")
    parser.add_argument("--list", action="store_true", help="show the sample and its diffs; run nothing")
    parser.add_argument("--json", action="store_true", help="print one document instead of text")
    parser.add_argument("--journal", type=Path, help="where results are kept (in the folder for temporary files)")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    every = [mutant for path in list_core(arguments.module) for mutant in list_mutants(ROOT, path)]
    mutants = choose(every, arguments.sample, arguments.seed)
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
