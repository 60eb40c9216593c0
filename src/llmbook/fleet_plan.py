"""The whole chain from a model and its users to cards, racks, money and carbon, link by link.

The chain is a list of named links, each a formula of the links before.  `plan` runs it in Python,
over numbers or arrays, and the calculator of the capstone runs the same list in the browser.
"""

from dataclasses import dataclass, field

from llmbook import attention, costs, fleet, serving, sharing
from llmbook.carbon import accounting, llmcarbon
from llmbook.quantities import YEAR
from llmbook.sizing import cards_needed
from llmbook.transformer import kv_cache_bytes, weight_bytes

# Requests that one instance decodes at once, as in chapter IV, if the memory holds so many.
LARGEST_BATCH = 256


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
        See `llmbook.fleet_inputs.inputs_of`.

    Returns
    -------
    dict of str to float
        Inputs and links by name.

    Raises
    ------
    ValueError
        If an input is outside its domain or missing, the mean request is longer than the model's
        context, or the fleet is larger than the largest one of the tables.
    """
    known = chain(inputs)
    if known["context_share"] > 1:
        raise ValueError(
            "prompt_tokens and answer_tokens must fit the context, "
            f"{known['longest_request']:,g} tokens, together; of {known['prompt_tokens']:,g} and "
            f"{known['answer_tokens']:,g} the cut leaves {known['request_tokens']:,.0f}"
        )
    if known["largest_share"] > 1:
        raise ValueError(
            "n_users and messages_per_day must not need more than "
            f"{known['largest_fleet']:,.0f} cards, the largest fleet in the tables (Meta's plan "
            f"for the end of 2024): {known['n_users']:,.0f} users with "
            f"{known['messages_per_day']:g} messages a day need {known['n_devices']:,.0f}"
        )
    return known


def chain(inputs, links=tuple(CHAIN)):
    """Run the chain.

    Parameters
    ----------
    inputs : dict of str to float or array
    links : sequence of Link
        The part of it to run.

    Returns
    -------
    dict of str to float or array
        Inputs and links by name.
    """
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
