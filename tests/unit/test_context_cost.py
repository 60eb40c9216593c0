import pytest

from llmbook import context_cost


def test_query_by_hand():
    # 1000 x 3 / 1e6 + 200 x 15 / 1e6 = 0.003 + 0.003
    assert context_cost.query_usd(1000, 200, 3, 15) == pytest.approx(0.006)


def test_cached_prefix_by_hand():
    # 30,000 tokens: written once at 3.75, read nine times at 0.30: (3.75 + 2.70) / 10 = 0.645
    found = context_cost.cached_prefix_usd(30_000, 0.30, 3.75, 10)
    assert found == pytest.approx(30_000 * 0.645e-6)


def test_price_of_a_cached_token_by_hand():
    # written once at 3.75, read nine times at 0.30: (3.75 + 2.70) / 10
    assert context_cost.cached_token_price(0.30, 3.75, 10) == pytest.approx(0.645)


def test_a_query_is_written_before_anything_is_retrieved():
    # 0.1 s to the first of 96 tokens, 95 more at 0.02 s, then 0.4 s for the prompt with the facts
    assert context_cost.looked_up_ttft(0.1, 0.02, 96, 0.4) == pytest.approx(0.1 + 1.9 + 0.4)
    assert context_cost.looked_up_ttft(0.1, 0.02, 1, 0.4) == pytest.approx(0.5)


def test_a_cache_of_one_question_only_writes():
    assert context_cost.cached_prefix_usd(1e6, 0.3, 3.75, 1) == pytest.approx(3.75)


def test_queries_to_cache_by_hand():
    # (3.75 - 0.30) / (3.00 - 0.30) = 3.45 / 2.70
    found = context_cost.queries_to_cache(3.0, 0.30, 3.75)
    assert found == pytest.approx(3.45 / 2.70)
    cached = context_cost.cached_prefix_usd(1e6, 0.30, 3.75, found)
    assert cached == pytest.approx(3.0)  # as much as a million tokens of input


def test_a_cache_that_is_not_cheaper_never_pays():
    assert context_cost.queries_to_cache(1.0, 1.0, 1.0) == -1
    assert context_cost.queries_to_cache(1.0, 2.0, 1.0) == -1


def test_equal_corpus_by_hand():
    # 300 tokens at 3.00 buy as much as 300 x 3 / 0.645 cached ones
    found = context_cost.equal_corpus_tokens(300, 3.0, 0.30, 3.75, 10)
    assert found == pytest.approx(900 / 0.645)
    cached = context_cost.cached_prefix_usd(found, 0.30, 3.75, 10)
    assert cached == pytest.approx(context_cost.query_usd(300, 1, 3.0, 0.0))


def test_a_free_cache_is_always_cheaper():
    assert context_cost.equal_corpus_tokens(300, 3.0, 0.0, 0.0, 10) == -1
