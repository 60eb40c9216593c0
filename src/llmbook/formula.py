"""What an argument may be, and the decorator that holds a formula to it."""

import functools
import math
import sys
from dataclasses import dataclass

from llmbook.elementwise import kind


@dataclass(frozen=True)
class Domain:
    """What one named argument means and may be.

    The check, the limits of a slider and the property tests all read it.

    Parameters
    ----------
    meaning : str
        What the number stands for.
    unit : str
        ``"1"`` for counts and fractions.
    low, high : float
        The smallest and the largest value allowed.
    open_low : bool
        Whether `low` itself is refused.
    usual : tuple of float
        The range met in practice; sliders and random tests stay inside it.
    whole : bool
        Whether a part of one is refused.
    """

    meaning: str
    unit: str
    low: float = 0.0
    high: float = sys.float_info.max
    open_low: bool = True
    usual: tuple[float, float] = (1.0, 1e6)
    whole: bool = False

    def __str__(self):
        edge = "above" if self.open_low else "at least"
        what = "whole" if self.whole else "finite"
        top = "" if self.high == sys.float_info.max else f" and at most {self.high:g}"
        return f"a {what} number {edge} {self.low:g}{top}"

    def holds(self, smallest, largest):
        """Whether a range of values lies inside; a NaN at either end does not."""
        above = smallest > self.low if self.open_low else smallest >= self.low
        inside = above and largest <= self.high
        return inside and not (self.whole and (smallest % 1 or largest % 1))


def check(name, value, domain):
    """Refuse a value outside its domain.

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    value : float, array or Altair expression
        Expressions pass: their limits are the slider's.
    domain : Domain

    Raises
    ------
    ValueError
        If the value is no number, not finite or outside the domain.
    """
    if type(value) is float and domain.holds(value, value):
        return
    what = kind(value)
    if what == "altair":
        return
    inside = _array_inside if what == "array" else _number_inside
    if not inside(value, domain):
        raise ValueError(
            f"{name} must be {domain}, got {value!r} ({domain.meaning}, {domain.unit})"
        )


def _number_inside(value, domain):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    # Compared before it is converted: a long integer has no float.
    return domain.holds(value, value) and math.isfinite(value)


def _array_inside(value, domain):
    values = sys.modules["numpy"].asarray(value)
    # Short numbers overflow in silence: 8 bits end at 127.
    if values.dtype.kind not in "fiu" or values.dtype.itemsize < 4:
        return False
    return values.size == 0 or bool(domain.holds(values.min(), values.max()))


def formula(glossary):
    """Make a decorator that checks each argument against its entry in a glossary.

    Parameters
    ----------
    glossary : dict of str to Domain

    Returns
    -------
    callable
        The decorator.  The function it returns carries the domains of its arguments, in order,
        as ``.domains``.
    """

    def decorate(function):
        code = function.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        domains = {name: glossary[name] for name in names}

        @functools.wraps(function)
        def checked(*args, **kwargs):
            for name, value in zip(names, args, strict=False):
                check(name, value, domains[name])
            for name, value in kwargs.items():
                if name in domains:
                    check(name, value, domains[name])
            return function(*args, **kwargs)

        checked.domains = domains
        return checked

    return decorate


def apply(function, row, **others):
    """Call a formula with the arguments that a row of data holds.

    Parameters
    ----------
    function : callable
        A formula, with ``.domains``.
    row : object
        With an attribute for each argument not in `others`.
    **others
        Arguments that the row does not hold, or that replace its own.

    Returns
    -------
    float
        Whatever the formula returns.

    Raises
    ------
    ValueError
        If the row lacks an argument or leaves it empty.
    """
    missing = [name for name in function.domains if name not in others]
    found = {name: getattr(row, name, None) for name in missing}
    empty = [name for name, value in found.items() if value is None]
    if empty:
        raise ValueError(
            f"{function.__name__} needs {', '.join(empty)}, which {row!r} does not give"
        )
    return function(**found, **others)
