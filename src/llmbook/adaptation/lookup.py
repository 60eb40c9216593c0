"""Answering by looking up: the learned name most like a new one in its letters, nothing trained."""

import zlib

import numpy as np

from llmbook.adaptation import naming

_PLACES = 1024
_RUNS = (2, 3, 4)


def looked_up(cut=None, width=_PLACES):
    """Return the share of names not seen whose most similar learned name is of the same country.

    Parameters
    ----------
    cut : dict of str to numpy.ndarray or None
        As from ``naming.split``, which is the default.
    width : int
        Places that runs of letters are counted in; several may share one.

    Returns
    -------
    float
    """
    names, labels = naming.foreign_names()[1], naming.countries().labels
    cut = naming.split() if cut is None else cut
    learned, tested = (letters([names[i] for i in cut[part]], width) for part in ("pool", "test"))
    found = (tested @ learned.T).argmax(axis=1)
    return float(np.mean(labels[cut["pool"]][found] == labels[cut["test"]]))


def letters(names, width=_PLACES):
    """Return vectors of length 1 that count the runs of two to four letters of each name.

    Parameters
    ----------
    names : list of str
    width : int

    Returns
    -------
    numpy.ndarray
    """
    counts = np.zeros((len(names), width), dtype=np.float32)
    for row, name in zip(counts, names, strict=True):
        text = f" {name.lower()} "
        for size in _RUNS:
            for start in range(len(text) - size + 1):
                row[zlib.crc32(text[start : start + size].encode()) % width] += 1
    return counts / np.linalg.norm(counts, axis=1, keepdims=True)
