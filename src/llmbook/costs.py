"""What an hour of a card costs its owner, and where owning, renting and an API cost the same.

An owner pays for every hour, used or not; a tenant pays for the hours rented.  So each cost is
given for an hour that the card is there, and `used_usd_per_hour` turns it into the cost of an
hour in which it works.
"""

from llmbook.elementwise import where
from llmbook.glossary import checked
from llmbook.quantities import HOUR, MILLION, MONTH, THOUSAND, YEAR

_HOURS_PER_YEAR = YEAR / HOUR
_HOURS_PER_MONTH = MONTH / HOUR
# Below it the closed form of an annuity subtracts two almost equal numbers.
_SMALL_RATE = 1e-3


@checked
def card_capital_usd(server_usd, facility_usd, devices_per_host, network_share, spare_share):
    """Return what one working card costs to buy, with its shares of all that it needs.

    Parameters
    ----------
    server_usd : float
        Price of a server with its cards.
    facility_usd : float
        What housing it costs over its life.
    devices_per_host : float
    network_share : float
        Price of switches and cables over that of the servers.
    spare_share : float
        Cards in reserve for each card at work.

    Returns
    -------
    float
        USD.
    """
    bought = server_usd * (1.0 + network_share) * (1.0 + spare_share)
    return (bought + facility_usd) / (1.0 * devices_per_host)


@checked
def straight_line_usd_per_hour(capital_usd, lifetime_seconds):
    """Spread a price evenly over a life, as the books of a company do.

    Parameters
    ----------
    capital_usd, lifetime_seconds : float

    Returns
    -------
    float
        USD for an hour, used or not, without interest and without a value at the end.
    """
    return capital_usd / (1.0 * lifetime_seconds) * HOUR


@checked
def capital_recovery_factor(interest_rate, lifetime_seconds):
    """Return the yearly payment that pays off a loan of one over a life.

    Parameters
    ----------
    interest_rate : float
        Of a year.
    lifetime_seconds : float

    Returns
    -------
    float
        Share of the loan a year, paid at the end of each; one over the years at no interest.

    Notes
    -----
    i / (1 - (1 + i)^-n), the annuity of any textbook of engineering economics.  Rates below
    0.1 % take its series around 0, which differs by less than 1e-9.
    """
    years = lifetime_seconds / YEAR
    small = interest_rate < _SMALL_RATE
    rate = where(small, _SMALL_RATE, interest_rate)
    closed = rate / (1.0 - (1.0 + rate) ** -years)
    squares = (years * years - 1.0) * interest_rate * interest_rate
    series = 1.0 + (years + 1.0) * interest_rate / 2.0 + squares * (2.0 - interest_rate) / 24.0
    return where(small, series / years, closed)


@checked
def capital_usd_per_hour(capital_usd, lifetime_seconds, interest_rate):
    """Spread a price over a life with interest on what is not yet paid back.

    Parameters
    ----------
    capital_usd, lifetime_seconds : float
    interest_rate : float
        Of a year; 0 gives the straight line.

    Returns
    -------
    float
        USD for an hour, used or not.
    """
    return capital_usd * capital_recovery_factor(interest_rate, lifetime_seconds) / _HOURS_PER_YEAR


@checked
def power_usd_per_hour(system_power_watts, load_share, pue, usd_per_kwh):
    """Return the electricity of one card for an hour.

    Parameters
    ----------
    system_power_watts : float
        Rated draw of one card with its share of the server.
    load_share : float
        Mean draw over rated draw.
    pue : float
    usd_per_kwh : float

    Returns
    -------
    float
        USD for an hour.
    """
    return 1.0 * system_power_watts / THOUSAND * load_share * pue * usd_per_kwh


@checked
def maintenance_usd_per_hour(server_usd, devices_per_host, upkeep_share):
    """Return the upkeep of one card for an hour.

    Parameters
    ----------
    server_usd, devices_per_host : float
    upkeep_share : float
        Upkeep of a year over the price of the server.

    Returns
    -------
    float
        USD for an hour.
    """
    return 1.0 * server_usd / devices_per_host * upkeep_share / _HOURS_PER_YEAR


@checked
def staff_usd_per_hour(staff_usd_per_year, devices_per_host):
    """Return the staff of one card for an hour.

    Parameters
    ----------
    staff_usd_per_year : float
        Of one server.
    devices_per_host : float

    Returns
    -------
    float
        USD for an hour.
    """
    return 1.0 * staff_usd_per_year / devices_per_host / _HOURS_PER_YEAR


