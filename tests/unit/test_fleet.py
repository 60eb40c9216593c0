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
    fleet_inputs,
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
    return fleet_inputs.inputs_of(llama, 1e8, "llama-2-70b")


# By hand


def test_rates_by_hand():
    # 86,400 users with one message a day are one a second; 2.5 in a busy hour.
    assert fleet.mean_rate(86400, 1) == 1
    assert fleet.peak_rate(1, 2.5) == 2.5
    assert fleet.request_tokens(958, 198) == 1156
    # A tenth of all tokens is beyond the context.
    assert fleet.tokens_after_cut(1000, 0.9) == 900
    assert fleet.share_of_context(1024, 2048) == 0.5


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
    # 4,945 cards over three sites are 1,649 at one: 207 servers, 52 racks, and three times that.
    # One hall would need 155.
    assert fleet.servers_of_site(4945, 3, 8) == 207
    assert fleet.racks_needed(207, 4, 3) == 156
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
    # For 1,000 s of work 50 s to save, a tenth of the half interval and of 300 s: 130 of 1,130 s.
    assert fleet.checkpoint_loss(50, each_card, 100, 300) == pytest.approx(130 / 1130)
    assert fleet.overtaking_days(1000, 365250) == pytest.approx(1)


def test_a_run_on_the_cards_of_llama_3_with_the_time_assumed_for_a_checkpoint():
    save = data.row("fleet_inputs", "checkpoint")
    # 16,384 cards that fail 0.173 times a year: a failure each 11,134 s.
    # The root of 2 x 60 s x 11,134 s; 2 x 10 s and 2 x 300 s for the ends.
    seconds = save.low, save.central, save.high
    found = [fleet.checkpoint_interval(value, 0.173, 16384) for value in seconds]
    assert found == pytest.approx([471.9, 1155.9, 2584.6], abs=0.1)
    # 60 / 1155.9 + 1155.9 / 2 / 11,134 = 0.1038 for each second of work
    loss = fleet.checkpoint_loss(save.central, 0.173, 16384, 0)
    assert loss == pytest.approx(0.0941, abs=1e-4)


@given(save=st.floats(1, 500), cards=st.floats(1, 1e5), factor=st.floats(0.2, 5))
def test_no_other_interval_loses_less(save, cards, factor):
    best = fleet.checkpoint_interval(save, 0.2, cards)
    each_second = 0.2 * cards / YEAR
    other = best * factor
    lost = save / other + 0.5 * other * each_second
    found = fleet.checkpoint_loss(save, 0.2, cards, 0.0)
    assert found <= lost / (1 + lost) * (1 + 1e-12)


# The chain


def test_the_chain_is_the_formulas_chained_by_hand(llama, inputs):
    found = fleet_plan.plan(inputs)
    shape, engine = llama.engine.model, llama.engine
    # What it was tried with, of which nothing beyond the context is left.
    prompt, answer = (lengths.mean() for lengths in llama.requests)
    assert found["read_tokens"] == pytest.approx(prompt)
    assert found["written_tokens"] == pytest.approx(answer)
    batch = min(256.0, engine.capacity_tokens / (prompt + answer))
    flops = attention.causal_attention_flops(
        shape.n_layers, shape.n_heads, shape.head_dim, prompt, serving.NO_WINDOW
    )
    arguments = engine.prefill_arguments(prompt)
    assert found["attention_flops"] == pytest.approx(flops)
    assert flops == arguments["attention_flops"]
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
    assert found["racks"] == 3 * math.ceil(math.ceil(math.ceil(cards / 3) / 8) / 4)
    assert found["mean_instances"] == math.ceil(peak / 2 / (llama.rate * up))
    assert found["connected_watts"] == pytest.approx(cards * 1275 * 1.25)
    assert found["failures"] == pytest.approx(cards * 0.173 / 365.25)
    # The middle one of the seven rents of the tables.
    assert found["rented_usd"] == pytest.approx(cards * 3.49 * 730.5 / 1e8)
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
    year = 365.25 * 1e8 * 3.673
    assert found["message_grams"] == pytest.approx(found["total_kg"] * 1e3 / year)


def test_central_inputs_are_the_rows_of_the_tables():
    known = fleet_inputs.users()
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
    ends = fleet_inputs.ranges(llama)
    assert {"peak_factor", "rent_usd_per_hour", "kept_share", "carbon_intensity"} <= set(ends)
    assert all(low <= inputs[name] <= high for name, (low, high) in ends.items())


RESULTS = (
    "n_devices",
    "connected_watts",
    "rented_usd",
    "owned_usd",
    "energy_kwh",
    "total_kg",
)


@pytest.mark.parametrize("name", RESULTS)
def test_the_plan_lies_inside_its_range(llama, inputs, name):
    low, middle, high = fleet_inputs.spread(name, inputs, fleet_inputs.ranges(llama))
    assert low < fleet_plan.plan(inputs)[name] < high
    assert low < middle < high


