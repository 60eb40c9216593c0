"""The few kinds of chart that the chapters need, each from a DataFrame."""

import altair as alt

from llmbook.charts.figure import Figure
from llmbook.charts.tables import figures
from llmbook.charts.theme import COLORS, beside

_STROKES = alt.Legend(symbolType="stroke", symbolSize=300)


def bars(
    frame, label, value, title, description, unit, limit=None, log=False, group=None, groups=None
):
    """Draw one horizontal bar a row, its value written at the end.

    On a log axis a length means nothing, so there the value is a point on a thin line.

    Parameters
    ----------
    frame : pandas.DataFrame
        In the order of the bars, from the top.
    label, value : str
        Columns; the axis is called by the value's column and `unit`.
    title, description : str
        As in `Figure`.
    unit : str
    limit : tuple of (float, str), optional
        A value to mark by a vertical line, and what it stands for.
    log : bool
        Whether the axis is logarithmic.
    group : str, optional
        A column that colours the bars.
    groups : list of str, optional
        Its values in the order of the legend; that of the rows by default.

    Returns
    -------
    Figure
    """
    shown = frame[[name for name in (label, value, group) if name]]
    written = shown.assign(written=shown[value].map(figures))
    low, high = (shown[value].min() / 1.5, shown[value].max() * 3) if log else (0, None)
    scale = alt.Scale(type="log", domain=[low, high], nice=False) if log else alt.Scale(zero=True)
    x = alt.X(f"{value}:Q", scale=scale, title=f"{value} ({unit})", axis=_axis(log))
    y = alt.Y(f"{label}:N", sort=None, title=None)
    base = alt.Chart(written).encode(x=x, y=y)
    colored = base.encode(color=_color(group, groups))
    if log:
        line = base.mark_rule().encode(x2=alt.datum(low))
        layers = [line, colored.mark_point(filled=True, size=90, opacity=1)]
    else:
        layers = [colored.mark_bar(height=14)]
    layers.append(base.mark_text(align="left", dx=7).encode(text="written:N"))
    if limit:
        layers += _limit(*limit, beyond_middle=limit[0] > _middle(shown[value], log))
    room = beside(7 + 7 * max(map(len, written.written)))
    chart = alt.layer(*layers).properties(height=alt.Step(26), padding=room)
    return Figure(chart, title, description, table=frame)


def stacked(frame, label, value, group, title, description, unit):
    """Draw one horizontal bar a label, cut into groups.

    Parameters
    ----------
    frame : pandas.DataFrame
        In the order of the bars and of the groups.
    label, value, group : str
        Columns.
    title, description : str
        As in `Figure`.
    unit : str

    Returns
    -------
    Figure
    """
    order = list(dict.fromkeys(frame[group]))
    ranked = frame.assign(rank=frame[group].map(order.index))
    palette = [COLORS[name] for name in ("blue", "orange", "grey")][: len(order)]
    colors = alt.Scale(domain=order, range=palette)
    chart = (
        alt.Chart(ranked)
        .mark_bar(height=16)
        .encode(
            x=alt.X(f"{value}:Q", title=f"{value} ({unit})"),
            y=alt.Y(f"{label}:N", sort=None, title=None),
            color=alt.Color(f"{group}:N", scale=colors, sort=None, title=None),
            order=alt.Order("rank:Q"),
        )
        .properties(height=alt.Step(28))
    )
    return Figure(chart, title, description, table=frame)


