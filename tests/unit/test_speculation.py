import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmbook import data, hybrid, speculation

GRID = speculation.against_formula([0, 0.1, 0.3, 0.5, 0.7, 0.9, 1], [1, 2, 4, 8], 40_000)


def test_chance_agrees_with_the_formula():
    assert len(GRID) == 28
    assert all(abs(row["in errors"]) < 4 for row in GRID)
    worst = speculation.largest_difference(GRID)
    assert 0 < abs(worst["difference"]) < 0.05
    assert max(row["error"] for row in GRID) < 0.02


def test_chance_would_notice_a_wrong_formula():
    """Another exponent, or a round that adds no token of the large model, is far outside."""
    row = next(row for row in GRID if (row["acceptance"], row["draft_length"]) == (0.7, 4))
    wrong = (1 - 0.7**4) / (1 - 0.7)
    assert abs(row["simulated"] - wrong) > 20 * row["error"]


def test_certain_rounds_have_no_error():
    assert speculation.simulate(1, 4, 100) == speculation.Estimate(5, 0)
    assert speculation.simulate(0, 4, 100) == speculation.Estimate(1, 0)
    assert speculation.simulate(1, 4, 100).errors_from(5) == 0
    assert speculation.simulate(1, 4, 100).errors_from(4) == math.inf


def test_a_seed_gives_the_same_rounds():
    assert speculation.simulate(0.7, 4, 1000, 3) == speculation.simulate(0.7, 4, 1000, 3)
    assert speculation.simulate(0.7, 4, 1000, 3) != speculation.simulate(0.7, 4, 1000, 4)


TARGET, DRAFT = [0.5, 0.3, 0.2, 0.0], [0.25, 0.25, 0.25, 0.25]


def test_sampling_with_drafts_writes_what_the_large_model_would():
    # Shared: 0.25 + 0.25 + 0.2 + 0.
    assert speculation.exact_acceptance(TARGET, DRAFT) == pytest.approx(0.7)
    found = speculation.simulate_sampling(TARGET, DRAFT, 4)
    assert found.acceptance == pytest.approx(0.7, abs=0.01)
    expected = hybrid.expected_tokens_per_step(0.7, 4)
    assert abs(found.tokens.errors_from(expected)) < 4
    assert found.frequencies == pytest.approx(TARGET, abs=0.01)
    assert found.frequencies[3] == 0


def test_a_perfect_draft_is_always_kept():
    found = speculation.simulate_sampling(TARGET, TARGET, 3, 100)
    assert (found.tokens.mean, found.acceptance) == (4, 1)


def test_no_drafts_at_all():
    found = speculation.simulate_sampling(TARGET, DRAFT, 0, 100)
    assert found.tokens.mean == 1
    assert math.isnan(found.acceptance)


def test_varied_acceptance_by_hand():
    # Beta(1, 1) is even over 0 to 1: the mean of a power is 1/2, 1/3, 1/4.
    spread = math.sqrt(1 / 12)
    assert speculation.varied_tokens(0.5, spread, 3) == pytest.approx(1 + 1 / 2 + 1 / 3 + 1 / 4)


def test_a_text_in_stretches_by_hand():
    # Beta(1, 1), one token drafted: the mean of 1/(1 + a) over 0 to 1 is ln 2.
    found = speculation.stretched_tokens(0.5, math.sqrt(1 / 12), 1)
    assert found == pytest.approx(1 / math.log(2), rel=2e-3)


@settings(max_examples=30)
@given(
    acceptance=st.floats(0.05, 0.95), share=st.floats(0.05, 0.9), draft_length=st.integers(1, 10)
)
def test_hard_stretches_cost_more_rounds_than_easy_ones_save(acceptance, share, draft_length):
    spread = share * math.sqrt(acceptance * (1 - acceptance))
    even = hybrid.expected_tokens_per_step(acceptance, draft_length)
    found = speculation.stretched_tokens(acceptance, spread, draft_length)
    assert found <= even * 1.02  # but for chance


@settings(max_examples=20, deadline=None)
@given(mean=st.floats(0.1, 0.9), share=st.floats(0.1, 0.9), draft_length=st.integers(1, 8))
def test_no_variation_brings_more_than_one_rejection_a_round_allows(mean, share, draft_length):
    """Play rounds of varied acceptance, and count what was kept of what was looked at."""
    spread = share * math.sqrt(mean * (1 - mean))
    chance = np.random.default_rng(1)
    of_round = chance.beta(*speculation._beta(mean, spread), size=(5000, 1))
    tokens = speculation._tokens(chance.random((5000, draft_length)) < of_round)
    kept = tokens.sum() - len(tokens)
    looked_at = np.minimum(tokens, draft_length).sum()
    if kept < looked_at:
        assert tokens.mean() <= 1 / (1 - kept / looked_at) + 1e-9


@pytest.mark.parametrize("wrong", [0, -1, 2.5, float("nan"), "4", True])
def test_a_part_of_a_token_cannot_be_drafted(wrong):
    with pytest.raises(ValueError, match="draft_length must be a"):
        speculation.whole_draft(wrong)


def test_a_whole_draft():
    assert speculation.whole_draft(4.0) == 4
    assert isinstance(speculation.whole_draft(4.0), int)


def test_each_setting_has_chances_of_its_own():
    """Twenty gaps from the same random numbers would not be twenty."""
    rows = speculation.against_formula([0.7, 0.7], [4], 1000)
    assert rows[0]["simulated"] != rows[1]["simulated"]


