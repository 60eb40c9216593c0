"""One copy of a model under a service level: on how many cards, and how many requests it takes."""

from dataclasses import dataclass, replace
from functools import cached_property

from llmbook import data, fleet_plan
from llmbook.engines import Engine
from llmbook.goodput import goodput
from llmbook.simulation import Server, simulate
from llmbook.workloads import lengths, poisson_arrivals

# Cards that may share a model: those of one server, joined by its fast links.
LAYOUTS = (1, 2, 4, 8)
# Requests of a trial. With a few thousand a queue that grows has no time to be seen.
N_REQUESTS = 20_000
# Trials with other requests and other arrivals; the lowest rate of them is taken.
N_TRIALS = 3
# Share of a rate to which a trial finds it.
PRECISION = 0.02
# Layouts this near to the best of the short trials are tried in full.
NEAR = 0.9


@dataclass(frozen=True)
class Level:
    """What users are promised.

    Parameters
    ----------
    name : str
    ttft_limit, tpot_limit : float
        Seconds.
    attainment : float
        Share of the requests that keep both; 0.99 for the 99th percentile.
    """

    name: str
    ttft_limit: float
    tpot_limit: float
    attainment: float = 0.99

    @classmethod
    def of(cls, key, attainment=0.99):
        """Return a level of ``service_levels`` that has both limits."""
        row = data.row("service_levels", key)
        return cls(row.name, row.ttft_s, row.tpot_s, attainment)


@dataclass(frozen=True)
class Instance:
    """One copy of a model, the requests that it was tried with, and how many it may be given.

    Parameters
    ----------
    engine : llmbook.engines.Engine
    level : Level
    requests : tuple of numpy.ndarray
        Prompt and answer lengths.
    rate : float
        Requests a second under the level: the lowest of `rates`.
    rates : tuple of float
        What each trial found.
    """

    engine: Engine
    level: Level
    requests: tuple
    rate: float = 0.0
    rates: tuple = ()

    @property
    def cards(self):
        """Cards of this copy."""
        return int(self.engine.n_devices)

    @cached_property
    def server(self):
        """What the simulation must know."""
        engine = self.engine
        return Server(
            engine.prefill_seconds,
            engine.decode_base_seconds,
            engine.cached_token_seconds,
            engine.capacity_tokens,
            max_batch=fleet_plan.LARGEST_BATCH,
        )

    def under(self, rate, seed=0, keep_events=False):
        """Simulate requests that come at a rate.

        Parameters
        ----------
        rate : float
            Requests a second.
        seed : int
        keep_events : bool
            Whether the result has a timeline.

        Returns
        -------
        llmbook.load_results.LoadResult
        """
        arrivals = poisson_arrivals(rate, len(self.requests[0]), seed)
        return simulate(self.server, arrivals, *self.requests, keep_events=keep_events)

    @cached_property
    def load(self):
        """What users get at the rate that the level allows."""
        return self.under(self.rate)


def best_instance(
    model, accelerator, workload, level, weight_format="fp16", n_requests=N_REQUESTS, seed=0
):
    """Return the copy of a model that serves most requests for each of its cards.

    Parameters
    ----------
    model, accelerator, workload : str
        Ids of ``models``, ``accelerators`` and ``workloads``.
    level : Level
    weight_format : str
        Row of ``number_formats``.
    n_requests, seed : int
        Of each trial, and of the first; the others take the seeds after it.

    Returns
    -------
    Instance
        Its rate is one at which the level was kept in each of three long trials.

    Raises
    ------
    ValueError
        If the model fits on no server, or the level is kept at no load.
    """
    # A short trial is enough to leave out the layouts that are far from the best.
    short = [
        replace(trial, rate=_goodput(trial, 0.05, seed))
        for engine in engines(model, accelerator, weight_format)
        for trial in [drawn(engine, workload, level, max(n_requests // 20, 100), seed)]
    ]
    found = [
        replace(instance, rate=_goodput(instance, PRECISION, seed, near=rate))
        for engine, rate in _nearly_best(short)
        for instance in [drawn(engine, workload, level, n_requests, seed)]
    ]
    best = max(found, key=_rate_of_a_card)
    others = [
        _goodput(trial, PRECISION, other, near=best.rate)
        for other in range(seed + 1, seed + N_TRIALS)
        for trial in [drawn(best.engine, workload, level, n_requests, other)]
        if best.rate
    ]
    rates = (best.rate, *others)
    if not min(rates):
        raise ValueError(_unkept(found[-1], level))
    return replace(best, rate=min(rates), rates=rates)


def _nearly_best(instances):
    most = max(map(_rate_of_a_card, instances))
    return [
        (instance.engine, instance.rate)
        for instance in instances
        if _rate_of_a_card(instance) >= NEAR * most
    ]


def _rate_of_a_card(instance):
    return instance.rate / instance.cards


def engines(model, accelerator, weight_format="fp16"):
    """Return a model on each number of cards of one server that holds it.

    Parameters
    ----------
    model, accelerator : str
    weight_format : str

    Returns
    -------
    list of llmbook.engines.Engine

    Raises
    ------
    ValueError
        If the model fits on no server.
    """
    shape = data.model(model)
    found, reason = [], None
    for n_devices in LAYOUTS:
        try:
            engine = Engine.of(model, accelerator, n_devices, weight_format=weight_format)
        except ValueError as error:
            reason = error
            continue
        # Memory that holds not even one whole conversation is of no use.
        if engine.capacity_tokens >= shape.context_tokens:
            found.append(engine)
        else:
            reason = f"only {engine.capacity_tokens:g} tokens of KV cache fit beside the weights"
    if not found:
        raise ValueError(
            f"model must fit on {LAYOUTS[-1]} x {data.accelerator(accelerator).name}, the cards of "
            f"one server, got {model!r}: {reason}"
        )
    return found


def drawn(engine, workload, level, n_requests=N_REQUESTS, seed=0):
    """Return a copy with requests to try it with, its rate not yet known.

    Parameters
    ----------
    engine : llmbook.engines.Engine
    workload : str
        Id of ``workloads``.
    level : Level
    n_requests, seed : int

    Returns
    -------
    Instance
        Its requests are cut at the context of the model.
    """
    longest = min(engine.capacity_tokens, engine.model.context_tokens)
    requests = lengths(data.row("workloads", workload), n_requests, seed, longest=longest)
    return Instance(engine, level, requests)


def _goodput(instance, precision, seed, near=None):
    level = instance.level
    return goodput(
        instance.server,
        instance.requests,
        level.ttft_limit,
        level.tpot_limit,
        level.attainment,
        seed=seed,
        precision=precision,
        near=near or None,
    )


def _unkept(instance, level):
    alone = instance.under(1e-3)
    share = 100 * level.attainment
    times = {name: found[share] for name, found in alone.percentiles((share,)).items()}
    return (
        f"ttft_limit and tpot_limit must leave room for {share:g} % of the requests, got "
        f"{level.ttft_limit:g} and {level.tpot_limit:g} s: without any load {share:g} % of them "
        f"take up to {times['ttft']:.3g} and {times['tpot']:.3g} s on {instance.cards} x "
        f"{instance.engine.accelerator.name}"
    )
