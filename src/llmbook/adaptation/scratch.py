"""A model without pretraining: the vectors of the tokens are learned with the task."""

import functools

import numpy as np

from llmbook import pretrained
from llmbook.adaptation import naming
from llmbook.low_rank import SCALE, Task, descend, softmax


def token_counts(texts, column):
    """Return the share of each token in each text, as a sparse matrix.

    Parameters
    ----------
    texts : sequence of str
    column : dict of int to int
        From a token of the vocabulary to its column here.

    Returns
    -------
    scipy.sparse.csr_array
    """
    from scipy.sparse import csr_array

    cut = pretrained.tokens_of(texts)
    lengths = [len(tokens) for tokens in cut]
    columns = [column[token] for tokens in cut for token in tokens]
    ends = np.cumsum([0, *lengths])
    shares = np.repeat(1 / np.array(lengths), lengths)
    return csr_array((shares, columns, ends), shape=(len(cut), len(column)))


@functools.cache
def tokenised_countries():
    """Return the naming task as counts of tokens.

    Returns
    -------
    (scipy.sparse.csr_array, scipy.sparse.csr_array)
        Foreign names and English names by tokens that occur.
    """
    english, names, _ = naming.foreign_names()
    used = sorted(
        {token for tokens in pretrained.tokens_of([*english, *names]) for token in tokens}
    )
    column = {token: number for number, token in enumerate(used)}
    return token_counts(names, column), token_counts(english, column)


def random_countries(seed, width=pretrained.WIDTH):
    """Return the naming task in vectors that know nothing.

    Parameters
    ----------
    seed, width : int

    Returns
    -------
    Task
        What is solved in it comes from tokens that two names share.
    """
    names, english = tokenised_countries()
    table = np.random.default_rng(seed).normal(size=(names.shape[1], width))
    labels = naming.countries().labels
    answers = pretrained.directions(english @ table)
    return Task(pretrained.directions(names @ table), labels, answers)


def fit_from_scratch(names, english, labels, learned, judged, seed, rate, width=64, steps=150):
    """Learn the vector of every token from the task alone.

    Parameters
    ----------
    names, english : scipy.sparse.csr_array
        See `tokenised_countries`.
    labels : numpy.ndarray
    learned, judged : numpy.ndarray
        Numbers of the names to learn from and of those that decide when to stop.
    seed : int
    rate : float
    width : int
        Of the vectors.
    steps : int

    Returns
    -------
    numpy.ndarray
        Tokens by `width`.
    """
    rng = np.random.default_rng(seed)

    def gradients_of(weights):
        (table,) = weights
        chosen = learned[rng.integers(0, len(learned), 128)]
        x, answers = names[chosen] @ table, english @ table
        slope = softmax(SCALE * x @ answers.T)
        slope[np.arange(len(chosen)), labels[chosen]] -= 1
        slope *= SCALE / len(chosen)
        return [names[chosen].T @ (slope @ answers) + english.T @ (slope.T @ x)]

    def judge(weights):
        return accuracy_from_scratch(weights[0], names[judged], english, labels[judged])

    table = rng.normal(size=(names.shape[1], width)) / np.sqrt(width)
    return descend([table], gradients_of, steps, rate, judge)[1][0]


def accuracy_from_scratch(table, names, english, labels):
    """Return the share of names whose best-scored English name is the right one."""
    found = (names @ table) @ (english @ table).T
    return float(np.mean(found.argmax(axis=1) == labels))
