"""Which function recomputes which claim."""

FUNCTIONS = {}


def claim(*ids):
    """Register a function as the computation of one or several numeric claims.

    Parameters
    ----------
    *ids : str
        Of claims in ``claims.csv``.

    Returns
    -------
    callable
        The decorator, which returns the function unchanged.

    Raises
    ------
    ValueError
        If a claim has a function already.
    """

    def register(function):
        for key in ids:
            if key in FUNCTIONS:
                raise ValueError(
                    f"claim {key} has two functions: {FUNCTIONS[key].__name__} "
                    f"and {function.__name__}"
                )
            FUNCTIONS[key] = function
        return function

    return register
