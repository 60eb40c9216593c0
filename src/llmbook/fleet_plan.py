"""The whole chain from a model and its users to cards, racks, money and carbon, link by link.

The chain is a list of named links, each a formula of the links before.  `plan` runs it in Python,
over numbers or arrays, and the calculator of the capstone runs the same list in the browser.
"""

from dataclasses import dataclass, field

from llmbook import attention, costs, data, fleet, ownership, serving, sharing
from llmbook.carbon import accounting, llmcarbon
from llmbook.quantities import DAY, HOUR, MINUTE, YEAR
from llmbook.sizing import cards_needed
from llmbook.transformer import kv_cache_bytes, model_params, weight_bytes
from llmbook.uncertainty import central_range, median_samples, sampled_range

# Requests that one instance decodes at once, as in chapter IV, if the memory holds so many.
LARGEST_BATCH = 256
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


@dataclass(frozen=True)
class Link:
    """One step of the chain.

    Parameters
    ----------
    name : str
        Of the result; later links use it as an argument.
    function : callable
        A formula; its arguments are found by name among inputs and earlier links.
    renamed : dict of str to str
        Arguments that go by another name among them.
    fixed : dict of str to float
        Arguments that are the same for every model and fleet.
    """

    name: str
    function: callable
    renamed: dict = field(default_factory=dict)
    fixed: dict = field(default_factory=dict)

    def of(self, known):
        """Apply the formula to what is known by name.

        Parameters
        ----------
        known : dict of str to float or array
            Inputs and earlier links.

        Returns
        -------
        float or array

        Raises
        ------
        ValueError
            If something is missing.
        """
        free = (name for name in self.function.domains if name not in self.fixed)
        names = {name: self.renamed.get(name, name) for name in free}
        if missing := [name for name in names.values() if name not in known]:
            raise ValueError(f"inputs must hold {', '.join(missing)}, which {self.name} needs")
        given = {name: known[other] for name, other in names.items()}
        return self.function(**given, **self.fixed)


# What a model gets to read and write, after the cut at its context.
CUT = {"prompt_tokens": "read_tokens", "answer_tokens": "written_tokens"}

CHAIN = [
    # The requests that a model is given
    Link(
        "read_tokens",
        fleet.tokens_after_cut,
        {"n_tokens": "prompt_tokens", "kept_tokens": "kept_prompt"},
    ),
    Link(
        "written_tokens",
        fleet.tokens_after_cut,
        {"n_tokens": "answer_tokens", "kept_tokens": "kept_answer"},
    ),
    # The model in memory
    Link("weights", weight_bytes),
    Link("fewest_cards", cards_needed, {"total_bytes": "weights"}),
    Link("request_tokens", fleet.request_tokens, CUT),
    Link("context_share", fleet.share_of_context, {"n_tokens": "request_tokens"}),
    Link("request_places", sharing.places, CUT),
    Link("batch_size", sharing.filled_places, {"batch_size": "largest_batch"}),
    Link("cache", kv_cache_bytes, {"n_tokens": "request_tokens"}),
    # One instance
    Link("attention_flops", attention.causal_attention_flops, CUT),
    Link("prompt_params", serving.prefill_params, CUT),
    Link(
        "prompt_seconds",
        serving.prefill_seconds,
        {"n_active_params": "prompt_params", **CUT},
        {"n_sequences": 1.0},
    ),
    Link("cached_tokens", sharing.mean_cached_tokens, CUT),
    Link("decode_seconds", serving.decode_step_seconds, {"n_active_params": "decode_params"}),
    Link("full_tpot", sharing.interleaved_tpot, CUT),
    Link("full_rate", fleet.full_rate, CUT),
    Link("instance_rate", fleet.instance_rate),
    # The users
    Link("mean_rate", fleet.mean_rate),
    Link("peak_rate", fleet.peak_rate),
    # The fleet
    Link("availability", costs.availability_of_job, {"n_devices": "tensor_parallel"}),
    Link("mean_instances", fleet.instances_needed, {"peak_rate": "mean_rate"}),
    Link("n_instances", fleet.instances_needed),
    Link("placed", fleet.instances_with_reserve),
    Link("spare_share", costs.spares_for_repair),
    Link("n_devices", fleet.fleet_cards, {"n_instances": "placed"}),
    Link("largest_share", fleet.share_of_largest),
    Link("failures", fleet.failures_per_day),
    Link("n_servers", fleet.servers_of_site),
    Link("racks", fleet.racks_needed),
    Link("connected_watts", fleet.site_watts),
    # Money
    Link("rented_usd", fleet.usd_per_user_month, {"usd_per_hour": "rent_usd_per_hour"}),
    Link("owned_usd", fleet.usd_per_user_month, {"usd_per_hour": "owner_usd_per_hour"}),
    # Energy and carbon of a year
    Link("energy_kwh", fleet.yearly_energy_kwh),
    Link("operational_kg", accounting.emissions_kg),
    Link(
        "embodied_kg",
        llmcarbon.embodied_kg,
        {"count": "n_devices"},
        {"amount": 1.0, "used_seconds": YEAR, "utilization": 1.0},
    ),
    Link("total_kg", accounting.total_kg),
    Link("message_grams", fleet.grams_per_message),
    Link("overtaking", fleet.overtaking_days),
]


