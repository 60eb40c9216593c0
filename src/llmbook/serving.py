"""How fast a model answers and what its tokens cost: prefill, decode, a whole batch.

With the efficiencies at 1 and nothing fixed, the default, the times are those of a pure roofline,
which no program reaches; `llmbook.engines` fills in fitted ones.
"""

from llmbook.elementwise import maximum, minimum
from llmbook.glossary import checked

# Tokens that no sequence has: attention looks back on all there are.
NO_WINDOW = 1e12


@checked
def decode_rate_ceiling(bandwidth, bytes_per_token):
    """Return the most tokens a second that one sequence can be given.

    Parameters
    ----------
    bandwidth : float
        Bytes a second from memory, of all cards together.
    bytes_per_token : float
        Bytes read for each token: the weights that it uses, and its KV cache.

    Returns
    -------
    float
        Tokens a second at batch 1, an upper bound: each weight is read once a token.

    Notes
    -----
    Agarwal et al. 2023, "model bandwidth utilization" (see the references).
    """
    return 1.0 * bandwidth / bytes_per_token


@checked
def linear_seconds(
    n_tokens,
    n_active_params,
    read_bytes,
    peak_flops,
    bandwidth,
    tensor_parallel=1.0,
    compute_efficiency=1.0,
    memory_efficiency=1.0,
    unhidden_share=0.0,
):
    """Return the time of the linear layers over some tokens: arithmetic beside reading weights.

    Parameters
    ----------
    n_tokens : float
        Tokens that pass the layers together.
    n_active_params : float
        Parameters that each of them is multiplied with.
    read_bytes : float
        Bytes of the weights that any of them uses, of all cards together.
    peak_flops, bandwidth : float
        Of one card.
    tensor_parallel : float
        Cards that share each layer.
    compute_efficiency, memory_efficiency : float
        Share of the peak rate and of the bandwidth that is reached.
    unhidden_share : float
        Share of the shorter of the two that does not run behind the longer.

    Returns
    -------
    float
        Seconds: the longer of the two if all of the shorter is hidden, their sum if none is.

    Notes
    -----
    The roofline of Williams, Waterman and Patterson 2009, with two FLOPs a parameter and token.
    """
    compute = 2.0 * n_active_params * n_tokens / (tensor_parallel * peak_flops * compute_efficiency)
    memory = 1.0 * read_bytes / (tensor_parallel * bandwidth * memory_efficiency)
    return maximum(compute, memory) + unhidden_share * minimum(compute, memory)


@checked
def prefill_seconds(
    prompt_tokens,
    n_sequences,
    n_active_params,
    read_bytes,
    attention_flops,
    peak_flops,
    attention_peak_flops,
    bandwidth,
    tensor_parallel=1.0,
    compute_efficiency=1.0,
    memory_efficiency=1.0,
    unhidden_share=0.0,
    fixed_seconds=0.0,
    seconds_per_token=0.0,
):
    """Return the time to process whole prompts at once.

    For one sequence this is the TTFT of a request alone on idle cards.  For more it is the TTFT
    of a static batch, whose prompts are all processed before the first token of any comes.  The
    TTFT under continuous batching holds waiting as well and follows from the load, not from here.

    Parameters
    ----------
    prompt_tokens : float
        Of each sequence.
    n_sequences : float
    n_active_params : float
        Parameters that a token is multiplied with; the output matrix, which only the last token
        of a prompt needs, counts by its share.
    read_bytes : float
        Bytes of the weights that are used, of all cards together.
    attention_flops : float
        Of one sequence; see `attention.causal_attention_flops`.
    peak_flops, attention_peak_flops : float
        Of one card, in the number format of the linear layers and of attention.
    bandwidth : float
        Of one card.
    tensor_parallel, compute_efficiency, memory_efficiency, unhidden_share : float
        As in `linear_seconds`.
    fixed_seconds : float
        What every step costs whatever its size: launches, latency between cards.
    seconds_per_token : float
        What each token costs beside: normalisations, sums between cards.

    Returns
    -------
    float
        Seconds to the first token of all these sequences.
    """
    linear = linear_seconds(
        n_tokens=1.0 * prompt_tokens * n_sequences,
        n_active_params=n_active_params,
        read_bytes=read_bytes,
        peak_flops=peak_flops,
        bandwidth=bandwidth,
        tensor_parallel=tensor_parallel,
        compute_efficiency=compute_efficiency,
        memory_efficiency=memory_efficiency,
        unhidden_share=unhidden_share,
    )
    rate = tensor_parallel * attention_peak_flops * compute_efficiency
    attention = 1.0 * n_sequences * attention_flops / rate
    return fixed_seconds + linear + attention + seconds_per_token * prompt_tokens * n_sequences