def test_a_range_holds_four_fifths_of_what_is_drawn(llama, inputs):
    ends = fleet_inputs.ranges(llama)
    low, _, high = fleet_inputs.spread("rented_usd", inputs, ends)
    central = {name: (least, inputs[name], most) for name, (least, most) in ends.items()}
    drawn = inputs | uncertainty.median_samples(central, 4000, seed=7)
    found = fleet_plan.chain(drawn)["rented_usd"]
    assert np.mean((low < found) & (found < high)) == pytest.approx(0.8, abs=0.02)


def test_a_lopsided_range_leaves_the_plan_in_the_middle(inputs):
    # A triangle from 2 over 3.49 to 8 has its median at 4.3.
    _, middle, _ = fleet_inputs.spread("rented_usd", inputs, {"rent_usd_per_hour": (2.0, 8.0)})
    assert middle == pytest.approx(fleet_plan.plan(inputs)["rented_usd"], rel=0.02)


def test_ends_of_what_no_table_of_the_fleet_holds(llama, inputs):
    ends = fleet_inputs.ranges(llama)
    # France and India.
    assert ends["carbon_intensity"] == (0.0405, 0.7054)
    slow, fast = fleet_inputs.error_range()
    assert slow < 1 < fast
    # A server that is faster than the model of it takes more requests.
    assert ends["kept_share"] == (inputs["kept_share"] * slow, inputs["kept_share"] * fast)


def test_each_range_says_how_well_it_is_known(llama):
    grades = fleet_inputs.evidence(llama)
    assert set(fleet_inputs.ranges(llama)) <= set(grades)
    assert set(grades.values()) <= set(fleet_inputs.GRADES)
    # The rents are quotations; an owner's hour holds the time of a repair, which nobody counted.
    assert grades["rent_usd_per_hour"] == "secondary"
    assert grades["repair_seconds"] == grades["owner_usd_per_hour"] == "unverified"


def test_a_range_is_widened_to_what_a_reader_sets(llama, inputs):
    mine = inputs | {"rent_usd_per_hour": 0.5}
    low, high = fleet_inputs.ranges(llama, mine)["rent_usd_per_hour"]
    assert low == 0.5
    assert high == fleet_inputs.ranges(llama)["rent_usd_per_hour"][1]
    known = set(fleet_inputs.ranges(llama))
    assert known <= set(fleet_inputs.INPUT_NAMES)


# One copy


def test_the_copy_keeps_its_limits(llama):
    assert llama.load.percentiles()["ttft"][99] <= LEVEL.ttft_limit
    assert llama.load.percentiles()["tpot"][99] <= LEVEL.tpot_limit
    late = llama.under(1.5 * llama.rate)
    assert late.attainment(LEVEL.ttft_limit, LEVEL.tpot_limit) < 0.99


@pytest.fixture(scope="module")
def long_tried():
    """LLaMA 65B as the capstone has it."""
    return best_instance("llama-65b", "h100-sxm", CHAT, LEVEL)


@pytest.mark.parametrize("seed", [5, 6])
def test_the_rate_is_kept_for_hours_by_requests_not_seen_before(long_tried, seed):
    fresh = instances.drawn(long_tried.engine, CHAT, LEVEL, 40_000, seed)
    run = fresh.under(long_tried.rate, seed=seed)
    assert run.attainment(LEVEL.ttft_limit, LEVEL.tpot_limit) >= 0.99
    # The queue does not grow.
    assert not run.saturated
    # A tenth more is too much.
    more = fresh.under(1.1 * long_tried.rate, seed=seed)
    assert more.attainment(LEVEL.ttft_limit, LEVEL.tpot_limit) < 0.9


def test_the_lowest_of_three_trials_counts(long_tried):
    assert len(long_tried.rates) == 3
    assert long_tried.rate == min(long_tried.rates) < max(long_tried.rates)
    kept = fleet_inputs.columns(long_tried)
    assert 0 < kept["kept_share"] < 1
    assert kept["kept_prompt"] < 0.8


def test_the_layout_with_most_requests_for_a_card(llama):
    assert [engine.n_devices for engine in engines_of("llama-65b")] == [2, 4, 8]
    assert [engine.n_devices for engine in engines_of("llama-3-8b")] == [1, 2, 4, 8]
    # Two cards hold 160 GB, the weights 138 GB: what is left keeps few requests at once.
    assert llama.cards == 4
    rates = {
        engine.n_devices: instances.drawn(engine, CHAT, LEVEL, 500).under(1e9)
        for engine in engines_of("llama-2-70b")
    }
    of_a_card = {cards: run.requests_per_second / cards for cards, run in rates.items()}
    assert of_a_card[2] < of_a_card[4]


def test_a_layout_must_hold_a_whole_conversation():
    # One card keeps 464,692 tokens beside Llama 3 8B, two a million.
    longer = tuple(
        data.Row(**vars(row) | {"context_tokens": 500_000.0}) if row.id == "llama-3-8b" else row
        for row in data.table("models")
    )
    with data.with_rows({"models": longer}):
        assert [engine.n_devices for engine in engines_of("llama-3-8b")] == [2, 4, 8]


