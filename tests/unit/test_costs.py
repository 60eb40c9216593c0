import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import costs
from llmbook.glossary import GLOSSARY
from llmbook.quantities import DAY, HOUR, MONTH, YEAR


def arguments(function):
    return st.fixed_dictionaries(
        {name: st.floats(*GLOSSARY[name].usual) for name in function.domains}
    )


def test_capital_of_a_card_by_hand():
    # 320,000 x 1.1 x 1.05 = 369,600 bought, 30,400 of housing: 400,000 / 8.
    assert costs.card_capital_usd(320_000, 30_400, 8, 0.1, 0.05) == pytest.approx(50_000)


def test_straight_line_by_hand():
    # Four years are 35,064 hours.
    assert costs.straight_line_usd_per_hour(35_064, 4 * YEAR) == pytest.approx(1)


def test_annuity_by_hand():
    # One year at 10 %: 1.1. Two years: 0.1 / (1 - 1 / 1.21) = 0.121 / 0.21.
    assert costs.capital_recovery_factor(0.1, YEAR) == pytest.approx(1.1)
    assert costs.capital_recovery_factor(0.1, 2 * YEAR) == pytest.approx(0.121 / 0.21)
    assert costs.capital_usd_per_hour(8766, YEAR, 0.1) == pytest.approx(1.1)


def test_payments_pay_the_loan_off():
    debt, payment = 1.0, costs.capital_recovery_factor(0.07, 5 * YEAR)
    for _ in range(5):
        debt = debt * 1.07 - payment
    assert debt == pytest.approx(0, abs=1e-12)


@given(years=st.floats(1, 10), capital=st.floats(1e3, 1e6))
def test_no_interest_is_the_straight_line(years, capital):
    flat = costs.straight_line_usd_per_hour(capital, years * YEAR)
    assert costs.capital_usd_per_hour(capital, years * YEAR, 0) == pytest.approx(flat, rel=1e-12)
    assert costs.capital_usd_per_hour(capital, years * YEAR, 1e-9) == pytest.approx(flat, rel=1e-8)


@given(years=st.floats(1, 10))
def test_the_series_meets_the_closed_form(years):
    below = costs.capital_recovery_factor(1e-3 * (1 - 1e-12), years * YEAR)
    above = costs.capital_recovery_factor(1e-3, years * YEAR)
    assert below == pytest.approx(above, rel=1e-9)


@given(
    life=st.floats(3e7, 3e8),
    rates=st.tuples(st.floats(0, 0.3), st.floats(1e-6, 0.3)),
)
def test_interest_never_makes_capital_cheaper(life, rates):
    rate, more = rates
    cheap = costs.capital_recovery_factor(rate, life)
    assert costs.capital_recovery_factor(rate + more, life) > cheap * (1 - 1e-9)


def test_power_of_the_semianalysis_server():
    # 10,200 W at 80 % load, PUE 1.25 and 0.087 USD/kWh: the source prints 648 USD a month.
    hour = costs.power_usd_per_hour(10_200, 0.8, 1.25, 0.087)
    assert hour == pytest.approx(10.2 * 0.087)
    assert hour * MONTH / HOUR == pytest.approx(648, abs=0.5)


def test_maintenance_and_staff_by_hand():
    # 5 % of 350,640 is 17,532 a year, 2 USD an hour, for eight cards.
    assert costs.maintenance_usd_per_hour(350_640, 8, 0.05) == pytest.approx(0.25)
    assert costs.staff_usd_per_hour(8766 * 4, 8) == pytest.approx(0.5)


OWNER = {
    "server_usd": 320_000,
    "facility_usd": 30_400,
    "devices_per_host": 8,
    "network_share": 0.1,
    "spare_share": 0.05,
    "lifetime_seconds": 5 * YEAR,
    "interest_rate": 0.0,
    "system_power_watts": 1000,
    "load_share": 0.8,
    "pue": 1.25,
    "usd_per_kwh": 0.1,
    "upkeep_share": 0.02,
    "staff_usd_per_year": 8766,
}


def test_owned_hour_by_hand():
    # 50,000 over 43,830 hours; 1 kW x 0.8 x 1.25 x 0.1; 40,000 x 0.02 / 8,766; 1 / 8.
    expected = 50_000 / 43_830 + 0.1 + 800 / 8766 + 0.125
    assert costs.owned_usd_per_hour(**OWNER) == pytest.approx(expected)


DEARER = [
    "server_usd",
    "facility_usd",
    "network_share",
    "spare_share",
    "interest_rate",
    "system_power_watts",
    "load_share",
    "pue",
    "usd_per_kwh",
    "upkeep_share",
    "staff_usd_per_year",
]