@given(
    acceptance=st.floats(0.05, 0.95),
    share=st.floats(0.01, 0.95),
    draft_length=st.integers(0, 12),
)
def test_variety_never_brings_fewer_tokens(acceptance, share, draft_length):
    spread = share * math.sqrt(acceptance * (1 - acceptance))
    varied = speculation.varied_tokens(acceptance, spread, draft_length)
    even = hybrid.expected_tokens_per_step(acceptance, draft_length)
    assert even * (1 - 1e-9) <= varied <= 1 + acceptance * draft_length + 1e-9


@settings(max_examples=30)
@given(acceptance=st.floats(0.1, 0.9), draft_length=st.integers(2, 10), share=st.floats(0.05, 0.9))
def test_the_spread_needed_is_the_one_put_in(acceptance, draft_length, share):
    spread = share * math.sqrt(acceptance * (1 - acceptance))
    tokens = speculation.varied_tokens(acceptance, spread, draft_length)
    assert speculation.spread_needed(acceptance, draft_length, tokens) == pytest.approx(
        spread, abs=1e-4
    )


def test_spread_at_its_ends():
    assert speculation.spread_needed(0.7, 4, 2.5) == 0
    # All or nothing brings 1 + 0.7 x 4 tokens at most.
    assert math.isnan(speculation.spread_needed(0.7, 4, 3.9))


def test_three_measured_rows_clearly_beat_their_bound():
    rows = {row["run"].id: row for row in speculation.measured_runs()}
    assert len(rows) == 12
    beating = {key for key, row in rows.items() if row["beats"]}
    assert beating == {"ende-77m-t1", "cnndm-77m-t0", "cnndm-77m-t1", "cnndm-250m-t1"}
    clearly = {key for key, row in rows.items() if row["clearly beats"]}
    assert clearly == {"cnndm-77m-t0", "cnndm-77m-t1", "cnndm-250m-t1"}


def test_a_measured_row_by_hand():
    row = next(row for row in speculation.measured_runs() if row["run"].id == "cnndm-77m-t0")
    # (1 - .65^6)/.35, (1 - .655^6)/.345, 3.1 - .05
    assert row["bound"] == pytest.approx(2.6417, abs=1e-4)
    assert row["highest bound"] == pytest.approx(2.6697, abs=1e-4)
    assert row["lowest speedup"] == pytest.approx(3.05)
    # 1/(1 - .655): under 3.05, so that no variation explains the row if .65 is the share kept.
    assert row["most with any variation"] == pytest.approx(2.8986, abs=1e-4)
    assert row["most with any variation"] < row["lowest speedup"]
    assert 0 < row["spread needed"] < math.sqrt(0.65 * 0.35)


def test_two_of_the_three_rows_are_out_of_reach_of_any_variation():
    beating = [row for row in speculation.measured_runs() if row["clearly beats"]]
    beyond = {
        row["run"].id for row in beating if row["lowest speedup"] > row["most with any variation"]
    }
    assert beyond == {"cnndm-77m-t0", "cnndm-77m-t1"}
    assert all(row["in stretches"] < row["bound"] for row in beating)


def test_a_row_within_its_digits_does_not_clearly_beat_the_bound():
    # (1 - .505^5)/.495 = 1.9538 lies between 1.99 and 1.99 less half a digit.
    row = speculation._beside_bound(data.Row(acceptance=0.5, draft_length=4.0, speedup=1.99))
    assert (row["beats"], row["clearly beats"]) == (True, False)


def test_best_draft_length():
    # At c = 0.1: 4 tokens 2.7731/1.4 = 1.981, 5 tokens 2.9412/1.5 = 1.961, 3 tokens 1.949.
    assert speculation.best_draft_length(0.7, 0.1)["draft_length"] == 4
    assert speculation.best_draft_length(0.7, 2.2) == {"draft_length": 0, "speedup": 1.0}
    near = speculation.best_draft_length(0.9, 0.05)["draft_length"]
    # Two steps of round trip: 4 tokens 2.7731/3.4, 5 tokens 2.9412/3.5 and so on; the last tried
    # is among them.
    assert speculation.best_draft_length(0.95, 0.0, 2, longest=7)["draft_length"] == 7
    far = speculation.best_draft_length(0.9, 0.05, round_trip=2)["draft_length"]
    assert far > near


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: speculation.simulate(1.5, 4), "acceptance must be a finite number at least 0"),
        (lambda: speculation.simulate(0.7, 4.5), "draft_length must be a whole number"),
        (lambda: speculation.simulate(0.7, 4, 1), "n_rounds must be a whole number of at least 2"),
        (lambda: speculation.varied_tokens(0.7, 0.6, 4), "spread must be above 0 and below"),
        (lambda: speculation.stretched_tokens(0.7, 0.6, 4), "spread must be above 0 and below"),
        (lambda: speculation.stretched_tokens(0.7, 0.2, 4, 1), "n_stretches must be a whole"),
        (lambda: speculation.varied_tokens(0.7, 0, 4), "spread must be above 0 and below"),
        (lambda: speculation.varied_tokens(1, 0.1, 4), "spread must be above 0 and below 0 aro"),
        (lambda: speculation.exact_acceptance([0.5], [1]), "target must be probabilities"),
        (lambda: speculation.simulate_sampling([1], [0.5, 0.5], 4), "draft must have the 1 tokens"),
        (lambda: speculation.best_draft_length(0.7, 0.1, longest=0), "longest must be a whole"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_frequencies_are_a_distribution():
    found = speculation.simulate_sampling(TARGET, DRAFT, 2, 50)
    assert np.isclose(found.frequencies.sum(), 1)
