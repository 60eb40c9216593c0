import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import data, subscriptions
from llmbook.quantities import HOUR

MEDIANS = st.floats(1e3, 1e8)
SPREADS = st.floats(0.01, 2.5)


def test_margin_by_hand():
    # 0.4 Mtok at 10 USD are 4 of 20 USD.
    assert subscriptions.margin_usd(20, 400_000, 10) == pytest.approx(16)
    assert subscriptions.margin(20, 400_000, 10) == pytest.approx(0.8)
    # 3 Mtok are 30 USD: half the price is lost.
    assert subscriptions.margin(20, 3e6, 10) == pytest.approx(-0.5)


def test_tokens_of_a_month_by_hand():
    # 10 messages of 1,000 tokens on 30.4375 days.
    assert subscriptions.tokens_of_messages(10, 1000) == pytest.approx(304_375)
    # 80 in three hours are 640 a day.
    assert subscriptions.messages_at_quota(80, 3 * HOUR) == pytest.approx(640 * 30.4375)


def test_break_even_by_hand():
    assert subscriptions.break_even_tokens(20, 10) == pytest.approx(2e6)
    # Spread sqrt(2 ln 3): the mean is three times the median, 3 Mtok at 2 USD.
    spread = math.sqrt(2 * math.log(3))
    assert subscriptions.mean_usage(1e6, spread) == pytest.approx(3e6)
    assert subscriptions.median_usage(3e6, spread) == pytest.approx(1e6)
    assert subscriptions.break_even_price(1e6, spread, 2) == pytest.approx(6)


def test_percentiles_by_hand():
    # The 95th percentile lies 1.644854 spreads above the median.
    assert subscriptions.usage_at(0.95, 1000, 1) == pytest.approx(1000 * math.exp(1.644854))
    assert subscriptions.usage_at(0.5, 1000, 2) == pytest.approx(1000)
    # A quota of e medians at spread 1: one spread above, 15.87 % of the users.
    price = math.e * 1000 * 10 / 1e6
    assert subscriptions.losing_share(price, 1000, 1, 10) == pytest.approx(0.158655, abs=1e-6)


@given(median=MEDIANS, spread=SPREADS, share=st.floats(0.01, 0.99))
def test_share_and_percentile_are_inverse(median, spread, share):
    tokens = subscriptions.usage_at(share, median, spread)
    price = tokens * 7 / 1e6
    losing = subscriptions.losing_share(price, median, spread, 7)
    assert losing == pytest.approx(1 - share, abs=1e-9)


def test_mean_with_quota_against_a_sum():
    median, spread, quota = 1000.0, 1.2, 3000.0
    shares = [(place + 0.5) / 50_000 for place in range(50_000)]
    used = (min(subscriptions.usage_at(share, median, spread), quota) for share in shares)
    expected = sum(used) / 50_000
    found = subscriptions.mean_with_quota(quota, median, spread)
    assert found == pytest.approx(expected, rel=1e-5)


@given(median=MEDIANS, spread=SPREADS, factor=st.floats(0.01, 1000))
def test_a_quota_never_raises_the_mean(median, spread, factor):
    mean = subscriptions.mean_usage(median, spread)
    capped = subscriptions.mean_with_quota(factor * median, median, spread)
    assert capped <= min(mean, factor * median) * (1 + 1e-9)
    assert subscriptions.mean_with_quota(1e12 * mean, median, spread) == pytest.approx(mean)


@given(
    price=st.floats(1, 500),
    median=MEDIANS,
    spread=SPREADS,
    cost_usd_per_mtok=st.floats(0.01, 100),
)
def test_what_a_tier_says_fits_together(price, median, spread, cost_usd_per_mtok):
    tier = subscriptions.tier(price, median, spread, cost_usd_per_mtok)
    assert tier["heavy_margin"] <= tier["median_margin"]
    assert tier["mean_margin"] <= tier["median_margin"]
    # With the quota nobody costs more than the price, so all together do not.
    assert -1e-9 <= tier["margin_with_quota"] <= 1
    assert tier["margin_with_quota"] >= tier["mean_margin"] - 1e-9 * abs(tier["mean_margin"])
    at_quota = subscriptions.margin(price, tier["quota_tokens"], cost_usd_per_mtok)
    assert at_quota == pytest.approx(0, abs=1e-9)
    # The p95 user loses money exactly if more than 5 % of the users do.
    assert (tier["losing_share"] > 0.05 + 1e-9) <= (tier["heavy_margin"] < 1e-9)
    at_cost = subscriptions.tier(
        max(tier["break_even_price"], 1e-9), median, spread, cost_usd_per_mtok
    )
    assert at_cost["mean_margin"] == pytest.approx(0, abs=1e-6)


