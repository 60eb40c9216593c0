import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import (
    attention,
    costs,
    data,
    engines,
    fleet,
    fleet_plan,
    instances,
    serving,
    sharing,
    sizing,
    transformer,
    uncertainty,
)
from llmbook.carbon import accounting, llmcarbon
from llmbook.instances import Level, best_instance
from llmbook.load_results import percentiles
from llmbook.ownership import card_hour
from llmbook.quantities import DAY, YEAR

LEVEL = Level.of("mlperf-llama2-70b-server")
CHAT = "azure-2023-conversation-sample"


@pytest.fixture(scope="module")
def llama():
    """Llama 2 70B on four cards, found with few requests."""
    return best_instance("llama-2-70b", "h100-sxm", CHAT, LEVEL, n_requests=500)


@pytest.fixture(scope="module")
def inputs(llama):
    return fleet_plan.inputs_of(llama, 1e8, "llama-2-70b")


# By hand


def test_rates_by_hand():
    # 86,400 users with one message a day are one a second; 2.5 in a busy hour.
    assert fleet.mean_rate(86400, 1) == 1
    assert fleet.peak_rate(1, 2.5) == 2.5
    assert fleet.request_tokens(958, 198) == 1156


def test_a_full_copy_by_hand():
    # 10 prompts of 0.1 s and 99 steps of 0.04 s are 4.96 s for 10 answers.
    assert fleet.full_rate(10, 0.1, 0.04, 100) == pytest.approx(10 / 4.96)
    assert fleet.instance_rate(2, 0.75) == 1.5


def test_copies_and_cards_by_hand():
    # 8,500 a second at 7 each, 99 % of the time: 1226.6.
    assert fleet.instances_needed(8500, 7, 0.99) == 1227
    # Three sites of 409 and one more each.
    assert fleet.instances_with_reserve(1227, 3) == 1230
    # 1,228 leave a site with 410.
    assert fleet.instances_with_reserve(1228, 3) == 1233
    # 4,920 cards and half a percent of them under repair.
    assert fleet.fleet_cards(1230, 4, 0.005) == 4945
    assert fleet.servers_needed(4945, 8) == 619
    assert fleet.racks_needed(619, 4) == 155
    assert fleet.share_of_largest(4945, 350000) == pytest.approx(0.01413, rel=1e-3)


def test_power_energy_and_money_by_hand():
    assert fleet.site_watts(1000, 1275, 1.25) == 1593750
    # 1,000 cards at 750 W for 8,766 hours, and a quarter for the site.
    assert fleet.yearly_energy_kwh(1000, 1000, 0.75, 1.25) == pytest.approx(750 * 8766 * 1.25)
    # 1,000 cards at 2 USD for 730.5 hours over a million users.
    assert fleet.usd_per_user_month(1000, 2, 1e6) == pytest.approx(1.461)
    # 31,557.6 t over a thousand answers a second: 1 g each.
    assert fleet.grams_per_message(31557600, 1000) == pytest.approx(1)


def test_failures_and_checkpoints_by_hand():
    assert fleet.failures_per_day(36525, 0.1) == pytest.approx(10)
    # A failure each 10,000 s and 50 s to save: after 1,000 s of work.
    each_card = YEAR / 10000 / 100
    assert fleet.checkpoint_interval(50, each_card, 100) == pytest.approx(1000)
    # 50 of 1,000 s, and of 10,000 s the half interval and 300 s.
    assert fleet.checkpoint_loss(50, each_card, 100, 300) == pytest.approx(0.05 + 0.08)
    assert fleet.overtaking_days(1000, 365250) == pytest.approx(1)
    assert fleet.requests_in_flight(8500, 10) == 85000


@given(save=st.floats(1, 500), cards=st.floats(1, 1e5), factor=st.floats(0.2, 5))
def test_no_other_interval_loses_less(save, cards, factor):
    best = fleet.checkpoint_interval(save, 0.2, cards)
    each_second = 0.2 * cards / YEAR
    other = best * factor
    lost = save / other + 0.5 * other * each_second
    assert fleet.checkpoint_loss(save, 0.2, cards, 0.0) <= lost * (1 + 1e-12)


# The chain


