"""Fit the constants of the serving model on named measurements and judge them on the others."""

import math
import statistics
from dataclasses import fields

from llmbook import data
from llmbook.engines import Constants, Engine, fitted_constants

# The measured batches ran, so no share of the memory is kept back from them.
ALL_MEMORY = 1.0
# Where the search starts; the bounds are what is possible.
START = Constants(
    compute_efficiency=0.7,
    eight_bit_efficiency=0.7,
    unhidden_share=0.5,
    memory_efficiency=0.8,
    kv_efficiency=0.8,
    sum_latency=1e-5,
    layer_latency=1e-5,
    link_efficiency=0.7,
)
SHORTEST, LONGEST = 1e-9, 1e-3
NAMES = [item.name for item in fields(Constants)]


def predicted(row, constants=None):
    """Predict a measured row.

    Parameters
    ----------
    row : object
        A row of ``serving_measurements``, or anything with the same attributes.
    constants : Constants, optional
        The fitted ones unless given.

    Returns
    -------
    float
        In the unit of the row's quantity.
    """
    batch = engine_of(row, constants).static_batch(
        row.batch_size, row.prompt_tokens, row.answer_tokens
    )
    return {
        "ttft": batch.ttft,
        "tpot": batch.tpot,
        "batch_seconds": batch.seconds,
        "output_rate_per_card": batch.tokens_per_second / row.n_devices,
        "requests_per_second": row.batch_size / batch.seconds,
    }[row.quantity]


def as_seconds(row, value):
    """Turn a number in the unit of a row's quantity into the time that it stands for.

    Parameters
    ----------
    row : object
        A row of ``serving_measurements``.
    value : float
        Measured or predicted.

    Returns
    -------
    float
        Seconds: times as they are, rates as the time of the whole batch.
    """
    if row.quantity == "output_rate_per_card":
        return row.batch_size * row.answer_tokens / (value * row.n_devices)
    return row.batch_size / value if row.quantity == "requests_per_second" else value


def engine_of(row, constants=None):
    """Return the engine that a row of ``serving_measurements`` was measured on."""
    return Engine(
        data.model(row.model),
        data.accelerator(row.accelerator),
        row.n_devices,
        weight_format=row.weight_format,
        kv_format=row.kv_format,
        compute_format=row.compute_format,
        constants=constants or fitted_constants(),
        usable_share=ALL_MEMORY,
    )


def slowness(row, constants=None):
    """Return how many times longer a row takes by prediction than by measurement."""
    ratio = predicted(row, constants) / row.value
    return 1.0 / ratio if row.quantity.endswith(("_per_card", "_per_second")) else ratio


def fit(rows=None):
    """Fit the constants to rows by least squares on the logarithms of their ratios.

    Parameters
    ----------
    rows : iterable of object, optional
        Those of ``serving_measurements`` whose split is ``"fit"`` unless given.

    Returns
    -------
    Constants
    """
    from scipy.optimize import least_squares

    rows = list(measurements("fit") if rows is None else rows)
    start = [math.log(getattr(START, name)) for name in NAMES]

    def residuals(logs):
        constants = _constants(logs)
        return [math.log(slowness(row, constants)) for row in rows]

    highest = [math.log(LONGEST if name.endswith("latency") else 1.0) for name in NAMES]
    lowest = [math.log(SHORTEST)] * len(NAMES)
    solved = least_squares(residuals, start, bounds=(lowest, highest))
    return _constants(solved.x)


def _constants(logs):
    return Constants(**dict(zip(NAMES, (math.exp(x) for x in logs), strict=True)))


def measurements(split):
    """Return the rows of ``serving_measurements`` of one split: fit, unseen or floor."""
    return [row for row in data.table("serving_measurements") if row.split == split]


def errors(constants=None):
    """Compare every measured row with its prediction.

    Parameters
    ----------
    constants : Constants, optional
        The fitted ones unless given; `engines.ROOFLINE` for the bound.

    Returns
    -------
    list of dict
        ``row``, ``measured``, ``predicted`` and ``ratio``: how many times longer the prediction
        takes, so above 1 for a time too long and for a rate too low.
    """
    return [
        {
            "row": row,
            "measured": row.value,
            "predicted": predicted(row, constants),
            "ratio": slowness(row, constants),
        }
        for row in data.table("serving_measurements")
    ]


def median_error(compared, **wanted):
    """Return the median relative error of some of the rows that `errors` gives.

    Parameters
    ----------
    compared : list of dict
    **wanted
        Columns of the rows with the value to keep: ``split="unseen"``, ``group="databricks"``.

    Returns
    -------
    float
        Of the ratio less one, without its sign.
    """
    kept = [
        abs(item["ratio"] - 1.0)
        for item in compared
        if all(getattr(item["row"], key) == value for key, value in wanted.items())
    ]
    if not kept:
        raise ValueError(f"no row has {wanted!r}")
    return statistics.median(kept)
