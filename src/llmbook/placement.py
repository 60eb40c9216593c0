"""Where an answer is best made: on the device, at the edge or in the cloud.

A place says how long an answer takes there and what it costs.  A device answers one question at a
time and is paid already; a fleet of cards shares its rent between all who ask, so its cost depends
on the load, and so does its speed.
"""

from dataclasses import dataclass, fields, replace

from llmbook import data, devices, hybrid, serving
from llmbook.engines import Engine
from llmbook.formula import check
from llmbook.glossary import GLOSSARY
from llmbook.quantities import HOUR
from llmbook.transformer import model_active_params, model_params

NOWHERE = "nowhere"
_HALVINGS = 60


class CannotAnswer(ValueError):
    """A place cannot take a request: the model does not fit, or the load is beyond it."""


@dataclass(frozen=True)
class Request:
    """What is asked, and how often.

    Parameters
    ----------
    prompt_tokens, answer_tokens : float
    load : float
        Such requests a second in the area that one edge site serves.
    """

    prompt_tokens: float
    answer_tokens: float
    load: float

    def __post_init__(self):
        for name in ("prompt_tokens", "answer_tokens", "load"):
            value = getattr(self, name)
            if not 0 < value < float("inf"):
                raise ValueError(f"{name} must be a finite number above 0, got {value!r}")


@dataclass(frozen=True)
class Outcome:
    """What one place does with a request.

    Parameters
    ----------
    place : str
    seconds : float
        Of the whole answer, the link included.
    ttft, tpot : float
        Seconds, at the place.
    usd : float
        An answer.
    batch_size : float
        Sequences that are answered together.
    n_cards : float
        In use.
    """

    place: str
    seconds: float
    ttft: float
    tpot: float
    usd: float
    batch_size: float
    n_cards: float


@dataclass(frozen=True)
class OnDevice:
    """A model on the user's own machine.

    Parameters
    ----------
    machine : llmbook.devices.Machine
    model, number_format : str
        Of ``models`` and ``number_formats``.
    usd_per_kwh : float
        Of the electricity, all that an answer costs: the machine is paid.
    name : str
    share_of_ceiling : float
        Of its nominal bandwidth and arithmetic rate, that it reaches.
    """

    machine: devices.Machine
    model: str
    number_format: str
    usd_per_kwh: float = 0.0
    name: str = "device"
    share_of_ceiling: float = 1.0

    def __post_init__(self):
        _check_money("usd_per_kwh", self.usd_per_kwh)
        if not 0 < self.share_of_ceiling <= 1:
            raise ValueError(
                f"share_of_ceiling must be above 0 and at most 1, got {self.share_of_ceiling!r}"
            )
        data.model(self.model)
        data.row("number_formats", self.number_format)

    def serve(self, request, limit_seconds=None):
        """Return the `Outcome` of a request; the limit changes nothing.

        Raises
        ------
        CannotAnswer
            If the model does not fit or a number of the machine is not known.
        """
        row = data.model(self.model)
        width = data.row("number_formats", self.number_format).bytes_per_value
        try:
            tpot = devices.draft_step_seconds(self.model, self.number_format, self.machine.id)
        except ValueError as error:
            raise CannotAnswer(str(error)) from error
        if self.machine.peak_flops is None:
            raise CannotAnswer(f"{self.machine.name} has no known arithmetic rate")
        if self.machine.power_watts is None and self.usd_per_kwh:
            raise CannotAnswer(f"{self.machine.name} has no known power, so its cost is not known")
        ttft = serving.linear_seconds(
            n_tokens=request.prompt_tokens,
            n_active_params=model_active_params(row),
            read_bytes=model_params(row) * width,
            peak_flops=self.machine.peak_flops,
            bandwidth=self.machine.bandwidth,
        )
        ttft, tpot = ttft / self.share_of_ceiling, tpot / self.share_of_ceiling
        seconds = hybrid.answer_seconds(0.0, ttft, tpot, request.answer_tokens)
        joules = (self.machine.power_watts or 0.0) * seconds
        usd = joules / HOUR / 1e3 * self.usd_per_kwh
        return Outcome(self.name, seconds, ttft, tpot, usd, 1.0, 1.0)