def test_the_chain_is_the_formulas_chained_by_hand(llama, inputs):
    found = fleet_plan.plan(inputs)
    shape, engine = llama.engine.model, llama.engine
    prompt, answer = 958.3, 197.8
    batch = min(256.0, engine.capacity_tokens / (prompt + answer))
    flops = attention.causal_attention_flops(
        shape.n_layers, shape.n_heads, shape.head_dim, prompt, serving.NO_WINDOW
    )
    arguments = engine.prefill_arguments(prompt)
    assert found["attention_flops"] == flops == arguments["attention_flops"]
    read = serving.prefill_seconds(n_sequences=1.0, **arguments)
    step = serving.decode_step_seconds(
        batch_size=batch, cached_tokens=batch * (prompt + answer / 2), **engine.decode_arguments()
    )
    full = fleet.full_rate(batch, read, step, answer)
    assert found["full_rate"] == pytest.approx(full)
    assert found["instance_rate"] == pytest.approx(llama.rate)
    assert found["full_tpot"] == pytest.approx(sharing.interleaved_tpot(step, read, batch, answer))
    assert found["weights"] == transformer.weight_bytes(68976648192, 2)
    assert found["fewest_cards"] == sizing.cards_needed(2 * 68976648192, 80e9) == 2
    peak = 1e8 * 3.673 / DAY * 2
    up = costs.availability_of_job(0.173, llama.cards, 1113.5)
    copies = math.ceil(peak / (llama.rate * up))
    spare = costs.spares_for_repair(0.173, 7 * DAY)
    cards = math.ceil((3 * math.ceil(copies / 3) + 3) * llama.cards * (1 + spare))
    assert (found["n_instances"], found["n_devices"]) == (copies, cards)
    assert found["racks"] == math.ceil(math.ceil(cards / 8) / 4)
    owned = round(card_hour("h100-sxm", failures_per_year=0.0)["owned"], 2)
    assert found["owned_usd"] == pytest.approx(cards * owned * 730.5 / 1e8)
    energy = accounting.energy_kwh(1275 * 0.75, cards * YEAR, 1.25)
    made = llmcarbon.embodied_kg(1, 500, cards, YEAR, 5 * YEAR)
    assert found["energy_kwh"] == pytest.approx(energy)
    assert found["total_kg"] == pytest.approx(energy * 0.3838 + made)
    # 1,720,320 hours of A100 at 812.5 W.
    trained = 812.5 * 0.75 * 1720320 * 1.25 / 1000
    assert found["training_energy_kwh"] == pytest.approx(trained)
    assert found["overtaking"] == pytest.approx(trained / energy * 365.25)


def test_central_inputs_are_the_rows_of_the_tables():
    known = fleet_plan.users()
    usage = {row.id: row.value for row in data.table("usage")}
    low = data.row("fleet_inputs", "messages").low
    assert known["messages_per_day"] == usage["chatgpt-per-user-2025"]
    assert low == usage["chatgpt-per-user-2024"]
    growth = known["messages_per_day"] / low
    high = data.row("fleet_inputs", "messages").high
    assert high == pytest.approx(known["messages_per_day"] * growth, abs=5e-4)
    sample = data.row("workloads", CHAT)
    assert known["prompt_tokens"] == sample.mean_prompt_tokens
    assert known["answer_tokens"] == sample.mean_answer_tokens
    assert data.row("fleet_inputs", "answer").high == usage["bing-answer"]


@given(users=st.floats(1e3, 1e9), factor=st.floats(1, 10))
def test_more_users_never_need_less(inputs, users, factor):
    few = fleet_plan.chain(inputs | {"n_users": users})
    many = fleet_plan.chain(inputs | {"n_users": users * factor})
    for name in ("n_instances", "n_devices", "racks", "connected_watts", "total_kg"):
        assert many[name] >= few[name]
    assert few["n_instances"] * few["instance_rate"] >= few["peak_rate"] * (1 - 1e-12)
    assert few["mean_instances"] <= few["n_instances"] < few["placed"] <= few["n_devices"]


UP = ("messages_per_day", "peak_factor", "answer_tokens", "prompt_tokens", "repair_seconds")
DOWN = ("kept_share",)


@pytest.mark.parametrize("name", UP + DOWN)
def test_what_makes_a_fleet_larger(inputs, name):
    factor = 2.0 if name in UP else 0.5
    more = fleet_plan.chain(inputs | {name: inputs[name] * factor})
    assert more["n_devices"] > fleet_plan.chain(inputs)["n_devices"]


