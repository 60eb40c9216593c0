"""Requests to load a server with: lengths from published statistics, arrivals at random."""

import numpy as np

LENGTHS = ("prompt", "answer")


def poisson_arrivals(rate, n, seed):
    """Draw arrivals that know nothing of each other.

    Parameters
    ----------
    rate : float
        Requests a second.
    n : int
        Number of arrivals.
    seed : int
        The same seed at another rate gives the same pattern, stretched.

    Returns
    -------
    numpy.ndarray
        Seconds, ascending.

    Raises
    ------
    ValueError
        If the rate is not positive and finite, or `n` is below 1.
    """
    if not 0 < rate < float("inf"):
        raise ValueError(f"rate must be finite and above 0, got {rate!r}")
    _check_number(n)
    return np.cumsum(np.random.default_rng([seed, 0]).exponential(size=n)) / rate


def lengths(workload, n, seed, longest=None):
    """Draw prompt and answer lengths that have the published median and mean.

    Parameters
    ----------
    workload : object
        A row of ``workloads`` with mean and median of both lengths.
    n : int
        Number of requests.
    seed : int
    longest : float, optional
        Most tokens of prompt and answer together, such as a context window; the answer is cut
        first to this less one, then the prompt to what is left.

    Returns
    -------
    tuple of numpy.ndarray
        Prompt tokens and answer tokens, whole and at least 1.

    Raises
    ------
    ValueError
        If the row gives no median or none below the mean, `n` is below 1 or `longest` below 2.

    Notes
    -----
    Log-normal: the logarithm has the mean ``ln(median)`` and the variance
    ``2 * ln(mean / median)``. Prompt and answer are drawn independently, and the bumps of the
    real distributions (templates, context limits) are lost. Cutting at the largest length of the
    row lowers the mean a little.
    """
    _check_number(n)
    generator = np.random.default_rng([seed, 1])
    prompt, answer = (_draw(workload, name, generator.standard_normal(n)) for name in LENGTHS)
    if longest is not None:
        if not longest >= 2:
            raise ValueError(f"longest must be at least 2 tokens, got {longest!r}")
        answer = np.minimum(answer, np.floor(longest) - 1)
        prompt = np.minimum(prompt, np.floor(longest) - answer)
    return prompt.astype(np.int64), answer.astype(np.int64)


def _draw(workload, name, normal):
    mean, median, most = (
        getattr(workload, f"{kind}_{name}_tokens") for kind in ("mean", "median", "max")
    )
    if mean is None or median is None:
        raise ValueError(
            f"workload must give mean and median of its {name} tokens, {workload.id} does not"
        )
    if not mean > median:
        raise ValueError(
            f"mean_{name}_tokens must be above the median, "
            f"got {mean:g} and {median:g} for {workload.id}"
        )
    drawn = median * np.exp(normal * np.sqrt(2.0 * np.log(mean / median)))
    return np.clip(np.rint(drawn), 1.0, most or np.inf)


def _check_number(n):
    if isinstance(n, bool) or n != int(n) or n < 1:
        raise ValueError(f"n must be a whole number of at least 1, got {n!r}")
