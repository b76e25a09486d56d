"""The two statistics, against their definitions."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemnist.comparison import statistics
from edgemnist.comparison.statistics import Z95, compute_mcnemar_p, compute_wilson_interval


@given(trials=st.integers(1, 20_000), share=st.floats(0, 1))
def test_wilson_bounds_are_where_the_score_test_just_rejects(trials: int, share: float) -> None:
    hits = round(trials * share)
    low, high = compute_wilson_interval(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1 or math.isclose(high, 1) or math.isclose(low, 0, abs_tol=1e-12)
    for bound in (low, high):
        if 1e-9 < bound < 1 - 1e-9:
            distance = abs(hits / trials - bound) / math.sqrt(bound * (1 - bound) / trials)
            assert distance == pytest.approx(Z95, rel=1e-6)


@given(broken=st.integers(0, 300), fixed=st.integers(0, 300))
def test_mcnemar_is_the_exact_binomial_test(broken: int, fixed: int) -> None:
    moved = broken + fixed
    tail = sum(math.comb(moved, count) for count in range(min(broken, fixed) + 1)) / 2**moved
    assert compute_mcnemar_p(broken, fixed) == pytest.approx(min(1.0, 2 * tail))
    assert compute_mcnemar_p(broken, fixed) == compute_mcnemar_p(fixed, broken)


def test_the_bounds_are_those_of_95_percent() -> None:
    assert pytest.approx(NormalDist().inv_cdf(0.975), rel=1e-12) == Z95
    assert compute_wilson_interval(0, 10) == pytest.approx((0.0, 0.2775327998))
    assert compute_wilson_interval(10, 10) == pytest.approx((0.7224672001, 1.0))
    assert compute_wilson_interval(5, 10) == pytest.approx((0.2365930905, 0.7634069094))


def test_mcnemar_of_few_flips_is_what_one_counts_by_hand() -> None:
    """Without a flip nothing leans; of 1 and 5, twice the 1 + 6 of 2^6 ways."""
    assert compute_mcnemar_p(0, 0) == 1.0
    assert compute_mcnemar_p(1, 5) == 2 * 7 / 64
    assert compute_mcnemar_p(0, 7) == 2 / 128
    assert compute_mcnemar_p(3, 3) == 1.0


def test_mcnemar_of_many_flips_is_quick_and_finite() -> None:
    assert compute_mcnemar_p(4_000, 6_000) < 1e-80
    assert compute_mcnemar_p(5_000, 5_000) == 1.0


@pytest.mark.parametrize("broken", [0, 1, 4_000, 4_990, 5_000])
def test_mcnemar_of_too_many_flips_to_count_exactly_has_nine_digits(broken: int, monkeypatch) -> None:
    exact = compute_mcnemar_p(broken, 10_000 - broken)
    monkeypatch.setattr(statistics, "MOST_EXACT", 100)
    assert compute_mcnemar_p(broken, 10_000 - broken) == pytest.approx(exact, rel=1e-9)


def test_mcnemar_of_a_million_flips_takes_no_time() -> None:
    assert compute_mcnemar_p(499_000, 501_000) == pytest.approx(0.0456, abs=1e-4)  # two standard deviations
