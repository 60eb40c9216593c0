import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import hybrid
from llmbook.glossary import GLOSSARY
from llmbook.serving import decode_rate_ceiling

FRACTION = st.floats(0, 1)
LENGTH = st.integers(0, 40)


def summed(acceptance, draft_length):
    """1 + a + a² + … : each drafted token counts only if all before it were kept."""
    return math.fsum(acceptance**place for place in range(draft_length + 1))


@pytest.mark.parametrize("acceptance", [0.998, 0.9995, 0.99999, 1 - 1e-6])
def test_near_certain_drafts_keep_their_digits(acceptance):
    """Below the place where the quotient gives way to its first terms it is still exact."""
    powers = sum(acceptance**place for place in range(9))
    assert hybrid.expected_tokens_per_step(acceptance, 8) == pytest.approx(powers, rel=1e-9)


def test_every_drafted_token_is_sent():
    assert hybrid.draft_token_bytes(7, 2) == 14
    assert hybrid.draft_token_bytes(1, 4) == 4


def test_at_the_break_even_round_trip_nothing_is_gained():
    # 2.7731 - 1 - 4 x 0.1 = 1.3731 steps of 30 ms.
    trip = hybrid.break_even_round_trip(0.7, 4, 0.1, 0.03)
    assert trip == pytest.approx(0.041193)
    assert hybrid.speculative_speedup(0.7, 4, 0.1, trip, 0.03) == pytest.approx(1, abs=1e-12)


def test_weights_of_a_memory_by_hand():
    # 7 GB of 8 fit barely, 28 of 8 do not.
    assert hybrid.memory_share(7e9, 8e9) == pytest.approx(0.875)
    assert hybrid.memory_share(28e9, 8e9) == pytest.approx(3.5)


@pytest.mark.parametrize(
    ("acceptance", "tokens"),
    # 1 + .5 + .25 + .125 + .0625; the rest from the table of the facts, to its two digits.
    [(0, 1), (0.5, 1.9375), (0.6, 2.3056), (0.7, 2.7731), (0.8, 3.3616), (0.9, 4.0951), (1, 5)],
)
def test_expected_tokens_by_hand(acceptance, tokens):
    assert hybrid.expected_tokens_per_step(acceptance, 4) == pytest.approx(tokens, abs=5e-5)


@given(acceptance=FRACTION, draft_length=LENGTH)
def test_the_closed_form_is_the_sum(acceptance, draft_length):
    found = hybrid.expected_tokens_per_step(acceptance, draft_length)
    assert found == pytest.approx(summed(acceptance, draft_length), rel=1e-8)


@pytest.mark.parametrize("gap", [0, 1e-16, 1e-12, 1e-9, 1e-7, 9.9e-7, 1.1e-6, 1e-5])
def test_next_to_certainty_no_digits_are_lost(gap):
    found = hybrid.expected_tokens_per_step(1 - gap, 4)
    assert found == pytest.approx(summed(1 - gap, 4), rel=1e-9)


def test_certainty_in_a_column_beside_others():
    found = hybrid.expected_tokens_per_step(np.array([0.5, 1.0]), 4)
    assert list(found) == [1.9375, 5.0]


@pytest.mark.parametrize(
    ("cost_ratio", "speedup"), [(0, 2.7731), (0.05, 2.3109), (0.1, 1.9808), (1 / 7, 1.7647)]
)
def test_speedup_by_hand(cost_ratio, speedup):
    # 2.7731 / (4 c + 1)
    assert hybrid.speculative_speedup(0.7, 4, cost_ratio) == pytest.approx(speedup, abs=5e-5)


def test_a_round_trip_of_50_ms_leaves_nothing():
    # 4 x 3 + 30 + 50 = 92 ms for 2.7731 tokens, 33.2 ms each against 30.
    speedup = hybrid.speculative_speedup(0.7, 4, 0.1, round_trip=0.05, target_step=0.03)
    assert speedup == pytest.approx(30 / (92 / 2.7731), rel=1e-4)
    tpot = hybrid.speculative_tpot(0.7, 4, 0.003, 0.03, 0.05)
    assert tpot == pytest.approx(0.092 / 2.7731, rel=1e-4)
    assert tpot == pytest.approx(0.03 / speedup)


def test_without_a_clock_a_round_trip_counts_steps():
    counted = hybrid.speculative_speedup(0.7, 4, 0.1, 2)
    assert counted == pytest.approx(hybrid.speculative_speedup(0.7, 4, 0.1, 0.06, 0.03))


def test_break_even_of_the_example_is_41_ms():
    # 30 ms x (2.7731 - 1 - 4 x 0.1)
    found = hybrid.break_even_round_trip(0.7, 4, 0.1, 0.03)
    assert found == pytest.approx(0.041193, abs=1e-6)
    assert hybrid.speculative_speedup(0.7, 4, 0.1, found, 0.03) == pytest.approx(1)


def test_a_7b_on_a_phone_drafts_slower_than_the_cloud_decodes():
    # 6.74e9 x 0.5 B over 51 GB/s is 66 ms a drafted token, over twice a step of 30 ms.
    draft = hybrid.step_from_memory(6.74e9, 0.5, 51e9)
    assert draft == pytest.approx(0.06608, rel=1e-3)
    assert draft * decode_rate_ceiling(51e9, 6.74e9 * 0.5) == pytest.approx(1)
    # 2.7731 / (4 x 2.203 + 1) = 0.283
    assert hybrid.speculative_speedup(0.7, 4, draft / 0.03) == pytest.approx(0.2826, abs=1e-3)
    assert hybrid.break_even_round_trip(0.7, 4, draft / 0.03, 0.03) < 0


