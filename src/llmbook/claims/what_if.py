"""The ledger with other numbers: inputs of the reader's own, or another cell of a table."""

from dataclasses import dataclass

from llmbook import data, quantities
from llmbook.claims import inputs, ledger, verdicts
from llmbook.claims.registry import FUNCTIONS

# Units of claims that are no SI units; a parameter of a chapter is in SI units.
_SCALES = {
    "GB": quantities.GB,
    "MB": quantities.MB,
    "billion": quantities.BILLION,
    "trillion": quantities.TRILLION,
}


@dataclass(frozen=True)
class Yours:
    """A claim with inputs of the reader's own.

    Parameters
    ----------
    claim : llmbook.data.Row
        Of ``claims.csv``.
    value : float or None
        In the claim's unit; None if it cannot be computed from these inputs.
    ratio : float or None
        To what the paper prints.
    verdict : str or None
        Of this value: by one set of inputs, the reader's, it holds or it does not.
    problem : str or None
        Why there is no value.
    """

    claim: data.Row
    value: float | None
    ratio: float | None
    verdict: str | None
    problem: str | None = None


@dataclass(frozen=True)
class Meaning:
    """What a parameter of a chapter stands for in the ledger.

    Parameters
    ----------
    cells : frozenset of str
        References in ``claim_inputs.csv``: each input that is read there takes its value.
    argument : str or None
        The name of those inputs.
    restates : str or None
        The claim whose printed number it is.
    scale : float
        Units of the parameter in one of that claim.
    """

    cells: frozenset
    argument: str | None = None
    restates: str | None = None
    scale: float = 1.0


def meaning(claim, name, value):
    """Find out what a parameter of a chapter stands for.

    Parameters
    ----------
    claim : str
        That its comment names.
    name : str
    value : float
        The paper's.

    Returns
    -------
    Meaning

    Raises
    ------
    ValueError
        If there is no such claim.
    """
    item = data.row("claims", claim)
    scale = _SCALES.get(item.unit, 1.0)
    restates = claim if item.value is not None and item.value * scale == value else None
    rows = _inputs_meant(item, name, value, restates)
    return Meaning(
        frozenset(row.reference for row in rows),
        rows[0].input if rows else None,
        restates,
        scale,
    )


def _inputs_meant(item, name, value, restates):
    """The rows of ``claim_inputs.csv`` that a parameter means, by its name or by its value."""
    own = inputs.of_claim(item.id)
    by_name = [row for row in own if row.input == name]
    by_value = [row for row in own if row.paper == value]
    # The printed number of one claim may be what another of the section starts from.
    elsewhere = [
        row
        for row in data.table("claim_inputs")
        if restates and row.paper == value and row.claim.split("-")[0] == item.section
    ]
    for rows in (by_name, by_value, elsewhere):
        if len({row.reference for row in rows}) == 1:
            return rows
    return []


def recompute(changes, cells=()):
    """Recompute the claims on which changed parameters and changed cells bear.

    Parameters
    ----------
    changes : iterable of tuple
        A `Meaning` and the new value of its parameter.
    cells : iterable of tuple
        Table, row, column and the new value of a cell.

    Returns
    -------
    list of Yours
        In the order of the ledger.
    """
    values, stated = {}, {}
    for meant, value in changes:
        values |= dict.fromkeys(meant.cells, value)
        if meant.restates:
            stated[meant.restates] = value / meant.scale
    moved = {move.before.id: move for move in moves(cells)}
    with data.with_rows(changed_tables(cells)):
        return [
            _yours(item, values, stated, moved.get(item.id))
            for item in data.table("claims")
            if item.kind == "numeric"
            and (item.id in stated or item.id in moved or _bears(item, values))
        ]


def _bears(item, values):
    return any(row.reference in values for row in inputs.of_claim(item.id))


def _yours(item, values, stated, move):
    try:
        if item.id in stated:
            value = stated[item.id]
        elif _bears(item, values):
            value = _computed(item, values)
        elif move.after is None:
            return Yours(item, None, None, None, move.problem)
        else:
            value = move.after.recomputed
    except (ValueError, ArithmeticError) as error:
        return Yours(item, None, None, None, str(error))
    agrees = verdicts.holds(value, item.value, item.relation, item.tolerance)
    ratio = value / item.value if item.value else None
    return Yours(item, value, ratio, verdicts.numeric(None, agrees))


def _computed(item, values):
    """The paper's own inputs, ours where it prints none, and the reader's before both."""
    known = {}
    for row in inputs.of_claim(item.id):
        theirs = row.paper if row.paper is not None else inputs.cell(row.reference)
        known[row.input] = values.get(row.reference, theirs)
    return FUNCTIONS[item.id](**known)


@dataclass(frozen=True)
class Move:
    """A claim before and after a cell has changed.

    Parameters
    ----------
    before : llmbook.claims.ledger.Result
    after : llmbook.claims.ledger.Result or None
        None if the claim can no longer be computed.
    problem : str or None
        Why not.
    """

    before: ledger.Result
    after: ledger.Result | None
    problem: str | None = None


def moves(cells):
    """Return the claims that would move if cells of the tables were others.

    Parameters
    ----------
    cells : iterable of tuple
        Table, row, column and the new value, as `llmbook.data.parse_cell` gives it.

    Returns
    -------
    list of Move
        In the order of the ledger.
    """
    before = ledger.results()
    with data.with_rows(changed_tables(cells)):
        found = [_moved(item, old) for item, old in zip(data.table("claims"), before, strict=True)]
    return [move for move in found if move.after != move.before]


def changed_tables(cells):
    """Return the tables that hold changed cells, with the changes.

    Parameters
    ----------
    cells : iterable of tuple
        As in `moves`.

    Returns
    -------
    dict of str to tuple of llmbook.data.Row
    """
    tables = {}
    for table, key, column, value in cells:
        data.row(table, key)
        tables[table] = tuple(
            data.Row(**vars(row) | {column: value}) if row.id == key else row
            for row in tables.get(table, data.table(table))
        )
    return tables


def _moved(item, old):
    try:
        return Move(old, ledger.recompute(item))
    except (ValueError, KeyError, ArithmeticError) as error:
        return Move(old, None, str(error))
