"""What a user notices: the wait for the first token, the pace of the rest, and both as a score.

TTFT is the time to the first token; TPOT the time of each token after it.
"""

from llmbook.elementwise import ceil, maximum, minimum, where
from llmbook.glossary import checked
from llmbook.quantities import MINUTE


@checked
def latency(ttft, tpot, n_tokens):
    """Return the time of a whole answer by the paper's formula.

    Parameters
    ----------
    ttft, tpot : float
    n_tokens : float
        Of the answer.

    Returns
    -------
    float
        Seconds.  The first token is counted twice, once in the TTFT: `exact_latency` is less by
        one TPOT.

    Notes
    -----
    Section IV of the paper, after Agarwal et al. 2023.
    """
    return ttft + tpot * (1.0 * n_tokens)


@checked
def exact_latency(ttft, tpot, n_tokens):
    """Return the time of a whole answer whose first token came with the TTFT.

    Parameters
    ----------
    ttft, tpot : float
    n_tokens : float
        Of the answer, the first included.

    Returns
    -------
    float
        Seconds.

    Notes
    -----
    Follows from the definition of TPOT in `tpot_of_latency`.
    """
    return ttft + tpot * maximum(1.0 * n_tokens - 1.0, 0.0)


@checked
def tpot_of_latency(seconds, ttft, n_tokens):
    """Return the time of each token after the first, from a measured answer.

    Parameters
    ----------
    seconds : float
        From the request to the last token.
    ttft : float
        From the request to the first token, of the same answer.
    n_tokens : float
        Of the answer, the first included.

    Returns
    -------
    float
        Seconds a token; 0 for an answer of one token, which has none after the first.

    Notes
    -----
    The usual definition of load generators: the first token is in the TTFT and counts once.
    """
    after_first = 1.0 * n_tokens - 1.0
    several = after_first > 0.0
    return where(several, (1.0 * seconds - ttft) / where(several, after_first, 1.0), 0.0)


@checked
def end_to_end_rate(ttft, tpot, n_tokens):
    """Return the tokens a second of one request, the wait for the first token included.

    Parameters
    ----------
    ttft, tpot : float
    n_tokens : float
        Of the answer, the first included.

    Returns
    -------
    float
        Tokens a second: what benchmarks call output throughput of a request.  The pace after
        the first token is 1 / TPOT; the throughput of a system is the sum over its users.
    """
    return n_tokens / (1.0 * exact_latency(ttft, tpot, n_tokens))


@checked
def words_per_minute(tpot, words_per_token):
    """Return the words a minute that arrive at this pace.

    Parameters
    ----------
    tpot, words_per_token : float

    Returns
    -------
    float
        Words a minute: 450 at 100 ms and 0.75 words a token.
    """
    return MINUTE * words_per_token / (1.0 * tpot)


@checked
def tpot_of_words(words_per_minute, words_per_token):
    """Return the slowest pace that still feeds a reader or listener.

    Parameters
    ----------
    words_per_minute : float
        That the person takes in.
    words_per_token : float

    Returns
    -------
    float
        Seconds a token.
    """
    return MINUTE * words_per_token / (1.0 * words_per_minute)


@checked
def qoe_score(ttft, tpot, n_tokens, expected_ttft, reading_tpot):
    """Score how far behind the user's wishes an evenly delivered answer becomes readable.

    Parameters
    ----------
    ttft, tpot : float
        As delivered.
    n_tokens : float
        Of the answer, the first included.
    expected_ttft : float
        When the user is ready to read.
    reading_tpot : float
        Time that the user takes for a token.

    Returns
    -------
    float
        From 0 to 1; exactly 1 when TTFT and TPOT are no longer than the user's own.

    Notes
    -----
    From Andes (Liu et al. 2024, arXiv 2404.16283): the score 1 - S_delay / S_whole, areas in
    the plane of tokens against time; the ideal timeline, whose token i is due at expected_ttft +
    (i - 1) reading_tpot; the user's timeline, on which a token is read when it has come and the
    one before has been read, so that tokens ahead of the reader neither help nor harm; and
    S_whole as the area under the ideal timeline from expected_ttft to the user's end.

    Simplified here: tokens come at equal intervals, token i at ttft + (i - 1) tpot, which makes
    both areas sums of arithmetic progressions; the reader never starts before expected_ttft, so
    an early first token lends nothing but a stock against a slow pace; timelines are stairs, and
    the user's end is when the last token has been read.

    Because S_whole ends with the user, the score is a share of the time spent, of which Andes'
    definition has an odd consequence: after a late start a slower pace can score better.
    """
    n_tokens = 1.0 * n_tokens
    late_start = 1.0 * ttft - expected_ttft
    slower = maximum(1.0 * tpot - reading_tpot, 0.0)
    # Token j, counted from 0, is read late by late_start + j slower once that is positive.
    stock = minimum(maximum(-late_start, 0.0) / where(slower > 0.0, slower, 1.0), n_tokens)
    first_late = ceil(stock)
    first_delay = maximum(late_start + first_late * slower, 0.0)
    last_delay = maximum(late_start + (n_tokens - 1.0) * slower, 0.0)
    delayed = maximum(n_tokens - first_late, 0.0) * (first_delay + last_delay) / 2.0
    waiting = maximum(n_tokens * last_delay - delayed, 0.0)
    read = reading_tpot * n_tokens * (n_tokens + 1.0) / 2.0 + waiting
    return read / (read + delayed)
