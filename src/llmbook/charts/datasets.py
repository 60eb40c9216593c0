"""A table of ``data/`` as the data page shows it: units in the header, links to the sources."""

import html

import pandas

from llmbook import data
from llmbook.charts.references import link
from llmbook.charts.tables import Markup, Table, figures
from llmbook.claims import trace

# Where a table names a claim itself.
CLAIM_COLUMNS = (("claims", "id"), ("claim_inputs", "claim"), ("evidence", "claim"))


def dataset(name):
    """Return one table with its description.

    Parameters
    ----------
    name : str
        As in ``datapackage.json``.

    Returns
    -------
    Table
        Unverified rows are marked, and a cell on which claims rest links to them.
    """
    described = data.resource(name)
    columns = {
        _header(field): [_cell(name, field["name"], row) for row in data.table(name)]
        for field in described["schema"]["fields"]
    }
    frame = pandas.DataFrame(columns, dtype=object)
    return Dataset(frame, described["path"], described["description"])


class Dataset(Table):
    """A table that is folded until it is asked for; unfolded, all of them fill a hundred screens.

    Parameters
    ----------
    frame : pandas.DataFrame
    path : str
        The file of the table.
    description : str
        What it holds; stays in sight.
    """

    def __init__(self, frame, path, description):
        super().__init__(frame, path)
        self.description = description

    def html(self):
        """Return the description and, under a line with file and number of rows, the table.

        Returns
        -------
        str
        """
        rows = f"{len(self.frame)} row{'s' * (len(self.frame) != 1)}"
        return (
            f'<p>{html.escape(self.description)}</p><details class="llmbook-table">'
            f"<summary>{self.caption}: {rows}</summary>{super().html()}</details>"
        )


def _header(field):
    unit = field.get("unit")
    return f"{field['name']} ({unit})" if unit and unit != "1" else field["name"]


def _cell(table, column, row):
    value = getattr(row, column)
    if column == "source":
        return Markup(link(value))
    if column == "grade" and value == "unverified":
        return Markup('<span class="verdict verdict-not-checkable">unverified</span>')
    if (table, column) in CLAIM_COLUMNS:
        return Markup(_claim(value))
    keys = trace.resting().get(f"{table}/{row.id}/{column}")
    return Markup(f"{html.escape(figures(value))}{_marks(keys)}") if keys else value


def _marks(keys):
    """Links from a cell to the claims that rest on it."""
    return f'<small class="llmbook-rests">{" ".join(map(_claim, keys))}</small>'


def _claim(key):
    return f'<a href="ledger.html#{key}">{key}</a>'
