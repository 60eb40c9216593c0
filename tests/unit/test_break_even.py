import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import break_even
from llmbook.glossary import GLOSSARY

# 100 people, 1,000 hours, half of them with the tool, 20 % more work at 10 USD an hour.
USE = {"n_workers": 100, "hours_per_year": 1000, "adoption": 0.5}


def test_a_small_firm_by_hand():
    assert break_even.investment_usd(1000, 2, 3) == 6000
    value = break_even.yearly_value_usd(**USE, productivity_gain=0.2, wage_usd_per_hour=10)
    assert value == 100_000
    # 50,000 hours x 4,000 tokens are 200 million, at 2 USD a million.
    assert break_even.yearly_inference_usd(**USE, tokens_per_hour=4000, usd_per_mtok=2) == 400
    assert break_even.yearly_upkeep_usd(6000, 0.25) == 1500
    # 98,100 USD a year are left: 16.35 times the investment, back in 22 days.
    assert break_even.yearly_return(6000, 100_000, 1900) == pytest.approx(16.35)


def test_an_annuity_by_hand():
    # One dollar after one year and one after two, at 25 %: 0.8 + 0.64.
    assert break_even.annuity_years(0.25, 2) == pytest.approx(1.44)
    assert break_even.net_value_usd(100, 80, 30, 1.44) == pytest.approx(-28)
    assert break_even.net_value_usd(100, 130, 30, 1.44) == pytest.approx(44)


def test_who_saves_nothing_loses_the_investment():
    assert break_even.yearly_return(1000, 0, 50) == -0.05
    assert break_even.net_value_usd(1000, 0, 50, 2) == -1100


def arguments(function):
    return st.fixed_dictionaries(
        {name: st.floats(*GLOSSARY[name].usual) for name in function.domains}
    )


@given(case=arguments(break_even.break_even_gain))
def test_at_the_break_even_gain_nothing_is_left(case):
    gain = break_even.break_even_gain(**case)
    use = {name: case[name] for name in (*USE, "wage_usd_per_hour")}
    value = break_even.yearly_value_usd(**use, productivity_gain=gain)
    money = {name: case[name] for name in ("investment_usd", "yearly_cost_usd", "annuity_years")}
    size = case["investment_usd"] + case["yearly_cost_usd"] * case["annuity_years"]
    left = break_even.net_value_usd(**money, yearly_value_usd=value)
    assert left == pytest.approx(0, abs=1e-9 * size)


@given(rate=st.floats(0.01, 1), years=st.floats(1, 30))
def test_a_later_dollar_counts_less(rate, years):
    worth = break_even.annuity_years(rate, years)
    assert worth < years
    assert worth < 1 / rate
    assert worth < break_even.annuity_years(rate, years + 1) <= 1 / rate


def test_nothing_is_discounted_at_a_vanishing_rate():
    for rate in (1e-17, 1e-12, 9e-9, 1.1e-8):
        assert break_even.annuity_years(rate, 3.0) == pytest.approx(3, rel=1e-6)
