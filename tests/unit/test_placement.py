import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmbook import closer, data, placement
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


def test_a_place_that_is_as_fast_and_as_cheap_but_nearer_wins():
    near = replace(CLOUD, name="near", round_trip=0.01)
    assert best(REQUEST, [CLOUD, near], 30).place == "near"
    assert best(REQUEST, [near, CLOUD], 30).place == "near"


def test_a_fleet_counts_cards_and_not_copies():
    pair = Fleet("pair", Engine.of("llama-2-7b", "a100-80", 2), 0.7, 0.0, max_cards=4)
    most = placement._Work.of(pair.engine, REQUEST).most_per_second
    assert pair.serve(replace(REQUEST, load=1.9 * most)).n_cards == 4
    with pytest.raises(placement.CannotAnswer, match="load must be at most"):
        pair.serve(replace(REQUEST, load=2.1 * most))


def test_a_thousand_areas_are_a_thousand_times_the_load():
    one = replace(CLOUD, pooled_sites=1, max_cards=1e6)
    pooled = replace(one, pooled_sites=1000)
    assert pooled.serve(REQUEST) == one.serve(replace(REQUEST, load=1000 * REQUEST.load))


def test_a_copy_is_busy_with_the_prompt_and_each_token_of_the_answer():
    work = placement._Work.of(EDGE.engine, REQUEST)
    assert work.busy(4) == pytest.approx(work.prefill + 200 * work.step(4) / 4)


def test_experts_that_rest_are_read_but_not_computed():
    """Mixtral holds 46.7 billion parameters and computes with 12.9 for a token."""
    server = OnDevice(machine("cloud-8-a100"), "mixtral-8x7b", "fp16")
    found = server.serve(Request(100_000, 2, 0.1))
    # 2 x 12.88e9 x 1e5 at 8 x 312e12; 12.88e9 x 2 B at 8 x 2.039e12.
    assert found.ttft == pytest.approx(1.032, rel=2e-3)
    assert found.tpot == pytest.approx(1.579e-3, rel=2e-3)
    # A prompt of one token takes the reading of all weights: 93.4 GB.
    assert server.serve(Request(1, 2, 0.1)).ttft == pytest.approx(5.726e-3, rel=2e-3)


def test_a_device_below_its_ceilings_takes_longer_for_all():
    half = replace(PHONE, share_of_ceiling=0.5)
    full, slow = PHONE.serve(REQUEST), half.serve(REQUEST)
    assert (slow.ttft, slow.tpot) == (2 * full.ttft, 2 * full.tpot)
    assert slow.usd == pytest.approx(2 * full.usd)


def test_the_phone_as_its_source_states_it():
    # 0.7 J a token at ten tokens a second.
    found = closer.phone(3.6, as_stated=True).serve(REQUEST)
    assert found.tpot == pytest.approx(0.1)
    assert (found.seconds - found.ttft) * 7 == pytest.approx(0.7 * 199)


@settings(max_examples=15, deadline=None)
@given(load=st.floats(1e-3, 3), areas=st.integers(1, 1000))
def test_at_one_price_an_edge_is_never_cheaper(load, areas):
    """The verdict on V-8 does not hang on the loads and areas chosen."""
    edge, cloud = closer.fleets(1.0, 0.03, 0.07)
    cloud = replace(cloud, pooled_sites=areas, max_cards=1e6)
    request = replace(closer.ANSWER, load=load)
    assert edge.serve(request).usd >= cloud.serve(request).usd * (1 - 1e-9)


def test_where_an_edge_begins_to_pay():
    edge, cloud = closer.fleets(1.2, 0.03, 0.07)
    request = replace(closer.ANSWER, load=0.003)
    found = placement.turning_point(request, [edge, cloud], "edge.usd_per_hour", 0, 5, 5.0)
    # One card each, for one area and for a hundred.
    assert found == pytest.approx(1.2 / 100)
    with pytest.raises(ValueError, match="the choice must change between low and high"):
        placement.turning_point(request, [edge, cloud], "edge.usd_per_hour", 1, 5, 5.0)


def test_a_switch_is_found_to_the_last_digits():
    assert placement.switch(lambda value: value < math.pi, 0, 10) == pytest.approx(math.pi)


def test_a_machine_of_unknown_power_has_no_known_cost():
    laptop = OnDevice(machine("laptop-m3"), "llama-2-7b", "int4", usd_per_kwh=0.15)
    with pytest.raises(placement.CannotAnswer, match="no known"):
        laptop.serve(REQUEST)


def test_a_mistaken_name_is_no_place_that_cannot_answer():
    with pytest.raises(ValueError, match="no row of models is called 'llama-2-77b'"):
        replace(PHONE, model="llama-2-77b")
    with pytest.raises(ValueError, match="no row of number_formats is called 'int3'"):
        replace(PHONE, number_format="int3")


def test_a_mistake_in_a_place_is_not_taken_for_one_that_cannot_answer():
    class Mistaken:
        name = "mistaken"

        def serve(self, request, limit_seconds):
            raise ValueError("a mistake")

    for ask in (
        lambda: outcomes(REQUEST, [PHONE, Mistaken()]),
        lambda: grid(REQUEST, [Mistaken()], ("load", [1.0]), ("prompt_tokens", [10.0])),
    ):
        with pytest.raises(ValueError, match=r"^a mistake$"):
            ask()


def test_the_cloud_stands_behind_the_cable_and_the_radio():
    edge, cloud = closer.fleets(1.2, 0.03, 0.07)
    assert (edge.round_trip, cloud.round_trip) == (0.03, pytest.approx(0.1))
    assert (edge.pooled_sites, cloud.pooled_sites) == (1, closer.AREAS)


def test_an_edge_is_one_server_and_a_phrase_may_take_the_flow_of_thought():
    edge, cloud = closer.fleets(1.2, 0.03, 0.07)
    # Copies of one card: eight of them in a server.
    assert (edge.max_cards / edge.engine.n_devices, cloud.max_cards) == (8, 1000)
    assert data.row("assistant_stages", "limit").value == closer.PHRASE_LIMIT == 1
    assert closer.ANSWER_LIMIT == 5


@pytest.mark.parametrize("limit", [-1, 0, float("nan"), float("inf"), "5", True])
def test_a_limit_is_a_time(limit):
    for ask in (best, outcomes):
        with pytest.raises(ValueError, match="limit_seconds must be a finite number above 0"):
            ask(REQUEST, PLACES, limit)


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
    with pytest.raises(ValueError, match="no setting of load and prompt_tokens has a place"):
        grid(REQUEST, [EDGE], ("load", [1e8, 1e9]), ("prompt_tokens", [50, 60]))


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
        (lambda: grid(REQUEST, PLACES, ("cloud.serve", [1]), ("load", [1])), "a setting must be"),
        (lambda: grid(REQUEST, PLACES, ("cloud.engine", [1]), ("load", [1])), "a setting must be"),
        (lambda: grid(REQUEST, PLACES, ("cloud.name", [1]), ("load", [1])), "a setting must be"),
        (lambda: replace(PHONE, share_of_ceiling=0), "share_of_ceiling must be above 0"),
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