def lines(
    frame, x, y, series, title, description, log_x=False, log_y=False, limit=None, x_format=",f"
):
    """Draw one line a series, with points.

    Parameters
    ----------
    frame : pandas.DataFrame
    x, y, series : str
        Columns, named with their units.
    title, description : str
        As in `Figure`.
    log_x, log_y : bool
    limit : tuple of (float, str), optional
        A height to mark by a horizontal line, and what it stands for.
    x_format : str
        Of the numbers along the axis, in D3's notation: ``"d"`` for years.

    Returns
    -------
    Figure
    """
    chart = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X(f"{x}:Q", scale=_span(frame[x], log_x), axis=_axis(log_x, x_format)),
            y=alt.Y(f"{y}:Q", scale=_scale(log_y), axis=_axis(log_y)),
            color=alt.Color(f"{series}:N", title=None, sort=None, legend=_STROKES),
            strokeDash=alt.StrokeDash(f"{series}:N", title=None, sort=None, legend=_STROKES),
        )
    )
    if limit:
        height, words = limit
        rule = alt.Chart(alt.Data(values=[{"height": height, "words": words}]))
        chart += rule.mark_rule(strokeDash=[4, 3]).encode(y=alt.Y("height:Q", title=y))
        chart += rule.mark_text(align="left", baseline="bottom", dy=-3).encode(
            x=alt.value(4), y="height:Q", text="words:N"
        )
    return Figure(chart, title, description, table=frame)


def agreement(frame, label, x, y, group, title, description, named=()):
    """Draw predicted against reported numbers on log axes, with the line of agreement.

    Parameters
    ----------
    frame : pandas.DataFrame
    label, x, y, group : str
        Columns; `group` gives colour and shape.
    title, description : str
        As in `Figure`.
    named : dict of str to str, optional
        Labels of rows whose points carry words, and the words.

    Returns
    -------
    Figure
    """
    ends = [float(frame[[x, y]].min().min()), float(frame[[x, y]].max().max())]
    # Prefixes save room from a million on; below one they would read as another unit.
    axis = alt.Axis(format="~s" if ends[1] >= 1e6 and ends[0] >= 1 else ",r")
    diagonal = alt.Chart(alt.Data(values=[{x: end, y: end} for end in ends]))
    points = alt.Chart(frame[[label, x, y, group]]).mark_point(filled=True, size=70, opacity=0.9)
    chart = diagonal.mark_line(color=COLORS["grey"], strokeDash=[4, 3]).encode(
        x=_log(alt.X, x, axis), y=_log(alt.Y, y, axis)
    ) + points.encode(
        x=_log(alt.X, x, axis),
        y=_log(alt.Y, y, axis),
        color=alt.Color(f"{group}:N", title=None, sort=None),
        shape=alt.Shape(f"{group}:N", title=None, sort=None),
        tooltip=[f"{label}:N", f"{x}:Q", f"{y}:Q"],
    )
    for row in frame[frame[label].isin(named)].to_dict("records"):
        place = {x: row[x], y: row[y], "words": named[row[label]]}
        # Towards the middle, where there is room.
        left = row[x] > (ends[0] * ends[1]) ** 0.5
        align, dx = ("right", -9) if left else ("left", 9)
        words = alt.Chart(alt.Data(values=[place])).mark_text(align=align, dx=dx)
        chart += words.encode(x=f"{x}:Q", y=f"{y}:Q", text="words:N")
    return Figure(chart, title, description, table=frame)


