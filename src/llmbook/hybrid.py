"""A model split between device and cloud: drafted tokens, round trips, and where an answer is made.

In speculative decoding a small model drafts some tokens, and the large one checks them all in one
step: it keeps those up to the first that it rejects and adds one of its own.
The acceptance is the chance that it keeps a drafted token, taken to be the same for each.
"""

from llmbook.elementwise import maximum, where
from llmbook.glossary import checked
from llmbook.qoe import exact_latency
from llmbook.transformer import weight_bytes


@checked
def expected_tokens_per_step(acceptance, draft_length):
    """Return the tokens that one step of the large model brings on average.

    Parameters
    ----------
    acceptance : float
        Chance that a drafted token is kept.
    draft_length : float
        Tokens drafted for each step.

    Returns
    -------
    float
        Tokens, from 1 to ``draft_length + 1``.

    Notes
    -----
    Leviathan et al. 2023, equation 1 (arXiv 2211.17192).  Next to an acceptance of 1 the quotient
    loses its digits; its first two terms in the rejection stand there.
    """
    rejection = 1.0 - acceptance
    full = 1.0 + draft_length
    usual = rejection > 1e-6
    quotient = (1.0 - (1.0 * acceptance) ** full) / where(usual, rejection, 1.0)
    return where(usual, quotient, full * (1.0 - draft_length * rejection / 2.0))


@checked
def speculative_speedup(acceptance, draft_length, cost_ratio, round_trip=0.0, target_step=1.0):
    """Return how many times faster tokens come than from the large model alone.

    Parameters
    ----------
    acceptance, draft_length : float
    cost_ratio : float
        A step of the draft model over one of the large model.
    round_trip : float
        Between the two, paid once a round: 0 if both run on one machine.
    target_step : float
        A step of the large model, which is also what it takes to check a draft.  Left at 1 it
        makes `round_trip` a count of steps.

    Returns
    -------
    float
        Ratio; below 1 the draft slows it down.

    Notes
    -----
    Leviathan et al. 2023, theorem 3.8 (arXiv 2211.17192), with the round trip added to the time
    of a round.
    """
    tokens = expected_tokens_per_step(acceptance, draft_length)
    drafting = draft_length * (1.0 * cost_ratio) * target_step
    return tokens * target_step / (drafting + target_step + round_trip)


@checked
def speculative_tpot(acceptance, draft_length, draft_step, target_step, round_trip):
    """Return the time of an output token when device and cloud share the work.

    Parameters
    ----------
    acceptance, draft_length : float
    draft_step, target_step : float
        A step of the draft model; a step of the large model with its check.
    round_trip : float

    Returns
    -------
    float
        Seconds a token.

    Notes
    -----
    The time of a round over the tokens it brings; see `speculative_speedup`.
    """
    tokens = expected_tokens_per_step(acceptance, draft_length)
    return (draft_length * (1.0 * draft_step) + target_step + round_trip) / tokens


@checked
def break_even_round_trip(acceptance, draft_length, cost_ratio, target_step):
    """Return the round trip at which drafting on the other side of it gains nothing.

    Parameters
    ----------
    acceptance, draft_length, cost_ratio, target_step : float
        As in `speculative_speedup`.

    Returns
    -------
    float
        Seconds; below zero no link is short enough, since the draft alone takes too long.

    Notes
    -----
    `speculative_speedup` set to 1 and solved.
    """
    gained = expected_tokens_per_step(acceptance, draft_length) - 1.0
    return (gained - draft_length * (1.0 * cost_ratio)) * target_step


@checked
def cloud_steps_saved(acceptance, draft_length):
    """Return the share of the large model's steps that drafts make unnecessary.

    Parameters
    ----------
    acceptance, draft_length : float

    Returns
    -------
    float
        0 to 1.  It depends on no clock: a slow link does not change it.

    Notes
    -----
    One step brings `expected_tokens_per_step` tokens in place of one.
    """
    return 1.0 - 1.0 / expected_tokens_per_step(acceptance, draft_length)


@checked
def operations_factor(acceptance, draft_length, operations_ratio):
    """Return the arithmetic of a token with drafts over that without.

    Parameters
    ----------
    acceptance, draft_length : float
    operations_ratio : float
        Operations of the draft model over those of the large one, for a token.

    Returns
    -------
    float
        Ratio, 1 or more: rejected tokens were computed too.

    Notes
    -----
    Leviathan et al. 2023, theorem 3.11 (arXiv 2211.17192).
    """
    tokens = expected_tokens_per_step(acceptance, draft_length)
    return (draft_length * (1.0 * operations_ratio) + draft_length + 1.0) / tokens


@checked
def step_from_memory(n_params, bytes_per_param, bandwidth):
    """Return the time of a step whose every weight has to come from memory once.

    Parameters
    ----------
    n_params, bytes_per_param : float
    bandwidth : float
        Of the device's memory.

    Returns
    -------
    float
        Seconds, a lower bound at batch 1.

    Notes
    -----
    The inverse of `serving.decode_rate_ceiling`.
    """
    return weight_bytes(n_params, bytes_per_param) / (1.0 * bandwidth)


@checked
def memory_share(total_bytes, memory_bytes):
    """Return the share of a device's memory that weights take.

    Parameters
    ----------
    total_bytes : float
    memory_bytes : float
        Of the device.

    Returns
    -------
    float
        Ratio; above 1 they do not fit, and the system needs some of the memory itself.
    """
    return total_bytes / (1.0 * memory_bytes)


