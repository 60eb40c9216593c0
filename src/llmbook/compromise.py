"""What a token costs against how fast it comes, batch by batch, on one deployment."""

import math

from llmbook import sharing
from llmbook.engines import Engine
from llmbook.frontiers import frontier
from llmbook.market import blended_price

STEPS_PER_DOUBLING = 8


def offer(engine, batch_size, usd_per_hour, prompt_tokens, answer_tokens, utilization=1.0):
    """Return what a full server gives each user, and what it must charge.

    Parameters
    ----------
    engine : llmbook.engines.Engine
    batch_size : float
        Users at once.
    usd_per_hour : float
        Of one card.
    prompt_tokens, answer_tokens : float
        Of each request; their ratio blends the two prices.
    utilization : float
        Share of the paid time in which the server is that full.

    Returns
    -------
    dict
        ``cards``, ``batch``, ``ttft`` (s, at most, of a request that does not queue), ``tpot``
        (s), ``rate`` (tokens a second of a user), ``input_usd``, ``output_usd`` and ``usd`` (per
        million tokens, the last blended).

    Raises
    ------
    ValueError
        If the batch does not fit.
    """
    places = engine.largest_batch(1.0 * prompt_tokens + answer_tokens)
    if not 1 <= batch_size <= places:
        raise ValueError(
            f"batch_size must lie between 1 and the {places:g} requests that fit, "
            f"got {batch_size!r}"
        )
    cached = sharing.mean_cached_tokens(batch_size, prompt_tokens, answer_tokens)
    step = engine.decode_step_seconds(batch_size, cached)
    prompt = engine.prefill_seconds(prompt_tokens)
    tpot = sharing.interleaved_tpot(step, prompt, batch_size, answer_tokens)
    paid = {"usd_per_hour": usd_per_hour, "utilization": utilization}
    input_usd = engine.input_cost(prompt_tokens=prompt_tokens, **paid)
    output_usd = engine.output_cost(
        batch_size=batch_size, context_tokens=prompt_tokens + 0.5 * answer_tokens, **paid
    )
    return {
        "cards": engine.n_devices,
        "batch": batch_size,
        "ttft": prompt + step,
        "tpot": tpot,
        "rate": 1.0 / tpot,
        "input_usd": input_usd,
        "output_usd": output_usd,
        "usd": blended_price(input_usd, output_usd, 1.0 * prompt_tokens / answer_tokens),
    }


def offers(engine, usd_per_hour, prompt_tokens, answer_tokens, utilization=1.0):
    """Return an `offer` for batches about a tenth apart, and for the largest that fits.

    Parameters
    ----------
    engine, usd_per_hour, prompt_tokens, answer_tokens, utilization
        As for `offer`.

    Returns
    -------
    list of dict

    Raises
    ------
    ValueError
        If not one request fits.
    """
    largest = int(engine.largest_batch(1.0 * prompt_tokens + answer_tokens))
    if not largest:
        raise ValueError(
            f"prompt_tokens and answer_tokens must fit in {engine.capacity_tokens:g} tokens of "
            f"cache, got {prompt_tokens!r} and {answer_tokens!r}"
        )
    steps = range(math.ceil(STEPS_PER_DOUBLING * math.log2(largest)))
    batches = {round(2 ** (step / STEPS_PER_DOUBLING)) for step in steps} | {largest}
    return [
        offer(engine, batch, usd_per_hour, prompt_tokens, answer_tokens, utilization)
        for batch in sorted(batches)
    ]


def best_offers(model, accelerator, usd_per_hour, prompt_tokens, answer_tokens, **others):
    """Return the offers of one kind of card that no other number of its cards or batch beats.

    Parameters
    ----------
    model, accelerator : str
        Ids of ``models`` and ``accelerators``.
    usd_per_hour : float
        Of one card.
    prompt_tokens, answer_tokens : float
    **others
        ``utilization`` for `offers`; anything else for `llmbook.engines.Engine`.

    Returns
    -------
    list of dict
        As from `offer`, the slowest and cheapest first.

    Raises
    ------
    ValueError
        If the model fits on none of the servers.
    """
    utilization = others.pop("utilization", 1.0)
    engines = _engines(model, accelerator, **others)
    rows = [
        row
        for engine in engines
        for row in offers(engine, usd_per_hour, prompt_tokens, answer_tokens, utilization)
    ]
    return sorted(frontier(rows, smaller=["usd"], larger=["rate"]), key=lambda row: row["rate"])


def _engines(model, accelerator, **others):
    """Return the engines on 1, 2, 4 and 8 cards, the sizes of a server, on which it fits."""
    found, refused = [], None
    for n_devices in (1.0, 2.0, 4.0, 8.0):
        try:
            found.append(Engine.of(model, accelerator, n_devices, **others))
        except ValueError as error:
            refused = error
    if not found:
        raise refused
    return found
