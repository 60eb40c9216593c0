"""The right answers to the questions of ``data/questions.csv``, from the tables by plain Python.

Nothing of the pipeline is used here: no graph, no query language, no linking of names.
"""

from functools import cache
from statistics import mean

from llmbook import data


def value(table, key, column):
    """Return one cell; an empty one is no answer."""
    return getattr(data.row(table, key), column)


def rows(table, where=lambda row: True):
    """Return the rows for which a test holds; a test of an empty cell does not."""
    return [row for row in data.table(table) if _holds(where, row)]


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
def answer(lookup):
    """Return the right answer.

    Parameters
    ----------
    lookup : str
        An expression over the functions of this module; ``None`` where the tables hold no answer.

    Returns
    -------
    tuple of float or str
        Empty if there is no answer.
    """
    found = eval(lookup, {"__builtins__": {}, **_NAMES})
    if found is None:
        return ()
    items = found if isinstance(found, (list, tuple)) else [found]
    return tuple(float(item) if isinstance(item, int) else item for item in items)


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
    "row": data.row,
    **{function.__name__: function for function in (len, max, min, sum, sorted, set, mean, round)},
}
