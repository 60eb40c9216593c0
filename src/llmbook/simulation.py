"""A server under load: continuous batching, simulated from event to event.

The server works in steps. A decode step gives one token to every running request. Nothing happens
between two events (an arrival, an admission, a completion, a full memory), so all steps up to the
next event are taken at once: k steps of B requests that begin with C cached tokens take
``k * (base(B) + c * C) + c * B * k * (k - 1) / 2`` seconds.

Requests are served in the order of arrival; one that does not fit holds back those behind it.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from llmbook.load_results import LoadResult

SCHEDULING = ("prefill-first", "chunked")
MEMORY = ("reserve", "paged")


@dataclass(frozen=True)
class Server:
    """What a simulation must know of a server; any object with these attributes will do.

    Attributes
    ----------
    prefill_seconds : callable
        Seconds to read a prompt of so many tokens, and to give its first token.
    decode_base_seconds : callable
        Seconds of a decode step at a batch size, without reading the KV cache.
    cached_token_seconds : float
        Added to a step for each cached token of the whole batch.
    capacity_tokens : float
        Tokens for whose KV cache there is memory.
    max_batch : int
        Most requests that run together.
    """

    prefill_seconds: Callable
    decode_base_seconds: Callable
    cached_token_seconds: float
    capacity_tokens: float
    max_batch: int


@dataclass(frozen=True)
class Policy:
    """In which order a server works, and how it gives memory away.

    Attributes
    ----------
    scheduling : str
        ``"prefill-first"``: a waiting request that fits is read at once, while decoding stands
        still. ``"chunked"``: prompts are read in chunks, one chunk of one request in a step, that
        ride along with the decode step; the longer of the two sets the time, the chunk counting
        as one more request of the batch (after Sarathi-Serve).
    memory : str
        ``"reserve"``: prompt and whole answer are reserved at admission. ``"paged"``: only what
        is cached counts; a request is admitted if its prompt fits and everyone can then take a
        step; when memory is full, the youngest loses its cache, waits again as the first of the
        queue and later computes prompt and answer so far anew (after vLLM).
    chunk_tokens : int
        Most prompt tokens in a step, for ``"chunked"``.
    """

    scheduling: str = "prefill-first"
    memory: str = "paged"
    chunk_tokens: int = 512

    def __post_init__(self):
        for name, value, known in (
            ("scheduling", self.scheduling, SCHEDULING),
            ("memory", self.memory, MEMORY),
        ):
            if value not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
        _whole("chunk_tokens", self.chunk_tokens)


@dataclass(frozen=True)
class ClosedLoop:
    """What a fixed number of users get who ask again as soon as they are answered.

    Attributes
    ----------
    n_users : int
    requests_per_second, tokens_per_second : float
        Finished requests and answer tokens a second while all users are at work.
    result : LoadResult
        All requests, those of the start and the end included.
    """

    n_users: int
    requests_per_second: float
    tokens_per_second: float
    result: LoadResult


def simulate(server, arrivals, prompt_tokens, answer_tokens, policy=None, keep_events=False):
    """Serve requests that come at given times.

    Parameters
    ----------
    server : Server
        Or an object with its attributes.
    arrivals : sequence of float
        Seconds, in any order.
    prompt_tokens, answer_tokens : sequence of int
        Lengths of each request, at least 1; the prefill gives the first token of the answer.
    policy : Policy, optional
    keep_events : bool
        Whether the result holds every event.

    Returns
    -------
    LoadResult

    Raises
    ------
    ValueError
        If the sequences are empty, differ in length or hold what cannot be a time or a length,
        or a request is longer than the memory.
    """
    arrival = _times(arrivals)
    prompt, answer = _lengths(server, prompt_tokens, answer_tokens, len(arrival))
    # Nothing may depend on the order in which the requests are written down.
    order = np.lexsort((answer, prompt, arrival))
    run = _Run(
        server,
        policy or Policy(),
        arrival[order].tolist(),
        prompt[order].tolist(),
        answer[order].tolist(),
        keep_events,
    )
    run.work()
    return run.result(order)


def closed_loop(server, n_users, prompt_tokens, answer_tokens, policy=None, rounds=20):
    """Serve users who each ask again as soon as their answer is complete.

    Parameters
    ----------
    server : Server
    n_users : int
    prompt_tokens, answer_tokens : int or sequence of int
        Lengths; a sequence is given out again and again.
    policy : Policy, optional
    rounds : int
        Requests per user, at least 3: the first and the last round are not measured.

    Returns
    -------
    ClosedLoop

    Raises
    ------
    ValueError
        As `simulate`, and if `n_users` or `rounds` is no such number.
    """
    n_users, rounds = _whole("n_users", n_users), _whole("rounds", rounds, least=3)
    n = n_users * rounds
    prompt, answer = _lengths(server, np.resize(prompt_tokens, n), np.resize(answer_tokens, n), n)
    arrival = [0.0] * n_users + [math.inf] * (n - n_users)
    run = _Run(server, policy or Policy(), arrival, prompt.tolist(), answer.tolist(), False)
    run.next_free_user = n_users
    run.work()
    result = run.result(np.arange(n))
    by_finish = np.argsort(result.finish, kind="stable")
    measured = by_finish[n_users : n - n_users]
    start, end = result.finish[by_finish[[n_users - 1, n - n_users - 1]]]
    return ClosedLoop(
        n_users,
        len(measured) / float(end - start),
        float(answer[measured].sum() / (end - start)),
        result,
    )


class _Run:
    """The state of a server while it works through sorted requests."""

    def __init__(self, server, policy, arrival, prompt, answer, keep_events):
        self.arrival, self.prompt, self.answer = arrival, prompt, answer
        n = len(arrival)
        self.first_token, self.finish = [math.nan] * n, [math.nan] * n
        self.per_cached = _positive("cached_token_seconds", server.cached_token_seconds, True)
        self.capacity = server.capacity_tokens
        self.max_batch = _whole("max_batch", server.max_batch)
        self.prefill_seconds = _Cached("prefill_seconds", server.prefill_seconds)
        self.base_seconds = _Cached("decode_base_seconds", server.decode_base_seconds)
        self.paged = policy.memory == "paged"
        self.chunk = policy.chunk_tokens if policy.scheduling == "chunked" else None
        self.now, self.next_arrival, self.unfinished = 0.0, 0, n
        self.next_free_user = None
        self.waiting = deque()
        self.given = [0] * n  # tokens of the answer that exist, of requests that wait
        self.reading, self.read, self.to_read = None, 0, 0  # the request in prefill
        self.batch, self.cached, self.reserved = 0, 0, 0
        self.step = 0
        self.last_step = [None] * n  # the step that completes a running request
        self.completions = []  # heap of (step, request); stale after a preemption
        self.youngest = []  # running requests by admission; stale after completion
        self.preemptions = self.recomputed = self.decode_tokens = self.peak_batch = 0
        self.busy, self.waiting_at_last = 0.0, None
        self.events = [] if keep_events else None

    def work(self):
        """Serve until every request is finished."""
        while self.unfinished:
            self._take_arrivals()
            if self.reading is None and self._head_fits():
                self._admit()
            if self.paged:
                self._make_room()
            if self.reading is not None:
                self._read_prompt()
            elif self.batch:
                self._decode()
            else:
                self.now = self.arrival[self.next_arrival]

    def result(self, order):
        """Return what was found, request i being written down as number ``order[i]``."""
        back = np.argsort(order)
        columns = (self.arrival, self.first_token, self.finish, self.prompt, self.answer)
        arrays = [np.array(column)[back] for column in columns]
        events = sorted(self.events or (), key=lambda event: event[0])
        return LoadResult(
            *arrays,
            preemptions=self.preemptions,
            recomputed_tokens=self.recomputed,
            decode_steps=self.step,
            decode_tokens=self.decode_tokens,
            busy_seconds=self.busy,
            peak_batch=self.peak_batch,
            waiting_at_last_arrival=self.waiting_at_last,
            events=tuple((time, kind, int(order[i])) for time, kind, i in events),
        )

    def _take_arrivals(self):
        arrival, n = self.arrival, len(self.arrival)
        while self.next_arrival < n and arrival[self.next_arrival] <= self.now:
            i = self.next_arrival
            self.waiting.append(i)
            self._log("arrive", i, arrival[i])
            self.next_arrival += 1
            if self.next_arrival == n:
                self.waiting_at_last = len(self.waiting)

    def _head_fits(self):
        if not self.waiting or self.batch >= self.max_batch:
            return False
        i = self.waiting[0]
        if self.paged:
            needed = self.prompt[i] + self.given[i] + self.batch + 1
            return self.cached + needed <= self.capacity
        return self.reserved + self.prompt[i] + self.answer[i] <= self.capacity

    def _admit(self):
        i = self.waiting.popleft()
        self.reading, self.read, self.to_read = i, 0, self.prompt[i] + self.given[i]
        self.reserved += self.prompt[i] + self.answer[i]
        self.youngest.append(i)
        self._log("admit", i)

    def _make_room(self):
        """Preempt the youngest until every decoding request can grow by a token."""
        while self.cached + (self.to_read if self.reading is not None else 0) + self.batch > (
            self.capacity
        ):
            i = self.youngest.pop()
            if i == self.reading:
                self.reading, lost = None, self.read
            elif self.last_step[i] is not None:
                left = self.last_step[i] - self.step
                self.given[i] = self.answer[i] - left
                lost = self.prompt[i] + self.given[i] - 1
                self.cached -= lost
                self.batch -= 1
                self.last_step[i] = None
            else:
                continue
            self.preemptions += 1
            self.recomputed += lost
            self.waiting.appendleft(i)
            self._log("preempt", i)

    def _read_prompt(self):
        """Read the prompt, or a chunk of it beside a decode step."""
        read = self.to_read if self.chunk is None else min(self.read + self.chunk, self.to_read)
        seconds = self.prefill_seconds[read]
        if self.chunk is not None:
            if self.read:
                seconds -= self.prefill_seconds[self.read]
            seconds = max(self.base_seconds[self.batch + 1], seconds)
        self.read = read
        if self.chunk is not None and self.batch:
            self._advance(1, seconds + self.per_cached * self.cached)
        else:
            self._spend(seconds)
        if self.read == self.to_read:
            self._start_decoding()

    def _start_decoding(self):
        i, self.reading = self.reading, None
        if not self.given[i]:
            self.first_token[i] = self.now
        left = self.answer[i] - self.given[i] - 1
        if not left:
            self._finish(i)
            return
        self.batch += 1
        self.cached += self.to_read
        self.last_step[i] = self.step + left
        heapq.heappush(self.completions, (self.last_step[i], i))

    def _decode(self):
        """Take all decode steps up to the next event."""
        completions = self.completions
        while self.last_step[completions[0][1]] != completions[0][0]:
            heapq.heappop(completions)
        steps = completions[0][0] - self.step
        if self.paged:
            steps = min(steps, int((self.capacity - self.cached) // self.batch))
        if not self.waiting and self.next_arrival < len(self.arrival):
            steps = min(steps, self._steps_until(self.arrival[self.next_arrival]))
        self._advance(steps, self._decode_seconds(steps))

    def _decode_seconds(self, steps):
        first = self.base_seconds[self.batch] + self.per_cached * self.cached
        return steps * first + self.per_cached * self.batch * (steps * (steps - 1) / 2)

    def _steps_until(self, time):
        """Return the fewest decode steps that last until a time."""
        gap = time - self.now
        if gap == math.inf:
            return gap
        growth = self.per_cached * self.batch / 2
        first = self.base_seconds[self.batch] + self.per_cached * self.cached - growth
        steps = max(1, math.ceil(2 * gap / (first + math.sqrt(first**2 + 4 * growth * gap))))
        # The root is rounded; the sum decides.
        while self._decode_seconds(steps) < gap:
            steps += 1
        while steps > 1 and self._decode_seconds(steps - 1) >= gap:
            steps -= 1
        return steps

    def _advance(self, steps, seconds):
        """Give every running request so many tokens and let the complete ones go."""
        self._spend(seconds)
        self.step += steps
        self.cached += self.batch * steps
        self.decode_tokens += self.batch * steps
        self.peak_batch = max(self.peak_batch, self.batch)
        completions = self.completions
        while completions and completions[0][0] <= self.step:
            step, i = heapq.heappop(completions)
            if self.last_step[i] == step:
                self.batch -= 1
                self.cached -= self.prompt[i] + self.answer[i] - 1
                self._finish(i)

    def _finish(self, i):
        self.last_step[i] = None
        self.finish[i] = self.now
        self.reserved -= self.prompt[i] + self.answer[i]
        self.unfinished -= 1
        self._log("finish", i)
        if self.next_free_user is not None and self.next_free_user < len(self.arrival):
            self.arrival[self.next_free_user] = self.now
            self.next_free_user += 1

    def _spend(self, seconds):
        self.now += seconds
        self.busy += seconds

    def _log(self, kind, i, time=None):
        if self.events is not None:
            self.events.append((self.now if time is None else time, kind, i))


class _Cached(dict):
    """Seconds by tokens or batch size, asked of the server once each."""

    def __init__(self, name, function):
        self.name, self.function = name, function

    def __missing__(self, key):
        self[key] = _positive(f"{self.name}({key})", self.function(key))
        return self[key]


def _positive(name, value, zero=False):
    value = float(value)
    if not (value > 0 or (zero and value == 0)) or value == math.inf:
        raise ValueError(f"{name} must be finite and above 0, got {value!r}")
    return value


def _whole(name, value, least=1):
    if isinstance(value, bool) or value != int(value) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
    return int(value)


def _times(arrivals):
    times = _column("arrivals", arrivals)
    if not times.size:
        raise ValueError("arrivals must hold at least one request, got none")
    _refuse("arrivals", times, times < 0, "at least 0")
    return times


def _lengths(server, prompt_tokens, answer_tokens, n):
    found = []
    for name, values in (("prompt_tokens", prompt_tokens), ("answer_tokens", answer_tokens)):
        column = _column(name, values)
        if len(column) != n:
            raise ValueError(f"{name} must hold {n} numbers, one a request, got {len(column)}")
        _refuse(name, column, (column < 1) | (column % 1 != 0), "a whole number of at least 1")
        found.append(column.astype(np.int64))
    prompt, answer = found
    _positive("capacity_tokens", server.capacity_tokens)
    _refuse(
        "prompt_tokens + answer_tokens",
        prompt + answer,
        prompt + answer > server.capacity_tokens,
        f"at most the memory of the server, {server.capacity_tokens:g} tokens",
    )
    return prompt, answer


def _column(name, values):
    try:
        column = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers, got {values!r}") from None
    if column.ndim != 1:
        raise ValueError(f"{name} must be one column of numbers, got {column.ndim} dimensions")
    _refuse(name, column, ~np.isfinite(column), "finite")
    return column


def _refuse(name, column, wrong, allowed):
    if wrong.any():
        i = int(np.argmax(wrong))
        raise ValueError(f"{name} must be {allowed}, got {column[i]:g} for request {i}")
