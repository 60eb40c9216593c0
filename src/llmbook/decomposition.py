"""Which of several changes did how much, when their effects multiply."""

import itertools
import math

from llmbook.formula import Domain, check

_FACTOR = Domain("what growth has to undo", "1", low=1.0)
_GROWTH = Domain("a year's growth", "1")


def alone(function, before, after):
    """Make each change by itself.

    Parameters
    ----------
    function : callable
        A formula.
    before, after : dict of str to float
        All its arguments, and the new values of those that change.

    Returns
    -------
    dict of str to float
        The change of the result by each.  Where effects multiply, they do not add up.

    Raises
    ------
    ValueError
        If something changes that is no argument.
    """
    _check(before, after)
    start = function(**before)
    return {name: function(**before | {name: value}) - start for name, value in after.items()}


def shapley(function, before, after):
    """Share the change of a result among the changes that made it, all orders counting the same.

    Parameters
    ----------
    function : callable
        A formula.
    before, after : dict of str to float
        All its arguments, and the new values of those that change; up to about eight of them,
        since all their orders are tried.

    Returns
    -------
    dict of str to float
        The part of each; their sum is the change of the result.

    Raises
    ------
    ValueError
        If something changes that is no argument.

    Notes
    -----
    Shapley 1953: the mean, over all orders, of what a change adds when its turn comes.
    """
    _check(before, after)
    parts = dict.fromkeys(after, 0.0)
    for order in itertools.permutations(after):
        known = dict(before)
        result = function(**known)
        for name in order:
            known[name] = after[name]
            moved = function(**known)
            parts[name] += moved - result
            result = moved
    return {name: part / math.factorial(len(after)) for name, part in parts.items()}


def years_until(factor, yearly_growth):
    """Return how long a growth takes to multiply by a factor.

    Parameters
    ----------
    factor : float
        Above 1: what growth has to undo, the footprint before over the footprint after.
    yearly_growth : float
        Above 0: 0.5 is half as much again each year.

    Returns
    -------
    float
        Years.

    Raises
    ------
    ValueError
        If the factor is not above 1 or the growth not above 0.
    """
    check("factor", factor, _FACTOR)
    check("yearly_growth", yearly_growth, _GROWTH)
    return math.log(factor) / math.log1p(yearly_growth)


def _check(before, after):
    stray = after.keys() - before.keys()
    if stray:
        raise ValueError(f"after must name arguments of the formula, got {sorted(stray)}")