def timeline(frame, event, date, group, title, description):
    """Draw one point an event on an axis of time.

    Parameters
    ----------
    frame : pandas.DataFrame
        In the order of the events, from the top.
    event, date, group : str
        Columns; dates as text: year, month or day.
    title, description : str
        As in `Figure`.

    Returns
    -------
    Figure
    """
    chart = (
        alt.Chart(frame)
        .mark_point(size=120, filled=True, opacity=1)
        .encode(
            x=alt.X(
                f"{date}:T",
                title=None,
                scale=alt.Scale(nice="year"),
                axis=alt.Axis(format="%Y", tickCount="year"),
            ),
            y=alt.Y(f"{event}:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color(f"{group}:N", sort=None, title=None, legend=alt.Legend(labelLimit=320)),
            tooltip=[f"{event}:N", f"{date}:N", f"{group}:N"],
        )
        .properties(height=alt.Step(28))
    )
    return Figure(chart, title, description, table=frame)


def ranges(frame, label, low, high, point, title, description, unit, log=False, ends=None):
    """Draw one horizontal range a row, with a common line at the central value.

    Parameters
    ----------
    frame : pandas.DataFrame
        In the order of the ranges, from the top.
    label, low, high : str
        Columns; with `ends`, a line break in a label begins a second line.
    point : float
        The central value.
    title, description : str
        As in `Figure`.
    unit : str
        Of the axis.
    log : bool
    ends : tuple of str, optional
        What to call the part from the line to `low` and that to `high`, each in its own colour:
        for results at the two ends of an input, where the low end need not give the low result.

    Returns
    -------
    Figure
    """
    scale = alt.Scale(type="log") if log else alt.Scale(zero=False)
    # Beside long labels there is less room above the axis than the title takes.
    axis = alt.Axis(title=unit, titleAnchor="end", format=",f")
    base = alt.Chart(frame[[label, low, high]])
    if ends:
        chart = _two_parts(base, label, (low, high), point, ends, scale, axis)
    else:
        x, y = alt.X(f"{low}:Q", scale=scale, axis=axis), alt.Y(f"{label}:N", sort=None, title=None)
        chart = base.mark_bar(height=14).encode(x=x, x2=f"{high}:Q", y=y)
    chart += (
        alt.Chart(alt.Data(values=[{"point": point}]))
        .mark_rule(strokeDash=[4, 3])
        .encode(x="point:Q")
    )
    chart = chart.properties(height=alt.Step(34 if ends else 26), padding=beside(18))
    table = frame.assign(**{label: frame[label].str.replace("\n", ": ")})
    return Figure(chart, title, description, table=table)


def _two_parts(base, label, columns, point, ends, scale, axis):
    """Bars from the central value to either end, in two colours."""
    shades = alt.Scale(domain=list(ends), range=[COLORS["orange"], COLORS["blue"]])
    lines = alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=200)
    y = alt.Y(f"{label}:N", sort=None, title=None, axis=lines)
    parts = [
        base.transform_calculate(end=f"'{words}'", point=str(point))
        .mark_bar(height=14)
        .encode(
            x=alt.X(f"{column}:Q", scale=scale, axis=axis),
            x2="point:Q",
            y=y,
            color=alt.Color("end:N", title=None, scale=shades),
        )
        for column, words in zip(columns, ends, strict=True)
    ]
    return alt.layer(*parts)


def _color(group, groups):
    return alt.Color(f"{group}:N", title=None, sort=groups) if group else alt.value(COLORS["blue"])


def _middle(values, log):
    return (values.min() * values.max()) ** 0.5 if log else values.max() / 2


def _limit(value, words, beyond_middle):
    """Mark a value; its words go to the side that has more room."""
    align, dx = ("right", -4) if beyond_middle else ("left", 4)
    rule = alt.Chart(alt.Data(values=[{"limit": value, "words": words}]))
    return [
        rule.mark_rule(strokeDash=[4, 3]).encode(x="limit:Q"),
        rule.mark_text(align=align, baseline="bottom", dx=dx, dy=-2).encode(
            x="limit:Q", y=alt.value(0), text="words:N"
        ),
    ]


def _log(channel, column, axis):
    return channel(f"{column}:Q", scale=alt.Scale(type="log"), axis=axis)


def _scale(log):
    return alt.Scale(type="log", nice=False) if log else alt.Scale(zero=True)


def _span(values, log):
    """Begin at zero unless that would leave most of the axis empty."""
    far = not log and values.min() > values.max() / 2
    return alt.Scale(zero=False, nice=False) if far else _scale(log)


def _axis(log, numbers=",f"):
    # A log axis is ruled at the powers of ten only: nine lines a decade say nothing more.
    powers = [10.0**power for power in range(-3, 13)]
    return alt.Axis(format=",f", values=powers) if log else alt.Axis(format=numbers)
