"""What the chain of a fleet starts from: numbers of the tables, their ranges and their grades."""

from llmbook import data, ownership
from llmbook.carbon import accounting
from llmbook.fleet_plan import CHAIN, LARGEST_BATCH, chain, result
from llmbook.quantities import DAY, HOUR, MINUTE, YEAR
from llmbook.transformer import model_params
from llmbook.uncertainty import central_range, median_samples, sampled_range

# Rows of ``grid_intensity`` for the cleanest and the dirtiest grid.
REGIONS = ("fr-2024", "in-2024")
# Row of ``embodied_factors`` for a card with its share of the server.
MADE = "ecocost-h100"
# The range shown for a result holds this share of what was drawn.
SHARE = 0.8


# What the uncertain inputs are called on the page, in which unit, and how much of the formula's
# unit that is.
INPUT_NAMES = {
    "messages_per_day": ("messages of a user", "a day", 1.0),
    "peak_factor": ("busiest hour", "times the mean hour", 1.0),
    "prompt_tokens": ("prompt", "tokens", 1.0),
    "answer_tokens": ("answer", "tokens", 1.0),
    "kept_share": ("rate of a copy", "of a full one's", 1.0),
    "rent_usd_per_hour": ("rent of a card", "USD/h", 1.0),
    "owner_usd_per_hour": ("cost of an own card", "USD/h", 1.0),
    "servers_per_rack": ("servers of a rack", "", 1.0),
    "repair_seconds": ("repair of a card", "days", DAY),
    "failures_per_year": ("failures of a card", "a year", 1.0),
    "load_share": ("mean draw", "of the rated draw", 1.0),
    "pue": ("PUE", "", 1.0),
    "carbon_intensity": ("carbon of the grid", "kg CO2e/kWh", 1.0),
    "carbon_per_amount": ("making of a card", "kg CO2e", 1.0),
    "lifetime_seconds": ("life of a card", "years", YEAR),
    "system_power_watts": ("rated draw of a card", "W", 1.0),
    "recovery_seconds": ("restart of a copy", "min", MINUTE),
}
# From the best evidence to the weakest.
GRADES = ("primary", "secondary", "derived", "unverified")


def inputs_of(instance, n_users, training, region="us-2024", **changes):
    """Return the central inputs of the chain for a model and its users.

    Parameters
    ----------
    instance : llmbook.instances.Instance
        What serves the model.
    n_users : float
    training : str or None
        Row of ``training_runs`` with the hours of the model's training.
    region : str
        Row of ``grid_intensity``.
    **changes : float
        Inputs that replace those of the tables.

    Returns
    -------
    dict of str to float

    Raises
    ------
    ValueError
        If one of `changes` is no input.
    """
    card = instance.engine.accelerator.id
    known = users() | machines(card) | columns(instance, training)
    known |= {
        "n_users": n_users,
        "carbon_intensity": data.row("grid_intensity", region).carbon_intensity_kg_per_kwh,
    }
    if stray := changes.keys() - known.keys():
        raise ValueError(f"unknown inputs {sorted(stray)}; known are {', '.join(sorted(known))}")
    return known | changes


def users():
    """Return what the chain must know of the users and their sites, by the table."""
    return {row.argument: row.central for row in data.table("fleet_inputs")}


def machines(card):
    """Return what the chain must know of a card and its server.

    Parameters
    ----------
    card : str
        Id of an accelerator whose server has a price.

    Returns
    -------
    dict of str to float
    """
    central = {name: ends[1] for name, ends in ranges_of_card(card).items()}
    return central | {
        "devices_per_host": ownership.DEVICES_PER_HOST,
        "largest_batch": LARGEST_BATCH,
        "memory_bytes": data.accelerator(card).memory_bytes,
    }


def ranges_of_card(card):
    """Return the ranges of what a card and its server take and cost.

    Parameters
    ----------
    card : str
        Id of an accelerator whose server has a price.

    Returns
    -------
    dict of str to tuple of float
        Low end, central value and high end.
    """
    owning = ownership.ranges(card)
    names = (
        "system_power_watts",
        "load_share",
        "pue",
        "lifetime_seconds",
        "failures_per_year",
        "repair_seconds",
        "recovery_seconds",
    )
    rents = [row.usd_per_hour for row in data.table("rentals") if row.accelerator == card]
    made = data.row("embodied_factors", MADE)
    # The chain counts the cards under repair itself; cents are as far as these prices are known.
    hours = [ownership.card_hour(card, case, failures_per_year=0.0) for case in ownership.CASES]
    owned = [round(hour["owned"], 2) for hour in hours]
    return {name: owning[name] for name in names} | {
        "rent_usd_per_hour": _middle(rents),
        "owner_usd_per_hour": tuple(owned),
        "carbon_per_amount": (made.low_kg, made.carbon_kg, made.high_kg),
    }


