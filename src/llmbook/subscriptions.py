"""What a flat price earns from users who differ: margin, quota and who pays for whom.

Usage is lognormal: a median, and a spread that is the standard deviation of its logarithm.
"""

import math
from statistics import NormalDist

from llmbook.formula import check
from llmbook.glossary import GLOSSARY, checked
from llmbook.quantities import DAY, MILLION, MONTH

_NORMAL = NormalDist()


@checked
def tokens_of_messages(messages_per_day, tokens_per_message):
    """Return the tokens of a user's month.

    Parameters
    ----------
    messages_per_day : float
    tokens_per_message : float
        Read and written: the prompt with its history, and the answer.

    Returns
    -------
    float
        Tokens a month.
    """
    return 1.0 * messages_per_day * tokens_per_message * (MONTH / DAY)


@checked
def messages_at_quota(quota_messages, quota_seconds):
    """Return the messages of a month that a published quota allows.

    Parameters
    ----------
    quota_messages : float
        Messages in one window.
    quota_seconds : float
        Length of the window: 80 messages in 3 hours.

    Returns
    -------
    float
        Messages of a user who never sleeps.
    """
    return 1.0 * quota_messages / quota_seconds * MONTH


@checked
def margin_usd(price_usd, tokens_per_month, cost_usd_per_mtok):
    """Return what is left of a subscription after its tokens are paid for.

    Parameters
    ----------
    price_usd : float
        For a month.
    tokens_per_month : float
        Of one user.
    cost_usd_per_mtok : float
        What tokens cost their seller.

    Returns
    -------
    float
        USD a month, below 0 for a user who costs more than the price; payment fees, support
        and research are not in it.
    """
    return price_usd - 1.0 * tokens_per_month * cost_usd_per_mtok / MILLION


@checked
def margin(price_usd, tokens_per_month, cost_usd_per_mtok):
    """Return the gross margin of one user.

    Parameters
    ----------
    price_usd, tokens_per_month, cost_usd_per_mtok : float
        See `margin_usd`.

    Returns
    -------
    float
        Share of the price, at most 1.
    """
    return margin_usd(price_usd, tokens_per_month, cost_usd_per_mtok) / (1.0 * price_usd)


@checked
def break_even_tokens(price_usd, cost_usd_per_mtok):
    """Return the tokens that a price pays for: the quota at which nobody costs more.

    Parameters
    ----------
    price_usd : float
        For a month.
    cost_usd_per_mtok : float
        What tokens cost their seller.

    Returns
    -------
    float
        Tokens a month.
    """
    return 1.0 * price_usd / cost_usd_per_mtok * MILLION


@checked
def mean_usage(median_tokens, usage_spread):
    """Return the usage of the mean user, above the median one because a few use much.

    Parameters
    ----------
    median_tokens, usage_spread : float

    Returns
    -------
    float
        Tokens a month.
    """
    return median_tokens * math.e ** (usage_spread * usage_spread / 2.0)


@checked
def median_usage(mean_tokens, usage_spread):
    """Return the usage of the median user from that of the mean one, which is published.

    Parameters
    ----------
    mean_tokens, usage_spread : float

    Returns
    -------
    float
        Tokens a month.
    """
    return mean_tokens / math.e ** (usage_spread * usage_spread / 2.0)


@checked
def break_even_price(median_tokens, usage_spread, cost_usd_per_mtok):
    """Return the price at which all users together pay for their tokens.

    Parameters
    ----------
    median_tokens, usage_spread : float
    cost_usd_per_mtok : float
        What tokens cost their seller.

    Returns
    -------
    float
        USD a month: the cost of the mean user.
    """
    return mean_usage(median_tokens, usage_spread) * cost_usd_per_mtok / MILLION


def usage_at(share, median_tokens, usage_spread):
    """Return the usage that a share of the users stays below.

    Parameters
    ----------
    share : float
        0.95 for the user at the 95th percentile.
    median_tokens, usage_spread : float

    Returns
    -------
    float
        Tokens a month.

    Raises
    ------
    ValueError
        If `share` is not above 0 and below 1, or a number is outside its domain.
    """
    _check(median_tokens=median_tokens, usage_spread=usage_spread)
    _inside("share", share)
    return median_tokens * math.exp(_NORMAL.inv_cdf(share) * usage_spread)


def losing_share(price_usd, median_tokens, usage_spread, cost_usd_per_mtok):
    """Return the share of the users who cost more than they pay, without a quota.

    Parameters
    ----------
    price_usd, median_tokens, usage_spread, cost_usd_per_mtok : float

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If a number is outside its domain.
    """
    _check(median_tokens=median_tokens, usage_spread=usage_spread)
    return 1 - _share_below(
        break_even_tokens(price_usd, cost_usd_per_mtok), median_tokens, usage_spread
    )


