"""Which tests are slow: each test's own CPU seconds measured, and the slow ones listed in tests/slow.txt.

    python -m tests.tools.slow_tests [PYTEST'S ARGUMENTS…]    # all tests that aren't marked slow, listed or not
    python -m tests.tools.slow_tests tests/test_c.py          # of these files only; what is listed of others stays

`pytest` leaves out what is listed, as it does what is marked `slow`, so that it takes a few minutes. It is CPU time,
processes that a test started included: no other load on the machine, and no waiting, makes a test slow. What a shared
fixture takes is no test's own. A test enters the list at ENTER_S, and leaves it below LEAVE_S: the list changes when
tests do, not from one run to the next. Of each file in tests/ the cheapest test stays fast, and so does a test that is
marked `sample`, as the only one of its kind; the example of a docstring needn't, since tests show the same.

The module is also the plugin of pytest that measures, in each of its processes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

SLOW_LIST = Path(__file__).parents[1] / "slow.txt"
TESTS = f"{SLOW_LIST.parent.name}/"
ENTER_S, LEAVE_S = 0.5, 0.3
# Loaded before the first test, which would else pay for all.
HEAVY = ("tensorflow", "keras", "tf2onnx", "onnxruntime", "ai_edge_litert.interpreter")
PROPERTY = "cpu_s"
CACHED = "edgemnist/cpu_s"  # what was measured, in .pytest_cache/v


def read_slow_list() -> set[str]:
    """Return the ids of the tests that are listed as slow."""
    return set(SLOW_LIST.read_text().splitlines())


def choose_slow(
    seconds: Mapping[str, float],
    listed: set[str],
    samples: set[str],
    is_whole: Callable[[str], bool] = lambda file: True,
) -> set[str]:
    """Return the tests to list.

    Args:
        seconds: each test's own CPU time, by its id.
        listed: what was listed before.
        samples: the tests that stay fast whatever they take.
        is_whole: tells whether all tests of a file were run: of a part, the cheapest isn't the file's.
    """
    slow = {one for one, own in seconds.items() if own >= (LEAVE_S if one in listed else ENTER_S)} - samples
    for name, file in groupby(sorted(seconds, key=name_file), key=name_file):
        tests = list(file)
        if name.startswith(TESTS) and is_whole(name) and slow.issuperset(tests):
            slow.remove(min(tests, key=lambda one: (seconds[one], one)))
    return slow


def name_file(test: str) -> str:
    return test.partition("::")[0]


def read_cpu_s() -> float:
    """Return the CPU time of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Meter:
    """Measures, in each process that runs tests; adds up, in the one that distributes them."""

    def __init__(self) -> None:
        self._own_s = 0.0
        self._shared_s = 0.0
        self._shared_depth = 0
        self.seconds: dict[str, float] = {}
        self.samples: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._own_s = 0.0
        return (yield from self._measure())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        try:
            return (yield from self._measure())
        finally:
            item.user_properties.append((PROPERTY, self._own_s))

    def _measure(self) -> Generator[None, Any, Any]:
        start, self._shared_s = read_cpu_s(), 0.0
        try:
            return (yield)
        finally:
            self._own_s += read_cpu_s() - start - self._shared_s

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        shared, start = fixturedef.scope != "function", read_cpu_s()
        self._shared_depth += shared
        try:
            return (yield)
        finally:
            self._shared_depth -= shared
            if shared and not self._shared_depth:
                self._shared_s += read_cpu_s() - start

    def pytest_collection_finish(self) -> None:
        for name in HEAVY:
            import_module(name)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.seconds.update((report.nodeid, value) for name, value in report.user_properties if name == PROPERTY)
            if "sample" in report.keywords:
                self.samples.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Write the list, in the process that has the reports of all."""
        listed = read_slow_list()
        chosen = bool(config.option.keyword or config.option.markexpr)
        parts = {name_file(argument) for argument in config.args if "::" in argument}
        slow = choose_slow(self.seconds, listed, self.samples, lambda file: not chosen and file not in parts)
        SLOW_LIST.write_text("".join(f"{one}\n" for one in sorted(slow | (listed - self.seconds.keys()))))
        if config.cache:
            config.cache.set(CACHED, {**config.cache.get(CACHED, {}), **self.seconds})
        for name, tests in (("slow", slow), ("fast", self.seconds.keys() - slow)):
            total = sum(self.seconds[one] for one in tests)
            terminalreporter.write_line(f"{name}: {len(tests)} tests, {total:.0f} CPU seconds of their own")


def pytest_configure(config: pytest.Config) -> None:
    """Measure in this process."""
    config.pluginmanager.register(Meter())


def main() -> None:
    sys.exit(pytest.main(["-p", "tests.tools.slow_tests", "--listed", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