def test_what_a_drafted_token_costs_by_hand():
    # 3 ms of a step of 30 ms.
    assert hybrid.draft_cost_ratio(0.003, 0.03) == pytest.approx(0.1)


def test_steps_and_operations_by_hand():
    # 1 - 1/2.7731; (4 x 0.1 + 4 + 1)/2.7731
    assert hybrid.cloud_steps_saved(0.7, 4) == pytest.approx(0.63939, abs=1e-5)
    assert hybrid.operations_factor(0.7, 4, 0.1) == pytest.approx(1.94728, abs=1e-5)
    assert hybrid.operations_factor(1, 4, 0) == 1


def test_checking_a_batch_by_hand():
    # 10e9 parameters of 2 B at 1e12 B/s: 20 ms; 2 x 10e9 x 100 x 5 FLOP at 200e12: 50 ms.
    assert hybrid.verification_seconds(10e9, 2, 1, 4, 1e12, 200e12) == 0.02
    assert hybrid.verification_seconds(10e9, 2, 100, 4, 1e12, 200e12) == pytest.approx(0.05)
    # 200e12 x 2 / (2 x 1e12 x 5)
    assert hybrid.free_verification_batch(2, 4, 1e12, 200e12) == pytest.approx(40)
    assert hybrid.free_verification_batch(2, 0, 1e12, 200e12) == pytest.approx(200)


def test_drafts_stop_paying_on_a_full_server():
    shape = (10e9, 2)
    machine = (1e12, 200e12)
    small = hybrid.batched_speedup(0.7, 4, 0.1, *shape, 1, *machine)
    assert small == pytest.approx(hybrid.speculative_speedup(0.7, 4, 0.1))
    # At batch 200 a plain step takes 20 ms and a check 100: 2.7731 x 20/(0.4 x 20 + 100).
    full = hybrid.batched_speedup(0.7, 4, 0.1, *shape, 200, *machine)
    assert full == pytest.approx(2.7731 * 20 / 108, rel=1e-4)


def test_bytes_of_a_round_by_hand():
    assert hybrid.draft_distribution_bytes(4, 32000, 2) == 256_000
    assert hybrid.draft_token_bytes(4, 4) == 16


def test_answer_over_a_link_by_hand():
    # 0.1 + 0.5 + 0.03 x 199
    assert hybrid.answer_seconds(0.1, 0.5, 0.03, 200) == pytest.approx(6.57)
    assert hybrid.round_trip_share(0.1, 0.5, 0.03, 200) == pytest.approx(0.1 / 6.57)
    assert hybrid.answer_seconds(0.1, 0.5, 0.03, 1) == 0.6


def test_energy_of_a_token():
    assert hybrid.energy_per_token(5, 10) == 0.5


@given(low=FRACTION, high=FRACTION, draft_length=LENGTH)
def test_more_acceptance_never_brings_fewer_tokens(low, high, draft_length):
    low, high = sorted((low, high))
    fewer = hybrid.expected_tokens_per_step(low, draft_length)
    more = hybrid.expected_tokens_per_step(high, draft_length)
    assert 1 - 1e-12 <= fewer <= more * (1 + 1e-8)
    assert more <= (draft_length + 1) * (1 + 1e-12)


@given(
    acceptance=FRACTION,
    draft_length=LENGTH,
    cost_ratio=st.floats(0, 5),
    trips=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_longer_round_trip_never_makes_it_faster(acceptance, draft_length, cost_ratio, trips):
    near, far = sorted(trips)
    setting = (acceptance, draft_length, cost_ratio)
    assert hybrid.speculative_speedup(*setting, far, 0.03) <= hybrid.speculative_speedup(
        *setting, near, 0.03
    )


@given(acceptance=FRACTION, draft_length=LENGTH, longer=st.integers(1, 10))
def test_longer_drafts_save_more_steps_and_waste_more_operations(acceptance, draft_length, longer):
    saved = [
        hybrid.cloud_steps_saved(acceptance, length)
        for length in (draft_length, draft_length + longer)
    ]
    spent = [
        hybrid.operations_factor(acceptance, length, 0.1)
        for length in (draft_length, draft_length + longer)
    ]
    assert saved[0] + 1e-12 >= 0 and saved[0] <= saved[1] + 1e-8 and saved[1] < 1
    assert 1 - 1e-12 <= spent[0] <= spent[1] * (1 + 1e-8)


@given(
    acceptance=FRACTION,
    draft_length=LENGTH,
    cost_ratio=st.floats(0, 2),
    batches=st.tuples(st.floats(1, 1e4), st.floats(1, 1e4)),
)
def test_a_fuller_server_never_gains_more(acceptance, draft_length, cost_ratio, batches):
    few, many = sorted(batches)
    setting = (acceptance, draft_length, cost_ratio, 7e9, 2)
    less = hybrid.batched_speedup(*setting, many, 2e12, 300e12)
    assert less <= hybrid.batched_speedup(*setting, few, 2e12, 300e12) * (1 + 1e-12)


@pytest.mark.parametrize("acceptance", [-0.01, 1.01])
def test_acceptance_outside_its_range_is_refused(acceptance):
    with pytest.raises(ValueError, match="acceptance must be a finite number at least 0 and at"):
        hybrid.expected_tokens_per_step(acceptance, 4)


def test_negative_round_trip_is_refused():
    with pytest.raises(ValueError, match="round_trip must be a finite number at least 0"):
        hybrid.speculative_speedup(0.7, 4, 0.1, round_trip=-0.01)


def test_sliders_stop_short_of_certainty():
    """Over the usual range the closed form keeps twelve digits in every language."""
    assert GLOSSARY["acceptance"].usual[1] < 1 - 1e-6
