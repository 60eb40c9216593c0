"""The right answers to the questions of ``data/questions.csv``, from the tables by plain Python.

Nothing of the pipeline is used here: no graph, no query language, no linking of names.
"""

from contextvars import ContextVar
from functools import cache
from statistics import mean

from llmbook import data

# The columns that say from when on a row is there.
_DATED = {
    "models": ("released",),
    "accelerators": ("launched", "announced"),
    "rentals": ("date",),
    "prices": ("date",),
}
_UNTIL = ContextVar("until", default="")


def value(table, key, column):
    """Return one cell; an empty one is no answer."""
    return getattr(row(table, key), column)


def row(table, key):
    """Return one row."""
    found = data.row(table, key)
    if not _is_there(table, found):
        raise LookupError(f"{key!r} came after {_UNTIL.get()}")
    return found


def rows(table, where=lambda row: True):
    """Return the rows for which a test holds; a test of an empty cell does not."""
    return [row for row in data.table(table) if _is_there(table, row) and _holds(where, row)]


def names(table, where=lambda row: True):
    """Return the names of the rows for which a test holds."""
    return [row.name for row in rows(table, where)]


def most(table, column, where=lambda row: True):
    """Return the names of the rows with the largest value; several if they tie."""
    return _extreme(max, table, column, where)


def least(table, column, where=lambda row: True):
    """Return the names of the rows with the smallest value; several if they tie."""
    return _extreme(min, table, column, where)


def column(table, name, where=lambda row: True):
    """Return the values of a column that are not empty."""
    return [getattr(row, name) for row in rows(table, where) if getattr(row, name) is not None]


@cache
def answer(lookup, until=""):
    """Return the right answer.

    Parameters
    ----------
    lookup : str
        An expression over the functions of this module; ``None`` where the tables hold no answer.
    until : str
        Only rows that were there on this date are looked at; all of them by default.

    Returns
    -------
    tuple of float or str
        Empty if there is no answer.
    """
    before = _UNTIL.set(until)
    try:
        found = eval(lookup, {"__builtins__": {}, **_NAMES})
    except (LookupError, ValueError, TypeError):
        # What is missing from the whole tables is an error in the question.
        if not until:
            raise
        found = None
    finally:
        _UNTIL.reset(before)
    if found is None:
        return ()
    items = found if isinstance(found, (list, tuple)) else [found]
    return tuple(float(item) if isinstance(item, int) else item for item in items)


def _is_there(table, row):
    until = _UNTIL.get()
    dates = [getattr(row, name) or "" for name in _DATED.get(table, ())]
    return not until or all(date[: len(until)] <= until for date in dates)


def _holds(where, row):
    try:
        return bool(where(row))
    except (TypeError, AttributeError):
        return False


def _extreme(best, table, name, where):
    known = [row for row in rows(table, where) if getattr(row, name) is not None]
    edge = best(getattr(row, name) for row in known)
    return [row.name for row in known if getattr(row, name) == edge]


_NAMES = {
    "value": value,
    "rows": rows,
    "names": names,
    "most": most,
    "least": least,
    "column": column,
    "row": row,
    **{function.__name__: function for function in (len, max, min, sum, sorted, set, mean, round)},
}
