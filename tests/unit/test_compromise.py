from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import compromise, sharing
from llmbook.charts.serving_calculators import serving_calculator
from llmbook.engines import Engine

CARDS = ["a100-80", "h100-sxm", "h200-sxm", "mi300x"]


def engine(card="a100-80", n_devices=8, model="llama-2-70b"):
    return Engine.of(model, card, n_devices)


def test_a_full_server_by_hand():
    # 4 answers of 200 tokens, prompts of 600: 600 + 100 tokens cached each.
    assert sharing.mean_cached_tokens(4, 600, 200) == 2800
    # 3 others take a prompt of 50 ms once in 200 tokens: 20 ms + 3 x 0.25 ms.
    assert sharing.interleaved_tpot(0.020, 0.050, 4, 200) == pytest.approx(0.02075)
    assert sharing.prompt_rate(600, 0.050) == pytest.approx(12000)
    assert sharing.decode_rate(4, 0.020) == pytest.approx(200)
    assert sharing.places(8000, 600, 200) == 10
    assert [sharing.filled_places(n, 10) for n in (4, 10, 20)] == [4, 10, 10]
    assert sharing.filled_places(4, 0.5) == 1


def test_an_offer_by_hand():
    served = engine()
    step = served.decode_step_seconds(4, 2800)
    prompt = served.prefill_seconds(600)
    found = compromise.offer(served, 4, 2.0, 600, 200, utilization=0.5)
    assert found["tpot"] == pytest.approx(step + 3 * prompt / 200)
    assert found["rate"] == pytest.approx(1 / found["tpot"])
    # 8 cards at 2 USD an hour, at work half of it: 32 USD for an hour of work.
    usd_a_second = 32 / 3600
    assert found["input_usd"] == pytest.approx(usd_a_second * prompt / 600 * 1e6)
    assert found["output_usd"] == pytest.approx(usd_a_second * step / 4 * 1e6)
    assert found["usd"] == pytest.approx((3 * found["input_usd"] + found["output_usd"]) / 4)


def test_what_users_pay_for_is_what_the_cards_do():
    # All requests of an hour, input and output costed apart, pay for the hour.
    found = compromise.offer(engine(), 16, 2.0, 600, 200)
    answers_a_second = 16 / (200 * found["tpot"] + compromise_slack(found))
    paid = answers_a_second * (600 * found["input_usd"] + 200 * found["output_usd"]) / 1e6
    assert paid == pytest.approx(8 * 2.0 / 3600, rel=1e-9)


def compromise_slack(found):
    """Seconds of an answer that are its own prompt, which its user sees as TTFT."""
    return engine().prefill_seconds(600)


def test_the_batches_end_with_the_largest_that_fits():
    served = engine("h100-sxm", 2, "mixtral-8x7b")
    batches = [row["batch"] for row in compromise.offers(served, 3.0, 600, 200)]
    assert batches[:6] == [1, 2, 3, 4, 5, 6] and batches[-1] == served.largest_batch(800) == 577
    assert batches == sorted(set(batches))
    assert max(after / before for before, after in pairwise(batches[12:])) < 1.16


@pytest.mark.parametrize("batch", [0, 578, 1e9])
def test_a_batch_beyond_memory_is_refused(batch):
    with pytest.raises(ValueError, match="batch_size must lie between 1 and the 577 requests"):
        compromise.offer(engine("h100-sxm", 2, "mixtral-8x7b"), batch, 3.0, 600, 200)


def test_requests_that_never_fit_are_refused():
    with pytest.raises(ValueError, match="prompt_tokens and answer_tokens must fit in"):
        compromise.offers(engine(), 2.0, 5e6, 200)


@pytest.mark.parametrize("card", CARDS)
def test_the_best_offers_are_a_real_choice(card):
    rows = compromise.best_offers("mixtral-8x7b", card, 2.0, 600, 200, utilization=0.5)
    rates, prices = [row["rate"] for row in rows], [row["usd"] for row in rows]
    assert len(rows) > 5
    assert {row["cards"] for row in rows} <= {1, 2, 4, 8} and len({r["cards"] for r in rows}) > 1
    assert rates == sorted(rates) and prices == sorted(prices)
    assert rows[-1]["cards"] == 8 and rows[-1]["batch"] == 1


def test_a_model_that_fits_nowhere_is_refused():
    with pytest.raises(ValueError, match=r"Llama 3\.1 405B in fp16 needs"):
        compromise.best_offers("llama-3.1-405b", "a10", 1.0, 600, 200)


@given(st.sampled_from(CARDS), st.integers(1, 64), st.floats(0.1, 1.0), st.floats(0.1, 10.0))
def test_a_fuller_server_is_slower_and_cheaper(card, batch, share, usd):
    small = compromise.offer(engine(card), batch, usd, 600, 200, share)
    large = compromise.offer(engine(card), 2 * batch, usd, 600, 200, share)
    assert large["rate"] < small["rate"] and large["output_usd"] < small["output_usd"]
    assert large["input_usd"] == small["input_usd"]


@pytest.mark.parametrize("place", range(len(CARDS)))
def test_the_calculator_says_what_the_engine_says(place):
    hours = dict(zip(CARDS, (1.2, 1.7, 1.6, 1.4), strict=True))
    calculator = serving_calculator("llama-2-70b", hours, 8, 600, 200, 32)
    shown = calculator.evaluate(card=place, price_factor=2.0)
    usd = 2 * hours[CARDS[place]]
    expected = compromise.offer(engine(CARDS[place]), 32, usd, 600, 200, utilization=0.5)
    assert shown["tpot"] == pytest.approx(expected["tpot"])
    assert shown["blend"] == pytest.approx(expected["usd"])
    assert shown["request_places"] == pytest.approx(engine(CARDS[place]).capacity_tokens / 800)
    # 8,192 + 2,048 tokens: 143 answers fit on eight A100, not 256.
    full = calculator.evaluate(card=0, asked=256, prompt_tokens=8192, answer_tokens=2048)
    assert full["batch_size"] == full["request_places"] == pytest.approx(1466436 / 10240)
