"""The calculator of chapter IV of a card that one owns against a card that one rents."""

import altair as alt

from llmbook import costs, data, ownership
from llmbook.charts.calculator import Calculator, Slider, Stage
from llmbook.charts.pictures import curve_with_point
from llmbook.quantities import PERCENT, THOUSAND, YEAR

_SET = ("server_usd", "lifetime_seconds", "interest_rate", "pue", "usd_per_kwh")
_NOT_OF_AN_HOUR = ("utilization", "recovery_seconds", "failures_per_year", "repair_seconds")


def ownership_calculator(card, usd_per_hour):
    """Return the calculator of an hour of work on one's own card and on a rented one.

    Parameters
    ----------
    card : str
        Of `llmbook.ownership.cards`; the controls start at its central values.
    usd_per_hour : float
        Where the rent starts.

    Returns
    -------
    Calculator
    """
    at = ownership.arguments(card)
    failures, devices = at["failures_per_year"], ownership.DEVICES_PER_HOST
    fixed = {name: at[name] for name in at if name not in _SET + _NOT_OF_AN_HOUR}
    fixed["devices_per_host"] = devices
    fixed["spare_share"] = costs.spares_for_repair(failures, at["repair_seconds"])
    running = costs.availability_of_job(failures, devices, at["recovery_seconds"])
    inputs = [
        Slider(
            "server_usd",
            at["server_usd"],
            f"A server of {devices:.0f}",
            "thousand USD",
            20,
            600,
            1,
            THOUSAND,
        ),
        Slider("lifetime_seconds", at["lifetime_seconds"], "Life", "years", 1, 10, 0.25, YEAR),
        Slider("interest_rate", at["interest_rate"], "Interest", "% a year", 0, 30, 0.5, PERCENT),
        Slider("pue", at["pue"], "PUE", "", 1, 2, 0.01),
        Slider("usd_per_kwh", at["usd_per_kwh"], "Electricity", "USD a kWh", 0, 0.5, 0.005),
        Slider("utilization", at["utilization"], "Share of the time at work", "", 0.05, 1, 0.01),
        Slider("rent", usd_per_hour, "Rent, for hours of work only", "USD an hour", 0.2, 15, 0.05),
    ]
    stages = [
        Stage(
            "owned",
            costs.owned_usd_per_hour,
            "An hour of one's own card, used or not",
            "USD",
            ",.2f",
            fixed=fixed,
        ),
        Stage(
            "used",
            costs.used_usd_per_hour,
            "An hour of work on it",
            "USD",
            ",.2f",
            fixed={"availability": running},
            renamed={"usd_per_hour": "owned"},
        ),
        Stage(
            "share",
            costs.break_even_utilization,
            "Share of all hours from which owning is cheaper",
            "%",
            ",.0f",
            PERCENT,
            renamed={"owned_usd_per_hour": "owned", "usd_per_hour": "rent"},
        ),
    ]

    def picture(known):
        return _picture(known, running)

    name = data.accelerator(card).name
    return Calculator(
        inputs,
        stages,
        picture,
        title=f"What an hour of work costs on your own {name}, by how much it works",
        description="A falling curve of the USD of an hour of work against the share of the time "
        "that the card works, with a point at the share that is set. A dashed line marks the "
        "rent. All move with the controls. The server's room, network, spares, upkeep and staff "
        "stay as in the table above.",
        name="owning",
    )


def _picture(known, running):
    curve = costs.used_usd_per_hour(known["owned"], alt.datum.place, running)
    return curve_with_point(
        [round(0.05 * step, 2) for step in range(1, 21)],
        curve,
        (known["utilization"] * 1.0, known["used"] * 1.0),
        {"title": "share of the time at work", "scale": alt.Scale(domain=[0, 1])},
        {"title": "USD for an hour of work", "scale": alt.Scale(type="log")},
        known["rent"] * 1.0,
    )
