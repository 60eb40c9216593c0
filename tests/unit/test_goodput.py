import itertools
from dataclasses import replace

import numpy as np
import pytest

from llmbook import data
from llmbook.goodput import capacity_bound, goodput
from llmbook.simulation import MEMORY, SCHEDULING, Policy, Server, simulate
from llmbook.workloads import poisson_arrivals

SERVER = Server(
    prefill_seconds=lambda n: 0.005 + 2.5e-5 * n,
    decode_base_seconds=lambda batch: 0.0075 + 2e-5 * batch,
    cached_token_seconds=4e-8,
    capacity_tokens=60_000,
    max_batch=128,
)
POLICIES = [Policy(*names) for names in itertools.product(SCHEDULING, MEMORY)]
CONVERSATION = data.row("workloads", "azure-2023-conversation-sample")


def requests(n=1500):
    draw = np.random.default_rng(0)
    return draw.integers(1, 2000, n), draw.integers(1, 400, n)


def test_capacity_by_hand():
    """Prompts of 100 in 1 s; 4 further tokens; steps of 2 s + 0.5 s a request, 8 at most.

    Prefill first: 1 + 4 (2 + 4) / 8 + 0.01 (100 + 101 + 102 + 103) = 8.06 s a request.
    Room for 3 reserved requests of 105: 4 (2 + 1.5) / 3 instead of 3; with room for 3.8 there
    are 4 at times, so that the bound is that of 4: 4 (2 + 2) / 4.
    In chunks the longer of 1 and 3 counts.
    """
    wide = Server(lambda n: 1.0, lambda b: 2 + 0.5 * b, 0.01, 1e9, 8)
    narrow = Server(lambda n: 1.0, lambda b: 2 + 0.5 * b, 0.01, 315, 8)
    between = Server(lambda n: 1.0, lambda b: 2 + 0.5 * b, 0.01, 400, 8)
    lengths = [100] * 10, [5] * 10
    reserve, chunked = Policy(memory="reserve"), Policy("chunked", "reserve")
    assert capacity_bound(wide, *lengths, reserve) == pytest.approx(1 / 8.06)
    assert capacity_bound(narrow, *lengths, reserve) == pytest.approx(1 / (5.06 + 14 / 3))
    assert capacity_bound(between, *lengths, reserve) == pytest.approx(1 / (5.06 + 4))
    assert capacity_bound(wide, *lengths, chunked) == pytest.approx(1 / 7.06)
    assert capacity_bound(wide, [100], [1]) == 1.0


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_no_run_is_faster_than_the_bound(policy):
    prompt, answer = requests()
    bound = capacity_bound(SERVER, prompt, answer, policy)
    full = simulate(SERVER, np.zeros(len(prompt)), prompt, answer, policy)
    assert 0.7 * bound < full.requests_per_second <= bound
    beyond = poisson_arrivals(1.3 * bound, len(prompt), 1)
    assert simulate(SERVER, beyond, prompt, answer, policy).saturated


def test_goodput_is_where_the_attainment_is_lost():
    lengths = requests()
    found = goodput(SERVER, lengths, 1.0, 0.05, precision=0.01)
    step = 0.01 * capacity_bound(SERVER, *lengths)
    pattern = poisson_arrivals(1.0, len(lengths[0]), 0)
    kept, lost = (
        simulate(SERVER, pattern / rate, *lengths).attainment(1.0, 0.05)
        for rate in (found, found + step)
    )
    assert kept >= 0.9 > lost


def test_looser_limits_never_give_less():
    lengths = requests(600)

    def found(ttft_limit=0.5, tpot_limit=0.03, attainment=0.9):
        return goodput(SERVER, lengths, ttft_limit, tpot_limit, attainment)

    by_ttft = [found(ttft_limit=limit) for limit in (0.01, 0.1, 0.3, 1.0, 10.0)]
    by_tpot = [found(tpot_limit=limit) for limit in (0.005, 0.012, 0.02, 0.04, 1.0)]
    by_share = [found(attainment=share) for share in (1.0, 0.99, 0.9, 0.5)]
    for rates in (by_ttft, by_tpot, by_share):
        assert rates == sorted(rates) and rates[0] < rates[-1]
    assert by_ttft[0] == by_tpot[0] == 0.0


def test_goodput_of_a_published_workload():
    rates = [goodput(SERVER, CONVERSATION, 1.0, 0.05) for _ in range(2)]
    assert rates[0] == rates[1] > 0
    other = goodput(SERVER, CONVERSATION, 1.0, 0.05, seed=1)
    assert other != rates[0] and other == pytest.approx(rates[0], rel=0.15)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"ttft_limit": 0.0}, "ttft_limit must be above 0"),
        ({"tpot_limit": float("nan")}, "tpot_limit must be above 0"),
        ({"attainment": 1.1}, "attainment must be above 0 and at most 1"),
        ({"precision": 0.0}, "precision must be above 0"),
    ],
)
def test_bad_limits_are_refused(change, message):
    arguments = {"ttft_limit": 1.0, "tpot_limit": 0.1} | change
    with pytest.raises(ValueError, match=message):
        goodput(SERVER, ([5], [5]), **arguments)


@pytest.mark.parametrize("prompts, answers", [([], []), ([5, 5], [3])])
def test_a_bound_needs_a_length_of_each(prompts, answers):
    with pytest.raises(ValueError, match="one length for each of the same requests"):
        capacity_bound(SERVER, prompts, answers)


@pytest.mark.parametrize("n, factor", [(50, 50), (200, 50), (300, 5), (500, 3)])
def test_a_short_run_far_beyond_capacity_is_saturated(n, factor):
    draw = np.random.default_rng(0)
    prompt, answer = draw.integers(100, 1000, n), draw.integers(50, 400, n)
    wide = replace(SERVER, max_batch=256, capacity_tokens=1e6)
    arrivals = np.arange(n) / (factor * capacity_bound(wide, prompt, answer))
    assert simulate(wide, arrivals, prompt, answer).saturated


@pytest.mark.parametrize("factor", [0.5, 0.97, 1.04, 1.6])
def test_a_rate_near_it_leads_to_the_same_goodput(factor):
    prompt, answer = requests()
    limits = {"ttft_limit": 1.0, "tpot_limit": 0.05, "attainment": 0.9}
    far = goodput(SERVER, (prompt, answer), precision=0.002, **limits)
    near = goodput(SERVER, (prompt, answer), precision=0.01, near=factor * far, **limits)
    assert near == pytest.approx(far, rel=0.025)
    none = {"ttft_limit": 1e-6, "tpot_limit": 0.05}
    assert goodput(SERVER, (prompt, answer), near=far, **none) == 0
