"""Tables for pages: scrollable on a phone, captioned, without inline style sheets."""

import html
import math
import re

import IPython
import pandas


def figures(value):
    """Format a number for reading: whole if it is whole, else to four significant digits.

    Parameters
    ----------
    value : float, str or None

    Returns
    -------
    str
        Empty for None and NaN.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    decimals = max(0, 3 - math.floor(math.log10(abs(value))))
    if decimals > 8:
        return f"{value:.3e}"
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


class Markup(str):
    """Text that is HTML already."""

    def __html__(self):
        return str(self)


class Table:
    """A DataFrame as a table of the page.

    Parameters
    ----------
    frame : pandas.DataFrame
        Shown with its index if that has a name.
    caption : str
        What the table shows; read out before it.  Empty for a table that its sentence explains.
    stacks : bool
        Whether the cells of a row stand below one another on a phone.
    """

    def __init__(self, frame, caption="", stacks=False):
        self.frame = frame
        self.caption = caption
        self.stacks = stacks

    def html(self):
        """Return the table inside a box that scrolls sideways on its own.

        Returns
        -------
        str
        """
        rows = self.frame.reset_index(drop=self.frame.index.name is None)
        classes = "llmbook-data llmbook-stacks" if self.stacks else "llmbook-data"
        table = rows.map(_cell).to_html(index=False, border=0, escape=False, classes=classes)
        table = table.replace("<th>", '<th scope="col">')
        caption = html.escape(self.caption)
        if caption:
            table = table.replace("<thead>", f"<caption>{caption}</caption>\n  <thead>", 1)
        if self.stacks:
            table = _with_roles(table)
        label = f'role="region" aria-label="{caption or "Table"}" tabindex="0"'
        return f'<div class="llmbook-table-box" {label}>{table}</div>'

    def _repr_html_(self):
        return self.html()

    def __repr__(self):
        return f"{self.caption}\n{self.frame.map(figures)}"


def _with_roles(table):
    """Name the parts, because a browser forgets them when the style sheet stacks the cells."""
    roles = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
    for tag, role in roles.items():
        table = re.sub(rf"<{tag}\b", f'<{tag} role="{role}"', table)
    return table.replace("<th ", '<th role="columnheader" ')


def show_frames():
    """Let a cell that ends in a DataFrame show it as a `Table`.

    The form that pandas gives it brings a style sheet into the page for each table.
    """
    shell = IPython.get_ipython()
    if shell:
        formatter = shell.display_formatter.formatters["text/html"]
        formatter.for_type(pandas.DataFrame, lambda frame: Table(frame).html())


def _cell(value):
    """Format one cell; ready-made HTML says so by a method, as in Jupyter."""
    if hasattr(value, "__html__"):
        return value.__html__()
    return html.escape(figures(value))
