"""A task that the pretrained vectors half know: which country does a foreign name stand for?

The names come from Unicode's Common Locale Data Repository, as the package Babel holds it.
"""

import functools
import unicodedata
from collections import defaultdict

import numpy as np

from llmbook import pretrained
from llmbook.low_rank import Task

SCRIPTS = ("LATIN", "CYRILLIC")

# Codes of two letters that no place has: unknown, outlying, and two made up for tests.
_NO_PLACES = ("ZZ", "QO", "XA", "XB")


@functools.cache
def foreign_names():
    """Return the names of countries in all languages but English.

    Returns
    -------
    (list of str, list of str, list of int)
        English names, foreign names in order, and the number of the country of each.  A name
        that several languages share stands once; one of two countries stands nowhere.
    """
    english, found = _spoken()
    return english, [name for name, *_ in found], [label for _, label, _ in found]


@functools.cache
def languages():
    """Return the languages that each foreign name is used in, a set for each."""
    return [used for *_, used in _spoken()[1]]


@functools.cache
def _spoken():
    from babel import Locale, localedata

    english = dict(Locale("en").territories)
    codes = sorted(code for code in english if len(code) == 2 and code not in _NO_PLACES)
    countries, used = defaultdict(set), defaultdict(set)
    for language in localedata.locale_identifiers():
        if "_" not in language and language != "en":
            names = Locale(language).territories
            for code in codes:
                countries[names.get(code)].add(code)
                used[names.get(code)].add(language)
    taken = {None, *(english[code] for code in codes)}
    place = {code: number for number, code in enumerate(codes)}
    found = sorted(
        (name, place[min(named)], frozenset(used[name]))
        for name, named in countries.items()
        if len(named) == 1 and name not in taken and script(name) in SCRIPTS
    )
    return [english[code] for code in codes], found


def script(name):
    """Return the one script that a name is written in.

    Parameters
    ----------
    name : str

    Returns
    -------
    str or None
        The first word of Unicode's name of its letters, ``"LATIN"``; None if there are several.
    """
    found = {unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()}
    return found.pop() if len(found) == 1 else None


@functools.cache
def countries(width=pretrained.WIDTH):
    """Return the task in the pretrained vectors.

    Parameters
    ----------
    width : int
        Of the vectors.

    Returns
    -------
    Task
        Inputs are the foreign names, answers the English ones.
    """
    english, names, labels = foreign_names()
    answers = pretrained.embed(english, width)
    return Task(pretrained.embed(names, width), np.array(labels), answers)


@functools.cache
def is_cyrillic():
    """Return whether each foreign name is written in Cyrillic letters."""
    return np.array([script(name) == "CYRILLIC" for name in foreign_names()[1]])


@functools.cache
def split(seed=0, tested=4000, validated=1000):
    """Cut the names into those learned from, those that decide and those tested.

    Parameters
    ----------
    seed, tested, validated : int

    Returns
    -------
    dict of str to numpy.ndarray
        Numbers of names: ``pool``, ``validation``, ``test``.
    """
    order = np.random.default_rng(seed).permutation(len(foreign_names()[1]))
    cuts = np.split(order, [tested, tested + validated])
    return dict(zip(("test", "validation", "pool"), cuts, strict=True))


@functools.cache
def split_by_language(seed=0, held=0.25, validated=1000):
    """Cut the names so that those tested come from languages that nothing was learned from.

    Parameters
    ----------
    seed : int
    held : float
        Share of the languages that are tested.
    validated : int

    Returns
    -------
    dict of str to numpy.ndarray
        As `split`.  A name that a learned language has as well is not tested.
    """
    rng = np.random.default_rng(seed)
    spoken = sorted(set().union(*languages()))
    tested = set(rng.permutation(spoken)[: round(held * len(spoken))].tolist())
    is_new = np.array([used <= tested for used in languages()])
    learned = rng.permutation(np.flatnonzero(~is_new))
    return {
        "test": np.flatnonzero(is_new),
        "validation": learned[:validated],
        "pool": learned[validated:],
    }


@functools.cache
def inflections():
    """Return what the vectors know from their own training and may forget.

    Returns
    -------
    Task
        Inputs are English words with an ending, answers the words without one, taken from the
        vocabulary: ``cats`` and ``cat``, ``worked`` and ``work``.
    """
    known = pretrained.vocabulary()
    words = {token[1:] for token in known if token[:1] == "▁" and _is_word(token[1:])}
    pairs = sorted(
        (stem + ending, stem)
        for stem in words
        for ending in ("s", "ed", "ing", "ly")
        if stem + ending in words
    )
    stems = sorted({stem for _, stem in pairs})
    place = {stem: number for number, stem in enumerate(stems)}
    vectors = pretrained.token_vectors()

    def of(listed):
        return pretrained.directions(vectors[[known[f"▁{word}"] for word in listed]])

    labels = np.array([place[stem] for _, stem in pairs])
    return Task(of([inflected for inflected, _ in pairs]), labels, of(stems))


def _is_word(text):
    return len(text) > 2 and text.isascii() and text.isalpha() and text.islower()
