"""What the ledger of a page shows when the page was run with inputs of the reader's own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """A claim under other inputs than the paper's.

    Parameters
    ----------
    value : float or None
        In the claim's unit; None if it cannot be computed from these inputs.
    ratio : float or None
        To what the paper prints.
    verdict : str or None
        By the rule of the ledger for a number that comes from one set of inputs.
    before : str
        The verdict with the paper's inputs.
    problem : str or None
        Why there is no value.
    """

    value: float | None
    ratio: float | None
    verdict: str | None
    before: str
    problem: str | None = None


_SHOWN = {}


def show(rows):
    """Let the ledgers of this page show these claims under the reader's inputs.

    Parameters
    ----------
    rows : dict of str to tuple
        The fields of `Shown` by the claim's id; they replace what was shown before.
    """
    _SHOWN.clear()
    _SHOWN.update({key: Shown(*row) for key, row in rows.items()})


def of(key):
    """Return a claim under the reader's inputs.

    Parameters
    ----------
    key : str

    Returns
    -------
    Shown or None
        None if it does not rest on them.
    """
    return _SHOWN.get(key)


def any_shown():
    """Whether the page was run with inputs of the reader's own."""
    return bool(_SHOWN)
