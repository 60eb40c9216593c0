"""The tables of the paper's sources as a table of the page, with a verdict where one is due."""

import pandas

from llmbook import claims, source_tables
from llmbook.charts.tables import Table

UNVERIFIED = "none: recalled, unverified"


def source_table(caption):
    """Return the rows that LLMCarbon's authors print, recomputed.

    Parameters
    ----------
    caption : str

    Returns
    -------
    Table
    """
    rows = [
        (row.name, row.difference, row.printed, row.recomputed, _verdict(row))
        for row in source_tables.rows()
    ]
    heads = ["row", "difference, %", "theirs, t", "recomputed, t", "verdict"]
    return Table(pandas.DataFrame(rows, columns=heads), caption)


def _verdict(row):
    return f"{claims.result(row.claim).verdict} ({row.claim})" if row.claim else UNVERIFIED