def plan(inputs):
    """Run the chain and refuse a fleet that nobody has.

    Parameters
    ----------
    inputs : dict of str to float
        See `inputs_of`.

    Returns
    -------
    dict of str to float
        Inputs and links by name.

    Raises
    ------
    ValueError
        If an input is outside its domain or missing, or the fleet is larger than the largest one
        of the tables.
    """
    known = chain(inputs)
    if known["largest_share"] > 1:
        raise ValueError(
            f"n_users must not need more than {known['largest_fleet']:,.0f} cards, the largest "
            f"fleet in the tables (Meta's plan for the end of 2024): {known['n_users']:,.0f} users "
            f"with {known['messages_per_day']:g} messages a day need {known['n_devices']:,.0f}"
        )
    return known


def chain(inputs):
    """Run the chain.

    Parameters
    ----------
    inputs : dict of str to float or array

    Returns
    -------
    dict of str to float or array
        Inputs and links by name.
    """
    return _run(CHAIN, inputs)


def _run(links, inputs):
    known = dict(inputs)
    for link in links:
        known[link.name] = link.of(known)
    return known


def result(name):
    """Return the function from all inputs to one link, for `llmbook.uncertainty`.

    Parameters
    ----------
    name : str
        Of a link.

    Returns
    -------
    callable
    """
    if name not in {link.name for link in CHAIN}:
        raise ValueError(
            f"name must be a link of the chain, one of "
            f"{', '.join(link.name for link in CHAIN)}, got {name!r}"
        )
    return lambda **inputs: chain(inputs)[name]


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
    kept = columns(instance)["kept_share"]
    low, high = error_range()
    found["kept_share"] = (kept * low, kept * high)
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
    machine = engine.prefill_arguments(1.0) | engine.decode_arguments()
    machine = {name: value for name, value in machine.items() if name in _MACHINE}
    known = machine | {
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


_SHAPE = ("n_layers", "n_heads", "n_kv_heads", "head_dim")
_MACHINE = (
    "peak_flops",
    "bandwidth",
    "attention_peak_flops",
    "seconds_per_token",
    "compute_efficiency",
    "memory_efficiency",
    "unhidden_share",
    "fixed_seconds",
    "tensor_parallel",
    "read_bytes",
    "bytes_per_cached_token",
    "kv_efficiency",
)


# Links before the rate that it does not rest on.
_NO_RATE = ("weights", "fewest_cards", "cache", "context_share")


def _full_rate(known):
    """Return the rate of a full instance for the central request, before its goodput is known."""
    names = [link.name for link in CHAIN]
    before = CHAIN[: names.index("full_rate") + 1]
    needed = [link for link in before if link.name not in _NO_RATE]
    return _run(needed, known | users() | {"largest_batch": LARGEST_BATCH})["full_rate"]


def _middle(values):
    low, high = central_range(values, SHARE)
    ordered = sorted(values)
    return low, ordered[len(ordered) // 2], high


def _weakest(rows):
    return max((row.grade for row in rows), key=GRADES.index)


def _bytes(number_format):
    return data.row("number_formats", number_format).bytes_per_value
