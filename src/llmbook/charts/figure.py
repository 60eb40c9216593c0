"""A chart with its finding, what is seen in it, and its numbers as a table."""

import hashlib
import html
import json
import os

from llmbook.charts.tables import Table

# Set while the book is built and tested.  Elsewhere a notebook shows charts by Altair's own
# means, because the script that draws them on a page of the book is not there.
SITE_VARIABLE = "LLMBOOK_SITE"


def on_site():
    """Whether the output goes to a page of the book."""
    return bool(os.environ.get(SITE_VARIABLE))


class Figure:
    """What a chart cell of a chapter ends with.

    Parameters
    ----------
    chart : altair.Chart
        Any Altair chart.
    title : str
        The finding, in a sentence.
    description : str
        What is seen, for those who cannot see it.
    table : pandas.DataFrame, optional
        The numbers behind the chart.
    outputs : str, optional
        HTML placed under the chart: the results of a calculator.
    name : str, optional
        Of a calculator, which keeps its place on the page when its numbers change.
    """

    def __init__(self, chart, title, description, table=None, outputs="", name=""):
        self.chart = chart.properties(description=description)
        self.title = title
        self.description = description
        self.table = table
        self.outputs = outputs
        self.name = name

    def spec(self):
        """Return the Vega-Lite specification.

        Returns
        -------
        dict
        """
        return self.chart.to_dict()

    def html(self):
        """Return the figure as the pages of the book hold it.

        Returns
        -------
        str
            A ``<figure>`` whose id is its name or the hash of its content, so that it is the same
            every time.
        """
        spec = json.dumps(self.spec(), separators=(",", ":")).replace("</", "<\\/")
        content = hashlib.sha256((self.title + spec).encode()).hexdigest()[:12]
        identity = f"calculator-{self.name}" if self.name else f"chart-{content}"
        parts = [
            f'<figure class="llmbook-chart" id="{identity}"{self._kind()}>',
            f'<figcaption class="llmbook-title">{html.escape(self.title)}</figcaption>',
            f'<div class="llmbook-view" style="{_room(self.spec())}"></div>',
            f'<script type="application/json" class="llmbook-spec">{spec}</script>',
            self.outputs,
            f'<p class="llmbook-description">{html.escape(self.description)}</p>',
            self._details(),
            "</figure>",
        ]
        return "\n".join(part for part in parts if part)

    def _kind(self):
        return f' data-calculator="{self.name}"' if self.name else ""

    def _details(self):
        if self.table is None:
            return ""
        table = Table(self.table, caption=f"Numbers of the chart: {self.title}").html()
        return f'<details class="llmbook-table"><summary>The numbers</summary>{table}</details>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        if on_site():
            return {"text/html": self.html(), "text/plain": f"{self.title} {self.description}"}
        return self.chart._repr_mimebundle_(include, exclude)


def _room(spec):
    """Say how much height the page keeps for a chart until it is drawn."""
    height = spec.get("height")
    rows = len(_longest_data(spec)) * height["step"] if isinstance(height, dict) else 280
    inputs = sum("bind" in param for param in spec.get("params", ()))
    return f"--llmbook-height:{rows + 60:.0f}px;--llmbook-inputs:{inputs}"


def _longest_data(part):
    """Find the data with the most rows: those of the bars."""
    here = part.get("data", {}).get("values", [])
    named = part.get("datasets", {}).values()
    layers = map(_longest_data, part.get("layer", ()))
    return max((here, *named, *layers), key=len)
