"""When the value of a model covers its training, its inference and its upkeep.

The value is the extra work done with a tool, at the wage of the hours that it would have taken
without.  Nothing here says that there is such work in your firm: the gain is an input, and so is
the share of the hours in which the tool is used.
"""

from llmbook.elementwise import where
from llmbook.glossary import checked
from llmbook.quantities import MILLION


@checked
def investment_usd(device_hours, usd_per_hour, project_factor):
    """Return what the training costs, the runs before the final one included.

    Parameters
    ----------
    device_hours : float
        Of the final run.
    usd_per_hour : float
        Rent of one card.
    project_factor : float
        Energy of the whole project over that of the final runs, 1 or more.

    Returns
    -------
    float
        USD.
    """
    return 1.0 * device_hours * usd_per_hour * project_factor


@checked
def yearly_value_usd(n_workers, hours_per_year, adoption, productivity_gain, wage_usd_per_hour):
    """Return the wage of the hours that a year's extra work would have taken without the tool.

    Parameters
    ----------
    n_workers, hours_per_year : float
    adoption : float
        Share of the hours in which the tool is used.
    productivity_gain : float
        More work done in an hour with the tool, as a fraction.
    wage_usd_per_hour : float

    Returns
    -------
    float
        USD a year.
    """
    used_hours = 1.0 * n_workers * hours_per_year * adoption
    return used_hours * productivity_gain * wage_usd_per_hour


@checked
def yearly_inference_usd(n_workers, hours_per_year, adoption, tokens_per_hour, usd_per_mtok):
    """Return what serving the tool costs in a year.

    Parameters
    ----------
    n_workers, hours_per_year, adoption : float
        As in `yearly_value_usd`.
    tokens_per_hour : float
        Read and written in an hour of use by one worker.
    usd_per_mtok : float
        Price of a million tokens.

    Returns
    -------
    float
        USD a year.
    """
    used_hours = 1.0 * n_workers * hours_per_year * adoption
    return used_hours * tokens_per_hour / MILLION * usd_per_mtok


@checked
def yearly_upkeep_usd(investment_usd, upkeep_share):
    """Return what maintenance costs in a year.

    Parameters
    ----------
    investment_usd : float
    upkeep_share : float
        A year's upkeep over the investment.

    Returns
    -------
    float
        USD a year.
    """
    return 1.0 * investment_usd * upkeep_share


@checked
def yearly_return(investment_usd, yearly_value_usd, yearly_cost_usd):
    """Return the part of the investment that comes back each year.

    Parameters
    ----------
    investment_usd : float
    yearly_value_usd : float
    yearly_cost_usd : float
        Inference and upkeep.

    Returns
    -------
    float
        Fraction a year.  The payback time in years is one over it; zero or less never pays back.
    """
    return (1.0 * yearly_value_usd - yearly_cost_usd) / investment_usd


@checked
def annuity_years(discount_rate, horizon_years):
    """Return how many of today's dollars one dollar a year is worth.

    Parameters
    ----------
    discount_rate : float
        A year's, as a fraction.
    horizon_years : float
        Years in which the dollar comes.

    Returns
    -------
    float
        Years: fewer than the horizon, because a later dollar counts less.

    Notes
    -----
    The present value of an ordinary annuity, (1 - (1 + r)^-T) / r.
    """
    # Below this rate the subtraction keeps no digits, and nothing is discounted anyway.
    return where(
        discount_rate < 1e-8,
        1.0 * horizon_years,
        (1.0 - (1.0 + discount_rate) ** (-1.0 * horizon_years)) / discount_rate,
    )


@checked
def net_value_usd(investment_usd, yearly_value_usd, yearly_cost_usd, annuity_years):
    """Return what is left of the value after all costs, in today's dollars.

    Parameters
    ----------
    investment_usd, yearly_value_usd, yearly_cost_usd : float
    annuity_years : float
        See the function of this name.

    Returns
    -------
    float
        USD; negative is a loss.
    """
    return (1.0 * yearly_value_usd - yearly_cost_usd) * annuity_years - investment_usd


@checked
def break_even_gain(
    investment_usd,
    yearly_cost_usd,
    annuity_years,
    n_workers,
    hours_per_year,
    adoption,
    wage_usd_per_hour,
):
    """Return the gain in productivity at which nothing is won and nothing lost.

    Parameters
    ----------
    investment_usd, yearly_cost_usd, annuity_years : float
    n_workers, hours_per_year, adoption, wage_usd_per_hour : float
        As in `yearly_value_usd`.

    Returns
    -------
    float
        Fraction.
    """
    needed = 1.0 * investment_usd / annuity_years + yearly_cost_usd
    return needed / (1.0 * n_workers * hours_per_year * adoption * wage_usd_per_hour)
