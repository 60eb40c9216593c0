"""A table of ``data/`` as the data page shows it: units in the header, links to the sources."""

import pandas

from llmbook import data
from llmbook.charts.references import link
from llmbook.charts.tables import Markup, Table


def dataset(name):
    """Return one table with its description.

    Parameters
    ----------
    name : str
        As in ``datapackage.json``.

    Returns
    -------
    Table
        Unverified rows are marked.
    """
    described = data.resource(name)
    columns = {
        _header(field): [_cell(field["name"], row) for row in data.table(name)]
        for field in described["schema"]["fields"]
    }
    caption = f"{described['path']}: {described['description']}"
    return Table(pandas.DataFrame(columns, dtype=object), caption)


def _header(field):
    unit = field.get("unit")
    return f"{field['name']} ({unit})" if unit and unit != "1" else field["name"]


def _cell(name, row):
    value = getattr(row, name)
    if name == "source":
        return Markup(link(value))
    if name == "grade" and value == "unverified":
        return Markup('<span class="verdict verdict-not-checkable">unverified</span>')
    return value
