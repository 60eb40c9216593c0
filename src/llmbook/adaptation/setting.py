"""What all studies share: the task cut into parts, the learning rates, means and spreads."""

import statistics

import numpy as np

from llmbook import pretrained
from llmbook.adaptation import naming
from llmbook.low_rank import fit, merged

# Learning rates by the names learned from, up to so many: few names want small steps.  Chosen on
# the validation names among 0.002, 0.004, 0.01, 0.02 and 0.03.
FULL_RATES = {1000: 0.002, 4000: 0.004, None: 0.01}
LOW_RANK_RATES = {1000: 0.004, 4000: 0.01, None: 0.02}


def rate_for(rank, names):
    """Return the learning rate for an update.

    Parameters
    ----------
    rank : int or None
    names : int
        To learn from.

    Returns
    -------
    float
    """
    rates = LOW_RANK_RATES if rank else FULL_RATES
    return next(rate for most, rate in rates.items() if most is None or names <= most)


def base_matrix(width=pretrained.WIDTH):
    """Return the pretrained projection: the vectors as they are."""
    return np.eye(width)


def parts(task):
    """Cut a task into ``pool``, ``validation`` and ``test``."""
    return {name: task.part(chosen) for name, chosen in naming.split().items()}


def adapted(task, validation, rank, seed):
    """Return the factors of an update of the pretrained projection.

    Parameters
    ----------
    task, validation : low_rank.Task
    rank : int or None
    seed : int

    Returns
    -------
    list of numpy.ndarray
    """
    rate = rate_for(rank, len(task.labels))
    return fit(task, validation, base_matrix(task.x.shape[1]), rank, seed, rate)


def full_model(task, learned, seed):
    """Return the merged model of a full update.

    Parameters
    ----------
    task : low_rank.Task
        All names; those that decide carry the same kind of labels as those learned from.
    learned : numpy.ndarray
        Numbers of the names to learn from.
    seed : int

    Returns
    -------
    numpy.ndarray
    """
    factors = adapted(task.part(learned), parts(task)["validation"], None, seed)
    return merged(base_matrix(task.x.shape[1]), factors)


def mean_and_spread(values):
    """Return ``accuracy`` and ``spread``: the mean over seeds and the standard deviation.

    One run says nothing about spread: then it is None.
    """
    spread = statistics.stdev(values) if len(values) > 1 else None
    return {"accuracy": statistics.mean(values), "spread": spread}
