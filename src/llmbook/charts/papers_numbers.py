"""What the paper prints for a control or a result of a calculator, in the formula's unit."""

from llmbook import data, units


def of_input(claim, name):
    """Return the number that the paper starts from.

    Parameters
    ----------
    claim : str
        Of the ledger.
    name : str
        Of an input of that claim; if the claim has none of this name that the paper prints, the
        number of the claim itself is meant.

    Returns
    -------
    float
    """
    rows = data.table("claim_inputs")
    found = (row.paper for row in rows if row.claim == claim and row.input == name)
    paper = next(found, None)
    return of_claim(claim) if paper is None else paper


def of_claim(claim):
    """Return the number that a claim prints.

    Parameters
    ----------
    claim : str

    Returns
    -------
    float
    """
    row = data.row("claims", claim)
    return row.value * units.in_base(row.unit)
