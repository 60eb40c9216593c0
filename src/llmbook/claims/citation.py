"""A number of the ledger with all that is needed to quote it and to compute it again."""

import llmbook
from llmbook.claims import inputs, trace
from llmbook.claims.registry import FUNCTIONS

_PAPER = "Dong and Xie 2024, arXiv 2405.17147"


def citation(result):
    """Quote a claim with its values, formula, inputs, version and place in the paper.

    Parameters
    ----------
    result : llmbook.claims.ledger.Result

    Returns
    -------
    str
        Lines of text.
    """
    lines = [
        f"{result.id}: {result.statement} ({_PAPER}, {result.place}).",
        f"The paper: {result.printed_text}. Verdict: {result.verdict}.",
        *(_numeric(result) if result.kind == "numeric" else [f"Found: {result.finding}"]),
        f"Sources: {', '.join(result.sources)}." if result.sources else "",
        f"Version: llmbook {llmbook.__version__}.",
    ]
    return "\n".join(filter(None, lines))


def _numeric(result):
    function = FUNCTIONS[result.id]
    values = [
        f"{_exact(value)} {result.unit} from {whose}"
        for value, whose in (
            (result.recomputed_from_paper, "the paper's own inputs"),
            (result.recomputed, "sourced inputs"),
        )
        if value is not None
    ]
    return [
        f"Recomputed: {', '.join(values)}.",
        f"Formula: {function.__module__}.{function.__name__}.",
        f"Inputs: {'; '.join(_inputs(result.id))}.",
    ]


def _inputs(key):
    """Each argument with its value in the paper and in our tables, or the columns it reads."""
    rows = inputs.of_claim(key)
    if rows:
        return [
            f"{row.input} = {_exact(inputs.cell(row.reference))} ({row.reference})"
            + ("" if row.paper is None else f", in the paper {_exact(row.paper)}")
            for row in rows
        ]
    columns = {}
    for cell in sorted(trace.cells_read(key)):
        table, _, column = cell.split("/")
        columns.setdefault(table, {})[column] = None
    return [f"{table}.csv ({', '.join(names)})" for table, names in columns.items()]


def _exact(value):
    """All digits, and none that are not there."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.12g}"
