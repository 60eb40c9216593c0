import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from llmbook.frontiers import frontier, rank_correlation, rank_test

OFFERS = [
    {"name": "slow", "price": 1.0, "speed": 10},
    {"name": "cheap", "price": 0.2, "speed": 50},
    {"name": "fast", "price": 0.5, "speed": 200},
    {"name": "twin", "price": 0.5, "speed": 200},
    {"name": "dear", "price": 0.6, "speed": 200},
]


def names(rows):
    return [row["name"] for row in rows]


def test_frontier_by_hand():
    assert names(frontier(OFFERS, smaller=["price"], larger=["speed"])) == ["cheap", "fast", "twin"]
    assert names(frontier(OFFERS, smaller=["price"])) == ["cheap"]
    assert names(frontier(OFFERS, larger=["speed"])) == ["fast", "twin", "dear"]
    assert frontier([], smaller=["price"]) == []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_every_offer_is_on_the_frontier_or_beaten_by_one_that_is(pairs):
    rows = [{"price": price, "speed": speed} for price, speed in pairs]
    best = frontier(rows, smaller=["price"], larger=["speed"])
    assert best
    for row in rows:
        beaten = any(
            other != row and other["price"] <= row["price"] and other["speed"] >= row["speed"]
            for other in best
        )
        assert beaten == (row not in best)


@pytest.mark.parametrize("value", [None, float("nan"), "1", True])
def test_frontier_refuses_gaps_and_no_criterion(value):
    with pytest.raises(ValueError, match="price must be a finite number in every row"):
        frontier([{"price": value}], smaller=["price"])
    with pytest.raises(ValueError, match="must name a key"):
        frontier(OFFERS)


def test_correlation_by_hand():
    # Differences of rank 1, 1, 0, 0: 1 - 6 x 2 / (4 x 15) = 0.8.
    assert rank_correlation([1, 2, 3, 4], [20, 10, 30, 99]) == pytest.approx(0.8)
    assert rank_correlation([1, 2, 3], [9, 5, 1]) == -1


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=12).filter(
        lambda pairs: all(len(set(values)) > 1 for values in zip(*pairs, strict=True))
    )
)
def test_correlation_is_that_of_scipy(pairs):
    x, y = zip(*pairs, strict=True)
    assert rank_correlation(x, y) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)


def test_what_four_and_six_items_can_show():
    # Of the 24 orders of four only the two extreme ones reach 1.
    perfect = rank_test([1, 2, 3, 4], [1, 2, 3, 4])
    assert perfect.p_value == perfect.smallest_p_value == pytest.approx(2 / 24)
    six = rank_test(range(6), [0, 1, 2, 3, 5, 4])
    assert six.smallest_p_value == 2 / math.factorial(6)
    # One exchange costs 6 x 2 / 210; five such orders at each end, and the two extreme ones.
    assert six.coefficient == pytest.approx(1 - 12 / 210)
    assert six.p_value == pytest.approx(12 / 720)
    # Published table of Spearman's coefficient: 0.886 is the 5 % point (two-sided) of six.
    assert rank_test(range(6), [0, 1, 4, 2, 3, 5]).p_value > 0.05
    assert (six.low, six.high) == (pytest.approx(-0.829, abs=1e-3), pytest.approx(0.829, abs=1e-3))


def test_test_is_that_of_scipy():
    x, y = [66, 21, 185, 30, 10, 65], [1.0, 2.1, 0.725, 1.225, 1.175, 0.9]
    exact = stats.permutation_test(
        (x,),
        lambda x: stats.spearmanr(x, y).statistic,
        permutation_type="pairings",
        n_resamples=math.inf,
    )
    found = rank_test(x, y)
    assert found.coefficient == pytest.approx(exact.statistic)
    assert found.p_value == pytest.approx(exact.pvalue)
    assert found.n == 6


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1, 2, 3], [1, 2], "the same length, three or more"),
        ([1, 2], [1, 2], "the same length, three or more"),
        ([1, 2, 3], [7, 7, 7], "y must hold finite numbers that differ"),
        ([1, math.nan, 3], [1, 2, 3], "x must hold finite numbers"),
    ],
)
def test_lists_that_have_no_correlation_are_refused(x, y, message):
    for function in (rank_correlation, rank_test):
        with pytest.raises(ValueError, match=message):
            function(x, y)


def test_too_many_orders_are_refused():
    with pytest.raises(ValueError, match="at most 8 items"):
        rank_test(range(9), range(9))
