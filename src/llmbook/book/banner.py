"""What a page that is not the paper's says of itself, as HTML for pages and notebooks alike."""

import html
from collections.abc import Iterable

from llmbook.book.parameters import Change
from llmbook.charts.ledger import badge, with_unit
from llmbook.charts.tables import figures
from llmbook.claims import result, what_if

CLASS = "llmbook-changed"


def banner(title: str, changes: dict[str, list[Change]]) -> str:
    """Every changed input, and each claim that rests on one."""
    rows = [(chapter, change) for chapter, found in changes.items() for change in found]
    parts = [
        f'<aside class="{CLASS}" role="note" aria-label="Not the paper\'s numbers">',
        f"<p><strong>Not the paper's numbers: {html.escape(title)}.</strong> "
        "The inputs below take the place of the paper's, every other one stays as it was. "
        "The words of the page were written for the paper's.</p>",
        _inputs(rows, len(changes) > 1),
        _claims(change for _, change in rows),
        "</aside>",
    ]
    # An empty line would end the HTML in the middle of a Markdown page.
    return "\n".join(part for part in parts if part)


def _inputs(rows: list[tuple[str, Change]], with_chapter: bool) -> str:
    cells = [
        [
            *([chapter] if with_chapter else []),
            f"<code>{change.parameter.name}</code>",
            figures(change.parameter.value),
            f"<strong>{figures(change.value)}</strong>",
            html.escape(change.parameter.unit),
        ]
        for chapter, change in rows
    ]
    head = [*(["Chapter"] if with_chapter else []), "Input", "The paper", "Here", "Unit"]
    return _table("Changed inputs", head, cells)


def _claims(changes: Iterable[Change]) -> str:
    found = what_if.recompute((change.parameter.meaning(), change.value) for change in changes)
    cells = [_claim(item) for item in found]
    head = ["Claim", "The paper prints", "Its verdict", "Yours", "Ratio"]
    return _table("Claims that rest on them", head, cells) if cells else ""


def _claim(item: what_if.Yours) -> list[str]:
    unit = item.claim.unit
    yours = html.escape(item.problem) if item.problem else with_unit(item.value, unit)
    return [
        f"{item.claim.id}: {html.escape(item.claim.statement)}",
        with_unit(item.claim.value, unit),
        badge(result(item.claim.id).verdict),
        f"<strong>{yours}</strong>",
        figures(item.ratio),
    ]


def _table(caption: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """On one line: Markdown ends a table where a line is empty."""
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="llmbook-table-box" role="region" aria-label="{caption}" tabindex="0">'
        f'<table class="dataframe"><caption>{caption}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )
