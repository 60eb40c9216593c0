import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmbook import placement
from llmbook.devices import machine
from llmbook.engines import Engine
from llmbook.placement import NOWHERE, Fleet, OnDevice, Request, best, grid, outcomes

REQUEST = Request(prompt_tokens=500, answer_tokens=200, load=0.1)
PHONE = OnDevice(machine("phone-iphone-15-pro"), "llama-2-7b", "int4", usd_per_kwh=0.15)
EDGE = Fleet("edge", Engine.of("llama-2-7b", "l4"), 0.7, round_trip=0.031, max_cards=8)
CLOUD = Fleet(
    "cloud",
    Engine.of("llama-2-7b", "a100-80"),
    1.5,
    round_trip=0.104,
    max_cards=1000,
    pooled_sites=100,
)
PLACES = [PHONE, EDGE, CLOUD]


def test_a_phone_by_hand():
    found = PHONE.serve(REQUEST)
    # 3.37 GB at 51 GB/s a token; 2 x 6.74e9 x 500 at 35e12 for the prompt.
    assert found.tpot == pytest.approx(0.06606, abs=1e-5)
    assert found.ttft == pytest.approx(0.19253, abs=1e-5)
    assert found.seconds == pytest.approx(0.19253 + 199 * 0.06606, abs=2e-3)
    # 7 W for 13.34 s at 0.15 USD a kWh.
    assert found.usd == pytest.approx(7 * 13.339 / 3.6e6 * 0.15, rel=1e-3)


def test_a_fleet_keeps_up_and_one_card_fewer_would_not():
    request = replace(REQUEST, load=5.0)
    found = EDGE.serve(request)
    work = placement._Work.of(EDGE.engine, request)
    assert found.n_cards == math.ceil(5.0 / work.most_per_second) > 1
    busy = work.busy(found.batch_size)
    assert 5.0 / found.n_cards * busy <= 1
    assert 5.0 / found.n_cards * work.busy(found.batch_size - 1) > 1
    assert found.usd == pytest.approx(found.n_cards * 0.7 / 3600 / 5.0)
    # Newcomers' prompts take part of each second from those who wait for tokens.
    share = 5.0 / found.n_cards * work.prefill
    assert found.tpot == pytest.approx(work.step(found.batch_size) / (1 - share))
    assert share > 0.05


def test_an_idle_copy_answers_one_at_a_time():
    found = EDGE.serve(replace(REQUEST, load=1e-4))
    assert (found.batch_size, found.n_cards) == (1, 1)
    assert found.tpot == pytest.approx(EDGE.engine.decode_step_seconds(1, 600), rel=1e-3)
    assert found.seconds == pytest.approx(0.031 + found.ttft + 199 * found.tpot)


def test_a_limit_buys_cards_until_it_is_kept():
    request = replace(REQUEST, load=1.0)
    slow, fast = CLOUD.serve(request), CLOUD.serve(request, 4.0)
    assert slow.seconds > 4 >= fast.seconds
    assert fast.n_cards > slow.n_cards
    assert CLOUD._on(fast.n_cards - 1, placement._Work.of(CLOUD.engine, request), 100).seconds > 4
    assert CLOUD.serve(request, 0.01) == slow  # no number of cards is enough


@settings(max_examples=20)
@given(loads=st.tuples(st.floats(1e-3, 10), st.floats(1e-3, 10)))
def test_more_load_never_makes_an_answer_dearer_on_one_copy(loads):
    few, many = sorted(loads)
    cheap, dear = (CLOUD.serve(replace(REQUEST, load=load)) for load in (many, few))
    if cheap.n_cards == dear.n_cards:
        assert cheap.usd <= dear.usd
        assert cheap.seconds >= dear.seconds


@settings(max_examples=20)
@given(trips=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_longer_round_trip_never_is_faster(trips):
    near, far = sorted(trips)
    pair = [replace(CLOUD, round_trip=trip).serve(REQUEST).seconds for trip in (near, far)]
    assert pair[0] <= pair[1]


def test_best_is_the_fastest_or_the_cheapest_in_time():
    found = outcomes(REQUEST, PLACES)
    assert [item.place for item in found] == ["device", "edge", "cloud"]
    assert best(REQUEST, PLACES) == min(found, key=lambda item: item.seconds)
    assert best(REQUEST, PLACES, 60).place == "device"  # a phone is paid already
    assert best(REQUEST, PLACES, 4).place == "cloud"
    assert best(REQUEST, PLACES, 0.1) is None


def test_a_map_shows_each_setting():
    rows = grid(REQUEST, PLACES, ("load", [0.01, 1]), ("cloud.round_trip", [0.02, 30]), 5)
    assert [(row["load"], row["cloud.round_trip"]) for row in rows] == [
        (0.01, 0.02),
        (0.01, 30),
        (1, 0.02),
        (1, 30),
    ]
    # Beyond the sea of 30 s only the edge could answer, and it is too slow.
    assert [row["place"] for row in rows] == ["cloud", NOWHERE, "cloud", NOWHERE]
    assert rows[1]["seconds"] is None


def test_price_and_prompt_are_axes_too():
    rows = grid(REQUEST, [EDGE, CLOUD], ("edge.usd_per_hour", [0, 99]), ("prompt_tokens", [50]), 60)
    assert [row["place"] for row in rows] == ["edge", "cloud"]


def test_load_beyond_any_fleet_is_said():
    with pytest.raises(
        ValueError, match=r"edge: load must be at most .* cards of edge, got 1e\+09"
    ):
        outcomes(replace(REQUEST, load=1e9), [EDGE, CLOUD])
    with pytest.raises(ValueError, match="no setting of load and prompt_tokens has a place"):
        grid(REQUEST, [EDGE], ("load", [1e9]), ("prompt_tokens", [50]))


def test_a_prompt_that_fits_nowhere_is_said():
    with pytest.raises(ValueError, match="prompt and answer must fit beside Llama 2 7B"):
        EDGE.serve(replace(REQUEST, prompt_tokens=1e6))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: replace(REQUEST, load=0), "load must be a finite number above 0"),
        (lambda: replace(REQUEST, answer_tokens=-1), "answer_tokens must be a finite number above"),
        (lambda: replace(EDGE, round_trip=-0.1), "round_trip must be a finite number at least 0"),
        (lambda: replace(EDGE, usd_per_hour=-1), "usd_per_hour must be a finite number of at"),
        (lambda: replace(EDGE, max_cards=0), "edge must have cards for one copy"),
        (lambda: replace(PHONE, usd_per_kwh=float("inf")), "usd_per_kwh must be a finite number"),
        (lambda: grid(REQUEST, PLACES, ("moon.load", [1]), ("load", [1])), "a setting must be"),
        (lambda: grid(REQUEST, PLACES, ("weather", [1]), ("load", [1])), "a setting must be"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_small_batches_cost_more():
    rows = placement.cost_by_batch(CLOUD.engine, 1.5, 600, [64, 1, 8])
    assert [row["batch_size"] for row in rows] == [1, 8, 64]
    costs = [row["usd_per_mtok"] for row in rows]
    assert costs == sorted(costs, reverse=True)
    assert rows[-1]["times_full"] == 1
    # 1.5 USD an hour over one token in 10.18 ms.
    assert costs[0] == pytest.approx(1.5 / 3600 * rows[0]["tpot"] * 1e6)
    with pytest.raises(ValueError, match="which fit beside the weights"):
        placement.cost_by_batch(CLOUD.engine, 1.5, 600, [10**6])
