import math

import numpy as np
import pytest

from llmbook.load_results import LoadResult, percentiles
from llmbook.qoe import qoe_score
from llmbook.simulation import Server, simulate


def result(**change):
    """Three requests: TTFT 1, 2 and 4 s; TPOT 0.5, none and 0.25 s."""
    columns = {
        "arrival": np.array([0.0, 1.0, 2.0]),
        "first_token": np.array([1.0, 3.0, 6.0]),
        "finish": np.array([2.0, 3.0, 7.0]),
        "prompt_tokens": np.array([10, 20, 30]),
        "answer_tokens": np.array([3, 1, 5]),
        "preemptions": 0,
        "recomputed_tokens": 0,
        "decode_steps": 4,
        "decode_tokens": 6,
        "busy_seconds": 3.5,
        "peak_batch": 2,
        "waiting_at_last_arrival": 1,
    }
    return LoadResult(**(columns | change))


def test_times_and_totals_by_hand():
    run = result()
    assert run.ttft.tolist() == [1.0, 2.0, 4.0]
    assert run.latency.tolist() == [2.0, 2.0, 5.0]
    assert run.tpot[[0, 2]].tolist() == [0.5, 0.25] and math.isnan(run.tpot[1])
    assert (run.seconds, run.output_tokens) == (7.0, 9)
    assert run.requests_per_second == 3 / 7 and run.tokens_per_second == 9 / 7
    assert run.utilization == 0.5 and run.mean_batch == 1.5
    assert math.isnan(result(decode_steps=0, decode_tokens=0).mean_batch)


@pytest.mark.parametrize(
    "ttft_limit, tpot_limit, share",
    [(4.0, 0.5, 1.0), (3.9, 0.5, 2 / 3), (4.0, 0.4, 2 / 3), (1.0, 0.4, 0.0), (2.0, 0.1, 1 / 3)],
)
def test_attainment_by_hand(ttft_limit, tpot_limit, share):
    """A one-token answer has no TPOT to fail by."""
    assert result().attainment(ttft_limit, tpot_limit) == pytest.approx(share)


def test_percentiles_by_hand():
    """Of 0 to 100 the percentiles are themselves; NaN is left out; between neighbours is linear."""
    values = [*range(101), math.nan]
    assert percentiles(values) == {50: 50.0, 90: 90.0, 99: 99.0}
    assert percentiles([1.0, 2.0], (25,)) == {25: 1.25}
    assert math.isnan(percentiles([math.nan], (50,))[50])
    with pytest.raises(ValueError, match="levels must be from 0 to 100, got 101"):
        percentiles([1.0], (101,))
    found = result().percentiles((50,))
    assert found == {"ttft": {50: 2.0}, "tpot": {50: 0.375}, "latency": {50: 2.0}}


def test_mean_score_is_the_mean_of_the_single_scores():
    """For one token the TPOT, whatever it is, does not count."""
    run = result()
    singles = [
        qoe_score(ttft, tpot, n_tokens, 1.0, 0.2)
        for ttft, tpot, n_tokens in [(1.0, 0.5, 3.0), (2.0, 0.7, 1.0), (4.0, 0.25, 5.0)]
    ]
    mean = run.mean_score(qoe_score, expected_ttft=1.0, reading_tpot=0.2)
    assert mean == pytest.approx(sum(singles) / 3)
    assert 0 < mean < 1


def saturated(n=100, waiting=80, slope=1.0):
    """TTFT grows with the arrival by `slope`."""
    arrival = np.arange(float(n))
    ones = np.ones(n, int)
    first = arrival + 1.0 + slope * arrival
    return result(
        arrival=arrival[::-1],
        first_token=first[::-1],
        finish=first[::-1],
        prompt_tokens=ones,
        answer_tokens=ones,
        peak_batch=2,
        waiting_at_last_arrival=waiting,
    ).saturated


def test_saturation_needs_a_long_queue_and_growing_waits():
    assert saturated()
    assert not saturated(waiting=20), "twice the root of 100 is not above 20"
    assert saturated(waiting=21)
    assert not saturated(slope=0.0)
    # TTFT of 1 + slope t: halves have means 1 + 24.5 slope and 1 + 74.5 slope; 1.5 at 0.0132.
    assert not saturated(slope=0.0130) and saturated(slope=0.0134)


def test_a_timeline_needs_events():
    plain = Server(lambda n: 1.0, lambda batch: 1.0, 0.0, 100, 1)
    columns = [0.0, 0.5], [5, 5], [2, 1]
    with pytest.raises(ValueError, match="keep_events=True"):
        simulate(plain, *columns).timeline()
    # A is read until 1 and decodes until 2; B waits from 0.5 to 2 and is read until 3.
    times, waiting, running = simulate(plain, *columns, keep_events=True).timeline()
    assert times.tolist() == [0.0, 0.0, 0.5, 2.0, 2.0, 3.0]
    assert waiting.tolist() == [1, 0, 1, 1, 0, 0]
    assert running.tolist() == [0, 1, 1, 0, 1, 0]
