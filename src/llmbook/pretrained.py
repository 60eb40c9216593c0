"""Word vectors that were trained by others and that a package brings along."""

import functools
from pathlib import Path

import numpy as np

WIDTH = 256


@functools.cache
def library():
    """Return the vectors as their package has them; nothing is fetched.

    Returns
    -------
    wordllama.WordLlamaInference
    """
    import wordllama

    # The package looks for its own files elsewhere unless told where they are.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)


def vocabulary():
    """Return the tokens of the vectors and their rows.

    Returns
    -------
    dict of str to int
        A token that begins a word begins with ``▁``.
    """
    return library().tokenizer.get_vocab()


def token_vectors():
    """Return the vector of each token.

    Returns
    -------
    numpy.ndarray
        Tokens by `WIDTH`, as they were trained, at any length.
    """
    return np.asarray(library().embedding, dtype=float)


def tokens_of(texts):
    """Cut texts into tokens.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    list of list of int
        Rows of `token_vectors` for each text.
    """
    cut = library().tokenizer.encode_batch(list(texts), add_special_tokens=False)
    # A batch is padded to its longest text.
    return [
        [token for token, real in zip(text.ids, text.attention_mask, strict=True) if real]
        for text in cut
    ]


def embed(texts, width=WIDTH):
    """Return the direction of the mean vector of each text's tokens.

    Parameters
    ----------
    texts : sequence of str
    width : int
        The first so many numbers of each vector: it was trained to be cut at 64 and 128 too.

    Returns
    -------
    numpy.ndarray
        Texts by `width`, rows of length one.
    """
    vectors = token_vectors()[:, :width]
    return directions(np.array([vectors[tokens].mean(axis=0) for tokens in tokens_of(texts)]))


def directions(rows):
    """Return the rows at length one."""
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