def mean_with_quota(quota_tokens, median_tokens, usage_spread):
    """Return the usage of the mean user when nobody gets more than a quota.

    Parameters
    ----------
    quota_tokens : float
        Tokens a month, above 0.
    median_tokens, usage_spread : float

    Returns
    -------
    float
        Tokens a month; those who would use more use the quota.

    Raises
    ------
    ValueError
        If a number is outside its domain.
    """
    _check(median_tokens=median_tokens, usage_spread=usage_spread)
    if not (isinstance(quota_tokens, (int, float)) and 0 < quota_tokens < math.inf):
        raise ValueError(f"quota_tokens must be a finite number above 0, got {quota_tokens!r}")
    below = _share_below(quota_tokens, median_tokens, usage_spread)
    # Weighted by usage, a lognormal is one with its logarithm moved up by the variance.
    weighted_median = median_tokens * math.exp(usage_spread**2)
    used_below = _share_below(quota_tokens, weighted_median, usage_spread)
    mean = mean_usage(median_tokens, usage_spread)
    return mean * used_below + quota_tokens * (1 - below)


def spread_of(mean, value, share):
    """Return the spreads at which a lognormal has this mean and this percentile.

    Parameters
    ----------
    mean : float
        Any unit.
    value : float
        What a share of the users stays below, in the unit of `mean`.
    share : float
        Above 0 and below 1.

    Returns
    -------
    tuple of float
        None, one or two spreads, the smaller first: a wide distribution whose median is low
        can have the percentile of a narrow one.

    Raises
    ------
    ValueError
        If `mean` or `value` is not above 0, or `share` not above 0 and below 1.
    """
    for name, number in {"mean": mean, "value": value}.items():
        if not 0 < number < math.inf:
            raise ValueError(f"{name} must be a finite number above 0, got {number!r}")
    _inside("share", share)
    # ln(value / mean) = z s - s^2 / 2
    z = _NORMAL.inv_cdf(share)
    under_root = z * z - 2 * math.log(value / mean)
    if under_root < 0:
        return ()
    roots = {z - math.sqrt(under_root), z + math.sqrt(under_root)}
    return tuple(sorted(root for root in roots if root >= 0))


def tier(price_usd, median_tokens, usage_spread, cost_usd_per_mtok, share=0.95):
    """Return what follows for a tier from what its tokens cost.

    Parameters
    ----------
    price_usd : float
        For a month.
    median_tokens, usage_spread : float
        Usage of those who would subscribe.
    cost_usd_per_mtok : float
        What tokens cost their seller.
    share : float
        Which heavy user to look at: 0.95 for the 95th percentile.

    Returns
    -------
    dict of str to float
        ``median_margin`` and ``heavy_margin`` (shares of the price), ``mean_margin`` of all
        users together, ``break_even_price`` (USD), ``losing_share`` of the users, the
        ``heavy_tokens`` of the heavy one, the ``quota_tokens`` that keep everybody's cost at or
        below the price (they stop just those who would lose money), and
        ``margin_with_quota`` of all users together.

    Raises
    ------
    ValueError
        If a number is outside its domain.
    """
    heavy = usage_at(share, median_tokens, usage_spread)
    quota = break_even_tokens(price_usd, cost_usd_per_mtok)
    capped = mean_with_quota(quota, median_tokens, usage_spread)
    return {
        "price_usd": price_usd,
        "median_tokens": median_tokens,
        "heavy_tokens": heavy,
        "median_margin": margin(price_usd, median_tokens, cost_usd_per_mtok),
        "heavy_margin": margin(price_usd, heavy, cost_usd_per_mtok),
        "mean_margin": margin(
            price_usd, mean_usage(median_tokens, usage_spread), cost_usd_per_mtok
        ),
        "break_even_price": break_even_price(median_tokens, usage_spread, cost_usd_per_mtok),
        "losing_share": losing_share(price_usd, median_tokens, usage_spread, cost_usd_per_mtok),
        "quota_tokens": quota,
        "margin_with_quota": margin(price_usd, capped, cost_usd_per_mtok),
    }


def _share_below(tokens, median_tokens, usage_spread):
    """Return the share of users who use less than so many tokens."""
    distance = math.log(tokens / median_tokens)
    if usage_spread == 0:
        # All use the same; one who uses exactly the limit does not exceed it.
        return 1.0 if distance >= 0 else 0.0
    return _NORMAL.cdf(distance / usage_spread)


def _check(**numbers):
    for name, value in numbers.items():
        check(name, value, GLOSSARY[name])


def _inside(name, share):
    if not 0 < share < 1:
        raise ValueError(f"{name} must be above 0 and below 1, got {share!r}")
