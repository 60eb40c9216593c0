"""A server that is always full: what users get who share it, by continuous batching.

As soon as an answer ends the next prompt is processed, while the other answers wait; nobody
queues.  With arrivals by chance, `llmbook.simulation` says what the queue adds.
"""

from llmbook.elementwise import maximum, minimum
from llmbook.glossary import checked


@checked
def mean_cached_tokens(batch_size, prompt_tokens, answer_tokens):
    """Return the tokens in the KV cache of a full server, at a random moment.

    Parameters
    ----------
    batch_size : float
    prompt_tokens, answer_tokens : float
        Of each request.

    Returns
    -------
    float
        Tokens: each answer is half made on average.
    """
    return batch_size * (prompt_tokens + 0.5 * answer_tokens)


@checked
def interleaved_tpot(decode_seconds, prompt_seconds, batch_size, answer_tokens):
    """Return the mean time between two tokens of a user, the prompts of others included.

    Parameters
    ----------
    decode_seconds : float
        Of a decode step.
    prompt_seconds : float
        To process one prompt.
    batch_size, answer_tokens : float

    Returns
    -------
    float
        Seconds: while an answer is made, every other place of the batch takes a new prompt once.
    """
    return decode_seconds + (batch_size - 1.0) * prompt_seconds / answer_tokens


@checked
def prompt_rate(prompt_tokens, prompt_seconds):
    """Return the prompt tokens a second while prompts are processed.

    Parameters
    ----------
    prompt_tokens, prompt_seconds : float
        Of one prompt.

    Returns
    -------
    float
        Tokens a second of all cards together.
    """
    return 1.0 * prompt_tokens / prompt_seconds


@checked
def decode_rate(batch_size, decode_seconds):
    """Return the new tokens a second while answers are made.

    Parameters
    ----------
    batch_size, decode_seconds : float

    Returns
    -------
    float
        Tokens a second of all users and cards together.
    """
    return 1.0 * batch_size / decode_seconds


@checked
def places(capacity_tokens, prompt_tokens, answer_tokens):
    """Return how many requests the memory holds at once.

    Parameters
    ----------
    capacity_tokens : float
        Tokens for whose KV cache there is memory.
    prompt_tokens, answer_tokens : float
        Of each request, room for the whole answer kept from the start.

    Returns
    -------
    float
        Requests, the fraction of one that is left over included.
    """
    return 1.0 * capacity_tokens / (1.0 * prompt_tokens + answer_tokens)


@checked
def filled_places(batch_size, request_places):
    """Return how many requests run if so many are to, and there is memory for so many.

    Parameters
    ----------
    batch_size : float
    request_places : float
        As `places` gives them.

    Returns
    -------
    float
        Requests, at least one.
    """
    return maximum(1.0, minimum(1.0 * batch_size, 1.0 * request_places))
