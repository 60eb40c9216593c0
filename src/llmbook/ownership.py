"""What owning a card costs with the figures of ``ownership_costs``, beside rents and an API.

Rows of that table without a source are assumptions and graded unverified: show ranges, and
never rest a verdict on them.
"""

import math

from llmbook import costs, data, serving
from llmbook.quantities import DAY, YEAR
from llmbook.uncertainty import one_at_a_time

CASES = ("low", "central", "high")
DEVICES_PER_HOST = 8.0
_IN_SI = {"year": YEAR, "day": DAY}
_WORK = ("utilization", "recovery_seconds")


def cards():
    """Return the ids of the accelerators whose price of a server is known."""
    rows = data.table("ownership_costs")
    return [row.accelerator for row in rows if row.argument == "server_usd"]


def ranges(accelerator):
    """Return what is known of an accelerator's costs.

    Parameters
    ----------
    accelerator : str
        Of `cards`.

    Returns
    -------
    dict of str to tuple of float
        Low end, central value and high end of each argument of `usd_per_used_hour`, in the
        units of the formulas.

    Raises
    ------
    ValueError
        If the accelerator is unknown, or no price of a server with it.
    """
    data.accelerator(accelerator)
    if accelerator not in cards():
        raise ValueError(
            f"accelerator must be one of {', '.join(cards())}, whose servers have a price in "
            f"ownership_costs, got {accelerator!r}"
        )
    return {
        row.argument: tuple(getattr(row, case) * _IN_SI.get(row.unit, 1.0) for case in CASES)
        for row in data.table("ownership_costs")
        if row.accelerator in (None, accelerator)
    }


def usd_per_owned_hour(failures_per_year, repair_seconds, **others):
    """Return what an hour of one's own card costs, the spare cards from failures and repair.

    Parameters
    ----------
    failures_per_year, repair_seconds : float
    **others : float
        The other arguments of `costs.owned_usd_per_hour`, without spares and cards of a server.

    Returns
    -------
    float
        USD for an hour, used or not.
    """
    return costs.owned_usd_per_hour(
        devices_per_host=DEVICES_PER_HOST,
        spare_share=costs.spares_for_repair(failures_per_year, repair_seconds),
        **others,
    )


def usd_per_used_hour(utilization, recovery_seconds, failures_per_year, **others):
    """Return what an hour of work on one's own card costs, the whole server serving one model.

    Parameters
    ----------
    utilization, recovery_seconds, failures_per_year : float
    **others : float
        The other arguments of `usd_per_owned_hour`.

    Returns
    -------
    float
        USD for a used hour.
    """
    owned = usd_per_owned_hour(failures_per_year=failures_per_year, **others)
    running = costs.availability_of_job(failures_per_year, DEVICES_PER_HOST, recovery_seconds)
    return costs.used_usd_per_hour(owned, utilization, running)


def arguments(accelerator, case="central", **others):
    """Return the arguments of `usd_per_used_hour`.

    Parameters
    ----------
    accelerator : str
        Of `cards`.
    case : str
        ``"central"``; ``"low"`` and ``"high"`` take the cheaper and the dearer end of every
        range at once, which is farther apart than any owner is likely to be.
    **others : float
        Arguments that replace those of the table: ``interest_rate=0.0`` for the straight line,
        ``server_usd=...`` for a quotation.

    Returns
    -------
    dict of str to float

    Raises
    ------
    ValueError
        If the accelerator has no price, the case is unknown, or one of `others` is no argument.
    """
    if case not in CASES:
        raise ValueError(f"case must be one of {', '.join(CASES)}, got {case!r}")
    known = ranges(accelerator)
    if stray := others.keys() - known.keys():
        raise ValueError(f"unknown arguments {sorted(stray)}; known are {', '.join(known)}")
    central = {name: ends[1] for name, ends in known.items()}
    chosen = {name: _end(name, ends, central, case) for name, ends in known.items()}
    return chosen | others


def card_hour(accelerator, case="central", **others):
    """Return the cost of an hour of one's own card, part by part.

    Parameters
    ----------
    accelerator, case, **others
        See `arguments`.

    Returns
    -------
    dict
        ``accelerator``, ``case``; in USD for an hour, used or not: ``server``, ``network``,
        ``spares``, ``facility`` (straight line), ``interest``, ``power``, ``maintenance``,
        ``staff`` and their sum ``owned``; ``utilization``, ``availability`` and the USD of an
        hour of work, ``used``.
    """
    values = arguments(accelerator, case, **others)
    parts = _parts(values)
    owned = {name: value for name, value in values.items() if name not in _WORK}
    failures = values["failures_per_year"]
    return {
        "accelerator": accelerator,
        "case": case,
        **parts,
        "owned": usd_per_owned_hour(**owned),
        "utilization": values["utilization"],
        "availability": costs.availability_of_job(
            failures, DEVICES_PER_HOST, values["recovery_seconds"]
        ),
        "used": usd_per_used_hour(**values),
    }


