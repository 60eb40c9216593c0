"""Learning from which of two answers people prefer, in the manner of DPO.

The update is trained so that the preferred answer gains on the other one, measured from a frozen
reference: Rafailov et al. 2023 (arXiv 2305.18290).
"""

from dataclasses import dataclass

import numpy as np
from numpy.linalg import multi_dot

from llmbook.low_rank import SCALE, descend, gradients, scores, softmax, start


@dataclass(frozen=True)
class Pairs:
    """Two answers to an input, of which one is preferred.

    Parameters
    ----------
    x, answers : numpy.ndarray
        As in ``low_rank.Task``.
    preferred, other : numpy.ndarray
        Numbers of answers.
    """

    x: np.ndarray
    answers: np.ndarray
    preferred: np.ndarray
    other: np.ndarray


def asked(task, base, reliability, rng):
    """Ask people which of the two best-scored answers they prefer.

    Parameters
    ----------
    task : low_rank.Task
    base : numpy.ndarray
        The model that gives the answers.
    reliability : float
        How often a person prefers the right answer to the wrong one.
    rng : numpy.random.Generator

    Returns
    -------
    Pairs
        One for each input for which one of the two answers is right.
    """
    first, second = np.argsort(-scores(task, base), axis=1)[:, :2].T
    useful = (first == task.labels) | (second == task.labels)
    right = task.labels[useful]
    wrong = np.where(first == task.labels, second, first)[useful]
    honest = rng.random(len(right)) < reliability
    preferred, other = np.where(honest, right, wrong), np.where(honest, wrong, right)
    return Pairs(task.x[useful], task.answers, preferred, other)


def margins(pairs, base, factors=()):
    """Return by how much the preferred answer leads: its log-probability less the other's.

    Parameters
    ----------
    pairs : Pairs
    base : numpy.ndarray
    factors : list of numpy.ndarray
        Of an update that is kept beside it.

    Returns
    -------
    numpy.ndarray
        Nats; what normalises the probabilities is the same for both and drops out.
    """
    found = SCALE * scores(pairs, base, factors)
    rows = np.arange(len(found))
    return found[rows, pairs.preferred] - found[rows, pairs.other]


def preference_loss(pairs, base, factors, beta):
    """Return the loss of DPO: minus the log of the chance that the preferences come out.

    Parameters
    ----------
    pairs : Pairs
    base : numpy.ndarray
        The reference.
    factors : list of numpy.ndarray
    beta : float
        How strongly the model is held to the reference.

    Returns
    -------
    float
        Nats.

    Notes
    -----
    Rafailov et al. 2023, equation 7 (arXiv 2305.18290).
    """
    gained = margins(pairs, base, factors) - margins(pairs, base)
    return float(np.mean(np.logaddexp(0, -beta * gained)))


def preference_slope(gained, pairs, chosen, beta):
    """Return the gradient of the loss with respect to the scores.

    Parameters
    ----------
    gained : numpy.ndarray
        What the preferred answers gained on the others since the reference.
    pairs : Pairs
    chosen : numpy.ndarray
        The pairs of the batch.
    beta : float

    Returns
    -------
    numpy.ndarray
        Pairs by answers: minus for the preferred, plus for the other, nothing else.
    """
    pull = beta * SCALE / (1 + np.exp(beta * gained)) / len(chosen)
    slope = np.zeros((len(chosen), len(pairs.answers)))
    rows = np.arange(len(chosen))
    slope[rows, pairs.preferred[chosen]] = -pull
    slope[rows, pairs.other[chosen]] = pull
    return slope


def fit_preferences(pairs, validation, base, rank, seed, beta, rate=0.004, steps=150, batch=128):
    """Train an update on preferences.

    Parameters
    ----------
    pairs, validation : Pairs
    base : numpy.ndarray
        The reference, which the update begins at.
    rank : int or None
    seed : int
    beta, rate : float
    steps, batch : int

    Returns
    -------
    list of numpy.ndarray
        Factors of the update.
    """
    rng = np.random.default_rng(seed)

    def gradients_of(factors):
        chosen = rng.integers(0, len(pairs.x), batch)
        x = pairs.x[chosen]
        change = SCALE * multi_dot([x, *factors, pairs.answers.T])
        rows = np.arange(batch)
        gained = change[rows, pairs.preferred[chosen]] - change[rows, pairs.other[chosen]]
        slope = preference_slope(gained, pairs, chosen, beta)
        return gradients(factors, x, slope, pairs.answers)

    def judge(factors):
        return -preference_loss(validation, base, factors, beta)

    return descend(start(len(base), rank, rng), gradients_of, steps, rate, judge)[1]


def divergence(task, reference, model):
    """Return how far the answers have moved from the reference.

    Parameters
    ----------
    task : low_rank.Task
    reference, model : numpy.ndarray

    Returns
    -------
    float
        Mean Kullback-Leibler divergence of the model's answers from the reference's, nats.
    """
    now, before = (softmax(SCALE * scores(task, matrix)) for matrix in (model, reference))
    return float(np.mean(np.sum(now * (np.log(now) - np.log(before)), axis=1)))
