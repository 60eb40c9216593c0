"""How many labelled names it takes, with pretrained vectors and without."""

import functools

import numpy as np

from llmbook.adaptation import naming, scratch
from llmbook.adaptation.setting import adapted, base_matrix, mean_and_spread, parts
from llmbook.low_rank import accuracy, merged

SCRATCH_RATE = 0.02


def data_amounts(amounts=(500, 2000, 8000), rank=16, seeds=range(3)):
    """Adapt with few and with many labelled names, and learn from scratch.

    Parameters
    ----------
    amounts : sequence of int
        Labelled names.
    rank : int
    seeds : sequence of int

    Returns
    -------
    list of dict
        ``names``, ``way``, ``accuracy``, ``spread``.  The ways are ``frozen``, ``frozen, random
        vectors``, ``full``, ``rank …`` and ``from scratch``; frozen models need no labels.
    """
    frozen = {
        "frozen": naming.countries(),
        "frozen, random vectors": scratch.random_countries(seed=0),
    }
    learners = {
        "full": functools.partial(_adapted, None),
        f"rank {rank}": functools.partial(_adapted, rank),
        "from scratch": _from_scratch,
    }
    rows = [
        _row(0, way, [accuracy(parts(task)["test"], base_matrix())]) for way, task in frozen.items()
    ]
    return rows + [
        _row(amount, way, [learn(_labelled(amount, seed), seed) for seed in seeds])
        for way, learn in learners.items()
        for amount in amounts
    ]


def _row(amount, way, values):
    return {"names": amount, "way": way, **mean_and_spread(values)}


def _labelled(amount, seed):
    """Choose the names that are labelled: others for each seed."""
    return np.random.default_rng(seed).permutation(naming.split()["pool"])[:amount]


def _adapted(rank, learned, seed):
    whole = naming.countries()
    cut = parts(whole)
    factors = adapted(whole.part(learned), cut["validation"], rank, seed)
    return accuracy(cut["test"], merged(base_matrix(), factors))


def _from_scratch(learned, seed):
    names, english = scratch.tokenised_countries()
    labels, cut = naming.countries().labels, naming.split()
    table = scratch.fit_from_scratch(
        names, english, labels, learned, cut["validation"], seed, SCRATCH_RATE
    )
    return scratch.accuracy_from_scratch(table, names[cut["test"]], english, labels[cut["test"]])
