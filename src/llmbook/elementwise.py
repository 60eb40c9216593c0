"""``ceil``, ``minimum``, ``maximum`` and ``where`` over numbers, arrays and Altair expressions.

A formula that uses these and the operators needs no branch, so one function serves a number,
a sweep over an array and the Vega expression behind a slider.
NumPy, pandas and Altair are never imported here: an argument of theirs proves they are loaded.
"""

import math
import sys

_LIBRARIES = {"altair": "altair", "numpy": "array", "pandas": "array"}


def kind(*values):
    """Say which library computes with these values.

    Parameters
    ----------
    *values : float, array or Altair expression

    Returns
    -------
    str
        ``"altair"`` if any value is an Altair expression or parameter, else ``"array"`` if any
        comes from NumPy or pandas, else ``"number"``.
    """
    found = {_LIBRARIES.get(type(value).__module__.partition(".")[0]) for value in values}
    if "altair" in found:
        return "altair"
    return "array" if "array" in found else "number"


def ceil(x):
    """Round up, element by element.

    Parameters
    ----------
    x : float, array or expression
        Any unit.

    Returns
    -------
    int, array or expression
        The smallest whole number that is not below `x`.
    """
    match kind(x):
        case "altair":
            return sys.modules["altair"].expr.ceil(x)
        case "array":
            return sys.modules["numpy"].ceil(x)
    return math.ceil(x)


def minimum(a, b):
    """Return the smaller of `a` and `b`, element by element (same unit in, same unit out)."""
    match kind(a, b):
        case "altair":
            return sys.modules["altair"].expr.min(a, b)
        case "array":
            return sys.modules["numpy"].minimum(a, b)
    return min(a, b)


def maximum(a, b):
    """Return the larger of `a` and `b`, element by element (same unit in, same unit out)."""
    match kind(a, b):
        case "altair":
            return sys.modules["altair"].expr.max(a, b)
        case "array":
            return sys.modules["numpy"].maximum(a, b)
    return max(a, b)


def where(condition, if_true, if_false):
    """Choose element by element.

    Both sides are computed, so guard a divisor and not the quotient:
    ``x / where(a < 1, 1 - a, 1)``.

    Parameters
    ----------
    condition : bool, array of bool or expression
    if_true, if_false : float, array or expression
        Same unit.

    Returns
    -------
    float, array or expression
        A pandas index is kept.
    """
    match kind(condition, if_true, if_false):
        case "altair":
            return sys.modules["altair"].expr.if_(condition, if_true, if_false)
        case "array":
            chosen = sys.modules["numpy"].where(condition, if_true, if_false)
            return _with_index_of(chosen, condition, if_true, if_false)
    return if_true if condition else if_false


def _with_index_of(chosen, *values):
    for value in values:
        if type(value).__name__ == "Series":
            return type(value)(chosen, index=value.index)
    return chosen


def whole_units(x):
    """Round up to whole things, forgiving the rounding noise of a division.

    Plain ``ceil`` buys a card too many in about 15 % of the cases in which the quotient is a
    whole number on paper.

    Parameters
    ----------
    x : float, array or expression
        A count, not negative.

    Returns
    -------
    int, array or expression
        Whole units.
    """
    return ceil(x * (1.0 - 2.0**-50))