@checked
def owned_usd_per_hour(
    server_usd,
    facility_usd,
    devices_per_host,
    network_share,
    spare_share,
    lifetime_seconds,
    interest_rate,
    system_power_watts,
    load_share,
    pue,
    usd_per_kwh,
    upkeep_share,
    staff_usd_per_year,
):
    """Return what an hour of one's own card costs, used or not.

    Parameters
    ----------
    server_usd, facility_usd, devices_per_host, network_share, spare_share : float
        See `card_capital_usd`.
    lifetime_seconds, interest_rate : float
        See `capital_usd_per_hour`.
    system_power_watts, load_share, pue, usd_per_kwh : float
        See `power_usd_per_hour`.
    upkeep_share, staff_usd_per_year : float
        See `maintenance_usd_per_hour` and `staff_usd_per_hour`.

    Returns
    -------
    float
        USD for an hour: capital, power, maintenance and staff.
    """
    capital = card_capital_usd(
        server_usd, facility_usd, devices_per_host, network_share, spare_share
    )
    return (
        capital_usd_per_hour(capital, lifetime_seconds, interest_rate)
        + power_usd_per_hour(system_power_watts, load_share, pue, usd_per_kwh)
        + maintenance_usd_per_hour(server_usd, devices_per_host, upkeep_share)
        + staff_usd_per_hour(staff_usd_per_year, devices_per_host)
    )


@checked
def used_usd_per_hour(usd_per_hour, utilization, availability):
    """Return what an hour of work costs on a card that is paid for in every hour.

    Parameters
    ----------
    usd_per_hour : float
        For an hour, used or not: owned, or rented and kept.
    utilization : float
        Share of the hours in which the card is not down that it works.
    availability : float
        Share of the hours in which it is not down.

    Returns
    -------
    float
        USD for a used hour.
    """
    return 1.0 * usd_per_hour / (1.0 * utilization * availability)


@checked
def spares_for_repair(failures_per_year, repair_seconds):
    """Return the cards in reserve that stand in for those under repair.

    Parameters
    ----------
    failures_per_year : float
        Of one card.
    repair_seconds : float
        Until a failed card is back.

    Returns
    -------
    float
        Spare cards for each card at work, on average: a fleet that must never run short needs
        more.

    Notes
    -----
    Little's law: cards under repair are failures a second times seconds of repair.
    """
    return failures_per_year * (repair_seconds / YEAR)


@checked
def availability_of_job(failures_per_year, n_devices, recovery_seconds):
    """Return the share of its time in which a job runs that any failed card stops.

    Parameters
    ----------
    failures_per_year : float
        Of one card.
    n_devices : float
        Cards that stand still together.
    recovery_seconds : float
        Time that the job loses to one failure.

    Returns
    -------
    float
        From above 0 to 1: failures come while the job runs, each costs `recovery_seconds`.
    """
    lost_for_each_run_second = failures_per_year * n_devices * (recovery_seconds / YEAR)
    return 1.0 / (1.0 + lost_for_each_run_second)


@checked
def break_even_utilization(owned_usd_per_hour, usd_per_hour):
    """Return how much of its time one's own card must work to be as cheap as a rented one.

    Parameters
    ----------
    owned_usd_per_hour : float
        For every hour.
    usd_per_hour : float
        Rent, paid only in hours of work.

    Returns
    -------
    float
        Share of all hours; above 1 owning is dearer even if the card never rests.
    """
    return 1.0 * owned_usd_per_hour / usd_per_hour


@checked
def api_break_even_tokens(usd_per_hour, n_devices, api_usd_per_mtok):
    """Return the tokens a month at which cards kept for the month cost what an API charges.

    Parameters
    ----------
    usd_per_hour : float
        Of one card, owned or rented, in every hour of the month.
    n_devices : float
        Cards that serve one copy of the model.
    api_usd_per_mtok : float
        Price of the API for the same blend of tokens.

    Returns
    -------
    float
        Tokens a month; compare it with what the cards can make.
    """
    return usd_per_hour * n_devices * _HOURS_PER_MONTH / (1.0 * api_usd_per_mtok) * MILLION


@checked
def tokens_per_month_at(tokens_per_second, utilization):
    """Return the tokens that a set of cards makes in a month.

    Parameters
    ----------
    tokens_per_second : float
        Of all cards together while they work.
    utilization : float
        Share of the month in which they work.

    Returns
    -------
    float
        Tokens.
    """
    return 1.0 * tokens_per_second * utilization * MONTH


@checked
def api_break_even_utilization(usd_per_hour, n_devices, tokens_per_second, api_usd_per_mtok):
    """Return how much of its time a set of cards must work to be as cheap as an API.

    Parameters
    ----------
    usd_per_hour : float
        Of one card, in every hour.
    n_devices : float
    tokens_per_second : float
        Of all cards together while they work.
    api_usd_per_mtok : float
        Price of the API for the same blend of tokens.

    Returns
    -------
    float
        Share of the hours; above 1 the API is cheaper even if the cards never rest.
    """
    bill = tokens_per_second * HOUR / MILLION * api_usd_per_mtok
    return 1.0 * usd_per_hour * n_devices / bill


@checked
def hour_price(owner_usd_per_hour, price_factor):
    """Return the price of an hour as a multiple of what it costs an owner.

    Parameters
    ----------
    owner_usd_per_hour : float
        Of one card, used or not.
    price_factor : float
        1 for the owner's own cost.

    Returns
    -------
    float
        USD for an hour of one card.
    """
    return 1.0 * owner_usd_per_hour * price_factor
