"""Section V of the paper: hybrid LLM, gravitating towards the edge.

As in the other sections, a function takes the inputs that ``claim_inputs.csv`` lists for it.
"""

from llmbook import hybrid
from llmbook.claims.registry import claim


@claim("V-1")
def size_ratio(n_params, n_params_small):
    return n_params / n_params_small


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
def device_over_cloud(n_params, bytes_per_param, bandwidth_small, bandwidth, round_trip, n_tokens):
    """The same model at either end, both as fast as their memory lets them be."""

    def answer(trip, rate):
        step = hybrid.step_from_memory(n_params, bytes_per_param, rate)
        return hybrid.answer_seconds(trip, step, step, n_tokens)

    return answer(0.0, bandwidth_small) / answer(round_trip, bandwidth)


@claim("V-8")
def alone_over_full(bytes_per_param, bandwidth, peak_flops):
    """Cost of a token is cost of time over the batch; the full batch takes no longer than one."""
    return hybrid.free_verification_batch(bytes_per_param, 0.0, bandwidth, peak_flops)
