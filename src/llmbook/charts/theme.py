"""One look for all charts."""

import altair as alt

# Okabe & Ito 2008: told apart by readers with any common colour blindness.  The shades are
# darkened or lightened to stand out by 3:1 on the light and on the dark page.
COLORS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "pink": "#B5588D",
    "sky": "#3D9BD1",
    "ochre": "#B8860B",
    "grey": "#7F7F7F",
}

_FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


def _config():
    label = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    return {
        "background": "transparent",
        "font": _FONT,
        "view": {"stroke": None, "continuousHeight": 280},
        # On a phone every other number is left out before two of them touch.
        "axis": {**label, "labelLimit": 180, "labelSeparation": 10, "tickCount": 5},
        "axisBand": {"domain": False, "ticks": False, "grid": False},
        "legend": {**label, "orient": "bottom", "columns": 1, "symbolStrokeWidth": 2},
        "range": {"category": list(COLORS.values())},
        "bar": {"fill": COLORS["blue"]},
        "line": {"color": COLORS["blue"], "strokeWidth": 2},
        "rule": {"color": COLORS["grey"]},
        "text": {"fontSize": 12},
    }


@alt.theme.register("llmbook", enable=False)
def _theme():
    # A chart takes the width of its page and the height of its rows.
    fit = {"type": "fit-x", "contains": "padding"}
    return alt.theme.ThemeConfig(config=_config(), width="container", autosize=fit)


def enable():
    """Give all Altair charts of this process the look of the book."""
    alt.theme.enable("llmbook")


def beside(pixels):
    """Return the padding with that much room for numbers to the right of the longest bar."""
    return {"left": 5, "top": 5, "bottom": 5, "right": pixels}