@dataclass(frozen=True)
class Fleet:
    """Cards at the edge or in the cloud, rented by the hour, on which one model runs.

    Parameters
    ----------
    name : str
    engine : llmbook.engines.Engine
        One copy of the model on its cards.
    usd_per_hour : float
        Of one card.
    round_trip : float
        From the user and back.
    max_cards : float
        That can be had.
    pooled_sites : float
        Areas that it serves together: 1 for an edge site, many for a cloud.
    """

    name: str
    engine: Engine
    usd_per_hour: float
    round_trip: float
    max_cards: float = 1e6
    pooled_sites: float = 1.0

    def __post_init__(self):
        check("round_trip", self.round_trip, GLOSSARY["round_trip"])
        _check_money("usd_per_hour", self.usd_per_hour)
        if self.max_cards < self.engine.n_devices or self.pooled_sites < 1:
            raise ValueError(
                f"{self.name} must have cards for one copy and serve one site at least, got "
                f"{self.max_cards!r} cards and {self.pooled_sites!r} sites"
            )

    def serve(self, request, limit_seconds=None):
        """Return the `Outcome` of a request, on as few copies of the model as will do.

        Parameters
        ----------
        request : Request
        limit_seconds : float, optional
            Copies are added until an answer takes no longer; if none are enough, as few as keep
            up with the load are taken.

        Returns
        -------
        Outcome

        Raises
        ------
        CannotAnswer
            If the prompt and answer do not fit, or the load is beyond the whole fleet.
        """
        _check_limit(limit_seconds)
        load = request.load * self.pooled_sites
        work = _Work.of(self.engine, request)
        most = self.max_cards // self.engine.n_devices
        fewest = max(-(-load // work.most_per_second), 1.0)
        if fewest > most:
            raise CannotAnswer(
                f"load must be at most {work.most_per_second * most:,.3g} requests a second on "
                f"the {self.max_cards:,.0f} cards of {self.name}, got {load:,.3g}"
            )
        found = self._on(fewest, work, load)
        if limit_seconds is None or found.seconds <= limit_seconds:
            return found
        if self._on(most, work, load).seconds > limit_seconds:
            return found
        low, high = fewest, most
        while high - low > 1.0:
            middle = (low + high) // 2
            in_time = self._on(middle, work, load).seconds <= limit_seconds
            low, high = (low, middle) if in_time else (middle, high)
        return self._on(high, work, load)

    def _on(self, copies, work, load):
        batch = work.batch_for(load / copies)
        # Prefill of newcomers stops the others' decoding.
        tpot = work.step(batch) / (1.0 - load / copies * work.prefill)
        answer = work.request.answer_tokens
        seconds = hybrid.answer_seconds(self.round_trip, work.prefill, tpot, answer)
        cards = copies * self.engine.n_devices
        usd = cards * self.usd_per_hour / HOUR / load
        return Outcome(self.name, seconds, work.prefill, tpot, usd, batch, cards)


@dataclass(frozen=True)
class _Work:
    """What requests of one kind ask of one copy: the clock time of each at every batch."""

    engine: Engine
    request: Request
    largest: float
    prefill: float

    @classmethod
    def of(cls, engine, request):
        context = request.prompt_tokens + request.answer_tokens
        largest = engine.largest_batch(context)
        if largest < 1:
            raise CannotAnswer(
                f"prompt and answer must fit beside {engine.model.name}: {context:,.0f} tokens, "
                f"{engine.capacity_tokens:,.0f} do"
            )
        return cls(engine, request, largest, engine.prefill_seconds(request.prompt_tokens))

    def step(self, batch):
        """Return the time of a decode step, each answer half written."""
        cached = self.request.prompt_tokens + self.request.answer_tokens / 2
        return self.engine.decode_step_seconds(batch, batch * cached)

    def busy(self, batch):
        """Return the time of the copy that each request takes at a batch."""
        return self.prefill + self.request.answer_tokens * self.step(batch) / batch

    @property
    def most_per_second(self):
        return 1.0 / self.busy(self.largest)

    def batch_for(self, load):
        """Return the smallest batch at which the copy keeps up: a smaller one falls behind."""
        low, high = 1.0, self.largest
        if load * self.busy(low) <= 1.0:
            return low
        while high - low > 1.0:
            middle = (low + high) // 2
            low, high = (low, middle) if load * self.busy(middle) <= 1.0 else (middle, high)
        return high


def outcomes(request, places, limit_seconds=None):
    """Ask every place.

    Parameters
    ----------
    request : Request
    places : iterable of OnDevice or Fleet
    limit_seconds : float, optional
        A fleet adds cards to keep it, if it can.

    Returns
    -------
    list of Outcome
        Of those that can.

    Raises
    ------
    CannotAnswer
        If none can; the message holds every reason.
    ValueError
        If the limit is no finite number above 0.
    """
    _check_limit(limit_seconds)
    found, reasons = [], []
    for place in places:
        try:
            found.append(place.serve(request, limit_seconds))
        except CannotAnswer as error:
            reasons.append(f"{place.name}: {error}")
    if not found:
        raise CannotAnswer("no place can answer: " + "; ".join(reasons))
    return found


def best(request, places, limit_seconds=None):
    """Choose the cheapest place whose answer is in time, or the fastest if no limit is given.

    Parameters
    ----------
    request : Request
    places : iterable of OnDevice or Fleet
    limit_seconds : float, optional
        For the whole answer.

    Returns
    -------
    Outcome or None
        None if none is in time.

    Raises
    ------
    CannotAnswer
        If no place can answer at all.
    ValueError
        If the limit is no finite number above 0.
    """
    found = outcomes(request, places, limit_seconds)
    if limit_seconds is None:
        return min(found, key=lambda item: item.seconds)
    in_time = [item for item in found if item.seconds <= limit_seconds]
    return min(in_time, key=lambda item: (item.usd, item.seconds)) if in_time else None


def grid(request, places, x, y, limit_seconds=None):
    """Choose for every pair of two settings: a map of where answers are best made.

    Parameters
    ----------
    request : Request
    places : list of OnDevice or Fleet
    x, y : tuple
        A name and its values.  The name is a number of the request (``"load"``) or of a place
        with its name before (``"cloud.round_trip"``).
    limit_seconds : float, optional
        As in `best`.

    Returns
    -------
    list of dict
        The two settings under their names, ``place`` (`NOWHERE` where none can or none is in
        time), ``seconds`` and ``usd`` (None there).

    Raises
    ------
    ValueError
        If a name is unknown, or no setting has a place at all: a map without a colour.
    """
    rows = []
    for first in x[1]:
        for second in y[1]:
            asked, around = _with(*_with(request, places, x[0], first), y[0], second)
            rows.append({x[0]: first, y[0]: second, **_cell(asked, around, limit_seconds)})
    if all(row["place"] == NOWHERE for row in rows):
        raise ValueError(
            f"no setting of {x[0]} and {y[0]} has a place"
            + (f" that answers in {limit_seconds:g} s" if limit_seconds else "")
        )
    return rows


def turning_point(request, places, name, low, high, limit_seconds=None):
    """Find the value of one setting at which another place becomes the best.

    Parameters
    ----------
    request : Request
    places : list of OnDevice or Fleet
    name : str
        As in `grid`.
    low, high : float
        Between them the choice changes once.
    limit_seconds : float, optional
        As in `best`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the name is unknown, or the same place is best at both ends.
    """

    def place_at(value):
        return _cell(*_with(request, places, name, value), limit_seconds)["place"]

    return switch(place_at, low, high)


def switch(choose, low, high):
    """Find where a choice changes between two numbers, by halving.

    Parameters
    ----------
    choose : callable
        Of a number; its answers are compared for being equal.
    low, high : float
        Between them it changes once.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If it is the same at both ends.
    """
    first = choose(low)
    if choose(high) == first:
        raise ValueError(f"the choice must change between low and high, got {first!r} at both")
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if choose(middle) == first else (low, middle)
    return high


def cost_by_batch(engine, usd_per_hour, context_tokens, batches):
    """Return what a million tokens cost when few or many are answered together.

    Parameters
    ----------
    engine : llmbook.engines.Engine
    usd_per_hour : float
        Of one card.
    context_tokens : float
        Of each sequence.
    batches : iterable of float

    Returns
    -------
    list of dict
        ``batch_size``, ``usd_per_mtok``, ``tpot`` and ``times_full``: the cost over that of the
        largest batch given.

    Raises
    ------
    ValueError
        If a batch does not fit.
    """
    rows = [
        {
            "batch_size": batch,
            "usd_per_mtok": engine.output_cost(usd_per_hour, batch, context_tokens),
            "tpot": engine.decode_step_seconds(batch, batch * context_tokens),
        }
        for batch in sorted(batches)
    ]
    full = rows[-1]["usd_per_mtok"]
    return [{**row, "times_full": row["usd_per_mtok"] / full} for row in rows]


def _with(request, places, name, value):
    owner, _, attribute = name.rpartition(".")
    if not owner and attribute in _numbers_of(request):
        return replace(request, **{name: value}), places
    owned = [place for place in places if place.name == owner and attribute in _numbers_of(place)]
    if not owned:
        known = [f"{place.name}.…" for place in places]
        raise ValueError(
            f"a setting must be prompt_tokens, answer_tokens, load or one of {known}, got {name!r}"
        )
    return request, [
        replace(place, **{attribute: value}) if place in owned else place for place in places
    ]


def _numbers_of(owner):
    """Names of the fields that hold a number, which are those that a map can vary."""
    return [item.name for item in fields(owner) if item.type in (float, "float")]


def _cell(request, places, limit_seconds):
    try:
        chosen = best(request, places, limit_seconds)
    except CannotAnswer:
        chosen = None
    if chosen is None:
        return {"place": NOWHERE, "seconds": None, "usd": None}
    return {"place": chosen.place, "seconds": chosen.seconds, "usd": chosen.usd}


def _check_limit(limit_seconds):
    number = isinstance(limit_seconds, (int, float)) and not isinstance(limit_seconds, bool)
    if limit_seconds is not None and not (number and 0 < limit_seconds < float("inf")):
        raise ValueError(f"limit_seconds must be a finite number above 0, got {limit_seconds!r}")


def _check_money(name, value):
    if not 0 <= value < float("inf"):
        raise ValueError(f"{name} must be a finite number of at least 0, got {value!r}")