def test_the_chain_takes_arrays(inputs):
    users = np.array([1e6, 1e8])
    found = fleet_plan.chain(inputs | {"n_users": users})["rented_usd"]
    one = [fleet_plan.chain(inputs | {"n_users": float(n)})["rented_usd"] for n in users]
    assert list(found) == pytest.approx(one)


def test_every_range_holds_its_central_value(llama, inputs):
    ends = fleet_plan.ranges(llama)
    assert {"peak_factor", "rent_usd_per_hour", "kept_share", "carbon_intensity"} <= set(ends)
    assert all(low <= inputs[name] <= high for name, (low, high) in ends.items())
    function = fleet_plan.result("rented_usd")
    low, middle, high = uncertainty.sampled_range(function, inputs, ends, 0.8, 500)
    assert low < middle < high


# One copy


def test_the_copy_keeps_its_limits(llama):
    assert llama.load.attainment(LEVEL.ttft_limit, LEVEL.tpot_limit) >= 0.99
    assert llama.load.percentiles()["ttft"][99] <= LEVEL.ttft_limit
    assert llama.load.percentiles()["tpot"][99] <= LEVEL.tpot_limit
    late = llama.under(1.5 * llama.rate)
    assert late.attainment(LEVEL.ttft_limit, LEVEL.tpot_limit) < 0.99


def test_littles_law_holds_in_the_simulation(llama):
    run = llama.under(llama.rate, keep_events=True)
    times, waiting, running = run.timeline()
    held = (waiting + running)[:-1] @ np.diff(times) / (times[-1] - times[0])
    by_law = fleet.requests_in_flight(run.requests_per_second, run.latency.mean())
    assert held == pytest.approx(by_law, rel=1e-9)


def test_copies_that_are_dealt_requests_take_all_of_them(llama):
    parts = llama.dealt(3)
    assert sum(len(part.arrival) for part in parts) == 500
    assert min(part.attainment(2, 0.2) for part in parts) > 0.97
    assert percentiles(parts[0].tpot)[50] > 0


def test_prompts_are_cut_at_the_context():
    engine = engines.Engine.of("llama-65b", "h100-sxm", 4)
    found = instances._instance(engine, CHAT, LEVEL, 400, 0)
    assert max(sum(pair) for pair in zip(*found.requests, strict=True)) <= 2048


# Bad input


def test_a_model_that_fits_nowhere():
    with pytest.raises(ValueError, match=r"model must fit on 8 x A100.*'falcon-180b'.*359.0 GB"):
        best_instance("falcon-180b", "a100-40", CHAT, LEVEL)


def test_limits_that_no_load_keeps():
    with pytest.raises(ValueError, match=r"ttft_limit and tpot_limit must .*got 0.001 and 0.2 s"):
        best_instance("llama-2-70b", "h100-sxm", CHAT, Level("none", 0.001, 0.2), n_requests=200)
    with pytest.raises(ValueError, match="tpot_limit must be above 0"):
        best_instance("llama-2-70b", "h100-sxm", CHAT, Level("none", 1.0, 0.0), n_requests=200)


def test_a_load_beyond_any_fleet(inputs):
    crowd = {"n_users": 8e9, "messages_per_day": 100.0}
    with pytest.raises(ValueError, match="n_users must not need more than 350,000 cards"):
        fleet_plan.plan(inputs | crowd)
    with pytest.raises(ValueError, match="n_users must be a finite number above 0 and at most"):
        fleet_plan.plan(inputs | {"n_users": 2e10})


def test_names_that_are_no_inputs(llama, inputs):
    with pytest.raises(ValueError, match=r"unknown inputs .'n_user'."):
        fleet_plan.inputs_of(llama, 1e8, None, n_user=1.0)
    with pytest.raises(ValueError, match="inputs must hold n_users, which mean_rate needs"):
        fleet_plan.plan({name: value for name, value in inputs.items() if name != "n_users"})
    with pytest.raises(ValueError, match=r"name must be a link of the chain.*'cards'"):
        fleet_plan.result("cards")


def test_the_calculator_starts_at_the_plan(llama, inputs):
    from llmbook.charts.fleet_calculators import fleet_calculator

    shown = fleet_calculator([(llama, "llama-2-70b")], 1e8).evaluate()
    assert {link.name: shown[link.name] for link in fleet_plan.CHAIN} == {
        link.name: fleet_plan.plan(inputs)[link.name] for link in fleet_plan.CHAIN
    }
