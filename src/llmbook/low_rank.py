"""Full and low-rank updates of a pretrained matrix, with gradients written out in NumPy.

The model scores an input against every possible answer: ``x (W + D) Y'``, where ``W`` is the
pretrained matrix, the rows of ``Y`` are the answers and ``D`` is what fine-tuning adds.  ``D`` is
kept as a chain of factors: one matrix as large as ``W`` if all weights are trained, two thin ones,
``B A``, in LoRA (Hu et al. 2021, arXiv 2106.09685).
"""

from dataclasses import dataclass

import numpy as np
from numpy.linalg import multi_dot

# Unit vectors have products below one; without a larger scale no answer could become certain.
SCALE = 16.0


@dataclass(frozen=True)
class Task:
    """Inputs with the answers to be found.

    Parameters
    ----------
    x : numpy.ndarray
        A row an input.
    labels : numpy.ndarray
        The number of its answer.
    answers : numpy.ndarray
        A row an answer that can be given.
    """

    x: np.ndarray
    labels: np.ndarray
    answers: np.ndarray

    def part(self, chosen):
        """Return the task with some of its inputs."""
        return Task(self.x[chosen], self.labels[chosen], self.answers)

    def relabelled(self, labels):
        """Return the task with other labels, those of a teacher for instance."""
        return Task(self.x, labels, self.answers)


def start(width, rank, rng):
    """Return the factors of an update that changes nothing yet.

    Parameters
    ----------
    width : int
        Of the square matrix that is updated.
    rank : int or None
        None for a full update.
    rng : numpy.random.Generator

    Returns
    -------
    list of numpy.ndarray
        One matrix of zeros, or B, random, and A, zero.
    """
    if rank is None:
        return [np.zeros((width, width))]
    return [rng.normal(size=(width, rank)) / np.sqrt(width), np.zeros((rank, width))]


def trained_params(factors):
    """Count the weights that an update trains."""
    return sum(factor.size for factor in factors)


def merged(base, factors):
    """Return the pretrained matrix with the update added, so that serving costs nothing more.

    Parameters
    ----------
    base : numpy.ndarray
    factors : list of numpy.ndarray

    Returns
    -------
    numpy.ndarray
    """
    return base + _product(factors)


def scores(task, base, factors=()):
    """Return the score of every answer for every input.

    Parameters
    ----------
    task : Task
    base : numpy.ndarray
        The pretrained matrix.
    factors : list of numpy.ndarray
        Of an update that is kept beside it; none by default.

    Returns
    -------
    numpy.ndarray
        Inputs by answers.
    """
    found = multi_dot([task.x, base, task.answers.T])
    return found + multi_dot([task.x, *factors, task.answers.T]) if len(factors) else found


def accuracy(task, base, factors=()):
    """Return the share of inputs whose best-scored answer is the right one."""
    return float(np.mean(scores(task, base, factors).argmax(axis=1) == task.labels))


def softmax(values):
    """Return the probabilities of a row of scores, row by row."""
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def loss(task, base, factors):
    """Return the mean cross-entropy of the right answers, in nats."""
    chances = softmax(SCALE * scores(task, base, factors))
    return float(-np.mean(np.log(chances[np.arange(len(task.labels)), task.labels])))


def slope_of_scores(found, labels):
    """Return the gradient of the mean cross-entropy with respect to the scores.

    Parameters
    ----------
    found : numpy.ndarray
        Scores, before they are scaled.
    labels : numpy.ndarray

    Returns
    -------
    numpy.ndarray
    """
    slope = softmax(SCALE * found)
    slope[np.arange(len(labels)), labels] -= 1
    return slope * SCALE / len(labels)


def gradients(factors, x, slope, answers):
    """Carry a gradient from the scores to each factor of the update.

    Parameters
    ----------
    factors : list of numpy.ndarray
    x : numpy.ndarray
        Inputs.
    slope : numpy.ndarray
        Gradient with respect to the scores, inputs by answers.
    answers : numpy.ndarray

    Returns
    -------
    list of numpy.ndarray
        For B of ``x B A Y'`` it is ``x' S Y A'``, for A it is ``B' x' S Y``, where S is the slope.
    """
    return [
        multi_dot(
            [
                *(factor.T for factor in reversed(factors[:place])),
                x.T,
                slope,
                answers,
                *(factor.T for factor in reversed(factors[place + 1 :])),
            ]
        )
        for place in range(len(factors))
    ]


def descend(weights, gradients_of, steps, rate, judge, every=25):
    """Train by Adam with a falling rate, keeping the weights that were judged best on the way.

    Parameters
    ----------
    weights : list of numpy.ndarray
        Where to begin; changed in place.
    gradients_of : callable
        Takes the weights and returns their gradients on a batch of its own choice.
    steps : int
    rate : float
        Of the first step; it falls in a line to zero.
    judge : callable
        Takes the weights and returns a number, the higher the better.
    every : int
        Steps between two judgements.

    Returns
    -------
    (float, list of numpy.ndarray)
        The best judgement and its weights; those of the beginning take part.

    Notes
    -----
    Kingma and Ba 2015 (arXiv 1412.6980), with 0.99 for the second moment: runs are short.
    """
    means = [np.zeros_like(weight) for weight in weights]
    squares = [np.zeros_like(weight) for weight in weights]
    best = judge(weights), [weight.copy() for weight in weights]
    for step in range(1, steps + 1):
        now = rate * (1 - (step - 1) / steps)
        for weight, mean, square, slope in zip(
            weights, means, squares, gradients_of(weights), strict=True
        ):
            mean += 0.1 * (slope - mean)
            square += 0.01 * (slope**2 - square)
            spread = np.sqrt(square / (1 - 0.99**step)) + 1e-8
            weight -= now * mean / (1 - 0.9**step) / spread
        if step % every == 0 and (judged := judge(weights)) > best[0]:
            best = judged, [weight.copy() for weight in weights]
    return best


def fit(task, validation, base, rank, seed, rate, steps=150, batch=128):
    """Adapt a pretrained matrix to a task.

    Parameters
    ----------
    task, validation : Task
        What is learned from, and what decides which weights on the way are kept.
    base : numpy.ndarray
        Stays as it is.
    rank : int or None
        Of the update; None for a full one.
    seed : int
        Of the first weights and of the batches.
    rate : float
        Learning rate.
    steps, batch : int

    Returns
    -------
    list of numpy.ndarray
        Factors of the update.
    """
    rng = np.random.default_rng(seed)
    # What the frozen matrix says is computed once.
    known, judged = scores(task, base), scores(validation, base)

    def gradients_of(factors):
        chosen = rng.integers(0, len(task.labels), batch)
        x = task.x[chosen]
        found = known[chosen] + multi_dot([x, *factors, task.answers.T])
        slope = slope_of_scores(found, task.labels[chosen])
        return gradients(factors, x, slope, task.answers)

    def judge(factors):
        found = judged + multi_dot([validation.x, *factors, validation.answers.T])
        return float(np.mean(found.argmax(axis=1) == validation.labels))

    return descend(start(len(base), rank, rng), gradients_of, steps, rate, judge)[1]


def _product(factors):
    return multi_dot(factors) if len(factors) > 1 else factors[0]
