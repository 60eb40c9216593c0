"""A map of two settings: which of several answers is the best one where."""

import altair as alt

from llmbook.charts.figure import Figure
from llmbook.charts.theme import COLORS

_SHADES = [COLORS[name] for name in ("green", "orange", "blue", "grey")]


def areas(frame, x, y, choice, order, title, description):
    """Draw a rectangle for each pair of two settings, coloured by what is best there.

    Parameters
    ----------
    frame : pandas.DataFrame
    x, y, choice : str
        Columns, the first two numbers named with their units.
    order : list of str
        What can be chosen, four at most, each with its own colour.
    title, description : str
        As in `Figure`.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If nothing is to be drawn, or a choice has no colour.
    """
    _check_choices(frame, choice, order)
    axis = alt.Axis(format=",~r", labelAngle=0)
    # Between rectangles that end within a pixel the ground shines through.
    whole_pixels = alt.Scale(round=True)
    color = alt.Color(
        f"{choice}:N",
        title=None,
        sort=order,
        scale=alt.Scale(domain=order, range=_SHADES[: len(order)]),
    )
    chart = (
        alt.Chart(frame[[x, y, choice]])
        .mark_rect(stroke="transparent", strokeWidth=1)
        .encode(
            x=alt.X(f"{x}:O", axis=axis, scale=whole_pixels),
            y=alt.Y(f"{y}:O", sort="descending", axis=axis, scale=whole_pixels),
            color=color,
            tooltip=[f"{x}:Q", f"{y}:Q", f"{choice}:N"],
        )
        .properties(height=240)
    )
    return Figure(chart, title, description, table=frame)


def _check_choices(frame, choice, order):
    if frame.empty:
        raise ValueError("frame must have a row at least: an empty map says nothing")
    if len(order) > len(_SHADES):
        raise ValueError(f"order must have {len(_SHADES)} choices at most, got {order!r}")
    strange = sorted(set(frame[choice]) - set(order))
    if strange:
        raise ValueError(f"order must name every choice of the map, and {strange!r} are missing")
