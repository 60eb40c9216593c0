import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook.market import blended_price, blended_price_by_share, equal_price_share

PRICES = st.floats(0, 100)


def test_blends_by_hand():
    # Perplexity, December 2023: (3 x 0.14 + 0.56) / 4 = 0.245 and (0.14 + 0.56) / 2 = 0.35.
    assert blended_price(0.14, 0.56, 3) == pytest.approx(0.245)
    assert blended_price(0.14, 0.56, 1) == pytest.approx(0.35)
    assert blended_price(0.14, 0.56, 0) == 0.56
    # 550 in and 150 out: (550 x 0.65 + 150 x 1.96) / 700.
    assert blended_price(0.65, 1.96, 550 / 150) == pytest.approx(0.93071, abs=1e-5)
    assert blended_price_by_share(0.14, 0.56, 0.75) == pytest.approx(0.245)


def test_where_perplexity_and_groq_change_places():
    # 0.14 x + 0.56 (1 - x) = 0.27, so x = 0.29 / 0.42.
    share = equal_price_share(0.14, 0.56, 0.27, 0.27)
    assert share == pytest.approx(0.29 / 0.42)
    assert blended_price_by_share(0.14, 0.56, share) == pytest.approx(0.27)
    assert equal_price_share(0.27, 0.27, 0.14, 0.56) == share


@pytest.mark.parametrize(
    ("prices", "share"),
    [
        ((0.1, 0.2, 0.3, 0.4), -1),  # always cheaper, by the same
        ((0.1, 0.2, 0.3, 0.9), -1),  # always cheaper
        ((0.3, 0.9, 0.1, 0.2), -1),  # always dearer
        ((0.5, 0.5, 0.5, 0.5), -1),  # never differ
        ((0.1, 0.5, 0.3, 0.5), 0),  # the same output
        ((0.5, 0.1, 0.5, 0.3), 1),  # the same input
    ],
)
def test_vendors_that_do_not_cross(prices, share):
    assert equal_price_share(*prices) == share
    assert str(float(equal_price_share(*prices)))[:2] != "-0"


@given(prices=st.tuples(PRICES, PRICES, PRICES, PRICES))
def test_at_the_share_both_cost_the_same(prices):
    share = equal_price_share(*prices)
    assert share == -1 or 0 <= share <= 1
    if share >= 0:
        one, other = (blended_price_by_share(*pair, share) for pair in (prices[:2], prices[2:]))
        assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


@given(prices=st.tuples(PRICES, PRICES), ratio=st.floats(0, 1000))
def test_a_ratio_is_a_share(prices, ratio):
    by_share = blended_price_by_share(*prices, ratio / (ratio + 1))
    assert blended_price(*prices, ratio) == pytest.approx(by_share, rel=1e-9, abs=1e-12)
    assert min(prices) - 1e-9 <= by_share <= max(prices) + 1e-9


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_a_share_lies_between_none_and_all(share):
    with pytest.raises(ValueError, match=r"input_share must be .* at least 0 and at most 1, got"):
        blended_price_by_share(1, 1, share)
