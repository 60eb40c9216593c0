import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook.qoe import (
    end_to_end_rate,
    exact_latency,
    latency,
    qoe_score,
    tpot_of_latency,
    tpot_of_words,
    words_per_minute,
)

TIMES = st.floats(0.01, 20)
PACES = st.floats(0.005, 1)


def test_latency_by_hand():
    # The paper's second and tenth of a second: 1 + 0.1 x 100 and 1 + 0.1 x 500.
    assert latency(1, 0.1, 100) == 11
    assert latency(1, 0.1, 500) == 51
    assert exact_latency(1, 0.1, 100) == pytest.approx(10.9)
    assert exact_latency(0.3, 0.1, 1) == 0.3


def test_an_answer_gives_back_its_pace():
    # LLMPerf, Groq: (0.805 - 0.22) / 149 = 3.926 ms a token after the first.
    assert tpot_of_latency(0.805, 0.22, 150) == pytest.approx(0.585 / 149)
    assert tpot_of_latency(2.0, 2.0, 1) == 0
    assert tpot_of_latency(5.0, 2.0, 1) == 0


def test_rate_of_a_request_counts_the_wait():
    # 150 tokens in 0.5 + 149 x 0.01 = 1.99 s.
    assert end_to_end_rate(0.5, 0.01, 150) == pytest.approx(150 / 1.99)
    assert end_to_end_rate(0.5, 0.01, 150) < 1 / 0.01


def test_words_by_hand():
    # 10 tokens a second x 60 s x 0.75 words: 450, where the paper prints 600.
    assert words_per_minute(0.1, 0.75) == pytest.approx(450)
    # 238 words a minute are 238 / 60 / 0.75 = 5.289 tokens a second.
    assert tpot_of_words(238, 0.75) == pytest.approx(1 / (238 / 60 / 0.75))
    assert tpot_of_words(238, 0.75) == pytest.approx(0.18908, abs=1e-5)
    assert tpot_of_words(words_per_minute(0.1, 0.75), 0.75) == pytest.approx(0.1)


@given(ttft=TIMES, tpot=PACES, n_tokens=st.integers(2, 2000))
def test_pace_and_latency_are_inverse(ttft, tpot, n_tokens):
    seconds = exact_latency(ttft, tpot, n_tokens)
    assert tpot_of_latency(seconds, ttft, n_tokens) == pytest.approx(tpot, rel=1e-9)
    # The first token counted twice is one TPOT too much.
    assert latency(ttft, tpot, n_tokens) - seconds == pytest.approx(tpot, rel=1e-6)


def token_by_token(ttft, tpot, n_tokens, expected_ttft, reading_tpot):
    """Sum the areas of Andes over the tokens, straight from their definition."""
    read_at, before = [], expected_ttft - reading_tpot
    for token in range(n_tokens):
        before = max(ttft + token * tpot, before + reading_tpot)
        read_at.append(before)
    end = read_at[-1] + reading_tpot
    ideal = [expected_ttft + token * reading_tpot for token in range(n_tokens)]
    delay = sum(real - due for real, due in zip(read_at, ideal, strict=True))
    whole = sum(end - due for due in ideal)
    return 1 - delay / whole


@given(
    ttft=TIMES,
    tpot=PACES,
    n_tokens=st.integers(1, 300),
    expected_ttft=st.floats(0, 20),
    reading_tpot=st.floats(0.05, 1),
)
def test_score_is_the_sum_over_the_tokens(**answer):
    expected = token_by_token(**answer)
    assert qoe_score(**answer) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert 0 <= qoe_score(**answer) <= 1


def test_score_by_hand():
    # Three tokens 2 s late each: whole = 3 (2 + 3 x 1) - 1 x 3 = 12, delay 6.
    assert qoe_score(3, 1, 3, 1, 1) == pytest.approx(0.5)
    # Ideal 1, 2, 3 s; delivered and read at 1, 3, 5, done at 6: delay 3, whole 5 + 4 + 3 = 12.
    assert qoe_score(1, 2, 3, 1, 1) == pytest.approx(0.75)
    # Half a second of stock: read at 1, 2.5, 4.5, done at 5.5: delay 2, whole 4.5 + 3.5 + 2.5.
    assert qoe_score(0.5, 2, 3, 1, 1) == pytest.approx(1 - 2 / 10.5)
    # One token, a second late, read in a second.
    assert qoe_score(2, 0.1, 1, 1, 1) == pytest.approx(0.5)


@given(
    expected_ttft=st.floats(0.01, 20),
    reading_tpot=st.floats(0.05, 1),
    early=st.floats(0.01, 1),
    faster=st.floats(0.01, 1),
    n_tokens=st.integers(1, 10**6),
)
def test_nothing_is_better_than_in_time(expected_ttft, reading_tpot, early, faster, n_tokens):
    user = (expected_ttft, reading_tpot)
    assert qoe_score(expected_ttft * early, reading_tpot * faster, n_tokens, *user) == 1
    assert qoe_score(expected_ttft + 1, reading_tpot * faster, n_tokens, *user) < 1


@given(
    ttft=TIMES,
    tpot=PACES,
    n_tokens=st.integers(1, 1000),
    expected_ttft=st.floats(0, 20),
    reading_tpot=st.floats(0.05, 1),
    factor=st.floats(1, 10),
)
def test_a_longer_wait_never_scores_better(factor, **answer):
    later = qoe_score(**answer | {"ttft": answer["ttft"] * factor})
    assert later <= qoe_score(**answer) + 1e-12


def test_after_a_late_start_a_slower_pace_can_score_better():
    # Due at 0 and 0.5 s.  Read at 1 and 2, done at 2.5: delay 2.5 of 2.5 + 2.
    assert qoe_score(1, 1, 2, 0, 0.5) == pytest.approx(1 - 2.5 / 4.5)
    # Read at 1 and 3, done at 3.5: delay 3.5 of 3.5 + 3, which is a smaller share.
    assert qoe_score(1, 2, 2, 0, 0.5) == pytest.approx(1 - 3.5 / 6.5)
