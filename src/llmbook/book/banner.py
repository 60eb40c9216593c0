"""What a page that is not the paper's says of itself, as HTML for pages and notebooks alike."""

import html
from collections.abc import Iterable

from llmbook.book.parameters import Change
from llmbook.book.scenario import Scenario
from llmbook.charts.ledger import badge, with_unit
from llmbook.charts.tables import figures
from llmbook.claims import result, what_if
from llmbook.impact import Cell

CLASS = "llmbook-changed"


def banner(scenario: Scenario) -> str:
    """Every changed input and cell, and each numeric claim that rests on one."""
    parts = [
        f'<aside class="{CLASS}" role="note" aria-label="Not the paper\'s numbers">',
        f"<p><strong>Not the paper's numbers: {html.escape(scenario.title)}.</strong> "
        "The inputs below take the place of the book's, every other one stays as it was. "
        "The words of the page, its findings and the counts in its text were written for the "
        "paper's. The rows of the ledger show paper, yours, ratio and the verdict of yours.</p>",
        _inputs(scenario.changes),
        _cells(scenario.cells),
        _claims(scenario),
        "</aside>",
    ]
    # An empty line would end the HTML in the middle of a Markdown page.
    return "\n".join(part for part in parts if part)


def _inputs(changes: dict[str, list[Change]]) -> str:
    with_chapter = len(changes) > 1
    cells = [
        [
            *([chapter] if with_chapter else []),
            f"<code>{change.parameter.name}</code>",
            figures(change.parameter.value),
            f"<strong>{figures(change.value)}</strong>",
            html.escape(change.parameter.unit),
        ]
        for chapter, found in changes.items()
        for change in found
    ]
    head = [*(["Chapter"] if with_chapter else []), "Input", "In the book", "Here", "Unit"]
    return _table("Changed inputs", head, cells)


def _cells(cells: Iterable[Cell]) -> str:
    rows = [
        [
            html.escape(f"{cell.table}: {cell.row}"),
            f"<code>{cell.column}</code>",
            html.escape(figures(cell.old)),
            f"<strong>{html.escape(figures(cell.new))}</strong>",
        ]
        for cell in cells
    ]
    return _table("Changed cells of the tables", ["Row", "Column", "Our source", "Here"], rows)


def recomputed(scenario: Scenario) -> list[what_if.Yours]:
    """Each numeric claim that rests on a changed input or cell."""
    changes = [change for found in scenario.changes.values() for change in found]
    return what_if.recompute(
        [(change.parameter.meaning(), change.value) for change in changes],
        [cell.change for cell in scenario.cells],
    )


def _claims(scenario: Scenario) -> str:
    head = ["Claim", "The paper prints", "Its verdict", "Yours", "Ratio", "Verdict of yours"]
    return _table("Claims that rest on them", head, [_claim(item) for item in recomputed(scenario)])


def _claim(item: what_if.Yours) -> list[str]:
    unit = item.claim.unit
    yours = html.escape(item.problem) if item.problem else with_unit(item.value, unit)
    return [
        f"{item.claim.id}: {html.escape(item.claim.statement)}",
        with_unit(item.claim.value, unit),
        badge(result(item.claim.id).verdict),
        f"<strong>{yours}</strong>",
        figures(item.ratio),
        badge(item.verdict) if item.verdict else "",
    ]


def _table(caption: str, head: list[str], rows: list[list[str]]) -> str:
    """On one line: Markdown ends a table where a line is empty."""
    if not rows:
        return ""
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="llmbook-table-box" role="region" aria-label="{caption}" tabindex="0">'
        f'<table class="dataframe"><caption>{caption}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )
