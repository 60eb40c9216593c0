"""Two things that cannot both be had: a curve a choice, points met in the market, limits."""

import altair as alt
import pandas as pd

from llmbook.charts.figure import Figure
from llmbook.charts.theme import COLORS

# A log axis over one or two decades needs steps between the powers of ten.
_TICKS = [step * 10.0**power for power in range(-3, 6) for step in (1, 2, 5)]


def trade_off(curves, points, limits, x, y, series, title, description, bands=None):
    """Draw a curve for each series, labelled points and vertical limits on log axes.

    Parameters
    ----------
    curves, points : pandas.DataFrame
        With columns `x`, `y` and `series`; curves in the order in which each is drawn.
    limits : dict of str to float
        Words and place of each vertical line.
    x, y, series : str
        Columns, the first two named with their units.
    title, description : str
        As in `Figure`.
    bands : pandas.DataFrame, optional
        Vertical ranges with columns `x`, `y` (the low end), ``"high"`` and `series`.

    Returns
    -------
    Figure
        Its table holds curves, points and bands.
    """
    axis = alt.Axis(format="~g", values=_TICKS, labelOverlap=True)
    scale = alt.Scale(type="log", nice=False, padding=15)
    across = alt.X(f"{x}:Q", scale=scale, axis=axis, title=x)
    up = alt.Y(f"{y}:Q", scale=scale, axis=axis, title=y)
    layers = [_curves(curves, across, up, series), *_points(points, across, up, series)]
    layers += _limits(limits, x)
    shown = [curves, points]
    if bands is not None:
        layers += _bands(bands, across, up, series)
        shown.append(bands)
    numbers = pd.concat(shown, ignore_index=True)
    return Figure(alt.layer(*layers).properties(height=420), title, description, table=numbers)


def _curves(frame, across, up, series):
    legend = alt.Legend(symbolType="stroke", symbolSize=300)
    return (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=25))
        .encode(
            x=across,
            y=up,
            color=alt.Color(f"{series}:N", title=None, sort=None, legend=legend),
            strokeDash=alt.StrokeDash(f"{series}:N", title=None, sort=None, legend=legend),
            order=alt.Order(across.shorthand),
        )
    )


def _points(frame, across, up, series):
    base = alt.Chart(frame).encode(x=across, y=up)
    mark = base.mark_point(filled=True, size=80, shape="diamond", color=COLORS["grey"], opacity=1)
    return [mark, base.mark_text(align="left", dx=7, dy=-7).encode(text=f"{series}:N")]


def _bands(frame, across, up, series):
    base = alt.Chart(frame).encode(x=across, y=up)
    rule = base.mark_rule(size=6, color=COLORS["grey"]).encode(y2=alt.Y2("high:Q", title=None))
    words = base.mark_text(align="right", dx=-7, dy=-10).encode(text=f"{series}:N")
    return [rule, words]


def _limits(limits, title):
    rows = [{"words": words, "place": place} for words, place in limits.items()]
    base = alt.Chart(alt.Data(values=rows)).encode(x=alt.X("place:Q", title=title))
    words = base.mark_text(angle=270, align="right", baseline="bottom", dx=-4, dy=-3)
    return [
        base.mark_rule(strokeDash=[4, 3]),
        words.encode(y=alt.value(0), text="words:N"),
    ]
