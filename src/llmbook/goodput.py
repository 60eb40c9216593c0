"""How many requests a second a server can take: at all, and within limits that users set."""

import math

import numpy as np

from llmbook.simulation import Policy, simulate
from llmbook.workloads import lengths, poisson_arrivals


def capacity_bound(server, prompt_tokens, answer_tokens, policy=None):
    """Return a rate of requests that the server cannot exceed, however many wait.

    Parameters
    ----------
    server : llmbook.simulation.Server
    prompt_tokens, answer_tokens : sequence of int
        Lengths of a sample of requests.
    policy : llmbook.simulation.Policy, optional

    Returns
    -------
    float
        Requests a second. Beyond it the queue grows without end.

    Raises
    ------
    ValueError
        If there are no lengths, or not as many of answers as of prompts.

    Notes
    -----
    The least time that the sample can take: every prompt is read once, every cached token is
    read in every step of its request, and the steps are shared by the largest batch that the
    memory holds on average: B requests at most, where B is the memory over the mean number of
    tokens held (weighted by the steps for which they are held). In chunked scheduling the
    prompts can hide behind the steps, or the steps behind the prompts. Holds for step times that
    are convex in the batch, as a roofline is.
    """
    policy = policy or Policy()
    prompt, answer = np.asarray(prompt_tokens, float), np.asarray(answer_tokens, float)
    if not len(prompt) or len(prompt) != len(answer):
        raise ValueError(
            "prompt_tokens and answer_tokens must hold one length for each of the same requests, "
            f"got {len(prompt)} and {len(answer)}"
        )
    steps = answer - 1.0
    cached = prompt * steps + steps * (steps - 1.0) / 2.0
    held = cached if policy.memory == "paged" else (prompt + answer) * steps
    reading = sum(server.prefill_seconds(int(tokens)) for tokens in prompt)
    stepping = steps.sum() * _least_step_share(server, held.sum(), steps.sum())
    together = max(reading, stepping) if policy.scheduling == "chunked" else reading + stepping
    return float(len(prompt) / (together + server.cached_token_seconds * cached.sum()))


def _least_step_share(server, held, steps):
    """Return the least time of a step for each of its requests, in seconds."""
    batch = server.max_batch
    if held:
        batch = min(batch, max(1, math.ceil(server.capacity_tokens * steps / held)))
    return min(server.decode_base_seconds(b) / b for b in range(1, batch + 1))


def goodput(
    server,
    workload,
    ttft_limit,
    tpot_limit,
    attainment=0.9,
    policy=None,
    n_requests=5000,
    seed=0,
    precision=0.01,
    near=None,
):
    """Return the highest request rate at which enough requests keep both limits.

    Parameters
    ----------
    server : llmbook.simulation.Server
    workload : object or tuple of sequence of int
        A row of ``workloads``, or prompt and answer lengths.
    ttft_limit, tpot_limit : float
        Seconds.
    attainment : float
        Share of the requests that must keep both.
    policy : llmbook.simulation.Policy, optional
    n_requests : int
        Requests of each trial, for a row of ``workloads``.
    seed : int
    precision : float
        The search ends when the rate is known to this share of `capacity_bound`.
    near : float, optional
        A rate to start from, which is quicker; `precision` is then a share of the rate found.

    Returns
    -------
    float
        Requests a second of the whole server (the source divides by its cards); 0 if even the
        lowest rate tried, `precision` of the bound, asks too much.

    Raises
    ------
    ValueError
        If a limit is not positive, or `attainment` or `precision` not above 0 and at most 1.

    Notes
    -----
    Zhong et al. 2024, "DistServe" (see the references). Bisection; every rate meets the same
    requests in the same pattern of Poisson arrivals, only stretched, so that rates and limits
    are compared without noise between them, and looser limits never give less. A trial is a
    finite run from an empty server: near the capacity a longer one gives less, and with 5,000
    requests of a published workload seeds differ by some 5 %.
    """
    for name, value in (("ttft_limit", ttft_limit), ("tpot_limit", tpot_limit)):
        if not value > 0:
            raise ValueError(f"{name} must be above 0, got {value!r}")
    for name, value in (("attainment", attainment), ("precision", precision)):
        if not 0 < value <= 1:
            raise ValueError(f"{name} must be above 0 and at most 1, got {value!r}")
    prompt, answer = _requests(server, workload, n_requests, seed)
    pattern = poisson_arrivals(1.0, len(prompt), seed)

    def enough(rate):
        run = simulate(server, pattern / rate, prompt, answer, policy)
        return run.attainment(ttft_limit, tpot_limit) >= attainment

    if near is not None:
        return _around(enough, near, precision)
    bound = capacity_bound(server, prompt, answer, policy)
    low, high = precision * bound, bound
    if not enough(low):
        return 0.0
    while high - low > precision * bound:
        middle = (low + high) / 2
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low


def _around(enough, rate, precision):
    """Return the highest rate that is enough, by growing steps from a rate, then by halves."""
    step, lowest = 1.0 + precision, rate * precision
    if enough(rate):
        low = rate
        while enough(low * step):
            low, step = low * step, step * step
        high = low * step
    else:
        high = rate
        while not enough(high / step):
            high, step = high / step, step * step
            if high / step < lowest:
                return 0.0
        low = high / step
    while high - low > precision * low:
        middle = (low + high) / 2
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low


def _requests(server, workload, n_requests, seed):
    if isinstance(workload, tuple):
        return workload
    return lengths(workload, n_requests, seed, longest=server.capacity_tokens)
