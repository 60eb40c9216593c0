"""The rows of the ledger as a table of the page, and the count of verdicts."""

import html
from collections import Counter

import pandas

from llmbook import claims
from llmbook.charts.references import link
from llmbook.charts.tables import Markup, Table, figures
from llmbook.claims import yours
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


def ledger_table(section, caption, anchors=False, verdicts=tuple(claims.VERDICTS)):
    """Return the claims of a section with what came out.

    Parameters
    ----------
    section : str
        ``"III"``.
    caption : str
    anchors : bool
        Whether each row can be linked to; on the page of the ledger only.
    verdicts : collection of str
        Those to show.

    Returns
    -------
    Table
    """
    rows = [item for item in claims.results() if item.section == section]
    rows = [item for item in rows if item.verdict in verdicts]
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
    if yours.any_shown():
        caption += "; those that rest on your inputs with paper, yours and ratio"
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
    found = Counter(_verdict(item) for item in claims.results())
    rows = [(badge(verdict), found[verdict], rule) for verdict, rule in claims.VERDICTS.items()]
    frame = pandas.DataFrame(rows, columns=["Verdict", "Claims", "The rule"])
    caption = "Claims of the paper by verdict"
    if yours.any_shown():
        caption += ", under your inputs where they rest on them"
    return Table(frame, caption, stacks=True)


def _verdict(item):
    """The verdict under the reader's inputs where there are any and it can be computed."""
    own = yours.of(item.id)
    return own.verdict if own and own.verdict else item.verdict


def _identity(item, anchors, folder):
    place = html.escape(item.place)
    anchor = (
        f'id="{item.id}" href="#{item.id}"' if anchors else f'href="{folder}ledger.html#{item.id}"'
    )
    link_to_row = f'<a {anchor} title="{place}">{item.id}</a>'
    return Markup(link_to_row + (_citation(item) if anchors else ""))


def _citation(item):
    """What the page's script copies, and a reader without scripts unfolds."""
    quoted = [*citation(item).splitlines(), *_own_citation(item)]
    lines = "".join(f"<div>{html.escape(line)}</div>" for line in quoted)
    return (
        f'<div class="llmbook-cite" data-claim="{item.id}"><details><summary>Cite</summary>'
        f'<div class="llmbook-citation">{lines}</div></details></div>'
    )


def _printed(item):
    return Markup(
        f"{html.escape(item.statement)}.<br><small>Printed: {html.escape(item.printed_text)}"
        f"{' (implied)' if item.implied else ''}</small>"
    )


def _own_citation(item):
    own = yours.of(item.id)
    if not own:
        return []
    if own.problem:
        return [f"Not the paper's inputs: {own.problem}."]
    ratio = "" if own.ratio is None else f", {figures(own.ratio)} times the paper's"
    value = f"{figures(own.value)} {item.unit}{ratio}. Verdict: {own.verdict}."
    return [f"Not the paper's inputs: {value}"]


def _recomputed(item):
    own = yours.of(item.id)
    return _under_yours(item, own) if own else _under_the_papers(item)


def _under_yours(item, own):
    """Paper, yours, ratio and the verdict that holds under the reader's inputs."""
    before = f"<small>with the paper's inputs: {own.before}</small>"
    if own.problem:
        return Markup(f"<strong>with your inputs: {html.escape(own.problem)}</strong><br>{before}")
    lines = [
        f"{badge(own.verdict)} with your inputs",
        f"the paper: {with_unit(item.printed, item.unit)}",
        f"<strong>yours: {with_unit(own.value, item.unit)}</strong>",
    ]
    if own.ratio is not None:
        lines.append(f"ratio: {figures(own.ratio)}")
    return Markup("<br>".join([*lines, before]))


def _under_the_papers(item):
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