@checked
def draft_cost_ratio(draft_step, target_step):
    """Return what a drafted token costs, counted in steps of the large model.

    Parameters
    ----------
    draft_step, target_step : float
        A step of the draft model; a step of the large model.

    Returns
    -------
    float
        Ratio, the `cost_ratio` of `speculative_speedup`.

    Notes
    -----
    The coefficient c of Leviathan et al. 2023, definition 3.7 (arXiv 2211.17192).
    """
    return draft_step / (1.0 * target_step)


@checked
def verification_seconds(
    n_active_params, bytes_per_param, batch_size, draft_length, bandwidth, achieved_flops
):
    """Return the time in which the large model checks the drafts of a batch.

    Parameters
    ----------
    n_active_params, bytes_per_param : float
    batch_size : float
        Sequences checked together.
    draft_length : float
        Tokens drafted for each; 0 gives the plain step of one token.
    bandwidth, achieved_flops : float
        Of all cards together.

    Returns
    -------
    float
        Seconds: what takes longer, reading the weights once or computing every position.  The KV
        cache is not in it.

    Notes
    -----
    The roofline with two FLOPs for each parameter and position.
    """
    reading = weight_bytes(n_active_params, bytes_per_param) / (1.0 * bandwidth)
    positions = batch_size * (1.0 + draft_length)
    return maximum(reading, 2.0 * n_active_params * positions / achieved_flops)


@checked
def free_verification_batch(bytes_per_param, draft_length, bandwidth, achieved_flops):
    """Return the batch up to which checking drafts takes no longer than a plain step.

    Parameters
    ----------
    bytes_per_param, draft_length : float
    bandwidth, achieved_flops : float
        Of one card or of all.

    Returns
    -------
    float
        Sequences.  Beyond it the arithmetic idle in a plain step is used up.

    Notes
    -----
    Where the two sides of `verification_seconds` meet.
    """
    return achieved_flops * (1.0 * bytes_per_param) / (2.0 * bandwidth * (1.0 + draft_length))


@checked
def batched_speedup(
    acceptance,
    draft_length,
    cost_ratio,
    n_active_params,
    bytes_per_param,
    batch_size,
    bandwidth,
    achieved_flops,
):
    """Return the speed-up of drafts on a server that answers many at once.

    Parameters
    ----------
    acceptance, draft_length : float
    cost_ratio : float
        A step of the draft model over a plain step of the large one at this batch.
    n_active_params, bytes_per_param, batch_size, bandwidth, achieved_flops : float
        As in `verification_seconds`.

    Returns
    -------
    float
        Ratio, for tokens of one sequence and of all; below 1 from some batch on.

    Notes
    -----
    `speculative_speedup` with a check that takes longer than a plain step once the batch fills
    the arithmetic units.
    """
    machine = (bandwidth, achieved_flops)
    plain = verification_seconds(n_active_params, bytes_per_param, batch_size, 0.0, *machine)
    check = verification_seconds(
        n_active_params, bytes_per_param, batch_size, draft_length, *machine
    )
    tokens = expected_tokens_per_step(acceptance, draft_length)
    return tokens * plain / (draft_length * (1.0 * cost_ratio) * plain + check)


@checked
def draft_distribution_bytes(draft_length, vocab_size, bytes_per_value):
    """Return what the device sends a round when the answer is sampled.

    Parameters
    ----------
    draft_length, vocab_size : float
    bytes_per_value : float
        Of one probability.

    Returns
    -------
    float
        Bytes, if the draft's whole distribution goes along with each drafted token.

    Notes
    -----
    Leviathan et al. 2023, algorithm 1 as it is written (arXiv 2211.17192).  Less will do: the
    check of a token needs its own probability only, and after the first rejection the token is
    drawn from what the large model gives more than the draft, at that one place; either side can
    draw it, so that one distribution can come down in place of all going up.
    """
    return draft_length * (1.0 * vocab_size) * bytes_per_value


@checked
def draft_token_bytes(draft_length, bytes_per_value):
    """Return what the device sends a round if each drafted token has one value.

    Parameters
    ----------
    draft_length : float
    bytes_per_value : float
        Of one token's number; with its probability, if the answer is sampled.

    Returns
    -------
    float
        Bytes, without headers.

    Notes
    -----
    At temperature 0 the check compares tokens; else it takes the probability that the draft gave
    to the drafted one: Leviathan et al. 2023 (arXiv 2211.17192).
    """
    return draft_length * (1.0 * bytes_per_value)


@checked
def answer_seconds(round_trip, ttft, tpot, n_tokens):
    """Return the time of a whole answer that comes over a link.

    Parameters
    ----------
    round_trip : float
        Between user and model, paid once: the tokens then stream.
    ttft, tpot : float
        At the model.
    n_tokens : float
        Of the answer, the first included.

    Returns
    -------
    float
        Seconds.

    Notes
    -----
    `qoe.exact_latency` with the link added.
    """
    return 1.0 * round_trip + exact_latency(ttft, tpot, n_tokens)


@checked
def round_trip_share(round_trip, ttft, tpot, n_tokens):
    """Return the share of a whole answer's time that is spent on the link.

    Parameters
    ----------
    round_trip, ttft, tpot, n_tokens : float
        As in `answer_seconds`.

    Returns
    -------
    float
        0 to 1: the most that moving the model next to the user can save.

    Notes
    -----
    From `answer_seconds`.
    """
    return round_trip / answer_seconds(round_trip, ttft, tpot, n_tokens)


@checked
def energy_per_token(power_watts, tokens_per_second):
    """Return the energy of an output token.

    Parameters
    ----------
    power_watts : float
        Draw of the device while it answers.
    tokens_per_second : float

    Returns
    -------
    float
        Joules.
    """
    return power_watts / (1.0 * tokens_per_second)