@checked
def prefill_params(layer_params, head_params, prompt_tokens):
    """Return the parameters that multiply an average token of a prompt.

    Parameters
    ----------
    layer_params : float
        Of all layers, as far as a token uses them.
    head_params : float
        Of the output matrix, which the last token alone needs.
    prompt_tokens : float

    Returns
    -------
    float
        Parameters.
    """
    return layer_params + 1.0 * head_params / prompt_tokens


@checked
def decode_step_seconds(
    batch_size,
    cached_tokens,
    n_active_params,
    read_bytes,
    bytes_per_cached_token,
    peak_flops,
    bandwidth,
    tensor_parallel=1.0,
    compute_efficiency=1.0,
    memory_efficiency=1.0,
    unhidden_share=0.0,
    kv_efficiency=1.0,
    fixed_seconds=0.0,
    seconds_per_token=0.0,
):
    """Return the time of one step that gives each sequence of a batch its next token.

    At a fixed batch the step is a straight line in the tokens that are cached: attention reads
    their keys and values after and before the linear layers, never beside them.

    Parameters
    ----------
    batch_size : float
    cached_tokens : float
        Tokens that attention reads, of all sequences together.
    n_active_params : float
        Parameters that each new token is multiplied with.
    read_bytes : float
        Bytes of the weights that any new token uses, of all cards together.
    bytes_per_cached_token : float
        Bytes that one card reads for a cached token; see `attention.cached_token_bytes`.
    peak_flops, bandwidth : float
        Of one card.
    tensor_parallel, compute_efficiency, memory_efficiency, unhidden_share : float
        As in `linear_seconds`.
    kv_efficiency : float
        Share of the bandwidth that attention reaches.
    fixed_seconds : float
        What every step costs whatever its size: launches, latency between cards.
    seconds_per_token : float
        What each new token costs beside: normalisations, sums between cards.

    Returns
    -------
    float
        Seconds: the TPOT of each sequence while the batch stays as it is.
    """
    linear = linear_seconds(
        n_tokens=batch_size,
        n_active_params=n_active_params,
        read_bytes=read_bytes,
        peak_flops=peak_flops,
        bandwidth=bandwidth,
        tensor_parallel=tensor_parallel,
        compute_efficiency=compute_efficiency,
        memory_efficiency=memory_efficiency,
        unhidden_share=unhidden_share,
    )
    attention = 1.0 * cached_tokens * bytes_per_cached_token / (bandwidth * kv_efficiency)
    return fixed_seconds + linear + attention + seconds_per_token * batch_size


@checked
def static_batch_seconds(
    prompt_seconds,
    base_seconds,
    cached_token_seconds,
    batch_size,
    prompt_tokens,
    answer_tokens,
    window_tokens=NO_WINDOW,
):
    """Return the time of a batch that starts and ends together.

    Parameters
    ----------
    prompt_seconds : float
        To process all prompts, which gives the first token of each answer.
    base_seconds : float
        Of a decode step with nothing cached.
    cached_token_seconds : float
        That each cached token adds to a step.
    batch_size : float
    prompt_tokens, answer_tokens : float
        Of each sequence.
    window_tokens : float
        The most tokens of a sequence that attention looks back on.

    Returns
    -------
    float
        Seconds, with one step for each token but the first.

    Notes
    -----
    The step for token k reads prompt + k - 1 tokens of a sequence; over k = 2 … n these are
    (n - 1)(prompt + n / 2).  Steps beyond the window read the window.
    """
    steps = answer_tokens - 1.0
    growing = minimum(maximum(1.0 * window_tokens - prompt_tokens, 0.0), steps)
    read = growing * (prompt_tokens + 0.5 * (growing + 1.0)) + (steps - growing) * window_tokens
    return prompt_seconds + steps * base_seconds + cached_token_seconds * batch_size * read


@checked
def output_rate(batch_size, answer_tokens, batch_seconds):
    """Return the output tokens a second of a batch that starts and ends together.

    Parameters
    ----------
    batch_size, answer_tokens : float
    batch_seconds : float
        From the start to the last token.

    Returns
    -------
    float
        Tokens a second of all sequences and cards together; a user sees it over `batch_size`.
    """
    return 1.0 * batch_size * answer_tokens / batch_seconds


@checked
def cost_per_million_tokens(usd_per_hour, n_devices, tokens_per_second, utilization=1.0):
    """Return what a million tokens cost on cards that are paid by the hour.

    Parameters
    ----------
    usd_per_hour : float
        Of one card.
    n_devices : float
    tokens_per_second : float
        Of all cards together: prompt tokens over the time of prefill for the cost of input,
        new tokens over the time of a step for the cost of output.
    utilization : float
        Share of the paid time in which the cards work at that rate.

    Returns
    -------
    float
        USD per million of those tokens.
    """
    seconds = 1e6 / (1.0 * tokens_per_second * utilization)
    return usd_per_hour * n_devices * seconds / 3600.0
