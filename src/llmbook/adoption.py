"""How fast a service gains users."""

from llmbook.glossary import checked


@checked
def daily_growth_factor(users_at_start, users_at_end, n_days):
    """Return by how much users multiply in a day, taking the growth to be even.

    Parameters
    ----------
    users_at_start, users_at_end : float
    n_days : float
        Between the two counts.

    Returns
    -------
    float
        Ratio: 1.1 is a growth of a tenth each day.
    """
    return ((1.0 * users_at_end) / users_at_start) ** (1.0 / n_days)