def ranges(instance, central=None, regions=REGIONS):
    """Return the ranges of all inputs that are not certain.

    Parameters
    ----------
    instance : llmbook.instances.Instance
    central : dict of str to float, optional
        Inputs that a reader changed; a range that does not hold one is widened to it.
    regions : tuple of str
        Rows of ``grid_intensity`` for the cleanest and the dirtiest grid.

    Returns
    -------
    dict of str to tuple of float
        Low and high end.
    """
    found = {row.argument: (row.low, row.high) for row in data.table("fleet_inputs")}
    card = ranges_of_card(instance.engine.accelerator.id)
    found |= {name: (low, high) for name, (low, _, high) in card.items()}
    share = columns(instance)["kept_share"]
    found["kept_share"] = tuple(share * end for end in error_range())
    grids = [data.row("grid_intensity", key).carbon_intensity_kg_per_kwh for key in regions]
    found["carbon_intensity"] = tuple(sorted(grids))
    skipped = ("largest_fleet", "checkpoint_seconds")
    kept = {n: ends for n, ends in found.items() if n not in skipped and ends[0] < ends[1]}
    if central is None:
        return kept
    return {
        name: (min(low, central[name]), max(high, central[name]))
        for name, (low, high) in kept.items()
    }


def evidence(instance, regions=REGIONS):
    """Return how well each of the `ranges` is known.

    Parameters
    ----------
    instance : llmbook.instances.Instance
    regions : tuple of str
        As in `ranges`.

    Returns
    -------
    dict of str to str
        By input, one of `GRADES`: the weakest where several rows make a range.
    """
    card = instance.engine.accelerator.id
    owning = [row for row in data.table("ownership_costs") if row.accelerator in (None, card)]
    renting = [row for row in data.table("rentals") if row.accelerator == card]
    rows = [*data.table("fleet_inputs"), *owning]
    return {row.argument: row.grade for row in rows} | {
        # Measured servers beside a model of them.
        "kept_share": "derived",
        "rent_usd_per_hour": _weakest(renting),
        "owner_usd_per_hour": _weakest(owning),
        "carbon_per_amount": data.row("embodied_factors", MADE).grade,
        "carbon_intensity": _weakest(data.row("grid_intensity", key) for key in regions),
    }


def spread(name, central, ends, n_samples=4000):
    """Return the range of a result of the plan.

    Parameters
    ----------
    name : str
        Of a link.
    central : dict of str to float
        See `inputs_of`.
    ends : dict of str to tuple of float
        See `ranges`.
    n_samples : int

    Returns
    -------
    tuple of float
        Low end, median and high end of what is drawn: `SHARE` of it lies between the ends. Each
        input is as likely below its central value as above.
    """
    return sampled_range(result(name), central, ends, SHARE, n_samples, draw=median_samples)


def error_range():
    """Return how many times as fast as the serving model a measured server is, at both ends.

    Returns
    -------
    tuple of float
        Four fifths of the measurements that were not fitted lie between.
    """
    from llmbook import calibration

    ratios = [item["ratio"] for item in calibration.errors() if item["row"].split == "unseen"]
    return central_range(ratios, SHARE)


def columns(instance, training=None):
    """Return what the chain must know of a model on its cards.

    Parameters
    ----------
    instance : llmbook.instances.Instance
    training : str, optional
        Row of ``training_runs``; without it the energy of the training is left out.

    Returns
    -------
    dict of str to float
    """
    engine = instance.engine
    shape = engine.model
    known = engine.shared_arguments() | {
        "n_params": model_params(shape),
        "bytes_per_param": _bytes(engine.weight_format),
        "bytes_per_value": _bytes(engine.kv_format),
        "layer_params": engine.layer_params,
        "head_params": engine.head_params,
        "decode_params": engine.layer_params + engine.head_params,
        "capacity_tokens": engine.capacity_tokens,
        "window_tokens": engine.window_tokens,
        "longest_request": min(shape.context_tokens, engine.capacity_tokens),
        **{
            name: getattr(shape, name) for name in ("n_layers", "n_heads", "n_kv_heads", "head_dim")
        },
    }
    asked = users()
    for kind, drawn in zip(("prompt", "answer"), instance.requests, strict=True):
        known[f"kept_{kind}"] = min(1.0, float(drawn.mean()) / asked[f"{kind}_tokens"])
    known["kept_share"] = instance.rate / _full_rate(known)
    if training is not None:
        known["training_energy_kwh"] = training_energy_kwh(training)
    return known


def training_energy_kwh(run):
    """Return the energy of a training run from the hours of its cards.

    Parameters
    ----------
    run : str
        Row of ``training_runs``, with hours and an accelerator whose power is known.

    Returns
    -------
    float
        kWh, servers and data centre counted as for serving.
    """
    row = data.row("training_runs", run)
    known = {name: ends[1] for name, ends in ownership.ranges(row.accelerator).items()}
    power = known["system_power_watts"] * known["load_share"]
    return accounting.energy_kwh(power, row.device_hours * HOUR, known["pue"])


# Links before the rate that it does not rest on.
_NO_RATE = ("weights", "fewest_cards", "cache", "context_share")


def _full_rate(known):
    """Return the rate of a full instance for the central request, before its goodput is known."""
    names = [link.name for link in CHAIN]
    before = CHAIN[: names.index("full_rate") + 1]
    needed = [link for link in before if link.name not in _NO_RATE]
    return chain(known | users() | {"largest_batch": LARGEST_BATCH}, needed)["full_rate"]


def _middle(values):
    low, high = central_range(values, SHARE)
    ordered = sorted(values)
    return low, ordered[len(ordered) // 2], high


def _weakest(rows):
    return max((row.grade for row in rows), key=GRADES.index)


def _bytes(number_format):
    return data.row("number_formats", number_format).bytes_per_value
