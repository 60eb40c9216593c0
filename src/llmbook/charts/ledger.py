"""The rows of the ledger as a table of the page, and the count of verdicts."""

import html

import pandas

from llmbook import claims
from llmbook.charts.references import link
from llmbook.charts.tables import Markup, Table, figures
from llmbook.claims.citation import citation

# The class of a badge is the verdict's, cut to one word that the style sheet knows.
_BADGES = {
    "reproduced": "reproduced",
    "reproduced with conditions": "conditions",
    "contradicted": "contradicted",
    "supported": "supported",
    "misattributed": "misattributed",
    "not checkable": "not-checkable",
}


def badge(verdict):
    """Return a verdict as a coloured label; the words carry it, the colour helps.

    Parameters
    ----------
    verdict : str

    Returns
    -------
    str
        HTML.
    """
    return Markup(f'<span class="verdict verdict-{_BADGES[verdict]}">{verdict}</span>')


def ledger_table(section, caption, anchors=False):
    """Return the claims of a section with what came out.

    Parameters
    ----------
    section : str
        ``"III"``.
    caption : str
    anchors : bool
        Whether each row can be linked to; on the page of the ledger only.

    Returns
    -------
    Table
    """
    rows = [item for item in claims.results() if item.section == section]
    return _table(rows, caption, anchors)


def headlines(keys, caption, folder):
    """Return some claims, for a page outside the folder of the chapters.

    Parameters
    ----------
    keys : list of str
    caption : str
    folder : str
        From the page to the chapters.

    Returns
    -------
    Table
    """
    return _table([claims.result(key) for key in keys], caption, folder=folder)


def _table(rows, caption, anchors=False, folder=""):
    columns = {
        "Claim": [_identity(item, anchors, folder) for item in rows],
        "The paper": [_printed(item) for item in rows],
        "What comes out": [_recomputed(item) for item in rows],
        "Finding": [_finding(item, folder) for item in rows],
    }
    return Table(pandas.DataFrame(columns), caption, stacks=True)


def scorecard():
    """Return the number of claims by verdict, with the rule of each verdict.

    Returns
    -------
    Table
    """
    rows = [
        (badge(verdict), number, claims.VERDICTS[verdict])
        for verdict, number in claims.counts().items()
    ]
    frame = pandas.DataFrame(rows, columns=["Verdict", "Claims", "The rule"])
    return Table(frame, "Claims of the paper by verdict", stacks=True)


def _identity(item, anchors, folder):
    place = html.escape(item.place)
    anchor = (
        f'id="{item.id}" href="#{item.id}"' if anchors else f'href="{folder}ledger.html#{item.id}"'
    )
    link_to_row = f'<a {anchor} title="{place}">{item.id}</a>'
    return Markup(link_to_row + (_citation(item) if anchors else ""))


def _citation(item):
    """What the page's script copies, and a reader without scripts unfolds."""
    lines = "".join(f"<div>{html.escape(line)}</div>" for line in citation(item).splitlines())
    return (
        f'<div class="llmbook-cite" data-claim="{item.id}"><details><summary>Cite</summary>'
        f'<div class="llmbook-citation">{lines}</div></details></div>'
    )


def _printed(item):
    return Markup(
        f"{html.escape(item.statement)}.<br><small>Printed: {html.escape(item.printed_text)}"
        f"{' (implied)' if item.implied else ''}</small>"
    )


def _recomputed(item):
    lines = [badge(item.verdict)]
    if item.recomputed_from_paper is not None:
        lines.append(f"{with_unit(item.recomputed_from_paper, item.unit)} from its own inputs")
    if item.recomputed is not None:
        lines.append(f"{with_unit(item.recomputed, item.unit)} from our sources")
    return Markup("<br>".join(lines))


def _finding(item, folder):
    finding = html.escape(item.finding)
    sources = ", ".join(link(key, folder) for key in item.sources)
    return Markup(f"{finding}<br><small>{sources}</small>")


def with_unit(value, unit):
    """Return a number with its unit, which is singular after a one.

    Parameters
    ----------
    value : float
    unit : str

    Returns
    -------
    str
        HTML.
    """
    singular = unit.removesuffix("s") if value == 1 else unit
    return html.escape(f"{figures(value)} {singular}")
