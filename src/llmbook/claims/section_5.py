"""Section V of the paper: hybrid LLM, gravitating towards the edge.

As in the other sections, a function takes the inputs that ``claim_inputs.csv`` lists for it.
"""

from dataclasses import replace
from statistics import median

from llmbook import closer, data, hybrid
from llmbook.claims.registry import claim


@claim("V-1")
def largest_over_smallest():
    """Return the middle one of the families, largest member over smallest."""
    return median(
        row.large_params / row.small_params
        for row in data.table("model_pairs")
        if row.kind == "family"
    )


@claim("V-3")
def typical_draft(draft_length):
    return draft_length


@claim("V-4")
def speedup_from_the_device(
    acceptance,
    draft_length,
    round_trip,
    n_params_small,
    bytes_per_param_small,
    bandwidth_small,
    n_params,
    bytes_per_param,
    bandwidth,
    n_devices,
):
    draft = hybrid.step_from_memory(n_params_small, bytes_per_param_small, bandwidth_small)
    target = hybrid.step_from_memory(n_params, bytes_per_param, bandwidth) / n_devices
    return hybrid.speculative_speedup(acceptance, draft_length, draft / target, round_trip, target)


@claim("V-7")
def device_over_cloud(
    n_params, bytes_per_param, bandwidth_small, bandwidth, radio, cable, n_tokens
):
    """The same model at either end, both as fast as their memory lets them be."""
    model = n_params, bytes_per_param
    near = _answer_seconds(0.0, *model, bandwidth_small, n_tokens)
    return near / _answer_seconds(radio + cable, *model, bandwidth, n_tokens)


@claim("V-14")
def edge_over_cloud(n_params, bytes_per_param, bandwidth, radio, cable, n_tokens):
    """The same model on the same card, without and with the cable to the cloud."""
    work = n_params, bytes_per_param, bandwidth, n_tokens
    return _answer_seconds(radio, *work) / _answer_seconds(radio + cable, *work)


@claim("V-8")
def cost_at_edge_over_cloud(usd_per_hour, radio, cable):
    """The least over the loads of an area."""
    edge, cloud = closer.fleets(usd_per_hour, radio, cable)
    return min(_usd(edge, load) / _usd(cloud, load) for load in closer.LOADS)


@claim("V-15")
def cost_on_device_over_cloud(usd_per_kwh, usd_per_hour, radio, cable):
    """At the load at which the cloud is cheapest, the phone as its source states it."""
    _, cloud = closer.fleets(usd_per_hour, radio, cable)
    on_phone = closer.phone(usd_per_kwh, as_stated=True).serve(closer.ANSWER).usd
    return on_phone / min(_usd(cloud, load) for load in closer.LOADS)


def _answer_seconds(trip, n_params, bytes_per_param, bandwidth, n_tokens):
    step = hybrid.step_from_memory(n_params, bytes_per_param, bandwidth)
    return hybrid.answer_seconds(trip, step, step, n_tokens)


def _usd(fleet, load):
    request = replace(closer.ANSWER, load=load)
    return fleet.serve(request, closer.ANSWER_LIMIT).usd
