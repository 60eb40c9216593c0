"""What a load simulation found: times of each request, and what follows from them."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class LoadResult:
    """What happened to every request of a run, in the order in which the requests were given.

    Attributes
    ----------
    arrival, first_token, finish : numpy.ndarray
        Seconds from the start of the run.
    prompt_tokens, answer_tokens : numpy.ndarray
        Lengths of the requests.
    preemptions : int
        How often a request lost its cache to older ones.
    recomputed_tokens : int
        Tokens whose cache had to be computed again for that reason.
    decode_steps, decode_tokens : int
        Steps that gave every running request a token, and the tokens that they gave.
    busy_seconds : float
        Time in which the server worked.
    peak_batch : int
        Most requests that decoded in one step.
    waiting_at_last_arrival : int
        Requests without a place when the last one came, that one included.
    events : tuple of (float, str, int)
        Time, kind (``"arrive"``, ``"admit"``, ``"preempt"``, ``"finish"``) and request, by time;
        empty unless the run was asked to keep them.
    """

    arrival: np.ndarray
    first_token: np.ndarray
    finish: np.ndarray
    prompt_tokens: np.ndarray
    answer_tokens: np.ndarray
    preemptions: int
    recomputed_tokens: int
    decode_steps: int
    decode_tokens: int
    busy_seconds: float
    peak_batch: int
    waiting_at_last_arrival: int
    events: tuple = field(default=(), repr=False)

    @cached_property
    def ttft(self):
        """Seconds from arrival to the first token (TTFT)."""
        return self.first_token - self.arrival

    @cached_property
    def tpot(self):
        """Mean seconds between the tokens of a request (TPOT); NaN where there is one token."""
        gaps = np.where(self.answer_tokens > 1, self.answer_tokens - 1.0, np.nan)
        return (self.finish - self.first_token) / gaps

    @cached_property
    def latency(self):
        """Seconds from arrival to the last token."""
        return self.finish - self.arrival

    @property
    def seconds(self):
        """Return the time from the first arrival to the last token."""
        return float(self.finish.max() - self.arrival.min())

    @property
    def output_tokens(self):
        """Return the tokens of all answers."""
        return int(self.answer_tokens.sum())

    @property
    def requests_per_second(self):
        """Return the requests finished a second."""
        return len(self.arrival) / self.seconds

    @property
    def tokens_per_second(self):
        """Return the answer tokens a second, over all users."""
        return self.output_tokens / self.seconds

    @property
    def utilization(self):
        """Return the share of the time in which the server worked."""
        return self.busy_seconds / self.seconds

    @property
    def mean_batch(self):
        """Return the requests that a decode step served, on average; NaN if there was none."""
        return self.decode_tokens / self.decode_steps if self.decode_steps else float("nan")

    @property
    def saturated(self):
        """Say whether the requests came faster than the server can work.

        Two things must hold. When the last request came, more were waiting than twice the square
        root of their number: the queue of a server that keeps up does not grow with the length
        of the run, at the very edge it grows like the square root, beyond it in proportion. And
        the mean TTFT of the second half of the requests is above 1.5 times that of the first
        half (a growing queue gives 3).
        """
        n = len(self.arrival)
        by_arrival = self.ttft[np.argsort(self.arrival, kind="stable")]
        first, second = by_arrival[: n // 2], by_arrival[n // 2 :]
        queue = self.waiting_at_last_arrival > 2.0 * n**0.5
        return bool(queue and second.mean() > 1.5 * first.mean())

    def attainment(self, ttft_limit, tpot_limit):
        """Return the share of the requests that keep both limits.

        Parameters
        ----------
        ttft_limit, tpot_limit : float
            Seconds.

        Returns
        -------
        float
            An answer of one token has no TPOT and keeps that limit.
        """
        return float(np.mean((self.ttft <= ttft_limit) & ~(self.tpot > tpot_limit)))

    def percentiles(self, levels=(50, 90, 99)):
        """Return the percentiles of the three times that users feel.

        Parameters
        ----------
        levels : sequence of float

        Returns
        -------
        dict of str to dict of float to float
            ``{"ttft": {50: …}, "tpot": …, "latency": …}`` in seconds; one-token answers do not
            count in the TPOT.
        """
        named = {"ttft": self.ttft, "tpot": self.tpot, "latency": self.latency}
        return {name: percentiles(values, levels) for name, values in named.items()}

    def mean_score(self, score, **arguments):
        """Return the mean over the requests of a score of TTFT, TPOT and length.

        Parameters
        ----------
        score : callable
            Such as ``llmbook.qoe.qoe_score``; called once with the arrays ``ttft``, ``tpot``
            (a nanosecond for a one-token answer, which has none) and ``n_tokens``.
        **arguments
            What else the score takes.

        Returns
        -------
        float
        """
        tpot, n_tokens = np.nan_to_num(self.tpot, nan=1e-9), self.answer_tokens.astype(float)
        return float(np.mean(score(ttft=self.ttft, tpot=tpot, n_tokens=n_tokens, **arguments)))

    def timeline(self):
        """Return how many requests waited and ran after every event.

        Returns
        -------
        tuple of numpy.ndarray
            Times, number waiting, number running (in prefill or decoding).

        Raises
        ------
        ValueError
            If the run kept no events.
        """
        if not self.events:
            raise ValueError("events were not kept: run the simulation with keep_events=True")
        times, kinds, _ = zip(*self.events, strict=True)
        changes = {"arrive": (1, 0), "admit": (-1, 1), "preempt": (1, -1), "finish": (0, -1)}
        waiting, running = np.cumsum([changes[kind] for kind in kinds], axis=0).T
        return np.array(times), waiting, running


def percentiles(values, levels=(50, 90, 99)):
    """Return percentiles, interpolated between neighbours.

    Parameters
    ----------
    values : sequence of float
        NaN stands for a value that does not exist and is left out.
    levels : sequence of float
        0 to 100.

    Returns
    -------
    dict of float to float
        NaN if there is no value.

    Raises
    ------
    ValueError
        If a level is outside 0 to 100.
    """
    for level in levels:
        if not 0 <= level <= 100:
            raise ValueError(f"levels must be from 0 to 100, got {level!r}")
    found = np.asarray(values, dtype=float)
    found = found[~np.isnan(found)]
    if not found.size:
        return dict.fromkeys(levels, float("nan"))
    return dict(zip(levels, np.percentile(found, levels).tolist(), strict=True))
