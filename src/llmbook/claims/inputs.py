"""What goes into a claim: the numbers that the paper prints, and those of our sources."""

from llmbook import data, transformer

# Counts that follow from a model's shape are cells that no table holds.
_DERIVED = {
    ("models", "n_params"): transformer.model_params,
    ("models", "n_active_params"): transformer.model_active_params,
}


def of_claim(key):
    """Return the rows of ``claim_inputs.csv`` for one claim.

    Parameters
    ----------
    key : str

    Returns
    -------
    list of llmbook.data.Row
    """
    return [item for item in data.table("claim_inputs") if item.claim == key]


def from_paper(key):
    """Return the arguments as the paper prints them.

    Parameters
    ----------
    key : str
        Of a claim.

    Returns
    -------
    dict or None
        None if the paper leaves one of them out, so that its number cannot be recomputed from
        the paper alone.
    """
    values = {item.input: item.paper for item in of_claim(key)}
    return values if values and None not in values.values() else None


def from_sources(key):
    """Return the arguments as the tables give them.

    Parameters
    ----------
    key : str
        Of a claim.

    Returns
    -------
    dict
        Empty for a claim whose function reads whole tables.
    """
    for item in of_claim(key):
        if _row_of(item.reference).grade == "unverified":
            raise ValueError(f"claim {key} rests on an unverified row: {item.reference}")
    return {item.input: cell(item.reference) for item in of_claim(key)}


def sources(key):
    """Return the keys of the references behind the sourced arguments of a claim.

    Parameters
    ----------
    key : str

    Returns
    -------
    list of str
    """
    return [_row_of(item.reference).source for item in of_claim(key)]


def cell(reference):
    """Look up one cell of the tables.

    Parameters
    ----------
    reference : str
        ``table/id/column``; ``n_params`` of a model is derived from its shape.

    Returns
    -------
    float or str

    Raises
    ------
    ValueError
        If the reference has another form, or names a table, row or column that is not there or
        a cell that is empty.
    """
    table, _, column = _parts(reference)
    row = _row_of(reference)
    if (table, column) in _DERIVED:
        return _DERIVED[table, column](row)
    value = getattr(row, column, None)
    if value is None:
        raise ValueError(f"the cell {reference!r} is empty or has no such column")
    return value


def _row_of(reference):
    table, key, _ = _parts(reference)
    return data.row(table, key)


def _parts(reference):
    parts = str(reference).split("/")
    if len(parts) != 3:
        raise ValueError(f"a reference must be table/id/column, got {reference!r}")
    return parts
