from types import SimpleNamespace

import numpy as np
import pytest

from llmbook import data
from llmbook.workloads import lengths, poisson_arrivals

MEASURED = [row for row in data.table("workloads") if row.grade != "unverified"]


def workload(**change):
    row = {"id": "made-up"} | {
        f"{kind}_{name}_tokens": value
        for name in ("prompt", "answer")
        for kind, value in (("mean", 500.0), ("median", 300.0), ("max", None))
    }
    return SimpleNamespace(**(row | change))


@pytest.mark.parametrize("seed", [0, 7])
def test_drawn_lengths_have_the_median_and_the_mean(seed):
    """Of a log-normal: mean / median = exp(sigma^2 / 2)."""
    prompt, answer = lengths(workload(), 200_000, seed)
    for column in (prompt, answer):
        assert np.median(column) == pytest.approx(300, rel=0.01)
        assert column.mean() == pytest.approx(500, rel=0.015)
        assert column.dtype == np.int64 and column.min() >= 1
    assert abs(np.corrcoef(prompt, answer)[0, 1]) < 0.01


@pytest.mark.parametrize("row", MEASURED, ids=lambda row: row.id)
def test_measured_workloads_are_drawn_as_they_are(row):
    """The cut at the largest length costs some of the mean; p90 was not used for the draw."""
    for drawn, name in zip(lengths(row, 100_000, 0), ("prompt", "answer"), strict=True):
        published = {
            kind: getattr(row, f"{kind}_{name}_tokens") for kind in ("mean", "median", "p90", "max")
        }
        assert np.median(drawn) == pytest.approx(published["median"], rel=0.03)
        assert drawn.mean() == pytest.approx(published["mean"], rel=0.08)
        assert np.percentile(drawn, 90) == pytest.approx(published["p90"], rel=0.35)
        assert drawn.max() <= published["max"]


def test_the_seed_decides():
    first, again, other = (lengths(workload(), 50, seed) for seed in (1, 1, 2))
    assert (first[0] == again[0]).all() and (first[1] == again[1]).all()
    assert (first[0] != other[0]).any()
    assert (poisson_arrivals(2.0, 50, 1) == poisson_arrivals(2.0, 50, 1)).all()
    assert (poisson_arrivals(2.0, 50, 1) != poisson_arrivals(2.0, 50, 2)).all()


def test_lengths_keep_to_the_longest():
    free = lengths(workload(), 5000, 3)
    prompt, answer = lengths(workload(), 5000, 3, longest=400.5)
    assert (prompt + answer).max() == 400 and min(prompt.min(), answer.min()) == 1
    short = free[0] + free[1] <= 400
    assert short.any() and (prompt[short] == free[0][short]).all()
    with pytest.raises(ValueError, match="longest must be at least 2"):
        lengths(workload(), 5, 0, longest=1)


def test_arrivals_are_poisson():
    """Counts in a second have mean and variance 5; a higher rate stretches the same pattern."""
    times = poisson_arrivals(5.0, 100_000, 0)
    counts = np.bincount(times.astype(int))[:-1]
    assert counts.mean() == pytest.approx(5, rel=0.02)
    assert counts.var() == pytest.approx(5, rel=0.05)
    assert (np.diff(times) > 0).all()
    assert poisson_arrivals(10.0, 100_000, 0) == pytest.approx(times / 2)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="mean and median of its answer tokens, made-up does not"):
        lengths(workload(median_answer_tokens=None), 5, 0)
    with pytest.raises(ValueError, match="mean_prompt_tokens must be above the median"):
        lengths(workload(mean_prompt_tokens=300.0), 5, 0)
    for n in (0, -1, 2.5, True):
        with pytest.raises(ValueError, match="n must be a whole number of at least 1"):
            lengths(workload(), n, 0)
    for rate in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="rate must be finite and above 0"):
            poisson_arrivals(rate, 5, 0)
