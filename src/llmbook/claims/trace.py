"""Which cells of the tables a claim rests on: those that are read while it is computed."""

import functools

from llmbook import data
from llmbook.claims import inputs
from llmbook.claims.registry import FUNCTIONS

# The ledger's own tables say themselves which claim a row is about.
LEDGER_TABLES = ("claims", "claim_inputs", "evidence")
# What every computation looks at, and no number comes from.
BOOKKEEPING = ("id", "name", "source", "grade", "note")


@functools.cache
def resting():
    """Return the claims that rest on each cell.

    Returns
    -------
    dict of str to tuple of str
        From ``table/id/column`` to claims, in the order of the ledger; a cell on which no claim
        rests is left out.
    """
    found = {}
    for item in data.table("claims"):
        if item.kind == "numeric":
            for cell in cells_read(item.id):
                found.setdefault(cell, []).append(item.id)
    return {cell: tuple(keys) for cell, keys in found.items()}


def cells_read(key):
    """Return the cells that are read while a numeric claim is computed from our sources.

    Parameters
    ----------
    key : str
        Of the claim.

    Returns
    -------
    set of str
        As ``table/id/column``.
    """
    seen = set()
    names = [item["name"] for item in data.package()["resources"]]
    watched = {name: _watched(name, seen) for name in names if name not in LEDGER_TABLES}
    with data.with_rows(watched):
        FUNCTIONS[key](**inputs.from_sources(key))
    return {cell for cell in seen if not cell.endswith(tuple(f"/{name}" for name in BOOKKEEPING))}


def _watched(table, seen):
    """The rows of a table, which write down what is read of them."""

    class Watched(data.Row):
        def __getattribute__(self, column):
            value = super().__getattribute__(column)
            if not column.startswith("_"):
                seen.add(f"{table}/{vars(self)['id']}/{column}")
            return value

    return tuple(Watched(**vars(row)) for row in data.table(table))
