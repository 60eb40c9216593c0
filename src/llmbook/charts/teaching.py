"""What a teacher hands out: plans that add up, rubrics, and what each chapter corrects."""

import html

import pandas

import llmbook
from llmbook import claims
from llmbook.charts.ledger import ledger_table
from llmbook.charts.tables import Markup, Table
from llmbook.claims.verdicts import CONDITIONS, CONTRADICTED

CORRECTED = (CONTRADICTED, CONDITIONS)
WHEEL = f"llmbook-{llmbook.__version__}-py3-none-any.whl"
SOURCE = f"llmbook-{llmbook.__version__}.tar.gz"


def misconceptions(section):
    """Return what the chapter of a section corrects: claims that fail, at least by one reading.

    Parameters
    ----------
    section : str
        ``"III"``.

    Returns
    -------
    Table
    """
    caption = f"What chapter {section} corrects"
    return ledger_table(section, caption, verdicts=CORRECTED)


def distances(section=None):
    """Return how far each corrected number of the paper is from what comes out.

    Parameters
    ----------
    section : str, optional
        All by default.

    Returns
    -------
    pandas.DataFrame
        One row a claim, with the printed number, ours and their ratio.
    """
    rows = [
        {
            "claim": item.id,
            "the paper": item.printed,
            "from our sources": item.recomputed,
            "unit": item.unit,
            "ours over the paper's": item.recomputed / item.printed if item.printed else None,
        }
        for item in claims.results()
        if item.verdict in CORRECTED and item.recomputed is not None
        if section in (None, item.section)
    ]
    return pandas.DataFrame(rows)


def page(name, words):
    """Return a link to another chapter for a cell of a table.

    Parameters
    ----------
    name : str
        ``"3-xpus"``.
    words : str

    Returns
    -------
    Markup
    """
    return Markup(f'<a href="{html.escape(name)}.html">{html.escape(words)}</a>')


def timetable(parts, caption, start):
    """Return the parts of a day with the time at which each begins, and the end.

    Parameters
    ----------
    parts : list of tuple
        Minutes, what is done, and a link or an empty text.
    caption : str
    start : str
        ``"9:00"``.

    Returns
    -------
    Table
    """
    hour, minute = map(int, start.split(":"))
    now = 60 * hour + minute
    rows = []
    for minutes, what, where in parts:
        rows.append((_clock(now), minutes, what, where))
        now += minutes
    rows.append((_clock(now), total(parts), "In all", ""))
    return Table(pandas.DataFrame(rows, columns=["At", "Minutes", "What", "Page"]), caption)


def with_total(rows, columns, caption):
    """Return rows under columns of which those that hold numbers only are summed up.

    Parameters
    ----------
    rows : list of tuple
    columns : list of str
    caption : str

    Returns
    -------
    Table
    """
    sums = [
        sum(values) if all(isinstance(value, int) for value in values) else ""
        for values in zip(*rows, strict=True)
    ]
    first = sums.index("")
    sums[first] = "In all"
    return Table(pandas.DataFrame([*rows, tuple(sums)], columns=columns), caption)


def total(parts):
    """Return the sum of the minutes, which come first in each part.

    Parameters
    ----------
    parts : list of tuple

    Returns
    -------
    int
    """
    return sum(part[0] for part in parts)


def _clock(minutes):
    return f"{minutes // 60}:{minutes % 60:02d}"
