"""A curve that moves with the controls of a calculator, and the point where they stand."""

import altair as alt

from llmbook.charts.calculator import expression_text
from llmbook.charts.theme import COLORS


def curve_with_point(places, curve, here, x, y, level=None):
    """Draw a formula over one of its arguments.

    Parameters
    ----------
    places : list of float
        Where the curve is computed, in the unit of the axis.
    curve : expression
        Of ``alt.datum.place``, in the unit of the axis.
    here : tuple of expression
        Place and value of the point.
    x, y : dict
        What `alt.X` and `alt.Y` take.
    level : expression, optional
        Of a dashed line across.

    Returns
    -------
    altair.LayerChart
    """
    x, y = alt.X("place:Q", **x), alt.Y("value:Q", **y)
    line = (
        alt.Chart(alt.Data(values=[{"place": place} for place in places]))
        .transform_calculate(value=expression_text(curve))
        .mark_line()
        .encode(x=x, y=y)
    )
    place, value = map(expression_text, here)
    point = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(place=place, value=value)
        .mark_point(size=120, filled=True, opacity=1, color=COLORS["orange"])
        .encode(x=x, y=y)
    )
    if level is None:
        return line + point
    across = alt.Chart(alt.Data(values=[{}])).transform_calculate(value=expression_text(level))
    return line + across.mark_rule(strokeDash=[4, 3]).encode(y=y) + point


def powers(low, high, steps=10):
    """Return places that lie evenly on a log axis.

    Parameters
    ----------
    low, high : int
        Powers of ten.
    steps : int
        In each of them.

    Returns
    -------
    list of float
    """
    return [float(f"{10 ** (low + step / steps):.4g}") for step in range((high - low) * steps + 1)]