def test_a_level_is_kept_by_99_of_100_unless_told():
    assert Level("promised", 2.0, 0.2).attainment == LEVEL.attainment == 0.99


def engines_of(model):
    return instances.engines(model, "h100-sxm")


def test_prompts_are_cut_at_the_context():
    engine = engines.Engine.of("llama-65b", "h100-sxm", 4)
    found = instances.drawn(engine, CHAT, LEVEL, 400, 0)
    assert max(sum(pair) for pair in zip(*found.requests, strict=True)) <= 2048


# Bad input


def test_a_model_that_fits_nowhere():
    with pytest.raises(ValueError, match=r"model must fit on 8 x A100.*'falcon-180b'.*359.0 GB"):
        best_instance("falcon-180b", "a100-40", CHAT, LEVEL)


def test_limits_that_no_load_keeps():
    with pytest.raises(ValueError, match=r"ttft_limit and tpot_limit must .*got 0.001 and 0.2 s"):
        best_instance("llama-2-70b", "h100-sxm", CHAT, Level("none", 0.001, 0.2), n_requests=200)
    # The longest prompts are few: a twentieth of these requests would tell 1.5 s.
    told = "without any load 99 % of them take up to 1.43"
    with pytest.raises(ValueError, match=told):
        best_instance("llama-3.1-405b", "h100-sxm", CHAT, Level("none", 0.001, 0.2), "fp8", 2000)
    with pytest.raises(ValueError, match="tpot_limit must be above 0"):
        best_instance("llama-2-70b", "h100-sxm", CHAT, Level("none", 1.0, 0.0), n_requests=200)


def test_a_load_beyond_any_fleet(inputs):
    crowd = {"n_users": 8e9, "messages_per_day": 100.0}
    with pytest.raises(
        ValueError, match="n_users and messages_per_day must not need more than 350,000 cards"
    ):
        fleet_plan.plan(inputs | crowd)
    one = fleet_plan.chain(inputs)["largest_share"]
    assert fleet_plan.plan(inputs | {"n_users": 0.98e8 / one})["largest_share"] < 1
    with pytest.raises(ValueError, match="Meta's plan for the end of 2024"):
        fleet_plan.plan(inputs | {"n_users": 1.02e8 / one})
    with pytest.raises(ValueError, match="n_users must be a finite number above 0 and at most"):
        fleet_plan.plan(inputs | {"n_users": 2e10})


def test_a_mean_request_beyond_the_context(inputs):
    known = fleet_plan.chain(inputs)
    # The sample's share is cut from any prompt, so this one is left just too long, or just fits.
    spare = known["longest_request"] - known["written_tokens"]
    fitting = known["prompt_tokens"] * spare / known["read_tokens"]
    assert fleet_plan.plan(inputs | {"prompt_tokens": 0.999 * fitting})["context_share"] < 1
    with pytest.raises(ValueError, match="must fit the context, 4,096 tokens"):
        fleet_plan.plan(inputs | {"prompt_tokens": 1.001 * fitting})


def test_names_that_are_no_inputs(llama, inputs):
    with pytest.raises(ValueError, match=r"unknown inputs .'n_user'."):
        fleet_inputs.inputs_of(llama, 1e8, None, n_user=1.0)
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


def test_what_the_calculator_draws_and_prints(llama, inputs):
    from llmbook.charts import fleet_calculators, outcomes

    found = fleet_calculators.fleet_calculator([(llama, "llama-2-70b")], 1e8)
    plan = fleet_plan.plan(inputs)
    drawn = fleet_calculators._fleet_picture(plan).to_dict()
    bars = [layer for layer in drawn["layer"] if layer["mark"]["type"] == "bar"]
    cards = [eval(bar["transform"][0]["calculate"]) for bar in bars]
    copies = [plan[name] for name in ("mean_instances", "n_instances", "placed")]
    assert cards == [*(4 * count for count in copies), plan["n_devices"]]
    table = outcomes.outcomes_table(found)
    assert f"<td>{plan['connected_watts'] / 1e6:,.2f} MW <" in table
    assert f"<td>{plan['energy_kwh'] / 1000:,.0f} MWh <" in table
    assert f"<td>{plan['operational_kg'] / 1000:,.0f} t CO2e <" in table
    # The paper prints no number of users: its months would be taken for one.
    assert "the paper: 2e-06" not in outcomes.inputs_json(found)


@pytest.mark.parametrize("users", [3e3, 1e5, 5e9])
def test_the_calculator_holds_a_start_outside_its_usual_limits(llama, users):
    from llmbook.charts.fleet_calculators import fleet_calculator

    found = fleet_calculator([(llama, "llama-2-70b")], users, rent_usd_per_hour=20.0)
    sliders = {item.name: item for item in found.inputs if hasattr(item, "low")}
    for item in sliders.values():
        assert item.low <= item.value / item.scale <= item.high
    assert sliders["rent_usd_per_hour"].high == 20
    assert found.evaluate()["n_users"] == users