@given(owner=arguments(costs.owned_usd_per_hour), name=st.sampled_from(DEARER), data=st.data())
def test_what_costs_more_is_never_cheaper(owner, name, data):
    more = owner | {name: data.draw(st.floats(owner[name], GLOSSARY[name].usual[1]))}
    cost = costs.owned_usd_per_hour(**owner)
    assert costs.owned_usd_per_hour(**more) >= cost * (1 - 1e-8)


@given(owner=arguments(costs.owned_usd_per_hour), factor=st.floats(1, 3))
def test_a_longer_life_is_never_dearer(owner, factor):
    longer = owner | {"lifetime_seconds": owner["lifetime_seconds"] * factor}
    cost = costs.owned_usd_per_hour(**owner)
    assert costs.owned_usd_per_hour(**longer) <= cost * (1 + 1e-8)


@given(hour=arguments(costs.used_usd_per_hour), factor=st.floats(0.01, 1))
def test_more_utilization_never_costs_more_a_used_hour(hour, factor):
    idle = hour | {"utilization": max(hour["utilization"] * factor, 1e-6)}
    assert costs.used_usd_per_hour(**idle) >= costs.used_usd_per_hour(**hour) * (1 - 1e-12)
    assert costs.used_usd_per_hour(**hour) >= hour["usd_per_hour"] * (1 - 1e-12)


def test_used_hour_by_hand():
    assert costs.used_usd_per_hour(1.8, 0.5, 0.9) == pytest.approx(4)


def test_spares_of_llama_3():
    # 419 failures of 16,384 cards in 54 days; a week of repair keeps 54.3 cards away.
    a_year = 419 / 16_384 / (54 / 365.25)
    spares = costs.spares_for_repair(a_year, 7 * DAY)
    assert spares * 16_384 == pytest.approx(419 * 7 / 54)
    assert spares == pytest.approx(0.00332, abs=5e-6)


def test_availability_of_llama_3():
    # A tenth of the time lost is a ninth of the run time: 48.6 days of run, 5.4 of recovery.
    a_year = 419 / 16_384 / (48.6 / 365.25)
    lost = 0.1 * 54 * DAY / 419
    assert costs.availability_of_job(a_year, 16_384, lost) == pytest.approx(0.9)
    # One server that serves a model hardly notices.
    assert costs.availability_of_job(a_year, 8, lost) > 0.9999


def test_nothing_fails_nothing_is_lost():
    assert costs.availability_of_job(0, 16_384, 1000) == 1
    assert costs.spares_for_repair(0, 30 * DAY) == 0


def test_break_even_utilization_by_hand():
    # 1.5 USD in every hour is 3 USD in half of them.
    assert costs.break_even_utilization(1.5, 3) == 0.5


@given(
    owned=st.floats(0.1, 20),
    rent=st.floats(0.1, 20),
)
def test_at_the_break_even_owning_costs_the_rent(owned, rent):
    share = costs.break_even_utilization(owned, rent)
    if share <= 1:
        assert costs.used_usd_per_hour(owned, share, 1) == pytest.approx(rent)
    else:
        assert costs.used_usd_per_hour(owned, 1, 1) > rent


def test_api_break_even_by_hand():
    # Two cards at 2 USD for 730.5 hours are 2,922 USD: 2,922 Mtok at 1 USD.
    assert costs.api_break_even_tokens(2, 2, 1) == pytest.approx(2922e6)
    # 1,000 tokens a second are 3.6 Mtok an hour; 4 USD an hour against 3.6.
    assert costs.api_break_even_utilization(2, 2, 1000, 1) == pytest.approx(4 / 3.6)
    # 1,000 x 2,629,800 s x 0.5.
    assert costs.tokens_per_month_at(1000, 0.5) == pytest.approx(1314.9e6)


@given(case=arguments(costs.api_break_even_utilization))
def test_the_two_break_evens_agree(case):
    share = costs.api_break_even_utilization(**case)
    rate = case.pop("tokens_per_second")
    made = costs.tokens_per_month_at(rate, 1) * share
    assert made == pytest.approx(costs.api_break_even_tokens(**case))


@pytest.mark.parametrize(
    ("function", "bad"),
    [
        (costs.owned_usd_per_hour, {"lifetime_seconds": 0}),
        (costs.owned_usd_per_hour, {"pue": 0.9}),
        (costs.owned_usd_per_hour, {"load_share": 1.1}),
        (costs.owned_usd_per_hour, {"devices_per_host": 0}),
        (costs.used_usd_per_hour, {"utilization": 0}),
        (costs.used_usd_per_hour, {"availability": 1.01}),
        (costs.api_break_even_tokens, {"api_usd_per_mtok": 0}),
        (costs.api_break_even_utilization, {"tokens_per_second": 0}),
    ],
)
def test_what_cannot_be_is_refused(function, bad):
    good = {name: min(1.0, domain.usual[1]) for name, domain in function.domains.items()}
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} must be"):
        function(**good | bad)
