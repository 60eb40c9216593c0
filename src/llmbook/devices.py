"""What a device can hold and how fast it can answer: phone, headset, laptop, robot, edge, cloud."""

from dataclasses import dataclass

from llmbook import data, hybrid
from llmbook.quantities import GB
from llmbook.serving import decode_rate_ceiling
from llmbook.transformer import model_active_params, model_params

PLACES = ("device", "edge", "cloud")

# What the operating system and the cache leave to the weights.
USABLE_SHARE = 0.9


@dataclass(frozen=True)
class Machine:
    """A row of ``devices`` with the numbers of its accelerators filled in.

    Parameters
    ----------
    id, name, place, kind, grade : str
        `place` is device, edge or cloud.
    memory_bytes, bandwidth, power_watts, peak_flops : float or None
        Of all its accelerators together; None if no source gives it.  The peak is that of FP16,
        or of INT8 where only that is known.
    stated_rate : float or None
        Tokens a second of a model with seven billion parameters, as the source of the row states.
    """

    id: str
    name: str
    place: str
    kind: str
    grade: str
    memory_bytes: float | None
    bandwidth: float | None
    power_watts: float | None
    peak_flops: float | None
    stated_rate: float | None


def machine(key):
    """Return one machine.

    Parameters
    ----------
    key : str
        Of ``devices``.

    Returns
    -------
    Machine

    Raises
    ------
    ValueError
        If there is none; the message lists the nearest.
    """
    row = data.row("devices", key)
    card = data.accelerator(row.accelerator) if row.accelerator else None

    def filled(own, *columns):
        found = (getattr(card, column) for column in columns) if card else ()
        one = next((value for value in found if value is not None), None)
        return own if own is not None else one and one * row.n_accelerators

    grades = {row.grade, card.grade if card else row.grade}
    return Machine(
        id=row.id,
        name=row.name,
        place=row.place,
        kind=row.kind,
        grade="unverified" if "unverified" in grades else row.grade,
        memory_bytes=filled(row.memory_bytes, "memory_bytes"),
        bandwidth=filled(row.bandwidth_bytes_per_s, "bandwidth_bytes_per_s"),
        power_watts=filled(row.power_watts, "tdp_watts"),
        peak_flops=filled(None, "fp16_flops", "int8_ops"),
        stated_rate=row.stated_tokens_per_s,
    )


def machines():
    """Return all machines, in the order of the table."""
    return [machine(row.id) for row in data.table("devices")]


def what_fits(model, number_format, usable_share=USABLE_SHARE):
    """Say of every machine whether it holds a model and how fast it can answer at most.

    Parameters
    ----------
    model : str
        Of ``models``.
    number_format : str
        Of ``number_formats``: how the weights are stored.
    usable_share : float
        Of the memory, for the weights.

    Returns
    -------
    list of dict
        ``machine``, ``fits`` (None if the memory is not known), ``tokens_per_second`` (the ceiling
        that bandwidth sets at batch 1; None if it does not fit or is not known) and
        ``joules_per_token`` (nominal power over that ceiling: both are upper bounds, so it is
        neither the least nor the most).

    Raises
    ------
    ValueError
        If no machine holds it, or a name is unknown.
    """
    row, width = data.model(model), data.row("number_formats", number_format).bytes_per_value
    _check_share(usable_share)
    weights = model_params(row) * width
    found = [
        _described(item, weights, model_active_params(row) * width, usable_share)
        for item in machines()
    ]
    if not any(item["fits"] for item in found):
        largest = max(item.memory_bytes or 0.0 for item in machines())
        raise ValueError(
            f"model must fit somewhere: {row.name} in {number_format} has {weights / GB:,.1f} GB "
            f"of weights, the largest machine of the table {largest / GB:,.1f} GB"
        )
    return found


def draft_step_seconds(model, number_format, key):
    """Return the time that a machine takes for one drafted token.

    Parameters
    ----------
    model, number_format : str
        The draft model and how its weights are stored.
    key : str
        Of ``devices``.

    Returns
    -------
    float
        Seconds, a lower bound.

    Raises
    ------
    ValueError
        If the machine does not hold the model, or its memory or bandwidth is not known.
    """
    item = machine(key)
    row, width = data.model(model), data.row("number_formats", number_format).bytes_per_value
    weights = model_params(row) * width
    if item.memory_bytes is None or item.bandwidth is None:
        raise ValueError(f"key must name a machine of known memory and bandwidth, got {key!r}")
    if weights > USABLE_SHARE * item.memory_bytes:
        raise ValueError(
            f"model must fit: {row.name} in {number_format} has {weights / GB:.1f} GB, "
            f"{item.name} {item.memory_bytes / GB:.1f} GB"
        )
    return hybrid.step_from_memory(model_active_params(row), width, item.bandwidth)


def _described(item, weights, read, usable_share):
    fits = None if item.memory_bytes is None else weights <= usable_share * item.memory_bytes
    rate = decode_rate_ceiling(item.bandwidth, read) if fits and item.bandwidth else None
    energy = hybrid.energy_per_token(item.power_watts, rate) if rate and item.power_watts else None
    return {"machine": item, "fits": fits, "tokens_per_second": rate, "joules_per_token": energy}


def _check_share(share):
    if not 0 < share <= 1:
        raise ValueError(f"usable_share must be above 0 and at most 1, got {share!r}")