def card_hours(accelerators=None, **others):
    """Return `card_hour` of several accelerators in all cases, ready for a table or a chart.

    Parameters
    ----------
    accelerators : sequence of str, optional
        All of `cards` by default.
    **others : float
        See `arguments`.

    Returns
    -------
    list of dict
    """
    chosen = cards() if accelerators is None else accelerators
    return [card_hour(name, case, **others) for name in chosen for case in CASES]


def beside_rentals(accelerator, **others):
    """Return the dated rents of a card, each with what owning it would take.

    Parameters
    ----------
    accelerator : str
        Of `cards`.
    **others : float
        See `arguments`.

    Returns
    -------
    list of dict
        ``provider``, ``terms``, ``date``, ``usd_per_hour``, the ``owned`` cost (central) and
        the ``break_even_utilization`` in each case: the share of all hours that a card must
        work until owning it is cheaper than renting it in just those hours.  Cheapest first.
    """
    owned = {case: card_hour(accelerator, case, **others)["owned"] for case in CASES}
    offers = [row for row in data.table("rentals") if row.accelerator == accelerator]
    return [
        {
            "provider": offer.provider,
            "terms": offer.terms,
            "date": offer.date,
            "usd_per_hour": offer.usd_per_hour,
            "owned": owned["central"],
            "break_even_utilization": {
                case: costs.break_even_utilization(value, offer.usd_per_hour)
                for case, value in owned.items()
            },
        }
        for offer in sorted(offers, key=lambda offer: offer.usd_per_hour)
    ]


def drivers(accelerator, used=True, **others):
    """Return how far each uncertain quantity moves the cost of an hour by itself.

    Parameters
    ----------
    accelerator : str
        Of `cards`.
    used : bool
        The cost of an hour of work; otherwise of an hour, used or not.
    **others : float
        See `arguments`; those given are held still.

    Returns
    -------
    list of dict
        As `uncertainty.one_at_a_time` returns them, the strongest first.
    """
    function = usd_per_used_hour if used else usd_per_owned_hour
    central = {
        name: value
        for name, value in arguments(accelerator, **others).items()
        if used or name not in _WORK
    }
    ends = {
        name: (low, high)
        for name, (low, _, high) in ranges(accelerator).items()
        if low < high and name in central and name not in others
    }
    return one_at_a_time(function, central, ends)


def combined_range(accelerator, used=True, **others):
    """Return the range of the cost of an hour if its quantities vary on their own.

    Parameters
    ----------
    accelerator, used, **others
        See `drivers`.

    Returns
    -------
    tuple of float
        Low end, central value and high end, USD: the moves down and the moves up of `drivers`,
        each added as squares.  Narrower than the cases ``"low"`` and ``"high"``, where
        everything is cheap or dear at once.
    """
    hour = card_hour(accelerator, **others)
    central = hour["used" if used else "owned"]
    moves = [(row["at_low"], row["at_high"]) for row in drivers(accelerator, used, **others)]
    down = math.hypot(*(central - min(central, *ends) for ends in moves))
    up = math.hypot(*(max(central, *ends) - central for ends in moves))
    return central - down, central, central + up


def crossings(
    owned_usd_per_hour,
    usd_per_hour,
    n_devices,
    tokens_per_second,
    api_usd_per_mtok,
    reserved_usd_per_hour=None,
):
    """Return where owning, renting and an API cost the same, for one copy of a model.

    Parameters
    ----------
    owned_usd_per_hour : float
        Of one card of one's own.
    usd_per_hour : float
        Rent of one card, paid only in hours of work.
    n_devices : float
        Cards of one copy.
    tokens_per_second : float
        That they make together while they work.
    api_usd_per_mtok : float
        Price of the API for the same blend of tokens.
    reserved_usd_per_hour : float, optional
        Rent of one card that is kept for the month; `usd_per_hour` by default.

    Returns
    -------
    dict
        ``capacity_tokens`` of a month; ``own_or_api``, ``reserve_or_api`` and ``own_or_rent``:
        tokens a month above which the first of the two is cheaper, None if the cards cannot
        make so many; ``rent_usd_per_mtok``; and ``cheapest``: from how many tokens a month on
        which way is the cheapest of all.
    """
    reserved = usd_per_hour if reserved_usd_per_hour is None else reserved_usd_per_hour
    capacity = costs.tokens_per_month_at(tokens_per_second, 1.0)
    rent = serving.cost_per_million_tokens(usd_per_hour, n_devices, tokens_per_second)
    fixed = {"own": owned_usd_per_hour, "reserve": reserved}
    by_use = {"api": api_usd_per_mtok, "rent": rent}

    def above(way, price):
        tokens = costs.api_break_even_tokens(fixed[way], n_devices, price)
        return tokens if tokens <= capacity else None

    kept, used = min(fixed, key=fixed.get), min(by_use, key=by_use.get)
    start = above(kept, by_use[used])
    return {
        "capacity_tokens": capacity,
        "own_or_api": above("own", api_usd_per_mtok),
        "reserve_or_api": above("reserve", api_usd_per_mtok),
        "own_or_rent": above("own", rent),
        "rent_usd_per_mtok": rent,
        "cheapest": [(0.0, used)] + ([] if start is None else [(start, kept)]),
    }