def test_all_alike():
    tier = subscriptions.tier(20, 1e6, 0, 10)
    assert tier["losing_share"] == 0
    assert tier["heavy_tokens"] == tier["median_tokens"] == 1e6
    assert tier["mean_margin"] == tier["margin_with_quota"] == pytest.approx(0.5)
    assert subscriptions.tier(5, 1e6, 0, 10)["losing_share"] == 1


def test_spread_from_a_mean_and_a_percentile():
    """Mean 6 and 90th percentile 12 USD a day: 1.281552 s - s^2 / 2 = ln 2 has two roots."""
    narrow, wide = subscriptions.spread_of(6, 12, 0.9)
    assert narrow + wide == pytest.approx(2 * 1.2815516, abs=1e-6)
    assert narrow * wide == pytest.approx(2 * math.log(2))
    for spread in (narrow, wide):
        median = subscriptions.median_usage(6.0, spread)
        assert subscriptions.usage_at(0.9, median, spread) == pytest.approx(12)
    # Ten times the mean is more than any lognormal has there.
    assert subscriptions.spread_of(1, 10, 0.9) == ()
    assert len(subscriptions.spread_of(6, 5, 0.9)) == 1


def test_the_spreads_of_the_table_follow_from_its_rows():
    mean, high = (data.row("usage", f"claude-code-{name}").value for name in ("mean", "p90"))
    found = subscriptions.spread_of(mean, high, 0.9)
    printed = [data.row("usage", f"spread-{name}").value for name in ("narrow", "wide")]
    assert found == pytest.approx(printed, abs=5e-5)


def test_the_derived_usage_follows_from_its_rows():
    value = {row.id: row.value for row in data.table("usage")}
    early = value["chatgpt-messages-2024-06"] / value["chatgpt-users-2024-08"]
    late = 18e9 / 7 / value["chatgpt-users-2025-07"]
    assert value["chatgpt-per-user-2024"] == pytest.approx(early, abs=5e-4)
    assert value["chatgpt-per-user-2025"] == pytest.approx(late, abs=5e-4)
    assert value["chatgpt-paying-2024"] == 11.5 / 200
    assert value["lmsys-per-address"] == pytest.approx(1e6 / 210e3, abs=5e-3)


def test_assumptions_say_that_they_are():
    for row in data.table("usage"):
        assert (row.kind == "assumption") == (row.grade == "unverified"), row.id


def test_quotas_have_a_window():
    for row in data.table("subscriptions"):
        assert (row.quota_messages is None) == (row.quota_hours is None), row.id


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_a_share_is_inside(share):
    with pytest.raises(ValueError, match=r"^share must be above 0 and below 1"):
        subscriptions.usage_at(share, 1000, 1)
    with pytest.raises(ValueError, match=r"^share must be above 0 and below 1"):
        subscriptions.spread_of(1, 2, share)


@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf"), "1"])
def test_bad_usage_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=r"^median_tokens must be"):
        subscriptions.usage_at(0.5, bad, 1)
    with pytest.raises(ValueError, match=r"^median_tokens must be"):
        subscriptions.tier(20, bad, 1, 10)
    with pytest.raises(ValueError, match=r"^price_usd must be"):
        subscriptions.tier(bad, 1000, 1, 10)
    with pytest.raises(ValueError, match=r"^quota_tokens must be"):
        subscriptions.mean_with_quota(bad, 1000, 1)
    with pytest.raises(ValueError, match=r"^usage_spread must be"):
        subscriptions.losing_share(20, 1000, -1, 10)
    if bad != "1":
        with pytest.raises(ValueError, match=r"^mean must be"):
            subscriptions.spread_of(bad, 2, 0.9)