def capital_band(deployment, tokens_per_second, concurrent_users, years=(3, 5)):
    """Return what the cards of a deployment cost at list price, an hour and a million tokens.

    Parameters
    ----------
    deployment : str
        Of ``deployments``: ``"groq-mixtral-8x7b"``.
    tokens_per_second : float
        Measured speed of one user.
    concurrent_users : float
        Users served at that speed at once, which no measurement of one user shows.
    years : tuple of float
        Shortest and longest life.

    Returns
    -------
    dict of str to float
        ``n_devices``, ``capital_usd``; ``usd_per_hour_low``, ``usd_per_hour_high`` and
        ``usd_per_mtok_low``, ``usd_per_mtok_high`` over the longest and the shortest life, by
        straight line and never at rest.  Power, hosts, network and interest come on top, a
        discount on the list price comes off.

    Raises
    ------
    ValueError
        If the deployment is unknown, its card has no price, or a number is not above 0.
    """
    numbers = {"tokens_per_second": tokens_per_second, "concurrent_users": concurrent_users}
    for name, value in numbers.items():
        if not 0 < value < float("inf"):
            raise ValueError(f"{name} must be a finite number above 0, got {value!r}")
    row = data.row("deployments", deployment)
    prices = data.accelerator(row.accelerator)
    if prices.price_usd_low is None:
        raise ValueError(f"deployment {deployment!r} has cards without a price")
    low = _lasting(row.n_devices * prices.price_usd_low, max(years))
    high = _lasting(row.n_devices * prices.price_usd_high, min(years))
    together = tokens_per_second * concurrent_users
    return {
        "n_devices": row.n_devices,
        "capital_usd": row.n_devices * prices.price_usd_low,
        "usd_per_hour_low": low,
        "usd_per_hour_high": high,
        "usd_per_mtok_low": serving.cost_per_million_tokens(low, 1.0, together),
        "usd_per_mtok_high": serving.cost_per_million_tokens(high, 1.0, together),
    }


def users_to_pay(usd_per_hour, tokens_per_second, api_usd_per_mtok):
    """Return the users at once whose tokens pay for an hour of a system.

    Parameters
    ----------
    usd_per_hour : float
        Of the whole system.
    tokens_per_second : float
        Speed of one user.
    api_usd_per_mtok : float
        What they are charged.

    Returns
    -------
    float
        Users who never pause.
    """
    return costs.api_break_even_utilization(usd_per_hour, 1.0, tokens_per_second, api_usd_per_mtok)


def _lasting(capital_usd, years):
    return costs.straight_line_usd_per_hour(capital_usd, years * YEAR)


def _end(name, ends, central, case):
    """Return the cheaper or the dearer end of a range, whichever way the argument works."""
    if case == "central":
        return ends[1]
    by_cost = sorted(ends, key=lambda value: usd_per_used_hour(**central | {name: value}))
    return by_cost[0] if case == "low" else by_cost[-1]


def _parts(values):
    """Return the parts of the cost of an hour: capital by straight line, interest apart."""
    life = values["lifetime_seconds"]
    server = values["server_usd"] / DEVICES_PER_HOST
    network = server * values["network_share"]
    spare = costs.spares_for_repair(values["failures_per_year"], values["repair_seconds"])
    capital = {
        "server": server,
        "network": network,
        "spares": (server + network) * spare,
        "facility": values["facility_usd"] / DEVICES_PER_HOST,
    }
    paid = sum(capital.values())
    flat = {
        name: costs.straight_line_usd_per_hour(value, life) if value else 0.0
        for name, value in capital.items()
    }
    financed = costs.capital_usd_per_hour(paid, life, values["interest_rate"])
    power = ("system_power_watts", "load_share", "pue", "usd_per_kwh")
    return flat | {
        "interest": financed - sum(flat.values()),
        "power": costs.power_usd_per_hour(*(values[name] for name in power)),
        "maintenance": costs.maintenance_usd_per_hour(
            values["server_usd"], DEVICES_PER_HOST, values["upkeep_share"]
        ),
        "staff": costs.staff_usd_per_hour(values["staff_usd_per_year"], DEVICES_PER_HOST),
    }
